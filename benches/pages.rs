//! How fast pages of an archive are made: `cargo bench --bench pages`
//!
//! Mails made by chance (the first of those of the import bench) are imported into a public
//! archive. Its pages are asked of the router, without a network between: the front, single
//! posts, threads, searches. public-inbox, where it is installed, has the same mails and is
//! asked for the same by its own PSGI application, without a network too. `-- --mails N` makes
//! another archive. SQLite for both.

#[path = "made/mod.rs"]
mod made;

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, ensure};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use folkmoot::clock::monotonic;
use folkmoot::links::permalink;
use folkmoot::store::Db;
use folkmoot::web;
use tower::ServiceExt as _;

/// Pages of each kind.
const PAGES: usize = 300;

/// A page of a kind: where it is here, and where it is in public-inbox.
struct Page {
    kind: &'static str,
    ours: String,
    theirs: String,
}

/// Octets and seconds of all pages of a kind.
type Taken = (usize, f64);

const KINDS: [&str; 4] = ["front", "post", "thread", "search"];

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    // cargo gives this to `cargo bench` only.
    if !arguments.iter().any(|argument| argument == "--bench") {
        eprintln!("nothing is measured here; run cargo bench --bench pages");
        return Ok(());
    }
    let mails = arguments.iter().position(|argument| argument == "--mails");
    let mails = mails.and_then(|at| arguments.get(at + 1));
    let mails = mails.map_or(Ok(2_000), |mails| mails.parse());
    let mails = mails.context("--mails wants a number")?;
    let folder = tempfile::tempdir()?;
    let mbox = folder.path().join("made.mbox");
    std::fs::write(&mbox, made::mailbox(mails))?;
    let pages = pages(mails);
    let runtime = tokio::runtime::Runtime::new()?;
    let ours = runtime.block_on(ours(folder.path(), &mbox, &pages))?;
    let theirs = theirs(folder.path(), &mbox, &pages)?;
    println!(
        "| {mails} mails | pages | pages/s | KiB each | public-inbox, pages/s | KiB each | ratio |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for (number, kind) in KINDS.iter().enumerate() {
        let count = pages.iter().filter(|page| page.kind == *kind).count() as f64;
        let shown = |(octets, seconds): Taken| {
            let size = octets as f64 / count / 1024.0;
            format!("{:.0} | {size:.1}", count / seconds)
        };
        let (beside, ratio) = match theirs.get(number) {
            Some(taken) => (shown(*taken), format!("{:.1}", taken.1 / ours[number].1)),
            None => ("not installed | ".to_owned(), String::new()),
        };
        println!(
            "| {kind} | {count} | {} | {beside} | {ratio} |",
            shown(ours[number])
        );
    }
    Ok(())
}

fn pages(mails: usize) -> Vec<Page> {
    let mut chance = made::Chance(7);
    let mut pages = Vec::new();
    for kind in KINDS {
        for _ in 0..PAGES {
            let name = format!("{}@plant.example", chance.below(mails));
            let word = format!("w{}", 10 + chance.below(5_000));
            let (ours, theirs) = match kind {
                "front" => ("/c/pumps/".to_owned(), "/pumps/".to_owned()),
                "post" => (
                    format!("/c/pumps/m/{}", permalink(&name)),
                    format!("/pumps/{name}/"),
                ),
                "thread" => (
                    format!("/c/pumps/t/{}", permalink(&name)),
                    format!("/pumps/{name}/t/"),
                ),
                _ => (
                    format!("/c/pumps/search?q={word}"),
                    format!("/pumps/?q={word}"),
                ),
            };
            pages.push(Page { kind, ours, theirs });
        }
    }
    pages
}

async fn ours(folder: &Path, mbox: &Path, pages: &[Page]) -> anyhow::Result<Vec<Taken>> {
    let db = Db::open_sqlite(&folder.join("pages.db")).await?;
    let (ctx, community) = made::installation(db, folder).await?;
    made::import(&ctx, community, mbox).await?;
    let router = web::router(ctx);
    let mut all = Vec::new();
    for kind in KINDS {
        let of_kind: Vec<&Page> = pages.iter().filter(|page| page.kind == kind).collect();
        // Once before: what a process makes once is made.
        for page in of_kind.iter().take(3) {
            get(&router, &page.ours).await?;
        }
        let began = monotonic();
        let mut octets = 0;
        for page in of_kind {
            octets += get(&router, &page.ours).await?;
        }
        all.push((octets, began.elapsed().as_secs_f64()));
    }
    Ok(all)
}

async fn get(router: &Router, path: &str) -> anyhow::Result<usize> {
    let request = Request::get(path).header(header::HOST, "lists.example.org");
    let answer = router.clone().oneshot(request.body(Body::empty())?).await?;
    ensure!(answer.status().is_success(), "{path}: {}", answer.status());
    Ok(to_bytes(answer.into_body(), 64 << 20).await?.len())
}

/// Nothing where it is not installed.
fn theirs(folder: &Path, mbox: &Path, pages: &[Page]) -> anyhow::Result<Vec<Taken>> {
    if !made::has_public_inbox(folder) {
        return Ok(Vec::new());
    }
    made::public_inbox(folder, mbox)?;
    let settings = folder.join(".public-inbox");
    std::fs::create_dir_all(&settings)?;
    let inbox = folder.join("inbox");
    let config = format!(
        "[publicinbox \"pumps\"]\n\taddress = pumps@lists.example.org\n\tinboxdir = {}\n\turl = \
         https://lists.example.org/pumps\n",
        inbox.display()
    );
    std::fs::write(settings.join("config"), config)?;
    let mut asked = String::new();
    for page in pages {
        let _ = writeln!(asked, "{} {}", page.kind, page.theirs);
    }
    let list = folder.join("pages.txt");
    std::fs::write(&list, asked)?;
    let done = made::perl(folder, PSGI)
        .stdin(std::fs::File::open(&list)?)
        .output()?;
    ensure!(done.status.success(), "public-inbox: {}", done.status);
    let told = String::from_utf8_lossy(&done.stdout).into_owned();
    let mut all = Vec::new();
    for kind in KINDS {
        let line = told.lines().find_map(|line| line.strip_prefix(kind));
        let (octets, seconds) = line
            .and_then(|line| line.trim().split_once(' '))
            .with_context(|| format!("public-inbox told: {told}"))?;
        all.push((octets.parse()?, seconds.parse()?));
    }
    Ok(all)
}

/// Asks for each page and reads it to its end; prints octets and seconds of each kind.
const PSGI: &str = r#"use strict; use Time::HiRes qw(time); use Plack::Test; use HTTP::Request::Common;
use PublicInbox::WWW;
my $www = PublicInbox::WWW->new; $www->preload;
my (@order, %pages);
while (<STDIN>) { chomp; my ($kind, $path) = split / /, $_, 2;
    push @order, $kind unless $pages{$kind}; push @{$pages{$kind}}, $path }
test_psgi(sub { $www->call(@_) }, sub { my ($ask) = @_;
    my $get = sub { my $got = $ask->(GET("http://lists.example.org$_[0]"));
        # A search that finds nothing is told so with 404.
        die "$_[0]: " . $got->code unless $got->code == 200 || $got->code == 404 && $_[0] =~ /\?q=/;
        length($got->content) };
    for my $kind (@order) {
        $get->($_) for @{$pages{$kind}}[0..2];
        my ($began, $octets) = (time, 0);
        $octets += $get->($_) for @{$pages{$kind}};
        printf "%s %d %.6f\n", $kind, $octets, time - $began;
    } });
"#;
