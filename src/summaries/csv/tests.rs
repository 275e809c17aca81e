use super::*;

fn lines(all: Vec<(&str, &str, Value)>) -> String {
    let figure = |(metric, unit, value): (&str, &str, Value)| Figure {
        metric: metric.to_owned(),
        unit: unit.to_owned(),
        period: 0,
        value,
    };
    let figures = Figures {
        all: all.into_iter().map(figure).collect(),
        ..Figures::default()
    };
    String::from_utf8(write(&figures).unwrap()).unwrap()
}

#[test]
fn each_kind_of_figure_fills_its_columns() {
    let health = Value::Binned {
        n: 30,
        asked: 40,
        bin: "80-90".to_owned(),
        interval: (63, 97),
        bounds: (60, 90),
        verdict: "no clear change".to_owned(),
    };
    let text = lines(vec![
        ("participation", "", Value::Share { k: 8, n: 10 }),
        ("first-response-24h", "", Value::Share { k: 3, n: 4 }),
        ("questions-open", "", Value::Count(0.0)),
        ("attendance-median", "", Value::Count(4.5)),
        ("unit", "Plant 2, east", Value::Count(6.0)),
        ("health-safety", "", health),
        ("show-rate", "", Value::TooLittle),
        ("newcomers-second", "", Value::Suppressed(Why::FewPeople)),
        ("participation", "", Value::Suppressed(Why::Differencing)),
    ]);
    // 8 of 10: 49 to 94 percent, as the design says.
    let expected = "metric,unit,period,k,n,value,low,high,verdict,suppressed\r\n\
        participation,,0,8,10,,49,94.3,,\r\n\
        first-response-24h,,0,3,4,,,,,\r\n\
        questions-open,,0,,,0,,,,\r\n\
        attendance-median,,0,,,4.5,,,,\r\n\
        unit,\"Plant 2, east\",0,,,6,,,,\r\n\
        health-safety,,0,,30,,63,97,no clear change,\r\n\
        show-rate,,0,,,,,,too little data,\r\n\
        newcomers-second,,0,,,,,,,fewer than five people\r\n\
        participation,,0,,,,,,,fewer than five people differ from what was told before\r\n";
    assert_eq!(text, expected);
}

#[test]
fn a_unit_is_no_formula() {
    let text = lines(vec![("unit", "=1+1", Value::Count(6.0))]);
    assert!(text.contains("unit,'=1+1,0,,,6"), "{text}");
}

#[test]
fn numbers_are_short_and_never_odd() {
    for (value, expected) in [
        (-1e-17, "0"),
        (0.5, "0.5"),
        (-0.25, "-0.25"),
        (100.0, "100"),
        (10.0, "10"),
        (99.96, "100"),
        (0.0333, "0.033"),
    ] {
        assert_eq!(number(value), expected);
    }
}
