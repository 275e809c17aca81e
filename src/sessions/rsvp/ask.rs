//! An answer in somebody's name that nothing proves: it waits, and the address that is
//! registered is asked, no other.

use super::instance::Instance;
use super::record::{Answer, Noted};
use super::text;
use crate::calendar::read::Partstat;
use crate::identity::tokens;
use crate::lists::home::Home;
use crate::lists::post::{Arrival, Outcome};
use crate::outbox::compose::{self, Letter};
use crate::store::members::{self, Member};
use crate::store::series::{self, Series};
use crate::store::tokens::Token;
use crate::store::{self, Tx, counted_answers};
use crate::templates::mails::Confirm;

/// The kind of token that confirms an answer.
pub const KIND: &str = "rsvp";

/// How long it waits, in days.
const VALID_DAYS: i64 = 3;

const DAY: i64 = 86_400_000;

/// Nobody is asked more often in a day, whoever writes in their name. It is counted by
/// itself: a forged answer keeps nobody from asking for something.
const MOST_A_DAY: i64 = 3;

/// Answers of one mail that wait together at most.
const MOST_WAITING: usize = 20;

/// Asks the member whether they meant it.
pub(super) async fn ask(
    tx: &mut Tx,
    home: &Home<'_>,
    arrival: &Arrival<'_>,
    member: &Member,
    answers: &[(Series, Instance, Answer)],
) -> Result<Outcome, compose::Error> {
    let (now, address) = (home.now(), member.address.as_str());
    let whom = (home.community.id, address);
    if !counted_answers::note(tx, whom, "confirm-rsvp", (now - DAY, now), MOST_A_DAY).await? {
        let why = format!("not proven, and {address} was asked often enough today");
        return Ok(("discarded", why));
    }
    let answers = answers.get(..MOST_WAITING).unwrap_or(answers);
    let (token, hash) = tokens::random_token();
    let row = Token {
        community_id: home.community.id,
        kind: KIND.to_owned(),
        address: address.to_owned(),
        subject: kept(answers),
        created_at: now,
        expires_at: now + VALID_DAYS * DAY,
        used_at: None,
    };
    store::tokens::insert(tx, &hash, &row).await?;
    let mail = Confirm {
        community: home.community.name.clone(),
        about: home.charter.charter.domain.clone(),
        address: address.to_owned(),
        days: VALID_DAYS as u32,
        owner_address: home.address("owner"),
        commands: answers.iter().map(|one| line(home, one)).collect(),
        ..Confirm::default()
    };
    let letter = Letter {
        to: vec![(Some(member.id), member.address.clone())],
        reply_to: home.address(&format!("confirm+{token}")),
        in_reply_to: arrival.message.message_id.clone(),
        ..Letter::default()
    };
    compose::send(tx, home.ctx, home.community, &mail, &letter).await?;
    let why = format!("nothing shows that it is from {address}, who was asked to confirm it");
    Ok(("rsvp", why))
}

fn line(home: &Home<'_>, (series, instance, answer): &(Series, Instance, Answer)) -> String {
    home.say(&text::said(home, series, instance, answer.partstat))
}

/// The answers as the token keeps them: a line each, the remark last.
fn kept(answers: &[(Series, Instance, Answer)]) -> String {
    let lines = answers.iter().map(|(series, instance, answer)| {
        format!(
            "{} {} {} {} {} {}",
            series.id,
            instance
                .on
                .map_or_else(|| "-".to_owned(), |on| on.to_string()),
            answer.partstat.name(),
            answer.sequence,
            answer.dtstamp,
            answer.comment.replace('\n', " "),
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn read(line: &str) -> Option<(i64, Instance, Answer)> {
    let mut parts = line.splitn(6, ' ');
    let series = parts.next()?.parse().ok()?;
    let on = match parts.next()? {
        "-" => None,
        day => Some(day.parse().ok()?),
    };
    let answer = Answer {
        partstat: Partstat::named(parts.next()?)?,
        sequence: parts.next()?.parse().ok()?,
        dtstamp: parts.next()?.parse().ok()?,
        comment: parts.next().unwrap_or_default().to_owned(),
        via: "mail",
        delegates: Vec::new(),
    };
    Some((series, Instance { on }, answer))
}

/// The member says that they meant it; the token is used up already.
///
/// # Errors
/// Where the database refuses.
pub async fn confirmed(
    tx: &mut Tx,
    home: &Home<'_>,
    arrival: &Arrival<'_>,
    request: &Token,
) -> store::Result<Outcome> {
    let member = members::by_address(tx, home.community.id, &request.address).await?;
    let Some(member) = member.filter(Member::on_list) else {
        let why = format!("{} is no member any more", request.address);
        return Ok(("discarded", why));
    };
    let step = Noted {
        home,
        message_id: &arrival.message.message_id,
        how: "confirmed from their own address",
    };
    let mut told = Vec::new();
    for (id, instance, answer) in request.subject.lines().filter_map(read) {
        if let Some(series) = series::by_id(tx, id).await? {
            told.push(step.note(tx, &member, &series, &instance, &answer).await?);
        }
    }
    Ok(("rsvp", format!("{}: {}", member.address, told.join("; "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_read_again() {
        let answer = Answer {
            partstat: Partstat::Declined,
            sequence: 3,
            dtstamp: 1_767_600_000_000,
            comment: "on leave, sorry".into(),
            via: "mail",
            delegates: vec![],
        };
        let series = Series {
            id: 7,
            ..Series::default()
        };
        let day = Instance {
            on: "2026-03-24".parse().ok(),
        };
        let all = [
            (series.clone(), day, answer.clone()),
            (
                series,
                Instance { on: None },
                Answer {
                    comment: String::new(),
                    ..answer.clone()
                },
            ),
        ];
        let again: Vec<_> = kept(&all).lines().filter_map(read).collect();
        assert_eq!(again.len(), 2);
        assert_eq!(again[0], (7, day, answer.clone()));
        assert_eq!(again[1].1, Instance { on: None });
        assert_eq!(again[1].2.comment, "");
        assert_eq!(read("7 2026-03-24 PERHAPS 0 0 "), None);
    }
}
