//! Connections of those who show no certificate: one address has so many at once, and no more.
//!
//! They cost memory before anybody has said who he is. Agents have certificates; who enrols is through in a moment.

use std::any::Any;
use std::collections::HashMap;
use std::net::{IpAddr, Shutdown};
use std::sync::{Arc, Mutex, PoisonError};

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use socket2::SockRef;

use crate::fleet::limiter::Network;
use crate::pki::PeerCertificate;

/// Counts them. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Strangers {
    most: usize,
    open: Arc<Mutex<HashMap<Network, usize>>>,
}

/// One of them, counted until it is dropped with its connection.
#[derive(Debug)]
struct Stranger {
    from: Network,
    of: Strangers,
}

impl Strangers {
    /// At most so many from each address.
    pub(super) fn at_most(most: usize) -> Self {
        Self { most, open: Arc::default() }
    }

    /// Looks at a new connection, of which `data` says whether a certificate came with it, and has it end if it is one
    /// too many.
    pub(super) fn meet(&self, connection: &dyn Any, data: &mut Extensions) {
        if data.contains::<PeerCertificate>() {
            return;
        }
        let Some(stream) = connection.downcast_ref::<TlsStream<TcpStream>>() else { return };
        let (tcp, _) = stream.get_ref();
        let Ok(peer) = tcp.peer_addr() else { return };
        if let Some(stranger) = self.admit(peer.ip().to_canonical()) {
            data.insert(stranger);
        } else {
            metrics::counter!("ingest_shed_total", "why" => "strangers").increment(1);
            // An error says that it has ended by itself.
            let _ended = SockRef::from(tcp).shutdown(Shutdown::Both);
        }
    }

    fn admit(&self, address: IpAddr) -> Option<Stranger> {
        let from = Network::of(address);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(from).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Stranger { from, of: self.clone() })
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        let mut open = self.of.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.from) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.from);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Strangers;

    #[test]
    fn each_address_has_its_own_few_and_gets_them_back() {
        let strangers = Strangers::at_most(2);
        let (one, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let (first, _second) = (strangers.admit(one).unwrap(), strangers.admit(one).unwrap());
        assert!(strangers.admit(one).is_none());
        let third = strangers.admit(other).unwrap();
        drop((first, third));
        assert!(strangers.admit(one).is_some());
        assert_eq!(strangers.open.lock().unwrap().len(), 1, "who has none is forgotten");
    }

    #[test]
    fn all_addresses_of_a_network_of_ipv6_are_one() {
        let strangers = Strangers::at_most(1);
        let _first = strangers.admit("2001:db8::1".parse().unwrap()).unwrap();
        assert!(strangers.admit("2001:db8::2".parse().unwrap()).is_none());
        assert!(strangers.admit("2001:db8:0:1::1".parse().unwrap()).is_some());
    }
}
