//! What every room needs at hand: settings, database, clock, templates, the
//! signing key, and the bells that wake the workers.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::clock::{Clock, moment};
use crate::config::Settings;
use crate::identity::Secret;
use crate::store::{self, Db, Durability, Tx, settings};
use crate::templates::Templates;

/// What every room needs at hand. Cheap to clone.
#[derive(Clone)]
pub struct Context(Arc<Inner>);

/// See [`Context`], through which it is reached.
pub struct Inner {
    /// folkmoot.toml.
    pub settings: Settings,
    /// The database.
    pub db: Db,
    /// Civil time.
    pub clock: Clock,
    /// Mails and pages.
    pub templates: Templates,
    /// Signs tokens.
    pub secret: Secret,
    /// Wakes the workers of this process.
    pub bells: Bells,
}

impl std::ops::Deref for Context {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// One bell a worker. Ringing is never lost: a bell rung while its worker is
/// busy is heard when it next listens.
#[derive(Default)]
pub struct Bells {
    /// A message was accepted.
    pub intake: Notify,
    /// A mail has an audience to be expanded.
    pub expansion: Notify,
    /// An outbox row is due.
    pub relay: Notify,
    /// Something may have fallen due.
    pub cadence: Notify,
}

impl Bells {
    /// Rings all: after a change whose effects are not known here.
    pub fn all(&self) {
        self.intake.notify_one();
        self.expansion.notify_one();
        self.relay.notify_one();
        self.cadence.notify_one();
    }
}

impl Context {
    /// Puts everything together. The signing key is read from the database, or
    /// made and kept there on the first start.
    ///
    /// # Errors
    /// Where the database cannot be read or written.
    pub async fn new(settings: Settings, db: Db, clock: Clock, templates: Templates) -> store::Result<Context> {
        let mut tx = db.write(Durability::Full).await?;
        let kept = settings::set_first(&mut tx, "secret", &Secret::generate().to_text()).await?;
        tx.commit().await?;
        let secret = Secret::from_text(&kept).unwrap_or_else(Secret::generate);
        let bells = Bells::default();
        Ok(Context(Arc::new(Inner { settings, db, clock, templates, secret, bells })))
    }

    /// Now (civil), in milliseconds since 1970.
    pub fn now(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Today (civil), for texts.
    pub fn today(&self) -> chrono::DateTime<chrono::Utc> {
        moment(self.now())
    }

    /// A transaction that must survive a power cut: a 250, a person's wish.
    ///
    /// # Errors
    /// Where the database cannot be reached.
    pub async fn write_durably(&self) -> store::Result<Tx> {
        self.db.write(Durability::Full).await
    }

    /// A transaction whose work can be repeated from what is durable.
    ///
    /// # Errors
    /// Where the database cannot be reached.
    pub async fn write(&self) -> store::Result<Tx> {
        self.db.write(Durability::Process).await
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// Where the database cannot be reached.
    pub async fn read(&self) -> store::Result<Tx> {
        self.db.read().await
    }
}
