//! Nothing but what was signed is verified, and only for its purpose.
#![no_main]

use folkmoot::identity::Secret;
use folkmoot::identity::tokens::{Purpose, hash};
use libfuzzer_sys::fuzz_target;

const ALL: [Purpose; 5] = [
    Purpose::Bounce,
    Purpose::Unsubscribe,
    Purpose::GuestEnd,
    Purpose::Reply,
    Purpose::Rsvp,
];

fuzz_target!(|octets: &[u8]| {
    let key = "a".repeat(52);
    let secret = Secret::from_text(&key).expect("a key");
    let text = String::from_utf8_lossy(octets);
    assert_eq!(hash(&text).len(), 32);
    for purpose in ALL {
        assert_eq!(secret.verify(purpose, &text), None, "{text:?}");
    }
    assert_eq!(secret.verify_unsubscribe(&text), None, "{text:?}");
    let number = octets
        .iter()
        .take(6)
        .fold(0, |id, octet| id << 8 | i64::from(*octet));
    for purpose in ALL {
        let token = secret.sign(purpose, number);
        for other in ALL {
            let expected = (other == purpose).then_some(number);
            assert_eq!(secret.verify(other, &token), expected);
        }
        broken(&secret, purpose, &token, octets);
    }
    let token = secret.sign_unsubscribe(number, number / 3);
    assert_eq!(secret.verify_unsubscribe(&token), Some(number));
});

/// One character changed, or something added.
fn broken(secret: &Secret, purpose: Purpose, token: &str, octets: &[u8]) {
    let at = octets
        .iter()
        .map(|octet| usize::from(*octet))
        .sum::<usize>()
        % token.len();
    let mut changed = token.as_bytes().to_vec();
    changed[at] = if changed[at] == b'a' { b'b' } else { b'a' };
    let changed = String::from_utf8(changed).expect("ASCII");
    assert_eq!(secret.verify(purpose, &changed), None, "{changed}");
    assert_eq!(secret.verify(purpose, &format!("{token}a")), None);
    assert_eq!(secret.verify(purpose, &token[1..]), None);
}
