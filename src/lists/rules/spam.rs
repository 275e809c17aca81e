//! What spam filters in front of us write into a header.

/// A test of a field's value, trimmed and in lower case.
type Test = fn(&str) -> bool;

/// Header names in lower case, and when their value says spam.
const MARKS: [(&str, Test); 8] = [
    ("x-spam-flag", is_yes),
    ("x-spam-status", is_yes),
    ("x-spam", is_yes),
    ("x-bogosity", |value| first_word(value) == "spam"),
    ("x-rspamd-action", is_action),
    ("x-spam-action", is_action),
    ("x-forefront-antispam-report", is_microsoft_spam),
    ("x-ms-exchange-organization-scl", is_level),
];

/// The first field that says spam, as `Name: value`, cut to a line.
pub(super) fn mark(fields: &[(String, String)]) -> Option<String> {
    let says = |(name, value): &&(String, String)| {
        let (name, value) = (name.to_ascii_lowercase(), value.trim().to_ascii_lowercase());
        MARKS
            .iter()
            .any(|(known, test)| *known == name && test(&value))
    };
    let (name, value) = fields.iter().find(says)?;
    let line: String = format!("{name}: {value}").chars().take(80).collect();
    Some(line.replace(char::is_control, " "))
}

fn first_word(value: &str) -> &str {
    value
        .split(|c: char| !c.is_ascii_alphanumeric())
        .next()
        .unwrap_or_default()
}

fn is_yes(value: &str) -> bool {
    matches!(first_word(value), "yes" | "true")
}

fn is_action(value: &str) -> bool {
    matches!(value, "reject" | "add header" | "rewrite subject")
}

/// Fields of the report are separated by semicolons; SFV:SPM is "spam".
fn is_microsoft_spam(value: &str) -> bool {
    value.split(';').any(|part| part.trim() == "sfv:spm")
}

/// From 5 on Microsoft calls it spam; 9 is the surest.
fn is_level(value: &str) -> bool {
    value.parse::<i32>().is_ok_and(|level| level >= 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marks_of_the_filters_that_people_use() {
        let cases = [
            ("X-Spam-Flag", "YES", true),
            ("X-Spam-Flag", "NO", false),
            ("x-spam-status", "Yes, score=7.1 required=5.0 tests=A", true),
            ("X-Spam-Status", "No, score=-1 tests=YES", false),
            ("X-Spam", "yes", true),
            ("X-Spam", "Yesterday", false),
            ("X-Bogosity", "Spam, tests=bogofilter, spamicity=1.0", true),
            ("X-Bogosity", "Ham, tests=bogofilter", false),
            ("X-Rspamd-Action", "add header", true),
            ("X-Rspamd-Action", "no action", false),
            ("X-Spam-Action", "rewrite subject", true),
            ("X-Spam-Action", "greylist", false),
            (
                "X-Forefront-Antispam-Report",
                "CIP:1.2.3.4;SFV:SPM;H:a",
                true,
            ),
            (
                "X-Forefront-Antispam-Report",
                "CIP:1.2.3.4;SFV:NSPM;H:a",
                false,
            ),
            ("X-MS-Exchange-Organization-SCL", "5", true),
            ("X-MS-Exchange-Organization-SCL", "-1", false),
            ("Subject", "yes", false),
        ];
        for (name, value, expected) in cases {
            let fields = [(name.to_owned(), value.to_owned())];
            assert_eq!(mark(&fields).is_some(), expected, "{name}: {value}");
        }
    }
}
