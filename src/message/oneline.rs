//! Text from a header, fit to be shown on one line.

/// The longest text kept from one header field, in characters.
const LONGEST: usize = 4_000;

/// The text with every run of white space and control characters as one space,
/// without the invisible characters that turn or hide text, trimmed, and cut.
pub fn oneline(text: &str) -> String {
    let mut line = String::new();
    for c in text.chars().take(LONGEST).filter(|c| !hides(*c)) {
        if !(c.is_whitespace() || c.is_control()) {
            line.push(c);
        } else if !line.ends_with(' ') {
            line.push(' ');
        }
    }
    line.trim().to_string()
}

/// Bidirectional overrides let a name read as another one.
fn hides(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}')
}
