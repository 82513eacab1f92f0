//! The sheet of areas (区域, S-2).

use super::{Faults, Known, Line, Seen, Sheet, column};
use domain::administration::city::City;
use domain::administration::{Kind, Organisation};
use domain::area::AREAS;
use domain::text::Check;

pub const SHEET: Sheet = Sheet {
    name: "区域",
    about: "市和各区县。代码是 6 位行政区划代码，以后不能改；名称、简称可以改。",
    columns: &[column("code", "代码"), column("name", "名称"), column("short", "简称")],
    rows: || AREAS.iter().map(|(code, name, short)| vec![code.to_string(), (*name).to_owned(), (*short).to_owned()]).collect(),
    read,
};

fn read(lines: &[Line], known: &Known, city: &mut City, faults: &mut Faults) {
    let (mut codes, mut names) = (Seen::new(), Seen::new());
    for line in lines {
        let mut check = Check::new();
        let found = Organisation::read(Kind::Area, &mut check, &|field| line.get(field), None, &[]);
        if let Err(errors) = check.finish() {
            errors.into_iter().for_each(|error| faults.add(line, error.message));
        }
        let Some(Organisation::Area(area)) = found else { continue };
        if let Some(row) = codes.before(area.code, line) {
            faults.add(line, format!("代码 {} 与第 {row} 行重复", area.code));
        }
        if let Some(row) = names.before(area.name.clone(), line) {
            faults.add(line, format!("名称“{}”与第 {row} 行重复", area.name));
        }
        if known.areas.iter().any(|other| other.name == area.name && other.code != area.code) {
            faults.add(line, format!("系统里已有同名的区域“{}”，代码不同", area.name));
        }
        city.areas.push(area);
    }
}
