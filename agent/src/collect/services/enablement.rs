//! Whether a unit starts by itself, in the words of systemctl(1), "is-enabled".

use super::fragment::{assignments, text};
use super::search::{Found, Units};
use crate::collect::failure::Failure;
use crate::collect::host::Host;

const GENERATED: &str = "/run/systemd/generator";

pub(in crate::collect) fn of(host: &Host, units: &Units, found: &Found) -> Result<&'static str, Failure> {
    let is_in_run = found.path.starts_with("/run/");
    let text = text(host, &found.path)?;
    if text.is_empty() {
        return Ok(if is_in_run { "masked-runtime" } else { "masked" });
    }
    if found.path.starts_with(GENERATED) {
        return Ok("generated");
    }
    let links = units.links(&found.name);
    let is_instance = found.name.contains('@');
    Ok(if links.in_etc {
        "enabled"
    } else if links.in_run {
        "enabled-runtime"
    } else if links.by_vendor && is_instance {
        "static"
    } else if host.link(&found.path).is_some() {
        if is_in_run { "linked-runtime" } else { "linked" }
    } else {
        by_install_section(&text)
    })
}

fn by_install_section(text: &str) -> &'static str {
    let install = assignments(text).into_iter().filter(|(section, _, value)| section == "Install" && !value.is_empty());
    let names: Vec<String> = install.map(|(_, name, _)| name).collect();
    if names.iter().any(|name| matches!(name.as_str(), "WantedBy" | "RequiredBy" | "UpheldBy" | "Alias")) {
        "disabled"
    } else if names.iter().any(|name| name == "Also") {
        "indirect"
    } else {
        "static"
    }
}

#[cfg(test)]
mod tests {
    use super::by_install_section;

    #[test]
    fn the_install_section_says_whether_a_unit_can_be_enabled() {
        assert_eq!(by_install_section("[Service]\nWantedBy=x\n"), "static");
        assert_eq!(by_install_section("[Install]\nWantedBy=multi-user.target\nAlso=b.socket\n"), "disabled");
        assert_eq!(by_install_section("[Install]\nAlso=b.socket\n"), "indirect");
        assert_eq!(by_install_section("[Install]\nWantedBy=\n"), "static");
    }
}
