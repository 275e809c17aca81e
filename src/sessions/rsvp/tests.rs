//! What calendars send that are broken, or want to break something: each is understood
//! and judged in little time, and nothing changes but what a genuine answer may change.

use std::time::Duration;

use super::heard;
use crate::calendar::read;
use crate::clock::{Clock, monotonic};
use crate::config::Settings;
use crate::context::Context;
use crate::lists::home::Home;
use crate::lists::membership::{self, NewMember};
use crate::lists::post::Arrival;
use crate::lists::welcome;
use crate::message;
use crate::practice::apply::apply;
use crate::store::communities::{self, Community};
use crate::store::intake::{self, NewMessage};
use crate::store::{Db, members, rsvps, series};
use crate::templates::Templates;

/// A session every day, without an end: nobody has more of them.
const CHARTER: &str = "slug = \"pumps\"\nname = \"Pumps\"\ntimezone = \"Europe/Berlin\"\n\
    [charter]\ndomain = \"Pumps.\"\ncommunity = \"People.\"\npractice = \"Notes.\"\n\
    [[session]]\nslug = \"clinic\"\ntitle = \"Pump clinic\"\nrule = \"FREQ=DAILY\"\n\
    starts = \"2026-03-10T16:00\"\n";
const NOW: i64 = 1_772_449_200_000;
const BOB: &str = "bob@plant.example";

/// P9 of the bar; a debug build is given more time.
const LONGEST: Duration = Duration::from_millis(50);
const PATIENCE: u32 = if cfg!(debug_assertions) { 40 } else { 1 };

/// (name, the calendar part with its header, what is said of it, how many answers are
/// known then)
fn table(uid: &str) -> Vec<(&'static str, String, &'static str, usize)> {
    let part = |body: &str| {
        format!("Content-Type: text/calendar; charset=utf-8; method=REPLY\r\n\r\n{body}")
    };
    let calendar = |events: &str| {
        part(&format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REPLY\r\n{events}END:VCALENDAR\r\n"
        ))
    };
    let event = |more: &str| {
        format!(
            "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260302T080000Z\r\nSEQUENCE:0\r\n{more}\
             ATTENDEE;PARTSTAT=ACCEPTED:mailto:{BOB}\r\nEND:VEVENT\r\n"
        )
    };
    let days = |(year, month, date): (i32, u32, u32), count: u64| -> String {
        let first = chrono::NaiveDate::from_ymd_opt(year, month, date).unwrap();
        let day = |n| first + chrono::Days::new(n);
        (0..count)
            .map(|n| {
                event(&format!(
                    "RECURRENCE-ID:{}T150000Z\r\n",
                    day(n).format("%Y%m%d")
                ))
            })
            .collect()
    };
    let zone: String = (0..2_000)
        .map(|n| {
            format!(
                "BEGIN:STANDARD\r\nDTSTART:{:04}0101T000000\r\nTZOFFSETFROM:+0100\r\n\
                 TZOFFSETTO:+{:02}00\r\nEND:STANDARD\r\n",
                1970 + n % 100,
                n % 12
            )
        })
        .collect();
    let zone = format!("BEGIN:VTIMEZONE\r\nTZID:Mine\r\n{zone}END:VTIMEZONE\r\n");
    let far = event("RECURRENCE-ID:20991231T150000Z\r\n");
    let bomb = "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30\r\nRDATE:20260310T160000Z\r\n";
    let own = "RECURRENCE-ID;TZID=Mine:20260310T160000\r\n";
    vec![
        (
            "ten megabytes of events",
            calendar(&event("").repeat(10 * 1024 * 1024 / event("").len())),
            "too long",
            0,
        ),
        ("an empty calendar part", part(""), "cannot be read", 0),
        (
            "a calendar without an event",
            calendar(""),
            "holds no event",
            0,
        ),
        ("a date in seventy years", calendar(&far), "no session", 0),
        (
            "a zone of its own, of two thousand parts, which fits nothing",
            calendar(&format!(
                "{zone}{}",
                event("RECURRENCE-ID;TZID=Mine:20260310T031700\r\n")
            )),
            "no session",
            0,
        ),
        (
            "nothing but winmail.dat",
            format!(
                "Content-Type: application/ms-tnef; name=\"winmail.dat\"\r\n\
                 Content-Transfer-Encoding: base64\r\n\r\n{}",
                "eJ8+IgAAAAAAAAEAAAAAAAAAAQAAAAAAAAABAAAAAAAAAAEAAAAAAAAAAQ==\r\n".repeat(16_000)
            ),
            "holds no calendar",
            0,
        ),
        (
            "a recurrence bomb",
            calendar(&event(bomb)),
            "ACCEPTED for clinic",
            1,
        ),
        (
            "a zone of its own",
            calendar(&format!("{zone}{}", event(own))),
            "ACCEPTED for clinic 2026-03-10",
            2,
        ),
        // From 29 March on, when the clocks have changed, no session begins then.
        (
            "a thousand answers",
            calendar(&days((2026, 3, 10), 1_000)),
            "events, of which 100",
            20,
        ),
        // These have no rows yet: the rule says whether there is a session.
        (
            "a hundred answers about sessions in two years",
            calendar(&days((2028, 1, 1), 100)),
            "ACCEPTED for clinic 2028-03-25",
            105,
        ),
        (
            "a hundred answers about days after all that is looked at",
            calendar(&days((2095, 1, 1), 100)),
            "no session",
            105,
        ),
    ]
}

#[tokio::test]
async fn no_answer_takes_long_or_changes_what_it_may_not() {
    let folder = tempfile::tempdir().unwrap();
    let (ctx, community) = founded(folder.path()).await;
    let mut tx = ctx.write().await.unwrap();
    let all = series::latest(&mut tx, community.id).await.unwrap();
    let bob = members::by_address(&mut tx, community.id, BOB).await;
    let bob = bob.unwrap().unwrap();
    let charter = ctx.charter(&community).unwrap();
    let home = Home {
        ctx: &ctx,
        community: &community,
        charter: &charter,
    };
    let own = welcome::own_address(&home, &bob);
    let token = own.split(['+', '@']).nth(1).unwrap().to_owned();
    tx.commit().await.unwrap();
    let mut slow = Vec::new();
    for (number, (name, part, said, known)) in table(&all[0].uid).into_iter().enumerate() {
        let raw = format!(
            "From: <{BOB}>\r\nTo: <{own}>\r\nSubject: Re: Pump clinic\r\n\
             Message-ID: <bad-{number}@plant.example>\r\nMIME-Version: 1.0\r\n{part}\r\n"
        );
        let mut tx = ctx.write().await.unwrap();
        let new = NewMessage {
            message_id: &format!("bad-{number}@plant.example"),
            envelope_from: BOB,
            via: "lmtp",
            peer: "",
            helo: "",
            received_at: NOW,
            raw: raw.as_bytes(),
        };
        let id = intake::insert(&mut tx, &new, &[], NOW).await.unwrap();
        let message = intake::message(&mut tx, id).await.unwrap();
        // The mail around it is read as any other is (tests/hostile.rs).
        let mail = message::parse(&message.raw);
        let part = message::calendar_part(&message.raw);
        let began = monotonic();
        if let Some((text, method)) = &part {
            assert_eq!(read::read(text, method.as_deref()), mail.calendar, "{name}");
        }
        let read = began.elapsed();
        let arrival = Arrival {
            intake: 0,
            community: &community,
            charter: &charter,
            message: &message,
            mail: &mail,
        };
        let (_, reason) = heard(&mut tx, &ctx, &arrival, Some(&token)).await.unwrap();
        let took = began.elapsed();
        tx.commit().await.unwrap();
        println!(
            "{name}: {} octets, read in {read:?}, judged in {:?}",
            raw.len(),
            took - read
        );
        assert!(reason.contains(said), "{name}: {reason}");
        let mut tx = ctx.read().await.unwrap();
        let answers = rsvps::of_member(&mut tx, all[0].id, bob.id).await.unwrap();
        assert_eq!(answers.len(), known, "{name}: {reason}");
        if took > LONGEST * PATIENCE {
            slow.push(format!("{name}: {took:?}"));
        }
    }
    assert!(slow.is_empty(), "longer than {LONGEST:?}: {slow:?}");
}

async fn founded(folder: &std::path::Path) -> (Context, Community) {
    let path = folder.join("folkmoot.toml");
    let text = format!(
        "domain = \"lists.example\"\nbase_url = \"https://lists.example\"\ndata_dir = \"{}\"\n",
        folder.display()
    );
    std::fs::write(&path, text).unwrap();
    let db = Db::open_sqlite(&folder.join("bad.db")).await.unwrap();
    db.migrate().await.unwrap();
    let (settings, templates) = (
        Settings::load(&path).unwrap(),
        Templates::load(None).unwrap(),
    );
    let ctx = Context::new(settings, db, Clock::test(NOW), templates);
    let ctx = ctx.await.unwrap();
    let mut tx = ctx.write().await.unwrap();
    apply(&mut tx, &ctx, CHARTER, "charter.toml", None)
        .await
        .unwrap();
    let community = communities::by_slug(&mut tx, "pumps")
        .await
        .unwrap()
        .unwrap();
    let new = NewMember {
        address: BOB.into(),
        ..NewMember::default()
    };
    membership::add(&mut tx, community.id, &new, "the test", NOW)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    (ctx, community)
}
