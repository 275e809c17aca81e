//! What a sponsor says to an ask goes to the facilitators, as a person's mail whose answer
//! reaches the sponsor.

use crate::lists::home::Home;
use crate::outbox::compose::{self, Letter};
use crate::store::Tx;
use crate::store::asks::Ask;
use crate::store::members::{self, Member};
use crate::templates::mails::SponsorSaid;

/// Tells the facilitators what a sponsor asks or why they decline; false where there is
/// none but the sponsor: nobody is sent their own question.
///
/// # Errors
/// Where the database refuses or the mail cannot be composed.
pub(super) async fn facilitators(
    tx: &mut Tx,
    home: &Home<'_>,
    sponsor: &Member,
    (ask, is_question, text): (&Ask, bool, &str),
) -> Result<bool, compose::Error> {
    let all = members::with_role(tx, home.community.id, "facilitator").await?;
    let others = all.iter().filter(|one| one.id != sponsor.id);
    let to: Vec<_> = others
        .map(|one| (Some(one.id), one.address.clone()))
        .collect();
    if to.is_empty() {
        return Ok(false);
    }
    let mail = SponsorSaid {
        community: home.community.name.clone(),
        sponsor: match sponsor.name.as_str() {
            "" => sponsor.address.clone(),
            name => name.to_owned(),
        },
        ask: ask.text.clone(),
        is_question,
        text: text.lines().map(str::to_owned).collect(),
    };
    let letter = Letter {
        to,
        reply_to: sponsor.address.clone(),
        ..Letter::default()
    };
    compose::send(tx, home.ctx, home.community, &mail, &letter).await?;
    Ok(true)
}
