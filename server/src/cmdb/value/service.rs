//! Who says what of an item, and what may be done about it.

use jiff::Timestamp;

use super::said::{self, Account};
use super::settle::Settler;
use crate::cmdb::error::Error;
use crate::cmdb::item::row;
use crate::cmdb::merge::records::Records;
use crate::cmdb::model::action::{Refusal, Standing, ValueAction};
use crate::cmdb::model::attribute::Attribute;
use crate::cmdb::model::class::ROOT;
use crate::cmdb::model::source::SourceName;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::CiId;
use crate::kernel::scope::Scope;
use crate::store::Conn;

/// What may be done about an attribute, and why not.
pub type Actions = Vec<(ValueAction, Result<(), Refusal>)>;

/// Everything that is said of an item.
#[derive(Debug)]
pub struct Accounts {
    /// Each attribute of its class, those first of which anybody says anything.
    pub accounts: Vec<(Account, Actions)>,
    /// The item's version.
    pub version: i32,
}

/// Everything that is said of an item, now or then.
pub fn accounts(
    conn: &mut Conn,
    ctx: &Ctx,
    writable: &Scope,
    id: CiId,
    as_of: Option<Timestamp>,
) -> Result<Accounts, Error> {
    let row = row::find_at(conn, &ctx.scope, id, as_of)?.ok_or(Error::NotFound)?;
    let settler = Settler::load(conn, ctx.now)?;
    let lifecycle = settler.book.attribute(ROOT, "lifecycle").map(|attribute| attribute.id);
    let may_write = writable.contains(row.organisation_id);
    let actions = |account: &Account| -> Actions {
        // What is said of a row that is part of the item can be taken back when it is no part any more.
        let own = |source: SourceName| {
            let stated = account.statements.iter().map(|one| &one.signed.stated);
            stated.filter(|one| one.ci_key == row.key).any(|one| one.source == source)
        };
        let is_lifecycle = Some(account.attribute_id) == lifecycle;
        let (is_pinned, is_said) = (own(SourceName::PIN), own(SourceName::PERSON));
        let standing = Standing { is_lifecycle, is_pinned, is_said };
        let verdict = |action: ValueAction| {
            if may_write { action.check(row.lifecycle, standing) } else { Err(Refusal::NeedsPermission) }
        };
        ValueAction::ALL.into_iter().map(|action| (action, verdict(action))).collect()
    };
    let records = Records::of(conn, &[row.key], as_of)?.keys();
    let of = (row.key, row.class.as_str());
    let mut accounts = said::load(conn, (&settler, &ctx.scope), of, &records, as_of)?;
    let silent = |attribute: &&Attribute| accounts.iter().all(|one| one.attribute_id != attribute.id);
    let silent: Vec<&Attribute> = settler.book.attributes_of(&row.class).into_iter().filter(silent).collect();
    accounts.extend(silent.into_iter().filter_map(|one| said::unsaid(&settler, of, one.id)));
    let accounts = accounts.into_iter().map(|account| (account.clone(), actions(&account))).collect();
    Ok(Accounts { accounts, version: row.version })
}
