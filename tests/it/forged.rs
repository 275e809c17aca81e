//! What nobody gets done in somebody else's name: every command with a forged From,
//! every kind of token in wrong hands, and line ends where a header is made of them.

use serde_json::Value;

use crate::support::community::LIST;
use crate::support::http::request;
use crate::support::letters::{Letter, answer, last, reply_to, write};
use crate::support::mail::find;
use crate::support::{Community, Database, Mail, Node, Post, Sink, both, random};

both!(
    a_forged_from_changes_nothing_whatever_it_asks_for,
    a_token_in_wrong_hands_changes_nothing,
    a_token_that_is_used_or_old_changes_nothing,
    links_in_wrong_forms_change_nothing,
    line_ends_in_any_text_add_no_header,
);

const ANN: &str = "ann@plant.example";
const BOB: &str = "bob@plant.example";
const ZED: &str = "zed@far.example";
const EVE: &str = "eve@far.example";
const REQUEST: &str = "pumps-request@lists.example.org";

/// Ann runs two communities, Bob belongs to one.
fn node<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    let more = "subscription = \"confirm\"\n[[facilitator]]\naddress = \"ann@plant.example\"\nname = \"Ann Berg\"\n";
    let pumps = Community {
        more,
        ..Community::pumps()
    };
    let node = Node::with_list(database, sink, &pumps, &[BOB]);
    let valves = Community {
        slug: "valves",
        ..pumps
    };
    node.found(&valves, &[]);
    node
}

/// All that anybody could want to change, of both communities.
fn state(node: &Node) -> Vec<Value> {
    let mut all = Vec::new();
    for slug in ["pumps", "valves"] {
        for what in [
            ["member", "list"],
            ["hold", "list"],
            ["archive", "threads"],
            ["community", "show"],
        ] {
            all.push(node.json(&[what[0], what[1], slug]));
        }
    }
    all
}

/// Hands a letter in; its Message-ID where it was taken, nothing where it was refused.
fn deliver(node: &Node, letter: &Letter) -> Option<String> {
    let id = format!("f{}@forger.example", random::seed());
    let raw = format!(
        "From: {}\r\nTo: <{}>\r\nSubject: {}\r\nMessage-ID: <{id}>\r\n{}\r\n{}\r\n",
        letter.from, letter.to, letter.subject, letter.more, letter.text
    );
    let replies = node
        .client()
        .deliver(letter.from, &[letter.to], raw.as_bytes());
    let code = replies[0].code;
    assert!([250, 550].contains(&code), "{}: {replies:?}", letter.to);
    (code == 250).then_some(id)
}

/// What became of a mail: one outcome, and why.
#[track_caller]
fn has_one_reason(node: &Node, id: &str) {
    let told = node.json(&["why", id]);
    let received = told["received"].as_array().map_or(0, Vec::len);
    assert_eq!(received, 1, "{told}");
    let said = told["received"][0].to_string() + &told["steps"].to_string();
    assert!(said.contains("reason"), "{told}");
}

const COMMANDS: [&str; 34] = [
    "join",
    "leave",
    "confirm",
    "set each",
    "set digest",
    "set headlines",
    "set none",
    "set own off",
    "set copies off",
    "set topics seals",
    "set digest mime",
    "pause 14d",
    "pause until 2027-01-31",
    "pause",
    "resume",
    "mute",
    "unmute",
    "follow",
    "unfollow",
    "link eve@far.example",
    "address eve@far.example",
    "agree",
    "less",
    "stop charter-review",
    "stop",
    "accept",
    "reject because",
    "discard",
    "trust",
    "ban",
    "invite eve@far.example",
    "approve",
    "decline because",
    "erase",
];

fn a_forged_from_changes_nothing_whatever_it_asks_for(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    node.post(&Post::new(BOB, "root@plant.example", "Seals"));
    node.settle();
    let before = state(&node);
    let count = sink.count();
    let mut ids = Vec::new();
    for words in COMMANDS {
        let letter = Letter {
            from: ANN,
            to: REQUEST,
            subject: "",
            text: words,
            more: "In-Reply-To: <root@plant.example>\r\n",
        };
        ids.extend(deliver(&node, &letter));
    }
    node.settle();
    assert_eq!(ids.len(), COMMANDS.len(), "each is taken");
    assert_eq!(state(&node), before);
    let mails = &sink.received()[count..];
    assert!(mails.len() <= COMMANDS.len(), "{} mails", mails.len());
    // Of a link or a change of address both ends are asked, and nobody else hears.
    let strange = mails
        .iter()
        .filter(|mail| ![ANN, EVE].contains(&mail.to.as_str()));
    assert_eq!(strange.count(), 0);
    assert!(mails.iter().filter(|mail| mail.to == EVE).count() <= 2);
    for id in ids.iter().step_by(4) {
        has_one_reason(&node, id);
    }
}

/// A kind of token: who has it, the address that answers it, and what would act.
struct Key {
    kind: &'static str,
    owner: &'static str,
    address: String,
    words: &'static str,
}

fn key(kind: &'static str, owner: &'static str, mail: &Mail, words: &'static str) -> Key {
    Key {
        kind,
        owner,
        address: reply_to(mail),
        words,
    }
}

/// A token of every kind that a mail has, each of which would do something.
fn keys(node: &Node, sink: &Sink) -> Vec<Key> {
    let mut keys = Vec::new();
    write(node, ZED, "pumps-join@lists.example.org", "Hello");
    keys.push(key("confirm join", ZED, &last(sink, ZED, "confirm"), "yes"));
    write(node, BOB, "pumps-leave@lists.example.org", "");
    keys.push(key(
        "confirm leave",
        BOB,
        &last(sink, BOB, "confirm"),
        "yes",
    ));
    for (kind, words) in [
        ("confirm command", "set digest"),
        ("confirm invite", "invite nina@far.example"),
        ("confirm erase", "erase"),
    ] {
        write(node, ANN, REQUEST, words);
        keys.push(key(kind, ANN, &last(sink, ANN, "confirm"), "yes"));
    }
    write(node, ANN, REQUEST, "address ann@home.example");
    keys.push(key(
        "confirm change",
        ANN,
        &last(sink, ANN, "confirm"),
        "yes",
    ));
    write(node, BOB, REQUEST, "help");
    keys.push(key(
        "clarification",
        BOB,
        &last(sink, BOB, "clarification"),
        "set none",
    ));
    write(node, BOB, REQUEST, "which");
    keys.push(key("receipt", BOB, &last(sink, BOB, "receipt"), "leave"));
    write(node, BOB, REQUEST, "export");
    keys.push(key("export", BOB, &last(sink, BOB, "export"), "pause 14d"));
    node.post(&Post::new(EVE, "held@far.example", "Let me in"));
    node.settle();
    keys.push(key(
        "moderation",
        ANN,
        &last(sink, ANN, "moderation"),
        "ACCEPT",
    ));
    write(
        node,
        "nora@far.example",
        "pumps-join@lists.example.org",
        "Hello",
    );
    answer(
        node,
        "nora@far.example",
        &last(sink, "nora@far.example", "confirm"),
        "yes",
    );
    let welcome = last(sink, "nora@far.example", "welcome");
    keys.push(key("rsvp", "nora@far.example", &welcome, "leave"));
    keys
}

/// The same address with another token, or in another community.
fn changed(address: &str) -> [String; 2] {
    let (front, rest) = address.split_once('+').expect(address);
    let (token, domain) = rest.split_once('@').expect(address);
    let other = if token.ends_with('a') { 'b' } else { 'a' };
    let wrong = format!("{front}+{}{other}@{domain}", &token[..token.len() - 1]);
    [wrong, address.replacen("pumps-", "valves-", 1)]
}

fn a_token_in_wrong_hands_changes_nothing(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    let keys = keys(&node, &sink);
    let (before, count) = (state(&node), sink.count());
    let mut ids = Vec::new();
    for key in &keys {
        let [wrong, foreign] = changed(&key.address);
        let other = if key.owner == ANN { BOB } else { ANN };
        let machine = "Auto-Submitted: auto-replied\r\n";
        for (from, to, more) in [
            (EVE, &key.address, ""),
            (other, &key.address, ""),
            (key.owner, &wrong, ""),
            (key.owner, &foreign, ""),
            (key.owner, &key.address, machine),
        ] {
            // Who confirms a join may do it from an alias: the mail that they have, and
            // no From line, proves that they read the address that joins.
            if key.kind == "confirm join" && from != key.owner {
                continue;
            }
            let letter = Letter {
                from,
                to,
                subject: "Re: yours",
                text: key.words,
                more,
            };
            ids.extend(deliver(&node, &letter));
        }
    }
    node.settle();
    assert_eq!(state(&node), before, "in wrong hands");
    for id in ids.iter().step_by(4) {
        has_one_reason(&node, id);
    }
    let mails: Vec<String> = sink.received()[count..]
        .iter()
        .map(|mail| format!("{} {}", mail.to, mail.mail().subject()))
        .collect();
    assert!(mails.is_empty(), "nobody hears of it: {mails:?}");
}

fn a_token_that_is_used_or_old_changes_nothing(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    // Those that are used up or run out; a receipt answers for more than a year.
    let once = |key: &Key| {
        key.kind.starts_with("confirm")
            && key.kind != "confirm erase"
            && key.kind != "confirm change"
    };
    let by_owner = |key: &Key| {
        let letter = Letter {
            from: key.owner,
            to: &key.address,
            subject: "Re: yours",
            text: key.words,
            more: "",
        };
        let id = deliver(&node, &letter);
        node.settle();
        id
    };
    let first: Vec<Key> = keys(&node, &sink).into_iter().filter(once).collect();
    let members = || node.json(&["member", "list", "pumps"]);
    for key in &first {
        let before = members();
        by_owner(key);
        if key.kind != "confirm invite" {
            assert_ne!(members(), before, "{} acts once", key.kind);
        }
        let (after, count) = (members(), sink.count());
        let id = by_owner(key);
        assert_eq!(members(), after, "{} acts twice", key.kind);
        assert!(sink.count() <= count + 1, "{}", key.kind);
        has_one_reason(&node, &id.expect("a token that was used is taken"));
    }
    let waits = [
        "confirm command",
        "confirm invite",
        "confirm erase",
        "confirm change",
    ];
    for words in [
        "set headlines",
        "invite otto@far.example",
        "erase",
        "address ann@work.example",
    ] {
        write(&node, ANN, REQUEST, words);
    }
    let asked = sink.for_recipient(ANN).into_iter().rev();
    let asked: Vec<Mail> = asked
        .map(|one| one.mail())
        .filter(|mail| mail.header("Folkmoot-Mail") == "confirm")
        .take(waits.len())
        .collect();
    assert_eq!(asked.len(), waits.len());
    node.advance("4d");
    let (before, count) = (state(&node), sink.count());
    for mail in &asked {
        let id = answer(&node, ANN, mail, "yes");
        has_one_reason(&node, &id);
    }
    assert_eq!(state(&node), before);
    assert!(
        sink.count() <= count + asked.len(),
        "one answer at most each"
    );
}

fn links_in_wrong_forms_change_nothing(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    node.post(&Post::new(ANN, "root@plant.example", "Seals"));
    node.post(&Post::new(EVE, "held@far.example", "Let me in"));
    node.settle();
    let copy = sink
        .copies("root@plant.example")
        .into_iter()
        .find(|one| one.to == BOB)
        .expect("his copy")
        .mail();
    let field = copy.header("List-Unsubscribe");
    let unsubscribe = path(&field, "/u/");
    let hold = path(&last(&sink, ANN, "moderation").text(), "/hold/");
    let before = state(&node);
    for (page, form) in [
        (&unsubscribe, "List-Unsubscribe=One-Click"),
        (&hold, "choice=accept"),
    ] {
        let token = page.rsplit('/').next().unwrap_or_default();
        let crossed = [
            format!("/u/{token}"),
            format!("/hold/{token}"),
            format!("{page}a"),
            page[..page.len() - 1].to_owned(),
            format!("{page}%00"),
        ];
        for wrong in crossed.iter().filter(|wrong| *wrong != page) {
            let got = request(node.http, "POST", wrong, form);
            assert!((400..500).contains(&got.status), "{wrong}: {}", got.status);
        }
        for method in ["GET", "HEAD"] {
            request(node.http, method, page, "");
        }
        node.settle();
        assert_eq!(state(&node), before, "{page}");
    }
}

fn path(text: &str, start: &str) -> String {
    let at = text
        .find(start)
        .unwrap_or_else(|| panic!("no {start} in {text}"));
    let end = text[at..]
        .find(|c: char| c.is_whitespace() || c == '>')
        .unwrap_or(text.len() - at);
    text[at..at + end].to_owned()
}

/// Everything that ends a line somewhere, and what turns the direction of writing.
const EVIL: &str =
    "=?utf-8?q?a=0D=0ABcc:_eve=40far.example=0D=0A=0D=0Ab=00=09c=E2=80=A8d=E2=80=AEe=0Bf?=";
const EVIL_TEXT: &str =
    "a\rBcc: eve@far.example\u{2028}X-Evil: 1\u{85}Bcc: eve@far.example\0\tb\u{202e}c\u{b}d";

fn line_ends_in_any_text_add_no_header(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    let letter = |from: &str, to: &str, subject: &str, text: &str| {
        let from = format!("{EVIL} <{from}>");
        deliver_as(&node, &from, to, subject, text);
    };
    letter(ZED, "pumps-join@lists.example.org", EVIL, EVIL_TEXT);
    let confirm = last(&sink, ZED, "confirm");
    letter(ZED, &reply_to(&confirm), EVIL, "yes");
    letter(ZED, LIST, EVIL, EVIL_TEXT);
    letter(EVE, LIST, EVIL, EVIL_TEXT);
    let held = last(&sink, ANN, "moderation");
    letter(ANN, &reply_to(&held), EVIL, &format!("REJECT {EVIL_TEXT}"));
    for words in [
        "invite nina@far.example\n",
        "set topics ",
        "pause ",
        "pause until ",
        "link ",
        "address ",
        "stop ",
        "",
    ] {
        letter(BOB, REQUEST, EVIL, &format!("{words}{EVIL_TEXT}"));
        letter(ANN, REQUEST, EVIL, &format!("{words}{EVIL_TEXT}"));
        node.advance("25h");
    }
    let invite = last(&sink, ANN, "confirm");
    letter(ANN, &reply_to(&invite), EVIL, "yes");
    letter(ANN, "pumps-owner@lists.example.org", EVIL, EVIL_TEXT);
    letter(BOB, "pumps-owner@lists.example.org", EVIL, EVIL_TEXT);
    letter(BOB, "pumps-leave@lists.example.org", EVIL, EVIL_TEXT);
    node.advance("8d");
    assert!(sink.received().len() > 12, "{}", sink.count());
    for got in sink.received() {
        assert_clean(&got.raw);
        assert!(got.to != EVE && got.mail().header("Bcc").is_empty());
    }
    assert!(sink.violations().is_empty(), "{:?}", sink.violations());
}

fn deliver_as(node: &Node, from: &str, to: &str, subject: &str, text: &str) {
    let id = format!("n{}@forger.example", random::seed());
    let raw = format!(
        "From: {from}\r\nTo: <{to}>\r\nSubject: {subject}\r\nMessage-ID: <{id}>\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
    );
    let sender = from
        .rsplit('<')
        .next()
        .unwrap_or_default()
        .trim_end_matches('>');
    node.client().deliver(sender, &[to], raw.as_bytes());
    node.settle();
}

/// Each field of ours once, and none that a text brought.
fn assert_clean(raw: &[u8]) {
    let mail = Mail::new(raw);
    let end = find(raw, b"\r\n\r\n").expect("a header");
    let head = String::from_utf8_lossy(&raw[..end]).into_owned();
    for line in head.split("\r\n") {
        let name = line.split(':').next().unwrap_or_default();
        let is_field = line.starts_with([' ', '\t'])
            || line.contains(':') && name.bytes().all(|b| b.is_ascii_graphic());
        assert!(
            is_field && !line.contains(['\r', '\n', '\0']),
            "{line:?} in\n{head}"
        );
    }
    for name in ["Bcc", "X-Evil"] {
        assert!(mail.all(name).is_empty(), "{head}");
    }
    for field in mail
        .fields()
        .iter()
        .filter(|field| field.starts_with("Folkmoot-"))
    {
        let name = field.split(':').next().unwrap_or_default();
        assert_eq!(mail.all(name).len(), 1, "{head}");
        let value = mail.header(name);
        assert!(
            !value.contains(['\r', '\n', '\0', '\u{2028}', '\u{202e}']),
            "{value:?}"
        );
    }
}
