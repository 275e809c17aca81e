//! `/demo/`: the mailboxes of simulated people.

use serde::Serialize;

use super::Page;
use super::parts::{Link, Moment, Pager};
use super::post::{Attachment, Body};

/// `/demo/`: who there is.
#[derive(Debug, Clone, Serialize)]
pub struct DemoIndex {
    /// What the demonstration shows, week by week.
    pub weeks: Vec<Week>,
    /// The simulated people.
    pub people: Vec<Person>,
    /// To the communities' archives.
    pub communities: Vec<Link>,
    /// The simulated time.
    pub now: Moment,
}

/// What there is to see of a week.
#[derive(Debug, Clone, Serialize)]
pub struct Week {
    /// Which, from 1.
    pub number: u32,
    /// What, a sentence each.
    pub shows: Vec<Shown>,
}

/// Something to look at.
#[derive(Debug, Clone, Serialize)]
pub struct Shown {
    /// What it is, a sentence.
    pub text: String,
    /// To the mailbox in which it begins, by whose it is.
    pub mailbox: Link,
}

/// A simulated person.
#[derive(Debug, Clone, Serialize)]
pub struct Person {
    /// To the mailbox, by name.
    pub link: Link,
    /// The address.
    pub address: String,
    /// What the person is in the community, in words.
    pub role: String,
    /// How many mails came.
    pub mails: u64,
    /// To their calendar, by the number of sessions that are in it.
    pub calendar: Link,
}

/// `/demo/PERSON`: a mailbox, newest first.
#[derive(Debug, Clone, Serialize)]
pub struct DemoMailbox {
    /// Whose it is.
    pub name: String,
    /// The address.
    pub address: String,
    /// How many mails it has.
    pub count: u64,
    /// The mails of this page.
    pub mails: Vec<Received>,
    /// To their calendar, by the number of sessions that are in it.
    pub calendar: Link,
    /// To the others.
    pub pager: Pager,
}

/// A mail in a mailbox.
#[derive(Debug, Clone, Serialize)]
pub struct Received {
    /// To it, by its subject.
    pub link: Link,
    /// From whom.
    pub from: String,
    /// When it came.
    pub at: Moment,
    /// Which mail of ours it is (`Folkmoot-Mail`); `None` is a post.
    pub kind: Option<String>,
}

/// `/demo/PERSON/calendar`: what somebody's calendar program shows.
#[derive(Debug, Clone, Serialize)]
pub struct DemoCalendar {
    /// To the mailbox, by the person's name.
    pub mailbox: Link,
    /// The program.
    pub program: String,
    /// What is to come, the next one first.
    pub coming: Vec<Appointment>,
    /// What is over, the latest first.
    pub over: Vec<Appointment>,
    /// The simulated time.
    pub now: Moment,
}

/// A session in a calendar.
#[derive(Debug, Clone, Serialize)]
pub struct Appointment {
    /// Its name.
    pub title: String,
    /// When it begins.
    pub at: Moment,
    /// Where; may be empty.
    pub place: String,
    /// Whether it is at another time than planned.
    pub moved: bool,
    /// What the person answered, in words.
    pub answer: String,
}

/// `/demo/PERSON/N`: a mail as it was received.
#[derive(Debug, Clone, Serialize)]
pub struct DemoMail {
    /// To the mailbox it is in, by the person's name.
    pub mailbox: Link,
    /// Its subject.
    pub subject: String,
    /// From whom.
    pub from: String,
    /// To whom.
    pub to: String,
    /// To whom as a copy; may be empty. The author of a rewritten post is there.
    pub cc: String,
    /// When it came.
    pub at: Moment,
    /// All its headers, in order, unfolded.
    pub headers: Vec<Header>,
    /// Its text part.
    pub body: Body,
    /// Where its HTML part is served, under
    /// [`CSP_FRAMED_MAIL`](crate::web::headers::CSP_FRAMED_MAIL); this page then needs
    /// [`CSP_FRAMING`](crate::web::headers::CSP_FRAMING).
    pub html_href: Option<String>,
    /// Its attachments.
    pub attachments: Vec<Attachment>,
    /// To the mails before and behind it.
    pub pager: Pager,
}

/// A header field.
#[derive(Debug, Clone, Serialize)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value, on one line.
    pub value: String,
}

fn index_link() -> Link {
    Link::new("/demo/", "Simulated people")
}

impl Page for DemoIndex {
    const TEMPLATE: &'static str = "web/demo_index.html";

    fn title(&self) -> String {
        "Demonstration".to_owned()
    }

    fn is_private(&self) -> bool {
        true
    }
}

impl Page for DemoMailbox {
    const TEMPLATE: &'static str = "web/demo_mailbox.html";

    fn title(&self) -> String {
        format!("{}’s mailbox", self.name)
    }

    fn trail(&self) -> Vec<Link> {
        vec![index_link()]
    }

    fn is_private(&self) -> bool {
        true
    }
}

impl Page for DemoCalendar {
    const TEMPLATE: &'static str = "web/demo_calendar.html";

    fn title(&self) -> String {
        format!("{}’s calendar", self.mailbox.text)
    }

    fn trail(&self) -> Vec<Link> {
        vec![index_link(), self.mailbox.clone()]
    }

    fn is_private(&self) -> bool {
        true
    }
}

impl Page for DemoMail {
    const TEMPLATE: &'static str = "web/demo_mail.html";

    fn title(&self) -> String {
        format!("{} · {}", self.subject, self.mailbox.text)
    }

    fn trail(&self) -> Vec<Link> {
        vec![index_link(), self.mailbox.clone()]
    }

    fn is_private(&self) -> bool {
        true
    }
}
