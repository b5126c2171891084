//! Looking software up.

use jiff::Timestamp;

use super::installation::store::{self as installations, PackageFilter};
use super::model::{Installation, Package, Place, Product, Version, Wanted};
use super::product::store as products;
use super::version::VersionKey;
use crate::cmdb::error::Error;
use crate::cmdb::item::row;
use crate::cmdb::item::software::software_record;
use crate::cmdb::merge::records::Records;
use crate::cmdb::value::shown::NOW;
use crate::kernel::id::CiId;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::scope::Scope;
use crate::store::{Conn, StoreError};

/// A page and how many there are on all pages.
#[derive(Debug)]
pub(super) struct Counted<T> {
    pub(super) page: Page<T, Place>,
    pub(super) total: i64,
}

/// Products by name.
pub(super) fn list_products(
    conn: &mut Conn,
    scope: &Scope,
    filter: &products::Filter,
    request: &PageRequest<Place>,
) -> Result<Counted<Product>, StoreError> {
    let total = products::count_products(conn, scope, filter)?;
    let rows = products::list(conn, scope, filter, request)?;
    let place = |product: &Product| Place { name: product.name.clone(), major: product.id, minor: 0 };
    Ok(Counted { page: Page::from_rows(rows, request, place), total })
}

/// A product and its versions, newest first as its ecosystem compares them, as they are or were installed.
pub(super) fn get_product(
    conn: &mut Conn,
    seen: (&Scope, Option<Timestamp>),
    id: i32,
) -> Result<(Product, Vec<Version>), Error> {
    let product = products::find(conn, seen, id)?.ok_or(Error::NotFound)?;
    let mut versions = products::list_versions(conn, seen, id)?;
    versions.sort_by(|left, right| {
        let (newer, older) =
            (VersionKey::new(&product.ecosystem, &right.text), VersionKey::new(&product.ecosystem, &left.text));
        newer.cmp(&older).then_with(|| left.architecture.cmp(&right.architecture))
    });
    Ok((product, versions))
}

/// Which installations of a product.
#[derive(Debug, Clone)]
pub(super) struct Installed {
    /// The product.
    pub(super) id: i32,
    /// In versions that relate to this one.
    pub(super) wanted: Option<Wanted>,
    /// A part of the item's name.
    pub(super) q: Option<String>,
    /// As of then; now unless said.
    pub(super) as_of: Option<Timestamp>,
}

/// Where a product is installed or was.
pub(super) fn list_installations(
    conn: &mut Conn,
    scope: &Scope,
    asked: &Installed,
    request: &PageRequest<Place>,
) -> Result<Counted<Installation>, Error> {
    let (ecosystem, versions) = products::find_ever(conn, scope, asked.id)?.ok_or(Error::NotFound)?;
    let versions = asked.wanted.as_ref().map(|wanted| fitting(&ecosystem, versions, wanted));
    let (q, as_of) = (asked.q.clone(), asked.as_of);
    let filter = installations::Filter { product: asked.id, versions, q, as_of };
    let (rows, total) = installations::list(conn, scope, &filter, request)?;
    let place = |one: &Installation| Place { name: one.row.1.clone(), major: one.row.0, minor: one.version_id };
    Ok(Counted { page: Page::from_rows(rows, request, place), total })
}

/// What is installed on an item.
pub(super) fn list_packages(
    conn: &mut Conn,
    scope: &Scope,
    (id, as_of, q): (CiId, Option<Timestamp>, Option<String>),
    request: &PageRequest<Place>,
) -> Result<Counted<Package>, Error> {
    let row = row::find_at(conn, scope, id, as_of)?.ok_or(Error::NotFound)?;
    let records = Records::of(conn, &[row.key], as_of)?.keys();
    let ci_key = software_record(conn, row.key, &records)?;
    let filter = PackageFilter { ci_key, q, at: as_of.unwrap_or(NOW) };
    let (rows, total) = installations::list_packages(conn, &filter, request)?;
    let place = |one: &Package| Place { name: one.name.clone(), major: one.product_id, minor: one.version_id };
    Ok(Counted { page: Page::from_rows(rows, request, place), total })
}

/// The versions that relate to the wanted one as wanted.
fn fitting(ecosystem: &str, versions: Vec<(i32, String)>, wanted: &Wanted) -> Vec<i32> {
    let key = VersionKey::new(ecosystem, &wanted.version);
    let fits = |(_, text): &(i32, String)| wanted.comparison.holds(&VersionKey::new(ecosystem, text), &key);
    versions.into_iter().filter(fits).map(|(id, _)| id).collect()
}
