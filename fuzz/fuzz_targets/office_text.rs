//! Whatever a file is, no more text comes of it than was asked for.
#![no_main]

use folkmoot::message::office_text::{MOST_UNPACKED, office_text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &[u8]| {
    let most = content.len() % 5_000;
    let read = |most| office_text(content, most, &mut { MOST_UNPACKED });
    let text = read(most);
    assert!(text.len() <= most, "{} of {most}", text.len());
    // What is asked for alone is the beginning of what is asked for with more.
    let more = read(most + 1_000);
    assert!(more.starts_with(text.trim_end()), "{text:?} {more:?}");
});
