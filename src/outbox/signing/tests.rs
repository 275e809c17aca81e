use super::*;
use crate::config::settings::DkimKeyFile;
use mail_auth::common::parse::TxtRecordParser;
use mail_auth::common::verify::DomainKey;
use std::path::Path;

const RSA: &str = include_str!("../../../tests/data/dkim/rsa.pem");
const PKCS1: &str = include_str!("../../../tests/data/dkim/rsa-pkcs1.pem");
const SHORT: &str = include_str!("../../../tests/data/dkim/rsa-short.pem");
const ED25519: &str = include_str!("../../../tests/data/dkim/ed25519.pem");

const MAIL: &[u8] = b"From: Pumps <pumps-owner@lists.example.org>\r\nSubject: One\r\n two\r\n\
    Message-ID: <1@lists.example.org>\r\nFolkmoot-Mail: receipt\r\nList-Id: <pumps.lists.example.org>\r\n\
    X-Other: 1\r\n\r\nHello.\r\n";
const FIELDS: &str = "Date: Mon, 2 Mar 2026 09:00:00 +0000\r\nTo: <ann@member.example>\r\n";

fn signers(pems: &[&str]) -> Signers {
    let key = |(at, pem): (usize, &&str)| Key::from_pem(&format!("s{at}"), pem.as_bytes());
    let mut keys: Vec<_> = pems.iter().enumerate().map(|at| key(at).unwrap()).collect();
    keys.sort_by_key(|key| !key.is_rsa());
    Signers {
        domain: "lists.example.org".into(),
        keys,
    }
}

fn h_of(signature: &str) -> Vec<String> {
    let flat: String = signature.split_ascii_whitespace().collect();
    let h = flat.split(';').find_map(|tag| tag.strip_prefix("h="));
    h.unwrap().split(':').map(str::to_owned).collect()
}

#[test]
fn a_key_is_read_in_every_form_and_its_record_is_a_record() {
    for (pem, rsa) in [(RSA, true), (PKCS1, true), (ED25519, false)] {
        let key = Key::from_pem("fm1", pem.as_bytes()).unwrap();
        assert_eq!(key.is_rsa(), rsa);
        DomainKey::parse(key.record().as_bytes()).unwrap();
        assert!(key.is_published_as(&key.public()));
    }
    let of = |pem: &str| Key::from_pem("fm1", pem.as_bytes()).unwrap().record();
    assert_eq!(of(RSA), of(PKCS1));
}

#[test]
fn a_key_that_cannot_be_used_says_why() {
    let cut = &RSA[..900];
    let broken = ED25519.replacen("MC4C", "MC4D", 1);
    for (pem, why) in [
        (SHORT, "the RSA key has 1024 bits; one of 2048 is needed"),
        ("", "there is no private key as PEM in it"),
        (cut, "there is no private key as PEM in it"),
        (&broken, "the Ed25519 key is broken"),
    ] {
        let error = Key::from_pem("fm1", pem.as_bytes()).err().unwrap();
        assert!(error.contains(why), "{error}");
    }
    let absent = DkimKeyFile {
        selector: "fm1".into(),
        file: Path::new("/nowhere/dkim.pem").into(),
    };
    let error = Key::load(&absent).err().unwrap().to_string();
    assert!(error.starts_with("/nowhere/dkim.pem:1:1: [dkim]: the private key cannot be read"));
}

#[test]
fn the_same_row_has_the_same_signatures_and_rsa_is_on_top() {
    let signers = signers(&[ED25519, RSA]);
    let sign = |at| signers.sign(&Signable::of(MAIL), FIELDS, at).unwrap();
    let signed = sign(1_772_442_000_999);
    assert_eq!(signed, sign(1_772_442_000_000));
    assert_ne!(signed, sign(1_772_442_001_000));
    assert_eq!(signed.matches("DKIM-Signature: v=1;").count(), 2);
    assert!(signed.starts_with("DKIM-Signature: v=1; a=rsa-sha256; s=s1; d=lists.example.org;"));
    assert!(signed.contains("t=1772442000;") && !signed.contains("x="));
    assert!(signed.ends_with("\r\n") && signed.lines().all(|line| line.len() < 100));
}

#[test]
fn what_may_not_be_added_is_named_once_more() {
    let signed = signers(&[ED25519])
        .sign(&Signable::of(MAIL), FIELDS, 0)
        .unwrap();
    let names = h_of(&signed);
    let count = |name: &str| names.iter().filter(|found| found.as_str() == name).count();
    for (name, times) in [
        ("From", 2),
        ("To", 2),
        ("Date", 2),
        ("Subject", 2),
        ("Message-ID", 2),
        ("Cc", 1),
        ("Reply-To", 1),
        ("Content-Type", 1),
        ("List-Unsubscribe", 1),
        ("List-Unsubscribe-Post", 1),
        ("Folkmoot-Mail", 1),
        ("List-Id", 1),
        ("Sender", 0),
        ("X-Other", 0),
    ] {
        assert_eq!(count(name), times, "{name} in {names:?}");
    }
}

#[test]
fn a_header_of_thousands_of_fields_is_signed_within_limits() {
    let mut mail = String::from("From: a@b.example\r\n");
    for at in 0..5000 {
        mail += &format!("To: x{at}@y.example\r\nList-X{at}: 1\r\nFolkmoot-Mail: {at}\r\n");
    }
    let signable = Signable::of((mail + "\r\n.\r\n").as_bytes());
    let signed = signers(&[ED25519]).sign(&signable, FIELDS, 0).unwrap();
    let names = h_of(&signed);
    assert_eq!(names.iter().filter(|name| *name == "To").count(), 32);
    assert!(names.len() < 200, "{}", names.len());
}

#[test]
fn nothing_is_signed_without_a_key() {
    let signed = Signers::default().sign(&Signable::of(MAIL), FIELDS, 0);
    assert_eq!(signed, Ok(String::new()));
}
