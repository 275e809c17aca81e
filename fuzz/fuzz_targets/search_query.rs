//! There is no wrong query: what the databases get is folded words and our operators.
#![no_main]

use folkmoot::archive::query::{MAX_TERMS, Query};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let query = Query::parse(text);
    let terms: Vec<_> = query.wanted.iter().flatten().chain(&query.unwanted).collect();
    assert!(terms.len() <= MAX_TERMS);
    for term in terms {
        assert!(!term.words.is_empty());
        for word in &term.words {
            let odd = |c: char| c.is_control() || c.is_whitespace() || "\"'\\&|!():*<>".contains(c);
            assert!(!word.is_empty() && !word.contains(odd), "{word:?}");
        }
    }
    let asked = query.to_asked("_c1", &["_c1".to_owned()]);
    let loose = asked.phrases.map(|phrases| phrases.loose);
    for written in [asked.fts5, asked.tsquery].into_iter().chain(loose) {
        let count = |mark: char| written.matches(mark).count();
        assert!(count('"').is_multiple_of(2) && count('\'').is_multiple_of(2));
        assert_eq!(count('('), count(')'), "{written}");
        assert!(!written.contains(char::is_control));
    }
});
