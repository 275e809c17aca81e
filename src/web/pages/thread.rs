//! `/c/SLUG/t/ID`: a thread, each post behind the one it answers.

use std::collections::HashMap;

use serde::Serialize;

use super::Page;
use super::parts::{Community, Link, subject_or_none};
use super::post::PostView;
use crate::message::words::subject;
use crate::web::text::mask_addresses;

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct ThreadPage {
    /// The community.
    pub community: Community,
    /// The subject of its first post.
    pub subject: String,
    /// How many posts it has in all.
    pub count: u64,
    /// Whether that is one.
    pub has_one_post: bool,
    /// What stands on this page, in reading order.
    pub entries: Vec<Entry>,
    /// To the posts of this thread before these, if there are more.
    pub earlier: Option<String>,
    /// To the posts of this thread behind these, if there are more.
    pub later: Option<String>,
}

/// A post, or the place of a mail that others answer and that the archive does not hold.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// How far it is indented.
    pub depth: usize,
    /// The post; `None` where there is none.
    pub post: Option<PostView>,
}

impl Entry {
    /// A post.
    pub fn post(post: PostView) -> Entry {
        Entry {
            depth: post.depth,
            post: Some(post),
        }
    }

    /// The place of a mail that is not here.
    pub fn absent(depth: usize) -> Entry {
        Entry { depth, post: None }
    }
}

impl ThreadPage {
    /// A thread of `count` posts, of which `entries` are shown. A post says its
    /// subject where that is another one than the thread's.
    pub fn new(community: Community, named: &str, count: u64, entries: Vec<Entry>) -> ThreadPage {
        let subject = subject_or_none(named);
        let masked = if community.is_private {
            subject.to_owned()
        } else {
            mask_addresses(subject)
        };
        let mut page = ThreadPage {
            community,
            subject: masked,
            count,
            has_one_post: count == 1,
            entries,
            earlier: None,
            later: None,
        };
        page.tell_twins_apart();
        let own = subject::read(&page.subject).text;
        for post in page
            .entries
            .iter_mut()
            .filter_map(|entry| entry.post.as_mut())
        {
            let said = subject::read(&post.subject).text;
            post.has_new_subject = !said.is_empty() && said != own;
        }
        page
    }

    /// Two mails may bear one Message-ID, but no two parts of a page one anchor.
    fn tell_twins_apart(&mut self) {
        let mut seen = HashMap::new();
        for post in self
            .entries
            .iter_mut()
            .filter_map(|entry| entry.post.as_mut())
        {
            let times = seen.entry(post.anchor.clone()).or_insert(0);
            *times += 1;
            if *times > 1 {
                post.anchor = format!("{}-{times}", post.anchor);
            }
        }
    }
}

impl Page for ThreadPage {
    const TEMPLATE: &'static str = "web/thread.html";

    fn title(&self) -> String {
        format!("{} · {}", self.subject, self.community.name)
    }

    fn trail(&self) -> Vec<Link> {
        vec![self.community.link()]
    }

    fn language(&self) -> &str {
        &self.community.language
    }

    fn is_private(&self) -> bool {
        self.community.is_private
    }
}
