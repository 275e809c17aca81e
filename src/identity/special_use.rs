//! Domain names that nobody can own (RFC 2606, RFC 6761): no mail is really from there.

use crate::message::address::is_within;

const TOP: [&str; 4] = ["example", "test", "invalid", "localhost"];
const SECOND: [&str; 3] = ["example.com", "example.net", "example.org"];

/// Whether a domain is one of them, or below one.
pub(super) fn is_special(domain: &str) -> bool {
    let domain = domain.trim_end_matches('.').to_ascii_lowercase();
    let mut zones = TOP.iter().chain(&SECOND);
    zones.any(|zone| is_within(&domain, zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_whole_labels() {
        for name in [
            "x.example",
            "Example.ORG",
            "a.b.example.com.",
            "localhost",
            "y.test",
        ] {
            assert!(is_special(name), "{name}");
        }
        for name in [
            "",
            "example.de",
            "notexample.com",
            "x.anexample",
            "test.org",
            "com",
        ] {
            assert!(!is_special(name), "{name}");
        }
    }
}
