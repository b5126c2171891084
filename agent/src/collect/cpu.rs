//! Processors, from `/proc/cpuinfo` and `/sys/devices/system/cpu`.

use std::collections::BTreeSet;

use terrier_shared::latest::section::{Cpu, Section, SectionKind};

use super::Collector;
use super::bounds::clip;
use super::cpu_list;
use super::failure::Failure;
use super::host::Host;
use super::scan::Scan;

const CPUINFO: &str = "/proc/cpuinfo";
/// 2 048 logical processors at 4 KiB each.
const CPUINFO_BYTES: usize = 8 << 20;
const SYSTEM: &str = "/sys/devices/system";

pub(super) struct CpuCollector;

impl Collector for CpuCollector {
    fn kind(&self) -> SectionKind {
        SectionKind::Cpu
    }

    fn collect(&self, scan: &Scan) -> Result<Section, Failure> {
        let host = &scan.host;
        let info = host.text(CPUINFO, CPUINFO_BYTES)?;
        let online = online(host, &info)?;
        let (sockets, cores) = topology(host, &online);
        let first = online.first().copied().unwrap_or(0);
        Ok(Section::Cpu(Cpu {
            // By architecture: x86, arm64 and riscv, s390, power.
            model: field(&info, &["model name", "Model", "uarch", "machine", "cpu"]),
            vendor: field(&info, &["vendor_id", "CPU implementer", "mvendorid"]),
            sockets,
            cores,
            threads: count(online.len()),
            numa_nodes: numa_nodes(host),
            max_mhz: host
                .number::<u32>(format!("{SYSTEM}/cpu/cpu{first}/cpufreq/cpuinfo_max_freq"))
                .map(|kilohertz| kilohertz / 1000),
            cache_bytes: last_level_cache(host, first),
            microcode: field(&info, &["microcode"]),
            vulnerable_to: vulnerable_to(host),
        }))
    }
}

/// The value of the first line that has one of `names`, by the order of names.
fn field(info: &str, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| {
        info.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            let value = value.trim();
            (found.trim_end() == *name && !value.is_empty()).then(|| clip(value.to_owned()))
        })
    })
}

/// The numbers of the logical processors in use.
fn online(host: &Host, info: &str) -> Result<Vec<u32>, Failure> {
    let path = format!("{SYSTEM}/cpu/online");
    if let Some(list) = host.value(&path) {
        return cpu_list::parse(&list)
            .ok_or_else(|| Failure::malformed(path, format!("is no list of processors: {list}")));
    }
    let listed =
        info.lines().filter(|line| line.split_once(':').is_some_and(|(name, _)| name.trim_end() == "processor"));
    let numbers: Vec<u32> = (0..count(listed.count())).collect();
    if numbers.is_empty() {
        return Err(Failure::malformed(CPUINFO, "lists no processor"));
    }
    Ok(numbers)
}

/// Packages and cores. Without a topology each logical processor is a core of one package.
fn topology(host: &Host, online: &[u32]) -> (u32, u32) {
    let (mut packages, mut cores) = (BTreeSet::new(), BTreeSet::new());
    for number in online {
        let topology = format!("{SYSTEM}/cpu/cpu{number}/topology");
        let package: i64 = host.number(format!("{topology}/physical_package_id")).unwrap_or(0);
        let core = host.value(format!("{topology}/thread_siblings_list")).unwrap_or_else(|| number.to_string());
        packages.insert(package);
        cores.insert(core);
    }
    (count(packages.len()), count(cores.len()))
}

fn numa_nodes(host: &Host) -> u32 {
    let online = host.value(format!("{SYSTEM}/node/online")).and_then(|list| cpu_list::parse(&list));
    online.map_or(1, |nodes| count(nodes.len()))
}

/// The largest cache that the first processor has.
fn last_level_cache(host: &Host, processor: u32) -> Option<u64> {
    let place = format!("{SYSTEM}/cpu/cpu{processor}/cache");
    let caches = host.find_names(&place).ok()?;
    let sizes = caches.iter().filter(|name| name.starts_with("index"));
    let sizes = sizes.filter_map(|name| size(&host.value(format!("{place}/{name}/size"))?));
    sizes.max()
}

/// `32768K`, as the kernel writes it.
fn size(text: &str) -> Option<u64> {
    match text.strip_suffix('K') {
        Some(kibibytes) => kibibytes.parse::<u64>().ok()?.checked_mul(1 << 10),
        None => text.strip_suffix('M')?.parse::<u64>().ok()?.checked_mul(1 << 20),
    }
}

fn vulnerable_to(host: &Host) -> Vec<String> {
    let place = format!("{SYSTEM}/cpu/vulnerabilities");
    let mut names = host.find_names(&place).unwrap_or_default();
    names.retain(|name| host.value(format!("{place}/{name}")).is_some_and(|state| state.starts_with("Vulnerable")));
    names
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{field, size};

    #[test]
    fn a_field_is_found_by_its_whole_name() {
        let info = "model\t\t: 1\nmodel name\t: EPYC: 7B13\nmicrocode\t:\n";
        assert_eq!(field(info, &["model name"]), Some("EPYC: 7B13".to_owned()));
        assert_eq!(field(info, &["microcode"]), None);
    }

    #[test]
    fn cache_sizes_are_read_in_their_unit() {
        assert_eq!((size("512K"), size("32M"), size("12")), (Some(512 << 10), Some(32 << 20), None));
    }
}
