//! Lists of software as files.

use actix_web::HttpResponse;
use jiff::Timestamp;
use serde_json::Value;

use crate::api::kit::export::{self, Column, Format, Rows};
use crate::api::kit::problem::Problem;
use crate::catalogue::model::{Installation, Package, Place, Product};
use crate::catalogue::product::store::Filter;
use crate::catalogue::service::{self, Installed};
use crate::cmdb::error::Error;
use crate::kernel::id::CiId;
use crate::kernel::scope::Scope;
use crate::store::{Store, StoreError};

fn named(names: &[&str]) -> Vec<Column> {
    names.iter().map(|name| Column::plain(name)).collect()
}

pub(super) async fn products(
    format: Format,
    store: &Store,
    scope: Scope,
    filter: Filter,
) -> Result<HttpResponse, Problem> {
    let read = export::from_store(store, move |conn, request| {
        let found = service::list_products(conn, &scope, &filter, request)?;
        Ok::<Rows<Place>, StoreError>(found.page.map(|product| {
            let Product { id, ecosystem, name, vendor, hosts, versions } = product;
            vec![id.into(), ecosystem.into(), name.into(), vendor.into(), hosts.into(), versions.into()]
        }))
    });
    let columns = named(&["id", "ecosystem", "name", "vendor", "hosts", "versions"]);
    export::respond(format, "software", columns, read).await
}

pub(super) async fn installations(
    format: Format,
    store: &Store,
    scope: Scope,
    asked: Installed,
) -> Result<HttpResponse, Problem> {
    let read = export::from_store(store, move |conn, request| {
        let found = service::list_installations(conn, &scope, &asked, request)?;
        Ok::<Rows<Place>, Error>(found.page.map(|one: Installation| -> Vec<Value> {
            let (ci, since) = (one.ci_id.to_string(), one.since.to_string());
            vec![
                ci.into(),
                one.ci_name.into(),
                one.ci_class.into(),
                one.version.into(),
                one.architecture.into(),
                since.into(),
            ]
        }))
    });
    let columns = named(&["ci_id", "ci_name", "ci_class", "version", "architecture", "since"]);
    export::respond(format, "installations", columns, read).await
}

pub(super) async fn packages(
    format: Format,
    store: &Store,
    scope: Scope,
    (id, as_of, q): (CiId, Option<Timestamp>, Option<String>),
) -> Result<HttpResponse, Problem> {
    let read = export::from_store(store, move |conn, request| {
        let found = service::list_packages(conn, &scope, (id, as_of, q.clone()), request)?;
        Ok::<Rows<Place>, Error>(found.page.map(|one: Package| -> Vec<Value> {
            let since = one.valid_from.to_string();
            vec![
                one.ecosystem.into(),
                one.name.into(),
                one.version.into(),
                one.architecture.into(),
                one.source.into(),
                one.vendor.into(),
                since.into(),
            ]
        }))
    });
    let columns = named(&["ecosystem", "name", "version", "architecture", "source", "vendor", "since"]);
    export::respond(format, "packages", columns, read).await
}
