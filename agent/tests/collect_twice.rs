//! Sections that say who may be here and what guards this host, looked at twice.

#[cfg(test)]
mod tests {
    use terrier_agent::collect::collect;
    use terrier_agent::collect::host::Host;
    use terrier_shared::latest::section::{Section, SectionKind};

    const KINDS: [SectionKind; 7] = [
        SectionKind::Kernel,
        SectionKind::Firewall,
        SectionKind::Schedules,
        SectionKind::Accounts,
        SectionKind::Certificates,
        SectionKind::Cloud,
        SectionKind::Custom,
    ];

    #[test]
    fn two_looks_at_this_host_give_the_same_bytes_and_read_back_as_they_were_written() {
        let host = Host::live();
        for kind in KINDS {
            let look = || {
                let collected = collect(&host, &[kind]);
                assert_eq!(collected.faults, []);
                collected.sections.into_iter().next().unwrap()
            };
            let json = |section: &Section| serde_json::value::to_raw_value(section).unwrap();
            // Other programs may change the host between two looks, but hardly three times in a row.
            let is_stable = (0..3).any(|_| json(&look()).get() == json(&look()).get());
            assert!(is_stable, "{kind}");
            let section = look();
            assert_eq!(Section::decode(kind, &json(&section)).unwrap(), section);
        }
    }
}
