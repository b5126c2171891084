//! Every portable column type gives back what was put in, on both databases.

use diesel::prelude::*;
use jiff::Timestamp;
use terrier_server::store::StoreError;
use terrier_server::store::column::{At, Document, Key16};
use terrier_server::store::schema::{access_organisation, fleet_enrolment_token};
use uuid::Uuid;

use crate::harness::database::{Backend, TestDatabase};

#[test]
fn times_ids_and_documents_come_back_as_they_were_stored() {
    for backend in Backend::BOTH {
        let database = TestDatabase::new(backend);
        let id = Key16(Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0001));
        let at = At("2026-11-21T22:15:19.123456Z".parse::<Timestamp>().unwrap());
        let before_2000 = At("1969-12-31T23:59:59.999999Z".parse::<Timestamp>().unwrap());
        let cidrs = Document(serde_json::json!(["10.0.0.0/8", "한국", {"nested": null}]));
        let stored = database.store().write_blocking::<_, StoreError>({
            let cidrs = cidrs.clone();
            move |conn| {
                use access_organisation as o;
                use fleet_enrolment_token as t;
                diesel::insert_into(o::table)
                    .values((o::id.eq(id), o::name.eq("Terrier"), o::created_at.eq(at)))
                    .execute(conn)?;
                diesel::insert_into(t::table)
                    .values((
                        (
                            t::id.eq(id),
                            t::organisation_id.eq(id),
                            t::mode.eq("auto"),
                            t::uses.eq(1),
                            t::uses_left.eq(1),
                        ),
                        (t::cidrs.eq(cidrs), t::secret_hash.eq(vec![0_u8, 255]), t::created_at.eq(at)),
                        (t::expires_at.eq(before_2000), t::revoked_at.eq(None::<At>)),
                    ))
                    .execute(conn)?;
                Ok(t::table
                    .filter(t::id.eq(id).and(t::created_at.le(at)))
                    .select((t::id, t::cidrs, t::secret_hash, t::created_at, t::expires_at, t::revoked_at))
                    .first::<(Key16, Document, Vec<u8>, At, At, Option<At>)>(conn)?)
            }
        });
        assert_eq!(stored.unwrap(), (id, cidrs, vec![0, 255], at, before_2000, None), "{backend:?}");
    }
}
