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
    AREAS.iter().find(|area| area.0 == code).map_or_else(|| code.to_string(), |area| area.1.to_owned())
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
    fn an_address_names_a_district_in_full_or_not_at_all() {
        let named = |address| named_in(address, AREAS.iter().map(|area| (area.0, area.1)));
        assert_eq!(named("长兴县雉城街道明珠路 8 号"), Some(330_522));
        assert_eq!(named("湖州市长兴路 8 号"), None, "a street of another place");
        assert_eq!(named("吴兴区与南浔区交界处"), None);
        assert_eq!(named("织里镇"), None);
        assert_eq!(named(""), None);
    }
}
