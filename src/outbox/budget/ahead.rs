//! Whether all that is kept finds room: the next weeks are played, a day at a time, with
//! what waits for a person and what is planned for them.

mod days;
mod judge;

use std::sync::OnceLock;

use super::{Calendar, GAP, Kind, Limits, MONTH, Sent, WEEK};
use crate::store::Millis;

use days::{Day, Look};
pub use judge::decide_ahead;

const HOUR: Millis = 3_600_000;
const DAY: Millis = 24 * HOUR;

/// How long before its end what can be a section goes on its way, in milliseconds: at the
/// last moment, so that one mail takes many along; before a weekend; well before; or at
/// once.
const PATIENCE: [Millis; 4] = [
    DAY + 36 * HOUR,
    DAY + 84 * HOUR,
    DAY + 132 * HOUR,
    Millis::MAX,
];

/// Of so many bundles in a row each way is tried; then they begin anew.
const BUNDLES: u32 = 3;

/// A mail that must not be lost: it waits, or is planned.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'a> {
    /// Which offer it is; 0 where it is planned.
    pub offer: i64,
    /// From when on it can be a section of another mail.
    pub ready_at: Millis,
    /// From when on it goes by itself.
    pub due_at: Millis,
    /// The last moment at which it makes sense.
    pub expires_at: Millis,
    /// Whether it is never a section.
    pub alone: bool,
    /// What its community allows.
    pub limits: Limits,
    /// When it may go.
    pub calendar: Calendar<'a>,
}

/// All that is kept for a person, and the days that are left for it.
pub struct Ahead<'a> {
    kept: Vec<Kept<'a>>,
    now: Millis,
    /// Made when it is asked for: most that is offered waits for something else.
    days: OnceLock<Look>,
    gone: Vec<i64>,
}

/// What goes in one mail.
#[derive(Clone, Debug, Default)]
pub struct Going {
    /// These do: the one that is judged, and what is a section of it.
    pub surely: Vec<i64>,
    /// These stand alone where they can, and are kept: they go with it where they would
    /// be lost. What expires first comes first.
    pub perhaps: Vec<i64>,
}

/// How much is asked of a way: what stands alone does so, and nothing counts on its last
/// day (`days::MARGIN`); or less.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Care {
    /// All of that.
    Alone,
    /// What stands alone is a section of another mail, or has some.
    Sections,
    /// The same, and the last day is one as any other.
    LastDay,
}

/// How many are lost, by how much is asked. Whether all find a mail weighs most.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Loss {
    for_good: usize,
    nearly: usize,
    alone: usize,
}

impl Loss {
    const NONE: Loss = Loss {
        for_good: 0,
        nearly: 0,
        alone: 0,
    };
}

impl<'a> Ahead<'a> {
    /// Looks ahead from a moment.
    pub fn new(kept: Vec<Kept<'a>>, now: Millis) -> Ahead<'a> {
        Ahead {
            kept,
            now,
            days: OnceLock::new(),
            gone: Vec::new(),
        }
    }

    fn look(&self) -> &Look {
        self.days.get_or_init(|| Look::ahead(&self.kept, self.now))
    }

    /// Whether nothing is kept for them.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// These offers have ended.
    pub fn end(&mut self, offers: &[i64]) {
        self.gone.extend(offers);
    }

    /// What is lost where these were sent, and the person got those. Nothing goes before
    /// the moment: what is told to wait is looked at again then.
    fn loss(&self, gone: &[i64], then: (&[Sent], Millis)) -> Loss {
        let less = |than: usize, care| match than {
            0 => 0,
            _ => self.lost(gone, then, care).min(than),
        };
        let alone = self.lost(gone, then, Care::Alone);
        let nearly = less(alone, Care::Sections);
        Loss {
            for_good: less(nearly, Care::LastDay),
            nearly,
            alone,
        }
    }

    /// How many are lost by the best of the ways to wait.
    fn lost(&self, gone: &[i64], then: (&[Sent], Millis), care: Care) -> usize {
        let mut history = then.0.to_vec();
        history.sort_unstable_by_key(|sent| sent.at);
        let ways = PATIENCE.len().pow(BUNDLES);
        let (mut fewest, mut most_bundles) = (usize::MAX, 0);
        for way in 0..ways {
            let (lost, bundles) = self.played(gone, (&history, then.1), (way, care));
            fewest = fewest.min(lost);
            most_bundles = bundles.max(most_bundles);
            // All further ways differ in how bundles wait that there are not.
            if fewest == 0 || way + 1 >= PATIENCE.len().pow((most_bundles + 1).min(BUNDLES)) {
                break;
            }
        }
        fewest
    }

    /// How many are lost by a way, and how many mails of several sections went.
    fn played(
        &self,
        gone: &[i64],
        (history, from): (&[Sent], Millis),
        (way, care): (usize, Care),
    ) -> (usize, u32) {
        let is_open = |index: &usize| {
            let offer = self.kept[*index].offer;
            !gone.contains(&offer) && !self.gone.contains(&offer)
        };
        let mut open: Vec<usize> = (0..self.kept.len()).filter(is_open).collect();
        open.sort_by_key(|index| self.kept[*index].expires_at);
        let (mut sent, mut lost, mut bundles) = (history.to_vec(), 0, 0);
        for day in self.look().days.iter().filter(|day| day.at >= from) {
            let before = open.len();
            open.retain(|index| self.last(*index, care) >= day.at);
            lost += before - open.len();
            let patience = patience(way, bundles);
            let Some(first) = self.next(&open, day, &sent, (patience, care)) else {
                continue;
            };
            let at = day.at;
            sent.push(Sent {
                at,
                kind: Kind::Programme,
            });
            bundles += u32::from(!self.is_alone(first, care));
            open.retain(|index| *index != first && !self.goes_with(*index, first, (at, care)));
        }
        (lost + open.len(), bundles)
    }

    /// What goes on a day: of what may, what expires first. `sent` is in order.
    fn next(
        &self,
        open: &[usize],
        day: &Day,
        sent: &[Sent],
        (patience, care): (Millis, Care),
    ) -> Option<usize> {
        let mut known: Option<(Limits, bool)> = None;
        let mut has_room = |limits: Limits| match known {
            Some((same, has_room)) if same == limits => has_room,
            _ => {
                let has_room = has_room_at(sent, &limits, day.at);
                known = Some((limits, has_room));
                has_room
            }
        };
        let may = |index: &&usize| {
            let one = &self.kept[**index];
            let wants = self.is_alone(**index, care) || one.expires_at - day.at <= patience;
            day.open[**index] && wants && has_room(one.limits)
        };
        open.iter().find(may).copied()
    }

    /// Whether more is lost where these go now, after which the person has got `after`,
    /// than where they wait and nothing goes before `next`.
    fn costs(
        &self,
        goes: &[i64],
        after: &[Sent],
        (history, next): (&[Sent], Millis),
        now: Millis,
    ) -> bool {
        let going = self.loss(goes, (after, now));
        going > Loss::NONE && self.loss(&[], (history, next)) < going
    }

    fn is_alone(&self, index: usize, care: Care) -> bool {
        care == Care::Alone && self.kept[index].alone
    }

    /// Until when it counts on being sent: of its last day only where that has come.
    fn last(&self, index: usize, care: Care) -> Millis {
        match care {
            Care::LastDay => self.kept[index].expires_at,
            _ => self.look().safe[index],
        }
    }

    fn goes_with(&self, index: usize, first: usize, (at, care): (Millis, Care)) -> bool {
        let is_section = !self.is_alone(index, care) && !self.is_alone(first, care);
        is_section && self.kept[index].ready_at <= at
    }

    /// Adds to what goes now those that would else be lost because they stand alone.
    /// `history` has the mail that goes.
    fn squeeze(&self, going: &mut Going, history: &[Sent], now: Millis) {
        let lost = |going: &Going| self.lost(&going.surely, (history, now), Care::Alone);
        if going.perhaps.is_empty() {
            return;
        }
        let mut losing = lost(going);
        for offer in std::mem::take(&mut going.perhaps) {
            if losing == 0 {
                return;
            }
            going.surely.push(offer);
            match lost(going) {
                fewer if fewer < losing => losing = fewer,
                _ => drop(going.surely.pop()),
            }
        }
    }
}

/// Whether a person has room for one more mail of the programme at a moment that is none
/// before the last of these, which are in order (`free_from` says when, of any history).
fn has_room_at(sent: &[Sent], limits: &Limits, at: Millis) -> bool {
    let counted = sent.iter().rev().filter(|one| one.kind != Kind::Role);
    for (count, one) in (1..).zip(counted) {
        let age = at - one.at;
        let is_full = |most: u32, window: Millis| count == most && age < window;
        let is_near = one.kind == Kind::Programme && age < GAP;
        if is_near || is_full(limits.per_week, WEEK) || is_full(limits.per_month, MONTH) {
            return false;
        }
        if age >= MONTH {
            break;
        }
    }
    limits.per_week > 0 && limits.per_month > 0
}

/// How patient that way is with the bundle of that number.
fn patience(way: usize, bundle: u32) -> Millis {
    let digit = way / PATIENCE.len().pow(bundle % BUNDLES) % PATIENCE.len();
    PATIENCE[digit]
}

#[cfg(test)]
mod tests;
