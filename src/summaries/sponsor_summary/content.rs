//! What a summary tells: its figures, and what is told beside them. All that time brings
//! ends with the moment at which members were shown it, so that the sponsor reads what
//! they read; what somebody objected to since is left out.

use chrono::NaiveDate;

use crate::clock::moment;
use crate::lists::home::Home;
use crate::store::asks::{self, Ask};
use crate::store::sponsor_summaries::{self as summaries, Item, Summary};
use crate::store::{self, Millis, Tx, stories};
use crate::summaries::asks::MOST_SHOWN;
use crate::summaries::figure::Figures;
use crate::templates::Phrase;
use crate::templates::mails::SummaryItem;

/// So many titles of learnings are named.
const MOST_TITLES: i64 = 3;

/// So much of what was done is looked at.
const MOST_DONE: i64 = 6;

/// The longest text in a list of what was done, in characters.
const LONGEST_DONE: usize = 60;

/// The longest quotation, in characters.
const LONGEST_QUOTE: usize = 400;

/// What a summary tells.
#[derive(Clone, Debug, Default)]
pub struct Content {
    /// Its figures.
    pub figures: Figures,
    /// What is asked for.
    pub asks: Vec<SummaryItem>,
    /// How many more asks wait for the next one.
    pub waiting: usize,
    /// A story, a sentence of a survey: by number.
    pub quotes: Vec<SummaryItem>,
    /// Titles of learnings.
    pub titles: Vec<String>,
    /// What became of what was asked and said before.
    pub done: Vec<String>,
    /// What is to come.
    pub coming: Vec<String>,
}

/// Gathers what a summary tells.
///
/// # Errors
/// Where the database refuses.
pub async fn gather(
    tx: &mut Tx,
    home: &Home<'_>,
    (summary, items): (&Summary, &[Item]),
) -> store::Result<Content> {
    let community = home.community.id;
    let window = (summary.cut_off - super::WINDOW, summary.cut_off);
    Ok(Content {
        figures: serde_json::from_str(&summary.figures).unwrap_or_default(),
        asks: asked(tx, home, items).await?,
        waiting: waiting(tx, community, items).await?,
        quotes: quotes(tx, home, items).await?,
        titles: summaries::titles(tx, community, window, MOST_TITLES).await?,
        done: done(tx, home, summary).await?,
        coming: super::coming::lines(home, summary.previewed_at),
    })
}

async fn asked(tx: &mut Tx, home: &Home<'_>, items: &[Item]) -> store::Result<Vec<SummaryItem>> {
    let mut found = Vec::new();
    for item in items.iter().filter(|item| item.kind == "ask") {
        let ask = asks::by_id(tx, item.item.parse().unwrap_or(0)).await?;
        found.extend(ask.map(|ask| SummaryItem {
            number: item.number,
            what: terms(home, &ask),
            text: ask.text,
        }));
    }
    Ok(found)
}

/// What it costs and by when it is wanted.
fn terms(home: &Home<'_>, ask: &Ask) -> String {
    let say = |key: &'static str, value: &str| match value {
        "" => None,
        value => Some(home.say(&Phrase::new(key).with("value", value))),
    };
    let parts = [
        say("sum_cost", &ask.cost),
        say("sum_wanted_by", &home.date(&ask.wanted_by)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// Those that this one does not show.
async fn waiting(tx: &mut Tx, community: i64, items: &[Item]) -> store::Result<usize> {
    let open = asks::open_ones(tx, community, crate::summaries::asks::MOST_OPEN as i64).await?;
    let is_shown = |ask: &Ask| {
        let id = ask.id.to_string();
        items
            .iter()
            .any(|item| item.kind == "ask" && item.item == id)
    };
    Ok(open.iter().filter(|ask| !is_shown(ask)).count())
}

async fn quotes(tx: &mut Tx, home: &Home<'_>, items: &[Item]) -> store::Result<Vec<SummaryItem>> {
    let mut found = Vec::new();
    for item in items.iter().filter(|item| item.objected_at.is_none()) {
        let told = match item.kind.as_str() {
            "story" => story(tx, home, &item.item).await?,
            "quote" => {
                let text = summaries::quote_text(tx, &item.item).await?;
                text.map(|text| (home.say(&Phrase::new("sum_of_survey")), text))
            }
            _ => None,
        };
        found.extend(told.map(|(what, text)| SummaryItem {
            number: item.number,
            what,
            text: cut(&text, LONGEST_QUOTE),
        }));
    }
    Ok(found)
}

/// A story with its cycle, and with a name only where its author signed it.
async fn story(tx: &mut Tx, home: &Home<'_>, id: &str) -> store::Result<Option<(String, String)>> {
    let found = stories::by_id(tx, id.parse().unwrap_or(0)).await?;
    let quoted = found.filter(|story| story.state == "quoted" && !story.consent.is_empty());
    Ok(quoted.map(|story| {
        let cycle = home.say(&Phrase::new(cycle(&story.cycle)));
        let what = match story.signed.as_str() {
            "" => cycle,
            name => format!("{cycle}, {name}"),
        };
        (what, story.text)
    }))
}

fn cycle(name: &str) -> &'static str {
    match name {
        "potential" => "sum_cycle_potential",
        "applied" => "sum_cycle_applied",
        "realized" => "sum_cycle_realized",
        _ => "sum_cycle_story",
    }
}

async fn done(tx: &mut Tx, home: &Home<'_>, summary: &Summary) -> store::Result<Vec<String>> {
    let (community, span) = (home.community.id, (summary.since, summary.previewed_at));
    let decided = asks::decided(tx, community, span, MOST_DONE).await?;
    let shown_on = day(home, summary.previewed_at);
    let became = |ask: &Ask| became(home, ask, shown_on);
    let mut lines: Vec<String> = decided.iter().map(became).collect();
    for text in summaries::actions(tx, community, span, MOST_DONE).await? {
        let text = cut(&text, LONGEST_DONE);
        lines.push(home.say(&Phrase::new("sum_did_action").with("text", text)));
    }
    let version = home.community.agreement.to_string();
    lines.push(home.say(&Phrase::new("sum_charter").with("version", version)));
    Ok(lines)
}

/// The day on the community's clock.
fn day(home: &Home<'_>, at: Millis) -> NaiveDate {
    let local = moment(at).with_timezone(&home.charter.timezone);
    local.date_naive()
}

/// What became of an ask by the day on which members were shown it.
fn became(home: &Home<'_>, ask: &Ask, shown_on: NaiveDate) -> String {
    let is_overdue = ask
        .due_on
        .parse()
        .is_ok_and(|due: NaiveDate| due < shown_on);
    let text = cut(&ask.text, LONGEST_DONE);
    let phrase = match ask.state.as_str() {
        "done" => {
            Phrase::new("sum_did_done").with("date", home.day(ask.done_at.unwrap_or_default()))
        }
        "declined" if ask.reason.is_empty() => Phrase::new("sum_did_decline"),
        "declined" => {
            let reason = cut(&ask.reason, LONGEST_DONE);
            Phrase::new("sum_did_decline_reason").with("reason", reason)
        }
        _ => {
            let key = match is_overdue {
                true => "sum_did_overdue",
                false => "sum_did_promise",
            };
            Phrase::new(key).with("date", home.date(&ask.due_on))
        }
    };
    home.say(&phrase.with("text", text))
}

/// One line of at most so many characters.
fn cut(text: &str, longest: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    match line.chars().count() > longest {
        true => line.chars().take(longest - 2).chain(" …".chars()).collect(),
        false => line,
    }
}

/// What a new summary names by numbers: at most [`MOST_SHOWN`] asks, a story and a
/// sentence of a survey that members let a sponsor read.
///
/// # Errors
/// Where the database refuses.
pub async fn choose(tx: &mut Tx, community: i64, summary: &Summary) -> store::Result<Vec<Item>> {
    let item = |kind: &str, number: usize, item: String| Item {
        kind: kind.to_owned(),
        number: i64::try_from(number).unwrap_or_default(),
        item,
        objected_at: None,
    };
    let asks = asks::open_ones(tx, community, MOST_SHOWN as i64).await?;
    let mut items: Vec<Item> = (1..)
        .zip(&asks)
        .map(|(number, ask)| item("ask", number, ask.id.to_string()))
        .collect();
    let mut number = 0;
    if let Some(story) = stories::next(tx, community, &summary.series).await? {
        number += 1;
        items.push(item("story", number, story.id.to_string()));
    }
    let span = (summary.since, summary.previewed_at);
    if let Some((id, _)) = summaries::quote(tx, community, span).await? {
        items.push(item("quote", number + 1, id));
    }
    Ok(items)
}
