//! Values.

use jiff::{SignedDuration, Timestamp};

use super::{CiRef, Planner};
use crate::cmdb::refused::Why;
use crate::reconcile::attribute::{AGENT_VERSION, Attribute, BOOTED_AT, NAME};
use crate::reconcile::refuse;
use crate::reconcile::value::{Values, optional_text, text};

/// How far two readings of the moment of boot lie apart without the host having booted between them: clocks are set.
const SAME_BOOT: SignedDuration = SignedDuration::from_secs(120);

impl Planner<'_> {
    pub(super) fn host_values(&mut self) {
        let mut values: Values = self.observed.values.clone();
        let fallback = || self.known.host.is_none().then(|| self.known.fallback_name.clone());
        let name = self.observed.name.clone().or_else(fallback);
        values.extend(name.map(|name| (NAME, Some(text(&name)))));
        let version = self.known.agent_version.as_deref();
        values.extend(version.map(|version| (AGENT_VERSION, optional_text(Some(version)))));
        self.values(self.host, &values);
    }

    /// Makes the values of a CI those given; attributes that are not given stay as they are.
    pub(super) fn values(&mut self, ci: CiRef, values: &Values) {
        for (attribute, value) in values {
            let open = match ci {
                CiRef::Known(key) => self.known.values.get(&(key, *attribute)),
                CiRef::New(_) => None,
            };
            if open == value.as_ref() && !self.is_refused(ci, *attribute)
                || is_same_boot(*attribute, open, value.as_ref())
            {
                continue;
            }
            if let (CiRef::Known(key), Some(_)) = (ci, open) {
                self.plan.closed_values.insert((key, *attribute));
            }
            self.take_back(ci, *attribute);
            let Some(value) = value else { continue };
            let class = self.plan.class_of(self.known, ci).unwrap_or_default();
            match refuse::fault(self.known, class, *attribute, value) {
                Some(fault) => self.plan.refuse(self.known, (ci, *attribute), value.clone(), Why::from(&fault)),
                None => drop(self.plan.opened_values.insert((ci, *attribute), value.clone())),
            }
        }
    }

    fn is_refused(&self, ci: CiRef, attribute: Attribute) -> bool {
        matches!(ci, CiRef::Known(key) if self.known.refused.contains_key(&(key, attribute)))
    }

    /// What was refused is said no longer, or is looked at again.
    fn take_back(&mut self, ci: CiRef, attribute: Attribute) {
        if let CiRef::Known(key) = ci
            && self.is_refused(ci, attribute)
        {
            self.plan.unrefused.insert((key, attribute));
        }
    }
}

fn is_same_boot(attribute: Attribute, open: Option<&String>, value: Option<&String>) -> bool {
    let moment = |json: Option<&String>| json?.trim_matches('"').parse::<Timestamp>().ok();
    attribute == BOOTED_AT
        && moment(open).zip(moment(value)).is_some_and(|(open, new)| new.duration_since(open).abs() <= SAME_BOOT)
}
