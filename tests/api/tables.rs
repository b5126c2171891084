//! Tables that come in and go out.

use serde_json::{Value, json};

use crate::harness::register::{Answer, Caller, Register, encoded, on_both};

async fn import(register: &Register, file: &[u8], mapping: &Value, more: &str) -> Answer {
    let path = format!("/imports/tables?mapping={}{more}", encoded(&mapping.to_string()));
    register.upload(Caller::Keeper, &path, file, &[]).await
}

async fn inspect(register: &Register, file: &[u8], query: &str) -> Value {
    let answer = register.upload(Caller::Keeper, &format!("/imports/tables/inspect{query}"), file, &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// An import of so many new hosts; its id.
pub(super) async fn import_of(register: &Register, hosts: usize) -> String {
    let rows = (0..hosts).map(|number| format!("host-{number}")).collect::<Vec<_>>().join("\n");
    let mapping = json!({"columns": [column("Name", "name")], "class": "host"});
    let answer = import(register, format!("Name\n{rows}").as_bytes(), &mapping, "").await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["import"]["id"].as_str().unwrap().to_owned()
}

fn column(name: &str, to: &str) -> Value {
    json!({"column": name, "to": [to]})
}

fn outcomes(report: &Value) -> Vec<&str> {
    report["items"].as_array().unwrap().iter().map(|item| item["outcome"].as_str().unwrap()).collect()
}

const SERVERS: &str = "Asset number;Name;Serial number;Owner;Rack;CPU\r\n\
    A-1;web-1;S1;kim;rack-1;4\r\nA-2;=cmd;S2;lee;rack-1;many\r\nA-3;web-3;S3;;rack-9;8\r\n";

fn servers() -> Value {
    json!({"class": "physical_server", "source": "import", "columns": [
        {"column": "Asset number", "to": ["key"]},
        column("Name", "name"), column("Serial number", "serial_number"), column("Owner", "owner"),
        {"column": "Rack", "to": ["relation:located_in"], "by": "name"},
    ]})
}

#[test]
fn a_table_says_row_by_row_what_it_would_do_then_does_it_and_then_has_nothing_left_to_do() {
    on_both(async |register| {
        register.create(&json!({"class": "rack", "name": "rack-1"})).await;
        let preview = import(register, SERVERS.as_bytes(), &servers(), "&dry_run=true").await;
        assert_eq!(preview.status, 200, "{}", preview.text());
        let preview = preview.json();
        assert_eq!((&preview["dry_run"], &preview["format"]), (&json!(true), &json!("csv")));
        assert_eq!(outcomes(&preview), ["created", "created", "created"], "{preview}");
        assert_eq!(preview["items"][2]["line"], 4);
        assert_eq!(preview["items"][2]["errors"][0]["field"], "Rack", "there is no rack-9: {preview}");
        assert_eq!(preview["totals"]["not_taken"], 1);
        assert_eq!(register.read(Caller::Keeper, "/cis?class=physical_server").await["total"], 0);

        let applied = import(register, SERVERS.as_bytes(), &servers(), "&file_name=servers.csv").await;
        assert_eq!(applied.status, 201, "{}", applied.text());
        let applied = applied.json();
        let list = register.read(Caller::Keeper, "/cis?class=physical_server").await;
        assert_eq!((&list["total"], &list["items"][0]["name"]), (&json!(3), &json!("=cmd")));
        let first = applied["items"][0]["ci_id"].as_str().unwrap();
        let relations = register.read(Caller::Keeper, &format!("/cis/{first}/relations")).await;
        assert_eq!(relations["items"][0]["other"]["name"], "rack-1");

        register.pass(60);
        let again = import(register, SERVERS.as_bytes(), &servers(), "").await.json();
        assert_eq!(outcomes(&again), ["unchanged", "unchanged", "unchanged"], "{again}");

        let id = applied["import"]["id"].as_str().unwrap();
        let report = register.get(Caller::Keeper, &format!("/imports/{id}/report.csv")).await.text();
        assert!(report.contains("4,web-3,physical_server,created"), "{report}");
        assert!(report.contains(",Rack,unknown,"), "{report}");
        assert!(report.contains("'=cmd"), "what looks like a formula is harmless: {report}");
        assert_eq!(register.get(Caller::SubsidiaryKeeper, &format!("/imports/{id}/report.csv")).await.status, 404);
    });
}

#[test]
fn meanings_are_proposed_from_headings_in_both_languages_and_encodings() {
    on_both(async |register| {
        let english =
            inspect(register, b"Name,Serial number,Owner,Colour\nweb,S1,kim,red\n", "?class=physical_server").await;
        let columns = |table: &Value| -> Vec<(String, String)> {
            let columns = table["proposal"]["columns"].as_array().unwrap().iter();
            columns.map(|one| (one["column"].as_str().unwrap().into(), one["to"][0].as_str().unwrap().into())).collect()
        };
        let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(left, right)| ((*left).to_owned(), (*right).to_owned())).collect()
        };
        let expected = [("Name", "name"), ("Serial number", "serial_number"), ("Owner", "owner")];
        assert_eq!(columns(&english), pairs(&expected), "{english}");
        let runs_on = json!({"name": "runs_on", "label": {"en": "runs on", "ko": "실행 위치"}});
        assert!(english["relation_types"].as_array().unwrap().contains(&runs_on), "{english}");
        // "이름,자산번호\n서버,A-1\n" as CP949.
        let korean = [0xc0, 0xcc, 0xb8, 0xa7, b',', 0xc0, 0xda, 0xbb, 0xea, 0xb9, 0xf8, 0xc8, 0xa3, b'\n'];
        let korean = inspect(register, &[&korean[..], &[0xbc, 0xad, 0xb9, 0xf6], b",A-1\n"].concat(), "").await;
        assert_eq!(korean["encoding"], "euc-kr");
        assert_eq!(columns(&korean), pairs(&[("이름", "name"), ("자산번호", "key")]), "{korean}");
        assert_eq!((&korean["rows"], &korean["sample"][0][0]), (&json!(1), &json!("서버")));
    });
}

#[test]
fn what_was_exported_comes_back_unchanged_row_by_row() {
    on_both(async |register| {
        for (name, owner) in [("=1+1", "kim"), ("'=2", "-x"), ("a,\"b\"\nc", "@me"), ("  spaces  ", "이름")] {
            register.create(&json!({"class": "printer", "name": name, "owner": owner, "criticality": 2})).await;
        }
        for number in 0..230 {
            let serial = json!(format!("S{number}"));
            register.estate().host(register.branch, &format!("host-{number}"), &[("serial_number", serial)]);
        }
        let cols = "cols=id,name,class,organisation_id,owner,criticality,lifecycle,serial_number";
        for format in ["csv", "ndjson"] {
            let answer = register.get(Caller::Keeper, &format!("/cis?format={format}&{cols}&sort=name")).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            let table = inspect(register, &answer.body, "").await;
            assert_eq!((&table["format"], &table["rows"]), (&json!(format), &json!(234)));
            let mapping = &table["proposal"];
            let headings = table["headings"].as_array().unwrap().len();
            assert_eq!(
                mapping["columns"].as_array().unwrap().len(),
                headings,
                "every column is known again: {mapping}"
            );
            let report = import(register, &answer.body, mapping, "&dry_run=true").await.json();
            assert_eq!(report["totals"]["unchanged"], 234, "{format}: {}", report["totals"]);
        }
    });
}

#[test]
fn relations_go_out_and_come_back() {
    on_both(async |register| {
        let estate = register.estate();
        let (left, right) = (estate.host(register.root, "left", &[]), estate.host(register.root, "right", &[]));
        estate.related((left, "uses", right), None);
        let hidden = estate.host(register.subsidiary, "hidden", &[]);
        estate.related((hidden, "uses", right), None);
        let json = register.read(Caller::Keeper, "/relations?type=uses").await;
        assert_eq!(json["items"].as_array().unwrap().len(), 2);
        let file = register.get_with(Caller::Keeper, "/relations", ("Accept", "text/csv")).await;
        let text = file.text();
        assert!(text.contains(",uses,") && text.lines().count() == 3, "{text}");
        let proposal = inspect(register, &file.body, "").await["proposal"].clone();
        let report = import(register, &file.body, &proposal, "&dry_run=true").await.json();
        assert_eq!(outcomes(&report), ["unchanged", "unchanged"], "{report}");
        let ours = register.get(Caller::SubsidiaryKeeper, "/relations?format=ndjson").await;
        assert_eq!((ours.status, ours.text().as_str()), (200, ""), "an end out of scope hides the relation");
        assert_eq!(register.get(Caller::Keeper, "/relations?format=xml").await.faults()[0].0, "format");
        let (from, to) = (&json["items"][0]["source"]["id"], &json["items"][0]["target"]["id"]);
        let of =
            |what: &str| json!({"items": [{what: {"type": "backs_up", "source": {"id": from}, "target": {"id": to}}}]});
        assert_eq!(register.post(Caller::Keeper, "/bulk", &of("relation")).await.status, 200);
        let then = register.pass(60);
        register.pass(60);
        assert_eq!(register.post(Caller::Keeper, "/bulk", &of("relation_end")).await.status, 200);
        for (when, count) in
            [(String::new(), 0), (format!("&as_of={then}"), 1), ("&as_of=2000-01-01T00:00:00Z".into(), 0)]
        {
            let found = register.read(Caller::Keeper, &format!("/relations?type=backs_up{when}")).await;
            assert_eq!(found["items"].as_array().unwrap().len(), count, "{when}");
        }
        assert_eq!(register.get(Caller::Keeper, "/relations?as_of=then").await.faults()[0].0, "as_of");
    });
}

#[test]
fn other_lists_are_files_too_within_the_callers_reach() {
    on_both(async |register| {
        for path in ["/software", "/cis"] {
            let csv = register.get(Caller::Keeper, &format!("{path}?format=csv")).await;
            assert_eq!(csv.status, 200, "{path}");
            assert!(csv.text().starts_with('\u{feff}'), "{path}");
            assert_eq!(register.get(Caller::Powerless, &format!("{path}?format=csv")).await.code(), "forbidden");
            assert_eq!(register.get(Caller::Keeper, &format!("{path}?format=doc")).await.faults()[0].0, "format");
        }
        let none = "/software/999/installations?format=csv";
        assert_eq!(register.get(Caller::Keeper, none).await.status, 404, "refused before the file begins");
    });
}

#[test]
fn mappings_are_kept_by_name_by_their_owner() {
    on_both(async |register| {
        let body = json!({"name": "장비 대장", "mapping": servers()});
        let saved = register.post(Caller::Keeper, "/import-mappings", &body).await;
        assert_eq!(saved.status, 200, "{}", saved.text());
        let again = register.post(Caller::Keeper, "/import-mappings", &body).await.json();
        assert_eq!(again["id"], saved.json()["id"], "the same name is the same mapping");
        let list = register.read(Caller::Keeper, "/import-mappings").await;
        assert_eq!(list["items"][0]["mapping"]["columns"], servers()["columns"]);
        assert_eq!(register.read(Caller::BranchKeeper, "/import-mappings").await["items"], json!([]));
        let path = format!("/import-mappings/{}", again["id"].as_str().unwrap());
        let nothing = json!({});
        let delete = |caller| register.change(actix_web::http::Method::DELETE, (caller, &path), "\"v1\"", &nothing);
        assert_eq!(delete(Caller::BranchKeeper).await.status, 404);
        assert_eq!(delete(Caller::Keeper).await.status, 204);
        assert_eq!(register.read(Caller::Keeper, "/import-mappings").await["items"], json!([]));
    });
}

#[test]
fn a_wrong_file_or_mapping_is_refused_by_its_place_and_nothing_is_applied() {
    on_both(async |register| {
        let wrong = |mapping: Value| import_owned(register, mapping);
        for (mapping, field) in [
            (json!({"columns": [column("Colour", "name")]}), "mapping.columns[0].column"),
            (json!({"columns": [column("Name", "what:ever")]}), "mapping.columns[0].to"),
            (json!({"columns": []}), "mapping.columns"),
            (json!({"columns": [column("Name", "relation_type")]}), "mapping.columns"),
            (json!({"columns": [column("Name", "name")], "source": "agent"}), "source"),
            (json!({"colour": 1}), "mapping"),
        ] {
            let answer = wrong(mapping).await;
            assert_eq!((answer.status, answer.faults()[0].0.as_str()), (422, field), "{}", answer.text());
        }
        for (file, code) in [(&b"a,b\n1,2,3\n"[..], "malformed"), (b"\xff\xff", "encoding"), (b"", "unknown_format")] {
            let answer = import(register, file, &servers(), "").await;
            assert_eq!((answer.status, answer.faults()[0].1.as_str()), (422, code));
        }
        assert_eq!(register.read(Caller::Keeper, "/cis").await["total"], 0);
    });
}

async fn import_owned(register: &Register, mapping: Value) -> Answer {
    import(register, SERVERS.as_bytes(), &mapping, "").await
}
