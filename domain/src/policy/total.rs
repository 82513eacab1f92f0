//! Group rules (就高不重复、差额补足、不可兼得、可叠加), yearly caps and budgets over everything an enterprise is eligible for:
//! the best total there is.
//!
//! `highest` and `exclusive` pay one item of the group, `top_up` pays all but together no more than the highest less what was
//! already received, `stack` pays all up to the group's cap. Above them stand a cap per enterprise and year and what is left of
//! a fund. For a given choice the payments are a flow, yearly cap → group → item → fund, so its maximum is the best for that
//! choice; choices are searched, and only where they compete for a cap or a fund: all of them up to [`MOST_CHOICES`], beyond that group by
//! group, which always finds what can be had and nearly always the most.

use super::model::GroupRule;
use super::sorted;
use std::collections::VecDeque;

/// An eligible item in search of its money. Amounts are fen.
#[derive(Debug, Clone, Copy, Default)]
pub struct Claim {
    /// What it would pay alone.
    pub amount: i64,
    /// Decides between equal amounts: the larger one wins, then the earlier.
    pub tie: i64,
    /// Index of its group.
    pub group: Option<usize>,
    /// Index of its yearly cap.
    pub cap: Option<usize>,
    /// Index of its fund.
    pub fund: Option<usize>,
}

/// A group as the payments see it.
#[derive(Debug, Clone, Copy)]
pub struct GroupLimit {
    pub rule: GroupRule,
    /// The most the group pays; `i64::MAX` without.
    pub cap: i64,
    /// `top_up`: what was already received.
    pub received: i64,
}

/// What limits the payments. Amounts are fen.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    pub groups: Vec<GroupLimit>,
    /// Yearly caps.
    pub caps: Vec<i64>,
    pub funds: Vec<i64>,
}

/// Who is paid what.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Allocation {
    /// Per claim: whether it is among those that pay.
    pub chosen: Vec<bool>,
    /// Per claim: what it pays, fen.
    pub paid: Vec<i64>,
    /// The sum, fen.
    pub total: i64,
}

/// How many ways to choose are tried; each group of items on different funds multiplies them, so that without an end twenty such
/// groups, which two people can publish, would keep a server busy for a minute.
pub const MOST_CHOICES: u32 = 4096;

fn pays_one(limits: &Limits, claim: &Claim) -> Option<usize> {
    let group = claim.group?;
    matches!(limits.groups[group].rule, GroupRule::Highest | GroupRule::Exclusive).then_some(group)
}

/// The best payments for these claims.
pub fn allocate(claims: &[Claim], limits: &Limits) -> Allocation {
    // Options of each group that pays one; the best alone comes first.
    let mut options: Vec<Vec<usize>> = vec![Vec::new(); limits.groups.len()];
    let mut chosen = vec![false; claims.len()];
    for (index, claim) in claims.iter().enumerate() {
        match pays_one(limits, claim) {
            Some(group) => options[group].push(index),
            None => chosen[index] = true,
        }
    }
    for list in &mut options {
        *list = sorted(std::mem::take(list), &|a, b| {
            let key = |at: usize| (-claims[at].amount, -claims[at].tie, at);
            key(*a).cmp(&key(*b))
        });
        // Of two that draw on the same cap and fund the smaller one is never better.
        let mut seen = Vec::new();
        list.retain(|i| {
            let draws = (claims[*i].cap, claims[*i].fund);
            let new = !seen.contains(&draws);
            seen.push(draws);
            new
        });
    }
    let open: Vec<Vec<usize>> = options.into_iter().filter(|list| !list.is_empty()).collect();
    for list in &open {
        chosen[list[0]] = true;
    }
    let first = pay(claims, limits, &chosen);
    let wish: i64 = claims.iter().zip(&chosen).filter(|(_, c)| **c).map(|(claim, _)| claim.amount).fold(0, i64::saturating_add);
    if first.total == wish {
        return first;
    }
    // Something binds: try the other choices, group by group, as long as they could still be better.
    let contested: Vec<&Vec<usize>> = open.iter().filter(|list| list.len() > 1).collect();
    let mut search = Search { claims, limits, contested: &contested, best: first, left: MOST_CHOICES };
    search.descend(0, &mut chosen, wish);
    if search.left == 0 {
        search.climb(&mut chosen);
    }
    search.best
}

struct Search<'a> {
    claims: &'a [Claim],
    limits: &'a Limits,
    contested: &'a [&'a Vec<usize>],
    best: Allocation,
    /// Choices that may still be tried.
    left: u32,
}

impl Search<'_> {
    /// `bound`: what the present choice would pay if nothing bound; deeper choices only lower it.
    fn descend(&mut self, depth: usize, chosen: &mut [bool], bound: i64) {
        if bound <= self.best.total || self.left == 0 {
            return;
        }
        let Some(list) = self.contested.get(depth) else {
            self.left -= 1;
            let allocation = pay(self.claims, self.limits, chosen);
            if allocation.total > self.best.total {
                self.best = allocation;
            }
            return;
        };
        let top = list[0];
        for option in list.iter().copied() {
            chosen[top] = false;
            chosen[option] = true;
            let less = self.claims[top].amount - self.claims[option].amount;
            self.descend(depth + 1, chosen, bound - less);
            chosen[option] = false;
        }
        chosen[top] = true;
    }

    /// Changes one group's choice at a time for as long as that pays more.
    fn climb(&mut self, chosen: &mut [bool]) {
        let mut present = pay(self.claims, self.limits, chosen).total;
        loop {
            let before = present;
            for list in self.contested {
                for option in list.iter().copied() {
                    let Some(now) = list.iter().copied().find(|at| chosen[*at]) else { continue };
                    chosen[now] = false;
                    chosen[option] = true;
                    let allocation = pay(self.claims, self.limits, chosen);
                    if allocation.total > present {
                        present = allocation.total;
                        if present > self.best.total {
                            self.best = allocation;
                        }
                    } else {
                        chosen[option] = false;
                        chosen[now] = true;
                    }
                }
            }
            if present == before {
                return;
            }
        }
    }
}

/// The most the chosen claims can pay under the limits.
fn pay(claims: &[Claim], limits: &Limits, chosen: &[bool]) -> Allocation {
    let group_cap = |group: usize| {
        let limit = limits.groups[group];
        if limit.rule != GroupRule::TopUp {
            return limit.cap;
        }
        let members = claims.iter().zip(chosen).filter(|(claim, chosen)| **chosen && claim.group == Some(group));
        let highest = members.map(|(claim, _)| claim.amount).max().unwrap_or(0);
        highest.saturating_sub(limit.received).min(limit.cap).max(0)
    };
    let group_caps: Vec<i64> = (0..limits.groups.len()).map(group_cap).collect();
    let mut paid: Vec<i64> = claims.iter().zip(chosen).map(|(claim, chosen)| if *chosen { claim.amount } else { 0 }).collect();
    let sum_of = |paid: &[i64], of: &dyn Fn(&Claim) -> bool| {
        claims.iter().zip(paid).filter(|(claim, _)| of(claim)).map(|(_, paid)| *paid).fold(0, i64::saturating_add)
    };
    let fits = (0..group_caps.len()).all(|g| sum_of(&paid, &|c| c.group == Some(g)) <= group_caps[g])
        && (0..limits.caps.len()).all(|k| sum_of(&paid, &|c| c.cap == Some(k)) <= limits.caps[k])
        && (0..limits.funds.len()).all(|f| sum_of(&paid, &|c| c.fund == Some(f)) <= limits.funds[f]);
    if !fits {
        paid = flow(claims, limits, &group_caps, &paid);
    }
    let total = paid.iter().fold(0, |sum: i64, paid| sum.saturating_add(*paid));
    Allocation { chosen: chosen.to_vec(), paid, total }
}

/// An edge and its way back lie side by side: `edge ^ 1`.
#[derive(Default)]
struct Network {
    to: Vec<usize>,
    room: Vec<i64>,
    from: Vec<Vec<usize>>,
}

impl Network {
    fn new(nodes: usize) -> Network {
        Network { from: vec![Vec::new(); nodes], ..Network::default() }
    }

    fn join(&mut self, a: usize, b: usize, room: i64) -> usize {
        let edge = self.to.len();
        self.to.extend([b, a]);
        self.room.extend([room, 0]);
        self.from[a].push(edge);
        self.from[b].push(edge + 1);
        edge
    }

    /// Edmonds-Karp: pushes along shortest ways until there is none; graphs here have tens of nodes.
    fn fill(&mut self, source: usize, sink: usize) {
        loop {
            let mut by: Vec<Option<usize>> = vec![None; self.from.len()];
            let mut queue = VecDeque::from([source]);
            while let Some(node) = queue.pop_front() {
                for &edge in &self.from[node] {
                    let next = self.to[edge];
                    if self.room[edge] > 0 && next != source && by[next].is_none() {
                        by[next] = Some(edge);
                        queue.push_back(next);
                    }
                }
            }
            let mut way = Vec::new();
            let mut node = sink;
            while let Some(edge) = by[node] {
                way.push(edge);
                node = self.to[edge ^ 1];
            }
            let Some(push) = way.iter().map(|edge| self.room[*edge]).min() else { return };
            for edge in way {
                self.room[edge] -= push;
                self.room[edge ^ 1] += push;
            }
        }
    }
}

fn flow(claims: &[Claim], limits: &Limits, group_caps: &[i64], amounts: &[i64]) -> Vec<i64> {
    // Room and way back of an edge are together what it had: nothing overflows.
    const WIDE: i64 = i64::MAX;
    let (source, sink) = (0, 1);
    let caps = 2;
    let groups = caps + limits.caps.len();
    let funds = groups + group_caps.len();
    let items = funds + limits.funds.len();
    let mut net = Network::new(items + claims.len());
    for (k, cap) in limits.caps.iter().enumerate() {
        net.join(source, caps + k, (*cap).max(0));
    }
    for (f, left) in limits.funds.iter().enumerate() {
        net.join(funds + f, sink, (*left).max(0));
    }
    let mut joined = vec![false; group_caps.len()];
    let mut edges = Vec::with_capacity(claims.len());
    for (index, claim) in claims.iter().enumerate() {
        let above = claim.cap.map_or(source, |k| caps + k);
        // A group lies under one cap (`check` sees to it), so that what limits its items nests and the flow is exact.
        let parent = match claim.group {
            Some(g) if group_caps[g] < WIDE && pays_one(limits, claim).is_none() => {
                if !joined[g] {
                    joined[g] = true;
                    net.join(above, groups + g, group_caps[g].max(0));
                }
                groups + g
            }
            _ => above,
        };
        let own_cap = claim.group.map_or(i64::MAX, |g| group_caps[g]);
        edges.push(net.join(parent, items + index, amounts[index].min(own_cap).max(0)));
        net.join(items + index, claim.fund.map_or(sink, |f| funds + f), WIDE);
    }
    net.fill(source, sink);
    edges.into_iter().map(|edge| net.room[edge ^ 1]).collect()
}
