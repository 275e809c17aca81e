//! `/me/`: has a link to one's own page mailed. What is answered is the same whether
//! the address is known or not, so that nobody learns who is a member.

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::answer::{Found, field, show as page, unkept};
use super::pages::person::LinkForm;
use crate::context::Context;
use crate::lists::home::Home;
use crate::lists::personal_link::{self, Kind};
use crate::message::address;
use crate::outbox::compose;
use crate::store::members::{self, Member};
use crate::store::{self, Tx, communities};

/// So many links a day are sent to an address from here: anybody may enter it.
const MOST_A_DAY: usize = 1;

/// The form, wherever it was looked for.
pub(super) async fn lead() -> Redirect {
    Redirect::permanent("/me/")
}

/// The form.
pub(super) async fn show(State(ctx): State<Context>) -> Response {
    let form = LinkForm {
        is_asked: false,
        is_wrong: false,
        address: String::new(),
    };
    page(&ctx, StatusCode::OK, &form)
}

/// Has a link sent, if there is whom to send it to.
pub(super) async fn ask(
    State(ctx): State<Context>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let given = field(&fields, "address").trim();
    let answer = match address::normalise(given) {
        Some(address) => asked(&ctx, &address).await,
        None => Ok(wrong(&ctx, given)),
    };
    unkept(&ctx, answer)
}

fn wrong(ctx: &Context, given: &str) -> Response {
    let form = LinkForm {
        is_asked: false,
        is_wrong: true,
        address: given.chars().take(254).collect(),
    };
    page(ctx, StatusCode::BAD_REQUEST, &form)
}

async fn asked(ctx: &Context, address: &str) -> Found<Response> {
    let mut tx = ctx.write_durably().await?;
    match send(&mut tx, ctx, address).await {
        Ok(()) => {
            store::notify(&mut tx).await?;
            tx.commit().await?;
            ctx.bells.all();
        }
        Err(compose::Error::Store(error)) => return Err(error.into()),
        Err(error) => tracing::error!(%error, "a link to somebody's own page cannot be sent"),
    }
    let done = LinkForm {
        is_asked: true,
        is_wrong: false,
        address: String::new(),
    };
    Ok(page(ctx, StatusCode::OK, &done).into_response())
}

async fn send(tx: &mut Tx, ctx: &Context, address: &str) -> Result<(), compose::Error> {
    let mut all = members::of_address(tx, address).await?;
    // A community in which they are is a better sender than one that they have left.
    all.sort_by_key(|member| !member.on_list());
    for member in all {
        let community = communities::by_id(tx, member.community_id).await?;
        let Some(charter) = ctx.charter(&community) else {
            continue;
        };
        let home = Home {
            ctx,
            community: &community,
            charter: &charter,
        };
        let to = (own(&member, address), address);
        personal_link::send(tx, &home, Kind::Me, to, "", MOST_A_DAY).await?;
        return Ok(());
    }
    Ok(())
}

/// The member, where it is their address there.
fn own(member: &Member, address: &str) -> Option<i64> {
    (member.address == address).then_some(member.id)
}
