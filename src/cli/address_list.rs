//! `addresses`: every address that is taken, so that a mail server in front can
//! refuse unknown ones at RCPT.

use std::collections::HashSet;
use std::path::Path;

use super::open;
use super::output::Output;
use crate::routing::{SUFFIXES, TOKEN_SUFFIXES};
use crate::store::communities;

/// Prints them.
///
/// # Errors
/// Where the database cannot be read.
pub async fn run(config: Option<&Path>, output: Output, postfix: bool) -> anyhow::Result<()> {
    let ctx = open::context(config).await?;
    let all = communities::all(&mut ctx.read().await?).await?;
    let domain = &ctx.settings.domain;
    let mut taken = Vec::new();
    for community in &all {
        taken.push(format!("{}@{domain}", community.slug));
        let suffixes = SUFFIXES.iter().chain(&TOKEN_SUFFIXES);
        taken.extend(suffixes.map(|suffix| format!("{}-{suffix}@{domain}", community.slug)));
    }
    // A community's own address may look like a sub-address of another's.
    let mut seen = HashSet::new();
    taken.retain(|address: &String| seen.insert(address.clone()));
    let mut lines = Vec::new();
    if postfix {
        // Addresses with a token are found under their part before the plus.
        lines.push("# relay_recipient_maps for Postfix; set recipient_delimiter = +".to_owned());
    }
    let line = |address: &String| {
        if postfix {
            format!("{address} OK")
        } else {
            address.clone()
        }
    };
    lines.extend(taken.iter().map(line));
    output.show(&taken, lines)
}
