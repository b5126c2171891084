//! Who is at the other end of a link?

use std::net::IpAddr;

use terrier_shared::latest::section::sockets::Transport;

use super::{CiRef, NewCi, Planner};
use crate::reconcile::attribute::{ENDPOINT, ENDPOINT_ADDRESS};
use crate::reconcile::known::CiKey;
use crate::reconcile::observe::{Listening, Server};
use crate::reconcile::value::text;

/// Most endpoints one report adds for its links. A host that talks to more has them in its connections section.
const NEW_ENDPOINTS_MAX: usize = 1_000;

/// Places of the observed instances.
pub(super) type Instances<'a> = &'a [CiRef];

impl Planner<'_> {
    /// What answers at an address and port: an instance where its listener is known, the host where it is not.
    pub(super) fn server_at(
        &self,
        instances: Instances<'_>,
        address: IpAddr,
        port: u16,
        transports: &[Transport],
    ) -> Option<CiRef> {
        if self.observed.addresses.is_here(address) {
            return self.own_listener(instances, address, port, transports);
        }
        let host = self.known.peers.host(&address.to_string(), self.host_key())?;
        let listening = self.known.peers.listening.get(&host).map(Vec::as_slice).unwrap_or_default();
        let candidates = listening.iter().map(|(instance, listening)| (CiRef::Known(*instance), listening));
        Some(best(candidates, address, port, transports).unwrap_or(CiRef::Known(host)))
    }

    /// The instance of this host that listens there.
    pub(super) fn own_listener(
        &self,
        instances: Instances<'_>,
        address: IpAddr,
        port: u16,
        transports: &[Transport],
    ) -> Option<CiRef> {
        let observed = self.observed.instances.iter().flatten().zip(instances);
        let candidates = observed.flat_map(|(one, place)| one.listening.iter().map(move |at| (*place, at)));
        best(candidates, address, port, transports)
    }

    /// The host at an address, other than this one.
    pub(super) fn host_at(&self, address: IpAddr) -> Option<CiKey> {
        self.known.peers.host(&address.to_string(), self.host_key())
    }

    /// The CI that serves a network file system.
    pub(super) fn file_server(&mut self, server: &Server) -> Option<CiRef> {
        let name = match server {
            Server::Address(address) if self.observed.addresses.is_here(*address) => return None,
            Server::Address(address) => address.to_string(),
            Server::Name(name) => name.clone(),
        };
        let inner = matches!(server, Server::Address(address) if self.observed.addresses.is_inner(*address));
        let host = self.known.peers.host(&name, self.host_key()).map(CiRef::Known);
        host.or_else(|| self.endpoint(&name, inner))
    }

    /// The endpoint that stands for an address, made if there is none yet.
    pub(super) fn endpoint_at(&mut self, address: IpAddr) -> Option<CiRef> {
        self.endpoint(&address.to_string(), self.observed.addresses.is_inner(address))
    }

    fn endpoint(&mut self, name: &str, inner: bool) -> Option<CiRef> {
        let existing = if inner { self.own_endpoint(name) } else { self.shared_endpoint(name) };
        if let Some((key, gone)) = existing {
            if gone {
                self.plan.back.insert(key);
            }
            return Some(CiRef::Known(key));
        }
        let parent = inner.then_some(self.host);
        let is_it = |ci: &NewCi| ci.class == ENDPOINT && ci.local_id.as_deref() == Some(name) && ci.parent == parent;
        if let Some(place) = self.plan.new_cis.iter().position(is_it) {
            return Some(CiRef::New(place));
        }
        self.add_endpoint(name, parent)
    }

    fn add_endpoint(&mut self, name: &str, parent: Option<CiRef>) -> Option<CiRef> {
        let added = self.plan.new_cis.iter().filter(|ci| ci.class == ENDPOINT).count();
        if added >= NEW_ENDPOINTS_MAX {
            return None;
        }
        let local_id = Some(name.to_owned());
        let new = NewCi { class: ENDPOINT.to_owned(), name: name.to_owned(), parent, local_id, is_host: false };
        self.plan.new_cis.push(new);
        let ci = CiRef::New(self.plan.new_cis.len() - 1);
        self.plan.opened_values.insert((ci, ENDPOINT_ADDRESS), text(name));
        if parent.is_none() {
            self.plan.opened_identifiers.insert((ci, "address".to_owned(), name.to_owned()));
        }
        Some(ci)
    }

    fn own_endpoint(&self, name: &str) -> Option<(CiKey, bool)> {
        let is_it =
            |ci: &&crate::reconcile::known::KnownCi| ci.class == ENDPOINT && ci.local_id.as_deref() == Some(name);
        self.known.dependents.iter().find(is_it).map(|ci| (ci.key, ci.gone))
    }

    fn shared_endpoint(&self, name: &str) -> Option<(CiKey, bool)> {
        self.known.peers.endpoint(name).map(|peer| (peer.key, peer.gone))
    }
}

/// The listener that answers best: bound to the very address before one bound to all.
fn best<'l>(
    candidates: impl Iterator<Item = (CiRef, &'l Listening)>,
    address: IpAddr,
    port: u16,
    transports: &[Transport],
) -> Option<CiRef> {
    let answers = |listening: &Listening| {
        transports.iter().filter_map(|transport| listening.answers(address, *transport, port)).min()
    };
    candidates.filter_map(|(ci, listening)| Some((answers(listening)?, ci))).min().map(|(_, ci)| ci)
}
