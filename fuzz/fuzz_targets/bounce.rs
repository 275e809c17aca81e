//! Reports keep their limits, and what was only put off is never final.
#![no_main]

use folkmoot::message::bounce::Class;
use folkmoot::message::{Kind, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &[u8]| {
    let mail = parse(raw);
    assert_eq!(mail.kind == Kind::Bounce, mail.report.is_some());
    assert!(mail.kind == Kind::Bounce || mail.bounce.is_empty());
    assert!(mail.bounce.len() <= 1_000);
    for one in &mail.bounce {
        let put_off = one
            .status
            .as_deref()
            .is_some_and(|status| status.starts_with('4'));
        assert!(!(put_off && one.class == Class::Permanent));
        assert!(one.address.contains('@') && !one.address.contains(['\n', '\r', '\0']));
        let said = one.diagnostic.as_deref().unwrap_or_default();
        assert!(said.len() <= 500 && !said.contains(['\n', '\r', '\0']));
    }
});
