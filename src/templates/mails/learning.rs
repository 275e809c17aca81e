//! A draft of a learning is to be reviewed.

use serde::Serialize;

use super::Mail;

/// See the module.
#[derive(Debug, Clone, Default, Serialize)]
pub struct LearningDraft {
    /// The community's name.
    pub community: String,
    /// The subject of the post that was marked.
    pub subject: String,
    /// Where it stands.
    pub url: String,
    /// The draft's title.
    pub title: String,
    /// Its lines.
    pub summary: Vec<String>,
    /// Its tags; or empty.
    pub tags: String,
    /// Where learnings are read.
    pub page: String,
}

impl Mail for LearningDraft {
    const NAME: &'static str = "learning-draft";

    fn samples() -> Vec<LearningDraft> {
        let tagged = LearningDraft {
            community: "Pumps community".into(),
            subject: "Seal leaks after a week".into(),
            url: "https://lists.example/c/pumps/m/9f2c".into(),
            title: "Run new seals dry for a minute".into(),
            summary: vec!["A minute dry, then water: four of four held.".into()],
            tags: "seals, hot water".into(),
            page: "https://lists.example/c/pumps/learnings".into(),
        };
        let bare = LearningDraft {
            tags: String::new(),
            ..tagged.clone()
        };
        vec![tagged, bare]
    }
}
