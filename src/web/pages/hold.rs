//! `/hold/TOKEN`: a post that waits for a moderator.

use serde::Serialize;

use super::Page;
use super::parts::{Moment, subject_or_none};
use super::post::{Attachment, Body};

/// A post, with a button for each decision.
#[derive(Debug, Clone, Serialize)]
pub struct HoldForm {
    /// The community's name.
    pub community: String,
    /// The post's subject.
    pub subject: String,
    /// Its author as the From line has it.
    pub author: String,
    /// Whether it is sure that the author's domain sent it.
    pub is_proven: bool,
    /// Since when it waits.
    pub at: Moment,
    /// When it is given up.
    pub until: Moment,
    /// Why it waits, a sentence each.
    pub reasons: Vec<String>,
    /// Its text.
    pub body: Body,
    /// What is attached to it.
    pub attachments: Vec<Attachment>,
    /// Where the buttons post to: the page itself.
    pub action: String,
    /// The list that it is one of, if it is.
    pub back: Option<String>,
}

/// What was decided, now or before.
#[derive(Debug, Clone, Serialize)]
pub struct HoldDone {
    /// The community's name.
    pub community: String,
    /// The post's subject.
    pub subject: String,
    /// Who decided what, and when: a sentence.
    pub outcome: String,
    /// The reason that was given; may be empty.
    pub reason: String,
    /// The list that it is one of, if it is.
    pub back: Option<String>,
}

/// Several posts that wait.
#[derive(Debug, Clone, Serialize)]
pub struct HoldList {
    /// The community's name.
    pub community: String,
    /// Those that nobody has decided about, oldest first.
    pub rows: Vec<HoldRow>,
}

/// One of several posts that wait.
#[derive(Debug, Clone, Serialize)]
pub struct HoldRow {
    /// Its page.
    pub href: String,
    /// Its subject.
    pub subject: String,
    /// Its author as the From line has it.
    pub author: String,
    /// Since when it waits.
    pub at: Moment,
    /// Why, in one line.
    pub reasons: String,
}

impl Page for HoldForm {
    const TEMPLATE: &'static str = "web/hold_form.html";

    fn title(&self) -> String {
        format!("To decide: {}", subject_or_none(&self.subject))
    }

    fn is_private(&self) -> bool {
        true
    }
}

impl Page for HoldDone {
    const TEMPLATE: &'static str = "web/hold_done.html";

    fn title(&self) -> String {
        format!("Decided · {}", self.community)
    }

    fn is_private(&self) -> bool {
        true
    }
}

impl Page for HoldList {
    const TEMPLATE: &'static str = "web/hold_list.html";

    fn title(&self) -> String {
        format!("To decide · {}", self.community)
    }

    fn is_private(&self) -> bool {
        true
    }
}
