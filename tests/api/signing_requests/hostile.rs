//! The requests, and what comes of each.

use rcgen::{CertificateParams, KeyPair, PKCS_ED25519, PublicKeyData as _, SigningKey as _};
use x509_parser::pem::parse_x509_pem;
use x509_parser::prelude::FromDer as _;

use super::Names;
use super::draft::{
    BIT_STRING, BOOLEAN, Draft, ECDSA_SHA256, ECDSA_SHA384, ED25519, P256, SEQUENCE, SET, UTF8, attribute, der,
    extension, name, pem, public_key,
};
use crate::harness::agent::signing_request;

const TOO_LARGE: &str = "a signing request has at most 8192 bytes";
const MALFORMED: &str = "this is no signing request in PEM";
const SIGNATURE: &str = "the request is not signed by the key it names";
const WEAK: &str = "the key is one for which anybody can sign";
const KEY_KIND: &str = "the key must be of the kind P-256 or Ed25519";

/// The label of a request in PEM.
const LABEL: &str = "CERTIFICATE REQUEST";

/// A request that somebody sends.
pub(super) struct Request {
    /// What is special about it.
    pub(super) name: String,
    pub(super) pem: String,
    pub(super) outcome: Outcome,
}

/// What comes of a request.
pub(super) enum Outcome {
    /// No certificate, for this reason.
    Refused(&'static str),
    /// A certificate for this key, in which nothing else is of the request.
    OnlyTheKey(Vec<u8>),
}

/// All of them, each with a key that is in no other.
pub(super) fn requests(names: &Names) -> Vec<Request> {
    let mut all = greedy(names);
    all.extend(strange_subjects(names));
    all.extend(strange_attributes());
    all.extend(of_other_kinds());
    all.extend(wrong_signatures());
    all.extend(wrong_keys());
    all.extend(no_requests());
    all
}

fn only_the_key(name: &str, change: impl FnOnce(Draft) -> Draft) -> Request {
    let key = KeyPair::generate().unwrap();
    let pem = pem(LABEL, &change(Draft::of(&key)).signed_by(&key));
    Request { name: name.to_owned(), pem, outcome: Outcome::OnlyTheKey(key.subject_public_key_info()) }
}

fn refused(name: &str, why: &'static str, pem: String) -> Request {
    Request { name: name.to_owned(), pem, outcome: Outcome::Refused(why) }
}

fn refused_der(name: &str, why: &'static str, der: &[u8]) -> Request {
    refused(name, why, pem(LABEL, der))
}

/// They ask for extensions (RFC 5280, section 4.2).
fn greedy(names: &Names) -> Vec<Request> {
    let of = |arc: u8| [0x55, 0x1d, arc];
    let san = |names: &[&[u8]]| extension(&of(17), false, &der(SEQUENCE, names));
    let uri = |text: &str| der(0x86, &[text.as_bytes()]);
    let usages = |bits: &[u8]| extension(&of(15), true, &der(BIT_STRING, &[bits]));
    let purposes = |last: &[u8]| {
        let ids: Vec<u8> = last.iter().flat_map(|last| der(6, &[&[0x2b, 6, 1, 5, 5, 7, 3, *last]])).collect();
        extension(&of(37), false, &der(SEQUENCE, &[&ids]))
    };
    let is_ca = |depth: &[u8]| extension(&of(19), true, &der(SEQUENCE, &[&der(BOOLEAN, &[&[0xff]]), depth]));
    let other = uri(&format!("spiffe://{}/agent/{}", names.installation, names.other));
    let many: Vec<u8> = (0..200).flat_map(|number| der(0x82, &[format!("h{number}.example").as_bytes()])).collect();
    let url = der(SEQUENCE, &[&der(SEQUENCE, &[&der(0xa0, &[&der(0xa0, &[&uri("http://192.0.2.1/")])])])]);
    let responder = der(SEQUENCE, &[&der(6, &[&[0x2b, 6, 1, 5, 5, 7, 0x30, 1]]), &uri("http://192.0.2.1/")]);
    let any_purpose = extension(&of(37), false, &der(SEQUENCE, &[&der(6, &[&[0x55, 0x1d, 0x25, 0]])]));
    let any_policy = der(SEQUENCE, &[&der(SEQUENCE, &[&der(6, &[&[0x55, 0x1d, 0x20, 0]])])]);
    let subtree = der(SEQUENCE, &[&der(0xa0, &[&der(SEQUENCE, &[&der(0x82, &[b"example"])])])]);
    let asked = [
        ("the server's name", san(&[&der(0x82, &[b"localhost"])])),
        ("every name", san(&[&der(0x82, &[b"*"])])),
        ("another agent's name", san(&[&other])),
        ("its own name and another agent's", san(&[&uri("spiffe://x/agent/y"), &other])),
        ("the server's name of another kind", san(&[&uri(&format!("spiffe://{}/server", names.installation))])),
        ("an address", san(&[&der(0x87, &[&[127, 0, 0, 1]])])),
        ("an address of IPv6", san(&[&der(0x87, &[&[0; 16]])])),
        ("a mailbox", san(&[&der(0x81, &[b"root@localhost"])])),
        ("a name with a NUL", san(&[&der(0x82, &[b"localhost\0.example"])])),
        ("two hundred names", san(&[&many])),
        ("no name at all", san(&[])),
        ("to be an authority", is_ca(&[])),
        ("to be an authority above others", is_ca(&der(2, &[&[5]]))),
        ("to sign certificates", usages(&[2, 0x04])),
        ("every use of a key", usages(&[7, 0xff, 0x80])),
        ("no use of the key", usages(&[0])),
        ("to be a server", purposes(&[1])),
        ("to be server and client, and to sign code, mail, times and statuses", purposes(&[1, 2, 3, 4, 8, 9])),
        ("any purpose", any_purpose),
        ("any policy", extension(&of(32), true, &any_policy)),
        ("names below it", extension(&of(30), true, &subtree)),
        ("a place of its own for revocations", extension(&of(31), false, &url)),
        ("a place of its own for statuses", extension(&[0x2b, 6, 1, 5, 5, 7, 1, 1], false, &responder)),
        ("its own name of its key", extension(&of(14), false, &der(4, &[&[7; 20]]))),
        ("another issuer", extension(&of(35), false, &der(SEQUENCE, &[&der(0x80, &[&[7; 20]])]))),
        ("to be no certificate", extension(&[0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4, 3], true, &[5, 0])),
        ("an unknown extension that is critical", extension(&[0x2a, 3, 4], true, b"\xff\xff\xff")),
    ];
    let all: Vec<u8> = asked.iter().flat_map(|(_, extension)| extension.clone()).collect();
    let twice = [is_ca(&[]), is_ca(&[])].concat();
    let asked = asked.into_iter().chain([("one thing twice", twice), ("everything", all)]);
    asked.map(|(name, extensions)| only_the_key(name, |draft| draft.asking(&extensions))).collect()
}

fn strange_subjects(names: &Names) -> Vec<Request> {
    let root = format!("Terrier root {}", names.installation);
    let several = der(SEQUENCE, &[&name(UTF8, b"a")[2..], &name(UTF8, b"b")[2..], &name(UTF8, b"c")[2..]]);
    let subjects = [
        ("no subject", der(SEQUENCE, &[])),
        ("lines", name(UTF8, b"a\nb\r\nSet-Cookie: c")),
        ("a NUL", name(UTF8, b"web-1\0.example")),
        ("a path", name(UTF8, b"../../../etc/passwd")),
        ("another agent", name(UTF8, names.other.as_bytes())),
        ("the root", name(UTF8, root.as_bytes())),
        ("five thousand letters", name(UTF8, &[b'x'; 5_000])),
        ("an empty name", name(UTF8, b"")),
        ("text that is none", name(UTF8, b"\xff\xfe")),
        ("letters of two bytes", name(30, b"\0a\0b")),
        ("a number for a name", name(2, &[1])),
        ("several names", several),
    ];
    let changed = |(name, subject)| only_the_key(name, |draft| Draft { subject, ..draft });
    let mut all: Vec<_> = subjects.into_iter().map(changed).collect();
    let mut huge = CertificateParams::default();
    huge.distinguished_name.push(rcgen::DnType::CommonName, "x".repeat(64 << 10));
    let huge = huge.serialize_request(&KeyPair::generate().unwrap()).unwrap().pem().unwrap();
    all.push(refused("64 KiB of name", TOO_LARGE, huge));
    all
}

fn strange_attributes() -> Vec<Request> {
    let pkcs9 = |arc| [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, arc];
    let text = |text: &[u8]| der(UTF8, &[text]);
    let many: Vec<u8> = (0..200).flat_map(|number| attribute(&[0x2a, 3, number % 100], &text(b"x"))).collect();
    let attributes = [
        ("a password", attribute(&pkcs9(7), &text(b"x"))),
        ("another name", attribute(&pkcs9(2), &text(b"x"))),
        ("a list of two hundred", many),
        ("values that are none", der(SEQUENCE, &[&der(6, &[&[0x2a, 3]]), &der(SET, &[])])),
    ];
    let changed = |(name, attributes): (&str, _)| only_the_key(name, |draft| Draft { attributes, ..draft });
    let mut all: Vec<_> = attributes.into_iter().map(changed).collect();
    let key = KeyPair::generate().unwrap();
    let endless = Draft { attributes: attribute(&[0x2a, 3], &text(&[b'x'; 9_000])), ..Draft::of(&key) };
    all.push(refused_der("an attribute that is too long", TOO_LARGE, &endless.signed_by(&key)));
    all
}

/// What `fixtures/make` has made.
fn of_other_kinds() -> Vec<Request> {
    let mut all: Vec<_> = [
        ("RSA of 1,024 bits", include_str!("fixtures/rsa_1024.pem")),
        ("RSA of 2,048 bits", include_str!("fixtures/rsa_2048.pem")),
        ("RSA of 16,384 bits", include_str!("fixtures/rsa_16384.pem")),
        ("RSA for PSS alone", include_str!("fixtures/rsa_pss.pem")),
        ("DSA", include_str!("fixtures/dsa.pem")),
        ("P-192", include_str!("fixtures/p192.pem")),
        ("P-224", include_str!("fixtures/p224.pem")),
        ("P-384", include_str!("fixtures/p384.pem")),
        ("P-521", include_str!("fixtures/p521.pem")),
        ("secp256k1", include_str!("fixtures/secp256k1.pem")),
        ("brainpoolP256r1", include_str!("fixtures/brainpool.pem")),
        ("SM2", include_str!("fixtures/sm2.pem")),
        ("Ed448", include_str!("fixtures/ed448.pem")),
        ("P-256 by its numbers", include_str!("fixtures/explicit.pem")),
    ]
    .map(|(name, pem)| refused(name, KEY_KIND, pem.to_owned()))
    .into();
    all.push(refused("half of a point", SIGNATURE, include_str!("fixtures/compressed.pem").to_owned()));
    all.push(refused("SHA-1", SIGNATURE, include_str!("fixtures/p256_sha1.pem").to_owned()));
    let by_384 = include_str!("fixtures/p256_sha384.pem");
    all.push(Request {
        name: "SHA-384".to_owned(),
        pem: by_384.to_owned(),
        outcome: Outcome::OnlyTheKey(key_of(by_384)),
    });
    let edwards = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let outcome = Outcome::OnlyTheKey(edwards.subject_public_key_info());
    all.push(Request { name: "Ed25519".to_owned(), pem: signing_request(&edwards), outcome });
    all
}

fn key_of(pem: &str) -> Vec<u8> {
    let (_, pem) = parse_x509_pem(pem.as_bytes()).unwrap();
    let (_, request) = x509_parser::certification_request::X509CertificationRequest::from_der(&pem.contents).unwrap();
    request.certification_request_info.subject_pki.raw.to_vec()
}

fn wrong_signatures() -> Vec<Request> {
    let (key, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let edwards = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let honest = Draft::of(&key);
    let signature = key.sign(&honest.info()).unwrap();
    let mut broken = signature.clone();
    *broken.last_mut().unwrap() ^= 1;
    let zeroes = der(SEQUENCE, &[&der(2, &[&[0]]), &der(2, &[&[0]])]);
    let renamed = Draft { subject: name(UTF8, b"web-2"), ..honest.clone() };
    let as_384 = Draft { algorithm: ECDSA_SHA384.to_vec(), ..honest.clone() };
    let as_edwards = Draft { algorithm: ED25519.to_vec(), ..honest.clone() };
    let as_p256 = Draft { algorithm: ECDSA_SHA256.to_vec(), ..Draft::of(&edwards) };
    let by_rsa = der(SEQUENCE, &[&der(6, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11]]), &[5, 0]]);
    let by_rsa = Draft { algorithm: by_rsa, ..honest.clone() };
    // The key's kind is one, its bytes and its signature are of another.
    let in_disguise = Draft { key: public_key(&P256, edwards.der_bytes()), ..Draft::of(&edwards) };
    let the_other_way = Draft { key: public_key(&ED25519, key.der_bytes()), ..honest.clone() };
    [
        ("a broken signature", honest.with_signature(&broken)),
        ("a signature of something else", renamed.with_signature(&signature)),
        ("another's key", honest.signed_by(&other)),
        ("a signature of zeroes", honest.with_signature(&zeroes)),
        ("no signature", honest.with_signature(&[])),
        ("a signature of 2 kB", honest.with_signature(&[0x30; 2_000])),
        ("a signature that is said to be by SHA-384", as_384.with_signature(&signature)),
        ("a signature that is said to be by Ed25519", as_edwards.with_signature(&signature)),
        ("a signature that is said to be by RSA", by_rsa.with_signature(&signature)),
        ("an Ed25519 signature that is said to be by P-256", as_p256.signed_by(&edwards)),
        ("an Ed25519 key in the place of one of P-256", in_disguise.signed_by(&edwards)),
        ("a P-256 key in the place of one of Ed25519", the_other_way.signed_by(&key)),
    ]
    .map(|(name, der)| refused_der(name, SIGNATURE, &der))
    .into()
}

/// Keys of the right kind that are none.
fn wrong_keys() -> Vec<Request> {
    let key = KeyPair::generate().unwrap();
    let mut off_the_curve = key.der_bytes().to_vec();
    *off_the_curve.last_mut().unwrap() ^= 1;
    let of_p256 = |bytes: &[u8]| Draft { key: public_key(&P256, bytes), ..Draft::of(&key) }.signed_by(&key);
    let mut all = vec![
        refused_der("a point off the curve", SIGNATURE, &of_p256(&off_the_curve)),
        refused_der("the point at infinity", SIGNATURE, &of_p256(&[0])),
        refused_der("no point", SIGNATURE, &of_p256(&[])),
        refused_der("a point of zeroes", SIGNATURE, &of_p256(&[&[4][..], &[0; 64]].concat())),
    ];
    let endless = Draft { key: public_key(&P256, &[4; 4_000]), ..Draft::of(&key) };
    all.push(refused_der("a key of 4 kB", SIGNATURE, &endless.signed_by(&key)));
    all.extend(of_small_order());
    all
}

/// Keys without a secret: the neutral point, whose signature over everything is made of zeroes, and the other points
/// whose order divides eight, each with both signs.
fn of_small_order() -> impl Iterator<Item = Request> {
    let between = |first: u8, middle: u8, last: u8| [&[first][..], &[middle; 30], &[last]].concat();
    let hex = |text: &str| (0..32).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect();
    let points: [Vec<u8>; 7] = [
        between(1, 0, 0),
        between(0, 0, 0),
        between(0xec, 0xff, 0x7f),
        between(0xed, 0xff, 0x7f),
        between(0xee, 0xff, 0x7f),
        hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
        hex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    ];
    let signature = [between(1, 0, 0), vec![0; 32]].concat();
    let key = KeyPair::generate().unwrap();
    points.into_iter().enumerate().flat_map(move |(number, point)| {
        let mut other = point.clone();
        *other.last_mut().unwrap() |= 0x80;
        let draft = Draft { algorithm: ED25519.to_vec(), ..Draft::of(&key) };
        let signed = [point, other].map(|point| Draft { key: public_key(&ED25519, &point), ..draft.clone() });
        let name = format!("point {number} of small order");
        signed.map(|draft| refused_der(&name, WEAK, &draft.with_signature(&signature)))
    })
}

/// What is no request at all, or is not read to its end.
fn no_requests() -> Vec<Request> {
    let key = KeyPair::generate().unwrap();
    let honest = Draft::of(&key).signed_by(&key);
    let encoded = signing_request(&key);
    let half = &honest[..honest.len() / 2];
    let more_within = der(SEQUENCE, &[&honest[3..], &[5, 0]]);
    let endless = [&[0x30, 0x80], &honest[3..], &[0, 0]].concat();
    let deep = (0..500).fold(Vec::new(), |inner, _| der(SEQUENCE, &[&inner]));
    let mut all: Vec<_> = [
        ("half of the bytes", half.to_vec()),
        ("all bytes but the last", honest[..honest.len() - 1].to_vec()),
        ("one byte more", [&honest[..], &[0]].concat()),
        ("a second request behind it", [&honest[..], &honest].concat()),
        ("a length that is not told", endless),
        ("a length of 4 GiB", [&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], &honest[3..]].concat()),
        ("five hundred levels", deep),
        ("nothing", Vec::new()),
    ]
    .map(|(name, der)| refused_der(name, MALFORMED, &der))
    .into();
    all.extend(
        [
            ("no text", String::new()),
            ("words", "please".to_owned()),
            ("8 KiB of letters", "A".repeat(8 << 10)),
            ("the bytes without lines around them", encoded.lines().skip(1).take(6).collect()),
            ("no end", encoded.replace("-----END CERTIFICATE REQUEST-----", "")),
            ("letters that are none of base64", encoded.replace("MI", "\u{d55c}!")),
            ("a certificate's label", pem("CERTIFICATE", &honest)),
            ("another program's label", pem("NEW CERTIFICATE REQUEST", &honest)),
            ("a secret key", key.serialize_pem()),
            ("a public key", pem("PUBLIC KEY", &key.subject_public_key_info())),
        ]
        .map(|(name, pem)| refused(name, MALFORMED, pem)),
    );
    all.push(refused("9 kB of letters", TOO_LARGE, "A".repeat(9_000)));
    let outcome = Outcome::OnlyTheKey(key.subject_public_key_info());
    all.push(Request { name: "something behind the signature".to_owned(), pem: pem(LABEL, &more_within), outcome });
    all
}
