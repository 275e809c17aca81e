//! What is said instead of a page.

use serde::Serialize;

use super::Page;
use super::parts::Link;

/// A short page that says what is the matter and what to do.
#[derive(Debug, Clone, Serialize)]
pub struct Notice {
    /// What is the matter.
    pub heading: String,
    /// What to do, a paragraph each.
    pub paragraphs: Vec<String>,
    /// Where to go on.
    pub links: Vec<Link>,
}

impl Notice {
    /// 404: nothing is here, as far as this visitor may know.
    pub fn not_found() -> Notice {
        Notice::new(
            "There is nothing here",
            &[
                "The address may be mistyped, or what was here was never public. Links in a mail \
               are sometimes broken over two lines: copy both.",
            ],
            vec![Link::new("/", "All communities")],
        )
    }

    /// 403: an archive for members only. `join_address` is empty where nobody can join
    /// by mail.
    pub fn members_only(community: &str, join_address: &str, owner_address: &str) -> Notice {
        let heading = format!("The archive of {community} is for its members");
        let member = "If you are a member, have a link sent to you. It opens your own page, and \
                      from there this archive, in this browser for 30 days.";
        let mailto = |address: &str, text| Link::new(format!("mailto:{address}"), text);
        let mut links = vec![Link::new("/me/", "Have a link sent to you")];
        if !join_address.is_empty() {
            links.push(mailto(
                join_address,
                format!("Become a member: {join_address}"),
            ));
        }
        links.push(mailto(
            owner_address,
            format!("Ask the facilitators: {owner_address}"),
        ));
        Notice::new(&heading, &[member], links)
    }

    /// 410: a link that worked once, or a post that was taken away.
    pub fn gone() -> Notice {
        Notice::new(
            "This is no longer here",
            &[
                "A personal link works for a limited time; ask for a new one by replying to the mail \
               it came in. A post may have been removed at its author's wish.",
            ],
            vec![Link::new("/", "All communities")],
        )
    }

    /// 410: a link to a page of one's own whose time is over.
    pub fn link_ended() -> Notice {
        Notice::new(
            "This link has ended",
            &[
                "A link to a page of your own works for 24 hours after its first use. Nothing of what \
               you chose is lost.",
                "For a new one, reply to any mail of the list with the word page or, for who runs a \
               community, desk.",
            ],
            vec![Link::new("/me/", "Have a new link sent to you")],
        )
    }

    /// 400, 405, 413: a request that no page of ours makes.
    pub fn refused() -> Notice {
        Notice::new(
            "This cannot be done here",
            &["The request was not understood, or is too large. Nothing was changed."],
            vec![Link::new("/", "All communities")],
        )
    }

    /// 503 or 500: our own fault, and it passes.
    pub fn trouble() -> Notice {
        Notice::new(
            "This did not work",
            &["That is not your fault. Nothing was changed or lost; try again in a minute."],
            vec![],
        )
    }

    fn new(heading: &str, paragraphs: &[&str], links: Vec<Link>) -> Notice {
        let paragraphs = paragraphs.iter().map(|text| (*text).to_owned()).collect();
        Notice {
            heading: heading.to_owned(),
            paragraphs,
            links,
        }
    }
}

impl Page for Notice {
    const TEMPLATE: &'static str = "web/notice.html";

    fn title(&self) -> String {
        self.heading.clone()
    }

    fn is_private(&self) -> bool {
        true
    }
}
