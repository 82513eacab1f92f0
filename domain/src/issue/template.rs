//! 答复模板: what a department says again and again, with places for what differs.

use crate::text::Check;

/// The places of a template, and what each stands for.
pub const PLACES: &[(&str, &str)] =
    &[("{企业}", "企业名称"), ("{编号}", "诉求编号"), ("{标题}", "诉求标题"), ("{部门}", "答复的部门"), ("{今天}", "今天的日期")];

/// What a template is, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    pub title: String,
    pub body: String,
}

/// Reads a template; a place that is none is a fault, as an enterprise would read it.
pub fn read(check: &mut Check, title: &str, body: &str) -> Words {
    let words = Words { title: check.text("title", "名称", title, 2, 30), body: check.text("body", "内容", body, 10, 1500) };
    if let Some(strange) = strange(&words.body) {
        let known: Vec<&str> = PLACES.iter().map(|(place, _)| *place).collect();
        check.fault("body", format!("“{strange}”不是可以填写的位置，只有 {}", known.join(" ")));
    }
    words
}

/// The first pair of braces that is no place.
fn strange(body: &str) -> Option<String> {
    let mut rest = body;
    while let Some(at) = rest.find(['{', '}']) {
        let tail = &rest[at..];
        match PLACES.iter().find(|(place, _)| tail.starts_with(place)) {
            Some((place, _)) => rest = &tail[place.len()..],
            None => return Some(tail.chars().take(8).collect()),
        }
    }
    None
}

/// The text with its places filled, in the order of [`PLACES`]. What is filled in is not looked through again.
pub fn fill(body: &str, values: &[&str; PLACES.len()]) -> String {
    let mut filled = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = rest.find('{') {
        filled.push_str(&rest[..at]);
        let tail = &rest[at..];
        match PLACES.iter().zip(values).find(|((place, _), _)| tail.starts_with(place)) {
            Some(((place, _), value)) => {
                filled.push_str(value);
                rest = &tail[place.len()..];
            }
            None => {
                filled.push('{');
                rest = &tail[1..];
            }
        }
    }
    filled + rest
}

/// What was typed, and the template behind it: nothing that somebody wrote is lost.
pub fn beside(typed: &str, filled: &str) -> String {
    let typed = typed.trim_end();
    if typed.is_empty() { filled.to_owned() } else { format!("{typed}\n{filled}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_once_and_strange_ones_are_refused() {
        let values = ["{编号}公司", "HZ-1", "积水", "市建设局", "12月1日"];
        assert_eq!(fill("{企业}：{编号}“{标题}”，{部门} {今天}", &values), "{编号}公司：HZ-1“积水”，市建设局 12月1日");
        assert_eq!(fill("{没有} {企业", &values), "{没有} {企业");
        let faults = |body: &str| {
            let mut check = Check::new();
            read(&mut check, "路面积水", body);
            check.finish().err().map_or(0, |faults| faults.len())
        };
        assert_eq!(faults("您好，{企业}反映的“{标题}”已办理完毕。"), 0);
        for body in ["您好，{企业名称}反映的问题已办理。", "您好，{企业反映的问题已经办理。", "您好，企业}反映的问题已经办理。"]
        {
            assert_eq!(faults(body), 1, "{body}");
        }
    }

    #[test]
    fn what_was_typed_stays() {
        assert_eq!(beside("", "模板"), "模板");
        assert_eq!(beside("已到现场。\n", "模板"), "已到现场。\n模板");
    }
}
