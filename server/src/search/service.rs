//! Searching.

use std::collections::BTreeMap;

use super::ask::{Ask, Group, Hit};
use super::provider::{ALL, Cis, Provider as _};
use crate::cmdb::error::{Error, FieldFault};
use crate::cmdb::list::{self, RawFilter, Sort};
use crate::cmdb::model::observation::Freshness;
use crate::cmdb::query::{Expr, parse};
use crate::cmdb::text;
use crate::index::change;
use crate::index::model::judge::judge;
use crate::index::model::term::Term;
use crate::kernel::ctx::Ctx;
use crate::kernel::page::PageRequest;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::Conn;

/// Who searches, and where he may see what.
#[derive(Debug, Clone)]
pub(super) struct Searcher {
    pub(super) ctx: Ctx,
    pub(super) permissions: BTreeMap<Permission, Scope>,
    pub(super) freshness: Freshness,
}

/// What was found.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) groups: Vec<Group>,
    /// About how many changes are not searched yet.
    pub(super) waiting: i64,
}

impl Searcher {
    /// The context of a permission, if the caller holds it anywhere.
    pub(super) fn reaching(&self, permission: Permission) -> Option<Ctx> {
        self.permissions.get(&permission).map(|scope| self.ctx.clone().reaching(scope.clone()))
    }

    /// Whether the caller may see anything that can be found.
    pub(super) fn sees_anything(&self) -> bool {
        ALL.iter().any(|provider| self.permissions.contains_key(&provider.permission()))
    }

    /// Searches for texts among everything, and for filters among items; at another time than now among items alone,
    /// for only of those it is kept what they were.
    pub(super) fn search(
        &self,
        conn: &mut Conn,
        (query, as_of): (&str, Option<&str>),
        most: usize,
    ) -> Result<Answer, Error> {
        let read = parse(query).map_err(FieldFault::from)?;
        let whole = read.texts().join(" ");
        let terms: Vec<Term> = read.texts().into_iter().filter_map(Term::new).collect();
        let waiting = change::waiting(conn)?;
        let mut groups = Vec::new();
        if is_text(&read) && as_of.is_none() {
            for provider in ALL {
                if let Some(ctx) = self.reaching(provider.permission()) {
                    groups.push(provider.find(conn, &Ask { ctx: &ctx, terms: &terms, whole: &whole, most })?);
                }
            }
        } else if let Some(ctx) = self.reaching(Permission::CiRead) {
            groups.push(self.filtered(conn, (query, as_of), &Ask { ctx: &ctx, terms: &terms, whole: &whole, most })?);
        }
        groups.retain(|group| !group.hits.is_empty());
        Ok(Answer { groups, waiting })
    }

    /// Items that a query with filters finds.
    fn filtered(&self, conn: &mut Conn, (query, as_of): (&str, Option<&str>), ask: &Ask<'_>) -> Result<Group, Error> {
        let (q, as_of) = (Some(query.to_owned()), as_of.map(str::to_owned));
        let filter = RawFilter { q, as_of, ..RawFilter::default() };
        let request = PageRequest { limit: u32::try_from(ask.most).unwrap_or(u32::MAX), after: None };
        let found = list::page(conn, ask.ctx, self.freshness, (&filter, Sort::DEFAULT), &request)?;
        let keys: Vec<i32> = found.page.items.iter().map(|one| one.key).collect();
        let texts = text::load(conn, &keys)?;
        let hit = |one: crate::cmdb::item::summary::CiSummary| {
            let fields = texts.iter().find(|texts| texts.item == one.key);
            // Why it was found is told of what it is now.
            let fields = fields.filter(|_| filter.as_of.is_none());
            let verdict = fields.and_then(|texts| judge(&texts.fields, ask.terms, ask.whole));
            let (class, within) = (Some(one.class), one.parent.map(|parent| parent.name));
            Hit { class, within, verdict, ..Hit::named(ask, one.id.to_string(), &one.name) }
        };
        let more = found.page.next.is_some();
        let hits = found.page.items.into_iter().map(hit).collect();
        Ok(Group { more, ..Group::of(Cis.kind(), hits, ask.most) })
    }
}

/// Whether nothing but texts is asked for.
fn is_text(query: &Expr) -> bool {
    match query {
        Expr::All(parts) => parts.iter().all(is_text),
        Expr::Text(_) => true,
        Expr::Any(_) | Expr::Not(_) | Expr::Filter(_) => false,
    }
}
