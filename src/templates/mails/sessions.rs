//! Mails that put sessions into calendars and keep them right.

use serde::Serialize;

use super::Mail;

/// `invitation`: to a series or a single session.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Invitation {
    /// The community's name.
    pub community: String,
    /// What the session is called.
    pub title: String,
    /// What the community is about.
    pub about: String,
    /// When the next sessions begin, in words; the first is the next one.
    pub coming: Vec<String>,
    /// Whether more follow than are named.
    pub more: bool,
    /// Whether it is a series.
    pub series: bool,
    /// The last day of the series, in words, or empty.
    pub until: String,
    /// Whose clock the times are of.
    pub zone: String,
    /// How long each takes.
    pub duration: String,
    /// Where to go, or empty.
    pub location: String,
    /// Where to join, or empty.
    pub link: String,
    /// The page on which they answer without a calendar.
    pub answer_url: String,
    /// Where people who run the community read.
    pub owner_address: String,
}

/// `session-change`: what is different from what a calendar has.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SessionChange {
    /// The community's name.
    pub community: String,
    /// What the session is called.
    pub title: String,
    /// One session begins at another time.
    pub moved: bool,
    /// One session does not take place.
    pub dropped: bool,
    /// Something about all sessions is different.
    pub changed: bool,
    /// There are no more sessions of this series.
    pub ended: bool,
    /// It is taken out of the calendar.
    pub cancelled: bool,
    /// When it was to begin, in words, where one session is meant.
    pub was: String,
    /// When it begins now, in words.
    pub now: String,
    /// Why, or empty.
    pub reason: String,
    /// How many have said that they come, where one session is meant.
    pub going: i64,
    /// When the next sessions begin, in words.
    pub coming: Vec<String>,
    /// The last day of the series, in words, or empty.
    pub until: String,
    /// Whose clock the times are of.
    pub zone: String,
    /// How long each takes.
    pub duration: String,
    /// Where to go, or empty.
    pub location: String,
    /// Where to join, or empty.
    pub link: String,
    /// Where people who run the community read.
    pub owner_address: String,
}

impl Mail for Invitation {
    const NAME: &'static str = "invitation";

    fn samples() -> Vec<Self> {
        let once = Invitation {
            community: "Pumps community".into(),
            title: "Seals that failed".into(),
            about: "How we choose, run and repair pumps, in every plant.".into(),
            coming: vec!["Tuesday, 24 March, 16:00".into()],
            zone: "Europe/Berlin".into(),
            duration: "1 h 30 min".into(),
            answer_url: "https://lists.example/r/k3v9m2q7x4".into(),
            owner_address: "pumps-owner@lists.example".into(),
            ..Invitation::default()
        };
        let series = Invitation {
            title: "Pump clinic".into(),
            coming: vec![
                "Tuesday, 13 January, 16:00".into(),
                "Tuesday, 27 January, 16:00".into(),
                "Tuesday, 10 February, 16:00".into(),
            ],
            more: true,
            series: true,
            until: "30 June 2026".into(),
            duration: "1 h".into(),
            location: "Plant 2, room 4".into(),
            link: "https://meet.example/pumps".into(),
            ..once.clone()
        };
        vec![series, once]
    }
}

impl Mail for SessionChange {
    const NAME: &'static str = "session-change";

    fn samples() -> Vec<Self> {
        let blank = SessionChange {
            community: "Pumps community".into(),
            title: "Pump clinic".into(),
            zone: "Europe/Berlin".into(),
            duration: "1 h".into(),
            owner_address: "pumps-owner@lists.example".into(),
            ..SessionChange::default()
        };
        let moved = SessionChange {
            moved: true,
            was: "Tuesday, 24 March, 16:00".into(),
            now: "Wednesday, 25 March, 10:00".into(),
            going: 12,
            location: "Plant 2, room 4".into(),
            link: "https://meet.example/pumps".into(),
            ..blank.clone()
        };
        let dropped = SessionChange {
            dropped: true,
            was: "Tuesday, 24 March, 16:00".into(),
            reason: "our host is ill".into(),
            coming: vec!["Tuesday, 7 April, 16:00".into()],
            ..blank.clone()
        };
        let changed = SessionChange {
            changed: true,
            coming: vec![
                "Tuesday, 24 March, 16:00".into(),
                "Tuesday, 7 April, 16:00".into(),
            ],
            until: "31 December 2026".into(),
            location: "Plant 3, canteen".into(),
            link: "https://meet.example/pumps".into(),
            ..blank.clone()
        };
        let ended = SessionChange {
            ended: true,
            reason: "its rule has changed".into(),
            ..blank.clone()
        };
        let cancelled = SessionChange {
            cancelled: true,
            reason: "the community is closed".into(),
            ..blank.clone()
        };
        let bare = SessionChange {
            cancelled: true,
            ..blank
        };
        vec![moved, dropped, changed, ended, cancelled, bare]
    }
}
