//! The second factor: from the picture to the lost device.

use diesel::prelude::*;
use futures_util::future::join_all;
use serde_json::{Value, json};
use terrier_server::access::{self, SecondFactorPolicy};
use terrier_server::store::schema::{access_recovery_code, access_second_factor};
use totp_rs::{Builder, Secret};

use crate::harness::api::{Answer, Client, PASSWORD, TestApi};
use crate::harness::database::Backend;

/// The authenticator of somebody who typed the secret into it.
struct Authenticator<'a> {
    api: &'a TestApi,
    secret: String,
}

impl Authenticator<'_> {
    fn code(&self) -> String {
        let secret = Secret::try_from_base32(&self.secret).unwrap();
        let totp = Builder::new().with_secret(secret).build().unwrap();
        totp.generate(u64::try_from(self.api.clock.now().as_second()).unwrap()).to_string()
    }
}

async fn enrol<'a>(client: &Client<'a>) -> (Authenticator<'a>, Vec<String>) {
    let offer = client.post("/session/second-factor", json!({})).await.expect(201);
    let device = Authenticator { api: client.api, secret: offer["secret"].as_str().unwrap().to_owned() };
    let answer = client.post("/session/second-factor/activate", json!({"code": device.code()})).await.expect(200);
    let codes = answer["recovery_codes"].as_array().unwrap();
    (device, codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect())
}

async fn sign_in(api: &TestApi, login: &str, code: &str) -> Answer {
    api.anonymous().post("/session", json!({"login": login, "password": PASSWORD, "code": code})).await
}

#[actix_web::test]
async fn who_has_a_second_factor_signs_in_with_the_password_and_a_code() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = api.signed_in("administrator").await;
        let before = admin.get("/session").await.expect(200)["second_factor"].clone();
        assert_eq!(before, json!({"active": false, "required": false, "advised": true}));
        let (device, codes) = enrol(&admin).await;
        assert_eq!(codes.len(), 10);
        assert_eq!(admin.get("/session").await.expect(200)["second_factor"]["active"], true);

        api.advance(60);
        let mut client = api.anonymous();
        client.sign_in("administrator", PASSWORD).await.refused("second_factor_required");
        client.sign_in("administrator", "wrong horse battery").await.refused("invalid_credentials");
        let answer = sign_in(&api, "administrator", &device.code()).await;
        client.keep(&answer);
        answer.expect(200);
        client.get("/users").await.expect(200);
    }
}

#[actix_web::test]
async fn a_secret_counts_once_its_first_code_was_right_and_not_before() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let client = api.signed_in("viewer").await;
        client.post("/session/second-factor/activate", json!({"code": "123456"})).await.refused("not_found");
        let first = client.post("/session/second-factor", json!({})).await.expect(201);
        let second = client.post("/session/second-factor", json!({})).await.expect(201);
        assert_ne!(first["secret"], second["secret"]);
        assert!(second["uri"].as_str().unwrap().starts_with("otpauth://totp/Terrier:viewer?secret="));
        assert!(second["qr_svg"].as_str().unwrap().contains("<svg"));
        let old = Authenticator { api: &api, secret: first["secret"].as_str().unwrap().to_owned() };
        let activate = "/session/second-factor/activate";
        client.post(activate, json!({"code": old.code()})).await.refused("invalid_second_factor");
        api.anonymous().sign_in("viewer", PASSWORD).await.expect(200);

        let (_, codes) = enrol(&client).await;
        client.post("/session/second-factor", json!({})).await.refused("conflict");
        let standing = client.get("/session/second-factor").await.expect(200);
        assert_eq!(standing["recovery_codes"], codes.len());
        assert_eq!(standing["activated_at"], "2026-11-21T09:00:00Z");
    }
}

#[actix_web::test]
async fn no_code_is_taken_twice_not_even_by_two_at_once() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let (device, _) = enrol(&api.signed_in("viewer").await).await;
        sign_in(&api, "viewer", &device.code()).await.refused("invalid_second_factor");
        api.advance(30);
        let code = device.code();
        let statuses: Vec<u16> = join_all((0..4).map(|_| async { sign_in(&api, "viewer", &code).await.status })).await;
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        api.advance(30);
        sign_in(&api, "viewer", &code).await.refused("invalid_second_factor");
        sign_in(&api, "viewer", &device.code()).await.expect(200);
        api.advance(600);
        sign_in(&api, "viewer", &code).await.refused("invalid_second_factor");
    }
}

#[actix_web::test]
async fn a_recovery_code_opens_once_and_new_ones_end_the_old() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let client = api.signed_in("viewer").await;
        let (_, codes) = enrol(&client).await;
        sign_in(&api, "viewer", &codes[0].to_lowercase()).await.expect(200);
        sign_in(&api, "viewer", &codes[0]).await.refused("invalid_second_factor");
        let renewed = client.post("/session/second-factor/recovery-codes", json!({})).await.expect(200);
        sign_in(&api, "viewer", &codes[1]).await.refused("invalid_second_factor");
        sign_in(&api, "viewer", renewed["recovery_codes"][0].as_str().unwrap()).await.expect(200);
    }
}

#[actix_web::test]
async fn codes_are_guessed_as_seldom_as_passwords() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        enrol(&api.signed_in("viewer").await).await;
        let mut tried = 0;
        for number in 0..20 {
            // Being asked for the code in between gives no further guess.
            api.anonymous().sign_in("viewer", PASSWORD).await;
            tried += u32::from(sign_in(&api, "viewer", &format!("{number:06}")).await.status == 401);
        }
        assert_eq!(tried, 10);
    }
}

#[actix_web::test]
async fn the_database_holds_neither_the_secret_nor_a_code_that_could_be_used() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let (device, codes) = enrol(&api.signed_in("viewer").await).await;
        let sealed: Vec<u8> =
            api.query(|conn| access_second_factor::table.select(access_second_factor::secret).first(conn));
        let secret = Secret::try_from_base32(&device.secret).unwrap();
        assert!(!sealed.windows(8).any(|part| secret.as_bytes().windows(8).any(|own| own == part)));
        let hashes: Vec<Vec<u8>> =
            api.query(|conn| access_recovery_code::table.select(access_recovery_code::code_hash).load(conn));
        assert_eq!((hashes.len(), hashes[0].len()), (10, 32));
        let trail = api.query(|conn| {
            use terrier_server::store::schema::audit_entry as e;
            e::table.select(e::details).load::<String>(conn)
        });
        let trail = trail.join("\n");
        assert!(!trail.contains(&device.secret) && !trail.contains(&codes[0]), "{trail}");
    }
}

#[actix_web::test]
async fn where_it_is_required_nobody_does_anything_before_having_one() {
    for backend in Backend::BOTH {
        let api = TestApi::requiring(backend, SecondFactorPolicy::Administrators).await;
        let viewer = api.signed_in("viewer").await;
        viewer.get("/classes").await.expect(200);
        let officer = api.signed_in("security_admin").await;
        let session = officer.get("/session").await.expect(200);
        assert_eq!(session["permissions"], json!([]));
        assert_eq!(session["second_factor"]["required"], true);
        officer.get("/users").await.refused("second_factor_missing");
        officer.get("/organisations").await.refused("second_factor_missing");
        officer.post("/tokens", json!({"name": "t", "scopes": ["user.manage"]})).await.refused("second_factor_missing");

        enrol(&officer).await;
        officer.get("/users").await.expect(200);
        officer.delete("/session/second-factor").await.refused("rule_violated");
    }
}

#[actix_web::test]
async fn it_is_removed_by_its_owner_with_the_password_or_by_the_server_and_leaves_entries() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let client = api.signed_in("administrator").await;
        enrol(&client).await;
        api.advance(301);
        client.delete("/session/second-factor").await.refused("confirmation_required");
        client.post("/session/second-factor/recovery-codes", json!({})).await.refused("confirmation_required");
        assert_eq!(client.post("/session/confirm", json!({"password": PASSWORD})).await.status, 204);
        assert_eq!(client.delete("/session/second-factor").await.status, 204);
        client.delete("/session/second-factor").await.refused("not_found");
        api.anonymous().sign_in("administrator", PASSWORD).await.expect(200);

        enrol(&client).await;
        let reset = || access::cli::user_reset_second_factor(api.store(), &api.clock, "Administrator").unwrap();
        assert!(reset());
        assert!(!reset());
        api.anonymous().sign_in("administrator", PASSWORD).await.expect(200);
        let trail = client.get("/audit?action=second_factor.").await.expect(200);
        let actions: Vec<(&Value, &Value)> = trail["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| (&entry["action"], &entry["actor"]["kind"]))
            .collect();
        let [by_server, second, by_owner, first] = actions[..] else { panic!("{actions:?}") };
        assert_eq!(by_server, (&json!("second_factor.removed"), &json!("system")));
        assert_eq!(second, (&json!("second_factor.activated"), &json!("user")));
        assert_eq!(by_owner, (&json!("second_factor.removed"), &json!("user")));
        assert_eq!(first.0, "second_factor.activated");
    }
}
