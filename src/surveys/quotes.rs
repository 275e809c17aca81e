//! Sentences that a sponsor may read: their authors wrote `QUOTE` above them, or replied
//! `QUOTE` to their receipt, while the survey was open and all of it was sealed. When it
//! has closed nobody can be asked any more, because nobody is known.

use serde::Serialize;

use crate::store::{self, Millis, Tx, survey_answers};

/// A sentence, without its author.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Quote {
    /// The survey's name.
    pub survey: String,
    /// What was written.
    pub text: String,
}

/// The quotes of all waves of a community that have closed since that moment, in the
/// order of their random ids, which says nothing.
///
/// # Errors
/// Where the database refuses.
pub async fn since(tx: &mut Tx, community: i64, closed: Millis) -> store::Result<Vec<Quote>> {
    let all = survey_answers::quotes(tx, community, closed).await?;
    Ok(all
        .into_iter()
        .map(|(survey, text)| Quote { survey, text })
        .collect())
}
