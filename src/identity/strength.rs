//! How surely it is known who speaks.

/// How surely a message comes from whom its From line names, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Only the From line says so, which proves nothing.
    Bare,
    /// A server that we trust has checked the author's domain (RFC 8601).
    Aligned,
    /// It answers a mail of ours that only they got.
    Token,
}
