//! What containerd was told to run, where it may be read: the bundle of each task (OCI runtime specification,
//! `config.json`) with the annotations of its Kubernetes interface.

use std::collections::BTreeMap;

use serde::Deserialize;
use terrier_shared::latest::section::containers::{Container, ContainerMount};

use super::{Found, useful};
use crate::collect::bounds::clip;
use crate::collect::host::Host;

const TASKS: &str = "/run/containerd/io.containerd.runtime.v2.task";
const CONFIG_BYTES: usize = 1 << 20;
/// containerd's namespace for what Docker runs by it.
const OF_DOCKER: &str = "moby";
/// Most mounts that are kept of a container.
const MOUNTS_MAX: usize = 256;

/// Of the bundle nothing else is read: its process has environment variables.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Config {
    annotations: BTreeMap<String, String>,
    mounts: Vec<Mount>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Mount {
    destination: String,
    #[serde(rename = "type")]
    kind: String,
    source: String,
    options: Vec<String>,
}

/// Adds to containers that run what their bundle says. One that cannot be read adds nothing: it is a detail.
pub(super) fn read(host: &Host, found: &mut Found) {
    for namespace in host.find_names(TASKS).unwrap_or_default() {
        if namespace == OF_DOCKER {
            continue;
        }
        found.manager("containerd", None, false);
        for container in found.containers.values_mut().filter(|container| container.name.is_none()) {
            let Ok(Some(config)) = host.find(format!("{TASKS}/{namespace}/{}/config.json", container.id), CONFIG_BYTES)
            else {
                continue;
            };
            if let Ok(config) = serde_json::from_slice::<Config>(&config) {
                describe(container, config);
            }
        }
    }
}

fn describe(container: &mut Container, config: Config) {
    let annotation = |name: &str| config.annotations.get(&format!("io.kubernetes.cri.{name}")).cloned().map(clip);
    "containerd".clone_into(&mut container.manager);
    container.image = annotation("image-name");
    container.name = match (annotation("sandbox-name"), annotation("container-name")) {
        (Some(pod), Some(name)) => Some(clip(format!("{pod}/{name}"))),
        (pod, name) => name.or(pod),
    };
    let binds = config.mounts.into_iter().filter(Mount::is_of_the_host).map(|mount| ContainerMount {
        target: clip(mount.destination).into(),
        source: clip(mount.source).into(),
        read_only: mount.options.iter().any(|option| option == "ro"),
    });
    container.mounts = binds.take(MOUNTS_MAX).collect();
    container.mounts.sort();
    container.labels = useful(config.annotations);
}

impl Mount {
    fn is_of_the_host(&self) -> bool {
        let is_bind = self.kind == "bind" || self.options.iter().any(|option| option == "bind" || option == "rbind");
        is_bind && self.source.starts_with('/')
    }
}
