//! Keys of other channels (接口密钥, S-5): hotline, 亲清直通车, meetings and platforms speak to the city's interfaces with one each.

use crate::text::{Check, half_width};
use crate::vocabulary::vocabulary;

vocabulary! {
    /// What a key may do.
    Scope {
        Open311 = "open311", "Open311 接口（提交、查询）";
        Write = "issues:write", "提交诉求，补充、撤回、评价";
        Read = "issues:read", "查询诉求和进展，订阅通知";
        Exchange = "exchange", "取走上报的诉求（上级平台）";
    }
}

/// How much a key may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    pub a_minute: i32,
    pub a_day: i32,
}

impl Rates {
    /// Those of a key for which nothing else was said.
    pub const USUAL: Rates = Rates { a_minute: A_MINUTE, a_day: A_DAY };

    /// Reads them; what is empty is usual.
    pub fn read(check: &mut Check, a_minute: &str, a_day: &str) -> Rates {
        let mut number = |field: &str, name: &str, raw: &str, usual: i32, most: i32| {
            if raw.trim().is_empty() {
                return usual;
            }
            let number = half_width(raw).trim().parse::<i32>().ok().filter(|number| (1..=most).contains(number));
            number.unwrap_or_else(|| {
                check.fault(field, format!("{name}请填 1 到 {most} 的整数"));
                usual
            })
        };
        Rates {
            a_minute: number("a_minute", "每分钟次数", a_minute, A_MINUTE, 6_000),
            a_day: number("a_day", "每天次数", a_day, A_DAY, 1_000_000),
        }
    }
}

/// What was chosen; a key that may do nothing is a fault.
pub fn scopes<'a>(check: &mut Check, chosen: impl Iterator<Item = &'a str>) -> Vec<Scope> {
    let mut scopes = Vec::new();
    for code in chosen {
        match Scope::from_code(code) {
            Some(scope) if !scopes.contains(&scope) => scopes.push(scope),
            Some(_) => {}
            None => check.fault("scope", format!("没有“{code}”这个权限")),
        }
    }
    if scopes.is_empty() {
        check.fault("scope", "请至少选择一个权限");
    }
    scopes.sort_unstable();
    scopes
}

/// What every key begins with, so that one that leaks into a log is known for what it is.
pub const PREFIX: &str = "qifu_";
/// The random part: so many hexadecimal digits, 160 bits.
pub const DIGITS: usize = 40;
/// Requests that a key may make in a minute and in a day where nobody said otherwise, and problems that it may file in a day (a meeting
/// brings about eighty).
pub const A_MINUTE: i32 = 120;
pub const A_DAY: i32 = 20_000;
pub const FILINGS_A_DAY: i32 = 2000;
/// Requests without a key that one address may make in a minute.
pub const ANONYMOUS_A_MINUTE: i32 = 120;

/// Whether this looks like a key of ours: asked before a hash is looked for.
pub fn is_shaped(key: &str) -> bool {
    key.strip_prefix(PREFIX).is_some_and(|digits| digits.len() == DIGITS && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

/// The name an administrator gives it: what the timeline of a problem shows as its filer.
pub fn name(check: &mut Check, raw: &str) -> String {
    check.text("name", "名称", raw, 2, 30)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_key_may_do_is_said_and_how_often_has_a_usual() {
        let mut check = Check::new();
        assert_eq!(scopes(&mut check, ["issues:read", "open311", "issues:read"].into_iter()), [Scope::Open311, Scope::Read]);
        assert_eq!(Rates::read(&mut check, "", " ３０ "), Rates { a_minute: A_MINUTE, a_day: 30 });
        assert!(check.is_clean());
        scopes(&mut check, std::iter::empty());
        scopes(&mut check, std::iter::once("everything"));
        Rates::read(&mut check, "0", "10000000");
        let fields: Vec<String> = check.finish().expect_err("faults").into_iter().map(|fault| fault.field).collect();
        assert_eq!(fields, ["scope", "scope", "scope", "a_minute", "a_day"]);
    }

    #[test]
    fn the_shape_of_a_key() {
        assert!(is_shaped(&format!("qifu_{}", "0a".repeat(20))));
        for other in
            ["", "qifu_", "qifu_zz", &"0a".repeat(20), &format!("qifu_{}", "0g".repeat(20)), &format!("qifu_{}", "0a".repeat(21))]
        {
            assert!(!is_shaped(other), "{other}");
        }
    }
}
