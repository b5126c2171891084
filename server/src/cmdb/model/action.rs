//! What may be done with an item, and why not.

use super::lifecycle::Lifecycle;

/// Something a person can do with an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Say or withdraw values.
    Edit,
    /// Move it to another class.
    Reclassify,
    /// Move it to any other lifecycle.
    ChangeLifecycle,
    /// Move it to this lifecycle.
    Become(Lifecycle),
}

/// Why something cannot be done. The name is what the API says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The caller does not hold `ci.write` here.
    NeedsPermission,
    /// The item's life is over; take it up again first.
    Retired,
    /// It is there already.
    CurrentLifecycle,
    /// No way leads there from where it is.
    NoWay,
    /// A lifecycle is moved along, not pinned.
    OfLifecycle,
    /// Nobody pinned it.
    NotPinned,
    /// No person says anything of it.
    NotSaid,
    /// The agent of its host sees of which class it is.
    OfItsHost,
    /// An agent reports as this item, so it stays a host.
    StaysHost,
}

/// Something a person can do about what is said of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueAction {
    /// Pin a value, whoever says it.
    Pin,
    /// Lift the pin.
    Unpin,
    /// Take back what people say.
    Withdraw,
}

/// What is said of an attribute, as far as it matters for what may be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether it is the lifecycle.
    pub is_lifecycle: bool,
    /// Whether a value is pinned.
    pub is_pinned: bool,
    /// Whether a person says anything.
    pub is_said: bool,
}

impl ValueAction {
    /// Every action.
    pub const ALL: [Self; 3] = [Self::Pin, Self::Unpin, Self::Withdraw];

    /// The name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pin => "pin",
            Self::Unpin => "unpin",
            Self::Withdraw => "withdraw",
        }
    }

    /// Whether somebody who may write may do this about an attribute of an item in this lifecycle.
    ///
    /// # Errors
    ///
    /// [`Refusal`] says why not.
    pub fn check(self, lifecycle: Lifecycle, standing: Standing) -> Result<(), Refusal> {
        check(lifecycle, Action::Edit, false)?;
        match self {
            _ if standing.is_lifecycle => Err(Refusal::OfLifecycle),
            Self::Unpin if !standing.is_pinned => Err(Refusal::NotPinned),
            Self::Withdraw if !standing.is_said => Err(Refusal::NotSaid),
            Self::Pin | Self::Unpin | Self::Withdraw => Ok(()),
        }
    }
}

impl Action {
    /// The name in the API: `edit`, `reclassify`, `change_lifecycle`, or `become_` and a lifecycle.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::Reclassify => "reclassify",
            Self::ChangeLifecycle => "change_lifecycle",
            Self::Become(Lifecycle::Planned) => "become_planned",
            Self::Become(Lifecycle::InStock) => "become_in_stock",
            Self::Become(Lifecycle::InUse) => "become_in_use",
            Self::Become(Lifecycle::Maintenance) => "become_maintenance",
            Self::Become(Lifecycle::Retired) => "become_retired",
            Self::Become(Lifecycle::Disposed) => "become_disposed",
        }
    }
}

impl Refusal {
    /// The name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NeedsPermission => "needs_permission",
            Self::Retired => "retired",
            Self::CurrentLifecycle => "current_lifecycle",
            Self::NoWay => "no_way_from_lifecycle",
            Self::OfLifecycle => "moves_along_its_life",
            Self::NotPinned => "not_pinned",
            Self::NotSaid => "not_said_by_a_person",
            Self::OfItsHost => "of_its_host",
            Self::StaysHost => "stays_host",
        }
    }
}

/// Every action with whether it is allowed. `is_dependent` says whether the item was seen below a host.
#[must_use]
pub fn allowed_actions(
    lifecycle: Lifecycle,
    may_write: bool,
    is_dependent: bool,
) -> Vec<(Action, Result<(), Refusal>)> {
    let actions = [Action::Edit, Action::Reclassify, Action::ChangeLifecycle].into_iter();
    let actions = actions.chain(Lifecycle::ALL.map(Action::Become));
    let verdict =
        |action| if may_write { check(lifecycle, action, is_dependent) } else { Err(Refusal::NeedsPermission) };
    actions.map(|action| (action, verdict(action))).collect()
}

/// Whether somebody who may write may do this with an item in this lifecycle.
///
/// # Errors
///
/// [`Refusal`] says why not.
pub fn check(lifecycle: Lifecycle, action: Action, is_dependent: bool) -> Result<(), Refusal> {
    match action {
        Action::Edit | Action::Reclassify if lifecycle.is_over() => Err(Refusal::Retired),
        Action::Reclassify if is_dependent => Err(Refusal::OfItsHost),
        Action::Become(to) if to == lifecycle => Err(Refusal::CurrentLifecycle),
        Action::Become(to) if !lifecycle.successors().contains(&to) => Err(Refusal::NoWay),
        Action::Edit | Action::Reclassify | Action::ChangeLifecycle | Action::Become(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Action, Refusal, allowed_actions};
    use crate::cmdb::model::lifecycle::Lifecycle;

    #[test]
    fn a_reader_is_told_that_he_may_do_nothing() {
        let actions = allowed_actions(Lifecycle::InUse, false, false);
        assert!(actions.iter().all(|(_, verdict)| *verdict == Err(Refusal::NeedsPermission)));
    }

    #[test]
    fn a_retired_item_is_not_edited_but_can_be_taken_up_again() {
        let actions = allowed_actions(Lifecycle::Retired, true, false);
        let verdict = |action| actions.iter().find(|(one, _)| *one == action).unwrap().1;
        assert_eq!(verdict(Action::Edit), Err(Refusal::Retired));
        assert_eq!(verdict(Action::Become(Lifecycle::InUse)), Ok(()));
        assert_eq!(verdict(Action::Become(Lifecycle::Retired)), Err(Refusal::CurrentLifecycle));
    }
}
