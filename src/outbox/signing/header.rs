//! Which header fields are signed, and their relaxed form (RFC 6376, section 3.4.2).

use super::body::relaxed_line;
use crate::message::headers;

/// Fields that are signed wherever they stand. Those marked are named once more than
/// they stand there (RFC 6376, section 8.15), so that none can be added: what a
/// person sees of a mail, how its body is read, and what leaving does.
const SIGNED: [(&str, bool); 23] = [
    ("From", true),
    ("To", true),
    ("Cc", true),
    ("Subject", true),
    ("Date", true),
    ("Message-ID", true),
    ("Reply-To", true),
    ("In-Reply-To", false),
    ("References", false),
    ("Sender", false),
    ("MIME-Version", true),
    ("Content-Type", true),
    ("Content-Transfer-Encoding", true),
    ("Content-Disposition", false),
    ("Content-ID", false),
    ("Content-Language", false),
    ("List-Unsubscribe", true),
    ("List-Unsubscribe-Post", true),
    ("Auto-Submitted", false),
    ("Precedence", false),
    ("Archived-At", false),
    ("Feedback-ID", false),
    ("X-BeenThere", false),
];

/// Names that begin like this are signed too, as many different ones as a mail has.
const FAMILIES: [&str; 2] = ["List-", "Folkmoot-"];

/// At most so many fields of one name are signed, the last ones, as verifiers count
/// from the bottom; and so many names of [`FAMILIES`]. No honest mail comes near,
/// and `h=` would grow with every one.
const MOST: usize = 32;

/// All fields of one name.
struct Group {
    name: String,
    oversigned: bool,
    /// There are more fields than are signed. Another name in `h=` would stand for
    /// one of those.
    full: bool,
    /// How many fields `canonical` holds.
    count: usize,
    /// The fields, from the bottom to the top.
    canonical: Vec<u8>,
}

/// The signed fields of a mail's own header.
#[derive(Default)]
pub(super) struct SharedHeader(Vec<Group>);

/// What `h=` names, and what it names in relaxed form.
pub(super) struct SignedHeader {
    pub(super) names: Vec<String>,
    pub(super) canonical: Vec<u8>,
}

impl SharedHeader {
    /// Of a mail; also gives where its body begins.
    pub(super) fn of(mail: &[u8]) -> (SharedHeader, usize) {
        let section = headers::section(mail, 0, mail.len());
        let mut header = SharedHeader(SIGNED.iter().map(Group::of).collect());
        for field in section.fields.iter().rev() {
            let value = field.value_in(mail);
            if let Some(group) = header.group(field.name_in(mail)) {
                group.add(value);
            }
        }
        (header, section.body)
    }

    /// With one recipient's fields, which stand above.
    pub(super) fn with(&self, fields: &str) -> SignedHeader {
        let bytes = fields.as_bytes();
        let personal = headers::section(bytes, 0, bytes.len());
        let mut signed = SignedHeader {
            names: Vec::with_capacity(2 * SIGNED.len()),
            canonical: Vec::with_capacity(self.size() + fields.len()),
        };
        for group in &self.0 {
            signed.canonical.extend_from_slice(&group.canonical);
            let mut named = group.count;
            if !group.full {
                let above: Vec<_> = personal.all(bytes, &group.name).collect();
                for field in above.iter().rev() {
                    canonical(&group.name, field.value_in(bytes), &mut signed.canonical);
                }
                named += above.len() + usize::from(group.oversigned);
            }
            signed
                .names
                .extend(std::iter::repeat_n(group.name.clone(), named));
        }
        signed
    }

    fn size(&self) -> usize {
        self.0.iter().map(|group| group.canonical.len()).sum()
    }

    /// Where a field of that name belongs; `None` where it is not signed.
    fn group(&mut self, name: &[u8]) -> Option<&mut Group> {
        let known = |group: &Group| group.name.as_bytes().eq_ignore_ascii_case(name);
        if let Some(at) = self.0.iter().position(known) {
            return self.0.get_mut(at);
        }
        let name = std::str::from_utf8(name).ok()?;
        // A name with one of these could not be told from what follows it in `h=`.
        let fits = name
            .bytes()
            .all(|octet| octet.is_ascii_alphanumeric() || b"-_".contains(&octet));
        let is_family = FAMILIES.iter().any(|family| {
            let start = name.get(..family.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(family))
        });
        if !fits || !is_family || self.0.len() >= SIGNED.len() + MOST {
            return None;
        }
        self.0.push(Group::of(&(name, false)));
        self.0.last_mut()
    }
}

impl Group {
    fn of((name, oversigned): &(&str, bool)) -> Group {
        Group {
            name: (*name).to_owned(),
            oversigned: *oversigned,
            full: false,
            count: 0,
            canonical: Vec::new(),
        }
    }

    fn add(&mut self, value: &[u8]) {
        if self.count < MOST {
            self.count += 1;
            canonical(&self.name, value, &mut self.canonical);
        } else {
            self.full = true;
        }
    }
}

/// Appends a field in relaxed form.
fn canonical(name: &str, value: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(name.to_ascii_lowercase().as_bytes());
    out.push(b':');
    let unfolded: Vec<u8> = value
        .iter()
        .copied()
        .filter(|octet| !b"\r\n".contains(octet))
        .collect();
    relaxed_line(unfolded.trim_ascii_start(), out);
    out.extend_from_slice(b"\r\n");
}
