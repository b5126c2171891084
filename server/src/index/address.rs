//! Addresses as digits of one length, so that those of a network lie side by side.

use std::net::IpAddr;

use diesel::prelude::*;
use diesel::sql_types::Text;
use jiff::Timestamp;
use serde::Serialize;

use crate::on_each_database;
use crate::store::column::At;
use crate::store::dialect::either;
use crate::store::schema::index_address as a;
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

/// Bits before an address of version 4.
const MAPPED_BITS: u8 = 96;

/// A network, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    first: u128,
    last: u128,
}

impl Network {
    /// Reads `10.0.0.0/8`, `2001:db8::/32` or one address.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits: u8 = bits.map_or(Some(most), |bits| bits.parse().ok().filter(|bits| *bits <= most))?;
        let bits = if address.is_ipv4() { bits + MAPPED_BITS } else { bits };
        let rest = u128::MAX.checked_shr(u32::from(bits)).unwrap_or(0);
        let number = number(address);
        Some(Self { first: number & !rest, last: number | rest })
    }

    /// The first and the last address of it, as they are kept.
    #[must_use]
    pub fn bounds(self) -> (String, String) {
        (digits(self.first), digits(self.last))
    }
}

/// The address as it is kept; nothing if it is none.
#[must_use]
pub fn kept(text: &str) -> Option<String> {
    text.parse().ok().map(|address| digits(number(address)))
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

fn digits(number: u128) -> String {
    format!("{number:032x}")
}

/// An address that a CI has or had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Held {
    /// Whose it is.
    pub ci_key: i32,
    /// As it is kept.
    pub address: String,
    /// Since when.
    pub from: Timestamp,
    /// Until when.
    pub to: Option<Timestamp>,
}

/// Puts these in place of what is kept of these CIs.
pub fn replace(conn: &mut Conn, ci_keys: &[i32], held: &[Held]) -> Result<(), StoreError> {
    let kept: Vec<(i32, String, At, Option<At>)> = a::table
        .filter(a::ci_key.eq_any(ci_keys))
        .select((a::ci_key, a::address, a::valid_from, a::valid_to))
        .load(conn)?;
    let is_same = |one: &Held| kept.contains(&(one.ci_key, one.address.clone(), At(one.from), one.to.map(At)));
    if kept.len() == held.len() && held.iter().all(is_same) {
        return Ok(());
    }
    let keys =
        serde_json::to_string(ci_keys).map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    statement(either(
        conn,
        "DELETE FROM index_address WHERE ci_key IN (SELECT value FROM json_each(?1))",
        "DELETE FROM index_address WHERE ci_key IN (SELECT value::int4 FROM json_array_elements_text($1::json))",
    ))
    .bind::<Text, _>(keys)
    .execute(conn)?;
    for some in held.chunks(1_000) {
        let rows: Vec<_> = some
            .iter()
            .map(|one| {
                let (from, to) = (At(one.from), one.to.map(At));
                (a::ci_key.eq(one.ci_key), a::address.eq(&one.address), a::valid_from.eq(from), a::valid_to.eq(to))
            })
            .collect();
        on_each_database!(conn, |c| diesel::insert_into(a::table).values(&rows).execute(c))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Network, kept};

    #[test]
    fn addresses_of_a_network_lie_within_its_bounds() {
        let within = |network: &str, address: &str| {
            let (first, last) = Network::read(network).unwrap().bounds();
            (first..=last).contains(&kept(address).unwrap())
        };
        assert!(within("10.0.0.0/8", "10.255.1.2") && !within("10.0.0.0/8", "11.0.0.0"));
        assert!(within("10.1.16.0/20", "10.1.31.255") && !within("10.1.16.0/20", "10.1.32.0"));
        assert!(within("2001:db8:0:1::/64", "2001:db8:0:1::5") && !within("2001:db8::/64", "2001:db8:0:1::5"));
        assert!(within("0.0.0.0/0", "255.0.0.1") && !within("0.0.0.0/0", "2001:db8::1"));
        assert!(within("::/0", "10.0.0.1"));
        for wrong in ["10.0.0.0/33", "10.0.0", "x", "10.0.0.0/", "::/129", "10.0.0.0/-1"] {
            assert_eq!(Network::read(wrong), None, "{wrong}");
        }
    }
}
