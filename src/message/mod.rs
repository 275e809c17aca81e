//! One mail: parse, addresses, kind, visible text, sanitise, rewrite. Pure: this
//! room returns a value and a list of what was odd, whatever the bytes.

pub mod address;
mod attached_text;
pub mod attachments;
mod attribution;
pub mod authentication;
mod auto_reply;
mod body_text;
pub mod bounce;
mod charset;
mod command;
pub mod digest;
pub mod encoded_word;
pub mod fault;
pub mod feedback;
mod fields;
mod fold;
pub mod footer;
mod guard;
pub mod headers;
pub mod html_text;
mod ids;
pub mod kind;
mod leaf;
mod list_header;
pub mod mailbox;
pub mod office_text;
pub mod oneline;
pub mod parse;
mod parser_input;
mod part_head;
mod plain_decorator;
mod removed;
mod returned;
pub mod rewrite;
pub mod sanitise;
pub mod scrub;
pub mod signatures;
mod structure;
mod subject_tag;
mod transfer;
pub mod unsaid_charset;
pub mod via;
pub mod visible;
pub mod wire;
pub mod words;
mod wrap;

pub use fields::fields;
pub use kind::Kind;
pub use mailbox::Mailbox;
pub use parse::{Mail, calendar_part, html_as_sent, parse};
pub use rewrite::{ListCopy, Rewritten, rewrite};
pub use wrap::wrap;

/// The Message-ID of a message without angle brackets, read from the header
/// alone: for where the whole need not be understood yet.
pub fn message_id(raw: &[u8]) -> Option<String> {
    const FAR_ENOUGH: usize = 256 * 1024;
    let section = headers::section(raw, 0, raw.len().min(FAR_ENOUGH));
    let field = section.find(raw, "Message-ID")?;
    ids::clean(&field.text_in(raw))
}
