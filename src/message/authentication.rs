//! Authentication-Results fields (RFC 8601), taken apart. Whom to believe is decided
//! elsewhere: anybody can write such a field.

use super::headers::{Field, Section};

/// A longer field is not read at all, in octets: half of a name may be another name.
const LONGEST_FIELD: usize = 32 * 1024;
/// The longest name kept of a host, in characters.
const LONGEST_NAME: usize = 255;
/// The most fields read, results of one field, and properties of one result.
const MOST_FIELDS: usize = 50;
const MOST_RESULTS: usize = 100;
const MOST_PROPERTIES: usize = 50;

/// One Authentication-Results field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Authentication {
    /// Who says so, lower-cased: the name that every reader must decide to believe.
    pub authserv_id: String,
    /// How many Received fields stand above. Hosts write on top, so what has fewer above
    /// it was written later.
    pub received_above: usize,
    /// What was found; nothing where the field says `none` or cannot be read.
    pub results: Vec<AuthResult>,
}

/// One result of such a field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuthResult {
    /// What was checked, lower-cased, without its version: `dkim`, `spf`, `dmarc`.
    pub method: String,
    /// How it ended, lower-cased.
    pub result: String,
    /// What else is said, in order: `header.d` and its value as written. Names are
    /// lower-cased.
    pub properties: Vec<(String, String)>,
}

impl AuthResult {
    /// The first value of a property, such as `header.from`.
    pub fn property(&self, name: &str) -> Option<&str> {
        let found = self.properties.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// The fields, from the top.
pub(super) fn read(bytes: &[u8], head: &Section) -> Vec<Authentication> {
    let (mut fields, mut received_above) = (Vec::new(), 0);
    for field in &head.fields {
        if field.is(bytes, "Received") {
            received_above += 1;
        } else if field.is(bytes, "Authentication-Results") && fields.len() < MOST_FIELDS {
            fields.push(Authentication {
                received_above,
                ..of_field(bytes, field)
            });
        }
    }
    fields
}

/// The results in the value of an ARC-Authentication-Results field (RFC 8617, section
/// 4.1.1): what a sealer found, behind its number and its name.
pub fn of_sealer(value: &[u8]) -> Vec<AuthResult> {
    let text = match value.len() <= LONGEST_FIELD {
        true => String::from_utf8_lossy(value),
        false => return Vec::new(),
    };
    let sections = sections(&text).unwrap_or_default();
    let results = sections.iter().skip(2).take(MOST_RESULTS);
    results.filter_map(|text| of_section(text)).collect()
}

/// A field that is too long, or in which a comment or quoted string has no end, keeps only
/// its name: what is inside and what is outside cannot be told apart. It still is the
/// word of that host, so that nothing below it is taken for it.
fn of_field(bytes: &[u8], field: &Field) -> Authentication {
    let start = field.whole.end.min(field.name.end + LONGEST_FIELD);
    let whole = start == field.whole.end;
    let text = match whole {
        true => field.text_in(bytes),
        false => String::from_utf8_lossy(bytes.get(field.name.end + 1..start).unwrap_or_default())
            .replace("\r\n", ""),
    };
    let sections = sections(&text).filter(|_| whole).unwrap_or_default();
    let results = sections.iter().skip(1).take(MOST_RESULTS);
    Authentication {
        authserv_id: name_of(sections.first().unwrap_or(&text)),
        results: results.filter_map(|text| of_section(text)).collect(),
        received_above: 0,
    }
}

/// The first word, without what follows it.
fn name_of(text: &str) -> String {
    let mut words = text.split([' ', '\t', ';', '(', '"']);
    let name = words.find(|word| !word.is_empty()).unwrap_or_default();
    name.chars()
        .take(LONGEST_NAME)
        .collect::<String>()
        .to_lowercase()
}

/// The field between its semicolons, without comments. What is quoted loses its quotes,
/// and every character that would part anything becomes U+FFFD, which is in no name.
fn sections(text: &str) -> Option<Vec<String>> {
    let mut sections = vec![String::new()];
    let (mut depth, mut quoted) = (0usize, false);
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let escaped = c == '\\' && (quoted || depth > 0);
        let c = if escaped { chars.next()? } else { c };
        let now = sections.last_mut()?;
        match c {
            '"' if !escaped && depth == 0 => quoted = !quoted,
            '(' if !escaped && !quoted => {
                depth += 1;
                now.push(' ');
            }
            ')' if !escaped && depth > 0 => depth -= 1,
            _ if depth > 0 => {}
            _ if quoted => now.push(if is_plain(c) { c } else { '\u{fffd}' }),
            ';' => sections.push(String::new()),
            c => now.push(c),
        }
    }
    (depth == 0 && !quoted).then_some(sections)
}

fn is_plain(c: char) -> bool {
    !(c.is_whitespace() || c.is_control() || ";=()\"".contains(c))
}

/// `method[/version]=result [reason=…] [type.property=value …]`; `none` is no result.
fn of_section(text: &str) -> Option<AuthResult> {
    let mut pairs = pairs(text).into_iter();
    let (method, result) = pairs.next()?;
    let method = method.split('/').next().unwrap_or_default().to_string();
    if method.is_empty() {
        return None;
    }
    let properties = pairs
        .filter(|(name, value)| name.contains('.') && !value.chars().any(char::is_control))
        .take(MOST_PROPERTIES)
        .collect();
    Some(AuthResult {
        method,
        result: result.to_lowercase(),
        properties,
    })
}

/// What stands on both sides of each `=`, around which there may be white space. A value
/// may hold more of them, as Base64 does.
fn pairs(text: &str) -> Vec<(String, String)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (mut pairs, mut at) = (Vec::new(), 0);
    while let Some(word) = words.get(at) {
        let next = |far: usize| words.get(at + far).copied().unwrap_or_default();
        let (name, value, used) = match word.split_once('=') {
            Some((name, "")) if !next(1).contains('=') => (name, next(1), 2),
            Some((name, value)) => (name, value, 1),
            None => match next(1).split_once('=') {
                Some(("", "")) => (*word, next(2), 3),
                Some(("", value)) => (*word, value, 2),
                _ => (*word, "", 1),
            },
        };
        if !name.is_empty() && !value.is_empty() {
            pairs.push((name.to_lowercase(), value.to_string()));
        }
        at += used;
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::parse;
    use proptest::prelude::*;

    fn of(value: &str) -> Authentication {
        let mail = parse(format!("Authentication-Results: {value}\r\n\r\n").as_bytes());
        mail.authentication.into_iter().next().unwrap()
    }

    #[test]
    fn a_field_is_taken_apart() {
        let found = of(
            "MX.example.org 1; (a \\) (b)) DKIM/1 = Pass reason=\"x; spf=pass\"\r\n \
             header.d = x.example header.b=ab= header.i=\"@x.example\"; none",
        );
        assert_eq!(found.authserv_id, "mx.example.org");
        assert_eq!(found.results.len(), 1, "{found:?}");
        let one = &found.results[0];
        assert_eq!((&*one.method, &*one.result), ("dkim", "pass"));
        assert_eq!(one.property("header.d"), Some("x.example"));
        assert_eq!(one.property("header.b"), Some("ab="));
        assert_eq!(one.property("header.i"), Some("@x.example"));
    }

    #[test]
    fn what_has_no_end_keeps_its_name_only() {
        for value in [
            "mx.example.org",
            "mx.example.org;;;",
            "mx.example.org; none",
            "mx.example.org; dkim=pass (open header.d=x.example",
            "mx.example.org (open; dkim=pass header.d=x.example",
            "mx.example.org; dkim=pass \"open header.d=x.example",
            "mx.example.org; =pass; dkim=; dkim",
        ] {
            let found = of(value);
            assert_eq!(found.authserv_id, "mx.example.org", "{value}");
            assert_eq!(found.results, Vec::new(), "{value}");
        }
        assert_eq!(of(""), Authentication::default());
    }

    #[test]
    fn quoted_separators_part_nothing() {
        let found = of(
            "mx.example.org; spf=pass smtp.mailfrom=\"a; dmarc=pass header.from=v.example\"@x.example",
        );
        assert_eq!(found.results.len(), 1, "{found:?}");
        assert_eq!(found.results[0].properties.len(), 1);
    }

    #[test]
    fn it_is_bounded() {
        let many = "Authentication-Results: mx.example.org; dkim=pass header.d=x.example\r\n";
        let fields = parse(many.repeat(500).as_bytes()).authentication;
        assert_eq!(fields.len(), MOST_FIELDS);
        let result = "; dkim=pass header.d=x.example";
        let long = of(&format!("mx.example.org{}", result.repeat(40_000)));
        assert_eq!(
            (&*long.authserv_id, long.results.len()),
            ("mx.example.org", 0)
        );
        let results = of(&format!("mx.example.org{}", result.repeat(1_000))).results;
        assert_eq!(results.len(), MOST_RESULTS);
        let deep = "(".repeat(9_000) + &")".repeat(9_000);
        assert_eq!(
            of(&format!("mx.example.org; dkim=pass {deep}"))
                .results
                .len(),
            1
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_field_is_read(value in "[a-z=;.()\"\\\\ \t@/\u{0}é]{0,200}") {
            for result in of(&value).results {
                prop_assert!(result.properties.len() <= MOST_PROPERTIES);
                prop_assert!(!result.method.is_empty());
            }
        }
    }
}
