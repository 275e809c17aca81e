//! Mails for and about sponsors.

use serde::Serialize;

use super::{Mail, SurveyCell};

/// A figure and what stands beside it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SummaryRow {
    /// What is counted.
    pub name: String,
    /// What came of it, with how many stand behind it and an interval.
    pub value: String,
    /// A bar in block characters; or empty.
    pub bar: String,
    /// The bar as cells; none where there is no bar.
    pub cells: Vec<SurveyCell>,
    /// The four periods before; or empty.
    pub before: String,
}

/// A field of a summary.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SummaryField {
    /// Its label, English in every language.
    pub label: String,
    /// The same in the community's language; empty where that is English.
    pub meaning: String,
    /// Its figures.
    pub rows: Vec<SummaryRow>,
    /// What is said beside figures.
    pub notes: Vec<String>,
}

/// Something that a summary names by a number.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SummaryItem {
    /// Its number.
    pub number: i64,
    /// What it is: an ask's terms, a story's cycle.
    pub what: String,
    /// Its words.
    pub text: String,
}

/// A sponsor's summary.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SponsorSummary {
    /// The community's name.
    pub community: String,
    /// Its window, for people.
    pub period: String,
    /// How many asks it has.
    pub asked: usize,
    /// The body of the text, line by line.
    pub lines: Vec<String>,
    /// How things stand, a sentence.
    pub state: String,
    /// What the sponsor is asked for.
    pub asks: Vec<SummaryItem>,
    /// A story, a sentence from a survey.
    pub quotes: Vec<SummaryItem>,
    /// All figures.
    pub fields: Vec<SummaryField>,
    /// The version of the definitions.
    pub definitions: u32,
    /// Where they are.
    pub definitions_url: String,
    /// The day until which was counted.
    pub cut_off: String,
    /// The Content-ID of the chart that travels with the mail; empty where there is none.
    pub image: String,
    /// What the image shows, in words.
    pub image_alt: String,
    /// Where a person answers questions.
    pub owner_address: String,
}

/// The same, shown to members before.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SponsorSummaryPreview {
    /// What the sponsor will read.
    #[serde(flatten)]
    pub summary: SponsorSummary,
    /// When it goes, for people.
    pub goes: String,
    /// Whether anybody is quoted.
    pub has_quotes: bool,
}

/// To somebody who became a sponsor.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SponsorStart {
    /// The community's name.
    pub community: String,
    /// What it is about.
    pub about: String,
    /// Who is in it.
    pub people: String,
    /// What it does.
    pub practice: String,
    /// When the next summary is due, for people; empty where none is planned.
    pub next: String,
    /// Where the definitions are.
    pub definitions_url: String,
    /// Where a person answers questions.
    pub owner_address: String,
}

/// What a sponsor promised is due.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SponsorActionDue {
    /// The community's name.
    pub community: String,
    /// What was promised.
    pub text: String,
    /// The day by which it was.
    pub date: String,
    /// Whether that day has passed, and nobody has said what became of it.
    pub is_overdue: bool,
    /// Where a person answers questions.
    pub owner_address: String,
}

/// What a sponsor says to an ask, for the facilitators.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SponsorSaid {
    /// The community's name.
    pub community: String,
    /// Who says it.
    pub sponsor: String,
    /// What was asked for.
    pub ask: String,
    /// Whether it is a question.
    pub is_question: bool,
    /// What they say, line by line.
    pub text: Vec<String>,
}

/// Asks what the community did for somebody.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ValueStory {
    /// The community's name.
    pub community: String,
    /// Where a person answers questions.
    pub owner_address: String,
}

impl Mail for SponsorSummary {
    const NAME: &'static str = "sponsor-summary";

    fn samples() -> Vec<SponsorSummary> {
        let full = sample();
        let bare = SponsorSummary {
            asked: 0,
            lines: vec![
                "Pumps community, 30 September to 29 December 2026".into(),
                "Too little data to say how things stand.".into(),
            ],
            asks: vec![],
            quotes: vec![],
            fields: vec![SummaryField {
                label: "Participation".into(),
                meaning: String::new(),
                rows: vec![row("took part", "too little data", "")],
                notes: vec![],
            }],
            image: "chart-1@lists.example".into(),
            image_alt: "Participation over five periods".into(),
            ..full.clone()
        };
        let one = SponsorSummary {
            asked: 1,
            ..full.clone()
        };
        vec![full, bare, one]
    }
}

fn row(name: &str, value: &str, bar: &str) -> SummaryRow {
    SummaryRow {
        name: name.into(),
        value: value.into(),
        bar: bar.into(),
        cells: match bar {
            "" => vec![],
            _ => vec![
                SurveyCell {
                    width: 30,
                    colour: "#2f76c9".into(),
                },
                SurveyCell {
                    width: 70,
                    colour: "#c3cad1".into(),
                },
            ],
        },
        before: match bar {
            "" => String::new(),
            _ => "before: 28 31 – 29".into(),
        },
    }
}

fn sample() -> SponsorSummary {
    SponsorSummary {
        community: "Pumps community".into(),
        period: "30 September to 29 December 2026".into(),
        asked: 2,
        lines: [
            "Pumps community, 30 September to 29 December 2026",
            "Steady: nothing that was compared has changed clearly.",
            "Asks (reply SUPPORT n, DECLINE n reason or QUESTION n text):",
            "  1 A room for the meet-up (cost: 300 EUR; by 1 February 2027)",
            "  2 Two hours a month for hosts",
            "Value story [1] (applied): The blue seal saved us a week.",
            "Participation: took part 12/40 30% (18–45%) ██░░░░░░ before: 28 31 – 29",
        ]
        .map(str::to_owned)
        .to_vec(),
        state: "Steady: nothing that was compared has changed clearly.".into(),
        asks: vec![
            item(
                1,
                "cost: 300 EUR; by 1 February 2027",
                "A room for the meet-up",
            ),
            item(2, "", "Two hours a month for hosts"),
        ],
        quotes: vec![item(1, "applied", "The blue seal saved us a week.")],
        fields: vec![
            SummaryField {
                label: "Participation".into(),
                meaning: String::new(),
                rows: vec![row("took part", "12/40 30% (18–45%)", "██░░░░░░")],
                notes: vec![],
            },
            SummaryField {
                label: "Not shown".into(),
                meaning: "Nicht gezeigt".into(),
                rows: vec![],
                notes: vec!["What any one person did.".into()],
            },
        ],
        definitions: 1,
        definitions_url: "https://lists.example/definitions/1".into(),
        cut_off: "29 December 2026".into(),
        image: String::new(),
        image_alt: String::new(),
        owner_address: "pumps-owner@lists.example".into(),
    }
}

fn item(number: i64, what: &str, text: &str) -> SummaryItem {
    SummaryItem {
        number,
        what: what.into(),
        text: text.into(),
    }
}

impl Mail for SponsorSummaryPreview {
    const NAME: &'static str = "sponsor-summary-preview";

    fn samples() -> Vec<SponsorSummaryPreview> {
        let quoted = SponsorSummaryPreview {
            summary: sample(),
            goes: "1 January 2027, 09:00".into(),
            has_quotes: true,
        };
        let bare = SponsorSummaryPreview {
            summary: SponsorSummary {
                quotes: vec![],
                asks: vec![],
                ..sample()
            },
            has_quotes: false,
            ..quoted.clone()
        };
        let mut drawn = quoted.clone();
        drawn.summary.image = "cid:chart".into();
        drawn.summary.image_alt = "Participation over five periods".into();
        drawn.summary.asked = 1;
        drawn.summary.fields[0].rows[0].bar = String::new();
        drawn.summary.fields[0].rows[0].cells = vec![];
        vec![quoted, bare, drawn]
    }
}

impl Mail for SponsorStart {
    const NAME: &'static str = "sponsor-start";

    fn samples() -> Vec<SponsorStart> {
        let named = SponsorStart {
            community: "Pumps community".into(),
            about: "How we choose, run and repair pumps.".into(),
            people: "Engineers and operators who help one another.".into(),
            practice: "Field notes and a list of open questions.".into(),
            next: "1 January 2027, 09:00".into(),
            definitions_url: "https://lists.example/definitions/1".into(),
            owner_address: "pumps-owner@lists.example".into(),
        };
        let without = SponsorStart {
            next: String::new(),
            ..named.clone()
        };
        vec![named, without]
    }
}

impl Mail for SponsorActionDue {
    const NAME: &'static str = "sponsor-action-due";

    fn samples() -> Vec<SponsorActionDue> {
        let due = SponsorActionDue {
            community: "Pumps community".into(),
            text: "A room for the meet-up".into(),
            date: "1 February 2027".into(),
            is_overdue: false,
            owner_address: "pumps-owner@lists.example".into(),
        };
        let overdue = SponsorActionDue {
            is_overdue: true,
            ..due.clone()
        };
        vec![due, overdue]
    }
}

impl Mail for SponsorSaid {
    const NAME: &'static str = "person-message";
    const TEMPLATE: &'static str = "sponsor-said";

    fn samples() -> Vec<SponsorSaid> {
        let question = SponsorSaid {
            community: "Pumps community".into(),
            sponsor: "Sam Sponsor".into(),
            ask: "A room for the meet-up".into(),
            is_question: true,
            text: vec!["For how many people?".into()],
        };
        let declined = SponsorSaid {
            is_question: false,
            text: vec!["Not this year.".into()],
            ..question.clone()
        };
        let silent = SponsorSaid {
            text: vec![],
            ..declined.clone()
        };
        vec![question, declined, silent]
    }
}

impl Mail for ValueStory {
    const NAME: &'static str = "value-story";

    fn samples() -> Vec<ValueStory> {
        vec![ValueStory {
            community: "Pumps community".into(),
            owner_address: "pumps-owner@lists.example".into(),
        }]
    }
}
