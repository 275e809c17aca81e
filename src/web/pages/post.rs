//! One post, as threads, messages and simulated mailboxes show it.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::parts::{Moment, size};
use crate::web::text::{Block, Span, blocks, mask_addresses, spans};

/// Deeper answers are not indented further.
pub const MAX_DEPTH: usize = 8;
/// A quote of so few lines is shown unfolded: it is what the answer refers to.
const SHORT_QUOTE: usize = 4;
/// Bytes of a line that may still be a row of a table or of code.
const MAX_ALIGNED: usize = 120;

/// A post as the archive has it.
#[derive(Debug, Clone)]
pub struct Post<'a> {
    /// Its name in paths, as Archived-At has it.
    pub permalink: &'a str,
    /// How far it is indented in its thread.
    pub depth: usize,
    /// The author's name, or address where there is no name.
    pub author: &'a str,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// Its subject.
    pub subject: &'a str,
    /// Its whole text.
    pub text: &'a str,
    /// What is attached to it.
    pub attachments: &'a [File],
}

/// What is attached to a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct File {
    /// Its file name.
    pub name: String,
    /// Its media type.
    pub kind: String,
    /// Its size in bytes.
    pub size: u64,
    /// Which part of the message it is; `None` where it cannot be fetched.
    pub part: Option<usize>,
}

/// A post as it is shown.
#[derive(Debug, Clone, Serialize)]
pub struct PostView {
    /// Its anchor on a page, without `#`.
    pub anchor: String,
    /// How far it is indented, at most [`MAX_DEPTH`].
    pub depth: usize,
    /// Who wrote it.
    pub author: String,
    /// When it was sent.
    pub at: Moment,
    /// Its subject.
    pub subject: String,
    /// Whether the thread page says the subject, because it is another one.
    pub has_new_subject: bool,
    /// Its own page.
    pub permalink: String,
    /// Its text.
    pub body: Body,
    /// Its attachments.
    pub attachments: Vec<Attachment>,
}

/// An attachment in a list.
#[derive(Debug, Clone, Serialize)]
pub struct Attachment {
    /// Its file name.
    pub name: String,
    /// Its media type.
    pub kind: String,
    /// Its size, for people.
    pub size: String,
    /// Where it can be fetched, if it can.
    pub href: Option<String>,
}

/// A text as it is shown.
#[derive(Debug, Clone, Serialize)]
pub struct Body {
    /// Its parts, in order.
    pub sections: Vec<Section>,
    /// Whether it was too long to be shown whole.
    pub is_cut: bool,
}

/// A paragraph, a fold of quotes, or the signature.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Section {
    /// The pieces of a paragraph or a signature.
    pub spans: Vec<Span>,
    /// The quotes of a fold; empty otherwise.
    pub quotes: Vec<Quote>,
    /// How many lines are quoted.
    pub lines: usize,
    /// Whether that is one.
    pub is_one_line: bool,
    /// Whether the fold is open from the start.
    pub is_open: bool,
    /// Whether it is the signature.
    pub is_signature: bool,
    /// Whether columns or code stand in it, which need letters of one width.
    pub is_aligned: bool,
}

/// Quoted lines of one depth.
#[derive(Debug, Clone, Serialize)]
pub struct Quote {
    /// How often it was quoted, from 1.
    pub depth: usize,
    /// Its pieces.
    pub spans: Vec<Span>,
}

impl PostView {
    /// Shows a post of the community `slug`. Where everybody can read it
    /// (`is_public`), mail addresses are shortened, also in the text.
    pub fn new(slug: &str, post: &Post<'_>, is_public: bool) -> PostView {
        let masked = |text: &str| {
            if is_public {
                mask_addresses(text)
            } else {
                text.to_owned()
            }
        };
        let permalink = format!("/c/{slug}/m/{}", post.permalink);
        let attachments = post.attachments.iter();
        PostView {
            anchor: anchor(post.permalink),
            depth: post.depth.min(MAX_DEPTH),
            author: if post.author.trim().is_empty() {
                "(no name)".into()
            } else {
                masked(post.author)
            },
            at: post.sent_at.into(),
            subject: masked(post.subject),
            has_new_subject: false,
            body: Body::new(&masked(post.text)),
            attachments: attachments
                .map(|file| Attachment {
                    href: file.part.map(|part| format!("{permalink}/a/{part}")),
                    ..Attachment::new(&file.name, &file.kind, file.size)
                })
                .collect(),
            permalink,
        }
    }
}

/// The anchor of the post of that permalink on its thread's page.
pub fn anchor(permalink: &str) -> String {
    format!("m{permalink}")
}

impl Attachment {
    /// An attachment of `bytes` bytes.
    pub fn new(name: &str, kind: &str, bytes: u64) -> Attachment {
        let name = if name.trim().is_empty() {
            "(no name)"
        } else {
            name
        };
        Attachment {
            name: name.to_owned(),
            kind: kind.to_owned(),
            size: size(bytes),
            href: None,
        }
    }
}

impl Body {
    /// Folds and links a text.
    pub fn new(text: &str) -> Body {
        let found = blocks(text);
        let mut sections: Vec<Section> = Vec::new();
        for block in found.blocks {
            match block {
                Block::Paragraph(lines) => sections.push(Section::plain(&lines, false)),
                Block::Signature(lines) => sections.push(Section::plain(&lines, true)),
                Block::Quote { depth, lines } => fold(&mut sections, depth, &lines),
            }
        }
        Body {
            sections,
            is_cut: found.is_cut,
        }
    }
}

impl Section {
    fn plain(lines: &[String], is_signature: bool) -> Section {
        let is_aligned = !is_signature && is_aligned(lines);
        let spans = spans(&lines.join("\n"));
        Section {
            spans,
            is_signature,
            is_aligned,
            ..Section::default()
        }
    }
}

/// An indented line, or one with gaps in it, was made for letters of one width;
/// a very long one was not, and is wrapped.
fn is_aligned(lines: &[String]) -> bool {
    let gaps = |line: &String| {
        line.starts_with("    ") || line.starts_with('\t') || line.trim().contains("   ")
    };
    lines.iter().any(gaps) && lines.iter().all(|line| line.len() <= MAX_ALIGNED)
}

/// Adds quoted lines to the fold before them, or begins one.
fn fold(sections: &mut Vec<Section>, depth: usize, lines: &[String]) {
    if sections.last().is_none_or(|last| last.quotes.is_empty()) {
        sections.push(Section::default());
    }
    if let Some(fold) = sections.last_mut() {
        fold.quotes.push(Quote {
            depth,
            spans: spans(&lines.join("\n")),
        });
        fold.lines += lines.len();
        fold.is_one_line = fold.lines == 1;
        fold.is_open = fold.lines <= SHORT_QUOTE;
    }
}
