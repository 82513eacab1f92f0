//! Text that people type: cleaning, measuring, and the sentence when it does not fit.

use serde::{Deserialize, Serialize};

/// A fault of one field of a form, in a sentence a person understands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The name of the form's field, which is its anchor on the page too.
    pub field: String,
    /// What to do about it.
    pub message: String,
}

impl FieldError {
    /// A fault of `field`.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> FieldError {
        FieldError { field: field.into(), message: message.into() }
    }
}

/// A file's size in words.
pub fn file_size(bytes: i64) -> String {
    if bytes >= 1_000_000 { format!("{:.1} MB", bytes as f64 / 1_000_000.0) } else { format!("{} KB", (bytes / 1_000).max(1)) }
}

/// Collects the faults of a form, so that a person sees all of them at once.
#[derive(Debug, Default)]
pub struct Check {
    errors: Vec<FieldError>,
}

impl Check {
    pub fn new() -> Check {
        Check::default()
    }

    pub fn fault(&mut self, field: &str, message: impl Into<String>) {
        self.errors.push(FieldError::new(field, message));
    }

    /// The cleaned text, its length measured in characters; a fault is recorded when it is outside `min..=max`.
    pub fn text(&mut self, field: &str, name: &str, raw: &str, min: usize, max: usize) -> String {
        let cleaned = clean(raw);
        let length = cleaned.chars().count();
        if length == 0 && min > 0 {
            self.fault(field, format!("请填写{name}"));
        } else if length < min {
            self.fault(field, format!("{name}至少写 {min} 个字，现在是 {length} 个字"));
        } else if length > max {
            self.fault(field, format!("{name}最多写 {max} 个字，现在是 {length} 个字"));
        }
        cleaned
    }

    /// The value of a parse, or a recorded fault.
    pub fn parse<T, E: std::fmt::Display>(&mut self, field: &str, result: Result<T, E>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.fault(field, error.to_string());
                None
            }
        }
    }

    /// `Ok` when nothing was recorded.
    pub fn finish(self) -> Result<(), Vec<FieldError>> {
        if self.errors.is_empty() { Ok(()) } else { Err(self.errors) }
    }

    /// True while nothing was recorded.
    pub fn is_clean(&self) -> bool {
        self.errors.is_empty()
    }
}

/// Whether the eye does not see it: marks of direction, which let other words read backwards (Unicode TR 36, 2.5), letters without a width, and
/// those that are blank. A reason made of them would be none.
pub fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Trims, turns `\r\n` and `\r` into `\n`, and drops control characters a keyboard does not make (NUL would not even store) and what nobody sees.
pub fn clean(raw: &str) -> String {
    let unified = raw.replace("\r\n", "\n").replace('\r', "\n");
    let visible: String = unified.chars().filter(|c| *c == '\n' || *c == '\t' || !c.is_control() && !is_unseen(*c)).collect();
    visible.trim().to_owned()
}

/// The first line or sentence of a text as a title of at most `max` characters. One that is longer ends with a part of the sentence, and never
/// within a figure: 损失大约50… would be a hundredth of what was written.
pub fn propose_title(text: &str, max: usize) -> String {
    let cleaned = clean(text);
    let first = cleaned.split(['\n', '。', '！', '？', '；']).map(str::trim).find(|part| !part.is_empty()).unwrap_or("");
    if first.chars().count() <= max {
        return first.to_owned();
    }
    let room: String = first.chars().take(max.saturating_sub(1)).collect();
    let part = room.rfind(['，', ',', '、', ' ']).map_or("", |end| &room[..end]);
    let kept =
        if part.chars().count() * 2 >= max { part } else { room.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.') };
    format!("{}…", if kept.is_empty() { room.as_str() } else { kept })
}

/// Full-width digits, letters and signs as their ASCII twins, so that a phone keyboard's habits do not matter.
pub fn half_width(raw: &str) -> String {
    raw.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '\u{3000}' => ' ',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_measured_in_characters_and_cleaned() {
        let mut check = Check::new();
        assert_eq!(check.text("text", "内容", "  厂房旁\r\n道路积水\u{0} ", 5, 10), "厂房旁\n道路积水");
        assert!(check.is_clean());
        check.text("text", "内容", "太短", 10, 20);
        check.text("title", "标题", " ", 1, 20);
        assert_eq!(check.text("name", "姓名", "王\u{202e}小\u{200b}明", 2, 3), "王小明");
        // As many letters as are asked for, and nothing to be read.
        check.text("reason", "理由", "\u{200b}\u{2060}\u{3164}\u{2800}", 4, 20);
        let errors = check.finish().expect_err("two faults");
        assert_eq!(errors[0].message, "内容至少写 10 个字，现在是 2 个字");
        assert_eq!(errors[1].message, "请填写标题");
        assert_eq!(errors[2].message, "请填写理由");
    }

    #[test]
    fn a_title_is_the_first_sentence() {
        assert_eq!(propose_title("厂房旁道路积水。已经三天了", 30), "厂房旁道路积水");
        assert_eq!(propose_title("一二三四五六", 4), "一二三…");
        assert_eq!(propose_title("路灯坏了三天，晚上看不清，损失大约5000元", 16), "路灯坏了三天，晚上看不清…");
        assert_eq!(propose_title("路灯坏了损失大约5000元", 11), "路灯坏了损失大约…");
        assert_eq!(propose_title("50000000000000", 4), "500…", "there is nothing else");
    }
}
