//! `software:openssl<3.0.7`, compared as the product's ecosystem compares versions.

use super::{Asked, Checker, Condition, Fault, Installed, Relation, Value};
use crate::catalogue::version::{Comparison, VersionKey};
use crate::cmdb::query::known::{ProductVersion, VERSIONS_MAX, split_version};

impl Checker<'_> {
    pub(super) fn software(self, asked: &Asked) -> Result<Condition, Fault> {
        if self.known.versions.len() > VERSIONS_MAX {
            let detail = format!("these products have more than {VERSIONS_MAX} versions; name fewer of them");
            return Err(Fault::new(asked.at.0, "too_long", detail));
        }
        let mut ids = Vec::new();
        for value in &asked.values {
            let wanted = Wanted::read(asked, value)?;
            ids.extend(self.known.versions.iter().filter(|one| wanted.is(one)).map(|one| one.id));
        }
        ids.sort_unstable();
        ids.dedup();
        Ok(Condition::Installed(Installed { versions: ids, outdated_lists: self.known.outdated_lists.clone() }))
    }
}

struct Wanted {
    /// In lower case; a star at the end stands for anything.
    product: String,
    version: Option<(Comparison, String)>,
}

impl Wanted {
    fn read(asked: &Asked, value: &Value) -> Result<Self, Fault> {
        let fault = |detail: String| {
            Fault::new(asked.at.0, "invalid", detail).allowing([
                "openssl",
                "openssl<3.0.7",
                "openssl>=3",
                "linux-image*",
            ])
        };
        let (product, rest) = split_version(&value.text);
        if product.is_empty() || product == "*" {
            return Err(fault(format!("a product has to be named in `{}`", value.text)));
        }
        let version = match Relation::read(rest) {
            (None, _) => None,
            (Some(_), "") => return Err(fault(format!("a version has to follow in `{}`", value.text))),
            (Some(relation), version) => Some((comparison(relation), version.to_owned())),
        };
        Ok(Self { product: product.to_lowercase(), version })
    }

    fn is(&self, one: &ProductVersion) -> bool {
        let name = one.product.to_lowercase();
        let named = match self.product.strip_suffix('*') {
            Some(begin) => name.starts_with(begin),
            None => name == self.product,
        };
        let compares = |(comparison, wanted): &(Comparison, String)| {
            let key = |version| VersionKey::new(&one.ecosystem, version);
            comparison.holds(&key(&one.version), &key(wanted))
        };
        named && self.version.as_ref().is_none_or(compares)
    }
}

const fn comparison(relation: Relation) -> Comparison {
    match relation {
        Relation::Less => Comparison::Lt,
        Relation::AtMost => Comparison::Le,
        Relation::Same => Comparison::Eq,
        Relation::AtLeast => Comparison::Ge,
        Relation::More => Comparison::Gt,
    }
}
