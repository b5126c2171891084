//! Who may be on this host.
//!
//! Does: list the users and groups of the local files, say whether somebody can get in as each, by password or key,
//! where the agent may look.
//! Does not: ask directories such as LDAP, or let a password's hash or a key out of here.

mod group;
mod home;
mod keys;
mod passwd;
mod shadow;
mod sshd_config;

use terrier_shared::latest::limits::STRING_BYTES;
use terrier_shared::latest::section::accounts::User;
use terrier_shared::latest::section::{Accounts, Section, SectionKind};

use self::home::Homes;
use self::passwd::Entry;
use self::shadow::Passwords;
use super::Collector;
use super::bounds::{bounded, clip, clip_bytes};
use super::failure::Failure;
use super::scan::Scan;

pub(super) struct AccountsCollector;

impl Collector for AccountsCollector {
    fn kind(&self) -> SectionKind {
        SectionKind::Accounts
    }

    fn collect(&self, scan: &Scan) -> Result<Section, Failure> {
        let host = &scan.host;
        let entries = bounded("accounts.users", passwd::read(host)?)?;
        let passwords = shadow::read(host)?;
        let mut homes = Homes::of(host)?;
        let users = entries.into_iter().map(|entry| describe(&passwords, &mut homes, entry)).collect();
        Ok(Section::Accounts(Accounts { users, groups: bounded("accounts.groups", group::read(host)?)? }))
    }
}

fn describe(passwords: &Passwords, homes: &mut Homes<'_>, entry: Entry) -> User {
    User {
        uid: entry.uid,
        gid: entry.gid,
        password: passwords.of(&entry).map(str::to_owned),
        authorised_keys: homes.authorised_keys(&entry),
        interactive: entry.is_interactive(),
        full_name: entry.full_name().map(clip),
        home: clip_bytes(&entry.home, STRING_BYTES),
        shell: clip_bytes(&entry.shell, STRING_BYTES),
        name: clip(entry.name),
    }
}
