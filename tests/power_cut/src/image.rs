//! What a disk may hold after the power was cut.
//!
//! A disk keeps what was synced. Of what was written to a file after its last sync it may hold any part, in any order, and
//! of a write any of its sectors of 512 bytes.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use super::cut::Luck;
use super::trace::Step;

const SECTOR: usize = 512;

/// The files of a directory by their names.
pub type Image = BTreeMap<String, Vec<u8>>;

/// A directory on a disk, and what of it is not durable yet.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    files: BTreeMap<String, File>,
}

#[derive(Debug, Clone, Default)]
struct File {
    /// As it was synced last; `None` if the name stood for nothing.
    durable: Option<Vec<u8>>,
    /// What was written to that file since.
    pending: Vec<Change>,
    /// What the name came to stand for since, in order: nothing, or a new file with what was written to it. The
    /// filesystem keeps the order of these.
    later: Vec<Option<Vec<Change>>>,
}

#[derive(Debug, Clone)]
enum Change {
    Wrote(usize, Vec<u8>),
    Cut(usize),
}

impl Disk {
    /// Takes in what happened next.
    pub fn take(&mut self, step: &Step) {
        match step {
            Step::Made(name) => self.file(name).make(),
            Step::Wrote(name, at, bytes) => self.file(name).change(Change::Wrote(*at, bytes.clone())),
            Step::Cut(name, length) => self.file(name).change(Change::Cut(*length)),
            Step::Removed(name) => self.file(name).later.push(None),
            Step::Synced(name) if name.is_empty() => self.files.values_mut().for_each(File::sync_name),
            Step::Synced(name) => self.file(name).sync(),
            Step::Said(_) => {}
        }
    }

    fn file(&mut self, name: &str) -> &mut File {
        self.files.entry(name.to_owned()).or_default()
    }

    /// Whether anything is not durable yet.
    #[must_use]
    pub fn is_unsettled(&self) -> bool {
        self.files.values().any(|file| !file.pending.is_empty() || !file.later.is_empty())
    }

    /// What may be found after the power was cut now; `draw` gives a number below another.
    pub fn image(&self, luck: Luck, draw: &mut impl FnMut(usize) -> usize) -> Image {
        let files = self.files.iter();
        files.filter_map(|(name, file)| Some((name.clone(), file.found(luck, draw)?))).collect()
    }
}

impl File {
    fn make(&mut self) {
        let is_there = self.later.last().map_or(self.durable.is_some(), Option::is_some);
        if !is_there {
            self.later.push(Some(Vec::new()));
        }
    }

    fn change(&mut self, change: Change) {
        match self.later.last_mut() {
            None => self.pending.push(change),
            Some(Some(changes)) => changes.push(change),
            // Nobody finds a file again that has no name.
            Some(None) => {}
        }
    }

    fn sync(&mut self) {
        let (mut found, changes) = match self.later.pop() {
            None => (self.durable.take(), std::mem::take(&mut self.pending)),
            Some(Some(made)) => (None, made),
            Some(None) => return self.later.push(None),
        };
        for change in &changes {
            change.apply(found.get_or_insert_default());
        }
        *self = Self { durable: Some(found.unwrap_or_default()), pending: Vec::new(), later: Vec::new() };
    }

    /// The directory was synced: what the name stands for is durable, what was written there is not.
    fn sync_name(&mut self) {
        let Some(last) = self.later.pop() else { return };
        self.later.clear();
        (self.durable, self.pending) = last.map_or((None, Vec::new()), |changes| (Some(Vec::new()), changes));
    }

    /// What the name stands for after the power was cut, if anything.
    fn found(&self, luck: Luck, draw: &mut impl FnMut(usize) -> usize) -> Option<Vec<u8>> {
        let renamings = match luck {
            Luck::None => 0,
            Luck::All => self.later.len(),
            Luck::Some | Luck::Torn => draw(self.later.len() + 1),
        };
        let (mut found, changes) = match renamings.checked_sub(1) {
            None => (self.durable.clone()?, &self.pending),
            Some(last) => (Vec::new(), self.later.get(last)?.as_ref()?),
        };
        for change in changes {
            let happens = match luck {
                Luck::None => false,
                Luck::All => true,
                Luck::Some | Luck::Torn => draw(2) == 0,
            };
            match change {
                Change::Wrote(at, bytes) if happens && luck == Luck::Torn => tear(&mut found, *at, bytes, draw),
                change if happens => change.apply(&mut found),
                _ => {}
            }
        }
        Some(found)
    }
}

impl Change {
    fn apply(&self, file: &mut Vec<u8>) {
        match self {
            Self::Cut(length) => file.resize(*length, 0),
            Self::Wrote(at, bytes) => put(file, *at, bytes),
        }
    }
}

fn put(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    file.resize(file.len().max(end), 0);
    if let Some(place) = file.get_mut(at..end) {
        place.copy_from_slice(bytes);
    }
}

/// Writes some of the sectors that `bytes` at `at` touch.
fn tear(file: &mut Vec<u8>, mut at: usize, mut bytes: &[u8], draw: &mut impl FnMut(usize) -> usize) {
    while !bytes.is_empty() {
        let (sector, rest) = bytes.split_at((SECTOR - at % SECTOR).min(bytes.len()));
        if draw(2) == 0 {
            put(file, at, sector);
        }
        (at, bytes) = (at + sector.len(), rest);
    }
}

/// Puts `image` into `dir`, which holds nothing else then.
///
/// # Errors
///
/// The files cannot be written.
pub fn write(image: &Image, dir: &Path) -> io::Result<()> {
    let _absent = fs::remove_dir_all(dir);
    fs::create_dir_all(dir)?;
    image.iter().try_for_each(|(name, bytes)| fs::write(dir.join(name), bytes))
}

#[cfg(test)]
mod tests {
    use super::super::cut::Luck;
    use super::super::trace::Step;
    use super::Disk;

    fn found(disk: &Disk, luck: Luck) -> Option<Vec<u8>> {
        disk.image(luck, &mut |end| end - 1).remove("a")
    }

    #[test]
    fn what_was_synced_is_there_and_what_came_after_may_be() {
        let (mut disk, a) = (Disk::default(), || "a".to_owned());
        let wrote = |at: usize, byte: u8| Step::Wrote(a(), at, vec![byte; 600]);
        disk.take(&Step::Made(a()));
        disk.take(&wrote(0, 1));
        assert_eq!(found(&disk, Luck::None), None);
        disk.take(&Step::Synced(a()));
        assert!(!disk.is_unsettled());
        disk.take(&wrote(300, 2));
        assert_eq!(found(&disk, Luck::None), Some(vec![1; 600]));
        assert_eq!(found(&disk, Luck::All), Some([vec![1; 300], vec![2; 600]].concat()));
        let mut draws = [0, 0, 1, 0].into_iter();
        let torn = disk.image(Luck::Torn, &mut |_| draws.next().unwrap()).remove("a");
        assert_eq!(torn, Some([vec![1; 512], vec![2; 388]].concat()), "the sector behind the first is there alone");
        disk.take(&Step::Removed(a()));
        assert_eq!((found(&disk, Luck::All), found(&disk, Luck::None)), (None, Some(vec![1; 600])));
    }
}
