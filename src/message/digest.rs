//! The digest by which the same body is recognised.

use sha2::{Digest, Sha256};

/// SHA-256 over a canonical body, in lower-case hexadecimal.
pub fn body_digest(body: &[u8]) -> String {
    Sha256::digest(body)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
