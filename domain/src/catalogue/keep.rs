//! What an administrator may write into the catalogue, read from a form or from a row of a workbook alike.

use super::heard::APART;
use super::{Board, Category, Edition, FALLBACK, FALLBACK_BOARD};
use crate::administration::{Raw, plain_code};
use crate::issue::{Level, Urgency};
use crate::text::{Check, half_width};
use serde_json::{Value, json};

/// The most words of a category, and of characters in one.
const MOST_WORDS: usize = 200;
const LONGEST_WORD: usize = 20;

/// What stands where a district has named no department of its own.
pub const OF_THE_CITY: &str = "按市级默认";

/// Whether a department of this code is there and open.
pub type Departments<'a> = &'a dyn Fn(&str) -> bool;

impl Board {
    /// Reads a board. Of one that is there already (`known`) the code stays. `None` where something is wrong, which `check` knows then.
    pub fn read(
        check: &mut Check,
        raw: Raw<'_>,
        known: Option<&Board>,
        catalogue: Edition<'_>,
        departments: Departments<'_>,
    ) -> Option<Board> {
        let code = match known {
            Some(known) => Some(known.code.clone()),
            None => new_code(check, raw, |code| catalogue.board(code).is_some()),
        };
        let name = check.text("name", "名称", &raw("name"), 2, 20);
        let lead = department(check, "lead", "牵头部门", raw, departments);
        let position = position(check, raw);
        let active = flag(check, raw)?;
        let held = catalogue.categories().into_iter().filter(|category| Some(&category.board) == code.as_ref()).count();
        if !active && code.as_deref() == Some(FALLBACK_BOARD) {
            check.fault("active", "兜底板块不能停用：不属于任何板块的诉求归它");
        } else if !active && held > 0 {
            check.fault("active", format!("还有 {held} 个启用的类别在这个板块，请先改到别的板块或停用"));
        }
        check.is_clean().then_some(Board { code: code?, name, lead: lead?, position: position?, active })
    }
}

impl Board {
    /// As the log tells it; `lead` is the name of its department.
    pub fn told(&self, lead: &str) -> Value {
        json!({ "name": self.name, "lead": lead, "position": self.position, "active": self.active })
    }
}

impl Category {
    /// As the log tells it, with the names of its board and of its department.
    pub fn told(&self, board: &str, department: &str) -> Value {
        json!({
            "name": self.name, "board": board, "department": department, "level": self.level.label(),
            "urgency": self.urgency.label(), "words": self.words.join("、"), "position": self.position, "active": self.active,
        })
    }

    /// Whose business it is in an area, as the log tells it; no department: as the city has it.
    pub fn told_in(&self, area: &str, department: Option<&str>) -> Value {
        json!({ "name": self.name, "area": area, "department": department.unwrap_or(OF_THE_CITY) })
    }

    /// Reads a category. Of one that is there already (`known`) the code stays. `None` where something is wrong, which `check` knows then.
    pub fn read(
        check: &mut Check,
        raw: Raw<'_>,
        known: Option<&Category>,
        catalogue: Edition<'_>,
        departments: Departments<'_>,
    ) -> Option<Category> {
        let code = match known {
            Some(known) => Some(known.code.clone()),
            None => new_code(check, raw, |code| catalogue.category(code).is_some()),
        };
        let name = check.text("name", "名称", &raw("name"), 2, 20);
        let board = raw("board").trim().to_owned();
        if !catalogue.boards().iter().any(|known| known.code == board) {
            check.fault("board", "请选择一个启用的板块");
        }
        let department = department(check, "department", "责任部门", raw, departments);
        let level = Level::from_code(raw("level").trim());
        if level.is_none() {
            check.fault("level", "请选择难易程度");
        }
        let urgency = Urgency::from_code(raw("urgency").trim());
        if urgency.is_none() {
            check.fault("urgency", "请选择紧急程度");
        }
        let words = words(check, &raw("words"));
        let position = position(check, raw);
        let active = flag(check, raw)?;
        if code.as_deref() == Some(FALLBACK) && (!active || board != FALLBACK_BOARD) {
            check.fault("active", "“其他问题”须在兜底板块并保持启用：拿不准的诉求归它");
        }
        check.is_clean().then_some(Category {
            code: code?,
            board,
            name,
            department: department?,
            level: level?,
            urgency: urgency?,
            words,
            position: position?,
            active,
        })
    }
}

fn new_code(check: &mut Check, raw: Raw<'_>, taken: impl Fn(&str) -> bool) -> Option<String> {
    let code = plain_code(check, &raw("code"))?;
    if taken(&code) || code == "new" {
        check.fault("code", "这个编号已经用过");
        return None;
    }
    Some(code)
}

fn department(check: &mut Check, field: &str, name: &str, raw: Raw<'_>, departments: Departments<'_>) -> Option<String> {
    let code = raw(field).trim().to_owned();
    if departments(&code) {
        return Some(code);
    }
    check.fault(field, format!("请选择{name}"));
    None
}

fn position(check: &mut Check, raw: Raw<'_>) -> Option<i32> {
    let position = half_width(&raw("position")).trim().parse().ok().filter(|position| (1..=99_999).contains(position));
    if position.is_none() {
        check.fault("position", "次序是 1 到 99999 的整数，小的在前");
    }
    position
}

fn flag(check: &mut Check, raw: Raw<'_>) -> Option<bool> {
    match raw("active").trim() {
        "yes" | "是" => Some(true),
        "no" | "否" => Some(false),
        _ => {
            check.fault("active", "是否启用，请填写是或否");
            None
        }
    }
}

/// Words as they are compared with what owners write: half-width, small letters, none twice.
fn words(check: &mut Check, raw: &str) -> Vec<String> {
    let plain = half_width(raw).to_lowercase();
    let mut words: Vec<String> = Vec::new();
    for word in plain.split([' ', '\n', '\r', '\t', ',', ';', '、']).filter(|word| !word.is_empty()) {
        if !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    let unfit = words.iter().find(|word| {
        // A part of nothing would stand everywhere.
        !(2..=LONGEST_WORD).contains(&word.chars().count()) || word.split(APART).any(str::is_empty)
    });
    if let Some(word) = unfit {
        check.fault(
            "words",
            format!("“{word}”不合适：每个词 2 到 {LONGEST_WORD} 个字，用空格或顿号分开，可以隔开说的写成“水+停”"),
        );
    } else if words.len() > MOST_WORDS {
        check.fault("words", format!("最多 {MOST_WORDS} 个词，现在是 {} 个", words.len()));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::super::Catalogue;
    use super::*;
    use time::macros::datetime;

    type Pairs<'a> = &'a [(&'a str, &'a str)];

    fn faults(read: impl Fn(&mut Check, Edition<'_>) -> bool) -> Vec<String> {
        let catalogue = Catalogue::built_in();
        let mut check = Check::new();
        let something = read(&mut check, catalogue.at(datetime!(2026-11-24 09:00 +8)));
        let faults: Vec<String> = check.finish().err().unwrap_or_default().into_iter().map(|fault| fault.field).collect();
        assert_eq!(something, faults.is_empty(), "nothing is half read");
        faults
    }

    fn category(known: Option<&str>, pairs: Pairs<'_>) -> Vec<String> {
        let raw = |name: &str| pairs.iter().rev().find(|pair| pair.0 == name).map_or(String::new(), |pair| pair.1.to_owned());
        faults(|check, catalogue| {
            let known = known.and_then(|code| catalogue.category(code));
            Category::read(check, &raw, known, catalogue, &|code| code == "jianshe").is_some()
        })
    }

    const STREET: [(&str, &str); 9] = [
        ("code", "lamp"),
        ("name", "路灯"),
        ("board", "general"),
        ("department", "jianshe"),
        ("level", "simple"),
        ("urgency", "normal"),
        ("words", "路灯 亮化、ＬＥＤ灯，路灯"),
        ("position", "15"),
        ("active", "yes"),
    ];

    fn but(name: &'static str, value: &'static str) -> Vec<(&'static str, &'static str)> {
        STREET.into_iter().chain([(name, value)]).collect()
    }

    #[test]
    fn a_category_is_read_whole_or_not_at_all() {
        assert_eq!(category(None, &STREET), Vec::<String>::new());
        assert_eq!(category(Some("street"), &but("code", "other")), Vec::<String>::new(), "the code stays");
        for (name, value) in [
            ("code", "street"),
            ("code", "new"),
            ("code", "路灯"),
            ("name", "灯"),
            ("board", "city"),
            ("board", ""),
            ("department", "zhifa"),
            ("level", "hard"),
            ("urgency", ""),
            ("words", "灯"),
            ("position", "-1"),
            ("active", ""),
        ] {
            assert_eq!(category(None, &but(name, value)), [name], "{name}: {value}");
        }
        assert_eq!(category(Some(FALLBACK), &but("active", "no")), ["active"]);
        assert_eq!(category(Some(FALLBACK), &but("board", "law")), ["active"]);
    }

    #[test]
    fn words_are_kept_as_they_are_compared() {
        let mut check = Check::new();
        assert_eq!(words(&mut check, "路灯 亮化、ＬＥＤ灯，路灯\nVOCs"), ["路灯", "亮化", "led灯", "vocs"]);
        assert!(check.is_clean());
        let many: Vec<String> = (0..=MOST_WORDS).map(|n| format!("词语{n}")).collect();
        words(&mut check, &many.join(" "));
        assert!(!check.is_clean());
        for (word, fit) in [("水+停", true), ("水+", false), ("+水停", false), ("水++停", false)] {
            let mut check = Check::new();
            words(&mut check, word);
            assert_eq!(check.is_clean(), fit, "{word}");
        }
    }

    #[test]
    fn a_board_that_is_needed_stays() {
        let board = |code: &str, active: &str| {
            let (code, active) = (code.to_owned(), active.to_owned());
            faults(move |check, catalogue| {
                let raw = |name: &str| match name {
                    "name" => "新板块".to_owned(),
                    "lead" => "jianshe".to_owned(),
                    "position" => "5".to_owned(),
                    "active" => active.clone(),
                    "code" => code.clone(),
                    _ => String::new(),
                };
                let known = catalogue.board(&code);
                Board::read(check, &raw, known, catalogue, &|code| code == "jianshe").is_some()
            })
        };
        assert_eq!(board("culture", "yes"), Vec::<String>::new());
        assert_eq!(board("general", "no"), ["active"]);
        assert_eq!(board("law", "no"), ["active"], "categories are in it");
        assert_eq!(board("city", "no"), Vec::<String>::new(), "none is");
    }
}
