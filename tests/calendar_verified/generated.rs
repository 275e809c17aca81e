//! Series of every kind that a charter can have, the same ones in every run.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use folkmoot::calendar::write::{Event, Party};
use folkmoot::calendar::{recur, wall};

/// A series with its overrides, and until when it is looked at.
pub struct Series {
    /// The series first, then the occurrences that differ.
    pub events: Vec<Event>,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
}

/// Both hemispheres, half an hour of summer, half an hour ahead, and none; summer that
/// pauses for Ramadan, summer of two hours, and winter that the law calls saving.
const ZONES: &[Tz] = &[
    Tz::America__New_York,
    Tz::Europe__Berlin,
    Tz::Australia__Sydney,
    Tz::Australia__Lord_Howe,
    Tz::Asia__Kolkata,
    Tz::Asia__Tokyo,
    Tz::America__Sao_Paulo,
    Tz::America__Santiago,
    Tz::Europe__London,
    Tz::Africa__Casablanca,
    Tz::Africa__El_Aaiun,
    Tz::Asia__Gaza,
    Tz::Antarctica__Troll,
    Tz::Europe__Dublin,
];
const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
/// Longer than a year: every change of the clocks is in it.
const WINDOW: i64 = 420;

/// The series of that number.
pub fn series(number: u64) -> Series {
    let mut dice = Dice(number.wrapping_mul(0x2545_f491_4f6c_dd1d));
    let master = master(&mut dice, number);
    let days: Vec<NaiveDateTime> =
        recur::occurrences(master.rule.as_deref(), master.starts, master.until)
            .expect("a rule")
            .take(200)
            .collect();
    if days.is_empty() {
        // A season too short for its rule: another one.
        return series(number + 1_000_000);
    }
    let from = wall::moment(master.starts, master.zone) - TimeDelta::days(20);
    let to = from + TimeDelta::days(WINDOW);
    let (master, overrides) = varied(&mut dice, master, &days);
    let mut events = vec![master];
    events.extend(overrides);
    Series { events, from, to }
}

fn master(dice: &mut Dice, number: u64) -> Event {
    let first = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
    let first = first + Days::new(dice.below(700));
    // In the first and the last hour of a day recurring-ical-events 2 loses or gains the last
    // session of a series whose summer ended: it reads UNTIL with the offset of DTSTART.
    let (hour, minute) = (1 + dice.below(22) as u32, dice.below(4) as u32 * 15);
    let until = (dice.below(10) > 0).then(|| first + Days::new(20 + dice.below(350)));
    let rule = rule(dice);
    Event {
        uid: format!("series-{number}@lists.example.org"),
        organizer: Party {
            address: "pumps@lists.example.org".into(),
            name: "Pumps".into(),
        },
        attendee: None,
        sequence: dice.below(5) as u32,
        dtstamp: "2026-01-01T00:00:00Z".parse().expect("a moment"),
        starts: first.and_hms_opt(hour, minute, 0).expect("a time"),
        zone: ZONES[dice.below(ZONES.len() as u64) as usize],
        duration: TimeDelta::minutes(15 + 15 * dice.below(12) as i64),
        until: until.filter(|_| rule.is_some()),
        rule,
        excluded: Vec::new(),
        recurrence: None,
        summary: format!("Series {number}, \"as planned\"; 🔧"),
        description: "Bring a pump,\nand a friend.".into(),
        location: "Workshop".into(),
        link: "https://meet.example.org/pumps".into(),
        cancelled: false,
    }
}

fn rule(dice: &mut Dice) -> Option<String> {
    let interval = 1 + dice.below(4);
    let day = DAYS[dice.below(7) as usize];
    Some(match dice.below(10) {
        0 => return None,
        1 => format!("FREQ=WEEKLY;INTERVAL={interval}"),
        2 | 3 => format!("FREQ=WEEKLY;INTERVAL={interval};BYDAY={}", several(dice)),
        4 => format!("FREQ=WEEKLY;BYDAY={day}"),
        5 | 6 => format!(
            "FREQ=MONTHLY;INTERVAL={interval};BYDAY={}{day}",
            1 + dice.below(4)
        ),
        7 => format!("FREQ=MONTHLY;BYDAY=-1{day}"),
        8 => format!("FREQ=MONTHLY;BYMONTHDAY={}", 1 + dice.below(31)),
        _ => format!("FREQ=DAILY;INTERVAL={}", 3 + dice.below(9)),
    })
}

fn several(dice: &mut Dice) -> String {
    let mut days: Vec<&str> = DAYS.into_iter().filter(|_| dice.below(3) == 0).collect();
    if days.is_empty() {
        days.push("TU");
    }
    days.join(",")
}

/// Some days do not take place, some are at another time, some were cancelled.
fn varied(dice: &mut Dice, master: Event, days: &[NaiveDateTime]) -> (Event, Vec<Event>) {
    let last = master.starts + TimeDelta::days(300);
    let mut excluded = Vec::new();
    let mut overrides = Vec::new();
    for day in days
        .iter()
        .filter(|day| **day < last && master.rule.is_some())
    {
        match dice.below(16) {
            0 => excluded.push(*day),
            1 => overrides.push(moved(dice, &master, *day)),
            2 if overrides.len() < 3 => overrides.push(cancelled(&master, *day)),
            _ => {}
        }
    }
    (Event { excluded, ..master }, overrides)
}

fn moved(dice: &mut Dice, master: &Event, day: NaiveDateTime) -> Event {
    let by = TimeDelta::minutes(15 * (dice.below(1_000) as i64 - 500));
    Event {
        starts: day + by,
        summary: format!("{}, moved", master.summary),
        sequence: master.sequence + 1,
        cancelled: false,
        ..cancelled(master, day)
    }
}

fn cancelled(master: &Event, day: NaiveDateTime) -> Event {
    Event {
        rule: None,
        until: None,
        starts: day,
        recurrence: Some(day),
        cancelled: true,
        ..master.clone()
    }
}

/// Chance that is the same in every run (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}
