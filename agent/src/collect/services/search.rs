//! Where unit files are (systemd.unit(5), "Unit File Load Path"), and what points to them.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::failure::Failure;
use crate::collect::host::Host;

/// Directories in the order in which they override each other.
const PLACES: [&str; 13] = [
    "/etc/systemd/system.control",
    "/run/systemd/system.control",
    TRANSIENT,
    "/run/systemd/generator.early",
    "/etc/systemd/system",
    "/etc/systemd/system.attached",
    "/run/systemd/system",
    "/run/systemd/system.attached",
    "/run/systemd/generator",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
    "/run/systemd/generator.late",
];
pub(super) const TRANSIENT: &str = "/run/systemd/transient";
const SUFFIXES: [&str; 3] = [".service", ".socket", ".timer"];
/// Directories whose links make one unit want another.
const DEMANDS: [&str; 3] = [".wants", ".requires", ".upholds"];
const DROP_IN: &str = ".d";
/// Units that a login makes.
const OF_LOGINS: [&str; 2] = ["user@", "user-runtime-dir@"];

/// A unit with the file that defines it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::collect) struct Found {
    /// `getty@tty1.service`
    pub(in crate::collect) name: String,
    /// The file: its own, or its template's.
    pub(in crate::collect) path: String,
}

/// How a unit is pointed to from the configuration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Links {
    pub(super) in_etc: bool,
    pub(super) in_run: bool,
    pub(super) by_vendor: bool,
}

/// All unit files of services, sockets and timers.
#[derive(Debug, Default)]
pub(in crate::collect) struct Units {
    /// The file of each name, templates too, that counts.
    files: BTreeMap<String, String>,
    /// Names that are links to units of another name.
    aliases: BTreeMap<String, String>,
    links: BTreeMap<String, Links>,
    /// Directories of drop-ins by name, those that count first.
    drop_ins: BTreeMap<String, Vec<String>>,
    /// Instances that something wants.
    instances: BTreeSet<String>,
}

impl Units {
    /// Reads the directories.
    ///
    /// # Errors
    ///
    /// [`Failure::NotFound`] when there is none: the host has another service manager.
    pub(in crate::collect) fn find(host: &Host) -> Result<Self, Failure> {
        let mut units = Self::default();
        let mut is_there = false;
        let merged = host.link("/lib").is_some();
        for place in PLACES.into_iter().filter(|place| !(merged && place.starts_with("/lib/"))) {
            for name in host.find_names(place)? {
                is_there = true;
                units.take(host, place, &name)?;
            }
        }
        if is_there { Ok(units) } else { Err(Failure::NotFound("a directory of systemd units".to_owned())) }
    }

    fn take(&mut self, host: &Host, place: &str, name: &str) -> Result<(), Failure> {
        let path = format!("{place}/{name}");
        if DEMANDS.iter().any(|suffix| name.ends_with(suffix)) {
            for wanted in host.find_names(&path)?.iter().filter(|wanted| is_unit(wanted)) {
                self.wanted(host, place, wanted, &format!("{path}/{wanted}"));
            }
        } else if let Some(of) = name.strip_suffix(DROP_IN) {
            self.drop_ins.entry(of.to_owned()).or_default().push(path);
        } else if is_unit(name) {
            let target = host.link_name(&path).filter(|target| is_unit(target) && target != name);
            match target {
                Some(target) => {
                    self.mark(place, &target);
                    self.aliases.entry(name.to_owned()).or_insert(target);
                }
                None if !self.aliases.contains_key(name) => {
                    self.files.entry(name.to_owned()).or_insert(path);
                }
                None => {}
            }
        }
        Ok(())
    }

    /// An instance has no file: its link is to the template.
    fn wanted(&mut self, host: &Host, place: &str, name: &str, path: &str) {
        self.mark(place, name);
        if template(name).is_some() {
            self.instances.insert(name.to_owned());
        } else if let Some(target) = host.link_name(path).filter(|target| target != name) {
            self.mark(place, &target);
        }
    }

    fn mark(&mut self, place: &str, name: &str) {
        let links = self.links.entry(name.to_owned()).or_default();
        match place {
            _ if place.starts_with("/etc/") => links.in_etc = true,
            _ if place.starts_with("/run/") => links.in_run = true,
            _ => links.by_vendor = true,
        }
    }

    /// The units of these kinds by name: those with a file of their own, and the instances that are wanted or known to
    /// the manager.
    pub(in crate::collect) fn listed(&self, kinds: &[&str], known: &[&str]) -> Vec<Found> {
        let own = self.files.keys().filter(|name| !is_template(name)).map(String::as_str);
        let instances = self.instances.iter().map(String::as_str).chain(known.iter().copied());
        let names: BTreeSet<&str> =
            own.chain(instances).filter(|name| is_of(kinds, name) && is_lasting(name)).collect();
        let found = names.into_iter().filter(|name| !self.aliases.contains_key(*name)).filter_map(|name| {
            let path = self.files.get(name).or_else(|| self.files.get(&template(name)?))?;
            Some(Found { name: name.to_owned(), path: path.clone() })
        });
        found.filter(|found| !found.path.starts_with(TRANSIENT)).collect()
    }

    pub(super) fn links(&self, name: &str) -> Links {
        self.links.get(name).copied().unwrap_or_default()
    }

    /// The drop-ins of a unit in the order in which they are read: by file name, of equal names the first place's.
    pub(in crate::collect) fn drop_ins(&self, host: &Host, name: &str) -> Result<Vec<String>, Failure> {
        let mut files: BTreeMap<String, String> = BTreeMap::new();
        for of in drop_in_names(name) {
            for place in self.drop_ins.get(&of).into_iter().flatten() {
                for file in host.find_names(place)?.into_iter().filter(|file| is_drop_in(file)) {
                    let path = format!("{place}/{file}");
                    files.entry(file).or_insert(path);
                }
            }
        }
        Ok(files.into_values().collect())
    }
}

/// `a-b@c.service` is configured by `a-b@c.service.d`, `a-b@.service.d`, `a-.service.d` and `service.d`.
fn drop_in_names(name: &str) -> Vec<String> {
    let Some((stem, suffix)) = name.rsplit_once('.') else { return Vec::new() };
    let mut names = vec![name.to_owned()];
    names.extend(template(name));
    let prefix = stem.split('@').next().unwrap_or(stem);
    let dashes = prefix.match_indices('-').map(|(dash, _)| dash).collect::<Vec<_>>();
    names.extend(dashes.into_iter().rev().filter_map(|dash| Some(format!("{}.{suffix}", prefix.get(..=dash)?))));
    names.push(suffix.to_owned());
    names
}

fn is_unit(name: &str) -> bool {
    is_of(&SUFFIXES, name)
}

fn is_of(kinds: &[&str], name: &str) -> bool {
    kinds.iter().any(|suffix| name.len() > suffix.len() && name.ends_with(suffix))
}

fn is_drop_in(file: &str) -> bool {
    const SUFFIX: &str = ".conf";
    file.ends_with(SUFFIX)
}

fn is_template(name: &str) -> bool {
    name.contains("@.")
}

/// `getty@.service` of `getty@tty1.service`.
fn template(name: &str) -> Option<String> {
    let (stem, suffix) = name.rsplit_once('.')?;
    let (prefix, instance) = stem.split_once('@')?;
    (!instance.is_empty()).then(|| format!("{prefix}@.{suffix}"))
}

fn is_lasting(name: &str) -> bool {
    !OF_LOGINS.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::{drop_in_names, is_unit, template};

    #[test]
    fn drop_ins_are_looked_for_by_unit_template_prefix_and_type() {
        assert_eq!(drop_in_names("a-b@c.service"), ["a-b@c.service", "a-b@.service", "a-.service", "service"]);
        assert_eq!(drop_in_names("ssh.service"), ["ssh.service", "service"]);
    }

    #[test]
    fn instances_know_their_template() {
        assert_eq!(template("getty@tty1.service"), Some("getty@.service".to_owned()));
        assert_eq!(template("getty@.service"), None);
        assert_eq!(template("ssh.service"), None);
    }

    #[test]
    fn only_services_sockets_and_timers_are_units_here() {
        assert!(is_unit("ssh.socket") && is_unit("a.timer") && !is_unit(".service") && !is_unit("a.mount"));
    }
}
