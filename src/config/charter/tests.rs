use super::*;

const EXAMPLE: &str = include_str!("../../../config/communities/example.toml");

#[test]
fn the_documented_charter_reads_as_it_stands() {
    let charter = Charter::parse(EXAMPLE, "example.toml").unwrap();
    assert_eq!(charter.slug, "pumps");
}
