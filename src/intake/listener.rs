//! Where clients come in: TCP or a Unix socket.

use std::io;
use std::net::ToSocketAddrs;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream, UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::dialogue::{Gate, Settings, converse};

/// Connections the system may queue for us.
const BACKLOG: u32 = 1_024;
/// How long sessions may take to end, once the node stops.
const PARTING: Duration = Duration::from_secs(25);
/// How long to wait where the system has no connection to give (no descriptors left, say).
const BREATH: Duration = Duration::from_millis(100);
/// What a client over the limit reads.
const FULL: &[u8] = b"421 4.3.2 too many connections; come again in a minute\r\n";

/// A bound socket.
#[derive(Debug)]
pub enum Listener {
    /// Of `host:port`.
    Tcp(TcpListener),
    /// Of `unix:/path`.
    Unix(UnixListener),
}

enum Connection {
    Tcp(TcpStream, String),
    Unix(UnixStream),
}

impl Listener {
    /// Binds `host:port` or `unix:/path`. A socket file that nobody listens on
    /// is replaced. Every local user may connect to a new one: the rights of
    /// its folder say who reaches it.
    ///
    /// # Errors
    /// Where the address is taken or cannot be had; the text says which.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn bind(address: &str) -> io::Result<Self> {
        let bound = match address.strip_prefix("unix:") {
            Some(path) => bind_unix(Path::new(path)).map(Self::Unix),
            None => bind_tcp(address).map(Self::Tcp),
        };
        bound.map_err(|error| {
            io::Error::new(error.kind(), format!("cannot listen on {address}: {error}"))
        })
    }

    /// The address as [`Listener::bind`] takes it, with the port that was given for 0.
    pub fn local_addr(&self) -> String {
        match self {
            Self::Tcp(tcp) => tcp
                .local_addr()
                .map(|address| address.to_string())
                .unwrap_or_default(),
            Self::Unix(_) => self
                .socket_file()
                .map(|path| format!("unix:{path}"))
                .unwrap_or_default(),
        }
    }

    fn socket_file(&self) -> Option<String> {
        let Self::Unix(unix) = self else { return None };
        let address = unix.local_addr().ok()?;
        address.as_pathname().map(|path| path.display().to_string())
    }

    async fn accept(&self) -> io::Result<Connection> {
        match self {
            Self::Tcp(tcp) => {
                let (stream, peer) = tcp.accept().await?;
                // Answers are small and whole: waiting for more would only delay them.
                stream.set_nodelay(true)?;
                Ok(Connection::Tcp(
                    stream,
                    peer.ip().to_canonical().to_string(),
                ))
            }
            Self::Unix(unix) => Ok(Connection::Unix(unix.accept().await?.0)),
        }
    }

    /// Stops listening. The socket file goes first, while it surely is ours.
    fn retire(self) {
        if let Some(path) = self.socket_file() {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Serves clients until `stop` turns true. Then no new ones are taken, idle
/// sessions get 421 at once, and a message on its way may arrive; returns when
/// all are gone, after 25 s at the latest.
pub async fn serve<G: Gate>(
    listener: Listener,
    settings: Settings,
    gate: Arc<G>,
    stop: watch::Receiver<bool>,
) {
    let settings = Arc::new(settings);
    let mut sessions = JoinSet::new();
    let mut stopping = stop.clone();
    loop {
        let connection = tokio::select! {
            biased;
            () = told(&mut stopping) => break,
            Some(ended) = sessions.join_next() => {
                report(ended);
                continue;
            }
            connection = listener.accept() => connection,
        };
        match connection {
            Ok(connection) if sessions.len() >= settings.max_connections => turn_away(&connection),
            Ok(connection) => {
                let (settings, gate) = (Arc::clone(&settings), Arc::clone(&gate));
                let stop = stop.clone();
                sessions.spawn(async move { attend(connection, &settings, &gate, stop).await });
            }
            Err(error) => {
                tracing::warn!(%error, "intake.accept_connection_failed");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
    listener.retire();
    part(sessions).await;
}

/// Waits for the sessions, but not for ever.
async fn part(mut sessions: JoinSet<()>) {
    let parting = async {
        while let Some(ended) = sessions.join_next().await {
            report(ended);
        }
    };
    if tokio::time::timeout(PARTING, parting).await.is_err() {
        tracing::warn!(sessions = sessions.len(), "intake.sessions_cut_off");
    }
}

/// Returns once `stop` is true. A vanished sender is a node that is gone.
async fn told(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stopping| *stopping).await;
}

async fn attend<G: Gate>(
    connection: Connection,
    settings: &Settings,
    gate: &Arc<G>,
    stop: watch::Receiver<bool>,
) {
    match connection {
        Connection::Tcp(stream, peer) => converse(stream, peer, settings, gate, stop).await,
        Connection::Unix(stream) => converse(stream, "unix".to_owned(), settings, gate, stop).await,
    }
}

/// A new connection has an empty buffer, so this neither waits nor is cut off.
fn turn_away(connection: &Connection) {
    let _ = match connection {
        Connection::Tcp(stream, _) => stream.try_write(FULL),
        Connection::Unix(stream) => stream.try_write(FULL),
    };
}

fn report(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "intake.session_failed");
    }
}

fn bind_tcp(address: &str) -> io::Result<TcpListener> {
    let mut failure = io::Error::new(
        io::ErrorKind::InvalidInput,
        "no such address; write host:port or unix:/path",
    );
    for address in address.to_socket_addrs()? {
        let socket = if address.is_ipv4() {
            TcpSocket::new_v4()?
        } else {
            TcpSocket::new_v6()?
        };
        // A node that starts again must not wait for old connections to time out.
        socket.set_reuseaddr(true)?;
        match socket.bind(address).and_then(|()| socket.listen(BACKLOG)) {
            Ok(listener) => return Ok(listener),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn bind_unix(path: &Path) -> io::Result<UnixListener> {
    if let Ok(found) = std::fs::symlink_metadata(path) {
        if !found.file_type().is_socket() {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                "there is a file that is no socket; name another path",
            ));
        }
        if std::os::unix::net::UnixStream::connect(path).is_ok() {
            return Err(io::Error::new(
                io::ErrorKind::AddrInUse,
                "another process listens there; stop it first",
            ));
        }
        std::fs::remove_file(path)?;
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o666))?;
    Ok(listener)
}
