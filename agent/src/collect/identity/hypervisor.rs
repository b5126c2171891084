//! Which hypervisor this machine runs under, in the words of systemd-detect-virt(1), and whether it is one.

use crate::collect::host::Host;

const CPUINFO_BYTES: usize = 8 << 20;

/// What the firmware of a virtual machine calls itself: a field, its beginning, the hypervisor.
const FIRMWARE: [(&str, &str, &str); 18] = [
    ("sys_vendor", "Amazon EC2", "amazon"),
    ("sys_vendor", "Xen", "xen"),
    ("sys_vendor", "innotek GmbH", "oracle"),
    ("product_name", "VirtualBox", "oracle"),
    ("sys_vendor", "Parallels", "parallels"),
    ("product_name", "Google Compute Engine", "google"),
    ("product_name", "KVM", "kvm"),
    ("product_name", "OpenStack", "kvm"),
    ("product_name", "KubeVirt", "kvm"),
    ("product_name", "RHEV Hypervisor", "kvm"),
    ("sys_vendor", "VMware", "vmware"),
    ("product_name", "VMware", "vmware"),
    ("bios_vendor", "BHYVE", "bhyve"),
    ("sys_vendor", "BHYVE", "bhyve"),
    ("sys_vendor", "Apple Virtualization", "apple"),
    ("bios_vendor", "Bochs", "bochs"),
    ("sys_vendor", "Nutanix", "kvm"),
    ("sys_vendor", "QEMU", "qemu"),
];

/// What a hypervisor answers to CPUID leaf `0x4000_0000`.
#[cfg(target_arch = "x86_64")]
const SIGNATURES: [(&[u8], &str); 9] = [
    (b"XenVMMXenVMM", "xen"),
    (b"KVMKVMKVM\0\0\0", "kvm"),
    (b"Linux KVM Hv", "kvm"),
    (b"TCGTCGTCGTCG", "qemu"),
    (b"VMwareVMware", "vmware"),
    (b"Microsoft Hv", "microsoft"),
    (b"bhyve bhyve ", "bhyve"),
    (b"ACRNACRNACRN", "acrn"),
    (b"QNXQVMBSQG\0\0", "qnx"),
];

/// The hypervisor under which this runs; absent on bare metal.
pub(super) fn under(host: &Host) -> Option<String> {
    if is_xen_control(host) {
        return None;
    }
    if host.value("/sys/hypervisor/type").as_deref() == Some("xen") {
        return Some("xen".to_owned());
    }
    if !may_be_virtual(host) {
        return None;
    }
    let firmware = by_firmware(host);
    // These build on another hypervisor, whose name the processor would give.
    if let Some(name @ ("amazon" | "oracle" | "parallels" | "google")) = firmware {
        return Some(name.to_owned());
    }
    let name = by_processor(host).or(firmware).or_else(|| by_device_tree(host));
    let name = name.or_else(|| host.machine().starts_with("x86").then_some("vm-other"));
    name.map(str::to_owned)
}

/// On x86 every hypervisor but paravirtual Xen sets a processor flag; elsewhere there is none to look for.
fn may_be_virtual(host: &Host) -> bool {
    if !host.machine().starts_with("x86") {
        return true;
    }
    let info = host.text("/proc/cpuinfo", CPUINFO_BYTES).unwrap_or_default();
    let flags = info.lines().find(|line| line.starts_with("flags"));
    flags.is_some_and(|line| line.split_whitespace().any(|flag| flag == "hypervisor"))
}

fn by_firmware(host: &Host) -> Option<&'static str> {
    let field = |name: &str| host.value(format!("/sys/class/dmi/id/{name}")).unwrap_or_default();
    if field("sys_vendor") == "Microsoft Corporation" && field("product_name") == "Virtual Machine" {
        return Some("microsoft");
    }
    let known = FIRMWARE.iter().find(|(name, beginning, _)| field(name).starts_with(beginning));
    known.map(|(_, _, hypervisor)| *hypervisor)
}

#[cfg(target_arch = "x86_64")]
fn by_processor(host: &Host) -> Option<&'static str> {
    if !host.is_live() {
        return None;
    }
    let answer = std::arch::x86_64::__cpuid(0x4000_0000);
    let signature = [answer.ebx, answer.ecx, answer.edx].map(u32::to_le_bytes).concat();
    SIGNATURES.iter().find(|(known, _)| *known == signature).map(|(_, name)| *name)
}

#[cfg(not(target_arch = "x86_64"))]
fn by_processor(_: &Host) -> Option<&'static str> {
    None
}

fn by_device_tree(host: &Host) -> Option<&'static str> {
    let compatible = host.value("/proc/device-tree/hypervisor/compatible")?;
    if compatible.contains("linux,kvm") {
        Some("kvm")
    } else if compatible.contains("xen") {
        Some("xen")
    } else {
        Some("vm-other")
    }
}

fn is_xen_control(host: &Host) -> bool {
    host.value("/proc/xen/capabilities").is_some_and(|capabilities| capabilities.contains("control_d"))
}

/// Whether guests run here: the kernel counts the virtual machines as users of the KVM module.
pub(super) fn runs_guests(host: &Host) -> bool {
    let modules = ["kvm_intel", "kvm_amd"];
    let guests = |module: &&str| host.number::<u32>(format!("/sys/module/{module}/refcnt")).unwrap_or(0) > 0;
    is_xen_control(host) || modules.iter().any(guests)
}
