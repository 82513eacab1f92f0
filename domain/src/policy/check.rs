//! What must be right before an item may be published (S-23): every problem with its place and a sentence for the author.

mod amount;

use super::condition::{Condition, Leaf, Test};
use super::library::{AttributeKind, Library};
use super::model::{GroupRule, Item};
use super::money::Fen;
use super::satisfy::Asker;
use crate::area;
use serde::Serialize;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use time::Date;

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

/// The most parts of an item's condition, and of its amount. The longest real document has a tenth of it; what is larger costs more time than
/// it is worth, and nobody could read it.
pub const MOST_PARTS: usize = 400;
/// How deep they may be nested.
pub const DEEPEST: usize = 16;

/// Checks one item against the libraries.
pub fn check(item: &Item, library: &Library) -> Vec<Problem> {
    run(item, library, false)
}

/// What is wrong with each field of an item by itself, whatever the others say: for a draft some of whose fields could not be read.
pub fn check_fields(item: &Item, library: &Library) -> Vec<Problem> {
    run(item, library, true)
}

fn run(item: &Item, library: &Library, alone: bool) -> Vec<Problem> {
    let mut check = Check { item, library, asker: Asker::new(library), problems: Vec::new(), whole: OnceCell::new(), alone };
    check.size("condition", item.condition.size());
    check.size("amount", item.amount.size());
    if !check.problems.is_empty() {
        // Nothing else looks into what is too large.
        return check.problems;
    }
    check.head();
    check.windows();
    check.condition(&item.condition, "condition");
    check.whole_condition();
    check.amount(&item.amount, "amount");
    check.group();
    check.problems
}

/// What is wrong with the id of an item, drafts included: it stands in addresses and in the names of files. A constraint of the table repeats it.
pub fn check_id(id: &str) -> Option<Problem> {
    let code = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let right = (3..=80).contains(&id.len()) && id.bytes().all(code);
    let sentence = "编号应为 3 至 80 个小写字母、数字或连字符".to_owned();
    (!right).then_some(Problem { place: "id".to_owned(), sentence, advice: false })
}

/// Whether nothing stands against publishing.
pub fn may_publish(problems: &[Problem]) -> bool {
    problems.iter().all(|problem| problem.advice)
}

/// Checks what items say of each other: groups, caps and funds that share an id must agree on every day on which they stand together,
/// and a version is there once.
pub fn check_set(items: &[Item]) -> Vec<Problem> {
    let ends = items.iter().filter_map(|item| item.valid.to.and_then(Date::next_day));
    let days: BTreeSet<Date> = items.iter().map(|item| item.valid.from).chain(ends).collect();
    let mut problems = Vec::new();
    for day in days {
        for problem in disagreements(items, day) {
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
    }
    problems.extend(twice(items));
    problems
}

/// What an item and others of other ids say against each other, each at its place in this item, whichever of the two was named.
pub fn check_beside(item: &Item, others: impl Iterator<Item = Item>) -> Vec<Problem> {
    let together: Vec<Item> = others.chain([item.clone()]).collect();
    let of_it = |problem: Problem| {
        let (named, place) = problem.place.split_once(": ")?;
        let (first, said) = problem.sentence.strip_prefix("与 ")?.split_once(' ')?;
        let other = [(named, first), (first, named)].into_iter().find(|(one, _)| *one == item.id)?.1;
        Some(Problem { place: place.to_owned(), sentence: format!("与 {other} {said}"), advice: problem.advice })
    };
    check_set(&together).into_iter().filter_map(of_it).collect()
}

/// The same for one day.
pub fn check_on(items: &[Item], day: Date) -> Vec<Problem> {
    let mut problems = disagreements(items, day);
    problems.extend(twice(items));
    problems
}

/// Two items with one id and version: which one holds would hang on the order they came in.
fn twice(items: &[Item]) -> impl Iterator<Item = Problem> {
    let mut seen: BTreeMap<(&str, u32), usize> = BTreeMap::new();
    for item in items {
        *seen.entry((&item.id, item.version)).or_default() += 1;
    }
    seen.into_iter().filter(|(_, count)| *count > 1).map(|((id, version), count)| Problem {
        place: id.to_owned(),
        sentence: format!("第 {version} 版有 {count} 份，请只保留一份"),
        advice: false,
    })
}

/// What items in force on a day say against each other.
fn disagreements(items: &[Item], day: Date) -> Vec<Problem> {
    let mut holding: BTreeMap<&str, &Item> = BTreeMap::new();
    for item in items.iter().filter(|item| item.valid.holds(day)) {
        let known = holding.entry(&item.id).or_insert(item);
        if known.version < item.version {
            *known = item;
        }
    }
    let mut problems = Vec::new();
    let mut add = |item: &Item, place: &str, other: &Item, sentence: &str| {
        let sentence = format!("与 {} {sentence}", other.id);
        problems.push(Problem { place: format!("{}: {place}", item.id), sentence, advice: false });
    };
    let mut groups: BTreeMap<&str, &Item> = BTreeMap::new();
    let (mut group_caps, mut received) = (BTreeMap::new(), BTreeMap::new());
    let (mut caps, mut funds) = (BTreeMap::new(), BTreeMap::new());
    for item in holding.into_values() {
        if let Some(cap) = &item.yearly_cap
            && let (first, amount) = *caps.entry(&cap.id).or_insert((item, cap.amount))
            && amount != cap.amount
        {
            add(item, "yearly_cap.amount", first, "用同一年度封顶，但金额不同");
        }
        if let Some(fund) = &item.fund
            && let (first, remaining) = *funds.entry(&fund.id).or_insert((item, fund.remaining))
            && remaining != fund.remaining
        {
            add(item, "fund.remaining", first, "用同一资金，但剩余金额不同");
        }
        let Some(group) = &item.group else { continue };
        let first = *groups.entry(&group.id).or_insert(item);
        if first.group.as_ref().is_some_and(|other| other.rule != group.rule) {
            add(item, "group.rule", first, "同组，但规则不同");
        }
        if first.yearly_cap.as_ref().map(|cap| &cap.id) != item.yearly_cap.as_ref().map(|cap| &cap.id) {
            add(item, "yearly_cap", first, "同组，年度封顶应相同");
        }
        if let Some(cap) = group.cap
            && let (first, known) = *group_caps.entry(&group.id).or_insert((item, cap))
            && known != cap
        {
            add(item, "group.cap", first, "同组，但组的封顶不同");
        }
        if let Some(code) = &group.received
            && let (first, known) = *received.entry(&group.id).or_insert((item, code))
            && known != code
        {
            add(item, "group.received", first, "同组，但已享受金额用的指标不同");
        }
    }
    problems
}

struct Check<'a> {
    item: &'a Item,
    library: &'a Library,
    asker: Asker<'a>,
    problems: Vec<Problem>,
    /// Whether the whole condition can never be true, and whether it always is: asked for every part of it.
    whole: OnceCell<(bool, bool)>,
    /// Each field by itself: nothing is compared with another one.
    alone: bool,
}

impl Check<'_> {
    fn add(&mut self, place: impl Into<String>, sentence: impl Into<String>) {
        self.problems.push(Problem { place: place.into(), sentence: sentence.into(), advice: false });
    }

    fn advise(&mut self, place: impl Into<String>, sentence: impl Into<String>) {
        self.problems.push(Problem { place: place.into(), sentence: sentence.into(), advice: true });
    }

    fn size(&mut self, place: &str, (parts, depth): (usize, usize)) {
        if parts > MOST_PARTS {
            self.add(place, format!("内容太多（{parts} 项），最多 {MOST_PARTS} 项，请拆成几个条目"));
        }
        if depth > DEEPEST {
            self.add(place, format!("嵌套太深（{depth} 层），最多 {DEEPEST} 层"));
        }
    }

    fn whole(&self) -> (bool, bool) {
        *self.whole.get_or_init(|| {
            let condition = &self.item.condition;
            (self.asker.never_true(condition), self.asker.always_true(condition))
        })
    }

    fn head(&mut self) {
        self.problems.extend(check_id(&self.item.id));
        if self.item.title.trim().is_empty() {
            self.add("title", "请填写条目名称");
        }
        if area::prefix(&self.item.area).is_none() {
            self.add("area", format!("没有“{}”这个区域，请填写全国、浙江省、市或区县的名称，或六位区划代码", self.item.area));
        }
        if self.item.document.title.trim().is_empty() && self.item.document.no.trim().is_empty() {
            self.add("document", "请填写文件名称或文号");
        }
        if !self.item.document.url.is_empty() && self.item.document.link().is_none() {
            self.add("document.url", "原文链接应以 https:// 或 http:// 开头");
        }
        for (key, text) in self.item.clauses.iter() {
            if text.trim().is_empty() {
                self.add(format!("clauses.{key}"), "条款原文为空，请填写");
            }
        }
    }

    fn windows(&mut self) {
        if self.alone {
            return;
        }
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
        if self.alone {
            return;
        }
        for (index, child) in list.iter().enumerate() {
            let at = format!("{place}.{word}[{index}]");
            let (never, always) = self.whole();
            if !never && self.asker.never_true(child) {
                self.add(at, "这个条件任何企业都不可能满足");
            } else if !always && self.asker.always_true(child) {
                self.add(at, "这个条件任何企业都满足，等于没有写");
            }
        }
    }

    fn whole_condition(&mut self) {
        if self.alone {
            return;
        }
        let (never, always) = self.whole();
        if never {
            self.add("condition", "条件互相矛盾，任何企业都不可能满足");
        } else if always {
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
                self.add(format!("{place}.clause"), format!("依据“{key}”没有条款原文，请先在“条款原文”里填写"));
            }
            Some(_) => {}
            None => self.advise(format!("{place}.clause"), "没有写依据条款，企业看不到出处"),
        }
    }

    fn group(&mut self) {
        if let Some(group) = &self.item.group {
            if group.id.trim().is_empty() {
                self.add("group.id", "请填写组的编号");
            }
            if let Some(received) = &group.received {
                self.numeric(received, "group.received");
                if group.rule != GroupRule::TopUp && !self.alone {
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
