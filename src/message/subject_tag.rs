//! The list's tag at the front of the subject, put in by bytes.

use super::encoded_word;
use super::fold::own_field;
use super::oneline::oneline;

/// The Subject field with the tag right behind its colon, or `None` where nothing
/// changes: no tag is wanted, or the decoded subject already holds it. `field` is the
/// author's whole field; without one there is a new one.
pub(super) fn tagged(field: Option<&[u8]>, decoded: &str, tag: &str) -> Option<Vec<u8>> {
    let tag = oneline(tag);
    if tag.is_empty() || decoded.to_lowercase().contains(&tag.to_lowercase()) {
        return None;
    }
    let Some(field) = field else {
        return own_field("Subject", &tag);
    };
    let colon = field.iter().position(|b| *b == b':')? + 1;
    let (name, value) = field.split_at_checked(colon)?;
    Some([name, b" ", words(&tag).as_bytes(), spaced(value)].concat())
}

/// The white space between two encoded words is not shown (RFC 2047, section 6.2), so
/// the space that parts tag and subject is inside the word.
fn words(tag: &str) -> String {
    if tag.is_ascii() {
        format!("{tag} ")
    } else {
        format!("{} ", encoded_word::encode(&format!("{tag} ")))
    }
}

/// The tag brings its own space; a value that is folded at once keeps its fold.
fn spaced(value: &[u8]) -> &[u8] {
    value.strip_prefix(b" ").unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::tagged;

    fn check(field: &str, decoded: &str, tag: &str, want: Option<&str>) {
        let got = tagged(Some(field.as_bytes()), decoded, tag)
            .map(|bytes| String::from_utf8(bytes).unwrap());
        assert_eq!(got.as_deref(), want);
    }

    #[test]
    fn the_tag_stands_once() {
        check(
            "Subject: Hello\r\n",
            "Hello",
            "[pumps]",
            Some("Subject: [pumps] Hello\r\n"),
        );
        check(
            "Subject:Hello\r\n",
            "Hello",
            "[pumps]",
            Some("Subject: [pumps] Hello\r\n"),
        );
        check(
            "Subject: Re: [Pumps] Hello\r\n",
            "Re: [Pumps] Hello",
            "[pumps]",
            None,
        );
        check("Subject: Hello\r\n", "Hello", "", None);
        check(
            "Subject: =?utf-8?Q?=C3=BC?=\r\n",
            "ü",
            "[x]",
            Some("Subject: [x] =?utf-8?Q?=C3=BC?=\r\n"),
        );
        assert_eq!(tagged(None, "", "[x]").unwrap(), b"Subject: [x]\r\n");
    }
}
