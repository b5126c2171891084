//! Groups, from group(5).

use terrier_shared::latest::section::accounts::Group;

use super::passwd::{name, number};
use crate::collect::bounds::{bounded, clip};
use crate::collect::failure::Failure;
use crate::collect::host::Host;

const PLACE: &str = "/etc/group";
const LIMIT: usize = 8 << 20;

/// The groups by number and name; what is none is passed over as in passwd(5).
pub(super) fn read(host: &Host) -> Result<Vec<Group>, Failure> {
    let bytes = host.read(PLACE, LIMIT)?;
    let mut groups = Vec::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        if let Some(mut group) = parse(line) {
            group.members = bounded("accounts.groups.members", group.members)?;
            groups.push(group);
        }
    }
    groups.sort();
    groups.dedup_by(|later, kept| (later.gid, &later.name) == (kept.gid, &kept.name));
    Ok(groups)
}

fn parse(line: &[u8]) -> Option<Group> {
    let mut fields = line.split(|byte| *byte == b':');
    let name = clip(name(fields.next()?)?);
    let gid = number(fields.nth(1)?)?;
    let members = String::from_utf8_lossy(fields.next().unwrap_or_default());
    let members = members.split(',').map(str::trim).filter(|member| !member.is_empty());
    let mut members: Vec<String> = members.map(|member| clip(member.to_owned())).collect();
    members.sort_unstable();
    members.dedup();
    Some(Group { gid, name, members })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn members_are_sorted_and_each_stands_once() {
        let group = parse(b"ops:x:20:zoe,ann,,zoe").unwrap();
        assert_eq!((group.gid, group.members), (20, vec!["ann".to_owned(), "zoe".to_owned()]));
        assert_eq!(parse(b"+:::"), None);
        assert_eq!(parse(b"x:x:y:"), None);
    }
}
