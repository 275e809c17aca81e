//! `/c/SLUG/`: the archive's front, or one of its months.

use serde::Serialize;

use super::Page;
use super::parts::{Community, Link, Moment, Pager, subject_or_none};
use crate::web::text::mask_addresses;

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct CommunityFront {
    /// The community.
    pub community: Community,
    /// The charter's sentence on what it is about.
    pub about: String,
    /// Where members write.
    pub post_address: String,
    /// Where to write to join; empty where nobody can.
    pub join_address: String,
    /// Whether the community is closed: nobody writes any more.
    pub closed: bool,
    /// The month that is shown; `None` shows the latest threads.
    pub month: Option<String>,
    /// The messages of the month as a mailbox; `None` where no month is shown.
    pub mbox_href: Option<String>,
    /// The months of the archive, newest first.
    pub months: Vec<Month>,
    /// The threads, newest first.
    pub threads: Vec<Thread>,
    /// To other threads.
    pub pager: Pager,
}

/// A month of the archive.
#[derive(Debug, Clone, Serialize)]
pub struct Month {
    /// To it: `January 2026`.
    pub link: Link,
    /// How many posts it has.
    pub posts: u64,
}

/// A thread in a list.
#[derive(Debug, Clone, Serialize)]
pub struct Thread {
    /// To it, by its subject.
    pub link: Link,
    /// Who began it.
    pub author: String,
    /// The last post.
    pub last: Moment,
    /// How many posts answer.
    pub replies: u64,
    /// Whether that is one.
    pub has_one_reply: bool,
}

impl Thread {
    /// A thread named `subject` by `author` with so many answers. Mail addresses in
    /// either are shortened.
    pub fn new(href: String, subject: &str, author: &str, last: Moment, replies: u64) -> Thread {
        Thread {
            link: Link::new(href, subject_or_none(&mask_addresses(subject))),
            author: mask_addresses(author),
            last,
            replies,
            has_one_reply: replies == 1,
        }
    }
}

impl Page for CommunityFront {
    const TEMPLATE: &'static str = "web/community_front.html";

    fn title(&self) -> String {
        match &self.month {
            Some(month) => format!("{month} · {}", self.community.name),
            None => self.community.name.clone(),
        }
    }

    fn trail(&self) -> Vec<Link> {
        if self.month.is_some() {
            vec![self.community.link()]
        } else {
            Vec::new()
        }
    }

    fn language(&self) -> &str {
        &self.community.language
    }

    fn is_private(&self) -> bool {
        self.community.is_private
    }
}
