//! The program with a certificate of its own, and commands that trust its authority.

use crate::served::{PROGRAM, Served, health};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Writes an authority's certificate, and one for localhost until that year with its key.
fn certificates(folder: &Path, until: i32) -> [PathBuf; 3] {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let mut own = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    (own.not_before, own.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(until, 1, 1));
    let key = KeyPair::generate().unwrap();
    let cert = own.signed_by(&key, &authority).unwrap();
    let texts = [authority.pem(), cert.pem(), key.serialize_pem()];
    let files = ["ca.pem", "cert.pem", "key.pem"].map(|name| folder.join(name));
    files.iter().zip(texts).for_each(|(file, text)| std::fs::write(file, text).unwrap());
    files
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn commands_reach_a_server_by_its_authority() {
    let folder = tempfile::tempdir().unwrap();
    let [ca, cert, key] = certificates(folder.path(), 2100).map(|file| file.display().to_string());
    let own = ["--tls-cert", &cert, "--tls-key", &key];
    let served = Served::start_with(&own);
    let port = served.address.strip_prefix("https://127.0.0.1:").expect("https").to_owned();
    let root = format!("https://localhost:{port}");

    let stranger = health(&["--server", &root]);
    assert!(!stranger.status.success());
    assert!(said(&stranger).contains("UnknownIssuer"), "{}", said(&stranger));
    let plain = health(&["--server", &root.replace("https:", "http:")]);
    assert!(said(&plain).contains("This port speaks HTTPS"), "{}", said(&plain));
    let known = health(&["--server", &root, "--ca-cert", &ca]);
    assert!(known.status.success(), "{}", said(&known));
    // The machine itself is asked at an address that is not in the certificate.
    let listens = format!("127.0.0.1:{port}");
    let here = health(&[&["--listen", listens.as_str()], &own[..]].concat());
    assert!(here.status.success(), "{}", said(&here));
    let none = health(&["--server", &root, "--ca-cert", &key]);
    assert!(said(&none).contains("key.pem holds no certificate"), "{}", said(&none));

    // Beside the server a command finds it by the data folder, from elsewhere by its name.
    let made =
        served.command().args(["--json", "token", "create", "t", "--role", "admin"]).output();
    let made = made.unwrap();
    assert!(made.status.success(), "{}", said(&made));
    let made: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    let mut stats = Command::new(PROGRAM);
    stats.args(["--server", &root, "--ca-cert", &ca, "--json", "stats"]);
    let stats = stats.env("FAIRLEAD_TOKEN", made["token"].as_str().unwrap()).output().unwrap();
    assert!(stats.status.success(), "{}", said(&stats));
}

/// Writes a certificate for localhost that signs itself, with its key.
fn self_signed(folder: &Path, is_ca: IsCa) -> [String; 2] {
    let mut own = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    own.is_ca = is_ca;
    let own = CertifiedIssuer::self_signed(own, KeyPair::generate().unwrap()).unwrap();
    let files = ["own.pem", "own.key"].map(|name| folder.join(name));
    std::fs::write(&files[0], own.pem()).unwrap();
    std::fs::write(&files[1], own.key().serialize_pem()).unwrap();
    files.map(|file| file.display().to_string())
}

#[test]
fn a_certificate_that_signs_itself_is_taken_unless_it_is_an_authoritys() {
    for (is_ca, taken) in
        [(IsCa::ExplicitNoCa, true), (IsCa::Ca(BasicConstraints::Unconstrained), false)]
    {
        let folder = tempfile::tempdir().unwrap();
        let [cert, key] = self_signed(folder.path(), is_ca);
        let served = Served::start_with(&["--tls-cert", &cert, "--tls-key", &key]);
        let root = served.address.replace("127.0.0.1", "localhost");
        let asked = health(&["--server", &root, "--ca-cert", &cert]);
        assert_eq!(asked.status.success(), taken, "{}", said(&asked));
        if !taken {
            assert!(
                said(&asked).contains("basicConstraints=critical,CA:FALSE"),
                "{}",
                said(&asked)
            );
        }
    }
}

#[test]
fn a_certificate_that_has_ended_is_served_with_a_warning_that_names_the_day() {
    let folder = tempfile::tempdir().unwrap();
    let [ca, cert, key] = certificates(folder.path(), 2002).map(|file| file.display().to_string());
    let served = Served::start_with(&["--tls-cert", &cert, "--tls-key", &key]);
    let root = served.address.replace("127.0.0.1", "localhost");
    let expired = health(&["--server", &root, "--ca-cert", &ca]);
    assert!(!expired.status.success());
    assert!(said(&expired).contains("expired"), "{}", said(&expired));
    let log = served.end();
    assert!(log.contains("ended on 2002-01-01"), "{log}");
}

#[test]
fn without_a_certificate_that_can_be_used_nothing_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let start = |args: &[&str]| {
        let mut command = Command::new(PROGRAM);
        command.args(["--listen", "127.0.0.1:0", "--data-dir"]).arg(folder.path()).arg("serve");
        command.args(args).output().unwrap()
    };
    let missing = start(&["--tls-cert", "/nowhere/cert.pem", "--tls-key", "/nowhere/key.pem"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(said(&missing).contains("/nowhere/cert.pem cannot be read"), "{}", said(&missing));
    let half = start(&["--tls-cert", "cert.pem"]);
    assert_eq!(half.status.code(), Some(1));
    assert!(said(&half).contains("go together"), "{}", said(&half));
}
