use jiff::Timestamp;
use proptest::prelude::*;

use super::model::{GENESIS, Row, Sealed, Walk, hexadecimal};

fn row(seq: i64) -> Row {
    Row {
        seq,
        at: Timestamp::from_microsecond(seq * 1_000_000).unwrap(),
        actor_kind: "user".to_owned(),
        actor_id: Some(uuid::Uuid::from_u128(7)),
        actor_name: Some("Ada".to_owned()),
        action: "user.changed".to_owned(),
        object_kind: "user".to_owned(),
        object_id: seq.to_string(),
        object_name: None,
        details: "{}".to_owned(),
        request_id: None,
        address: Some("192.0.2.1".to_owned()),
    }
}

fn chain(length: i64) -> Vec<Sealed> {
    let mut prev = GENESIS.to_vec();
    (1..=length)
        .map(|seq| {
            let row = row(seq);
            let hash = row.seal(&prev).to_vec();
            Sealed { row, prev: std::mem::replace(&mut prev, hash.clone()), hash }
        })
        .collect()
}

fn first_bad(rows: &[Sealed]) -> Option<i64> {
    let mut walk = Walk::default();
    for row in rows {
        walk.step(row);
    }
    walk.first_bad_seq()
}

type Edit = fn(&mut Row);

const EDITS: [Edit; 12] = [
    |row| row.seq += 1,
    |row| row.at = Timestamp::from_microsecond(row.at.as_microsecond() + 1).unwrap(),
    |row| row.actor_kind = "system".to_owned(),
    |row| row.actor_id = None,
    |row| row.actor_name = Some("Eve".to_owned()),
    |row| row.action = "user.created".to_owned(),
    |row| row.object_kind = "token".to_owned(),
    |row| row.object_id.push('0'),
    |row| row.object_name = Some(String::new()),
    |row| row.details = "{} ".to_owned(),
    |row| row.request_id = Some(String::new()),
    |row| row.address = None,
];

#[test]
fn an_untouched_chain_holds() {
    assert_eq!(first_bad(&chain(20)), None);
    assert_eq!(first_bad(&[]), None);
}

#[test]
fn text_that_moves_from_one_column_to_the_next_changes_the_hash() {
    let mut moved = row(1);
    moved.object_kind = "use".to_owned();
    moved.object_id = "r1".to_owned();
    assert_ne!(row(1).seal(&GENESIS), moved.seal(&GENESIS));
}

#[test]
fn the_hash_of_a_row_stays_what_it_was_in_version_1() {
    assert_eq!(hexadecimal(&row(1).seal(&GENESIS)), "c4a0cb7f51fcade1563a271a0aa21d701e0e22a51572de17709ceb36a80fef30");
}

proptest! {
    #[test]
    fn an_edited_column_is_found(at in 0_usize..20, edit in 0_usize..12) {
        let mut rows = chain(20);
        EDITS[edit](&mut rows[at].row);
        prop_assert_eq!(first_bad(&rows), Some(i64::try_from(at).unwrap() + 1));
    }

    #[test]
    fn an_edited_row_that_was_hashed_again_is_found_at_the_next(at in 0_usize..19, edit in 1_usize..12) {
        let mut rows = chain(20);
        EDITS[edit](&mut rows[at].row);
        rows[at].hash = rows[at].row.seal(&rows[at].prev).to_vec();
        prop_assert_eq!(first_bad(&rows), Some(i64::try_from(at).unwrap() + 2));
    }

    #[test]
    fn a_deleted_row_is_found(at in 0_usize..19) {
        let mut rows = chain(20);
        rows.remove(at);
        prop_assert_eq!(first_bad(&rows), Some(i64::try_from(at).unwrap() + 1));
    }

    #[test]
    fn rows_that_changed_places_are_found(one in 0_usize..20, other in 0_usize..20) {
        prop_assume!(one != other);
        let mut rows = chain(20);
        rows.swap(one, other);
        prop_assert!(first_bad(&rows).is_some());
    }

    #[test]
    fn an_inserted_row_is_found(at in 0_usize..20) {
        let mut rows = chain(20);
        let mut forged = rows[at].clone();
        forged.row.action = "user.created".to_owned();
        forged.hash = forged.row.seal(&forged.prev).to_vec();
        rows.insert(at, forged);
        prop_assert!(first_bad(&rows).is_some());
    }
}
