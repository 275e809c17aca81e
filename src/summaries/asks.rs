//! What a facilitator asks of the sponsor: kept until the next summary has room for it.
//! One mail shows three, the oldest first, so that each is read.

use chrono::NaiveDate;

use crate::lists::home::Home;
use crate::message::oneline::oneline;
use crate::store::asks::{self, NewAsk};
use crate::store::{self, Tx, communities, members};
use crate::templates::Phrase;
use crate::trail::Step;

/// So many asks one summary shows.
pub const MOST_SHOWN: usize = 3;

/// So many may be open; who asks for more is asked for less.
pub const MOST_OPEN: usize = 20;

/// The longest ask, in characters: it is read among others in one mail.
pub const LONGEST: usize = 200;

/// The longest note on what it costs, in characters.
pub const LONGEST_COST: usize = 60;

/// An ask as it is given.
#[derive(Clone, Copy, Debug)]
pub struct New<'a> {
    /// Whose it is, an address; empty for the operator.
    pub by: &'a str,
    /// What is asked for.
    pub text: &'a str,
    /// What it costs, in words; or empty.
    pub cost: &'a str,
    /// The day by which it is wanted.
    pub wanted_by: Option<NaiveDate>,
}

/// Keeps an ask; gives what to say: what was done, or why not.
///
/// # Errors
/// Where the database refuses.
pub async fn record(
    tx: &mut Tx,
    home: &Home<'_>,
    new: &New<'_>,
) -> store::Result<Result<Phrase, Phrase>> {
    let community = home.community.id;
    let (text, cost) = (oneline(new.text), oneline(new.cost));
    if text.is_empty() || text.chars().count() > LONGEST || cost.chars().count() > LONGEST_COST {
        return Ok(Err(Phrase::new("ask_unfit")
            .with("most", LONGEST.to_string())
            .with("cost", LONGEST_COST.to_string())));
    }
    if new.wanted_by.is_some_and(|day| day < today(home)) {
        return Ok(Err(Phrase::new("ask_past")));
    }
    if members::with_role(tx, community, "sponsor")
        .await?
        .is_empty()
    {
        return Ok(Err(Phrase::new("ask_no_sponsor")));
    }
    communities::lock(tx, community).await?;
    let waiting = asks::open_ones(tx, community, MOST_OPEN as i64)
        .await?
        .len();
    if waiting >= MOST_OPEN {
        return Ok(Err(
            Phrase::new("ask_too_many").with("most", MOST_OPEN.to_string())
        ));
    }
    keep(tx, home, new, (&text, &cost)).await?;
    Ok(Ok(said(&text, waiting)))
}

fn said(text: &str, waiting: usize) -> Phrase {
    let key = match waiting < MOST_SHOWN {
        true => "ask_kept",
        false => "ask_waits",
    };
    Phrase::new(key)
        .with("text", text)
        .with("before", waiting.to_string())
        .with("most", MOST_SHOWN.to_string())
}

async fn keep(
    tx: &mut Tx,
    home: &Home<'_>,
    new: &New<'_>,
    (text, cost): (&str, &str),
) -> store::Result<()> {
    let wanted_by = new
        .wanted_by
        .map_or_else(String::new, |day| day.to_string());
    let row = NewAsk {
        community_id: home.community.id,
        asked_by: new.by,
        text,
        cost,
        wanted_by: &wanted_by,
        at: home.now(),
    };
    let id = asks::insert(tx, &row).await?;
    let step = Step {
        community_id: Some(home.community.id),
        address: new.by.to_owned(),
        at: home.now(),
        ..Step::default()
    };
    step.record(tx, "sponsor-ask", "asked", &format!("ask {id}"))
        .await
}

/// Today on the community's wall clock.
pub fn today(home: &Home<'_>) -> NaiveDate {
    let now = crate::clock::moment(home.now());
    now.with_timezone(&home.charter.timezone).date_naive()
}
