//! No HTML of strangers runs or fetches anything, sanitised once or twice.
#![no_main]

use folkmoot::message::html_text::html_to_text;
use folkmoot::message::sanitise::sanitise;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|html: &str| {
    let text = html_to_text(html);
    assert!(text.len() <= 4 * html.len() + 4_096, "{}", text.len());
    let mut defects = Vec::new();
    let Some(clean) = sanitise(html, &mut defects) else {
        assert_eq!(defects.len(), 1);
        return;
    };
    harmless(&clean);
    // Parsed again, as a browser does, it may nest otherwise, and is as harmless.
    harmless(&sanitise(&clean, &mut Vec::new()).unwrap_or_default());
});

const ATTRIBUTES: [&str; 6] = ["href", "rel", "colspan", "rowspan", "dir", "lang"];
const FORBIDDEN: [&str; 17] = [
    "script", "style", "img", "svg", "math", "iframe", "object", "embed", "form", "input", "link",
    "meta", "base", "video", "audio", "template", "button",
];

fn harmless(clean: &str) {
    for tag in tags(clean) {
        let name = tag.split([' ', '/', '>']).find(|word| !word.is_empty());
        let name = name.unwrap_or_default();
        let known = name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        assert!(known && !FORBIDDEN.contains(&name), "<{tag}");
        // What stands in quotation marks is a value.
        let names: String = tag.split('"').step_by(2).collect();
        for name in names.split(' ').skip(1).filter(|name| !name.is_empty()) {
            let name = name.trim_end_matches('=');
            assert!(ATTRIBUTES.contains(&name), "{name}: <{tag}");
        }
        let link = tag.split("href=\"").nth(1);
        let scheme = |link: &str| {
            ["http:", "https:", "mailto:"]
                .iter()
                .any(|s| link.starts_with(s))
        };
        // Browsers take line ends and tabs out of a link, and controls before it (WHATWG URL, 4.4).
        let lower = link.map(|link| link.replace(['\n', '\r', '\t'], ""));
        let lower = lower.map(|link| link.trim_start_matches(|c| c <= ' ').to_ascii_lowercase());
        assert!(lower.is_none_or(|link| scheme(&link)), "<{tag}");
    }
}

/// What stands between each `<` and its `>`; one in quotation marks is none.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).map(|piece| {
        let mut quoted = false;
        let end = piece.find(|c| {
            quoted ^= c == '"';
            c == '>' && !quoted
        });
        piece.get(..end.unwrap_or(piece.len())).unwrap_or_default()
    })
}
