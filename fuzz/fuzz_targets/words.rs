//! Whatever is written, a bounded number of commands comes of it, each on one line.
#![no_main]

use folkmoot::message::words::{self, Word};
use folkmoot::message::{Mail, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &[u8]| {
    check(&parse(raw));
    let text = String::from_utf8_lossy(raw);
    let (subject, body) = text.split_once('\n').unwrap_or((&text, ""));
    check(&Mail {
        subject: subject.into(),
        visible_text: body.into(),
        ..Mail::default()
    });
});

fn check(mail: &Mail) {
    let asked = words::commands(mail);
    assert!(asked.len() <= words::MOST_COMMANDS);
    for word in asked {
        assert_ne!(word, Word::End);
        if let Word::Unknown(line) = word {
            assert!(line.chars().count() <= words::LONGEST_UNKNOWN && !line.contains('\n'));
        }
    }
    let answer = words::answer(mail);
    assert!(answer.text.chars().count() <= words::LONGEST_TEXT);
    assert!(!(answer.is_yes && answer.is_no));
    let meant = words::misdirected(mail);
    assert!(!matches!(
        meant,
        Some(Word::Unknown(_) | Word::End | Word::Join)
    ));
}
