//! Conditions, values and amounts in the words people read.

use super::amount::{Amount, Band, TierMode};
use super::book::Truth;
use super::condition::{Condition, Op, Test};
use super::day;
use super::explain::LeafResult;
use super::facts::{Fact, Facts};
use super::industry;
use super::library::{AttributeKind, Library, Want};
use super::money::{Decimal, Fen, ONE, thousands};
use crate::area;
use crate::enterprise::Scale;

/// A code of an attribute in words: an area, a section of industries, a scale; else the code itself.
pub fn code_name(attr: &str, code: &str) -> String {
    if let Some(scale) = Scale::ALL.into_iter().find(|scale| attr == "scale" && scale.code() == code) {
        return format!("{}企业", scale.label());
    }
    if attr == "area" {
        let padded = format!("{code:0<6}");
        return padded.parse().map_or_else(|_| code.to_owned(), area::name);
    }
    if attr != "industry" {
        return code.to_owned();
    }
    match industry::name(code) {
        Some(name) if code.len() == 1 => name.to_owned(),
        Some(name) => format!("{name} {code}"),
        None => code.to_owned(),
    }
}

/// The codes of an attribute that have a name of their own, to choose from: sections and divisions of industries, scales, areas; none for any other.
pub fn codes_of(attr: &str) -> Vec<(String, String)> {
    let scale = |scale: Scale| (scale.code().to_owned(), code_name(attr, scale.code()));
    match attr {
        "industry" => industry::all().map(|(code, name)| (code.clone(), format!("{code} {name}"))).collect(),
        "scale" => Scale::ALL.into_iter().map(scale).collect(),
        "area" => area::AREAS
            .iter()
            .map(|area| (area.0.to_string(), format!("{} {}", code_name(attr, &area.0.to_string()), area.0)))
            .collect(),
        _ => Vec::new(),
    }
}

/// A decimal with thousands separators.
pub fn grouped(value: Decimal) -> String {
    let text = value.to_string();
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(whole, fraction)| (whole, Some(fraction)));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), thousands);
    fraction.map_or(whole.clone(), |fraction| format!("{whole}.{fraction}"))
}

/// A share as a percentage.
pub fn percent(rate: Decimal) -> String {
    // A hundredfold stays exact: six decimals become four.
    match rate.micro().checked_mul(100) {
        Some(micro) => format!("{}%", grouped(Decimal::from_micro(micro))),
        None => rate.to_string(),
    }
}

/// A number of an attribute with its unit.
pub fn number(library: &Library, attr: &str, value: Decimal) -> String {
    let attribute = library.attributes.get(attr);
    let unit = attribute.map_or("", |attribute| attribute.unit.as_str());
    match attribute.map(|attribute| attribute.kind) {
        Some(AttributeKind::Money) => Fen(value.micro() / (ONE / 100)).words(),
        Some(AttributeKind::Bool) => if value.micro() == ONE { "是" } else { "否" }.to_owned(),
        _ if unit == "%" => percent(value),
        _ if unit.is_empty() => grouped(value),
        _ => format!("{} {unit}", grouped(value)),
    }
}

/// A fact's value as people read it.
pub fn value(library: &Library, attr: &str, text: &str) -> String {
    let kind = library.attributes.get(attr).map(|attribute| attribute.kind);
    match kind {
        Some(AttributeKind::Date) => day::parse(text).map_or_else(|| text.to_owned(), date),
        Some(AttributeKind::Code) => code_name(attr, text),
        _ if text == "true" => "是".to_owned(),
        _ if text == "false" => "否".to_owned(),
        _ => Decimal::parse(text).map_or_else(|_| text.to_owned(), |value| number(library, attr, value)),
    }
}

/// What a department has on record, where the enterprise says otherwise: 市经信局记录为 458 万元.
pub fn recorded(library: &Library, attr: &str, fact: &Fact) -> Option<String> {
    let recorded = fact.recorded.as_deref()?;
    let source = if recorded.source.is_empty() { "部门" } else { &recorded.source };
    Some(format!("{source}记录为 {}", value(library, attr, &recorded.value)))
}

/// The title of a problem about a figure that is wrong: at its end whose figure it is.
pub fn disputed(name: &str, source: &str) -> String {
    format!("{DISPUTED}{name}（{source}）")
}

/// Whether a title says that a figure of this department is wrong.
pub fn disputes(title: &str, department: &str) -> bool {
    title.starts_with(DISPUTED) && title.ends_with(&format!("（{department}）"))
}

const DISPUTED: &str = "画像数据核实：";

fn date(day: time::Date) -> String {
    format!("{}年{}月{}日", day.year(), u8::from(day.month()), day.day())
}

fn months(count: i64) -> String {
    match count {
        0 => "0 个月".to_owned(),
        count if count % 12 == 0 => format!("{} 年", count / 12),
        count => format!("{count} 个月"),
    }
}

/// What a test asks, e.g. 设备投资 ≥ 500 万元.
pub fn requirement(library: &Library, test: &Test) -> String {
    match test {
        Test::Num { attr, op, value } => {
            let boolean = library.attributes.get(attr).is_some_and(|attribute| attribute.kind == AttributeKind::Bool);
            let sign = if boolean && *op == Op::Eq { "：" } else { op.sign() };
            format!("{} {sign} {}", library.attribute_name(attr), number(library, attr, *value)).replace(" ： ", "：")
        }
        Test::Ratio { num, den, op, value } => {
            format!("{} ÷ {} {} {}", library.attribute_name(num), library.attribute_name(den), op.sign(), percent(*value))
        }
        Test::InSet { attr, codes } => format!("{}属于{}", library.attribute_name(attr), names(attr, codes)),
        Test::HasTag { tag } => format!("须为{}", library.tag_name(tag)),
        Test::Date { attr, op, value } => {
            let name = library.attribute_name(attr);
            match op {
                Op::Ge => format!("{name}在{}（含）以后", date(*value)),
                Op::Gt => format!("{name}在{}以后", date(*value)),
                Op::Le => format!("{name}在{}（含）以前", date(*value)),
                Op::Lt => format!("{name}在{}以前", date(*value)),
                Op::Eq => format!("{name}为{}", date(*value)),
            }
        }
        Test::Age { attr, at_least_months } => {
            format!("{}至今满 {}", library.attribute_name(attr), months(i64::from(*at_least_months)))
        }
        Test::Attest { question } => library.question_text(question).to_owned(),
    }
}

fn names(attr: &str, codes: &[String]) -> String {
    codes.iter().map(|code| code_name(attr, code)).collect::<Vec<String>>().join("、")
}

/// What a leaf asks where it stands: under 不属于, that it is not so.
pub fn asked(library: &Library, leaf: &LeafResult) -> String {
    let plain = requirement(library, &leaf.leaf.test);
    match &leaf.leaf.test {
        _ if !leaf.negated => plain,
        Test::InSet { attr, codes } => format!("{}不属于{}", library.attribute_name(attr), names(attr, codes)),
        Test::HasTag { tag } => format!("不能是{}", library.tag_name(tag)),
        Test::Attest { .. } => format!("{plain}（须答“否”）"),
        _ => format!("不能是：{plain}"),
    }
}

/// What the enterprise has.
pub fn actual(library: &Library, leaf: &LeafResult) -> String {
    let Some(text) = &leaf.actual else { return "未填".to_owned() };
    match &leaf.leaf.test {
        Test::Num { attr, .. } => value(library, attr, text),
        Test::Ratio { .. } => Decimal::parse(text).map_or_else(|_| text.clone(), percent),
        Test::InSet { attr, .. } => code_name(attr, text),
        Test::HasTag { .. } => if text.is_empty() { "否" } else { "是" }.to_owned(),
        Test::Date { .. } => day::parse(text).map_or_else(|| text.clone(), date),
        Test::Age { .. } => text.parse().map_or_else(|_| text.clone(), months),
        Test::Attest { .. } => if text == "true" { "是" } else { "否" }.to_owned(),
    }
}

/// What is lacking, e.g. 还差 42 万元; empty where it is met, has no measure, or is more than asked of what nobody wishes to have less of:
/// required and actual say that without advising it.
pub fn gap(library: &Library, leaf: &LeafResult) -> String {
    let Some(text) = leaf.gap.as_deref().filter(|_| leaf.truth == Truth::Unmet && !leaf.negated) else { return String::new() };
    let lacking = Decimal::parse(text).unwrap_or_default();
    let kind = |attr: &str| library.attributes.get(attr).map(|attribute| attribute.kind);
    let (attr, op, said) = match &leaf.leaf.test {
        Test::Num { attr, .. } if kind(attr) == Some(AttributeKind::Bool) => return String::new(),
        // More than thirty are thirty-one.
        Test::Num { attr, op: Op::Gt, .. } if kind(attr) == Some(AttributeKind::Count) => {
            (attr, Op::Ge, number(library, attr, Decimal::from_micro(lacking.micro() + ONE)))
        }
        Test::Num { .. } | Test::Ratio { .. } if lacking.micro() == 0 => return String::new(),
        Test::Num { attr, op, .. } => (attr, *op, number(library, attr, lacking)),
        Test::Ratio { num, op, .. } => (num, *op, format!("{} 个百分点", percent(lacking).trim_end_matches('%'))),
        Test::Date { .. } | Test::Age { .. } if text == "0" => return String::new(),
        Test::Date { .. } => return format!("相差 {text} 天"),
        Test::Age { .. } => return format!("还差 {}", text.parse().map_or_else(|_| text.to_owned(), months)),
        Test::InSet { .. } | Test::HasTag { .. } | Test::Attest { .. } => return String::new(),
    };
    let asked = Decimal::parse(&leaf.required).unwrap_or_default();
    let above = leaf.actual.as_deref().and_then(|actual| Decimal::parse(actual).ok()).is_some_and(|actual| actual > asked);
    let too_much = matches!(op, Op::Le | Op::Lt) || (op == Op::Eq && above);
    if !too_much {
        format!("还差 {said}")
    } else if library.attributes.get(attr).is_some_and(|attribute| attribute.want == Want::Less) {
        format!("超出 {said}")
    } else {
        String::new()
    }
}

/// The one line of a card for an item one step away: 设备投资还差 42 万元.
pub fn step(library: &Library, leaf: &LeafResult) -> String {
    match &leaf.leaf.test {
        // 大于 0 lacks nothing that could be said in figures.
        test if gap(library, leaf).is_empty() => format!("尚不满足：{}", requirement(library, test)),
        Test::Num { attr, .. } => format!("{}{}", library.attribute_name(attr), gap(library, leaf)),
        Test::Ratio { num, den, .. } => {
            format!("{}占{}的比例{}", library.attribute_name(num), library.attribute_name(den), gap(library, leaf))
        }
        Test::Age { attr, .. } => format!("{}至今{}", library.attribute_name(attr), gap(library, leaf)),
        test => format!("尚不满足：{}", requirement(library, test)),
    }
}

/// The formula with the enterprise's figures in it: 设备投资 1,200 万元 × 8%，最高 1,000 万元.
pub fn formula(library: &Library, amount: &Amount, facts: &Facts) -> String {
    let base = |attr: &str| {
        let shown = facts.get(attr).map_or_else(|| "（未填）".to_owned(), |fact| value(library, attr, &fact.value));
        format!("{} {shown}", library.attribute_name(attr))
    };
    let cap = |cap: &Option<Fen>| cap.map_or(String::new(), |cap| format!("，最高 {}", cap.words()));
    match amount {
        Amount::None => "非资金支持".to_owned(),
        Amount::Fixed(fen) => fen.words(),
        Amount::PerUnit(per) => format!("{} × 每个 {}{}", base(&per.attr), per.unit.words(), cap(&per.cap)),
        Amount::Percent(p) => {
            let floor = p.floor.map_or(String::new(), |floor| format!("，最低 {}", floor.words()));
            format!("{} × {}{floor}{}", base(&p.of), percent(p.rate), cap(&p.cap))
        }
        Amount::Tiered(tiered) => {
            let bands: Vec<String> = tiered.bands.iter().map(|b| band(library, &tiered.attr, b)).collect();
            let mode = if tiered.mode == TierMode::Marginal { "，分段累计" } else { "，按所达档次全额计算" };
            format!("{}，按档：{}{mode}{}", base(&tiered.attr), bands.join("；"), cap(&tiered.cap))
        }
        Amount::ByTag(map) => {
            let each = map.iter().map(|(tag, amount)| format!("{}：{}", library.tag_name(tag), formula(library, amount, facts)));
            each.collect::<Vec<String>>().join("；")
        }
        Amount::Staged(stages) => {
            let each = stages.iter().map(|stage| format!("{} {}", stage.milestone, stage.amount.words()));
            each.collect::<Vec<String>>().join(" + ")
        }
        Amount::MaxOf(list) => format!("取最高：{}", joined(library, list, facts, "；")),
        Amount::MinOf(list) => format!("取最低：{}", joined(library, list, facts, "；")),
        Amount::SumOf(list) => joined(library, list, facts, " + "),
        Amount::Capped(capped) => format!("{}，合计最高 {}", formula(library, &capped.of, facts), capped.cap.words()),
    }
}

fn joined(library: &Library, list: &[Amount], facts: &Facts, with: &str) -> String {
    list.iter().map(|amount| formula(library, amount, facts)).collect::<Vec<String>>().join(with)
}

fn band(library: &Library, attr: &str, band: &Band) -> String {
    let from = number(library, attr, band.from);
    let span = match band.to {
        Some(to) if band.from.micro() == 0 => format!("{} 以下", number(library, attr, to)),
        Some(to) => format!("{from} 至 {}", number(library, attr, to)),
        None => format!("{from} 以上"),
    };
    let pays = match (band.amount, band.rate) {
        (_, Some(rate)) => percent(rate),
        (Some(amount), None) => amount.words(),
        (None, None) => Fen::ZERO.words(),
    };
    format!("{span} {pays}")
}

/// A condition's joints in words, for headings above its leaves. Under 不属于, where each leaf says itself what is ruled out ([`asked`]), none of
/// several may be so, or one of those that were asked together may not.
pub fn joint(condition: &Condition, negated: bool) -> Option<String> {
    match condition {
        Condition::Not(_) => Some("不属于".to_owned()),
        Condition::AtLeast { k, of } if negated => Some(format!("至少满足 {} 项", (of.len() + 1).saturating_sub(*k as usize))),
        Condition::AtLeast { k, .. } => Some(format!("至少满足 {k} 项")),
        Condition::Leaf(_) => None,
        _ if together(condition, negated) => Some("同时满足".to_owned()),
        _ => Some("满足任一".to_owned()),
    }
}

/// Whether all below has to hold.
pub fn together(condition: &Condition, negated: bool) -> bool {
    matches!((condition, negated), (Condition::All(_), false) | (Condition::Any(_), true))
}
