//! The sheet of stations (驿站, S-3).

use super::{Faults, Known, Line, Seen, Sheet, column, yes_no};
use domain::administration::city::City;
use domain::administration::{Kind, Organisation};
use domain::text::Check;

pub const SHEET: Sheet = Sheet {
    name: "驿站",
    about: "企服驿站。编号用小写字母、数字、短横线，以后不能改。电话填手机号或带区号的座机。",
    columns: &[
        column("code", "编号"),
        column("name", "名称"),
        column("area", "区域"),
        column("address", "地址"),
        column("phone", "电话"),
        column("contact_name", "联系人"),
        yes_no("active", "启用"),
    ],
    rows: Vec::new,
    read,
};

fn read(lines: &[Line], known: &Known, city: &mut City, faults: &mut Faults) {
    let areas = known.areas_with(city);
    let (mut codes, mut names) = (Seen::new(), Seen::new());
    for line in lines {
        let mut check = Check::new();
        let found = Organisation::read(Kind::Station, &mut check, &|field| line.get(field), None, &areas);
        if let Err(errors) = check.finish() {
            errors.into_iter().for_each(|error| faults.add(line, error.message));
        }
        let Some(Organisation::Station(station)) = found else { continue };
        if let Some(row) = codes.before(station.code.clone(), line) {
            faults.add(line, format!("编号 {} 与第 {row} 行重复", station.code));
        }
        if let Some(row) = names.before((station.area, station.name.clone()), line) {
            faults.add(line, format!("名称“{}”与第 {row} 行重复", station.name));
        }
        for other in &known.stations {
            if other.code == station.code && other.area != station.area {
                faults.add(line, format!("编号 {} 已是“{}”，区域不能改", other.code, other.name));
            }
            if other.code != station.code && (other.area, &other.name) == (station.area, &station.name) {
                faults.add(line, format!("系统里已有同名的驿站“{}”，编号是 {}", other.name, other.code));
            }
        }
        city.stations.push(station);
    }
}
