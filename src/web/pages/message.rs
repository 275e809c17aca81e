//! `/c/SLUG/m/ID`: one message, what `Archived-At` points to (RFC 5064).

use serde::Serialize;

use super::Page;
use super::parts::{Community, Link, subject_or_none};
use super::post::PostView;

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct MessagePage {
    /// The community.
    pub community: Community,
    /// The message.
    pub post: PostView,
    /// Its thread, at its place there.
    pub thread_href: String,
    /// The message as it came, for a mail program; `None` where it is not given out.
    pub raw_href: Option<String>,
    /// Its own layout, which this page shows in a frame; `None` shows its text.
    pub frame_href: Option<String>,
    /// This page with the text; `None` where it shows the text.
    pub text_href: Option<String>,
    /// This page with the layout of its own; `None` where there is none or it is shown.
    pub layout_href: Option<String>,
}

impl Page for MessagePage {
    const TEMPLATE: &'static str = "web/message.html";

    fn title(&self) -> String {
        let subject = subject_or_none(&self.post.subject);
        format!("{subject} · {}", self.community.name)
    }

    fn trail(&self) -> Vec<Link> {
        vec![
            self.community.link(),
            Link::new(&self.thread_href, "Thread"),
        ]
    }

    fn language(&self) -> &str {
        &self.community.language
    }

    fn is_private(&self) -> bool {
        self.community.is_private
    }
}
