//! The one picture that a mail may show: it travels with the mail, so that nothing is
//! fetched and nobody learns who looks.

use lettre::message::header::{ContentDisposition, ContentType};
use lettre::message::{Body, MultiPart, SinglePart};

/// The largest picture, in octets: a mail stays as small as mails are.
pub const LARGEST: usize = 40 * 1024;

/// A PNG that stands in a mail's HTML form as `<img src="cid:…">`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    cid: String,
    png: Vec<u8>,
}

impl Picture {
    /// A picture by that Content-ID, which is made as a Message-ID is (without angle
    /// brackets) and by which the template names it. `None` where it is no PNG, larger than
    /// [`LARGEST`], or the id cannot be written: then the mail goes without.
    pub fn new(cid: &str, png: Vec<u8>) -> Option<Picture> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-_@".contains(c);
        let is_named = !cid.is_empty() && cid.chars().all(is_plain);
        let is_png = png.starts_with(b"\x89PNG\r\n\x1a\n") && png.len() <= LARGEST;
        (is_named && is_png).then(|| Picture {
            cid: cid.to_owned(),
            png,
        })
    }

    /// The Content-ID, without angle brackets.
    pub fn cid(&self) -> &str {
        &self.cid
    }

    /// The HTML form and the picture as one (RFC 2387).
    pub(super) fn beside(&self, html: SinglePart) -> MultiPart {
        let name = ContentDisposition::inline_with_name("chart.png");
        let kind = ContentType::parse("image/png").unwrap_or(ContentType::TEXT_PLAIN);
        let part = SinglePart::builder()
            .header(kind)
            .header(name)
            .header(lettre::message::header::ContentId::from(format!(
                "<{}>",
                self.cid
            )))
            .body(Body::new(self.png.clone()));
        MultiPart::related().singlepart(html).singlepart(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and the rest";

    #[test]
    fn only_a_small_png_with_a_plain_name_is_a_picture() {
        let picture = |cid: &str, png: &[u8]| Picture::new(cid, png.to_vec());
        assert!(picture("a.1@lists.example", PNG).is_some());
        for cid in ["", "a b@x.example", "a>\r\nBcc: b@x.example", "é@x.example"] {
            assert_eq!(picture(cid, PNG), None, "{cid}");
        }
        assert_eq!(picture("a@x.example", b"<svg/>"), None);
        let mut large = PNG.to_vec();
        large.resize(LARGEST, 0);
        assert!(picture("a@x.example", &large).is_some());
        large.push(0);
        assert_eq!(picture("a@x.example", &large), None);
    }

    #[test]
    fn it_stands_beside_the_html_form() {
        let html = SinglePart::html("<img src=\"cid:a@x.example\" alt=\"Five bars\">".to_owned());
        let picture = Picture::new("a@x.example", PNG.to_vec()).unwrap();
        let mail = picture.beside(html).formatted();
        let mail = String::from_utf8_lossy(&mail);
        for wanted in [
            "multipart/related",
            "Content-ID: <a@x.example>",
            "Content-Type: image/png",
            "Content-Disposition: inline",
            "base64",
        ] {
            assert!(mail.contains(wanted), "{wanted}: {mail}");
        }
    }
}
