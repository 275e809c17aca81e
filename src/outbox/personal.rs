//! What differs from recipient to recipient: the envelope sender and a few
//! header fields in front of the shared content. All of it follows from the
//! row, so that every retry sends the same bytes.

use super::catalogue::{self, DIGEST, Entry, PERSON_MESSAGE, Replies};
use crate::clock::moment;
use crate::config::Settings;
use crate::identity::Secret;
use crate::identity::tokens::Purpose;
use crate::message::headers;
use crate::store::outbox::Claimed;

/// What the copies of a recap concern, before the key of the series.
const RECAP_OF: &str = "recap:";

/// What the copies of a recap concern.
pub fn recap_of(series: i64) -> String {
    format!("{RECAP_OF}{series}")
}

/// The series of which what concerns this is a recap.
pub fn recapped(concerns: &str) -> Option<i64> {
    concerns.strip_prefix(RECAP_OF)?.parse().ok()
}

/// The Message-ID of the first invitation of a member to a series. It follows from both,
/// so that a post to everybody can refer to what each of them got.
pub fn invitation_id(settings: &Settings, secret: &Secret, series: i64, member: i64) -> String {
    let name = secret.name_invitation(series, member);
    format!("{name}@{}", settings.domain)
}

/// The address to which a delivery's bounce comes back (VERP, signed).
pub fn envelope_sender(settings: &Settings, secret: &Secret, slug: &str, row: &Claimed) -> String {
    let token = secret.sign(Purpose::Bounce, row.id);
    format!("{slug}-bounces+{token}@{}", settings.domain)
}

/// Which fields stand in front of a mail's shared content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fields {
    /// A post: how to leave.
    Post,
    /// The recap of a session of the series with that key: the same, and the invitation
    /// that its recipient got, so that their program shows both as one conversation.
    Recap(i64),
    /// A mail of our own: to whom, when it first went, and where a reply goes.
    Own(Replies),
    /// One of which the recipient can stop the kind.
    Kind(Replies),
    /// A digest: a mail of our own that is left like a post.
    Digest,
    /// Somebody's mail, passed on as it is.
    None,
}

impl Fields {
    /// The fields of the mail of that name and content. One that was composed with a
    /// Reply-To keeps it.
    pub fn of(mail: &str, content: &[u8]) -> Fields {
        match mail {
            "post" => Fields::Post,
            _ if mail == DIGEST.name => Fields::Digest,
            _ if mail == PERSON_MESSAGE.name => Fields::None,
            _ => Fields::of_entry(catalogue::by_name(mail), content),
        }
    }

    /// The same for a mail that is about that.
    pub fn about(self, concerns: &str) -> Fields {
        match (self, recapped(concerns)) {
            (Fields::Post, Some(series)) => Fields::Recap(series),
            (fields, _) => fields,
        }
    }

    fn of_entry(entry: Option<&Entry>, content: &[u8]) -> Fields {
        let replies = match entry {
            Some(entry) if !headers::has(content, "Reply-To") => entry.replies,
            _ => Replies::Said,
        };
        // A mail that was composed by an older version has the field already.
        let is_kind = entry.is_some_and(Entry::can_be_stopped);
        match is_kind && !headers::has(content, "List-Unsubscribe") {
            true => Fields::Kind(replies),
            false => Fields::Own(replies),
        }
    }

    /// The fields for one recipient, each line with its CRLF.
    pub fn write(self, settings: &Settings, secret: &Secret, slug: &str, row: &Claimed) -> String {
        match self {
            Fields::Post => post_fields(settings, secret, slug, row),
            Fields::Recap(series) => {
                refers(settings, secret, series, row) + &post_fields(settings, secret, slug, row)
            }
            Fields::Own(replies) => {
                own_fields(row) + &reply_to(replies, settings, secret, slug, row)
            }
            Fields::Kind(replies) => {
                own_fields(row)
                    + &reply_to(replies, settings, secret, slug, row)
                    + &kind_fields(settings, secret, slug, row)
            }
            Fields::Digest => {
                own_fields(row)
                    + &reply_to(DIGEST.replies, settings, secret, slug, row)
                    + &post_fields(settings, secret, slug, row)
            }
            Fields::None => String::new(),
        }
    }
}

/// The fields in front of a member's copy of a post or digest: how to leave with one
/// press (RFC 8058) or one mail (RFC 2369). A guest, who is no member, leaves one
/// thread, by the link alone.
fn post_fields(settings: &Settings, secret: &Secret, slug: &str, row: &Claimed) -> String {
    let (token, mail) = match row.member_id {
        None => (secret.sign(Purpose::GuestEnd, row.id), String::new()),
        Some(member) => (
            secret.sign_unsubscribe(member, row.id),
            format!(",\r\n <mailto:{slug}-leave@{}>", settings.domain),
        ),
    };
    format!(
        "List-Unsubscribe: <{}/u/{token}>{mail}\r\n\
         List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
        settings.base_url
    )
}

/// The invitation to a series, where they are a member.
fn refers(settings: &Settings, secret: &Secret, series: i64, row: &Claimed) -> String {
    row.member_id.map_or_else(String::new, |member| {
        let id = invitation_id(settings, secret, series, member);
        format!("References: <{id}>\r\n")
    })
}

/// The fields in front of a mail of a kind that can be stopped: one press stops it, one
/// mail leaves.
fn kind_fields(settings: &Settings, secret: &Secret, slug: &str, row: &Claimed) -> String {
    let token = secret.sign(Purpose::KindEnd, row.id);
    format!(
        "List-Unsubscribe: <{}/u/{token}>,\r\n <mailto:{slug}-leave@{}>\r\n\
         List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
        settings.base_url, settings.domain
    )
}

/// The fields in front of a mail of our own: its Date is the moment at which it
/// first went to the relay.
fn own_fields(row: &Claimed) -> String {
    format!(
        "Date: {}\r\nTo: <{}>\r\n",
        moment(row.first_at).to_rfc2822(),
        row.recipient
    )
}

/// The address that a reply to this delivery goes to: its token says which mail
/// it answers and to whom that went.
fn reply_to(
    replies: Replies,
    settings: &Settings,
    secret: &Secret,
    slug: &str,
    row: &Claimed,
) -> String {
    match replies {
        Replies::Said => String::new(),
        Replies::Token => {
            let token = secret.sign(Purpose::Reply, row.id);
            format!("Reply-To: <{slug}-reply+{token}@{}>\r\n", settings.domain)
        }
    }
}
