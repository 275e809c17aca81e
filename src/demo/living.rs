//! What became of sessions and surveys, as the demonstration tells it at the end.

use super::play::Player;
use super::story;
use super::summary::counted;
use crate::config::survey::Kind;
use crate::sessions::roster;
use crate::store::hosts::Key;
use crate::store::series::Series;
use crate::store::sessions::Session;
use crate::store::{self, Tx, agendas, hosts, reports, series, sessions, surveys};
use crate::surveys::results::{self, IndexResult, WaveResult};
use crate::surveys::{Asked, bars};

/// The longest name of a line of results, in characters.
const LONGEST_NAME: usize = 14;

impl Player<'_> {
    /// A recap that has come is a post, which everybody must get who gets posts now.
    pub(super) fn expect_recaps(&mut self) -> anyhow::Result<()> {
        let runs_it = self.facilitator()?.address.clone();
        let mails = self.mailboxes().of(&runs_it);
        let recaps = mails
            .iter()
            .filter(|mail| mail.kind.as_deref() == Some("recap"));
        for mail in recaps {
            if self.recaps.insert(mail.message_id.clone()) {
                self.audience
                    .post("recap", &mail.message_id, self.ctx().now());
            }
        }
        Ok(())
    }

    /// Tells what became of sessions and surveys.
    pub(super) async fn tell_of_life(&mut self) -> store::Result<()> {
        let mut tx = self.ctx().read().await?;
        self.tally.sessions = self.sessions(&mut tx).await?;
        self.tally.surveys = self.surveys(&mut tx).await?;
        Ok(())
    }

    async fn sessions(&self, tx: &mut Tx) -> store::Result<Vec<String>> {
        let mut told = Vec::new();
        for one in series::latest(tx, self.demo.community.id).await? {
            let rows = sessions::of_series(tx, one.id).await?;
            let now = self.ctx().now();
            for row in rows.iter().filter(|row| row.starts_at <= now) {
                told.push(self.session(tx, &one, row).await?);
            }
        }
        if !told.is_empty() {
            let recaps = counted(self.recaps.len() as u64, "recap");
            told.push(format!("        {recaps} in the archive"));
        }
        Ok(told)
    }

    async fn session(&self, tx: &mut Tx, of: &Series, row: &Session) -> store::Result<String> {
        let day = story::short_day(row.starts_at);
        if row.state == "cancelled" {
            return Ok(format!("{day:>6}  called off: {}", row.reason));
        }
        let key = Key {
            community: row.community_id,
            series: of.slug.clone(),
            on: row.on_date.clone(),
        };
        let host = hosts::agreed(tx, &key).await?.map(|host| host.name);
        let host = host.unwrap_or_else(|| "nobody".to_owned());
        let items = agendas::items(tx, &key).await?;
        let items = items.iter().filter(|item| item.state == "open").count();
        let on = row.on_date.parse().ok();
        let said = roster::counts(tx, of, on, self.ctx().now()).await?;
        let came = match reports::of(tx, row.id).await? {
            Some(report) if report.counted => {
                let guests = report.guests().count();
                format!("{} came", reports::came(tx, row.id).await?.len() + guests)
            }
            _ => "nobody said who came".to_owned(),
        };
        let (agenda, yes) = (counted(items as u64, "agenda item"), said.accepted);
        Ok(format!(
            "{day:>6}  hosted by {host}; {agenda}; {yes} said yes, {came}"
        ))
    }

    async fn surveys(&self, tx: &mut Tx) -> store::Result<Vec<String>> {
        let community = self.demo.community.id;
        let waves = surveys::of_community(tx, community).await?;
        let mut told = Vec::new();
        for result in results::all(tx, community, "en").await? {
            let wave = waves.iter().find(|wave| wave.id == result.wave);
            if let Some(asked) = wave.cloned().and_then(Asked::of) {
                told.push(heading(&asked, &result));
                told.extend(result.indices.iter().map(line));
            }
        }
        Ok(told)
    }
}

fn heading(asked: &Asked, result: &WaveResult) -> String {
    let opened = story::short_day(asked.wave.opened_at);
    let name = match asked.survey.kind {
        Kind::Scale => format!("{}:", asked.survey.title.say("en")),
        Kind::Choice | Kind::Ranking => result.question.clone(),
    };
    let (answered, invited) = (result.answered, result.invited);
    format!("{opened:>6}  {name} {answered} of {invited} answered")
}

fn line(index: &IndexResult) -> String {
    let name = match index.label.as_str() {
        "" => index.index.as_str(),
        label => label,
    };
    let name: String = name.chars().take(LONGEST_NAME).collect();
    let (n, verdict) = (index.n, index.verdict);
    match &index.bin {
        None => format!("        {name:<LONGEST_NAME$} n={n}, too few to say anything"),
        Some(said) => format!(
            "        {name:<LONGEST_NAME$} {} {} n={n}, {verdict}",
            bars::text(said),
            span(said, &index.label),
        ),
    }
}

/// Of an option it is said how many chose it.
fn span(said: &results::Said, option: &str) -> String {
    match said {
        results::Said::Words("mostly yes") if !option.is_empty() => "most chose it".to_owned(),
        results::Said::Words("mostly no") if !option.is_empty() => "few chose it".to_owned(),
        results::Said::Percent(low, high) => format!("{low} to {high} %"),
        results::Said::Words(words) => (*words).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surveys::results::Said;

    #[test]
    fn a_line_of_results_fits_a_terminal() {
        let index = IndexResult {
            index: "a name that is quite long".to_owned(),
            label: String::new(),
            n: 10,
            bin: Some(Said::Percent(80, 100)),
            interval: Some((49, 100)),
            bounds: Some((67, 100)),
            verdict: "first time",
            suppressed: false,
        };
        let shown = line(&index);
        assert!(
            shown.ends_with("▒▒▒▒ 80 to 100 % n=10, first time"),
            "{shown}"
        );
        assert!(shown.chars().count() < 80, "{shown}");
        let few = IndexResult {
            bin: None,
            n: 4,
            ..index
        };
        assert!(line(&few).ends_with("n=4, too few to say anything"));
    }
}
