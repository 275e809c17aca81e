//! What a reply tells: a story, and on lines of their own `QUOTE`, `SIGN name`, its cycle,
//! or `NO`. Pure.

/// The longest story that is kept, in characters.
const LONGEST: usize = 2_000;

/// The longest name under one, in characters.
const LONGEST_NAME: usize = 80;

/// Lines that are looked at.
const MOST_LINES: usize = 200;

/// What a reply tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The story; may be empty.
    pub text: String,
    /// story, potential, applied or realized.
    pub cycle: &'static str,
    /// The name under which it may be shown; empty: none.
    pub signed: String,
    /// Whether a sponsor may read it.
    pub quote: bool,
    /// Whether nobody shall.
    pub no: bool,
}

/// The cycles, as people call them.
const CYCLES: [(&str, &str); 6] = [
    ("potential", "potential"),
    ("applied", "applied"),
    ("realized", "realized"),
    ("realised", "realized"),
    ("angewandt", "applied"),
    ("verwirklicht", "realized"),
];

/// What a visible text tells.
pub fn read(text: &str) -> Told {
    let mut told = Told {
        cycle: "story",
        ..Told::default()
    };
    let mut lines = Vec::new();
    for line in text.lines().take(MOST_LINES) {
        if !take(&mut told, line.trim()) {
            lines.push(line.trim_end());
        }
    }
    let text: String = lines.join("\n").trim().chars().take(LONGEST).collect();
    told.text = text;
    told
}

/// Whether a line is a word for us.
fn take(told: &mut Told, line: &str) -> bool {
    let bare = line.trim_end_matches(['.', '!', ':']).to_lowercase();
    match bare.as_str() {
        "quote" | "quote me" | "zitieren" => told.quote = true,
        "no" | "no quote" | "nein" | "object" => told.no = true,
        "sign" | "unterschrift" => {}
        _ => return cycle(told, &bare) || sign(told, line),
    }
    true
}

fn cycle(told: &mut Told, bare: &str) -> bool {
    let bare = bare
        .strip_prefix("cycle:")
        .or(bare.strip_prefix("zyklus:"))
        .unwrap_or(bare);
    let found = CYCLES.iter().find(|(word, _)| *word == bare.trim());
    if let Some((_, name)) = found {
        told.cycle = name;
    }
    found.is_some()
}

/// `SIGN Bo Ek`, in capitals or with a colon: "Sign of the times" is a story's.
fn sign(told: &mut Told, line: &str) -> bool {
    let name = ["SIGN ", "SIGN: ", "Sign: ", "sign: ", "Unterschrift: "]
        .iter()
        .find_map(|word| line.strip_prefix(word));
    if let Some(name) = name {
        let name = name.trim_matches([' ', ':']);
        told.signed = name.chars().take(LONGEST_NAME).collect();
    }
    name.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_tells_a_story() {
        let told =
            |text: &str, cycle: &'static str, signed: &str, (quote, no): (bool, bool)| Told {
                text: text.into(),
                cycle,
                signed: signed.into(),
                quote,
                no,
            };
        for (text, wanted) in [
            ("", told("", "story", "", (false, false))),
            (
                "The blue seal held.",
                told("The blue seal held.", "story", "", (false, false)),
            ),
            (
                "The blue seal held.\n\nIt saved a week.\nQUOTE\nAPPLIED",
                told(
                    "The blue seal held.\n\nIt saved a week.",
                    "applied",
                    "",
                    (true, false),
                ),
            ),
            (
                "It held.\nquote.\nSIGN Bo Ek\ncycle: realised",
                told("It held.", "realized", "Bo Ek", (true, false)),
            ),
            ("QUOTE", told("", "story", "", (true, false))),
            ("No", told("", "story", "", (false, true))),
            (
                "Sign of the times: it held.\nNo quote from me",
                told(
                    "Sign of the times: it held.\nNo quote from me",
                    "story",
                    "",
                    (false, false),
                ),
            ),
        ] {
            assert_eq!(read(text), wanted, "{text}");
        }
    }
}
