//! A site to look at: communities, members and a small archive, all invented.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::archive::mbox::MboxReader;
use crate::archive::transfer::{Target, import};
use crate::clock::Clock;
use crate::config::Settings;
use crate::context::Context;
use crate::identity::tokens::Purpose;
use crate::links;
use crate::lists::membership::{self, NewMember};
use crate::practice::apply::apply;
use crate::random;
use crate::store::members::{self, Member};
use crate::store::{Db, communities};
use crate::templates::Templates;

/// 1 March 2026.
pub const NOW: i64 = 1_772_355_600_000;

/// A site, with what holds its files.
pub struct Site {
    pub ctx: Context,
    pub router: Router,
    /// Ends every slug, since the sites of several tests may share a database.
    mark: String,
    _folder: TempDir,
}

/// An answer, read whole.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// A site on each database there is: SQLite always, PostgreSQL where
/// `FOLKMOOT_TEST_PG` has the URL of one.
pub async fn sites() -> Vec<Site> {
    let mut sites = vec![site(None).await];
    if let Ok(url) = std::env::var("FOLKMOOT_TEST_PG") {
        sites.push(site(Some(&url)).await);
    }
    sites
}

async fn site(postgres: Option<&str>) -> Site {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("folkmoot.toml");
    std::fs::write(
        &file,
        "domain = \"lists.example\"\nbase_url = \"https://lists.example\"\ndata_dir = \"data\"\n",
    )
    .unwrap();
    let settings = Settings::load(&file).unwrap();
    let db = match postgres {
        Some(url) => Db::open_postgres(url).await.unwrap(),
        None => Db::open_sqlite(&folder.path().join("web.db"))
            .await
            .unwrap(),
    };
    db.migrate().await.unwrap();
    let templates = Templates::load(None).unwrap();
    let ctx = Context::new(settings, db, Clock::test(NOW), templates)
        .await
        .unwrap();
    let mark: String = random::bytes::<4>()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Site {
        router: super::super::router(ctx.clone()),
        ctx,
        mark,
        _folder: folder,
    }
}

impl Site {
    /// The slug of the community that a test calls `name`.
    pub fn slug(&self, name: &str) -> String {
        format!("{name}-{}", self.mark)
    }

    /// Founds a community with the archive policy and gives its slug.
    pub async fn found(&self, name: &str, archive: &str) -> String {
        let slug = self.slug(name);
        let charter = format!(
            "slug = \"{slug}\"\nname = \"The {name} circle\"\n[charter]\ndomain = \"All about {name}.\"\n\
             community = \"People.\"\npractice = \"Notes.\"\n[list]\narchive = \"{archive}\"\n"
        );
        let mut tx = self.ctx.write().await.unwrap();
        apply(&mut tx, &self.ctx, &charter, "charter.toml", None)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        slug
    }

    /// Imports mails into the archive of `slug`.
    pub async fn import(&self, slug: &str, mails: &[String]) {
        let mbox: String = mails
            .iter()
            .map(|mail| format!("From a@b.example Mon Jan  5 09:00:00 2026\n{mail}\n\n"))
            .collect();
        let target = Target {
            ctx: &self.ctx,
            community: self.community(slug).await,
            now: NOW,
        };
        let read = MboxReader::new(std::io::Cursor::new(mbox.into_bytes()));
        let done = import(&target, Box::new(read), |_| {}).await.unwrap();
        assert_eq!(done.added as usize, mails.len(), "{done:?}");
    }

    async fn community(&self, slug: &str) -> i64 {
        communities::by_slug(&mut self.ctx.read().await.unwrap(), slug)
            .await
            .unwrap()
            .unwrap()
            .id
    }

    /// Adds a member and gives the path of their one-click unsubscribe.
    pub async fn join(&self, slug: &str, address: &str) -> String {
        let community = self.community(slug).await;
        let new = NewMember {
            address: address.into(),
            ..NewMember::default()
        };
        let mut tx = self.ctx.write().await.unwrap();
        membership::add(&mut tx, community, &new, "test", NOW)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        format!(
            "/u/{}",
            self.ctx
                .secret
                .sign(Purpose::Unsubscribe, self.member(slug, address).await.id)
        )
    }

    /// The member as the database has them.
    pub async fn member(&self, slug: &str, address: &str) -> Member {
        let community = self.community(slug).await;
        members::by_address(&mut self.ctx.read().await.unwrap(), community, address)
            .await
            .unwrap()
            .unwrap()
    }

    /// Asks for a page.
    pub async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "").await
    }

    /// Sends a request as one-click unsubscribe does, or any other.
    pub async fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .body(Body::from(body.to_owned()))
            .unwrap();
        self.send(request).await
    }

    /// Sends any request.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let (head, body) = self
            .router
            .clone()
            .oneshot(request)
            .await
            .unwrap()
            .into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: head.status,
            headers: head.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}

/// A mail: (Message-ID, the one it answers or "", From, Subject, day and hour of
/// January 2026, text).
pub fn mail(id: &str, answers: &str, from: &str, subject: &str, at: &str, text: &str) -> String {
    let refers = if answers.is_empty() {
        String::new()
    } else {
        format!("In-Reply-To: <{answers}>\nReferences: <{answers}>\n")
    };
    format!(
        "Message-ID: <{id}>\n{refers}From: {from}\nTo: all@lists.example\nSubject: {subject}\nDate: {at} +0000\n\
         MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
    )
}

/// The path below `/c/SLUG/` of a message or thread (`kind`).
pub fn path(slug: &str, kind: &str, message_id: &str) -> String {
    format!("/c/{slug}/{kind}/{}", links::permalink(message_id))
}
