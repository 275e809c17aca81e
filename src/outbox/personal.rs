//! What differs from recipient to recipient: the envelope sender and a few
//! header fields in front of the shared content. All of it follows from the
//! row, so that every retry sends the same bytes.

use chrono::{DateTime, Utc};

use crate::config::Settings;
use crate::identity::Secret;
use crate::identity::tokens::Purpose;
use crate::store::outbox::Claimed;

/// The address to which a delivery's bounce comes back (VERP, signed).
pub fn envelope_sender(settings: &Settings, secret: &Secret, slug: &str, row: &Claimed) -> String {
    let token = secret.sign(Purpose::Bounce, row.id);
    format!("{slug}-bounces+{token}@{}", settings.domain)
}

/// The fields in front of a member's copy of a post: how to leave with one
/// press (RFC 8058) or one mail (RFC 2369).
pub fn post_fields(settings: &Settings, secret: &Secret, slug: &str, row: &Claimed) -> String {
    let leave = format!("<mailto:{slug}-leave@{}>", settings.domain);
    match row.member_id {
        None => format!("List-Unsubscribe: {leave}\r\n"),
        Some(member) => {
            let token = secret.sign(Purpose::Unsubscribe, member);
            format!(
                "List-Unsubscribe: <{}/u/{token}>,\r\n {leave}\r\n\
                 List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
                settings.base_url
            )
        }
    }
}

/// The fields in front of a mail of our own: its Date is the moment at which it
/// first went to the relay.
pub fn own_fields(row: &Claimed, first: DateTime<Utc>) -> String {
    format!(
        "Date: {}\r\nTo: <{}>\r\n",
        first.to_rfc2822(),
        row.recipient
    )
}
