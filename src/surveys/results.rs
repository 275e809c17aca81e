//! Results of closed waves, as they may be published.

use serde::Serialize;

use super::Asked;
use super::statistics::{self, Bin, Published, Verdict};
use crate::store::surveys::{self, Tally, Wave};
use crate::store::{self, Tx};

/// A closed wave, published.
#[derive(Clone, Debug, Serialize)]
pub struct WaveResult {
    /// The survey's name.
    pub survey: String,
    /// How many were asked whose answers count.
    pub invited: i64,
    /// How many of them answered.
    pub answered: i64,
    /// Each index.
    pub indices: Vec<IndexResult>,
    /// The wave's key.
    #[serde(skip)]
    pub wave: i64,
}

/// An index of a closed wave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IndexResult {
    /// Its name.
    pub index: String,
    /// How many answered it.
    pub n: i64,
    /// What is said of it; nothing where it is suppressed.
    pub bin: Option<Said>,
    /// From the bin's smallest count to its largest, at 95 %, in percent.
    pub interval: Option<(i64, i64)>,
    /// What the share among all who were asked could be, in percent.
    pub bounds: Option<(i64, i64)>,
    /// How it compares with the wave before.
    pub verdict: &'static str,
    /// Whether too few have answered to say anything.
    pub suppressed: bool,
}

/// A bin, as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Said {
    /// From so many percent to so many.
    Percent(i64, i64),
    /// mostly yes, mixed or mostly no.
    Words(&'static str),
}

impl From<Bin> for Said {
    fn from(bin: Bin) -> Said {
        match bin {
            Bin::MostlyYes => Said::Words("mostly yes"),
            Bin::Mixed => Said::Words("mixed"),
            Bin::MostlyNo => Said::Words("mostly no"),
            Bin::Percent(low, high) => Said::Percent(low, high),
        }
    }
}

/// How a verdict is written.
pub fn words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::First => "first time",
        Verdict::TooFew => "too few answers to compare",
        Verdict::NoClearChange => "no clear change",
        Verdict::Higher => "higher",
        Verdict::Lower => "lower",
    }
}

/// The results of all closed waves of a community, oldest first.
///
/// # Errors
/// Where the database refuses.
pub async fn all(tx: &mut Tx, community: i64) -> store::Result<Vec<WaveResult>> {
    let waves = surveys::of_community(tx, community).await?;
    let tallies = surveys::tallies(tx, community).await?;
    let closed: Vec<&Wave> = waves.iter().filter(|wave| wave.state == "closed").collect();
    let of = |wave: &Wave| -> Vec<&Tally> {
        tallies
            .iter()
            .filter(|tally| tally.wave_id == wave.id)
            .collect()
    };
    let result = |(at, wave): (usize, &&Wave)| {
        let before = closed
            .iter()
            .take(at)
            .rev()
            .find(|past| is_comparable(past, wave));
        let past = before.map(|past| of(past)).unwrap_or_default();
        WaveResult {
            survey: wave.survey.clone(),
            invited: wave.invited,
            answered: wave.answered,
            indices: of(wave)
                .iter()
                .map(|tally| index(wave, tally, &past))
                .collect(),
            wave: wave.id,
        }
    };
    Ok(closed.iter().enumerate().map(result).collect())
}

/// Answers to other questions are not compared.
fn is_comparable(past: &Wave, wave: &Wave) -> bool {
    let version = |wave: &Wave| Asked::of(wave.clone()).map(|asked| asked.survey.version);
    past.survey == wave.survey && version(past) == version(wave)
}

fn index(wave: &Wave, tally: &Tally, past: &[&Tally]) -> IndexResult {
    let suppressed = IndexResult {
        index: tally.name.clone(),
        n: tally.n,
        bin: None,
        interval: None,
        bounds: None,
        verdict: words(Verdict::TooFew),
        suppressed: true,
    };
    let is_enough = tally.n >= wave.minimum;
    let Some(published) = published(tally).filter(|_| is_enough) else {
        return suppressed;
    };
    // Another question each time.
    let same = past
        .iter()
        .find(|one| one.name == tally.name && tally.name != "rotating");
    let before = same.and_then(|one| Some((published_of(one)?, one.n)));
    let before = before.as_ref().map(|(published, n)| (published, *n));
    let share = (tally.n, wave.invited);
    IndexResult {
        bin: Some(published.bin.into()),
        interval: Some(published.interval(tally.n)),
        bounds: Some(published.bounds(tally.n, wave.invited)),
        verdict: words(statistics::verdict((&published, tally.n), before, share)),
        suppressed: false,
        ..suppressed
    }
}

fn published(tally: &Tally) -> Option<Published> {
    statistics::publish(tally.k, tally.n)
}

fn published_of(tally: &&Tally) -> Option<Published> {
    published(tally)
}
