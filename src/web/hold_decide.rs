//! `/hold/TOKEN`: a post that waits, and a button for each decision. GET and HEAD
//! change nothing; POST acts. A token of a mail about several posts opens a list, and
//! each of them at `/hold/TOKEN/ID`.

use axum::extract::{Form, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::answer::{Found, Refusal, refuse, show as page};
use super::pages::hold::{HoldDone, HoldForm, HoldList, HoldRow};
use super::pages::notice::Notice;
use super::pages::post::{Attachment, Body};
use crate::clock::moment;
use crate::context::Context;
use crate::lists::moderation::desk::{self, Closed, Desk};
use crate::lists::moderation::{By, Choice, Refused, decide, outcome_sentence, reasons};
use crate::message;
use crate::store::holds::{self, Hold};
use crate::store::{self, Tx, intake};

/// The longest reason, in characters.
const LONGEST_REASON: usize = 2_000;

/// The names and values of the form.
type Fields = Form<Vec<(String, String)>>;

/// Shows the one post of a link, or the list of its posts.
pub(super) async fn show(State(ctx): State<Context>, Path(token): Path<String>) -> Response {
    unkept(look(&ctx, &token, None).await, &ctx)
}

/// Shows one of several posts.
pub(super) async fn show_one(
    State(ctx): State<Context>,
    Path((token, id)): Path<(String, i64)>,
) -> Response {
    unkept(look(&ctx, &token, Some(id)).await, &ctx)
}

/// Decides about the one post of a link.
pub(super) async fn act(
    State(ctx): State<Context>,
    Path(token): Path<String>,
    Form(fields): Fields,
) -> Response {
    unkept(end(&ctx, &token, None, &fields).await, &ctx)
}

/// Decides about one of several posts.
pub(super) async fn act_one(
    State(ctx): State<Context>,
    Path((token, id)): Path<(String, i64)>,
    Form(fields): Fields,
) -> Response {
    unkept(end(&ctx, &token, Some(id), &fields).await, &ctx)
}

async fn look(ctx: &Context, token: &str, id: Option<i64>) -> Found<Response> {
    let mut tx = ctx.read().await?;
    let Some(desk) = open(&mut tx, ctx, token).await? else {
        return Ok(page(ctx, StatusCode::GONE, &Notice::gone()));
    };
    match (id, desk.holds.as_slice()) {
        (None, [_, _, ..]) => Ok(list(ctx, token, &desk)),
        _ => one(&mut tx, ctx, token, &desk, pick(&desk, id)?).await,
    }
}

async fn end(
    ctx: &Context,
    token: &str,
    id: Option<i64>,
    fields: &[(String, String)],
) -> Found<Response> {
    let Some(choice) = choice(fields) else {
        return Ok(page(ctx, StatusCode::BAD_REQUEST, &Notice::refused()));
    };
    let mut tx = ctx.write_durably().await?;
    let Some(desk) = open(&mut tx, ctx, token).await? else {
        return Ok(page(ctx, StatusCode::GONE, &Notice::gone()));
    };
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
    Ok(page(ctx, status, &done(ctx, token, &desk, &hold)))
}

/// The link's content; `None` where its time is over.
async fn open(tx: &mut Tx, ctx: &Context, token: &str) -> Found<Option<Desk>> {
    match desk::open(tx, ctx, token).await {
        Ok(desk) => Ok(Some(desk)),
        Err(Closed::Ended) => Ok(None),
        Err(Closed::Unknown) => Err(Refusal::NotFound),
        Err(Closed::Store(error)) => Err(error.into()),
    }
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

async fn one(tx: &mut Tx, ctx: &Context, token: &str, desk: &Desk, hold: &Hold) -> Found<Response> {
    if hold.decided_at.is_some() {
        let shown = done(ctx, token, desk, hold);
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
        is_proven: hold.strength != "bare",
        at: moment(hold.held_at).into(),
        until: moment(hold.expires_at).into(),
        reasons: reasons(hold),
        body: Body::new(&mail.text),
        attachments: attachments
            .map(|part| Attachment::new(&part.name, &part.media_type, part.size as u64))
            .collect(),
        action: path(token, desk, hold),
        back: back(token, desk),
    };
    Ok(page(ctx, StatusCode::OK, &form))
}

fn list(ctx: &Context, token: &str, desk: &Desk) -> Response {
    let open = desk.holds.iter().filter(|hold| hold.decided_at.is_none());
    let rows: Vec<_> = open
        .map(|hold| HoldRow {
            href: path(token, desk, hold),
            subject: hold.subject.clone(),
            author: author(hold),
            at: moment(hold.held_at).into(),
            reasons: reasons(hold).join("; "),
        })
        .collect();
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

fn done(ctx: &Context, token: &str, desk: &Desk, hold: &Hold) -> HoldDone {
    HoldDone {
        community: desk.community.name.clone(),
        subject: hold.subject.clone(),
        outcome: outcome_sentence(ctx, &desk.community, hold),
        reason: hold.reason.clone(),
        back: back(token, desk),
    }
}

fn path(token: &str, desk: &Desk, hold: &Hold) -> String {
    match desk.holds.len() {
        1 => format!("/hold/{token}"),
        _ => format!("/hold/{token}/{}", hold.intake_id),
    }
}

fn back(token: &str, desk: &Desk) -> Option<String> {
    (desk.holds.len() > 1).then(|| format!("/hold/{token}"))
}

fn author(hold: &Hold) -> String {
    match (hold.author_name.as_str(), hold.author.as_str()) {
        ("", "") => "(unknown)".to_owned(),
        ("", address) => address.to_owned(),
        (name, address) => format!("{name} <{address}>"),
    }
}

fn choice(fields: &[(String, String)]) -> Option<Choice> {
    let value = |wanted: &str| {
        let field = fields.iter().find(|(name, _)| name == wanted);
        field.map_or("", |(_, value)| value.as_str())
    };
    let reason = || value("reason").chars().take(LONGEST_REASON).collect();
    Some(match value("choice") {
        "accept" => Choice::Accept,
        "reject" => Choice::Reject(reason()),
        "discard" => Choice::Discard,
        "trust" => Choice::Trust,
        "ban" => Choice::Ban,
        _ => return None,
    })
}

/// Somebody's mail stands in it: nobody keeps it.
fn unkept(found: Found<Response>, ctx: &Context) -> Response {
    let answer = found.unwrap_or_else(|refusal| refuse(ctx, refusal));
    ([(header::CACHE_CONTROL, "no-store")], answer).into_response()
}
