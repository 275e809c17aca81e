use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::clock::system_ms;

const CERTIFICATE: &str = include_str!("../../../../tests/data/relay/certificate.pem");
const KEY: &str = include_str!("../../../../tests/data/relay/key.pem");
/// When that certificate ends, by `openssl x509 -enddate`: 28 October 2126, 23:32:50.
const ENDS: i64 = 4_948_903_970_000;

/// What is said of a node with these files, without the folder.
fn said(certificate: &str, key: &str, listen: &str, now: i64) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("folkmoot.toml");
    let text = format!(
        "domain = 'lists.example.org'\n[listen]\n{listen}\n\
         [tls]\ncertificate_file = 'chain.pem'\nkey_file = 'key.pem'\n"
    );
    fs::write(&file, text).unwrap();
    fs::write(dir.path().join("chain.pem"), certificate).unwrap();
    let key_file = dir.path().join("key.pem");
    fs::write(&key_file, key).unwrap();
    fs::set_permissions(&key_file, fs::Permissions::from_mode(0o600)).unwrap();
    let settings = Settings::load(&file).unwrap();
    let root = format!("{}/", dir.path().display());
    let all = problems(&settings, &file, now);
    all.iter()
        .map(|p| p.to_string().replace(&root, ""))
        .collect()
}

const SMTP: &str = "smtp = '127.0.0.1:2525'";

#[test]
fn a_good_pair_is_nothing_to_speak_of() {
    assert_eq!(said(CERTIFICATE, KEY, SMTP, system_ms()), [""; 0]);
    let chain = format!("Of localhost\n{CERTIFICATE}\n{CERTIFICATE}");
    assert_eq!(said(&chain, KEY, SMTP, system_ms()), [""; 0]);
}

#[test]
fn its_end_is_told_before_and_after() {
    for (now, expected) in [
        (ENDS - SOON - 1, None),
        (ENDS - SOON, Some("ends within a week")),
        (ENDS - 1, Some("ends within a week")),
        (ENDS, Some("has ended")),
    ] {
        let said = said(CERTIFICATE, KEY, SMTP, now);
        let found = said.first().map(String::as_str);
        let start = "chain.pem:1:1: warning: the certificate ";
        match expected {
            None => assert_eq!(found, None),
            Some(text) => assert!(found.unwrap().starts_with(&format!("{start}{text}"))),
        }
    }
}

#[test]
fn what_cannot_be_used_is_an_error_with_its_line() {
    let cut = CERTIFICATE.replace("-----END CERTIFICATE-----", "");
    let edited = format!("one\ntwo\n{}", CERTIFICATE.replacen("MII", "M!I", 1));
    let empty = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";
    let locked =
        "\n-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    // The key of RFC 8410, section 10.3.
    let foreign = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
        -----END PRIVATE KEY-----\n";
    for (certificate, key, expected) in [
        (
            "",
            KEY,
            "chain.pem:1:1: there is no certificate in it; write",
        ),
        (
            KEY,
            KEY,
            "chain.pem:1:1: there is no certificate in it; write",
        ),
        (
            &cut,
            KEY,
            "chain.pem:1:1: this section has no END line; copy",
        ),
        (&edited, KEY, "chain.pem:3:1: this section cannot be read ("),
        (
            empty,
            KEY,
            "chain.pem:1:1: the first certificate cannot be used (",
        ),
        (
            CERTIFICATE,
            "",
            "key.pem:1:1: there is no private key in it; write",
        ),
        (
            CERTIFICATE,
            locked,
            "key.pem:2:1: the private key has a password; write",
        ),
        (
            CERTIFICATE,
            foreign,
            "key.pem:1:1: the key does not belong to the certificate; write",
        ),
    ] {
        let said = said(certificate, key, SMTP, 0);
        assert!(said[0].starts_with(expected), "{expected}: {said:?}");
        assert_eq!(said.len(), 1, "{said:?}");
    }
}

#[test]
fn a_certificate_that_nobody_shows_and_lmtp_for_everybody_are_warnings() {
    for (listen, expected) in [
        ("", Some("[tls] has a certificate, but no SMTP listener")),
        ("smtp = '0.0.0.0:25'\nlmtp = '127.0.0.1:24'", None),
        ("smtp = '0.0.0.0:25'\nlmtp = '[::1]:24'", None),
        ("smtp = '0.0.0.0:25'\nlmtp = '10.1.2.3:24'", None),
        (
            "smtp = '0.0.0.0:25'\nlmtp = 'unix:/run/folkmoot/lmtp'",
            None,
        ),
        (
            "smtp = '0.0.0.0:25'\nlmtp = '0.0.0.0:24'",
            Some("[listen] lmtp = \"0.0.0.0:24\""),
        ),
        (
            "smtp = '0.0.0.0:25'\nlmtp = '[::]:24'",
            Some("[listen] lmtp = \"[::]:24\""),
        ),
        (
            "smtp = '0.0.0.0:25'\nlmtp = '192.0.2.1:24'",
            Some("[listen] lmtp"),
        ),
    ] {
        let said = said(CERTIFICATE, KEY, listen, system_ms());
        match expected {
            None => assert_eq!(said, [""; 0], "{listen}"),
            Some(text) => {
                let start = format!("folkmoot.toml:1:1: warning: {text}");
                assert!(said[0].starts_with(&start), "{listen}: {said:?}");
            }
        }
    }
}
