//! Machines that speak with the identity of another: who stays the agent, and how the others become agents of their own.

use std::time::Duration;

use diesel::prelude::*;
use rcgen::KeyPair;
use serde_json::{Value, json};
use terrier_server::kernel::permission::Role;
use terrier_server::store::StoreError;
use terrier_server::store::schema::{audit_entry, ingest_inbox};
use terrier_shared::latest::machine::Mark;
use terrier_shared::latest::paths;

use crate::harness::agent::{TestAgent, batch, evidence, gzip, outcomes, post, report_of, signing_request};
use crate::harness::database::Backend;
use crate::harness::http::Response;
use crate::harness::server::TestServer;

const INTERVAL: Duration = Duration::from_mins(5);

/// A machine that was started from a copy of an agent's disk.
struct Machine {
    number: u64,
    /// Which start of its agent's process.
    run: u64,
    seq: u64,
    key: KeyPair,
}

impl Machine {
    fn new(number: u64) -> Self {
        Self { number, run: number * 1_000, seq: 0, key: KeyPair::generate().unwrap() }
    }

    fn run(&self) -> String {
        format!("{:016x}", self.run)
    }

    /// A batch with a report of its own, sent an hour after it booted.
    fn batch(&mut self) -> Value {
        self.seq += 1;
        let body = json!({"total_bytes": self.number * 1_000 + self.seq});
        let mut batch = batch(&[report_of(self.run, self.seq, "full", Some("memory"), &body)]);
        batch["boot_id"] = format!("b0070000-0000-4000-8000-{:012}", self.number).into();
        batch["run"] = self.run().into();
        batch["machine"] = json!({"product_uuid": Mark::of(&self.number.to_string()).to_string()});
        batch
    }

    async fn speak(&mut self, identity: &TestAgent) -> Response {
        let batch = self.batch();
        identity.send_batch(&batch).await
    }

    /// Asks to be an agent of its own.
    async fn ask(&self, identity: &TestAgent) -> Response {
        let evidence = evidence(&format!("host-{}", self.number));
        let body = json!({"csr_pem": signing_request(&self.key), "evidence": evidence, "run": self.run()});
        post(identity.agents, &identity.tls, paths::RE_ENROL, &gzip(body.to_string().as_bytes()), &[]).await
    }
}

fn refusal(answer: &Response) -> (u16, String, Value) {
    let problem = answer.json();
    (answer.status, problem["code"].as_str().unwrap_or_default().to_owned(), problem["action"].clone())
}

fn told_to_wait() -> (u16, String, Value) {
    (409, "identity_conflict".to_owned(), Value::Null)
}

fn told_to_enrol() -> (u16, String, Value) {
    (409, "identity_conflict".to_owned(), "re_enrol_as_new".into())
}

async fn requests_taken(server: &TestServer) -> i64 {
    server.store().read::<_, StoreError>(|conn| Ok(ingest_inbox::table.count().get_result(conn)?)).await.unwrap()
}

async fn actions(server: &TestServer, wanted: &'static str) -> i64 {
    let query = audit_entry::table.filter(audit_entry::action.eq(wanted)).count();
    server.store().read::<_, StoreError>(move |conn| Ok(query.get_result(conn)?)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_machines_with_one_disk_the_first_stays_the_agent_and_the_others_wait_for_approval() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let caller = server.caller("admin", Role::Administrator).await;
        let identity = TestAgent::enrol(&server, "web-1").await;
        let mut machines: Vec<Machine> = (1..=50).map(Machine::new).collect();
        for (number, machine) in machines.iter_mut().enumerate() {
            let answer = machine.speak(&identity).await;
            match number {
                0 => assert_eq!(outcomes(&answer), ["stored"], "{backend:?}"),
                _ => assert_eq!(refusal(&answer), told_to_wait(), "{backend:?}: {number}"),
            }
        }
        server.clock.advance(INTERVAL);
        assert_eq!(outcomes(&machines[0].speak(&identity).await), ["stored"], "{backend:?}");
        let agent = caller.get(&format!("/agents/{}", identity.id)).await.json();
        assert_eq!(agent["contenders"].as_array().unwrap().len(), 49, "{backend:?}");
        for machine in &mut machines[1..] {
            assert_eq!(refusal(&machine.speak(&identity).await), told_to_enrol(), "{backend:?}");
            let answer = machine.ask(&identity).await.json();
            assert_eq!(answer["status"], "pending", "{backend:?}: {answer}");
            // The answer was lost: it is the same agent.
            assert_eq!(machine.ask(&identity).await.json()["agent_id"], answer["agent_id"], "{backend:?}");
        }
        let page = caller.get("/agents?state=pending&limit=200").await.json();
        let pending = page["items"].as_array().unwrap();
        assert_eq!((pending.len(), &page["counts"]["pending"]), (49, &json!(49)), "{backend:?}");
        assert!(pending.iter().all(|agent| agent["copy_of"]["id"] == identity.id.as_str()), "{backend:?}: {pending:?}");
        let agent = caller.get(&format!("/agents/{}", identity.id)).await.json();
        assert_eq!(agent["contenders"], json!([]), "{backend:?}");
        // Nothing of the others was taken as the first one's.
        assert_eq!(requests_taken(&server).await, 2, "{backend:?}");
        assert_eq!(actions(&server, "agent.identity_conflict").await, 49, "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_was_approved_reports_as_an_agent_of_its_own() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let caller = server.caller("admin", Role::Administrator).await;
        let identity = TestAgent::enrol(&server, "web-1").await;
        let (mut first, mut copy) = (Machine::new(1), Machine::new(2));
        first.speak(&identity).await;
        copy.speak(&identity).await;
        server.clock.advance(INTERVAL);
        first.speak(&identity).await;
        copy.speak(&identity).await;
        let id = copy.ask(&identity).await.json()["agent_id"].as_str().unwrap().to_owned();
        assert_eq!(caller.post(&format!("/agents/{id}/approve"), &json!({})).await.status, 200, "{backend:?}");
        let issued = copy.ask(&identity).await.json();
        let own = TestAgent::with(&server, copy.key, issued);
        assert_eq!(own.id, id, "{backend:?}");
        copy.key = KeyPair::generate().unwrap();
        assert_eq!(outcomes(&copy.speak(&own).await), ["stored"], "{backend:?}");
        assert_eq!(outcomes(&first.speak(&identity).await), ["stored"], "{backend:?}");
        // With the old identity it is a copy for ever.
        assert_eq!(refusal(&copy.speak(&identity).await), told_to_enrol(), "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_moved_to_another_machine_is_the_same_agent_once_the_first_is_gone() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let identity = TestAgent::enrol(&server, "web-1").await;
        let (mut old, mut new) = (Machine::new(1), Machine::new(2));
        assert_eq!(old.speak(&identity).await.status, 200, "{backend:?}");
        server.clock.advance(INTERVAL);
        let said = new.batch();
        assert_eq!(refusal(&identity.send_batch(&said).await), told_to_wait(), "{backend:?}");
        server.clock.advance(Duration::from_mins(13));
        // What it could not tell before it tells now: nothing of it is lost.
        assert_eq!(outcomes(&identity.send_batch(&said).await), ["stored"], "{backend:?}");
        assert_eq!(actions(&server, "agent.moved").await, 1, "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_gets_no_certificate_so_that_the_first_renews_its_own() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let identity = TestAgent::enrol(&server, "web-1").await;
        let (mut first, mut copy) = (Machine::new(1), Machine::new(2));
        first.speak(&identity).await;
        copy.speak(&identity).await;
        let renew = async |machine: &Machine| {
            let evidence = evidence("web-1");
            let body = json!({"csr_pem": signing_request(&machine.key), "evidence": evidence, "run": machine.run()});
            post(identity.agents, &identity.tls, paths::RENEW, &gzip(body.to_string().as_bytes()), &[]).await
        };
        assert_eq!(refusal(&renew(&copy).await), told_to_enrol(), "{backend:?}");
        assert_eq!(renew(&first).await.json()["generation"], 2, "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_who_is_no_copy_gets_a_second_agent() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let identity = TestAgent::enrol(&server, "web-1").await;
        let mut first = Machine::new(1);
        first.speak(&identity).await;
        let answer = first.ask(&identity).await;
        assert_eq!((answer.status, &answer.json()["code"]), (409, &json!("conflict")), "{backend:?}");
        // Nor does one whose identity was shut out.
        let mut copy = Machine::new(2);
        copy.speak(&identity).await;
        let caller = server.caller("admin", Role::Administrator).await;
        server.clock.advance(INTERVAL);
        first.speak(&identity).await;
        assert_eq!(
            caller.post(&format!("/agents/{}/revoke", identity.id), &json!({})).await.status,
            200,
            "{backend:?}"
        );
        assert_eq!(copy.ask(&identity).await.json()["code"], "agent_revoked", "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_the_agent_is_known_after_a_restart_of_the_server() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let mut identity = TestAgent::enrol(&server, "web-1").await;
        let (mut first, mut copy) = (Machine::new(1), Machine::new(2));
        first.speak(&identity).await;
        copy.speak(&identity).await;
        server.clock.advance(INTERVAL);
        first.speak(&identity).await;
        server.restart().await;
        identity.agents = server.agents;
        assert_eq!(refusal(&copy.speak(&identity).await), told_to_enrol(), "{backend:?}");
        assert_eq!(outcomes(&first.speak(&identity).await), ["stored"], "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_of_life_of_another_machine_is_judged_as_well() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let identity = TestAgent::enrol(&server, "web-1").await;
        let (mut first, mut other) = (Machine::new(1), Machine::new(2));
        first.speak(&identity).await;
        let mut heartbeat = other.batch();
        heartbeat["reports"] = json!([]);
        assert_eq!(refusal(&identity.send_batch(&heartbeat).await), told_to_wait(), "{backend:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_whose_marks_are_none_is_refused_by_the_field_and_nothing_of_it_is_taken() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let identity = TestAgent::enrol(&server, "web-1").await;
        let mark = Mark::of("a").to_string();
        for (machine, field) in [
            (json!({"product_uuid": "A1"}), "machine.product_uuid"),
            (json!({"serial": mark.to_uppercase() + "0"}), "machine.serial"),
            (json!({"machine_id": {"a": 1}}), "machine.machine_id"),
            (json!({"macs": vec![mark.clone(); 257]}), "machine.macs: 257, at most 256 are read"),
        ] {
            let mut batch = Machine::new(1).batch();
            batch["machine"] = machine;
            let answer = identity.send_batch(&batch).await;
            assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("malformed_request")), "{backend:?}");
            let detail = answer.json()["detail"].as_str().unwrap().to_owned();
            assert!(detail.starts_with(field), "{backend:?}: {detail}");
        }
        let mut batch = Machine::new(1).batch();
        batch["run"] = 7.into();
        assert!(identity.send_batch(&batch).await.json()["detail"].as_str().unwrap().starts_with("run"), "{backend:?}");
        assert_eq!(requests_taken(&server).await, 0, "{backend:?}");
        server.stop().await;
    }
}
