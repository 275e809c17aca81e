//! The folder of data, room on its disk, and who may read secrets.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::{Finding, fail, ok, warn};
use crate::config::Settings;
use crate::config::settings::Database;

/// Less room than this, in MiB, is little: the archive grows.
const LITTLE: u64 = 1024;

/// Less than this, in MiB, and mail is soon refused.
const TOO_LITTLE: u64 = 100;

pub(super) fn look(settings: &Settings) -> Vec<Finding> {
    let folder = &settings.data_dir;
    let shown = folder.display();
    if !folder.exists() {
        let what = format!("data_dir {shown} is not there yet");
        return vec![warn(what, "`folkmoot serve` makes it, if it may")];
    }
    let mut found = vec![writable(folder), room(folder)];
    found.push(private(folder, "data_dir", "750"));
    if matches!(&settings.database, Database::Postgres(url) if has_password(url)) {
        found.push(private(
            &settings.file,
            "the configuration, with the database's password,",
            "640",
        ));
    }
    found.extend(
        settings
            .relay
            .password_file
            .iter()
            .map(|file| private(file, "the relay's password", "600")),
    );
    found.extend(
        settings
            .dkim
            .iter()
            .map(|key| private(&key.file, "the DKIM key", "600")),
    );
    found.extend(
        settings
            .tls
            .iter()
            .map(|tls| private(&tls.key_file, "the key of the certificate", "600")),
    );
    found
}

fn writable(folder: &Path) -> Finding {
    let shown = folder.display();
    match tempfile::tempfile_in(folder) {
        Ok(_) => ok(format!("data_dir {shown} can be written")),
        Err(error) => fail(
            format!("data_dir {shown} cannot be written ({error})"),
            "give it to the user that folkmoot runs as, and run this as that user",
        ),
    }
}

fn room(folder: &Path) -> Finding {
    let free = match rustix::fs::statvfs(folder) {
        Ok(disk) => disk.f_bavail.saturating_mul(disk.f_frsize) >> 20,
        Err(error) => {
            return warn(
                format!("the disk of data_dir does not say how full it is ({error})"),
                "look with df",
            );
        }
    };
    let what = format!("the disk of data_dir has {free} MiB left");
    match free {
        0..TOO_LITTLE => fail(what, "make room: without it no mail is taken"),
        TOO_LITTLE..LITTLE => warn(what, "make room soon"),
        _ => ok(what),
    }
}

fn has_password(url: &str) -> bool {
    let place = url.split_once("://").map_or(url, |(_, rest)| rest);
    let user = place.split('/').next().unwrap_or_default().rsplit_once('@');
    user.is_some_and(|(user, _)| user.contains(':')) || url.contains("password=")
}

/// Whether everybody on the machine can read it.
fn private(path: &Path, what: &str, mode: &str) -> Finding {
    let shown = path.display();
    match fs::metadata(path).map(|file| file.permissions().mode()) {
        Ok(found) if found & 0o007 == 0 => {
            ok(format!("{what} {shown} is not for everybody to read"))
        }
        Ok(_) => warn(
            format!("everybody on this machine can read {what} {shown}"),
            format!("chmod {mode} {shown}"),
        ),
        Err(error) => fail(
            format!("{what} {shown} cannot be looked at ({error})"),
            "run this as the user that folkmoot runs as",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_the_database_url_is_seen() {
        for (url, has) in [
            ("postgres://u:p@h/d", true),
            ("postgres://u@h/d", false),
            ("postgres://u@h:5432/d", false),
            ("postgres://h/d?password=x", true),
        ] {
            assert_eq!(has_password(url), has, "{url}");
        }
    }
}
