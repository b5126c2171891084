//! The endorsement key of the machine's TPM 2.0, by which the chip can be told from every other.
//!
//! The key is not kept anywhere: the chip derives it from a seed of its own whenever it is asked, the same each time
//! (TPM 2.0 Library, part 1, 14.4), so that a disk that is wiped or copied changes nothing. Asked for is the default key
//! on curve P-256 (TCG EK Credential Profile, template L-2), which every TPM of a PC or a virtual machine can derive, and
//! quickly. Nothing is written into the chip: the kernel's resource manager drops the key when the device is closed.

use std::collections::BTreeMap;
use std::time::Duration;

use terrier_shared::latest::hash::Hash;

use super::hardware::Hardware;
use crate::collect::failure::Failure;
use crate::collect::host::Host;

/// The kernel's resource manager (since Linux 4.12), beside which others can use the chip.
const DEVICE: &str = "/dev/tpmrm0";
/// More than a chip's buffer holds (`TPM_BUFSIZE` of the kernel's driver).
const ANSWER_BYTES: usize = 4096;
/// A discrete chip takes a second at most, and waits for whoever uses it.
const BUDGET: Duration = Duration::from_secs(5);
/// The topic of what is remembered: a key does not change while the machine runs.
const TOPIC: &str = "tpm";

/// `TPM_ST_NO_SESSIONS` and `TPM_ST_SESSIONS` (part 2, 6.9).
const NO_SESSIONS: u16 = 0x8001;
const SESSIONS: u16 = 0x8002;
/// `TPM_CC_CreatePrimary` (part 2, 6.5.2).
const CREATE_PRIMARY: u32 = 0x131;
/// `TPM_RH_ENDORSEMENT` and `TPM_RS_PW` (part 2, 7.4).
const ENDORSEMENT: u32 = 0x4000_000b;
const PASSWORD: u32 = 0x4000_0009;
/// Tag, size and code (part 1, 18).
const HEADER_BYTES: usize = 10;

/// `TPMT_PUBLIC` of template L-2 up to its `unique`: P-256 with SHA-256, for decryption alone, under the policy that the
/// endorsement hierarchy is authorized, with AES-128 in CFB mode, no scheme and no key derivation.
const TEMPLATE: [u8; 54] = [
    0x00, 0x23, 0x00, 0x0b, 0x00, 0x03, 0x00, 0xb2, //
    0x00, 0x20, 0x83, 0x71, 0x97, 0x67, 0x44, 0x84, 0xb3, 0xf8, 0x1a, 0x90, 0xcc, 0x8d, 0x46, 0xa5, 0xd7, 0x24, //
    0xfd, 0x52, 0xd7, 0x6e, 0x06, 0x52, 0x0b, 0x64, 0xf2, 0xa1, 0xda, 0x1b, 0x33, 0x14, 0x69, 0xaa, //
    0x00, 0x06, 0x00, 0x80, 0x00, 0x43, 0x00, 0x10, 0x00, 0x03, 0x00, 0x10,
];
/// A coordinate of a point on P-256.
const COORDINATE_BYTES: usize = 32;

/// SHA-256, in hexadecimal, of the public part of the key; absent where there is no TPM 2.0, where this process may not
/// ask it and nothing was noted at boot, and where its owner has locked the hierarchy.
pub(super) fn key(host: &Host) -> Option<String> {
    if let Some(noted) = Hardware::noted(host).tpm_key.filter(|noted| noted.parse::<Hash>().is_ok()) {
        return Some(noted);
    }
    if let Some(known) = host.recall(TOPIC, &[]).remove(DEVICE.as_bytes()) {
        return known;
    }
    let key = read(host).ok()?;
    host.keep(TOPIC, Vec::new(), BTreeMap::from([(DEVICE.as_bytes().to_vec(), Some(key.clone()))]));
    Some(key)
}

/// The same, asked of the chip.
pub(super) fn read(host: &Host) -> Result<String, Failure> {
    let answer = host.ask(DEVICE, command(), ANSWER_BYTES, BUDGET)?;
    let public = public(&answer).map_err(|problem| Failure::malformed(DEVICE, problem))?;
    Ok(Hash::of(public).to_string())
}

/// `TPM2_CreatePrimary` (part 3, 24.1) with an empty password.
fn command() -> Vec<u8> {
    let coordinate = sized(&[0; COORDINATE_BYTES]);
    let template = [&TEMPLATE[..], &coordinate, &coordinate].concat();
    let mut body = Vec::new();
    body.extend(ENDORSEMENT.to_be_bytes());
    // Authorization: its size, the password's session, no nonce, no attributes, an empty password.
    body.extend(9_u32.to_be_bytes());
    body.extend(PASSWORD.to_be_bytes());
    body.extend([0; 5]);
    // `inSensitive`: no password and no data; `inPublic`; `outsideInfo` and `creationPCR`, both empty.
    body.extend([0x00, 0x04, 0x00, 0x00, 0x00, 0x00]);
    body.extend(sized(&template));
    body.extend([0; 6]);
    let size = u32::try_from(HEADER_BYTES.saturating_add(body.len())).unwrap_or(u32::MAX);
    [&SESSIONS.to_be_bytes()[..], &size.to_be_bytes(), &CREATE_PRIMARY.to_be_bytes(), &body].concat()
}

fn sized(bytes: &[u8]) -> Vec<u8> {
    let size = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    [&size.to_be_bytes()[..], bytes].concat()
}

/// `TPMT_PUBLIC` of the answer.
fn public(answer: &[u8]) -> Result<&[u8], String> {
    let mut rest = Rest(answer);
    let (tag, size, code) = (rest.u16()?, rest.u32()?, rest.u32()?);
    if usize::try_from(size) != Ok(answer.len()) {
        return Err(format!("an answer of {} bytes says that it has {size}", answer.len()));
    }
    if code != 0 || tag == NO_SESSIONS {
        return Err(format!("it refuses with 0x{code:x}"));
    }
    let (_handle, _parameter_bytes) = (rest.u32()?, rest.u32()?);
    let size = rest.u16()?;
    let public = rest.take(size.into())?;
    let is_such = public.starts_with(&TEMPLATE) && public.len() > TEMPLATE.len();
    is_such.then_some(public).ok_or_else(|| "the key is not of the kind that was asked for".to_owned())
}

/// What is left to read of an answer.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or("the answer breaks off")?;
        self.0 = rest;
        Ok(taken)
    }

    fn u16(&mut self) -> Result<u16, String> {
        Ok(self.take(2)?.iter().fold(0, |number, byte| number << 8 | u16::from(*byte)))
    }

    fn u32(&mut self) -> Result<u32, String> {
        Ok(self.take(4)?.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{Read as _, Write as _};
    use std::os::unix::net::UnixListener;
    use std::path::Path;
    use std::thread;

    use terrier_shared::latest::hash::Hash;

    use super::{TEMPLATE, command, key, public, sized};
    use crate::collect::host::Host;
    use crate::collect::identity::NOTE;

    /// What a chip answers with this point.
    fn answer(point: u8) -> Vec<u8> {
        let coordinate = sized(&[point; 32]);
        let public = sized(&[&TEMPLATE[..], &coordinate, &coordinate].concat());
        let body = [&[0x80, 0, 0, 0][..], &[0, 0, 0, 0], &public, &[0; 20]].concat();
        let size = u32::try_from(10 + body.len()).unwrap();
        [&[0x80, 0x02][..], &size.to_be_bytes(), &[0, 0, 0, 0], &body].concat()
    }

    /// A host whose chip gives these answers, one after another.
    fn host(answers: Vec<Vec<u8>>) -> (tempfile::TempDir, Host) {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("dev")).unwrap();
        let listener = UnixListener::bind(root.path().join("dev/tpmrm0")).unwrap();
        thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let mut asked = vec![0; command().len()];
                stream.read_exact(&mut asked).unwrap();
                assert_eq!(asked, command());
                stream.write_all(&answer).unwrap();
            }
        });
        let host = Host::at(root.path());
        (root, host)
    }

    fn note(root: &Path, text: &str) {
        let place = root.join(NOTE.trim_start_matches('/'));
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, text).unwrap();
    }

    #[test]
    fn the_key_is_told_by_its_public_part_and_asked_for_once() {
        let (_root, first) = host(vec![answer(1)]);
        let told = key(&first).unwrap();
        assert_eq!(told, Hash::of(public(&answer(1)).unwrap()).to_string());
        assert_eq!(key(&first), Some(told.clone()), "the chip would not answer again");
        let (_root, second) = host(vec![answer(2)]);
        assert_ne!(key(&second), Some(told));
    }

    #[test]
    fn what_was_noted_at_boot_is_taken_and_a_note_that_is_no_key_is_not() {
        let (root, host) = host(vec![answer(1)]);
        let noted = Hash::of(b"noted").to_string();
        note(root.path(), &format!(r#"{{"tpm_key":"{noted}"}}"#));
        assert_eq!(key(&host), Some(noted));
        note(root.path(), r#"{"tpm_key":"x"}"#);
        assert_eq!(key(&host), Some(Hash::of(public(&answer(1)).unwrap()).to_string()));
    }

    #[test]
    fn a_chip_that_refuses_breaks_off_or_gives_another_key_tells_nothing() {
        let refusal = [&[0x80, 0x01][..], &10_u32.to_be_bytes(), &0x9a2_u32.to_be_bytes()].concat();
        assert_eq!(public(&refusal), Err("it refuses with 0x9a2".to_owned()));
        let whole = answer(1);
        for length in 0..whole.len() - 20 {
            let mut cut = whole[..length].to_vec();
            assert!(public(&cut).is_err(), "{length}");
            let says = u32::try_from(length).unwrap().to_be_bytes();
            if let Some(size) = cut.get_mut(2..6) {
                size.copy_from_slice(&says);
            }
            assert!(public(&cut).is_err(), "{length}");
        }
        let mut other = whole;
        other[21] ^= 1;
        assert_eq!(public(&other), Err("the key is not of the kind that was asked for".to_owned()));
        let (_root, host) = host(vec![refusal]);
        assert_eq!(key(&host), None);
        let bare = tempfile::tempdir().unwrap();
        assert_eq!(key(&Host::at(bare.path())), None);
    }
}
