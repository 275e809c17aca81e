//! Sessions that are no series: added on the command line or by mail.

use chrono::{DateTime, TimeDelta, Utc};

use super::change::{Changed, Refused};
use super::series as affairs;
use crate::cadence::plan;
use crate::lists::home::Home;
use crate::store::series::{self, Series};
use crate::store::{self, Tx, communities};

/// No title is longer, in characters.
pub const LONGEST_TITLE: usize = 200;

/// A slug has so many characters at most.
const LONGEST_SLUG: usize = 24;

/// A session that somebody wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct New {
    /// Its name for people; one line.
    pub title: String,
    /// When it begins.
    pub starts: DateTime<Utc>,
    /// How long it takes.
    pub duration: TimeDelta,
    /// Where to go, or empty.
    pub location: String,
    /// Where to join, or empty.
    pub link: String,
}

/// Adds a session and invites everybody. `by` is the address of who adds it.
///
/// # Errors
/// Where the database refuses.
pub async fn add(
    tx: &mut Tx,
    home: &Home<'_>,
    new: &New,
    by: &str,
) -> store::Result<Changed<Series>> {
    if home.community.closed_at.is_some() {
        return Ok(Err(Refused::Closed));
    }
    communities::lock(tx, home.community.id).await?;
    let slug = match fits(tx, home, new, by).await? {
        Ok(slug) => slug,
        Err(why) => return Ok(Err(why)),
    };
    let wanted = wanted(home, new, by);
    let begun = Series { slug, ..wanted };
    let begun = affairs::begin(tx, home.ctx, home.community, begun).await?;
    plan::plan(tx, home.community.id, home.charter, home.now()).await?;
    Ok(Ok(begun))
}

/// The slug of a session that can be added; or why it cannot.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn fits(
    tx: &mut Tx,
    home: &Home<'_>,
    new: &New,
    by: &str,
) -> store::Result<Changed<String>> {
    let all = series::latest(tx, home.community.id).await?;
    if let Some(why) = objection(home, new, &wanted(home, new, by), &all) {
        return Ok(Err(why));
    }
    let taken = |slug: &str| {
        let in_charter = home.charter.sessions.iter().any(|one| one.slug == slug);
        in_charter || all.iter().any(|one| one.slug == slug)
    };
    Ok(Ok(free_slug(&new.title, taken)))
}

fn wanted(home: &Home<'_>, new: &New, by: &str) -> Series {
    let starts = new.starts.with_timezone(&home.charter.timezone);
    Series {
        origin: by.to_owned(),
        title: new.title.trim().to_owned(),
        starts: starts.format("%Y-%m-%dT%H:%M:%S").to_string(),
        zone: home.charter.timezone.name().to_owned(),
        duration: new.duration.num_milliseconds(),
        location: new.location.clone(),
        link: new.link.clone(),
        ..Series::default()
    }
}

fn objection(home: &Home<'_>, new: &New, wanted: &Series, all: &[Series]) -> Option<Refused> {
    let same = |one: &&Series| {
        one.is_running() && one.starts == wanted.starts && one.title == wanted.title
    };
    let title = &wanted.title;
    if title.is_empty() || title.chars().count() > LONGEST_TITLE || title.contains(char::is_control)
    {
        return Some(Refused::Title);
    }
    if new.duration < TimeDelta::minutes(1) || new.duration > TimeDelta::days(7) {
        return Some(Refused::Duration);
    }
    if new.starts.timestamp_millis() <= home.now() {
        return Some(Refused::Past);
    }
    let twin = all.iter().find(same);
    twin.map(|one| Refused::Twice(one.slug.clone()))
}

/// A slug made of the title that nobody has.
fn free_slug(title: &str, taken: impl Fn(&str) -> bool) -> String {
    let plain = |c: char| match c.is_ascii_alphanumeric() {
        true => c.to_ascii_lowercase(),
        false => '-',
    };
    let text: String = title.chars().map(plain).collect();
    let words: Vec<&str> = text.split('-').filter(|word| !word.is_empty()).collect();
    let mut stem: String = words.join("-").chars().take(LONGEST_SLUG - 4).collect();
    if stem.is_empty() {
        "session".clone_into(&mut stem);
    }
    let stem = stem.trim_matches('-');
    let numbered = (2..).map(|number| format!("{stem}-{number}"));
    let mut all = std::iter::once(stem.to_owned()).chain(numbered);
    all.find(|slug| !taken(slug)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_makes_a_slug_that_nobody_has() {
        let table = [
            ("Seals that failed", "seals-that-failed"),
            ("Größe & Maß", "gr-e-ma"),
            ("会議", "session"),
            ("Why do pumps in the north fail", "why-do-pumps-in-the"),
        ];
        for (title, slug) in table {
            assert_eq!(free_slug(title, |_| false), slug);
        }
        let taken = |slug: &str| slug == "seals" || slug == "seals-2";
        assert_eq!(free_slug("Seals", taken), "seals-3");
    }
}
