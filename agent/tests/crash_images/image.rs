//! What a disk may hold after the power was cut.
//!
//! A disk keeps what was synced. Of what was written to a file after its last sync it may hold any part, in any order, and
//! of a write any of its sectors of 512 bytes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::dice::Dice;
use super::trace::Step;

const SECTOR: usize = 512;

/// The files of a directory by their names.
pub(crate) type Image = BTreeMap<String, Vec<u8>>;

/// A directory on a disk, and what of it is not durable yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disk {
    files: BTreeMap<String, File>,
}

#[derive(Debug, Clone)]
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

/// How much of what is pending the disk still got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Luck {
    /// Nothing.
    None,
    /// All of it.
    All,
    /// Each change or not.
    Some,
    /// Each change or not, and of each write only some sectors.
    Torn,
}

impl Disk {
    /// Takes in what happened next.
    pub(crate) fn take(&mut self, step: &Step) {
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
        let none = File { durable: None, pending: Vec::new(), later: Vec::new() };
        self.files.entry(name.to_owned()).or_insert(none)
    }

    /// Whether anything is not durable yet.
    pub(crate) fn is_unsettled(&self) -> bool {
        self.files.values().any(|file| !file.pending.is_empty() || !file.later.is_empty())
    }

    /// What may be found after the power was cut now.
    pub(crate) fn image(&self, luck: Luck, dice: &mut Dice) -> Image {
        let files = self.files.iter();
        files.filter_map(|(name, file)| Some((name.clone(), file.found(luck, dice)?))).collect()
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
            Some(None) => panic!("a file is written to that has no name any more"),
        }
    }

    fn sync(&mut self) {
        let (mut found, changes) = match self.later.pop() {
            None => (self.durable.take(), std::mem::take(&mut self.pending)),
            Some(made) => (None, made.expect("a file that is synced has a name")),
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
    fn found(&self, luck: Luck, dice: &mut Dice) -> Option<Vec<u8>> {
        let renamings = match luck {
            Luck::None => 0,
            Luck::All => self.later.len(),
            Luck::Some | Luck::Torn => dice.below(self.later.len() + 1),
        };
        let (mut found, changes) = match renamings.checked_sub(1) {
            None => (self.durable.clone()?, &self.pending),
            Some(last) => (Vec::new(), self.later[last].as_ref()?),
        };
        for change in changes {
            let happens = match luck {
                Luck::None => false,
                Luck::All => true,
                Luck::Some | Luck::Torn => dice.below(2) == 0,
            };
            match change {
                Change::Wrote(at, bytes) if happens && luck == Luck::Torn => tear(&mut found, *at, bytes, dice),
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
            Self::Wrote(at, bytes) => {
                file.resize(file.len().max(at + bytes.len()), 0);
                file[*at..at + bytes.len()].copy_from_slice(bytes);
            }
        }
    }
}

/// Writes some of the sectors that `bytes` at `at` touch.
fn tear(file: &mut Vec<u8>, at: usize, bytes: &[u8], dice: &mut Dice) {
    let mut done = 0;
    while done < bytes.len() {
        let length = (SECTOR - (at + done) % SECTOR).min(bytes.len() - done);
        if dice.below(2) == 0 {
            Change::Wrote(at + done, bytes[done..done + length].to_vec()).apply(file);
        }
        done += length;
    }
}

/// Puts `image` into `dir`, which holds nothing else then.
pub(crate) fn write(image: &Image, dir: &Path) {
    let _absent = fs::remove_dir_all(dir);
    fs::create_dir_all(dir).unwrap();
    for (name, bytes) in image {
        fs::write(dir.join(name), bytes).unwrap();
    }
}
