//! A post of the community itself: a question, a recap. It is kept as every message is, filed
//! and sent as every post is, and answered on the list.

use super::home::Home;
use super::post::{self, Arrival};
use super::secrets;
use crate::message;
use crate::outbox::catalogue::Entry;
use crate::outbox::compose::{self, Letter};
use crate::random;
use crate::store::Tx;
use crate::store::intake::{self, Message, NewMessage};
use crate::templates::mails::Mail;

/// What was posted.
#[derive(Clone, Debug)]
pub struct Posted {
    /// Its Message-ID without angle brackets.
    pub message_id: String,
    /// What became of it, for the act.
    pub told: String,
}

/// Posts a mail to the list, in the community's name. `about` follows the community in
/// `Folkmoot-About`.
///
/// # Errors
/// Where the database refuses or the mail cannot be composed.
pub async fn publish<M: Mail>(
    tx: &mut Tx,
    home: &Home<'_>,
    entry: &'static Entry,
    mail: &M,
    about: String,
) -> Result<Posted, compose::Error> {
    let message = kept(tx, home, entry, mail, about).await?;
    // Somebody may have copied a link of their own into what it says.
    let scrubbed = secrets::take_out(tx, home.ctx, home.community.id, &message).await?;
    let message = scrubbed.unwrap_or(message);
    let arrival = Arrival {
        intake: 0,
        community: home.community,
        charter: home.charter,
        message: &message,
        mail: &message::parse(&message.raw),
    };
    let (_, reason) = post::publish(tx, home.ctx, &arrival).await?;
    Ok(Posted {
        message_id: message.message_id,
        told: format!("posted; {reason}"),
    })
}

/// The post, kept as every message is before it is filed.
async fn kept<M: Mail>(
    tx: &mut Tx,
    home: &Home<'_>,
    entry: &'static Entry,
    mail: &M,
    about: String,
) -> Result<Message, compose::Error> {
    let list = home.address("");
    let letter = Letter {
        from: list.clone(),
        reply_to: list.clone(),
        about,
        ..Letter::default()
    };
    let id = random::message_id(&home.ctx.settings.domain);
    let content = compose::compose(home.ctx, home.community, entry, mail, &letter, &id)?;
    let raw = [format!("To: <{list}>\r\n").as_bytes(), &content].concat();
    let new = NewMessage {
        message_id: &id,
        envelope_from: "",
        via: intake::BY_ACT,
        peer: "",
        helo: "",
        received_at: home.now(),
        raw: &raw,
    };
    let key = intake::insert(tx, &new, &[], home.now()).await?;
    Ok(intake::message(tx, key).await?)
}
