//! Results of closed waves, as they may be published.

use serde::Serialize;

use super::statistics::{self, Bin, Published, Verdict};
use super::{Asked, ask, bars, poll};
use crate::config::survey::Kind;
use crate::store::surveys::{self, Tally, Wave};
use crate::store::{self, Tx};

/// A closed wave, published.
#[derive(Clone, Debug, Serialize)]
pub struct WaveResult {
    /// The survey's name.
    pub survey: String,
    /// What was asked, of a poll or a ranking; else empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub question: String,
    /// How many were asked whose answers count.
    pub invited: i64,
    /// How many of them answered.
    pub answered: i64,
    /// Each index.
    pub indices: Vec<IndexResult>,
    /// The day on which it closed, as `2026-05-20` (UTC).
    pub closed: String,
    /// The wave's key.
    #[serde(skip)]
    pub wave: i64,
    /// Its survey's version: answers to another one are not compared.
    #[serde(skip)]
    pub version: Option<u32>,
}

impl WaveResult {
    /// The result of an index; nothing where it is suppressed or was not asked.
    fn shown(&self, index: &str) -> Option<(&WaveResult, &IndexResult)> {
        let found = self.indices.iter().find(|one| one.index == index)?;
        (!found.suppressed).then_some((self, found))
    }

    /// An index of this wave and of those before it that can be compared with it, the
    /// newest first; nothing where this wave's is suppressed.
    pub fn history<'a>(
        &'a self,
        all: &'a [WaveResult],
        index: &'a str,
    ) -> impl Iterator<Item = (&'a WaveResult, &'a IndexResult)> {
        let own = self.shown(index);
        let is_past = move |past: &&WaveResult| {
            // Another question each time.
            index != "rotating"
                && past.wave < self.wave
                && past.survey == self.survey
                && self.survey != poll::NAME
                && past.version == self.version
        };
        let past = all.iter().rev().filter(is_past);
        let past = past.filter_map(move |past| past.shown(index));
        own.into_iter()
            .chain(past.take_while(move |_| own.is_some()))
    }

    /// The indices that few could say yes to: all that they may stand for is two fifths or
    /// less, and enough of those asked have answered.
    pub fn low(&self) -> impl Iterator<Item = &IndexResult> {
        let is_low = |index: &&IndexResult| {
            let said = index.bin.as_ref();
            said.is_some_and(|said| bars::edges(said).1 <= LOW)
                && index.verdict != words(Verdict::TooFew)
        };
        self.indices.iter().filter(is_low)
    }
}

/// An index is low where its bin ends here or below, in percent.
const LOW: i64 = 40;

/// An index of a closed wave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IndexResult {
    /// Its name.
    pub index: String,
    /// The option that it is about, of a poll or a ranking; else empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub label: String,
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

/// The results of all closed waves of a community, oldest first; options in a language.
///
/// # Errors
/// Where the database refuses.
pub async fn all(tx: &mut Tx, community: i64, language: &str) -> store::Result<Vec<WaveResult>> {
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
        let asked = Asked::of((*wave).clone());
        let label = |mut index: IndexResult| {
            if let Some(asked) = &asked {
                index.label = asked.option_of(&index.index, language);
            }
            index
        };
        WaveResult {
            survey: wave.survey.clone(),
            question: asked
                .as_ref()
                .filter(|asked| asked.survey.kind != Kind::Scale)
                .map(|asked| ask::question(asked, language))
                .unwrap_or_default(),
            invited: wave.invited,
            answered: wave.answered,
            indices: of(wave)
                .iter()
                .map(|tally| label(index(wave, tally, &past)))
                .collect(),
            closed: day(wave.closed_at.unwrap_or(wave.closes_at)),
            wave: wave.id,
            version: version(wave),
        }
    };
    Ok(closed.iter().enumerate().map(result).collect())
}

fn day(at: store::Millis) -> String {
    crate::clock::moment(at).format("%Y-%m-%d").to_string()
}

fn version(wave: &Wave) -> Option<u32> {
    Asked::of(wave.clone()).map(|asked| asked.survey.version)
}

/// Answers to other questions are not compared.
fn is_comparable(past: &Wave, wave: &Wave) -> bool {
    // Each poll asks something else.
    past.survey != poll::NAME && past.survey == wave.survey && version(past) == version(wave)
}

fn index(wave: &Wave, tally: &Tally, past: &[&Tally]) -> IndexResult {
    let suppressed = IndexResult {
        index: tally.name.clone(),
        label: String::new(),
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
