use super::*;

#[test]
fn a_finding_is_one_line() {
    for (finding, line) in [
        (ok("the relay answers"), "ok    the relay answers"),
        (warn("a", "do b"), "warn  a; do b"),
        (fail("a", "do b"), "FAIL  a; do b"),
    ] {
        assert_eq!(finding.line(), line);
    }
}
