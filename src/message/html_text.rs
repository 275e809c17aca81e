//! HTML to text, for mails that bring nothing else.

use super::guard::guarded;
use super::plain_decorator::Plain;

/// Larger HTML, in octets, only loses its tags.
const LARGEST: usize = 1024 * 1024;
/// Deeper HTML only loses its tags: the renderer goes down by recursion.
const DEEPEST: usize = 150;
/// A width at which no mail is wrapped again by us, in columns.
const WIDTH: usize = 2_000;

/// The text of an HTML body, with links as text only and paragraphs kept apart.
pub fn html_to_text(html: &str) -> String {
    let small = html.len() <= LARGEST && depth(html) <= DEEPEST;
    let rendered = small.then(|| guarded(|| render(html)).flatten()).flatten();
    rendered.unwrap_or_else(|| strip_tags(html))
}

fn render(html: &str) -> Option<String> {
    let config = html2text::config::with_decorator(Plain)
        .allow_width_overflow()
        .no_table_borders()
        .raw_mode(true);
    let text = config.string_from_read(html.as_bytes(), WIDTH).ok()?;
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    Some(lines.join("\n"))
}

/// How deep the tags may nest, at most. Tags that close by themselves are not counted.
pub(super) fn depth(html: &str) -> usize {
    let (mut now, mut most) = (0usize, 0usize);
    for piece in html.split('<').skip(1) {
        let closing = piece.starts_with('/');
        let name = piece.trim_start_matches('/');
        if closes_by_itself(name) || !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        now = if closing {
            now.saturating_sub(1)
        } else {
            now + 1
        };
        most = most.max(now);
    }
    most
}

fn closes_by_itself(tag: &str) -> bool {
    let end = tag
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(tag.len());
    let name = tag.get(..end).unwrap_or_default().to_ascii_lowercase();
    let names = [
        "br", "img", "hr", "meta", "link", "input", "p", "li", "td", "tr", "th", "col", "wbr",
        "area", "base",
    ];
    names.contains(&name.as_str())
}

/// The plain way: tags out, line breaks where blocks end, the common entities.
fn strip_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len() / 2);
    for (index, piece) in html.split('<').enumerate() {
        let (tag, shown) = match piece.split_once('>') {
            Some((tag, shown)) if index > 0 => (tag, shown),
            _ if index > 0 => (piece, ""),
            _ => ("", piece),
        };
        if ["br", "p", "/p", "div", "/div", "tr", "li"]
            .contains(&tag.split([' ', '/']).next().unwrap_or_default())
        {
            text.push('\n');
        }
        text.push_str(shown);
    }
    let entities = [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&amp;", "&"),
    ];
    entities
        .iter()
        .fold(text, |text, (entity, plain)| text.replace(entity, plain))
}

#[cfg(test)]
mod tests {
    use super::html_to_text;

    #[test]
    fn reads_as_a_person_would() {
        let html = "<style>p{}</style><p>Hello <a href='http://x.example'>there</a></p><ul><li>one<li>two</ul>&uuml;";
        let text = html_to_text(html);
        assert!(
            text.contains("Hello there") && text.contains("one") && text.contains('ü'),
            "{text}"
        );
        assert!(!text.contains("p{}"));
    }

    #[test]
    fn a_bomb_is_only_stripped() {
        let bomb = format!("{}deep", "<div><table>".repeat(50_000));
        assert_eq!(html_to_text(&bomb).trim(), "deep");
    }

    /// Just below the limits, where the renderer does its worst.
    #[test]
    fn what_is_let_through_is_rendered_quickly() {
        for open in [
            "<div>",
            "<blockquote>",
            "<ul><li>",
            "<table><tr><td>",
            "<table><tr><td>x<td>",
            "<b><font>",
        ] {
            let tags = open.matches('<').count()
                - open.matches("<tr>").count()
                - open.matches("<td>").count()
                - open.matches("<li>").count();
            let html = format!("{}deep", open.repeat(super::DEEPEST / tags));
            let began = crate::clock::monotonic();
            let text = html_to_text(&html);
            assert!(text.contains("deep"), "{open}");
            assert!(
                began.elapsed().as_millis() < 2_000,
                "{open} took {:?}",
                began.elapsed()
            );
        }
    }
}
