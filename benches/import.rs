//! How fast mailboxes come in: `cargo bench --bench import`
//!
//! A mailbox of 20,000 mails is made by chance with a fixed seed: threads, signatures, quoted
//! text, an attachment in each twentieth mail that others have too. It is imported into an
//! empty archive, and once more, where all are duplicates. `-- --mails N` makes another;
//! `-- --mbox FILE` takes a real one. PostgreSQL is the cluster that `scripts/with-postgres`
//! starts. public-inbox, where it is installed, imports the same beside them.

use std::fmt::Write as _;
use std::io::{BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context as _;
use folkmoot::archive::mbox::{Entry, MboxReader, MboxWriter};
use folkmoot::archive::source;
use folkmoot::archive::transfer::{self, Target};
use folkmoot::clock::{Clock, moment, monotonic};
use folkmoot::config::Settings;
use folkmoot::context::Context;
use folkmoot::practice::apply;
use folkmoot::store::{Db, Durability, communities, raws};
use folkmoot::templates::Templates;

const NOW: i64 = 1_772_355_600_000;
const SETTINGS: &str = "domain = \"lists.example.org\"\nbase_url = \"https://lists.example.org\"\n";
const CHARTER: &str = "slug = \"pumps\"\nname = \"Pumps\"\n[charter]\ndomain = \"Pumps.\"\n\
    community = \"People.\"\npractice = \"Notes.\"\n";

/// Mails that public-inbox is given.
const FEW: usize = 2_000;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    // cargo gives this to `cargo bench` only.
    if !arguments.iter().any(|argument| argument == "--bench") {
        eprintln!("nothing is measured here; run cargo bench --bench import");
        return Ok(());
    }
    let given = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)
    };
    let folder = tempfile::tempdir()?;
    let mails = given("--mails").map_or(Ok(20_000), |mails| mails.parse());
    let mbox = match given("--mbox") {
        Some(file) => PathBuf::from(file),
        None => {
            let file = folder.path().join("made.mbox");
            std::fs::write(&file, mailbox(mails.context("--mails wants a number")?))?;
            file
        }
    };
    println!("| import | mails/s | again, all known, mails/s | kept : came |");
    println!("| --- | --- | --- | --- |");
    let runtime = tokio::runtime::Runtime::new()?;
    let ours = runtime.block_on(async {
        let mut ours = 0.0;
        for secure in [true, false] {
            let file = folder.path().join(format!("import-{secure}.db"));
            let db = Db::open_sqlite_with(&file, secure).await?;
            let name = if secure {
                "SQLite"
            } else {
                "SQLite without secure_delete"
            };
            let rate = measure(name, db, folder.path(), &mbox).await?;
            ours = if secure { rate } else { ours };
        }
        if let Ok(url) = std::env::var("FOLKMOOT_TEST_PG") {
            let db = Db::open_postgres(&url).await?;
            measure("PostgreSQL", db, folder.path(), &mbox).await?;
        }
        anyhow::Ok(ours)
    })?;
    public_inbox(folder.path(), &mbox, ours)
}

async fn measure(name: &str, db: Db, folder: &Path, mbox: &Path) -> anyhow::Result<f64> {
    db.migrate().await?;
    let file = folder.join("folkmoot.toml");
    std::fs::write(&file, SETTINGS)?;
    let settings = Settings::load(&file).map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    let templates = Templates::load(None).map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    let ctx = Context::new(settings, db, Clock::test(NOW), templates).await?;
    let mut tx = ctx.db.write(Durability::Full).await?;
    let applied = apply::apply(&mut tx, &ctx, CHARTER, "charter.toml", None).await;
    applied.map_err(|error| anyhow::anyhow!("{error:?}"))?;
    let community = communities::by_slug(&mut tx, "pumps")
        .await?
        .context("the community")?;
    tx.commit().await?;
    let mut rates = Vec::new();
    for _ in 0..2 {
        let target = Target {
            ctx: &ctx,
            community: community.id,
            now: NOW,
        };
        let sources = source::find(mbox)?;
        let mut mails = sources.first().context("a mailbox")?.open()?;
        let began = monotonic();
        let done = transfer::import(&target, &mut *mails, |_| ()).await?;
        rates.push((done.added + done.duplicates) as f64 / began.elapsed().as_secs_f64());
    }
    let sizes = raws::sizes(&mut ctx.db.read().await?).await?;
    let kept = (sizes.rows + sizes.bodies) as f64 / sizes.came.max(1) as f64;
    println!("| {name} | {:.0} | {:.0} | {kept:.2} |", rates[0], rates[1]);
    Ok(rates[0])
}

/// The first mails, by the means of public-inbox's own scripts/import_vger_from_mbox, with
/// its index; and their rate beside ours.
fn public_inbox(folder: &Path, mbox: &Path, ours: f64) -> anyhow::Result<()> {
    let perl = |code: &str| {
        let mut command = Command::new("perl");
        command
            .args(["-e", code])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.env("HOME", folder);
        command
    };
    let asked = perl("use PublicInbox::V2Writable; use DBD::SQLite; use Search::Xapian").status();
    if !asked.is_ok_and(|status| status.success()) {
        println!("\nSKIPPED: public-inbox is not installed (apt-get install public-inbox)");
        return Ok(());
    }
    let few = folder.join("few.mbox");
    let mut writer = MboxWriter::new(std::fs::File::create(&few)?);
    let mut count = 0;
    for entry in MboxReader::new(BufReader::new(std::fs::File::open(mbox)?)).take(FEW) {
        if let Entry::Message(found) = entry? {
            writer.write(&found.from.sender, moment(NOW), &found.bytes)?;
            count += 1;
        }
    }
    writer.finish()?.flush()?;
    let began = monotonic();
    let done = perl(PUBLIC_INBOX)
        .env("INBOX", folder.join("inbox"))
        .stdin(std::fs::File::open(&few)?)
        .status()?;
    anyhow::ensure!(done.success(), "public-inbox: {done}");
    let rate = f64::from(count) / began.elapsed().as_secs_f64();
    println!("| public-inbox, V2 with its index ({count} mails) | {rate:.0} | | |");
    println!("\nSQLite : public-inbox = {:.1}", ours / rate);
    Ok(())
}

const PUBLIC_INBOX: &str = "use strict; use PublicInbox::InboxWritable; use PublicInbox::V2Writable; \
    my $ibx = PublicInbox::InboxWritable->new({inboxdir => $ENV{INBOX}, name => 'pumps', \
    version => 2, address => ['pumps@lists.example.org'], indexlevel => 'full'}); \
    PublicInbox::V2Writable->new($ibx, 1)->init_inbox(0); $ibx->import_mbox(\\*STDIN, 'mboxrd');";

/// A mailbox made by chance.
fn mailbox(mails: usize) -> String {
    let mut chance = Chance(2026);
    let attachments: Vec<String> = (0..20).map(|_| attachment(&mut chance)).collect();
    let mut out = String::new();
    for number in 0..mails {
        let answered =
            (number > 0 && chance.below(4) > 0).then(|| number - 1 - chance.below(number.min(40)));
        mail(&mut out, number, answered, &attachments, &mut chance);
    }
    out
}

fn mail(
    out: &mut String,
    number: usize,
    answered: Option<usize>,
    attachments: &[String],
    chance: &mut Chance,
) {
    let author = chance.below(400);
    let (day, minute) = (number / 40 % 28 + 1, number % 1440);
    let time = format!("{:02}:{:02}:00", minute / 60, minute % 60);
    let year = 2000 + number / 20_000;
    let _ = write!(
        out,
        "From person{author}@plant.example Mon Jan  5 09:00:00 2026\nReceived: from mx.plant.example \
         by lists.example.org; {day} Mar {year} {time} +0000\nFrom: Person {author} <person{author}@plant.example>\n\
         To: pumps@lists.example.org\nSubject: {}{}\nMessage-ID: <{number}@plant.example>\n\
         Date: {day} Mar {year} {time} +0000\nMIME-Version: 1.0\n",
        if answered.is_some() { "Re: " } else { "" },
        words(6, chance).trim_end()
    );
    if let Some(above) = answered {
        let _ = write!(
            out,
            "In-Reply-To: <{above}@plant.example>\nReferences: <{above}@plant.example>\n"
        );
    }
    let text = text(answered.is_some(), chance);
    match chance.below(20) {
        0 => {
            let attached = &attachments[chance.below(attachments.len())];
            let _ = write!(
                out,
                "Content-Type: multipart/mixed; boundary=b{number}\n\n--b{number}\nContent-Type: text/plain\n\n{text}\n\
                 --b{number}\nContent-Type: application/pdf; name=plan.pdf\nContent-Transfer-Encoding: base64\n\n\
                 {attached}\n--b{number}--\n\n"
            );
        }
        _ => {
            let _ = write!(out, "Content-Type: text/plain; charset=utf-8\n\n{text}\n\n");
        }
    }
}

fn text(is_answer: bool, chance: &mut Chance) -> String {
    let mut text = String::new();
    if is_answer {
        text += "On Monday somebody wrote:\n";
        for _ in 0..chance.below(12) {
            let _ = writeln!(text, "> {}", words(10, chance));
        }
    }
    for _ in 0..2 + chance.below(14) {
        let _ = writeln!(text, "{}", words(11, chance));
    }
    text + "\n-- \nPumps and valves, since 1911\n"
}

/// Words as common as those of a language.
fn words(count: usize, chance: &mut Chance) -> String {
    let mut line = String::new();
    for _ in 0..count {
        let rank = (chance.below(1 << 16) + 1) as f64 / f64::from(1 << 16);
        let _ = write!(line, "w{} ", (40_000_f64.powf(rank)) as usize);
    }
    line
}

fn attachment(chance: &mut Chance) -> String {
    let mut lines = String::new();
    for _ in 0..400 {
        for _ in 0..76 {
            let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
            lines.push(char::from(letters[chance.below(64)]));
        }
        lines.push('\n');
    }
    lines.trim_end().to_owned()
}

/// Knuth's linear congruential generator: the same on every machine.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound.max(1)
    }
}
