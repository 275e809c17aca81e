//! A member's calendar, as a client would keep it: what the mails that came say, in the
//! order in which they came, and nothing else.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};
use folkmoot::calendar::recur;
use mail_parser::MimeHeaders;

use super::Sink;
use super::mail::Mail;
use super::sink::Received;

/// One event of one mail.
#[derive(Clone, Debug, Default)]
pub struct Event {
    lines: Vec<(String, String)>,
}

impl Event {
    /// The value of a property; empty where there is none.
    pub fn get(&self, name: &str) -> String {
        let is = |line: &&(String, String)| line.0.split(';').next() == Some(name);
        let found = self.lines.iter().find(is);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    fn all(&self, name: &str) -> Vec<String> {
        let is = |line: &&(String, String)| line.0.split(';').next() == Some(name);
        let values = self.lines.iter().filter(is);
        values
            .flat_map(|(_, value)| value.split(',').map(str::to_owned))
            .collect()
    }

    fn sequence(&self) -> i64 {
        self.get("SEQUENCE").parse().expect("a SEQUENCE")
    }
}

/// What one mail asks for.
#[derive(Clone, Debug)]
pub struct Object {
    /// REQUEST or CANCEL.
    pub method: String,
    /// Its events.
    pub events: Vec<Event>,
}

/// Everything about one UID.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// The highest SEQUENCE seen.
    pub sequence: i64,
    master: Option<Event>,
    overrides: BTreeMap<String, Option<Event>>,
}

/// The calendar.
#[derive(Clone, Debug, Default)]
pub struct Agenda {
    /// By UID, in the order in which they came.
    pub entries: Vec<(String, Entry)>,
}

impl Agenda {
    /// What somebody's calendar shows after all mails that the sink has for them.
    #[track_caller]
    pub fn of(sink: &Sink, address: &str) -> Agenda {
        let mut agenda = Agenda::default();
        for one in sink.for_recipient(address) {
            if let Some(object) = object(&one) {
                agenda.take(&one, &object);
            }
        }
        agenda
    }

    /// The starts of everything in it, as written: on the wall clock of a series, in UTC
    /// (`Z`) of a single session.
    pub fn starts(&self) -> Vec<String> {
        let mut all: Vec<String> = self.entries.iter().flat_map(|(_, e)| e.starts()).collect();
        all.sort();
        all
    }

    /// The entry that came last.
    #[track_caller]
    pub fn last(&self) -> &(String, Entry) {
        self.entries.last().expect("an entry")
    }

    #[track_caller]
    fn take(&mut self, one: &Received, object: &Object) {
        let mail = one.mail();
        let first = &object.events[0];
        let uid = first.get("UID");
        assert!(uid.ends_with("@lists.example.org"), "{uid}");
        for event in &object.events {
            assert_eq!(event.get("UID"), uid, "one mail is about one UID");
            let organizer = event.get("ORGANIZER").replace("mailto:", "");
            assert!(
                mail.header("From").contains(&organizer),
                "From is ORGANIZER"
            );
            assert!(organizer.starts_with("pumps-rsvp+"), "{organizer}");
            let attendee = event.get("ATTENDEE").replace("mailto:", "");
            assert_eq!(attendee.to_lowercase(), one.to, "the recipient alone");
        }
        if !self.entries.iter().any(|(known, _)| *known == uid) {
            assert_eq!(
                object.method, "REQUEST",
                "what is not known is not cancelled"
            );
            let fresh = Entry {
                sequence: -1,
                ..Entry::default()
            };
            self.entries.push((uid.clone(), fresh));
        }
        let known = self.entries.iter_mut().find(|(known, _)| *known == uid);
        let (_, entry) = known.expect("the entry");
        entry.take(object, one);
    }
}

impl Entry {
    #[track_caller]
    fn take(&mut self, object: &Object, one: &Received) {
        let sequence = object
            .events
            .iter()
            .map(Event::sequence)
            .max()
            .expect("events");
        let lowest = object.events.iter().map(Event::sequence).min();
        assert_eq!(lowest, Some(sequence), "all of one mail are as new");
        let text = one.mail().text();
        assert!(sequence > self.sequence, "a client ignores it: {text}");
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
                (other, _) => panic!("METHOD:{other}"),
            }
        }
    }

    /// The starts of its instances.
    pub fn starts(&self) -> Vec<String> {
        let Some(master) = &self.master else {
            return Vec::new();
        };
        let excluded = master.all("EXDATE");
        let mut all = Vec::new();
        for start in expand(master) {
            match self.overrides.get(&start) {
                _ if excluded.contains(&start) => {}
                Some(None) => {}
                Some(Some(moved)) => all.push(moved.get("DTSTART")),
                None => all.push(start),
            }
        }
        all
    }
}

const WALL: &str = "%Y%m%dT%H%M%S";

fn expand(master: &Event) -> Vec<String> {
    let (start, rule) = (master.get("DTSTART"), master.get("RRULE"));
    if rule.is_empty() {
        return vec![start];
    }
    let first = NaiveDateTime::parse_from_str(&start, WALL).expect("a wall clock");
    let until = rule.split(';').find_map(|part| part.strip_prefix("UNTIL="));
    let until = until.map(|text| {
        assert!(text.ends_with('Z'), "UNTIL is in UTC: {rule}");
        NaiveDate::parse_from_str(&text[..8], "%Y%m%d").expect("a day")
    });
    let kept: Vec<&str> = rule
        .split(';')
        .filter(|part| !part.starts_with("UNTIL="))
        .collect();
    let all = recur::occurrences(Some(&kept.join(";")), first, until).expect("a rule");
    all.take(60).map(|at| at.format(WALL).to_string()).collect()
}

/// What a mail carries for a calendar, if anything.
#[track_caller]
pub fn object(one: &Received) -> Option<Object> {
    let parsed = mail_parser::MessageParser::default().parse(one.raw.as_slice())?;
    let is_calendar = |part: &&mail_parser::MessagePart| {
        let kind = part.content_type();
        kind.is_some_and(|kind| kind.ctype() == "text" && kind.subtype() == Some("calendar"))
    };
    let part = parsed.parts.iter().find(is_calendar)?;
    let said = part.content_type()?.attribute("method")?.to_owned();
    let text = String::from_utf8_lossy(part.contents()).replace("\r\n ", "");
    let method = text.lines().find_map(|line| line.strip_prefix("METHOD:"));
    assert_eq!(method, Some(said.as_str()), "both say the same METHOD");
    let blocks = text.split("BEGIN:VEVENT\r\n").skip(1);
    let events = blocks
        .filter_map(|block| block.split("END:VEVENT").next())
        .map(|block| {
            let lines = block.lines().filter_map(|line| line.split_once(':'));
            Event {
                lines: lines
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .collect(),
            }
        });
    Some(Object {
        method: said,
        events: events.collect(),
    })
}

/// The mails for calendars that somebody got: name and METHOD, in order.
pub fn told(sink: &Sink, address: &str) -> Vec<(String, String)> {
    let got = sink.for_recipient(address).into_iter();
    let told = got.filter_map(|one| {
        let object = object(&one)?;
        Some((name(&one.mail()), object.method))
    });
    told.collect()
}

fn name(mail: &Mail) -> String {
    mail.header("Folkmoot-Mail")
}
