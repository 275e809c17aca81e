//! `/c/SLUG/search?q=`: what was found.

use serde::Serialize;

use super::Page;
use super::parts::{Community, Link, Moment, Pager};
use crate::archive::snippet::Piece;

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct SearchPage {
    /// The community.
    pub community: Community,
    /// The query as it was typed.
    pub query: String,
    /// Whether anything was asked for.
    pub is_asked: bool,
    /// How many posts were found, for people: `3 posts`, `more than 1,000 posts`.
    pub total: String,
    /// The posts of this page.
    pub results: Vec<Found>,
    /// To the others.
    pub pager: Pager,
}

/// A post that was found.
#[derive(Debug, Clone, Serialize)]
pub struct Found {
    /// Its address.
    pub href: String,
    /// Its subject; mail addresses in what is shown are shortened.
    pub subject: Vec<Piece>,
    /// Who wrote it.
    pub author: String,
    /// When it was sent.
    pub at: Moment,
    /// A few lines of its text.
    pub excerpt: Vec<Piece>,
}

/// How many posts were found; `is_all` is false where counting was given up.
pub fn total(count: u64, is_all: bool) -> String {
    match (count, is_all) {
        (1, true) => "1 post".to_owned(),
        (count, true) => format!("{count} posts"),
        (count, false) => format!("more than {count} posts"),
    }
}

impl Page for SearchPage {
    const TEMPLATE: &'static str = "web/search.html";

    fn title(&self) -> String {
        if self.query.is_empty() {
            return format!("Search · {}", self.community.name);
        }
        format!("{} · Search · {}", self.query, self.community.name)
    }

    fn trail(&self) -> Vec<Link> {
        vec![self.community.link()]
    }

    fn language(&self) -> &str {
        &self.community.language
    }

    fn is_private(&self) -> bool {
        true
    }
}
