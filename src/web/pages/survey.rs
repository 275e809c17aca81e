//! `/r/TOKEN` of a survey: one person's page in one wave.

use serde::Serialize;

use super::Page;

/// A question of the form.
#[derive(Debug, Clone, Serialize)]
pub struct Question {
    /// Its number, from 1; the field is called q1, q2, …
    pub number: usize,
    /// What is asked.
    pub text: String,
    /// What to choose from.
    pub choices: Vec<Choice>,
}

/// An answer to choose.
#[derive(Debug, Clone, Serialize)]
pub struct Choice {
    /// Its digit.
    pub digit: u8,
    /// What stands beside it: the digit, or an option.
    pub text: String,
    /// Whether it was chosen, in a form that comes back because something is missing.
    pub is_chosen: bool,
}

/// The form.
#[derive(Debug, Clone, Serialize)]
pub struct SurveyForm {
    /// The community's name.
    pub community: String,
    /// What the survey is called.
    pub survey: String,
    /// What it is about; or empty.
    pub about: String,
    /// What the digits say; empty where the question says it.
    pub scale: String,
    /// Whether answers are digits of a scale, which stand in a row; else options.
    pub is_scale: bool,
    /// Whether the questions have numbers: there are several.
    pub is_numbered: bool,
    /// The questions.
    pub questions: Vec<Question>,
    /// What may be written below.
    pub open_question: String,
    /// What was written there, in a form that comes back.
    pub comment: String,
    /// Whether facilitators may read it however few there are.
    pub is_shared: bool,
    /// Whether a sponsor may read it.
    pub is_quoted: bool,
    /// Facilitators read comments from so many answers on.
    pub comments_from: i64,
    /// No result below this many answers.
    pub minimum: i64,
    /// The last day, for people.
    pub closes: String,
    /// Whether the digits count.
    pub is_counted: bool,
    /// Whether an answer is missing, or none of the scale.
    pub is_wrong: bool,
    /// Where the button posts to: the page itself.
    pub action: String,
    /// The page's language.
    pub language: String,
}

/// What was understood.
#[derive(Debug, Clone, Serialize)]
pub struct SurveyDone {
    /// The community's name.
    pub community: String,
    /// What the survey is called.
    pub survey: String,
    /// The digits on one line.
    pub digits: String,
    /// Whether there was a comment.
    pub has_comment: bool,
    /// The last day, for people.
    pub closes: String,
    /// The form, to change it.
    pub action: String,
}

impl Page for SurveyForm {
    const TEMPLATE: &'static str = "web/survey_form.html";

    fn title(&self) -> String {
        format!("{} · {}", self.survey, self.community)
    }

    fn language(&self) -> &str {
        &self.language
    }

    fn is_private(&self) -> bool {
        true
    }
}

impl Page for SurveyDone {
    const TEMPLATE: &'static str = "web/survey_done.html";

    fn title(&self) -> String {
        format!("Done · {}", self.community)
    }

    fn is_private(&self) -> bool {
        true
    }
}

impl SurveyForm {
    pub(super) fn sample() -> SurveyForm {
        let question = |number: usize, text: &str| Question {
            number,
            text: text.to_owned(),
            choices: (0..=5)
                .map(|digit| Choice {
                    digit,
                    text: digit.to_string(),
                    is_chosen: digit == 4,
                })
                .collect(),
        };
        SurveyForm {
            community: "Pumps community".into(),
            survey: "Two-minute health check".into(),
            about: String::new(),
            scale: "1 = no, 5 = yes, 0 = cannot say.".into(),
            is_scale: true,
            is_numbered: true,
            questions: vec![
                question(1, "I get what I came for here."),
                question(2, "What people here promise one another, they do."),
            ],
            open_question: "one thing to change".into(),
            comment: "Shorter sessions, please.".into(),
            is_shared: true,
            is_quoted: false,
            comments_from: 10,
            minimum: 5,
            closes: "14 November 2026".into(),
            is_counted: false,
            is_wrong: true,
            action: "/r/k3v9m2q7x4".into(),
            language: "en".into(),
        }
    }
}

impl SurveyDone {
    pub(super) fn sample() -> SurveyDone {
        SurveyDone {
            community: "Pumps community".into(),
            survey: "Two-minute health check".into(),
            digits: "4 4 5 2 3 4 0".into(),
            has_comment: true,
            closes: "14 November 2026".into(),
            action: "/r/k3v9m2q7x4".into(),
        }
    }
}
