//! Containers and virtual machines that run here.
//!
//! Does: ask Docker and Podman where this user may; read what containerd, LXC and libvirt keep on disk where it may
//! be read; find in the control groups and processes what runs, so that it is seen without anybody's leave.
//! Does not: read environment variables of containers, start or change anything, or look into containers.
//!
//! Invariants: what runs is listed whoever may ask whom; what is stopped only where its manager could be asked.

mod engine;
mod libvirt;
mod lxc;
mod manifest;
mod running;

use std::collections::BTreeMap;

use terrier_shared::latest::section::containers::{Container, ContainerManager, Containers, Label};
use terrier_shared::latest::section::{Section, SectionKind};

use super::Collector;
use super::bounds::{bounded, clip};
use super::failure::Failure;
use super::scan::Scan;

pub(super) struct ContainersCollector;

impl Collector for ContainersCollector {
    fn kind(&self) -> SectionKind {
        SectionKind::Containers
    }

    fn collect(&self, scan: &Scan) -> Result<Section, Failure> {
        let mut found = Found::default();
        engine::read(scan, &mut found)?;
        running::read(scan, &mut found)?;
        manifest::read(&scan.host, &mut found);
        lxc::read(&scan.host, &mut found);
        let guests = libvirt::read(scan, &mut found)?;
        Ok(Section::Containers(Containers {
            managers: found.managers.into_values().collect(),
            containers: bounded("containers.containers", found.containers.into_values().collect())?,
            guests: bounded("containers.guests", guests)?,
        }))
    }
}

/// What was found so far, each under its name.
#[derive(Default)]
struct Found {
    managers: BTreeMap<String, ContainerManager>,
    containers: BTreeMap<String, Container>,
}

impl Found {
    /// Notes a manager; what an earlier source said of it stands.
    fn manager(&mut self, name: &str, version: Option<String>, asked: bool) {
        let manager = ContainerManager { name: name.to_owned(), version, asked };
        self.managers.entry(name.to_owned()).or_insert(manager);
    }

    /// Notes a container; what an earlier source said of it stands.
    fn container(&mut self, container: Container) -> &mut Container {
        self.containers.entry(container.id.clone()).or_insert(container)
    }
}

/// Beginnings of the names of labels that say what a container belongs to.
const LABELS: [&str; 3] = ["com.docker.compose.", "io.kubernetes.", "org.opencontainers."];
/// Changes whenever a container is started anew.
const RESTARTS: &str = "io.kubernetes.container.restartCount";
/// Most labels that are kept of a container.
const LABELS_MAX: usize = 64;

/// Those of `labels` that say what a container belongs to: others may hold anything, also secrets.
fn useful(labels: BTreeMap<String, String>) -> Vec<Label> {
    let is_useful = |name: &str| name != RESTARTS && LABELS.iter().any(|beginning| name.starts_with(beginning));
    let labels = labels.into_iter().filter(|(name, _)| is_useful(name)).take(LABELS_MAX);
    labels.map(|(name, value)| Label { name: clip(name), value: clip(value) }).collect()
}
