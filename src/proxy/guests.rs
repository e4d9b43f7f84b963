//! Clients whose startup packet was judged before.
//!
//! Agents connect again and again with the same packet. What becomes of it hangs on the packet, the client's address and
//! the policies, and these stay as they are for the listener's life: so it is judged once. Only what was let through
//! without any objection is kept; a packet that was refused, or would have been but for shadow mode, is judged and
//! recorded each time.

use super::Shared;
use super::report::Reporter;
use super::startup::Admitted;
use crate::audit;
use crate::policy::{Account, Policy};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

/// How many are remembered.
const MOST: usize = 16;

/// The longest packet that is remembered, in bytes.
const LONGEST: usize = 512;

/// Who a client is.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) policy: Arc<Policy>,
    pub(super) account: Arc<Account>,
    pub(super) user: Arc<str>,
    pub(super) database: Arc<str>,
}

impl Identity {
    /// The sinks of a connection of theirs.
    pub(super) fn reporter(&self, connection: u64, peer: Option<SocketAddr>, shared: &Arc<Shared>) -> Reporter {
        let session = audit::Session {
            connection,
            principal: self.policy.principal_name(),
            user: Arc::clone(&self.user),
            database: Arc::clone(&self.database),
            client: peer,
        };
        Reporter::new(Arc::clone(shared), &session, Arc::clone(&self.policy), Arc::clone(&self.account))
    }
}

/// A client that may come in.
#[derive(Debug)]
pub(super) struct Guest {
    pub(super) identity: Identity,
    pub(super) admitted: Admitted,
}

/// A packet, byte by byte, and whence it came.
#[derive(Debug)]
struct Asked {
    packet: Box<[u8]>,
    address: Option<IpAddr>,
}

/// Those of one listener.
#[derive(Debug, Default)]
pub(super) struct Guests(Mutex<Vec<(Asked, Arc<Guest>)>>);

impl Guests {
    /// Who comes from that address with that packet, if they came before.
    pub(super) fn find(&self, packet: &[u8], address: Option<IpAddr>) -> Option<Arc<Guest>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut known = known.iter();
        known
            .find(|(asked, _)| asked.address == address && *asked.packet == *packet)
            .map(|(_, guest)| Arc::clone(guest))
    }

    /// Remembers a guest in the place of the one longest known.
    pub(super) fn keep(&self, packet: &[u8], address: Option<IpAddr>, guest: &Arc<Guest>) {
        if packet.len() > LONGEST || !guest.admitted.shadowed.is_empty() {
            return;
        }
        let asked = Asked { packet: packet.into(), address };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.remove(0);
        }
        known.push((asked, Arc::clone(guest)));
    }
}

#[cfg(test)]
mod tests;
