//! The community asks itself a question.

use serde::Serialize;

use super::Mail;

/// A question of the charter, as a post.
#[derive(Debug, Clone, Default, Serialize)]
pub struct DiscussionSeed {
    /// The community's name.
    pub community: String,
    /// The question.
    pub question: String,
    /// Where answers go.
    pub post_address: String,
}

impl Mail for DiscussionSeed {
    const NAME: &'static str = "discussion-seed";

    fn samples() -> Vec<DiscussionSeed> {
        vec![DiscussionSeed {
            community: "Pumps community".into(),
            question: "What did you try this month that did not work?".into(),
            post_address: "pumps@lists.example".into(),
        }]
    }
}
