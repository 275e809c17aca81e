//! `/r/TOKEN`: a form that a mail leads to. Which one, the token says. GET and HEAD
//! change nothing; POST acts.

use axum::extract::{Form, Path, State};
use axum::response::Response;

use super::answer::{Refusal, unkept};
use super::{rsvp_form, survey_answer};
use crate::context::Context;
use crate::identity::tokens::Purpose;
use crate::sessions::rsvp;

/// The names and values of a form.
pub(super) type Fields = Vec<(String, String)>;

/// What a token opens.
enum Opens {
    /// The answer to an invitation.
    Rsvp,
    /// Somebody's answer in a survey.
    Survey,
    Nothing,
}

fn opens(ctx: &Context, token: &str) -> Opens {
    if rsvp::page::is_ours(ctx, token) {
        return Opens::Rsvp;
    }
    match ctx.secret.verify(Purpose::Survey, token) {
        Some(_) => Opens::Survey,
        None => Opens::Nothing,
    }
}

/// Shows the form.
pub(super) async fn show(State(ctx): State<Context>, Path(token): Path<String>) -> Response {
    let found = match opens(&ctx, &token) {
        Opens::Rsvp => rsvp_form::show(&ctx, &token).await,
        Opens::Survey => survey_answer::show(&ctx, &token).await,
        Opens::Nothing => Err(Refusal::NotFound),
    };
    unkept(&ctx, found)
}

/// Does what the form says.
pub(super) async fn act(
    State(ctx): State<Context>,
    Path(token): Path<String>,
    Form(fields): Form<Fields>,
) -> Response {
    let found = match opens(&ctx, &token) {
        Opens::Rsvp => rsvp_form::act(&ctx, &token, &fields).await,
        Opens::Survey => survey_answer::act(&ctx, &token, &fields).await,
        Opens::Nothing => Err(Refusal::NotFound),
    };
    unkept(&ctx, found)
}
