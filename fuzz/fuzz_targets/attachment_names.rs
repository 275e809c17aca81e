//! Whatever a file is called, its name is no path, hides nothing and fits a field.
#![no_main]

use folkmoot::message::attachments::safe_name;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|given: &str| {
    let name = safe_name(given);
    assert!(name.len() <= 120, "{}", name.len());
    assert!(!name.contains(['/', '\\', '\0', '"', '<', '>', ':', '|', '?', '*']));
    assert!(!name.contains(char::is_control) && !name.contains('\u{202e}'));
    assert!(
        !name.starts_with(['.', ' ']) && !name.ends_with(['.', ' ']),
        "{name:?}"
    );
    assert_eq!(safe_name(&name), name);
});
