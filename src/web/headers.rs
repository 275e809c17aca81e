//! The headers that keep pages harmless.

/// The content security policy of every page: nothing but our own style sheet,
/// pictures and forms, and nobody may frame a page.
pub const CSP: &str = "default-src 'none'; style-src 'self'; img-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The policy of a page that shows a mail's HTML part, which comes in a frame of
/// our own ([`CSP_FRAMED_MAIL`]).
pub const CSP_FRAMING: &str = "default-src 'none'; style-src 'self'; img-src 'self'; \
    frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The policy of a mail's HTML part itself: somebody else's bytes, without
/// scripts, forms or anything from elsewhere. Its links open in windows of their own,
/// which are as free as any. Only our own pages may frame it.
pub const CSP_FRAMED_MAIL: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; \
    default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'";

/// Header names and values that every answer carries besides its policy.
pub const ALWAYS: [(&str, &str); 2] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
];

/// The policy of what is only there to be downloaded: whoever opens it in a
/// browser all the same sees nothing run.
pub const CSP_DOWNLOAD: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";
