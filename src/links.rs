//! The addresses of pages, so that mails and pages agree.

use sha2::{Digest, Sha256};

/// The front of a community's archive.
pub fn front(base: &str, slug: &str) -> String {
    format!("{base}/c/{slug}/")
}

/// The host of a base address, without port and path.
pub fn host(base: &str) -> &str {
    let rest = base.split_once("://").map_or(base, |(_, rest)| rest);
    rest.split(['/', ':', '?', '#']).next().unwrap_or_default()
}

/// A message's page, which Archived-At names (RFC 5064).
pub fn message(base: &str, slug: &str, message_id: &str) -> String {
    format!("{base}/c/{slug}/m/{}", permalink(message_id))
}

/// A message's name in paths: 160 bits of SHA-256 of its Message-ID in hex, so
/// that a link can be made before and after the post is archived, here or
/// elsewhere, and survives export and import.
pub fn permalink(message_id: &str) -> String {
    let digest = Sha256::digest(message_id.as_bytes());
    digest[..20]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn the_host_alone() {
        for base in [
            "https://a.example",
            "http://a.example:8443/lists",
            "a.example/x",
        ] {
            assert_eq!(host(base), "a.example", "{base}");
        }
    }
}
