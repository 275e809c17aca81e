//! What a mail carries for a calendar, line by line, as it stands.

use crate::message;

/// What one mail asks for.
#[derive(Clone, Debug)]
pub struct Object {
    /// REQUEST or CANCEL.
    pub method: String,
    /// Its events.
    pub events: Vec<Event>,
    /// All its lines, unfolded.
    pub lines: Vec<String>,
}

/// One event of one mail.
#[derive(Clone, Debug, Default)]
pub struct Event {
    /// (name and parameters, value) of each line.
    lines: Vec<(String, String)>,
}

impl Object {
    /// The calendar of a mail, where it has one; or why no calendar would take it.
    ///
    /// # Errors
    /// What is wrong with it, a sentence.
    pub fn of(raw: &[u8]) -> Result<Option<Object>, String> {
        let Some((text, said)) = message::calendar_part(raw) else {
            return Ok(None);
        };
        let text = text.replace("\r\n ", "");
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let within = lines.iter().find_map(|line| line.strip_prefix("METHOD:"));
        let said = said.unwrap_or_default();
        if within != Some(said.as_str()) {
            return Err(format!("the mail says METHOD {said}, its part {within:?}"));
        }
        let object = Object {
            method: said,
            events: events(&lines),
            lines,
        };
        match object.events.is_empty() {
            true => Err("a calendar without an event".to_owned()),
            false => Ok(Some(object)),
        }
    }
}

fn events(lines: &[String]) -> Vec<Event> {
    let mut all = Vec::new();
    let mut open: Option<Event> = None;
    for line in lines {
        match (line.as_str(), open.as_mut()) {
            ("BEGIN:VEVENT", _) => open = Some(Event::default()),
            ("END:VEVENT", _) => all.extend(open.take()),
            (_, Some(event)) => event.lines.extend(split(line)),
            (_, None) => {}
        }
    }
    all
}

/// A line at the first colon that stands in no quotes (RFC 5545, section 3.1).
fn split(line: &str) -> Option<(String, String)> {
    let mut is_quoted = false;
    let colon = line.char_indices().find(|(_, c)| {
        is_quoted ^= *c == '"';
        *c == ':' && !is_quoted
    });
    let (name, value) = line.split_at(colon?.0);
    Some((name.to_owned(), value.get(1..)?.to_owned()))
}

impl Event {
    /// The value of a property; empty where there is none.
    pub fn get(&self, name: &str) -> String {
        let found = self.named(name).next();
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// Every value of a property.
    pub fn all(&self, name: &str) -> Vec<String> {
        let values = self.named(name);
        values
            .flat_map(|(_, value)| value.split(',').map(str::to_owned))
            .collect()
    }

    /// A parameter of a property; empty where there is none.
    pub fn parameter(&self, name: &str, parameter: &str) -> String {
        let line = self.named(name).next();
        let mut parts = line.iter().flat_map(|(head, _)| head.split(';').skip(1));
        let found = parts.find_map(|part| {
            let (key, value) = part.split_once('=')?;
            (key == parameter).then(|| value.to_owned())
        });
        found.unwrap_or_default()
    }

    /// The address in a property.
    pub fn address(&self, name: &str) -> String {
        self.get(name).replace("mailto:", "")
    }

    /// Its SEQUENCE; 0 where there is none (RFC 5545, section 3.8.7.4).
    pub fn sequence(&self) -> i64 {
        self.get("SEQUENCE").parse().unwrap_or_default()
    }

    /// What of this name there is, with its parameters.
    fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a (String, String)> {
        let is = move |line: &&(String, String)| line.0.split(';').next() == Some(name);
        self.lines.iter().filter(is)
    }
}
