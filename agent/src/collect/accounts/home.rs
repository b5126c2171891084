//! Keys in the homes of users, which may lie on servers that are gone.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::keys;
use super::passwd::Entry;
use super::sshd_config;
use crate::collect::failure::Failure;
use crate::collect::host::Host;
use crate::collect::storage::mount;

const LIMIT: usize = 1 << 20;
/// How long a file is waited for.
const BUDGET: Duration = Duration::from_millis(500);
/// After so many that did not come, no further home is looked into.
const PATIENCE: usize = 2;
/// Homes of users that have none.
const NO_HOMES: [&[u8]; 4] = [b"", b"/dev/null", b"/nonexistent", b"/"];

/// Where keys are, and what is known of the file systems they are on.
#[derive(Debug)]
pub(super) struct Homes<'a> {
    host: &'a Host,
    /// Absent where it is not known where keys are.
    files: Option<Vec<String>>,
    /// Mount points, with whether looking there would mount something.
    mounts: Vec<(Vec<u8>, bool)>,
    timed_out: usize,
}

impl<'a> Homes<'a> {
    pub(super) fn of(host: &'a Host) -> Result<Self, Failure> {
        let mounts = match mount::all(host) {
            Ok(mounts) => mounts,
            Err(failure) if failure.is_not_found() => Vec::new(),
            Err(failure) => return Err(failure),
        };
        let mounts = mounts.into_iter().map(|mount| (mount.point, mount.kind == "autofs")).collect();
        Ok(Self { host, files: sshd_config::key_files(host)?, mounts, timed_out: 0 })
    }

    /// How many keys let somebody in as `user`; absent where it cannot be told.
    pub(super) fn authorised_keys(&mut self, user: &Entry) -> Option<u32> {
        let mut places: Vec<PathBuf> = self.files.as_ref()?.iter().filter_map(|file| place(file, user)).collect();
        places.sort_unstable();
        places.dedup();
        let mut keys = 0_usize;
        for place in places {
            keys = keys.saturating_add(self.count(&place)?);
        }
        u32::try_from(keys).ok()
    }

    fn count(&mut self, place: &Path) -> Option<usize> {
        if self.timed_out >= PATIENCE || self.would_mount(place) {
            return None;
        }
        match self.host.read_within(place, LIMIT, BUDGET) {
            Ok(text) => Some(keys::count(&text)),
            Err(failure) if failure.is_not_found() => Some(0),
            Err(failure) => {
                self.timed_out += usize::from(matches!(failure, Failure::TimedOut { .. }));
                None
            }
        }
    }

    fn would_mount(&self, place: &Path) -> bool {
        let holds = |point: &[u8]| place.starts_with(OsStr::from_bytes(point));
        let nearest = self.mounts.iter().filter(|(point, _)| holds(point)).max_by_key(|(point, _)| point.len());
        nearest.is_some_and(|(_, is_automatic)| *is_automatic)
    }
}

/// The tokens of `sshd_config(5)`, "TOKENS"; a place that is not absolute is below the home. Absent for `none`, for a
/// place below a home that is none, and for a token that there is not.
fn place(file: &str, user: &Entry) -> Option<PathBuf> {
    if file.eq_ignore_ascii_case("none") {
        return None;
    }
    let mut path = Vec::new();
    let mut uses_home = !file.starts_with(['/', '%']);
    let mut bytes = file.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => match bytes.next()? {
                b'%' => path.push(b'%'),
                b'h' => {
                    uses_home = true;
                    path.extend_from_slice(&user.home);
                }
                b'u' => path.extend_from_slice(user.name.as_bytes()),
                b'U' => path.extend_from_slice(user.uid.to_string().as_bytes()),
                _ => return None,
            },
            byte => path.push(byte),
        }
    }
    if uses_home && NO_HOMES.contains(&user.home.as_slice()) {
        return None;
    }
    let path = Path::new(OsStr::from_bytes(&path));
    Some(Path::new(OsStr::from_bytes(&user.home)).join(path))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::{Entry, Homes, Host, place};

    fn user(home: &str) -> Entry {
        Entry { name: "ann".to_owned(), uid: 7, home: home.as_bytes().to_vec(), ..Entry::default() }
    }

    fn host(mounts: &str) -> (tempfile::TempDir, Host) {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("proc/self")).unwrap();
        fs::create_dir_all(root.path().join("home/ann/.ssh")).unwrap();
        fs::write(root.path().join("proc/self/mountinfo"), mounts).unwrap();
        fs::write(root.path().join("home/ann/.ssh/authorized_keys"), "ssh-rsa AAAA x\n").unwrap();
        let host = Host::at(root.path());
        (root, host)
    }

    #[test]
    fn tokens_stand_for_the_users_home_name_and_number() {
        let at = |file: &str| place(file, &user("/home/ann"));
        assert_eq!(at(".ssh/k"), Some(PathBuf::from("/home/ann/.ssh/k")));
        assert_eq!(at("%h/k"), Some(PathBuf::from("/home/ann/k")));
        assert_eq!(at("/keys/%u-%U%%"), Some(PathBuf::from("/keys/ann-7%")));
        assert_eq!((at("none"), at("%z"), at("a%")), (None, None, None));
        assert_eq!(place(".ssh/k", &user("/nonexistent")), None);
        assert_eq!(place("/keys/%u", &user("")), Some(PathBuf::from("/keys/ann")));
    }

    #[test]
    fn a_home_that_would_be_mounted_by_looking_is_left_alone() {
        let automatic = "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:9 / /home rw - autofs auto rw\n";
        let (_root, on_demand) = host(automatic);
        assert_eq!(Homes::of(&on_demand).unwrap().authorised_keys(&user("/home/ann")), None);
        let (_root, mounted) = host(&format!("{automatic}3 2 0:10 / /home/ann rw - nfs4 s:/ann rw\n"));
        assert_eq!(Homes::of(&mounted).unwrap().authorised_keys(&user("/home/ann")), Some(1));
    }

    #[test]
    fn homes_that_hang_cost_a_short_time_and_no_further_home_is_looked_into() {
        let (_root, host) = host("");
        let tickets: Vec<_> = [".ssh/authorized_keys", ".ssh/authorized_keys2"]
            .map(|file| host.begin(&format!("/home/bob/{file}")).unwrap())
            .into_iter()
            .chain([host.begin("/home/eve/.ssh/authorized_keys").unwrap()])
            .collect();
        let mut homes = Homes::of(&host).unwrap();
        assert_eq!(homes.authorised_keys(&user("/home/ann")), Some(1));
        assert_eq!(homes.authorised_keys(&user("/home/bob")), None);
        assert_eq!(homes.authorised_keys(&user("/home/eve")), None);
        assert_eq!(homes.authorised_keys(&user("/home/ann")), None);
        drop(tickets);
        assert_eq!(Homes::of(&host).unwrap().authorised_keys(&user("/home/bob")), Some(0));
    }
}
