//! Whose name a post leaves under: receivers refuse mail From a domain that asks for it
//! (DMARC, RFC 9989) where nothing that proves the domain is left of it.

use super::post::Arrival;
use crate::config::{Dmarc, ReplyTo};
use crate::context::Context;
use crate::identity::{Checked, Policy, Strength, strength};
use crate::message::address::{domain_of, is_within};
use crate::message::signatures::Signature;
use crate::message::{ListCopy, Mailbox, Rewritten, rewrite, via, wrap};
use crate::store::Millis;
use crate::templates::Phrase;

/// How long a post waits for the policy of its author's domain.
const LONGEST_WAIT: Millis = 60 * 60_000;

/// How often it is asked for in that time.
const AGAIN: Millis = 10 * 60_000;

/// Addresses of authors, and of their own Reply-To, that a rewritten post names.
const MOST_NAMED: usize = 20;

/// What is decided about From.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Stays(&'static str),
    Rewritten(&'static str),
    /// Nobody knows yet.
    Open,
}

/// The list's copy of a post in the form that the charter asks for. Its first note says
/// what became of From, and why.
pub fn content(ctx: &Context, arrival: &Arrival<'_>, copy: ListCopy) -> Rewritten {
    let raw = &arrival.message.raw;
    match arrival.charter.list.dmarc {
        Dmarc::None => rewrite(raw, &copy),
        Dmarc::Wrap => wrapped(ctx, arrival, copy),
        Dmarc::Rewrite if is_named_list(ctx, arrival) => rewrite(raw, &copy),
        Dmarc::Rewrite => renamed(ctx, arrival, copy, "this list rewrites every From"),
        Dmarc::Auto => {
            let plain = rewrite(raw, &copy);
            match judge(ctx, arrival, &plain.signatures) {
                Verdict::Stays(why) => noted(plain, format!("From stays: {why}")),
                Verdict::Rewritten(why) => renamed(ctx, arrival, copy, why),
                Verdict::Open => renamed(ctx, arrival, copy, "its policy could not be looked up"),
            }
        }
    }
}

/// A mail to the list's people, passed on to them under `address` where the author's own
/// would be refused; answers go to the author. Nothing waits here: it is from one to few.
pub fn passed_on(
    ctx: &Context,
    arrival: &Arrival<'_>,
    raw: &[u8],
    mut copy: ListCopy,
    address: &str,
) -> Rewritten {
    let plain = rewrite(raw, &copy);
    let why = match judge(ctx, arrival, &plain.signatures) {
        _ if arrival.charter.list.dmarc == Dmarc::None => return plain,
        Verdict::Stays(_) => return plain,
        Verdict::Rewritten(why) => why,
        Verdict::Open => "its policy could not be looked up",
    };
    put_into_from(arrival, &mut copy, address);
    answers_to_author(arrival, &mut copy);
    noted(rewrite(raw, &copy), format!("From rewritten: {why}"))
}

/// Until when a post waits for the policy of its author's domain to be asked for once
/// more, and why; `None` where it is known, not needed, or an hour has passed.
pub fn waits(ctx: &Context, arrival: &Arrival<'_>) -> Option<String> {
    let is_open = arrival.charter.list.dmarc == Dmarc::Auto
        && checked(arrival).policy == Policy::Unknown
        && ctx.now() < arrival.message.received_at + LONGEST_WAIT;
    let copy = is_open.then(|| super::transforms::list_copy(ctx, arrival))?;
    let plain = rewrite(&arrival.message.raw, &copy);
    (judge(ctx, arrival, &plain.signatures) == Verdict::Open).then(|| {
        "up to an hour: the DMARC policy of its author's domain could not be looked up".to_owned()
    })
}

/// When a post that waits is looked at again.
pub fn next_look(received_at: Millis, now: Millis) -> Millis {
    let end = received_at + LONGEST_WAIT;
    match end > now {
        true => end.min(now + AGAIN),
        false => now,
    }
}

fn checked(arrival: &Arrival<'_>) -> Checked {
    Checked::from_text(&arrival.message.checked)
}

/// What mode `auto` makes of a post whose signatures these are.
fn judge(ctx: &Context, arrival: &Arrival<'_>, signatures: &[Signature]) -> Verdict {
    let settings = &ctx.settings;
    let (mail, checked) = (arrival.mail, checked(arrival));
    let trusted = &settings.authentication.trusted_authserv;
    let case = Case {
        domains: mail
            .from
            .iter()
            .map(|from| domain_of(&from.address))
            .collect(),
        is_one: mail.has_one_author,
        survives: strength::survives(mail, trusted, &checked, signatures),
        is_proven: strength::of(mail, trusted, &checked) >= Strength::Aligned,
        policy: checked.policy,
    };
    case.verdict(&settings.domain, &settings.authentication.refused_domains)
}

/// All that mode `auto` looks at.
struct Case<'a> {
    /// The domains of the authors.
    domains: Vec<&'a str>,
    /// It is clear who the author is.
    is_one: bool,
    /// A signature of the author holds for what leaves.
    survives: bool,
    /// It is known who the author is.
    is_proven: bool,
    policy: Policy,
}

impl Case<'_> {
    fn verdict(&self, own: &str, refused: &[String]) -> Verdict {
        if self.domains.iter().all(|domain| *domain == own) {
            // Our own signature speaks for this domain. Where there is no author, the
            // list stands in From.
            return match self.domains.is_empty() || self.is_proven {
                true => Verdict::Stays("the list's own domain vouches for it"),
                false => Verdict::Rewritten("nothing shows that it is from the list's domain"),
            };
        }
        if self.survives {
            return Verdict::Stays("a signature of its author's domain holds");
        }
        if self
            .domains
            .iter()
            .any(|domain| is_refused(domain, refused))
        {
            return Verdict::Rewritten("its author's domain is in `refused_domains`");
        }
        match self.policy {
            Policy::Reject => Verdict::Rewritten("its author's domain publishes `reject`"),
            Policy::Quarantine => Verdict::Rewritten("its author's domain publishes `quarantine`"),
            // One policy was asked for, and receivers go by all of them.
            Policy::None | Policy::Unknown if !self.is_one => {
                Verdict::Rewritten("it is not clear who its author is")
            }
            Policy::None => Verdict::Stays("its author's domain asks for nothing"),
            Policy::Unchecked => Verdict::Stays("no policy is looked up here"),
            Policy::Unknown => Verdict::Open,
        }
    }
}

/// Whether the domain or one above it is among these.
fn is_refused(domain: &str, refused: &[String]) -> bool {
    refused.iter().any(|zone| is_within(domain, zone))
}

fn list_address(ctx: &Context, arrival: &Arrival<'_>) -> String {
    format!("{}@{}", arrival.community.slug, ctx.settings.domain)
}

/// Whether the list itself stands in From, or will, because nobody does.
fn is_named_list(ctx: &Context, arrival: &Arrival<'_>) -> bool {
    let list = list_address(ctx, arrival);
    arrival.mail.from.iter().all(|from| from.address == list)
}

fn noted(mut content: Rewritten, note: String) -> Rewritten {
    content.notes.insert(0, note);
    content
}

fn renamed(ctx: &Context, arrival: &Arrival<'_>, mut copy: ListCopy, why: &str) -> Rewritten {
    rename(ctx, arrival, &mut copy);
    let content = rewrite(&arrival.message.raw, &copy);
    noted(content, format!("From rewritten: {why}"))
}

/// Puts the list into From and the author where replies find them. Sender, which says
/// that somebody else than the author sends, has nothing to say then.
fn rename(ctx: &Context, arrival: &Arrival<'_>, copy: &mut ListCopy) {
    if is_named_list(ctx, arrival) {
        return;
    }
    let (mail, list) = (arrival.mail, list_address(ctx, arrival));
    put_into_from(arrival, copy, &list);
    let is_list = |to: &Mailbox| to.address == list;
    if arrival.charter.list.reply_to == ReplyTo::List || mail.reply_to.iter().any(is_list) {
        let named = mail.to.iter().chain(&mail.cc);
        copy.cc = without(authors(arrival), &named.collect::<Vec<_>>());
    } else {
        answers_to_author(arrival, copy);
    }
}

fn authors(arrival: &Arrival<'_>) -> Vec<Mailbox> {
    let authors = arrival.mail.from.iter().take(MOST_NAMED);
    authors.cloned().collect()
}

fn put_into_from(arrival: &Arrival<'_>, copy: &mut ListCopy, address: &str) {
    let name = via::from(&authors(arrival), &arrival.community.name, address);
    copy.set
        .retain(|(name, _)| !matches!(name.as_str(), "From" | "Sender"));
    copy.set.push(("From".into(), name));
}

/// Reply-To as the authors wrote it, and themselves.
fn answers_to_author(arrival: &Arrival<'_>, copy: &mut ListCopy) {
    let own: Vec<&Mailbox> = arrival.mail.reply_to.iter().take(MOST_NAMED).collect();
    let authors = without(authors(arrival), &own);
    let all = own.into_iter().chain(&authors).map(Mailbox::to_header);
    let all: Vec<String> = all.collect();
    copy.set.push(("Reply-To".into(), all.join(", ")));
}

/// The authors who are not among these, each once.
fn without(authors: Vec<Mailbox>, named: &[&Mailbox]) -> Vec<Mailbox> {
    let mut left: Vec<Mailbox> = Vec::new();
    for author in authors {
        let is_named = |other: &Mailbox| other.address == author.address;
        if !named.iter().any(|other| is_named(other)) && !left.iter().any(is_named) {
            left.push(author);
        }
    }
    left
}

fn wrapped(ctx: &Context, arrival: &Arrival<'_>, mut copy: ListCopy) -> Rewritten {
    rename(ctx, arrival, &mut copy);
    let mail = arrival.mail;
    let name = match mail.from.first() {
        Some(author) => via::name(author),
        None => arrival.community.name.clone(),
    };
    let phrase = Phrase::new("wrapped")
        .with("name", name)
        .with("community", arrival.community.name.clone());
    let (language, slug) = (&arrival.charter.language, &arrival.community.slug);
    let words = ctx.templates.say(language, slug, &phrase);
    let footer = copy.footer.take().unwrap_or_default();
    let text = format!("{words}\n\n{}", footer.text);
    let content = wrap(&arrival.message.raw, &copy, &text);
    noted(content, "the post is inside a mail of the list".to_owned())
}

#[cfg(test)]
mod tests;
