//! What signatures cost: `cargo bench --bench signing`
//!
//! Signed mails a second on one thread, by the keys of `tests/data/dkim`, and which
//! share of that the body's hash takes, which is made once a mail: for one recipient,
//! and for a thousand.

use std::time::Duration;

use folkmoot::clock::monotonic;
use folkmoot::config::Settings;
use folkmoot::outbox::signing::{Signable, Signers};

/// How long each figure is measured.
const LONG: Duration = Duration::from_secs(2);

/// The fields in front of a member's copy of a post.
const FIELDS: &str = "List-Unsubscribe: <https://lists.example/u/aaaaaaaaaeaaaaaaaaa5djbmwvzrgrlkix3f>,\r\n \
    <mailto:pumps-leave@lists.example>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";

fn main() -> anyhow::Result<()> {
    // cargo gives this to `cargo bench` only.
    if !std::env::args().any(|argument| argument == "--bench") {
        eprintln!("nothing is measured here; run cargo bench --bench signing");
        return Ok(());
    }
    println!("| keys | body | signed mails/s | hash of the body, 1 recipient | 1,000 recipients |");
    println!("| --- | --- | --- | --- | --- |");
    for keys in [&["rsa"][..], &["ed25519"], &["rsa", "ed25519"]] {
        let signers = signers(keys)?;
        for kib in [2, 100, 5_000] {
            row(&signers, &keys.join(" and "), kib);
        }
    }
    Ok(())
}

fn row(signers: &Signers, keys: &str, kib: usize) {
    let mail = mail(kib);
    let signable = Signable::of(&mail);
    let sign = seconds(|| drop(signers.sign(&signable, FIELDS, 0)));
    let hash = seconds(|| drop(Signable::of(&mail)));
    let share = |recipients: f64| 100.0 * hash / (hash + recipients * sign);
    println!(
        "| {keys} | {kib} KiB | {:.0} | {:.1} % | {:.2} % |",
        1.0 / sign,
        share(1.0),
        share(1000.0)
    );
}

/// How long it takes, on the average.
fn seconds(work: impl Fn()) -> f64 {
    let (start, mut times) = (monotonic(), 0u32);
    while start.elapsed() < LONG {
        work();
        times += 1;
    }
    start.elapsed().as_secs_f64() / f64::from(times)
}

/// A list's copy of a post with a body of that size.
fn mail(kib: usize) -> Vec<u8> {
    let header = "From: Bob <bob@plant.example>\r\nTo: <pumps@lists.example>\r\nSubject: [pumps] Seals\r\n\
        Date: Mon, 2 Mar 2026 10:00:00 +0100\r\nMessage-ID: <1@plant.example>\r\nMIME-Version: 1.0\r\n\
        Content-Type: text/plain; charset=utf-8\r\nList-Id: Pumps <pumps.lists.example>\r\n\
        List-Post: <mailto:pumps@lists.example>\r\nPrecedence: list\r\n\r\n";
    let line = "Which seal lasts longest in hot water, and  who has tried the new ones?\r\n";
    (header.to_owned() + &line.repeat(kib * 1024 / line.len())).into_bytes()
}

/// Keys as a configuration names them.
fn signers(keys: &[&str]) -> anyhow::Result<Signers> {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir()?;
    let mut text = "domain = \"lists.example\"\n[dkim]\n".to_owned();
    for (key, prefix) in keys.iter().zip(["", "second_"]) {
        let from = format!("{}/tests/data/dkim/{key}.pem", env!("CARGO_MANIFEST_DIR"));
        let file = folder.path().join(key);
        std::fs::copy(from, &file)?;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600))?;
        text += &format!("{prefix}selector = \"{key}\"\n{prefix}key_file = \"{key}\"\n");
    }
    let file = folder.path().join("folkmoot.toml");
    std::fs::write(&file, text)?;
    let settings = Settings::load(&file).map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    Ok(Signers::load(&settings)?)
}
