//! The part of a person's own page about mail that is neither posts nor answers: a
//! switch for each kind that they can stop, made from the catalogue.

use super::pages::person::{MailSwitch, Mails};
use crate::context::Context;
use crate::lists::commands::programme::{self, Who};
use crate::lists::personal_link::Opened;
use crate::outbox::catalogue::{self, CATALOGUE, Class, Entry};
use crate::store::members::Member;
use crate::store::{self, Tx, offers, people};

/// How the trail tells where it was asked for.
const WAY: &str = "on their own page";

/// The switches as they stand.
pub(super) async fn view(
    tx: &mut Tx,
    opened: &Opened,
    memberships: &[Member],
) -> store::Result<Mails> {
    let stopped = people::stopped(tx, opened.person).await?;
    let halved = offers::halved(tx, &opened.address).await?;
    let shown = CATALOGUE
        .iter()
        .filter(|entry| concerns(entry, memberships));
    let switches = shown.map(|entry| MailSwitch {
        name: entry.name.to_owned(),
        trigger: entry.trigger.to_owned(),
        is_stopped: stopped.iter().any(|name| name == entry.name),
    });
    Ok(Mails {
        switches: switches.collect(),
        days: if halved > 0 { 7 << halved.min(8) } else { 0 },
        is_least: halved >= programme::MOST_HALVED,
    })
}

/// Whether somebody may get that mail at all: what comes of a role goes to who has one.
fn concerns(entry: &Entry, memberships: &[Member]) -> bool {
    let mut roles = memberships.iter().flat_map(Member::roles);
    match entry.class {
        Class::Programme => true,
        Class::Role => roles.any(|role| !matches!(role, "member" | "listener")),
        Class::Transactional | Class::Conversation => false,
    }
}

/// Turns one of the switches; `None` where there is none of that name.
pub(super) async fn change(
    tx: &mut Tx,
    ctx: &Context,
    opened: &Opened,
    what: &str,
    name: &str,
) -> store::Result<Option<&'static str>> {
    let who = Who {
        person: opened.person,
        address: &opened.address,
        community: None,
    };
    let entry = catalogue::by_name(name).filter(|entry| entry.can_be_stopped());
    match (what, entry) {
        ("mail-less", _) => drop(programme::halve(tx, ctx, &who, WAY).await?),
        ("mail-more", _) => programme::restore(tx, ctx, &who, WAY).await?,
        ("mail-stop", Some(entry)) => programme::stop(tx, ctx, &who, entry.name, WAY).await?,
        ("mail-start", Some(entry)) => programme::start(tx, ctx, &who, entry.name, WAY).await?,
        _ => return Ok(None),
    }
    Ok(Some(match what {
        "mail-less" => "mail-less",
        "mail-more" => "mail-more",
        "mail-stop" => "mail-stop",
        _ => "mail-start",
    }))
}
