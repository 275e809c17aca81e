//! Where the relay is and how it is spoken to: `[relay] url`.

use std::{fmt, net::Ipv6Addr, str::FromStr};

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `smtp://`: in the clear, for a relay on this machine or a trusted network.
    Smtp,
    /// `smtps://`: TLS from the first byte (RFC 8314).
    Smtps,
    /// `starttls://`: in the clear until STARTTLS, and never without it (RFC 3207).
    Starttls,
}

impl Scheme {
    const ALL: [Scheme; 3] = [Scheme::Smtp, Scheme::Smtps, Scheme::Starttls];

    /// The name in the URL.
    pub fn name(self) -> &'static str {
        match self {
            Scheme::Smtp => "smtp",
            Scheme::Smtps => "smtps",
            Scheme::Starttls => "starttls",
        }
    }

    /// The port where the URL names none: 25, 465 or 587.
    pub fn default_port(self) -> u16 {
        match self {
            Scheme::Smtp => 25,
            Scheme::Smtps => 465,
            Scheme::Starttls => 587,
        }
    }
}

/// The relay's URL, as `smtp://user:password@host:port`, where all but scheme and host may be left
/// out and user and password are percent-encoded. Neither `Display` nor `Debug` shows the password.
#[derive(Clone, PartialEq, Eq)]
pub struct RelayAddress {
    /// How the connection is protected.
    pub scheme: Scheme,
    /// A host name or an IP address; an IPv6 address without its brackets.
    pub host: String,
    /// The TCP port.
    pub port: u16,
    /// Who we are to the relay; None: no authentication.
    pub user: Option<String>,
    /// The password; used only where there is a user.
    pub password: Option<String>,
}

/// Why a text is not a relay's URL.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// No scheme, or one that is not SMTP.
    #[error(
        "the relay's URL must begin with smtp://, smtps:// or starttls://, as smtp://127.0.0.1:25"
    )]
    Scheme,
    /// No host, or one with characters that no host has.
    #[error("{0:?} is no host; write scheme://host or scheme://host:port, IPv6 as [::1]")]
    Host(String),
    /// A port that is not a number from 1 to 65535.
    #[error("{0:?} is no port; write a number from 1 to 65535, or leave it out")]
    Port(String),
    /// Something after the host and port.
    #[error("the relay's URL ends after host and port; remove {0:?}")]
    Path(String),
    /// User or password with a broken percent-encoding, or a password without a user.
    #[error(
        "user and password in the URL are written user:password@, with %40 for @ and %25 for %"
    )]
    Credentials,
}

impl FromStr for RelayAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (scheme, rest) = text.trim().split_once("://").ok_or(AddressError::Scheme)?;
        let scheme = named(scheme).ok_or(AddressError::Scheme)?;
        let (credentials, place) = match rest.rsplit_once('@') {
            Some((credentials, place)) => (Some(credentials), place),
            None => (None, rest),
        };
        let (user, password) = credentials.map_or(Ok((None, None)), read_credentials)?;
        let (host, port) = read_place(place)?;
        let port = port.unwrap_or(scheme.default_port());
        Ok(RelayAddress {
            scheme,
            host,
            port,
            user,
            password,
        })
    }
}

impl fmt::Display for RelayAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let open = if self.host.contains(':') {
            ("[", "]")
        } else {
            ("", "")
        };
        write!(
            f,
            "{}://{}{}{}:{}",
            self.scheme.name(),
            open.0,
            self.host,
            open.1,
            self.port
        )
    }
}

impl fmt::Debug for RelayAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RelayAddress({self}, user {:?})", self.user)
    }
}

fn named(scheme: &str) -> Option<Scheme> {
    Scheme::ALL
        .into_iter()
        .find(|known| known.name().eq_ignore_ascii_case(scheme))
}

fn read_credentials(text: &str) -> Result<(Option<String>, Option<String>), AddressError> {
    let (user, password) = match text.split_once(':') {
        Some((user, password)) => (user, Some(decode(password)?)),
        None => (text, None),
    };
    match user {
        "" => Err(AddressError::Credentials),
        user => Ok((Some(decode(user)?), password)),
    }
}

/// Undoes percent-encoding.
fn decode(text: &str) -> Result<String, AddressError> {
    let mut pieces = text.split('%');
    let mut out = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let (digits, rest) = piece.split_at_checked(2).ok_or(AddressError::Credentials)?;
        let digits = digits
            .chars()
            .all(|c| c.is_ascii_hexdigit())
            .then_some(digits);
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(byte.ok_or(AddressError::Credentials)?);
        out.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(out).map_err(|_| AddressError::Credentials)
}

fn read_place(text: &str) -> Result<(String, Option<u16>), AddressError> {
    let (place, path) = text.split_at(text.find(['/', '?', '#']).unwrap_or(text.len()));
    if !matches!(path, "" | "/") {
        return Err(AddressError::Path(path.to_owned()));
    }
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => read_ipv6(rest).ok_or_else(|| AddressError::Host(place.to_owned()))?,
        None => place
            .split_once(':')
            .map_or((place, None), |(host, port)| (host, Some(port))),
    };
    if host.is_empty()
        || !host
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ".-_:".contains(c))
    {
        return Err(AddressError::Host(host.to_owned()));
    }
    Ok((host.to_owned(), port.map(read_port).transpose()?))
}

/// `::1]:25` to its address and port.
fn read_ipv6(rest: &str) -> Option<(&str, Option<&str>)> {
    let (host, after) = rest.split_once(']')?;
    host.parse::<Ipv6Addr>().ok()?;
    match after {
        "" => Some((host, None)),
        after => Some((host, Some(after.strip_prefix(':')?))),
    }
}

fn read_port(text: &str) -> Result<u16, AddressError> {
    match text.parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(AddressError::Port(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read() {
        for (text, shown, user, password) in [
            ("smtp://127.0.0.1:25", "smtp://127.0.0.1:25", None, None),
            (
                "smtp://relay.example",
                "smtp://relay.example:25",
                None,
                None,
            ),
            (
                "SMTPS://relay.example/",
                "smtps://relay.example:465",
                None,
                None,
            ),
            (
                "starttls://relay.example",
                "starttls://relay.example:587",
                None,
                None,
            ),
            ("smtp://[::1]:2525", "smtp://[::1]:2525", None, None),
            ("smtp://[::1]", "smtp://[::1]:25", None, None),
            (
                "smtps://ann@relay.example",
                "smtps://relay.example:465",
                Some("ann"),
                None,
            ),
            (
                "smtps://a%40b:p%25%C3%A9:x@h.example:1",
                "smtps://h.example:1",
                Some("a@b"),
                Some("p%é:x"),
            ),
        ] {
            let address: RelayAddress = text.parse().expect(text);
            assert_eq!(address.to_string(), shown, "{text}");
            assert_eq!(address.user.as_deref(), user, "{text}");
            assert_eq!(address.password.as_deref(), password, "{text}");
        }
    }

    #[test]
    fn errors_say_what_to_write() {
        for (text, hint) in [
            ("127.0.0.1:25", "must begin with smtp://"),
            ("http://relay.example", "must begin with smtp://"),
            ("smtp://", "is no host"),
            ("smtp://:25", "is no host"),
            ("smtp://two words", "is no host"),
            ("smtp://[::1", "is no host"),
            ("smtp://[zz]:25", "is no host"),
            ("smtp://[::1]25", "is no host"),
            ("smtp://relay.example:0", "number from 1 to 65535"),
            ("smtp://relay.example:99999", "number from 1 to 65535"),
            ("smtp://relay.example:", "number from 1 to 65535"),
            ("smtp://relay.example/path", "remove \"/path\""),
            ("smtp://relay.example?tls=1", "remove \"?tls=1\""),
            ("smtp://:secret@relay.example", "user:password@"),
            ("smtp://ann%4:x@relay.example", "user:password@"),
            ("smtp://ann%é1:x@relay.example", "user:password@"),
            ("smtp://ann%+1:x@relay.example", "user:password@"),
        ] {
            let error = text.parse::<RelayAddress>().expect_err(text).to_string();
            assert!(error.contains(hint), "{text}: {error}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let address: RelayAddress = "smtps://ann:secret@relay.example"
            .parse()
            .expect("an address");
        assert!(!format!("{address} {address:?}").contains("secret"));
    }
}
