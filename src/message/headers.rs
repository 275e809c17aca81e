//! The raw header section: where each field begins and ends, byte for byte.
//! It expects the form of [`super::wire::canonical`]: CRLF line ends.

use std::ops::Range;

/// One field of a header section, as ranges of the message it was found in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The whole field with its folded lines and last line end.
    pub whole: Range<usize>,
    /// The name, without the colon.
    pub name: Range<usize>,
}

impl Field {
    /// The name of this field in the message it was found in.
    pub fn name_in<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        bytes.get(self.name.clone()).unwrap_or_default()
    }

    /// Whether the field has this name, in any case.
    pub fn is(&self, bytes: &[u8], name: &str) -> bool {
        self.name_in(bytes).eq_ignore_ascii_case(name.as_bytes())
    }

    /// What stands behind the colon, with folds and line end.
    pub fn value_in<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        let whole = bytes.get(self.name.end..self.whole.end).unwrap_or_default();
        let colon = whole.iter().position(|b| *b == b':').map_or(0, |at| at + 1);
        whole.get(colon..).unwrap_or_default()
    }

    /// The value unfolded, as text; octets that are not UTF-8 become U+FFFD.
    pub fn text_in(&self, bytes: &[u8]) -> String {
        String::from_utf8_lossy(self.value_in(bytes))
            .replace("\r\n", "")
            .trim()
            .to_string()
    }
}

/// A header section and what follows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Section {
    /// The fields, in order.
    pub fields: Vec<Field>,
    /// Where the last field ends.
    pub end: usize,
    /// Where the body begins: behind the empty line, or at the first line that is no field.
    pub body: usize,
}

impl Section {
    /// The first field with this name.
    pub fn find<'a>(&'a self, bytes: &[u8], name: &str) -> Option<&'a Field> {
        self.fields.iter().find(|field| field.is(bytes, name))
    }

    /// All fields with this name.
    pub fn all<'a>(&'a self, bytes: &'a [u8], name: &'a str) -> impl Iterator<Item = &'a Field> {
        self.fields
            .iter()
            .filter(move |field| field.is(bytes, name))
    }
}

/// Whether a whole mail has a field of that name in its header.
pub fn has(mail: &[u8], name: &str) -> bool {
    section(mail, 0, mail.len()).find(mail, name).is_some()
}

/// The header section that begins at `from` and ends before `until`.
pub fn section(bytes: &[u8], from: usize, until: usize) -> Section {
    let mut section = Section {
        fields: Vec::new(),
        end: from,
        body: from,
    };
    let mut at = from;
    while at < until {
        let end = line_end(bytes, at).min(until);
        let line = bytes.get(at..end).unwrap_or_default();
        if matches!(line, b"\r\n" | b"\n" | b"") {
            section.body = end;
            return section;
        }
        if !take(&mut section.fields, line, at) {
            break;
        }
        (section.end, at) = (end, end);
    }
    section.body = section.end;
    section
}

/// Where the line that begins at `at` ends, its LF included.
pub fn line_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    memchr::memchr(b'\n', rest).map_or(bytes.len(), |lf| at + lf + 1)
}

/// The length of the name where the line begins a field (RFC 5322, section 2.2;
/// white space before the colon, section 4.5, is understood too).
pub fn name_length(line: &[u8]) -> Option<usize> {
    let colon = line.iter().position(|b| *b == b':')?;
    let name = line.get(..colon)?.trim_ascii_end();
    (!name.is_empty() && name.iter().all(u8::is_ascii_graphic)).then_some(name.len())
}

fn take(fields: &mut Vec<Field>, line: &[u8], at: usize) -> bool {
    let end = at + line.len();
    if matches!(line.first(), Some(b' ' | b'\t')) {
        return fields
            .last_mut()
            .map(|field| field.whole.end = end)
            .is_some();
    }
    let name = name_length(line).map(|length| at..at + length);
    name.map(|name| {
        fields.push(Field {
            whole: at..end,
            name,
        })
    })
    .is_some()
}

#[cfg(test)]
mod tests {
    use super::section;

    #[test]
    fn fields_keep_their_folds() {
        let bytes = b"A: 1\r\n 2\r\nb : 3\r\n\r\nbody: no\r\n";
        let found = section(bytes, 0, bytes.len());
        assert_eq!(found.fields.len(), 2);
        assert_eq!(found.find(bytes, "a").unwrap().text_in(bytes), "1 2");
        assert_eq!(found.find(bytes, "B").unwrap().text_in(bytes), "3");
        assert_eq!(&bytes[found.body..], b"body: no\r\n");
    }

    #[test]
    fn the_first_line_that_is_no_field_begins_the_body() {
        let bytes = b"A: 1\r\nno field here\r\nB: 2\r\n";
        let found = section(bytes, 0, bytes.len());
        assert_eq!(
            (found.fields.len(), &bytes[found.body..]),
            (1, &b"no field here\r\nB: 2\r\n"[..])
        );
    }
}
