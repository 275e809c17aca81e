//! What the listeners would show: the certificate, and LMTP where strangers reach it.

use std::net::IpAddr;
use std::path::Path;

use crate::config::settings::{Socket, Tls};
use crate::config::{Problem, Settings};
use crate::intake::tls::{Unusable, pem};

/// A certificate that ends sooner than this is spoken of, in ms.
const SOON: i64 = 7 * 86_400_000;

/// What is wrong with them at `now` (ms since 1970).
pub(super) fn problems(settings: &Settings, file: &Path, now: i64) -> Vec<Problem> {
    let certificate = settings.tls.as_ref().and_then(|tls| certificate(tls, now));
    let all = [
        certificate,
        unshown(settings, file),
        open_lmtp(settings, file),
    ];
    all.into_iter().flatten().collect()
}

fn certificate(tls: &Tls, now: i64) -> Option<Problem> {
    let ends = match pem::ends_at(tls) {
        Err(unusable) => return Some(problem(&unusable)),
        Ok(ends) => ends?,
    };
    let what = match ends {
        past if past <= now => "the certificate has ended: servers that check it send no mail",
        soon if soon <= now + SOON => "the certificate ends within a week",
        _ => return None,
    };
    let instead = "renew it; a running node takes the new one by itself";
    Some(Problem::of_file(tls.certificate_file.display(), what, instead).warning())
}

fn problem(unusable: &Unusable) -> Problem {
    let Unusable {
        file,
        line,
        what,
        instead,
    } = unusable;
    Problem {
        line: *line,
        ..Problem::of_file(file.display(), what, *instead)
    }
}

fn unshown(settings: &Settings, file: &Path) -> Option<Problem> {
    let is_unshown = settings.tls.is_some() && settings.listen.smtp.is_none();
    let what = "[tls] has a certificate, but no SMTP listener shows it";
    let instead = "set smtp in [listen], or remove [tls]";
    is_unshown.then(|| Problem::of_file(file.display(), what, instead).warning())
}

/// LMTP is for the mail server in front: whoever reaches it passes all that server's checks by.
fn open_lmtp(settings: &Settings, file: &Path) -> Option<Problem> {
    let Some(Socket::Tcp(address)) = &settings.listen.lmtp else {
        return None;
    };
    is_public(address.ip().to_canonical()).then(|| {
        let what = format!("[listen] lmtp = \"{address}\" can be reached from outside, and LMTP has neither TLS nor checks of its own");
        let instead = "use a Unix socket or 127.0.0.1, or let a firewall close the port";
        Problem::of_file(file.display(), what, instead).warning()
    })
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !(v4.is_loopback() || v4.is_private() || v4.is_link_local()),
        IpAddr::V6(v6) => !(v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local()),
    }
}

#[cfg(test)]
mod tests;
