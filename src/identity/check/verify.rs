//! One run over a message with mail-auth, and what follows from its results.

use std::net::IpAddr;

use mail_auth::common::verify::VerifySignature;
use mail_auth::dmarc::verify::DmarcParameters;
use mail_auth::spf::verify::SpfParameters;
use mail_auth::{
    AuthenticatedMessage, DkimOutput, DkimResult, DmarcOutput, DmarcResult, MessageAuthenticator,
    Parameters, SpfOutput,
};

use super::guard::Guard;
use super::signatures::{self, Field};
use super::verdict::Verdict;
use super::{Handed, Terms};
use crate::identity::{Checked, Policy};
use crate::message::address::domain_of;

/// A longer header is not checked, in octets, nor one of more fields: each signature
/// walks over it.
const LONGEST_HEADER: usize = 256 * 1024;
const MOST_FIELDS: usize = 2000;

/// The most fields that a seal may name.
const MOST_NAMES: usize = 200;

/// Who is asked, and for whom.
pub(super) struct Ask<'a> {
    /// mail-auth on our resolver.
    pub resolver: &'a MessageAuthenticator,
    /// What stands before the resolver.
    pub guard: Guard,
    /// The one author's address, where there is exactly one.
    pub author: Option<&'a str>,
}

/// What a run found.
pub(super) struct Found {
    /// The results.
    pub checked: Checked,
    /// Whether anything stayed open because a question failed.
    pub is_open: bool,
}

/// Checks a message.
pub(super) async fn verify(ask: &Ask<'_>, handed: Handed<'_>, terms: Terms<'_>) -> Found {
    let Some(mut message) = readable(handed.raw) else {
        return unreadable(ask);
    };
    // Only our own parser says who the author is: two readings of one From line are how
    // somebody passes as somebody else.
    message.from = ask.author.map(str::to_owned).into_iter().collect();
    let fields = signatures::select(&mut message, terms.now);
    fit_for_arc(&mut message, terms.now);
    run(ask, handed, terms, (&message, fields)).await
}

fn readable(raw: &[u8]) -> Option<AuthenticatedMessage<'_>> {
    let start = raw.get(..LONGEST_HEADER).unwrap_or(raw);
    let has_end = |end: &[u8]| start.windows(end.len()).any(|bytes| bytes == end);
    let is_short = raw.len() <= LONGEST_HEADER || has_end(b"\r\n\r\n") || has_end(b"\n\n");
    let message = is_short.then(|| AuthenticatedMessage::parse(raw)).flatten();
    message.filter(|message| message.headers.len() <= MOST_FIELDS)
}

fn unreadable(ask: &Ask<'_>) -> Found {
    let checked = Checked {
        results: "none (its header is too long to be checked)".into(),
        policy: ask.author.map_or(Policy::None, |_| Policy::Unknown),
        ..Checked::default()
    };
    Found {
        checked,
        is_open: false,
    }
}

/// A chain with a signature that names too many fields or not From, or has expired by
/// our clock, is taken for none.
fn fit_for_arc(message: &mut AuthenticatedMessage<'_>, now: i64) {
    let is_fit = |names: &[String], expires: u64| {
        let at = i64::try_from(expires).unwrap_or(i64::MAX);
        let signs_from = names.iter().any(|name| name.eq_ignore_ascii_case("from"));
        let is_valid = expires == 0 || at.saturating_mul(1000) > now;
        signs_from && is_valid && names.len() <= MOST_NAMES
    };
    let mut all = message.ams_headers.iter();
    if !all.all(|one| is_fit(&one.header.h, one.header.x)) {
        message.ams_headers.clear();
    }
}

async fn run(
    ask: &Ask<'_>,
    handed: Handed<'_>,
    terms: Terms<'_>,
    (message, mut fields): (&AuthenticatedMessage<'_>, Vec<Field>),
) -> Found {
    let parameters = || Parameters::new(message).with_txt_cache(&ask.guard);
    let spf = spf(ask, handed).await;
    let dkim = ask.resolver.verify_dkim(parameters()).await;
    let places = signatures::complete(&mut fields, message, &dkim);
    let arc = ask.resolver.verify_arc(parameters()).await;
    let found = dmarc(ask, handed, message, (&dkim, spf.as_ref())).await;
    let mut verdict = Verdict {
        author: ask.author.map(domain_of),
        spf: spf.map(|spf| (spf.result(), spf_domain(handed))),
        fields,
        dmarc: found,
        arc,
        own: Vec::new(),
    };
    for (output, place) in dkim.iter().zip(places) {
        let signer = output
            .signature()
            .map_or("", |signature| signature.domain());
        let is_own = match verdict.dmarc.dmarc_record() {
            None => verdict.speaks(signer),
            Some(_) if !verdict.is_kin(signer) => false,
            Some(_) => {
                let alone = std::slice::from_ref(output);
                let alone = dmarc(ask, handed, message, (alone, None)).await;
                *alone.dkim_result() == DmarcResult::Pass
            }
        };
        let is_pass = *output.result() == DkimResult::Pass;
        verdict.own.extend((is_pass && is_own).then_some(place));
    }
    verdict.own.sort_unstable();
    Found {
        is_open: verdict.is_open(),
        checked: Checked {
            results: verdict.results(handed),
            strength: verdict.strength(terms.trusted_sealers),
            policy: verdict.policy(),
            author_signatures: verdict.own,
        },
    }
}

/// DMARC with these signatures, and with SPF where it was checked.
async fn dmarc<'a>(
    ask: &Ask<'_>,
    handed: Handed<'_>,
    message: &'a AuthenticatedMessage<'a>,
    (dkim, spf): (&'a [DkimOutput<'a>], Option<&SpfOutput>),
) -> DmarcOutput {
    let nothing = SpfOutput::new(String::new());
    let parameters = DmarcParameters {
        message,
        dkim_output: dkim,
        dkim2_output: None,
        rfc5321_mail_from_domain: spf_domain(handed),
        spf_output: spf.unwrap_or(&nothing),
    };
    let parameters = Parameters::new(parameters).with_txt_cache(&ask.guard);
    ask.resolver.verify_dmarc(parameters).await
}

/// SPF, where the message came straight from a client somewhere in the world: behind a
/// mail server of one's own, the address that it came from is that server's.
async fn spf(ask: &Ask<'_>, handed: Handed<'_>) -> Option<SpfOutput> {
    let peer: IpAddr = handed.peer.parse().ok()?;
    if handed.via != "smtp" || !is_global(peer) {
        return None;
    }
    let (helo, from) = (handed.helo, handed.envelope_from);
    let parameters = match from.is_empty() {
        true => SpfParameters::verify_ehlo(peer, helo, ""),
        false => SpfParameters::verify_mail_from(peer, helo, "", from),
    };
    let parameters = Parameters::new(parameters).with_txt_cache(&ask.guard);
    Some(ask.resolver.verify_spf(parameters).await)
}

/// The domain that SPF is about: the null sender's is what the client calls itself (RFC
/// 7208, section 2.4).
fn spf_domain(handed: Handed<'_>) -> &str {
    match handed.envelope_from.is_empty() {
        true => handed.helo,
        false => domain_of(handed.envelope_from),
    }
}

/// Whether an address is reached from anywhere, and not a machine's or a network's own.
fn is_global(peer: IpAddr) -> bool {
    match peer {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            let is_shared = a == 100 && (64..128).contains(&b);
            let is_own = ip.is_loopback() || ip.is_private() || ip.is_link_local();
            !(is_own || ip.is_unspecified() || is_shared)
        }
        IpAddr::V6(ip) => {
            let is_own = ip.is_unique_local() || ip.is_unicast_link_local();
            !(ip.is_loopback() || ip.is_unspecified() || is_own)
        }
    }
}
