//! Whatever comes to `SLUG-bounces+TOKEN@`, the signed address of one delivery.

use super::complaint;
use super::count::{self, Failure};
use crate::context::Context;
use crate::identity::tokens::Purpose;
use crate::lists::post::{Arrival, Outcome};
use crate::message::Kind;
use crate::message::bounce::Recipient;
use crate::message::fault::{self, Fault};
use crate::outbox::compose;
use crate::store::outbox::{self, Delivery};
use crate::store::{self, Tx};

/// Octets in which the fields of a report are looked for.
const LONGEST: usize = 256 * 1024;

/// A mail came to the signed address of a delivery. Only a report counts, and only for
/// that delivery: whatever addresses it names are a stranger's word.
///
/// # Errors
/// Where the database refuses or a mail about it cannot be composed.
pub async fn arrived(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    token: &str,
) -> Result<Outcome, compose::Error> {
    let Some((delivery, community)) = delivery(tx, ctx, token).await? else {
        let reason = "the token matches no delivery of ours".to_owned();
        return Ok(("discarded", reason));
    };
    let discarded = |reason: &str| Ok(("discarded", reason.to_owned()));
    match arrival.mail.kind {
        Kind::Bounce => bounced(tx, ctx, arrival, (&delivery, community)).await,
        Kind::FeedbackReport => {
            complaint::of_delivery(tx, ctx, arrival, (&delivery, community)).await
        }
        Kind::AutoReply => discarded("an automatic reply says nothing about a delivery"),
        _ => discarded("this address is for reports; people are reached at the -owner address"),
    }
}

pub(super) async fn delivery(
    tx: &mut Tx,
    ctx: &Context,
    token: &str,
) -> store::Result<Option<(Delivery, i64)>> {
    match ctx.secret.verify(Purpose::Bounce, token) {
        Some(id) => outbox::by_id(tx, id).await,
        None => Ok(None),
    }
}

async fn bounced(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    (delivery, community): (&Delivery, i64),
) -> Result<Outcome, compose::Error> {
    let recipient = &delivery.recipient;
    if delivery.attempts == 0 || delivery.state == "dropped" {
        let reason = format!("the mail to {recipient} has never been sent");
        return Ok(("discarded", reason));
    }
    if is_delayed(&arrival.message.raw) {
        let reason = format!("the mail to {recipient} is late, and is tried on");
        return Ok(("bounce", reason));
    }
    let (fault, diagnostic) = verdict(&arrival.mail.bounce, recipient);
    let failure = Failure {
        delivery,
        community,
        fault,
        diagnostic: diagnostic.clone(),
    };
    let said = count::count(tx, ctx, &failure).await?;
    Ok((
        "bounce",
        format!("for {recipient}: a bounce came back ({diagnostic}); {said}"),
    ))
}

/// What the report says of the delivery's recipient; of others where it names that one
/// nowhere: the mail was forwarded.
fn verdict(named: &[Recipient], recipient: &str) -> (Fault, String) {
    let own: Vec<&Recipient> = named
        .iter()
        .filter(|one| one.address == recipient)
        .collect();
    let is_forwarded = own.is_empty() && !named.is_empty();
    let of = if is_forwarded {
        named.iter().collect()
    } else {
        own
    };
    let judged = of.into_iter().map(|one| (fault(one), one));
    let worst = judged.min_by_key(|(fault, _)| severity(*fault));
    let Some((fault, one)) = worst else {
        return (Fault::Unclear, "the report names nobody".to_owned());
    };
    let said = match (one.status.as_deref(), one.diagnostic.as_deref()) {
        (Some(status), Some(words)) if !words.contains(status) => format!("{status}, {words}"),
        (_, Some(words)) => words.to_owned(),
        (Some(status), None) => status.to_owned(),
        (None, None) => format!("a {} failure", one.class.name()),
    };
    let whose = match is_forwarded {
        true => format!(", for {} to which it was forwarded", one.address),
        false => String::new(),
    };
    (fault, format!("{said}{whose}"))
}

fn fault(one: &Recipient) -> Fault {
    let words = one.diagnostic.as_deref().unwrap_or_default();
    fault::of_report(one.class, one.status.as_deref(), words)
}

fn severity(fault: Fault) -> u8 {
    match fault {
        Fault::Mailbox => 0,
        Fault::Unclear => 1,
        Fault::Passing => 2,
        Fault::NotTheirs => 3,
    }
}

/// A warning that the other server still tries (RFC 3464, section 2.3.3): it has not
/// given up on anybody.
fn is_delayed(raw: &[u8]) -> bool {
    let text = String::from_utf8_lossy(raw.get(..LONGEST).unwrap_or(raw)).to_lowercase();
    // What is reported upon may quote such lines, too: only the report's own part counts.
    let report = text.split_once("message/delivery-status");
    let text = report.map_or(text.as_str(), |(_, report)| report);
    let part = text.lines().take_while(|line| !line.starts_with("--"));
    let actions = part.filter_map(|line| line.strip_prefix("action:"));
    let actions: Vec<&str> = actions.map(str::trim).collect();
    !actions.is_empty() && actions.iter().all(|action| action.starts_with("delayed"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::bounce::Class;

    fn one(address: &str, class: Class, status: &str) -> Recipient {
        let text = format!("Final-Recipient: rfc822;{address}\nAction: failed\nStatus: {status}\n");
        let raw = format!(
            "From: mailer-daemon@x.example\nSubject: failure\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
             --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x.example\n\n{text}\n--b--\n"
        );
        let mut found = crate::message::parse(raw.as_bytes()).bounce.remove(0);
        found.class = class;
        found
    }

    #[test]
    fn the_recipient_counts_and_else_whoever_it_was_forwarded_to() {
        let (ann, bob) = ("ann@x.example", "bob@x.example");
        let full = one(ann, Class::Permanent, "5.2.2");
        let gone = one(bob, Class::Permanent, "5.1.1");
        let both = [full.clone(), gone.clone()];
        assert_eq!(verdict(&both, ann).0, Fault::Passing);
        assert_eq!(verdict(&both, bob).0, Fault::Mailbox);
        let (fault, said) = verdict(&both, "list@x.example");
        assert_eq!(fault, Fault::Mailbox);
        assert!(
            said.contains("bob@x.example to which it was forwarded"),
            "{said}"
        );
        assert_eq!(verdict(&[], ann).0, Fault::Unclear);
    }

    #[test]
    fn people_read_what_the_server_said() {
        let ann = "ann@x.example";
        let said = |status: &str, words: &str| {
            let mut one = one(ann, Class::Permanent, "5.1.1");
            one.status = (!status.is_empty()).then(|| status.into());
            one.diagnostic = (!words.is_empty()).then(|| words.into());
            verdict(&[one], ann).1
        };
        assert_eq!(said("5.1.1", "550 5.1.1 unknown"), "550 5.1.1 unknown");
        assert_eq!(said("5.1.1", "no such user"), "5.1.1, no such user");
        assert_eq!(said("", "no such user"), "no such user");
        assert_eq!(said("5.1.1", ""), "5.1.1");
        assert_eq!(said("", ""), "a permanent failure");
    }

    #[test]
    fn a_warning_is_no_failure() {
        let report = |actions: &[&str]| {
            let lines: Vec<String> = actions.iter().map(|a| format!("Action: {a}\r\n")).collect();
            is_delayed(lines.concat().as_bytes())
        };
        assert!(report(&["delayed"]) && report(&["Delayed (will retry)", "delayed"]));
        assert!(!report(&["failed"]) && !report(&["delayed", "failed"]) && !report(&[]));
    }
}
