//! What people of the story can do: write, reply with their program, decide; and what
//! the story says should come of it.

use super::ledger::{Ledger, Person, Sent};
use super::programs::Program;
use crate::support::letters;
use crate::support::sink::Received;
use crate::support::{Mail, Node, Sink, http};

/// The domain of all lists.
const HERE: &str = "lists.example.org";

/// A month on one node.
pub struct Month<'a> {
    /// The node; nobody uses its command line.
    pub node: &'a Node<'a>,
    /// Everybody's mailboxes.
    pub sink: &'a Sink,
    /// What they should hold.
    pub ledger: Ledger,
    /// Every message that was sent: its Message-ID.
    pub letters: Vec<String>,
    /// To how many of our addresses they went.
    pub recipients: u64,
}

/// What somebody writes.
pub struct Written<'m> {
    /// Their short name or address.
    pub by: &'m str,
    /// Local parts of the addresses, `+TOKEN` included.
    pub to: Vec<String>,
    /// The subject; that of what is answered where it is empty.
    pub subject: &'m str,
    /// The text.
    pub text: &'m str,
    /// What is answered.
    pub answers: Option<&'m Mail>,
    /// Further header lines, each with its CRLF.
    pub more: &'m str,
}

/// Where somebody's mail goes: `ann` is at the plant.
pub fn at(who: &str) -> String {
    match who.contains('@') {
        true => who.to_owned(),
        false => format!("{who}@plant.example"),
    }
}

/// Each person has one program.
fn program(who: &str) -> Program {
    match who.split('@').next().unwrap_or_default() {
        "ben" | "ida" | "pete" | "max" => Program::Outlook,
        "cleo" | "kim" | "rosa" => Program::Apple,
        "dirk" | "lena" | "uwe" => Program::German,
        "elise" | "tess" => Program::French,
        "fred" => Program::Html,
        "gita" | "jon" | "olga" | "zoe" => Program::Gmail,
        _ => Program::Plain,
    }
}

/// What a server that is believed says of a mail.
pub fn proven(who: &str) -> String {
    let address = at(who);
    let domain = address.split('@').nth(1).unwrap_or_default();
    format!("Authentication-Results: mx.example.org; dmarc=pass header.from={domain}\r\n")
}

impl Month<'_> {
    /// The clock goes on to a day of the month, ten o'clock in Berlin before the change
    /// of clocks.
    pub fn day(&self, day: u32) {
        self.clock(&format!("2026-03-{day:02}T09:00:00Z"));
    }

    /// The clock goes on to a moment.
    #[track_caller]
    pub fn clock(&self, moment: &str) {
        self.node.run(&["clock", "set", moment]).ok();
    }

    /// Somebody writes; gives the Message-ID.
    #[track_caller]
    pub fn write(&mut self, written: &Written) -> String {
        let id = self.post_away(written);
        self.node.settle();
        id
    }

    /// The mail leaves the program; nobody waits for what comes of it.
    #[track_caller]
    fn post_away(&mut self, written: &Written) -> String {
        let from = at(written.by);
        let id = format!("m{:03}-{from}", self.letters.len() + 1);
        let raw = self.raw(written, &from, &id);
        let to: Vec<String> = written.to.iter().map(|to| format!("{to}@{HERE}")).collect();
        let to: Vec<&str> = to.iter().map(String::as_str).collect();
        let replies = self.node.client().deliver(&from, &to, raw.as_bytes());
        let taken = replies.iter().all(|reply| reply.code == 250);
        assert!(taken, "{from} to {to:?}: {replies:?}");
        self.letters.push(id.clone());
        self.recipients += to.len() as u64;
        id
    }

    fn raw(&self, written: &Written, from: &str, id: &str) -> String {
        let Written { by, answers, .. } = written;
        let dressed = program(by).dress(written.text, *answers);
        let name = by.split('@').next().unwrap_or_default();
        let (first, rest) = name.split_at(1);
        let subject = match (answers, written.subject) {
            (Some(mail), "") => format!("{}{}", dressed.prefix, mail.subject()),
            (_, subject) => subject.to_owned(),
        };
        let thread = answers.map_or_else(String::new, |mail| {
            format!("In-Reply-To: <{}>\r\n", mail.message_id())
        });
        let to: Vec<String> = written
            .to
            .iter()
            .map(|to| format!("<{to}@{HERE}>"))
            .collect();
        format!(
            "{}From: {}{rest} <{from}>\r\nTo: {}\r\nSubject: {subject}\r\nMessage-ID: <{id}>\r\n\
             {thread}{}\r\n{}",
            written.more,
            first.to_uppercase(),
            to.join(", "),
            dressed.fields,
            dressed.body
        )
    }

    /// A new mail to `pumps` and what follows it, as `-join`.
    #[track_caller]
    pub fn mail(&mut self, by: &str, to: &str, subject: &str, text: &str) -> String {
        self.write(&Written {
            by,
            to: vec![format!("pumps{to}")],
            subject,
            text,
            answers: None,
            more: "",
        })
    }

    /// A reply to a mail, to where it wants replies.
    #[track_caller]
    pub fn reply(&mut self, by: &str, answers: &Mail, text: &str) -> String {
        self.reply_proven(by, answers, text, "")
    }

    /// A reply with further header lines.
    #[track_caller]
    pub fn reply_proven(&mut self, by: &str, answers: &Mail, text: &str, more: &str) -> String {
        let to = letters::reply_to(answers);
        let to = to.split('@').next().unwrap_or_default().to_owned();
        self.write(&Written {
            by,
            to: vec![to],
            subject: "",
            text,
            answers: Some(answers),
            more,
        })
    }

    /// A reply to the last mail of that name that somebody got.
    #[track_caller]
    pub fn answer(&mut self, by: &str, name: &str, text: &str) -> String {
        let mail = self.last(by, name);
        self.reply(by, &mail, text)
    }

    /// The last mail of that name that somebody got.
    #[track_caller]
    pub fn last(&self, who: &str, name: &str) -> Mail {
        letters::last(self.sink, &at(who), name)
    }

    /// Somebody's copy of a post.
    #[track_caller]
    pub fn copy(&self, who: &str, post: &Sent) -> Mail {
        let mut of = self.sink.copies(&post.id).into_iter();
        let copy = of.find(|copy| copy.to == at(who));
        copy.unwrap_or_else(|| panic!("{who} has no copy of {post:?}"))
            .mail()
    }

    /// A new thread.
    #[track_caller]
    pub fn thread(&mut self, by: &str, subject: &str, text: &str) -> Sent {
        let post = self.tried(by, subject, text);
        self.goes_out(&post);
        post
    }

    /// A new post to the list, whatever becomes of it.
    #[track_caller]
    pub fn tried(&mut self, by: &str, subject: &str, text: &str) -> Sent {
        let id = self.mail(by, "", subject, text);
        let topics = ["seals", "motors"].into_iter();
        let topic = |name: &&str| subject.contains(&format!("[{name}]"));
        Sent {
            thread: id.clone(),
            topic: topics.clone().find(topic).unwrap_or_default(),
            subject: subject.to_owned(),
            by: at(by),
            id,
        }
    }

    /// An answer in a thread, from the author's own copy.
    #[track_caller]
    pub fn answer_post(&mut self, by: &str, to: &Sent, text: &str) -> Sent {
        let post = self.tried_answer(by, to, text);
        self.goes_out(&post);
        post
    }

    /// An answer in a thread, whatever becomes of it.
    #[track_caller]
    pub fn tried_answer(&mut self, by: &str, to: &Sent, text: &str) -> Sent {
        let copies = self.sink.copies(&to.id);
        let own = copies.iter().find(|copy| copy.to == at(by));
        // Who has none has read it in the archive, or elsewhere.
        let copy = own.or(copies.first()).expect("a copy").mail();
        let id = self.reply(by, &copy, text);
        self.in_thread(to, &id, by)
    }

    /// A post that answers another.
    pub fn in_thread(&self, to: &Sent, id: &str, by: &str) -> Sent {
        Sent {
            id: id.to_owned(),
            by: at(by),
            ..to.clone()
        }
    }

    /// The post should reach whoever the model says.
    #[track_caller]
    pub fn goes_out(&mut self, post: &Sent) {
        self.ledger.published(post, &[]);
        self.ledger
            .compare(self.sink, &format!("after {}", post.id));
    }

    /// What our own mails should have come since; nobody got anything else.
    #[track_caller]
    pub fn heard(&mut self, mails: &[(&str, &'static str)]) {
        let mails: Vec<_> = mails.iter().map(|(who, name)| (at(who), *name)).collect();
        self.ledger.heard(&mails);
        let at = self.letters.last().cloned().unwrap_or_default();
        self.ledger.compare(self.sink, &format!("after {at}"));
    }

    /// Nobody should have got anything.
    #[track_caller]
    pub fn silence(&mut self) {
        self.heard(&[]);
    }

    /// A person as the model knows them.
    #[track_caller]
    pub fn person(&mut self, who: &str) -> &mut Person {
        self.ledger.people.get_mut(&at(who)).expect("a member")
    }

    /// Everybody who should have a digest by now has it.
    #[track_caller]
    pub fn digests(&mut self) {
        let owed = self.ledger.owed();
        let heard: Vec<_> = owed.iter().map(|who| (who.clone(), "digest")).collect();
        self.ledger.heard(&heard);
        self.ledger.compare(self.sink, "on the day of digests");
        for reader in owed {
            let digest = self.last_received(&reader, "digest");
            self.ledger.digest(&reader, &digest);
        }
    }

    #[track_caller]
    fn last_received(&self, address: &str, name: &str) -> Received {
        let all = self.sink.for_recipient(address).into_iter().rev();
        let mut named = all.filter(|one| one.mail().header("Folkmoot-Mail") == name);
        named.next().expect("a mail of that name")
    }

    /// The link in `List-Unsubscribe` of a mail is pressed.
    #[track_caller]
    pub fn press(&self, mail: &Mail) {
        let field = mail.header("List-Unsubscribe");
        let link = field.split(['<', '>']).find(|part| part.contains("/u/"));
        let path = link
            .and_then(|link| link.split_once(HERE))
            .expect("a link")
            .1;
        let form = "List-Unsubscribe=One-Click";
        let pressed = http::request(self.node.http, "POST", path, form);
        assert_eq!(pressed.status, 200, "{}", pressed.body);
        self.node.settle();
    }

    /// How `member list` has somebody.
    pub fn state(&self, who: &str) -> String {
        let member = self.node.member(&at(who));
        member["state"].as_str().unwrap_or("unknown").to_owned()
    }

    /// The one outcome of a message.
    #[track_caller]
    pub fn outcome(&self, id: &str) -> String {
        let why = self.node.json(&["why", id]);
        let received = why["received"].as_array().cloned().unwrap_or_default();
        let outcomes = received.iter().map(|one| {
            assert!(one["done_at"].is_string(), "{id} is still open: {why}");
            one["outcome"].as_str().unwrap_or_default().to_owned()
        });
        outcomes.collect::<Vec<_>>().join(", ")
    }
}
