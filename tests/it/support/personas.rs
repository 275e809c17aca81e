//! Calendar clients, as they answer an invitation that the sink has. What they send is
//! the demonstration's own.

use std::sync::atomic::{AtomicUsize, Ordering};

pub use folkmoot::demo::calendar::{ALL, Client, Invitation, Said};

use super::{Mail, Node};

static COUNT: AtomicUsize = AtomicUsize::new(0);

/// The invitation in a mail.
#[track_caller]
pub fn read(mail: &Mail) -> Invitation {
    Invitation::read(mail.raw()).expect("an invitation")
}

/// A client that is somebody's of a story.
pub trait Answers {
    /// The mail with which it answers, under a Message-ID that no other has.
    fn reply(self, invited: &Invitation, said: &Said) -> Vec<u8>;

    /// Answers, and waits until the node has understood it; gives the Message-ID.
    fn send(self, node: &Node, invited: &Invitation, said: &Said) -> String;
}

impl Answers for Client {
    fn reply(self, invited: &Invitation, said: &Said) -> Vec<u8> {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        self.answer(invited, said, &format!("answer-{number}@people.example"))
    }

    #[track_caller]
    fn send(self, node: &Node, invited: &Invitation, said: &Said) -> String {
        let raw = self.reply(invited, said);
        deliver(node, said.to.unwrap_or(&invited.organizer), &raw)
    }
}

/// Hands a mail to the node and waits; gives its Message-ID.
#[track_caller]
pub fn deliver(node: &Node, to: &str, raw: &[u8]) -> String {
    let mail = Mail::new(raw);
    let from = mail.header("From");
    let reply = node
        .client()
        .deliver(from.trim_matches(['<', '>']), &[to], raw);
    assert_eq!(reply[0].code, 250, "{to}: {reply:?}");
    node.settle();
    mail.message_id()
}
