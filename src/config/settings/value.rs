//! The single values of folkmoot.toml.

use super::{Database, Rate, RelaySecurity, Socket};
use crate::config::problem::{Wrong, quoted, wrong};
use crate::config::size;
use chrono::TimeDelta;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// A path, looked up beside a folder where it is relative.
pub(super) fn path(text: &str, beside: &Path) -> Result<PathBuf, Wrong> {
    if text.is_empty() || text.contains('\0') {
        return Err(wrong(
            "this is no path",
            "write a file or folder, such as \"data\"",
        ));
    }
    Ok(beside.join(text))
}

/// A domain name in lower case (RFC 1035, section 2.3.1), in A-labels (RFC 5890).
pub(super) fn domain(text: &str) -> Result<String, Wrong> {
    let name = text.trim_end_matches('.').to_ascii_lowercase();
    if text.contains("://") || text.contains('@') {
        let instead = "write the domain alone, such as \"lists.example.org\"";
        return Err(wrong(
            format!("{} is more than a domain", quoted(text)),
            instead,
        ));
    }
    if !name.is_ascii() {
        let instead = "write it in its ASCII form, each such label as \"xn--…\"";
        return Err(wrong(
            format!("{} has letters beyond ASCII", quoted(text)),
            instead,
        ));
    }
    // An address with the longest local part must fit 254 octets (RFC 5321, 4.5.3.1.3).
    let fits = name.len() <= 254 - 65 && !is_ip(&name) && name.split('.').all(label);
    match fits {
        true => Ok(name),
        false => Err(wrong(
            format!("{} is no domain", quoted(text)),
            "write one such as \"lists.example.org\"",
        )),
    }
}

/// The name of a host, as it stands in the fields that it writes, in lower case.
pub(super) fn host(text: &str) -> Result<String, Wrong> {
    domain(text).map_err(|_| {
        let instead = "write the name with which its Authentication-Results begin, such as \
                       \"mx.example.org\"";
        wrong(format!("{} is no host name", quoted(text)), instead)
    })
}

/// The IP address of a resolver, and its port unless that is 53.
pub(super) fn resolver(text: &str) -> Result<SocketAddr, Wrong> {
    let address = text.parse::<SocketAddr>();
    let alone = || text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, 53));
    address.or_else(|_| alone()).map_err(|_| {
        let instead = "write an IP address, such as \"127.0.0.1:53\" or \"[::1]:53\"";
        wrong(format!("{} is no resolver", quoted(text)), instead)
    })
}

/// The selector of a DKIM key (RFC 6376, section 3.1), in lower case.
pub(super) fn selector(text: &str) -> Result<String, Wrong> {
    let name = text.to_ascii_lowercase();
    match name.len() <= 63 && name.split('.').all(label) {
        true => Ok(name),
        false => Err(wrong(
            format!("{} is no selector", quoted(text)),
            "write letters, digits and hyphens, such as \"fm1\"",
        )),
    }
}

fn label(text: &str) -> bool {
    let letters = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    letters && (1..=63).contains(&text.len()) && !text.starts_with('-') && !text.ends_with('-')
}

fn is_ip(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

/// Where the pages are: `http` or `https`, a host, perhaps a port and a path.
pub(super) fn base_url(text: &str) -> Result<String, Wrong> {
    let bad = || {
        let instead = "write it whole, such as \"https://lists.example.org\"";
        wrong(format!("{} is no address of pages", quoted(text)), instead)
    };
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let rest = rest.ok_or_else(bad)?;
    let plain = rest
        .bytes()
        .all(|b| b.is_ascii_graphic() && !b"?#@<>\"\\".contains(&b));
    let (place, _) = rest.split_once('/').unwrap_or((rest, ""));
    if !plain || host_and_port(place, 80).is_none() {
        return Err(bad());
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// Where objects are, before the keys beside it are known.
pub(super) enum Objects {
    Folder(PathBuf),
    /// A name and a prefix.
    Bucket(String, String),
}

/// `file:///folder`, or `s3://bucket/prefix`.
pub(super) fn object_place(text: &str) -> Result<Objects, Wrong> {
    let instead = "write \"s3://bucket/prefix\" or \"file:///folder\"";
    if let Some(folder) = text.strip_prefix("file://") {
        return match folder.starts_with('/') && folder.len() > 1 && !folder.contains('\0') {
            true => Ok(Objects::Folder(PathBuf::from(folder))),
            false => Err(wrong("this names no folder", instead)),
        };
    }
    let rest = text.strip_prefix("s3://").unwrap_or_default();
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let is_name = (3..=63).contains(&bucket.len()) && bucket.split('.').all(label);
    let plain = prefix
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b));
    match is_name && plain && !prefix.contains("..") && !prefix.contains("//") {
        true => Ok(Objects::Bucket(
            bucket.to_owned(),
            prefix.trim_matches('/').to_owned(),
        )),
        false => Err(wrong(
            format!("{} is no object store", quoted(text)),
            instead,
        )),
    }
}

/// The region of an object store.
pub(super) fn region(text: &str) -> Result<String, Wrong> {
    match label(text) {
        true => Ok(text.to_owned()),
        false => Err(wrong(
            format!("{} is no region", quoted(text)),
            "write one such as \"eu-central-1\"",
        )),
    }
}

/// `sqlite:FILE` in the data folder, or the URL of a PostgreSQL database.
pub(super) fn database(text: &str, data_dir: &Path) -> Result<Database, Wrong> {
    let instead = "write \"sqlite:folkmoot.db\" or \"postgres://user@host/database\"";
    if let Some(file) = text.strip_prefix("sqlite:") {
        let file = file.strip_prefix("//").unwrap_or(file);
        if file.is_empty() || file.contains([':', '?', '\0']) {
            return Err(wrong("this names no database file", instead));
        }
        return Ok(Database::Sqlite(data_dir.join(file)));
    }
    let rest = text
        .strip_prefix("postgres://")
        .or_else(|| text.strip_prefix("postgresql://"));
    match rest {
        Some(rest) if !rest.is_empty() && !rest.contains(char::is_whitespace) => {
            Ok(Database::Postgres(text.to_owned()))
        }
        // The value is not repeated: it may hold a password.
        _ => Err(wrong("this is no database that folkmoot knows", instead)),
    }
}

/// `127.0.0.1:2424`, `[::1]:25` or `unix:/path`.
pub(super) fn socket(text: &str, beside: &Path) -> Result<Socket, Wrong> {
    let instead = "write \"127.0.0.1:2424\", \"[::1]:2424\" or \"unix:/run/folkmoot/lmtp.sock\"";
    if let Some(file) = text.strip_prefix("unix:") {
        let file = path(file, beside)?;
        // sockaddr_un holds 108 octets with the closing NUL.
        return match file.as_os_str().len() < 108 {
            true => Ok(Socket::Unix(file)),
            false => Err(wrong(
                "the path is too long for a socket",
                "use at most 107 octets",
            )),
        };
    }
    let tcp = text.parse().map(Socket::Tcp);
    tcp.map_err(|_| {
        wrong(
            format!("{} is no address to listen at", quoted(text)),
            instead,
        )
    })
}

/// Scheme, host and port of the relay.
pub(super) fn relay_url(text: &str) -> Result<(RelaySecurity, String, u16), Wrong> {
    let instead = "write \"smtp://HOST:25\", \"smtps://HOST:465\" or \"starttls://HOST:587\"";
    // The value is not repeated: people write passwords into such URLs.
    let bad = || wrong("this is no address of a relay", instead);
    let (scheme, rest) = text.split_once("://").ok_or_else(bad)?;
    let (security, port) = match scheme {
        "smtp" => (RelaySecurity::Plain, 25),
        "smtps" => (RelaySecurity::Tls, 465),
        "starttls" => (RelaySecurity::StartTls, 587),
        _ => {
            return Err(wrong(
                format!("{} is no way to a relay", quoted(scheme)),
                instead,
            ));
        }
    };
    if rest.contains('@') {
        let instead = "move the name to user, and the password to a password_file";
        return Err(wrong("a name or password does not belong here", instead));
    }
    let place = rest.strip_suffix('/').unwrap_or(rest);
    let (host, port) = host_and_port(place, port).ok_or_else(bad)?;
    Ok((security, host, port))
}

/// `HOST`, `HOST:PORT`, `[V6]` or `[V6]:PORT`; the host without brackets.
fn host_and_port(text: &str, default: u16) -> Option<(String, u16)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']')?;
            host.parse::<Ipv6Addr>().ok()?;
            (
                host,
                if port.is_empty() {
                    None
                } else {
                    Some(port.strip_prefix(':')?)
                },
            )
        }
        None => {
            let (host, port) = text
                .split_once(':')
                .map_or((text, None), |(h, p)| (h, Some(p)));
            host.split('.').all(label).then_some((host, port))?
        }
    };
    let port = match port {
        Some(port) => port.parse().ok().filter(|port| *port != 0)?,
        None => default,
    };
    Some((host.to_ascii_lowercase(), port))
}

pub(super) fn user(text: &str) -> Result<String, Wrong> {
    match text.is_empty() || text.chars().any(char::is_control) {
        true => Err(wrong(
            "this is no name to log in with",
            "write the relay's user name",
        )),
        false => Ok(text.to_owned()),
    }
}

/// `50/s`, `600/m`, `10000/h`; a number alone counts by the second.
pub(super) fn rate(text: &str) -> Result<Rate, Wrong> {
    let (mails, unit) = text.split_once('/').unwrap_or((text, "s"));
    let per = match unit.trim() {
        "s" => TimeDelta::seconds(1),
        "m" => TimeDelta::minutes(1),
        "h" => TimeDelta::hours(1),
        _ => TimeDelta::zero(),
    };
    match mails.trim().parse() {
        Ok(mails) if mails > 0 && !per.is_zero() => Ok(Rate { mails, per }),
        _ => {
            let instead =
                "write mails by the second, minute or hour: \"50/s\", \"600/m\", \"9000/h\"";
            Err(wrong(format!("{} is no rate", quoted(text)), instead))
        }
    }
}

/// From what the shortest mail needs to what a machine can hold.
pub(super) fn message_size(text: &str) -> Result<u64, Wrong> {
    match size::read(text)? {
        octets if (1 << 10..=1 << 30).contains(&octets) => Ok(octets),
        _ => Err(wrong(
            "no message limit can be this",
            "write a size from 1KiB to 1GiB",
        )),
    }
}
