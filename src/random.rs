//! All chance comes from here.

/// `N` bytes from the operating system's generator.
///
/// # Panics
/// Where the operating system has no entropy to give: nothing could be signed
/// or made unguessable then, so stopping is the only safe answer.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut out = [0; N];
    getrandom::fill(&mut out).expect("the operating system gives random bytes");
    out
}

/// A Message-ID of our own, without angle brackets: 96 random bits at our domain
/// (RFC 5322, section 3.6.4).
pub fn message_id(domain: &str) -> String {
    let unique: String = bytes::<12>()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{unique}@{domain}")
}
