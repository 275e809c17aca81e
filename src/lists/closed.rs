//! What a closed community answers. Its archive can be read, its members can leave and get
//! what is kept of them; nobody writes to it any more, and nobody joins.

use super::home::Home;
use super::post::{Arrival, Outcome};
use super::speaker;
use crate::config::ArchivePolicy;
use crate::context::Context;
use crate::links;
use crate::outbox::compose::{self, Letter};
use crate::store::{Tx, answers};
use crate::templates::mails::HoldOutcome;

/// Why something is not done.
pub const WHY: &str = "the community is closed";

/// Nobody is told so more often, in milliseconds.
const PAUSE: i64 = 86_400_000;

/// A post to a closed community: its author hears of it, where it is sure enough who that
/// is, once a day.
///
/// # Errors
/// Where the database refuses or the mail cannot be composed.
pub async fn post(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
) -> Result<Outcome, compose::Error> {
    let author = match speaker::is_machine(arrival) {
        true => None,
        false => speaker::author(tx, ctx, arrival).await?,
    };
    let hears = author.filter(|one| one.on_list().is_some() || one.strength.may_hear());
    let Some(author) = hears else {
        return Ok(("rejected", WHY.to_owned()));
    };
    let (community, to) = (arrival.community.id, author.address.as_str());
    if !answers::may_go(tx, community, to, "closed", ctx.now(), PAUSE).await? {
        let why = format!("{WHY}; {to} was told so today");
        return Ok(("rejected", why));
    }
    let home = Home::of(ctx, arrival);
    let mail = HoldOutcome {
        community: arrival.community.name.clone(),
        subject: arrival.mail.subject.clone(),
        closed: true,
        archive_url: archive(&home),
        owner_address: home.address("owner"),
        ..HoldOutcome::default()
    };
    let letter = Letter {
        to: vec![(author.on_list().map(|member| member.id), to.to_owned())],
        in_reply_to: arrival.message.message_id.clone(),
        ..Letter::default()
    };
    compose::send(tx, ctx, arrival.community, &mail, &letter).await?;
    Ok(("rejected", format!("{WHY}; {to} is told so")))
}

/// Where the archive can be read by anybody; else empty.
pub fn archive(home: &Home<'_>) -> String {
    match home.charter.list.archive {
        ArchivePolicy::Public => links::front(&home.ctx.settings.base_url, &home.community.slug),
        _ => String::new(),
    }
}
