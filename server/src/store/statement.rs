//! Statements whose text is fixed: each connection prepares one once and keeps it, which diesel does not do for
//! [`diesel::sql_query`], whose text could be another every time.

use std::marker::PhantomData;

use diesel::backend::{Backend, DieselReserveSpecialization};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, Untyped};
use diesel::{QueryResult, RunQueryDsl};

/// A statement, with its places for values as the database at hand numbers them.
#[derive(Debug, Clone, Copy)]
#[must_use = "a statement does nothing until it is executed or loaded"]
pub struct Statement(&'static str);

/// A statement with a value more.
#[derive(Debug, Clone, Copy)]
#[must_use = "a statement does nothing until it is executed or loaded"]
pub struct Bound<Before, Value, Type> {
    before: Before,
    value: Value,
    of_type: PhantomData<Type>,
}

/// A statement in the words of the database at hand.
pub const fn statement(sql: &'static str) -> Statement {
    Statement(sql)
}

impl Statement {
    /// The value of the first place.
    pub const fn bind<Type, Value>(self, value: Value) -> Bound<Self, Value, Type> {
        Bound { before: self, value, of_type: PhantomData }
    }
}

impl<Before, Value, Type> Bound<Before, Value, Type> {
    /// The value of the next place.
    pub const fn bind<NextType, Next>(self, value: Next) -> Bound<Self, Next, NextType> {
        Bound { before: self, value, of_type: PhantomData }
    }
}

impl<DB: Backend + DieselReserveSpecialization> QueryFragment<DB> for Statement {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

impl<DB, Before, Value, Type> QueryFragment<DB> for Bound<Before, Value, Type>
where
    DB: Backend + HasSqlType<Type> + DieselReserveSpecialization,
    Before: QueryFragment<DB>,
    Value: ToSql<Type, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.before.walk_ast(out.reborrow())?;
        out.push_bind_param_value_only(&self.value)
    }
}

/// The text tells one statement from another.
impl QueryId for Statement {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Before, Value, Type> QueryId for Bound<Before, Value, Type> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Statement {
    type SqlType = Untyped;
}

impl<Before, Value, Type> Query for Bound<Before, Value, Type> {
    type SqlType = Untyped;
}

impl<Conn> RunQueryDsl<Conn> for Statement {}

impl<Conn, Before, Value, Type> RunQueryDsl<Conn> for Bound<Before, Value, Type> {}
