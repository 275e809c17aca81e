//! Who answers, and what.

use calcard::icalendar::{ICalendarEntry, ICalendarParameterName};

use super::oneline;
use crate::message::address;

/// The most delegates read from one attendee.
const MOST_DELEGATES: usize = 5;

/// One ATTENDEE (RFC 5545, section 3.8.4.1).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attendee {
    /// Their address, normalised; `None` where it is none.
    pub address: Option<String>,
    /// Their name, or empty.
    pub name: String,
    /// PARTSTAT, upper-cased.
    pub partstat: Option<String>,
    /// What Google has as their remark.
    pub comment: Option<String>,
    /// Those who shall come in their place, normalised.
    pub delegates: Vec<String>,
}

/// What an attendee says of their coming (RFC 5545, section 3.2.12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Partstat {
    /// They come.
    Accepted,
    /// They do not come.
    Declined,
    /// Perhaps.
    Tentative,
    /// Somebody else comes.
    Delegated,
}

impl Partstat {
    /// The one of that name; `None` where nothing is said by it.
    pub fn named(name: &str) -> Option<Partstat> {
        Some(match name {
            "ACCEPTED" => Partstat::Accepted,
            "DECLINED" => Partstat::Declined,
            "TENTATIVE" => Partstat::Tentative,
            "DELEGATED" => Partstat::Delegated,
            // RFC 5545, section 3.2.12: what is unknown is as NEEDS-ACTION.
            _ => return None,
        })
    }

    /// Its name in a calendar and in the roster.
    pub fn name(self) -> &'static str {
        match self {
            Partstat::Accepted => "ACCEPTED",
            Partstat::Declined => "DECLINED",
            Partstat::Tentative => "TENTATIVE",
            Partstat::Delegated => "DELEGATED",
        }
    }
}

impl Attendee {
    /// What they say; `None` where they say nothing.
    pub fn says(&self) -> Option<Partstat> {
        Partstat::named(self.partstat.as_deref()?)
    }
}

pub(super) fn attendee(entry: &ICalendarEntry) -> Attendee {
    let text = |name: &ICalendarParameterName| {
        let value = entry.parameter(name).and_then(|value| value.as_text());
        value.map(oneline).filter(|text| !text.is_empty())
    };
    let value = entry.values.first().and_then(|value| value.as_text());
    // Apple's servers may name a person by a path, and the address beside it.
    let email = text(&ICalendarParameterName::Email);
    let named = value.and_then(bare);
    let delegates = entry.parameters(&ICalendarParameterName::DelegatedTo);
    let delegates = delegates.filter_map(|value| bare(value.as_text()?));
    Attendee {
        address: named.or_else(|| bare(&email?)),
        name: text(&ICalendarParameterName::Cn).unwrap_or_default(),
        partstat: text(&ICalendarParameterName::Partstat).map(|word| word.to_ascii_uppercase()),
        comment: remark(entry),
        delegates: delegates.take(MOST_DELEGATES).collect(),
    }
}

/// An address, with or without `mailto:`.
fn bare(text: &str) -> Option<String> {
    let text = text.trim().trim_matches('"');
    let bare = match text.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => text.get(7..)?,
        _ => text,
    };
    address::normalise(bare.trim().trim_matches(['<', '>']))
}

/// Google keeps a remark as HTML, with every semicolon escaped.
fn remark(entry: &ICalendarEntry) -> Option<String> {
    let is_remark = |name: &ICalendarParameterName| matches!(name, ICalendarParameterName::Other(name) if name.eq_ignore_ascii_case("X-RESPONSE-COMMENT"));
    let found = entry.params.iter().find(|param| is_remark(&param.name))?;
    let text = found.value.as_text()?.replace("\\;", ";");
    let text = unescaped(&text.replace("\\n", " ").replace("\\,", ","));
    Some(oneline(&text)).filter(|text| !text.is_empty())
}

/// Character references of HTML, as far as a plain remark has them.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let found = after.split_once(';').filter(|(name, _)| name.len() <= 8);
        match found.and_then(|(name, tail)| Some((character(name)?, tail))) {
            Some((c, tail)) => {
                out.push(c);
                rest = tail;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    let number = |text: &str, radix| char::from_u32(u32::from_str_radix(text, radix).ok()?);
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => {
            let code = name.strip_prefix('#')?;
            match code.strip_prefix(['x', 'X']) {
                Some(hex) => number(hex, 16),
                None => number(code, 10),
            }
        }
    }
}
