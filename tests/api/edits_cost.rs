//! What edits and tags cost the database.

use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};
use serde_json::{Value, json};
use terrier_server::cmdb::bulk::edit::turn;
use terrier_server::store::{Conn, StoreError};

use super::edits::prepare;
use crate::harness::register::{Caller, Register, on_both};
use crate::harness::statements::Statements;

/// Counts on every connection that writes.
fn watched(register: &Register) -> Statements {
    let counted = Statements::default();
    for _connection in 0..16 {
        let watch = |conn: &mut Conn| {
            counted.watch(conn);
            Ok::<_, StoreError>(())
        };
        register.store().write_blocking(watch).unwrap();
    }
    counted
}

/// How many statements it takes to prepare, to carry out and to take back an edit of so many.
async fn statements(register: &Register, size: usize) -> [usize; 3] {
    let items: Vec<Value> = (0..size)
        .map(|number| json!({"ci": {"class": "printer", "name": format!("p-{size}-{number}"), "owner": "lee"}}))
        .collect();
    assert_eq!(register.post(Caller::Keeper, "/bulk", &json!({"items": items})).await.status, 200);
    let counted = watched(register);
    let begun = counted.count();
    let body = json!({"filter": {"q": format!("name:p-{size}-*")}, "changes": {
        "owner": {"set": "kim"}, "tags": {"add": ["a"]}, "criticality": {"set": 1}}});
    let edit = prepare(register, Caller::Keeper, &body).await;
    assert_eq!(edit["totals"]["change"], size, "{edit}");
    let prepared = counted.count();
    let mut costs = [prepared - begun, 0, 0];
    for (place, action) in [(1, "apply"), (2, "undo")] {
        let path = format!("/cis/edits/{}/{action}", edit["id"].as_str().unwrap());
        assert_eq!(register.post(Caller::Keeper, &path, &json!({})).await.status, 200);
        let before = counted.count();
        assert!(turn::batch(register.store(), &register.clock).await.unwrap());
        costs[place] = counted.count() - before;
    }
    costs
}

#[test]
#[expect(clippy::print_stdout, reason = "it tells what it measured")]
fn a_batch_of_an_edit_costs_as_many_statements_however_many_items_are_in_it() {
    on_both(async |register| {
        let (few, many, full) =
            (statements(register, 3).await, statements(register, 100).await, statements(register, 500).await);
        println!("{:?}: 3: {few:?}, 100: {many:?}, 500: {full:?}", register.backend);
        assert!(few[1] > 10, "the counter counts: {few:?}");
        // A connection that is new asks what the database calls its types.
        let is_no_more = (0..3).all(|step| many[step] <= few[step] + 12 && full[step] <= few[step] + 12);
        assert!(is_no_more, "{few:?} {many:?} {full:?}");
    });
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    postgres: String,
}

#[derive(QueryableByName)]
struct Detail {
    #[diesel(sql_type = Text)]
    detail: String,
}

const BY_TAG: &str = "SELECT cmdb_ci.key FROM cmdb_ci WHERE cmdb_ci.key IN (SELECT coalesce(part.survivor_key, part.key) \
    FROM cmdb_tag tagged JOIN cmdb_ci part ON part.key = tagged.ci_key WHERE tagged.tag = 'rare')";
const BEGINNING: &str = "SELECT tagged.tag, count(*) FROM cmdb_tag tagged JOIN cmdb_ci c ON c.key = tagged.ci_key \
    WHERE tagged.tag >= 'ra' AND tagged.tag < 'rb' GROUP BY tagged.tag";

fn plan(conn: &mut Conn, sql: &str) -> Result<String, StoreError> {
    Ok(match conn {
        Conn::Sqlite(conn) => {
            let lines: Vec<Detail> = sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(conn)?;
            lines.into_iter().map(|line| line.detail).collect::<Vec<_>>().join("\n")
        }
        Conn::Postgres(conn) => {
            let lines: Vec<Line> = sql_query(format!("EXPLAIN {sql}")).load(conn)?;
            lines.into_iter().map(|line| line.postgres).collect::<Vec<_>>().join("\n")
        }
    })
}

#[test]
#[expect(clippy::print_stdout, reason = "it tells what it measured")]
fn tags_are_found_by_an_index() {
    on_both(async |register| {
        let items: Vec<Value> = (0..3_000)
            .map(|number| {
                let tags = if number == 7 { json!(["rare"]) } else { json!([format!("t{}", number % 40), "all"]) };
                json!({"ci": {"class": "printer", "name": format!("p-{number}"), "attributes": {"tags": tags}}})
            })
            .collect();
        assert_eq!(register.post(Caller::Keeper, "/bulk", &json!({"items": items})).await.status, 200);
        let plans = register.store().write_blocking::<_, StoreError>(|conn| {
            if let Conn::Postgres(conn) = conn {
                sql_query("ANALYZE cmdb_tag").execute(conn)?;
                sql_query("ANALYZE cmdb_ci").execute(conn)?;
            }
            Ok([plan(conn, BY_TAG)?, plan(conn, BEGINNING)?])
        });
        for plan in plans.unwrap() {
            println!("{:?}:\n{plan}", register.backend);
            let by_index = plan.contains("cmdb_tag_pkey") || plan.contains("SEARCH tagged USING PRIMARY KEY (tag");
            assert!(by_index, "{:?}: {plan}", register.backend);
        }
    });
}
