//! Any octets are read, and what comes out keeps its promises.
#![no_main]

use folkmoot::message::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &[u8]| {
    let mail = parse(raw);
    assert!(!mail.subject.contains(['\n', '\r', '\0']));
    assert!(mail.references.len() <= 200);
    assert!(
        mail.attachments
            .iter()
            .all(|file| !file.name.contains(['/', '\\', '\0']))
    );
    let html = mail.html.unwrap_or_default().to_ascii_lowercase();
    assert!(!html.contains("<script") && !html.contains("<img"));
});
