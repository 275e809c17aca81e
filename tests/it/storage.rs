//! Messages are packed and moved, and nobody who reads them sees it; what is erased is gone
//! from wherever it was.

use std::path::{Path, PathBuf};

use crate::support::community::LIST;
use crate::support::http::get;
use crate::support::letters::{Letter, send};
use crate::support::objects::Moto;
use crate::support::{Community, Database, Node, Sink, both, testdata, wait};

use folkmoot::store::packing;

both!(
    one_attachment_is_kept_once_and_goes_with_the_last_message,
    a_folder_keeps_messages_and_forgets_what_is_erased,
    a_bucket_keeps_messages_and_forgets_what_is_erased,
);

const ANN: &str = "ann@plant.example";
const BOB: &str = "bob@plant.example";

fn node<'a>(database: &'a Database, sink: &Sink, storage: &str) -> Node<'a> {
    let mut node = Node::new(database, sink);
    let text = node.read("folkmoot.toml");
    node.write("folkmoot.toml", format!("{text}\n{storage}"));
    let public = Community {
        archive: "public",
        ..Community::pumps()
    };
    node.found(&public, &[ANN, BOB]);
    node.start();
    node
}

/// 12,000 octets that cannot be deflated, as letters, in lines of that length.
fn plan(line: usize) -> String {
    let mut state = 7_u64;
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        char::from(letters[(state >> 58) as usize])
    };
    let text: String = (0..16_000).map(|_| next()).collect();
    let lines: Vec<&str> = (0..text.len())
        .step_by(line)
        .map(|at| &text[at..(at + line).min(text.len())])
        .collect();
    lines.join("\r\n")
}

/// Posts a text with the plan; gives the Message-ID and the path of its page.
fn post(node: &Node, from: &str, subject: &str, line: usize) -> (String, String) {
    let text = format!(
        "--b\r\nContent-Type: text/plain\r\n\r\nThe {subject} is here.\r\n--b\r\n\
         Content-Type: application/octet-stream; name=plan.bin\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--",
        plan(line)
    );
    let letter = Letter {
        from,
        to: LIST,
        subject,
        text: &text,
        more: "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n",
    };
    let id = send(node, &letter);
    let page = format!("/c/pumps/m/{}", folkmoot::links::permalink(&id));
    (id, page)
}

fn count(node: &Node, table: &str) -> usize {
    let cells = node.database.cells(&node.path("data"));
    let of = cells.iter().find(|(name, ..)| name == table);
    of.expect(table).2.len()
}

/// What stands in the rows themselves of messages and bodies, in octets.
fn here(node: &Node) -> usize {
    let cells = node.database.cells(&node.path("data"));
    let is_bytes = |table: &str, column: &str| {
        matches!((table, column), ("message", "raw") | ("body", "bytes"))
    };
    let bytes = cells
        .iter()
        .filter(|(table, column, _)| is_bytes(table, column));
    bytes
        .flat_map(|(.., cells)| cells.iter().flatten())
        .map(Vec::len)
        .sum()
}

/// Packs, moves and deletes until it is so: what failed is tried again after a pause.
fn packed_until(node: &Node, what: &str, is_so: impl Fn() -> bool) {
    wait::until(what, 2 * wait::SOON, || {
        let _ = node.run(&["archive", "pack"]);
        is_so().then_some(())
    });
}

fn redact(node: &Node, id: &str) {
    node.run(&["archive", "redact", "pumps", id, "--yes"]).ok();
}

fn one_attachment_is_kept_once_and_goes_with_the_last_message(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink, "");
    let (first, page) = post(&node, ANN, "kolibri", 76);
    let (second, other) = post(&node, BOB, "nashorn", 60);
    let before = get(node.http, &format!("{page}/raw")).body;
    assert!(
        before.contains("kolibri") && before.contains(&plan(76)),
        "{before}"
    );
    let done = node.json(&["archive", "pack"]);
    assert!(done["rows"].as_i64().unwrap() < 4_000, "{done}");
    assert_eq!(
        count(&node, "body"),
        1,
        "the same plan, written in another way"
    );
    assert_eq!(get(node.http, &format!("{page}/raw")).body, before);
    let again = get(node.http, &format!("{other}/raw")).body;
    assert!(again.contains(&plan(60)), "{again}");
    redact(&node, &first);
    assert_eq!(count(&node, "body"), 1, "the other needs it still");
    assert_eq!(get(node.http, &format!("{other}/raw")).body, again);
    redact(&node, &second);
    assert_eq!((count(&node, "body"), count(&node, "message_body")), (0, 0));
    let left = database.columns_with(&node.path("data"), &["kolibri", "nashorn", &plan(76)[..60]]);
    assert_eq!(left, [] as [&str; 0]);
}

/// Every file below a folder, with what is in it.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let one = |path: PathBuf| match path.is_dir() {
        true => files(&path),
        false => vec![(path.clone(), std::fs::read(&path).unwrap_or_default())],
    };
    entries
        .flatten()
        .flat_map(|entry| one(entry.path()))
        .collect()
}

fn a_folder_keeps_messages_and_forgets_what_is_erased(database: &Database) {
    let sink = Sink::start();
    let folder = tempfile::tempdir().expect("a folder");
    let objects = folder.path().join("objects");
    let storage = format!("[storage]\nurl = \"file://{}\"\n", objects.display());
    let node = node(database, &sink, &storage);
    let (first, page) = post(&node, ANN, "kolibri", 76);
    let (_, other) = post(&node, BOB, "nashorn", 60);
    let before = get(node.http, &format!("{page}/raw")).body;
    // The node does the same meanwhile: whoever is later takes its copy back.
    packed_until(&node, "one object", || files(&objects).len() == 1);
    let kept = files(&objects);
    assert!(here(&node) < 3_000, "{} octets", here(&node));
    assert_eq!(get(node.http, &format!("{page}/raw")).body, before);
    node.run(&["archive", "rebuild", "pumps"]).ok();
    // Damaged, absent, and all of it away: told, and nothing dies.
    let (file, bytes) = &kept[0];
    let mut damaged = bytes.clone();
    damaged[40] ^= 1;
    std::fs::write(file, damaged).expect("the object");
    let out = node.path("out").display().to_string();
    let export = |node: &Node| {
        let _ = std::fs::remove_file(node.path("out"));
        node.run(&["archive", "export", "pumps", &out])
    };
    let told = export(&node).refused();
    assert!(
        told.contains("message ") && told.contains("is damaged; bring it back"),
        "{told}"
    );
    std::fs::remove_file(file).expect("the object");
    let told = export(&node).refused();
    assert!(told.contains("there is no object"), "{told}");
    assert_eq!(get(node.http, &format!("{page}/raw")).status, 503);
    assert_eq!(get(node.http, "/healthz").status, 200);
    std::fs::write(file, bytes).expect("the object");
    export(&node).ok();
    assert!(node.read("out").contains(&plan(76)[..76]));
    // Erased: the object goes with the last message that needs it.
    redact(&node, &first);
    assert_eq!(get(node.http, &format!("{page}/raw")).status, 410);
    assert!(
        get(node.http, &format!("{other}/raw"))
            .body
            .contains(&plan(60))
    );
    node.run(&["member", "erase", BOB, "--yes"]).ok();
    packed_until(&node, "no object", || files(&objects).is_empty());
    packed_until(&node, "no row of one", || count(&node, "object_gone") == 0);
}

fn a_bucket_keeps_messages_and_forgets_what_is_erased(database: &Database) {
    let Some(mut moto) = Moto::start() else {
        return;
    };
    let sink = Sink::start();
    let keys = tempfile::tempdir().expect("a folder");
    let node = node(database, &sink, &moto.storage(keys.path()));
    let (first, page) = post(&node, ANN, "kolibri", 76);
    let before = get(node.http, &format!("{page}/raw")).body;
    packed_until(&node, "one object", || moto.objects().len() == 1);
    assert!(here(&node) < 2_000, "{} octets", here(&node));
    assert_eq!(get(node.http, &format!("{page}/raw")).body, before);
    let doctor = node.run(&["doctor"]);
    assert!(format!("{doctor:?}").contains("object store"), "{doctor:?}");
    // Away: readers are told to come again, mail comes in, an erasure is made good later.
    moto.pause();
    assert_eq!(get(node.http, &format!("{page}/raw")).status, 503);
    let (second, _) = post(&node, BOB, "nashorn", 60);
    redact(&node, &first);
    moto.go_on();
    packed_until(&node, "the second's object alone", || {
        moto.objects().len() == 1
    });
    redact(&node, &second);
    packed_until(&node, "no object", || moto.objects().is_empty());
    packed_until(&node, "no row of one", || count(&node, "object_gone") == 0);
}

#[test]
fn real_mail_comes_back_to_the_octet_and_takes_less_room() {
    for kind in ["bounce", "autoreply", "visible_text", "thread", "calendar"] {
        for case in testdata::cases(kind) {
            same(&case.raw);
        }
    }
    let Some(mailbox) = testdata::mailbox() else {
        return;
    };
    let reader = folkmoot::archive::mbox::MboxReader::new(mailbox.as_slice());
    let (mut came, mut kept, mut mails) = (0, 0, 0);
    let mut known = std::collections::HashSet::new();
    for entry in reader {
        let Ok(folkmoot::archive::mbox::Entry::Message(found)) = entry else {
            panic!("a mailbox");
        };
        let packed = same(&found.bytes);
        came += found.bytes.len();
        kept += packed.bytes.len();
        mails += 1;
        for body in packed.bodies {
            if known.insert(body.hash) {
                kept += body.bytes.len();
            }
        }
    }
    let share = kept as f64 / came as f64;
    println!("{mails} mails, {came} octets: kept in {kept}, {share:.3} of them");
    assert!(share < 0.5, "{share}");
}

fn same(raw: &[u8]) -> packing::Packed {
    let packed = packing::pack(raw);
    let body = |hash: &packing::Hash| {
        let found = packed.bodies.iter().find(|body| body.hash == *hash);
        found.and_then(|body| packing::content(body).ok())
    };
    let again = packing::unpack(packed.codec, &packed.bytes, body);
    assert!(
        again.is_ok_and(|again| again == raw),
        "{}",
        String::from_utf8_lossy(raw)
    );
    packed
}
