//! An archive as JSON: an object a line, each a whole message with its place.

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::Writer;
use crate::archive::transfer::Error;
use crate::clock::rfc3339;
use crate::message;
use crate::store::Tx;
use crate::store::intake::Message;
use crate::store::posts::{self, Post};

/// A message of an archive. Whoever reads it must be ready for further fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// Message-ID without angle brackets.
    pub message_id: String,
    /// Its name in the paths of the archive's pages.
    pub permalink: String,
    /// The Message-ID of the post that it stands below, if there is one.
    pub parent: Option<String>,
    /// The Message-ID of its thread's first post.
    pub thread: String,
    /// Decoded subject.
    pub subject: String,
    /// The author's display name.
    pub author_name: String,
    /// The author's address.
    pub author_address: String,
    /// When it was written (RFC 3339).
    pub date: String,
    /// Its topic; or empty.
    pub topic: String,
    /// Whether it stays among members.
    pub members_only: bool,
    /// The whole text.
    pub text: String,
    /// What is attached.
    pub attachments: Vec<File>,
    /// The envelope sender with which it came.
    pub envelope_from: String,
    /// The message as it came, in base64 (RFC 4648, section 4).
    pub raw: String,
}

/// What is attached to a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct File {
    /// Its name, made safe.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its size in octets, decoded.
    pub size: u64,
}

/// Such a file that is being written.
pub struct Lines<W> {
    output: W,
}

impl<W: Write> Lines<W> {
    /// Begins one.
    pub fn new(output: W) -> Lines<W> {
        Lines { output }
    }
}

impl<W: Write> Writer for Lines<W> {
    async fn put(&mut self, tx: &mut Tx, post: &Post, message: &Message) -> Result<(), Error> {
        let record = record(tx, post, message).await?;
        serde_json::to_writer(&mut self.output, &record).map_err(io::Error::from)?;
        self.output.write_all(b"\n")?;
        Ok(())
    }

    fn finish(mut self) -> io::Result<()> {
        self.output.flush()
    }
}

async fn record(tx: &mut Tx, post: &Post, message: &Message) -> Result<Record, Error> {
    let parent = match post.parent_id {
        Some(parent) => posts::by_id(tx, parent).await?.map(|post| post.message_id),
        None => None,
    };
    let thread = posts::by_id(tx, post.thread_id).await?;
    let mail = message::parse(&message.raw);
    let files = mail.attachments.into_iter().map(|file| File {
        name: file.name,
        media_type: file.media_type,
        size: file.size as u64,
    });
    Ok(Record {
        message_id: post.message_id.clone(),
        permalink: post.permalink.clone(),
        parent,
        thread: thread.map_or_else(|| post.message_id.clone(), |post| post.message_id),
        subject: post.subject.clone(),
        author_name: post.author_name.clone(),
        author_address: post.author_address.clone(),
        date: rfc3339(post.sent_at),
        topic: post.topic.clone(),
        members_only: post.members_only != 0,
        text: mail.text,
        attachments: files.collect(),
        envelope_from: message.envelope_from.clone(),
        raw: STANDARD.encode(&message.raw),
    })
}
