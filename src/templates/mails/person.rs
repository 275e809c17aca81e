//! Answers to what somebody wrote to us.

use serde::Serialize;

use super::Mail;

/// The answer to an understood reply or command.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Receipt {
    /// The community's name.
    pub community: String,
    /// What was done, a sentence each.
    pub done: Vec<String>,
    /// What was asked for, each with its heading.
    pub told: Vec<Told>,
    /// How to undo it, a sentence; empty where there is no way back.
    pub undo: String,
    /// Where a person answers questions.
    pub owner_address: String,
    /// The settings as they are now; may be empty.
    pub table: Vec<Setting>,
}

/// One setting as it is.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Setting {
    /// What it is about, in a word or two.
    pub name: String,
    /// How it is set.
    pub value: String,
}

/// Something that is told on request.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Told {
    /// What it is, a sentence.
    pub heading: String,
    /// Line by line; a name may stand without a value.
    pub rows: Vec<Setting>,
}

impl Mail for Receipt {
    const NAME: &'static str = "receipt";

    fn samples() -> Vec<Receipt> {
        let two = Receipt {
            community: "Pumps community".into(),
            done: vec![
                "Posts now come once a week, in a digest.".into(),
                "You get nothing until 14 January 2026.".into(),
            ],
            told: vec![],
            undo: "To undo this, reply: set each".into(),
            owner_address: "pumps-owner@lists.example".into(),
            table: vec![
                setting("Posts", "once a week, in a digest"),
                setting("Own posts", "no copy"),
                setting("Paused", "until 14 January 2026"),
            ],
        };
        let one = Receipt {
            undo: String::new(),
            table: vec![],
            ..two.clone()
        };
        let both = Receipt {
            told: vec![told()],
            ..two.clone()
        };
        let asked = Receipt {
            done: vec![],
            told: vec![told(), told()],
            ..one.clone()
        };
        vec![two, one, both, asked]
    }
}

fn told() -> Told {
    Told {
        heading: "You belong to these communities:".into(),
        rows: vec![
            setting("Pumps community", "bo@plant.example, member, digest"),
            setting("bo@plant.example", ""),
        ],
    }
}

fn setting(name: &str, value: &str) -> Setting {
    Setting {
        name: name.into(),
        value: value.into(),
    }
}

/// The answer to a reply or command that could not be understood, or that asked
/// for help.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Clarification {
    /// The community's name.
    pub community: String,
    /// What was read, on one line; empty where nothing was.
    pub read: String,
    /// What is wrong with it, a sentence; empty where help was asked for.
    pub problem: String,
    /// What was done all the same, a sentence each; a mail may be understood in part.
    pub done: Vec<String>,
    /// What else was asked for, each with its heading.
    pub told: Vec<Told>,
    /// The settings as they are now, where something was done; may be empty.
    pub table: Vec<Setting>,
    /// Replies that would be understood.
    pub examples: Vec<String>,
    /// All commands with their explanations; may be empty.
    pub commands: Vec<CommandHelp>,
    /// Where a person answers questions.
    pub owner_address: String,
}

/// A command and what it does.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CommandHelp {
    /// The words to write.
    pub words: String,
    /// What they do, part of a sentence.
    pub explanation: String,
}

impl Mail for Clarification {
    const NAME: &'static str = "clarification";

    fn samples() -> Vec<Clarification> {
        let wrong = Clarification {
            community: "Pumps community".into(),
            read: "pause until Tuesday".into(),
            problem: "A pause needs a date or a number of days.".into(),
            examples: vec!["pause until 2026-01-14".into(), "pause 14d".into()],
            owner_address: "pumps-owner@lists.example".into(),
            ..Clarification::default()
        };
        let nothing = Clarification {
            read: String::new(),
            problem: "Your mail had no words of its own.".into(),
            examples: vec![],
            ..wrong.clone()
        };
        let help = |words: &str, explanation: &str| CommandHelp {
            words: words.into(),
            explanation: explanation.into(),
        };
        let asked = Clarification {
            problem: String::new(),
            commands: vec![
                help("set digest", "get one mail a week with all posts"),
                help("pause 14d", "get nothing for 14 days"),
                help("leave", "leave the community"),
            ],
            ..nothing.clone()
        };
        let unknown = Clarification {
            commands: asked.commands.clone(),
            ..wrong.clone()
        };
        let in_part = Clarification {
            done: vec!["Posts now come once a week, in a digest.".into()],
            told: vec![told()],
            table: vec![setting("Posts", "once a week, in a digest")],
            ..unknown.clone()
        };
        let and_help = Clarification {
            read: String::new(),
            problem: String::new(),
            examples: vec![],
            ..in_part.clone()
        };
        vec![wrong, nothing, unknown, asked, in_part, and_help]
    }
}

/// Everything that is kept about somebody, as an attachment.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Export {
    /// The community's name, or the installation's where it is about all of them.
    pub community: String,
    /// The address whose owner asked.
    pub address: String,
    /// The attachment's name.
    pub file: String,
    /// Its size, as people write it: "48 kB".
    pub size: String,
    /// What it has, a line each; may be empty.
    pub contents: Vec<String>,
    /// Where a person answers questions.
    pub owner_address: String,
}

impl Mail for Export {
    const NAME: &'static str = "export";

    fn samples() -> Vec<Export> {
        let full = Export {
            community: "Pumps community".into(),
            address: "bo@plant.example".into(),
            file: "bo-at-plant.example.zip".into(),
            size: "48 kB".into(),
            contents: vec![
                "your memberships and settings".into(),
                "the 31 posts that you wrote".into(),
            ],
            owner_address: "pumps-owner@lists.example".into(),
        };
        let bare = Export {
            contents: vec![],
            ..full.clone()
        };
        vec![full, bare]
    }
}

/// The way to a page of one's own, sent to whoever asks for it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Link {
    /// The name of the installation, its domain.
    pub host: String,
    /// Which page, as part of a sentence: "your own page".
    pub page: String,
    /// The link.
    pub url: String,
    /// How long it works after it is first used, in hours.
    pub hours: u32,
}

impl Mail for Link {
    const NAME: &'static str = "link";

    fn samples() -> Vec<Link> {
        vec![Link {
            host: "lists.example".into(),
            page: "your own page".into(),
            url: "https://lists.example/me/k3v9m2q7x4".into(),
            hours: 24,
        }]
    }
}
