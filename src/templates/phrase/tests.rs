use super::*;

fn source(text: &str) -> Source {
    Source {
        text: text.to_owned(),
        origin: "p.toml".to_owned(),
    }
}

#[test]
fn places_are_filled_by_name() {
    let phrases = read(&source("a = \"{{n}} of {{ total }} bytes\""), None).unwrap();
    let phrase = Phrase::new("a").with("total", "9").with("n", "{{n}}");
    assert_eq!(phrases["a"].say(&phrase), "{{n}} of 9 bytes");
    assert_eq!(phrases["a"].say(&Phrase::new("a")), "n of total bytes");
}

#[test]
fn what_is_wrong_in_a_file_is_said_with_its_place() {
    let english = read(&source("a = \"{{n}} bytes\"\nb = \"x\""), None).unwrap();
    let table = [
        ("a = \"{{n}} Bytes\"", None),
        (
            "b = \"\"\na = \"{{m}}\"",
            Some("p.toml:2:1: a has no place {{m}}; its places are: n"),
        ),
        (
            "# ä\n c = \"\"",
            Some("p.toml:2:2: no phrase is called c; "),
        ),
        ("a = \"{{n\"", Some("p.toml:1:1: {{ has no }} behind it")),
        (
            "a = \"{{#if n}}\"",
            Some("p.toml:1:1: {{#if n}} is no place; "),
        ),
        ("a = 3", Some("p.toml:1:5: ")),
        ("a = \"", Some("p.toml:1:")),
        ("[a]\nb = \"x\"", Some("p.toml:1:")),
    ];
    for (text, expected) in table {
        let read = read(&source(text), Some(&english)).map(|_| ());
        match expected {
            None => assert_eq!(read, Ok(()), "{text}"),
            Some(start) => {
                let errors = read.unwrap_err();
                assert!(errors[0].starts_with(start), "{text}: {errors:?}");
            }
        }
    }
}
