use proptest::prelude::*;

use super::*;

fn shown(text: &str) -> String {
    let kinds = blocks(text).blocks.into_iter().map(|block| match block {
        Block::Paragraph(lines) => format!("P[{}]", lines.join("|")),
        Block::Quote { depth, lines } => format!("Q{depth}[{}]", lines.join("|")),
        Block::Signature(lines) => format!("S[{}]", lines.join("|")),
    });
    kinds.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_text_is_taken_apart() {
    let cases = [
        ("one\ntwo\n\nthree", "P[one|two] P[three]"),
        ("> a\n> b\nanswer", "Q1[a|b] P[answer]"),
        (
            ">> deep\n> > deep too\n> shallow",
            "Q2[deep|deep too] Q1[shallow]",
        ),
        ("> a\n>\n> b", "Q1[a||b]"),
        (">code  indented\n>  kept", "Q1[code  indented| kept]"),
        ("hi\r\n\r\nyou\r\n", "P[hi] P[you]"),
        (
            "text\n-- \nAnn\nPlant 2\n\n> not a quote",
            "P[text] S[Ann|Plant 2||> not a quote]",
        ),
        ("text\n--\nno signature", "P[text|--|no signature]"),
        ("", ""),
        ("\n \n", ""),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(text), expected, "{text:?}");
    }
}

#[test]
fn a_long_text_is_cut_and_says_so() {
    let found = blocks(&"> x\n".repeat(10_000));
    assert!(found.is_cut);
    assert!(matches!(&found.blocks[..], [Block::Quote { lines, .. }] if lines.len() == 5_000));
    assert!(blocks(&"ä".repeat(200_000)).is_cut);
    assert_eq!(shown(&format!("{} deep", ">".repeat(5_000))), "Q9[deep]");
}

/// Links in brackets, so that a case shows where each begins and ends.
fn linked(text: &str) -> String {
    let shown = spans(text).into_iter().map(|span| match span.href {
        Some(href) => format!("[{href}]"),
        None => span.text,
    });
    shown.collect()
}

#[test]
fn only_addresses_of_the_web_become_links() {
    let cases = [
        (
            "see https://a.example/x, please",
            "see [https://a.example/x], please",
        ),
        ("(https://a.example/x_(y))", "([https://a.example/x_(y)])"),
        (
            "<http://a.example/?q=1&r=2>",
            "<[http://a.example/?q=1&r=2]>",
        ),
        ("HTTPS://A.example.", "[HTTPS://A.example]."),
        (
            "\"http://a.example\" and http://b.example",
            "\"[http://a.example]\" and [http://b.example]",
        ),
        (
            "https://münchen.example/straße!",
            "[https://münchen.example/straße]!",
        ),
        ("javascript://a.example", "javascript://a.example"),
        ("javascript:alert(1)//http", "javascript:alert(1)//http"),
        ("xhttp://a.example", "xhttp://a.example"),
        (
            "ftp://a.example file:///etc/passwd data://x",
            "ftp://a.example file:///etc/passwd data://x",
        ),
        ("http:// https://. http://\n", "http:// https://. http://\n"),
        ("http://[::1]:80/x", "[http://[::1]:80/x]"),
    ];
    for (text, expected) in cases {
        assert_eq!(linked(text), expected, "{text:?}");
    }
    let long = format!("http://a.example/{}", "x".repeat(3_000));
    assert_eq!(linked(&long), long);
    let brackets = ")".repeat(20_000);
    let marked = format!("[http://a.example/]{brackets}");
    assert_eq!(linked(&format!("http://a.example/{brackets}")), marked);
    assert_eq!(spans(&"http://a".repeat(20_000)).len(), 1);
}

#[test]
fn addresses_of_people_are_shortened() {
    let cases = [
        (
            "Ann <ann@plant.example> wrote:",
            "Ann <a…@plant.example> wrote:",
        ),
        (
            "ann.lee+x@a.b.example, bo@c.example.",
            "a…@a.b.example, b…@c.example.",
        ),
        ("@ann and 3 @ 5 and a@b", "@ann and 3 @ 5 and a@b"),
        ("jürgen@münchen.example", "j…@münchen.example"),
    ];
    for (text, expected) in cases {
        assert_eq!(mask_addresses(text), expected, "{text:?}");
    }
}

proptest! {
    #[test]
    fn nothing_is_lost_and_nothing_panics(text in "([a-z>@:/. \n\\-]|https?://|\\PC){0,60}") {
        let together: String = spans(&text).into_iter().map(|span| span.text).collect();
        prop_assert_eq!(together, &*text);
        for span in spans(&text) {
            let href = span.href.unwrap_or_else(|| "http://".into()).to_lowercase();
            prop_assert!(href.starts_with("http://") || href.starts_with("https://"));
        }
        blocks(&text);
        mask_addresses(&text);
    }
}
