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

#[derive(serde::Deserialize)]
struct Shapes {
    shape: Vec<Shape>,
}

/// A way of answering, as text or as HTML alone, and what it means.
#[derive(serde::Deserialize)]
struct Shape {
    text: Option<String>,
    html: Option<String>,
    means: String,
}

impl Shape {
    /// The text as it comes out of a mail.
    fn text(&self) -> String {
        let (kind, body) = match (&self.text, &self.html) {
            (Some(text), _) => ("plain", text),
            (None, html) => ("html", html.as_ref().unwrap()),
        };
        let body = body.replace("\r\n", "\n").replace('\n', "\r\n");
        let raw = format!(
            "From: bo@plant.example\r\nSubject: Re: Two-minute health check\r\n\
             Content-Type: text/{kind}; charset=utf-8\r\n\r\n{body}\r\n"
        );
        crate::message::parse(raw.as_bytes()).text
    }
}

/// What is not understood is asked back; a wrong digit nobody would notice.
#[test]
fn of_all_ways_of_typing_seven_digits_nearly_all_are_understood_and_none_is_misunderstood() {
    let text = include_str!("../../../tests/data/survey-shapes.toml");
    let table: Shapes = toml::from_str(text).unwrap();
    let scale = Scale {
        items: 7,
        lowest: 1,
        highest: 5,
        skip: true,
        is_order: false,
    };
    let (mut misread, mut asked_back) = (Vec::new(), Vec::new());
    for shape in &table.shape {
        let text = shape.text();
        let found = shown(&read(&text, &scale));
        if found.starts_with("unclear") {
            asked_back.push(format!("{text:?}: {found}"));
        } else if found != shape.means {
            misread.push(format!("{text:?}: {found}, not {}", shape.means));
        }
    }
    assert!(table.shape.len() >= 100, "{}", table.shape.len());
    assert!(misread.is_empty(), "misread: {}", misread.join("\n"));
    assert!(
        asked_back.len() * 20 <= table.shape.len(),
        "{} of {}:\n{}",
        asked_back.len(),
        table.shape.len(),
        asked_back.join("\n")
    );
}
