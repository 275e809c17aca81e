//! What readers of a public archive see.

use super::site::{Site, mail, path, sites};
use crate::links;

async fn small(site: &Site) -> String {
    let slug = site.found("pumps", "public").await;
    let seal = "Seal leaks after a week";
    site.import(
        &slug,
        &[
            mail(
                "q@plant.example",
                "",
                "Ann Ek <ann@plant.example>",
                seal,
                "Mon, 05 Jan 2026 09:00:00",
                "The shaft seal drips.",
            ),
            mail(
                "a1@plant.example",
                "q@plant.example",
                "bo@plant.example",
                "Re: Seal leaks after a week",
                "Tue, 06 Jan 2026 09:00:00",
                "Ann <ann@plant.example> wrote:\n> The shaft seal drips.\nPolish the shaft.",
            ),
            mail(
                "a2@plant.example",
                "a1@plant.example",
                "Cy <cy@plant.example>",
                "Re: Seal leaks after a week",
                "Wed, 07 Jan 2026 09:00:00",
                "That worked: cavitation is gone.",
            ),
            mail(
                "other@plant.example",
                "",
                "Dee <dee@plant.example>",
                "Booster sets",
                "Sun, 01 Feb 2026 09:00:00",
                "Who runs one dry?",
            ),
        ],
    )
    .await;
    slug
}

fn assert_has(text: &str, wanted: &[&str]) {
    for wanted in wanted {
        assert!(text.contains(wanted), "no {wanted} in\n{text}");
    }
}

#[tokio::test]
async fn the_front_lists_threads_and_months() {
    for site in sites().await {
        let slug = small(&site).await;
        let index = site.get("/").await.text;
        assert_has(
            &index,
            &[&format!("href=\"/c/{slug}/\""), "All about pumps."],
        );
        let front = site.get(&format!("/c/{slug}/")).await.text;
        let thread = path(&slug, "t", "q@plant.example");
        assert_has(
            &front,
            &[
                &format!(
                    "<a class=\"subject\" dir=\"auto\" href=\"{thread}\">Seal leaks after a week</a>"
                ),
                "<bdi>Ann Ek</bdi> · 2 replies, the last on <time datetime=\"2026-01-07T09:00:00Z\">7 Jan 2026</time>",
                "· no reply yet, since <time",
                &format!(
                    "href=\"/c/{slug}/?month&#x3D;2026-01\">January 2026</a> <span class=\"meta\">3</span>"
                ),
                &format!("{slug}@lists.example"),
                &format!("{slug}-join@lists.example"),
            ],
        );
        assert!(
            front.find("Booster sets") < front.find("Seal leaks"),
            "the latest thread is first"
        );
        let january = site.get(&format!("/c/{slug}/?month=2026-01")).await.text;
        assert!(
            january.contains("Seal leaks") && !january.contains("Booster sets"),
            "{january}"
        );
        assert_eq!(
            site.get(&format!("/c/{slug}/?month=2026-13")).await.status,
            404
        );
        assert_eq!(
            site.get(&format!("/c/{slug}")).await.header("location"),
            format!("/c/{slug}/")
        );
    }
}

#[tokio::test]
async fn long_archives_come_in_pages() {
    for site in sites().await {
        let slug = site.found("many", "public").await;
        let mails: Vec<String> = (0..51)
            .map(|n| {
                mail(
                    &format!("{n}@m.example"),
                    "",
                    "Ann <a@m.example>",
                    &format!("Thread {n:02}"),
                    "Mon, 05 Jan 2026 09:00:00",
                    "x",
                )
            })
            .collect();
        site.import(&slug, &mails).await;
        let first = site.get(&format!("/c/{slug}/")).await.text;
        assert_eq!(first.matches("class=\"subject\"").count(), 50);
        assert_has(&first, &["href=\"?page&#x3D;2\" rel=\"next\""]);
        let second = site.get(&format!("/c/{slug}/?page=2")).await.text;
        assert_eq!(second.matches("class=\"subject\"").count(), 1);
        assert_has(
            &second,
            &["Thread 00", "href=\"?page&#x3D;1\" rel=\"prev\""],
        );
        let far = site
            .get(&format!("/c/{slug}/?page=99999999999999999999"))
            .await;
        assert_eq!(far.status, 200, "a page that is no number is the first");
    }
}

#[tokio::test]
async fn any_post_names_its_whole_thread() {
    for site in sites().await {
        let slug = small(&site).await;
        for id in ["q@plant.example", "a1@plant.example", "a2@plant.example"] {
            let thread = site.get(&path(&slug, "t", id)).await.text;
            assert_has(
                &thread,
                &[
                    "<h1 dir=\"auto\">Seal leaks after a week</h1>",
                    "3 posts",
                    "Polish the shaft.",
                    "cavitation is gone",
                    "b…@plant.example",
                    &format!("id=\"m{}\"", links::permalink(id)),
                    "class=\"post d2\"",
                ],
            );
            assert!(
                !thread.contains("ann@plant.example") && !thread.contains("bo@plant.example"),
                "{thread}"
            );
        }
    }
}

#[tokio::test]
async fn long_threads_open_where_the_post_is() {
    for site in sites().await {
        let slug = site.found("deep", "public").await;
        let mut mails = vec![mail(
            "0@m.example",
            "",
            "Ann <a@m.example>",
            "Deep",
            "Mon, 05 Jan 2026 09:00:00",
            "post 0.",
        )];
        mails.extend((1..150).map(|n| {
            mail(
                &format!("{n}@m.example"),
                &format!("{}@m.example", n - 1),
                "Bo <b@m.example>",
                "Re: Deep",
                "Mon, 05 Jan 2026 09:00:00",
                &format!("post {n}."),
            )
        }));
        site.import(&slug, &mails).await;
        let first = site.get(&path(&slug, "t", "0@m.example")).await.text;
        assert!(
            first.contains("150 posts")
                && first.contains("post 99.")
                && !first.contains("post 100.")
        );
        let second = site.get(&path(&slug, "t", "120@m.example")).await.text;
        assert!(
            second.contains("post 120.")
                && second.contains("rel=\"prev\"")
                && !second.contains("post 99.")
        );
    }
}

#[tokio::test]
async fn a_message_is_shown_and_given_as_it_came() {
    for site in sites().await {
        let slug = small(&site).await;
        let own = path(&slug, "m", "a2@plant.example");
        let page = site.get(&own).await.text;
        let name = links::permalink("a2@plant.example");
        assert_has(
            &page,
            &[
                "Cy</bdi> <span class=\"meta\">",
                "cavitation is gone",
                &format!("/c/{slug}/t/{name}#m{name}"),
                &format!("{own}/raw"),
            ],
        );
        let raw = site.get(&format!("{own}/raw")).await;
        assert!(
            raw.text.starts_with("Message-ID: <a2@plant.example>"),
            "{}",
            raw.text
        );
        assert!(raw.header("content-disposition").starts_with("attachment;"));
        assert!(raw.header("content-security-policy").starts_with("sandbox"));
        assert_eq!(raw.header("content-type"), "application/octet-stream");
        for wrong in [
            "m/1",
            "m/0000000000000000000000000000000000000000",
            "t/%00",
            "m/..%2f..%2f",
            "t/ffffffffffffffffffffffffffffffffffffffff",
        ] {
            assert_eq!(
                site.get(&format!("/c/{slug}/{wrong}")).await.status,
                404,
                "{wrong}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_attached_is_listed() {
    for site in sites().await {
        let slug = site.found("files", "public").await;
        let text = "--b\nContent-Type: text/plain\n\nSee the drawing.\n--b\nContent-Type: application/pdf\n\
            Content-Disposition: attachment; filename=\"pump<3>.pdf\"\n\nnot really\n--b--";
        let whole = mail(
            "f@plant.example",
            "",
            "Ann <a@m.example>",
            "Drawing",
            "Mon, 05 Jan 2026 09:00:00",
            text,
        );
        site.import(
            &slug,
            &[whole.replace("text/plain; charset=utf-8", "multipart/mixed; boundary=b")],
        )
        .await;
        for kind in ["m", "t"] {
            let page = site.get(&path(&slug, kind, "f@plant.example")).await.text;
            assert_has(
                &page,
                &[
                    "See the drawing.",
                    "download=\"pump_3_.pdf\">pump_3_.pdf</a> <span class=\"meta\">application/pdf, 10 bytes</span>",
                ],
            );
        }
    }
}

#[tokio::test]
async fn mails_that_bear_one_message_id_have_anchors_of_their_own() {
    for site in sites().await {
        let slug = site.found("twins", "public").await;
        let twin = |from: &str| {
            mail(
                "twin@m.example",
                "root@m.example",
                from,
                "Re: Twins",
                "Tue, 06 Jan 2026 09:00:00",
                from,
            )
        };
        let root = mail(
            "root@m.example",
            "",
            "Ann <a@m.example>",
            "Twins",
            "Mon, 05 Jan 2026 09:00:00",
            "Who?",
        );
        site.import(
            &slug,
            &[root, twin("Bo <b@m.example>"), twin("Cy <c@m.example>")],
        )
        .await;
        let page = site.get(&path(&slug, "t", "root@m.example")).await.text;
        let anchor = format!("id=\"m{}", links::permalink("twin@m.example"));
        assert_has(
            &page,
            &["3 posts", &format!("{anchor}\""), &format!("{anchor}-2\"")],
        );
        assert_eq!(page.matches(&anchor).count(), 2, "{page}");
    }
}

#[tokio::test]
async fn searching_finds_posts() {
    for site in sites().await {
        let slug = small(&site).await;
        let cases = [
            ("seal", "3 posts"),
            ("cavitation", "1 post"),
            ("cavi*", "1 post"),
            ("%22shaft+seal%22+-polish", "1 post"),
            ("from:cy", "1 post"),
            ("nothingofthekind", "0 posts"),
            ("after:2026-01-20", "1 post"),
            ("%22%00%27%29%3B--+OR", "0 posts"),
        ];
        for (query, expected) in cases {
            let page = site.get(&format!("/c/{slug}/search?q={query}")).await;
            assert_eq!(page.status, 200, "{query}");
            let said = page
                .text
                .split_once("role=\"status\">")
                .map_or("", |(_, rest)| rest.split('<').next().unwrap());
            assert_eq!(said, expected, "{query}");
        }
        let found = site
            .get(&format!("/c/{slug}/search?q=cavitation"))
            .await
            .text;
        assert_has(
            &found,
            &[
                &path(&slug, "m", "a2@plant.example"),
                "That worked: <mark>cavitation</mark> is gone.",
            ],
        );
        assert_has(
            &site.get(&format!("/c/{slug}/search")).await.text,
            &["How to ask"],
        );
    }
}

#[tokio::test]
async fn the_feed_has_the_latest_posts_first() {
    for site in sites().await {
        let slug = small(&site).await;
        let feed = site.get(&format!("/c/{slug}/feed.atom")).await;
        assert!(
            feed.header("content-type")
                .starts_with("application/atom+xml")
        );
        assert_has(
            &feed.text,
            &[
                "<updated>2026-02-01T09:00:00Z</updated>",
                &format!(
                    "<id>https://lists.example{}</id>",
                    path(&slug, "m", "q@plant.example")
                ),
            ],
        );
        assert!(feed.text.find("Booster sets") < feed.text.find("Seal leaks"));
        assert!(!feed.text.contains("ann@plant.example"), "{}", feed.text);
    }
}

#[tokio::test]
async fn what_strangers_write_stays_text() {
    for site in sites().await {
        let slug = site.found("bad", "public").await;
        let script = "<script>alert(1)</script>";
        let from = format!("\"{script}\" <x@bad.example>");
        let text = format!(
            "{script}\n> {script}\n\"><img src=x onerror=alert(1)> javascript:alert(1)\n-- \n{script} xssword"
        );
        site.import(
            &slug,
            &[mail(
                "x@bad.example",
                "",
                &from,
                &format!("Evil {script} {{{{slug}}}}"),
                "Mon, 05 Jan 2026 09:00:00",
                &text,
            )],
        )
        .await;
        let paths = [
            format!("/c/{slug}/"),
            path(&slug, "t", "x@bad.example"),
            path(&slug, "m", "x@bad.example"),
            format!("/c/{slug}/search?q=xssword"),
            format!("/c/{slug}/search?q=%3Cscript%3Ealert(1)%3C/script%3E"),
            format!("/c/{slug}/feed.atom"),
        ];
        for path in paths {
            let page = site.get(&path).await;
            assert_eq!(page.status, 200, "{path}");
            assert!(
                page.text.contains("script&gt;alert(1)"),
                "{path} shows it\n{}",
                page.text
            );
            assert!(
                !page.text.contains("<script") && !page.text.contains("<img"),
                "{path}\n{}",
                page.text
            );
        }
    }
}

/// Writes pages of a real archive into the folder that `FOLKMOOT_PAGES` names, to
/// be looked at beside the samples.
#[tokio::test]
async fn a_real_archive_can_be_looked_at() {
    let Some(folder) = std::env::var_os("FOLKMOOT_PAGES").map(std::path::PathBuf::from) else {
        return;
    };
    let site = sites().await.remove(0);
    let (slug, closed) = (small(&site).await, site.found("closed", "members").await);
    let link = site.join(&closed, "bo@plant.example").await;
    let (thread, message) = (
        path(&slug, "t", "a1@plant.example"),
        path(&slug, "m", "a1@plant.example"),
    );
    let pages = [
        ("index", "/".to_owned()),
        ("front", format!("/c/{slug}/")),
        ("thread", thread),
        ("message", message),
        ("search", format!("/c/{slug}/search?q=seal")),
        ("members", format!("/c/{closed}/")),
        ("leave", link),
        ("nothing", "/x".to_owned()),
    ];
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("style.css"), site.get("/style.css").await.text).unwrap();
    for (name, path) in pages {
        let html = site
            .get(&path)
            .await
            .text
            .replace("href=\"/style.css\"", "href=\"style.css\"");
        std::fs::write(folder.join(format!("real-{name}.html")), html).unwrap();
    }
}
