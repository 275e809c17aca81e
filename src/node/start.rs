//! Starting a node: folder, database, clock, leases of its former life, sockets.

use std::io;
use std::sync::Arc;

use axum::Router;

use super::lock::DataDir;
use super::{Node, Sockets};
use crate::cadence::plan;
use crate::clock::{Clock, rfc3339};
use crate::config::Settings;
use crate::config::settings::{Database, Socket};
use crate::context::{self, Context};
use crate::intake::Listener;
use crate::intake::tls::{Certificate, Unusable};
use crate::pulse::Pulse;
use crate::store::objects::Objects;
use crate::store::{self, Db, OpenError, Tx, acts, intake, mails, outbox, settings};
use crate::templates::Templates;

/// Why a node did not start; the text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another node holds the folder.
    #[error("another node runs in {0}; stop it, or give this one a data_dir of its own")]
    AlreadyRunning(String),
    /// The folder cannot be used.
    #[error("cannot use data_dir {0}: {1}; check that it can be written")]
    DataDir(String, io::Error),
    /// A socket cannot be bound.
    #[error("{0}; check [listen] and what else runs there")]
    Listen(io::Error),
    /// The certificate of the SMTP listener.
    #[error(transparent)]
    Certificate(#[from] Unusable),
    /// The database.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database, once open.
    #[error("the database refused: {0}")]
    Store(#[from] sqlx::Error),
    /// The database refused, or a DKIM key cannot be used.
    #[error(transparent)]
    Context(#[from] context::Error),
    /// Templates that cannot be used.
    #[error("{}", .0.join("\n"))]
    Templates(Vec<String>),
}

/// Opens the database that the settings name.
///
/// # Errors
/// [`OpenError`].
pub async fn open(settings: &Settings) -> Result<Db, OpenError> {
    let db = match &settings.database {
        Database::Sqlite(file) => Db::open_sqlite(file).await?,
        Database::Postgres(url) => Db::open_postgres(url).await?,
    };
    Ok(db.with(Objects::open(settings.storage.as_ref())?))
}

/// Starts a node. `test_clock` (ms since 1970) makes its civil clock stand still
/// at the later of that moment and the last one that the database knows.
///
/// # Errors
/// See [`StartError`].
pub async fn start(settings: Settings, test_clock: Option<i64>) -> Result<Node, StartError> {
    start_with(settings, test_clock, |_| Router::new()).await
}

/// Starts a node as [`start`] does, with pages of the caller's beside its own.
///
/// # Errors
/// See [`StartError`].
pub async fn start_with(
    settings: Settings,
    test_clock: Option<i64>,
    pages: impl FnOnce(&Context) -> Router,
) -> Result<Node, StartError> {
    let folder = settings.data_dir.display().to_string();
    let data_dir = DataDir::lock(&settings.data_dir).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => StartError::AlreadyRunning(folder),
        _ => StartError::DataDir(folder, error),
    })?;
    let sockets = bind(&settings)?;
    let db = open(&settings).await?;
    db.migrate().await?;
    let clock = clock(&db, test_clock).await?;
    let overrides = Some(settings.templates.as_path()).filter(|folder| folder.is_dir());
    let templates = Templates::load(overrides).map_err(StartError::Templates)?;
    let ctx = Context::new(settings, db, clock, templates).await?;
    let mut tx = ctx.write().await?;
    release(&mut tx, &data_dir.node_id).await?;
    tx.commit().await?;
    plan::plan_all(&ctx).await?;
    let pulse = Pulse::new(&data_dir.node_id);
    super::beat::beat(&ctx, &pulse).await?;
    let pages = pages(&ctx);
    Ok(Node::run(ctx, pulse, sockets, data_dir, pages))
}

fn bind(settings: &Settings) -> Result<Sockets, StartError> {
    let bind = |socket: &Option<Socket>| {
        let Some(socket) = socket else {
            return Ok(None);
        };
        let address = socket.to_string();
        Listener::bind(&address)
            .map(Some)
            .map_err(StartError::Listen)
    };
    let certificate = settings.tls.as_ref().map(Certificate::open).transpose()?;
    let listen = &settings.listen;
    Ok(Sockets {
        lmtp: bind(&listen.lmtp)?,
        smtp: bind(&listen.smtp)?,
        http: bind(&listen.http)?,
        certificate: certificate.map(Arc::new),
    })
}

async fn clock(db: &Db, asked: Option<i64>) -> store::Result<Clock> {
    let mut tx = db.write(store::Durability::Full).await?;
    let clock = match asked {
        None => {
            settings::remove(&mut tx, "test_clock").await?;
            Clock::system()
        }
        Some(asked) => {
            let last = settings::get(&mut tx, "test_clock")
                .await?
                .and_then(|text| text.parse().ok());
            let at = asked.max(last.unwrap_or(asked));
            settings::set(&mut tx, "test_clock", &at.to_string()).await?;
            tracing::info!(at = rfc3339(at), "the civil clock stands still");
            Clock::test(at)
        }
    };
    tx.commit().await?;
    Ok(clock)
}

/// What this node held when it last ended is free again: the folder's lock says
/// that no other process bears its name.
pub(super) async fn release(tx: &mut Tx, owner: &str) -> store::Result<()> {
    intake::suspect(tx, owner).await?;
    intake::release(tx, owner).await?;
    mails::release(tx, owner).await?;
    outbox::release(tx, owner).await?;
    acts::release(tx, owner).await
}

/// The civil clock as a command sees it: the test clock's last moment where the
/// database has one, else the time of day.
///
/// # Errors
/// Where the database refuses.
pub async fn command_clock(db: &Db) -> store::Result<Clock> {
    let last = settings::get(&mut db.read().await?, "test_clock").await?;
    Ok(last
        .and_then(|text| text.parse().ok())
        .map_or_else(Clock::system, Clock::test))
}
