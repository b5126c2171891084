//! The server's SQLite database after every power cut that its writes allow: a server starts on it by itself, finds once
//! all that was acknowledged, and goes on.

mod look;
mod program;

use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;
use terrier_power_cut::{Step, each_image, record, write};

use self::look::{Promised, look, serve};
use super::dice::Dice;
use super::figures::Figures;
use super::oracle::Verdict;
use super::{runs, tell};

/// One image of so many has a whole server started on it: no multiple of the number of images that a cut has.
const SERVED: usize = 7;

/// A place for what is made by the thousand, and is small: in memory, where that can be.
fn directory_of_images() -> TempDir {
    let memory = Path::new("/dev/shm");
    TempDir::new_in(memory).or_else(|_| TempDir::new()).unwrap()
}

/// Draws numbers for a cut.
fn chance(seed: u64) -> impl FnMut(usize) -> usize {
    let mut dice = Dice::of(&format!("power cut {seed}"));
    move |end| usize::try_from(dice.below(u64::try_from(end).unwrap())).unwrap()
}

/// A place with what a server keeps beside its database, but for what tells of a later time than an image.
fn home_of_images(dir: &Path) -> PathBuf {
    let home = dir.join("home-of-images");
    program::copy_keys(&dir.join(program::HOME), &home);
    home
}

#[test]
fn no_power_cut_loses_what_the_server_has_acknowledged_or_needs_a_person() {
    let (dir, images) = (TempDir::new().unwrap(), directory_of_images());
    let Some(steps) = record(program::TRACED, dir.path()).unwrap() else {
        tell("not done: strace cannot trace here, so there are no images of a disk");
        return;
    };
    let is_flush = |step: &&Step| matches!(step, Step::Synced(name) if name == program::DATABASE);
    let flushes = steps.iter().filter(is_flush).count();
    assert!(flushes > 1, "the database's own file was made durable");
    let home = home_of_images(dir.path());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (mut promised, mut seen, mut served, mut worst_return) = (Promised::default(), 0, 0, Duration::ZERO);
    let wanted = runs(200, 5_400);
    each_image(&steps, u64::try_from(wanted).unwrap(), chance, |cut, image| {
        promised.take(cut.done);
        // Each has a place of its own: a connection to the one before may be closed after its pool, and whoever is the
        // last to close a database removes its log by its name.
        let place = images.path().join(seen.to_string());
        write(image, &place).unwrap();
        let _told = ToldIfItFails(cut.to_string());
        let mut spoke = None;
        if seen % SERVED == 0 {
            let took;
            (spoke, took) = runtime.block_on(serve(&place, &home, &mut promised, seen));
            (served, worst_return) = (served + 1, worst_return.max(took));
        }
        runtime.block_on(look(&place, &mut promised, spoke));
        let _goes_with_all_images = std::fs::remove_dir_all(place);
        seen += 1;
    });
    let verdict = Verdict { acknowledged: promised.acknowledged(), ..Verdict::default() };
    let steps = steps.len();
    let remark =
        format!("images of a disk after {steps} steps, servers on {served}; {flushes} flushes of the database");
    Figures { name: "power cut Sqlite".to_owned(), runs: seen, verdict, worst_return, remark }.tell();
    assert!(seen >= wanted / 2, "{seen} images");
}

/// Says at which cut a test has failed.
struct ToldIfItFails(String);

impl Drop for ToldIfItFails {
    fn drop(&mut self) {
        if std::thread::panicking() {
            tell(&self.0);
        }
    }
}
