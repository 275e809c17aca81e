//! The resolver of our own checks. It is allowed to be slow, to say nothing and to be
//! away; none of that may hold the mail up.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use mail_auth::MessageAuthenticator;
use mail_auth::hickory_resolver::TokioResolver;
use mail_auth::hickory_resolver::config::{
    NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use mail_auth::hickory_resolver::net::NetError;
use mail_auth::hickory_resolver::net::runtime::TokioRuntimeProvider;
use mail_auth::hickory_resolver::proto::rr::{Name, RecordType};
use mail_auth::hickory_resolver::system_conf::read_system_conf;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

use crate::clock;
use crate::config::settings::Resolvers;

/// How long the checks of one message may take, while few of them are slow.
const PATIENCE: Duration = Duration::from_secs(5);

/// And where many were: whoever has us ask name servers that never answer, mail by mail,
/// delays the others by no more than this each.
const SHORT_PATIENCE: Duration = Duration::from_secs(1);

/// So much waiting is many; half of the time that passes is taken off it.
const MUCH_WAITING: Duration = Duration::from_secs(10);

/// A check that takes so long makes us ask whether the resolver is there at all.
const DOUBT: Duration = Duration::from_millis(1500);

/// How long the resolver may take to say anything.
const PROBE: Duration = Duration::from_secs(1);

/// How long a resolver that is away is not asked.
const REST: Duration = Duration::from_secs(10);

/// Answers that are kept for as long as they say, those that there is nothing too.
const MOST_KEPT: u64 = 1024;

/// And no answer for longer than this: a key or policy that was replaced is seen.
const LONGEST_KEPT: Duration = Duration::from_secs(3600);

/// Whom our own checks ask; one for the process, so that answers are kept for all.
pub struct Resolver {
    dns: Resolvers,
    is_forgiving: bool,
    asking: OnceLock<Asking>,
    state: Mutex<State>,
}

struct Asking {
    authenticator: MessageAuthenticator,
    probe: MessageAuthenticator,
}

#[derive(Default)]
struct State {
    away_until: Option<Instant>,
    waited: Duration,
    noted: Option<Instant>,
}

impl Resolver {
    /// Nothing is asked yet, and no file read.
    pub fn new(dns: &Resolvers) -> Resolver {
        Resolver {
            dns: dns.clone(),
            is_forgiving: *dns == Resolvers::System,
            asking: OnceLock::new(),
            state: Mutex::default(),
        }
    }

    /// Takes a question about a name that nobody can own, which nobody answers, for one
    /// that is answered by "no such name". So does whoever asks the machine's resolvers,
    /// which may be none; named ones are there to be believed, also in a trial with such
    /// names.
    pub fn forgiving(self) -> Resolver {
        Resolver {
            is_forgiving: true,
            ..self
        }
    }

    /// Whether it is [`forgiving`](Self::forgiving).
    pub(super) fn is_forgiving(&self) -> bool {
        self.is_forgiving
    }

    /// Whether nothing is checked here.
    pub fn is_off(&self) -> bool {
        self.dns == Resolvers::Off
    }

    pub(super) fn authenticator(&self) -> &MessageAuthenticator {
        &self.asking().authenticator
    }

    /// How long the next message may be checked; `None` where the resolver is away, so
    /// that nothing is to be asked.
    pub(super) async fn patience(&self) -> Option<Duration> {
        let away_until = self.state().away_until;
        if let Some(until) = away_until
            && (clock::monotonic() < until || !self.is_there().await)
        {
            return None;
        }
        match self.waited() > MUCH_WAITING {
            true => Some(SHORT_PATIENCE),
            false => Some(PATIENCE),
        }
    }

    /// Ends when whoever waits for answers should do so no longer: after `patience`, or
    /// as soon as the resolver is known to be away.
    pub(super) async fn lose(&self, patience: Duration) {
        let doubt = DOUBT.min(patience);
        tokio::time::sleep(doubt).await;
        if self.is_there().await {
            tokio::time::sleep(patience.saturating_sub(doubt)).await;
        }
    }

    /// Notes how long a check took.
    pub(super) fn note(&self, took: Duration) {
        let waited = self.waited();
        let mut state = self.state();
        state.waited = waited + took;
        state.noted = Some(clock::monotonic());
    }

    fn waited(&self) -> Duration {
        let state = self.state();
        let since = state.noted.map_or(Duration::ZERO, |noted| {
            clock::monotonic().saturating_duration_since(noted)
        });
        state.waited.saturating_sub(since / 2)
    }

    /// Whether the resolver says anything, be it that it cannot say: a name whose own
    /// servers are silent is no reason to give up all names. Notes it where not.
    async fn is_there(&self) -> bool {
        let resolver = self.asking().probe.resolver();
        let asked = resolver.lookup(Name::root(), RecordType::NS);
        let is_there = match tokio::time::timeout(PROBE, asked).await {
            Ok(Ok(_) | Err(NetError::Dns(_))) => true,
            Ok(Err(error)) => {
                tracing::warn!(%error, "the resolver is away: senders are not checked for now");
                false
            }
            Err(_) => {
                tracing::warn!("the resolver says nothing: senders are not checked for now");
                false
            }
        };
        self.state().away_until = (!is_there).then(|| clock::monotonic() + REST);
        is_there
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn asking(&self) -> &Asking {
        self.asking.get_or_init(|| {
            let config = config(&self.dns);
            Asking {
                authenticator: made(config.clone(), options(MOST_KEPT)),
                // What was kept would say that somebody is there.
                probe: made(config, options(0)),
            }
        })
    }
}

/// One that keeps no answers: what it says is published now. `None` where nobody is
/// to be asked.
pub fn unkept(dns: &Resolvers) -> Option<MessageAuthenticator> {
    (*dns != Resolvers::Off).then(|| made(config(dns), options(0)))
}

/// No resolver is asked over TLS, and a machine without certificate authorities is none
/// without a resolver: so hickory is given no list of them, instead of looking for one.
fn made(config: ResolverConfig, options: ResolverOpts) -> MessageAuthenticator {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has the default versions of TLS")
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    let resolver = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        .with_options(options)
        .with_tls_config(tls)
        .build();
    MessageAuthenticator(resolver.expect("a resolver of addresses needs nothing else"))
}

/// Where the machine names none, its own port 53 is asked, as the C library does
/// (resolv.conf(5)).
fn config(dns: &Resolvers) -> ResolverConfig {
    let own = [SocketAddr::from(([127, 0, 0, 1], 53))];
    match dns {
        Resolvers::System => match read_system_conf() {
            Ok((config, _)) => ResolverConfig::from_name_servers(config.name_servers().to_vec()),
            Err(error) => {
                tracing::warn!(%error, "/etc/resolv.conf names no resolver: port 53 of this machine is asked");
                named(&own)
            }
        },
        Resolvers::Named(addresses) => named(addresses),
        Resolvers::Off => named(&own),
    }
}

fn named(addresses: &[SocketAddr]) -> ResolverConfig {
    let server = |address: &SocketAddr| {
        let mut server = NameServerConfig::udp_and_tcp(address.ip());
        for connection in &mut server.connections {
            connection.port = address.port();
        }
        server
    };
    ResolverConfig::from_name_servers(addresses.iter().map(server).collect())
}

/// Names in mail are whole names of the public tree: neither search domains nor the
/// hosts file say anything about them.
fn options(kept: u64) -> ResolverOpts {
    let mut options = ResolverOpts::default();
    options.timeout = Duration::from_secs(2);
    options.attempts = 1;
    options.cache_size = kept;
    options.positive_max_ttl = Some(LONGEST_KEPT);
    options.negative_max_ttl = Some(LONGEST_KEPT);
    options.use_hosts_file = ResolveHosts::Never;
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_was_waited_for_too_long_is_waited_for_less() {
        let resolver = Resolver::new(&Resolvers::Named(Vec::new()));
        assert_eq!(resolver.patience().await, Some(PATIENCE));
        resolver.note(PATIENCE);
        assert_eq!(resolver.patience().await, Some(PATIENCE));
        resolver.note(PATIENCE * 2);
        assert_eq!(resolver.patience().await, Some(SHORT_PATIENCE));
        let long_ago = clock::monotonic().checked_sub(Duration::from_secs(60));
        resolver.state().noted = long_ago;
        assert_eq!(resolver.patience().await, Some(PATIENCE));
    }

    #[test]
    fn off_is_off() {
        assert!(Resolver::new(&Resolvers::Off).is_off());
        assert!(!Resolver::new(&Resolvers::System).is_off());
    }
}
