//! The strict parser of addresses knows one form of each, and no mailbox leaves its field.
#![no_main]

use folkmoot::message::address::{domain_of, local_of, normalise};
use folkmoot::message::{Mailbox, headers, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let text = String::from_utf8_lossy(octets);
    for word in text.split([',', ';', '\n']) {
        check(word);
    }
    let mail = parse(&[b"To: ", octets, b"\r\n\r\nbody\r\n"].concat());
    for mailbox in mail.to.iter().chain(&mail.from).chain(&mail.cc) {
        check(&mailbox.address);
        assert_eq!(normalise(&mailbox.address).as_ref(), Some(&mailbox.address));
        stays_in_its_field(mailbox);
    }
    stays_in_its_field(&Mailbox {
        name: Some(text.into_owned()),
        address: "a@x.example".into(),
    });
});

fn check(word: &str) {
    let Some(address) = normalise(word) else {
        return;
    };
    assert!(address.len() <= 254, "{address:?}");
    assert_eq!(normalise(&address).as_deref(), Some(&*address));
    assert!(!domain_of(&address).is_empty() && !local_of(&address).is_empty());
    let trick = |c: char| c.is_control() || c.is_whitespace() || "<>()[],:;\\".contains(c);
    assert!(!address.contains(trick), "{address:?}");
}

fn stays_in_its_field(mailbox: &Mailbox) {
    let written = format!("From: {}\r\n\r\n", mailbox.to_header());
    let section = headers::section(written.as_bytes(), 0, written.len());
    assert_eq!(section.fields.len(), 1, "{written:?}");
    assert_eq!(section.body, written.len(), "{written:?}");
}
