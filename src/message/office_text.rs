//! The text of office files: of ECMA-376 (docx, xlsx, pptx) and of OpenDocument (odt, ods,
//! odp). Both are XML files in a ZIP file, of which some are read, up to a bound on what is
//! unpacked; nothing in them is followed, computed or fetched.

use std::io::{Cursor, Read, Seek};

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};
use zip::ZipArchive;
use zip::read::{ArchiveOffset, Config};

use super::guard::guarded;

/// Larger files, in octets, are not opened: those who write them mean pictures.
const LARGEST: usize = 16 << 20;

/// The most that is unpacked of all files of a mail, in octets. Around text there is ten times
/// as much markup.
pub const MOST_UNPACKED: u64 = 2 << 20;

/// The most slides, or sheets, that are looked at.
const MOST_PIECES: usize = 200;

/// What may hold text: the files, those with `#` numbered from 1, and how text is marked there.
const KINDS: [(&str, Marks); 5] = [
    ("word/document.xml", Marks::OfficeOpen),
    ("content.xml", Marks::OpenDocument),
    ("ppt/slides/slide#.xml", Marks::OfficeOpen),
    ("xl/sharedStrings.xml", Marks::OfficeOpen),
    // Cells may have their strings with them.
    ("xl/worksheets/sheet#.xml", Marks::OfficeOpen),
];

/// The text of an office file, at most `most` octets, a line for each paragraph; empty where
/// it is none, one that was cut off, or one that is locked with a password. Of damaged XML
/// counts what stands in front of the damage. `room` is how much may be unpacked, in octets
/// ([`MOST_UNPACKED`] for a mail); what was is taken from it.
pub fn office_text(content: &[u8], most: usize, room: &mut u64) -> String {
    if !content.starts_with(b"PK\x03\x04") || content.len() > LARGEST {
        return String::new();
    }
    guarded(|| of_archive(content, most, room)).unwrap_or_default()
}

fn of_archive(content: &[u8], most: usize, room: &mut u64) -> String {
    // A file that is sent begins where it begins: nothing is looked for.
    let config = Config {
        archive_offset: ArchiveOffset::Known(0),
    };
    let mut taken = Taken::new(most);
    let Ok(mut archive) = ZipArchive::with_config(config, Cursor::new(content)) else {
        return taken.text;
    };
    for (name, marks) in KINDS {
        let pieces = if name.contains('#') { MOST_PIECES } else { 1 };
        for number in 1..=pieces {
            let name = name.replace('#', &number.to_string());
            let Some(xml) = unpacked(&mut archive, &name, room) else {
                break;
            };
            taken.take(&xml, marks);
            if taken.is_full() || *room == 0 {
                return taken.text;
            }
        }
    }
    taken.text
}

/// A file of the archive, as far as there is room and as it can be read.
fn unpacked(
    archive: &mut ZipArchive<impl Read + Seek>,
    name: &str,
    room: &mut u64,
) -> Option<String> {
    let file = archive.by_name(name).ok()?;
    let mut bytes = Vec::new();
    // What came before an error is there.
    let _ = file.take(*room).read_to_end(&mut bytes);
    *room -= bytes.len() as u64;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// How text is marked.
#[derive(Clone, Copy)]
enum Marks {
    /// ECMA-376, part 1: `w:t`, `a:t` and `t` hold text (17.3.3.31, 21.1.2.3.11, 18.4.12).
    OfficeOpen,
    /// OpenDocument 1.3, part 3: `text:p` and `text:h` hold text (5.1.2, 5.1.3).
    OpenDocument,
}

impl Marks {
    fn is_text(self, name: &[u8]) -> bool {
        match self {
            Marks::OfficeOpen => name == b"t",
            Marks::OpenDocument => matches!(name, b"p" | b"h"),
        }
    }

    /// What is not on the page: how a text is read aloud, a second form of what stands there
    /// already, and what was struck out.
    fn is_left_out(self, name: &[u8]) -> bool {
        match self {
            Marks::OfficeOpen => matches!(name, b"rPh" | b"Fallback"),
            Marks::OpenDocument => name == b"tracked-changes",
        }
    }

    fn ends_line(self, name: &[u8]) -> bool {
        match self {
            Marks::OfficeOpen => matches!(name, b"p" | b"si" | b"is"),
            Marks::OpenDocument => matches!(name, b"p" | b"h"),
        }
    }

    fn is_space(self, name: &[u8]) -> bool {
        matches!(name, b"tab" | b"br" | b"cr" | b"s" | b"line-break")
    }
}

/// What was read until now.
struct Taken {
    text: String,
    most: usize,
}

impl Taken {
    fn new(most: usize) -> Taken {
        let text = String::new();
        Taken { text, most }
    }

    /// Reads one XML file, as far as it is one.
    fn take(&mut self, xml: &str, marks: Marks) {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().allow_dangling_amp = true;
        // How many elements are open that hold text, and that are left out.
        let (mut inside, mut outside) = (0_usize, 0_usize);
        while !self.is_full() {
            let Ok(event) = reader.read_event() else {
                return;
            };
            match event {
                Event::Start(tag)
                    if outside > 0 || marks.is_left_out(tag.local_name().as_ref()) =>
                {
                    outside += 1;
                }
                Event::End(_) if outside > 0 => outside -= 1,
                Event::Eof => return,
                _ if outside > 0 => (),
                Event::Start(tag) if marks.is_text(tag.local_name().as_ref()) => inside += 1,
                Event::End(tag) => {
                    let name = tag.local_name();
                    inside = inside.saturating_sub(usize::from(marks.is_text(name.as_ref())));
                    if marks.ends_line(name.as_ref()) {
                        self.put("\n");
                    }
                }
                Event::Empty(tag) if marks.is_space(tag.local_name().as_ref()) => self.put(" "),
                _ if inside == 0 => (),
                Event::Text(text) => self.put(&text.decode().unwrap_or_default()),
                Event::CData(text) => self.put(&text.decode().unwrap_or_default()),
                Event::GeneralRef(name) => self.put(&meant(&name)),
                _ => (),
            }
        }
    }

    fn put(&mut self, text: &str) {
        let is_new_line = self.text.is_empty() || self.text.ends_with('\n');
        if !(is_new_line && text.trim().is_empty()) {
            let room = self.most - self.text.len();
            self.text.push_str(&text[..text.floor_char_boundary(room)]);
        }
    }

    /// A sign takes up to four octets.
    fn is_full(&self) -> bool {
        self.text.len() + 4 > self.most
    }
}

/// `&lt;` and `&#8364;`; other names mean nothing without a DTD, and none is read.
fn meant(name: &BytesRef<'_>) -> String {
    if let Ok(Some(sign)) = name.resolve_char_ref() {
        return sign.into();
    }
    let name = name.decode().unwrap_or_default();
    resolve_predefined_entity(&name).unwrap_or(" ").to_owned()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn packed(files: &[(&str, &str)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            writer
                .start_file(*name, SimpleFileOptions::default())
                .unwrap();
            writer.write_all(content.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn read(files: &[(&str, &str)]) -> String {
        office_text(&packed(files), 1_000, &mut { MOST_UNPACKED })
    }

    #[test]
    fn what_stands_on_the_page_is_read() {
        let document = "<w:document xmlns:w=\"x\"><w:p><w:r><w:t>Seal &amp; </w:t></w:r><w:r><w:tab/>\
            <w:t>shaft &#x20AC;</w:t></w:r></w:p><w:del><w:r><w:delText>struck</w:delText></w:r></w:del>\
            <mc:Fallback><w:t>twice</w:t></mc:Fallback><w:p><w:t>End<![CDATA[ing]]></w:t></w:p></w:document>";
        let content = "<o xmlns:text=\"x\"><text:tracked-changes><text:p>struck</text:p></text:tracked-changes>\
            <text:h>Title</text:h><text:p>Two<text:s/>words <text:span>more</text:span></text:p>\
            <number>7</number></o>";
        let strings = "<sst><si><t>Pump</t><rPh><t>ponpu</t></rPh></si><si><t>Seal</t></si></sst>";
        let sheet = "<sheetData><c><v>12</v></c><c><is><t>inline</t></is></c></sheetData>";
        let slide = |text: &str| format!("<p:sld><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>");
        for (files, wanted) in [
            (
                vec![("word/document.xml", document)],
                "Seal &  shaft €\nEnding\n",
            ),
            (vec![("content.xml", content)], "Title\nTwo words more\n"),
            (
                vec![
                    ("xl/worksheets/sheet1.xml", sheet),
                    ("xl/sharedStrings.xml", strings),
                ],
                "Pump\nSeal\ninline\n",
            ),
            (
                vec![
                    ("ppt/slides/slide2.xml", slide("second").as_str()),
                    ("ppt/slides/slide1.xml", slide("first").as_str()),
                ],
                "first\nsecond\n",
            ),
            (vec![("readme.txt", "not ours")], ""),
            (vec![], ""),
        ] {
            assert_eq!(read(&files), wanted);
        }
    }

    #[test]
    fn what_is_damaged_is_read_as_far_as_it_goes() {
        for end in [
            "<w:p><w:t>half",
            "</w:p></w:p>",
            "<w:t>a</w:x>",
            "<!DOCTYPE",
            "&",
            "<w:t a",
        ] {
            let document = format!("<w:p><w:t>whole</w:t></w:p>{end}");
            let text = read(&[("word/document.xml", &document)]);
            assert!(text.starts_with("whole\n"), "{end}: {text:?}");
        }
        let whole = packed(&[("word/document.xml", "<w:t>words</w:t>")]);
        let mut room = MOST_UNPACKED;
        for end in 0..whole.len() {
            assert_eq!(office_text(&whole[..end], 1_000, &mut room), "", "{end}");
        }
        assert_eq!(office_text(&whole, 1_000, &mut room), "words");
    }

    #[test]
    fn no_entity_of_a_file_is_unfolded() {
        let bomb = "<!DOCTYPE d [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;\">\
            <!ENTITY f SYSTEM \"file:///etc/passwd\">]><w:p><w:t>x&b;&f;y</w:t></w:p>";
        assert_eq!(read(&[("word/document.xml", bomb)]), "x  y\n");
    }

    #[test]
    fn much_is_cut() {
        let long = format!("<w:t>{}</w:t>", "pümp ".repeat(4_000_000));
        let content = packed(&[("word/document.xml", &long)]);
        assert!(content.len() < 200_000, "{}", content.len());
        let mut room = MOST_UNPACKED;
        let text = office_text(&content, 10_000, &mut room);
        assert!((9_990..=10_000).contains(&text.len()), "{}", text.len());
        assert_eq!(room, 0, "all of it was asked for");
        assert_eq!(office_text(&content, 10_000, &mut room), "");
        let text = office_text(&content, usize::MAX, &mut 3_000);
        assert!((2_900..=3_000).contains(&text.len()), "{}", text.len());
    }
}
