//! Codes in the words of servers: enhanced ones (RFC 3463) and SMTP's own (RFC 5321).

use super::Class;
use regex::Regex;
use std::sync::LazyLock;

/// The most octets of a text that are searched for a code.
const LONGEST: usize = 16 * 1024;

/// An enhanced code where a server puts one: behind a reply code, a mark or a word that
/// announces it. A version number looks the same, hence the care.
static ENHANCED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?im)(?:^[\s<>*-]*|[#(\[:;=]\s*|\b[245]\d\d[\s-]+|\b(?:status|code|dsn|error|said|reply|response)\b[\s:=]*)([245]\.[0-7]\.\d{1,3})(?:[\s)\]:;,<-]|$)",
    )
    .ok()
});

/// The reply codes by which servers refuse or put off mail.
static REPLY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?m)(?:^|[\s:;#(\[<>-])(4(?:21|31|32|4[1-9]|5[0-9]|71)|5(?:0[0-5]|1[0-9]|2[0-9]|3[0-9]|4[0-9]|5[0-9]|7[0-9]))(?:[\s:;,\])<#]|-(?:\D|\d\.)|$)",
    )
    .ok()
});

/// What codes say of one failure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Codes {
    /// The first enhanced code.
    pub(super) enhanced: Option<String>,
    /// The first digit of the first reply code.
    pub(super) reply: Option<char>,
}

impl Codes {
    /// The codes in the words of a server.
    pub(super) fn of(text: &str) -> Codes {
        let text = cut(text, LONGEST);
        Codes {
            enhanced: first(&ENHANCED, text).map(str::to_string),
            reply: first(&REPLY, text).and_then(|code| code.chars().next()),
        }
    }

    /// The class, the enhanced code first: it was made to be read by programs. A 4.x.x
    /// is never permanent, whatever stands beside it.
    pub(super) fn class(&self) -> Option<Class> {
        let own = self
            .enhanced
            .as_deref()
            .and_then(|code| code.chars().next());
        match own.or(self.reply)? {
            '5' => Some(Class::Permanent),
            '4' => Some(Class::Transient),
            _ => Some(Class::Unknown),
        }
    }
}

/// The code of a Status field, which begins with it.
pub(super) fn of_field(text: &str) -> Codes {
    let mut codes = Codes::of(text);
    if codes.enhanced.is_none() {
        codes.enhanced = loose(text);
    }
    codes
}

/// A code anywhere in the field, as in `(5.1.1)` or `smtp5.1.1`: nothing else is there.
fn loose(text: &str) -> Option<String> {
    let words = cut(text, LONGEST)
        .split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .map(|word| word.trim_matches('.'));
    let is_code = |word: &&str| {
        let numbers: Vec<&str> = word.split('.').take(4).collect();
        let short = numbers.iter().all(|number| (1..=3).contains(&number.len()));
        numbers.len() == 3 && short && matches!(numbers.first(), Some(&("2" | "4" | "5")))
    };
    words.take(1_000).find(is_code).map(str::to_string)
}

fn first<'a>(pattern: &LazyLock<Option<Regex>>, text: &'a str) -> Option<&'a str> {
    let found = LazyLock::force(pattern).as_ref()?.captures(text)?;
    found.get(1).map(|code| code.as_str())
}

/// The beginning of a text, at most so many octets, whole characters.
pub(super) fn cut(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Class, Codes, of_field};

    #[test]
    fn codes_are_told_from_versions_and_addresses() {
        for (text, enhanced, class) in [
            (
                "550 5.1.1 <a@x.example>: unknown",
                Some("5.1.1"),
                Some(Class::Permanent),
            ),
            ("550-5.7.1 no", Some("5.7.1"), Some(Class::Permanent)),
            (
                "Sorry, no mailbox here. (#5.1.1)",
                Some("5.1.1"),
                Some(Class::Permanent),
            ),
            (
                "said: 452 4.2.2 full",
                Some("4.2.2"),
                Some(Class::Transient),
            ),
            (
                "host mx[192.0.2.1] said: 550 unknown user",
                None,
                Some(Class::Permanent),
            ),
            ("421 come back", None, Some(Class::Transient)),
            ("550 4.4.7 expired", Some("4.4.7"), Some(Class::Transient)),
            ("220 x.example ESMTP MDaemon 3.5.2 ready", None, None),
            ("Internet Mail Service (5.5.2653.19)", None, None),
            ("call (480) 555-0100", None, None),
            ("mail 5.2.1 is our new version", None, None),
        ] {
            let codes = Codes::of(text);
            assert_eq!(
                (codes.enhanced.as_deref(), codes.class()),
                (enhanced, class),
                "{text}"
            );
        }
        assert_eq!(of_field("553 too large").class(), Some(Class::Permanent));
        assert_eq!(
            of_field("failed (smtp5.1.1)").enhanced.as_deref(),
            Some("5.1.1")
        );
    }
}
