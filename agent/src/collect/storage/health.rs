//! What a device or the kernel says of a device's state, as far as sysfs has it: nothing is asked, so nothing wakes.

use terrier_shared::latest::section::storage::Health;

use super::block::CLASS;
use crate::collect::bounds::clip;
use crate::collect::host::Host;

/// Absent for devices that say nothing.
pub(super) fn read(host: &Host, name: &str) -> Option<Health> {
    let value = |attribute: &str| host.value(format!("{CLASS}/{name}/device/{attribute}"));
    by_mmc(value("pre_eol_info").as_deref(), value("life_time").as_deref())
        .or_else(|| by_state(name, value("state")?.as_str()))
}

/// JEDEC eMMC, extended CSD registers 267 to 269: how many of the reserved blocks are used up, and how worn the two
/// kinds of memory are, in steps of ten percent; 11 is "more than what it was made for".
fn by_mmc(end_of_life: Option<&str>, life_time: Option<&str>) -> Option<Health> {
    let number = |text: &str| u16::from_str_radix(text.trim_start_matches("0x"), 16).ok();
    let end_of_life = number(end_of_life?)?;
    let worn = life_time?.split_whitespace().filter_map(number).filter(|step| (1..=11).contains(step)).max();
    let (verdict, problem) = match end_of_life {
        3.. => ("failing", Some("nearly all reserved blocks are used up")),
        2 => ("worn", Some("most reserved blocks are used up")),
        _ if worn == Some(11) => ("worn", None),
        1 => ("ok", None),
        0 if worn.is_some() => ("ok", None),
        0 => return None,
    };
    let worn_percent = worn.map(|step| step * 10);
    Some(Health {
        verdict: verdict.to_owned(),
        by: "mmc".to_owned(),
        worn_percent,
        problem: problem.map(str::to_owned),
    })
}

/// Only states that last: others are passed through while a controller is reset.
fn by_state(name: &str, state: &str) -> Option<Health> {
    let (by, verdict) = match (name.starts_with("nvme"), state) {
        (true, "dead") => ("nvme", "failing"),
        (false, "offline" | "transport-offline") => ("scsi", "offline"),
        _ => return None,
    };
    let problem = Some(clip(state.to_owned()));
    Some(Health { verdict: verdict.to_owned(), by: by.to_owned(), problem, ..Health::default() })
}

#[cfg(test)]
mod tests {
    use super::{by_mmc, by_state};

    #[test]
    fn a_card_says_how_worn_it_is_and_that_it_ends() {
        let verdict = |end: &str, life: &str| by_mmc(Some(end), Some(life)).map(|h| (h.verdict, h.worn_percent));
        assert_eq!(verdict("0x01", "0x02 0x01"), Some(("ok".to_owned(), Some(20))));
        assert_eq!(verdict("0x02", "0x09 0x01"), Some(("worn".to_owned(), Some(90))));
        assert_eq!(verdict("0x03", "0x0b 0x01"), Some(("failing".to_owned(), Some(110))));
        assert_eq!(verdict("0x01", "0x0b 0x0b"), Some(("worn".to_owned(), Some(110))));
        assert_eq!(verdict("0x00", "0x00 0x00"), None, "not defined");
        assert_eq!(by_mmc(None, Some("0x01 0x01")), None);
    }

    #[test]
    fn a_disk_that_is_gone_is_offline_and_one_that_runs_says_nothing() {
        assert_eq!(by_state("sda", "offline").unwrap().verdict, "offline");
        assert_eq!(by_state("nvme0n1", "dead").unwrap().verdict, "failing");
        assert_eq!((by_state("sda", "running"), by_state("nvme0n1", "live")), (None, None));
    }
}
