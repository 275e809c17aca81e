use super::*;

#[derive(serde::Deserialize)]
struct Table {
    case: Vec<Case>,
}

#[derive(serde::Deserialize)]
struct Case {
    text: String,
    read: String,
    items: Option<usize>,
    scale: Option<String>,
    comment: Option<String>,
    #[serde(default)]
    shared: bool,
    #[serde(default)]
    quoted: bool,
}

impl Case {
    fn scale(&self) -> Scale {
        let text = self.scale.as_deref().unwrap_or("1-5 skip");
        let digit = |at: usize| text[at..=at].parse().unwrap();
        Scale {
            items: self.items.unwrap_or(7),
            lowest: digit(0),
            highest: digit(2),
            skip: text.ends_with("skip"),
            is_order: text.ends_with("order"),
        }
    }
}

fn shown(said: &Said) -> String {
    match said {
        Said::Answer(answer) => {
            let digits: Vec<_> = answer.digits.iter().map(u8::to_string).collect();
            digits.join(" ")
        }
        Said::Skip => "skip".into(),
        Said::Stop => "stop".into(),
        Said::Why => "why".into(),
        Said::Quote => "quote".into(),
        Said::Unclear(Unclear::Order) => "unclear order".into(),
        Said::Unclear(Unclear::Nothing) => "unclear nothing".into(),
        Said::Unclear(Unclear::Count(_)) => "unclear count".into(),
        Said::Unclear(Unclear::Range) => "unclear range".into(),
        Said::Unclear(Unclear::Decimal) => "unclear decimal".into(),
    }
}

#[test]
fn digits_are_read_however_they_are_typed() {
    let table: Table =
        toml::from_str(include_str!("../../../tests/data/survey-answers.toml")).unwrap();
    assert!(table.case.len() > 100, "{}", table.case.len());
    let mut wrong = Vec::new();
    for case in &table.case {
        let said = read(&case.text, &case.scale());
        let found = shown(&said);
        let (comment, shared, quoted) = match &said {
            Said::Answer(answer) => (answer.comment.as_str(), answer.shared, answer.quoted),
            _ => ("", false, false),
        };
        let as_expected = found == case.read
            && shared == case.shared
            && quoted == case.quoted
            && case
                .comment
                .as_deref()
                .is_none_or(|expected| expected == comment);
        if !as_expected {
            wrong.push(format!(
                "{:?}: {found:?} not {:?}, {comment:?}",
                case.text, case.read
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_answer_has_a_digit_of_the_scale_for_each_question() {
    use proptest::prelude::*;
    let scale = Scale {
        items: 7,
        lowest: 1,
        highest: 5,
        skip: true,
        is_order: false,
    };
    proptest!(|(text in "[0-9 ,./)\n>qQ-]{0,60}")| {
        if let Said::Answer(answer) = read(&text, &scale) {
            prop_assert_eq!(answer.digits.len(), 7);
            prop_assert!(answer.digits.iter().all(|digit| scale.has(*digit)));
        }
    });
}
