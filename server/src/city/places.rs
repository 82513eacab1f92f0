//! The sheets of areas (区域, S-2), departments (部门, S-4) and stations (驿站, S-3): a row is read as the desk's form is.

use super::{Faults, Known, Line, Seen, Sheet, column, optional, yes_no};
use domain::actor::CITY;
use domain::administration::city::City;
use domain::administration::{Kind, Organisation};
use domain::area;
use domain::catalogue::{self, DEPARTMENTS};
use domain::text::Check;

pub const AREAS: Sheet = Sheet {
    name: "区域",
    about: "市和各区县。代码是 6 位行政区划代码，以后不能改；名称、简称可以改。电话是当地企服中心的，企业看得到，可以不填。",
    columns: &[column("code", "代码"), column("name", "名称"), column("short", "简称"), optional("phone", "电话")],
    rows: || {
        area::AREAS.iter().map(|(code, name, short)| vec![code.to_string(), (*name).to_owned(), (*short).to_owned()]).collect()
    },
    read: |lines, known, city, faults| read(Kind::Area, lines, known, city, faults),
};

pub const DEPARTMENTS_SHEET: Sheet = Sheet {
    name: "部门",
    about: "市级和区县部门。编号用小写字母、数字、短横线，以后不能改。入驻：人员在企服中心，没有入驻的由板块牵头部门代为受理；赋权：受理权力给了企服中心。电话给企业打，可以不填。",
    columns: &[
        column("code", "编号"),
        column("name", "名称"),
        column("area", "区域"),
        yes_no("on_site", "入驻"),
        yes_no("delegated", "赋权"),
        yes_no("active", "启用"),
        optional("phone", "电话"),
    ],
    rows: || {
        let flag = |yes: bool| if yes { "是" } else { "否" }.to_owned();
        let row = |d: &catalogue::Department| {
            vec![d.code.to_owned(), d.name.to_owned(), CITY.to_string(), flag(d.on_site), flag(d.on_site), flag(true)]
        };
        DEPARTMENTS.iter().map(row).collect()
    },
    read: |lines, known, city, faults| read(Kind::Department, lines, known, city, faults),
};

pub const STATIONS: Sheet = Sheet {
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
    read: |lines, known, city, faults| read(Kind::Station, lines, known, city, faults),
};

fn phone(thing: &Organisation) -> String {
    match thing {
        Organisation::Area(area) => area.phone.clone(),
        Organisation::Department(department) => department.phone.clone(),
        Organisation::Station(station) => station.phone.clone(),
    }
}

/// Reads the rows of a kind: each as the form of the desk is read, and none against another or against what is there.
fn read(kind: Kind, lines: &[Line], known: &Known, city: &mut City, faults: &mut Faults) {
    let areas = known.areas_with(city);
    let there = known.organisations(kind);
    let code_name = if kind == Kind::Area { "代码" } else { "编号" };
    // Names are told apart within an area; those of areas in the whole city.
    let place = |thing: &Organisation| (kind != Kind::Area).then(|| thing.area());
    let (mut codes, mut names) = (Seen::new(), Seen::new());
    for line in lines {
        let mut check = Check::new();
        // A workbook without the column says nothing of telephones: those that are there stay.
        let raw = |field: &str| match field {
            "phone" if kind != Kind::Station && !line.cells.contains_key(field) => {
                there.iter().find(|other| other.key() == line.get("code").trim()).map_or_else(String::new, phone)
            }
            field => line.get(field),
        };
        let found = Organisation::read(kind, &mut check, &raw, None, &areas);
        faults.add_all(line, check);
        let Some(thing) = found else { continue };
        let (key, name) = (thing.key(), thing.name());
        if let Some(row) = codes.before(key.clone(), line) {
            faults.add(line, format!("{code_name} {key} 与第 {row} 行重复"));
        }
        if let Some(row) = names.before((place(&thing), name.to_owned()), line) {
            faults.add(line, format!("名称“{name}”与第 {row} 行重复"));
        }
        for other in &there {
            if other.key() == key && other.area() != thing.area() {
                faults.add(line, format!("{code_name} {key} 已是“{}”，区域不能改", other.name()));
            }
            if other.key() != key && (place(other), other.name()) == (place(&thing), name) {
                faults.add(line, format!("系统里已有同名的{kind}“{name}”，{code_name}是 {}", other.key()));
            }
        }
        match thing {
            Organisation::Area(area) => city.areas.push(area),
            Organisation::Department(department) => city.departments.push(department),
            Organisation::Station(station) => city.stations.push(station),
        }
    }
}
