//! `/join/TOKEN`: somebody who waits to be let in.

use serde::Serialize;

use super::Page;
use super::parts::Moment;

/// A request, with a button for each decision.
#[derive(Debug, Clone, Serialize)]
pub struct JoinForm {
    /// The community's name.
    pub community: String,
    /// The address that wants to join.
    pub address: String,
    /// Their name; may be empty.
    pub name: String,
    /// Whether something shows that the owner of the address asked.
    pub is_proven: bool,
    /// What they wrote, line by line; may be empty.
    pub words: Vec<String>,
    /// Since when they wait.
    pub at: Moment,
    /// When the request is dropped.
    pub until: Moment,
    /// Where the buttons post to: the page itself.
    pub action: String,
    /// The desk, where that is where it was opened.
    pub back: Option<String>,
}

/// What was decided, now or before.
#[derive(Debug, Clone, Serialize)]
pub struct JoinDone {
    /// The community's name.
    pub community: String,
    /// The address that wanted to join.
    pub address: String,
    /// What became of it, a sentence.
    pub outcome: String,
    /// The desk, where that is where it was opened.
    pub back: Option<String>,
}

impl Page for JoinForm {
    const TEMPLATE: &'static str = "web/join_form.html";

    fn title(&self) -> String {
        format!("To decide: {} wants to join", self.address)
    }

    fn is_private(&self) -> bool {
        true
    }
}

impl Page for JoinDone {
    const TEMPLATE: &'static str = "web/join_done.html";

    fn title(&self) -> String {
        format!("Decided · {}", self.community)
    }

    fn is_private(&self) -> bool {
        true
    }
}
