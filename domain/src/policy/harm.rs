//! 差一点 never advises what costs more than it brings: the step that is enough for one item may lose another.

use super::book::{Book, Scratch, Table, Truth};
use super::evaluate::{Outcome, Range, Standing, Verdict};
use super::money::{Fen, LIMIT};
use super::payments::Payments;

impl Book {
    /// Takes from the items one step away those whose step would leave the enterprise with less than the `total` it can have now.
    pub(super) fn without_harm(
        &self,
        outcomes: &mut [Outcome],
        had: &[(usize, i64)],
        total: i64,
        table: &mut Table,
        scratch: &mut Scratch,
    ) {
        for at in 0..outcomes.len() {
            let (item, short) = (outcomes[at].item, outcomes[at].short);
            let Some((slot, needed)) = short.and_then(|leaf| self.needed(item, leaf, table)) else { continue };
            let code = &self.slots()[slot].code;
            // Only what is paid now can be lost.
            if !outcomes.iter().any(|outcome| outcome.pays() && self.items()[outcome.item].asks_for(code)) {
                continue;
            }
            let now = table.get(slot, 0);
            table.put(slot, 0, needed);
            let after: Vec<Outcome> = outcomes.iter().map(|outcome| self.again(outcome, table, scratch)).collect();
            let left = Payments::new(self, table, &after, had).total().1.low;
            table.put(slot, 0, now);
            if left.0 < total {
                outcomes[at] = self.again(&outcomes[at], table, scratch);
            }
        }
    }

    /// An outcome by what stands in the table, without a step.
    fn again(&self, outcome: &Outcome, table: &Table, scratch: &mut Scratch) -> Outcome {
        self.run::<false>(outcome.item, table, 0, scratch);
        let verdict = Verdict::of(Truth::from_byte(scratch.verdicts()[0]));
        let (low, high) = (scratch.low()[0], scratch.high()[0]);
        let amount = if low < LIMIT { Range::new(low, high) } else { Range { low: Fen::ZERO, high: None } };
        let standing = match verdict {
            _ if outcome.standing == Standing::Had => Standing::Had,
            Verdict::Eligible => self.had_by(outcome.item),
            Verdict::Unknown => Standing::Unknown,
            Verdict::Ineligible => Standing::Unmet,
        };
        Outcome {
            item: outcome.item,
            verdict,
            amount,
            paid: Fen::ZERO,
            chosen: false,
            standing,
            elsewhere: outcome.elsewhere,
            short: None,
            stride: 0,
            missing: Vec::new(),
        }
    }
}
