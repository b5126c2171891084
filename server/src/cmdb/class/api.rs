//! `GET /classes`.

use std::collections::BTreeMap;

use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;

use super::store;
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::problem::Problem;
use crate::cmdb::model::attribute::{Attribute, Label};
use crate::cmdb::model::class::{Class, ClassBook};
use crate::store::{Store, StoreError};

/// Every class of the installation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassList {
    items: Vec<ClassView>,
}

/// A class.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassView {
    name: String,
    parent: Option<String>,
    label: LabelView,
    /// Whether it only serves to be inherited from.
    r#abstract: bool,
    /// A letter.
    icon: String,
    /// `compute`, `network`, `data`, `app`, `service` or `org`.
    family: String,
    /// With the inherited ones, those of the most distant ancestor first.
    attributes: Vec<AttributeView>,
    /// Items of exactly this class in scope.
    count: i64,
}

/// An attribute.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AttributeView {
    name: String,
    label: LabelView,
    /// `text`, `integer`, `decimal`, `boolean`, `datetime`, `enum`, `bytes` or `list`.
    r#type: &'static str,
    unit: Option<String>,
    /// The class that defines it, if that is another one.
    inherited_from: Option<String>,
    /// What an `enum` chooses from.
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<ChoiceView>>,
}

/// A value of an `enum`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChoiceView {
    value: String,
    label: LabelView,
}

/// A word in both languages.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct LabelView {
    pub(crate) en: String,
    pub(crate) ko: String,
}

#[utoipa::path(get, path = "/classes", operation_id = "list_classes", tag = "cmdb",
    responses((status = 200, body = ClassList)))]
pub(crate) async fn list_classes(
    allowed: Allowed<may::CiRead>,
    store: web::Data<Store>,
) -> Result<web::Json<ClassList>, Problem> {
    let (book, counts) = store
        .read(move |conn| {
            Ok::<_, StoreError>((store::load_book(conn)?, store::count_by_class(conn, &allowed.ctx.scope)?))
        })
        .await?;
    let items = book.classes().iter().map(|class| class_view(&book, class, &counts)).collect();
    Ok(web::Json(ClassList { items }))
}

fn class_view(book: &ClassBook, class: &Class, counts: &BTreeMap<String, i64>) -> ClassView {
    let attributes = book.attributes_of(&class.name);
    ClassView {
        name: class.name.clone(),
        parent: class.parent.clone(),
        label: LabelView::from(&class.label),
        r#abstract: class.is_abstract,
        icon: class.icon.clone(),
        family: class.family.clone(),
        attributes: attributes.into_iter().map(|attribute| attribute_view(class, attribute)).collect(),
        count: counts.get(&class.name).copied().unwrap_or_default(),
    }
}

fn attribute_view(class: &Class, attribute: &Attribute) -> AttributeView {
    let choices = attribute.choices.iter();
    let values: Vec<_> = choices
        .map(|choice| ChoiceView { value: choice.value.clone(), label: LabelView::from(&choice.label) })
        .collect();
    AttributeView {
        name: attribute.name.clone(),
        label: LabelView::from(&attribute.label),
        r#type: attribute.kind.name(),
        unit: attribute.unit.clone(),
        inherited_from: (attribute.class != class.name).then(|| attribute.class.clone()),
        values: (!values.is_empty()).then_some(values),
    }
}

impl From<&Label> for LabelView {
    fn from(label: &Label) -> Self {
        Self { en: label.en.clone(), ko: label.ko.clone() }
    }
}
