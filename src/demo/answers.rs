//! What simulated people answer to invitations, each with the buttons of their own
//! calendar program.

use anyhow::{Context, ensure};
use chrono::NaiveDate;

use super::calendar::{Invitation, Said};
use super::mailboxes::Spoken;
use super::play::Player;
use super::sending;
use super::story::{Person, Scene};
use crate::clock::moment;
use crate::sessions::roster;
use crate::store::series;

const UTC: &str = "%Y%m%dT%H%M%SZ";

/// The next session in somebody's calendar.
struct Next {
    invited: Invitation,
    /// When its rule has it, as written, and in UTC.
    original: String,
    planned: String,
    /// When it is to begin.
    starts: chrono::DateTime<chrono::Utc>,
    is_of_series: bool,
}

impl Player<'_> {
    /// Answers the series, or its next session alone, and stands on the roster with it.
    pub(super) async fn rsvp(
        &mut self,
        scene: &Scene<'_>,
        who: &Person,
        partstat: &str,
    ) -> anyhow::Result<()> {
        let next = self.next(who)?;
        let one = (next.original.as_str(), next.planned.as_str());
        let said = Said {
            note: &scene.step.text,
            one: (scene.step.one && next.is_of_series).then_some(one),
            partstat,
            ..Said::all(partstat, "")
        };
        let id = self.press_in_calendar(scene, who, (&next, said)).await?;
        self.ended_as(&id, "rsvp").await?;
        let original = match scene.step.one {
            true => next.original.clone(),
            false => String::new(),
        };
        self.stands_on_roster(who, &next, partstat).await?;
        self.mailboxes().spoke(Spoken {
            by: who.address.clone(),
            uid: next.invited.uid,
            original,
            partstat: partstat.to_owned(),
        });
        self.tally.answers += 1;
        Ok(())
    }

    /// Proposes another time; a facilitator reads it, and nothing moves.
    pub(super) async fn proposes(&mut self, scene: &Scene<'_>, who: &Person) -> anyhow::Result<()> {
        let next = self.next(who)?;
        let later = next.starts + chrono::TimeDelta::days(scene.step.days.into());
        let later = later.format(UTC).to_string();
        let one = (next.original.as_str(), next.planned.as_str());
        let said = Said {
            note: &scene.step.text,
            one: next.is_of_series.then_some(one),
            counter: Some(&later),
            ..Said::all("TENTATIVE", "")
        };
        let reader = self.facilitator()?.address.clone();
        let before = self.mailboxes().of(&reader).len();
        self.press_in_calendar(scene, who, (&next, said)).await?;
        let after = self.mailboxes().of(&reader);
        let mut new = after.iter().skip(before);
        let came = new.any(|mail| mail.kind.as_deref() == Some("person-message"));
        ensure!(came, "{reader} was not told of another time");
        let still = self.next(who)?;
        ensure!(
            still.starts == next.starts,
            "a proposal has moved a session"
        );
        self.tally.answers += 1;
        Ok(())
    }

    /// The next session in their calendar.
    fn next(&self, who: &Person) -> anyhow::Result<Next> {
        let (agenda, _) = self.mailboxes().agenda(&who.address);
        let now = moment(self.ctx().now());
        let all = agenda.sessions();
        let mut coming = all
            .iter()
            .filter(|held| held.at().is_some_and(|at| at > now));
        let held = coming.next();
        let held = held.with_context(|| format!("{}'s calendar is empty", who.name))?;
        let uid = held.event.get("UID");
        let invited = self.mailboxes().invitation(&who.address, &uid);
        let invited = invited.context("a session came from nowhere")?;
        let entry = agenda.entries.iter().find(|(known, _)| *known == uid);
        Ok(Next {
            invited: Invitation {
                sequence: entry.map_or(0, |(_, entry)| entry.sequence),
                ..invited
            },
            original: held.original.clone(),
            planned: held.planned().unwrap_or_default().format(UTC).to_string(),
            starts: held.at().unwrap_or_default(),
            is_of_series: held.is_of_series,
        })
    }

    /// Their program writes the mail; gives its Message-ID.
    async fn press_in_calendar(
        &mut self,
        scene: &Scene<'_>,
        who: &Person,
        (next, said): (&Next, Said<'_>),
    ) -> anyhow::Result<String> {
        let id = self.message_id(scene, who);
        let now = moment(scene.at);
        let (at, date) = (now.format(UTC).to_string(), now.to_rfc2822());
        let said = Said {
            at: &at,
            name: &who.name,
            more: &format!("Date: {date}\r\n"),
            ..said
        };
        let mail = who.calendar.answer(&next.invited, &said, &id);
        sending::deliver(
            &self.demo.lmtp,
            &who.address,
            &next.invited.organizer,
            &mail,
        )
        .await?;
        self.settled().await?;
        Ok(id)
    }

    async fn stands_on_roster(
        &self,
        who: &Person,
        next: &Next,
        partstat: &str,
    ) -> anyhow::Result<()> {
        let mut tx = self.ctx().read().await?;
        let community = self.demo.community.id;
        let series = series::by_uid(&mut tx, community, &next.invited.uid).await?;
        let series = series.context("a session is of no series")?;
        let day = next.original.get(..8).unwrap_or_default();
        let on = NaiveDate::parse_from_str(day, "%Y%m%d").ok();
        let rows = roster::rows(&mut tx, &series, on, self.ctx().now()).await?;
        let row = rows.iter().find(|row| row.address == who.address);
        let stands = row.map_or("nobody", |row| row.partstat.as_str());
        ensure!(
            stands == partstat,
            "{partstat} was said, and {stands} is on the roster"
        );
        Ok(())
    }
}
