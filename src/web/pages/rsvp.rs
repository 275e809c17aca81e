//! `/r/TOKEN` of an invitation: whether somebody comes.

use serde::Serialize;

use super::Page;

/// The form, with what was said so far.
#[derive(Debug, Clone, Serialize)]
pub struct RsvpForm {
    /// The community's name.
    pub community: String,
    /// What the session is called.
    pub title: String,
    /// Who answers.
    pub address: String,
    /// What they said to the whole series (or the single session), or empty.
    pub said: String,
    /// Whether it is a series.
    pub is_series: bool,
    /// Whose clock the times are of.
    pub zone: String,
    /// The sessions to come; none: it is over.
    pub dates: Vec<Choice>,
    /// What was just noted, a sentence; or empty.
    pub done: String,
    /// Why nothing was; or empty.
    pub problem: String,
    /// Where the buttons post to: the page itself.
    pub action: String,
}

/// A session to come.
#[derive(Debug, Clone, Serialize)]
pub struct Choice {
    /// Its original day, as the form names it.
    pub on: String,
    /// When it begins, for people.
    pub when: String,
    /// When it begins, for machines.
    pub iso: String,
    /// What counts for it, or empty.
    pub said: String,
}

impl Page for RsvpForm {
    const TEMPLATE: &'static str = "web/rsvp_form.html";

    fn title(&self) -> String {
        format!("{} · {}", self.title, self.community)
    }

    fn is_private(&self) -> bool {
        true
    }
}
