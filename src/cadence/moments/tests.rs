use super::*;
use crate::cadence::Outcome;
use crate::config::duration;
use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    zone: String,
    cron: Option<String>,
    starts: Option<String>,
    session: Option<String>,
    until: Option<String>,
    before: Option<String>,
    later: Option<String>,
    #[serde(default)]
    holidays: Vec<String>,
    rule: Option<String>,
    after: String,
    moments: Vec<String>,
}

impl Case {
    fn charter(&self) -> Charter {
        let mut text = format!(
            "slug = 'x'\nname = 'X'\ntimezone = '{}'\nholidays = {:?}\n\
             [charter]\ndomain = 'd'\ncommunity = 'c'\npractice = 'p'\n",
            self.zone, self.holidays
        );
        if let Some(cron) = &self.cron {
            text += &format!("review = '{cron}'\n");
        }
        if let Some(starts) = &self.starts {
            text += &format!("[[session]]\nslug = 's'\nstarts = '{starts}'\n");
            let keys = [("rule", &self.session), ("until", &self.until)];
            for (key, value) in keys.iter().filter_map(|(k, v)| Some((k, v.as_ref()?))) {
                text += &format!("{key} = '{value}'\n");
            }
        }
        Charter::parse(&text, &self.name).unwrap()
    }

    fn act(&self) -> Act {
        let rule = match self.rule.as_deref() {
            Some("move") => Holidays::Move,
            Some("merge") => Holidays::Merge,
            _ => Holidays::Ignore,
        };
        Act::new("test", |_, _| {
            Box::pin(async { Ok(Outcome::Done(String::new())) })
        })
        .on_holidays(rule)
    }

    fn found(&self) -> Vec<String> {
        let (charter, act) = (self.charter(), self.act());
        let zone = charter.timezone;
        let days = |text: &String| duration::parse(text).unwrap();
        let offset = match (&self.before, &self.later) {
            (Some(by), _) => Some(Offset::Before(days(by))),
            (_, Some(by)) => Some(Offset::After(days(by))),
            _ => None,
        };
        let when = match (&charter.charter.review, charter.sessions.first(), offset) {
            (Some(line), None, _) => When::Schedule(line),
            (_, Some(session), Some(offset)) => When::Session(session, offset),
            (_, Some(session), None) => {
                let starts = sittings(session, &charter).map(|sitting| sitting.starts);
                return starts.map(told).collect();
            }
            _ => panic!("{}: neither a schedule nor a session", self.name),
        };
        let key = String::new();
        let series = Series { key, when, zone };
        let from: DateTime<Utc> = self.after.parse().unwrap();
        let all = after(&act, &charter, &series, (from.timestamp_millis(), ""));
        let most = self.moments.len() + usize::from(offset.is_some());
        all.take(most).map(|next| told(moment(next.due))).collect()
    }
}

fn told(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M").to_string()
}

#[test]
fn acts_fall_due_as_the_table_says() {
    let table: Table = toml::from_str(include_str!("../../../tests/data/moments.toml")).unwrap();
    assert!(table.case.len() >= 16);
    for case in &table.case {
        assert_eq!(case.found(), case.moments, "{}", case.name);
    }
}
