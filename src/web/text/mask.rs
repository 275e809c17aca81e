//! Shortens mail addresses where everybody can read them.

/// Shows of every mail address only the first character and the domain:
/// `a…@plant.example`. What is around it stays as it is.
pub fn mask_addresses(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (before, behind) = rest.split_at(at);
        let word = before
            .chars()
            .rev()
            .take_while(|c| is_local(*c))
            .map(char::len_utf8)
            .sum::<usize>();
        let (kept, local) = before.split_at(before.len() - word);
        masked.push_str(kept);
        match local.chars().next().filter(|_| is_domain(&behind[1..])) {
            Some(first) => masked.extend([first, '…']),
            None => masked.push_str(local),
        }
        masked.push('@');
        rest = &behind[1..];
    }
    masked.push_str(rest);
    masked
}

fn is_local(c: char) -> bool {
    c.is_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~".contains(c)
}

/// Whether a domain with a dot in it begins here.
fn is_domain(text: &str) -> bool {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '.' || c == '-'));
    let domain = text[..end.unwrap_or(text.len())].trim_end_matches('.');
    domain
        .split_once('.')
        .is_some_and(|(host, zone)| !host.is_empty() && !zone.is_empty())
}
