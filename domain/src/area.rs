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
