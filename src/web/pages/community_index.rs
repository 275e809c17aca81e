//! `/`: the communities that a visitor may know of.

use serde::Serialize;

use super::Page;
use super::parts::Link;

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct CommunityIndex {
    /// The installation's name, its domain.
    pub site: String,
    /// The communities, in the order shown.
    pub communities: Vec<Card>,
}

/// One community.
#[derive(Debug, Clone, Serialize)]
pub struct Card {
    /// To its front.
    pub link: Link,
    /// The charter's sentence on what it is about.
    pub about: String,
    /// Whether only members read its archive.
    pub is_private: bool,
}

impl Page for CommunityIndex {
    const TEMPLATE: &'static str = "web/community_index.html";

    fn title(&self) -> String {
        self.site.clone()
    }
}
