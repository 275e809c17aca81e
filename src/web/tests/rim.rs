//! What holds for every answer, and the pages that machines read.

use axum::body::Body;
use axum::http::Request;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::site::{Site, mail, path, sites};
use crate::intake::Listener;

async fn every_path(site: &Site) -> Vec<String> {
    let slug = site.found("pumps", "public").await;
    let link = site.join(&slug, "bo@plant.example").await;
    let post = mail(
        "q@plant.example",
        "",
        "Ann <ann@plant.example>",
        "Seals",
        "Mon, 05 Jan 2026 09:00:00",
        "Drips.",
    );
    site.import(&slug, &[post]).await;
    let message = path(&slug, "m", "q@plant.example");
    let mut paths = vec![
        link,
        format!("{message}/raw"),
        message,
        path(&slug, "t", "q@plant.example"),
    ];
    paths
        .extend(["", "search?q=seals", "feed.atom", "t/x"].map(|rest| format!("/c/{slug}/{rest}")));
    paths.extend(
        [
            "/",
            "/nothing",
            "/c/%ff/",
            "/u/x",
            "/healthz",
            "/readyz",
            "/metrics",
            "/style.css",
        ]
        .map(str::to_owned),
    );
    paths
}

#[tokio::test]
async fn every_answer_is_harmless() {
    for site in sites().await {
        for path in every_path(&site).await {
            for method in ["GET", "HEAD", "PUT"] {
                let answer = site.ask(method, &path, "").await;
                let policy = answer.header("content-security-policy");
                assert!(
                    policy.contains("default-src 'none'")
                        && policy.contains("frame-ancestors 'none'"),
                    "{method} {path}: {policy}"
                );
                assert!(!policy.contains("script-src"), "{policy}");
                assert_eq!(
                    answer.header("x-content-type-options"),
                    "nosniff",
                    "{method} {path}"
                );
                assert_eq!(
                    answer.header("referrer-policy"),
                    "no-referrer",
                    "{method} {path}"
                );
                assert!(!answer.headers.contains_key("set-cookie"));
                assert!(!answer.text.contains("<script"), "{path}");
            }
        }
    }
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    for site in sites().await {
        for path in every_path(&site).await {
            let (get, head) = (site.get(&path).await, site.ask("HEAD", &path, "").await);
            assert_eq!(head.status, get.status, "{path}");
            assert_eq!(
                head.header("content-type"),
                get.header("content-type"),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn refusals_are_pages_of_ours() {
    for site in sites().await {
        for (method, path, status) in [
            ("GET", "/nothing", 404),
            ("POST", "/", 405),
            ("GET", "/c/%ff/", 400),
        ] {
            let answer = site.ask(method, path, "").await;
            assert_eq!(answer.status, status, "{path}");
            assert!(answer.text.contains("<h1>"), "{path}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn the_style_sheet_is_sent_once() {
    for site in sites().await {
        let first = site.get("/style.css").await;
        assert!(
            first.header("content-type").starts_with("text/css")
                && first.text.contains(":focus-visible")
        );
        let again = Request::get("/style.css")
            .header("if-none-match", first.header("etag"))
            .body(Body::empty())
            .unwrap();
        let again = site.send(again).await;
        assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
    }
}

#[tokio::test]
async fn machines_learn_how_it_is() {
    for site in sites().await {
        assert_eq!(site.get("/healthz").await.status, 200);
        assert_eq!(site.get("/readyz").await.status, 200);
        let metrics = site.get("/metrics").await.text;
        for wanted in [
            "folkmoot_outbox_rows{state=\"waiting\"}",
            "folkmoot_outbox_rows{state=\"sending\"}",
            "folkmoot_held_posts",
            "folkmoot_database_reachable",
        ] {
            assert!(metrics.contains(wanted), "no {wanted} in\n{metrics}");
        }
        site.ctx.db.close().await;
        assert_eq!(site.get("/healthz").await.status, 200);
        assert_eq!(site.get("/readyz").await.status, 503);
        assert_eq!(site.get("/metrics").await.status, 200);
        let page = site.get("/").await;
        assert_eq!(page.status, 503);
        assert!(
            page.text.contains("Nothing was changed or lost")
                && !page.text.to_lowercase().contains("pool"),
            "{}",
            page.text
        );
    }
}

/// A site behind a real socket, and what stops it.
async fn served(site: &Site) -> (String, watch::Sender<bool>, tokio::task::JoinHandle<()>) {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap().to_string();
    let (stop, stopping) = watch::channel(false);
    let serving = tokio::spawn(super::super::serve(
        Listener::Tcp(socket),
        site.router.clone(),
        stopping,
    ));
    (address, stop, serving)
}

#[tokio::test]
async fn it_serves_until_told_to_stop() {
    for site in sites().await {
        let (address, stop, serving) = served(&site).await;
        let mut client = TcpStream::connect(&address).await.unwrap();
        client
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .await
            .unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(
            answer.starts_with("HTTP/1.1 200") && answer.ends_with("alive\n"),
            "{answer}"
        );
        stop.send(true).unwrap();
        serving.await.unwrap();
    }
}

#[tokio::test]
async fn a_silent_client_is_dropped() {
    for site in sites().await {
        let (address, _stop, _serving) = served(&site).await;
        let mut client = TcpStream::connect(&address).await.unwrap();
        client
            .write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            .await
            .unwrap();
        tokio::time::pause();
        let mut rest = Vec::new();
        // Half a minute passes at once; without a limit this would never return.
        let end = tokio::time::timeout(
            std::time::Duration::from_secs(45),
            client.read_to_end(&mut rest),
        )
        .await;
        tokio::time::resume();
        assert!(end.is_ok(), "still open after 45 s");
    }
}
