//! Python's icalendar and recurring-ical-events.

use std::fs::File;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::Session;
use super::generated::Series;

const SCRIPT: &str = include_str!("../python/expand.py");

/// The sessions of each series; `None`, said loudly, where Python cannot do it. CI can.
///
/// In every second calendar the zone has a name that nobody knows, so that the rules
/// count that we wrote for it, and not those that Python has. Each has a name of its own:
/// Python keeps what it has once read under a name.
pub fn expand(all: &[Series], written: &[String]) -> Option<Vec<Vec<Session>>> {
    let Some(python) = python() else {
        let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
        assert!(
            !ci,
            "CI needs python3-icalendar and python3-recurring-ical-events"
        );
        eprintln!(
            "SKIPPED: calendars read by others; python3-recurring-ical-events is not installed"
        );
        return None;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let (input, output) = (folder.path().join("in"), folder.path().join("out"));
    let jobs = all.iter().zip(written).enumerate();
    let jobs: String = jobs
        .map(|(at, (series, text))| job(at, series, text))
        .collect();
    std::fs::write(&input, jobs).expect("the jobs");
    let mut command = Command::new(python);
    let command = command
        .args(["-c", SCRIPT])
        .stdin(File::open(&input).expect("the jobs"));
    let command = command.stdout(Stdio::from(File::create(&output).expect("a file")));
    assert!(command.status().expect("python").success());
    let told = std::fs::read_to_string(&output).expect("what it told");
    Some(told.lines().map(sessions).collect())
}

fn job(at: usize, series: &Series, text: &str) -> String {
    let name = series.events[0].zone.name();
    let other = format!("X{at}{}", &name[1..]);
    let text = match at % 2 {
        0 => text.to_owned(),
        _ => text
            .replace(&format!("TZID={name}"), &format!("TZID={other}"))
            .replace(&format!("TZID:{name}"), &format!("TZID:{other}")),
    };
    let moment = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339();
    let job = json!({ "ics": text, "from": moment(series.from), "to": moment(series.to) });
    format!("{job}\n")
}

fn sessions(line: &str) -> Vec<Session> {
    let all: Vec<Value> = serde_json::from_str(line).expect("a list");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let session = |one: &Value| Session {
        starts: text(&one[0]).parse().expect("a moment"),
        wall: text(&one[1]).parse().expect("a time"),
        minutes: one[2].as_i64().expect("a number"),
        status: text(&one[3]),
        summary: text(&one[4]),
    };
    all.iter().map(session).collect()
}

/// Debian's packages belong to Debian's own.
fn python() -> Option<&'static str> {
    let has = |python: &&str| {
        let mut command = Command::new(python);
        let command = command.args(["-c", "import icalendar, recurring_ical_events"]);
        let status = command.stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    ["/usr/bin/python3", "python3"].into_iter().find(has)
}
