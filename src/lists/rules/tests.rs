//! Every case of tests/data/rules.toml.

use super::*;
use crate::config::Charter;
use crate::message;
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    case: Vec<Given>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    rule: String,
    #[serde(default)]
    list: String,
    #[serde(default = "plain")]
    message: String,
    #[serde(default)]
    hops: usize,
    #[serde(default = "ann")]
    envelope_from: String,
    size: Option<u64>,
    #[serde(default = "member")]
    roles: String,
    #[serde(default)]
    standing: String,
    #[serde(default = "many")]
    posts: i64,
    #[serde(default)]
    this_hour: i64,
    #[serde(default = "yes")]
    agreed: bool,
    #[serde(default)]
    exempt: bool,
    #[serde(default)]
    guest: bool,
    #[serde(default)]
    proof: String,
    verdict: String,
    #[serde(default)]
    rules: Vec<String>,
}

fn plain() -> String {
    "Subject: Seals\n\nOurs leaked.\n".to_owned()
}

fn ann() -> String {
    "ann@plant.example".to_owned()
}

fn member() -> String {
    "member".to_owned()
}

fn many() -> i64 {
    100
}

fn yes() -> bool {
    true
}

fn cases() -> Vec<Given> {
    let file: File = toml::from_str(include_str!("../../../tests/data/rules.toml")).unwrap();
    file.case
}

fn author(given: &Given) -> Member {
    Member {
        address: ann(),
        roles: given.roles.clone(),
        delivery: "each".to_owned(),
        state: "active".to_owned(),
        exempt: given.exempt,
        ..Member::default()
    }
}

fn judged(given: &Given) -> Decision {
    let elements = "[charter]\ndomain='d'\ncommunity='c'\npractice='p'\n";
    let charter = format!("slug='pumps'\nname='P'\n{elements}[list]\n{}", given.list);
    let charter = Charter::parse(&charter, &given.rule).unwrap();
    let hops = "Received: from a by b\n".repeat(given.hops);
    let raw = format!("From: ann@plant.example\n{hops}{}", given.message).into_bytes();
    let mail = message::parse(&raw);
    let author = author(given);
    judge(&Case {
        mail: &mail,
        fields: &message::fields(&raw),
        envelope_from: &given.envelope_from,
        proof: match given.proof.as_str() {
            "none" => Proof::None,
            "refused" => Proof::Refused,
            other => {
                assert_eq!(other, "", "{}", given.rule);
                Proof::Some
            }
        },
        size: given.size.unwrap_or(raw.len() as u64),
        list: &charter.list,
        list_id: "pumps.lists.example.org",
        address: "pumps@lists.example.org",
        author: Some(&author).filter(|author| !author.roles.is_empty()),
        standing: match given.standing.as_str() {
            "ban" => Standing::Banned("*@plant.example".to_owned()),
            "trust" => Standing::Trusted,
            other => {
                assert_eq!(other, "", "{}", given.rule);
                Standing::None
            }
        },
        posts_so_far: given.posts,
        posts_this_hour: given.this_hour,
        has_agreed: given.agreed,
        is_reply: !mail.in_reply_to.is_empty() || !mail.references.is_empty(),
        is_guest: given.guest,
    })
}

#[test]
fn every_case_ends_as_the_table_says() {
    for (number, given) in cases().iter().enumerate() {
        let decision = judged(given);
        let found: Vec<_> = decision.findings.iter().map(|f| f.rule).collect();
        let told = format!("case {} of {}: {decision:?}", number + 1, given.rule);
        let verdict = format!("{:?}", decision.verdict).to_lowercase();
        assert_eq!(verdict, given.verdict, "{told}");
        assert_eq!(found, given.rules, "{told}");
        assert_eq!(
            decision.is_survey_reply(),
            found == [SURVEY_REPLY],
            "{told}"
        );
    }
}

#[test]
fn every_rule_has_a_case_in_which_it_speaks_and_one_in_which_it_is_silent() {
    let cases = cases();
    for (name, _) in RULES {
        let of = |speaks: bool| {
            let mut own = cases.iter().filter(|given| given.rule == name);
            own.any(|given| given.rules.iter().any(|rule| rule == name) == speaks)
        };
        assert!(of(true) && of(false), "{name}");
    }
    let known = |given: &&Given| RULES.iter().any(|(name, _)| *name == given.rule);
    assert!(cases.iter().all(|given| known(&given)));
}

#[test]
fn every_reason_is_a_phrase_with_all_its_values_in_every_language() {
    let languages = [
        include_str!("../../../templates/en/phrases.toml"),
        include_str!("../../../templates/de/phrases.toml"),
    ];
    for text in languages {
        let phrases: toml::Table = text.parse().unwrap();
        for finding in cases().iter().flat_map(|given| judged(given).findings) {
            let said = phrases[finding.phrase.key].as_str().unwrap();
            for (name, value) in &finding.phrase.values {
                assert!(said.contains(&format!("{{{{{name}}}}}")), "{said}: {name}");
                assert!(
                    finding.reason.contains(value.as_str()),
                    "{}",
                    finding.reason
                );
            }
            assert!(!finding.reason.contains("{{"), "{}", finding.reason);
        }
    }
}
