//! The units of the service manager.
//!
//! Does: list services and sockets by their files, with what they run and whether they start by themselves, and,
//! where systemd runs, in which state they are.
//! Does not: list templates, which are no units yet, transient units, and the units of logins: those come and go.

pub(super) mod enablement;
pub(super) mod fragment;
pub(super) mod search;
mod state;

use terrier_shared::latest::limits::STRING_BYTES;
use terrier_shared::latest::section::services::Unit;
use terrier_shared::latest::section::{Section, SectionKind, Services};

use self::search::{Found, Units};
use self::state::States;
use super::Collector;
use super::bounds::{bounded, clip, clip_bytes};
use super::failure::Failure;
use super::host::Host;
use super::scan::Scan;

const KINDS: [&str; 2] = [".service", ".socket"];

pub(super) struct ServicesCollector;

impl Collector for ServicesCollector {
    fn kind(&self) -> SectionKind {
        SectionKind::Services
    }

    fn collect(&self, scan: &Scan) -> Result<Section, Failure> {
        let host = &scan.host;
        let units = scan.units()?;
        let states = state::read(host)?;
        let running = states.as_ref().map(States::names).unwrap_or_default();
        let listed = units.listed(&KINDS, &running).into_iter();
        let units: Result<Vec<_>, _> = listed.map(|found| describe(host, units, states.as_ref(), &found)).collect();
        Ok(Section::Services(Services {
            manager: states.map(|_| "systemd".to_owned()),
            units: bounded("services.units", units?)?,
        }))
    }
}

fn describe(host: &Host, units: &Units, states: Option<&States>, found: &Found) -> Result<Unit, Failure> {
    let enablement = enablement::of(host, units, found)?;
    let fragment = fragment::read(host, units, found)?;
    Ok(Unit {
        description: fragment.description.clone().map(clip),
        enablement: Some(enablement.to_owned()),
        state: states.and_then(|states| states.of(&found.name, fragment.ends_by_itself)).map(str::to_owned),
        user: fragment.user.map(clip),
        program: fragment.program.map(|program| clip_bytes(program.as_bytes(), STRING_BYTES)),
        name: clip(found.name.clone()),
    })
}
