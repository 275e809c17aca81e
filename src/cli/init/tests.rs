use super::*;
use crate::config::{Charter, Settings, check};
use std::os::unix::fs::PermissionsExt;

/// The one test that makes an RSA key, which takes a while in a debug build.
#[test]
fn what_it_writes_is_valid_and_complete() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("new/folder");
    run(&dir).unwrap();
    assert_eq!(check::files(&dir.join("folkmoot.toml")), []);
    let settings = Settings::load(&dir.join("folkmoot.toml")).unwrap();
    assert_eq!(settings.data_dir, dir.join("data"));
    assert!(settings.listen.lmtp.is_some() && settings.listen.http.is_some());
    let charter = Charter::read(&settings.charters.join("example.toml")).unwrap();
    assert_eq!(charter.slug, "pumps");
    let keys: Vec<_> = settings
        .dkim
        .iter()
        .map(|key| Key::load(key).unwrap())
        .collect();
    assert!(keys[0].is_rsa() && !keys[1].is_rsa());
    for name in ["dkim.pem", "dkim-ed25519.pem"] {
        let mode = fs::metadata(dir.join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn no_two_keys_are_the_same() {
    assert_ne!(keys::ed25519(), keys::ed25519());
}

#[test]
fn the_records_name_the_key_of_a_known_seed() {
    // RFC 8463, appendix A; in a file as OpenSSL writes it.
    let pem = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
        -----END PRIVATE KEY-----\n";
    let text = report(Path::new("my lists"), &record("fm1e", pem).unwrap());
    for line in [
        "lists.example.org.                 IN MX  10 mail.example.org.",
        "fm1e._domainkey.lists.example.org. IN TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"",
        "folkmoot serve --config 'my lists/folkmoot.toml'",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
}

#[test]
fn a_long_record_is_written_in_strings_that_dns_can_carry() {
    let pem = include_str!("../../../tests/data/dkim/rsa.pem");
    let record = record("fm1", pem).unwrap();
    let strings: Vec<&str> = record.split('"').skip(1).step_by(2).collect();
    assert!(
        strings.len() > 1 && strings.iter().all(|part| part.len() <= 255),
        "{record}"
    );
    let key = Key::from_pem("fm1", pem.as_bytes()).unwrap();
    assert_eq!(strings.concat(), key.record());
    assert!(
        record.starts_with("fm1._domainkey.lists.example.org.  IN TXT ( \"v=DKIM1; k=rsa; p=MIIB")
    );
}

#[test]
fn nothing_that_exists_is_touched() {
    for name in FILES {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("communities")).unwrap();
        fs::write(dir.path().join(name), "mine").unwrap();
        let error = format!("{:#}", run(dir.path()).unwrap_err());
        assert!(
            error.contains(name) && error.contains("; move it away"),
            "{error}"
        );
        assert_eq!(fs::read_to_string(dir.path().join(name)).unwrap(), "mine");
        let mut others = FILES.into_iter().filter(|other| *other != name);
        assert!(others.all(|other| !dir.path().join(other).exists()));
    }
}

#[test]
fn a_folder_that_cannot_be_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let new = NewFile {
        name: "folkmoot.toml",
        text: "",
        mode: 0o600,
    };
    let error = format!("{:#}", write(&file, &new).unwrap_err());
    assert!(
        error.contains("file/folkmoot.toml cannot be written; name a folder"),
        "{error}"
    );
}
