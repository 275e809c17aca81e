//! Whatever comes in, no token of ours stays in what can be changed.
#![no_main]

use folkmoot::message::scrub::scrub;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &[u8]| {
    let once = scrub(raw, "lists.example", "lists.example");
    if once.found.is_empty() {
        assert_eq!(&*once.bytes, raw, "nothing found, something changed");
    }
    let twice = scrub(&once.bytes, "lists.example", "lists.example");
    assert!(
        twice.found.iter().all(|token| token.sealed),
        "what was scrubbed holds a token"
    );
});
