use super::{Found, Item, Part, thread_command, which};
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    item: Vec<GivenItem>,
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct GivenItem {
    number: u32,
    subject: String,
    post: Vec<GivenPost>,
}

#[derive(Deserialize)]
struct GivenPost {
    id: i64,
    text: String,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    subject: String,
    text: String,
    no_item: Option<u32>,
    #[serde(default)]
    part: Vec<Wanted>,
}

#[derive(Deserialize)]
struct Wanted {
    item: u32,
    text: String,
    post: Option<i64>,
    quoted: Option<Vec<String>>,
}

fn file() -> (Vec<Item>, Vec<Case>) {
    let text = include_str!("../../../../tests/data/digest-replies.toml");
    let file: File = toml::from_str(text).unwrap();
    let item = |given: GivenItem| Item {
        number: given.number,
        subject: given.subject,
        posts: given
            .post
            .into_iter()
            .map(|post| (post.id, post.text))
            .collect(),
    };
    (file.item.into_iter().map(item).collect(), file.case)
}

#[test]
fn replies_answer_what_they_name() {
    let (items, cases) = file();
    assert!(cases.len() >= 50);
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| complaint(&items, case))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn complaint(items: &[Item], case: &Case) -> Option<String> {
    let found = which(items, &case.subject, &case.text);
    let is_right = match (&found, case.no_item) {
        (Found::NoItem(number), wanted) => Some(*number) == wanted,
        (Found::Unclear, wanted) => wanted.is_none() && case.part.is_empty(),
        (Found::Parts(parts), _) => {
            let pairs = parts.iter().zip(&case.part);
            parts.len() == case.part.len() && pairs.into_iter().all(|(a, b)| is_as_wanted(a, b))
        }
    };
    (!is_right).then(|| format!("{}: {found:#?}", case.name))
}

fn is_as_wanted(part: &Part, wanted: &Wanted) -> bool {
    part.number == wanted.item
        && part.text == wanted.text
        && wanted.post.is_none_or(|post| part.post == Some(post))
        && wanted
            .quoted
            .as_ref()
            .is_none_or(|quoted| part.quoted == *quoted)
}

#[test]
fn a_thread_is_named_behind_its_command() {
    let cases = [
        ("mute 3", Some(("mute", 3))),
        ("Follow item 2.", Some(("Follow", 2))),
        ("unmute #1", Some(("unmute", 1))),
        ("mute", None),
        ("mute 3 please", None),
        ("leave 3", None),
    ];
    for (text, expected) in cases {
        assert_eq!(thread_command(text), expected, "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn nothing_in_a_reply_does_harm(subject in ".*", text in "(> ?)?(Re [0-9]{1,9}[:.] ?)?.*(\n.*){0,6}") {
        let (items, _) = file();
        let _ = which(&items, &subject, &text);
        let _ = thread_command(&text);
    }
}
