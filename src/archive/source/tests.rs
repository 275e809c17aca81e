//! What lies at a path, and what is read from it.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

fn mbox(ids: &[&str]) -> String {
    let one = |id: &&str| {
        format!(
            "From a@b.example Mon Jan  5 09:00:00 2026\nMessage-ID: <{id}>\n\nText of {id}.\n\n"
        )
    };
    ids.iter().map(one).collect()
}

fn compressed(text: &str) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    out.write_all(text.as_bytes()).unwrap();
    out.finish().unwrap()
}

/// The Message-IDs of all mails at a path, and whether each source was read to its end.
fn read(path: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for source in find(path).unwrap() {
        let mut mails = source.open().unwrap();
        while let Some(entry) = mails.next_mail() {
            let Entry::Message(message) = entry.unwrap() else {
                panic!("too large");
            };
            assert!(
                !message
                    .bytes
                    .windows(2)
                    .any(|two| two[1] == b'\n' && two[0] != b'\r')
            );
            found.push(crate::message::message_id(&message.bytes).unwrap());
        }
        assert_eq!(mails.position(), source.size, "{source:?}");
    }
    found
}

#[test]
fn a_file_is_read_whatever_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.mbox");
    fs::write(&path, mbox(&["1@x", "2@x"])).unwrap();
    assert_eq!(read(&path), ["1@x", "2@x"]);
    // Two files that were compressed one by one and put together are one.
    let both = [compressed(&mbox(&["1@x"])), compressed(&mbox(&["2@x"]))];
    fs::write(&path, both.concat()).unwrap();
    assert_eq!(read(&path), ["1@x", "2@x"]);
    fs::write(&path, "").unwrap();
    assert_eq!(read(&path), [] as [&str; 0]);
}

#[test]
fn months_of_pipermail_are_read_in_their_order_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("2020-February.txt", mbox(&["feb@x"]).as_bytes());
    write("2020-February.txt.gz", &compressed(&mbox(&["older@x"])));
    write("2020-January.txt.gz", &compressed(&mbox(&["jan@x"])));
    write("2019-December.txt", mbox(&["dec@x"]).as_bytes());
    write("index.html", b"<html>");
    fs::create_dir(folder.path().join("attachments")).unwrap();
    assert_eq!(read(folder.path()), ["dec@x", "jan@x", "feb@x"]);
}

#[test]
fn a_maildir_is_read_by_its_names() {
    let folder = tempfile::tempdir().unwrap();
    for (place, name, id) in [
        ("cur", "1000000000.2.host:2,S", "b@x"),
        ("new", "1000000001.1.host", "c@x"),
        ("cur", "999999999.9.host:2,", "a@x"),
        ("tmp", "1.1.host", "unfinished@x"),
    ] {
        fs::create_dir_all(folder.path().join(place)).unwrap();
        let text = format!("Message-ID: <{id}>\n\nText.\n");
        fs::write(folder.path().join(place).join(name), text).unwrap();
    }
    assert_eq!(read(folder.path()), ["a@x", "b@x", "c@x"]);
}

#[test]
fn what_is_no_mailbox_is_an_error_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let error = find(folder.path()).unwrap_err().to_string();
    assert!(error.contains("Maildir"), "{error}");
    assert!(find(&folder.path().join("nothing")).is_err());
    let path = folder.path().join("a.json");
    fs::write(&path, "{\"raw\": 7}\n").unwrap();
    let mut mails = find(&path).unwrap()[0].open().unwrap();
    let error = mails.next_mail().unwrap().unwrap_err().to_string();
    assert!(error.contains("byte 0"), "{error}");
    assert!(mails.next_mail().is_none());
    // A file that was cut off while it was compressed gives what it has, and says so.
    let whole = compressed(&mbox(&["1@x"]));
    fs::write(&path, &whole[..whole.len() - 12]).unwrap();
    let mut mails = find(&path).unwrap()[0].open().unwrap();
    let mut all = std::iter::from_fn(|| mails.next_mail());
    assert!(all.any(|entry| entry.is_err()));
}
