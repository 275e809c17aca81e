//! `/desk/TOKEN`: what waits for who runs a community.

use serde::Serialize;

use super::Page;
use super::figure::FiguresPanel;
use super::hold::HoldRow;
use super::parts::Moment;

/// The desk.
#[derive(Debug, Clone, Serialize)]
pub struct DeskPage {
    /// The community's name.
    pub community: String,
    /// Where the invitations post to: the page itself.
    pub action: String,
    /// What became of invitations that were just sent, a sentence each.
    pub told: Vec<String>,
    /// What could not be done; may be empty.
    pub problem: String,
    /// The posts that wait, oldest first; one who may not decide sees none.
    pub holds: Vec<HoldRow>,
    /// Who waits to be let in, oldest first.
    pub joins: Vec<JoinRow>,
    /// Whether there are more of either than are shown.
    pub is_cut: bool,
    /// How the community fares, for who may see it.
    pub figures: Option<FiguresPanel>,
    /// Who is banned, by address or domain.
    pub bans: Vec<BanRow>,
    /// When the link ends.
    pub ends: Moment,
}

/// Somebody who waits to be let in.
#[derive(Debug, Clone, Serialize)]
pub struct JoinRow {
    /// Their page.
    pub href: String,
    /// Their address.
    pub address: String,
    /// Their name; may be empty.
    pub name: String,
    /// Whether something shows that the owner of the address asked.
    pub is_proven: bool,
    /// Since when.
    pub at: Moment,
}

/// Somebody who is banned.
#[derive(Debug, Clone, Serialize)]
pub struct BanRow {
    /// An address, or `*@domain`.
    pub pattern: String,
    /// Why; may be empty.
    pub reason: String,
    /// Who decided.
    pub by: String,
    /// When.
    pub at: Moment,
}

impl Page for DeskPage {
    const TEMPLATE: &'static str = "web/desk.html";

    fn title(&self) -> String {
        format!("Desk · {}", self.community)
    }

    fn is_private(&self) -> bool {
        true
    }
}
