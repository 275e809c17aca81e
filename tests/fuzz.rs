//! The fuzz targets of fuzz/, each run over its seeds and over what a simple mutator
//! makes of them, in the same order every time: so they are exercised by a compiler
//! without a fuzzer too, for a second each or for `FOLKMOOT_FUZZ_SECONDS`.

// The targets name the fuzzer's crate: here that is this one, with a macro of its own.
extern crate self as libfuzzer_sys;

use std::panic::catch_unwind;
use std::path::Path;
use std::time::Duration;

#[path = "support/mutate.rs"]
mod mutate;

use mutate::{Numbers, mutated};

/// A target as a module, and a test that exercises it.
macro_rules! target {
    ($name:ident, $path:literal) => {
        #[allow(unused_attributes, reason = "`no_main` is for the fuzzer's program")]
        #[path = $path]
        mod $name;

        #[test]
        fn $name() {
            exercise(stringify!($name), $name::run);
        }
    };
}

target!(addresses, "../fuzz/fuzz_targets/addresses.rs");
target!(agenda_replies, "../fuzz/fuzz_targets/agenda_replies.rs");
target!(attachment_names, "../fuzz/fuzz_targets/attachment_names.rs");
target!(attendance, "../fuzz/fuzz_targets/attendance.rs");
target!(authentication, "../fuzz/fuzz_targets/authentication.rs");
target!(bounce, "../fuzz/fuzz_targets/bounce.rs");
target!(dates, "../fuzz/fuzz_targets/dates.rs");
target!(feedback, "../fuzz/fuzz_targets/feedback.rs");
target!(headers, "../fuzz/fuzz_targets/headers.rs");
target!(icalendar, "../fuzz/fuzz_targets/icalendar.rs");
target!(lmtp_dialogue, "../fuzz/fuzz_targets/lmtp_dialogue.rs");
target!(message_parse, "../fuzz/fuzz_targets/message_parse.rs");
target!(message_rewrite, "../fuzz/fuzz_targets/message_rewrite.rs");
target!(mime_structure, "../fuzz/fuzz_targets/mime_structure.rs");
target!(office_text, "../fuzz/fuzz_targets/office_text.rs");
target!(replies, "../fuzz/fuzz_targets/replies.rs");
target!(sanitiser, "../fuzz/fuzz_targets/sanitiser.rs");
target!(scrub, "../fuzz/fuzz_targets/scrub.rs");
target!(search_query, "../fuzz/fuzz_targets/search_query.rs");
target!(smtp_dialogue, "../fuzz/fuzz_targets/smtp_dialogue.rs");
target!(survey_answers, "../fuzz/fuzz_targets/survey_answers.rs");
target!(tokens, "../fuzz/fuzz_targets/tokens.rs");
target!(visible_text, "../fuzz/fuzz_targets/visible_text.rs");
target!(words, "../fuzz/fuzz_targets/words.rs");
target!(worksheet, "../fuzz/fuzz_targets/worksheet.rs");

fn seeds(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/seeds")
        .join(name);
    let files = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<_> = files.map(|file| file.expect("a seed").path()).collect();
    paths.sort();
    let read = |path| std::fs::read(path).expect("a seed");
    let seeds: Vec<Vec<u8>> = paths.iter().map(read).collect();
    assert!(!seeds.is_empty(), "no seeds in {}", folder.display());
    seeds
}

fn exercise(name: &str, target: fn(&[u8])) {
    let seconds = std::env::var("FOLKMOOT_FUZZ_SECONDS").ok();
    let seconds = seconds.map_or(1, |text| {
        text.parse().expect("FOLKMOOT_FUZZ_SECONDS in seconds")
    });
    let end = folkmoot::clock::monotonic() + Duration::from_secs(seconds);
    let seeds = seeds(name);
    let (mut numbers, mut count) = (Numbers(1), seeds.len());
    seeds.iter().for_each(|seed| check(name, target, seed));
    check(name, target, b"");
    while folkmoot::clock::monotonic() < end {
        check(name, target, &mutated(&seeds, &mut numbers));
        count += 1;
    }
    println!("{name}: {count} inputs in {seconds} s");
}

/// An input that breaks a promise is kept in a file, to be made a seed.
fn check(name: &str, target: fn(&[u8]), input: &[u8]) {
    let Err(panic) = catch_unwind(|| target(input)) else {
        return;
    };
    let path = std::env::temp_dir().join(format!("folkmoot-fuzz-{name}"));
    std::fs::write(&path, input).expect("a place for the input");
    eprintln!(
        "{name} failed on the {} octets in {}",
        input.len(),
        path.display()
    );
    std::panic::resume_unwind(panic);
}

/// What the fuzzer's macro is to a target: here it makes a function. It stands last, so
/// that a target gets it by its `use`, as it gets the other.
#[macro_export]
macro_rules! fuzz_target {
    (|$input:ident: &[u8]| $body:block) => {
        pub(crate) fn run($input: &[u8]) $body
    };
    (|$input:ident: &str| $body:block) => {
        pub(crate) fn run(octets: &[u8]) {
            let text = String::from_utf8_lossy(octets);
            let $input: &str = &text;
            $body
        }
    };
}
