//! A poll: one question of a facilitator with a few options, under the rules of every
//! survey: sealed while it is open, nothing below five answers, bins above. One is open at
//! a time, and the same question is not asked again within eighty days.

use serde::Serialize;

use super::{ask, open};
use crate::config::survey::{MOST_ITEMS, Survey};
use crate::lists::home::Home;
use crate::store::{self, Tx, acts, members, surveys};
use crate::templates::Phrase;

/// Its survey's name.
pub const NAME: &str = "poll";

/// The longest question or option, in characters: a line.
pub const LONGEST_LINE: usize = 200;

/// How long it is open, as its definition says it.
const OPEN_FOR: &str = "7d";

/// A definition as it is written.
#[derive(Serialize)]
struct Definition<'a> {
    kind: &'a str,
    open_for: &'a str,
    title: Text<'a>,
    open: Text<'a>,
    item: [Item<'a>; 1],
    option: Vec<Text<'a>>,
}

#[derive(Serialize)]
struct Text<'a> {
    en: &'a str,
}

#[derive(Serialize)]
struct Item<'a> {
    index: &'a str,
    en: &'a str,
}

/// Opens a poll of all members; gives what to say: what was done, or why not.
///
/// # Errors
/// Where the database refuses.
pub async fn begin(
    tx: &mut Tx,
    home: &Home<'_>,
    question: &str,
    options: &[String],
) -> store::Result<Result<Phrase, Phrase>> {
    let (title, below) = (
        home.say(&Phrase::new("poll_title")),
        home.say(&Phrase::new("poll_open")),
    );
    let definition = Definition {
        kind: "choice",
        open_for: OPEN_FOR,
        title: Text { en: &title },
        open: Text { en: &below },
        item: [Item {
            index: "choice",
            en: question,
        }],
        option: options.iter().map(|en| Text { en }).collect(),
    };
    let text = toml::to_string(&definition).unwrap_or_default();
    let Ok(survey) = Survey::parse(&text, NAME, NAME) else {
        let most = MOST_ITEMS.to_string();
        return Ok(Err(Phrase::new("poll_unfit").with("most", most)));
    };
    let community = home.community.id;
    crate::store::communities::lock(tx, community).await?;
    if surveys::open_one(tx, community, NAME).await?.is_some() {
        return Ok(Err(Phrase::new("poll_waits")));
    }
    let last = surveys::last_asked(tx, community, &text).await?;
    let earliest = last.map(|last| last + open::GAP_DAYS * 86_400_000);
    if let Some(earliest) = earliest.filter(|at| *at > home.now()) {
        let day = home.day(earliest);
        return Ok(Err(Phrase::new("poll_again").with("date", day)));
    }
    let place = (home.community, home.charter);
    let asked = match open::wave(tx, home.ctx, place, (&text, &survey)).await? {
        Ok(asked) => asked,
        Err(why) => return Ok(Err(Phrase::new("poll_failed").with("why", why))),
    };
    let all = members::of_community(tx, community).await?;
    let asking = all.iter().filter(|member| open::is_asked(member));
    let mut count = 0;
    for member in asking {
        surveys::invite(tx, asked.wave.id, member.id, "", open::counts(member)).await?;
        count += 1;
    }
    let about = asked.wave.id.to_string();
    acts::insert(tx, community, ask::NAME, &about, home.now()).await?;
    Ok(Ok(Phrase::new("poll_opened")
        .with("question", question)
        .with("count", count.to_string())
        .with("date", home.day(asked.wave.closes_at - 60_000))))
}
