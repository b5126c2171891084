//! Docker and Podman, by the API that both speak at a UNIX socket (Docker Engine API, `GET /containers/json`).

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use terrier_shared::latest::section::containers::{Container, ContainerMount, PublishedPort};

use super::{Found, useful};
use crate::collect::bounds::{bounded, clip};
use crate::collect::failure::Failure;
use crate::collect::scan::Scan;

/// An engine's name, its socket, and the process without which asking would start it: its socket is systemd's.
const ENGINES: [(&str, &str, Option<&[u8]>); 2] =
    [("docker", "/run/docker.sock", Some(b"dockerd")), ("podman", "/run/podman/podman.sock", None)];
const VERSION_BYTES: usize = 64 << 10;
/// Some 8 000 containers.
const LIST_BYTES: usize = 16 << 20;
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks each engine that is there. One that this user may not ask is noted as not asked.
///
/// # Errors
///
/// [`Failure`] names the socket of an engine that does not answer as it should: its stopped containers would look
/// as if they had been removed.
pub(super) fn read(scan: &Scan, found: &mut Found) -> Result<(), Failure> {
    for (name, socket, process) in ENGINES {
        if !scan.host.exists(socket) {
            continue;
        }
        if let Some(process) = process
            && !scan.processes()?.iter().any(|entry| entry.name == process)
        {
            found.manager(name, None, false);
            continue;
        }
        match ask(scan, name, socket) {
            Ok((version, containers)) => {
                found.manager(name, version, true);
                for container in containers {
                    found.container(container);
                }
            }
            Err(Failure::NotFound(_) | Failure::PermissionDenied(_)) => found.manager(name, None, false),
            Err(failure) => return Err(failure),
        }
    }
    Ok(())
}

fn ask(scan: &Scan, name: &str, socket: &str) -> Result<(Option<String>, Vec<Container>), Failure> {
    let malformed = |error: serde_json::Error| Failure::malformed(socket, error.to_string());
    let version = scan.host.get(socket, "/version", VERSION_BYTES, PATIENCE)?;
    let version: Version = serde_json::from_slice(&version).map_err(malformed)?;
    let list = scan.host.get(socket, "/containers/json?all=1", LIST_BYTES, PATIENCE)?;
    let list: Vec<Summary> = serde_json::from_slice(&list).map_err(malformed)?;
    let containers: Result<_, _> = list.into_iter().map(|summary| summary.container(name)).collect();
    Ok((version.version.map(clip), containers?))
}

#[derive(Deserialize)]
struct Version {
    #[serde(rename = "Version")]
    version: Option<String>,
}

/// What is read of a container. Lists are `null` where they are empty.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    id: String,
    names: Option<Vec<String>>,
    image: Option<String>,
    #[serde(rename = "ImageID")]
    image_id: Option<String>,
    created: Option<i64>,
    ports: Option<Vec<Port>>,
    labels: Option<BTreeMap<String, String>>,
    state: Option<String>,
    network_settings: Option<NetworkSettings>,
    mounts: Option<Vec<Mount>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NetworkSettings {
    networks: Option<BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
struct Port {
    #[serde(rename = "IP")]
    address: Option<String>,
    #[serde(rename = "PrivatePort")]
    inside: u16,
    #[serde(rename = "PublicPort")]
    outside: Option<u16>,
    #[serde(rename = "Type")]
    transport: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Mount {
    name: Option<String>,
    source: Option<String>,
    destination: String,
    #[serde(rename = "RW")]
    writable: Option<bool>,
}

impl Summary {
    fn container(self, manager: &str) -> Result<Container, Failure> {
        let networks = self.network_settings.and_then(|settings| settings.networks).unwrap_or_default();
        let mut ports: Vec<_> = self.ports.unwrap_or_default().into_iter().map(Port::published).collect();
        ports.sort();
        ports.dedup();
        let mut mounts: Vec<_> = self.mounts.unwrap_or_default().into_iter().filter_map(Mount::mounted).collect();
        mounts.sort();
        Ok(Container {
            id: clip(self.id),
            manager: manager.to_owned(),
            name: own_name(self.names.unwrap_or_default()),
            image: self.image.map(clip),
            image_id: self.image_id.map(clip),
            state: self.state.map(clip),
            created_s: self.created,
            ports: bounded("containers.containers.ports", ports)?,
            mounts: bounded("containers.containers.mounts", mounts)?,
            networks: bounded("containers.containers.networks", networks.into_keys().map(clip).collect())?,
            labels: useful(self.labels.unwrap_or_default()),
            ..Container::default()
        })
    }
}

/// Names begin with a slash; those with another one are what linked containers call it.
fn own_name(names: Vec<String>) -> Option<String> {
    let names = names.into_iter().map(|name| name.trim_start_matches('/').to_owned());
    names.filter(|name| !name.is_empty() && !name.contains('/')).min().map(clip)
}

impl Port {
    fn published(self) -> PublishedPort {
        let address = self.address.and_then(|address| address.parse::<std::net::IpAddr>().ok());
        PublishedPort {
            transport: clip(self.transport),
            address: address.filter(|address| !address.is_unspecified()),
            port: self.outside.filter(|port| *port != 0),
            container_port: self.inside,
        }
    }
}

impl Mount {
    fn mounted(self) -> Option<ContainerMount> {
        let named = self.name.filter(|name| !name.is_empty()).or(self.source).filter(|source| !source.is_empty())?;
        Some(ContainerMount {
            target: clip(self.destination).into(),
            source: clip(named).into(),
            read_only: self.writable == Some(false),
        })
    }
}
