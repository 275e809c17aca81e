//! Letters that people write to a list's addresses, and what comes back to them.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Mail, Node, Sink};

static COUNT: AtomicUsize = AtomicUsize::new(0);

/// A letter to one of the lists' addresses.
pub struct Letter<'a> {
    /// The whole From line, such as `Ann <ann@plant.example>`.
    pub from: &'a str,
    /// The envelope recipient.
    pub to: &'a str,
    /// The subject.
    pub subject: &'a str,
    /// The text.
    pub text: &'a str,
    /// Further header lines, each with its CRLF.
    pub more: &'a str,
}

/// Sends a letter; gives its Message-ID.
#[track_caller]
pub fn send(node: &Node, letter: &Letter) -> String {
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let id = format!("letter-{number}@people.example");
    let Letter {
        from,
        to,
        subject,
        text,
        more,
    } = letter;
    let raw = format!(
        "From: {from}\r\nTo: <{to}>\r\nSubject: {subject}\r\nMessage-ID: <{id}>\r\n{more}\r\n{text}\r\n"
    );
    let address = from.rsplit('<').next().unwrap_or(from);
    let sender = address.trim_end_matches('>');
    let reply = node.client().deliver(sender, &[to], raw.as_bytes());
    assert_eq!(reply[0].code, 250, "{to}: {reply:?}");
    node.settle();
    id
}

/// A plain letter without a subject of its own.
#[track_caller]
pub fn write(node: &Node, from: &str, to: &str, text: &str) -> String {
    let letter = Letter {
        from,
        to,
        subject: "Hello",
        text,
        more: "",
    };
    send(node, &letter)
}

/// Replies to a mail, at the address to which it wants replies.
#[track_caller]
pub fn answer(node: &Node, from: &str, mail: &Mail, text: &str) -> String {
    let letter = Letter {
        from,
        to: &reply_to(mail),
        subject: &format!("Re: {}", mail.subject()),
        text,
        more: &format!("In-Reply-To: <{}>\r\n", mail.message_id()),
    };
    send(node, &letter)
}

/// The address to which a mail wants replies.
#[track_caller]
pub fn reply_to(mail: &Mail) -> String {
    let field = mail.header("Reply-To");
    let address = field.rsplit('<').next().unwrap_or_default();
    address.trim_end_matches('>').to_owned()
}

/// The names of the mails that somebody got, in order.
pub fn names(sink: &Sink, recipient: &str) -> Vec<String> {
    let got = sink.for_recipient(recipient);
    got.iter()
        .map(|one| one.mail().header("Folkmoot-Mail"))
        .collect()
}

/// The last mail of that name that somebody got.
#[track_caller]
pub fn last(sink: &Sink, recipient: &str, name: &str) -> Mail {
    let got = sink.for_recipient(recipient).into_iter().rev();
    let mut found = got.filter(|one| one.mail().header("Folkmoot-Mail") == name);
    let one = found.next();
    one.unwrap_or_else(|| panic!("{recipient} got {:?}", names(sink, recipient)))
        .mail()
}
