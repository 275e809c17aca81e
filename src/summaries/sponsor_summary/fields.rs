//! The fields of a summary in their order, with what is said of each figure. Pure.

use super::content::Content;
use super::numbers::{self, Words};
use crate::store::Millis;
use crate::summaries::figure::{Figure, Figures, Value, Why};
use crate::summaries::metrics::participation::OTHER;
use crate::summaries::state::{self, State};
use crate::templates::Phrase;
use crate::templates::mails::{SummaryField, SummaryRow};

/// Says a phrase in the community's language.
pub type Say<'a> = &'a (dyn Fn(&Phrase) -> String + Sync);

/// What follows the name of an index of the survey.
const HEALTH: &str = "health-";

/// A label, and the metrics under it with the phrases that name them.
type Group = (&'static str, &'static [(&'static str, &'static str)]);

/// The labels with their metrics, in the order of the contract.
const GROUPS: [Group; 8] = [
    ("Participation", &[("participation", "sum_participation")]),
    (
        "Responsiveness",
        &[
            ("first-response-24h", "sum_response_24"),
            ("first-response-72h", "sum_response_72"),
            ("solution-rate", "sum_solved"),
            ("questions-open", "sum_open"),
        ],
    ),
    (
        "Sessions",
        &[
            ("sessions-planned", "sum_planned"),
            ("sessions-held", "sum_held"),
            ("attendance-median", "sum_attendance"),
            ("host-spread", "sum_hosts"),
            ("agenda-ownership", "sum_agenda"),
        ],
    ),
    (
        "Newcomers",
        &[
            ("newcomers-joined", "sum_joined"),
            ("newcomers-answered-48h", "sum_answered"),
            ("newcomers-second", "sum_second"),
        ],
    ),
    ("Learnings", &[("learnings-new", "sum_learnings")]),
    ("Reach", &[("cross-unit", "sum_cross")]),
    ("Health", &[]),
    (
        "Resilience",
        &[
            ("absence-factor", "sum_absence"),
            ("terms-ending", "sum_terms"),
        ],
    ),
];

/// How much people do, with those that were merged because few were of one.
const LEVELS: [(&str, &str); 6] = [
    ("core", "sum_core"),
    ("active", "sum_active"),
    ("core-and-active", "sum_core_active"),
    ("peripheral", "sum_peripheral"),
    ("active-and-peripheral", "sum_active_peripheral"),
    ("all-levels", "sum_all_levels"),
];

/// The indices of the health check.
const INDICES: [(&str, &str); 6] = [
    ("satisfaction", "sum_health_satisfaction"),
    ("trust", "sum_health_trust"),
    ("safety", "sum_health_safety"),
    ("applied", "sum_health_applied"),
    ("voice", "sum_health_voice"),
    ("rotating", "sum_health_rotating"),
];

/// What stands as words beside the figures, and may be left out as a whole.
const NOTED: [(&str, &str); 2] = [("core", "sum_levels"), ("unit", "sum_units")];

/// What a label means, in the community's language.
const MEANINGS: [(&str, &str); 11] = [
    ("Participation", "sum_means_participation"),
    ("Responsiveness", "sum_means_responsiveness"),
    ("Sessions", "sum_means_sessions"),
    ("Newcomers", "sum_means_newcomers"),
    ("Learnings", "sum_means_learnings"),
    ("Reach", "sum_means_reach"),
    ("Health", "sum_means_health"),
    ("Resilience", "sum_means_resilience"),
    ("You said, we did", "sum_means_done"),
    ("Next 90 days", "sum_means_next"),
    ("Not shown", "sum_means_hidden"),
];

/// The sentence on how things stand.
pub fn state(figures: &Figures, say: Say<'_>) -> String {
    match state::of(figures) {
        State::TooLittle => say(&Phrase::new("sum_state_little")),
        State::Steady => say(&Phrase::new("sum_state_steady")),
        State::Changed(changes) => {
            let one = |change: &state::Change| {
                let key = match change.is_higher {
                    true => "sum_state_higher",
                    false => "sum_state_lower",
                };
                say(&Phrase::new(key).with("what", name(&change.metric, say)))
            };
            let all: Vec<String> = changes.iter().map(one).collect();
            say(&Phrase::new("sum_state_changed").with("what", all.join("; ")))
        }
    }
}

/// What a metric is called.
fn name(metric: &str, say: Say<'_>) -> String {
    let index = metric.strip_prefix(HEALTH);
    let known = |(known, _): &&(&str, &'static str)| *known == index.unwrap_or(metric);
    let found = match index {
        Some(_) => INDICES.iter().find(known),
        None => {
            let all = GROUPS.iter().flat_map(|(_, metrics)| metrics.iter());
            all.chain(&NOTED).find(known)
        }
    };
    found.map_or_else(
        || index.unwrap_or(metric).to_owned(),
        |(_, phrase)| say(&Phrase::new(phrase)),
    )
}

/// What a label means, where that is another word.
fn meaning(label: &str, say: Say<'_>) -> String {
    let found = MEANINGS.iter().find(|(known, _)| *known == label);
    let said = found.map(|(_, phrase)| say(&Phrase::new(phrase)));
    said.filter(|said| said != label).unwrap_or_default()
}

/// All fields.
pub fn all(content: &Content, say: Say<'_>) -> Vec<SummaryField> {
    let words = Words::of(say);
    let mut fields: Vec<SummaryField> = GROUPS
        .iter()
        .map(|(label, metrics)| SummaryField {
            label: (*label).to_owned(),
            meaning: meaning(label, say),
            rows: rows(content, metrics, (say, &words)),
            notes: notes(content, label, (say, &words)),
        })
        .collect();
    for field in fields.iter_mut().filter(|field| field.label == "Health") {
        field.rows = health(&content.figures, (say, &words));
        if field.rows.is_empty() {
            field.notes.push(words.too_little.clone());
        }
    }
    let told = |label: &str, notes: &[String], none: &'static str| SummaryField {
        label: label.to_owned(),
        meaning: meaning(label, say),
        rows: Vec::new(),
        notes: match notes {
            [] => vec![say(&Phrase::new(none))],
            _ => notes.to_vec(),
        },
    };
    fields.push(told("You said, we did", &content.done, "sum_nothing_done"));
    fields.push(told("Next 90 days", &content.coming, "sum_nothing_comes"));
    fields.push(told("Not shown", &hidden(content, say), "sum_hidden"));
    fields
}

fn rows(
    content: &Content,
    metrics: &[(&str, &'static str)],
    (say, words): (Say<'_>, &Words),
) -> Vec<SummaryRow> {
    let row = |(metric, phrase): &(&str, &'static str)| {
        numbers::row(&content.figures, metric, say(&Phrase::new(phrase)), words)
    };
    metrics.iter().map(row).collect()
}

/// The indices of the survey, in the order of the figures. How each compares with the wave
/// before is its verdict; a wave that several periods tell of is not told again as earlier.
fn health(figures: &Figures, (say, words): (Say<'_>, &Words)) -> Vec<SummaryRow> {
    let is_current = |one: &&Figure| one.period == 0 && one.metric.starts_with(HEALTH);
    let row = |one: &Figure| {
        let row = numbers::row(figures, &one.metric, name(&one.metric, say), words);
        SummaryRow {
            before: String::new(),
            ..row
        }
    };
    figures.all.iter().filter(is_current).map(row).collect()
}

/// What is said beside the figures of a field.
fn notes(content: &Content, label: &str, (say, words): (Say<'_>, &Words)) -> Vec<String> {
    match label {
        "Participation" => levels(&content.figures, say),
        "Learnings" if !content.titles.is_empty() => vec![content.titles.join("; ")],
        "Reach" => vec![units(&content.figures, (say, words))],
        _ => Vec::new(),
    }
}

/// How many do how much, merged where there are few of one.
fn levels(figures: &Figures, say: Say<'_>) -> Vec<String> {
    let all = LEVELS.iter().filter_map(|(metric, phrase)| {
        let Value::Count(count) = figures.get(metric, 0) else {
            return None;
        };
        let count = numbers::count(*count);
        Some(say(&Phrase::new(phrase).with("count", count)))
    });
    let all: Vec<String> = all.collect();
    match all.is_empty() {
        true => Vec::new(),
        false => vec![all.join(", ")],
    }
}

/// The units with how many of each there are.
fn units(figures: &Figures, (say, words): (Say<'_>, &Words)) -> String {
    let all: Vec<&Figure> = figures.units().collect();
    let is_other = |one: &Figure| one.unit == OTHER;
    if let [one] = all[..]
        && is_other(one)
        && let Value::Count(count) = one.value
    {
        let count = numbers::count(count);
        return say(&Phrase::new("sum_units_merged").with("count", count));
    }
    if figures.all.iter().any(is_left_out) {
        return say(&Phrase::new("sum_units_hidden").with("what", words.suppressed.clone()));
    }
    let said = |one: &&Figure| {
        let Value::Count(count) = one.value else {
            return None;
        };
        let count = numbers::count(count);
        Some(match is_other(one) {
            true => say(&Phrase::new("sum_units_other").with("count", count)),
            false => format!("{} {count}", one.unit),
        })
    };
    let said: Vec<String> = all.iter().filter_map(said).collect();
    match said.is_empty() {
        true => say(&Phrase::new("sum_no_units")),
        false => said.join(", "),
    }
}

/// Whether the units are known and not told.
fn is_left_out(figure: &Figure) -> bool {
    let is_it = figure.metric == "unit" && figure.period == 0;
    is_it && matches!(figure.value, Value::Suppressed(_))
}

/// What is not in the mail, and why.
fn hidden(content: &Content, say: Say<'_>) -> Vec<String> {
    let mut lines = vec![say(&Phrase::new("sum_hidden"))];
    for (why, phrase) in [
        (Why::FewPeople, "sum_hidden_few"),
        (Why::Differencing, "sum_hidden_difference"),
    ] {
        let is_it = |one: &&Figure| one.period == 0 && one.value == Value::Suppressed(why);
        let mut names: Vec<String> = content
            .figures
            .all
            .iter()
            .filter(is_it)
            .map(|one| name(&one.metric, say))
            .collect();
        names.dedup();
        if !names.is_empty() {
            lines.push(say(&Phrase::new(phrase).with("what", names.join(", "))));
        }
    }
    if content.waiting > 0 {
        let count = content.waiting.to_string();
        lines.push(say(&Phrase::new("sum_hidden_asks").with("count", count)));
    }
    lines
}

/// The day on which a moment falls, as `2026-12-29`.
pub fn day(at: Millis, zone: chrono_tz::Tz) -> String {
    let local = crate::clock::moment(at).with_timezone(&zone);
    local.format("%Y-%m-%d").to_string()
}
