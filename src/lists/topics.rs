//! Which topic a post is on: `[seals]` or `#seals` in its subject, of the topics
//! that the charter names.

/// The first of these topics that a subject names, whatever the case.
pub fn topic_of<'a>(subject: &str, names: &[&'a str]) -> Option<&'a str> {
    let subject = subject.to_lowercase();
    let places = names
        .iter()
        .filter_map(|name| Some((place(&subject, name)?, *name)));
    places.min_by_key(|(at, _)| *at).map(|(_, name)| name)
}

/// Where a subject names that topic first.
fn place(subject: &str, name: &str) -> Option<usize> {
    let tag = subject.find(&format!("[{name}]"));
    let hash = format!("#{name}");
    let ends = |at: &usize| {
        let (before, after) = (&subject[..*at], &subject[at + hash.len()..]);
        !before.ends_with(is_word) && !after.starts_with(is_word)
    };
    let hashtag = subject.match_indices(&hash).map(|(at, _)| at).find(ends);
    [tag, hashtag].into_iter().flatten().min()
}

/// What a hashtag goes on with: `#seals-2` is not `#seals`.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '-' || c == '_' || c == '#'
}

#[cfg(test)]
mod tests {
    use super::topic_of;

    const CASES: &str = include_str!("../../tests/data/topics.txt");

    #[test]
    fn subjects_name_topics() {
        let names = ["seals", "motors", "motors-2"];
        let mut seen = 0;
        for line in CASES.lines().filter(|line| !line.starts_with("--")) {
            let (wanted, subject) = line.split_once('|').expect("topic|subject");
            let wanted = Some(wanted.trim()).filter(|name| !name.is_empty());
            assert_eq!(topic_of(subject, &names), wanted, "{subject}");
            seen += 1;
        }
        assert!(seen > 15, "only {seen} cases");
    }
}
