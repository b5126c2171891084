//! A thousand machines that all carry what their maker forgot to fill in.

use serde_json::json;

use super::reconcile::tree;
use crate::harness::database::Backend;
use crate::harness::inbox::{Register, minutes, section};

const HOSTS: i64 = 1_000;
/// Names that look alike, or are one text written in two ways. None of them is a reason to take two machines for one.
const NAMES: [&str; 6] = ["caf\u{e9}", "cafe\u{301}", "rnail", "mail", "web\u{200b}", "web"];

#[test]
fn a_thousand_hosts_with_placeholders_for_identifiers_are_a_thousand_cis() {
    for backend in Backend::BOTH {
        let register = Register::new(backend);
        for (number, name) in (0..HOSTS).zip(NAMES.iter().cycle()) {
            let at = minutes(number / 60);
            let identity = json!({"hostname": name, "machine_id": "", "product_uuid": "03000200-0400-0500-0006-000700080009",
                "boot_id": format!("6f1e2d3c-0000-4000-8000-{number:012x}"), "chassis_type": 3,
                "system": {"vendor": "To Be Filled By O.E.M.", "product": "Default string", "serial": "To Be Filled By O.E.M."},
                "board": {"serial": "Default string"}});
            let interface =
                json!({"name": "eth0", "kind": "ethernet", "up": true, "mac": "00:00:00:00:00:00", "addresses": []});
            let network = json!({"interfaces": [interface]});
            let agent = register.agent(name);
            register.send(agent, at, &[section("identity", at, &identity), section("network", at, &network)]);
        }
        let progress = register.reconcile();
        assert_eq!((progress.applied, progress.parked), (usize::try_from(HOSTS).unwrap(), 0), "{backend:?}");
        let hosts: Vec<_> = tree(&register).into_iter().filter(|line| !line.starts_with(' ')).collect();
        assert_eq!(hosts.len(), usize::try_from(HOSTS).unwrap(), "{backend:?}");
        for name in NAMES {
            let count =
                hosts.iter().filter(|line| line.split_once(' ').is_some_and(|(_, known)| known == name)).count();
            assert!((166..=167).contains(&count), "{backend:?}: {count} are called {name:?}");
        }
    }
}
