//! Calendar clients, as they answer: each turns an invitation that was captured into the
//! mail that it would send, with its habits.

use std::sync::atomic::{AtomicUsize, Ordering};

use mail_parser::{MessageParser, MimeHeaders as _};

use super::{Mail, Node};

static COUNT: AtomicUsize = AtomicUsize::new(0);

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
}

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// UTC, `X-NUM-GUESTS`, the note as HTML beside the attendee.
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
}

impl Invitation {
    /// Reads the calendar of a mail.
    #[track_caller]
    pub fn of(mail: &Mail) -> Invitation {
        let raw: Vec<u8> = [
            mail.fields().join("\r\n").into_bytes(),
            b"\r\n\r\n".to_vec(),
            mail.body().to_vec(),
        ]
        .concat();
        let parsed = MessageParser::default().parse(&raw).expect("a mail");
        let is_calendar =
            |part: &&mail_parser::MessagePart| part.is_content_type("text", "calendar");
        let part = parsed.parts.iter().find(is_calendar).expect("a calendar");
        let text = String::from_utf8_lossy(part.contents()).replace("\r\n ", "");
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let events = lines
            .iter()
            .position(|line| line == "BEGIN:VEVENT")
            .expect("an event");
        let event = &lines[events..];
        let start = value(event, "DTSTART").0;
        let zone = start.split(';').find_map(|part| part.strip_prefix("TZID="));
        Invitation {
            organizer: address(&value(event, "ORGANIZER").1),
            attendee: address(&value(event, "ATTENDEE").1),
            uid: value(event, "UID").1,
            sequence: value(event, "SEQUENCE").1.parse().expect("a number"),
            zone: zone.unwrap_or_default().to_owned(),
            lines,
        }
    }
}

/// Name and parameters, and the value, of the first such line.
fn value(lines: &[String], name: &str) -> (String, String) {
    let is_it = |line: &&String| {
        line.strip_prefix(name)
            .is_some_and(|rest| rest.starts_with([':', ';']))
    };
    let line = lines
        .iter()
        .find(is_it)
        .unwrap_or_else(|| panic!("no {name} in {lines:#?}"));
    let quoted = line.split('"').enumerate();
    let mut at = 0;
    for (index, piece) in quoted {
        if index % 2 == 0
            && let Some(colon) = piece.find(':')
        {
            at += colon;
            break;
        }
        at += piece.len() + 1;
    }
    (line[..at].to_owned(), line[at + 1..].to_owned())
}

fn address(value: &str) -> String {
    value.trim_start_matches("mailto:").to_owned()
}

impl Client {
    /// The mail with which this client answers.
    pub fn answer(self, invited: &Invitation, said: &Said) -> Vec<u8> {
        let method = if said.counter.is_some() {
            "COUNTER"
        } else {
            "REPLY"
        };
        let who = said.by.unwrap_or(&invited.attendee);
        let from = said.from.unwrap_or(who);
        let to = said.to.unwrap_or(&invited.organizer);
        let calendar = self.calendar(invited, said, who, method);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let body = match self {
            Client::Exchange => {
                use base64::Engine as _;
                let coded = base64::engine::general_purpose::STANDARD.encode(&calendar);
                let lines: Vec<String> = coded
                    .as_bytes()
                    .chunks(76)
                    .map(|line| String::from_utf8_lossy(line).into_owned())
                    .collect();
                format!(
                    "Content-Transfer-Encoding: base64\r\n\r\n{}",
                    lines.join("\r\n")
                )
            }
            _ => format!("Content-Transfer-Encoding: 8bit\r\n\r\n{calendar}"),
        };
        format!(
            "From: <{from}>\r\nTo: <{to}>\r\nSubject: {}\r\nMessage-ID: <answer-{number}@people.example>\r\n\
             {}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"edge\"\r\n\r\n\
             --edge\r\nContent-Type: multipart/alternative; boundary=\"inner\"\r\n\r\n\
             --inner\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{who} has answered this invitation.\r\n\r\n\
             --inner\r\nContent-Type: text/calendar; charset=utf-8; method={method}\r\n{body}\r\n--inner--\r\n--edge--\r\n",
            self.subject(),
            said.more,
        )
        .into_bytes()
    }

    fn subject(self) -> &'static str {
        match self {
            Client::Exchange => "Zugesagt: Pump clinic",
            _ => "Re: Pump clinic",
        }
    }

    fn calendar(self, invited: &Invitation, said: &Said, who: &str, method: &str) -> String {
        let mut lines = vec![
            "BEGIN:VCALENDAR".to_owned(),
            format!("PRODID:-//{self:?}//EN"),
            "VERSION:2.0".to_owned(),
            format!("METHOD:{method}"),
        ];
        lines.push("BEGIN:VEVENT".into());
        lines.push(format!("UID:{}", invited.uid));
        lines.push(format!("DTSTAMP:{}", said.at));
        lines.push(format!("SEQUENCE:{}", invited.sequence));
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
            let event = invited
                .lines
                .iter()
                .skip_while(|line| *line != "BEGIN:VEVENT");
            let kept =
                event.filter(|line| line.starts_with("RRULE") || line.starts_with("SUMMARY"));
            lines.extend(kept.take(2).cloned());
        }
        lines.push("END:VEVENT".into());
        lines.push("END:VCALENDAR".into());
        lines.join("\r\n") + "\r\n"
    }

    fn recurrence(self, invited: &Invitation, said: &Said) -> Option<String> {
        let (wall, utc) = said.one?;
        Some(match self {
            Client::Google => format!("RECURRENCE-ID:{utc}"),
            Client::Exchange => format!("RECURRENCE-ID;TZID=W. Europe Standard Time:{wall}"),
            _ if invited.zone.is_empty() => format!("RECURRENCE-ID:{utc}"),
            _ => format!("RECURRENCE-ID;TZID={}:{wall}", invited.zone),
        })
    }

    fn attendee(self, said: &Said, who: &str) -> String {
        let partstat = said.partstat;
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
            Client::Exchange => format!("ATTENDEE;PARTSTAT={partstat};CN=Bo Ek:MAILTO:{who}"),
            Client::Apple => {
                format!("ATTENDEE;CN=\"Bo Ek\";EMAIL=\"{who}\";PARTSTAT={partstat}:MAILTO:{who}")
            }
            Client::Thunderbird => format!(
                "ATTENDEE;CN=Bo;PARTSTAT={partstat};ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:{who}"
            ),
            Client::Proton => format!("ATTENDEE;PARTSTAT={partstat}:mailto:{who}"),
        }
    }

    /// Answers, and waits until the node has understood it; gives the Message-ID.
    #[track_caller]
    pub fn send(self, node: &Node, invited: &Invitation, said: &Said) -> String {
        let raw = self.answer(invited, said);
        deliver(node, said.to.unwrap_or(&invited.organizer), &raw)
    }
}

/// Hands a mail to the node and waits; gives its Message-ID.
#[track_caller]
pub fn deliver(node: &Node, to: &str, raw: &[u8]) -> String {
    let mail = Mail::new(raw);
    let from = mail.header("From");
    let reply = node
        .client()
        .deliver(from.trim_matches(['<', '>']), &[to], raw);
    assert_eq!(reply[0].code, 250, "{to}: {reply:?}");
    node.settle();
    mail.message_id()
}
