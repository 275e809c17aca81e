//! "Did you mean": the known name that is nearest to a mistyped one.

/// Longer words are nobody's typing mistake, and comparing them costs time.
const LONGEST: usize = 64;

/// The one of `known` that `word` was probably meant to be, where there is one.
pub(super) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word: Vec<char> = word.to_lowercase().chars().take(LONGEST + 1).collect();
    if word.len() > LONGEST {
        return None;
    }
    known
        .into_iter()
        .map(|name| {
            (
                distance(&word, &name.to_lowercase().chars().collect::<Vec<_>>()),
                name,
            )
        })
        .filter(|(steps, name)| *steps <= (word.len().max(name.len()) / 3).max(1))
        .min_by_key(|(steps, _)| *steps)
        .map(|(_, name)| name)
}

/// Levenshtein's distance: how many letters to insert, drop or change.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, to) in row.iter_mut().skip(1).zip(b) {
            let changed = diagonal + usize::from(from != to);
            diagonal = *cell;
            left = changed.min(*cell + 1).min(left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(a.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant_and_nothing_else() {
        let known = ["posting", "subscription", "archive", "reply_to"];
        let table = [
            ("postings", Some("posting")),
            ("Archive", Some("archive")),
            ("reply-to", Some("reply_to")),
            ("subscriptoin", Some("subscription")),
            ("colour", None),
            ("", None),
        ];
        for (word, meant) in table {
            assert_eq!(nearest(word, known), meant, "{word}");
        }
        assert_eq!(nearest(&"x".repeat(1 << 20), known), None);
    }

    #[test]
    fn counts_letters() {
        let chars = |s: &str| s.chars().collect::<Vec<_>>();
        for (a, b, steps) in [
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("abc", "abc", 0),
            ("ab", "", 2),
        ] {
            assert_eq!(distance(&chars(a), &chars(b)), steps, "{a} {b}");
        }
    }
}
