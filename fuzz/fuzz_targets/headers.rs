//! A header section is cut into fields that lie in it in order, and what is read of them
//! stands on one line.
#![no_main]

use folkmoot::message::{encoded_word, fields, headers, oneline::oneline};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &[u8]| {
    let section = headers::section(raw, 0, raw.len());
    let mut end = 0;
    for field in &section.fields {
        assert_eq!(field.whole.start, end, "a gap between two fields");
        assert!(field.name.start == field.whole.start && field.name.end < field.whole.end);
        assert!(field.name_in(raw).iter().all(u8::is_ascii_graphic));
        end = field.whole.end;
    }
    assert!(section.end == end && end <= section.body && section.body <= raw.len());
    for (name, value) in fields(raw) {
        assert!(!name.is_empty() && !name.contains(['\r', '\n', ':']));
        let line = oneline(&value);
        assert!(!line.chars().any(char::is_control));
        // What we would write of it is one field, whatever is in it.
        let word = encoded_word::encode(&line);
        assert!(word.is_ascii() && !word.contains(['\r', '\n']));
    }
});
