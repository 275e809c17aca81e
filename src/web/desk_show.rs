//! `/desk/TOKEN`: what waits for who runs a community. GET and HEAD change nothing.

use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;

use super::answer::{Found, Refusal, show as page, unkept};
use super::pages::desk::{BanRow, DeskPage, JoinRow};
use super::personal;
use super::{figure_show, hold_decide};
use crate::clock::moment;
use crate::context::Context;
use crate::lists::personal_link::{self, Kind, Opened};
use crate::lists::roles::{self, Act};
use crate::store::joinings::{self, Joining};
use crate::store::members::Member;
use crate::store::standings::{self, Standing};
use crate::store::{self, Tx, holds};

/// So many posts and requests are shown; the rest once these are decided.
const MOST: i64 = 200;

/// Shows the desk.
pub(super) async fn show(
    State(ctx): State<Context>,
    Path(token): Path<String>,
    method: Method,
) -> Response {
    unkept(&ctx, look(&ctx, &token, &method).await)
}

async fn look(ctx: &Context, token: &str, method: &Method) -> Found<Response> {
    let Some(opened) = personal::look(ctx, Kind::Desk, token, method).await? else {
        return Ok(personal::ended(ctx));
    };
    let mut tx = ctx.read().await?;
    let member = owner(&mut tx, &opened).await?;
    let shown = view(&mut tx, ctx, (token, &opened), &member).await?;
    Ok(page(ctx, StatusCode::OK, &shown))
}

/// Whose desk it is.
pub(super) async fn owner(tx: &mut Tx, opened: &Opened) -> Found<Member> {
    let owner = personal_link::owner_of_desk(tx, opened).await;
    personal::unless_ended(owner)?.ok_or(Refusal::NotFound)
}

/// The desk as it is now.
pub(super) async fn view(
    tx: &mut Tx,
    ctx: &Context,
    (token, opened): (&str, &Opened),
    member: &Member,
) -> store::Result<DeskPage> {
    let community = opened.community.id;
    let posts = match roles::may(member, Act::DecidePosts) {
        true => holds::open(tx, community, MOST).await?,
        false => Vec::new(),
    };
    let who = match roles::may(member, Act::DecideJoins) {
        true => joinings::waiting(tx, community, MOST).await?,
        false => Vec::new(),
    };
    let is_cut = posts.len().max(who.len()) >= MOST as usize;
    let href = |id: i64| format!("/desk/{token}/hold/{id}");
    let posts = posts
        .iter()
        .map(|hold| hold_decide::row(hold, href(hold.intake_id)));
    let bans = standings::list(tx, community, "ban").await?;
    Ok(DeskPage {
        community: opened.community.name.clone(),
        action: format!("/desk/{token}"),
        told: Vec::new(),
        problem: String::new(),
        holds: posts.collect(),
        joins: who.iter().map(|who| join(token, who)).collect(),
        is_cut,
        figures: figure_show::panel(tx, ctx, (token, opened), member).await?,
        bans: bans.iter().map(ban).collect(),
        ends: moment(opened.ends_at).into(),
    })
}

fn join(token: &str, who: &Joining) -> JoinRow {
    JoinRow {
        href: format!("/desk/{token}/join/{}", who.id),
        address: who.address.clone(),
        name: who.name.clone(),
        is_proven: who.proven,
        at: moment(who.created_at).into(),
    }
}

fn ban(standing: &Standing) -> BanRow {
    BanRow {
        pattern: standing.pattern.clone(),
        reason: standing.reason.clone(),
        by: standing.decided_by.clone(),
        at: moment(standing.at).into(),
    }
}
