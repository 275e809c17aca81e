//! The mails of surveys.

use serde::Serialize;

use super::{Mail, Sample};

/// A question.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SurveyItem {
    /// Its number, from 1.
    pub number: usize,
    /// What is asked.
    pub text: String,
}

/// Asks, or reminds.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SurveyAsk {
    /// The community's name.
    pub community: String,
    /// What the survey is called.
    pub title: String,
    /// What a poll asks, which stands in its subject; else empty.
    pub asks: String,
    /// What it is about: a question's subject, a session; or empty.
    pub about: String,
    /// What has changed since the last one, a sentence each.
    pub since: Vec<String>,
    /// Whether it reminds.
    pub reminds: bool,
    /// What the digits say, a sentence; empty where the question says it.
    pub scale: String,
    /// How many digits.
    pub count: usize,
    /// Whether it is a single one.
    pub is_one: bool,
    /// The questions.
    pub items: Vec<SurveyItem>,
    /// An answer as an example.
    pub example: String,
    /// What may be written below.
    pub open_question: String,
    /// No result below this many answers.
    pub minimum: i64,
    /// Facilitators read comments from so many answers on.
    pub comments_from: i64,
    /// The last day, for people.
    pub closes: String,
    /// Whether the digits count: not of those who run the community.
    pub is_counted: bool,
    /// The page of who is asked.
    pub form_url: String,
    /// Where a person answers questions.
    pub owner_address: String,
}

impl Mail for SurveyAsk {
    const NAME: &'static str = "health-check";
    const TEMPLATE: &'static str = "survey-ask";

    fn samples() -> Vec<SurveyAsk> {
        let texts = [
            "I get what I came for here.",
            "What people here promise one another, they do.",
            "I can say \"I don't know\" here.",
            "Disagreeing here has a price.",
            "I recently used something from here in my own work.",
            "Members like me decide what we work on.",
            "New people are noticed here.",
        ];
        let item = |(at, text): (usize, &&str)| SurveyItem {
            number: at + 1,
            text: (*text).to_owned(),
        };
        let check = SurveyAsk {
            community: "Pumps community".into(),
            title: "Two-minute health check".into(),
            scale: "1 = no, 5 = yes, 0 = cannot say.".into(),
            count: 7,
            items: texts.iter().enumerate().map(item).collect(),
            example: "4 5 3 4 4 5 0".into(),
            open_question: "one thing to change".into(),
            minimum: 5,
            comments_from: 10,
            closes: "14 November 2026".into(),
            is_counted: true,
            form_url: "https://lists.example/r/k3v9m2q7x4k3v9m2q7x4k3v9m2q7x".into(),
            owner_address: "pumps-owner@lists.example".into(),
            since: vec![
                "done: sessions start at 16:00.".into(),
                "still open: a guide for newcomers.".into(),
            ],
            ..SurveyAsk::default()
        };
        let reminder = SurveyAsk {
            since: vec![],
            reminds: true,
            is_counted: false,
            ..check.clone()
        };
        let solution = SurveyAsk {
            title: "Did it help?".into(),
            about: "Seal leaks after a week".into(),
            scale: String::new(),
            count: 1,
            is_one: true,
            since: vec![],
            items: vec![SurveyItem {
                number: 1,
                text: "How far is your problem solved? 0 = not at all, 4 = wholly.".into(),
            }],
            example: "3".into(),
            open_question: "what helped, or what is missing".into(),
            ..check.clone()
        };
        vec![check, reminder, solution]
    }
}

/// The same mail under the other names that it goes by.
pub(super) fn by_other_names() -> Vec<Sample> {
    let names = [
        "health-check-reminder",
        "yearly-reflection",
        "solution-check",
        "session-rating",
        "stage-check",
        "domain-survey",
    ];
    let of = |name: &'static str| {
        let all = SurveyAsk::samples().into_iter();
        all.filter_map(move |sample| {
            Some(Sample {
                name,
                template: SurveyAsk::TEMPLATE,
                fields: serde_json::to_value(sample).ok()?,
            })
        })
    };
    names.into_iter().flat_map(of).collect()
}

/// Restates an answer.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SurveyReceipt {
    /// The community's name.
    pub community: String,
    /// What the survey is called.
    pub title: String,
    /// The digits on one line, with spaces between.
    pub digits: String,
    /// Whether there was a comment.
    pub has_comment: bool,
    /// Whether a sponsor may read it.
    pub is_quoted: bool,
    /// The last day on which it can be changed, for people.
    pub closes: String,
    /// Whether the digits count.
    pub is_counted: bool,
    /// Where a person answers questions.
    pub owner_address: String,
}

impl Mail for SurveyReceipt {
    const NAME: &'static str = "receipt";
    const TEMPLATE: &'static str = "survey-receipt";

    fn samples() -> Vec<SurveyReceipt> {
        let counted = SurveyReceipt {
            community: "Pumps community".into(),
            title: "Two-minute health check".into(),
            digits: "4 4 5 2 3 4 0".into(),
            has_comment: true,
            is_quoted: false,
            closes: "14 November 2026".into(),
            is_counted: true,
            owner_address: "pumps-owner@lists.example".into(),
        };
        let not = SurveyReceipt {
            has_comment: false,
            is_counted: false,
            ..counted.clone()
        };
        let quoted = SurveyReceipt {
            is_quoted: true,
            ..counted.clone()
        };
        vec![counted, not, quoted]
    }
}

/// A piece of a bar: a cell of a table.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SurveyCell {
    /// In percent.
    pub width: i64,
    /// As HTML has it.
    pub colour: String,
}

/// One wave's result of an index, drawn.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SurveyBar {
    /// Its month, as `2026-05`.
    pub when: String,
    /// The bar in block characters.
    pub bar: String,
    /// The bar as cells.
    pub cells: Vec<SurveyCell>,
    /// How many answered.
    pub n: i64,
    /// The interval, in percent, as `55–100`.
    pub interval: String,
}

/// An index and what is said of it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SurveyLine {
    /// What was asked.
    pub question: String,
    /// What came of it, a sentence.
    pub result: String,
    /// This wave's bar and those before it, the newest first; none where nothing is shown.
    pub bars: Vec<SurveyBar>,
}

impl SurveyLine {
    /// Whether too few have answered for anything to be said.
    pub fn is_empty(&self) -> bool {
        self.bars.is_empty()
    }
}

/// Something that is to be done because of a survey.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SurveyAction {
    /// Its number.
    pub number: i64,
    /// What.
    pub text: String,
}

/// The results.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SurveyResults {
    /// The community's name.
    pub community: String,
    /// What the survey is called.
    pub title: String,
    /// What was asked, of a poll or a ranking; else empty.
    pub question: String,
    /// Whether people were asked one by one, some of them more than once.
    pub is_rolling: bool,
    /// How many were asked.
    pub invited: i64,
    /// How many answered.
    pub answered: i64,
    /// No result below this many answers.
    pub minimum: i64,
    /// What has changed since the last one, a sentence each.
    pub since: Vec<String>,
    /// Each index.
    pub lines: Vec<SurveyLine>,
    /// Whether it is for who runs the community.
    pub is_facilitator: bool,
    /// What is still to be done, for the facilitators.
    pub actions: Vec<SurveyAction>,
    /// Comments, for the facilitators.
    pub comments: Vec<String>,
    /// Where a person answers questions.
    pub owner_address: String,
}

impl Mail for SurveyResults {
    const NAME: &'static str = "health-check-results";
    const TEMPLATE: &'static str = "survey-results";

    fn samples() -> Vec<SurveyResults> {
        let cell = |(width, colour): (i64, &str)| SurveyCell {
            width,
            colour: colour.into(),
        };
        let bar =
            |when: &str, bar: &str, cells: &[(i64, &str)], (n, interval): (i64, &str)| SurveyBar {
                when: when.into(),
                bar: bar.into(),
                cells: cells.iter().copied().map(cell).collect(),
                n,
                interval: interval.into(),
            };
        let (sure, may, not) = ("#2f76c9", "#9dbfe6", "#c3cad1");
        let bars = vec![
            bar(
                "2026-11",
                "████████████████▒▒▒▒",
                &[(80, sure), (20, may)],
                (12, "55–100"),
            ),
            bar(
                "2026-08",
                "████████▒▒▒▒░░░░░░░░",
                &[(40, sure), (20, may), (40, not)],
                (10, "17–83"),
            ),
        ];
        let line = |question: &str| SurveyLine {
            question: question.into(),
            result: "80–100 % said yes (of all who were asked 62–100 %); no clear change".into(),
            bars: bars.clone(),
        };
        let members = SurveyResults {
            community: "Pumps community".into(),
            title: "Two-minute health check".into(),
            question: String::new(),
            is_rolling: false,
            invited: 16,
            answered: 12,
            minimum: 5,
            since: vec!["done: sessions start at 16:00.".into()],
            lines: vec![
                line("I get what I came for here."),
                line("What people here promise one another, they do."),
                line("I can say \"I don't know\" here. / Disagreeing here has a price."),
                line("I recently used something from here in my own work."),
                line("Members like me decide what we work on."),
                SurveyLine {
                    question: "New people are noticed here.".into(),
                    result: "too few answered (3): nothing is shown".into(),
                    bars: vec![],
                },
            ],
            is_facilitator: false,
            actions: vec![],
            comments: vec![],
            owner_address: "pumps-owner@lists.example".into(),
        };
        let facilitators = SurveyResults {
            since: vec![],
            lines: vec![line("I get what I came for here.")],
            is_facilitator: true,
            actions: vec![SurveyAction {
                number: 3,
                text: "a guide for newcomers".into(),
            }],
            comments: vec![
                "Shorter sessions, please.".into(),
                "More time for questions.".into(),
            ],
            ..members.clone()
        };
        let rolling = SurveyResults {
            title: "Did it help?".into(),
            is_rolling: true,
            actions: vec![],
            ..facilitators.clone()
        };
        let first = SurveyResults {
            question: "Which day is best?".into(),
            actions: vec![],
            comments: vec![],
            ..facilitators.clone()
        };
        vec![members, facilitators, rolling, first]
    }
}
