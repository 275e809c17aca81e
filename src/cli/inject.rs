//! `inject`: one message, by the same path as LMTP.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::json;

use super::open;
use super::output::Output;
use crate::intake::{Incoming, Protocol, accept};

/// `inject …`
#[derive(Debug, Args)]
pub struct Arguments {
    /// Envelope recipients
    #[arg(long, required = true, num_args = 1.., value_name = "ADDRESS")]
    to: Vec<String>,
    /// Envelope sender; without it, the message's own author
    #[arg(long, value_name = "ENVELOPE")]
    from: Option<String>,
    /// The message, or - for standard input
    file: Option<PathBuf>,
}

impl Arguments {
    /// (recipients, file): the file is what follows the last recipient, with or
    /// without an option between them.
    fn split(&self) -> anyhow::Result<(Vec<String>, PathBuf)> {
        let mut to = self.to.clone();
        match (&self.file, to.len()) {
            (Some(file), _) => Ok((to, file.clone())),
            (None, 2..) => {
                let file = to.pop().unwrap_or_default();
                Ok((to, file.into()))
            }
            (None, _) => {
                bail!("name the message's file after the recipients, or - for standard input")
            }
        }
    }
}

/// Takes it in and prints its Message-ID.
///
/// # Errors
/// An unknown recipient, a message that is too large or cannot be read.
pub async fn run(config: Option<&Path>, output: Output, given: &Arguments) -> anyhow::Result<()> {
    let ctx = open::context(config).await?;
    let (to, file) = given.split()?;
    let raw = read(&file, ctx.settings.limits.message_size)?;
    for recipient in &to {
        if accept::find(&ctx, recipient).await?.is_none() {
            bail!("550 5.1.1 {recipient} is no address of ours; see `folkmoot addresses`");
        }
    }
    let incoming = incoming(to, given.from.as_deref(), raw);
    let (_, message_id) = accept::keep(&ctx, &incoming, "command").await?;
    output.show(&json!({ "message_id": message_id }), [message_id.clone()])
}

/// A message as if it came by LMTP; without a sender, from its own author.
pub(super) fn incoming(recipients: Vec<String>, from: Option<&str>, raw: Vec<u8>) -> Incoming {
    let envelope_from = match from {
        Some(from) => from.trim_matches(['<', '>']).to_owned(),
        None => author(&raw).unwrap_or_default(),
    };
    Incoming {
        protocol: Protocol::Lmtp,
        peer: "command line".into(),
        helo: String::new(),
        envelope_from,
        recipients,
        smtputf8: true,
        raw,
    }
}

fn author(raw: &[u8]) -> Option<String> {
    crate::message::parse(raw)
        .from
        .first()
        .map(|from| from.address.clone())
}

fn read(file: &Path, limit: u64) -> anyhow::Result<Vec<u8>> {
    let mut raw = Vec::new();
    let size = if file == Path::new("-") {
        std::io::stdin()
            .lock()
            .take(limit + 1)
            .read_to_end(&mut raw)
    } else {
        std::fs::File::open(file).and_then(|opened| opened.take(limit + 1).read_to_end(&mut raw))
    };
    size.with_context(|| format!("cannot read {}; check the name", file.display()))?;
    if raw.len() as u64 > limit {
        bail!("552 5.3.4 the message is over {limit} octets; see [limits] message_size");
    }
    Ok(raw)
}
