//! HTML of strangers, made safe to show: no script, no style, nothing that is
//! fetched from elsewhere.

use super::guard::guarded;
use super::html_text::depth;
use ammonia::{Builder, UrlRelative};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Larger HTML is shown as text instead, in octets.
const LARGEST: usize = 2 * 1024 * 1024;
/// Deeper HTML is shown as text instead.
const DEEPEST: usize = 1_000;
/// With more entities in one stretch of text HTML is shown as text instead: reading
/// them takes the parser the square of their number.
const MOST_ENTITIES: usize = 4_000;

static POLICY: LazyLock<Builder<'static>> = LazyLock::new(policy);

/// The HTML that may be shown, or `None` (with a defect) where it is too large or deep.
pub fn sanitise(html: &str, defects: &mut Vec<String>) -> Option<String> {
    let small =
        html.len() <= LARGEST && depth(html) <= DEEPEST && entities_in_a_row(html) <= MOST_ENTITIES;
    let clean = small
        .then(|| guarded(|| POLICY.clean(html).to_string()))
        .flatten();
    if clean.is_none() {
        defects.push("HTML too large or too deep: shown as text".into());
    }
    clean
}

/// The most entities between two tags.
fn entities_in_a_row(html: &str) -> usize {
    let (mut now, mut most) = (0, 0);
    for piece in html.split('<') {
        if piece.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
            now = 0;
        }
        now += piece.bytes().filter(|octet| *octet == b'&').count();
        most = most.max(now);
    }
    most
}

/// A short list of what mails need. Links open on click only, so they may stay.
fn policy() -> Builder<'static> {
    let tags = HashSet::from([
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "caption",
        "center",
        "cite",
        "code",
        "dd",
        "del",
        "div",
        "dl",
        "dt",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "ins",
        "kbd",
        "li",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "tt",
        "u",
        "ul",
    ]);
    let cells = || HashSet::from(["colspan", "rowspan"]);
    let attributes = HashMap::from([
        ("a", HashSet::from(["href"])),
        ("td", cells()),
        ("th", cells()),
    ]);
    let mut policy = Builder::default();
    policy
        .tags(tags)
        .tag_attributes(attributes)
        .generic_attributes(HashSet::from(["dir", "lang"]))
        .clean_content_tags(HashSet::from([
            "script", "style", "title", "head", "svg", "math", "noscript", "template",
        ]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"));
    policy
}

#[cfg(test)]
mod tests {
    use super::sanitise;

    fn clean(html: &str) -> String {
        sanitise(html, &mut Vec::new()).unwrap()
    }

    #[test]
    fn nothing_is_fetched_and_nothing_runs() {
        for html in [
            "<img src=http://x.example/a.png>",
            "<svg><image href=http://x.example/>",
            "<p style='background:url(http://x.example)'>",
            "<table background=http://x.example><tr><td>",
            "<a href='javascript:alert(1)'>x</a>",
            "<a href=//x.example>x</a>",
            "<link rel=stylesheet href=http://x.example>",
            "<p onclick=alert(1)>",
        ] {
            let out = clean(html);
            assert!(
                !out.contains("example") && !out.contains("alert"),
                "{html} gave {out}"
            );
        }
    }

    #[test]
    fn text_and_links_stay() {
        let out = clean("<p>Hi <b>you</b> <a href='https://x.example/'>there</a></p>");
        assert!(
            out.contains("<b>you</b>") && out.contains("https://x.example/"),
            "{out}"
        );
    }

    #[test]
    fn entities_without_end_are_text() {
        let most = "&bogus ".repeat(super::MOST_ENTITIES);
        let apart = format!("<p>{most}<br>{most}</p>");
        assert!(clean(&apart).contains("&amp;bogus"));
        for joint in ["< ", "<1", "<?", "<!"] {
            let joined = format!("<p>{most}{joint}&amp;</p>");
            assert_eq!(sanitise(&joined, &mut Vec::new()), None, "{joint}");
        }
    }

    #[test]
    fn depth_costs_no_stack() {
        for open in [
            "<div>",
            "<blockquote>",
            "<table><tr><td>",
            "<b>",
            "<svg><g>",
            "<form>",
        ] {
            let html = format!(
                "{}deep",
                open.repeat(super::DEEPEST / open.matches('<').count())
            );
            assert!(
                clean(&html).contains("deep") || open.starts_with("<svg"),
                "{open}"
            );
        }
        let mut defects = Vec::new();
        assert_eq!(sanitise(&"<div>".repeat(5_000), &mut defects), None);
        assert_eq!(defects.len(), 1);
    }
}
