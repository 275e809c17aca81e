//! The budget: whether a mail of the programme, or one that somebody gets because of
//! a role, may go to a person now, when it may, or that it will not. Pure: what the
//! person got from all communities is given, and so is the time.

mod ahead;
mod quiet;

use std::fmt;

use sha2::{Digest, Sha256};

use crate::store::Millis;

pub use ahead::{Ahead, Going, Kept, decide_ahead};
pub use quiet::Calendar;

const HOUR: Millis = 3_600_000;
const DAY: Millis = 24 * HOUR;

/// The rolling week, in milliseconds.
pub const WEEK: Millis = 7 * DAY;
/// The rolling month, in milliseconds.
pub const MONTH: Millis = 30 * DAY;
/// Between two mails of the programme, in milliseconds.
pub const GAP: Millis = 48 * HOUR;
/// Within so long there is room for one more, in milliseconds: with a weekend in between
/// that is a week.
const PACE: Millis = 6 * DAY;
/// Mails because of a role in any seven days.
pub const ROLE_PER_WEEK: u32 = 3;
/// At the end of quiet hours not everybody's mail goes in one second: it is spread
/// over so long, in milliseconds.
pub const SPREAD: Millis = 20 * 60_000;
/// Nothing is planned further ahead than this, whatever its expiry says.
const HORIZON: Millis = 400 * DAY;

/// How a mail is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// In the windows of the programme, and a gap after the last one.
    Programme,
    /// The invitation to a series: in the windows of the programme, once; the gap and
    /// quiet hours are nothing to it.
    Series,
    /// Because of a role: in a window of its own.
    Role,
}

/// A mail that the person got, from whichever community.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// When; a moment to come counts as well, and makes room for what is planned.
    pub at: Millis,
    /// How it counts.
    pub kind: Kind,
}

/// What the mail's own community allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Mails of the programme in any seven days.
    pub per_week: u32,
    /// The same in any thirty.
    pub per_month: u32,
    /// How often the person has asked for half: each time, the programme's windows
    /// and its gap last twice as long.
    pub halved: u32,
}

/// A mail that wants to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// How it counts.
    pub kind: Kind,
    /// When it fell due.
    pub due_at: Millis,
    /// The last moment at which it makes sense.
    pub expires_at: Millis,
    /// How long after the end of quiet hours it goes ([`jitter`]).
    pub jitter: Millis,
    /// Whether it is not given up for want of room ([`decide`]).
    pub is_kept: bool,
}

/// What held a mail back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It was not due yet.
    NotDue,
    /// So many in a week are enough.
    Week(u32),
    /// So many in a month are enough.
    Month(u32),
    /// The month's mails are spread, so that there is room in any week.
    Spread(u32),
    /// The last one was less than 48 hours ago.
    Gap,
    /// So many mails because of a role are enough for a week.
    Role,
    /// Quiet hours, a weekend or holidays where the person lives.
    Quiet,
    /// What is kept would find no room any more.
    Kept,
    /// The community sends no programme mail at all.
    Never,
    /// Nothing held it back; it came too late.
    Late,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::NotDue => write!(f, "not due yet"),
            Reason::Week(most) => write!(f, "over budget: {most} programme mails in 7 days"),
            Reason::Month(most) => write!(f, "over budget: {most} programme mails in 30 days"),
            Reason::Spread(most) => write!(
                f,
                "over budget: {most} programme mails in 30 days are spread, so that each week has room"
            ),
            Reason::Gap => write!(f, "less than 48 hours since the last programme mail"),
            Reason::Role => write!(f, "over budget: {ROLE_PER_WEEK} role mails in 7 days"),
            Reason::Quiet => write!(f, "quiet hours, a weekend or holidays"),
            Reason::Kept => write!(
                f,
                "the room is kept for health checks, their results and calls for an agenda"
            ),
            Reason::Never => write!(f, "the charter's budget allows no programme mail"),
            Reason::Late => write!(f, "it came too late"),
        }
    }
}

/// What becomes of an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It goes now.
    Send,
    /// It is looked at again at that moment, which is after now and not after its expiry.
    Wait(Millis, Reason),
    /// It makes no sense any more when it could go.
    Drop(Reason),
}

/// Judges one offer. `history` is what the person got, in any order; what is older
/// than the windows may be in it or not.
///
/// What is kept and would expire in a window that its recipient has made longer, or that
/// is spread, goes by the community's own windows, which nothing ever exceeds.
pub fn decide(
    offer: &Offer,
    history: &[Sent],
    limits: &Limits,
    calendar: &Calendar<'_>,
    now: Millis,
) -> Decision {
    match judge(offer, (history, Strict::Yes), limits, calendar, now) {
        Decision::Drop(_) if offer.is_kept => {
            let plain = Limits {
                halved: 0,
                ..*limits
            };
            judge(offer, (history, Strict::No), &plain, calendar, now)
        }
        decision => decision,
    }
}

/// Whether the month's mails are spread.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strict {
    Yes,
    No,
}

fn judge(
    offer: &Offer,
    (history, strict): (&[Sent], Strict),
    limits: &Limits,
    calendar: &Calendar<'_>,
    now: Millis,
) -> Decision {
    let expires = offer
        .expires_at
        .min(offer.due_at.max(now).saturating_add(HORIZON));
    let Some((free, held)) = free_from(offer.kind, (history, strict), limits) else {
        return Decision::Drop(Reason::Never);
    };
    let (mut at, mut reason) = (now, Reason::Late);
    for (moment, why) in [(offer.due_at, Reason::NotDue), (free, held)] {
        if moment > at {
            (at, reason) = (moment, why);
        }
    }
    if offer.kind != Kind::Series && at <= expires && calendar.is_quiet(at) {
        (at, reason) = (calendar.end(at, expires, offer.jitter), Reason::Quiet);
    }
    match at {
        at if at > expires => Decision::Drop(reason),
        at if at <= now => Decision::Send,
        at => Decision::Wait(at, reason),
    }
}

/// Whether all windows have room for one more now. Quiet hours are not asked: it goes
/// with a mail that comes anyway.
pub fn has_room(kind: Kind, history: &[Sent], limits: &Limits, now: Millis) -> bool {
    free_from(kind, (history, Strict::Yes), limits).is_some_and(|(at, _)| at <= now)
}

/// From when on all windows have room for one more, and the window that was last to
/// have some; `None` where there never is any.
fn free_from(
    kind: Kind,
    (history, strict): (&[Sent], Strict),
    limits: &Limits,
) -> Option<(Millis, Reason)> {
    let times = |counts: fn(Kind) -> bool| {
        let mut all: Vec<_> = history
            .iter()
            .filter(|sent| counts(sent.kind))
            .map(|sent| sent.at)
            .collect();
        all.sort_unstable_by(|a, b| b.cmp(a));
        all
    };
    if kind == Kind::Role {
        let sent = times(|kind| kind == Kind::Role);
        return Some((room(&sent, ROLE_PER_WEEK, WEEK)?, Reason::Role));
    }
    let sent = times(|kind| kind != Kind::Role);
    let longer = |window: Millis| window << limits.halved.min(8);
    let mut all = vec![
        (
            room(&sent, limits.per_week, longer(WEEK))?,
            Reason::Week(limits.per_week),
        ),
        (
            room(&sent, limits.per_month, longer(MONTH))?,
            Reason::Month(limits.per_month),
        ),
    ];
    if strict == Strict::Yes
        && let Some(at) = spread(&sent, limits.per_month)
    {
        all.push((at, Reason::Spread(limits.per_month)));
    }
    if kind == Kind::Programme {
        let spaced = times(|kind| kind == Kind::Programme);
        all.push((room(&spaced, 1, longer(GAP))?, Reason::Gap));
    }
    all.into_iter().max_by_key(|(at, _)| *at)
}

/// From when on fewer than `most` of these moments, latest first, lie within `window`.
fn room(latest_first: &[Millis], most: u32, window: Millis) -> Option<Millis> {
    let index = usize::try_from(most.checked_sub(1)?).unwrap_or(usize::MAX);
    let nth = latest_first.get(index);
    Some(nth.map_or(Millis::MIN, |at| at.saturating_add(window)))
}

/// From when on one more mail leaves enough of the month's `most` for one in each pace
/// that is left of it. Whose windows are longer has these mails spread by them already. Whatever comes then waits no longer than that: where two in a week
/// used up the month, the last thing that matters would wait for half of it.
/// `None` where there are too few for that, or nothing was sent.
///
/// After a mail that follows this rule, the next one may go a pace later: for each of the
/// latest mails the moment below is then a pace after the last one at most.
fn spread(latest_first: &[Millis], most: u32) -> Option<Millis> {
    if PACE.saturating_mul(i64::from(most)) < MONTH {
        return None;
    }
    let left = (1..most).rev();
    let room = |(at, left): (&Millis, u32)| {
        let reserved = PACE.saturating_mul(i64::from(left));
        at.saturating_add(MONTH).saturating_sub(reserved)
    };
    latest_first.iter().zip(left).map(room).max()
}

/// How long after the end of quiet hours this mail goes to this person, in
/// milliseconds: by chance, but the same chance after every restart.
pub fn jitter(person: &str, mail: &str) -> Millis {
    let hash = Sha256::new()
        .chain_update(person)
        .chain_update([0])
        .chain_update(mail)
        .finalize();
    let number = hash
        .iter()
        .take(4)
        .fold(0_i64, |sum, byte| sum << 8 | i64::from(*byte));
    number % SPREAD
}

#[cfg(test)]
mod tests;
