//! The list as CSV.

use serde_json::json;

use crate::harness::register::{Caller, Register, on_both};

async fn export(register: &Register, query: &str) -> Vec<Vec<String>> {
    let answer = register.get(Caller::Keeper, &format!("/cis.csv?{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let text = answer.text();
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    let rows = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes()).into_records();
    rows.map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn an_export_holds_every_row_under_headers_in_either_language() {
    on_both(async |register| {
        for number in 0..450 {
            register.estate().host(register.branch, &format!("host-{number:03}"), &[("os_name", json!("Debian"))]);
        }
        let rows = export(register, "cols=name,class,organisation,os_name&lang=ko").await;
        assert_eq!(rows[0], ["이름", "클래스", "조직", "운영 체제"]);
        assert_eq!(rows.len(), 451);
        assert_eq!(rows[450], ["host-449", "physical_server", "Branch", "Debian"]);
        let rows = export(register, "cols=name,observation&q=host-00&sort=-name").await;
        assert_eq!(rows[0], ["Name", "Observation"]);
        assert_eq!((rows.len(), rows[1].as_slice()), (11, ["host-009".to_owned(), "live".to_owned()].as_slice()));
        assert_eq!(export(register, "class=printer").await.len(), 1, "only headers");
    });
}

#[test]
fn no_cell_is_a_formula() {
    on_both(async |register| {
        for name in ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "a,\"b\"\nc"] {
            register.create(&json!({"class": "printer", "name": name, "owner": "=1+1"})).await;
        }
        let rows = export(register, "cols=name,owner").await;
        let names: Vec<&str> = rows[1..].iter().map(|row| row[0].as_str()).collect();
        let expected = ["'\tx", "'\rx", "'+1", "'-1", "'=cmd|' /C calc'!A0", "'@SUM(A1)", "a,\"b\"\nc"];
        assert_eq!(names, expected, "{:?}", register.backend);
        assert!(rows[1..].iter().all(|row| row[1] == "'=1+1"));
    });
}

#[test]
fn a_wrong_column_or_language_is_refused_before_anything_is_sent() {
    on_both(async |register| {
        for (query, field) in [("cols=name,password_hash", "cols"), ("lang=fr", "lang"), ("class=submarine", "class")] {
            let answer = register.get(Caller::Keeper, &format!("/cis.csv?{query}")).await;
            assert_eq!((answer.status, answer.faults()[0].0.as_str()), (422, field), "{query}");
        }
        assert_eq!(register.get(Caller::Keeper, "/cis.csv?limit=5").await.code(), "malformed_request");
        assert_eq!(register.get(Caller::Powerless, "/cis.csv").await.code(), "forbidden");
    });
}

#[test]
fn an_export_holds_what_is_in_scope_only() {
    on_both(async |register| {
        register.estate().host(register.branch, "ours", &[]);
        register.estate().host(register.subsidiary, "theirs", &[]);
        let text = register.get(Caller::BranchKeeper, "/cis.csv").await.text();
        assert!(text.contains("ours") && !text.contains("theirs"), "{text}");
    });
}
