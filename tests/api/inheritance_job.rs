//! The job that keeps up to date what items inherit: what a batch costs, one that breaks off, and what is not looked at.

use diesel::prelude::*;
use serde_json::{Value, json};
use terrier_server::cmdb::inheritance::{job, look_at_everything};
use terrier_server::cmdb::shipped;
use terrier_server::kernel::ctx::Ctx;
use terrier_server::store::column::{At, Key16};
use terrier_server::store::schema::cmdb_ci;
use terrier_server::store::{Conn, StoreError};

use super::inheritance::{building, owner, say, settle, waiting};
use crate::harness::register::{Caller, Register, on_both};
use crate::harness::statements::Statements;

/// How many statements the largest batch takes that works off what is below a host with so many filesystems.
async fn statements(register: &Register, size: usize) -> (usize, usize) {
    let host = register.estate().host(register.root, &format!("of-{size}"), &[]);
    let (organisation, now) = (Key16::from(register.root), At(register.clock.now()));
    let insert = |conn: &mut Conn| {
        for number in 0..size {
            let (id, name) = (Key16(register.clock.new_id::<()>().uuid()), format!("/srv/{number}"));
            diesel::insert_into(cmdb_ci::table)
                .values((
                    (cmdb_ci::id.eq(id), cmdb_ci::class.eq("filesystem"), cmdb_ci::name.eq(&name)),
                    (cmdb_ci::parent_key.eq(host.key), cmdb_ci::local_id.eq(&name), cmdb_ci::lifecycle.eq("in_use")),
                    (cmdb_ci::organisation_id.eq(organisation), cmdb_ci::version.eq(1), cmdb_ci::created_at.eq(now)),
                ))
                .execute(conn)?;
        }
        Ok::<_, StoreError>(())
    };
    register.store().write_blocking(insert).unwrap();
    settle(register);
    say(
        register,
        host,
        &json!({"owner": format!("of-{size}"), "support_team": "a", "criticality": 1, "environment": "test"}),
    )
    .await;
    let (mut most, mut batches) = (0, 0);
    loop {
        let (statements, ctx) = (Statements::default(), Ctx::system(&register.clock));
        let batch = |conn: &mut Conn| {
            statements.watch(conn);
            job::batch(conn, &ctx)
        };
        if register.store().write_blocking(batch).unwrap() == 0 {
            return (most, batches);
        }
        most = most.max(statements.count());
        batches += 1;
    }
}

#[test]
fn two_thousand_items_take_as_many_statements_a_batch_as_two() {
    on_both(async |register| {
        let (few, _) = statements(register, 2).await;
        let (many, batches) = statements(register, 2_000).await;
        assert_eq!(many, few, "{:?}", register.backend);
        assert!(few < 60 && (10..20).contains(&batches), "{few} statements, {batches} batches");
        let found = register.read(Caller::Keeper, "/cis?q=owner:of-2000&limit=1").await;
        assert_eq!(found["total"], 2_001);
    });
}

#[test]
fn a_batch_that_does_not_come_to_its_end_is_done_again_and_nothing_is_noted_of_what_stays_as_it_is() {
    on_both(async |register| {
        let [.., rack, server, disk] = building(register).await;
        let batch = |commits: bool| {
            let ctx = Ctx::system(&register.clock);
            let work = move |conn: &mut Conn| {
                job::batch(conn, &ctx)?;
                if commits { Ok(()) } else { Err(StoreError::Stopped("killed".to_owned())) }
            };
            register.store().write_blocking(work)
        };
        let before = waiting(register);
        assert!(batch(false).is_err());
        assert_eq!(waiting(register), before);
        assert_eq!(owner(register, disk).await.0, Value::Null);
        batch(true).unwrap();
        settle(register);
        assert_eq!(owner(register, disk).await.0, "facility");
        assert_eq!(waiting(register), 0);
        for body in [json!({"name": "rack-33"}), json!({"attributes": {"height_units": 42}})] {
            assert_eq!(say(register, rack, &body).await.status, 200);
        }
        let revision = register.estate().revision(server.key, register.clock.now());
        register.estate().says(server.key, revision, register.clock.now(), "os_name", &json!("Debian"));
        register.estate().heard(server);
        assert_eq!(waiting(register), 0, "nothing of this is passed on");
    });
}

#[test]
fn what_counts_as_containment_is_looked_at_anew_when_a_version_brings_it() {
    on_both(async |register| {
        let [.., server, disk] = building(register).await;
        settle(register);
        assert_eq!(owner(register, disk).await.0, "facility");
        let forget = |conn: &mut Conn| {
            diesel::sql_query("UPDATE cmdb_relation_type SET containment = NULL").execute(conn)?;
            look_at_everything(conn)
        };
        register.store().write_blocking(forget).unwrap();
        settle(register);
        assert_eq!(owner(register, disk).await.0, Value::Null, "{:?}", register.backend);
        register.store().write_blocking(shipped::install).unwrap();
        settle(register);
        assert_eq!(owner(register, server).await, (json!("facility"), json!("Seoul")));
        assert_eq!(owner(register, disk).await.0, "facility");
        register.store().write_blocking(shipped::install).unwrap();
        assert_eq!(waiting(register), 0, "once");
    });
}
