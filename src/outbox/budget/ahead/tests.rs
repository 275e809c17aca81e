//! Tables of what three communities ask of one person, played hour by hour.

use chrono::{DateTime, NaiveTime};
use chrono_tz::Tz;

use super::*;
use crate::config::charter::Quiet;
use crate::outbox::budget::{Decision, GAP, MONTH, Offer, WEEK};

const LIMITS: Limits = Limits {
    per_week: 2,
    per_month: 6,
    halved: 0,
};

/// Monday, 2 March 2026, at midnight.
const START: &str = "2026-03-02T00:00:00Z";
/// For so many days all is played.
const PLAYED: i64 = 56;

/// Something that wants to go: on which day and at which hour it falls due, and how many
/// days it makes sense.
#[derive(Clone, Copy)]
struct Wish {
    day: i64,
    hour: i64,
    lasts: i64,
    alone: bool,
    is_kept: bool,
    /// From which day on anybody can know of it.
    known: i64,
}

fn check(day: i64) -> Wish {
    Wish {
        day,
        hour: 9,
        lasts: 14,
        alone: true,
        is_kept: true,
        known: 0,
    }
}

fn results(day: i64) -> Wish {
    Wish {
        alone: false,
        ..check(day)
    }
}

/// It is known three days before it is due.
fn agenda(day: i64) -> Wish {
    Wish {
        lasts: 7,
        hour: 16,
        alone: false,
        ..check(day)
    }
}

/// What nobody would miss: a rating, a reminder.
fn plain(day: i64) -> Wish {
    Wish {
        lasts: 7,
        is_kept: false,
        ..check(day)
    }
}

fn start() -> Millis {
    START
        .parse::<DateTime<chrono::Utc>>()
        .unwrap()
        .timestamp_millis()
}

fn calendar() -> Calendar<'static> {
    let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    Calendar {
        zone: Tz::UTC,
        quiet: Some(Quiet {
            from: hour(18),
            to: hour(8),
        }),
        holidays: &[],
    }
}

impl Wish {
    fn due_at(&self) -> Millis {
        start() + self.day * DAY + self.hour * HOUR
    }

    fn expires_at(&self) -> Millis {
        self.due_at() + self.lasts * DAY
    }

    fn offer(&self) -> Offer {
        Offer {
            kind: Kind::Programme,
            due_at: self.due_at(),
            expires_at: self.expires_at(),
            jitter: 0,
            is_kept: self.is_kept,
        }
    }

    fn kept(&self, offer: i64) -> Kept<'static> {
        Kept {
            offer,
            ready_at: self.due_at() - 3 * DAY,
            due_at: self.due_at(),
            expires_at: self.expires_at(),
            alone: self.alone,
            limits: LIMITS,
            calendar: calendar(),
        }
    }
}

/// Plays them as a release does, and gives when mails went and which wishes were lost.
fn play(wishes: &[Wish], looks_ahead: bool) -> (Vec<Millis>, Vec<usize>) {
    let mut open: Vec<usize> = (0..wishes.len()).collect();
    open.sort_by_key(|index| {
        (
            !wishes[*index].is_kept,
            !wishes[*index].alone,
            wishes[*index].day,
        )
    });
    let (mut sent, mut lost) = (Vec::<Sent>::new(), Vec::new());
    for hour in 0..PLAYED * 24 {
        let now = start() + hour * HOUR;
        let gone = |index: &usize| wishes[*index].expires_at() < now;
        lost.extend(open.iter().copied().filter(gone));
        open.retain(|index| !gone(index));
        for index in open.clone() {
            let wish = &wishes[index];
            if wish.due_at() > now || !open.contains(&index) {
                continue;
            }
            let known = open
                .iter()
                .filter(|index| looks_ahead && wishes[**index].is_kept)
                .filter(|index| wishes[**index].known * 24 <= hour);
            let known = known.map(|index| wishes[*index].kept(i64::try_from(*index).unwrap() + 1));
            let ahead = Ahead::new(known.filter(|one| one.due_at < now + MONTH).collect(), now);
            let with = |other: &usize| {
                *other == index
                    || !wish.alone
                        && !wishes[*other].alone
                        && wishes[*other].due_at() - 3 * DAY <= now
            };
            let goes: Vec<usize> = open.iter().copied().filter(with).collect();
            let key = |one: &usize| i64::try_from(*one).unwrap() + 1;
            let can_be = |one: &&usize| {
                wish.is_kept
                    && wishes[**one].is_kept
                    && wishes[**one].due_at() <= now
                    && !goes.contains(one)
            };
            let mut going = Going {
                surely: std::iter::once(&index)
                    .chain(goes.iter().filter(|one| **one != index))
                    .map(key)
                    .collect(),
                perhaps: open.iter().filter(can_be).map(key).collect(),
            };
            let judged = decide_ahead(
                &wish.offer(),
                &sent,
                &LIMITS,
                &calendar(),
                (&ahead, &mut going),
                now,
            );
            if judged == Decision::Send {
                open.retain(|one| !going.surely.contains(&key(one)));
                let kind = Kind::Programme;
                sent.push(Sent { at: now, kind });
            }
        }
    }
    (sent.into_iter().map(|sent| sent.at).collect(), lost)
}

fn hold_windows(sent: &[Millis], what: &str) {
    for (index, at) in sent.iter().enumerate() {
        let within = |span: Millis| {
            sent[..=index]
                .iter()
                .filter(|one| at - **one < span)
                .count()
        };
        assert!(
            within(WEEK) <= 2 && within(MONTH) <= 6 && within(GAP) <= 1,
            "{what}"
        );
    }
}

/// Every third of them comes so often.
fn fortnightly(days: [i64; 3]) -> Vec<Wish> {
    let all = days.into_iter();
    all.flat_map(|day| (0..4).map(move |n| agenda(day + n * 14)))
        .collect()
}

#[test]
fn what_is_kept_of_three_communities_fits() {
    let checks = |days: [i64; 3]| days.map(check).to_vec();
    let said = |days: [i64; 3]| days.map(|day| results(day + 14)).to_vec();
    let noise: Vec<Wish> = (0..26).map(|n| plain(n * 2)).collect();
    let table = [
        ("agendas on three days", fortnightly([0, 2, 4]), vec![]),
        ("agendas on one day", fortnightly([1, 1, 1]), vec![]),
        (
            "checks on one Tuesday",
            checks([15, 15, 15]),
            said([15, 15, 15]),
        ),
        (
            "checks on a Saturday",
            checks([19, 19, 19]),
            said([19, 19, 19]),
        ),
        (
            "fortnightly sessions, and the quarter's checks on one day",
            [fortnightly([1, 5, 9]), checks([15, 15, 15])].concat(),
            said([15, 15, 15]),
        ),
    ];
    for (what, kept, results) in table {
        let wishes = [kept, results, noise.clone()].concat();
        let (sent, lost) = play(&wishes, true);
        hold_windows(&sent, what);
        let lost: Vec<i64> = lost
            .iter()
            .filter(|index| wishes[**index].is_kept)
            .map(|index| wishes[*index].day)
            .collect();
        assert!(
            lost.is_empty(),
            "{what}: lost what was due on {lost:?}; sent {:?}",
            days(&sent)
        );
    }
}

/// A rule that changed nothing would be none.
#[test]
fn without_looking_ahead_it_does_not_fit() {
    let kept = [fortnightly([1, 5, 9]), [15, 15, 15].map(check).to_vec()].concat();
    let noise: Vec<Wish> = (0..26).map(|n| plain(n * 2)).collect();
    let wishes = [kept, noise].concat();
    let (_, lost) = play(&wishes, false);
    assert!(lost.iter().any(|index| wishes[*index].is_kept));
}

#[test]
fn what_nobody_would_miss_goes_where_nothing_is_kept() {
    let wishes: Vec<Wish> = (0..10).map(|n| plain(n * 5)).collect();
    assert_eq!(play(&wishes, true), play(&wishes, false));
}

#[test]
fn more_checks_than_there_are_days_share_a_mail() {
    // Two weeks have four mails.
    let wishes = [[15; 6].map(check).to_vec(), vec![plain(2)]].concat();
    let (sent, lost) = play(&wishes, true);
    hold_windows(&sent, "six checks");
    assert_eq!(lost, Vec::<usize>::new(), "{:?}", days(&sent));
    assert_eq!(days(&sent)[0], 2);
    assert!(sent.len() < wishes.len(), "{:?}", days(&sent));
}

#[test]
fn what_could_not_be_kept_holds_nothing_back() {
    // All the time that it has is a weekend.
    let hopeless = Wish {
        lasts: 1,
        ..check(19)
    };
    let (sent, lost) = play(&[hopeless, plain(2), plain(17)], true);
    assert_eq!((days(&sent), lost), (vec![2, 17], vec![0]));
}

#[test]
fn what_nobody_foresaw_finds_room() {
    // Whoever joins one more community is called there the next day. The checks can wait.
    let call = Wish {
        known: 17,
        ..agenda(18)
    };
    let wishes = [[0, 2, 7, 9, 14, 16].map(check).to_vec(), vec![call]].concat();
    let (sent, lost) = play(&wishes, true);
    hold_windows(&sent, "a call");
    assert_eq!(lost, Vec::<usize>::new(), "{:?}", days(&sent));
}

fn days(sent: &[Millis]) -> Vec<i64> {
    sent.iter().map(|at| (at - start()) / DAY).collect()
}
