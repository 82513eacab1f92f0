//! `POST requests`: a problem that another channel took down for an enterprise.

use super::{Fault, argument};
use crate::actor::AreaCode;
use crate::phone::parse_contact_phone;
use crate::text::clean;
use crate::uscc::Uscc;

/// The attribute with the enterprise's 统一社会信用代码.
pub const USCC: &str = "uscc";
/// The attribute with its name, for one that the library does not know.
pub const ENTERPRISE_NAME: &str = "enterprise_name";
/// The attribute with the district of the place.
pub const AREA: &str = "area";

/// The most characters of a description (GeoReport v2 has 4,000, a problem of ours 2,000).
const LONGEST: usize = 2000;

/// A report, as far as it can be read without the city's tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Category's code.
    pub service: String,
    pub description: String,
    /// Where: the address, else the position.
    pub place: String,
    /// The district, where it is said.
    pub area: Option<AreaCode>,
    pub uscc: Uscc,
    /// Empty where it is not said.
    pub enterprise_name: String,
    /// Whom to call; empty where it is not said.
    pub contact_name: String,
    /// Under which number, in the normal form; empty where it is not said.
    pub contact_phone: String,
}

impl Report {
    /// Reads a form; what is refused is told all at once.
    ///
    /// # Errors
    /// Every [`Fault`] (400).
    pub fn parse(pairs: &[(String, String)]) -> Result<Report, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut fault = |description: String| faults.push(Fault::new(400, description));
        let text = |name: &str| clean(argument(pairs, name).unwrap_or(""));
        // A client that takes every list for one of several values writes brackets behind it.
        let attribute = |code: &str| match text(&format!("attribute[{code}]")) {
            single if single.is_empty() => text(&format!("attribute[{code}][]")),
            single => single,
        };
        for code in [USCC, ENTERPRISE_NAME, AREA] {
            let names = [format!("attribute[{code}]"), format!("attribute[{code}][]")];
            let mut values: Vec<&str> =
                pairs.iter().filter(|(name, _)| names.contains(name)).map(|(_, value)| value.trim()).collect();
            values.retain(|value| !value.is_empty());
            values.dedup();
            if values.len() > 1 {
                fault(format!("attribute[{code}]: one value only"));
            }
        }
        let service = text("service_code");
        if service.is_empty() {
            fault("service_code is required".to_owned());
        }
        let mut description = text("description");
        if description.is_empty() {
            fault("description is required: what happened, in the enterprise's words".to_owned());
        }
        if let Some(media) = argument(pairs, "media_url") {
            if media.starts_with("https://") || media.starts_with("http://") {
                description = format!("{description}\n附件：{}", clean(media));
            } else {
                fault("media_url: an http or https address".to_owned());
            }
        }
        if description.chars().count() > LONGEST {
            fault(format!("description: at most {LONGEST} characters, the address of the media included"));
        }
        let place = place(pairs, &mut fault);
        let uscc = match attribute(USCC).as_str() {
            "" => {
                fault(format!("attribute[{USCC}] is required: the enterprise's unified social credit code (统一社会信用代码)"));
                None
            }
            code => Uscc::parse(code).map_err(|error| fault(format!("attribute[{USCC}]: {error}"))).ok(),
        };
        let area = match attribute(AREA).as_str() {
            "" => None,
            code => {
                code.parse().map_err(|_| fault(format!("attribute[{AREA}]: one of the values of the service definition"))).ok()
            }
        };
        let contact_name = match (text("last_name"), text("first_name")) {
            // 张 and 三 belong together, John and Smith do not.
            (last, first) if last.is_ascii() && first.is_ascii() => format!("{first} {last}").trim().to_owned(),
            (last, first) => last + &first,
        };
        let contact_phone = match text("phone").as_str() {
            "" => String::new(),
            phone => parse_contact_phone(phone).map_err(|error| fault(format!("phone: {error}"))).unwrap_or_default(),
        };
        for (name, value, most) in
            [("first_name, last_name", &contact_name, 30), (ENTERPRISE_NAME, &attribute(ENTERPRISE_NAME), 60)]
        {
            if value.chars().count() > most {
                fault(format!("{name}: at most {most} characters"));
            }
        }
        match (uscc, faults.is_empty()) {
            (Some(uscc), true) => Ok(Report {
                service,
                description,
                place,
                area,
                uscc,
                enterprise_name: attribute(ENTERPRISE_NAME),
                contact_name,
                contact_phone,
            }),
            _ => Err(faults),
        }
    }
}

/// The address, else the position in words; one of the two is required.
fn place(pairs: &[(String, String)], fault: &mut impl FnMut(String)) -> String {
    let address = clean(argument(pairs, "address_string").unwrap_or(""));
    if address.chars().count() > 120 {
        fault("address_string: at most 120 characters".to_owned());
    }
    let degrees = |name: &str, most: f64| match argument(pairs, name).map(str::parse::<f64>) {
        None => Ok(None),
        Some(Ok(degrees)) if degrees.is_finite() && degrees.abs() <= most => Ok(Some(degrees)),
        Some(_) => Err(format!("{name}: degrees as a decimal number (WGS84)")),
    };
    match (degrees("lat", 90.0), degrees("long", 180.0)) {
        (Err(why), _) | (_, Err(why)) => fault(why),
        _ if !address.is_empty() => {}
        (Ok(Some(lat)), Ok(Some(long))) => return format!("北纬 {lat:.6}，东经 {long:.6}"),
        _ => fault("a location is required: address_string, or lat and long".to_owned()),
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Report, Vec<Fault>> {
        let pairs: Vec<(String, String)> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Report::parse(&pairs)
    }

    const GOOD: &[(&str, &str)] = &[
        ("service_code", "lamp"),
        ("description", "门前的路灯不亮了，晚上下班看不清路"),
        ("lat", "30.86"),
        ("long", "120.1"),
        ("attribute[uscc]", "91330500MA2B0XYA14"),
        ("first_name", "三"),
        ("last_name", "张"),
        ("phone", "0572-2112345"),
    ];

    #[test]
    fn a_position_will_do_for_an_address() {
        let mut good = GOOD.to_vec();
        let code = Uscc::from_body("91330500MA2B0XYA1").unwrap();
        good[4].1 = code.as_str();
        let report = read(&good).unwrap();
        assert_eq!((report.place.as_str(), report.contact_name.as_str()), ("北纬 30.860000，东经 120.100000", "张三"));
    }

    #[test]
    fn an_attribute_has_one_value_however_it_is_written() {
        let code = Uscc::from_body("91330500MA2B0XYA1").unwrap();
        let mut good = GOOD.to_vec();
        good[4] = ("attribute[uscc][]", code.as_str());
        good.extend([
            ("attribute[area][]", "330502"),
            ("attribute[area]", ""),
            ("attribute[area]", "330502"),
            ("attribute[colour]", "red"),
        ]);
        assert_eq!(read(&good).unwrap().area, Some(330_502));
        good.push(("attribute[area][]", "330503"));
        assert!(read(&good).unwrap_err()[0].description.contains("attribute[area]: one value only"));
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let faults = read(&[("lat", "north"), ("phone", "12"), ("media_url", "javascript:alert(1)")]).unwrap_err();
        let told: Vec<&str> = faults.iter().map(|fault| fault.description.as_str()).collect();
        for word in ["service_code", "description", "lat", "attribute[uscc]", "phone", "media_url"] {
            assert!(told.iter().any(|words| words.contains(word)), "{word}: {told:?}");
        }
    }
}
