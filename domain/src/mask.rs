//! Personal data as it is shown to whoever does not need it whole (个人信息保护法 第六条, data minimisation).

/// `138****8000`; a landline keeps its area code and last two digits.
pub fn phone(number: &str) -> String {
    let characters: Vec<char> = number.chars().collect();
    if characters.len() < 7 {
        return "*".repeat(characters.len());
    }
    let (head, tail) = if number.starts_with('1') { (3, 4) } else { (5.min(characters.len() - 3), 2) };
    let hidden = characters.len() - head - tail;
    characters.iter().take(head).chain(std::iter::repeat_n(&'*', hidden)).chain(&characters[head + hidden..]).collect()
}

/// `张*`, `欧阳**`: the surname stays.
pub fn name(full: &str) -> String {
    let characters: Vec<char> = full.chars().collect();
    const DOUBLE: [&str; 8] = ["欧阳", "司马", "上官", "诸葛", "司徒", "夏侯", "皇甫", "尉迟"];
    let head = if characters.len() > 2 && DOUBLE.iter().any(|d| full.starts_with(d)) { 2 } else { 1 };
    characters.iter().enumerate().map(|(index, c)| if index < head { *c } else { '*' }).collect()
}

/// Whom to call, and under which number; what has been forgotten (`crate::retention`) is said to be.
pub fn contact(name: &str, phone: &str) -> String {
    if name.is_empty() && phone.is_empty() { "已按规定删除".to_owned() } else { format!("{name} {phone}") }
}

#[cfg(test)]
mod tests {
    #[test]
    fn masks_keep_what_identifies_and_hide_the_rest() {
        assert_eq!(super::phone("13800138000"), "138****8000");
        assert_eq!(super::phone("0572-2112345"), "0572-*****45");
        assert_eq!(super::name("张三丰"), "张**");
        assert_eq!(super::name("欧阳明日"), "欧阳**");
        assert_eq!(super::name(""), "");
        assert_eq!(super::contact("张三", "138****8000"), "张三 138****8000");
        assert_eq!(super::contact("", &super::phone("")), "已按规定删除");
    }
}
