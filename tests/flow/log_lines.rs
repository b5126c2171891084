//! What strangers write does not become a line of the log, nor a command to the terminal that shows it.

use rcgen::KeyPair;
use serde_json::{Value, json};
use terrier_shared::latest::paths;

use crate::harness::agent::{application, gzip, message, signing_request};
use crate::harness::database::Backend;
use crate::harness::hostile::texts;
use crate::harness::http::{Connection, percent_encoded, request};
use crate::harness::process::ServerProcess;

/// Every place where somebody without an account or a certificate can leave a text, and the name of an agent.
async fn say_everywhere(server: &ServerProcess, texts: &[String]) {
    let tls = server.tls();
    let token = server.run(&["enrolment-token", "create", "--uses", "200"]);
    for text in texts {
        // In a header every byte is one, but for those that end it.
        let header: String = text.chars().filter(|char| !matches!(char, '\r' | '\n' | '\0')).collect();
        let path = percent_encoded(text);
        let key = KeyPair::generate().unwrap();
        let enrolment = application(&token, &signing_request(&key), text).to_string();
        let guess = application(text, &signing_request(&key), text).to_string();
        let headers =
            [("User-Agent", header.as_str()), ("X-Request-Id", header.as_str()), ("X-Forwarded-For", header.as_str())];
        let version = [(paths::PROTOCOL_HEADER, header.as_str())];
        let forwarded = [("X-Client-Cert", header.as_str())];
        for bytes in [
            message(paths::ENROL, &gzip(enrolment.as_bytes()), &headers),
            message(paths::ENROL, &gzip(guess.as_bytes()), &headers),
            message(paths::REPORTS, b"", &version),
            message(paths::ENROL, b"", &forwarded),
            request("POST", &format!("/agent/v1/{path}"), &headers, b""),
        ] {
            exchange(server.agents(), &tls, &bytes).await;
        }
        let login = json!({"login": text, "password": text}).to_string();
        let json = [headers[0], headers[1], headers[2], ("Content-Type", "application/json")];
        for bytes in [
            request("POST", "/api/v1/session", &json, login.as_bytes()),
            request("GET", &format!("/api/v1/cis/{path}?q={path}&sort={path}"), &headers, b""),
            request("GET", "/api/v1/cis", &[("Authorization", &format!("Bearer {header}"))], b""),
        ] {
            exchange(server.people(), &tls, &bytes).await;
        }
    }
}

async fn exchange(address: std::net::SocketAddr, tls: &std::sync::Arc<rustls::ClientConfig>, bytes: &[u8]) {
    let mut connection = Connection::open(address, tls).await.unwrap();
    // Some of this is no HTTP, and closes the connection instead of an answer.
    if connection.send(bytes).await.is_ok() {
        connection.ended().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_of_the_log_is_one_json_object_whatever_strangers_write() {
    let texts = texts();
    let server = ServerProcess::start_with(Backend::Sqlite, &[("LOG_LEVEL", "debug,rustls=info,hyper=info")]);
    say_everywhere(&server, &texts[..110]).await;
    let log = server.log();
    let mut lines = 0;
    for line in log.lines() {
        let entry: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        assert!(!line.contains(char::is_control), "{line:?}");
        assert_ne!(entry["actor"], "admin", "{line}");
        lines += 1;
    }
    assert!(lines > 200, "{lines} lines: is anything of it logged at all?");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_line_of_the_log_for_people_moves_their_terminal() {
    let texts = texts();
    let server =
        ServerProcess::start_with(Backend::Sqlite, &[("LOG_LEVEL", "debug,rustls=info"), ("LOG_FORMAT", "text")]);
    say_everywhere(&server, &texts[..60]).await;
    for line in server.log().lines() {
        assert!(!line.contains(char::is_control), "{line:?}");
        assert!(line.starts_with("20"), "a line that the server did not begin: {line:?}");
    }
}
