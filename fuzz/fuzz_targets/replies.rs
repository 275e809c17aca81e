//! A reply to a digest or to a mail of ours: what is recognised stands in it.
#![no_main]

use folkmoot::message::visible::{Piece, pieces, visible_text};
use folkmoot::message::{attachments, parse, words};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &[u8]| {
    let mail = parse(raw);
    assert!(mail.visible_text.len() <= mail.text.len() + 1);
    let again = visible_text(&mail.visible_text);
    assert!(
        again.len() <= mail.visible_text.len(),
        "more became visible"
    );
    let whole: usize = pieces(&mail.text).iter().map(length).sum();
    assert!(whole <= mail.text.len(), "pieces longer than the text");
    let bare = words::bare_subject(&mail.subject);
    // A letter becomes up to 18 in compatible form (U+FDFA).
    assert!(!bare.contains(['\r', '\n']) && bare.chars().count() <= 18_000);
    if let Some(calendar) = &mail.calendar {
        assert!(calendar.events.iter().all(|event| !event.uid.contains(['\r', '\n'])));
    }
    let _ = attachments::entities(raw);
});

fn length(piece: &Piece<'_>) -> usize {
    match piece {
        Piece::Own(text) | Piece::Quote(text) => text.len(),
    }
}
