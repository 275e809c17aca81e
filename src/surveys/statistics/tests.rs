use super::*;

#[derive(serde::Deserialize)]
struct Table {
    wilson: Vec<Wilson>,
    fisher: Vec<Fisher>,
}

#[derive(serde::Deserialize)]
struct Wilson {
    k: i64,
    n: i64,
    low: f64,
    high: f64,
}

#[derive(serde::Deserialize)]
struct Fisher {
    one: (i64, i64),
    other: (i64, i64),
    p: f64,
}

#[test]
fn figures_agree_with_another_program() {
    let text = include_str!("../../../tests/data/survey-statistics.toml");
    let table: Table = toml::from_str(text).unwrap();
    for Wilson { k, n, low, high } in table.wilson {
        let found = wilson(k, n);
        assert!((found.0 - low).abs() < 1e-9, "{k}/{n}: {found:?}");
        assert!((found.1 - high).abs() < 1e-9, "{k}/{n}: {found:?}");
    }
    for Fisher { one, other, p } in table.fisher {
        let found = fisher(one, other);
        assert!(
            (found - p).abs() < 1e-6,
            "{one:?} {other:?}: {found} not {p}"
        );
    }
}

#[test]
fn the_examples_of_the_design_hold() {
    let of_fifty = publish(46, 50).unwrap();
    assert_eq!(of_fifty.bin, Bin::Percent(90, 95));
    assert_eq!(of_fifty.interval(50), (79, 98));
    let of_thirty = publish(25, 30).unwrap();
    assert_eq!(of_thirty.bin, Bin::Percent(80, 90));
    assert_eq!(of_thirty.bounds(30, 40), (60, 90));
    assert_eq!(publish(4, 4), None);
    assert_eq!(publish(3, 5).unwrap().bin, Bin::MostlyYes);
    assert_eq!(publish(2, 5).unwrap().bin, Bin::MostlyNo);
    assert_eq!(publish(4, 8).unwrap().bin, Bin::Mixed);
    // On an edge: the bin further from the middle.
    assert_eq!(publish(8, 10).unwrap().bin, Bin::Percent(80, 100));
    assert_eq!(publish(6, 10).unwrap().bin, Bin::Percent(60, 80));
    assert_eq!(publish(4, 10).unwrap().bin, Bin::Percent(20, 40));
    assert_eq!(publish(2, 10).unwrap().bin, Bin::Percent(0, 20));
}

/// Somebody who knows their own answer never learns that all others gave the same.
#[test]
fn nobody_learns_what_all_others_said() {
    for n in FEWEST..=200 {
        for k in 0..=n {
            let Published { counts, .. } = publish(k, n).unwrap();
            assert!((counts.0..=counts.1).contains(&k));
            for own in [0, 1] {
                // How many of the others may have said yes, for whoever said `own`.
                let others = (counts.0 - own).max(0)..=(counts.1 - own).min(n - 1);
                assert!(*others.start() < n - 1, "n={n} k={k}: all others said yes");
                assert!(*others.end() > 0, "n={n} k={k}: all others said no");
            }
        }
    }
}

#[test]
fn every_count_of_a_bin_is_published_alike() {
    for n in FEWEST..=200 {
        for k in 0..=n {
            let published = publish(k, n).unwrap();
            for other in published.counts.0..=published.counts.1 {
                assert_eq!(publish(other, n), Some(published), "n={n}");
            }
        }
    }
}

#[test]
fn a_change_is_one_only_where_it_is_clear() {
    let of = |k, n| publish(k, n).unwrap();
    let compare = |now: (i64, i64), before: (i64, i64), asked: i64| {
        let (now_bin, before_bin) = (of(now.0, now.1), of(before.0, before.1));
        verdict(
            (&now_bin, now.1),
            Some((&before_bin, before.1)),
            (now.1, asked),
        )
    };
    // Nine of ten after five of ten is chance (p = .14).
    assert_eq!(compare((9, 10), (5, 10), 10), Verdict::NoClearChange);
    assert_eq!(compare((38, 40), (10, 40), 60), Verdict::Higher);
    assert_eq!(compare((10, 40), (38, 40), 60), Verdict::Lower);
    assert_eq!(compare((38, 40), (10, 40), 81), Verdict::TooFew);
    assert_eq!(compare((20, 20), (20, 20), 20), Verdict::NoClearChange);
    assert_eq!(verdict((&of(9, 10), 10), None, (10, 12)), Verdict::First);
}
