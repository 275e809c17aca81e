//! What the author of a reply wrote: the text without quotes, the lines that
//! introduce them, and the signature.

use super::address::normalise;
use super::attribution::{attribution_length, is_header_block};

/// Longer texts are cut, in lines; nobody writes so much.
const MOST_LINES: usize = 100_000;
/// How many attributions in a row are looked through.
const MOST_ATTRIBUTIONS: usize = 4;
/// A longer line is a sentence of the author's.
const MOST_DEVICE_WORDS: usize = 8;
/// How mail programs announce themselves, in the common languages, lower-cased.
const DEVICES: [&str; 17] = [
    "sent from ",
    "sent via ",
    "sent with ",
    "get outlook for",
    "von meinem ",
    "gesendet von ",
    "gesendet mit ",
    "envoyé de mon ",
    "envoyé depuis ",
    "enviado desde ",
    "enviado do meu ",
    "inviato da ",
    "verzonden vanaf ",
    "verstuurd vanaf ",
    "skickat från ",
    "sendt fra ",
    "wysłane z ",
];

/// A line of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// The author's.
    Own(&'a str),
    /// Quoted, with its marks.
    Quote(&'a str),
}

/// The lines that the author of a mail added, in order; empty where there are none.
pub fn visible_text(text: &str) -> String {
    let own = |piece| match piece {
        Piece::Own(line) => Some(line),
        Piece::Quote(_) => None,
    };
    let kept: Vec<&str> = pieces(text).into_iter().filter_map(own).collect();
    without_outer_blank(&kept)
}

/// The lines of a mail in order, up to its signature or a whole quoted mail, without
/// what introduces a quote.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let lines: Vec<&str> = text.lines().take(MOST_LINES).collect();
    let mut kept = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let rest = lines.get(at..).unwrap_or_default();
        if ends_message(rest) {
            break;
        }
        let length = attribution_length(rest);
        if length > 0 && !quote_follows(rest.get(length..).unwrap_or_default()) {
            break;
        }
        if length == 0 && is_quote(line) {
            kept.push(Piece::Quote(line.trim_end()));
        } else if length == 0 && !is_device(line) {
            kept.push(Piece::Own(line.trim_end()));
        }
        at += length.max(1);
    }
    kept
}

/// Whether all from here on is a signature, a list's footer or a whole quoted mail.
fn ends_message(rest: &[&str]) -> bool {
    let line = rest.first().map(|line| line.trim_end()).unwrap_or_default();
    line == "--"
        || line == "-- "
        || line == "__"
        || is_separator(line)
        || is_border(line)
        || is_footer(rest)
        || is_own_footer(rest)
        || is_header_block(rest)
}

/// `-----Original Message-----` in any language: dashes, words, dashes.
fn is_separator(line: &str) -> bool {
    let line = line.trim();
    let inner = line.trim_matches('-');
    let dashes = line.len() - inner.len();
    if dashes < 6 || !line.starts_with("---") {
        return false;
    }
    let words = inner.trim().to_lowercase();
    let known = [
        "original",
        "ursprüngliche",
        "oorspronkelijk",
        "ursprungligt",
        "oprindelig",
        "opprinnelig",
        "alkuperäinen",
        "message d'origine",
        "pôvodn",
        "původní",
        "исходное",
        "oryginaln",
        "pierwotna",
        "eredeti üzenet",
        "原始邮件",
        "原邮件",
        "原始郵件",
        "元のメッセージ",
        "원본 메시지",
        "forwarded message",
        "weitergeleitete nachricht",
        "message transféré",
        "mensaje reenviado",
        "messaggio inoltrato",
        "doorgestuurd bericht",
    ];
    known.iter().any(|word| words.contains(word))
}

/// The line above which ticket systems and forums ask for the answer.
fn is_border(line: &str) -> bool {
    const WORDS: [&str; 6] = [
        "reply above this line",
        "type your reply above",
        "write above this line",
        "oberhalb dieser zeile",
        "répondre au-dessus de cette ligne",
        "por encima de esta línea",
    ];
    let marked = line.len() < 150 && line.trim().starts_with(['#', '-', '=', '*', '_']);
    let says = |line: String| WORDS.iter().any(|words| line.contains(words));
    marked && says(line.to_lowercase())
}

/// A line of underscores (or of dashes) above a list's footer, a company's notice that
/// mail is confidential, or an Outlook header block.
fn is_footer(rest: &[&str]) -> bool {
    let line = rest.first().map(|line| line.trim()).unwrap_or_default();
    let ruled =
        line.len() >= 20 && (line.bytes().all(|b| b == b'_') || line.bytes().all(|b| b == b'-'));
    if !ruled {
        return false;
    }
    let below: Vec<&str> = rest
        .iter()
        .skip(1)
        .take(10)
        .copied()
        .skip_while(|line| line.trim().is_empty())
        .collect();
    let words = [
        "mailing list",
        "unsubscribe",
        "listinfo",
        "list-archive",
        "posting address",
        "abmelden",
        "-leave@",
        "confidential",
        "intended recipient",
        "vertraulich",
        "confidentiel",
        "confidencial",
        "riservat",
        "vertrouwelijk",
        "proprietary",
    ];
    let says_list = |line: &&str| words.iter().any(|word| line.to_lowercase().contains(word));
    below.iter().take(6).any(says_list) || is_header_block(&below)
}

/// The footer of our own HTML (templates/LANG/footer.html), of which text has no rule left:
/// `Pumps · pumps@lists.example · Leave` as the last line, in any language.
fn is_own_footer(rest: &[&str]) -> bool {
    let line = rest.first().map(|line| line.trim()).unwrap_or_default();
    if line.len() > 500 || rest.iter().skip(1).any(|line| !line.trim().is_empty()) {
        return false;
    }
    let pieces: Vec<&str> = line.split(" · ").collect();
    let address = pieces.get(1).copied().and_then(normalise);
    (3..=4).contains(&pieces.len()) && address.is_some()
}

fn is_quote(line: &str) -> bool {
    line.trim_start().starts_with('>')
}

/// Whether what the attribution introduces is marked as quoted. Two programs may each
/// have written an attribution.
fn quote_follows(rest: &[&str]) -> bool {
    let mut rest = rest;
    for _ in 0..MOST_ATTRIBUTIONS {
        let blank = rest
            .iter()
            .take(20)
            .take_while(|line| line.trim().is_empty())
            .count();
        rest = rest.get(blank..).unwrap_or_default();
        let length = attribution_length(rest);
        if length == 0 {
            break;
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    rest.first().is_some_and(|line| is_quote(line))
}

fn is_device(line: &str) -> bool {
    let line = line.trim();
    let short = line.len() < 150 && line.split_whitespace().count() <= MOST_DEVICE_WORDS;
    let says = |line: String| DEVICES.iter().any(|start| line.starts_with(start));
    short && says(line.to_lowercase())
}

fn without_outer_blank(lines: &[&str]) -> String {
    let lines = without_name(lines);
    let first = lines
        .iter()
        .position(|line| !line.trim().is_empty())
        .unwrap_or(lines.len());
    let last = lines
        .iter()
        .rposition(|line| !line.trim().is_empty())
        .map_or(first, |at| at + 1);
    lines.get(first..last).unwrap_or_default().join("\n")
}

/// Drops a last line like `-Ann Example` that stands alone below the text.
fn without_name<'a, 'b>(lines: &'a [&'b str]) -> &'a [&'b str] {
    let Some(last) = lines.iter().rposition(|line| !line.trim().is_empty()) else {
        return lines;
    };
    let line = lines.get(last).copied().unwrap_or_default();
    let named = line
        .strip_prefix('-')
        .is_some_and(|name| name.starts_with(char::is_uppercase));
    let alone = last > 0
        && lines
            .get(last - 1)
            .is_some_and(|line| line.trim().is_empty());
    let signs = named && alone && line.split_whitespace().count() <= 3;
    if signs {
        lines.get(..last).unwrap_or_default()
    } else {
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::visible_text;

    #[test]
    fn only_the_own_words_stay() {
        for text in [
            "Yes.\n\nOn Mon, 5 Jan 2026 at 09:00, Ann <ann@x.example> wrote:\n> Really?\n",
            "Yes.\n\nAm 05.01.2026 um 09:00 schrieb Ann <ann@x.example>:\n> Wirklich?\n",
            "Yes.\n\nLe lun. 5 janv. 2026 à 09:00, Ann <ann@x.example> a\nécrit :\n\n> Vraiment ?\n",
            "Yes.\n\n-----Original Message-----\nFrom: Ann\nReally?\n",
            "Yes.\n\nFrom: Ann <ann@x.example>\nSent: Monday\nTo: Ben\nSubject: Pumps\n\nReally?\n",
            "Yes.\n\n________________________________\nVon: Ann\nGesendet: Montag\nAn: Ben\nBetreff: Pumpen\n\nx\n",
            "Yes.\n-- \nAnn Example\nHead of Pumps\n",
            "Yes.\n\nSent from my iPhone\n",
            "> Really?\n\nYes.\n",
            "Yes.\n\n-Ann Example\n\n",
            "Yes.\n\nDate: Mon, 5 Jan 2026\nFrom: ann@x.example\nTo: ben@x.example\nSubject: Pumps\n\nReally?\n",
            "Yes.\n\nSubject: Pumps\nTo: ben@x.example\nFrom: ann@x.example\n\nReally?\n",
            "Yes.\n\n---------- Forwarded message ---------\nFrom: Ann\nDate: Monday\nSubject: Pumps\n\nReally?\n",
            "Yes.\n\n------------------ 原始邮件 ------------------\n发件人: Ann\n",
            "Yes.\n\n##- Please type your reply above this line -##\n\nReally?\n",
            "Yes.\n_______________________________________________\npumps mailing list\nhttps://x.example/listinfo\n",
            "Yes.\n\n2026-01-05 9:00 GMT+01:00 Ann <ann@x.example>:\n\n> Really?\n",
        ] {
            assert_eq!(visible_text(text), "Yes.", "{text}");
        }
    }

    #[test]
    fn answers_between_quotes_stay_in_order() {
        let text = "On 1 Jan 2026, Ann wrote:\n> one\nFirst.\n> two\n\nSecond.\n";
        assert_eq!(visible_text(text), "First.\n\nSecond.");
        let twice = "On 1 Jan 2026, Ann wrote:\nLe 1 janv. 2026, Ann a écrit :\n> one\n\nYes.\n";
        assert_eq!(visible_text(twice), "Yes.");
    }

    #[test]
    fn plain_prose_is_left_alone() {
        for text in [
            "On Friday we met.\nHe wrote: fine.",
            "From: here\nto there",
            "Date: Monday\nTo: the pump house\nSubject: pumps",
            "Date: Monday\nFrom: nine\nTo: ten",
            "Please reply above this line of trees.",
            "a - b\n--- c ---",
            "I said:\nno",
        ] {
            assert_eq!(visible_text(text), text);
        }
    }
}
