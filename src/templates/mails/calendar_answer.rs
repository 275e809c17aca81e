//! What somebody's calendar says that only people can answer.

use serde::Serialize;

use super::Mail;

/// To the facilitators: an answer to an invitation that changes nothing by itself. One of
/// `counter`, `unknown` and `delegated` is set.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CalendarAnswer {
    /// The community's name.
    pub community: String,
    /// What the session is called.
    pub title: String,
    /// When the session is, where one is meant; or empty.
    pub when: String,
    /// The member whose invitation it was.
    pub member: String,
    /// Who answered, or is sent.
    pub who: String,
    /// The member proposes another time.
    pub counter: bool,
    /// Somebody answered whom nobody knows.
    pub unknown: bool,
    /// The member sends somebody else.
    pub delegated: bool,
    /// The time that is proposed, in words.
    pub proposed: String,
    /// What was answered, a few words.
    pub answer: String,
    /// A remark, or empty.
    pub comment: String,
    /// Where commands go.
    pub request_address: String,
}

impl Mail for CalendarAnswer {
    const NAME: &'static str = "person-message";
    const TEMPLATE: &'static str = "calendar-answer";

    fn samples() -> Vec<CalendarAnswer> {
        let blank = CalendarAnswer {
            community: "Pumps community".into(),
            title: "Pump clinic".into(),
            member: "bo@plant.example".into(),
            request_address: "pumps-request@lists.example".into(),
            ..CalendarAnswer::default()
        };
        let counter = CalendarAnswer {
            counter: true,
            when: "24 March 2026, 16:00".into(),
            who: "bo@plant.example".into(),
            proposed: "25 March 2026, 10:00".into(),
            comment: "I am on a train until five.".into(),
            ..blank.clone()
        };
        let unknown = CalendarAnswer {
            unknown: true,
            who: "bo@home.example".into(),
            answer: "yes".into(),
            ..blank.clone()
        };
        let delegated = CalendarAnswer {
            delegated: true,
            when: "24 March 2026, 16:00".into(),
            who: "cy@plant.example".into(),
            ..blank.clone()
        };
        let series = CalendarAnswer {
            when: String::new(),
            comment: String::new(),
            ..counter.clone()
        };
        vec![counter, unknown, delegated, series]
    }
}
