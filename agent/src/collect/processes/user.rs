//! Names of users, from passwd(5).

use std::collections::BTreeMap;

use crate::collect::bounds::clip;
use crate::collect::host::Host;

const LIMIT: usize = 8 << 20;

/// Names by number.
#[derive(Debug, Default)]
pub(in crate::collect) struct Users(BTreeMap<u32, String>);

impl Users {
    /// Without the file, every user has a number alone, as one that a directory service knows has anyway.
    pub(in crate::collect) fn read(host: &Host) -> Self {
        Self::parse(&host.text("/etc/passwd", LIMIT).unwrap_or_default())
    }

    fn parse(text: &str) -> Self {
        let mut names = BTreeMap::new();
        for line in text.lines() {
            let mut fields = line.split(':');
            let (name, number) = (fields.next(), fields.nth(1).and_then(|number| number.parse::<u32>().ok()));
            if let (Some(name), Some(number)) = (name.filter(|name| !name.is_empty()), number) {
                names.entry(number).or_insert_with(|| clip(name.to_owned()));
            }
        }
        Self(names)
    }

    /// The name, or the number in digits.
    pub(in crate::collect) fn name(&self, number: u32) -> String {
        self.0.get(&number).cloned().unwrap_or_else(|| number.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::Users;

    #[test]
    fn of_several_names_for_a_number_the_first_counts() {
        let users = Users::parse("root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:\nbad\n+@nis\nwww-data:x:33:33::/:\n");
        assert_eq!(users.name(0), "root");
        assert_eq!(users.name(33), "www-data");
        assert_eq!(users.name(1000), "1000");
    }
}
