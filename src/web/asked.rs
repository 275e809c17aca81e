//! What stands behind the question mark of an address.

use axum::extract::Query;

/// The last page that can be asked for: nobody leafs so far.
const LAST_PAGE: usize = 5_000;

/// Names and values, as they were given; nothing of it can be wrong.
pub(super) type Asked = Query<Vec<(String, String)>>;

/// The first value of that name, or nothing.
pub(super) fn value<'a>(asked: &'a Asked, name: &str) -> &'a str {
    asked
        .0
        .iter()
        .find(|(given, _)| given == name)
        .map_or("", |(_, value)| value)
}

/// The page asked for, from 1; `None` where none is.
pub(super) fn page(asked: &Asked) -> Option<usize> {
    value(asked, "page")
        .parse()
        .ok()
        .map(|page: usize| page.clamp(1, LAST_PAGE))
}

/// A value as it may stand in a query (RFC 3986, section 2.1).
pub(super) fn encode(text: &str) -> String {
    let octet = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(octet).collect()
}
