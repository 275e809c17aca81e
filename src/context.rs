//! What every room needs at hand: settings, database, clock, templates, the
//! signing keys, and the bells that wake the workers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::clock::{Clock, moment};
use crate::config::settings::RelaySecurity;
use crate::config::{Charter, Problem, Settings};
use crate::identity::wave_keys::WaveKeys;
use crate::identity::{Resolver, Secret};
use crate::outbox::signing::Signers;
use crate::relay::address::{RelayAddress, Scheme};
use crate::store::communities::Community;
use crate::store::{self, Db, Durability, Tx, settings};
use crate::templates::Templates;

/// What every room needs at hand. Cheap to clone.
#[derive(Clone)]
pub struct Context {
    /// The database.
    pub db: Db,
    inner: Arc<Inner>,
}

/// See [`Context`], through which it is reached.
pub struct Inner {
    /// folkmoot.toml.
    pub settings: Settings,
    /// Civil time.
    pub clock: Clock,
    /// Mails and pages.
    pub templates: Templates,
    /// Signs tokens.
    pub secret: Secret,
    /// The keys of open surveys that this node has.
    pub wave_keys: WaveKeys,
    /// Sign what goes out (DKIM).
    pub signers: Signers,
    /// Whom our own checks of senders ask.
    pub resolver: Resolver,
    /// Wakes the workers of this process.
    pub bells: Bells,
    /// The relay, with its password read from the file.
    pub relay: RelayAddress,
    charters: Mutex<HashMap<i64, (String, Arc<Charter>)>>,
}

/// Why things could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused.
    #[error(transparent)]
    Store(#[from] sqlx::Error),
    /// A key that is to sign what goes out cannot be used.
    #[error(transparent)]
    Key(#[from] Problem),
}

impl std::ops::Deref for Context {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.inner
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
    /// A mail is offered, or may have room by now.
    pub offers: Notify,
    /// An outbox row is due.
    pub relay: Notify,
    /// Something may have fallen due.
    pub cadence: Notify,
    /// The command line asks something.
    pub requests: Notify,
    /// A survey has opened or closed.
    pub surveys: Notify,
}

impl Bells {
    /// Rings all: after a change whose effects are not known here.
    pub fn all(&self) {
        self.intake.notify_one();
        self.expansion.notify_one();
        self.offers.notify_one();
        self.relay.notify_one();
        self.cadence.notify_one();
        self.requests.notify_one();
        self.surveys.notify_one();
    }
}

impl Context {
    /// Puts everything together. The signing key is read from the database, or
    /// made and kept there on the first start.
    ///
    /// # Errors
    /// Where the database cannot be read or written, or a DKIM key cannot be used.
    pub async fn new(
        settings: Settings,
        db: Db,
        clock: Clock,
        templates: Templates,
    ) -> Result<Context, Error> {
        let signers = Signers::load(&settings)?;
        let mut tx = db.write(Durability::Full).await?;
        let kept = settings::set_first(&mut tx, "secret", &Secret::generate().to_text()).await?;
        tx.commit().await?;
        let secret = Secret::from_text(&kept).unwrap_or_else(Secret::generate);
        let (bells, charters, relay) =
            (Bells::default(), Mutex::default(), relay_address(&settings));
        let resolver = Resolver::new(&settings.authentication.dns);
        let wave_keys = WaveKeys::below(&settings.data_dir);
        let inner = Arc::new(Inner {
            settings,
            clock,
            templates,
            secret,
            wave_keys,
            signers,
            resolver,
            bells,
            relay,
            charters,
        });
        Ok(Context { db, inner })
    }

    /// The same for a runtime of its own (see [`Db::apart`]).
    pub fn apart(&self) -> Context {
        Context {
            db: self.db.apart(),
            inner: self.inner.clone(),
        }
    }

    /// A community's charter as it stands. `None` where the text that is kept
    /// cannot be read, which only an older version or a hand in the database
    /// can bring about.
    pub fn charter(&self, community: &Community) -> Option<Arc<Charter>> {
        let mut known = self.charters.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(&community.id) {
            Some((text, charter)) if *text == community.charter => return Some(charter.clone()),
            _ => {}
        }
        let file = format!("charter of {}", community.slug);
        let charter = Arc::new(Charter::parse(&community.charter, &file).ok()?);
        known.insert(community.id, (community.charter.clone(), charter.clone()));
        Some(charter)
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

/// Where the relay is, with the password read from its file.
pub fn relay_address(settings: &Settings) -> RelayAddress {
    let relay = &settings.relay;
    let scheme = match relay.security {
        RelaySecurity::Plain => Scheme::Smtp,
        RelaySecurity::Tls => Scheme::Smtps,
        RelaySecurity::StartTls => Scheme::Starttls,
    };
    let password = relay
        .password_file
        .as_ref()
        .and_then(|file| std::fs::read_to_string(file).ok());
    RelayAddress {
        scheme,
        host: relay.host.clone(),
        port: relay.port,
        user: relay.user.clone(),
        password: password.map(|text| text.trim_end_matches(['\r', '\n']).to_owned()),
    }
}
