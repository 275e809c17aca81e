//! What a question is: a mark at the end of a word says so. Pure.

/// Marks of scripts that need no space behind them, so that the next sentence may follow
/// at once: Chinese and Japanese, Arabic, and both marks in one.
const ANYWHERE: [char; 5] = ['？', '؟', '⁇', '⁈', '⁉'];

/// What may close a sentence behind its mark: brackets, quotes, more marks.
const CLOSING: [char; 18] = [
    '?', '!', '.', '…', ',', ':', ')', ']', '}', '>', '"', '\'', '”', '“', '’', '»', '«', '*',
];

/// Whether a post asks something: its subject or its own words (without quotes and
/// signature) have a question mark. One inside a word is none: that of an address of a
/// page, of a letter that a program could not write (`M?ller`).
pub fn is_question(subject: &str, text: &str) -> bool {
    subject.lines().chain(text.lines()).any(asks)
}

fn asks(line: &str) -> bool {
    if !line.contains('?') && !line.contains(ANYWHERE) {
        return false;
    }
    // A mark stands for itself where something was said before it: "Que faire ?"
    let mut said = false;
    line.split_whitespace().any(|word| {
        let is_mark = word.contains(ANYWHERE) || ends_with_mark(word);
        said |= word.contains(char::is_alphanumeric);
        is_mark && said
    })
}

fn ends_with_mark(word: &str) -> bool {
    let bare = word.trim_end_matches(CLOSING);
    let behind = word.get(bare.len()..).unwrap_or_default();
    behind.contains('?')
}

#[cfg(test)]
mod tests {
    use super::is_question;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Table {
        case: Vec<Case>,
    }

    #[derive(Deserialize)]
    struct Case {
        name: String,
        #[serde(default)]
        subject: String,
        #[serde(default)]
        text: String,
        asks: bool,
    }

    #[test]
    fn the_table_of_questions() {
        let table = include_str!("../../tests/data/questions.toml");
        let table: Table = toml::from_str(table).unwrap();
        assert!(table.case.len() > 20);
        for case in table.case {
            let found = is_question(&case.subject, &case.text);
            assert_eq!(found, case.asks, "{}", case.name);
        }
    }
}
