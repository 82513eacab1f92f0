//! What makes a change to the record visible: a link over every column of an event, and a digest over all chains that can be kept elsewhere.
//!
//! The database writes the links (`store/migrations/0018_audit.sql`); what is here recomputes them without asking it for anything but the
//! rows, so that whoever owns the database cannot answer for it. How a row becomes the text that is hashed, docs/SECURITY.md says.

use sha2::{Digest, Sha256};

/// SHA-256.
pub type Link = [u8; 32];

/// What the first event of a chain hangs on.
pub const ROOT: Link = [0; 32];

/// The records that are chained: one chain an issue, an application, an enterprise's facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 诉求.
    Issue,
    /// 兑现申请.
    Application,
    /// 企业画像.
    Fact,
}

impl Kind {
    /// All of them, in the order in which they are looked through.
    pub const ALL: [Kind; 3] = [Kind::Issue, Kind::Application, Kind::Fact];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Issue => "issue",
            Kind::Application => "application",
            Kind::Fact => "fact",
        }
    }

    /// The kind of a code.
    pub fn parse(code: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The table of its events.
    pub fn table(self) -> &'static str {
        match self {
            Kind::Issue => "issue_event",
            Kind::Application => "application_event",
            Kind::Fact => "fact_change",
        }
    }

    /// The table of what the events add up to.
    pub fn object(self) -> &'static str {
        match self {
            Kind::Issue => "issue",
            Kind::Application => "application",
            Kind::Fact => "portrait",
        }
    }
}

/// The link of one event: over the link before it, the table's name, a line feed, and the event's form.
pub fn link(previous: &Link, kind: Kind, form: &str) -> Link {
    let mut hash = Sha256::new();
    hash.update(previous);
    hash.update(kind.table());
    hash.update(b"\n");
    hash.update(form);
    hash.finalize().into()
}

/// The digest of a row by itself.
pub fn digest(form: &str) -> Link {
    Sha256::digest(form).into()
}

/// A digest over the heads of all chains of a kind: for each, in the order of their ids, the id (8 bytes), the number of the last event (4) and
/// its link, numbers big-endian.
#[derive(Debug, Clone, Default)]
pub struct Heads {
    hash: Sha256,
    chains: i64,
    events: i64,
}

impl Heads {
    /// Adds the head of a chain, the chain having so many events.
    pub fn add(&mut self, object: i64, seq: i32, link: &Link, events: i64) {
        self.hash.update(object.to_be_bytes());
        self.hash.update(seq.to_be_bytes());
        self.hash.update(link);
        self.chains += 1;
        self.events += events;
    }

    /// How many chains and events there are, and the digest.
    pub fn root(self) -> (i64, i64, Link) {
        (self.chains, self.events, self.hash.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_change_changes_the_link() {
        let base = link(&ROOT, Kind::Issue, "{\"a\": 1}");
        for other in [
            link(&base, Kind::Issue, "{\"a\": 1}"),
            link(&ROOT, Kind::Application, "{\"a\": 1}"),
            link(&ROOT, Kind::Issue, "{\"a\": 2}"),
            link(&ROOT, Kind::Issue, ""),
        ] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn the_digest_of_heads_knows_their_order_and_numbers() {
        let root = |heads: &[(i64, i32, u8)]| {
            let mut all = Heads::default();
            heads.iter().for_each(|(object, seq, byte)| all.add(*object, *seq, &[*byte; 32], i64::from(*seq)));
            all.root()
        };
        let base = root(&[(1, 2, 7), (2, 1, 8)]);
        assert_eq!((base.0, base.1), (2, 3));
        for other in
            [root(&[(2, 1, 8), (1, 2, 7)]), root(&[(1, 2, 7)]), root(&[(1, 1, 7), (2, 1, 8)]), root(&[(1, 2, 7), (2, 1, 9)])]
        {
            assert_ne!(base.2, other.2);
        }
        assert_eq!(Kind::ALL.map(|kind| Kind::parse(kind.code())), Kind::ALL.map(Some));
    }
}
