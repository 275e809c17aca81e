//! Mail programs: how each dresses what somebody writes, and what it quotes.

use crate::support::Mail;

/// The programs that people of the story use.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// Plain text above a quote in English.
    Plain,
    /// Two alternatives, the quote folded away in a `div`.
    Gmail,
    /// The whole mail below a line, unmarked.
    Outlook,
    /// Flowed text below a greeting of its own, and a signature.
    Apple,
    /// `AW:` and a quote that is introduced in German.
    German,
    /// `RE :`, Latin-1 in quoted-printable, a quote that is introduced in French.
    French,
    /// HTML and nothing else.
    Html,
}

/// What a program makes of a text.
pub struct Dressed {
    /// What stands before the subject of what is answered.
    pub prefix: &'static str,
    /// The header fields that describe the body, each with its CRLF.
    pub fields: String,
    /// The body, its lines ended by CRLF.
    pub body: String,
}

impl Program {
    /// The text as it leaves the program, above what it answers.
    pub fn dress(self, text: &str, answered: Option<&Mail>) -> Dressed {
        let quote = answered.map(Quote::of).unwrap_or_default();
        let (prefix, fields, body) = match self {
            Program::Plain => (
                "Re: ",
                plain("utf-8", "8bit"),
                below(text, &quote.english()),
            ),
            Program::Gmail => ("Re: ", both("gm"), gmail(text, &quote)),
            Program::Outlook => (
                "RE: ",
                plain("utf-8", "8bit"),
                below(text, &quote.outlook()),
            ),
            Program::Apple => ("Re: ", flowed(), apple(text, &quote)),
            Program::German => ("AW: ", plain("utf-8", "8bit"), below(text, &quote.german())),
            Program::French => (
                "RE : ",
                plain("iso-8859-1", "quoted-printable"),
                printable(&below(text, &quote.french())),
            ),
            Program::Html => ("Re: ", html_field(), html(text, &quote)),
        };
        Dressed {
            prefix,
            fields: format!("MIME-Version: 1.0\r\n{fields}"),
            body: lines(&body),
        }
    }
}

/// What is answered, as a program repeats it.
#[derive(Default)]
struct Quote {
    from: String,
    subject: String,
    text: String,
}

impl Quote {
    fn of(mail: &Mail) -> Self {
        Self {
            from: mail.header("From"),
            subject: mail.subject(),
            text: mail.text(),
        }
    }

    fn marked(&self, intro: &str) -> String {
        let quoted: Vec<String> = self.text.lines().map(|line| format!("> {line}")).collect();
        match self.text.is_empty() {
            true => String::new(),
            false => format!("{intro}\n{}", quoted.join("\n")),
        }
    }

    fn english(&self) -> String {
        self.marked(&format!(
            "On Tue, 3 Mar 2026 at 10:12, {} wrote:",
            self.from
        ))
    }

    fn german(&self) -> String {
        self.marked(&format!("Am 03.03.26 um 10:12 schrieb {}:", self.from))
    }

    fn french(&self) -> String {
        self.marked(&format!(
            "Le mar. 3 mars 2026 \u{e0} 10:12, {} a \u{e9}crit :",
            self.from
        ))
    }

    fn outlook(&self) -> String {
        match self.text.is_empty() {
            true => String::new(),
            false => format!(
                "________________________________\nFrom: {}\nSent: Tuesday, March 3, 2026 10:12 AM\n\
                 To: Somebody\nSubject: {}\n\n{}",
                self.from, self.subject, self.text
            ),
        }
    }

    fn paragraphs(&self) -> String {
        paragraphs(&self.text)
    }
}

fn plain(charset: &str, encoding: &str) -> String {
    format!(
        "Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n"
    )
}

fn flowed() -> String {
    "Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\r\n\
     X-Mailer: Apple Mail (2.3774)\r\n"
        .to_owned()
}

fn both(boundary: &str) -> String {
    format!("Content-Type: multipart/alternative; boundary=\"{boundary}\"\r\n")
}

fn html_field() -> String {
    "Content-Type: text/html; charset=utf-8\r\n".to_owned()
}

fn below(text: &str, quote: &str) -> String {
    match quote.is_empty() {
        true => format!("{text}\n"),
        false => format!("{text}\n\n{quote}\n"),
    }
}

fn gmail(text: &str, quote: &Quote) -> String {
    let plain = below(text, &quote.english());
    let shown = paragraphs(text);
    let (from, quoted) = (escaped(&quote.from), quote.paragraphs());
    let folded = match quote.text.is_empty() {
        true => String::new(),
        false => format!(
            "<br><div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">On Tue, 3 Mar 2026 \
             at 10:12, {from} wrote:<br></div>\n<blockquote class=\"gmail_quote\">{quoted}</blockquote></div>"
        ),
    };
    format!(
        "--gm\nContent-Type: text/plain; charset=\"UTF-8\"\n\n{plain}\n--gm\n\
         Content-Type: text/html; charset=\"UTF-8\"\n\n<div dir=\"ltr\">{shown}</div>{folded}\n--gm--\n"
    )
}

fn apple(text: &str, quote: &Quote) -> String {
    let intro = format!("On 3 Mar 2026, at 10:12, {} wrote:", quote.from);
    let quoted = quote.marked(&format!("\n> {intro}\n> "));
    format!("{text}\n\nSent from my iPhone\n{quoted}\n")
}

fn html(text: &str, quote: &Quote) -> String {
    let (from, quoted) = (escaped(&quote.from), quote.paragraphs());
    let below = match quote.text.is_empty() {
        true => String::new(),
        false => format!(
            "<p>On Tuesday, {from} wrote:</p>\n<blockquote type=\"cite\">{quoted}</blockquote>"
        ),
    };
    format!(
        "<html><body><p>{}</p>\n{below}</body></html>\n",
        paragraphs(text)
    )
}

fn paragraphs(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(escaped).collect();
    lines.join("<br>\n")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Quoted-printable of Latin-1 (RFC 2045, section 6.7).
fn printable(text: &str) -> String {
    let line = |line: &str| {
        let mut out = String::new();
        let mut column = 0;
        for c in line.chars() {
            let code = u32::from(c);
            let shown = match code {
                0x20..=0x7e if c != '=' => c.to_string(),
                0..=0xff => format!("={code:02X}"),
                _ => "?".to_owned(),
            };
            if column + shown.len() > 72 {
                out.push_str("=\n");
                column = 0;
            }
            column += shown.len();
            out.push_str(&shown);
        }
        out
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n") + "\n"
}

fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\n', "\r\n")
}
