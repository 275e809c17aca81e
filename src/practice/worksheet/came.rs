//! How many come to the sessions of each series, over time: a line each, below what needs a
//! person.

use super::item::short;
use crate::lists::home::Home;
use crate::sessions::participation::{self, Figures};
use crate::store::{self, Millis, Tx, series};
use crate::templates::Phrase;

/// So many series have a line, those with the latest sessions.
const MOST_SERIES: usize = 3;
/// So many of the last sessions of each are looked at.
const MOST_SESSIONS: usize = 5;
/// What was longer ago is told no more, in milliseconds.
const OLDEST: Millis = 60 * super::DAY;

/// The lines, of series of which somebody has said who came.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn lines(tx: &mut Tx, home: &Home<'_>) -> store::Result<Vec<String>> {
    let (community, now) = (home.community.id, home.now());
    let mut found = Vec::new();
    for one in series::latest(tx, community).await? {
        let last = (MOST_SESSIONS, now);
        let mut told = participation::of_series(tx, community, &one.slug, last).await?;
        told.retain(|figures| figures.came.is_some() && figures.starts_at > now - OLDEST);
        if let Some(last) = told.last() {
            found.push((last.starts_at, line(home, &one.title, &told)));
        }
    }
    found.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let lines = found.into_iter().map(|(_, line)| line);
    Ok(lines.take(MOST_SERIES).collect())
}

/// "Pump clinic: 9 came, 8 of 10 who said yes; before that 7, 11".
fn line(home: &Home<'_>, title: &str, told: &[Figures]) -> String {
    let Some((last, before)) = told.split_last() else {
        return String::new();
    };
    let mut rest = String::new();
    if last.going > 0 {
        let show = Phrase::new("worksheet_came_show").with("showed", last.showed.to_string());
        rest = home.say(&show.with("going", last.going.to_string()));
    }
    if !before.is_empty() {
        let counts = before.iter().rev().filter_map(|one| one.came);
        let counts: Vec<String> = counts.map(|came| came.to_string()).collect();
        let before = Phrase::new("worksheet_came_before").with("before", counts.join(", "));
        rest += &home.say(&before);
    }
    let line = Phrase::new("worksheet_came")
        .with("title", short(title))
        .with("came", last.came.unwrap_or(0).to_string());
    home.say(&line.with("rest", rest))
}
