//! Every mail of the catalogue, in every form that its samples show.

use std::sync::Arc;
use std::time::Duration;

use folkmoot::calendar::write::Method;
use folkmoot::context::Context;
use folkmoot::outbox::attached::Attachment;
use folkmoot::outbox::catalogue::{CATALOGUE, Class, Entry, PERSON_MESSAGE};
use folkmoot::outbox::compose::{self, Letter};
use folkmoot::outbox::invite::CalendarPart;
use folkmoot::pulse::Pulse;
use folkmoot::relay;
use folkmoot::store::communities::Community;
use folkmoot::templates::mails;
use tokio::sync::watch;

use super::is_complete;
use crate::support::dkim::{self, ED25519, Published, RSA};
use crate::support::sink::Received;
use crate::support::store::{founded_with, runtime, write};
use crate::support::{Database, Sink, both};

both!(every_mail_of_the_catalogue_is_signed_and_verifies_twice);

fn every_mail_of_the_catalogue_is_signed_and_verifies_twice(database: &Database) {
    let sink = Sink::start();
    let folder = tempfile::tempdir().expect("a folder");
    let keys = [RSA, ED25519];
    let section = dkim::section(folder.path(), &keys);
    let more = format!("[relay]\nurl = \"smtp://{}\"\n{section}", sink.address());
    let count = runtime().block_on(async {
        let (ctx, community) = founded_with(database, folder.path(), &more).await;
        let mut count = 0;
        for entry in CATALOGUE {
            count += enqueue(&ctx, &community, entry).await;
        }
        send(&ctx, &sink, count).await;
        count
    });
    let mails = sink.received();
    assert_eq!(mails.len(), count);
    for mail in &mails {
        is_complete(mail, keys.len());
        is_ours(mail);
    }
    Published::of(&keys).verify(&mails);
    assert_eq!(sink.violations(), [""; 0]);
}

/// Three mails of each sample: alone, as an answer with something attached, and with an
/// invitation.
async fn enqueue(ctx: &Context, community: &Community, entry: &'static Entry) -> usize {
    if entry.name == PERSON_MESSAGE.name {
        put(ctx, community, entry, &letter("alone"), "passed", PASSED_ON).await;
        return 1;
    }
    let samples: Vec<_> = mails::every()
        .into_iter()
        .filter(|sample| sample.name == entry.name)
        .collect();
    assert!(!samples.is_empty(), "{} has no samples", entry.name);
    for (at, sample) in samples.iter().enumerate() {
        for form in FORMS {
            let letter = letter(form);
            let id = format!("{}-{at}-{form}@lists.example.org", sample.template);
            let text = (sample.template, &sample.fields);
            let content = compose::compose_from(ctx, community, entry, text, &letter, &id);
            let content = content.unwrap_or_else(|error| panic!("{}: {error}", entry.name));
            put(ctx, community, entry, &letter, &id, &content).await;
        }
    }
    samples.len() * FORMS.len()
}

async fn put(
    ctx: &Context,
    community: &Community,
    entry: &Entry,
    letter: &Letter,
    id: &str,
    content: &[u8],
) {
    // At once, whatever the budget of its recipient would say.
    let entry = &Entry {
        class: Class::Transactional,
        ..*entry
    };
    let mut tx = write(ctx).await;
    let rows = compose::enqueue(&mut tx, ctx, community, entry, letter, id, content).await;
    rows.expect(entry.name);
    tx.commit().await.expect("a commit");
}

const FORMS: [&str; 3] = ["alone", "answer", "invitation"];

fn letter(form: &str) -> Letter {
    let plain = Letter {
        to: vec![(None, "ann@plant.example".to_owned())],
        ..Letter::default()
    };
    match form {
        "answer" => answer(plain),
        "invitation" => Letter {
            calendar: Some(CalendarPart {
                method: Method::Request,
                bytes: INVITATION.to_vec(),
            }),
            ..plain
        },
        _ => plain,
    }
}

/// With a line that is folded in the midst of a word, and letters that are not ASCII.
const INVITATION: &[u8] = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n\
    SUMMARY:Gleitringdichtungen für Fortgeschrittene und alle\\, die es werde\r\n n wollen 🔧\r\n\
    END:VEVENT\r\nEND:VCALENDAR\r\n"
    .as_bytes();

fn answer(plain: Letter) -> Letter {
    Letter {
        in_reply_to: "asked@plant.example".into(),
        references: (0..30)
            .map(|n| format!("{n}.thread@plant.example"))
            .collect(),
        attachments: vec![Attachment {
            name: "post.eml".into(),
            media_type: "message/rfc822".into(),
            bytes: b"From: <bob@plant.example>\r\nSubject: Held\r\n\r\n.\r\nHello.  \r\n".to_vec(),
        }],
        ..plain
    }
}

/// Somebody's own mail, as it is passed on.
const PASSED_ON: &[u8] = b"From: Bob <bob@plant.example>\r\nTo: <pumps-owner@lists.example.org>\r\n\
    Subject: To the facilitators\r\nDate: Mon, 2 Mar 2026 10:00:00 +0100\r\nMessage-ID: <passed>\r\n\
    Folkmoot-Mail: person-message\r\nFolkmoot-About: person-message; community=pumps; on=2026-03-02\r\n\
    Sender: <pumps-owner@lists.example.org>\r\n\r\nPlease look at this.\r\n";

/// The relay's room alone, until so many mails have arrived.
async fn send(ctx: &Context, sink: &Sink, count: usize) {
    let (stop, stopped) = watch::channel(false);
    let state = Arc::new(relay::RelayState::default());
    let running = tokio::spawn(relay::run(
        ctx.clone(),
        Pulse::new("a test"),
        state,
        stopped,
    ));
    tokio::task::block_in_place(|| sink.wait_for(count, Duration::from_secs(60)));
    stop.send_replace(true);
    ctx.bells.all();
    running.await.expect("the relay ends");
}

/// A mail of ours comes from our own domain, which our signature names: DMARC passes
/// (RFC 9989). What is passed on keeps its author.
#[track_caller]
fn is_ours(mail: &Received) {
    let mail = mail.mail();
    if mail.header("Folkmoot-Mail") != PERSON_MESSAGE.name {
        let from = mail.header("From");
        assert!(from.ends_with("@lists.example.org>"), "{from}");
    }
}
