//! Whatever a file is, no more text comes of it than was asked for.
#![no_main]

use folkmoot::message::office_text::office_text;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &[u8]| {
    let most = content.len() % 5_000;
    let text = office_text(content, most);
    assert!(text.len() <= most, "{} of {most}", text.len());
    // What is asked for alone is the beginning of what is asked for with more.
    let more = office_text(content, most + 1_000);
    assert!(more.starts_with(text.trim_end()), "{text:?} {more:?}");
});
