//! What is published of surveys, beside what other programs compute: Python's statsmodels
//! and scipy on random data, and a second way of finding bins and bounds.

use std::io::Write;
use std::process::{Command, Stdio};

use folkmoot::surveys::statistics::{Bin, fisher, publish, wilson};

use crate::support::random::Random;

const SCRIPT: &str = include_str!("../python/shares.py");

/// Pairs of shares that are compared.
const PAIRS: usize = 2_000;

#[test]
fn intervals_and_tests_are_those_of_statsmodels_and_scipy() {
    let Some(python) = python() else {
        let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
        assert!(!ci, "CI needs python3-scipy and python3-statsmodels");
        eprintln!("SKIPPED: shares computed by others; python3-statsmodels is not installed");
        return;
    };
    let mut random = Random::seeded(8);
    let mut share = || {
        let n = 1 + random.below(200);
        (random.below(n + 1) as i64, n as i64)
    };
    let pairs: Vec<_> = (0..PAIRS).map(|_| (share(), share())).collect();
    let lines = pairs
        .iter()
        .map(|((k, n), (l, m))| format!("[{k}, {n}, {l}, {m}]\n"));
    let told = run(&python, &lines.collect::<String>());
    assert_eq!(told.len(), PAIRS);
    for ((one, other), [low, high, p]) in pairs.into_iter().zip(told) {
        let own = wilson(one.0, one.1);
        let is_near = |own: f64, other: f64| (own - other).abs() < 1e-9;
        assert!(
            is_near(own.0, low) && is_near(own.1, high),
            "{one:?}: {own:?}, {low} {high}"
        );
        let own = fisher(one, other);
        assert!((own - p).abs() < 1e-7, "{one:?} {other:?}: {own}, {p}");
    }
}

/// Bins as the design says them, found by looking at each edge in whole numbers; bounds by
/// trying out every count that a bin may stand for.
#[test]
fn bins_and_bounds_are_those_of_the_design() {
    for n in 5_i64..=200 {
        let width = match n {
            ..10 => 0,
            10..20 => 20,
            20..40 => 10,
            _ => 5,
        };
        for k in 0..=n {
            let found = publish(k, n).expect("five at least");
            let (low, high) = match found.bin {
                Bin::Percent(low, high) => (low, high),
                Bin::MostlyYes => (60, 100),
                Bin::Mixed => (40, 60),
                Bin::MostlyNo => (0, 40),
            };
            assert!(
                low * n <= 100 * k && 100 * k <= high * n,
                "{k} of {n}: {low} to {high}"
            );
            match width {
                0 => assert_eq!(
                    low == 40,
                    100 * k > 40 * n && 100 * k < 60 * n,
                    "{k} of {n}"
                ),
                _ => assert!(high - low == width && low % width == 0, "{k} of {n}"),
            }
            for asked in [n, n + 1, 2 * n] {
                let bounds = found.bounds(n, asked);
                let (least, most) = found.counts;
                for count in least..=most {
                    let all_no = (count as f64 / asked as f64 * 100.0).round() as i64;
                    let all_yes =
                        ((count + asked - n) as f64 / asked as f64 * 100.0).round() as i64;
                    assert!(
                        bounds.0 <= all_no && all_yes <= bounds.1,
                        "{count} of {n} of {asked}"
                    );
                }
            }
        }
    }
}

/// Of an option of a poll nobody learns that all others chose it, or that all others but
/// them did, whatever the bins of the other options say: the counts of all options that
/// are published together are looked at together.
#[test]
fn nobody_learns_from_a_poll_what_all_others_chose() {
    for n in 5_i64..=60 {
        for options in 2..=4 {
            let mut all = Vec::new();
            compositions(options, &mut Vec::new(), &mut all, n);
            // All chose the first, or all but one did.
            let ends: Vec<_> = all.iter().filter(|one| one[0] >= n - 1).cloned().collect();
            for said in ends {
                let bins = |counts: &[i64]| -> Vec<_> {
                    counts
                        .iter()
                        .map(|k| publish(*k, n).expect("enough").bin)
                        .collect()
                };
                let published = bins(&said);
                // Somebody who chose an option knows that it was chosen once.
                for own in (0..options).filter(|own| said[*own] > 0) {
                    let others_agree = |counts: &Vec<i64>| counts[0] - i64::from(own == 0) == n - 1;
                    let possible = all
                        .iter()
                        .filter(|counts| counts[own] > 0 && bins(counts) == published);
                    let told: Vec<_> = possible.map(others_agree).collect();
                    assert!(
                        told.iter().any(|all_agree| !all_agree),
                        "{said:?} of {n}, own {own}"
                    );
                }
            }
        }
    }
}

/// All ways in which `left` people choose, three or fewer of them not the first option: what
/// is further away has other bins.
fn compositions(options: usize, so_far: &mut Vec<i64>, all: &mut Vec<Vec<i64>>, left: i64) {
    if so_far.len() + 1 == options {
        let mut one = vec![left];
        one.extend(so_far.iter());
        all.push(one);
        return;
    }
    for k in 0..=left.min(3) {
        if so_far.iter().sum::<i64>() + k > 3 {
            break;
        }
        so_far.push(k);
        compositions(options, so_far, all, left - k);
        so_far.pop();
    }
}

fn run(python: &str, input: &str) -> Vec<[f64; 3]> {
    let mut child = Command::new(python)
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python");
    let mut pipe = child.stdin.take().expect("its input");
    let input = input.to_owned();
    let writes = std::thread::spawn(move || pipe.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("what it says");
    writes.join().expect("a thread").expect("its input");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("three numbers"))
        .collect()
}

/// One that has both; `FOLKMOOT_PYTHON` names another.
fn python() -> Option<String> {
    let named = std::env::var("FOLKMOOT_PYTHON").ok();
    let all = named
        .into_iter()
        .chain(["/usr/bin/python3".into(), "python3".into()]);
    let has = |python: &String| {
        let mut command = Command::new(python);
        let command = command.args(["-c", "import scipy.stats, statsmodels.stats.proportion"]);
        let status = command.stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    all.into_iter().find(has)
}
