//! The fuzz targets of fuzz/, each run over its seeds and over what a simple mutator
//! makes of them, in the same order every time: so they are exercised by a compiler
//! without a fuzzer too, for a second each or for `FOLKMOOT_FUZZ_SECONDS`.

// The targets name the fuzzer's crate: here that is this one, with a macro of its own.
extern crate self as libfuzzer_sys;

use std::panic::catch_unwind;
use std::path::Path;
use std::time::Duration;

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

target!(authentication, "../fuzz/fuzz_targets/authentication.rs");
target!(bounce, "../fuzz/fuzz_targets/bounce.rs");
target!(feedback, "../fuzz/fuzz_targets/feedback.rs");
target!(message_parse, "../fuzz/fuzz_targets/message_parse.rs");
target!(message_rewrite, "../fuzz/fuzz_targets/message_rewrite.rs");
target!(scrub, "../fuzz/fuzz_targets/scrub.rs");
target!(smtp_dialogue, "../fuzz/fuzz_targets/smtp_dialogue.rs");
target!(visible_text, "../fuzz/fuzz_targets/visible_text.rs");
target!(words, "../fuzz/fuzz_targets/words.rs");

/// The longest input, in octets: long enough for any limit that is worth reaching.
const LONGEST: usize = 64 * 1_024;

/// What mail is made of, and what it is broken with.
const PIECES: [&[u8]; 24] = [
    b"\0",
    b"\r",
    b"\n",
    b"\r\n\r\n",
    b"\r\n.\r\n",
    b"--",
    b"-- \n",
    b"> ",
    b"\"",
    b"<",
    b">",
    b"@",
    b"=?utf-8?q?=00?=",
    b"=\r\n",
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"On Mon, 5 Jan 2026, Ann wrote:\n",
    b"REJECT ",
    b"set topics ",
    b"\xff\xfe",
    "\u{202e}".as_bytes(),
    "\u{2028}ﷺ".as_bytes(),
    b"pumps-reply+aaaaaaaaaaaaaaaaaaaaaaaaaa@lists.example",
    &[b'x'; 1_200],
];

/// Numbers that look random and are the same in every run (Knuth's generator).
struct Numbers(u64);

impl Numbers {
    /// Below `limit`; 0 where that is 0.
    fn below(&mut self, limit: usize) -> usize {
        let (by, more) = (6_364_136_223_846_793_005, 1_442_695_040_888_963_407);
        self.0 = self.0.wrapping_mul(by).wrapping_add(more);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit.max(1)
    }
}

/// One input changed in up to eight places.
fn mutated(seeds: &[Vec<u8>], numbers: &mut Numbers) -> Vec<u8> {
    let mut input = seeds[numbers.below(seeds.len())].clone();
    for _ in 0..=numbers.below(8) {
        let at = numbers.below(input.len() + 1);
        let gone = numbers.below(9).min(input.len() - at);
        match numbers.below(5) {
            0 if at < input.len() => input[at] ^= 1 << numbers.below(8),
            1 => drop(input.drain(at..at + gone)),
            2 => {
                let from = numbers.below(input.len() + 1);
                let end = (from + numbers.below(200)).min(input.len());
                let copy = input[from..end].to_vec();
                input.splice(at..at, copy);
            }
            3 => {
                let other = &seeds[numbers.below(seeds.len())];
                let from = numbers.below(other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            _ => {
                let piece = PIECES[numbers.below(PIECES.len())];
                input.splice(at..at + gone, piece.iter().copied());
            }
        }
    }
    input.truncate(LONGEST);
    input
}

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
