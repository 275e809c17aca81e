//! Mails of the watches: a thread that waits for an answer, a member who is silent.

use serde::Serialize;

use super::Mail;

/// What a mail shows of a thread that nobody has answered.
#[derive(Debug, Clone, Default, Serialize)]
pub struct WaitingThread {
    /// The community's name.
    pub community: String,
    /// Who began it.
    pub asker: String,
    /// Its subject.
    pub subject: String,
    /// The day on which it began.
    pub since: String,
    /// The beginning of its first post, line by line.
    pub excerpt: Vec<String>,
    /// Its page; empty where there is no archive.
    pub url: String,
    /// Where a person answers questions.
    pub owner_address: String,
}

/// To members who may know the answer.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Unanswered {
    /// The thread.
    #[serde(flatten)]
    pub thread: WaitingThread,
    /// How many others are asked as well.
    pub others: usize,
}

/// To facilitators: the question is open still.
#[derive(Debug, Clone, Default, Serialize)]
pub struct StillUnanswered {
    /// The thread.
    #[serde(flatten)]
    pub thread: WaitingThread,
    /// For how many days.
    pub days: i64,
    /// The names of those who were asked.
    pub asked: Vec<String>,
}

/// To peers and facilitators: somebody new waits.
#[derive(Debug, Clone, Default, Serialize)]
pub struct NewcomerUnanswered {
    /// The thread.
    #[serde(flatten)]
    pub thread: WaitingThread,
    /// How many others are asked as well.
    pub others: usize,
}

/// To a member who wrote regularly and is silent.
#[derive(Debug, Clone, Default, Serialize)]
pub struct QuietCheckIn {
    /// The community's name.
    pub community: String,
    /// Their name; may be empty.
    pub name: String,
    /// Where a person answers questions.
    pub owner_address: String,
}

fn thread() -> WaitingThread {
    WaitingThread {
        community: "Pumps community".into(),
        asker: "Bo Ek".into(),
        subject: "Which seal for hot water?".into(),
        since: "9 March 2026".into(),
        excerpt: vec![
            "Our feed pump runs at 140 degrees, and the seal leaks after a week.".into(),
            String::new(),
            "Has anybody found one that lasts?".into(),
        ],
        url: "https://lists.example/c/pumps/m/0c5f1c7d6b2e4f1a9d3e".into(),
        owner_address: "pumps-owner@lists.example".into(),
    }
}

fn bare() -> WaitingThread {
    WaitingThread {
        excerpt: Vec::new(),
        url: String::new(),
        ..thread()
    }
}

impl Mail for Unanswered {
    const NAME: &'static str = "unanswered";

    fn samples() -> Vec<Unanswered> {
        let all = [(thread(), 2), (thread(), 1), (bare(), 0)];
        all.map(|(thread, others)| Unanswered { thread, others })
            .into()
    }
}

impl Mail for StillUnanswered {
    const NAME: &'static str = "unanswered";
    const TEMPLATE: &'static str = "unanswered-facilitators";

    fn samples() -> Vec<StillUnanswered> {
        let asked = StillUnanswered {
            thread: thread(),
            days: 3,
            asked: vec!["Cleo".into(), "Dora Ost".into()],
        };
        let nobody = StillUnanswered {
            thread: bare(),
            asked: Vec::new(),
            ..asked.clone()
        };
        vec![asked, nobody]
    }
}

impl Mail for NewcomerUnanswered {
    const NAME: &'static str = "newcomer-unanswered";

    fn samples() -> Vec<NewcomerUnanswered> {
        let all = [(thread(), 2), (thread(), 1), (bare(), 0)];
        all.map(|(thread, others)| NewcomerUnanswered { thread, others })
            .into()
    }
}

impl Mail for QuietCheckIn {
    const NAME: &'static str = "quiet-check-in";

    fn samples() -> Vec<QuietCheckIn> {
        let named = QuietCheckIn {
            community: "Pumps community".into(),
            name: "Bo Ek".into(),
            owner_address: "pumps-owner@lists.example".into(),
        };
        let nameless = QuietCheckIn {
            name: String::new(),
            ..named.clone()
        };
        vec![named, nameless]
    }
}
