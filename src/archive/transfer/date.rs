//! When a mail was written, where it says so wrongly or not at all.

use chrono::{DateTime, Utc};

use crate::message::headers::section;
use crate::store::Millis;

/// RFC 822 is of that day: no mail has a Date before it. 1982-08-13 UTC, ms.
const FIRST: Millis = 398_044_800_000;
/// So far ahead a clock may be, in ms.
const AHEAD: Millis = 2 * 86_400_000;
/// The header is looked through so far, in octets.
const FAR_ENOUGH: usize = 256 * 1024;

/// The dates of the mails of one source, which mostly stand in their order.
pub(super) struct Dates {
    now: Millis,
    before: Option<Millis>,
}

/// When a mail was written, ms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// The moment; `None` where nothing tells it.
    pub(super) at: Option<Millis>,
    /// What is wrong with its own date and what was taken, where that is not it.
    pub(super) repaired: Option<&'static str>,
}

impl Dates {
    pub(super) fn new(now: Millis) -> Dates {
        Dates { now, before: None }
    }

    /// Its own date where that can be; else the one of the separator, else the one at which
    /// the last host received it, else that of the mail before.
    pub(super) fn find(
        &mut self,
        raw: &[u8],
        own: Option<DateTime<Utc>>,
        separator: Option<DateTime<Utc>>,
    ) -> Found {
        let found = self.choose(raw, own, separator);
        self.before = found.at.or(self.before);
        found
    }

    fn choose(
        &self,
        raw: &[u8],
        own: Option<DateTime<Utc>>,
        separator: Option<DateTime<Utc>>,
    ) -> Found {
        let possible = |date: Option<DateTime<Utc>>| self.possible(date?.timestamp_millis());
        if let Some(at) = possible(own) {
            return Found {
                at: Some(at),
                repaired: None,
            };
        }
        let tries = [
            (
                possible(separator),
                "has no date that can be read; the separator's was taken",
                "has a date that cannot be; the separator's was taken",
            ),
            (
                received(raw).and_then(|at| self.possible(at)),
                "has no date that can be read; that of its last hop was taken",
                "has a date that cannot be; that of its last hop was taken",
            ),
            (
                self.before,
                "has no date that can be read; that of the mail before was taken",
                "has a date that cannot be; that of the mail before was taken",
            ),
            (
                None,
                "has no date that can be read, nor has anything around it; today's was taken",
                "has a date that cannot be, and there is no other; today's was taken",
            ),
        ];
        let last = &tries[3];
        let (at, none, wrong) = tries.iter().find(|(at, ..)| at.is_some()).unwrap_or(last);
        Found {
            at: *at,
            repaired: Some(if own.is_none() { none } else { wrong }),
        }
    }

    fn possible(&self, at: Millis) -> Option<Millis> {
        (FIRST..=self.now + AHEAD).contains(&at).then_some(at)
    }
}

/// When the last host received it: what follows the semicolon (RFC 5321, section 4.4).
fn received(raw: &[u8]) -> Option<Millis> {
    let head = section(raw, 0, raw.len().min(FAR_ENOUGH));
    let text = head.find(raw, "Received")?.text_in(raw);
    let (_, date) = text.rsplit_once(';')?;
    let date = date.split('(').next().unwrap_or_default().trim();
    let read = DateTime::parse_from_rfc2822(date).ok()?;
    Some(read.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_767_225_600_000;

    fn at(text: &str) -> Option<DateTime<Utc>> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn a_wrong_date_is_repaired_from_what_is_nearest() {
        let hop =
            b"Received: from a by b with SMTP;\r\n Mon, 5 Jan 2015 10:00:00 +0100 (CET)\r\n\r\nx";
        let own = at("2014-03-01T08:00:00Z");
        let line = at("2015-01-06T08:00:00Z");
        let table = [
            (own, line, &hop[..], "2014-03-01T08:00:00Z", None),
            (None, line, hop, "2015-01-06T08:00:00Z", Some("no date")),
            (
                at("2055-01-01T00:00:00Z"),
                line,
                hop,
                "2015-01-06T08:00:00Z",
                Some("cannot be"),
            ),
            (
                at("1904-01-01T00:00:00Z"),
                None,
                hop,
                "2015-01-05T09:00:00Z",
                Some("last hop"),
            ),
            (
                None,
                at("1970-01-01T00:00:00Z"),
                b"\r\nx",
                "2014-03-01T08:00:00Z",
                Some("mail before"),
            ),
        ];
        for (own, line, raw, expected, why) in table {
            let mut dates = Dates::new(NOW);
            dates.find(b"", at("2014-03-01T08:00:00Z"), None);
            let found = dates.find(raw, own, line);
            let expected = at(expected).map(|date| date.timestamp_millis());
            assert_eq!(found.at, expected, "{own:?} {line:?}");
            match why {
                Some(why) => assert!(found.repaired.unwrap().contains(why), "{found:?}"),
                None => assert_eq!(found.repaired, None),
            }
        }
        let found = Dates::new(NOW).find(b"", None, None);
        assert_eq!(found.at, None);
        assert!(found.repaired.unwrap().contains("today"));
    }
}
