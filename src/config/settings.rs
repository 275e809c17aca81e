//! folkmoot.toml: where a node listens, keeps its data and sends its mail.

mod read;
mod value;

use super::problem::Problem;
use chrono::TimeDelta;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// folkmoot.toml, checked; every path in it is whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The configuration file itself.
    pub file: PathBuf,
    /// The mail domain of all communities, in lower case, as A-labels.
    pub domain: String,
    /// How people reach the pages; without a slash at its end.
    pub base_url: String,
    /// The folder of everything that the node keeps.
    pub data_dir: PathBuf,
    /// The folder of charters.
    pub charters: PathBuf,
    /// The folder whose files replace built-in templates, where it exists.
    pub templates: PathBuf,
    /// The folder of an operator's own surveys, where it exists.
    pub surveys: PathBuf,
    /// The database.
    pub database: Database,
    /// Where the bytes of messages are moved; they stay in the database without it.
    pub storage: Option<Storage>,
    /// Where the node listens.
    pub listen: Listen,
    /// Where mail goes out.
    pub relay: Relay,
    /// Whose word about senders counts.
    pub authentication: Authentication,
    /// The keys that sign what goes out; nothing is signed where there is none.
    pub dkim: Vec<DkimKeyFile>,
    /// The certificate of the SMTP listener; it offers no STARTTLS without one.
    pub tls: Option<Tls>,
    /// What is too much.
    pub limits: Limits,
}

/// The database.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// A file.
    Sqlite(PathBuf),
    /// The whole URL, `postgres://…`; it may hold a password.
    Postgres(String),
}

/// Where the bytes of messages are moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Storage {
    /// A bucket or a folder.
    pub place: ObjectPlace,
}

/// Where objects are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectPlace {
    /// `file:///…`: a folder.
    Folder(PathBuf),
    /// `s3://bucket/prefix`.
    S3(Bucket),
}

/// A bucket of an S3-compatible object store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// What the names of all objects begin with; may be empty.
    pub prefix: String,
    /// The server, `https://…`; Amazon's where there is none.
    pub endpoint: Option<String>,
    /// The region.
    pub region: String,
    /// The file whose first line is the id of the access key; it exists.
    pub access_key_file: PathBuf,
    /// The file whose first line is the secret of the access key; it exists.
    pub secret_key_file: PathBuf,
}

/// Where the node listens; what is `None` is off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listen {
    /// LMTP (RFC 2033), for a mail server in front.
    pub lmtp: Option<Socket>,
    /// SMTP (RFC 5321).
    pub smtp: Option<Socket>,
    /// The pages.
    pub http: Option<Socket>,
}

/// An address to listen at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Socket {
    /// An IP address and a port.
    Tcp(SocketAddr),
    /// The path of a Unix socket.
    Unix(PathBuf),
}

/// Where mail goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relay {
    /// How the connection is protected.
    pub security: RelaySecurity,
    /// Its host name or IP address (without brackets).
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How many transactions may be in flight; at least 1.
    pub connections: usize,
    /// The name to log in with.
    pub user: Option<String>,
    /// The file whose first line is the password; it exists.
    pub password_file: Option<PathBuf>,
    /// How many mails may go out.
    pub rate: Option<Rate>,
}

/// How the connection to the relay is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelaySecurity {
    /// `smtp://`: not at all.
    Plain,
    /// `smtps://`: TLS from the first octet (RFC 8314).
    Tls,
    /// `starttls://`: STARTTLS is demanded (RFC 3207).
    StartTls,
}

/// So many mails in each stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many; at least 1.
    pub mails: u32,
    /// In how long: a second, a minute or an hour.
    pub per: TimeDelta,
}

/// Whose word about senders counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Authentication {
    /// The hosts whose Authentication-Results (RFC 8601) are believed, in lower case;
    /// nobody's, where there is none.
    pub trusted_authserv: Vec<String>,
    /// The resolvers of our own checks (SPF, DKIM, ARC, DMARC).
    pub dns: Resolvers,
    /// The domains whose ARC seals (RFC 8617) are believed, in lower case.
    pub trusted_sealers: Vec<String>,
    /// Domains, in lower case, whose mail big receivers refuse without DMARC whatever
    /// they publish: a list in mode `auto` rewrites From for them as for `p=reject`.
    pub refused_domains: Vec<String>,
}

/// Whom our own checks ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Resolvers {
    /// Those of the machine, as `/etc/resolv.conf` names them.
    #[default]
    System,
    /// These.
    Named(Vec<SocketAddr>),
    /// Nobody: nothing is checked here, and no policy looked up.
    Off,
}

/// A key that signs what goes out (RFC 6376).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DkimKeyFile {
    /// The name under which its public half is published.
    pub selector: String,
    /// The private key as PEM, RSA or Ed25519; it exists and is not for everybody to read.
    pub file: PathBuf,
}

/// What the SMTP listener shows in STARTTLS (RFC 3207).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// The certificate and those that vouch for it, as PEM.
    pub certificate_file: PathBuf,
    /// Its private key, as PEM.
    pub key_file: PathBuf,
}

/// What is too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest message accepted, in octets.
    pub message_size: u64,
    /// Mails of the programme that all communities together send in a day of UTC;
    /// `None`: as many as people's budgets allow.
    pub programme_per_day: Option<u32>,
}

impl Settings {
    /// Reads a configuration file.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its line.
    pub fn load(path: &Path) -> Result<Self, Vec<Problem>> {
        read::load(path)
    }
}

impl std::fmt::Debug for Database {
    /// Shows no password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            Self::Postgres(_) => f.write_str("Postgres(…)"),
        }
    }
}

impl std::fmt::Display for ObjectPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "file://{}", folder.display()),
            Self::S3(bucket) => write!(f, "s3://{}/{}", bucket.name, bucket.prefix),
        }
    }
}

impl std::fmt::Display for Socket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "{address}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// The configuration file: the one named, else `./folkmoot.toml`, else
/// `/etc/folkmoot/folkmoot.toml`.
///
/// # Errors
/// None of them exists.
pub fn find_config(named: Option<&Path>) -> Result<PathBuf, Problem> {
    let places = ["folkmoot.toml", "/etc/folkmoot/folkmoot.toml"].map(PathBuf::from);
    let found = match named {
        Some(named) => Some(named.to_owned()).filter(|path| path.is_file()),
        None => places.into_iter().find(|path| path.is_file()),
    };
    found.ok_or_else(|| {
        let name = named.unwrap_or(Path::new("folkmoot.toml"));
        let instead = "write one with `folkmoot init`, or name another with --config FILE";
        Problem::of_file(
            name.display(),
            "there is no such configuration file",
            instead,
        )
    })
}

#[cfg(test)]
mod tests;
