//! Which of the facts that are not known could still decide. Several conditions may ask for the same fact, and what one of them says can make a
//! question of another one idle: who has to be a manufacturer need not say how old it is where a manufacturer of any age will do.

use super::{Book, Truth};
use crate::policy::evaluate::truth_of;

/// The most combinations of answers that are tried; beyond that everything that is open is asked for.
const TRIES: usize = 1_000;

/// What tests look at and is not known: a slot, or a share of two.
struct Open {
    of: (usize, usize),
    /// Values that the tests tell apart.
    points: Vec<i64>,
    /// How many combinations those before it have.
    stride: usize,
}

impl Open {
    /// Which of its points a combination has, counted from 1; 0 where it stays unknown.
    fn digit(&self, combination: usize) -> usize {
        combination / self.stride % (self.points.len() + 1)
    }
}

impl Book {
    /// The slots an undecided item's verdict could hang on, by trying what may be answered; none where no two of its open tests ask for the same, and
    /// where there is too much to try. `answers`: which of its tests an answer could settle.
    pub(crate) fn deciding(&self, item: usize, truths: &[Truth], answers: &[bool]) -> Option<Vec<usize>> {
        let probes = &self.program.probes[self.compiled[item].probes.clone()];
        let mut open: Vec<Open> = Vec::new();
        let mut place: Vec<Option<usize>> = vec![None; probes.len()];
        let mut shared = false;
        for (leaf, probe) in probes.iter().enumerate() {
            if truths[leaf] != Truth::Unknown || !answers[leaf] {
                continue;
            }
            let of = probe.looks_at();
            let known = open.iter().position(|one| one.of == of);
            shared |= known.is_some();
            let at = known.unwrap_or(open.len());
            if known.is_none() {
                open.push(Open { of, points: Vec::new(), stride: 1 });
            }
            self.program.points(probe, &mut open[at].points);
            place[leaf] = Some(at);
        }
        if !shared {
            return None;
        }
        let mut tries: usize = 1;
        for one in &mut open {
            one.stride = tries;
            tries = tries.saturating_mul(one.points.len() + 1);
        }
        if tries > TRIES {
            return None;
        }
        let mut tried = truths.to_vec();
        let mut verdicts = Vec::with_capacity(tries);
        for combination in 0..tries {
            for (leaf, probe) in probes.iter().enumerate() {
                let Some(one) = place[leaf].map(|at| &open[at]) else { continue };
                tried[leaf] = match one.digit(combination) {
                    0 => Truth::Unknown,
                    digit => self.program.truth(probe, one.points[digit - 1]),
                };
            }
            verdicts.push(truth_of(&self.items[item].condition, &tried, &mut 0));
        }
        let mut slots = Vec::new();
        for one in &open {
            let unanswered = |combination: usize| combination - one.digit(combination) * one.stride;
            if (0..tries).any(|combination| verdicts[combination] != verdicts[unanswered(combination)]) {
                slots.extend([one.of.0, one.of.1]);
            }
        }
        Some(slots)
    }
}
