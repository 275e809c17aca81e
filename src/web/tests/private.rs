//! Nothing of a private archive is seen anywhere.

use super::site::{Site, mail, path, sites};

const SECRETS: [&str; 5] = [
    "The hidden circle",
    "All about hidden.",
    "Buried subject",
    "whispered",
    "Zoe",
];

async fn hidden(site: &Site, archive: &str) -> (String, Vec<String>) {
    let slug = site.found("hidden", archive).await;
    let secret = mail(
        "s@quiet.example",
        "",
        "Zoe <zoe@quiet.example>",
        "Buried subject",
        "Mon, 05 Jan 2026 09:00:00",
        "whispered words",
    );
    site.import(&slug, &[secret]).await;
    let (message, thread) = (
        path(&slug, "m", "s@quiet.example"),
        path(&slug, "t", "s@quiet.example"),
    );
    let mut paths = vec![
        format!("{message}/raw"),
        format!("{message}/html"),
        format!("{message}/a/1"),
        format!("{message}?layout=own"),
        message,
        thread,
        path(&slug, "m", "no@quiet.example"),
    ];
    for rest in [
        "",
        "?page=2",
        "?month=2026-01",
        "?month=nonsense",
        "search?q=whispered",
        "search",
        "feed.atom",
        "mbox/2026-01",
        "calendar.ics",
        "t/1",
    ] {
        paths.push(format!("/c/{slug}/{rest}"));
    }
    (slug, paths)
}

#[tokio::test]
async fn an_archive_for_members_says_only_that() {
    for site in sites().await {
        let (slug, paths) = hidden(&site, "members").await;
        let first = site.get(&paths[0]).await.text;
        assert!(
            first.contains(&format!("{slug}-owner@lists.example"))
                && first.contains("for its members"),
            "{first}"
        );
        for path in paths {
            let answer = site.get(&path).await;
            assert_eq!(answer.status, 403, "{path}");
            assert_eq!(
                answer.text, first,
                "{path}: what is there cannot be told from what is not"
            );
        }
        seen_nowhere(&site, &first).await;
    }
}

#[tokio::test]
async fn no_archive_is_like_no_community() {
    for site in sites().await {
        let (slug, paths) = hidden(&site, "none").await;
        let unknown = site.get("/c/nobody-has-this/").await;
        assert_eq!(unknown.status, 404);
        for path in paths {
            let answer = site.get(&path).await;
            assert_eq!(
                (answer.status, &answer.headers, &answer.text),
                (unknown.status, &unknown.headers, &unknown.text),
                "{path}"
            );
        }
        assert!(!site.get("/").await.text.contains(&slug));
        seen_nowhere(&site, &unknown.text).await;
    }
}

async fn seen_nowhere(site: &Site, refusal: &str) {
    let open = site.found("open", "public").await;
    let pages = [
        "/".to_owned(),
        format!("/c/{open}/"),
        format!("/c/{open}/search?q=whisp*"),
        path(&open, "m", "s@quiet.example"),
        path(&open, "t", "s@quiet.example"),
        format!("{}/raw", path(&open, "m", "s@quiet.example")),
        format!("/c/{open}/feed.atom"),
        "/metrics".to_owned(),
    ];
    for path in pages {
        let page = site.get(&path).await.text;
        assert!(
            SECRETS.iter().all(|secret| !page.contains(secret)),
            "{path}\n{page}"
        );
    }
    assert!(
        SECRETS.iter().all(|secret| !refusal.contains(secret)),
        "{refusal}"
    );
}
