//! `/join/TOKEN`: somebody who waits to be let in, and a button for each decision.
//! GET and HEAD change nothing; POST acts. A desk has the same at
//! `/desk/TOKEN/join/ID`.

use axum::extract::{Form, Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;

use super::answer::{Found, field, show as page, unkept};
use super::pages::joining::{JoinDone, JoinForm};
use super::pages::notice::Notice;
use super::personal;
use crate::clock::moment;
use crate::context::Context;
use crate::lists::home::Home;
use crate::lists::joining::Verdict;
use crate::lists::joining::decision::{self, Opened};
use crate::lists::moderation::desk::Closed;
use crate::lists::personal_link::{self, Kind};
use crate::message::oneline::oneline;
use crate::outbox::compose;
use crate::store::joinings::{self, Joining};
use crate::store::{self, Tx};

/// The longest reason, in characters.
const LONGEST_REASON: usize = 2_000;

/// The names and values of the form.
type Fields = Form<Vec<(String, String)>>;

/// Where a moderator decides: by the link of a mail, or about one request at a desk.
enum Place<'a> {
    Mail(&'a str),
    Desk(&'a str, i64),
}

impl Place<'_> {
    fn path(&self) -> String {
        match self {
            Place::Mail(token) => format!("/join/{token}"),
            Place::Desk(token, id) => format!("/desk/{token}/join/{id}"),
        }
    }

    fn back(&self) -> Option<String> {
        match self {
            Place::Mail(_) => None,
            Place::Desk(token, _) => Some(format!("/desk/{token}")),
        }
    }
}

/// Shows who waits.
pub(super) async fn show(State(ctx): State<Context>, Path(token): Path<String>) -> Response {
    unkept(&ctx, look(&ctx, &Place::Mail(&token)).await)
}

/// Shows who waits, at a desk.
pub(super) async fn show_on_desk(
    State(ctx): State<Context>,
    Path((token, id)): Path<(String, i64)>,
    method: Method,
) -> Response {
    if let Err(refusal) = personal::look(&ctx, Kind::Desk, &token, &method).await {
        return unkept(&ctx, Err(refusal));
    }
    unkept(&ctx, look(&ctx, &Place::Desk(&token, id)).await)
}

/// Decides.
pub(super) async fn act(
    State(ctx): State<Context>,
    Path(token): Path<String>,
    Form(fields): Fields,
) -> Response {
    unkept(&ctx, decide(&ctx, &Place::Mail(&token), &fields).await)
}

/// Decides, at a desk.
pub(super) async fn act_on_desk(
    State(ctx): State<Context>,
    Path((token, id)): Path<(String, i64)>,
    Form(fields): Fields,
) -> Response {
    unkept(&ctx, decide(&ctx, &Place::Desk(&token, id), &fields).await)
}

async fn look(ctx: &Context, place: &Place<'_>) -> Found<Response> {
    let mut tx = ctx.read().await?;
    let Some(opened) = open(&mut tx, ctx, place).await? else {
        return Ok(personal::ended(ctx));
    };
    let who = &opened.who;
    if !waits(who) {
        return Ok(done(ctx, StatusCode::GONE, place, &opened, who));
    }
    let form = JoinForm {
        community: opened.community.name.clone(),
        address: who.address.clone(),
        name: who.name.clone(),
        is_proven: who.proven,
        words: who.words.lines().map(str::to_owned).collect(),
        at: moment(who.created_at).into(),
        until: moment(who.expires_at).into(),
        action: place.path(),
        back: place.back(),
    };
    Ok(page(ctx, StatusCode::OK, &form))
}

async fn decide(ctx: &Context, place: &Place<'_>, fields: &[(String, String)]) -> Found<Response> {
    let Some(verdict) = verdict(fields) else {
        return Ok(page(ctx, StatusCode::BAD_REQUEST, &Notice::refused()));
    };
    let mut tx = ctx.write_durably().await?;
    let Some(opened) = open(&mut tx, ctx, place).await? else {
        return Ok(personal::ended(ctx));
    };
    if let Place::Desk(token, _) = place {
        personal_link::note_use(&mut tx, ctx, token).await?;
    }
    match carry_out(&mut tx, ctx, &opened, verdict).await {
        Ok(is_first) => {
            let found = joinings::by_id(&mut tx, opened.who.id).await?;
            let who = found.unwrap_or_else(|| opened.who.clone());
            store::notify(&mut tx).await?;
            tx.commit().await?;
            ctx.bells.all();
            let status = match is_first {
                true => StatusCode::OK,
                false => StatusCode::GONE,
            };
            Ok(done(ctx, status, place, &opened, &who))
        }
        Err(compose::Error::Store(error)) => Err(error.into()),
        Err(error) => {
            tracing::error!(%error, "a decision about a request to join cannot be carried out");
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            Ok(page(ctx, status, &Notice::trouble()))
        }
    }
}

async fn carry_out(
    tx: &mut Tx,
    ctx: &Context,
    opened: &Opened,
    verdict: Verdict,
) -> Result<bool, compose::Error> {
    let charter = ctx.charter(&opened.community).ok_or_else(|| {
        compose::Error::Aside("the charter cannot be read; run `folkmoot check`".into())
    })?;
    let home = Home {
        ctx,
        community: &opened.community,
        charter: &charter,
    };
    decision::decide(tx, &home, opened.who.id, &opened.moderator, verdict).await
}

/// What the link opens; `None` where its time is over.
async fn open(tx: &mut Tx, ctx: &Context, place: &Place<'_>) -> Found<Option<Opened>> {
    personal::unless_ended(match place {
        Place::Mail(token) => decision::open(tx, ctx, token).await,
        Place::Desk(token, id) => on_desk(tx, ctx, token, *id).await,
    })
}

async fn on_desk(tx: &mut Tx, ctx: &Context, token: &str, id: i64) -> Result<Opened, Closed> {
    let opened = personal_link::open(tx, ctx, Kind::Desk, token).await?;
    let moderator = personal_link::owner_of_desk(tx, &opened).await?;
    decision::request(tx, opened.community, moderator, id).await
}

fn waits(who: &Joining) -> bool {
    who.is_open() && who.stage == "approve"
}

fn done(
    ctx: &Context,
    status: StatusCode,
    place: &Place<'_>,
    opened: &Opened,
    who: &Joining,
) -> Response {
    let shown = JoinDone {
        community: opened.community.name.clone(),
        address: who.address.clone(),
        outcome: outcome(who),
        back: place.back(),
    };
    page(ctx, status, &shown)
}

fn outcome(who: &Joining) -> String {
    let (address, by) = (&who.address, &who.decided_by);
    match who.stage.as_str() {
        "joined" => format!("{address} has joined: {by}."),
        "rejected" => format!("{address} was not let in: decided by {by}."),
        "expired" => "Nobody decided in time; the request was dropped.".to_owned(),
        "declined" => format!("{address} has said no to it."),
        _ => "This request does not wait for a moderator any more.".to_owned(),
    }
}

fn verdict(fields: &[(String, String)]) -> Option<Verdict> {
    let reason = || oneline(field(fields, "reason"));
    Some(match field(fields, "choice") {
        "accept" => Verdict::Accept,
        "reject" => Verdict::Reject(reason().chars().take(LONGEST_REASON).collect()),
        "discard" => Verdict::Discard,
        "ban" => Verdict::Ban,
        _ => return None,
    })
}
