//! The mail with the results, to all members; to the facilitators with the comments.

use super::results::{self, IndexResult, Said};
use super::{Asked, open};
use crate::cadence::Running;
use crate::cadence::act::Reply;
use crate::lists::digest::reply::is_request;
use crate::lists::home::Home;
use crate::lists::{commands, owner, post};
use crate::outbox::compose::{self, Letter};
use crate::store::members::{self, Member};
use crate::store::{self, Tx};
use crate::templates::Phrase;
use crate::templates::mails::{SurveyLine, SurveyResults};

/// Its name in the catalogue.
pub const NAME: &str = "health-check-results";

/// Offers the results of a wave that has just closed; inside, why they cannot be composed.
///
/// # Errors
/// Where the database refuses.
pub async fn send(
    tx: &mut Tx,
    act: &Running<'_>,
    asked: &Asked,
    comments: &[String],
) -> store::Result<Result<(), String>> {
    let all = members::of_community(tx, act.community.id).await?;
    let (run, others): (Vec<&Member>, Vec<&Member>) = all
        .iter()
        .filter(|member| open::is_asked(member))
        .partition(|member| member.has_role("facilitator"));
    let mut mail = mail(tx, act, asked).await?;
    let letter = |to: &[&Member]| Letter {
        to: to
            .iter()
            .map(|one| (Some(one.id), one.address.clone()))
            .collect(),
        ..Letter::default()
    };
    for (to, comments) in [(others, &[][..]), (run, comments)] {
        if to.is_empty() {
            continue;
        }
        mail.comments = comments.to_vec();
        match compose::send(tx, act.ctx, act.community, &mail, &letter(&to)).await {
            Ok(_) => {}
            Err(compose::Error::Store(error)) => return Err(error),
            Err(error) => return Ok(Err(error.to_string())),
        }
    }
    Ok(Ok(()))
}

async fn mail(tx: &mut Tx, act: &Running<'_>, asked: &Asked) -> store::Result<SurveyResults> {
    let home = Home {
        ctx: act.ctx,
        community: act.community,
        charter: &act.charter,
    };
    let all = results::all(tx, act.community.id).await?;
    let own = all.into_iter().find(|one| one.wave == asked.wave.id);
    let indices = own
        .as_ref()
        .map(|own| own.indices.as_slice())
        .unwrap_or_default();
    let line = |index: &IndexResult| SurveyLine {
        question: question(asked, &index.index, &home.charter.language),
        result: result(&home, index),
    };
    Ok(SurveyResults {
        community: act.community.name.clone(),
        title: asked.survey.title.say(&home.charter.language).to_owned(),
        invited: own.as_ref().map_or(0, |own| own.invited),
        answered: own.as_ref().map_or(0, |own| own.answered),
        minimum: asked.wave.minimum,
        lines: indices.iter().map(line).collect(),
        comments: Vec::new(),
        owner_address: home.address("owner"),
    })
}

/// What was asked for an index.
fn question(asked: &Asked, index: &str, language: &str) -> String {
    let items = asked.items().into_iter().filter(|item| item.index == index);
    let texts: Vec<_> = items.map(|item| item.text.say(language)).collect();
    texts.join(" / ")
}

/// What is said of an index, in a sentence.
fn result(home: &Home<'_>, index: &IndexResult) -> String {
    let phrase = match (&index.bin, index.interval, index.bounds) {
        (Some(bin), Some(interval), Some(bounds)) => {
            let span = |(low, high): (i64, i64)| format!("{low}–{high}");
            let said = match bin {
                Said::Percent(low, high) => {
                    Phrase::new("survey_bin").with("span", span((*low, *high)))
                }
                Said::Words("mostly yes") => Phrase::new("survey_bin_yes"),
                Said::Words("mostly no") => Phrase::new("survey_bin_no"),
                Said::Words(_) => Phrase::new("survey_bin_mixed"),
            };
            let verdict = match index.verdict {
                "higher" => "survey_higher",
                "lower" => "survey_lower",
                "first time" => "survey_first",
                "no clear change" => "survey_same",
                _ => "survey_few",
            };
            Phrase::new("survey_result")
                .with("bin", home.say(&said))
                .with("n", index.n.to_string())
                .with("interval", span(interval))
                .with("bounds", span(bounds))
                .with("verdict", home.say(&Phrase::new(verdict)))
        }
        _ => Phrase::new("survey_suppressed").with("n", index.n.to_string()),
    };
    home.say(&phrase)
}

/// What people say to the results is for those who run the community.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn reply(tx: &mut Tx, reply: &Reply<'_>) -> Result<post::Outcome, compose::Error> {
    let (ctx, arrival) = (reply.ctx, reply.arrival);
    match is_request(arrival.mail) {
        true => commands::in_reply(tx, ctx, arrival, reply.speaker, &[NAME]).await,
        false => owner::to_facilitators(tx, ctx, arrival).await,
    }
}
