//! Containers of LXC, stopped ones too: a directory each with its configuration (lxc.container.conf(5)).

use terrier_shared::latest::section::containers::Container;

use super::Found;
use crate::collect::bounds::clip;
use crate::collect::host::Host;

const PLACE: &str = "/var/lib/lxc";

/// Adds the containers that are defined. Where that may not be read, those that run are known all the same.
pub(super) fn read(host: &Host, found: &mut Found) {
    let Ok(names) = host.names(PLACE) else { return };
    let names = names.into_iter().filter_map(|name| name.into_string().ok());
    let names: Vec<String> = names.filter(|name| host.exists(format!("{PLACE}/{name}/config"))).collect();
    if names.is_empty() {
        return;
    }
    found.managers.remove("lxc");
    found.manager("lxc", None, true);
    for name in names.into_iter().map(clip) {
        found.container(Container {
            id: name.clone(),
            manager: "lxc".to_owned(),
            name: Some(name),
            state: Some("stopped".to_owned()),
            ..Container::default()
        });
    }
}
