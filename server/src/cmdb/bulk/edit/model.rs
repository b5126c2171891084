//! What an edit is.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::kernel::id::{EditId, OrganisationId};
use crate::kernel::scope::Scope;

/// Most items of an edit.
pub const ITEMS_MAX: usize = 20_000;
/// Most items that are named one by one.
pub const NAMED_MAX: usize = 5_000;
/// Most attributes of which an edit says something.
pub const CHANGES_MAX: usize = 50;

/// Where an edit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "snake_case", as = EditState)]
pub enum State {
    /// What would become of its items is being worked out.
    Preparing,
    /// That can be looked at, and nothing is written.
    Preview,
    /// It is being carried out.
    Applying,
    /// Somebody stopped it: some of its items are changed.
    Stopped,
    /// It was carried out.
    Applied,
    /// It is being taken back.
    Undoing,
    /// It was taken back.
    Undone,
}

/// What is to become or has become of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(rename_all = "snake_case", as = EditOutcome)]
pub enum Outcome {
    /// It would change.
    Change,
    /// It is so already.
    Same,
    /// It is not changed.
    Refused,
    /// It was changed.
    Changed,
    /// It is again what it was before.
    Restored,
    /// It could not be made that.
    Kept,
}

/// What is said of one attribute: one of `set`, `clear`, or `add` and `remove`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = EditChange)]
pub struct ChangeBody {
    /// It becomes this.
    #[serde(deserialize_with = "written", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub set: Option<Value>,
    /// People say nothing of it any more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub clear: bool,
    /// Tags that come to those there are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub add: Vec<String>,
    /// Tags that go.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<String>,
}

/// What is said, by the name of the attribute.
pub type Changes = BTreeMap<String, ChangeBody>;

/// What differs of an item by an edit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The attribute.
    pub attribute: String,
    /// What was shown before.
    pub before: Option<Value>,
    /// What is shown after it.
    pub after: Option<Value>,
    /// What people said before.
    pub said_before: Option<Value>,
    /// What they say after it.
    pub said_after: Option<Value>,
}

/// How many items there are, and of how many what is to become or has become what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EditTotals)]
pub struct Totals {
    /// All of them.
    pub items: i32,
    /// Those that would change and did not yet.
    pub change: i32,
    /// Those that are so already.
    pub same: i32,
    /// Those that are not changed.
    pub refused: i32,
    /// Those that were changed.
    pub changed: i32,
    /// Those that are again what they were.
    pub restored: i32,
    /// Those that were changed and could not be made again what they were.
    pub kept: i32,
}

/// A person, as he was called then.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// The account.
    pub id: Option<Uuid>,
    /// The name.
    pub name: Option<String>,
}

/// An edit.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// Its id.
    pub id: EditId,
    /// Where it is.
    pub state: State,
    /// What it says.
    pub changes: Changes,
    /// What found its items, as it was asked; none where they were named.
    pub filter: Option<Value>,
    /// Why.
    pub reason: Option<String>,
    /// Who prepared it.
    pub author: Person,
    /// When.
    pub created_at: Timestamp,
    /// Who has it carried out or taken back, and how far he reaches.
    pub acting: (Person, Scope),
    /// When it was begun to be carried out.
    pub began_at: Option<Timestamp>,
    /// When that ended.
    pub ended_at: Option<Timestamp>,
    /// Who had it taken back.
    pub undone_by: Option<String>,
    /// When.
    pub undone_at: Option<Timestamp>,
    /// Why.
    pub undo_reason: Option<String>,
    /// What becomes of its items.
    pub totals: Totals,
    /// How many of its items were looked at in the state that it is in.
    pub next_place: i32,
}

/// Something that may be done with an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Carry it out, or go on.
    Apply,
    /// Leave it as far as it is.
    Stop,
    /// Take it back.
    Undo,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 3] = [Self::Apply, Self::Stop, Self::Undo];

    /// The name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::Stop => "stop",
            Self::Undo => "undo",
        }
    }

    /// Whether it may be done with an edit in this state.
    ///
    /// # Errors
    ///
    /// The reason, as the API says it.
    pub const fn check(self, state: State, totals: Totals) -> Result<(), &'static str> {
        match (self, state) {
            (Self::Apply, State::Preview | State::Stopped) if totals.change == 0 => Err("nothing_to_do"),
            (Self::Undo, State::Applied | State::Stopped) if totals.changed == 0 => Err("nothing_to_do"),
            (Self::Apply, State::Preview | State::Stopped)
            | (Self::Stop, State::Applying)
            | (Self::Undo, State::Applied | State::Stopped) => Ok(()),
            _ => Err("not_in_this_state"),
        }
    }
}

impl State {
    /// Every state.
    pub const ALL: [Self; 7] =
        [Self::Preparing, Self::Preview, Self::Applying, Self::Stopped, Self::Applied, Self::Undoing, Self::Undone];

    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::Preview => "preview",
            Self::Applying => "applying",
            Self::Stopped => "stopped",
            Self::Applied => "applied",
            Self::Undoing => "undoing",
            Self::Undone => "undone",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 6] = [Self::Change, Self::Same, Self::Refused, Self::Changed, Self::Restored, Self::Kept];

    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Same => "same",
            Self::Refused => "refused",
            Self::Changed => "changed",
            Self::Restored => "restored",
            Self::Kept => "kept",
        }
    }

    /// The outcome of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

impl Totals {
    /// So many more items, or fewer, of which this is to become or has become.
    pub const fn count(&mut self, outcome: Outcome, by: i32) {
        let number = match outcome {
            Outcome::Change => &mut self.change,
            Outcome::Same => &mut self.same,
            Outcome::Refused => &mut self.refused,
            Outcome::Changed => &mut self.changed,
            Outcome::Restored => &mut self.restored,
            Outcome::Kept => &mut self.kept,
        };
        *number = number.saturating_add(by);
    }
}

/// How far somebody reaches, as a document: nothing stands for everywhere.
#[must_use]
pub fn scope_document(scope: &Scope) -> Option<Value> {
    scope.organisations().map(|all| all.iter().map(|id| Value::from(id.to_string())).collect())
}

/// The same read again; what cannot be read reaches nothing.
#[must_use]
pub fn scope_of(document: Option<&Value>) -> Scope {
    let Some(document) = document else { return Scope::all() };
    let ids = document.as_array().into_iter().flatten();
    let ids = ids.filter_map(|id| id.as_str()?.parse::<OrganisationId>().ok());
    Scope::only(ids.collect())
}

/// Tells null from absent.
fn written<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::{Action, State, Totals};

    #[test]
    fn what_may_be_done_follows_from_where_an_edit_is() {
        let totals = Totals { items: 2, change: 1, changed: 1, ..Totals::default() };
        let answer = |action: Action, state| if action.check(state, totals).is_ok() { action.name() } else { "-" };
        let row = |state: State| format!("{}: {}", state.name(), Action::ALL.map(|one| answer(one, state)).join(" "));
        insta::assert_snapshot!(State::ALL.map(row).join("\n"), @r"
        preparing: - - -
        preview: apply - -
        applying: - stop -
        stopped: apply - undo
        applied: - - undo
        undoing: - - -
        undone: - - -
        ");
        let nothing = Totals::default();
        assert_eq!(Action::Apply.check(State::Preview, nothing), Err("nothing_to_do"));
    }
}
