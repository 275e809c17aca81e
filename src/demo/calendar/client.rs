//! Calendar clients, as they answer: each turns an invitation that came into the mail
//! that it would send, with its habits.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::object::Object;

/// Who answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Client {
    /// UTC, `X-NUM-GUESTS`, the note as HTML beside the attendee.
    #[default]
    Google,
    /// No ORGANIZER, a Windows zone, a translated summary, COMMENT, base64.
    Exchange,
    /// The zone's own name, capitals in MAILTO.
    Apple,
    /// The whole event again.
    Thunderbird,
    /// Little more than what must be.
    Proton,
}

/// Every client.
pub const ALL: [Client; 5] = [
    Client::Google,
    Client::Exchange,
    Client::Apple,
    Client::Thunderbird,
    Client::Proton,
];

/// An invitation, as far as a client answers it.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// The calendar, with unfolded lines.
    pub lines: Vec<String>,
    /// Where the answer goes.
    pub organizer: String,
    /// Who is invited.
    pub attendee: String,
    /// Its UID.
    pub uid: String,
    /// Its SEQUENCE.
    pub sequence: i64,
    /// The zone of its clock; empty for UTC.
    pub zone: String,
    /// Its name.
    pub summary: String,
}

/// What is answered.
#[derive(Clone, Debug)]
pub struct Said<'a> {
    /// ACCEPTED, DECLINED or TENTATIVE.
    pub partstat: &'a str,
    /// One session, as the clock of the series shows its original time in
    /// `20260324T160000` and in UTC; else all.
    pub one: Option<(&'a str, &'a str)>,
    /// When, as `20260302T090000Z`.
    pub at: &'a str,
    /// A note.
    pub note: &'a str,
    /// The name of whoever answers.
    pub name: &'a str,
    /// Who answers, where it is not whoever was invited.
    pub by: Option<&'a str>,
    /// Who the mail is from, where it is not whoever answers.
    pub from: Option<&'a str>,
    /// Where the mail goes, where it is not the organizer.
    pub to: Option<&'a str>,
    /// Further header lines, each with its CRLF.
    pub more: &'a str,
    /// Proposes this start instead (UTC).
    pub counter: Option<&'a str>,
}

impl<'a> Said<'a> {
    /// An answer to all of it, given at `at`.
    pub fn all(partstat: &'a str, at: &'a str) -> Said<'a> {
        Said {
            partstat,
            one: None,
            at,
            note: "",
            name: "Bo Ek",
            by: None,
            from: None,
            to: None,
            more: "",
            counter: None,
        }
    }

    /// An answer to one session: its original time on its own clock, and in UTC.
    pub fn one(partstat: &'a str, at: &'a str, wall: &'a str, utc: &'a str) -> Said<'a> {
        Said {
            one: Some((wall, utc)),
            ..Said::all(partstat, at)
        }
    }

    fn method(&self) -> &'static str {
        match self.counter {
            Some(_) => "COUNTER",
            None => "REPLY",
        }
    }
}

impl Invitation {
    /// Reads the calendar of a mail; `None` where it has none.
    pub fn read(raw: &[u8]) -> Option<Invitation> {
        let object = Object::of(raw).ok()??;
        let event = object.events.first()?;
        Some(Invitation {
            organizer: event.address("ORGANIZER"),
            attendee: event.address("ATTENDEE"),
            uid: event.get("UID"),
            sequence: event.sequence(),
            zone: event.parameter("DTSTART", "TZID"),
            summary: event.get("SUMMARY"),
            lines: object.lines.clone(),
        })
    }
}

impl Client {
    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Client::Google => "Google Calendar",
            Client::Exchange => "Outlook",
            Client::Apple => "Apple Calendar",
            Client::Thunderbird => "Thunderbird",
            Client::Proton => "Proton Calendar",
        }
    }

    /// The mail with which this client answers, under the Message-ID `id`.
    pub fn answer(self, invited: &Invitation, said: &Said<'_>, id: &str) -> Vec<u8> {
        let method = said.method();
        let who = said.by.unwrap_or(&invited.attendee);
        let from = said.from.unwrap_or(who);
        let to = said.to.unwrap_or(&invited.organizer);
        let body = self.encoded(&self.calendar(invited, said, who));
        let (subject, more) = (self.subject(invited, said), said.more);
        format!(
            "From: <{from}>\r\nTo: <{to}>\r\nSubject: {subject}\r\nMessage-ID: <{id}>\r\n\
             {more}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"edge\"\r\n\r\n\
             --edge\r\nContent-Type: multipart/alternative; boundary=\"inner\"\r\n\r\n\
             --inner\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{who} has answered this invitation.\r\n\r\n\
             --inner\r\nContent-Type: text/calendar; charset=utf-8; method={method}\r\n{body}\r\n--inner--\r\n--edge--\r\n"
        )
        .into_bytes()
    }

    /// The calendar as a part's last header, its empty line and its body.
    fn encoded(self, calendar: &str) -> String {
        if self != Client::Exchange {
            return format!("Content-Transfer-Encoding: 8bit\r\n\r\n{calendar}");
        }
        let coded = STANDARD.encode(calendar);
        let lines = coded.as_bytes().chunks(76);
        let lines: Vec<String> = lines
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect();
        let body = lines.join("\r\n");
        format!("Content-Transfer-Encoding: base64\r\n\r\n{body}")
    }

    fn subject(self, invited: &Invitation, said: &Said<'_>) -> String {
        let verb = match (self, said.partstat) {
            _ if said.counter.is_some() => "New Time Proposed",
            (Client::Exchange, "ACCEPTED") => "Zugesagt",
            (Client::Exchange, "DECLINED") => "Abgelehnt",
            (Client::Exchange, _) => "Mit Vorbehalt",
            _ => "Re",
        };
        format!("{verb}: {}", invited.summary)
    }

    fn calendar(self, invited: &Invitation, said: &Said<'_>, who: &str) -> String {
        let mut lines = vec![
            "BEGIN:VCALENDAR".to_owned(),
            format!("PRODID:-//{self:?}//EN"),
            "VERSION:2.0".to_owned(),
            format!("METHOD:{}", said.method()),
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}", invited.uid),
            format!("DTSTAMP:{}", said.at),
            format!("SEQUENCE:{}", invited.sequence),
        ];
        lines.extend(self.recurrence(invited, said));
        lines.push(self.attendee(said, who));
        if self != Client::Exchange {
            lines.push(format!("ORGANIZER:mailto:{}", invited.organizer));
        }
        if self != Client::Google && !said.note.is_empty() {
            lines.push(format!("COMMENT:{}", said.note.replace(',', "\\,")));
        }
        if let Some(start) = said.counter {
            lines.push(format!("DTSTART:{start}"));
        }
        if self == Client::Thunderbird && said.counter.is_none() {
            lines.extend(repeated(invited));
        }
        lines.push("END:VEVENT".into());
        lines.push("END:VCALENDAR".into());
        lines.join("\r\n") + "\r\n"
    }

    fn recurrence(self, invited: &Invitation, said: &Said<'_>) -> Option<String> {
        let (wall, utc) = said.one?;
        Some(match self {
            Client::Google => format!("RECURRENCE-ID:{utc}"),
            Client::Exchange => format!("RECURRENCE-ID;TZID=W. Europe Standard Time:{wall}"),
            _ if invited.zone.is_empty() => format!("RECURRENCE-ID:{utc}"),
            _ => format!("RECURRENCE-ID;TZID={}:{wall}", invited.zone),
        })
    }

    fn attendee(self, said: &Said<'_>, who: &str) -> String {
        let Said { partstat, name, .. } = said;
        match self {
            Client::Google => {
                let note = said.note.replace('\'', "&#39\\;");
                let note = match note.as_str() {
                    "" => String::new(),
                    note => format!(";X-RESPONSE-COMMENT=\"{note}\""),
                };
                format!(
                    "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={partstat};CN={who};X-NUM-GUESTS=0{note}:mailto:{who}"
                )
            }
            Client::Exchange => format!("ATTENDEE;PARTSTAT={partstat};CN={name}:MAILTO:{who}"),
            Client::Apple => {
                format!("ATTENDEE;CN=\"{name}\";EMAIL=\"{who}\";PARTSTAT={partstat}:MAILTO:{who}")
            }
            Client::Thunderbird => format!(
                "ATTENDEE;CN=\"{name}\";PARTSTAT={partstat};ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:{who}"
            ),
            Client::Proton => format!("ATTENDEE;PARTSTAT={partstat}:mailto:{who}"),
        }
    }
}

/// Thunderbird says the event again.
fn repeated(invited: &Invitation) -> impl Iterator<Item = String> {
    let lines = invited.lines.iter();
    let event = lines.skip_while(|line| *line != "BEGIN:VEVENT");
    let kept = event.filter(|line| line.starts_with("RRULE") || line.starts_with("SUMMARY"));
    kept.take(2).cloned()
}
