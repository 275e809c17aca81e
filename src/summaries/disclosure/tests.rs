use proptest::prelude::*;

use super::*;
use crate::summaries::events::{Events, Member, Person, Post};

fn figure(metric: &str, period: u8, value: Value) -> Figure {
    Figure {
        metric: metric.to_owned(),
        unit: String::new(),
        period,
        value,
    }
}

/// Participation of communities of `n`, period by period.
fn participation(shares: &[(u64, u64)]) -> Figures {
    let of_period = |(period, (k, n)): (u8, &(u64, u64))| {
        let members = figure("members", period, Value::Count(*n as f64));
        let share = Value::Share { k: *k, n: *n };
        [members, figure("participation", period, share)]
    };
    Figures {
        all: (0..).zip(shares).flat_map(of_period).collect(),
        ..Figures::default()
    }
}

fn told(figures: &Figures, ends: &[Millis]) -> Vec<Told> {
    let of = |one: &Figure| Told::new(one, ends[usize::from(one.period)]);
    figures.all.iter().map(of).collect()
}

fn days(days: &[i64]) -> Vec<Millis> {
    days.iter().map(|day| day * DAY).collect()
}

const DIFFERENCING: Value = Value::Suppressed(Why::Differencing);
const FEW: Value = Value::Suppressed(Why::FewPeople);

#[test]
fn a_difference_of_fewer_than_five_is_not_told() {
    let first = may_be_told(participation(&[(12, 40)]), &days(&[100]), &[]);
    assert_eq!(
        first.get("participation", 0),
        &Value::Share { k: 12, n: 40 }
    );
    let before = told(&first, &days(&[100]));
    let second = |k, n| {
        let next = participation(&[(k, n), (12, 40)]);
        may_be_told(next, &days(&[130, 100]), &before)
    };
    // One more took part; one left who did, or who did not.
    for (k, n) in [(13, 40), (11, 39), (12, 39), (16, 44), (8, 40)] {
        assert_eq!(
            second(k, n).get("participation", 0),
            &DIFFERENCING,
            "{k}/{n}"
        );
    }
    for (k, n) in [(12, 40), (17, 45), (7, 40), (12, 45)] {
        assert_eq!(second(k, n).get("participation", 0), &Value::Share { k, n });
    }
    // What was told stays, whatever is known by now.
    assert_eq!(
        second(13, 40).get("participation", 1),
        &Value::Share { k: 12, n: 40 }
    );
}

#[test]
fn the_reported_period_goes_before_the_earlier_ones() {
    let shares = [(12, 40), (13, 40), (20, 40)];
    let first = may_be_told(participation(&shares), &days(&[100, 70, 40]), &[]);
    assert_eq!(
        first.get("participation", 0),
        &Value::Share { k: 12, n: 40 }
    );
    assert_eq!(first.get("participation", 1), &DIFFERENCING);
    assert_eq!(
        first.get("participation", 2),
        &Value::Share { k: 20, n: 40 }
    );
}

#[test]
fn of_three_nothing_is_told_that_is_about_people() {
    let mut known = participation(&[(2, 3)]);
    let host_spread = Value::Share { k: 1, n: 6 };
    known.all.push(figure("host-spread", 0, host_spread));
    known
        .all
        .push(figure("absence-factor", 0, Value::Count(1.0)));
    known
        .all
        .push(figure("sessions-held", 0, Value::Count(6.0)));
    known
        .all
        .push(figure("attendance-median", 0, Value::TooLittle));
    known
        .all
        .push(figure("concentration", 0, Value::Count(0.5)));
    let told = may_be_told(known, &days(&[100]), &[]);
    for metric in ["participation", "host-spread", "absence-factor"] {
        assert_eq!(told.get(metric, 0), &FEW, "{metric}");
    }
    assert_eq!(told.get("sessions-held", 0), &Value::Count(6.0));
    assert_eq!(told.get("attendance-median", 0), &Value::TooLittle);
    let desk = told.all.iter().any(|one| one.metric == "concentration");
    assert!(!desk, "the desk's own figures are in no summary");
}

#[test]
fn units_are_told_all_or_none() {
    let unit = |name: &str, people: f64| Figure {
        unit: name.to_owned(),
        ..figure("unit", 0, Value::Count(people))
    };
    let of = |units: &[(&str, f64)]| {
        let mut known = participation(&[(0, 30)]);
        known
            .all
            .extend(units.iter().map(|(name, people)| unit(name, *people)));
        known
    };
    let first = of(&[("North", 10.0), ("South", 20.0)]);
    let first = may_be_told(first, &days(&[100]), &[]);
    assert_eq!(first.units().count(), 2);
    let before = told(&first, &days(&[100]));
    let second = |units: &[(&str, f64)]| may_be_told(of(units), &days(&[130]), &before);
    // One left South: North, which is the same, would give it away with the whole.
    let one_less = second(&[("North", 10.0), ("South", 19.0)]);
    let rows: Vec<_> = one_less
        .units()
        .map(|one| (one.unit.as_str(), &one.value))
        .collect();
    assert_eq!(rows, [("", &DIFFERENCING)]);
    // Cut otherwise.
    let other = second(&[("North", 10.0), ("other", 20.0)]);
    assert_eq!(other.units().count(), 1);
    let more = second(&[("North", 15.0), ("South", 20.0)]);
    assert_eq!(more.units().count(), 2);
}

/// What somebody did: their unit, when they joined, when they wrote, in days.
type Deeds = (u8, i64, Vec<i64>);

fn deeds() -> impl Strategy<Value = Deeds> {
    (0_u8..3, 0_i64..99, prop::collection::vec(11_i64..99, 0..9))
}

fn events(all: &[Deeds]) -> Events {
    let member = |(key, (unit, joined, _)): (i64, &Deeds)| Member {
        person: Person(key),
        joined_at: joined * DAY,
        left_at: None,
        paused_until: None,
        facilitates: false,
        unit: format!("unit {unit}"),
    };
    let posts = |(key, (_, _, days)): (i64, &Deeds)| -> Vec<Post> {
        let post = |day: &i64| Post {
            author: Some(Person(key)),
            at: day * DAY,
            thread: day % 7,
            is_root: false,
            is_question: false,
            answers: None,
        };
        days.iter().map(post).collect()
    };
    Events {
        members: (0..).zip(all).map(member).collect(),
        posts: (0..).zip(all).flat_map(posts).collect(),
        ..Events::default()
    }
}

fn of_people(figures: &Figures) -> Vec<&Figure> {
    let is_guarded = |one: &&Figure| {
        metrics::of(&one.metric).is_some_and(|definition| definition.guard == Guard::Groups)
    };
    let of_now = figures.all.iter().filter(|one| one.period == 0);
    of_now.filter(is_guarded).collect()
}

proptest! {
    /// Whatever happens from one summary to the next: tellings that are compared are the same
    /// or differ by five.
    #[test]
    fn tellings_differ_by_nobody_or_by_five(
        history in prop::collection::vec((0_u64..30, 0_u64..30, 20_i64..100, any::<bool>()), 1..12)
    ) {
        let mut at = 1_000;
        let mut known: Vec<(Millis, (u64, u64))> = Vec::new();
        let mut all: Vec<Told> = Vec::new();
        for (k, others, days, is_sent) in history {
            at += days;
            known.insert(0, (at * DAY, (k, k + others)));
            if !is_sent {
                continue;
            }
            let shown: Vec<_> = known.iter().take(5).copied().collect();
            let ends: Vec<Millis> = shown.iter().map(|(end, _)| *end).collect();
            let shares: Vec<_> = shown.iter().map(|(_, share)| *share).collect();
            let summary = may_be_told(participation(&shares), &ends, &all);
            all.extend(told(&summary, &ends));
        }
        let shares = all.iter().filter_map(|one| match one.value {
            Value::Share { k, n } => Some((one.period_end, k, n)),
            _ => None,
        });
        let shares: Vec<_> = shares.collect();
        for (end, k, n) in &shares {
            prop_assert!(*n >= 5);
            for (other, l, m) in &shares {
                let overlaps = end.abs_diff(*other) < (90 * DAY).unsigned_abs();
                let is_few = is_few(*k, *l) || is_few(n - k, m - l);
                prop_assert!(!overlaps || !is_few, "{k}/{n} and {l}/{m}");
            }
        }
    }

    /// Two summaries between which one person did something else, or has left, or was never
    /// there: each figure of people is the same in both, or left out of the second.
    #[test]
    fn one_person_changes_no_figure_of_people(
        mut all in prop::collection::vec(deeds(), 2..40),
        who in any::<prop::sample::Index>(),
        now in prop::option::of(deeds()),
    ) {
        let cut_off = 100 * DAY;
        let figures = |all: &[Deeds], end: Millis| Figures {
            all: metrics::all(&events(all), &[Window::ending(end)]),
            cut_off: end,
            ..Figures::default()
        };
        let first = may_be_told(figures(&all, cut_off), &[cut_off], &[]);
        let before = told(&first, &[cut_off]);
        match now {
            Some(deeds) => *who.get_mut(&mut all) = deeds,
            None => drop(all.remove(who.index(all.len()))),
        }
        let second = may_be_told(figures(&all, cut_off + 1), &[cut_off + 1], &before);
        let was = of_people(&first);
        for one in of_people(&second) {
            let is_told = matches!(one.value, Value::Share { .. } | Value::Count(_));
            let same = was.contains(&one);
            // What was not told before cannot be compared.
            let is_new = !was.iter().any(|past| {
                metrics::of(&past.metric).map(|it| it.metric)
                    == metrics::of(&one.metric).map(|it| it.metric)
                    && matches!(past.value, Value::Share { .. } | Value::Count(_))
            });
            prop_assert!(!is_told || same || is_new, "{one:?} after {was:?}");
        }
    }

    /// No group that is told has one to four people.
    #[test]
    fn no_small_group_is_told(all in prop::collection::vec(deeds(), 0..40)) {
        let known = Figures {
            all: metrics::all(&events(&all), &[Window::ending(100 * DAY)]),
            ..Figures::default()
        };
        let told = may_be_told(known, &[100 * DAY], &[]);
        for one in of_people(&told) {
            prop_assert!(!is_small(one), "{one:?}");
        }
    }
}
