//! A name with an address, read from a header and written into one.

use super::{address, encoded_word};
use mail_parser::{Address, HeaderValue};

/// The most mailboxes kept of one header field.
const MOST: usize = 10_000;

/// One mailbox of an address field (RFC 5322, section 3.4).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Mailbox {
    /// The display name, decoded, on one line.
    pub name: Option<String>,
    /// The address as [`address::normalise`] returns it.
    pub address: String,
}

impl Mailbox {
    /// The mailbox as it stands in a header: ASCII (the name as encoded words where
    /// it must be), unable to carry a line end into the header.
    pub fn to_header(&self) -> String {
        let name = super::oneline::oneline(self.name.as_deref().unwrap_or_default());
        match name.as_str() {
            "" => self.address.clone(),
            // What looks like an encoded word would be shown as what it says.
            name if !name.is_ascii() || name.contains("=?") => {
                format!("{} <{}>", encoded_word::encode(name), self.address)
            }
            name => format!("{} <{}>", quoted(name), self.address),
        }
    }
}

/// The mailboxes of an address field, and how many of its entries were not one.
pub(super) fn of_header(value: Option<&HeaderValue<'_>>) -> (Vec<Mailbox>, usize) {
    let Some(HeaderValue::Address(list)) = value else {
        return (Vec::new(), 0);
    };
    let mut odd = 0;
    let boxes = all(list)
        .filter_map(|entry| {
            of_entry(entry).or_else(|| {
                odd += 1;
                None
            })
        })
        .collect();
    (boxes, odd)
}

fn all<'a>(list: &'a Address<'a>) -> impl Iterator<Item = &'a mail_parser::Addr<'a>> {
    list.iter().take(MOST)
}

fn of_entry(entry: &mail_parser::Addr<'_>) -> Option<Mailbox> {
    let address = address::normalise(entry.address.as_deref()?)?;
    let name = entry
        .name
        .as_deref()
        .map(super::oneline::oneline)
        .filter(|name| !name.is_empty());
    Some(Mailbox { name, address })
}

fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || " !#$%&'*+-/=?^_`{|}~".contains(c);
    if name.chars().all(plain) {
        return name.to_string();
    }
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::Mailbox;

    #[test]
    fn names_cannot_leave_their_field() {
        for (name, want) in [
            ("Ann Example", "Ann Example <a@x.example>"),
            ("Ann, of \"X\"", "\"Ann, of \\\"X\\\"\" <a@x.example>"),
            (
                "Ann\r\nBcc: b@x.example",
                "\"Ann Bcc: b@x.example\" <a@x.example>",
            ),
            ("Jörg", "=?utf-8?B?SsO2cmc=?= <a@x.example>"),
            ("", "a@x.example"),
        ] {
            let mailbox = Mailbox {
                name: Some(name.into()),
                address: "a@x.example".into(),
            };
            assert_eq!(mailbox.to_header(), want);
        }
    }
}
