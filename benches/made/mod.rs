//! What the benches of imports and of pages share: a mailbox made by chance, an installation,
//! and public-inbox beside it.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context as _;
use folkmoot::archive::source;
use folkmoot::archive::transfer::{self, Imported, Target};
use folkmoot::clock::Clock;
use folkmoot::config::Settings;
use folkmoot::context::Context;
use folkmoot::practice::apply;
use folkmoot::store::{Db, Durability, communities};
use folkmoot::templates::Templates;

/// 1 March 2026, ms.
pub const NOW: i64 = 1_772_355_600_000;
const SETTINGS: &str = "domain = \"lists.example.org\"\nbase_url = \"https://lists.example.org\"\n";
const CHARTER: &str = "slug = \"pumps\"\nname = \"Pumps\"\n[charter]\ndomain = \"Pumps.\"\n\
    community = \"People.\"\npractice = \"Notes.\"\n[list]\narchive = \"public\"\n";

/// An installation with one community, whose archive is public; and the community's key.
pub async fn installation(db: Db, folder: &Path) -> anyhow::Result<(Context, i64)> {
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
    Ok((ctx, community.id))
}

/// Imports a mailbox.
pub async fn import(ctx: &Context, community: i64, mbox: &Path) -> anyhow::Result<Imported> {
    let target = Target {
        ctx,
        community,
        now: NOW,
    };
    let sources = source::find(mbox)?;
    let mails = sources.first().context("a mailbox")?.open()?;
    Ok(transfer::import(&target, mails, |_| ()).await?)
}

/// perl, at home in a folder.
pub fn perl(folder: &Path, code: &str) -> Command {
    let mut command = Command::new("perl");
    command.args(["-e", code]).stderr(Stdio::null());
    command
        .env("HOME", folder)
        .env("INBOX", folder.join("inbox"));
    command
}

/// Whether public-inbox is installed.
pub fn has_public_inbox(folder: &Path) -> bool {
    let asked = "use PublicInbox::V2Writable; use DBD::SQLite; use Search::Xapian";
    let asked = perl(folder, asked).stdout(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}

const PUBLIC_INBOX: &str = "use strict; use PublicInbox::InboxWritable; use PublicInbox::V2Writable; \
    my $ibx = PublicInbox::InboxWritable->new({inboxdir => $ENV{INBOX}, name => 'pumps', \
    version => 2, address => ['pumps@lists.example.org'], indexlevel => 'full'}); \
    PublicInbox::V2Writable->new($ibx, 1)->init_inbox(0); $ibx->import_mbox(\\*STDIN, 'mboxrd');";

/// Imports a mailbox as public-inbox's own scripts/import_vger_from_mbox does, with its index.
pub fn public_inbox(folder: &Path, mbox: &Path) -> anyhow::Result<()> {
    let done = perl(folder, PUBLIC_INBOX)
        .stdin(std::fs::File::open(mbox)?)
        .stdout(Stdio::null())
        .status()?;
    anyhow::ensure!(done.success(), "public-inbox: {done}");
    Ok(())
}

/// A mailbox made by chance.
pub fn mailbox(mails: usize) -> String {
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
pub struct Chance(pub u64);

impl Chance {
    /// Below a bound.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound.max(1)
    }
}
