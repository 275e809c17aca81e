//! Whatever stands in Authentication-Results, it is bounded, and without a host that is
//! trusted it proves nothing.
#![no_main]

use folkmoot::identity::strength::{Strength, of_mail};
use folkmoot::message::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|value: &[u8]| {
    let start = b"From: a@x.example\r\nAuthentication-Results: ";
    let mail = parse(&[&start[..], value, b"\r\n\r\n"].concat());
    assert!(mail.authentication.len() <= 50);
    for field in &mail.authentication {
        assert!(field.results.len() <= 100);
    }
    assert_eq!(of_mail(&mail, &[]), Strength::Bare);
    let _ = of_mail(&mail, &["mx.example.org".to_owned()]);
});
