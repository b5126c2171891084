//! What stands around the programs of a host: devices, accounts, schedules, certificates, containers.

use serde_json::{Value, json};
use terrier_shared::latest::section::SectionKind;

/// A section of host `number` that no other host has a part in; nothing for those that have.
pub(crate) fn section(kind: SectionKind, number: usize) -> Value {
    match kind {
        SectionKind::Devices => json!({"pci": (0..40).map(controller).collect::<Vec<_>>(), "usb": [], "gpus": []}),
        SectionKind::Kernel => kernel(),
        SectionKind::Firewall => json!({"managers": [{"name": "nftables", "enabled": true}], "filtering": true}),
        SectionKind::Updates => json!({
            "pending": (0..20).map(update).collect::<Vec<_>>(), "checked_s": 1_795_000_000, "reboot_required": false,
            "reboot_reasons": [], "automatic": "unattended-upgrades",
        }),
        SectionKind::Schedules => json!({
            "timers": (0..12).map(timer).collect::<Vec<_>>(), "jobs": (0..8).map(job).collect::<Vec<_>>(),
            "schedulers": ["cron"],
        }),
        SectionKind::Accounts => json!({
            "users": (0..40).map(user).collect::<Vec<_>>(), "groups": (0..60).map(group).collect::<Vec<_>>(),
        }),
        SectionKind::Certificates => {
            json!({"certificates": (0..3).map(|i| certificate(i, number)).collect::<Vec<_>>()})
        }
        SectionKind::Containers => json!({
            "managers": [{"name": "docker", "version": null, "asked": false}],
            "containers": (0..2).map(|i| container(i, number)).collect::<Vec<_>>(), "guests": [],
        }),
        SectionKind::Products => json!({"products": [
            {"name": "nginx", "role": "web_server", "version": "1.22.1", "version_by": "package",
             "place": "/usr/sbin/nginx", "unit": "nginx.service", "user": "root"},
        ]}),
        SectionKind::Custom => json!({"facts": [
            {"namespace": "rack", "name": "location", "value": format!("A{}-{}", number % 40, number % 42)},
        ], "problems": []}),
        _ => json!({}),
    }
}

fn controller(i: usize) -> Value {
    json!({
        "address": format!("0000:{:02x}:{:02x}.0", i / 8, i % 8), "class_id": "020000", "class": "Ethernet controller",
        "vendor_id": "8086", "vendor": "Intel Corporation", "device_id": format!("{:04x}", 0x1570 + i),
        "device": "Ethernet Controller X710 for 10GbE SFP+", "revision": "02", "driver": "i40e",
    })
}

fn kernel() -> Value {
    let module = |i: usize| json!({"name": format!("module_{i:03}"), "version": null, "out_of_tree": false});
    let parameter = |i: usize| json!({"name": format!("net.ipv4.parameter_{i:02}"), "value": i.to_string()});
    json!({
        "modules": (0..90).map(module).collect::<Vec<_>>(), "parameters": (0..55).map(parameter).collect::<Vec<_>>(),
        "command_line": "BOOT_IMAGE=/vmlinuz-6.1.0-40-amd64 root=UUID=0 ro quiet", "taints": [],
        "security_modules": ["lockdown", "capability", "landlock", "yama", "apparmor"], "lockdown": "none",
    })
}

fn update(i: usize) -> Value {
    json!({"ecosystem": "deb", "name": format!("package-{i:04}"), "architecture": "amd64", "installed": "1.2-3",
           "available": "1.2-4", "security": i.is_multiple_of(3)})
}

fn timer(i: usize) -> Value {
    json!({"name": format!("timer-{i:02}.timer"), "unit": format!("timer-{i:02}.service"), "enablement": "enabled",
           "description": "Something that is done every day", "when": ["OnCalendar=daily"], "persistent": true})
}

fn job(i: usize) -> Value {
    json!({"file": format!("/etc/cron.d/job-{i}"), "line": 3, "when": "17 3 * * *", "user": "root",
           "command": format!("/usr/local/bin/job-{i} --quiet")})
}

fn user(i: usize) -> Value {
    json!({"uid": 900 + i, "name": format!("user{i:02}"), "gid": 900 + i, "home": format!("/home/user{i:02}"),
           "shell": "/usr/sbin/nologin", "interactive": false})
}

fn group(i: usize) -> Value {
    json!({"gid": 900 + i, "name": format!("group{i:02}"), "members": []})
}

fn certificate(i: usize, number: usize) -> Value {
    json!({
        "fingerprint": format!("{:032x}{:032x}", number, i), "subject": format!("CN=www{i}.host-{number:05}.example"),
        "issuer": "CN=Issuing CA 3,O=Example", "serial": format!("{number:08x}{i:02x}"),
        "not_before_s": 1_790_000_000, "not_after_s": 1_821_536_000, "names": [format!("DNS:www{i}.host-{number:05}.example")],
        "key": "RSA 2048", "signature": "sha256WithRSAEncryption", "is_authority": false, "self_issued": false,
        "files": [format!("/etc/nginx/tls/www{i}.pem")], "listeners": [],
    })
}

fn container(i: usize, number: usize) -> Value {
    json!({"id": format!("{:032x}{:032x}", number, i), "manager": "docker", "name": format!("shop-{i}"),
           "image": "registry.example/shop:1.4", "state": "running"})
}
