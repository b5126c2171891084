//! Programs that set rules: by their units, and ufw by its own switch.

use terrier_shared::latest::section::firewall::FirewallManager;

use crate::collect::failure::Failure;
use crate::collect::host::Host;
use crate::collect::scan::Scan;
use crate::collect::services::enablement;

/// Programs by the unit that sets their rules at boot.
const UNITS: [(&str, &str); 8] = [
    ("ferm.service", "ferm"),
    ("firewalld.service", "firewalld"),
    ("iptables.service", "iptables"),
    ("ip6tables.service", "ip6tables"),
    ("netfilter-persistent.service", "netfilter-persistent"),
    ("nftables.service", "nftables"),
    ("shorewall.service", "shorewall"),
    ("shorewall6.service", "shorewall6"),
];
const KINDS: [&str; 1] = [".service"];
/// ufw(8): its unit is always enabled, and this says whether it does anything.
const UFW: &str = "/etc/ufw/ufw.conf";
const LIMIT: usize = 64 << 10;

/// Those that are installed, by name.
pub(super) fn read(scan: &Scan) -> Result<Vec<FirewallManager>, Failure> {
    let mut managers = by_units(scan)?;
    managers.extend(ufw(&scan.host)?);
    managers.sort_unstable();
    Ok(managers)
}

fn by_units(scan: &Scan) -> Result<Vec<FirewallManager>, Failure> {
    let units = match scan.units() {
        Ok(units) => units,
        Err(failure) if failure.is_not_found() => return Ok(Vec::new()),
        Err(failure) => return Err(failure),
    };
    let mut managers = Vec::new();
    for found in units.listed(&KINDS, &[]) {
        if let Some((_, name)) = UNITS.iter().find(|(unit, _)| *unit == found.name) {
            let enablement = enablement::of(&scan.host, units, &found)?;
            managers.push(FirewallManager { name: (*name).to_owned(), enabled: Some(enablement == "enabled") });
        }
    }
    Ok(managers)
}

fn ufw(host: &Host) -> Result<Option<FirewallManager>, Failure> {
    let enabled = match host.find(UFW, LIMIT) {
        Ok(None) => return Ok(None),
        Ok(Some(text)) => is_enabled(&String::from_utf8_lossy(&text)),
        Err(Failure::PermissionDenied(_)) => None,
        Err(failure) => return Err(failure),
    };
    Ok(Some(FirewallManager { name: "ufw".to_owned(), enabled }))
}

/// Of several lines the last counts, as in the shell.
fn is_enabled(text: &str) -> Option<bool> {
    let mut values = text.lines().filter_map(|line| line.trim().strip_prefix("ENABLED="));
    values.next_back().map(|value| value.trim_matches(['"', '\'', ' ']).eq_ignore_ascii_case("yes"))
}

#[cfg(test)]
mod tests {
    use super::is_enabled;

    #[test]
    fn ufw_says_itself_whether_it_is_switched_on() {
        assert_eq!(is_enabled("# ENABLED=no\nENABLED=no\nLOGLEVEL=low\nENABLED=\"Yes\"\n"), Some(true));
        assert_eq!(is_enabled("ENABLED=no"), Some(false));
        assert_eq!(is_enabled("LOGLEVEL=low"), None);
    }
}
