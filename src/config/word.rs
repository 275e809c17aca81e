//! Enums that are written as one word out of a few.

use super::nearest::nearest;
use super::problem::{Wrong, quoted, wrong};

/// Declares an enum together with the word that a file has for each variant.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// All values, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word that stands for it in a file.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            pub(crate) fn parse(word: &str) -> Result<Self, $crate::config::problem::Wrong> {
                $crate::config::word::find(word, Self::ALL, Self::as_str)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }
    };
}
pub(super) use words;

/// The value that `word` stands for.
pub(super) fn find<T: Copy>(
    word: &str,
    all: &[T],
    name: fn(T) -> &'static str,
) -> Result<T, Wrong> {
    let found = all.iter().copied().find(|value| name(*value) == word);
    found.ok_or_else(|| {
        unknown(
            word,
            &all.iter().map(|value| name(*value)).collect::<Vec<_>>(),
        )
    })
}

/// The complaint about a word that is none of `known`.
pub(super) fn unknown(word: &str, known: &[&str]) -> Wrong {
    let one_of = format!("write one of {}", known.join(", "));
    let instead = match nearest(word, known.iter().copied()) {
        Some(meant) => format!("did you mean {meant:?}? {one_of}"),
        None => one_of,
    };
    wrong(format!("{} is not known here", quoted(word)), instead)
}
