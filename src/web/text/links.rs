//! Finds addresses of the web in text.

/// Longer addresses stay text.
const MAX_URL: usize = 2_000;

/// A piece of text, or of text that is a link.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Span {
    /// What is shown.
    pub text: String,
    /// Where it leads, `http://` or `https://` always; `None` is plain text.
    pub href: Option<String>,
}

/// Cuts a text into plain pieces and links. Together they show the text as it is.
pub fn spans(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut plain = 0;
    let mut at = 0;
    while let Some(start) = text[at..]
        .find("://")
        .map(|colon| scheme_start(text, at + colon))
    {
        let (start, colon) = start;
        let end = start.map_or(colon, |start| url_end(text, start, colon));
        match start {
            Some(start) if end > colon + 3 && end - start < MAX_URL => {
                push(&mut found, &text[plain..start], false);
                push(&mut found, &text[start..end], true);
                plain = end;
                at = end;
            }
            _ => at = colon + 3,
        }
    }
    push(&mut found, &text[plain..], false);
    found
}

fn push(spans: &mut Vec<Span>, text: &str, is_link: bool) {
    if !text.is_empty() {
        let href = is_link.then(|| text.to_owned());
        spans.push(Span {
            text: text.to_owned(),
            href,
        });
    }
}

/// Where the scheme before `://` at `colon` begins, if it is one that may be
/// linked and is not the end of a longer word.
fn scheme_start(text: &str, colon: usize) -> (Option<usize>, usize) {
    let before = &text[..colon];
    let letters = before
        .bytes()
        .rev()
        .take_while(u8::is_ascii_alphabetic)
        .take(8)
        .count();
    let scheme = &before[before.len() - letters..];
    let is_web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let alone = !before[..before.len() - letters]
        .ends_with(|c: char| c.is_alphanumeric() || c == '+' || c == '-');
    ((is_web && alone).then_some(before.len() - letters), colon)
}

/// Up to the first character that cannot be in an address, without the marks
/// that end the sentence around it. Gives `colon` where no host follows.
fn url_end(text: &str, start: usize, colon: usize) -> usize {
    let host = colon + 3;
    if !text[host..].starts_with(|c: char| c.is_alphanumeric() || c == '[') {
        return colon;
    }
    let stop = |c: char| c.is_whitespace() || c.is_control() || "<>\"`{}|\\^”“".contains(c);
    let limit = text.floor_char_boundary(host + MAX_URL);
    let end = text[host..limit]
        .find(stop)
        .map_or(limit, |length| host + length);
    start + without_marks(&text[start..end]).len()
}

/// Takes off the marks of the sentence around an address. A closing bracket
/// belongs to the address only if one was opened in it.
fn without_marks(url: &str) -> &str {
    let count = |c: char| url.matches(c).count();
    let (mut round, mut square) = (count(')'), count(']'));
    let (most_round, most_square) = (count('('), count('['));
    url.trim_end_matches(|last: char| match last {
        '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '…' | '’' => true,
        ')' if round > most_round => {
            round -= 1;
            true
        }
        ']' if square > most_square => {
            square -= 1;
            true
        }
        _ => false,
    })
}
