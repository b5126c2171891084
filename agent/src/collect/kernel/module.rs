//! Loaded modules, from `/proc/modules` (`proc_modules(5)`).

use terrier_shared::latest::section::kernel::Module;

use crate::collect::bounds::clip;
use crate::collect::failure::Failure;
use crate::collect::host::Host;

const PLACE: &str = "/proc/modules";
/// Some 20 000 modules.
const LIMIT: usize = 4 << 20;
/// How the kernel marks a module that is not of its own tree.
const OUT_OF_TREE: char = 'O';

/// The modules by name. A kernel without modules has no such file.
pub(super) fn read(host: &Host) -> Result<Vec<Module>, Failure> {
    let text = host.find(PLACE, LIMIT)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let mut modules: Vec<Module> = text.lines().filter_map(|line| module(host, line)).collect();
    modules.sort_unstable();
    Ok(modules)
}

/// `name size users dependents state address (marks)`. One that is about to come or to go is not there.
fn module(host: &Host, line: &str) -> Option<Module> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let name = fields.first().filter(|_| fields.get(4) == Some(&"Live"))?;
    let marks = fields.get(6).filter(|marks| marks.starts_with('('));
    let is_name = !name.contains('/') && !name.starts_with('.');
    Some(Module {
        name: clip((*name).to_owned()),
        version: is_name.then(|| host.value(format!("/sys/module/{name}/version"))).flatten().map(clip),
        out_of_tree: marks.is_some_and(|marks| marks.contains(OUT_OF_TREE)),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Host, read};

    #[test]
    fn modules_have_their_version_and_say_whether_they_are_the_kernels_own() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("proc")).unwrap();
        fs::create_dir_all(root.path().join("sys/module/zfs")).unwrap();
        fs::write(root.path().join("sys/module/zfs/version"), "2.2.4-1\n").unwrap();
        let text = "zfs 6602752 6 - Live 0x0000000000000000 (POE)\nxfs 1 0 - Live 0x0\n\
            going 1 0 - Unloading 0x0\n../x 1 0 - Live 0x0\nshort\n\n";
        fs::write(root.path().join("proc/modules"), text).unwrap();
        let modules = read(&Host::at(root.path())).unwrap();
        let told: Vec<_> = modules.iter().map(|m| (m.name.as_str(), m.version.as_deref(), m.out_of_tree)).collect();
        assert_eq!(told, [("../x", None, false), ("xfs", None, false), ("zfs", Some("2.2.4-1"), true)]);
        assert_eq!(read(&Host::at("/nonexistent")).unwrap(), []);
    }
}
