//! Whatever is answered to a call for an agenda: items are short lines with words in them,
//! numbers are those of items, and no line of the mail that is answered is anybody's item.
#![no_main]

use folkmoot::message::visible::visible_text;
use folkmoot::message::words::LONGEST_UNKNOWN;
use folkmoot::message::words::agenda::{
    Known, LONGEST_ITEM, MOST_NOT_TAKEN, MOST_SAID, Problem, Said, read,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let nobody = Known::default();
    check(text, &nobody);
    check(
        &visible_text(text),
        &Known::new(&["Bob Ek", "bob@plant.example"], "So far:"),
    );
    // A mail that quotes all of ours, marked or not, brings no item.
    let few: Vec<&str> = text.lines().take(100).collect();
    let page = read(&few.join("\n"), &Known::new(&[], &few.join("\n")));
    let is_item = |said: &Said| matches!(said, Said::Item(_));
    assert!(!page.said.iter().any(is_item), "{:?}", page.said);
});

fn check(text: &str, known: &Known) {
    let page = read(text, known);
    assert!(page.said.len() <= MOST_SAID);
    for said in &page.said {
        match said {
            Said::Item(text) | Said::Text(_, text) => {
                assert!(!text.is_empty() && !text.contains('\n'));
                assert!(text.chars().count() <= LONGEST_ITEM);
            }
            Said::Vote(number) | Said::Unvote(number) => assert!((1..1_000).contains(number)),
        }
    }
    assert!(page.problems.len() <= MOST_NOT_TAKEN);
    for problem in &page.problems {
        let (Problem::Behind(text) | Problem::Many(text)) = problem;
        assert!(text.chars().count() <= LONGEST_UNKNOWN && !text.contains('\n'));
    }
}
