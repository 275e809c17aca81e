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

/// How many letters to insert, drop, change, or swap with the next (the optimal
/// string alignment distance).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before = vec![0; b.len() + 1];
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
            let changed = at(&row, j) + usize::from(from != to);
            let dropped = at(&row, j + 1) + 1;
            let inserted = at(&next, j) + 1;
            let is_swap = i > 0 && j > 0 && a.get(i - 1) == Some(to) && b.get(j - 1) == Some(from);
            let swapped = if is_swap {
                at(&before, j - 1) + 1
            } else {
                usize::MAX
            };
            next.push(changed.min(dropped).min(inserted).min(swapped));
        }
        before = std::mem::replace(&mut row, next);
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
            ("smpt", "smtp", 1),
            ("ba", "ab", 1),
            ("abc", "abc", 0),
            ("ab", "", 2),
        ] {
            assert_eq!(distance(&chars(a), &chars(b)), steps, "{a} {b}");
        }
    }
}
