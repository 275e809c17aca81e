//! Whatever is answered to a worksheet, each number of it is decided once at most, and
//! what was not understood is named in a few short lines.
#![no_main]

use folkmoot::message::visible::visible_text;
use folkmoot::message::words::worksheet::{self, Choice, LONGEST_SNOOZE, MOST_UNREAD, Span};
use folkmoot::message::words::{LONGEST_TEXT, LONGEST_UNKNOWN};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for count in [0, 1, 20] {
        check(text, count);
        check(&visible_text(text), count);
    }
});

fn check(text: &str, count: u32) {
    let sheet = worksheet::read(text, count);
    assert!(sheet.decided.is_sorted_by(|one, next| one.0 < next.0));
    for (number, choice) in sheet.decided {
        assert!((1..=count).contains(&number));
        match choice {
            Choice::Drop(reason) => {
                assert!(!reason.contains('\n') && reason.chars().count() <= LONGEST_TEXT);
            }
            Choice::Snooze(Span::Days(days)) => assert!((1..=LONGEST_SNOOZE).contains(&days)),
            _ => {}
        }
    }
    assert!(sheet.problems.len() <= MOST_UNREAD);
    for problem in sheet.problems {
        if let worksheet::Problem::Unread(line) | worksheet::Problem::Which(line) = problem {
            assert!(line.chars().count() <= LONGEST_UNKNOWN && !line.contains('\n'));
        }
    }
}
