//! What must be right before an item may be published (S-23): every problem with its place and a sentence for the author.

use super::amount::{Amount, Tiered};
use super::condition::{Condition, Leaf, Test};
use super::library::{AttributeKind, Library};
use super::model::{GroupRule, Item};
use super::money::{Fen, LIMIT, ONE};
use super::satisfy;
use serde::Serialize;
use std::collections::BTreeMap;

#[cfg(feature = "server")]
pub use super::json::parse;

/// Something wrong in an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Where, as a path in the JSON: `condition.all[1].num.attr`.
    pub place: String,
    /// What, and what to do.
    pub sentence: String,
    /// Advice only: it does not stand against publishing.
    pub advice: bool,
}

/// Checks one item against the libraries.
pub fn check(item: &Item, library: &Library) -> Vec<Problem> {
    let mut check = Check { item, library, problems: Vec::new() };
    check.head();
    check.windows();
    check.condition(&item.condition, "condition");
    check.whole_condition();
    check.amount(&item.amount, "amount");
    check.group();
    check.problems
}

/// Whether nothing stands against publishing.
pub fn may_publish(problems: &[Problem]) -> bool {
    problems.iter().all(|problem| problem.advice)
}

/// Checks what items of one area say of each other: groups, caps and funds that share an id must agree.
pub fn check_set(items: &[Item]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut add = |place: String, sentence: String| problems.push(Problem { place, sentence, advice: false });
    let mut seen: BTreeMap<(&str, u32), usize> = BTreeMap::new();
    let mut groups: BTreeMap<&str, &Item> = BTreeMap::new();
    for item in items {
        *seen.entry((&item.id, item.version)).or_default() += 1;
        let Some(group) = &item.group else { continue };
        let Some(first) = groups.get(group.id.as_str()) else {
            groups.insert(&group.id, item);
            continue;
        };
        if first.group.as_ref().is_some_and(|other| other.rule != group.rule) {
            add(format!("{}: group.rule", item.id), format!("与 {} 同组，但规则不同", first.id));
        }
        if first.yearly_cap.as_ref().map(|cap| &cap.id) != item.yearly_cap.as_ref().map(|cap| &cap.id) {
            add(format!("{}: yearly_cap", item.id), format!("与 {} 同组，年度封顶（yearly_cap）应相同", first.id));
        }
    }
    for ((id, version), count) in seen {
        if count > 1 {
            add(id.to_owned(), format!("第 {version} 版有 {count} 份"));
        }
    }
    problems
}

struct Check<'a> {
    item: &'a Item,
    library: &'a Library,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn add(&mut self, place: impl Into<String>, sentence: impl Into<String>) {
        self.problems.push(Problem { place: place.into(), sentence: sentence.into(), advice: false });
    }

    fn advise(&mut self, place: impl Into<String>, sentence: impl Into<String>) {
        self.problems.push(Problem { place: place.into(), sentence: sentence.into(), advice: true });
    }

    fn head(&mut self) {
        let code = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if !(3..=80).contains(&self.item.id.len()) || !self.item.id.bytes().all(code) {
            self.add("id", "编号应为 3 至 80 个小写字母、数字或连字符");
        }
        if self.item.title.trim().is_empty() {
            self.add("title", "请填写条目名称");
        }
        if self.item.document.title.trim().is_empty() && self.item.document.no.trim().is_empty() {
            self.add("document", "请填写文件名称或文号");
        }
        for (key, text) in self.item.clauses.iter() {
            if text.trim().is_empty() {
                self.add(format!("clauses.{key}"), "条款原文为空，请填写");
            }
        }
    }

    fn windows(&mut self) {
        let valid = self.item.valid;
        let apply = &self.item.apply;
        if valid.to.is_some_and(|to| to < valid.from) {
            self.add("valid", "有效期的截止日早于开始日");
        }
        if let (Some(from), Some(to)) = (apply.from, apply.to)
            && to < from
        {
            self.add("apply", "申报的截止日早于开始日");
            return;
        }
        let outside =
            apply.from.is_some_and(|from| valid.to.is_some_and(|end| from > end)) || apply.to.is_some_and(|to| to < valid.from);
        if outside {
            self.add("apply", "申报时间不在有效期内");
        }
    }

    fn numeric(&mut self, attr: &str, place: &str) -> bool {
        match self.library.attributes.get(attr).map(|attribute| attribute.kind) {
            Some(kind) if kind.is_numeric() => true,
            Some(_) => {
                self.add(place, format!("指标“{}”不是数字，不能比较大小或计算", self.library.attribute_name(attr)));
                false
            }
            None => self.unknown_attribute(attr, place),
        }
    }

    fn kind(&mut self, attr: &str, kind: AttributeKind, place: &str) {
        match self.library.attributes.get(attr) {
            Some(attribute) if attribute.kind == kind => {}
            Some(attribute) => {
                let sentence = format!("指标“{}”是{}，这里要用{}", attribute.name, attribute.kind.label(), kind.label());
                self.add(place, sentence);
            }
            None => {
                self.unknown_attribute(attr, place);
            }
        }
    }

    fn unknown_attribute(&mut self, attr: &str, place: &str) -> bool {
        let sentence = if attr.trim().is_empty() {
            "请选择指标".to_owned()
        } else {
            format!("指标库里没有“{attr}”，请核对代码，或先在指标库登记")
        };
        self.add(place, sentence);
        false
    }

    fn tag(&mut self, tag: &str, place: &str) {
        if !self.library.tags.contains_key(tag) {
            self.add(place, format!("标签库里没有“{tag}”，请核对代码，或先在标签库登记"));
        }
    }

    /// Places, libraries and clauses; then whether the part can be true and false at all.
    fn condition(&mut self, condition: &Condition, place: &str) {
        let (word, list): (&str, &[Condition]) = match condition {
            Condition::Leaf(leaf) => return self.leaf(leaf, place),
            Condition::Not(child) => return self.condition(child, &format!("{place}.not")),
            Condition::All(list) => ("all", list),
            Condition::Any(list) => ("any", list),
            Condition::AtLeast { of, .. } => ("at_least.of", of),
        };
        if let Condition::AtLeast { k, of } = condition
            && (*k == 0 || *k as usize > of.len())
        {
            self.add(format!("{place}.at_least.k"), format!("要满足 {k} 项，但列出了 {} 项", of.len()));
        }
        for (index, child) in list.iter().enumerate() {
            self.condition(child, &format!("{place}.{word}[{index}]"));
        }
        for (index, child) in list.iter().enumerate() {
            let at = format!("{place}.{word}[{index}]");
            if satisfy::never_true(child, self.library) && !satisfy::never_true(&self.item.condition, self.library) {
                self.add(at, "这个条件任何企业都不可能满足");
            } else if satisfy::always_true(child, self.library) && !satisfy::always_true(&self.item.condition, self.library) {
                self.add(at, "这个条件任何企业都满足，等于没有写");
            }
        }
    }

    fn whole_condition(&mut self) {
        if satisfy::never_true(&self.item.condition, self.library) {
            self.add("condition", "条件互相矛盾，任何企业都不可能满足");
        } else if satisfy::always_true(&self.item.condition, self.library) {
            self.add("condition", "条件任何企业都满足，等于没有写，请检查");
        }
    }

    fn leaf(&mut self, leaf: &Leaf, place: &str) {
        match &leaf.test {
            Test::Num { attr, .. } => drop(self.numeric(attr, &format!("{place}.num.attr"))),
            Test::Ratio { num, den, .. } => {
                self.numeric(num, &format!("{place}.ratio.num"));
                self.numeric(den, &format!("{place}.ratio.den"));
            }
            Test::InSet { attr, codes } => {
                self.kind(attr, AttributeKind::Code, &format!("{place}.in_set.attr"));
                if codes.iter().all(|code| code.trim().is_empty()) {
                    self.add(format!("{place}.in_set.codes"), "请至少填写一个代码");
                }
            }
            Test::HasTag { tag } => self.tag(tag, &format!("{place}.has_tag.tag")),
            Test::Date { attr, .. } => self.kind(attr, AttributeKind::Date, &format!("{place}.date.attr")),
            Test::Age { attr, at_least_months } => {
                self.kind(attr, AttributeKind::Date, &format!("{place}.age.attr"));
                if *at_least_months == 0 {
                    self.add(format!("{place}.age.at_least_months"), "月数应大于 0");
                }
            }
            Test::Attest { question } => {
                if !self.library.questions.contains_key(question) {
                    self.add(format!("{place}.attest.question"), format!("问题库里没有“{question}”，请先登记问题"));
                }
            }
        }
        match leaf.clause.as_deref().map(str::trim) {
            Some(key) if !self.item.clauses.contains_key(key) => {
                self.add(format!("{place}.clause"), format!("依据“{key}”没有条款原文，请在 clauses 里填写"));
            }
            Some(_) => {}
            None => self.advise(format!("{place}.clause"), "没有写依据条款，企业看不到出处"),
        }
    }

    fn positive(&mut self, fen: Fen, place: &str) {
        if fen <= Fen::ZERO {
            self.add(place, "金额应大于 0，否则永远拿不到");
        }
    }

    fn amount(&mut self, amount: &Amount, place: &str) {
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
                    if !satisfy::allows_tag(&self.item.condition, tag, self.library) {
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
            Amount::SumOf(list) => self.list(list, &format!("{place}.sum_of"), false),
            Amount::Capped(capped) => {
                let place = format!("{place}.capped");
                self.positive(capped.cap, &format!("{place}.cap"));
                self.amount(&capped.of, &format!("{place}.of"));
                if most(&capped.of).is_some_and(|most| most < capped.cap) {
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
                && let (Amount::Fixed(fen), Some(best)) = (amount, best)
                && *fen < best
            {
                self.add(at.clone(), format!("另一项固定给 {}，这一项永远拿不到", best.words()));
            }
            self.amount(amount, &at);
        }
    }

    fn percent(&mut self, percent: &super::amount::Percent, place: &str) {
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
        {
            self.add(format!("{place}.floor"), "保底高于封顶，保底永远拿不到");
        }
    }

    /// The largest base the condition lets through must be able to reach the cap.
    fn cap_in_reach(&mut self, attr: &str, factor: i64, per: i64, cap: Option<Fen>, place: &str) {
        let Some(cap) = cap else { return };
        self.positive(cap, place);
        let (_, most) = satisfy::span(&self.item.condition, attr, self.library);
        if most < LIMIT && i128::from(most.max(0)) * i128::from(factor) / i128::from(per) < i128::from(cap.0) {
            let name = self.library.attribute_name(attr);
            let most = super::words::number(self.library, attr, super::money::Decimal::from_micro(most));
            self.add(place, format!("按条件“{name}”最多 {most}，封顶永远达不到，请核对"));
        }
    }

    fn tiered(&mut self, tiered: &Tiered, place: &str) {
        let numeric = self.numeric(&tiered.attr, &format!("{place}.attr"));
        if tiered.bands.is_empty() {
            self.add(format!("{place}.bands"), "没有列出任何档次，永远拿不到");
        }
        let (least, most) =
            if numeric { satisfy::span(&self.item.condition, &tiered.attr, self.library) } else { (-LIMIT, LIMIT) };
        for (index, band) in tiered.bands.iter().enumerate() {
            let at = format!("{place}.bands[{index}]");
            match (band.amount, band.rate) {
                (Some(amount), None) => {
                    if amount < Fen::ZERO {
                        self.add(format!("{at}.amount"), "金额不能小于 0");
                    }
                    if tiered.cap.is_some_and(|cap| amount > cap) {
                        self.add(format!("{at}.amount"), "这一档高于封顶，永远拿不到");
                    }
                }
                (None, Some(rate)) if rate.micro() >= 0 => {}
                (None, Some(_)) => self.add(format!("{at}.rate"), "比例不能小于 0"),
                (None, None) => self.add(at.clone(), "这一档没有写金额或比例"),
                (Some(_), Some(_)) => self.add(at.clone(), "这一档只能写金额或比例之一"),
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

    fn group(&mut self) {
        if let Some(group) = &self.item.group {
            if group.id.trim().is_empty() {
                self.add("group.id", "请填写组的编号");
            }
            if let Some(received) = &group.received {
                self.numeric(received, "group.received");
                if group.rule != GroupRule::TopUp {
                    self.add("group.received", "已享受金额只用于差额补足");
                }
            }
            if group.cap.is_some_and(|cap| cap <= Fen::ZERO) {
                self.add("group.cap", "金额应大于 0，否则永远拿不到");
            }
        }
        if self.item.fund.as_ref().is_some_and(|fund| fund.remaining < Fen::ZERO) {
            self.add("fund.remaining", "剩余资金不能小于 0");
        }
        if self.item.yearly_cap.as_ref().is_some_and(|cap| cap.amount <= Fen::ZERO) {
            self.add("yearly_cap.amount", "金额应大于 0，否则永远拿不到");
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
        Amount::Staged(stages) => Some(Fen(stages.iter().map(|stage| stage.amount.0).sum())),
        Amount::MaxOf(list) => list.iter().map(most).try_fold(Fen::ZERO, |best, next| next.map(|next| best.max(next))),
        Amount::SumOf(list) => list.iter().map(most).try_fold(Fen::ZERO, |sum, next| next.map(|next| Fen(sum.0 + next.0))),
        Amount::Capped(capped) => most(&capped.of).map_or(Some(capped.cap), |most| Some(most.min(capped.cap))),
    }
}
