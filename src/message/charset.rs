//! Our words in the charset of somebody else's part.

use encoding_rs::{Encoding, ISO_2022_JP, REPLACEMENT, UTF_16BE, UTF_16LE};

/// The text in the charset; what it cannot hold becomes plain ASCII. `None` where not
/// even ASCII can be appended octet by octet (UTF-16, UTF-7, and the like).
pub(super) fn encode(text: &str, charset: Option<&str>) -> Option<Vec<u8>> {
    let label = charset.unwrap_or("us-ascii");
    if label.starts_with("utf-7") || label.starts_with("utf-32") || label.starts_with("ucs-") {
        return None;
    }
    let is_ascii = matches!(label, "us-ascii" | "ascii" | "ansi_x3.4-1968");
    match Encoding::for_label(label.as_bytes()) {
        Some(encoding)
            if encoding == UTF_16BE || encoding == UTF_16LE || encoding == REPLACEMENT =>
        {
            None
        }
        Some(encoding) if encoding != ISO_2022_JP && !is_ascii => {
            let (bytes, _, unmappable) = encoding.encode(text);
            Some(if unmappable {
                to_ascii(text).into_bytes()
            } else {
                bytes.into_owned()
            })
        }
        _ => Some(to_ascii(text).into_bytes()),
    }
}

/// The same words in ASCII, as a typist without other keys would write them.
pub(super) fn to_ascii(text: &str) -> String {
    text.chars().map(ascii_of).collect()
}

fn ascii_of(c: char) -> String {
    let plain = match c {
        c if c.is_ascii() => return c.to_string(),
        'ä' => "ae",
        'ö' => "oe",
        'ü' => "ue",
        'Ä' => "Ae",
        'Ö' => "Oe",
        'Ü' => "Ue",
        'ß' => "ss",
        'à' | 'á' | 'â' | 'ã' | 'å' => "a",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' => "o",
        'ù' | 'ú' | 'û' => "u",
        'É' | 'È' => "E",
        '–' | '—' | '‐' | '·' => "-",
        '‘' | '’' => "'",
        '“' | '”' | '„' | '«' | '»' => "\"",
        '…' => "...",
        '\u{a0}' => " ",
        _ => "?",
    };
    plain.to_string()
}

/// HTML whose every character is ASCII: the rest as numeric references, right in any charset.
pub(super) fn html_to_ascii(html: &str) -> String {
    html.chars()
        .map(|c| {
            if c.is_ascii() {
                c.to_string()
            } else {
                format!("&#{};", u32::from(c))
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::encode;

    #[test]
    fn each_charset_gets_what_it_can_hold() {
        assert_eq!(encode("Grüße", Some("utf-8")).unwrap(), "Grüße".as_bytes());
        assert_eq!(encode("Grüße", Some("iso-8859-1")).unwrap(), b"Gr\xfc\xdfe");
        assert_eq!(encode("Grüße", None).unwrap(), b"Gruesse");
        assert_eq!(encode("Grüße", Some("iso-2022-jp")).unwrap(), b"Gruesse");
        assert_eq!(encode("漢", Some("iso-8859-1")).unwrap(), b"?");
        assert_eq!(encode("x", Some("utf-16")), None);
        assert_eq!(encode("x", Some("utf-7")), None);
    }
}
