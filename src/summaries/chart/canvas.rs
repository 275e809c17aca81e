//! SVG as text. Everything that is said is escaped, and every coordinate is a number.

use std::fmt::Write as _;

/// How a mark looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// A line of the axis.
    Grid,
    /// What joins the points.
    Line,
    /// The interval of a point.
    Whisker,
    /// A point.
    Dot,
    /// The mean of all points.
    Centre,
    /// A limit of what is normal.
    Limit,
    /// Around a point beyond it.
    Alert,
}

impl Mark {
    /// Its class, by which the style sheet colours it, and its looks in the picture.
    fn looks(self) -> &'static str {
        match self {
            Mark::Grid => "class=\"c-grid\" stroke=\"#d5d9dd\" stroke-width=\"1\"",
            Mark::Line => "class=\"c-line\" stroke=\"#0a5a78\" stroke-width=\"2\"",
            Mark::Whisker => "class=\"c-whisker\" stroke=\"#4f8ba3\" stroke-width=\"1.5\"",
            Mark::Dot => "class=\"c-dot\" fill=\"#0a5a78\"",
            Mark::Centre => "class=\"c-centre\" stroke=\"#565f67\" stroke-width=\"1\"",
            Mark::Limit => {
                "class=\"c-limit\" stroke=\"#8a4b00\" stroke-width=\"1.5\" stroke-dasharray=\"5 4\""
            }
            Mark::Alert => "class=\"c-alert\" stroke=\"#b00020\" stroke-width=\"2\" fill=\"none\"",
        }
    }
}

/// How a word is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    /// What the chart is about.
    Title,
    /// A number at its point, on whatever lies below it.
    Value,
    /// Along the axes.
    Label,
}

/// Where a word stands: to the right of its place, around it, or to the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

impl Type {
    fn looks(self) -> &'static str {
        match self {
            Type::Title => "class=\"c-title\" fill=\"#1d2226\" font-size=\"14\"",
            Type::Value => {
                "class=\"c-value\" fill=\"#1d2226\" font-size=\"12\" stroke=\"#ffffff\" \
                 stroke-width=\"3\" paint-order=\"stroke\""
            }
            Type::Label => "class=\"c-label\" fill=\"#4a545c\" font-size=\"11\"",
        }
    }
}

impl Anchor {
    fn name(self) -> &'static str {
        match self {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        }
    }
}

/// A drawing in the making.
pub(super) struct Canvas {
    out: String,
}

/// A place on it.
pub(super) type At = (f64, f64);

impl Canvas {
    /// A sheet of that size; its title and what it shows are read out to who does not see it.
    pub(super) fn new((width, height): (u32, u32), id: &str, title: &str, alt: &str) -> Canvas {
        let id: String = id.chars().filter(|c| is_plain(*c)).take(40).collect();
        let (title, alt) = (escaped(title), escaped(alt));
        let out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\" \
             viewBox=\"0 0 {width} {height}\" font-family=\"DejaVu Sans\" fill=\"none\" \
             aria-labelledby=\"chart-{id} chart-{id}-said\">\n\
             <title id=\"chart-{id}\">{title}</title>\n<desc id=\"chart-{id}-said\">{alt}</desc>\n\
             <rect class=\"c-paper\" width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
        );
        Canvas { out }
    }

    /// A straight line.
    pub(super) fn line(&mut self, mark: Mark, from: At, to: At) {
        let ((x, y), (to_x, to_y)) = (place(from), place(to));
        let looks = mark.looks();
        self.put(format_args!(
            "<line x1=\"{x}\" y1=\"{y}\" x2=\"{to_x}\" y2=\"{to_y}\" {looks}/>\n"
        ));
    }

    /// A circle.
    pub(super) fn circle(&mut self, mark: Mark, at: At, radius: f64) {
        let ((x, y), looks) = (place(at), mark.looks());
        let radius = coordinate(radius);
        self.put(format_args!(
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" {looks}/>\n"
        ));
    }

    /// A word.
    pub(super) fn text(&mut self, kind: Type, at: At, anchor: Anchor, said: &str) {
        let ((x, y), looks, anchor) = (place(at), kind.looks(), anchor.name());
        let said = escaped(said);
        self.put(format_args!(
            "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" {looks}>{said}</text>\n"
        ));
    }

    /// The drawing.
    pub(super) fn done(mut self) -> String {
        self.out.push_str("</svg>");
        self.out
    }

    fn put(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.out.write_fmt(element);
    }
}

fn place((x, y): At) -> (String, String) {
    (coordinate(x), coordinate(y))
}

/// One decimal is a twentieth of a pixel; what is no number is 0.
fn coordinate(value: f64) -> String {
    match value.is_finite() {
        true => format!("{:.1}", value.clamp(-9999.0, 9999.0)),
        false => "0".to_owned(),
    }
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
}

/// Text as XML has it; what XML has no way to say is left out (XML 1.0, section 2.2).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => {}
            _ if c.is_control() => out.push(' '),
            _ => out.push(c),
        }
    }
    out
}
