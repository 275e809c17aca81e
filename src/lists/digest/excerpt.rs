//! The beginning of a post, cut so that a digest stays readable.

use crate::message::visible::visible_text;

/// The most lines of one post.
const MOST_LINES: usize = 15;
/// The most characters of one post.
const MOST_CHARACTERS: usize = 900;

/// What an author wrote, without what they quote, line by line; what is cut off
/// ends with an ellipsis. A post that only quotes shows its beginning.
pub fn excerpt(text: &str) -> Vec<String> {
    let visible = visible_text(text);
    let shown = if visible.trim().is_empty() {
        text
    } else {
        &visible
    };
    let mut lines: Vec<String> = Vec::new();
    let mut room = MOST_CHARACTERS;
    let mut rest = shown.trim().lines();
    for line in rest.by_ref() {
        let line = clean(line);
        // One empty line parts paragraphs; more only make a phone scroll.
        if line.is_empty() && lines.last().is_none_or(String::is_empty) {
            continue;
        }
        if lines.len() >= MOST_LINES || room == 0 {
            return ended(lines);
        }
        let length = line.chars().count();
        if length > room {
            lines.push(cut(&line, room));
            return ended(lines);
        }
        room -= length;
        lines.push(line);
    }
    lines
}

fn clean(line: &str) -> String {
    let shown = line.trim_end().chars();
    shown
        .filter(|c| *c == '\t' || !c.is_control())
        .collect::<String>()
        .replace('\t', "    ")
}

/// The beginning, up to the end of a word.
fn cut(line: &str, room: usize) -> String {
    let short: String = line.chars().take(room).collect();
    match short.rsplit_once(' ') {
        Some((words, _)) if words.chars().count() > room / 2 => words.to_owned(),
        _ => short,
    }
}

fn ended(mut lines: Vec<String>) -> Vec<String> {
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    if let Some(last) = lines.last_mut() {
        last.push_str(" …");
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{MOST_CHARACTERS, excerpt};

    #[test]
    fn quotes_and_empty_lines_are_left_out() {
        let text =
            "Hello,\n\n\n\nit drips.\n\nOn 5 Jan 2026, Ann <ann@x.example> wrote:\n> Does it?\n";
        assert_eq!(excerpt(text), ["Hello,", "", "it drips."]);
        assert_eq!(excerpt("> only a quote\n"), ["> only a quote"]);
        assert_eq!(excerpt(""), [""; 0]);
    }

    #[test]
    fn long_posts_are_cut_at_a_word() {
        let text = "drip ".repeat(1_000);
        let lines = excerpt(&text);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].ends_with("drip …"), "{}", lines[0]);
        assert!(lines[0].chars().count() <= MOST_CHARACTERS + 2);
        let many = excerpt(&"line\n".repeat(100));
        assert_eq!(many.last().map(String::as_str), Some("line …"));
        assert_eq!(many.len(), 15);
    }

    #[test]
    fn what_has_no_spaces_is_cut_between_characters() {
        let text = "ポンプ".repeat(1_000);
        assert!(excerpt(&text)[0].ends_with(" …"));
    }
}
