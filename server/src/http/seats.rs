//! Places on this server that a session, an account or an address may take, and all together: for connections, for streams that stay open, for
//! uploads on their way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The places of a kind.
#[derive(Debug, Clone)]
pub struct Seats {
    taken: Arc<Mutex<Taken>>,
    each: usize,
    all: usize,
}

#[derive(Debug, Default)]
struct Taken {
    by: HashMap<[u8; 32], usize>,
    all: usize,
}

/// A place of one's own; it is free again when this is dropped.
#[derive(Debug)]
pub struct Seat {
    taken: Arc<Mutex<Taken>>,
    session: [u8; 32],
}

fn locked(taken: &Mutex<Taken>) -> MutexGuard<'_, Taken> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Seats {
    /// So many for each holder, by a hash of its session's token, of the account's name or of its address, and so many for all.
    pub fn new(each: usize, all: usize) -> Seats {
        Seats { taken: Arc::default(), each, all }
    }

    /// A place for a holder; none where it has its own, or there is no other.
    pub fn take(&self, session: [u8; 32]) -> Option<Seat> {
        let mut taken = locked(&self.taken);
        let own = taken.by.get(&session).copied().unwrap_or(0);
        if own >= self.each || taken.all >= self.all {
            return None;
        }
        taken.by.insert(session, own + 1);
        taken.all += 1;
        Some(Seat { taken: self.taken.clone(), session })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = locked(&self.taken);
        taken.all = taken.all.saturating_sub(1);
        if let Some(own) = taken.by.get_mut(&self.session) {
            *own -= 1;
            if *own == 0 {
                taken.by.remove(&self.session);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_has_its_own_places_and_all_have_so_many() {
        let seats = Seats::new(2, 3);
        let own: Vec<Seat> = (0..2).filter_map(|_| seats.take([1; 32])).collect();
        assert_eq!(own.len(), 2);
        assert!(seats.take([1; 32]).is_none(), "it has two");
        let other = seats.take([2; 32]);
        assert!(other.is_some() && seats.take([3; 32]).is_none(), "there are three");
        drop(own);
        assert!(seats.take([3; 32]).is_some() && seats.take([1; 32]).is_some());
        drop(other);
        assert!(locked(&seats.taken).by.is_empty() && locked(&seats.taken).all == 0, "nothing is left of who was here");
    }
}
