//! 划型 by rule: micro, small, medium or large from industry, employees, revenue and assets, as 《中小企业划型标准规定》 (工信部联企业〔2011〕300号, 四) has it,
//! with the industries of GB/T 4754-2017 that 《统计上大中小微型企业划分办法（2017）》 puts under each of its sixteen lines.

use super::Scale;
use crate::policy::facts::{Fact, Facts};
use crate::policy::library::Library;
use crate::policy::money::{Decimal, ONE};
use crate::policy::words;
use time::Date;

/// Who says a size that was found by rule.
pub const SOURCE: &str = "按划型标准测算";
/// What the rule is.
pub const STANDARD: &str = "《中小企业划型标准规定》（工信部联企业〔2011〕300号）";

/// The attributes that decide: the industry, and three measures.
pub const ASKED: [&str; 4] = ["industry", EMPLOYEES, REVENUE, ASSETS];
const EMPLOYEES: &str = "employees";
const REVENUE: &str = "revenue";
const ASSETS: &str = "total_assets";

/// A line of the standard: whom it is for, and what is measured.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// Its name there.
    pub name: &'static str,
    /// Codes of industries, by their beginnings.
    codes: &'static [&'static str],
    /// Attribute, and from where on one is small, medium, large: people, or 万元. Each counts: whoever falls short by one is a step smaller.
    measures: &'static [(&'static str, [i64; 3])],
}

const fn line(name: &'static str, codes: &'static [&'static str], measures: &'static [(&'static str, [i64; 3])]) -> Line {
    Line { name, codes, measures }
}

/// The sixteen lines, in their order. Railways, finance, education, health care, administration are in none; of the letting of real estate (K704) it is
/// not sure.
pub const LINES: [Line; 16] = [
    line("农、林、牧、渔业", &["A"], &[(REVENUE, [50, 500, 20_000])]),
    line("工业", &["B", "C", "D"], &[(EMPLOYEES, [20, 300, 1_000]), (REVENUE, [300, 2_000, 40_000])]),
    line("建筑业", &["E"], &[(REVENUE, [300, 6_000, 80_000]), (ASSETS, [300, 5_000, 80_000])]),
    line("批发业", &["F51"], &[(EMPLOYEES, [5, 20, 200]), (REVENUE, [1_000, 5_000, 40_000])]),
    line("零售业", &["F52"], &[(EMPLOYEES, [10, 50, 300]), (REVENUE, [100, 500, 20_000])]),
    line(
        "交通运输业",
        &["G54", "G55", "G56", "G57", "G58", "G591"],
        &[(EMPLOYEES, [20, 300, 1_000]), (REVENUE, [200, 3_000, 30_000])],
    ),
    line(
        "仓储业",
        &["G592", "G593", "G594", "G595", "G596", "G599"],
        &[(EMPLOYEES, [20, 100, 200]), (REVENUE, [100, 1_000, 30_000])],
    ),
    line("邮政业", &["G60"], &[(EMPLOYEES, [20, 300, 1_000]), (REVENUE, [100, 2_000, 30_000])]),
    line("住宿业", &["H61"], &[(EMPLOYEES, [10, 100, 300]), (REVENUE, [100, 2_000, 10_000])]),
    line("餐饮业", &["H62"], &[(EMPLOYEES, [10, 100, 300]), (REVENUE, [100, 2_000, 10_000])]),
    line("信息传输业", &["I63", "I64"], &[(EMPLOYEES, [10, 100, 2_000]), (REVENUE, [100, 1_000, 100_000])]),
    line("软件和信息技术服务业", &["I65"], &[(EMPLOYEES, [10, 100, 300]), (REVENUE, [50, 1_000, 10_000])]),
    line("房地产开发经营", &["K701"], &[(REVENUE, [100, 1_000, 200_000]), (ASSETS, [2_000, 5_000, 10_000])]),
    line("物业管理", &["K702"], &[(EMPLOYEES, [100, 300, 1_000]), (REVENUE, [500, 1_000, 5_000])]),
    line("租赁和商务服务业", &["L"], &[(EMPLOYEES, [10, 100, 300]), (ASSETS, [100, 8_000, 120_000])]),
    line("其他未列明行业", &["M", "N", "O", "Q85", "R", "K703", "K709"], &[(EMPLOYEES, [10, 100, 300])]),
];

impl Line {
    /// The line of an industry; none where it is in none, or where the code is too short to tell.
    pub fn of(industry: &str) -> Option<&'static Line> {
        LINES.iter().find(|line| line.codes.iter().any(|code| industry.starts_with(code)))
    }

    /// What is measured, in its order: attributes.
    pub fn measured(&self) -> impl Iterator<Item = &'static str> {
        self.measures.iter().map(|(attribute, _)| *attribute)
    }

    /// The size that measures come to, as far as they are known; none while one that is missing could still decide.
    pub fn scale(&self, measure: impl Fn(&str) -> Option<Decimal>) -> Option<Scale> {
        let mut smallest = Scale::Large;
        let mut whole = true;
        for (attribute, bounds) in self.measures {
            match measure(attribute) {
                Some(value) => smallest = smallest.min(reached(attribute, bounds, value)),
                None => whole = false,
            }
        }
        // Nothing is smaller than micro: what is missing changes nothing.
        (whole || smallest == Scale::Micro).then_some(smallest)
    }
}

/// The size that one measure lets somebody be: 及以上 is included, 以下 is not.
fn reached(attribute: &str, bounds: &[i64; 3], value: Decimal) -> Scale {
    let unit = if attribute == EMPLOYEES { 1 } else { 10_000 };
    Scale::ALL[bounds.iter().filter(|bound| value.micro() >= **bound * unit * ONE).count()]
}

/// A size that was found by rule, and what it was found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// It.
    pub scale: Scale,
    /// By which line.
    pub line: &'static Line,
    /// Attributes that were known.
    pub by: Vec<&'static str>,
}

/// The size of an enterprise by what departments have on record of it on a day, and by what it says itself where they have nothing; none
/// where the facts do not suffice.
pub fn found(facts: &Facts, day: Date) -> Option<Found> {
    by(|code| fact(facts, code, day).map(|fact| fact.value.as_str()))
}

/// The same from values by attribute.
pub fn by<'a>(known: impl Fn(&str) -> Option<&'a str>) -> Option<Found> {
    let line = Line::of(known("industry")?)?;
    let measure = |code: &str| known(code).and_then(|value| Decimal::parse(value).ok());
    let scale = line.scale(measure)?;
    Some(Found { scale, line, by: line.measured().filter(|code| measure(code).is_some()).collect() })
}

/// What a department has, else what the enterprise says, as far as it counts on a day.
fn fact<'a>(facts: &'a Facts, code: &str, day: Date) -> Option<&'a Fact> {
    let fact = facts.get(code)?;
    Some(fact.recorded.as_deref().unwrap_or(fact)).filter(|fact| fact.counts_on(day))
}

/// Facts with the size by rule, where they suffice; what a department has on record stands beside it where it is another one.
pub fn with_size(mut facts: Facts, day: Date) -> Facts {
    let Some(found) = found(&facts, day) else { return facts };
    let known = facts.on("scale", day).cloned();
    if known.as_ref().and_then(|fact| Scale::parse(&fact.value)) == Some(found.scale) {
        return facts;
    }
    let used: Vec<&Fact> = found.by.iter().filter_map(|code| fact(&facts, code, day)).collect();
    // Of the earliest time that one of them is about, known since the last of them was.
    let period = used.iter().map(|fact| fact.period.as_str()).filter(|period| !period.is_empty()).min().unwrap_or("").to_owned();
    let on = used.iter().filter_map(|fact| fact.on).max();
    let value = found.scale.code().to_owned();
    facts.set("scale", Fact { value, period, source: SOURCE.to_owned(), on, recorded: known.map(Box::new) });
    facts
}

impl Found {
    /// How it was found: 工业：从业人数 86 人，年营业收入 3,680 万元.
    pub fn words(&self, library: &Library, facts: &Facts, day: Date) -> String {
        let each = self.by.iter().filter_map(|code| {
            let value = words::value(library, code, &fact(facts, code, day)?.value);
            Some(format!("{} {value}", library.attribute_name(code)))
        });
        format!("{}：{}", self.line.name, each.collect::<Vec<String>>().join("，"))
    }
}
