//! The one strict address parser. A login, a vote and a membership hang on
//! what this returns, so it refuses whatever two programs could read in two
//! ways: comments, routes, folding, address literals, quoted specials.

/// The longest address, in octets (RFC 5321, section 4.5.3.1.3, less the angle brackets).
pub const LONGEST: usize = 254;
const LONGEST_LOCAL: usize = 64;
const LONGEST_LABEL: usize = 63;

/// An addr-spec (RFC 5322, section 3.4.1) in the form in which addresses are
/// compared and stored: everything lower-cased, needless quotes gone. `None` where
/// the text is not exactly one address.
///
/// ```
/// use folkmoot::message::address::normalise;
/// assert_eq!(normalise("Ann@Example.ORG"), Some("ann@example.org".into()));
/// assert_eq!(normalise("ann(boss)@example.org"), None);
/// ```
pub fn normalise(text: &str) -> Option<String> {
    let text = text.trim_matches(' ');
    if text.len() > LONGEST {
        return None;
    }
    let (local, domain) = text.rsplit_once('@')?;
    let local = local_part(local)?;
    let domain = domain.to_lowercase();
    let address = format!("{local}@{domain}");
    (is_domain(&domain) && address.len() <= LONGEST).then_some(address)
}

/// Whether a domain is that zone or below it; both in lower case, without a dot at the end.
pub fn is_within(domain: &str, zone: &str) -> bool {
    let rest = domain.strip_suffix(zone);
    rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The part behind the `@` of a normalised address; empty where there is none.
pub fn domain_of(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// The part before the `@` of a normalised address; empty where there is none.
pub fn local_of(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(local, _)| local)
}

/// Quotes are understood only where they hold letters and dots: some telephone
/// companies gave out addresses with two dots in a row, which need them.
fn local_part(text: &str) -> Option<String> {
    let quoted = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let inner = quoted.unwrap_or(text);
    let sound =
        !inner.is_empty() && inner.len() <= LONGEST_LOCAL && inner.chars().all(is_atom_or_dot);
    if !sound {
        return None;
    }
    let inner_lower = inner.to_lowercase();
    match (is_dot_atom(inner), quoted) {
        (true, _) => Some(inner_lower),
        (false, Some(_)) => Some(format!("\"{inner_lower}\"")),
        (false, None) => None,
    }
}

fn is_dot_atom(text: &str) -> bool {
    text.split('.').all(|atom| !atom.is_empty())
}

/// `atext` of RFC 5322 and, as RFC 6531 allows, letters and digits of all scripts.
fn is_atom_or_dot(c: char) -> bool {
    c == '.' || is_word(c) || "!#$%&'*+-/=?^_`{|}~".contains(c)
}

/// Marks belong to words of Indic scripts; the general category is not in the
/// standard library, so whatever is neither space, control nor known trickery passes.
fn is_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    c.is_alphanumeric() || is_combining(c)
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{dff}' | '\u{e31}'..='\u{e4e}' | '\u{f18}'..='\u{fbc}')
}

fn is_domain(domain: &str) -> bool {
    domain.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    let edges = !label.starts_with('-') && !label.ends_with('-');
    let known = label.strip_prefix("xn--").is_none_or(is_punycode);
    !label.is_empty()
        && label.len() <= LONGEST_LABEL
        && edges
        && known
        && label.chars().all(|c| is_word(c) || c == '-' || c == '_')
}

/// Whether a label behind `xn--` decodes to lower-case letters (RFC 3492, section 6.2).
/// One that does not can be shown as anything by a client.
fn is_punycode(text: &str) -> bool {
    let (mut length, digits) = match text.rsplit_once('-') {
        Some((basic, digits)) => (basic.len() as u64, digits),
        None => (0, text),
    };
    let (mut code, mut i, mut bias) = (128u64, 0u64, 72u64);
    let mut input = digits.bytes();
    let mut any = false;
    while input.len() > 0 {
        let before = i;
        let Some(after) = variable_integer(&mut input, i, bias) else {
            return false;
        };
        length += 1;
        bias = adapt(after - before, length, before == 0 && !any);
        code += after / length;
        i = after % length + 1;
        any = true;
        let letter = u32::try_from(code).ok().and_then(char::from_u32);
        if !letter.is_some_and(|c| is_word(c) && !c.is_uppercase()) {
            return false;
        }
    }
    any
}

fn variable_integer(input: &mut std::str::Bytes<'_>, start: u64, bias: u64) -> Option<u64> {
    let (mut value, mut weight, mut k) = (start, 1u64, 36u64);
    loop {
        let digit = match input.next()? {
            b @ b'a'..=b'z' => u64::from(b - b'a'),
            b @ b'0'..=b'9' => u64::from(b - b'0') + 26,
            _ => return None,
        };
        value = value.checked_add(digit.checked_mul(weight)?)?;
        let threshold = k.saturating_sub(bias).clamp(1, 26);
        if digit < threshold {
            return (value < u64::from(u32::MAX)).then_some(value);
        }
        weight = weight.checked_mul(36 - threshold)?;
        k += 36;
    }
}

fn adapt(delta: u64, length: u64, first: bool) -> u64 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / length;
    let mut k = 0;
    while delta > 455 {
        delta /= 35;
        k += 36;
    }
    k + 36 * delta / (delta + 38)
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn one_form_for_one_address() {
        for (given, want) in [
            ("Ann@Example.org", "ann@example.org"),
            ("\"ann\"@example.org", "ann@example.org"),
            ("\"a..b\"@example.org", "\"a..b\"@example.org"),
            ("o'neill+lists@example.org", "o'neill+lists@example.org"),
            ("Dörte@Bücher.example", "dörte@bücher.example"),
            ("x@xn--bcher-kva.example", "x@xn--bcher-kva.example"),
        ] {
            assert_eq!(normalise(given).as_deref(), Some(want), "{given}");
        }
    }

    #[test]
    fn refuses_what_could_be_read_in_two_ways() {
        for given in [
            "",
            "@",
            "a@",
            "@b",
            "a b@example.org",
            "a@exam ple.org",
            "a@b@example.org",
            "\"a@b\"@example.org",
            "a@[192.0.2.1]",
            "a\r\nBcc: x@example.org",
            "a@example.org\0",
            "a@example.org\n",
            "(a(b(c)))a@example.org",
            "<a@example.org>",
            "a@-x.example",
            "a@xn--example.com",
            "a\u{202e}b@example.org",
            "a@example.org.",
        ] {
            assert_eq!(normalise(given), None, "{given:?}");
        }
        assert_eq!(normalise(&format!("{}@example.org", "a".repeat(65))), None);
    }
}
