//! Certificates as CIs under the host that keeps or shows them, identified by their fingerprint.

use jiff::Timestamp;
use terrier_shared::latest::section::{Certificates, certificates};

use super::Dependent;
use crate::reconcile::attribute::{CERTIFICATE, certificate};
use crate::reconcile::value::{self, Values, list, optional_text, readable};

/// The certificates.
pub(super) fn certificates(section: &Certificates) -> Vec<Dependent> {
    let mut all: Vec<_> = section.certificates.iter().filter(|one| !one.fingerprint.is_empty()).map(of).collect();
    all.sort_by(|one, other| one.local_id.cmp(&other.local_id));
    all.dedup_by(|one, other| one.local_id == other.local_id);
    all
}

fn of(one: &certificates::Certificate) -> Dependent {
    let first_name = || one.names.first().map(|name| name.split_once(':').map_or(name.as_str(), |(_, name)| name));
    let called = common_name(&one.subject).or_else(first_name).or(Some(one.subject.as_str()));
    let called = called.filter(|name| !name.is_empty()).unwrap_or(&one.fingerprint);
    let local_id = value::key(one.fingerprint.to_ascii_lowercase());
    Dependent { class: CERTIFICATE, local_id, name: super::name(called), values: values(one) }
}

/// The value of `CN` in a subject as RFC 4514 writes it; none where it is escaped, which no host name is.
fn common_name(subject: &str) -> Option<&str> {
    let name = subject.split([',', '+']).find_map(|part| part.trim_start().strip_prefix("CN="))?;
    (!name.is_empty() && !name.contains(['\\', '"', '#'])).then_some(name)
}

fn values(one: &certificates::Certificate) -> Values {
    let moment = |seconds: i64| Timestamp::from_second(seconds).ok().map(value::time);
    vec![
        (certificate("subject"), optional_text(Some(&one.subject))),
        (certificate("issuer"), optional_text(Some(&one.issuer))),
        (certificate("serial_number"), optional_text(Some(&one.serial))),
        (certificate("not_before"), moment(one.not_before_s)),
        (certificate("not_after"), moment(one.not_after_s)),
        (certificate("names"), list(&one.names)),
        (certificate("key"), optional_text(Some(&one.key))),
        (certificate("signature"), optional_text(Some(&one.signature))),
        (certificate("fingerprint"), optional_text(Some(&one.fingerprint))),
        (certificate("files"), list(one.files.iter().map(|file| readable(file)))),
        (certificate("listeners"), list(&one.listeners)),
    ]
}

#[cfg(test)]
mod tests {
    use terrier_shared::latest::section::{Certificates, certificates::Certificate};

    use super::certificates;

    #[test]
    fn a_certificate_is_called_as_its_subject_or_what_it_is_for() {
        for (subject, names, expected) in [
            ("CN=shop.example.org,O=Example", vec![], "shop.example.org"),
            ("O=Example + CN=shop", vec![], "shop"),
            ("O=Example", vec!["DNS:shop.example.org"], "shop.example.org"),
            ("O=Example", vec![], "O=Example"),
            ("CN=a\\,b", vec![], "CN=a\\,b"),
            ("", vec![], "ab01"),
        ] {
            let one = Certificate {
                fingerprint: "ab01".into(),
                subject: subject.into(),
                names: names.into_iter().map(str::to_owned).collect(),
                ..Certificate::default()
            };
            let found = certificates(&Certificates { certificates: vec![one], ..Certificates::default() });
            assert_eq!(found[0].name, expected, "{subject}");
        }
    }
}
