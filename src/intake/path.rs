//! The path between the angle brackets of MAIL and RCPT (RFC 5321, 4.1.2).
//!
//! smtp-proto drops the quotes of a quoted local part, which turns
//! `"a@b"@c.example` into something else; so paths are read here.

/// The longest path in octets (RFC 5321, 4.5.3.1.3).
const PATH_OCTETS: usize = 256;

/// Cuts `<path> parameters` into the path without its brackets and the
/// parameters, which begin with a space or are empty.
pub(super) fn split(text: &str) -> Option<(&str, &str)> {
    let inner = text.trim_start_matches(' ').strip_prefix('<')?;
    let (path, rest) = inner.split_at(end_of_path(inner)?);
    let parameters = rest.strip_prefix('>')?;
    (parameters.is_empty() || parameters.starts_with(' ')).then_some((path, parameters))
}

/// Where the first `>` outside quotes stands.
fn end_of_path(inner: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    inner.char_indices().find_map(|(at, c)| {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '>' if !quoted => return Some(at),
            _ => {}
        }
        None
    })
}

/// The address in a path, in one spelling: without source route, and with
/// quotes only where its local part needs them. `None` if it is none.
pub(super) fn address(path: &str) -> Option<String> {
    if path.len() > PATH_OCTETS {
        return None;
    }
    let mailbox = match path.strip_prefix('@') {
        Some(route) => route.split_once(':')?.1,
        None => path,
    };
    let (local, domain) = match mailbox.strip_prefix('"') {
        Some(quoted) => unquote(quoted)?,
        None => mailbox
            .split_once('@')
            .map(|(local, domain)| (local.to_owned(), domain))?,
    };
    let quotes_needed = mailbox.starts_with('"') && !is_dot_atom(&local);
    let sound = (quotes_needed || is_dot_atom(&local)) && is_domain(domain);
    let local = if quotes_needed { quote(&local) } else { local };
    sound.then(|| format!("{local}@{domain}"))
}

/// Reads a quoted string whose opening quote is gone, up to the `@`.
fn unquote(quoted: &str) -> Option<(String, &str)> {
    let mut local = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                return quoted
                    .get(at + 1..)?
                    .strip_prefix('@')
                    .map(|domain| (local, domain));
            }
            '\\' => local.push(chars.next()?.1),
            _ => local.push(c),
        }
    }
    None
}

fn quote(local: &str) -> String {
    format!("\"{}\"", local.replace('\\', "\\\\").replace('"', "\\\""))
}

fn is_dot_atom(local: &str) -> bool {
    local
        .split('.')
        .all(|atom| !atom.is_empty() && atom.chars().all(is_atext))
}

fn is_atext(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || !c.is_ascii()
}

/// A host name, internationalised or not, or an address literal. Underscores
/// are no letters of host names, but real senders have them.
fn is_domain(domain: &str) -> bool {
    if let Some(literal) = domain
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        return !literal.is_empty()
            && literal
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || ".:-".contains(c));
    }
    let letter = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || !c.is_ascii();
    domain
        .split('.')
        .all(|label| !label.is_empty() && label.chars().all(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_keep_their_meaning() {
        let cases = [
            ("ann@a.example", Some("ann@a.example")),
            ("\"ann\"@a.example", Some("ann@a.example")),
            ("\"a\\nn\"@a.example", Some("ann@a.example")),
            ("\"a b\"@a.example", Some("\"a b\"@a.example")),
            (
                "\"a@b.example\"@a.example",
                Some("\"a@b.example\"@a.example"),
            ),
            ("\"a>b\"@a.example", Some("\"a>b\"@a.example")),
            ("\"a\\\"b\\\\\"@a.example", Some("\"a\\\"b\\\\\"@a.example")),
            ("\"\"@a.example", Some("\"\"@a.example")),
            ("@x.example,@y.example:ann@a.example", Some("ann@a.example")),
            ("ann@[192.0.2.1]", Some("ann@[192.0.2.1]")),
            ("ann@[IPv6:2001:db8::1]", Some("ann@[IPv6:2001:db8::1]")),
            (
                "j\u{fc}rgen@b\u{fc}cher.example",
                Some("j\u{fc}rgen@b\u{fc}cher.example"),
            ),
            ("ann", None),
            ("ann@", None),
            ("@a.example", None),
            ("a..b@a.example", None),
            (".a@a.example", None),
            ("a.@a.example", None),
            ("a@b@a.example", None),
            ("a b@a.example", None),
            ("a@a..example", None),
            ("a@a.example.", None),
            ("a@[]", None),
            ("\"a\"b@a.example", None),
            ("\"a", None),
            ("\"a\\", None),
        ];
        for (path, expected) in cases {
            assert_eq!(address(path).as_deref(), expected, "{path}");
        }
        assert_eq!(address(&format!("{}@a.example", "a".repeat(250))), None);
    }

    #[test]
    fn a_path_ends_at_the_first_bracket_outside_quotes() {
        assert_eq!(split("<\"a>b\"@c> SIZE=1"), Some(("\"a>b\"@c", " SIZE=1")));
        assert_eq!(split(" <>"), Some(("", "")));
        for broken in ["a@b", "<a@b", "<a@b>x", "<\"a>", "", ">"] {
            assert_eq!(split(broken), None, "{broken}");
        }
    }
}
