//! `access_user` and `access_grant`.

use std::collections::HashMap;

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use jiff::Timestamp;

use crate::access::model::account::{Language, Theme};
use crate::access::model::reach::Grant;
use crate::access::model::user::{NamedGrant, NewUser, User};
use crate::kernel::id::UserId;
use crate::kernel::page::PageRequest;
use crate::kernel::permission::{Role, UnknownName};
use crate::kernel::scope::Scope;
use crate::store::column::{At, Key16};
use crate::store::dialect::{contains_pattern, lower, storable};
use crate::store::schema::{access_grant as g, access_organisation as o, access_user as u};
use crate::store::{Conn, Inconsistent, StoreError};

#[derive(Queryable, Selectable)]
#[diesel(table_name = u)]
struct UserRow {
    id: Key16,
    login: String,
    display_name: String,
    language: String,
    time_zone: String,
    theme: String,
    enabled: bool,
    version: i32,
    created_at: At,
    last_login_at: Option<At>,
    second_factor_at: Option<At>,
}

impl UserRow {
    fn into_user(self, grants: Vec<NamedGrant>) -> Result<User, Inconsistent> {
        let wrong = |column, value: &str| Inconsistent {
            table: "access_user",
            column,
            row: self.id.0.to_string(),
            value: value.to_owned(),
        };
        let language = Language::from_name(&self.language).ok_or_else(|| wrong("language", &self.language))?;
        let theme = Theme::from_name(&self.theme).ok_or_else(|| wrong("theme", &self.theme))?;
        Ok(User {
            id: self.id.into(),
            login: self.login,
            display_name: self.display_name,
            language,
            time_zone: self.time_zone,
            theme,
            enabled: self.enabled,
            version: self.version,
            created_at: self.created_at.0,
            last_login_at: self.last_login_at.map(Timestamp::from),
            second_factor_at: self.second_factor_at.map(Timestamp::from),
            grants,
        })
    }
}

/// What a password is checked against.
pub(in crate::access) struct Credentials {
    pub id: UserId,
    pub display_name: String,
    pub enabled: bool,
    pub password_hash: Option<String>,
}

/// Every user that is named in `rows`, with grants: two queries however many there are.
fn with_grants(conn: &mut Conn, rows: Vec<UserRow>) -> Result<Vec<User>, StoreError> {
    let ids: Vec<Key16> = rows.iter().map(|row| row.id).collect();
    let mut grants = grants_of(conn, &ids)?;
    let users = rows.into_iter().map(|row| {
        let own = grants.remove(&row.id).unwrap_or_default();
        row.into_user(own)
    });
    Ok(users.collect::<Result<_, _>>()?)
}

fn grants_of(conn: &mut Conn, users: &[Key16]) -> Result<HashMap<Key16, Vec<NamedGrant>>, StoreError> {
    let rows: Vec<(Key16, String, Key16, String)> = g::table
        .inner_join(o::table)
        .filter(g::user_id.eq_any(users))
        .order((g::user_id, o::name, g::organisation_id, g::role))
        .select((g::user_id, g::role, g::organisation_id, o::name))
        .load(conn)?;
    let mut grants: HashMap<Key16, Vec<NamedGrant>> = HashMap::new();
    for (user, role, organisation, organisation_name) in rows {
        let role: Role = role.parse().map_err(|UnknownName(value)| Inconsistent {
            table: "access_grant",
            column: "role",
            row: user.0.to_string(),
            value,
        })?;
        let grant = Grant { role, organisation: organisation.into() };
        grants.entry(user).or_default().push(NamedGrant { grant, organisation_name });
    }
    Ok(grants)
}

/// The user, wherever its grants are.
pub(in crate::access) fn find(conn: &mut Conn, id: UserId) -> Result<Option<User>, StoreError> {
    let rows = u::table.find(Key16::from(id)).select(UserRow::as_select()).load(conn)?;
    Ok(with_grants(conn, rows)?.pop())
}

pub(in crate::access) fn find_by_login(conn: &mut Conn, folded: &str) -> Result<Option<User>, StoreError> {
    let rows = u::table.filter(u::login_folded.eq(storable(folded))).select(UserRow::as_select()).load(conn)?;
    Ok(with_grants(conn, rows)?.pop())
}

pub(in crate::access) fn find_credentials(conn: &mut Conn, folded: &str) -> QueryResult<Option<Credentials>> {
    let columns = (u::id, u::display_name, u::enabled, u::password_hash);
    let row: Option<(Key16, String, bool, Option<String>)> =
        u::table.filter(u::login_folded.eq(storable(folded))).select(columns).first(conn).optional()?;
    Ok(row.map(|(id, display_name, enabled, password_hash)| Credentials {
        id: id.into(),
        display_name,
        enabled,
        password_hash,
    }))
}

/// A page of the users in scope, by login. A user is in scope who has grants there and nowhere else.
pub(in crate::access) fn list(
    conn: &mut Conn,
    scope: &Scope,
    search: Option<&str>,
    page: &PageRequest<String>,
) -> Result<Vec<(String, User)>, StoreError> {
    let mut query = u::table.select((u::login_folded, UserRow::as_select())).into_boxed();
    if let Some(organisations) = scope.organisations() {
        let inside: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
        let own = || g::table.filter(g::user_id.eq(u::id));
        query = query
            .filter(exists(own().filter(g::organisation_id.eq_any(inside.clone()))))
            .filter(not(exists(own().filter(g::organisation_id.ne_all(inside)))));
    }
    if let Some(search) = search {
        let pattern = contains_pattern(&storable(&search.to_lowercase()));
        let login = u::login_folded.like(pattern.clone()).escape('\\');
        query = query.filter(login.or(lower(u::display_name).like(pattern).escape('\\')));
    }
    if let Some(after) = &page.after {
        query = query.filter(u::login_folded.gt(after));
    }
    let rows: Vec<(String, UserRow)> = query.order(u::login_folded).limit(page.rows_to_fetch()).load(conn)?;
    let (logins, rows): (Vec<String>, Vec<UserRow>) = rows.into_iter().unzip();
    Ok(logins.into_iter().zip(with_grants(conn, rows)?).collect())
}

pub(in crate::access) fn exists_any(conn: &mut Conn) -> QueryResult<bool> {
    diesel::select(exists(u::table.select(u::id))).get_result(conn)
}

pub(in crate::access) fn exists_login(conn: &mut Conn, folded: &str) -> QueryResult<bool> {
    diesel::select(exists(u::table.filter(u::login_folded.eq(folded)))).get_result(conn)
}

/// The administrators of the whole installation who can sign in.
pub(in crate::access) fn list_administrators(conn: &mut Conn) -> QueryResult<Vec<UserId>> {
    let at_root = g::table
        .inner_join(o::table)
        .filter(g::user_id.eq(u::id))
        .filter(g::role.eq(Role::Administrator.name()))
        .filter(o::parent_id.is_null());
    let can_sign_in = u::table.filter(u::enabled.eq(true).and(u::password_hash.is_not_null()));
    let ids: Vec<Key16> = can_sign_in.filter(exists(at_root)).select(u::id).load(conn)?;
    Ok(ids.into_iter().map(UserId::from).collect())
}

pub(in crate::access) fn insert(conn: &mut Conn, id: UserId, user: &NewUser, now: Timestamp) -> QueryResult<()> {
    diesel::insert_into(u::table)
        .values((
            (u::id.eq(Key16::from(id)), u::login.eq(&user.login.shown), u::login_folded.eq(&user.login.folded)),
            (u::display_name.eq(storable(&user.display_name)), u::language.eq(user.language.name())),
            (u::time_zone.eq(""), u::theme.eq(Theme::System.name())),
            (u::enabled.eq(true), u::version.eq(1), u::created_at.eq(At(now))),
        ))
        .execute(conn)?;
    insert_grants(conn, id, &user.grants)
}

fn insert_grants(conn: &mut Conn, id: UserId, grants: &[Grant]) -> QueryResult<()> {
    for grant in grants {
        let organisation = Key16::from(grant.organisation);
        let values =
            (g::user_id.eq(Key16::from(id)), g::role.eq(grant.role.name()), g::organisation_id.eq(organisation));
        diesel::insert_into(g::table).values(values).execute(conn)?;
    }
    Ok(())
}

pub(in crate::access) fn replace_grants(conn: &mut Conn, id: UserId, grants: &[Grant]) -> QueryResult<()> {
    diesel::delete(g::table.filter(g::user_id.eq(Key16::from(id)))).execute(conn)?;
    insert_grants(conn, id, grants)
}

/// Writes what can change of a user, if it still has the version it had; tells whether it had.
pub(in crate::access) fn update(conn: &mut Conn, user: &User) -> QueryResult<bool> {
    let unchanged = u::table.filter(u::id.eq(Key16::from(user.id)).and(u::version.eq(user.version)));
    let written = diesel::update(unchanged)
        .set((
            u::display_name.eq(storable(&user.display_name)),
            u::language.eq(user.language.name()),
            u::time_zone.eq(&user.time_zone),
            u::theme.eq(user.theme.name()),
            u::enabled.eq(user.enabled),
            u::version.eq(user.version.wrapping_add(1)),
        ))
        .execute(conn)?;
    Ok(written == 1)
}

pub(in crate::access) fn set_password(conn: &mut Conn, id: UserId, hash: &str) -> QueryResult<()> {
    diesel::update(u::table.find(Key16::from(id))).set(u::password_hash.eq(hash)).execute(conn).map(drop)
}

pub(in crate::access) fn note_login(conn: &mut Conn, id: UserId, now: Timestamp) -> QueryResult<()> {
    diesel::update(u::table.find(Key16::from(id))).set(u::last_login_at.eq(At(now))).execute(conn).map(drop)
}
