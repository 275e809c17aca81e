//! There is no wrong query: what the databases get is folded words and our operators.
#![no_main]

use folkmoot::archive::query::{MAX_TERMS, Query};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let query = Query::parse(text);
    assert!(query.terms.len() <= 2 * MAX_TERMS);
    for term in &query.terms {
        assert!(!term.words.is_empty());
        for word in &term.words {
            let odd = |c: char| c.is_control() || c.is_whitespace() || "\"'\\&|!():*<>".contains(c);
            assert!(!word.is_empty() && !word.contains(odd), "{word:?}");
        }
    }
    let (sqlite, postgres) = (query.to_fts5(), query.to_tsquery());
    assert_eq!(sqlite.is_some(), postgres.is_some());
    for written in [sqlite, postgres].into_iter().flatten() {
        let count = |mark: char| written.matches(mark).count();
        assert!(count('"').is_multiple_of(2) && count('\'').is_multiple_of(2));
        assert_eq!(count('('), count(')'), "{written}");
        assert!(!written.contains(char::is_control));
    }
});
