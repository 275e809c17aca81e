//! How fast mailboxes come in: `cargo bench --bench import`
//!
//! A mailbox of 20,000 mails is made by chance with a fixed seed: threads, signatures, quoted
//! text, an attachment in each twentieth mail that others have too. It is imported into an
//! empty archive, and once more, where all are duplicates. `-- --mails N` makes another;
//! `-- --mbox FILE` takes a real one. PostgreSQL is the cluster that `scripts/with-postgres`
//! starts. public-inbox, where it is installed, imports the same beside them.

#[path = "made/mod.rs"]
mod made;

use std::io::{BufReader, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use folkmoot::archive::mbox::{Entry, MboxReader, MboxWriter};
use folkmoot::clock::{moment, monotonic};
use folkmoot::store::{Db, raws};

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
            std::fs::write(
                &file,
                made::mailbox(mails.context("--mails wants a number")?),
            )?;
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
    let (ctx, community) = made::installation(db, folder).await?;
    let mut rates = Vec::new();
    for _ in 0..2 {
        let began = monotonic();
        let done = made::import(&ctx, community, mbox).await?;
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
    if !made::has_public_inbox(folder) {
        println!("\nSKIPPED: public-inbox is not installed (apt-get install public-inbox)");
        return Ok(());
    }
    let few = folder.join("few.mbox");
    let mut writer = MboxWriter::new(std::fs::File::create(&few)?);
    let mut count = 0;
    for entry in MboxReader::new(BufReader::new(std::fs::File::open(mbox)?)).take(FEW) {
        if let Entry::Message(found) = entry? {
            writer.write(&found.from.sender, moment(made::NOW), &found.bytes)?;
            count += 1;
        }
    }
    writer.finish()?.flush()?;
    let began = monotonic();
    made::public_inbox(folder, &few)?;
    let rate = f64::from(count) / began.elapsed().as_secs_f64();
    println!("| public-inbox, V2 with its index ({count} mails) | {rate:.0} | | |");
    println!("\nSQLite : public-inbox = {:.1}", ours / rate);
    Ok(())
}
