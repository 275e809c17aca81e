//! A member's calendar after all mails that the sink has for them, kept as the
//! demonstration's people keep theirs.

use folkmoot::demo::calendar::{Agenda as Kept, Entry, Object};

use super::Sink;

/// The calendar.
#[derive(Clone, Debug)]
pub struct Agenda {
    /// By UID, in the order in which they came.
    pub entries: Vec<(String, Entry)>,
}

impl Agenda {
    /// What somebody's calendar shows.
    ///
    /// # Panics
    /// Where a client would find something wrong with one of the mails.
    #[track_caller]
    pub fn of(sink: &Sink, address: &str) -> Agenda {
        let mut kept = Kept::default();
        for one in sink.for_recipient(address) {
            let wrong = kept.receive(address, &one.raw);
            assert!(wrong.is_empty(), "{wrong:?}: {}", one.mail().text());
            for event in object(&one.raw).iter().flat_map(|object| &object.events) {
                let (uid, organizer) = (event.get("UID"), event.address("ORGANIZER"));
                assert!(uid.ends_with("@lists.example.org"), "{uid}");
                assert!(organizer.starts_with("pumps-rsvp+"), "{organizer}");
                let rule = event.get("RRULE");
                let until = rule.split(';').find(|part| part.starts_with("UNTIL="));
                assert!(until.is_none_or(|until| until.ends_with('Z')), "{rule}");
            }
        }
        Agenda {
            entries: kept.entries,
        }
    }

    /// The starts of everything in it, as written: on the wall clock of a series, in UTC
    /// (`Z`) of a single session.
    pub fn starts(&self) -> Vec<String> {
        let mut all: Vec<String> = self.entries.iter().flat_map(|(_, e)| e.starts()).collect();
        all.sort();
        all
    }

    /// The entry that came last.
    #[track_caller]
    pub fn last(&self) -> &(String, Entry) {
        self.entries.last().expect("an entry")
    }
}

#[track_caller]
fn object(raw: &[u8]) -> Option<Object> {
    Object::of(raw).expect("a calendar that can be read")
}

/// The mails for calendars that somebody got: name and METHOD, in order.
#[track_caller]
pub fn told(sink: &Sink, address: &str) -> Vec<(String, String)> {
    let got = sink.for_recipient(address).into_iter();
    let told = got.filter_map(|one| {
        let object = object(&one.raw)?;
        Some((one.mail().header("Folkmoot-Mail"), object.method))
    });
    told.collect()
}
