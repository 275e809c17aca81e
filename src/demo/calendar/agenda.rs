//! A person's calendar, as a client keeps it: what the mails that came say, in the order
//! in which they came, and nothing else.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use super::object::{Event, Object};
use crate::calendar::{recur, wall};
use crate::message::headers::section;

/// Sessions of one series that are looked at.
const MOST: usize = 400;

const WALL: &str = "%Y%m%dT%H%M%S";

/// The calendar.
#[derive(Clone, Debug, Default)]
pub struct Agenda {
    /// By UID, in the order in which they came.
    pub entries: Vec<(String, Entry)>,
}

/// Everything about one UID.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// The highest SEQUENCE seen.
    pub sequence: i64,
    master: Option<Event>,
    overrides: BTreeMap<String, Option<Event>>,
}

/// A session that is in a calendar.
#[derive(Clone, Debug)]
pub struct Held<'a> {
    /// Its event: the series, or what stands for this session.
    pub event: &'a Event,
    /// When its rule has it, as written.
    pub original: String,
    /// When it begins, as written: on the wall clock of a series, in UTC (`Z`) of a
    /// single session.
    pub start: String,
    /// Whether it is one of several.
    pub is_of_series: bool,
}

impl Held<'_> {
    /// Whether it is at another time than its rule has it.
    pub fn is_moved(&self) -> bool {
        self.start != self.original
    }

    /// The moment at which it begins; `None` where that is written in no known way.
    pub fn at(&self) -> Option<DateTime<Utc>> {
        self.moment(&self.start)
    }

    /// The moment at which its rule has it.
    pub fn planned(&self) -> Option<DateTime<Utc>> {
        self.moment(&self.original)
    }

    fn moment(&self, text: &str) -> Option<DateTime<Utc>> {
        let at = NaiveDateTime::parse_from_str(text.trim_end_matches('Z'), WALL).ok()?;
        match text.ends_with('Z') {
            true => Some(at.and_utc()),
            false => {
                let zone = self.event.parameter("DTSTART", "TZID");
                Some(wall::moment(at, zone.parse().ok()?))
            }
        }
    }
}

impl Agenda {
    /// Takes what a mail to `address` says; gives what a client or its user would find
    /// wrong with it, a sentence each.
    pub fn receive(&mut self, address: &str, raw: &[u8]) -> Vec<String> {
        match Object::of(raw) {
            Ok(None) => Vec::new(),
            Err(why) => vec![why],
            Ok(Some(object)) => {
                let head = section(raw, 0, raw.len());
                let from = head.find(raw, "From").map(|field| field.text_in(raw));
                let mut wrong = people(&object, address, &from.unwrap_or_default());
                wrong.extend(self.take(&object).err());
                wrong
            }
        }
    }

    /// All that is in it, in order.
    pub fn sessions(&self) -> Vec<Held<'_>> {
        let mut all: Vec<Held> = self
            .entries
            .iter()
            .flat_map(|(_, e)| e.sessions())
            .collect();
        all.sort_by_key(|held| (held.at(), held.start.clone()));
        all
    }

    /// The starts of everything in it, as written.
    pub fn starts(&self) -> Vec<String> {
        let mut all: Vec<String> = self.entries.iter().flat_map(|(_, e)| e.starts()).collect();
        all.sort();
        all
    }

    fn take(&mut self, object: &Object) -> Result<(), String> {
        let uids: Vec<String> = object.events.iter().map(|event| event.get("UID")).collect();
        let Some(uid) = uids
            .first()
            .filter(|uid| uids.iter().all(|one| one == *uid))
        else {
            return Err(format!("one mail is about one UID, this about {uids:?}"));
        };
        let known = self.entries.iter().position(|(known, _)| known == uid);
        if known.is_none() && object.method != "REQUEST" {
            return Err(format!("{} of what is not known", object.method));
        }
        let at = known.unwrap_or_else(|| {
            let sequence = -1;
            let fresh = Entry {
                sequence,
                ..Entry::default()
            };
            self.entries.push((uid.clone(), fresh));
            self.entries.len() - 1
        });
        let (_, entry) = self.entries.get_mut(at).ok_or("no entry")?;
        entry.take(object)
    }
}

/// From is ORGANIZER, and ATTENDEE the recipient alone: some clients show no buttons else.
fn people(object: &Object, address: &str, from: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for event in &object.events {
        let (organizer, attendee) = (event.address("ORGANIZER"), event.address("ATTENDEE"));
        if !from.contains(&organizer) {
            wrong.push(format!("From is {from}, ORGANIZER {organizer}"));
        }
        if !attendee.eq_ignore_ascii_case(address) {
            wrong.push(format!("{attendee} is invited by a mail to {address}"));
        }
    }
    wrong
}

impl Entry {
    fn take(&mut self, object: &Object) -> Result<(), String> {
        let sequences = || object.events.iter().map(Event::sequence);
        let (lowest, sequence) = (sequences().min(), sequences().max().unwrap_or(-1));
        if lowest != Some(sequence) {
            return Err("not all of one mail are as new".to_owned());
        }
        if sequence <= self.sequence {
            let known = self.sequence;
            return Err(format!(
                "a client ignores SEQUENCE {sequence} after {known}"
            ));
        }
        self.sequence = sequence;
        for event in &object.events {
            let which = event.get("RECURRENCE-ID");
            match (object.method.as_str(), which.as_str()) {
                ("REQUEST", "") => {
                    self.master = Some(event.clone());
                    self.overrides.clear();
                }
                ("REQUEST", _) => drop(self.overrides.insert(which, Some(event.clone()))),
                ("CANCEL", "") => {
                    *self = Entry {
                        sequence,
                        ..Entry::default()
                    }
                }
                ("CANCEL", _) => drop(self.overrides.insert(which, None)),
                (other, _) => return Err(format!("METHOD:{other} changes no calendar")),
            }
        }
        Ok(())
    }

    /// The starts of its sessions, as written.
    pub fn starts(&self) -> Vec<String> {
        self.sessions().into_iter().map(|held| held.start).collect()
    }

    /// Its sessions, in the order of the rule.
    pub fn sessions(&self) -> Vec<Held<'_>> {
        let Some(master) = &self.master else {
            return Vec::new();
        };
        let excluded = master.all("EXDATE");
        let is_of_series = !master.get("RRULE").is_empty();
        let held = |original: String| {
            let (event, start) = match self.overrides.get(&original) {
                Some(None) => return None,
                Some(Some(moved)) => (moved, moved.get("DTSTART")),
                None => (master, original.clone()),
            };
            Some(Held {
                event,
                original,
                start,
                is_of_series,
            })
        };
        let planned = expand(master).into_iter();
        planned
            .filter(|start| !excluded.contains(start))
            .filter_map(held)
            .collect()
    }
}

/// The starts of a series as its rule has them; none where the rule cannot be read.
fn expand(master: &Event) -> Vec<String> {
    let (start, rule) = (master.get("DTSTART"), master.get("RRULE"));
    if rule.is_empty() {
        return vec![start];
    }
    let Ok(first) = NaiveDateTime::parse_from_str(&start, WALL) else {
        return Vec::new();
    };
    let until = rule.split(';').find_map(|part| part.strip_prefix("UNTIL="));
    let until = until.and_then(|text| NaiveDate::parse_from_str(text.get(..8)?, "%Y%m%d").ok());
    let kept: Vec<&str> = rule
        .split(';')
        .filter(|part| !part.starts_with("UNTIL="))
        .collect();
    let all = recur::occurrences(Some(&kept.join(";")), first, until);
    let all = all.into_iter().flatten().take(MOST);
    all.map(|at| at.format(WALL).to_string()).collect()
}
