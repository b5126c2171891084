//! Containers as CIs under their host, identified by their manager's identifier, and the guests that run on it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use terrier_shared::latest::section::Containers;
use terrier_shared::latest::section::containers::{Container, PublishedPort};

use super::Dependent;
use crate::identification::model::placeholder::product_uuid;
use crate::reconcile::attribute::{CONTAINER, container, host};
use crate::reconcile::value::{self, Values, list, optional_text, readable, whole};

/// Labels that say what a container belongs to: a project of compose, a pod of Kubernetes in its two spellings.
const GROUPS: [(Option<&str>, &str); 3] = [
    (None, "com.docker.compose.project"),
    (Some("io.kubernetes.cri.sandbox-namespace"), "io.kubernetes.cri.sandbox-name"),
    (Some("io.kubernetes.pod.namespace"), "io.kubernetes.pod.name"),
];

/// The containers.
pub(super) fn containers(section: &Containers) -> Vec<Dependent> {
    let mut all: Vec<_> = section.containers.iter().filter(|one| !one.id.is_empty()).map(of).collect();
    all.sort_by(|one, other| one.local_id.cmp(&other.local_id));
    all.dedup_by(|one, other| one.local_id == other.local_id);
    all
}

/// What identifies the container with this identifier under its host.
pub(super) fn local_id(id: &str) -> String {
    value::key(id)
}

/// A container's identifier as people cut it.
pub(super) fn short(id: &str) -> &str {
    let is_hash = id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hash { id.get(..12).unwrap_or(id) } else { id }
}

/// The UUIDs of the guests that run. One that does not may as well be defined on another host, and run there.
pub(super) fn guests(section: &Containers) -> BTreeSet<String> {
    section.guests.iter().filter(|guest| guest.running).filter_map(|guest| product_uuid(&guest.uuid)).collect()
}

fn of(one: &Container) -> Dependent {
    let called = one.name.as_deref().filter(|name| !name.is_empty()).unwrap_or_else(|| short(&one.id));
    Dependent { class: CONTAINER, local_id: local_id(&one.id), name: super::name(called), values: values(one) }
}

fn values(one: &Container) -> Values {
    let created = one.created_s.and_then(|seconds| Timestamp::from_second(seconds).ok());
    let mounts = one.mounts.iter().map(|mount| {
        let access = if mount.read_only { " (ro)" } else { "" };
        format!("{} → {}{access}", readable(&mount.source), readable(&mount.target))
    });
    vec![
        (host("container_manager"), optional_text(Some(&one.manager))),
        (container("image"), optional_text(one.image.as_deref())),
        (container("image_id"), optional_text(one.image_id.as_deref())),
        (container("state"), optional_text(one.state.as_deref())),
        (container("created_at"), created.map(value::time)),
        (container("ports"), list(one.ports.iter().map(published))),
        (container("networks"), list(&one.networks)),
        (container("mounts"), list(mounts)),
        (container("group"), optional_text(group(one).as_deref())),
        (container("memory_limit_bytes"), one.memory_limit_bytes.map(whole)),
        (container("cpu_limit_millicores"), one.cpu_limit_millis.map(whole)),
    ]
}

fn published(port: &PublishedPort) -> String {
    let inside = format!("{}/{}", port.container_port, port.transport);
    match (port.address, port.port) {
        (Some(address), Some(outside)) => format!("{} → {inside}", std::net::SocketAddr::new(address, outside)),
        (None, Some(outside)) => format!("{outside} → {inside}"),
        (_, None) => inside,
    }
}

fn group(one: &Container) -> Option<String> {
    let label = |name: &str| {
        one.labels.iter().find(|label| label.name == name && !label.value.is_empty()).map(|label| &label.value)
    };
    GROUPS.iter().find_map(|(above, name)| {
        let name = label(name)?;
        Some(above.and_then(label).map_or_else(|| name.clone(), |above| format!("{above}/{name}")))
    })
}

#[cfg(test)]
mod tests {
    use terrier_shared::latest::section::Containers;
    use terrier_shared::latest::section::containers::{Container, Guest, Label, PublishedPort};

    use super::{containers, guests};

    #[test]
    fn a_container_without_a_name_is_called_by_the_beginning_of_its_identifier() {
        let id = "3a5f0c1de2b4968778695a4b3c2d1e0f3a5f0c1de2b4968778695a4b3c2d1e0f";
        let named = Container { id: "x".into(), name: Some("web".into()), ..Container::default() };
        let other = Container { id: id.into(), ..Container::default() };
        let found = containers(&Containers { containers: vec![named, other], ..Containers::default() });
        let called: Vec<_> = found.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(called, ["3a5f0c1de2b4", "web"]);
    }

    #[test]
    fn ports_and_groups_read_as_people_write_them() {
        let port = |address: Option<&str>, port| PublishedPort {
            transport: "tcp".into(),
            address: address.map(|address| address.parse().unwrap()),
            port,
            container_port: 80,
        };
        let labels = [("io.kubernetes.cri.sandbox-namespace", "shop"), ("io.kubernetes.cri.sandbox-name", "web-0")];
        let one = Container {
            id: "x".into(),
            ports: vec![port(None, None), port(None, Some(8080)), port(Some("::1"), Some(81))],
            labels: labels.map(|(name, value)| Label { name: name.into(), value: value.into() }).into(),
            ..Container::default()
        };
        let found = containers(&Containers { containers: vec![one], ..Containers::default() });
        let value = |name: &str| {
            let (_, value) = found[0].values.iter().find(|(attribute, _)| attribute.name == name).unwrap();
            value.clone().unwrap()
        };
        assert_eq!(value("ports"), r#"["80/tcp","8080 → 80/tcp","[::1]:81 → 80/tcp"]"#);
        assert_eq!(value("group"), "\"shop/web-0\"");
    }

    #[test]
    fn guests_that_run_are_known_by_a_uuid_that_is_no_placeholder() {
        let guest = |uuid: &str, running| Guest { uuid: uuid.into(), running, ..Guest::default() };
        let section = Containers {
            guests: vec![
                guest("7B1C2E88-2A43-4F0E-8D0E-1F2A3B4C5D6E", true),
                guest("8b1c2e88-2a43-4f0e-8d0e-1f2a3b4c5d6e", false),
                guest("00000000-0000-0000-0000-000000000000", true),
            ],
            ..Containers::default()
        };
        assert_eq!(guests(&section).into_iter().collect::<Vec<_>>(), ["7b1c2e88-2a43-4f0e-8d0e-1f2a3b4c5d6e"]);
    }
}
