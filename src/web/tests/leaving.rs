//! `/u/TOKEN` (RFC 8058).

use axum::body::Body;
use axum::http::Request;

use super::site::sites;

#[tokio::test]
async fn looking_changes_nothing() {
    for site in sites().await {
        let slug = site.found("pumps", "members").await;
        let link = site.join(&slug, "bo@plant.example").await;
        for method in ["GET", "HEAD"] {
            let form = site.ask(method, &link, "").await;
            assert_eq!(form.status, 200);
            assert_eq!(form.header("cache-control"), "no-store");
        }
        let form = site.get(&link).await.text;
        assert!(
            form.contains(&format!("<form method=\"post\" action=\"{link}\">"))
                && form.contains("bo@plant.example"),
            "{form}"
        );
        for method in ["PUT", "DELETE", "PATCH"] {
            let refused = site.ask(method, &link, "").await;
            assert_eq!(
                (refused.status.as_u16(), refused.header("allow")),
                (405, "GET,HEAD,POST")
            );
        }
        assert_eq!(site.member(&slug, "bo@plant.example").await.state, "active");
    }
}

#[tokio::test]
async fn one_click_ends_a_membership_once() {
    let bodies = [
        (
            "application/x-www-form-urlencoded",
            "List-Unsubscribe=One-Click",
        ),
        (
            "multipart/form-data; boundary=b",
            "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n",
        ),
        ("", ""),
        ("image/png", "no picture"),
    ];
    for site in sites().await {
        let slug = site.found("pumps", "members").await;
        for (n, (kind, body)) in bodies.into_iter().enumerate() {
            let address = format!("m{n}@plant.example");
            let link = site.join(&slug, &address).await;
            let mut left_at = None;
            for _ in 0..2 {
                let mut request = Request::post(&link).body(Body::from(body)).unwrap();
                if !kind.is_empty() {
                    request
                        .headers_mut()
                        .insert("content-type", kind.parse().unwrap());
                }
                let done = site.send(request).await;
                assert_eq!(done.status, 200, "{kind}");
                assert!(
                    done.text.contains("You have left The pumps circle"),
                    "{}",
                    done.text
                );
                let member = site.member(&slug, &address).await;
                assert_eq!(member.state, "left", "{kind}");
                assert_eq!(*left_at.get_or_insert(member.left_at), member.left_at);
                site.ctx.clock.set(site.ctx.now() + 1_000);
            }
            assert!(site.get(&link).await.text.contains("You have left"));
        }
    }
}

#[tokio::test]
async fn only_the_whole_link_works() {
    for site in sites().await {
        let slug = site.found("pumps", "members").await;
        let link = site.join(&slug, "bo@plant.example").await;
        for wrong in [
            &link[..link.len() - 1],
            "/u/x",
            "/u/%00",
            "/u/%ff",
            &format!("{link}a"),
        ] {
            for method in ["GET", "POST"] {
                let answer = site.ask(method, wrong, "List-Unsubscribe=One-Click").await;
                assert!(
                    answer.status == 404 || answer.status == 400,
                    "{method} {wrong}: {}",
                    answer.status
                );
                assert!(!answer.text.contains("plant.example"));
            }
        }
        let long = "x".repeat(70_000);
        assert_eq!(site.ask("POST", &link, &long).await.status, 413);
        assert_eq!(site.member(&slug, "bo@plant.example").await.state, "active");
    }
}
