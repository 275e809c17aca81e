//! Whatever a host answers to the question who came, only those who were invited are named
//! by number, and what is kept stays within its bounds.
#![no_main]

use chrono::NaiveDate;
use folkmoot::message::visible::visible_text;
use folkmoot::message::words::LONGEST_UNKNOWN;
use folkmoot::message::words::attendance::{
    Asked, Doubt, Invited, LONGEST_LINK, LONGEST_NOTES, MOST_ACTIONS, MOST_DOUBTS, MOST_GUESTS,
    read,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let names = ["Ann Berger", "Bob Meier", "Bob Schulz", "Cléo Müller", ""];
    let invited = |(number, name): (u32, &str)| Invited {
        number: (number != 4).then_some(number),
        name: name.to_owned(),
        address: format!("m{number}.x@plant.example"),
        of_all: number != 4,
    };
    let roster: Vec<Invited> = (1..).zip(names).map(invited).collect();
    for by in [None, Some(0)] {
        check(text, &roster, by);
        check(&visible_text(text), &roster, by);
    }
    check(text, &[], None);
});

fn check(text: &str, roster: &[Invited], by: Option<usize>) {
    let on = NaiveDate::from_ymd_opt(2026, 3, 10).expect("a day");
    let sheet = read(text, &Asked { roster, by, on });
    let came = sheet.came.unwrap_or_default();
    assert!(came.is_sorted_by(|one, next| one < next));
    assert!(came.iter().all(|at| *at < roster.len()));
    assert!(sheet.guests.len() <= MOST_GUESTS);
    assert!(sheet.guests.iter().all(|guest| !guest.contains('\n')));
    assert!(sheet.notes.chars().count() <= LONGEST_NOTES);
    assert!(sheet.recording.chars().count() <= LONGEST_LINK);
    assert!(sheet.actions.len() <= MOST_ACTIONS);
    for action in &sheet.actions {
        assert!(!action.what.is_empty() && !action.what.contains('\n'));
        assert!(action.whom.is_none_or(|at| at < roster.len()));
    }
    assert!(sheet.doubts.len() <= MOST_DOUBTS);
    for doubt in &sheet.doubts {
        match doubt {
            Doubt::Which(_, all) => {
                assert!(all.len() > 1 && all.iter().all(|at| *at < roster.len()))
            }
            Doubt::NoSuch(_) => {}
            Doubt::Unread(line) => assert!(line.chars().count() <= LONGEST_UNKNOWN),
        }
    }
}
