use chrono::TimeZone;

use super::*;

fn member() -> Member {
    Member {
        address: "bo@plant.example".into(),
        roles: "member".into(),
        delivery: "each".into(),
        state: "active".into(),
        ..Member::default()
    }
}

fn at_nine() -> (DateTime<Utc>, Tz) {
    let now = Utc.with_ymd_and_hms(2026, 3, 2, 9, 0, 0).unwrap();
    (now, chrono_tz::Europe::Berlin)
}

#[test]
fn a_pause_ends_when_its_day_begins_where_the_member_is() {
    let mut bo = member();
    let day = NaiveDate::from_ymd_opt(2026, 3, 16).unwrap();
    for word in [Word::PauseDays(14), Word::PauseUntil(day)] {
        let set = set(&mut bo, &word, &[], at_nine());
        let said = Phrase::new("paused_until").with("date", "2026-03-16");
        assert_eq!(set, Some(Set::Done(said)));
        let midnight = Utc.with_ymd_and_hms(2026, 3, 15, 23, 0, 0).unwrap();
        assert_eq!(bo.paused_until, Some(midnight.timestamp_millis()));
        assert_eq!(bo.state, "paused");
    }
}

#[test]
fn an_impossible_wish_changes_nothing() {
    let mut bo = member();
    let before = format!("{bo:?}");
    let past = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
    let wishes = [
        Word::PauseUntil(past),
        Word::PauseUntil(NaiveDate::MAX),
        Word::PauseDays(u32::MAX),
        Word::PauseDays(0),
        Word::SetTopics(vec!["nonsense".into()]),
    ];
    for wish in wishes {
        let set = set(&mut bo, &wish, &["seals"], at_nine());
        assert!(matches!(set, Some(Set::Refused(_))), "{wish:?}");
        assert_eq!(format!("{bo:?}"), before, "{wish:?}");
    }
}

#[test]
fn less_is_one_step_at_a_time() {
    let mut bo = member();
    for step in ["digest", "headlines", "none", "none"] {
        set(&mut bo, &Word::Less, &[], at_nine());
        assert_eq!(bo.delivery, step);
    }
}
