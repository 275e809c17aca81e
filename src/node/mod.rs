//! One running node: its listeners and workers, started and stopped together.

mod authentication;
mod beat;
pub mod by_hand;
mod dispatch;
mod keep;
mod lock;
pub mod rehearse;
pub mod requests;
pub mod settle;
pub mod start;
mod wake;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::context::Context;
use crate::intake::accept::Acceptor;
use crate::intake::tls::Certificate;
use crate::intake::{Listener, Protocol, Settings as Dialogue, serve};
use crate::outbox::{expansion, release};
use crate::pulse::Pulse;
use crate::relay::RelayState;
use crate::store::nodes;
use crate::{cadence, relay, surveys, web};

pub use lock::DataDir;
pub use start::{StartError, start, start_with};

/// How long a stop may take before what is left is abandoned; it is in rows.
const LONGEST_STOP: Duration = Duration::from_secs(26);

/// How long closing the database may take then; its files need no goodbye.
const LONGEST_CLOSE: Duration = Duration::from_secs(3);

/// Sessions at a time on each listener.
const CONNECTIONS: usize = 1_000;

/// A node at work.
pub struct Node {
    /// What its workers share.
    pub ctx: Context,
    /// Whether the relay can be reached.
    pub relay: Arc<RelayState>,
    /// Where it listens: (lmtp, smtp or http; address).
    pub addresses: Vec<(&'static str, String)>,
    certificate: Option<Arc<Certificate>>,
    pulse: Pulse,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    // Held until the process ends: two nodes must not share a data_dir.
    _data_dir: DataDir,
}

/// Sockets that are bound and not yet served.
pub(super) struct Sockets {
    pub(super) lmtp: Option<Listener>,
    pub(super) smtp: Option<Listener>,
    pub(super) http: Option<Listener>,
    /// What the SMTP listener shows in STARTTLS.
    pub(super) certificate: Option<Arc<Certificate>>,
}

impl Node {
    pub(super) fn run(
        ctx: Context,
        pulse: Pulse,
        sockets: Sockets,
        data_dir: DataDir,
        pages: Router,
    ) -> Node {
        let (stop, stopping) = watch::channel(false);
        let mut node = Node {
            relay: Arc::new(RelayState::default()),
            addresses: Vec::new(),
            certificate: sockets.certificate.clone(),
            tasks: JoinSet::new(),
            _data_dir: data_dir,
            ctx,
            pulse,
            stop,
        };
        node.listen(sockets, pages, &stopping);
        node.work(&stopping);
        node
    }

    fn listen(&mut self, sockets: Sockets, pages: Router, stopping: &watch::Receiver<bool>) {
        let (gate, committing) = Acceptor::start(self.ctx.clone());
        self.tasks
            .spawn(async move { committing.await.unwrap_or_default() });
        let gate = Arc::new(gate);
        let both = [
            ("lmtp", Protocol::Lmtp, sockets.lmtp),
            ("smtp", Protocol::Smtp, sockets.smtp),
        ];
        for (name, protocol, socket) in both {
            if let Some(socket) = socket {
                self.addresses.push((name, socket.local_addr()));
                let tls = self.certificate.clone();
                let settings = dialogue(&self.ctx, protocol, tls);
                self.tasks
                    .spawn(serve(socket, settings, gate.clone(), stopping.clone()));
            }
        }
        if let Some(socket) = sockets.http {
            self.addresses.push(("http", socket.local_addr()));
            let router = web::router(self.ctx.clone()).merge(pages);
            self.tasks
                .spawn(web::serve(socket, router, stopping.clone()));
        }
    }

    fn work(&mut self, stopping: &watch::Receiver<bool>) {
        let (ctx, pulse) = (&self.ctx, &self.pulse);
        self.tasks
            .spawn(beat::run(ctx.clone(), pulse.clone(), stopping.clone()));
        self.tasks.spawn(wake::run(ctx.clone(), stopping.clone()));
        self.tasks
            .spawn(dispatch::run(ctx.clone(), pulse.clone(), stopping.clone()));
        self.tasks
            .spawn(expansion::run(ctx.clone(), pulse.clone(), stopping.clone()));
        self.tasks
            .spawn(release::run(ctx.clone(), stopping.clone()));
        self.tasks.spawn(keep::run(ctx.clone(), stopping.clone()));
        self.tasks.spawn(surveys::keys::run(
            ctx.clone(),
            pulse.owner().to_owned(),
            stopping.clone(),
        ));
        self.tasks.spawn(cadence::engine::run(
            ctx.clone(),
            pulse.clone(),
            stopping.clone(),
        ));
        self.tasks.spawn(requests::run(
            ctx.clone(),
            self.relay.clone(),
            stopping.clone(),
        ));
        self.tasks.spawn(relay::run_apart(
            ctx.clone(),
            pulse.clone(),
            self.relay.clone(),
            stopping.clone(),
        ));
    }

    /// Waits until one of the node's parts ends although nobody asked it to: it
    /// has panicked, and the process should be started anew.
    pub async fn part_died(&mut self) {
        match self.tasks.join_next().await {
            Some(Err(error)) => tracing::error!(%error, "a part of the node died"),
            _ => tracing::error!("a part of the node ended"),
        }
    }

    /// Reads anew what may change while the node runs: the certificate.
    pub fn reload(&self) {
        if let Some(certificate) = &self.certificate {
            certificate.reload();
        }
    }

    /// Stops: no new sessions, what is in flight ends, the rest is in rows.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        self.ctx.bells.all();
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(LONGEST_STOP, all).await.is_err() {
            tracing::warn!("some work did not end in time; it goes on at the next start");
            // What still runs holds connections, and closing would wait for them.
            self.tasks.abort_all();
        }
        let close = async {
            if let Ok(mut tx) = self.ctx.write().await {
                let _ = nodes::gone(&mut tx, self.pulse.owner()).await;
                let _ = tx.commit().await;
            }
            self.ctx.db.close().await;
        };
        let _ = tokio::time::timeout(LONGEST_CLOSE, close).await;
    }
}

fn dialogue(ctx: &Context, protocol: Protocol, tls: Option<Arc<Certificate>>) -> Dialogue {
    Dialogue {
        protocol,
        hostname: ctx.settings.domain.clone(),
        max_size: ctx.settings.limits.message_size,
        max_recipients: 1_000,
        max_connections: CONNECTIONS,
        idle: Duration::from_secs(300),
        floor: 500,
        tls,
    }
}
