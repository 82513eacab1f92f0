//! Room for one block of rows.

use super::table::BLOCK;

/// Room for one block; made once, used for every block.
#[derive(Debug, Clone)]
pub struct Scratch {
    pub(super) stack: Vec<[u8; BLOCK]>,
    pub(super) truths: Vec<[u8; BLOCK]>,
    pub(super) gaps: Vec<[i64; BLOCK]>,
    pub(super) verdicts: [u8; BLOCK],
    pub(super) low: [i64; BLOCK],
    pub(super) high: [i64; BLOCK],
    pub(super) rows: usize,
}

impl Scratch {
    pub(super) fn sized(leaves: usize, steps: usize) -> Scratch {
        Scratch {
            stack: vec![[0; BLOCK]; steps + 1],
            truths: vec![[0; BLOCK]; leaves],
            gaps: vec![[0; BLOCK]; leaves],
            verdicts: [0; BLOCK],
            low: [0; BLOCK],
            high: [0; BLOCK],
            rows: 0,
        }
    }

    /// The rows' verdicts: 0 ineligible, 1 unknown, 2 eligible.
    pub fn verdicts(&self) -> &[u8] {
        &self.verdicts[..self.rows]
    }

    /// The least each row would be paid, fen.
    pub fn low(&self) -> &[i64] {
        &self.low[..self.rows]
    }

    /// The most each row could be paid, fen; [`UNBOUNDED`](super::UNBOUNDED) where an unknown base has no cap.
    pub fn high(&self) -> &[i64] {
        &self.high[..self.rows]
    }

    /// The truths of the item's leaf `leaf`, in the order of writing.
    pub fn truths(&self, leaf: usize) -> &[u8] {
        &self.truths[leaf][..self.rows]
    }

    /// What a leaf lacks, in its slot's unit; 0 where it is met, unknown or has no measure.
    pub fn gaps(&self, leaf: usize) -> &[i64] {
        &self.gaps[leaf][..self.rows]
    }
}
