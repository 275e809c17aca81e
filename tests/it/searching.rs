//! What a search finds, and in which order: a table, chance, and a large archive.

mod corpus;
mod large;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use folkmoot::archive::fetch::{self, Asked};
use folkmoot::archive::mbox::MboxReader;
use folkmoot::archive::query::Query;
use folkmoot::archive::transfer::{Target, import};
use folkmoot::context::Context;
use serde::Deserialize;

use crate::support::random::Random;
use crate::support::store::{NOW, founded, runtime};
use crate::support::{Database, both};

both!(the_table_of_queries, nonsense_is_only_a_search);

#[derive(Deserialize)]
struct Table {
    post: Vec<Sample>,
    query: Vec<Case>,
}

#[derive(Deserialize)]
struct Sample {
    name: String,
    answers: Option<String>,
    from: String,
    date: String,
    subject: String,
    text: String,
    #[serde(default)]
    attached: Vec<Attachment>,
}

#[derive(Deserialize)]
struct Attachment {
    name: String,
    r#type: String,
    #[serde(default)]
    text: String,
    /// In tests/data, in the place of a text.
    file: Option<String>,
}

impl Attachment {
    /// How its content is written, and that.
    fn body(&self) -> (&str, String) {
        let Some(file) = &self.file else {
            return ("8bit", self.text.clone());
        };
        let path = std::path::Path::new("tests/data").join(file);
        let content = std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        ("base64", STANDARD.encode(content))
    }
}

#[derive(Deserialize)]
struct Case {
    q: String,
    found: Vec<String>,
}

fn table() -> Table {
    toml::from_str(include_str!("../data/search.toml")).expect("tests/data/search.toml")
}

/// One message of an mbox.
fn message(post: &Sample) -> String {
    let parts = post.attached.iter().map(|part| {
        let (written, body) = part.body();
        format!(
            "--=b\nContent-Type: {}; charset=utf-8\nContent-Transfer-Encoding: {written}\n\
             Content-Disposition: attachment; filename=\"{}\"\n\n{body}\n",
            part.r#type, part.name
        )
    });
    let answers = post.answers.as_ref();
    let answers = answers.map_or(String::new(), |name| {
        format!("References: <{name}@t.example>\n")
    });
    format!(
        "From x@t.example Mon Jan  5 09:00:00 2026\nFrom: {}\nDate: {}\nMessage-ID: <{}@t.example>\n{answers}\
         Subject: {}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"=b\"\n\n\
         --=b\nContent-Type: text/plain; charset=utf-8\n\n{}\n{}--=b--\n\n",
        post.from,
        post.date,
        post.name,
        post.subject,
        post.text,
        parts.collect::<String>()
    )
}

/// The posts of the table, filed as an import files them.
async fn archive(database: &Database, folder: &std::path::Path) -> (Context, i64) {
    let (ctx, community) = founded(database, folder).await;
    let target = Target {
        ctx: &ctx,
        community: community.id,
        now: NOW,
    };
    let posts = table().post;
    let mbox: String = posts.iter().map(message).collect();
    let mails = MboxReader::new(std::io::Cursor::new(mbox.into_bytes()));
    let done = import(&target, Box::new(mails), |_| {})
        .await
        .expect("an import");
    assert_eq!(done.added, posts.len() as u64, "{:?}", done.notes);
    (ctx, community.id)
}

async fn found(ctx: &Context, community: i64, query: &str) -> Result<Vec<String>, sqlx::Error> {
    let asked = Asked {
        community,
        now: NOW,
        of_members: true,
        offset: 0,
        limit: 100,
    };
    let mut tx = ctx.read().await?;
    let found = fetch::search(&mut tx, &Query::parse(query), asked).await?;
    assert_eq!(found.posts.len(), found.total, "{query}");
    let name = |id: &str| id.trim_end_matches("@t.example").to_owned();
    let names = found.posts.iter().map(|whole| name(&whole.post.message_id));
    Ok(names.collect())
}

fn the_table_of_queries(database: &Database) {
    let folder = tempfile::tempdir().expect("a folder");
    runtime().block_on(async {
        let (ctx, community) = archive(database, folder.path()).await;
        let mut wrong = Vec::new();
        for case in table().query {
            let found = found(&ctx, community, &case.q).await.expect(&case.q);
            if found != case.found {
                wrong.push(format!(
                    "{}\n  wanted {:?}\n  found  {found:?}",
                    case.q, case.found
                ));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        ctx.db.close().await;
    });
}

/// Whatever is typed is an answer and no error. Words of the table and marks of both query
/// languages, in any order.
fn nonsense_is_only_a_search(database: &Database) {
    let folder = tempfile::tempdir().expect("a folder");
    runtime().block_on(async {
        let (ctx, community) = archive(database, folder.path()).await;
        let seed = crate::support::random::seed();
        let mut random = Random::seeded(seed);
        for round in 0..400 {
            let query = nonsense(&mut random);
            let found = found(&ctx, community, &query).await;
            assert!(
                found.is_ok(),
                "seed {seed}, round {round}, {query:?}: {found:?}"
            );
        }
        ctx.db.close().await;
    });
}

fn nonsense(random: &mut Random) -> String {
    const PIECES: &[&str] = &[
        "seal",
        "pump",
        "東京",
        "น้ำ",
        "पंप",
        "*",
        "\"",
        "'",
        "''",
        "\\",
        "(",
        ")",
        "|",
        "&",
        "!",
        "<->",
        ":",
        ":*",
        ":A",
        "^",
        "-",
        "--",
        " OR ",
        " AND ",
        " NOT ",
        " NEAR(",
        "{text} : ",
        "from:",
        "subject:",
        "has:",
        "thread:",
        "is:learning",
        "before:2026",
        "after:2026-01-01",
        "after:9999-12-31",
        "_c1",
        "_",
        "\0",
        "\u{301}",
        "\u{200b}",
        "\u{feff}",
        "\u{10ffff}",
        "½",
        "ﬁ",
        " ",
        " ",
        " ",
        "%",
        ";",
        "$1",
        "a",
        "0",
        "1e5",
    ];
    let pieces = (0..random.below(12)).map(|_| {
        match random.below(8) {
            // Any character at all.
            0 => char::from_u32(random.below(0x11_0000) as u32).map_or(String::new(), String::from),
            _ => PIECES[random.below(PIECES.len() as u64) as usize].to_owned(),
        }
    });
    pieces.collect()
}
