//! Files that are imported from the command line, beside a running server.

use std::fs;

use serde_json::json;
use tempfile::TempDir;

use crate::api::imports::computer;
use crate::harness::database::Backend;
use crate::harness::process::ServerProcess;

#[test]
fn every_known_kind_of_file_is_imported_beside_a_running_server() {
    for backend in Backend::BOTH {
        let (server, directory) = (ServerProcess::start(backend), TempDir::new().unwrap());
        let write = |name: &str, text: &str| {
            let path = directory.path().join(name);
            fs::write(&path, text).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let table = write("servers.csv", "Asset number;Name;Serial number\nA-1;web-1;S1\nA-2;web-2;S2\n");
        let tried = server.run(&["import", &table, "--class", "physical_server", "--dry-run"]);
        assert!(tried.contains("line 2\tcreated\tphysical_server\tweb-1"), "{tried}");
        assert!(tried.ends_with("2 read, 0 not taken; nothing was written"), "{tried}");
        for expected in ["created", "unchanged"] {
            let done = server.run(&["import", &table, "--class", "physical_server"]);
            assert!(done.contains(&format!("line 3\t{expected}\tphysical_server\tweb-2")), "{backend:?} {done}");
        }
        let lines = write(
            "more.ndjson",
            "{\"tag\": \"A-3\", \"label\": \"web-3\", \"attributes\": {\"serial_number\": \"S3\"}}\n",
        );
        let mapping = json!({"class": "physical_server", "columns": [{"column": "tag", "to": ["key"]},
            {"column": "label", "to": ["name"]}, {"column": "serial_number", "to": ["serial_number"]}]});
        let mapping = write("mapping.json", &mapping.to_string());
        let done = server.run(&["import", &lines, "--mapping", &mapping]);
        assert!(done.contains("line 1\tcreated\tphysical_server\tweb-3"), "{done}");
        let document = write("pc-1.xml", &computer("pc-1-2026", "pc-1", "ABC123", ""));
        let done = server.run(&["import", &document]);
        assert!(done.contains("\tcreated\t") && done.contains("\tpc-1\t"), "{done}");

        let half = write("half.csv", "Name,Class\ngood,printer\nbad,submarine\n");
        let (code, out) = server.attempt(&["import", &half]);
        assert_eq!(code, Some(3), "{out}");
        assert!(out.contains("line 3\trefused\tsubmarine\tbad\t\tClass: there is no such class"), "{out}");
        let nothing = write("nothing.csv", "Xyzzy\nred\n");
        assert_eq!(server.attempt(&["import", &nothing]).0, Some(2));
        assert_eq!(server.attempt(&["import", "/nowhere.csv"]).0, Some(1));
    }
}
