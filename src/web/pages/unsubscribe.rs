//! `/u/TOKEN`: leaving. GET shows a form and changes nothing; POST acts (RFC 8058).

use serde::Serialize;

use super::Page;

/// The form, with its one button.
#[derive(Debug, Clone, Serialize)]
pub struct UnsubscribeForm {
    /// The community's name.
    pub community: String,
    /// The address that would leave.
    pub address: String,
    /// The kind of mail that would stop; `None` leaves the community.
    pub kind: Option<String>,
    /// Where the button posts to: the page itself.
    pub action: String,
}

/// What the button did.
#[derive(Debug, Clone, Serialize)]
pub struct UnsubscribeDone {
    /// The community's name.
    pub community: String,
    /// The address that left.
    pub address: String,
    /// The kind of mail that stopped; `None` left the community.
    pub kind: Option<String>,
    /// Where to write to come back; empty where nobody can.
    pub join_address: String,
}

impl Page for UnsubscribeForm {
    const TEMPLATE: &'static str = "web/unsubscribe_form.html";

    fn title(&self) -> String {
        format!("Leave {}", self.community)
    }

    fn is_private(&self) -> bool {
        true
    }
}

impl Page for UnsubscribeDone {
    const TEMPLATE: &'static str = "web/unsubscribe_done.html";

    fn title(&self) -> String {
        format!("Done · {}", self.community)
    }

    fn is_private(&self) -> bool {
        true
    }
}
