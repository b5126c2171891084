//! Certificates of a host that is not this one.

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::{Path, PathBuf};

    use terrier_agent::collect::collect;
    use terrier_agent::collect::host::Host;
    use terrier_shared::latest::section::certificates::Certificate;
    use terrier_shared::latest::section::{Certificates, Section, SectionKind};
    use x509_parser::prelude::{FromDer as _, X509Certificate};

    fn fixture() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/certificates")
    }

    fn read(root: &Path) -> Certificates {
        let mut collected = collect(&Host::at(root), &[SectionKind::Certificates]);
        assert_eq!(collected.faults, []);
        let Section::Certificates(certificates) = collected.sections.remove(0) else { panic!("another section") };
        certificates
    }

    fn at<'a>(certificates: &'a Certificates, file: &str) -> &'a Certificate {
        let has = |certificate: &&Certificate| certificate.files.iter().any(|path| path.to_lossy() == file);
        certificates.certificates.iter().find(has).unwrap()
    }

    #[test]
    fn each_certificate_stands_once_with_all_its_files() {
        let found = read(&fixture());
        assert_eq!((found.certificates.len(), found.unread.len()), (5, 0));
        let web = at(&found, "/etc/letsencrypt/live/shop/cert.pem");
        assert_eq!(web.files.len(), 2);
        assert_eq!((web.subject.as_str(), web.serial.as_str()), ("CN=shop.example.org", "f1e2d3c4b5a69788"));
        assert_eq!(web.issuer, "CN=Example Root CA,O=Example\\, Inc.,C=KR");
        assert_eq!((web.key.as_str(), web.signature.as_str()), ("EC P-256", "sha384WithRSAEncryption"));
        assert_eq!((web.is_authority, web.self_issued), (false, false));
        assert_eq!(web.not_after_s - web.not_before_s, 397 * 86_400);
        assert_eq!(
            web.names,
            [
                "DNS:*.shop.example.org",
                "DNS:shop.example.org",
                "DirName:CN=x",
                "IP:192.0.2.1",
                "IP:2001:db8::1",
                "URI:https://shop.example.org/",
                "email:web@example.org",
            ]
        );
    }

    #[test]
    fn keys_names_and_dates_of_every_kind_are_told() {
        let found = read(&fixture());
        let odd = at(&found, "/etc/nginx/ssl/both.pem");
        assert_eq!(odd.subject, "CN=\\# odd \\\"name\\\" \\+ more,O=Größe GmbH");
        assert_eq!((odd.key.as_str(), odd.signature.as_str(), odd.self_issued), ("Ed25519", "Ed25519", true));
        let database = at(&found, "/etc/postgresql/server.crt");
        assert_eq!((database.subject.as_str(), database.key.as_str()), ("OU=DB+UID=postgres,CN=db", "EC P-384"));
        assert_eq!(database.not_after_s - database.not_before_s, 20_000 * 86_400);
        let pss = at(&found, "/etc/pki/tls/certs/pss.crt");
        assert_eq!((pss.key.as_str(), pss.signature.as_str()), ("RSA-PSS 2048", "rsassaPss"));
        let authority = found.certificates.iter().find(|c| c.subject.starts_with("CN=Example Root CA")).unwrap();
        assert_eq!((authority.is_authority, authority.key.as_str()), (true, "RSA 2048"));
    }

    #[test]
    fn what_stands_in_a_keys_place_is_not_told() {
        assert!(!serde_json::to_string(&read(&fixture())).unwrap().contains("NOT A KEY"));
    }

    #[test]
    fn another_reader_reads_the_same() {
        let found = read(&fixture());
        let der = fs::read(fixture().join("etc/postgresql/server.crt")).unwrap();
        let (_, theirs) = X509Certificate::from_der(&der).unwrap();
        let ours = at(&found, "/etc/postgresql/server.crt");
        assert_eq!(theirs.validity().not_before.timestamp(), ours.not_before_s);
        assert_eq!(theirs.validity().not_after.timestamp(), ours.not_after_s);
        assert_eq!(
            theirs.raw_serial_as_string().replace(':', "").trim_start_matches('0'),
            ours.serial.trim_start_matches('0')
        );
        assert_eq!(theirs.is_ca(), ours.is_authority);
    }

    #[test]
    fn links_in_circles_and_to_other_places_end() {
        let root = tempfile::tempdir().unwrap();
        let nginx = root.path().join("etc/nginx");
        fs::create_dir_all(&nginx).unwrap();
        symlink("..", nginx.join("up")).unwrap();
        symlink("self.pem", nginx.join("self.pem")).unwrap();
        symlink("/etc/shadow", nginx.join("out.pem")).unwrap();
        fs::write(nginx.join("huge.pem"), vec![b'-'; 1 << 20]).unwrap();
        fs::write(nginx.join("cut.der"), [0x30, 0x82, 0xff, 0xff, 1]).unwrap();
        assert_eq!(read(root.path()), Certificates::default());
    }
}
