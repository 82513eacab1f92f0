//! Areas (行政区划) of the city, S-2. Codes are those of GB/T 2260; 南太湖新区 is a functional area without one of its own
//! there, so it bears one of ours inside the city's range.

use crate::actor::{AreaCode, CITY};

/// Every area as a city begins with it: code, name, short name. The city first. Administrators keep them from then on.
pub const AREAS: &[(AreaCode, &str, &str)] = &[
    (CITY, "湖州市", "市"),
    (330_502, "吴兴区", "吴兴"),
    (330_503, "南浔区", "南浔"),
    (330_521, "德清县", "德清"),
    (330_522, "长兴县", "长兴"),
    (330_523, "安吉县", "安吉"),
    (330_591, "南太湖新区", "南太湖"),
];

/// The name an area begins with; the code itself where it is not known.
pub fn name(code: AreaCode) -> String {
    let named = AREAS.iter().map(|area| (area.0, area.1)).chain(BEYOND.iter().copied());
    named.into_iter().find(|(known, _)| *known == code).map_or_else(|| code.to_string(), |(_, name)| name.to_owned())
}

/// Areas beyond the city that policies are of.
const BEYOND: &[(AreaCode, &str)] = &[
    (330_000, "浙江省"),
    (330_100, "杭州市"),
    (330_200, "宁波市"),
    (330_300, "温州市"),
    (330_400, "嘉兴市"),
    (330_600, "绍兴市"),
    (330_683, "嵊州市"),
    (330_700, "金华市"),
    (330_800, "衢州市"),
    (330_900, "舟山市"),
    (331_000, "台州市"),
    (331_100, "丽水市"),
];

/// The code of an area by its name.
pub fn of_name(name: &str) -> Option<String> {
    let mut named = AREAS.iter().map(|known| (known.0, known.1)).chain(BEYOND.iter().copied());
    named.find(|(_, known)| *known == name).map(|(code, _)| code.to_string())
}

/// What the codes of everything in an area begin with, from its name or its code: nothing for the whole country, `3305` for the city,
/// `330521` for a district, `330521101` for a town. None for a name that says no area.
pub fn prefix(area: &str) -> Option<String> {
    let area = area.trim();
    if matches!(area, "" | "全国" | "中国" | "国家") {
        return Some(String::new());
    }
    let digits = area.bytes().all(|b| b.is_ascii_digit());
    let code = match area.len() {
        2 | 4 | 6 if digits => format!("{area:0<6}"),
        // Towns and villages have codes below those of districts (GB/T 10114): three digits each.
        9 | 12 if digits => {
            let town = area.get(..9).filter(|_| area.ends_with("000")).unwrap_or(area);
            town.strip_suffix("000").unwrap_or(town).to_owned()
        }
        _ if digits => return None,
        _ => of_name(area)?,
    };
    let bare = code.strip_suffix("0000").or_else(|| code.strip_suffix("00")).unwrap_or(&code);
    Some(bare.to_owned())
}

/// Whether what begins with these codes is the city, above it or in it.
pub fn concerns_city(prefix: &str) -> bool {
    let city = CITY.to_string();
    let city = city.trim_end_matches("00");
    city.starts_with(prefix) || prefix.starts_with(city)
}

/// The centre of an area: 市企服中心, 吴兴区企服中心.
pub fn centre_name(code: AreaCode) -> String {
    if code == CITY { "市企服中心".to_owned() } else { format!("{}企服中心", name(code)) }
}

/// The districts, without the city.
pub fn districts() -> impl Iterator<Item = AreaCode> {
    AREAS.iter().map(|area| area.0).filter(|code| *code != CITY)
}

/// The one district that an address names in full; none where it names none or several: 长兴路 lies elsewhere than 长兴县.
pub fn named_in<'a>(address: &str, mut districts: impl Iterator<Item = (AreaCode, &'a str)>) -> Option<AreaCode> {
    let found = districts.by_ref().find(|(code, name)| *code != CITY && address.contains(name))?;
    let other = districts.any(|(code, name)| code != CITY && address.contains(name));
    (!other).then_some(found.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_is_known_by_name_and_by_code() {
        for (area, begins) in [
            ("全国", Some("")),
            ("浙江省", Some("33")),
            ("湖州市", Some("3305")),
            ("330500", Some("3305")),
            ("德清县", Some("330521")),
            ("330521", Some("330521")),
            ("33", Some("33")),
            ("330521101", Some("330521101")),
            ("330521101000", Some("330521101")),
            ("330521000000", Some("330521")),
            ("某地", None),
            ("33052", None),
        ] {
            assert_eq!(prefix(area).as_deref(), begins, "{area}");
        }
        assert!(concerns_city("") && concerns_city("33") && concerns_city("3305") && concerns_city("330521"));
        assert!(!concerns_city("330683") && !concerns_city("32"));
    }

    #[test]
    fn an_address_names_a_district_in_full_or_not_at_all() {
        let named = |address| named_in(address, AREAS.iter().map(|area| (area.0, area.1)));
        assert_eq!(named("长兴县雉城街道明珠路 8 号"), Some(330_522));
        assert_eq!(named("湖州市长兴路 8 号"), None, "a street of another place");
        assert_eq!(named("吴兴区与南浔区交界处"), None);
        assert_eq!(named("织里镇"), None);
        assert_eq!(named(""), None);
    }
}
