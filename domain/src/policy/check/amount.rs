//! What can be wrong with an amount.

use super::Check;
use crate::policy::amount::{Amount, Percent, Tiered};
use crate::policy::money::{Decimal, Fen, LIMIT, ONE};
use crate::policy::words;

impl Check<'_> {
    fn positive(&mut self, fen: Fen, place: &str) {
        if fen <= Fen::ZERO {
            self.add(place, "金额应大于 0，否则永远拿不到");
        }
    }

    pub(super) fn amount(&mut self, amount: &Amount, place: &str) {
        match amount {
            Amount::None => {}
            Amount::Fixed(fen) => self.positive(*fen, &format!("{place}.fixed")),
            Amount::PerUnit(per) => {
                let place = format!("{place}.per_unit");
                self.positive(per.unit, &format!("{place}.unit"));
                if self.numeric(&per.attr, &format!("{place}.attr")) {
                    self.cap_in_reach(&per.attr, per.unit.0, ONE, per.cap, &format!("{place}.cap"));
                }
            }
            Amount::Percent(percent) => self.percent(percent, &format!("{place}.percent")),
            Amount::Tiered(tiered) => self.tiered(tiered, &format!("{place}.tiered")),
            Amount::ByTag(map) => {
                if map.is_empty() {
                    self.add(format!("{place}.by_tag"), "没有列出任何标签，永远拿不到");
                }
                for (tag, amount) in map.iter() {
                    let place = format!("{place}.by_tag.{tag}");
                    self.tag(tag, &place);
                    if !self.alone && !self.asker.allows_tag(&self.item.condition, tag) {
                        self.add(place.clone(), "条件排除了这个标签，这一档永远拿不到");
                    }
                    self.amount(amount, &place);
                }
            }
            Amount::Staged(stages) => {
                if stages.is_empty() {
                    self.add(format!("{place}.staged"), "没有列出任何阶段，永远拿不到");
                }
                for (index, stage) in stages.iter().enumerate() {
                    self.positive(stage.amount, &format!("{place}.staged[{index}].amount"));
                    if stage.milestone.trim().is_empty() {
                        self.add(format!("{place}.staged[{index}].milestone"), "请写明这一阶段要达到什么");
                    }
                }
            }
            Amount::MaxOf(list) => self.list(list, &format!("{place}.max_of"), true),
            Amount::MinOf(list) => self.list(list, &format!("{place}.min_of"), false),
            Amount::SumOf(list) => self.list(list, &format!("{place}.sum_of"), false),
            Amount::Capped(capped) => {
                let place = format!("{place}.capped");
                self.positive(capped.cap, &format!("{place}.cap"));
                self.amount(&capped.of, &format!("{place}.of"));
                if !self.alone && most(&capped.of).is_some_and(|most| most < capped.cap) {
                    self.add(format!("{place}.cap"), "封顶高于能得到的最高金额，永远达不到，请核对");
                }
            }
        }
    }

    fn list(&mut self, list: &[Amount], place: &str, best_only: bool) {
        if list.is_empty() {
            self.add(place, "没有列出任何金额，永远拿不到");
        }
        let best = list.iter().filter_map(|amount| if let Amount::Fixed(fen) = amount { Some(*fen) } else { None }).max();
        for (index, amount) in list.iter().enumerate() {
            let at = format!("{place}[{index}]");
            if best_only
                && !self.alone
                && let (Amount::Fixed(fen), Some(best)) = (amount, best)
                && *fen < best
            {
                self.add(at.clone(), format!("另一项固定给 {}，这一项永远拿不到", best.words()));
            }
            self.amount(amount, &at);
        }
    }

    fn percent(&mut self, percent: &Percent, place: &str) {
        let base = format!("{place}.of");
        if percent.of.trim().is_empty() {
            self.add(base, "没有写按什么计算，请选择比例的基数");
        } else if self.numeric(&percent.of, &base) {
            self.cap_in_reach(&percent.of, percent.rate.micro(), ONE * 10_000, percent.cap, &format!("{place}.cap"));
        }
        if percent.rate.micro() <= 0 {
            self.add(format!("{place}.rate"), "比例应大于 0，否则永远拿不到");
        }
        if let (Some(floor), Some(cap)) = (percent.floor, percent.cap)
            && floor > cap
            && !self.alone
        {
            self.add(format!("{place}.floor"), "保底高于封顶，保底永远拿不到");
        }
    }

    /// The largest base the condition lets through must be able to reach the cap.
    fn cap_in_reach(&mut self, attr: &str, factor: i64, per: i64, cap: Option<Fen>, place: &str) {
        let Some(cap) = cap else { return };
        self.positive(cap, place);
        if self.alone {
            return;
        }
        let (_, most) = self.asker.span(&self.item.condition, attr);
        if most < LIMIT && i128::from(most.max(0)) * i128::from(factor) / i128::from(per) < i128::from(cap.0) {
            let name = self.library.attribute_name(attr);
            let most = words::number(self.library, attr, Decimal::from_micro(most));
            self.add(place, format!("按条件“{name}”最多 {most}，封顶永远达不到，请核对"));
        }
    }

    fn tiered(&mut self, tiered: &Tiered, place: &str) {
        let numeric = self.numeric(&tiered.attr, &format!("{place}.attr"));
        if tiered.bands.is_empty() {
            self.add(format!("{place}.bands"), "没有列出任何档次，永远拿不到");
        }
        let (least, most) = if numeric { self.asker.span(&self.item.condition, &tiered.attr) } else { (-LIMIT, LIMIT) };
        for (index, band) in tiered.bands.iter().enumerate() {
            let at = format!("{place}.bands[{index}]");
            match (band.amount, band.rate) {
                (Some(amount), None) => {
                    if amount < Fen::ZERO {
                        self.add(format!("{at}.amount"), "金额不能小于 0");
                    }
                    if !self.alone && tiered.cap.is_some_and(|cap| amount > cap) {
                        self.add(format!("{at}.amount"), "这一档高于封顶，永远拿不到");
                    }
                }
                (None, Some(rate)) if rate.micro() >= 0 => {}
                (None, Some(_)) => self.add(format!("{at}.rate"), "比例不能小于 0"),
                (None, None) => self.add(at.clone(), "这一档没有写金额或比例"),
                (Some(_), Some(_)) if self.alone => {}
                (Some(_), Some(_)) => self.add(at.clone(), "这一档只能写金额或比例之一"),
            }
            if self.alone {
                continue;
            }
            let (from, to) = (band.from.micro(), band.to.map_or(LIMIT, |to| to.micro()));
            if to <= from {
                self.add(at.clone(), "这一档的上限不高于下限");
                continue;
            }
            if from > most || to <= least {
                self.add(at.clone(), "条件不允许落在这一档，这一档永远拿不到");
            }
            if let Some(next) = tiered.bands.get(index + 1) {
                let next_from = next.from.micro();
                if next_from > to {
                    self.add(at, "这一档和下一档之间有空缺");
                } else if next_from < to {
                    self.add(at, "这一档和下一档重叠");
                }
            }
        }
        if let Some(cap) = tiered.cap {
            self.positive(cap, &format!("{place}.cap"));
        }
    }
}

/// The most an amount can pay, where that does not depend on facts.
fn most(amount: &Amount) -> Option<Fen> {
    match amount {
        Amount::None => Some(Fen::ZERO),
        Amount::Fixed(fen) => Some(*fen),
        Amount::PerUnit(per) => per.cap,
        Amount::Percent(percent) => percent.cap,
        Amount::Tiered(tiered) => tiered.cap,
        Amount::ByTag(map) => map.values().map(most).try_fold(Fen::ZERO, |best, next| next.map(|next| best.max(next))),
        Amount::Staged(stages) => Some(stages.iter().fold(Fen::ZERO, |sum, stage| sum.plus(stage.amount))),
        Amount::MaxOf(list) => list.iter().map(most).try_fold(Fen::ZERO, |best, next| next.map(|next| best.max(next))),
        Amount::MinOf(list) => list.iter().filter_map(most).min(),
        Amount::SumOf(list) => list.iter().map(most).try_fold(Fen::ZERO, |sum, next| next.map(|next| sum.plus(next))),
        Amount::Capped(capped) => most(&capped.of).map_or(Some(capped.cap), |most| Some(most.min(capped.cap))),
    }
}
