//! 典型案例 (S-11, from "one thing" to "one class of things"): what was solved for one enterprise, told to all without saying whose it was.

use crate::text::{Check, FieldError, half_width, propose_title};

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

/// What was done, in a sentence: what a list says of a case.
pub fn sentence(answer: &str) -> String {
    propose_title(answer, SENTENCE)
}

/// The most characters of such a sentence.
const SENTENCE: usize = 60;

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
    fn an_answer_is_told_in_its_first_sentence() {
        assert_eq!(sentence("当天到现场，三天内疏通。以后汛前巡查。"), "当天到现场，三天内疏通");
        assert_eq!(sentence(&"很长".repeat(80)).chars().count(), SENTENCE);
    }
}
