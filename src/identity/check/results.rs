//! What was found, in the words of Authentication-Results (RFC 8601, section 2.2).

use std::fmt::Write;

/// The longest value shown, in characters.
const LONGEST: usize = 255;

/// The results, one after the other.
#[derive(Default)]
pub(super) struct Results(String);

impl Results {
    /// Adds one: the method, how it ended, why in a few words of ours, and properties
    /// with values of theirs. A property without a value is left out.
    pub(super) fn add(
        &mut self,
        (method, result): (&str, &str),
        why: &str,
        properties: &[(&str, &str)],
    ) {
        if !self.0.is_empty() {
            self.0.push_str("; ");
        }
        let _ = write!(self.0, "{method}={result}");
        if !why.is_empty() {
            let _ = write!(self.0, " ({why})");
        }
        for (name, value) in properties.iter().filter(|(_, value)| !value.is_empty()) {
            let _ = write!(self.0, " {name}={}", plain(value));
        }
    }

    /// The text.
    pub(super) fn text(self) -> String {
        self.0
    }
}

/// A value without anything that could begin or end something else in the field.
fn plain(value: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "@.-_+".contains(c);
    let shown = value.chars().take(LONGEST);
    shown.map(|c| if is_plain(c) { c } else { '?' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_breaks_out() {
        let mut results = Results::default();
        let evil = "x.example; dmarc=pass (\r\n\t\"header.from=v.example";
        results.add(
            ("dkim", "fail"),
            "expired",
            &[("header.d", evil), ("header.s", "")],
        );
        results.add(("arc", "none"), "", &[]);
        assert_eq!(
            results.text(),
            "dkim=fail (expired) header.d=x.example??dmarc?pass??????header.from?v.example; arc=none"
        );
    }
}
