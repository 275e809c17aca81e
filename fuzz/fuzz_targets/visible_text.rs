//! The visible text is made of lines of the text, in order.
#![no_main]

use folkmoot::message::visible::visible_text;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let visible = visible_text(text);
    let mut lines = text.lines().map(str::trim_end);
    assert!(
        visible
            .lines()
            .all(|line| lines.any(|other| other == line.trim_end()))
    );
});
