//! Feeds: what calendars get, and that they get it again only where it has changed.

use axum::body::Body;
use axum::http::Request;

use super::site::{Answer, NOW, Site, sites};
use crate::lists::membership;
use crate::sessions::feed;
use crate::store::communities;
use crate::store::series::{self, Series};
use crate::store::sessions::{self, Session};

const DAY: i64 = 86_400_000;

/// A community with a series of Tuesdays.
async fn with_series(site: &Site, name: &str, archive: &str) -> (String, Series) {
    let slug = site.found(name, archive).await;
    let mut tx = site.ctx.write().await.unwrap();
    let community = communities::by_slug(&mut tx, &slug).await.unwrap().unwrap();
    let mut series = Series {
        community_id: community.id,
        slug: "clinic".into(),
        generation: 1,
        uid: format!("clinic-{slug}@lists.example"),
        origin: series::CHARTER.into(),
        title: "Pump clinic".into(),
        rule: "FREQ=WEEKLY;BYDAY=TU".into(),
        starts: "2026-03-03T16:00:00".into(),
        until: "2026-06-30".into(),
        zone: "Europe/Berlin".into(),
        duration: 3_600_000,
        version: 1,
        state: "running".into(),
        began_at: NOW,
        modified_at: NOW,
        ..Series::default()
    };
    series.id = series::insert(&mut tx, &series).await.unwrap();
    tx.commit().await.unwrap();
    (slug, series)
}

async fn cancel(site: &Site, series: &Series, on: &str) {
    let mut tx = site.ctx.write().await.unwrap();
    let row = Session {
        community_id: series.community_id,
        series_id: series.id,
        on_date: on.into(),
        starts_at: NOW + DAY,
        ends_at: NOW + DAY + 3_600_000,
        ..Session::default()
    };
    sessions::ensure(&mut tx, &row).await.unwrap();
    let row = sessions::on(&mut tx, series.id, on).await.unwrap().unwrap();
    let cancelled = Session {
        state: "cancelled".into(),
        modified_at: site.ctx.now(),
        ..row
    };
    sessions::update(&mut tx, &cancelled).await.unwrap();
    tx.commit().await.unwrap();
}

async fn ask(site: &Site, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    site.send(request.body(Body::empty()).unwrap()).await
}

async fn own(site: &Site, slug: &str, address: &str) -> String {
    let member = site.member(slug, address).await.id;
    let mut tx = site.ctx.read().await.unwrap();
    let address = feed::address(&mut tx, &site.ctx, member).await.unwrap();
    address
        .strip_prefix("https://lists.example")
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_calendar_is_sent_again_only_where_it_has_changed() {
    for site in sites().await {
        let (slug, series) = with_series(&site, "pumps", "public").await;
        let path = format!("/c/{slug}/calendar.ics");
        let first = site.get(&path).await;
        assert_eq!(first.status, 200);
        assert_eq!(first.header("content-type"), "text/calendar; charset=utf-8");
        assert!(
            first.text.contains("SUMMARY:Pump clinic\r\n"),
            "{}",
            first.text
        );
        assert_eq!(
            first.header("last-modified"),
            "Sun, 01 Mar 2026 09:00:00 GMT"
        );
        let tag = first.header("etag").to_owned();
        assert_eq!(site.get(&path).await.header("etag"), tag);

        let weak = format!("\"other\", W/{tag}");
        let table: [(&[(&str, &str)], u16); 9] = [
            (&[("if-none-match", &tag)], 304),
            (&[("if-none-match", &weak)], 304),
            (&[("if-none-match", "*")], 304),
            (&[("if-none-match", "\"other\"")], 200),
            (
                &[("if-modified-since", "Sun, 01 Mar 2026 09:00:00 GMT")],
                304,
            ),
            (
                &[("if-modified-since", "Sun, 01 Mar 2026 08:59:59 GMT")],
                200,
            ),
            (&[("if-modified-since", "yesterday")], 200),
            // The hash outranks the date, both ways.
            (
                &[
                    ("if-none-match", "\"other\""),
                    ("if-modified-since", "Sun, 01 Mar 2026 09:00:00 GMT"),
                ],
                200,
            ),
            (
                &[
                    ("if-none-match", &tag),
                    ("if-modified-since", "Sun, 01 Mar 2020 09:00:00 GMT"),
                ],
                304,
            ),
        ];
        for (headers, status) in table {
            let answer = ask(&site, &path, headers).await;
            assert_eq!(answer.status, status, "{headers:?}");
            assert_eq!(answer.header("etag"), tag);
            assert_eq!(answer.text.is_empty(), status == 304, "{headers:?}");
        }

        site.ctx.clock.set(NOW + DAY);
        cancel(&site, &series, "2026-03-10").await;
        let changed = ask(&site, &path, &[("if-none-match", &tag)]).await;
        assert_eq!(changed.status, 200);
        assert_eq!(
            changed.header("last-modified"),
            "Mon, 02 Mar 2026 09:00:00 GMT"
        );
        assert!(
            changed.text.contains("STATUS:CANCELLED"),
            "{}",
            changed.text
        );
        site.ctx.clock.set(NOW + 40 * DAY);
        let since = [("if-modified-since", "Mon, 02 Mar 2026 09:00:00 GMT")];
        let dropped = ask(&site, &path, &since).await;
        assert_eq!(dropped.status, 200);
        assert!(
            !dropped.text.contains("STATUS:CANCELLED"),
            "{}",
            dropped.text
        );
        site.ctx.clock.set(NOW);
    }
}

#[tokio::test]
async fn a_head_has_the_headers_alone() {
    for site in sites().await {
        let (slug, _) = with_series(&site, "pumps", "public").await;
        let path = format!("/c/{slug}/calendar.ics");
        let (get, head) = (site.get(&path).await, site.ask("HEAD", &path, "").await);
        assert_eq!((head.status, head.text.as_str()), (get.status, ""));
        for name in ["etag", "last-modified", "content-type"] {
            assert_eq!(head.header(name), get.header(name), "{name}");
        }
    }
}

#[tokio::test]
async fn a_feed_of_ones_own_works_until_it_is_ended() {
    for site in sites().await {
        let (slug, _) = with_series(&site, "pumps", "members").await;
        let unsubscribe = site.join(&slug, "ann@works.example").await;
        let public = site.get(&format!("/c/{slug}/calendar.ics")).await;
        assert_eq!(public.status, 403);
        assert!(!public.text.contains("Pump clinic"));

        let path = own(&site, &slug, "ann@works.example").await;
        let answer = site.get(&path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.text.contains("SUMMARY:Pump clinic") && !answer.text.contains("ann@"));
        assert_eq!(answer.header("cache-control"), "private, no-cache");

        let token = path
            .trim_start_matches("/f/")
            .trim_end_matches("/calendar.ics");
        for other in ["/u/", "/me/", "/desk/", "/hold/", "/join/"] {
            let opened = site.get(&format!("{other}{token}")).await;
            assert!(opened.status.is_client_error(), "{other} {}", opened.status);
        }
        let foreign = unsubscribe.replace("/u/", "/f/") + "/calendar.ics";
        for unknown in [
            foreign.as_str(),
            "/f/abc/calendar.ics",
            "/f/%00/calendar.ics",
        ] {
            assert_eq!(site.get(unknown).await.status, 404, "{unknown}");
        }

        let mut tx = site.ctx.write().await.unwrap();
        feed::end(&mut tx, &site.ctx, token, "a test").await.unwrap();
        feed::end(&mut tx, &site.ctx, token, "a test").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(site.get(&path).await.status, 404);
        let next = own(&site, &slug, "ann@works.example").await;
        assert_eq!(site.get(&next).await.status, 200);
    }
}

#[tokio::test]
async fn whoever_leaves_has_no_feed_and_another_one_when_they_are_back() {
    for site in sites().await {
        let (slug, _) = with_series(&site, "pumps", "members").await;
        site.join(&slug, "ann@works.example").await;
        let path = own(&site, &slug, "ann@works.example").await;
        let member = site.member(&slug, "ann@works.example").await;
        let mut tx = site.ctx.write().await.unwrap();
        membership::leave(&mut tx, member, "test", NOW)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(site.get(&path).await.status, 404);
        let next = own(&site, &slug, "ann@works.example").await;
        assert_eq!(site.get(&next).await.status, 404);
        site.join(&slug, "ann@works.example").await;
        assert_eq!(site.get(&path).await.status, 404);
        assert_eq!(site.get(&next).await.status, 200);
    }
}
