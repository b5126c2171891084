//! `GET /tags`.

use actix_web::web;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store;
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::json::Query;
use crate::api::kit::problem::Problem;
use crate::cmdb::error::{Error, FieldFault};
use crate::cmdb::model::tag::written_alike;
use crate::kernel::page::{LIMIT_DEFAULT, LIMIT_MAX};
use crate::store::Store;

/// Which tags.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TagQuery {
    /// What they begin with.
    prefix: Option<String>,
    /// 1 to 200; 50 unless said.
    limit: Option<u32>,
}

/// A tag in use.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TagView {
    tag: String,
    /// How many items in scope have it.
    cis: i64,
}

/// Tags in use, those that most items have first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TagList {
    items: Vec<TagView>,
}

#[utoipa::path(get, path = "/tags", operation_id = "list_tags", tag = "cmdb", params(TagQuery),
    responses((status = 200, body = TagList)))]
pub(crate) async fn list_tags(
    allowed: Allowed<may::CiRead>,
    Query(asked): Query<TagQuery>,
    store: web::Data<Store>,
) -> Result<web::Json<TagList>, Problem> {
    let limit = asked.limit.unwrap_or(LIMIT_DEFAULT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        let fault = FieldFault::new("limit", "out_of_range", format!("1 to {LIMIT_MAX}"));
        return Err(Error::from(FieldFault { limit: Some(i64::from(LIMIT_MAX)), ..fault }).into());
    }
    let begin = asked.prefix.as_deref().map(written_alike).unwrap_or_default();
    let found = store
        .read(move |conn| Ok::<_, Error>(store::list(conn, &allowed.ctx.scope, &begin, i64::from(limit))?))
        .await?;
    Ok(web::Json(TagList { items: found.into_iter().map(|(tag, cis)| TagView { tag, cis }).collect() }))
}
