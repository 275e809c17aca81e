//! A facilitator's reply to a worksheet, or to what a reply to one was answered with.

use super::NAME;
use super::answer::{self, Told};
use super::settle::{self, Settled, Settler};
use crate::cadence::act::Reply;
use crate::lists::home::Home;
use crate::lists::{commands, digest, post};
use crate::message::words::worksheet::{self, Problem};
use crate::outbox::compose;
use crate::store::members::Member;
use crate::store::worksheets::Item;
use crate::store::{Tx, communities, worksheets};

/// What the answers to replies concern, before the key of the worksheet.
const CONCERNS: &str = "worksheet:";

/// Does what the lines say. The numbers are those of the mail that is answered,
/// whatever has happened since.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn reply(tx: &mut Tx, reply: &Reply<'_>) -> Result<post::Outcome, compose::Error> {
    let (ctx, arrival) = (reply.ctx, reply.arrival);
    let worksheet = worksheet_of(reply);
    let items = worksheets::of_mail(tx, worksheet).await?;
    let count = u32::try_from(items.len()).unwrap_or(0);
    let sheet = worksheet::read(&arrival.mail.visible_text, count);
    if !sheet.is_meant && digest::reply::is_request(arrival.mail) {
        return commands::in_reply(tx, ctx, arrival, reply.speaker, &[NAME]).await;
    }
    let is_facilitator = |member: &&Member| member.has_role("facilitator");
    let Some(member) = reply.speaker.on_list().filter(is_facilitator) else {
        let why = format!("{} is no facilitator any more", reply.speaker.address);
        return Ok(("discarded", why));
    };
    // One reply after the other: whoever comes second finds it settled.
    communities::lock(tx, arrival.community.id).await?;
    let by = Settler {
        home: Home::of(ctx, arrival),
        member,
    };
    let mut told = settle_all(tx, &by, &items, &sheet.decided).await?;
    told.problems.extend(sheet.problems);
    let concerns = format!("{CONCERNS}{worksheet}");
    answer::answer(tx, &by, arrival, told, concerns).await
}

/// The worksheet that is answered.
fn worksheet_of(reply: &Reply<'_>) -> i64 {
    let asked = reply.mail.concerns.strip_prefix(CONCERNS);
    let asked = asked.and_then(|id| id.parse().ok());
    asked.unwrap_or(reply.mail.id)
}

async fn settle_all(
    tx: &mut Tx,
    by: &Settler<'_>,
    items: &[Item],
    decided: &[(u32, worksheet::Choice)],
) -> Result<Told, compose::Error> {
    let standing = settle::standing(tx, &by.home).await?;
    let mut told = Told::default();
    for (number, choice) in decided {
        let of_number = |item: &&Item| item.number == i64::from(*number);
        let Some(item) = items.iter().find(of_number) else {
            told.problems.push(Problem::NoSuch(*number));
            continue;
        };
        let line = |what: &str| answer::line(item, what);
        match settle::settle(tx, by, &item.item, choice, &standing).await? {
            Settled::Done(what) => {
                told.done.push(line(&what));
                told.keys.push(item.item.clone());
            }
            Settled::Before(what) => told.done.push(line(&what)),
            Settled::Not(why) => told.not_done.push(line(&why)),
            Settled::Unknown => {}
        }
    }
    Ok(told)
}
