//! Whatever the tree of parts, it is read with bounded work, and what is listed is bounded.
#![no_main]

use folkmoot::message::{attachments, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    check(octets);
    // The same as the inside of a multipart whose boundary it knows.
    let head = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n";
    check(&[&head[..], octets, b"\r\n--x--\r\n"].concat());
});

fn check(raw: &[u8]) {
    let mail = parse(raw);
    assert!(mail.attachments.len() <= 1_000);
    for file in &mail.attachments {
        assert!(!file.name.is_empty() && file.name.len() <= 120);
        assert_eq!(attachments::safe_name(&file.name), file.name);
        assert!(file.size <= raw.len(), "{} of {}", file.size, raw.len());
        let kind = file.media_type.bytes().filter(|octet| *octet == b'/');
        assert!(kind.count() == 1 && !file.media_type.contains([' ', '"', ';', '\r', '\n']));
    }
    assert!(attachments::entities(raw).len() <= 1_000);
    assert!(mail.text.len() <= 9 << 20 && !mail.text.contains('\r'));
}
