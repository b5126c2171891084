//! Names by number, from the lists pci.ids(5) and usb.ids that distributions ship as text.

use std::collections::BTreeSet;

use memchr::memchr_iter;

use crate::collect::bounds::clip;
use crate::collect::host::{Answers, Host};

/// Both lists are well below two megabytes.
const LIST_BYTES: usize = 8 << 20;

/// A list, and where distributions put it.
pub(super) struct List {
    topic: &'static str,
    places: [&'static str; 3],
}

/// pci.ids(5).
pub(super) const PCI: List =
    List { topic: "pci.ids", places: ["/usr/share/hwdata/pci.ids", "/usr/share/misc/pci.ids", "/usr/share/pci.ids"] };
/// usb.ids, of the same form.
pub(super) const USB: List =
    List { topic: "usb.ids", places: ["/usr/share/hwdata/usb.ids", "/usr/share/misc/usb.ids", "/usr/share/usb.ids"] };

/// What names are asked by: numbers in lower-case hexadecimal digits from the outermost to the innermost, parted by
/// colons: `8086`, `8086:1237`, `8086:1237:1af4:1100`; of classes `C 01`, `C 01:08`.
pub(super) type Key = String;

/// Names that were found.
pub(super) struct Names(Answers);

impl Names {
    pub(super) fn get(&self, key: &str) -> Option<String> {
        self.0.get(key.as_bytes())?.clone()
    }
}

impl List {
    /// The names of these. The list is read once for as long as it stays the same and nothing new is asked.
    pub(super) fn names(&self, host: &Host, keys: BTreeSet<Key>) -> Names {
        let stamps: Vec<_> = self.places.iter().map(|place| host.stamp(place)).collect();
        let mut answers = host.recall(self.topic, &stamps);
        let missing: BTreeSet<Key> = keys.into_iter().filter(|key| !answers.contains_key(key.as_bytes())).collect();
        if missing.is_empty() {
            return Names(answers);
        }
        let text = self.places.iter().find_map(|place| host.read(place, LIST_BYTES).ok()).unwrap_or_default();
        let found = search(&text, &missing);
        answers.extend(missing.into_iter().map(|key| (key.into_bytes(), None)));
        answers.extend(found.into_iter().map(|(key, name)| (key.into_bytes(), Some(name))));
        host.keep(self.topic, stamps, answers.clone());
        Names(answers)
    }
}

/// The names of `wanted` in a list, where a line's tabs say how deep it is.
fn search(text: &[u8], wanted: &BTreeSet<Key>) -> Vec<(Key, String)> {
    let mut found = Vec::new();
    let mut path: [String; 3] = Default::default();
    for line in lines(text) {
        let depth = line.iter().take_while(|byte| **byte == b'\t').count();
        let rest = line.get(depth..).unwrap_or_default();
        let Some((number, name)) = split(rest) else { continue };
        let Some(own) = path.get_mut(depth) else { continue };
        own.clear();
        own.push_str(&number);
        let key = path.get(..=depth).unwrap_or_default().join(":");
        if wanted.contains(&key) {
            found.push((key, clip(String::from_utf8_lossy(name).trim().to_owned())));
        }
    }
    found
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ends = memchr_iter(b'\n', text).chain([text.len()]);
    let mut from = 0;
    ends.filter_map(move |end| {
        let line = text.get(from..end);
        from = end + 1;
        line.filter(|line| !line.is_empty() && !line.starts_with(b"#"))
    })
}

/// Two spaces part a number from its name; a class has `C` before its number.
fn split(line: &[u8]) -> Option<(String, &[u8])> {
    let end = line.windows(2).position(|pair| pair == b"  ")?;
    let (number, name) = line.split_at_checked(end)?;
    let number = std::str::from_utf8(number).ok()?.to_ascii_lowercase();
    // A card's number is of two parts, its vendor's and its own.
    let number = match number.strip_prefix("c ") {
        Some(class) => format!("C {class}"),
        None => number.replace(' ', ":"),
    };
    Some((number, name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::{Host, PCI};

    const LIST: &str = "# a comment\n8086  Intel Corporation\n\t1237  440FX - 82441FX PMC [Natoma]\n\
        \t\t1af4 1100  Qemu virtual machine\n\t10D3  82574L\n10d3  Another\n\t1237  Wrong\n\n\
        C 01  Mass storage controller\n\t08  Non-Volatile memory controller\n\t\t02  NVM Express\n\t\t\t\tdeep  x\nHID 01  Other list\nx";

    fn names(host: &Host, keys: &[&str]) -> Vec<Option<String>> {
        let found = PCI.names(host, keys.iter().map(|key| (*key).to_owned()).collect::<BTreeSet<_>>());
        keys.iter().map(|key| found.get(key)).collect()
    }

    #[test]
    fn a_name_is_found_below_its_own_vendor_and_class() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("usr/share/misc")).unwrap();
        fs::write(root.path().join("usr/share/misc/pci.ids"), LIST).unwrap();
        let host = Host::at(root.path());
        let keys = ["8086", "8086:1237", "8086:1237:1af4:1100", "8086:10d3", "C 01:08", "C 01", "8086:ffff"];
        let expected = [
            Some("Intel Corporation"),
            Some("440FX - 82441FX PMC [Natoma]"),
            Some("Qemu virtual machine"),
            Some("82574L"),
            Some("Non-Volatile memory controller"),
            Some("Mass storage controller"),
            None,
        ];
        assert_eq!(names(&host, &keys), expected.map(|name| name.map(str::to_owned)));
    }

    #[test]
    fn a_list_is_read_again_when_it_changes_or_more_is_asked_and_is_not_needed() {
        let root = tempfile::tempdir().unwrap();
        let place = root.path().join("usr/share/misc/pci.ids");
        let host = Host::at(root.path());
        assert_eq!(names(&host, &["8086"]), [None]);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(&place, "8086  One\n8087  Two\n").unwrap();
        assert_eq!(names(&host, &["8086"]), [Some("One".to_owned())]);
        assert_eq!(names(&host, &["8087"]), [Some("Two".to_owned())]);
        fs::write(&place, "8086  Another one\n").unwrap();
        assert_eq!(names(&host, &["8086"]), [Some("Another one".to_owned())]);
    }
}
