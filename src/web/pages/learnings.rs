//! `/c/SLUG/learnings`: what a community has learnt.

use serde::Serialize;

use super::Page;
use super::parts::{Community, Link, Moment, Pager};

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct LearningsPage {
    /// The community.
    pub community: Community,
    /// Whether the visitor may read the archive, so that there is a way to it.
    pub reads: bool,
    /// The latest first.
    pub learnings: Vec<Learning>,
    /// To other learnings.
    pub pager: Pager,
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
    /// Its tags.
    pub tags: Vec<String>,
    /// Who wrote what it is made of; empty where they were erased.
    pub author: String,
    /// When it was reviewed.
    pub at: Moment,
    /// The posts that it is made of and that the visitor may read, by author and day.
    pub sources: Vec<Link>,
    /// So many more are not named.
    pub more: i64,
    /// Whether the visitor may not read where it comes from.
    pub is_closed: bool,
}

impl Page for LearningsPage {
    const TEMPLATE: &'static str = "web/learnings.html";

    fn title(&self) -> String {
        format!("Learnings · {}", self.community.name)
    }

    fn trail(&self) -> Vec<Link> {
        match self.reads {
            true => vec![self.community.link()],
            false => Vec::new(),
        }
    }

    fn language(&self) -> &str {
        &self.community.language
    }
}

impl LearningsPage {
    /// One with its sources, one without.
    pub fn sample() -> LearningsPage {
        let at = crate::clock::moment(1_772_528_400_000);
        let open = Learning {
            id: 2,
            title: "Run new seals dry for a minute".into(),
            summary: vec![
                "A minute dry, then water: four of four held.".into(),
                "With graphite rings it is not needed.".into(),
            ],
            tags: vec!["seals".into(), "hot water".into()],
            author: "Bo Ek".into(),
            at: at.into(),
            sources: vec![
                Link::new("/c/pumps/m/9f2c", "Ann, 2 Mar 2026"),
                Link::new("/c/pumps/m/9f2d", "Bo Ek, 3 Mar 2026"),
            ],
            more: 3,
            is_closed: false,
        };
        let closed = Learning {
            id: 1,
            title: "Noise before a bearing fails".into(),
            tags: Vec::new(),
            author: String::new(),
            sources: Vec::new(),
            more: 0,
            is_closed: true,
            ..open.clone()
        };
        LearningsPage {
            community: Community {
                slug: "pumps".into(),
                name: "Pumps community".into(),
                language: "en".into(),
                is_private: false,
            },
            reads: true,
            learnings: vec![open, closed],
            pager: Pager {
                newer: None,
                older: Some("/c/pumps/learnings?page=2".into()),
            },
        }
    }

    /// Where nothing has been kept.
    pub fn empty_sample() -> LearningsPage {
        LearningsPage {
            learnings: Vec::new(),
            pager: Pager::default(),
            ..LearningsPage::sample()
        }
    }
}
