//! Whether everybody's calendar is as the sessions are, at the end of the play.

use std::collections::BTreeSet;

use super::play::Player;
use super::story::Person;
use crate::store::{self, Millis, Tx, series, sessions};

/// So far ahead calendars are compared, in milliseconds.
const AHEAD: Millis = 60 * 86_400_000;

impl Player<'_> {
    /// What differs, a sentence each. Who has paused, and whom mail does not reach, is
    /// told later.
    pub(super) async fn compare_calendars(&self) -> store::Result<Vec<String>> {
        let mut tx = self.ctx().read().await?;
        let planned = self.planned(&mut tx).await?;
        let mut wrong = Vec::new();
        for who in &self.demo.story.people {
            let member = self.member(who).await.ok().flatten();
            let expected = match &member {
                Some(member) if member.on_list() && member.state != "active" => continue,
                Some(member) if member.on_list() => planned.clone(),
                _ => BTreeSet::new(),
            };
            wrong.extend(self.compare_calendar(who, &expected));
        }
        Ok(wrong)
    }

    fn compare_calendar(&self, who: &Person, expected: &BTreeSet<Millis>) -> Vec<String> {
        let (agenda, wrong) = self.mailboxes().agenda(&who.address);
        let name = &who.name;
        let mut all: Vec<String> = wrong
            .iter()
            .map(|what| format!("{name}'s calendar: {what}"))
            .collect();
        let starts = agenda.sessions();
        let starts = starts.iter().filter_map(|held| held.at());
        let starts = starts.map(|at| at.timestamp_millis());
        let has: BTreeSet<Millis> = starts.filter(|at| self.is_ahead(*at)).collect();
        if has != *expected {
            let (has, expected) = (has.len(), expected.len());
            all.push(format!(
                "{name}'s calendar shows other sessions than there are: {has}, not {expected}"
            ));
        }
        all
    }

    async fn planned(&self, tx: &mut Tx) -> store::Result<BTreeSet<Millis>> {
        let mut all = BTreeSet::new();
        for one in series::latest(tx, self.demo.community.id).await? {
            let rows = sessions::of_series(tx, one.id).await?;
            let planned = rows.iter().filter(|row| row.state == "planned");
            all.extend(
                planned
                    .map(|row| row.starts_at)
                    .filter(|at| self.is_ahead(*at)),
            );
        }
        Ok(all)
    }

    fn is_ahead(&self, at: Millis) -> bool {
        let now = self.ctx().now();
        at > now && at <= now + AHEAD
    }
}
