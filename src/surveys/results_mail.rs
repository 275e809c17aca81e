//! The mail with the results, to all members; to the facilitators with the comments.

use super::results::{self, IndexResult, Said, WaveResult};
use super::{Asked, actions, bars, open, since};
use crate::cadence::act::Reply;
use crate::config::survey::Item;
use crate::lists::digest::reply::is_request;
use crate::lists::home::Home;
use crate::lists::{commands, owner, post};
use crate::outbox::compose::{self, Letter};
use crate::store::members::{self, Member};
use crate::store::survey_actions::{self, Action};
use crate::store::{self, Millis, Tx};
use crate::templates::Phrase;
use crate::templates::mails::{SurveyAction, SurveyBar, SurveyLine, SurveyResults};

/// Lines of the mail for what came of the items.
const LINES: usize = 25;

/// What the mail concerns, before the wave's key.
const CONCERNS: &str = "survey-results:";

/// Its name in the catalogue.
pub const NAME: &str = "health-check-results";

/// Offers the results of a wave that has just closed; inside, why they cannot be composed.
///
/// Where people were asked one by one they go to the facilitators alone, with the
/// comments: three such surveys a quarter would fill everybody's budget.
///
/// # Errors
/// Where the database refuses.
pub async fn send(
    tx: &mut Tx,
    home: &Home<'_>,
    asked: &Asked,
    comments: &[String],
) -> store::Result<Result<(), String>> {
    let (ctx, community) = (home.ctx, home.community);
    let all = members::of_community(tx, community.id).await?;
    let (run, others): (Vec<&Member>, Vec<&Member>) = all
        .iter()
        .filter(|member| open::is_asked(member))
        .partition(|member| member.has_role("facilitator"));
    let mut mail = mail(tx, home, asked).await?;
    if asked.wave.rolling && comments.is_empty() && mail.lines.iter().all(SurveyLine::is_empty) {
        return Ok(Ok(()));
    }
    let others = match asked.wave.rolling {
        true => Vec::new(),
        false => others,
    };
    let open = survey_actions::since(tx, community.id, Millis::MAX).await?;
    let action = |one: Action| SurveyAction {
        number: one.id,
        text: one.text,
    };
    let actions: Vec<_> = open.into_iter().map(action).collect();
    let letter = |to: &[&Member]| Letter {
        concerns: format!("{CONCERNS}{}", asked.wave.id),
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
        mail.is_facilitator = to.iter().any(|one| one.has_role("facilitator"));
        mail.actions = match mail.is_facilitator {
            true => actions.clone(),
            false => Vec::new(),
        };
        match compose::send(tx, ctx, community, &mail, &letter(&to)).await {
            Ok(_) => {}
            Err(compose::Error::Store(error)) => return Err(error),
            Err(error) => return Ok(Err(error.to_string())),
        }
    }
    Ok(Ok(()))
}

async fn mail(tx: &mut Tx, home: &Home<'_>, asked: &Asked) -> store::Result<SurveyResults> {
    let language = &home.charter.language;
    let all = results::all(tx, home.community.id, language).await?;
    let own = all.iter().find(|one| one.wave == asked.wave.id);
    let indices = own.map(|own| own.indices.as_slice()).unwrap_or_default();
    // Below 45 lines, however many indices.
    let most = (LINES / indices.len().max(1)).saturating_sub(2).clamp(1, 6);
    let bars = |index: &IndexResult| {
        let history = own
            .into_iter()
            .flat_map(|own| own.history(&all, &index.index));
        history.take(most).filter_map(bar).collect()
    };
    let line = |index: &IndexResult| SurveyLine {
        question: question(home, asked, &index.index),
        result: result(home, index),
        bars: bars(index),
    };
    Ok(SurveyResults {
        community: home.community.name.clone(),
        title: asked.survey.title.say(language).to_owned(),
        is_rolling: asked.wave.rolling,
        invited: own.map_or(0, |own| own.invited),
        answered: own.map_or(0, |own| own.answered),
        minimum: asked.wave.minimum,
        question: own.map_or_else(String::new, |own| own.question.clone()),
        since: since::lines(tx, home, asked).await?,
        lines: indices.iter().map(line).collect(),
        owner_address: home.address("owner"),
        ..SurveyResults::default()
    })
}

/// One wave's result, drawn; nothing where it is suppressed.
fn bar((wave, index): (&WaveResult, &IndexResult)) -> Option<SurveyBar> {
    let (said, (low, high)) = (index.bin.as_ref()?, index.interval?);
    Some(SurveyBar {
        when: wave.closed.get(..7)?.to_owned(),
        bar: bars::text(said),
        cells: bars::cells(said),
        n: index.n,
        interval: format!("{low}–{high}"),
    })
}

/// What was asked for an index. A yes to what is bad news counts as a no, which is said.
pub fn question(home: &Home<'_>, asked: &Asked, index: &str) -> String {
    let language = &home.charter.language;
    let option = asked.option_of(index, language);
    if !option.is_empty() {
        return option;
    }
    let items = asked.items().into_iter().filter(|item| item.index == index);
    let text = |item: &Item| match item.reversed {
        true => home.say(&Phrase::new("survey_reversed").with("text", item.text.say(language))),
        false => item.text.say(language).to_owned(),
    };
    let texts: Vec<_> = items.map(text).collect();
    texts.join(" / ")
}

/// What is said of an index, in a sentence.
fn result(home: &Home<'_>, index: &IndexResult) -> String {
    let phrase = match (&index.bin, index.interval, index.bounds) {
        (Some(bin), Some(_), Some(bounds)) => {
            let span = |(low, high): (i64, i64)| format!("{low}–{high}");
            let said = match bin {
                Said::Percent(low, high) => {
                    let key = match index.label.is_empty() {
                        true => "survey_bin",
                        false => "survey_bin_chosen",
                    };
                    Phrase::new(key).with("span", span((*low, *high)))
                }
                Said::Words("mostly yes") if !index.label.is_empty() => {
                    Phrase::new("survey_most_chose")
                }
                Said::Words("mostly no") if !index.label.is_empty() => {
                    Phrase::new("survey_few_chose")
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
            // Options that were never asked about before are compared with nothing.
            let is_alone = !index.label.is_empty() && verdict == "survey_first";
            let key = match is_alone {
                true => "survey_result_alone",
                false => "survey_result",
            };
            Phrase::new(key)
                .with("bin", home.say(&said))
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
    let wave = reply.mail.concerns.strip_prefix(CONCERNS);
    if let Some(wave) = wave.and_then(|id| id.parse().ok())
        && let Some(outcome) = actions::hear(tx, reply, wave).await?
    {
        return Ok(outcome);
    }
    match is_request(arrival.mail) {
        true => commands::in_reply(tx, ctx, arrival, reply.speaker, &[NAME]).await,
        false => owner::to_facilitators(tx, ctx, arrival).await,
    }
}
