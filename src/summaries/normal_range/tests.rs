use proptest::prelude::*;

use super::*;

#[derive(serde::Deserialize)]
struct Table {
    case: Vec<Case>,
}

#[derive(serde::Deserialize)]
struct Case {
    name: String,
    points: Vec<f64>,
    centre: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    signals: Vec<(usize, String)>,
}

#[test]
fn ranges_and_signals_are_those_computed_by_hand() {
    let text = include_str!("../../../tests/data/normal-range.toml");
    let table: Table = toml::from_str(text).unwrap();
    assert!(table.case.len() >= 8);
    for case in table.case {
        let found = range(&case.points);
        let wanted = [case.centre, case.low, case.high];
        let found = [
            found.map(|range| range.centre),
            found.map(|range| range.low),
            found.map(|range| range.high),
        ];
        for (found, wanted) in found.into_iter().zip(wanted) {
            let both = (found.unwrap_or(-1.0), wanted.unwrap_or(-1.0));
            assert!((both.0 - both.1).abs() < 1e-9, "{}: {both:?}", case.name);
        }
        let signals = signals(&case.points).into_iter().enumerate();
        let signals: Vec<(usize, String)> = signals
            .filter_map(|(at, signal)| Some((at, signal?.name().to_owned())))
            .collect();
        assert_eq!(signals, case.signals, "{}", case.name);
    }
}

#[test]
fn a_run_is_told_once_and_each_new_extreme() {
    let mut points = vec![10.0, 12.0, 10.0, 12.0, 10.0, 12.0, 10.0, 12.0];
    let mut told = Vec::new();
    for next in [20.0, 22.0, 20.0, 22.0, 20.0, 22.0, 20.0, 22.0, 20.0, 90.0] {
        points.push(next);
        told.extend(news(&points).map(|signal| (points.len(), signal)));
    }
    let above = |at| (at, Signal::Above);
    let run = (16, Signal::RunAbove);
    assert_eq!(told, [above(10), above(12), above(14), run, above(18)]);
}

proptest! {
    #[test]
    fn nothing_is_said_of_few_points(points in prop::collection::vec(-1e6..1e6f64, 0..FEWEST)) {
        prop_assert_eq!(range(&points), None);
        prop_assert!(signals(&points).iter().all(Option::is_none));
        prop_assert_eq!(news(&points), None);
    }

    #[test]
    fn a_range_holds_its_mean_and_moves_with_its_points(
        points in prop::collection::vec(-1e6..1e6f64, FEWEST..60),
        by in -1e6..1e6f64,
    ) {
        let here = range(&points).unwrap();
        prop_assert!(here.low <= here.centre && here.centre <= here.high);
        let moved: Vec<f64> = points.iter().map(|point| point + by).collect();
        let there = range(&moved).unwrap();
        prop_assert!((there.low - here.low - by).abs() < 1e-3);
        prop_assert!((there.high - here.high - by).abs() < 1e-3);
        prop_assert_eq!(signals(&points).len(), points.len());
    }
}

#[test]
fn what_is_no_number_has_no_range() {
    let mut points = vec![1.0; 12];
    points.push(f64::NAN);
    assert_eq!(range(&points), None);
    assert_eq!(signals(&points), vec![None; 13]);
}
