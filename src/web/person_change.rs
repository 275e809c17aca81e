//! `/me/TOKEN`, POST: does what a form of the page asks for, by the functions that
//! do it for a mail, and sends the browser back to the page.

use axum::extract::{Form, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::answer::{Found, field, show as page, unkept};
use super::pages::notice::Notice;
use super::person_said::Keys;
use super::{person_mails, person_view, personal, visitor};
use crate::context::Context;
use crate::lists::commands::change::change as change_setting;
use crate::lists::commands::{confirmation, settings};
use crate::lists::home::Home;
use crate::lists::personal_link::{self, Kind, Opened};
use crate::lists::{choices, leaving, membership};
use crate::message::words::{Delivery, Word};
use crate::outbox::compose::{self, Letter};
use crate::sessions::feed;
use crate::store::members::{self, Member};
use crate::store::{self, Tx, communities};
use crate::trail::Step;

/// How the trail tells where it was asked for.
const WAY: &str = "on their own page";

/// So many links to a desk a day go to one address from here.
const MOST_LINKS: usize = 20;

/// The names and values of a form.
type Fields = [(String, String)];

/// Why a form is not obeyed.
enum Refused {
    /// No form of the page says so.
    Nonsense,
    /// It should have worked.
    Failed(compose::Error),
}

impl From<compose::Error> for Refused {
    fn from(error: compose::Error) -> Refused {
        Refused::Failed(error)
    }
}

impl From<sqlx::Error> for Refused {
    fn from(error: sqlx::Error) -> Refused {
        Refused::Failed(error.into())
    }
}

/// Does it.
pub(super) async fn change(
    State(ctx): State<Context>,
    Path(token): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    unkept(&ctx, act(&ctx, &token, &fields).await)
}

async fn act(ctx: &Context, token: &str, fields: &Fields) -> Found<Response> {
    let mut tx = ctx.write_durably().await?;
    let Some(opened) = personal::open(&mut tx, ctx, Kind::Me, token).await? else {
        return Ok(personal::ended(ctx));
    };
    personal_link::note_use(&mut tx, ctx, token).await?;
    let done = match field(fields, "do") {
        "read" => read(&mut tx, ctx, &opened, fields).await,
        _ => obey(&mut tx, ctx, &opened, fields)
            .await
            .map(|keys| Redirect::to(&keys.address(token)).into_response()),
    };
    match done {
        Ok(answer) => {
            store::notify(&mut tx).await?;
            tx.commit().await?;
            ctx.bells.all();
            Ok(answer)
        }
        Err(Refused::Nonsense) => Ok(page(ctx, StatusCode::BAD_REQUEST, &Notice::refused())),
        Err(Refused::Failed(compose::Error::Store(error))) => Err(error.into()),
        Err(Refused::Failed(error)) => {
            tracing::error!(%error, "what was asked for on somebody's own page cannot be done");
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            Ok(page(ctx, status, &Notice::trouble()))
        }
    }
}

async fn obey(
    tx: &mut Tx,
    ctx: &Context,
    opened: &Opened,
    fields: &Fields,
) -> Result<Keys, Refused> {
    if field(fields, "do") == "erase" {
        return erase(tx, ctx, opened).await;
    }
    if let what @ ("mail-stop" | "mail-start" | "mail-less" | "mail-more") = field(fields, "do") {
        let done = person_mails::change(tx, ctx, opened, what, field(fields, "name")).await?;
        return Ok(Keys {
            done: vec![done.ok_or(Refused::Nonsense)?],
            ..Keys::default()
        });
    }
    let member = member(tx, opened, fields).await?;
    let community = communities::by_id(tx, member.community_id).await?;
    let charter = ctx.charter(&community).ok_or(Refused::Nonsense)?;
    let home = Home {
        ctx,
        community: &community,
        charter: &charter,
    };
    let mut keys = Keys {
        member: Some(member.id),
        ..Keys::default()
    };
    match field(fields, "do") {
        "leave" => {
            leaving::at_once(tx, &home, member, WAY).await?;
            keys.done.push("left");
        }
        "desk" if personal_link::has_desk(&member) => {
            let to = (Some(member.id), member.address.as_str());
            let sent = personal_link::send(tx, &home, Kind::Desk, to, "", MOST_LINKS).await?;
            keys.done.push(if sent { "desk" } else { "enough" });
        }
        _ if !member.on_list() => return Err(Refused::Nonsense),
        "feed" => {
            feed::renew(tx, ctx, &member, WAY).await?;
            keys.done.push("feed");
        }
        what @ ("unmute" | "unfollow") => thread(tx, ctx, &member, what, fields, &mut keys).await?,
        _ => {
            let words = words(&member, fields)?;
            set(tx, &home, member, words, &mut keys).await?;
        }
    }
    Ok(keys)
}

/// Lets the browser into the archive of a community as its member, and leads it there.
async fn read(
    tx: &mut Tx,
    ctx: &Context,
    opened: &Opened,
    fields: &Fields,
) -> Result<Response, Refused> {
    let member = member(tx, opened, fields).await?;
    let community = communities::by_id(tx, member.community_id).await?;
    if !member.on_list() {
        return Err(Refused::Nonsense);
    }
    let step = Step::of_person(Some(community.id), &member.address, ctx.now());
    step.record(tx, "archive", "opened", WAY).await?;
    let cookie = visitor::let_in(ctx, &community.slug, &member);
    let to = Redirect::to(&format!("/c/{}/", community.slug));
    Ok(([(header::SET_COOKIE, cookie)], to).into_response())
}

/// The member whose form it is, who must be the link's owner; read for a change.
async fn member(tx: &mut Tx, opened: &Opened, fields: &Fields) -> Result<Member, Refused> {
    let id = field(fields, "member").parse();
    let found = members::by_id(tx, id.map_err(|_| Refused::Nonsense)?).await?;
    let found = found.filter(|member| member.person_id == opened.person);
    let found = found.ok_or(Refused::Nonsense)?;
    let current = membership::for_change(tx, found.community_id, &found.address).await?;
    let is_here = |member: &Member| member.state != "left" && member.state != "pending";
    current
        .filter(|member| member.person_id == opened.person)
        .filter(is_here)
        .ok_or(Refused::Nonsense)
}

/// What a form asks for, in the words in which a mail would.
fn words(member: &Member, fields: &Fields) -> Result<Vec<Word>, Refused> {
    Ok(match field(fields, "do") {
        "save" => differences(member, fields),
        "resume" => vec![Word::Resume],
        "pause" => match field(fields, "until").trim() {
            "" => vec![Word::Pause],
            // A day that is none is told like one that has passed.
            day => vec![Word::PauseUntil(day.parse().unwrap_or_default())],
        },
        _ => return Err(Refused::Nonsense),
    })
}

/// The settings that are not as they were.
fn differences(member: &Member, fields: &Fields) -> Vec<Word> {
    let mut words = Vec::new();
    let wanted = field(fields, "delivery");
    if wanted != person_view::delivery(member) {
        words.extend(delivery(wanted));
    }
    let (own, copies) = (field(fields, "own"), field(fields, "copies"));
    if (own == "on") != (member.own != 0) {
        words.push(Word::SetOwn(own == "on"));
    }
    if (copies == "on") != (member.copies != 0) {
        words.push(Word::SetCopies(copies == "on"));
    }
    let chosen = fields.iter().filter(|(name, _)| name == "topic");
    let mut chosen: Vec<String> = chosen.map(|(_, value)| value.clone()).collect();
    let mut before: Vec<&str> = member.topics.split(',').collect();
    before.retain(|name| !name.is_empty());
    before.sort_unstable();
    chosen.sort_unstable();
    chosen.dedup();
    if chosen != before {
        words.push(Word::SetTopics(chosen));
    }
    words
}

fn delivery(name: &str) -> Option<Word> {
    Some(match name {
        "each" => Word::SetDelivery(Delivery::Each),
        "digest" => Word::SetDelivery(Delivery::Digest),
        "digest-mime" => Word::SetMimeDigest,
        "headlines" => Word::SetDelivery(Delivery::Headlines),
        "none" => Word::SetDelivery(Delivery::None),
        _ => return None,
    })
}

async fn set(
    tx: &mut Tx,
    home: &Home<'_>,
    mut member: Member,
    words: Vec<Word>,
    keys: &mut Keys,
) -> Result<(), Refused> {
    for word in &words {
        let done = change_setting(tx, home.ctx, home.charter, &mut member, word, WAY).await?;
        match done.ok_or(Refused::Nonsense)? {
            settings::Set::Done(phrase) => keys.done.push(phrase.key),
            settings::Set::Refused(phrase) => keys.refused.push(phrase.key),
        }
    }
    if words.is_empty() {
        keys.done.push("nothing");
    }
    Ok(())
}

async fn thread(
    tx: &mut Tx,
    ctx: &Context,
    member: &Member,
    what: &str,
    fields: &Fields,
    keys: &mut Keys,
) -> Result<(), Refused> {
    let id = field(fields, "thread").parse();
    let id = id.map_err(|_| Refused::Nonsense)?;
    let (was, key) = match what {
        "unmute" => (choices::unmute(tx, ctx, member, id).await?, "unmuted"),
        _ => (choices::unfollow(tx, ctx, member, id).await?, "unfollowed"),
    };
    keys.thread = Some(id);
    keys.done.push(if was { key } else { "nothing" });
    Ok(())
}

/// Nothing goes before the owner of the address has said yes to the mail.
async fn erase(tx: &mut Tx, ctx: &Context, opened: &Opened) -> Result<Keys, Refused> {
    let charter = ctx.charter(&opened.community).ok_or(Refused::Nonsense)?;
    let home = Home {
        ctx,
        community: &opened.community,
        charter: &charter,
    };
    let letter = Letter {
        to: vec![(None, opened.address.clone())],
        ..Letter::default()
    };
    let (outcome, _) = confirmation::ask_erasure(tx, &home, &opened.address, letter).await?;
    let key = match outcome {
        "command" => "erase",
        _ => "enough",
    };
    Ok(Keys {
        done: vec![key],
        ..Keys::default()
    })
}
