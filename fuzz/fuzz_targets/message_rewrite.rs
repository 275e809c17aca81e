//! Whatever comes in, what leaves is fit for any relay.
#![no_main]

use folkmoot::message::footer::Footer;
use folkmoot::message::{ListCopy, rewrite, wire};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &[u8]| {
    let copy = ListCopy {
        subject_tag: Some("[pumps]".into()),
        footer: Some(Footer {
            text: "-- \nPumps – ü\n".into(),
            html: "<p>Pumps – ü</p>\n".into(),
        }),
        set: vec![("List-Id".into(), "<pumps.lists.example>".into())],
        message_id: "<1@lists.example>".into(),
        date: "Mon, 5 Jan 2026 09:00:00 +0000".into(),
        ..ListCopy::default()
    };
    assert!(wire::is_fit(&rewrite(raw, &copy).bytes));
    let plain = rewrite(raw, &ListCopy::default()).bytes;
    assert!(wire::is_fit(&plain));
    assert_eq!(
        rewrite(&plain, &ListCopy::default()).bytes,
        plain,
        "a copy of a copy differs"
    );
});
