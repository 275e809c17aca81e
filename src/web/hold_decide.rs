//! `/hold/TOKEN`: a post that waits, and a button for each decision. GET and HEAD
//! change nothing; POST acts. A token of a mail about several posts opens a list, and
//! each of them at `/hold/TOKEN/ID`. A desk has the same at `/desk/TOKEN/hold/ID`.

use axum::extract::{Form, Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;

use super::answer::{Found, Refusal, field, show as page, unkept};
use super::pages::hold::{HoldDone, HoldForm, HoldList, HoldRow};
use super::pages::notice::Notice;
use super::pages::post::{Attachment, Body};
use super::personal;
use crate::clock::moment;
use crate::context::Context;
use crate::identity::Strength;
use crate::lists::moderation::desk::{self, Closed, Desk};
use crate::lists::moderation::{By, Choice, Refused, decide, outcome_sentence, reasons};
use crate::lists::personal_link::{self, Kind};
use crate::message;
use crate::store::holds::{self, Hold};
use crate::store::{self, Tx, intake};

/// The longest reason, in characters.
const LONGEST_REASON: usize = 2_000;

/// The names and values of the form.
type Fields = Form<Vec<(String, String)>>;

/// Where a moderator decides: at the page of one mail's link, or at their desk.
struct Place<'a> {
    token: &'a str,
    is_desk: bool,
}

/// Shows the one post of a link, or the list of its posts.
pub(super) async fn show(State(ctx): State<Context>, Path(token): Path<String>) -> Response {
    unkept(&ctx, look(&ctx, &Place::of_mail(&token), None).await)
}

/// Shows one of several posts.
pub(super) async fn show_one(
    State(ctx): State<Context>,
    Path((token, id)): Path<(String, i64)>,
) -> Response {
    unkept(&ctx, look(&ctx, &Place::of_mail(&token), Some(id)).await)
}

/// Shows a post at a desk.
pub(super) async fn show_on_desk(
    State(ctx): State<Context>,
    Path((token, id)): Path<(String, i64)>,
    method: Method,
) -> Response {
    if let Err(refusal) = personal::look(&ctx, Kind::Desk, &token, &method).await {
        return unkept(&ctx, Err(refusal));
    }
    unkept(&ctx, look(&ctx, &Place::on_desk(&token), Some(id)).await)
}

/// Decides about the one post of a link.
pub(super) async fn act(
    State(ctx): State<Context>,
    Path(token): Path<String>,
    Form(fields): Fields,
) -> Response {
    unkept(
        &ctx,
        end(&ctx, &Place::of_mail(&token), None, &fields).await,
    )
}

/// Decides about one of several posts.
pub(super) async fn act_one(
    State(ctx): State<Context>,
    Path((token, id)): Path<(String, i64)>,
    Form(fields): Fields,
) -> Response {
    let place = Place::of_mail(&token);
    unkept(&ctx, end(&ctx, &place, Some(id), &fields).await)
}

/// Decides about a post at a desk.
pub(super) async fn act_on_desk(
    State(ctx): State<Context>,
    Path((token, id)): Path<(String, i64)>,
    Form(fields): Fields,
) -> Response {
    let place = Place::on_desk(&token);
    unkept(&ctx, end(&ctx, &place, Some(id), &fields).await)
}

impl Place<'_> {
    fn of_mail(token: &str) -> Place<'_> {
        let is_desk = false;
        Place { token, is_desk }
    }

    fn on_desk(token: &str) -> Place<'_> {
        let is_desk = true;
        Place { token, is_desk }
    }

    fn ended(&self) -> Notice {
        match self.is_desk {
            true => Notice::link_ended(),
            false => Notice::gone(),
        }
    }

    fn path(&self, desk: &Desk, hold: &Hold) -> String {
        let (token, id) = (self.token, hold.intake_id);
        match (self.is_desk, desk.holds.len()) {
            (true, _) => format!("/desk/{token}/hold/{id}"),
            (false, 1) => format!("/hold/{token}"),
            (false, _) => format!("/hold/{token}/{id}"),
        }
    }

    /// What it is one of, if it is.
    fn back(&self, desk: &Desk) -> Option<String> {
        match self.is_desk {
            true => Some(format!("/desk/{}", self.token)),
            false => (desk.holds.len() > 1).then(|| format!("/hold/{}", self.token)),
        }
    }
}

async fn look(ctx: &Context, place: &Place<'_>, id: Option<i64>) -> Found<Response> {
    let mut tx = ctx.read().await?;
    let Some(desk) = open(&mut tx, ctx, place, id).await? else {
        return Ok(page(ctx, StatusCode::GONE, &place.ended()));
    };
    match (id, desk.holds.as_slice()) {
        (None, [_, _, ..]) => Ok(list(ctx, place, &desk)),
        _ => one(&mut tx, ctx, place, &desk, pick(&desk, id)?).await,
    }
}

async fn end(
    ctx: &Context,
    place: &Place<'_>,
    id: Option<i64>,
    fields: &[(String, String)],
) -> Found<Response> {
    let Some(choice) = choice(fields) else {
        return Ok(page(ctx, StatusCode::BAD_REQUEST, &Notice::refused()));
    };
    let mut tx = ctx.write_durably().await?;
    let Some(desk) = open(&mut tx, ctx, place, id).await? else {
        return Ok(page(ctx, StatusCode::GONE, &place.ended()));
    };
    if place.is_desk {
        personal_link::note_use(&mut tx, ctx, place.token).await?;
    }
    let id = pick(&desk, id)?.intake_id;
    let by = By::moderator(&desk.moderator);
    let status = match decide(&mut tx, ctx, id, &choice, &by).await {
        Ok(()) => StatusCode::OK,
        Err(Refused::Gone(_)) => StatusCode::GONE,
        Err(Refused::Store(error)) => return Err(error.into()),
        Err(error) => {
            tracing::error!(%error, "a decision of a moderator cannot be carried out");
            return Ok(page(
                ctx,
                StatusCode::INTERNAL_SERVER_ERROR,
                &Notice::trouble(),
            ));
        }
    };
    let hold = holds::by_id(&mut tx, id).await?.ok_or(Refusal::NotFound)?;
    if status == StatusCode::OK {
        store::notify(&mut tx).await?;
        tx.commit().await?;
        ctx.bells.all();
    }
    Ok(page(ctx, status, &done(ctx, place, &desk, &hold)))
}

/// The link's content; `None` where its time is over.
async fn open(
    tx: &mut Tx,
    ctx: &Context,
    place: &Place<'_>,
    id: Option<i64>,
) -> Found<Option<Desk>> {
    let opened = match place.is_desk {
        true => on_desk(tx, ctx, place.token, id.unwrap_or_default()).await,
        false => desk::open(tx, ctx, place.token).await,
    };
    personal::unless_ended(opened)
}

async fn on_desk(tx: &mut Tx, ctx: &Context, token: &str, id: i64) -> Result<Desk, Closed> {
    let opened = personal_link::open(tx, ctx, Kind::Desk, token).await?;
    let moderator = personal_link::owner_of_desk(tx, &opened).await?;
    desk::with_one(tx, opened.community, moderator, id).await
}

/// The post that is meant: the one there is, or the one of that id.
fn pick(desk: &Desk, id: Option<i64>) -> Found<&Hold> {
    let found = match (id, desk.holds.as_slice()) {
        (None, [only]) => Some(only),
        (None, _) => None,
        (Some(id), all) => all.iter().find(|hold| hold.intake_id == id),
    };
    found.ok_or(Refusal::NotFound)
}

async fn one(
    tx: &mut Tx,
    ctx: &Context,
    place: &Place<'_>,
    desk: &Desk,
    hold: &Hold,
) -> Found<Response> {
    if hold.decided_at.is_some() {
        let shown = done(ctx, place, desk, hold);
        return Ok(page(ctx, StatusCode::GONE, &shown));
    }
    let raw = intake::message(tx, hold.raw_id).await?.raw;
    let read = tokio::task::spawn_blocking(move || message::parse(&raw)).await;
    let mail = read.unwrap_or_default();
    let attachments = mail.attachments.iter();
    let form = HoldForm {
        community: desk.community.name.clone(),
        subject: hold.subject.clone(),
        author: author(hold),
        is_proven: Strength::named(&hold.strength).may_change(),
        at: moment(hold.held_at).into(),
        until: moment(hold.expires_at).into(),
        reasons: reasons(hold),
        body: Body::new(&mail.text),
        attachments: attachments
            .map(|part| Attachment::new(&part.name, &part.media_type, part.size as u64))
            .collect(),
        action: place.path(desk, hold),
        back: place.back(desk),
    };
    Ok(page(ctx, StatusCode::OK, &form))
}

fn list(ctx: &Context, place: &Place<'_>, desk: &Desk) -> Response {
    let open = desk.holds.iter().filter(|hold| hold.decided_at.is_none());
    let rows: Vec<_> = open.map(|hold| row(hold, place.path(desk, hold))).collect();
    let status = match rows.is_empty() {
        true => StatusCode::GONE,
        false => StatusCode::OK,
    };
    let shown = HoldList {
        community: desk.community.name.clone(),
        rows,
    };
    page(ctx, status, &shown)
}

/// A post in a list.
pub(super) fn row(hold: &Hold, href: String) -> HoldRow {
    HoldRow {
        href,
        subject: hold.subject.clone(),
        author: author(hold),
        at: moment(hold.held_at).into(),
        reasons: reasons(hold).join("; "),
    }
}

fn done(ctx: &Context, place: &Place<'_>, desk: &Desk, hold: &Hold) -> HoldDone {
    HoldDone {
        community: desk.community.name.clone(),
        subject: hold.subject.clone(),
        outcome: outcome_sentence(ctx, &desk.community, hold),
        reason: hold.reason.clone(),
        back: place.back(desk),
    }
}

fn author(hold: &Hold) -> String {
    match (hold.author_name.as_str(), hold.author.as_str()) {
        ("", "") => "(unknown)".to_owned(),
        ("", address) => address.to_owned(),
        (name, address) => format!("{name} <{address}>"),
    }
}

fn choice(fields: &[(String, String)]) -> Option<Choice> {
    let reason = || field(fields, "reason").chars().take(LONGEST_REASON);
    Some(match field(fields, "choice") {
        "accept" => Choice::Accept,
        "reject" => Choice::Reject(reason().collect()),
        "discard" => Choice::Discard,
        "trust" => Choice::Trust,
        "ban" => Choice::Ban,
        _ => return None,
    })
}
