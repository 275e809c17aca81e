use super::*;

const BASE: &str = r#"
slug = "pumps"
name = "Pumps"
[charter]
domain = "d"
community = "c"
practice = "p"
[[facilitator]]
address = "ann@plant.example"
term_until = "2026-12-31"
[list]
posting = "members"
[[session]]
slug = "clinic"
starts = "2026-01-13T16:00"
[[prompt]]
schedule = "0 9 * * 3"
text = "What failed?"
"#;

/// The base with one text replaced.
fn with(from: &str, to: &str) -> String {
    assert!(BASE.contains(from), "{from}");
    BASE.replacen(from, to, 1)
}

fn shown(changes: &[Change]) -> Vec<String> {
    changes.iter().map(Change::to_string).collect()
}

fn conflicts(refused: Refused) -> Vec<Conflict> {
    match refused {
        Refused::Conflicts(conflicts) => conflicts,
        other => panic!("{other}"),
    }
}

#[test]
fn what_changed_in_the_file_is_carried_over() {
    let table = [
        (
            "posting = \"members\"",
            "posting = \"anyone\"",
            &["list.posting: members -> anyone"][..],
        ),
        (
            "posting = \"members\"",
            "subject_tag = \"\"",
            &["list.subject_tag: [pumps] -> \"\""],
        ),
        ("[list]", "[list]\nfooter = true", &[]),
        ("[list]", "[list]\nrate = \"off\"\nprobation = 0", &[]),
        (
            "[list]",
            "[list]\nrate = 10\nhold_headers = [\"Subject: win\"]",
            &[
                "list.hold_headers: [] -> [\"Subject: win\"]",
                "list.rate: off -> 10",
            ],
        ),
        (
            "[list]",
            "[[moderator]]\naddress = \"Mia@plant.example\"\n[[topic]]\nname = \"seals\"\n[list]",
            &[
                "moderator[mia@plant.example].address: none -> Mia@plant.example",
                "moderator[mia@plant.example].name: none -> \"\"",
                "topic[seals].name: none -> seals",
                "topic[seals].title: none -> seals",
            ],
        ),
        (
            "text = \"What failed?\"",
            "text = \"What held?\"",
            &["prompt[1].text: What failed? -> What held?"],
        ),
        (
            "term_until = \"2026-12-31\"",
            "",
            &["facilitator[ann@plant.example].term_until: 2026-12-31 -> none"],
        ),
        (
            "[list]",
            "[[facilitator]]\naddress = \"Bob@plant.example\"\n[list]",
            &[
                "facilitator[bob@plant.example].address: none -> Bob@plant.example",
                "facilitator[bob@plant.example].name: none -> \"\"",
            ],
        ),
        (
            "domain = \"d\"",
            "domain = \"d\"\nnorms = [\"Ask.\"]",
            &["charter.norms: [] -> [\"Ask.\"]"],
        ),
    ];
    for (from, to, expected) in table {
        let merged = merge(Some(BASE), &with(from, to), BASE, None).unwrap();
        assert_eq!(shown(&merged.changes), expected, "{to}");
        let file = Charter::parse(&with(from, to), "file").unwrap();
        assert_eq!(
            Charter::parse(&merged.text, "merged").unwrap(),
            file,
            "{to}"
        );
    }
}

#[test]
fn what_changed_in_the_database_stays() {
    let voted = with(
        "posting = \"members\"",
        "posting = \"moderated\"\nfooter = false",
    );
    let file = with("name = \"Pumps\"", "name = \"All pumps\"");
    let merged = merge(Some(BASE), &file, &voted, None).unwrap();
    assert_eq!(shown(&merged.changes), ["name: Pumps -> All pumps"]);
    let charter = Charter::parse(&merged.text, "merged").unwrap();
    assert_eq!(
        charter.list.posting,
        crate::config::charter::Posting::Moderated
    );
    assert!(!charter.list.footer);
    assert_eq!(charter.name, "All pumps");
}

#[test]
fn both_sides_are_refused_with_both_values_unless_one_is_taken() {
    let file = with("posting = \"members\"", "posting = \"anyone\"");
    let voted = with("posting = \"members\"", "posting = \"moderated\"");
    let refused = conflicts(merge(Some(BASE), &file, &voted, None).unwrap_err());
    let [one] = &refused[..] else {
        panic!("{refused:?}")
    };
    assert_eq!(
        one.to_string(),
        "list.posting: was members, is anyone in the file and moderated in the database; \
         say which with --take file or --take database"
    );
    for (take, changes) in [
        (Take::File, &["list.posting: moderated -> anyone"][..]),
        (Take::Database, &[]),
    ] {
        let merged = merge(Some(BASE), &file, &voted, Some(take)).unwrap();
        assert_eq!(shown(&merged.changes), changes);
    }
}

#[test]
fn the_same_change_on_both_sides_is_no_conflict() {
    let both = with("posting = \"members\"", "posting = \"anyone\"");
    assert_eq!(merge(Some(BASE), &both, &both, None).unwrap().changes, []);
}

#[test]
fn a_section_that_one_side_takes_away_and_the_other_changes_is_one_conflict() {
    let facilitator =
        "[[facilitator]]\naddress = \"ann@plant.example\"\nterm_until = \"2026-12-31\"\n";
    let file = with(facilitator, "");
    let voted = with("2026-12-31", "2027-12-31");
    let refused = conflicts(merge(Some(BASE), &file, &voted, None).unwrap_err());
    let keys: Vec<_> = refused.iter().map(|one| one.key.as_str()).collect();
    assert_eq!(keys, ["facilitator[ann@plant.example]"]);
    assert_eq!(refused[0].file, None);
    assert!(refused[0].database.as_ref().unwrap().contains("2027-12-31"));
}

#[test]
fn taking_away_the_last_of_a_kind_leaves_what_the_database_added() {
    let facilitator =
        "[[facilitator]]\naddress = \"ann@plant.example\"\nterm_until = \"2026-12-31\"\n";
    let file = with(facilitator, "");
    let voted = with(
        "[list]",
        "[[facilitator]]\naddress = \"bob@plant.example\"\n[list]",
    );
    let merged = merge(Some(BASE), &file, &voted, None).unwrap();
    let charter = Charter::parse(&merged.text, "merged").unwrap();
    let left: Vec<_> = charter
        .facilitators
        .iter()
        .map(|f| f.address.to_string())
        .collect();
    assert_eq!(left, ["bob@plant.example"]);
}

#[test]
fn repeated_sections_go_by_their_key_not_their_place() {
    let clinic = "[[session]]\nslug = \"clinic\"\nstarts = \"2026-01-13T16:00\"\n";
    let talk = "[[session]]\nslug = \"talk\"\nstarts = \"2026-02-01T10:00\"\n";
    let file = with(clinic, &format!("{talk}{clinic}"));
    let voted = with(
        "starts = \"2026-01-13T16:00\"",
        "starts = \"2026-01-13T16:00\"\nduration = \"2h\"",
    );
    let merged = merge(Some(BASE), &file, &voted, None).unwrap();
    let charter = Charter::parse(&merged.text, "merged").unwrap();
    let sessions: Vec<_> = charter
        .sessions
        .iter()
        .map(|s| (s.slug.as_str(), s.duration.num_hours()))
        .collect();
    assert_eq!(sessions, [("clinic", 2), ("talk", 1)]);
    assert!(
        merged
            .changes
            .iter()
            .all(|change| change.key.starts_with("session[talk]."))
    );
}

#[test]
fn at_first_everything_is_new() {
    let merged = merge(None, BASE, "", None).unwrap();
    assert!(shown(&merged.changes).contains(&"name: none -> Pumps".to_owned()));
    assert!(merged.changes.iter().all(|change| change.from.is_none()));
    assert_eq!(Charter::parse(&merged.text, "a"), Charter::parse(BASE, "b"));
    assert_eq!(merge(None, BASE, &merged.text, None).unwrap().changes, []);
}

#[test]
fn a_text_that_is_not_toml_is_named() {
    let refused = merge(Some(BASE), "slug = ", BASE, None)
        .unwrap_err()
        .to_string();
    assert!(refused.starts_with("the charter's file:1:"), "{refused}");
}

/// With nothing changed in the database, applying makes it the file.
#[test]
fn a_merge_without_votes_gives_the_file() {
    for (from, to) in (0..VARIANTS.len()).flat_map(|a| (0..VARIANTS.len()).map(move |b| (a, b))) {
        let (base, file) = (variant(from), variant(to));
        let merged = merge(Some(&base), &file, &base, None).unwrap();
        let (merged, read) = (
            Charter::parse(&merged.text, "a"),
            Charter::parse(&file, "b"),
        );
        assert_eq!(merged, read, "{from} {to}");
        let again = merge(Some(&file), &file, &base, None).unwrap();
        assert_eq!(again.changes, [], "{from} {to}");
    }
}

const VARIANTS: [(&str, &str); 6] = [
    ("", ""),
    ("posting = \"members\"", "archive = \"none\""),
    (
        "[list]",
        "[[sponsor]]\naddress = \"sam@board.example\"\n[list]",
    ),
    ("slug = \"clinic\"", "slug = \"talk\""),
    (
        "[[prompt]]\nschedule = \"0 9 * * 3\"\ntext = \"What failed?\"",
        "[health_check]\nminimum = 7",
    ),
    (
        "[[facilitator]]\naddress = \"ann@plant.example\"\nterm_until = \"2026-12-31\"",
        "",
    ),
];

fn variant(index: usize) -> String {
    let (from, to) = VARIANTS[index];
    with(from, to)
}
