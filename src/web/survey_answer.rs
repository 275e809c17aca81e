//! `/r/TOKEN` of a survey: GET shows the form and changes nothing, POST takes the answer,
//! which is sealed before it is stored. Nothing of it is logged.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::answer::{Found, Refusal, field, show as page};
use super::pages::survey::{Choice, Question, SurveyDone, SurveyForm};
use crate::config::Charter;
use crate::config::survey::Kind;
use crate::context::Context;
use crate::identity::tokens::{Purpose, hash};
use crate::practice::solution_check;
use crate::store::communities::{self, Community};
use crate::store::members::{self, Member};
use crate::store::surveys::{self, Invitee};
use crate::store::{Tx, posts, tokens};
use crate::surveys::answers::{self, Answer, LONGEST_COMMENT, Leave};
use crate::surveys::{Asked, answering, ask, session_rating};
use crate::templates::Phrase;
use std::sync::Arc;

/// Whose page it is.
struct Place {
    community: Community,
    charter: Arc<Charter>,
    asked: Asked,
    invitee: Invitee,
    member: Member,
    /// What it is about: a question's subject, a session; or empty.
    about: String,
}

/// Shows the form.
pub(super) async fn show(ctx: &Context, token: &str) -> Found<Response> {
    let place = find(&mut ctx.read().await?, ctx, token).await?;
    let form = form(ctx, &place, token, &[]);
    Ok(page(ctx, StatusCode::OK, &form))
}

/// Takes an answer; a later one takes its place.
pub(super) async fn act(
    ctx: &Context,
    token: &str,
    fields: &[(String, String)],
) -> Found<Response> {
    let mut tx = ctx.write_durably().await?;
    let found = find(&mut tx, ctx, token).await?;
    communities::lock(&mut tx, found.community.id).await?;
    // Read again behind the lock: the survey may be closing.
    let place = find(&mut tx, ctx, token).await?;
    let is_full = place.invitee.replies >= answering::MOST_REPLIES;
    let Some(answer) = read(&place.asked, fields).filter(|_| !is_full) else {
        let mut form = form(ctx, &place, token, fields);
        form.is_wrong = true;
        return Ok(page(ctx, StatusCode::BAD_REQUEST, &form).into_response());
    };
    answering::take(&mut tx, ctx, &place.asked, &place.invitee, &answer).await?;
    tx.commit().await?;
    let shown = form(ctx, &place, token, &[]);
    let done = SurveyDone {
        community: shown.community,
        survey: shown.survey,
        digits: place
            .asked
            .restated(&answer.digits, &place.charter.language),
        has_comment: !answer.comment.is_empty(),
        closes: shown.closes,
        action: shown.action,
    };
    Ok(page(ctx, StatusCode::OK, &done).into_response())
}

async fn find(tx: &mut Tx, ctx: &Context, token: &str) -> Found<Place> {
    let id = ctx.secret.verify(Purpose::Survey, token);
    let id = id.ok_or(Refusal::NotFound)?;
    // Somebody has shown it to a whole list.
    if tokens::is_revoked(tx, &hash(token)).await? {
        return Err(Refusal::NotFound);
    }
    let invitee = surveys::invitee(tx, id).await?.ok_or(Refusal::NotFound)?;
    let wave = surveys::by_id(tx, invitee.wave_id).await?;
    let asked = wave
        .filter(|wave| wave.state == "open")
        .and_then(Asked::of)
        .ok_or(Refusal::NotFound)?;
    let member = members::by_id(tx, invitee.member_id).await?;
    let member = member.filter(Member::on_list).ok_or(Refusal::NotFound)?;
    let community = communities::by_id(tx, asked.wave.community_id).await?;
    let charter = ctx.charter(&community).ok_or(Refusal::NotFound)?;
    let about = about(tx, &asked, &invitee).await?;
    Ok(Place {
        about,
        community,
        charter,
        asked,
        invitee,
        member,
    })
}

/// What it is about, where somebody may be asked about several things.
async fn about(tx: &mut Tx, asked: &Asked, invitee: &Invitee) -> Found<String> {
    let about = invitee.about.as_str();
    Ok(match (asked.wave.survey.as_str(), about.parse()) {
        (solution_check::NAME, Ok(id)) => {
            let post = posts::by_id(tx, id).await?;
            post.map_or_else(String::new, |post| post.subject)
        }
        (session_rating::NAME, _) => about.replace(' ', ", "),
        _ => String::new(),
    })
}

/// The answer in a form; `None` where a digit is missing or none of the scale.
fn read(asked: &Asked, fields: &[(String, String)]) -> Option<Answer> {
    let scale = asked.scale();
    let digit = |number: usize| {
        let digit = field(fields, &format!("q{number}")).trim().parse().ok()?;
        scale.has(digit).then_some(digit)
    };
    let digits: Option<Vec<u8>> = (1..=scale.items).map(digit).collect();
    let written = field(fields, "comment").trim();
    let leave_of = |first: &str| answers::leave(first);
    let below = written
        .split_once(['\r', '\n'])
        .filter(|(first, _)| leave_of(first) != Leave::None);
    let comment = below.map_or(written, |(_, rest)| rest.trim());
    let quoted = is_ticked(fields, "quote")
        || below.is_some_and(|(first, _)| leave_of(first) == Leave::Quote);
    let answer = Answer {
        digits: digits?,
        comment: comment.chars().take(LONGEST_COMMENT).collect(),
        shared: quoted || below.is_some() || is_ticked(fields, "share"),
        quoted,
    };
    Some(answer).filter(|answer| !scale.is_order || answers::is_order(&answer.digits))
}

fn is_ticked(fields: &[(String, String)], name: &str) -> bool {
    !field(fields, name).is_empty()
}

/// What stands above each field: the questions of a scale, what a choice is about, the
/// places of a ranking.
fn headings(ctx: &Context, place: &Place, items: &[String], about: &str) -> Vec<String> {
    let (language, slug) = (&place.charter.language, &place.community.slug);
    let at = |number: usize| {
        let phrase = Phrase::new("survey_place").with("number", number.to_string());
        ctx.templates.say(language, slug, &phrase)
    };
    match place.asked.survey.kind {
        Kind::Scale => items.to_vec(),
        Kind::Choice => vec![about.to_owned()],
        Kind::Ranking => (1..=place.asked.scale().items).map(at).collect(),
    }
}

fn form(ctx: &Context, place: &Place, token: &str, given: &[(String, String)]) -> SurveyForm {
    let home = (&place.community, &*place.charter);
    let mail = ask::mail(
        ctx,
        home,
        &place.asked,
        &place.member,
        place.invitee.counted,
    );
    let (scale, kind) = (place.asked.scale(), place.asked.survey.kind);
    let items: Vec<String> = mail.items.into_iter().map(|item| item.text).collect();
    let text = |digit: u8| {
        let option = items.get(usize::from(digit).saturating_sub(1));
        let option = option.filter(|_| kind != Kind::Scale);
        option.cloned().unwrap_or_else(|| digit.to_string())
    };
    let question = |number: usize, heading: String| {
        let chosen = field(given, &format!("q{number}")).trim().parse().ok();
        let choice = |digit: u8| Choice {
            digit,
            text: text(digit),
            is_chosen: chosen == Some(digit),
        };
        let digits = (0..=scale.highest).filter(|digit| scale.has(*digit));
        Question {
            number,
            text: heading,
            choices: digits.map(choice).collect(),
        }
    };
    let headings = headings(ctx, place, &items, &mail.about);
    // It stands above the options.
    let about = match kind {
        Kind::Choice => String::new(),
        Kind::Ranking => mail.about,
        Kind::Scale => place.about.clone(),
    };
    SurveyForm {
        community: mail.community,
        survey: mail.title,
        about,
        scale: mail.scale,
        is_scale: kind == Kind::Scale,
        is_numbered: kind == Kind::Scale && scale.items > 1,
        questions: (1..)
            .zip(headings)
            .map(|(number, heading)| question(number, heading))
            .collect(),
        open_question: mail.open_question,
        comment: field(given, "comment")
            .chars()
            .take(LONGEST_COMMENT)
            .collect(),
        is_shared: is_ticked(given, "share"),
        is_quoted: is_ticked(given, "quote"),
        comments_from: mail.comments_from,
        minimum: mail.minimum,
        closes: mail.closes,
        is_counted: mail.is_counted,
        is_wrong: false,
        action: format!("/r/{token}"),
        language: place.charter.language.clone(),
    }
}
