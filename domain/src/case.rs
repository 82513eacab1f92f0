//! 典型案例 (S-11, from "one thing" to "one class of things"): what was solved for one enterprise, told to all without saying whose it was.

use crate::search::tokens;
use crate::text::{Check, FieldError, half_width};
use std::collections::HashSet;

/// What a centre writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// In a line.
    pub title: String,
    /// The problem, without a name or a number.
    pub problem: String,
    /// What was done.
    pub answer: String,
    /// 依据: by which rule the next one is solved.
    pub rule: String,
}

/// What of the issue must not be found in a case.
#[derive(Debug, Clone, Default)]
pub struct Whose {
    pub enterprise: String,
    pub uscc: String,
    pub contact_name: String,
    pub contact_phone: String,
    pub place: String,
}

impl Words {
    /// Reads a form: everything filled in, and nothing that says whose problem it was.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn read(field: impl Fn(&str) -> String, whose: &Whose) -> Result<Words, Vec<FieldError>> {
        let mut check = Check::new();
        let words = Words {
            title: check.text("title", "标题", &field("title"), 4, 60),
            problem: check.text("problem", "问题", &field("problem"), 10, 1000),
            answer: check.text("answer", "解决办法", &field("answer"), 10, 1000),
            rule: check.text("rule", "依据", &field("rule"), 4, 300),
        };
        for (name, text) in
            [("title", &words.title), ("problem", &words.problem), ("answer", &words.answer), ("rule", &words.rule)]
        {
            if let Some(why) = tells(text, whose) {
                check.fault(name, why);
            }
        }
        if field("seen") != "yes" {
            check.fault("seen", "请确认已去掉企业和个人的信息");
        }
        check.finish()?;
        Ok(words)
    }
}

/// What a text still says of somebody.
fn tells(text: &str, whose: &Whose) -> Option<&'static str> {
    let plain = half_width(text);
    let has = |part: &str, least: usize| part.chars().count() >= least && plain.contains(part);
    if has(&whose.enterprise, 2) || has(short(&whose.enterprise), 2) {
        return Some("写着企业名称，请去掉");
    }
    if has(&whose.uscc, 8) {
        return Some("写着统一社会信用代码，请去掉");
    }
    if has(&whose.contact_name, 2) {
        return Some("写着联系人姓名，请去掉");
    }
    if has(&whose.place, 6) {
        return Some("写着详细地址，请只写到区县");
    }
    // A telephone, with or without gaps: eleven digits of a mobile, or those of the contact.
    let digits: String = plain.chars().filter(|c| !matches!(c, ' ' | '-' | '－')).collect();
    let runs = digits.split(|c: char| !c.is_ascii_digit());
    let phone: String = whose.contact_phone.chars().filter(char::is_ascii_digit).collect();
    let is_phone = |run: &str| run.len() == 11 && run.starts_with('1') || phone.len() >= 7 && run.contains(&phone);
    if runs.into_iter().any(is_phone) {
        return Some("写着电话号码，请去掉");
    }
    None
}

/// A name without the city before and the form of the company behind it: 湖州某某科技有限公司 is called 某某科技, too.
fn short(name: &str) -> &str {
    let name = ["浙江省", "浙江", "湖州市", "湖州"].iter().fold(name, |name, place| name.strip_prefix(place).unwrap_or(name));
    ["股份有限公司", "有限责任公司", "有限公司"].iter().fold(name, |name, form| name.strip_suffix(form).unwrap_or(name))
}

/// A case that resembles what somebody writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Similar {
    /// Its place in the list.
    pub at: usize,
    /// 相似度, 0 to 100: how much of what was written the case says too, by what it weighs. A pair of characters that many cases hold weighs little.
    pub score: u8,
}

/// From here on a case is worth a look.
const ENOUGH: u8 = 20;

/// Up to three cases that resemble a text, the nearest first. A case counts by its title and its problem.
pub fn similar(text: &str, cases: &[String]) -> Vec<Similar> {
    let pairs = |text: &str| tokens(text).into_iter().filter(|token| token.chars().count() > 1).collect::<HashSet<String>>();
    let (written, told) = (pairs(text), cases.iter().map(|case| pairs(case)).collect::<Vec<_>>());
    let weight = |token: &String| {
        let known = told.iter().filter(|case| case.contains(token)).count();
        (count(told.len() + 1) / count(known + 1)).ln() + 0.1
    };
    let weighed: Vec<(&String, f64)> = written.iter().map(|token| (token, weight(token))).collect();
    let whole: f64 = weighed.iter().map(|(_, weight)| weight).sum();
    if whole <= 0.0 {
        return Vec::new();
    }
    let mut found: Vec<Similar> = told
        .iter()
        .enumerate()
        .map(|(at, case)| {
            let shared: f64 = weighed.iter().filter(|(token, _)| case.contains(*token)).map(|(_, weight)| weight).sum();
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Between 0 and 100.
            let score = (shared / whole * 100.0) as u8;
            Similar { at, score }
        })
        .filter(|similar| similar.score >= ENOUGH)
        .collect();
    found.sort_by_key(|similar| std::cmp::Reverse(similar.score));
    found.truncate(3);
    found
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whose() -> Whose {
        Whose {
            enterprise: "湖州示例精工科技有限公司".to_owned(),
            uscc: "91330500MA2B0XYZ1X".to_owned(),
            contact_name: "张某某".to_owned(),
            contact_phone: "0572-2112345".to_owned(),
            place: "示例路 18 号 3 幢".to_owned(),
        }
    }

    #[test]
    fn whoever_it_was_is_found_in_any_guise() {
        for text in [
            "湖州示例精工科技有限公司反映",
            "示例精工科技反映",
            "代码 91330500ＭＡ2B0XYZ1X",
            "张某某来电",
            "在示例路 18 号 3 幢",
            "电话 138 0013 8000",
            "电话05722112345",
        ] {
            assert!(tells(text, &whose()).is_some(), "{text}");
        }
        assert_eq!(tells("一家制造企业反映招工难，涉及 120 人、3000 平方米", &whose()), None);
    }

    #[test]
    fn what_resembles_is_found_and_what_does_not_is_not() {
        let cases: Vec<String> = [
            "厂外道路积水，三天疏通管网 一家制造企业反映厂房外的道路一下雨就积水，货车进不来",
            "新上生产线，用电增容一次办好 一家企业新上两条生产线，变压器容量不够，增容申请没有答复",
            "发票额度不够用，当天调整 一家商贸企业月底订单集中，发票额度用完，申请提额被退回",
        ]
        .map(str::to_owned)
        .to_vec();
        let at = |text: &str| similar(text, &cases).first().map(|found| found.at);
        assert_eq!(at("门口一下雨就积水，货车开不进来"), Some(0));
        assert_eq!(at("变压器容量不够，想申请增容"), Some(1));
        assert_eq!(at("员工子女上学没有学位"), None);
        assert_eq!(at(""), None);
        assert!(similar(&cases[2], &cases)[0].score > 95);
    }
}
