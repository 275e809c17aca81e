//! `/me/`: a person's own page, and the form that has a link to it sent.

use serde::Serialize;

use super::Page;
use super::parts::Moment;

/// Everything about one person, with a form for each thing that they can change.
#[derive(Debug, Clone, Serialize)]
pub struct PersonPage {
    /// The address that the link was mailed to.
    pub address: String,
    /// What was just done, a sentence each.
    pub done: Vec<String>,
    /// What could not be done, a sentence each.
    pub refused: Vec<String>,
    /// Where they are a member.
    pub memberships: Vec<Membership>,
    /// Mail that is neither posts nor answers.
    pub mails: Mails,
    /// All addresses that are known to be theirs.
    pub addresses: Vec<String>,
    /// Where the forms post to: the page itself.
    pub action: String,
    /// All that is kept of them, to be downloaded.
    pub data_href: String,
    /// When the link ends.
    pub ends: Moment,
}

/// One community of a person.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Membership {
    /// The member's key.
    pub id: i64,
    /// Where its forms post to.
    pub action: String,
    /// The community's name.
    pub name: String,
    /// Where its mail goes.
    pub address: String,
    /// What they are there, as "member, facilitator".
    pub roles: String,
    /// Whether there is an archive that they can read.
    pub has_archive: bool,
    /// Whether posts go to them at all: not to a sponsor.
    pub is_on_list: bool,
    /// The ways in which posts can come, one of them chosen.
    pub deliveries: Vec<Choice>,
    /// Whether a copy of their own posts comes.
    pub own: bool,
    /// Whether posts come although they are named in To or Cc.
    pub copies: bool,
    /// The topics of the charter.
    pub topics: Vec<Choice>,
    /// Whether nothing is sent at present.
    pub is_paused: bool,
    /// Whether nothing is sent because mail to them comes back.
    pub is_bouncing: bool,
    /// Until when, as people write it; empty is until they resume.
    pub paused_until: String,
    /// The first day until which a pause can last, as `2026-03-02`.
    pub tomorrow: String,
    /// The threads that they follow or have muted.
    pub threads: Vec<ThreadChoice>,
    /// Where a calendar subscribes to the sessions; empty for who is not on the list.
    pub feed: String,
    /// The address of their feed of posts, which is a secret of theirs too; empty likewise.
    pub posts_feed: String,
    /// Whether there is a desk of theirs.
    pub has_desk: bool,
    /// How to come back.
    pub join_address: String,
}

/// Mail that is neither posts nor answers, over all communities.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Mails {
    /// One for each kind that they can stop.
    pub switches: Vec<MailSwitch>,
    /// Where they have asked for less: what is allowed in a week comes in so many days;
    /// else 0.
    pub days: i64,
    /// Whether there is no less but none.
    pub is_least: bool,
}

/// One kind of mail.
#[derive(Debug, Clone, Serialize)]
pub struct MailSwitch {
    /// Its name in the catalogue.
    pub name: String,
    /// What brings it about.
    pub trigger: String,
    /// Whether they have stopped it.
    pub is_stopped: bool,
}

/// One of several things to choose.
#[derive(Debug, Clone, Serialize)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What it is called.
    pub label: String,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

/// A thread that somebody follows or has muted.
#[derive(Debug, Clone, Serialize)]
pub struct ThreadChoice {
    /// The thread's key.
    pub id: i64,
    /// Its subject; may be empty.
    pub subject: String,
    /// Whether it is muted; else it is followed.
    pub is_muted: bool,
}

/// The form that has a link sent; and the answer, which is the same whether the
/// address is known or not.
#[derive(Debug, Clone, Serialize)]
pub struct LinkForm {
    /// Whether it was just sent off.
    pub is_asked: bool,
    /// What was entered is no address.
    pub is_wrong: bool,
    /// What was entered.
    pub address: String,
}

impl Page for PersonPage {
    const TEMPLATE: &'static str = "web/person.html";

    fn title(&self) -> String {
        "Your own page".to_owned()
    }

    fn is_private(&self) -> bool {
        true
    }
}

impl Page for LinkForm {
    const TEMPLATE: &'static str = "web/link_form.html";

    fn title(&self) -> String {
        match self.is_asked {
            true => "Look into your mailbox".to_owned(),
            false => "Your own page".to_owned(),
        }
    }

    fn is_private(&self) -> bool {
        true
    }
}
