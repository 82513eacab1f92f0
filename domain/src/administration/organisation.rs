//! Areas, departments and stations (S-2 to S-4) as they are kept: what each needs, read from a form or from a row of a workbook alike.
//! A code and an area stay as they were first written: what is referred to is closed, and never removed.

use super::Kind;
use crate::actor::{AreaCode, CITY, area_covers};
use crate::phone::parse_contact_phone;
use crate::text::{Check, half_width};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// 区域: the city, or one of its districts (S-2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// Six digits, within the city's range.
    pub code: AreaCode,
    pub name: String,
    /// For narrow places.
    pub short: String,
    /// The telephone of its centre (企服中心); empty where nobody gave one.
    #[serde(default)]
    pub phone: String,
}

/// 部门 of the city or of a district (S-4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Department {
    /// Stable, in small letters.
    pub code: String,
    pub name: String,
    pub area: AreaCode,
    /// 入驻: it has people in the centre.
    pub on_site: bool,
    /// 赋权: its power to accept is with the centre.
    pub delegated: bool,
    /// A closed one gets nothing new; what it has, it finishes.
    pub active: bool,
    /// Its telephone for enterprises; empty where nobody gave one.
    #[serde(default)]
    pub phone: String,
}

impl Department {
    /// 两到位 (S-4): its people are in the centre, and so is its power to accept. For one without people there the
    /// lead of its board stands in (`issue::BoardLead`).
    pub fn in_place(&self) -> bool {
        self.on_site && self.delegated
    }

    /// Whether an issue of `area` may be given to it: it is open, and of that area or of the city.
    pub fn serves(&self, area: AreaCode) -> bool {
        self.active && area_covers(self.area, area)
    }
}

/// 驿站 (S-3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Station {
    /// Stable, in small letters.
    pub code: String,
    pub name: String,
    pub area: AreaCode,
    pub address: String,
    /// Its telephone.
    pub phone: String,
    /// Whom to ask for.
    pub contact_name: String,
    /// A closed one is shown to nobody.
    pub active: bool,
}

/// Any of the three.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Organisation {
    Area(Area),
    Department(Department),
    Station(Station),
}

/// Where the words of a form or a row come from: the value of a field, empty where there is none.
pub type Raw<'a> = &'a dyn Fn(&str) -> String;

impl Organisation {
    pub fn kind(&self) -> Kind {
        match self {
            Organisation::Area(_) => Kind::Area,
            Organisation::Department(_) => Kind::Department,
            Organisation::Station(_) => Kind::Station,
        }
    }

    /// What it is found by.
    pub fn key(&self) -> String {
        match self {
            Organisation::Area(area) => area.code.to_string(),
            Organisation::Department(department) => department.code.clone(),
            Organisation::Station(station) => station.code.clone(),
        }
    }

    pub fn name(&self) -> &str {
        match self {
            Organisation::Area(area) => &area.name,
            Organisation::Department(department) => &department.name,
            Organisation::Station(station) => &station.name,
        }
    }

    /// Whose administrators keep it, with the city's.
    pub fn area(&self) -> AreaCode {
        match self {
            Organisation::Area(area) => area.code,
            Organisation::Department(department) => department.area,
            Organisation::Station(station) => station.area,
        }
    }

    /// As the log keeps it.
    pub fn value(&self) -> Value {
        let value = match self {
            Organisation::Area(area) => serde_json::to_value(area),
            Organisation::Department(department) => serde_json::to_value(department),
            Organisation::Station(station) => serde_json::to_value(station),
        };
        // Texts, numbers and flags: there is nothing in it that JSON could not say.
        value.unwrap_or_default()
    }

    /// From what the log kept; `None` for another kind, or for what is none.
    pub fn from_value(kind: Kind, value: Value) -> Option<Organisation> {
        match kind {
            Kind::Area => serde_json::from_value(value).ok().map(Organisation::Area),
            Kind::Department => serde_json::from_value(value).ok().map(Organisation::Department),
            Kind::Station => serde_json::from_value(value).ok().map(Organisation::Station),
            _ => None,
        }
    }

    /// Reads one of `kind`. Of one that is there already (`known`), code and area stay. `None` where something is wrong, which `check`
    /// knows then, by the names of the fields.
    pub fn read(
        kind: Kind,
        check: &mut Check,
        raw: Raw<'_>,
        known: Option<&Organisation>,
        areas: &[Area],
    ) -> Option<Organisation> {
        let name = check.text("name", "名称", &raw("name"), 2, 40);
        match kind {
            Kind::Area => {
                let code = known.map_or_else(|| area_code(check, &raw("code")), |known| Some(known.area()));
                let short = check.text("short", "简称", &raw("short"), 1, 10);
                let phone = phone(check, &raw("phone"));
                Some(Organisation::Area(Area { code: code?, name, short, phone: phone? }))
            }
            Kind::Department => {
                let (code, area) = code_and_area(check, raw, known, areas);
                let on_site = flag(check, "on_site", "是否入驻", &raw("on_site"));
                let delegated = flag(check, "delegated", "是否赋权", &raw("delegated"));
                let active = flag(check, "active", "是否启用", &raw("active"));
                let phone = phone(check, &raw("phone"));
                let (on_site, delegated, active, phone) = (on_site?, delegated?, active?, phone?);
                let (code, area) = (code?, area?);
                Some(Organisation::Department(Department { code, name, area, on_site, delegated, active, phone }))
            }
            Kind::Station => {
                let (code, area) = code_and_area(check, raw, known, areas);
                let address = check.text("address", "地址", &raw("address"), 2, 100);
                let phone = check.parse("phone", parse_contact_phone(&raw("phone")));
                let contact_name = check.text("contact_name", "联系人", &raw("contact_name"), 2, 30);
                let active = flag(check, "active", "是否启用", &raw("active"));
                let (code, area, phone, active) = (code?, area?, phone?, active?);
                Some(Organisation::Station(Station { code, name, area, address, phone, contact_name, active }))
            }
            _ => None,
        }
        .filter(|_| check.is_clean())
    }
}

/// The area with this name, short name or code.
pub fn find_area<'a>(areas: &'a [Area], text: &str) -> Option<&'a Area> {
    let text = text.trim();
    areas.iter().find(|area| area.name == text || area.short == text || area.code.to_string() == text)
}

fn code_and_area(
    check: &mut Check,
    raw: Raw<'_>,
    known: Option<&Organisation>,
    areas: &[Area],
) -> (Option<String>, Option<AreaCode>) {
    if let Some(known) = known {
        return (Some(known.key()), Some(known.area()));
    }
    let area = raw("area");
    let found = find_area(areas, &area).map(|area| area.code);
    if found.is_none() {
        let words = if area.trim().is_empty() {
            "请选择所属区域".to_owned()
        } else {
            format!("没有“{}”这个区域", area.trim())
        };
        check.fault("area", words);
    }
    (plain_code(check, &raw("code")), found)
}

/// A code people can say on the telephone: it stands in addresses and workbooks, and stays.
pub(crate) fn plain_code(check: &mut Check, raw: &str) -> Option<String> {
    let code = half_width(raw).trim().to_owned();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if (2..=40).contains(&code.len()) && code.starts_with(|c: char| c.is_ascii_lowercase()) && code.chars().all(plain) {
        return Some(code);
    }
    let words = if code.is_empty() {
        "请填写编号"
    } else {
        "编号用 2 到 40 个小写字母、数字、短横线，以字母开头，例如 wuxing-jianshe"
    };
    check.fault("code", words);
    None
}

fn area_code(check: &mut Check, raw: &str) -> Option<AreaCode> {
    let typed = half_width(raw).trim().to_owned();
    let code = typed.parse().ok().filter(|code| typed.len() == 6 && area_covers(CITY, *code));
    if code.is_none() {
        let words = if typed.is_empty() {
            "请填写行政区划代码".to_owned()
        } else {
            format!("行政区划代码是 6 位数字，以 {} 开头", CITY / 100)
        };
        check.fault("code", words);
    }
    code
}

/// A telephone that may be missing.
fn phone(check: &mut Check, raw: &str) -> Option<String> {
    if raw.trim().is_empty() { Some(String::new()) } else { check.parse("phone", parse_contact_phone(raw)) }
}

fn flag(check: &mut Check, field: &str, name: &str, raw: &str) -> Option<bool> {
    match raw.trim() {
        "是" | "yes" => Some(true),
        "否" | "no" => Some(false),
        "" => {
            check.fault(field, format!("请选择{name}"));
            None
        }
        _ => {
            check.fault(field, format!("{name}请填“是”或“否”"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn areas() -> Vec<Area> {
        let area =
            |code, name: &str, short: &str| Area { code, name: name.to_owned(), short: short.to_owned(), phone: String::new() };
        vec![area(CITY, "湖州市", "市"), area(330_502, "吴兴区", "吴兴")]
    }

    fn read(kind: Kind, pairs: &[(&str, &str)], known: Option<&Organisation>) -> Result<Organisation, Vec<(String, String)>> {
        let raw = |name: &str| pairs.iter().find(|pair| pair.0 == name).map_or(String::new(), |pair| pair.1.to_owned());
        let mut check = Check::new();
        let found = Organisation::read(kind, &mut check, &raw, known, &areas());
        match check.finish() {
            Ok(()) => Ok(found.expect("nothing stood against it")),
            Err(faults) => {
                assert_eq!(found, None, "nothing is half read");
                Err(faults.into_iter().map(|fault| (fault.field, fault.message)).collect())
            }
        }
    }

    const DEPARTMENT: [(&str, &str); 6] = [
        ("code", "wuxing-jianshe"),
        ("name", "吴兴区建设局"),
        ("area", "吴兴"),
        ("on_site", "是"),
        ("delegated", "no"),
        ("active", "yes"),
    ];

    #[test]
    fn a_department_is_read_whole_or_not_at_all() {
        let Ok(Organisation::Department(read_one)) = read(Kind::Department, &DEPARTMENT, None) else { panic!("it is right") };
        assert_eq!((read_one.area, read_one.on_site, read_one.delegated, read_one.in_place()), (330_502, true, false, false));
        let faults =
            read(Kind::Department, &[("code", "建设"), ("area", "杭州"), ("on_site", "有")], None).expect_err("all of it");
        let fields: Vec<&str> = faults.iter().map(|fault| fault.0.as_str()).collect();
        assert_eq!(fields, ["name", "area", "code", "on_site", "delegated", "active"]);
        assert_eq!(faults[1].1, "没有“杭州”这个区域");
    }

    #[test]
    fn a_department_serves_its_own_area_while_it_is_open() {
        let Ok(Organisation::Department(wuxing)) = read(Kind::Department, &DEPARTMENT, None) else { panic!("it is right") };
        let city = Department { area: CITY, ..wuxing.clone() };
        assert!(wuxing.serves(330_502) && !wuxing.serves(330_503) && !wuxing.serves(CITY));
        assert!(city.serves(330_502) && city.serves(CITY));
        assert!(!Department { active: false, ..city }.serves(CITY));
    }

    #[test]
    fn code_and_area_stay_as_they_were_first_written() {
        let first = read(Kind::Department, &DEPARTMENT, None).expect("it is right");
        let mut other = DEPARTMENT;
        (other[0].1, other[1].1, other[2].1) = ("other", "吴兴区城乡建设局", "湖州市");
        let changed = read(Kind::Department, &other, Some(&first)).expect("it is right");
        assert_eq!((changed.key(), changed.area(), changed.name()), (first.key(), first.area(), "吴兴区城乡建设局"));
    }

    #[test]
    fn a_department_may_have_a_number_and_then_one_that_can_be_called() {
        let with = |phone| DEPARTMENT.into_iter().chain([("phone", phone)]).collect::<Vec<_>>();
        let Ok(Organisation::Department(without)) = read(Kind::Department, &DEPARTMENT, None) else { panic!("it is right") };
        let Ok(Organisation::Department(known)) = read(Kind::Department, &with("0572-2001001"), None) else {
            panic!("it is right")
        };
        assert_eq!((without.phone.as_str(), known.phone.as_str()), ("", "0572-2001001"));
        assert_eq!(read(Kind::Department, &with("2001001"), None).expect_err("no area code")[0].0, "phone");
        // What the log kept before there were numbers is read as without one.
        let old =
            serde_json::json!({"code": "a1", "name": "甲", "area": 330_502, "on_site": true, "delegated": true, "active": true});
        assert!(Organisation::from_value(Kind::Department, old).is_some());
    }

    #[test]
    fn an_area_lies_within_the_city() {
        let area = |code| read(Kind::Area, &[("code", code), ("name", "南太湖新区"), ("short", "南太湖")], None);
        assert_eq!(area("330591").map(|area| area.key()), Ok("330591".to_owned()));
        for wrong in ["", "330102", "3305", "33059x", "-30591"] {
            assert!(area(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_station_has_a_number_that_can_be_called() {
        let mut pairs = vec![("code", "zhili"), ("name", "织里驿站"), ("area", "330502"), ("address", "富民路 1 号")];
        pairs.extend([("contact_name", "沈洁"), ("active", "是"), ("phone", "3188000")]);
        let faults = read(Kind::Station, &pairs, None).expect_err("no area code");
        assert_eq!(faults[0].0, "phone");
        pairs.pop();
        pairs.push(("phone", "0572-3188000"));
        let station = read(Kind::Station, &pairs, None).expect("it is right");
        assert_eq!(Organisation::from_value(Kind::Station, station.value()), Some(station.clone()));
        assert_eq!(Organisation::from_value(Kind::Department, station.value()), None);
    }
}
