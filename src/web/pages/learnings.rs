//! `/c/SLUG/learnings`: what a community has learnt.

use serde::Serialize;

use super::Page;
use super::parts::{Community, Link, Moment};

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct LearningsPage {
    /// The community.
    pub community: Community,
    /// The latest first.
    pub learnings: Vec<Learning>,
}

/// One learning.
#[derive(Debug, Clone, Serialize)]
pub struct Learning {
    /// Its key, for links to it.
    pub id: i64,
    /// One line.
    pub title: String,
    /// Its paragraphs.
    pub summary: Vec<String>,
    /// Its tags; or empty.
    pub tags: String,
    /// Who wrote what it is made of; empty where they were erased.
    pub author: String,
    /// When it was reviewed.
    pub at: Moment,
    /// The posts that it is made of.
    pub sources: Vec<Link>,
}

impl Page for LearningsPage {
    const TEMPLATE: &'static str = "web/learnings.html";

    fn title(&self) -> String {
        format!("Learnings · {}", self.community.name)
    }

    fn trail(&self) -> Vec<Link> {
        match self.community.is_private {
            true => Vec::new(),
            false => vec![self.community.link()],
        }
    }

    fn language(&self) -> &str {
        &self.community.language
    }
}
