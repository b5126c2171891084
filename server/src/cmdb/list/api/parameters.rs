//! The query string of a list. Filters by attribute have names of their own, so it is read pair by pair.

use crate::api::kit::code::Code;
use crate::api::kit::problem::Problem;
use crate::cmdb::list::filter::RawFilter;
use crate::cmdb::list::sort::Sort;

/// A query string's pairs, in order.
pub(in crate::cmdb) type Pairs = Vec<(String, String)>;

/// Which items, in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::cmdb) struct Parameters {
    pub(in crate::cmdb) filter: RawFilter,
    /// As it was written.
    pub(in crate::cmdb) sort: Option<String>,
    /// What the list itself does not know: `limit` and `cursor`, or what an export takes.
    pub(in crate::cmdb) rest: Vec<(&'static str, String)>,
}

impl Parameters {
    /// Reads a query string that may carry the filters, `sort` and what `others` names.
    ///
    /// Filters may be repeated or hold a list with commas; everything else stands once.
    ///
    /// # Errors
    ///
    /// `malformed_request` names what is unknown or repeated.
    pub(in crate::cmdb) fn read(pairs: Pairs, others: &[&'static str]) -> Result<Self, Problem> {
        let mut read = Self::default();
        for (name, value) in pairs {
            read.take(&name, value, others)?;
        }
        Ok(read)
    }

    /// The order asked for.
    pub(in crate::cmdb) fn sort(&self) -> Result<Sort, Problem> {
        let unknown = |name: &str| Problem::field("sort", "unknown", format!("`{name}` is no order of this list"));
        self.sort.as_deref().map_or(Ok(Sort::DEFAULT), |name| Sort::from_name(name).ok_or_else(|| unknown(name)))
    }

    /// What `others` named.
    pub(in crate::cmdb) fn other(&self, name: &str) -> Option<&str> {
        self.rest.iter().find(|(one, _)| *one == name).map(|(_, value)| value.as_str())
    }

    fn take(&mut self, name: &str, value: String, others: &[&'static str]) -> Result<(), Problem> {
        let filter = &mut self.filter;
        match name {
            "class" => filter.class.extend(parts(&value)),
            "lifecycle" => filter.lifecycle.extend(parts(&value)),
            "observation" => filter.observation.extend(parts(&value)),
            "organisation" => filter.organisation.extend(parts(&value)),
            "criticality" => filter.criticality.extend(parts(&value)),
            "environment" => filter.environment.extend(parts(&value)),
            "q" => once(&mut filter.q, name, value)?,
            "as_of" => once(&mut filter.as_of, name, value)?,
            "sort" => once(&mut self.sort, name, value)?,
            _ => match (name.strip_prefix("attr."), others.iter().find(|other| **other == name)) {
                (Some(attribute), _) => filter.attributes.push((attribute.to_owned(), parts(&value).collect())),
                (None, Some(other)) if self.other(other).is_none() => self.rest.push((other, value)),
                (None, Some(other)) => return Err(malformed(format!("`{other}` stands twice"))),
                (None, None) => return Err(malformed(format!("unknown field `{name}`"))),
            },
        }
        Ok(())
    }
}

fn parts(value: &str) -> impl Iterator<Item = String> {
    value.split(',').filter(|part| !part.is_empty()).map(str::to_owned)
}

fn once(field: &mut Option<String>, name: &str, value: String) -> Result<(), Problem> {
    if field.replace(value).is_some() { Err(malformed(format!("`{name}` stands twice"))) } else { Ok(()) }
}

fn malformed(detail: String) -> Problem {
    Problem::because(Code::MalformedRequest, detail)
}

#[cfg(test)]
mod tests {
    use super::Parameters;

    fn read(pairs: &[(&str, &str)]) -> Result<Parameters, String> {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Parameters::read(pairs, &["limit", "cursor"]).map_err(|problem| problem.to_string())
    }

    #[test]
    fn a_filter_may_be_repeated_or_hold_several_values() {
        let read = read(&[("class", "host"), ("class", "switch,router"), ("attr.os_id", "debian,ubuntu")]).unwrap();
        assert_eq!(read.filter.class, ["host", "switch", "router"]);
        assert_eq!(read.filter.attributes, [("os_id".to_owned(), vec!["debian".to_owned(), "ubuntu".to_owned()])]);
    }

    #[test]
    fn what_is_unknown_or_repeated_is_named() {
        assert!(read(&[("colour", "red")]).unwrap_err().contains("`colour`"));
        assert!(read(&[("sort", "name"), ("sort", "class")]).unwrap_err().contains("`sort`"));
        assert!(read(&[("limit", "1"), ("limit", "2")]).unwrap_err().contains("`limit`"));
    }
}
