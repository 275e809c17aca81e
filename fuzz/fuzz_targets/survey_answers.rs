//! Whatever is written, an answer has a digit of the scale for each question, its comment
//! an end, and the same text is read alike twice.
#![no_main]

use folkmoot::surveys::answers::{LONGEST_COMMENT, Said, Scale, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &[u8]| {
    let text = String::from_utf8_lossy(raw);
    for (items, lowest, highest, skip) in [(7, 1, 5, true), (1, 0, 4, false), (3, 1, 5, true)] {
        let scale = Scale {
            items,
            lowest,
            highest,
            skip,
            is_order: false,
        };
        let said = read(&text, &scale);
        if let Said::Answer(answer) = &said {
            assert_eq!(answer.digits.len(), items);
            assert!(answer.digits.iter().all(|digit| scale.has(*digit)));
            assert!(answer.comment.chars().count() <= LONGEST_COMMENT);
        }
        assert_eq!(said, read(&text, &scale));
    }
});
