//! P12: whatever somebody may write somewhere stays a value. No line end in it, of any kind
//! that some program takes for one, adds a field to a mail or to an answer of the pages.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use folkmoot::context::Context;
use folkmoot::message::wire;
use folkmoot::outbox::catalogue::{self, CATALOGUE, Entry};
use folkmoot::outbox::compose::{self, Letter};
use folkmoot::store::communities::Community as Stored;
use folkmoot::templates::mails::{self, Sample};
use serde_json::Value;

use crate::support::http::get;
use crate::support::letters::{answer, last};
use crate::support::store::{founded, runtime};
use crate::support::{Community, Database, Mail, Node, Post, Sink, both};

both!(
    no_field_of_any_mail_adds_a_header,
    no_name_of_a_charter_adds_a_header,
    no_reason_or_query_adds_a_header,
);

const HARMLESS: &str = "Harmless";
const MODERATED: &str = "[[facilitator]]\naddress = \"ann@plant.example\"\n";

/// What ends a line for some program, a field behind each; and what is too long for a line.
fn hostile() -> Vec<String> {
    let ends = [
        "\r\n",
        "\n",
        "\r",
        "\r\n\r\n",
        "\r\n.\r\n",
        "\0",
        "\0\r\n",
        "\u{85}",
        "\u{2028}",
        "\u{2029}",
        "\u{b}\u{c}",
        "\n\u{feff}",
    ];
    let mut all: Vec<String> = ends
        .iter()
        .map(|end| format!("Eve{end}X-Injected: 1{end}"))
        .collect();
    all.push("é".repeat(700));
    all
}

fn no_field_of_any_mail_adds_a_header(database: &Database) {
    let folder = tempfile::tempdir().expect("a folder");
    let (ctx, community) = runtime().block_on(founded(database, folder.path()));
    let mut count = 0;
    for sample in first_of_each() {
        let entry = catalogue::by_name(sample.name).expect(sample.name);
        for place in texts(&sample.fields) {
            let with = |value: &str| {
                let mut fields = sample.fields.clone();
                *fields.pointer_mut(&place).expect("the place") = value.into();
                let text = (sample.template, &fields);
                composed(&ctx, &community, entry, text, &letter(HARMLESS))
            };
            let expected = names(&with(HARMLESS));
            for value in hostile() {
                check(&with(&value), &expected, || {
                    format!("{value:?} as {place} of {}", sample.template)
                });
                count += 1;
            }
        }
        around_the_text(&ctx, &community, entry, &sample);
    }
    // Fields there are in every mail: a walk that finds few walks past them.
    assert!(count > CATALOGUE.len() * 20, "{count}");
    println!("{count} mails");
}

/// What is no field of a template: the community's name, and what the mail answers.
fn around_the_text(ctx: &Context, community: &Stored, entry: &'static Entry, sample: &Sample) {
    let text = (sample.template, &sample.fields);
    let expected = names(&composed(ctx, community, entry, text, &letter(HARMLESS)));
    for value in hostile() {
        let named = Stored {
            name: value.clone(),
            ..community.clone()
        };
        let what = || format!("{value:?} around {}", sample.template);
        let content = composed(ctx, &named, entry, text, &letter(HARMLESS));
        check(&content, &expected, what);
        let content = composed(ctx, community, entry, text, &letter(&value));
        check(&content, &expected, what);
    }
}

/// The samples of every mail, of forms that have the same fields the first.
fn first_of_each() -> Vec<Sample> {
    let mut seen = Vec::new();
    let mut all = mails::every();
    all.retain(|sample| {
        let form = (sample.template, texts(&sample.fields));
        let is_new = !seen.contains(&form);
        seen.push(form);
        is_new
    });
    all
}

/// Where texts stand in a value, as JSON pointers.
fn texts(value: &Value) -> Vec<String> {
    let below = |name: &str, value: &Value| {
        let name = name.replace('~', "~0").replace('/', "~1");
        let deeper = texts(value).into_iter();
        deeper
            .map(|rest| format!("/{name}{rest}"))
            .collect::<Vec<_>>()
    };
    match value {
        Value::String(_) => vec![String::new()],
        Value::Object(map) => map.iter().flat_map(|(name, v)| below(name, v)).collect(),
        // The first is as good as the others.
        Value::Array(all) => all.first().map(|v| below("0", v)).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// An answer to a foreign mail.
fn letter(foreign: &str) -> Letter {
    Letter {
        to: vec![(None, "ann@plant.example".into())],
        in_reply_to: foreign.into(),
        references: vec![foreign.into(), foreign.into()],
        ..Letter::default()
    }
}

fn composed(
    ctx: &Context,
    community: &Stored,
    entry: &'static Entry,
    text: (&str, &Value),
    letter: &Letter,
) -> Vec<u8> {
    compose::compose_from(ctx, community, entry, text, letter, "1@lists.example.org")
        .unwrap_or_else(|error| panic!("{error}"))
}

fn names(content: &[u8]) -> Vec<String> {
    let fields = Mail::new(content).fields();
    let name = |field: &String| field.split(':').next().unwrap_or_default().to_owned();
    fields.iter().map(name).collect()
}

fn check(content: &[u8], expected: &[String], what: impl Fn() -> String) {
    assert!(wire::is_fit(content), "{}", what());
    assert_eq!(names(content), expected, "{}", what());
}

/// TOML can write every character of them.
fn quoted(text: &str) -> String {
    let escape = |c: char| match c {
        ' '..='~' if c != '"' && c != '\\' => c.to_string(),
        _ => format!("\\U{:08X}", u32::from(c)),
    };
    text.chars().map(escape).collect()
}

/// A charter is refused, or nothing of it is more than a name in what goes out.
fn no_name_of_a_charter_adds_a_header(database: &Database) {
    let sink = Sink::start();
    let community = Community {
        more: MODERATED,
        ..Community::pumps()
    };
    let node = Node::with_list(database, &sink, &community, &["bob@plant.example"]);
    let mut applied = 0;
    // Of the ends of a line one of each kind: each charter costs a run of the program.
    for value in [0, 5, 8].map(|at| hostile().swap_remove(at)) {
        let value = quoted(&value);
        let topic = format!("[[topic]]\nname = \"seals\"\ntitle = \"{value}\"\n");
        let charters = [
            community.charter().replace("Friends of pumps", &value),
            community.charter() + &topic,
            community.charter() + &topic.replace("\"seals\"", &format!("\"{value}\"")),
            community.charter().replace("[pumps]", &value),
            community.charter().replace("Engineers, operators", &value),
        ];
        for charter in charters {
            node.write("communities/pumps.toml", &charter);
            let outcome = node.run(&["community", "apply"]);
            assert!([0, 1].contains(&outcome.code), "{charter}: {outcome:?}");
            if outcome.code != 0 {
                continue;
            }
            applied += 1;
            let id = format!("charter-{applied}@plant.example");
            node.post(&Post::new("bob@plant.example", &id, "Seals"));
            node.client().deliver(
                "bob@plant.example",
                &["pumps-request@lists.example.org"],
                format!("From: <bob@plant.example>\r\nMessage-ID: <h{id}>\r\nSubject: help\r\n\r\nhelp\r\n").as_bytes(),
            );
            node.settle();
        }
    }
    assert!(applied > 0, "no charter was applied");
    println!("{applied} charters applied, {} mails", sink.count());
    assert!(sink.count() >= applied, "{} {applied}", sink.count());
    no_injected_field(&sink);
}

#[track_caller]
fn no_injected_field(sink: &Sink) {
    for received in sink.received() {
        let injected = names(&received.raw)
            .into_iter()
            .find(|name| name.starts_with("X-Injected"));
        assert_eq!(injected, None, "{}", received.raw.escape_ascii());
    }
    assert_eq!(sink.violations(), [""; 0]);
}

/// The reason of a moderator goes to the author, and a query into a page.
fn no_reason_or_query_adds_a_header(database: &Database) {
    let sink = Sink::start();
    let community = Community {
        more: MODERATED,
        archive: "public",
        ..Community::pumps()
    };
    let node = Node::with_list(database, &sink, &community, &["ann@plant.example"]);
    for (number, value) in hostile().iter().enumerate() {
        let id = format!("held-{number}@far.example");
        // A subject and a name of an outsider are shown to the moderator.
        let subject = format!("=?utf-8?B?{}?=", STANDARD.encode(value));
        let post = Post::new("eve@far.example", &id, &subject);
        let reply =
            node.client()
                .deliver("eve@far.example", &["pumps@lists.example.org"], &post.raw);
        assert_eq!(reply[0].code, 250, "{reply:?}");
        node.settle();
        let asked = last(&sink, "ann@plant.example", "moderation");
        let reason = format!("REJECT {}", value.replace("\r\n.\r\n", "\r\n..\r\n"));
        answer(&node, "Ann <ann@plant.example>", &asked, &reason);
        let query: String = value.bytes().map(|octet| format!("%{octet:02X}")).collect();
        for path in [
            format!("/c/pumps/search?q={query}"),
            format!("/c/{query}/"),
            format!("/me/{query}"),
            format!("/c/pumps/m/{query}"),
        ] {
            let page = get(node.http, &path);
            assert!((200..500).contains(&page.status), "{path}: {}", page.status);
            assert_eq!(page.header("X-Injected"), "", "{path}");
        }
    }
    node.settle();
    no_injected_field(&sink);
}
