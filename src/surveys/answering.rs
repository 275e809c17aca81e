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
    /// Whether a sponsor may read it.
    #[serde(default)]
    pub(super) quoted: bool,
    /// Whether this is no answer, but allows a sponsor to read the one before.
    #[serde(default)]
    pub(super) consents: bool,
    /// Whether this takes back what was answered before.
    #[serde(default)]
    pub(super) withdraws: bool,
}

impl Given {
    /// What somebody says who gives no digits.
    fn without_digits(invitee: &Invitee) -> Given {
        Given {
            invitee: invitee.id,
            digits: Vec::new(),
            comment: String::new(),
            shared: false,
            quoted: false,
            consents: false,
            withdraws: false,
        }
    }
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
        digits: answer.digits.clone(),
        comment: answer.comment.clone(),
        shared: answer.shared,
        quoted: answer.quoted,
        ..Given::without_digits(invitee)
    };
    keep(tx, asked, &given).await?;
    surveys::replied(tx, invitee, "answered", ctx.now()).await
}

/// Allows a sponsor to read what somebody wrote before, should they have written anything:
/// sealed as an answer is, and of the same size.
///
/// # Errors
/// Where the database refuses, or the wave's key is none.
pub async fn consent(
    tx: &mut Tx,
    ctx: &Context,
    asked: &Asked,
    invitee: &Invitee,
) -> store::Result<()> {
    let given = Given {
        quoted: true,
        consents: true,
        ..Given::without_digits(invitee)
    };
    keep(tx, asked, &given).await?;
    surveys::replied(tx, invitee, &invitee.state, ctx.now()).await
}

/// Notes that somebody answers nothing this time, and takes back what they have answered
/// before: sealed as an answer is, and of the same size, so that nobody can tell which of
/// the rows it undoes.
///
/// # Errors
/// Where the database refuses, or the wave's key is none.
pub async fn skip(
    tx: &mut Tx,
    ctx: &Context,
    asked: &Asked,
    invitee: &Invitee,
) -> store::Result<()> {
    let given = Given {
        withdraws: true,
        ..Given::without_digits(invitee)
    };
    keep(tx, asked, &given).await?;
    surveys::replied(tx, invitee, "skipped", ctx.now()).await
}

async fn keep(tx: &mut Tx, asked: &Asked, given: &Given) -> store::Result<()> {
    let plain = serde_json::to_vec(given).unwrap_or_default();
    let sealed = seal::seal(&asked.wave.public_key, &plain, UNIT);
    let sealed = sealed.ok_or_else(|| sqlx::Error::Protocol("a survey's key is none".into()))?;
    survey_answers::seal(tx, asked.wave.id, &sealed).await
}

/// The digits on one line.
pub fn line(digits: &[u8]) -> String {
    let digits: Vec<_> = digits.iter().map(u8::to_string).collect();
    digits.join(" ")
}
