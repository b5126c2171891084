//! What is asked of a past time is what was answered then: people, files, inventories, merges and splits change a few
//! items over and over, what is read after each change is kept in memory, and at the end all of it is asked for again.

use actix_web::http::Method;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::imports::computer;
use crate::harness::register::{Caller, Register, encoded, on_both};

/// The same changes every time: a linear congruential generator (Numerical Recipes, 7.1).
struct Draw(u32);

impl Draw {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 16) % bound
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[usize::try_from(self.below(u32::try_from(of.len()).unwrap())).unwrap()]
    }
}

const OWNERS: [&str; 3] = ["mina", "jun", "이서연"];

/// What lists are filtered by.
const QUERIES: [&str; 12] = [
    "owner:mina",
    "-owner:none",
    "criticality:<3",
    "tag:t1",
    "attr.os_name:v1",
    "attr.os_name:none",
    "attr.vendor:dell*",
    "serial:abc123",
    "mac:ac:1f:6b:00:11:22",
    "software:nginx",
    "software:nginx>1.2",
    "b-",
];

/// The items that are changed; some of them become one and two again.
struct Played {
    ids: Vec<String>,
    draw: Draw,
    merges: Vec<String>,
}

fn and(path: &str, at: Option<Timestamp>) -> String {
    let sign = if path.contains('?') { '&' } else { '?' };
    at.map_or_else(|| path.to_owned(), |at| format!("{path}{sign}as_of={}", encoded(&at.to_string())))
}

/// What can be read of everything, line by line.
async fn read(register: &Register, ids: &[String], at: Option<Timestamp>) -> Vec<String> {
    let mut lines = Vec::new();
    for item in register.walk(&and("/cis?sort=name", at), 200).await {
        let under = &item["parent"]["name"];
        lines.push(format!("listed {} {} {} under {under}", item["name"], item["class"], item["lifecycle"]));
    }
    for query in QUERIES {
        for item in register.walk(&and(&format!("/cis?q={}", encoded(query)), at), 200).await {
            lines.push(format!("{query} finds {} {}", item["id"], item["name"]));
        }
    }
    for product in register.walk(&and("/software", at), 200).await {
        lines.push(format!("{} on {}, {} versions", product["name"], product["hosts"], product["versions"]));
        let on = format!("/software/{}/installations", product["id"]);
        for one in register.walk(&and(&on, at), 200).await {
            lines.push(format!("{} {} on {}", product["name"], one["version"], one["ci"]["name"]));
        }
    }
    for relation in register.walk(&and("/relations", at), 200).await {
        lines.push(format!("{} {} {}", relation["source"]["name"], relation["type"], relation["target"]["name"]));
    }
    for id in ids {
        let item = register.get(Caller::Keeper, &and(&format!("/cis/{id}"), at)).await;
        assert_eq!(item.status, 200, "{}", item.text());
        let item = item.json();
        for field in ["name", "owner", "support_team", "criticality", "environment", "lifecycle", "attributes"] {
            lines.push(format!("{id} {field} {}", item[field]));
        }
        for value in item["values"].as_array().unwrap() {
            let said = ["attribute", "source", "value", "shown", "since"].map(|part| value[part].to_string());
            lines.push(format!("{id} says {}", said.join(" ")));
        }
        for relation in register.walk(&and(&format!("/cis/{id}/relations"), at), 200).await {
            let other = &relation["other"];
            lines
                .push(format!("{id} {} {} {} {}", relation["direction"], relation["type"], other["name"], other["id"]));
        }
        for package in register.walk(&and(&format!("/cis/{id}/software"), at), 200).await {
            lines.push(format!("{id} has {} {}", package["product"]["name"], package["version"]));
        }
    }
    lines.sort();
    lines
}

async fn edit(register: &Register, id: &str, body: &Value) {
    let path = format!("/cis/{id}");
    let tag = register.get(Caller::Keeper, &path).await.etag.unwrap();
    let answer = register.change(Method::PATCH, (Caller::Keeper, &path), &tag, body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

impl Played {
    /// One change, whatever it is; one that is refused changes nothing, which is as good.
    async fn change(&mut self, register: &Register) {
        let id = self.draw.one(&self.ids).clone();
        let other = self.draw.one(&self.ids).clone();
        let number = self.draw.below(4);
        match self.draw.below(9) {
            0 => edit(register, &id, &json!({"owner": self.draw.one(&OWNERS)})).await,
            1 => {
                let value = if number == 0 { Value::Null } else { json!(format!("v{number}")) };
                edit(register, &id, &json!({"attributes": {"os_name": value}})).await;
            }
            2 => {
                edit(
                    register,
                    &id,
                    &json!({"criticality": number + 1, "attributes": {"tags": [format!("t{number}")]}}),
                )
                .await;
            }
            3 => self.report(register, number).await,
            4 => self.relate(register, &id, &other).await,
            5 => {
                let made = register.post(Caller::Keeper, &format!("/cis/{id}/merge"), &json!({"with": other})).await;
                if made.status == 200 {
                    self.merges.push(made.json()["items"][0]["id"].as_str().unwrap().to_owned());
                }
            }
            6 => {
                if let Some(merge) = self.merges.pop() {
                    register.post(Caller::Keeper, &format!("/merges/{merge}/undo"), &json!({})).await;
                }
            }
            7 => {
                let pin = json!({"attribute": "os_name", "value": format!("p{number}"), "reason": "it is"});
                register.post(Caller::Keeper, &format!("/cis/{id}/pins"), &pin).await;
            }
            _ => {
                let item = json!({"ci": {"key": "asset-1", "id": id, "attributes": {"vendor": format!("m{number}")}}});
                register.post(Caller::Keeper, "/bulk", &json!({"source": "import", "items": [item]})).await;
            }
        }
    }

    /// An inventory reports of one of two machines, with one package more or less.
    async fn report(&mut self, register: &Register, number: u32) {
        let more = format!(
            "<SOFTWARES><NAME>nginx</NAME><VERSION>1.{number}</VERSION><FROM>deb</FROM><ARCH>amd64</ARCH></SOFTWARES>"
        );
        let serial = if number.is_multiple_of(2) { "ABC123" } else { "ZZZ999" };
        let file = computer(serial, &format!("pc-{serial}"), serial, if number > 1 { &more } else { "" });
        let answer = register.upload(Caller::Keeper, "/imports", file.as_bytes(), &[]).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let id = answer.json()["items"][0]["ci_id"].as_str().unwrap().to_owned();
        if !self.ids.contains(&id) {
            self.ids.push(id);
        }
    }

    async fn relate(&mut self, register: &Register, id: &str, other: &str) {
        let there = register.walk(&format!("/cis/{id}/relations"), 200).await;
        let open = there.iter().find(|one| one["type"] == "uses" && one["direction"] == "out");
        let (kind, target) = match open {
            Some(one) => ("relation_end", one["other"]["id"].clone()),
            None => ("relation", json!(other)),
        };
        let relation = json!({"type": "uses", "source": {"id": id}, "target": {"id": target}});
        let answer = register.post(Caller::Keeper, "/bulk", &json!({"items": [{(kind): relation}]})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}

#[test]
fn what_is_asked_of_a_past_time_is_what_was_answered_then() {
    on_both(async |register| {
        for seed in 1..4 {
            let mut played = Played { ids: Vec::new(), draw: Draw(seed), merges: Vec::new() };
            for name in ["a", "b", "c"] {
                let body =
                    json!({"class": "host", "name": format!("{name}-{seed}"), "attributes": {"os_name": "Debian"}});
                played.ids.push(register.create(&body).await);
            }
            let mut told: Vec<(Timestamp, Vec<String>, Vec<String>)> = Vec::new();
            for _step in 0..24 {
                played.change(register).await;
                let at = register.pass(30);
                told.push((at, played.ids.clone(), read(register, &played.ids, None).await));
                register.pass(30);
            }
            let different = told.windows(2).filter(|pair| pair[0].2 != pair[1].2).count();
            assert!(different > 8, "{different} changes of 24 were to be seen");
            for (step, (at, ids, then)) in told.iter().enumerate() {
                let again = read(register, ids, Some(*at)).await;
                let lost: Vec<_> = then.iter().filter(|line| !again.contains(line)).collect();
                let added: Vec<_> = again.iter().filter(|line| !then.contains(line)).collect();
                assert_eq!((lost, added), (vec![], vec![]), "{:?} seed {seed}, after change {step}", register.backend);
            }
        }
    });
}
