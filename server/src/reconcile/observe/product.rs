//! Which well-known product a software instance is.

use std::cmp::Reverse;

use terrier_shared::latest::section::processes::Owner;
use terrier_shared::latest::section::products::Product;

use crate::reconcile::attribute::instance;
use crate::reconcile::inventory::Inventory;
use crate::reconcile::value::{Values, optional_text, readable};

/// What runs something else: of an application server and its runtime in one unit, the former says what it is.
const RUNTIME: &str = "runtime";

/// What the products say of the instance whose main owner this is, by its lasting unit and its executable; nothing
/// where there is no such section.
pub(super) fn values(inventory: &Inventory, owner: &Owner, unit: Option<&str>, executable: Option<&str>) -> Values {
    let Some(section) = &inventory.products else { return Values::new() };
    let product = section
        .products
        .iter()
        .filter(|product| is_of(product, owner, unit, executable))
        .min_by_key(|product| (Reverse(is_at(product, executable)), product.role == RUNTIME, *product));
    let said = |of: fn(&Product) -> Option<&str>| optional_text(product.and_then(of));
    vec![
        (instance("product"), said(|product| Some(&product.name))),
        (instance("version"), said(|product| product.version.as_deref())),
        (instance("role"), said(|product| Some(&product.role))),
        (instance("member_role"), said(|product| product.member_role.as_deref())),
    ]
}

/// Instances are one per container, else per lasting unit, else per executable and user; so are the products in them.
fn is_of(product: &Product, owner: &Owner, unit: Option<&str>, executable: Option<&str>) -> bool {
    if product.container.is_some() || owner.container.is_some() {
        return product.container == owner.container;
    }
    match unit {
        Some(unit) => product.unit.as_deref() == Some(unit),
        None => is_at(product, executable) && product.user == owner.user,
    }
}

/// Whether the product is this executable or the directory it is in.
fn is_at(product: &Product, executable: Option<&str>) -> bool {
    let place = readable(&product.place);
    let place = place.trim_end_matches('/');
    let rest = executable.and_then(|path| path.strip_prefix(place));
    !place.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
