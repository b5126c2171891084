//! Who is believed: the only place that knows the order of sources.

use std::fmt;
use std::str::FromStr;

/// Where a statement comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum Source {
    /// Seen by an agent.
    Agent,
    /// Brought by an import.
    Import,
    /// Said by a person.
    Person,
}

/// The text names no source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no source")]
pub struct UnknownSource(pub String);

impl Source {
    /// Every source, in the order of their names.
    pub const ALL: [Self; 3] = [Self::Agent, Self::Import, Self::Person];

    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Import => "import",
            Self::Person => "person",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for Source {
    type Err = UnknownSource;

    fn from_str(text: &str) -> Result<Self, UnknownSource> {
        Self::ALL.into_iter().find(|source| source.name() == text).ok_or_else(|| UnknownSource(text.to_owned()))
    }
}

/// What people decide; agents only guess it.
const DECIDED_BY_PEOPLE: [&str; 6] = ["name", "owner", "support_team", "criticality", "environment", "lifecycle"];

/// The sources of an attribute, most believed first.
///
/// A person is believed before machines about what people decide, and after them about what can be measured.
#[must_use]
pub fn precedence(attribute: &str) -> [Source; 3] {
    if DECIDED_BY_PEOPLE.contains(&attribute) {
        [Source::Person, Source::Import, Source::Agent]
    } else {
        [Source::Agent, Source::Person, Source::Import]
    }
}

/// Which of several statements about one attribute is shown: that of the most believed source.
pub fn shown<T>(attribute: &str, statements: impl IntoIterator<Item = T>, source: impl Fn(&T) -> Source) -> Option<T> {
    let order = precedence(attribute);
    let rank = |statement: &T| order.iter().position(|one| *one == source(statement));
    statements.into_iter().min_by_key(rank)
}

#[cfg(test)]
mod tests {
    use super::{Source, precedence, shown};

    #[test]
    fn a_person_names_things_and_an_agent_measures_them() {
        let said = [(Source::Agent, "from the agent"), (Source::Person, "from a person")];
        assert_eq!(shown("name", said, |one| one.0), Some((Source::Person, "from a person")));
        assert_eq!(shown("os_name", said, |one| one.0), Some((Source::Agent, "from the agent")));
    }

    #[test]
    fn without_the_most_believed_source_the_next_one_is_shown() {
        let said = [(Source::Import, 1), (Source::Person, 2)];
        assert_eq!(shown("os_name", said, |one| one.0), Some((Source::Person, 2)));
        assert_eq!(shown("os_name", [(Source::Import, 1)], |one| one.0), Some((Source::Import, 1)));
        assert_eq!(shown::<(Source, i32)>("os_name", [], |one| one.0), None);
    }

    #[test]
    fn every_source_has_a_place_in_every_order() {
        for attribute in ["name", "lifecycle", "serial_number"] {
            assert!(Source::ALL.iter().all(|source| precedence(attribute).contains(source)), "{attribute}");
        }
    }

    #[test]
    fn every_source_has_the_name_it_is_read_by() {
        for source in Source::ALL {
            assert_eq!(source.name().parse(), Ok(source));
        }
    }
}
