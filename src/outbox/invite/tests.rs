//! What a client finds in the mail, by another parser.

use lettre::message::{MultiPart, SinglePart};
use mail_parser::{MessageParser, MimeHeaders, PartType};

use super::CalendarPart;
use crate::calendar::write::Method;
use crate::outbox::attached::{Attachment, around};

const TEXTS: [&str; 3] = [
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n",
    "BEGIN:VCALENDAR\r\nSUMMARY:Grüße aus Köln\\, 日本 = 🔧\r\nEND:VCALENDAR\r\n",
    "BEGIN:VCALENDAR\r\nDESCRIPTION:folded with a blank at its end \r\n  and one at its start\r\nEND:VCALENDAR\r\n",
];

fn written(method: Method, text: &str) -> Vec<u8> {
    let part = CalendarPart {
        method,
        bytes: text.as_bytes().to_vec(),
    };
    let alternative = MultiPart::alternative()
        .singlepart(SinglePart::plain("Text".to_owned()))
        .singlepart(SinglePart::html("<p>Text</p>".to_owned()));
    let dropped = Attachment {
        name: "agenda.pdf".into(),
        media_type: "application/pdf".into(),
        bytes: vec![1],
    };
    around(alternative, &[dropped], Some(&part))
        .unwrap()
        .formatted()
}

#[test]
fn the_calendar_is_the_last_alternative_and_the_only_attachment() {
    for text in TEXTS {
        let raw = written(Method::Request, text);
        let mail = MessageParser::default().parse(&raw).unwrap();
        let kinds: Vec<String> = mail
            .parts
            .iter()
            .map(|part| {
                let kind = part.content_type().unwrap();
                format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default())
            })
            .collect();
        let expected = [
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "text/html",
            "text/calendar",
            "application/ics",
        ];
        assert_eq!(kinds, expected);
        let first_of = |at: usize| match &mail.parts[at].body {
            PartType::Multipart(parts) => parts.clone(),
            _ => Vec::new(),
        };
        assert_eq!((first_of(0).len(), first_of(1).len()), (2, 3));
        for part in [4, 5] {
            assert_eq!(mail.parts[part].contents(), text.as_bytes(), "{part}");
        }
        assert!(mail.parts[4].content_disposition().is_none());
        let kept = &mail.parts[5];
        assert!(kept.content_disposition().unwrap().is_attachment());
        assert_eq!(kept.attachment_name(), Some("invite.ics"));
    }
}

#[test]
fn the_part_says_the_method_of_the_calendar() {
    for (method, name) in [(Method::Request, "REQUEST"), (Method::Cancel, "CANCEL")] {
        let raw = String::from_utf8(written(method, TEXTS[0])).unwrap();
        let kind = format!("Content-Type: text/calendar; charset=utf-8; method={name}\r\n");
        assert!(raw.contains(&kind), "{raw}");
        assert!(
            raw.contains("Content-Type: application/ics; name=invite.ics\r\n"),
            "{raw}"
        );
    }
}
