//! What somebody answered to a mail of ours that showed them a post: it goes to the list
//! as a mail of their own in that thread, where it is judged, held or sent as any other.

use super::digest::answer::{self, Answer};
use super::post::Arrival;
use crate::context::Context;
use crate::identity::Checked;
use crate::outbox::compose;
use crate::store::Tx;
use crate::store::digests::Brought;
use crate::store::intake::{self, NewMessage};
use crate::store::posts::Post;
use crate::templates::Phrase;
use crate::trail::Step;

/// The post that is answered, and its thread.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its Message-ID without angle brackets.
    pub message_id: String,
    /// Its author's display name.
    pub author_name: String,
    /// Its author's address.
    pub author_address: String,
    /// The subject of the thread's first post.
    pub thread_subject: String,
    /// The Message-ID of the thread's first post.
    pub thread_message_id: String,
}

/// What is said there.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// Its Message-ID without angle brackets.
    pub message_id: String,
    /// The author's own words.
    pub text: String,
    /// The lines of the post that they quote, without marks.
    pub quoted: Vec<String>,
    /// What was attached.
    pub attachments: Vec<Vec<u8>>,
}

impl From<&Brought> for Place {
    fn from(post: &Brought) -> Place {
        Place {
            message_id: post.message_id.clone(),
            author_name: post.author_name.clone(),
            author_address: post.author_address.clone(),
            thread_subject: post.thread_subject.clone(),
            thread_message_id: post.thread_message_id.clone(),
        }
    }
}

impl Place {
    /// The first post of a thread.
    pub fn of_root(root: &Post) -> Place {
        Place {
            message_id: root.message_id.clone(),
            author_name: root.author_name.clone(),
            author_address: root.author_address.clone(),
            thread_subject: root.subject.clone(),
            thread_message_id: root.message_id.clone(),
        }
    }

    fn name(&self) -> &str {
        match self.author_name.as_str() {
            "" => self.author_address.split('@').next().unwrap_or_default(),
            name => name,
        }
    }
}

/// Hands in what the author of `arrival`, who has proven themselves by a token, said to
/// a post. `step` and `reason` are for the trail.
///
/// # Errors
/// Where the database refuses, or the author's address cannot be written.
pub async fn hand_in(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    (said, place): (&Said, &Place),
    (step, reason): (&str, &str),
) -> Result<(), compose::Error> {
    let message = arrival.message;
    let language = compose::language(ctx, arrival.community);
    let wrote = Phrase::new("wrote").with("name", place.name());
    let answer = Answer {
        arrival,
        list: format!("{}@{}", arrival.community.slug, ctx.settings.domain),
        said,
        place,
        attribution: ctx
            .templates
            .say(&language, &arrival.community.slug, &wrote),
        now: ctx.now(),
    };
    let raw = answer::write(&answer)
        .ok_or_else(|| compose::Error::Aside("its author's address cannot be written".into()))?;
    let new = NewMessage {
        message_id: &said.message_id,
        envelope_from: &message.envelope_from,
        via: "digest",
        peer: "",
        helo: "",
        received_at: ctx.now(),
        raw: &raw,
    };
    let list = std::slice::from_ref(&answer.list);
    let id = intake::insert(tx, &new, list, ctx.now()).await?;
    // It is another mail, which nobody has signed; its author's domain is the same.
    let policy = Checked::from_text(&message.checked).policy;
    let checked = Checked {
        policy,
        ..Checked::default()
    };
    intake::set_checked(tx, id, "", &checked.to_text()).await?;
    let trail = Step::of_message(Some(arrival.community.id), &said.message_id, ctx.now());
    trail.record(tx, step, "to the list", reason).await?;
    Ok(())
}
