//! What readers fetch of a message and of a month, and how members read what is theirs.

use axum::body::Body;
use axum::http::Request;

use super::site::{Answer, NOW, Site, mail, path, sites};

const PARTS: &str = "--b\nContent-Type: multipart/alternative; boundary=c\n\n\
    --c\nContent-Type: text/plain\n\nSee the drawing.\n\
    --c\nContent-Type: text/html\n\n<p>See <b>the drawing</b> of ann@plant.example.<script>alert(1)</script>\
    <img src=https://far.example/x.png></p>\n--c--\n\
    --b\nContent-Type: text/html; name=\"plan.html\"\nContent-Disposition: attachment;\n \
    filename*=UTF-8''Pl%C3%A4ne.html\nContent-Transfer-Encoding: base64\n\nPHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==\n\
    --b\nContent-Type: message/rfc822\n\nSubject: inner\n\nwords\n--b--";

fn with_parts() -> String {
    let whole = mail(
        "f@plant.example",
        "",
        "Ann <a@m.example>",
        "Drawing",
        "Mon, 05 Jan 2026 09:00:00",
        PARTS,
    );
    whole.replace("text/plain; charset=utf-8", "multipart/mixed; boundary=b")
}

/// The paths below `/c/SLUG/m/ID/a/` to which a page leads.
fn attached(page: &str) -> Vec<String> {
    let links = page.split("href=\"").skip(1);
    let links = links.filter_map(|rest| rest.split('"').next());
    let links = links.filter(|link| link.contains("/a/"));
    links.map(str::to_owned).collect()
}

#[tokio::test]
async fn what_is_attached_is_given_to_be_kept() {
    for site in sites().await {
        let slug = site.found("files", "public").await;
        site.import(&slug, &[with_parts()]).await;
        let own = path(&slug, "m", "f@plant.example");
        let page = site.get(&own).await.text;
        let links = attached(&page);
        assert_eq!(links.len(), 2, "{page}");
        assert_eq!(
            attached(&site.get(&path(&slug, "t", "f@plant.example")).await.text),
            links
        );
        let plan = site.get(&links[0]).await;
        assert_eq!(plan.text, "<script>alert(1)</script>");
        assert_eq!(plan.header("content-type"), "application/octet-stream");
        assert_eq!(plan.header("x-content-type-options"), "nosniff");
        assert!(
            plan.header("content-security-policy")
                .starts_with("sandbox;")
        );
        assert_eq!(
            plan.header("content-disposition"),
            "attachment; filename=\"Pl_ne.html\"; filename*=UTF-8''Pl%C3%A4ne.html"
        );
        let inner = site.get(&links[1]).await.text;
        assert!(inner.starts_with("Subject: inner"), "{inner}");
        // What is no attachment is not to be had one by one.
        for part in ["0", "1", "2", "99", "-1", "x", "18446744073709551616"] {
            let answer = site.get(&format!("{own}/a/{part}")).await;
            assert_eq!(answer.status, 404, "{part}");
        }
    }
}

#[tokio::test]
async fn a_message_is_shown_in_its_own_layout_on_request() {
    for site in sites().await {
        let slug = site.found("layout", "public").await;
        let plain = mail(
            "p@plant.example",
            "",
            "Ann <a@m.example>",
            "Plain",
            "Mon, 05 Jan 2026 09:00:00",
            "Nothing but text.",
        );
        site.import(&slug, &[with_parts(), plain]).await;
        let own = path(&slug, "m", "f@plant.example");
        let page = site.get(&own).await;
        assert!(page.text.contains("href=\"?layout&#x3D;own\"") || page.text.contains("?layout"));
        assert!(!page.text.contains("<iframe"));
        let framing = site.get(&format!("{own}?layout=own")).await;
        assert!(
            framing
                .text
                .contains(&format!("<iframe class=\"mail\" src=\"{own}/html\"")),
            "{}",
            framing.text
        );
        assert!(
            framing
                .header("content-security-policy")
                .contains("frame-src 'self'")
        );
        let html = site.get(&format!("{own}/html")).await;
        assert!(
            html.text.contains("<b>the drawing</b> of a…@plant.example"),
            "{}",
            html.text
        );
        assert!(!html.text.contains("alert") && !html.text.contains("far.example"));
        let policy = html.header("content-security-policy");
        assert!(
            policy.starts_with("sandbox allow-popups ") && policy.contains("default-src 'none'"),
            "{policy}"
        );
        let without = path(&slug, "m", "p@plant.example");
        assert!(!site.get(&without).await.text.contains("?layout"));
        assert_eq!(site.get(&format!("{without}/html")).await.status, 404);
        let still = site.get(&format!("{without}?layout=own")).await.text;
        assert!(still.contains("Nothing but text."), "{still}");
    }
}

#[tokio::test]
async fn a_month_is_given_as_a_mailbox() {
    for site in sites().await {
        let slug = site.found("months", "public").await;
        let at =
            |id: &str, at: &str, text: &str| mail(id, "", "Ann <a@m.example>", "Month", at, text);
        site.import(
            &slug,
            &[
                at(
                    "2@m.example",
                    "Tue, 06 Jan 2026 09:00:00",
                    "second\nFrom here on",
                ),
                at("1@m.example", "Mon, 05 Jan 2026 09:00:00", "first"),
                at(
                    "1b@m.example",
                    "Mon, 05 Jan 2026 09:00:00",
                    "at the same time",
                ),
                at("3@m.example", "Sun, 01 Feb 2026 00:00:00", "next month"),
            ],
        )
        .await;
        let month = site.get(&format!("/c/{slug}/?month=2026-01")).await.text;
        let link = format!("/c/{slug}/mbox/2026-01");
        assert!(month.contains(&link), "{month}");
        let mbox = site.get(&link).await;
        assert_eq!(mbox.header("content-type"), "application/mbox");
        let ids: Vec<&str> = mbox
            .text
            .lines()
            .filter_map(|line| line.strip_prefix("Message-ID: "))
            .collect();
        assert_eq!(ids, ["<1@m.example>", "<1b@m.example>", "<2@m.example>"]);
        assert_eq!(
            mbox.text
                .lines()
                .filter(|line| line.starts_with("From "))
                .count(),
            3
        );
        assert!(mbox.text.contains("\n>From here on"), "{}", mbox.text);
        for nothing in ["2025-12", "2026-13", "2026-1", "all", "2026-01-01"] {
            let answer = site.get(&format!("/c/{slug}/mbox/{nothing}")).await;
            assert_eq!(answer.status, 404, "{nothing}");
        }
    }
}

#[tokio::test]
async fn an_absent_mail_keeps_its_place_among_its_answers() {
    for site in sites().await {
        let slug = site.found("absent", "public").await;
        let answer = |id: &str, refers: &str, at: &str| {
            mail(id, "", "Bo <b@m.example>", "Re: Valves", at, id)
                .replace("From:", &format!("References: {refers}\nFrom:"))
        };
        let root = mail(
            "root@m.example",
            "",
            "Ann <a@m.example>",
            "Valves",
            "Mon, 05 Jan 2026 09:00:00",
            "Which?",
        );
        let all = [
            root,
            answer(
                "a@m.example",
                "<root@m.example> <gone@m.example>",
                "Tue, 06 Jan 2026 09:00:00",
            ),
            answer(
                "b@m.example",
                "<root@m.example> <gone@m.example>",
                "Wed, 07 Jan 2026 09:00:00",
            ),
            answer(
                "c@m.example",
                "<root@m.example>",
                "Thu, 08 Jan 2026 09:00:00",
            ),
        ];
        site.import(&slug, &all).await;
        let page = site.get(&path(&slug, "t", "root@m.example")).await.text;
        assert!(
            page.contains("4 posts"),
            "an absent mail is no post: {page}"
        );
        let classes: Vec<&str> = page
            .split("class=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .filter(|class| class.starts_with("post ") || class.starts_with("absent "))
            .collect();
        assert_eq!(
            classes,
            ["post d0", "absent d1", "post d2", "post d2", "post d1"],
            "{page}"
        );
        // It comes after all: nothing is absent any more.
        site.import(
            &slug,
            &[answer(
                "gone@m.example",
                "<root@m.example>",
                "Mon, 05 Jan 2026 12:00:00",
            )],
        )
        .await;
        let page = site.get(&path(&slug, "t", "root@m.example")).await.text;
        assert!(
            page.contains("5 posts") && !page.contains("absent d"),
            "{page}"
        );
    }
}

async fn with_cookie(site: &Site, path: &str, cookie: &str) -> Answer {
    let request = Request::builder().uri(path).header("Cookie", cookie);
    site.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_member_reads_what_is_for_members() {
    for site in sites().await {
        let (slug, other) = (
            site.found("closed", "members").await,
            site.found("beside", "members").await,
        );
        let none = site.found("nothing", "none").await;
        let secret = mail(
            "s@quiet.example",
            "",
            "Zoe <zoe@quiet.example>",
            "Buried subject",
            "Mon, 05 Jan 2026 09:00:00",
            "whispered to ann@plant.example",
        );
        for slug in [&slug, &other, &none] {
            site.import(slug, std::slice::from_ref(&secret)).await;
            site.join(slug, "ann@plant.example").await;
        }
        let member = site.member(&slug, "ann@plant.example").await;
        let hour = NOW / 3_600_000;
        let cookie = |member: i64, until: i64| {
            let token = site.ctx.secret.sign_reader(member, until);
            format!("other=1; folkmoot_reader={token}")
        };
        let own = cookie(member.id, hour + 1);
        let message = path(&slug, "m", "s@quiet.example");
        for rest in [
            message.clone(),
            path(&slug, "t", "s@quiet.example"),
            format!("{message}/raw"),
            format!("/c/{slug}/"),
            format!("/c/{slug}/?month=2026-01"),
            format!("/c/{slug}/search?q=whispered"),
            format!("/c/{slug}/feed.atom"),
            format!("/c/{slug}/mbox/2026-01"),
        ] {
            let seen = with_cookie(&site, &rest, &own).await;
            assert_eq!(seen.status, 200, "{rest}");
            assert!(
                seen.text.contains("Buried subject"),
                "{rest}: {}",
                seen.text
            );
            assert_eq!(seen.header("cache-control"), "private, no-store", "{rest}");
        }
        let seen = with_cookie(&site, &message, &own).await.text;
        assert!(
            seen.contains("ann@plant.example") && seen.contains("noindex"),
            "among members addresses are whole: {seen}"
        );
        let strangers = [
            (message.clone(), cookie(member.id, hour)),
            (message.clone(), cookie(member.id + 1_000_000, hour + 1)),
            (message.clone(), "folkmoot_reader=".to_owned()),
            (
                message.clone(),
                "folkmoot_reader=aaaa; folkmoot_reader=%00".to_owned(),
            ),
            (path(&other, "m", "s@quiet.example"), own.clone()),
        ];
        for (path, cookie) in strangers {
            let answer = with_cookie(&site, &path, &cookie).await;
            assert_eq!(answer.status, 403, "{path} {cookie}");
        }
        let kept = site.member(&none, "ann@plant.example").await;
        let nothing = path(&none, "m", "s@quiet.example");
        let answer = with_cookie(&site, &nothing, &cookie(kept.id, hour + 1)).await;
        assert_eq!(answer.status, 404, "there is no archive for anybody");
    }
}

#[tokio::test]
async fn a_thread_among_members_of_a_public_list_is_for_them() {
    for site in sites().await {
        let slug = site.found("mixed", "public").await;
        let at = "Mon, 05 Jan 2026 09:00:00";
        site.import(
            &slug,
            &[
                mail(
                    "o@m.example",
                    "",
                    "Ann <a@m.example>",
                    "Open words",
                    at,
                    "for all",
                ),
                mail(
                    "k@m.example",
                    "",
                    "Ann <a@m.example>",
                    "[members] Kept words",
                    at,
                    "for us",
                ),
            ],
        )
        .await;
        site.join(&slug, "ann@plant.example").await;
        let member = site.member(&slug, "ann@plant.example").await;
        let token = site.ctx.secret.sign_reader(member.id, NOW / 3_600_000 + 1);
        let cookie = format!("folkmoot_reader={token}");
        for rest in [
            "",
            "feed.atom",
            "mbox/2026-01",
            "search?q=words",
            "?month=2026-01",
        ] {
            let path = format!("/c/{slug}/{rest}");
            // A search marks what was asked for.
            let plain = |text: String| text.replace("<mark>", "").replace("</mark>", "");
            let open = plain(site.get(&path).await.text);
            assert!(
                open.contains("Open words") && !open.contains("Kept words"),
                "{path}: {open}"
            );
            let all = plain(with_cookie(&site, &path, &cookie).await.text);
            assert!(
                all.contains("Open words") && all.contains("Kept words"),
                "{path}: {all}"
            );
        }
        let kept = path(&slug, "m", "k@m.example");
        assert_eq!(site.get(&kept).await.status, 404);
        assert_eq!(with_cookie(&site, &kept, &cookie).await.status, 200);
    }
}

#[tokio::test]
async fn a_members_own_feed_has_the_posts_of_their_archive() {
    for site in sites().await {
        let slug = site.found("fed", "members").await;
        let secret = mail(
            "s@quiet.example",
            "",
            "Zoe <zoe@quiet.example>",
            "Buried subject",
            "Mon, 05 Jan 2026 09:00:00",
            "whispered",
        );
        site.import(&slug, &[secret]).await;
        site.join(&slug, "ann@plant.example").await;
        let member = site.member(&slug, "ann@plant.example").await;
        let token = site.ctx.secret.sign_feed(member.id, 0);
        let own = site.get(&format!("/f/{token}/feed.atom")).await;
        assert_eq!(
            own.header("content-type"),
            "application/atom+xml; charset=utf-8"
        );
        assert_eq!(own.header("cache-control"), "no-store");
        assert!(
            own.text.contains("Buried subject")
                && own.text.contains(&format!(
                    "rel=\"self\" href=\"https://lists.example/f/{token}/feed.atom\""
                )),
            "{}",
            own.text
        );
        let ended = site.ctx.secret.sign_feed(member.id, 1);
        for wrong in [ended.as_str(), "x"] {
            assert_eq!(site.get(&format!("/f/{wrong}/feed.atom")).await.status, 404);
        }
    }
}
