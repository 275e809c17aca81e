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
    /// What it is about: a question's subject, a session; or empty.
    pub about: String,
    /// Whether it reminds.
    pub reminds: bool,
    /// What the digits say, a sentence; empty where the question says it.
    pub scale: String,
    /// How many digits.
    pub count: usize,
    /// The questions.
    pub items: Vec<SurveyItem>,
    /// An answer as an example.
    pub example: String,
    /// What may be written below.
    pub open_question: String,
    /// No result below this many answers.
    pub minimum: i64,
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
            closes: "14 November 2026".into(),
            is_counted: true,
            form_url: "https://lists.example/r/k3v9m2q7x4k3v9m2q7x4k3v9m2q7x".into(),
            owner_address: "pumps-owner@lists.example".into(),
            ..SurveyAsk::default()
        };
        let reminder = SurveyAsk {
            reminds: true,
            is_counted: false,
            ..check.clone()
        };
        let solution = SurveyAsk {
            title: "Did it help?".into(),
            about: "Seal leaks after a week".into(),
            scale: String::new(),
            count: 1,
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
            closes: "14 November 2026".into(),
            is_counted: true,
            owner_address: "pumps-owner@lists.example".into(),
        };
        let not = SurveyReceipt {
            has_comment: false,
            is_counted: false,
            ..counted.clone()
        };
        vec![counted, not]
    }
}

/// An index and what is said of it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SurveyLine {
    /// What was asked.
    pub question: String,
    /// What came of it, a sentence.
    pub result: String,
}

/// The results.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SurveyResults {
    /// The community's name.
    pub community: String,
    /// What the survey is called.
    pub title: String,
    /// How many were asked.
    pub invited: i64,
    /// How many answered.
    pub answered: i64,
    /// No result below this many answers.
    pub minimum: i64,
    /// Each index.
    pub lines: Vec<SurveyLine>,
    /// Comments, for the facilitators.
    pub comments: Vec<String>,
    /// Where a person answers questions.
    pub owner_address: String,
}

impl Mail for SurveyResults {
    const NAME: &'static str = "health-check-results";
    const TEMPLATE: &'static str = "survey-results";

    fn samples() -> Vec<SurveyResults> {
        let line = |question: &str, result: &str| SurveyLine {
            question: question.into(),
            result: result.into(),
        };
        let members = SurveyResults {
            community: "Pumps community".into(),
            title: "Two-minute health check".into(),
            invited: 16,
            answered: 12,
            minimum: 5,
            lines: vec![
                line(
                    "I get what I came for here.",
                    "80–100 % said yes (12 answered; interval 55–100 %;\n  of all who were asked 62–100 %): no clear change",
                ),
                line(
                    "What people here promise one another, they do.",
                    "fewer than five answered (3): nothing is shown",
                ),
            ],
            comments: vec![],
            owner_address: "pumps-owner@lists.example".into(),
        };
        let facilitators = SurveyResults {
            comments: vec![
                "Shorter sessions, please.".into(),
                "More time for questions.".into(),
            ],
            ..members.clone()
        };
        vec![members, facilitators]
    }
}
