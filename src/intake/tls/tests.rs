use std::path::PathBuf;

use super::*;

const CERTIFICATE: &[u8] = include_bytes!("../../../tests/data/relay/certificate.pem");
const KEY: &[u8] = include_bytes!("../../../tests/data/relay/key.pem");

struct Files {
    _folder: tempfile::TempDir,
    tls: Tls,
}

fn files() -> Files {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &[u8]| -> PathBuf {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let tls = Tls {
        certificate_file: file("chain.pem", CERTIFICATE),
        key_file: file("key.pem", KEY),
    };
    Files {
        _folder: folder,
        tls,
    }
}

/// Whether the next handshake has another configuration than `before` had.
fn is_new(certificate: &Certificate, before: &TlsAcceptor) -> bool {
    let now = certificate.look(false);
    !Arc::ptr_eq(now.config(), before.config())
}

fn look_back(certificate: &Certificate) {
    let mut state = certificate.state.lock().unwrap();
    state.looked = state.looked.checked_sub(LOOK_EVERY).unwrap();
}

#[test]
fn a_new_file_is_taken_and_a_broken_one_is_not() {
    let files = files();
    let certificate = Certificate::open(&files.tls).unwrap();
    let first = certificate.look(false);
    look_back(&certificate);
    assert!(!is_new(&certificate, &first), "nothing has changed");

    let longer = [CERTIFICATE, b"\n# renewed\n"].concat();
    fs::write(&files.tls.certificate_file, &longer).unwrap();
    assert!(!is_new(&certificate, &first), "it was looked at just now");
    look_back(&certificate);
    assert!(is_new(&certificate, &first));

    let second = certificate.look(false);
    for broken in [&b""[..], b"-----BEGIN CERTIFICATE-----\n", b"\xff"] {
        fs::write(&files.tls.certificate_file, broken).unwrap();
        certificate.reload();
        assert!(!is_new(&certificate, &second), "the old one stays");
    }
    fs::remove_file(&files.tls.certificate_file).unwrap();
    certificate.reload();
    assert!(!is_new(&certificate, &second), "the old one stays");
    fs::write(&files.tls.certificate_file, CERTIFICATE).unwrap();
    certificate.reload();
    assert!(is_new(&certificate, &second));
}

#[test]
fn handshakes_have_so_much_room_and_no_more() {
    let files = files();
    let certificate = Certificate::open(&files.tls).unwrap();
    let mut held: Vec<_> = std::iter::from_fn(|| certificate.handshake())
        .take(MOST_HANDSHAKES + 1)
        .collect();
    assert_eq!(held.len(), MOST_HANDSHAKES);
    held.pop();
    assert!(certificate.handshake().is_some());
}
