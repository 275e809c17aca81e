//! An answer, taken by mail or on the page: sealed at once, and counted as given apart
//! from it.

use serde::{Deserialize, Serialize};

use super::Asked;
use super::answers::Answer;
use crate::context::Context;
use crate::identity::seal;
use crate::store::surveys::{self, Invitee};
use crate::store::{self, Tx, survey_answers};

/// All sealed answers are of one size, in octets: the longest comment fits, as it is
/// written in JSON.
const UNIT: usize = 16 << 10;

/// Nobody changes their mind so often: the table must not grow without end.
pub const MOST_REPLIES: i64 = 50;

/// What is sealed: an answer and whose it is, so that a later one takes its place.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Given {
    /// The key of their row.
    pub(super) invitee: i64,
    /// A digit for each item.
    pub(super) digits: Vec<u8>,
    /// What they wrote below.
    pub(super) comment: String,
    /// Whether it may be shown however few there are.
    pub(super) shared: bool,
}

/// Takes an answer; a later one takes its place.
///
/// # Errors
/// Where the database refuses, or the wave's key is none.
pub async fn take(
    tx: &mut Tx,
    ctx: &Context,
    asked: &Asked,
    invitee: &Invitee,
    answer: &Answer,
) -> store::Result<()> {
    let given = Given {
        invitee: invitee.id,
        digits: answer.digits.clone(),
        comment: answer.comment.clone(),
        shared: answer.shared,
    };
    let plain = serde_json::to_vec(&given).unwrap_or_default();
    let sealed = seal::seal(&asked.wave.public_key, &plain, UNIT);
    let sealed = sealed.ok_or_else(|| sqlx::Error::Protocol("a survey's key is none".into()))?;
    survey_answers::seal(tx, asked.wave.id, &sealed).await?;
    surveys::replied(tx, invitee, "answered", ctx.now()).await
}

/// The digits on one line.
pub fn line(digits: &[u8]) -> String {
    let digits: Vec<_> = digits.iter().map(u8::to_string).collect();
    digits.join(" ")
}
