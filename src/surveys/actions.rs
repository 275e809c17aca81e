//! What follows from a survey: facilitators answer its results with a line for each thing
//! that they will do, and say when it is done. The next survey tells everybody.

use crate::cadence::act::Reply;
use crate::lists::post::Outcome;
use crate::lists::receipt;
use crate::message::oneline::oneline;
use crate::outbox::compose;
use crate::store::{Tx, survey_actions};
use crate::templates::Phrase;

/// The longest text of one action that is kept, in characters.
pub const LONGEST_ACTION: usize = 200;

/// Actions of a community that are open at one time: who promises more keeps less.
pub const MOST_OPEN: i64 = 20;

/// Lines of a reply that are looked at.
const MOST_LINES: usize = 100;

/// One line of a facilitator's reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// `ACTION: text`: this is to be done.
    Action(String),
    /// `DONE 3`: the action of that number is done.
    Done(i64),
    /// `DROP 3`: it is not to be done any more.
    Drop(i64),
}

/// The lines of a reply that are about actions. Pure.
pub fn read(visible: &str) -> Vec<Line> {
    let lines = visible.lines().take(MOST_LINES);
    lines.filter_map(|line| one(line.trim())).collect()
}

fn one(line: &str) -> Option<Line> {
    let end = line.find(|c: char| !c.is_alphabetic())?;
    let (verb, rest) = line.split_at_checked(end)?;
    let number = || rest.trim().trim_matches(['#', '.', ':', ' ']).parse().ok();
    match verb.to_lowercase().as_str() {
        "action" | "maßnahme" | "massnahme" if rest.trim_start().starts_with(':') => {
            let text = oneline(rest.trim_start().trim_start_matches(':'));
            let text: String = text.trim().chars().take(LONGEST_ACTION).collect();
            (!text.is_empty()).then_some(Line::Action(text))
        }
        "done" | "erledigt" => number().map(Line::Done),
        "drop" | "streiche" => number().map(Line::Drop),
        _ => None,
    }
}

/// Keeps what a facilitator's reply says of actions; `None` where it says nothing of them,
/// or somebody else says it.
///
/// # Errors
/// Where the database refuses or the receipt cannot be composed.
pub async fn hear(
    tx: &mut Tx,
    reply: &Reply<'_>,
    wave: i64,
) -> Result<Option<Outcome>, compose::Error> {
    let (ctx, arrival, speaker) = (reply.ctx, reply.arrival, reply.speaker);
    let lines = read(&arrival.mail.visible_text);
    let may = |member: &&crate::store::members::Member| member.has_role("facilitator");
    let Some(member) = speaker
        .on_list()
        .filter(may)
        .filter(|_| !lines.is_empty() && speaker.strength.may_change())
    else {
        return Ok(None);
    };
    let (community, now) = (arrival.community.id, ctx.now());
    let mut said = Vec::new();
    for line in lines {
        let phrase = match line {
            Line::Action(text) => {
                if survey_actions::count_open(tx, community).await? >= MOST_OPEN {
                    Phrase::new("survey_action_many").with("most", MOST_OPEN.to_string())
                } else {
                    survey_actions::insert(tx, community, wave, &text, now).await?;
                    Phrase::new("survey_action_kept").with("text", text)
                }
            }
            Line::Done(id) => ended(tx, community, (id, "done", "survey_action_done"), now).await?,
            Line::Drop(id) => {
                ended(tx, community, (id, "dropped", "survey_action_dropped"), now).await?
            }
        };
        said.push(phrase);
    }
    let to = (Some(member.id), member.address.as_str());
    receipt::send(tx, ctx, arrival, to, &said, None).await?;
    let why = format!("{} line(s) about what follows from a survey", said.len());
    Ok(Some(("command", why)))
}

async fn ended(
    tx: &mut Tx,
    community: i64,
    (id, state, key): (i64, &'static str, &'static str),
    now: i64,
) -> Result<Phrase, compose::Error> {
    let is_one = survey_actions::end(tx, community, id, state, now).await?;
    let key = if is_one { key } else { "survey_action_unknown" };
    Ok(Phrase::new(key).with("number", id.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_about_actions_are_read_and_prose_is_not() {
        let text = "Hello,\nACTION: sessions start at 16:00\nMaßnahme: mehr Zeit\ndone 3\nDROP #4\n\
            Action speaks louder than words.\nWe are done with this.\nDONE soon\naction:\n";
        let expected = [
            Line::Action("sessions start at 16:00".into()),
            Line::Action("mehr Zeit".into()),
            Line::Done(3),
            Line::Drop(4),
        ];
        assert_eq!(read(text), expected);
        let long = format!("ACTION: {}", "x".repeat(5_000));
        let [Line::Action(kept)] = &read(&long)[..] else {
            panic!("one action");
        };
        assert_eq!(kept.chars().count(), LONGEST_ACTION);
    }
}
