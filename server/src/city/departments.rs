//! The sheet of departments (部门, S-4), of the city and of its districts.

use super::{Faults, Known, Line, Seen, Sheet, column, yes_no};
use domain::actor::CITY;
use domain::administration::city::City;
use domain::administration::{Kind, Organisation};
use domain::catalogue::DEPARTMENTS;
use domain::text::Check;

pub const SHEET: Sheet = Sheet {
    name: "部门",
    about: "市级和区县部门。编号用小写字母、数字、短横线，以后不能改。入驻：人员在企服中心；赋权：受理权力给了企服中心。",
    columns: &[
        column("code", "编号"),
        column("name", "名称"),
        column("area", "区域"),
        yes_no("on_site", "入驻"),
        yes_no("delegated", "赋权"),
        yes_no("active", "启用"),
    ],
    rows: || {
        let flag = |yes: bool| if yes { "是" } else { "否" }.to_owned();
        let row = |d: &domain::catalogue::Department| {
            vec![d.code.to_owned(), d.name.to_owned(), CITY.to_string(), flag(d.on_site), flag(d.on_site), flag(true)]
        };
        DEPARTMENTS.iter().map(row).collect()
    },
    read,
};

fn read(lines: &[Line], known: &Known, city: &mut City, faults: &mut Faults) {
    let areas = known.areas_with(city);
    let (mut codes, mut names) = (Seen::new(), Seen::new());
    for line in lines {
        let mut check = Check::new();
        let found = Organisation::read(Kind::Department, &mut check, &|field| line.get(field), None, &areas);
        if let Err(errors) = check.finish() {
            errors.into_iter().for_each(|error| faults.add(line, error.message));
        }
        let Some(Organisation::Department(department)) = found else { continue };
        if let Some(row) = codes.before(department.code.clone(), line) {
            faults.add(line, format!("编号 {} 与第 {row} 行重复", department.code));
        }
        if let Some(row) = names.before((department.area, department.name.clone()), line) {
            faults.add(line, format!("名称“{}”与第 {row} 行重复", department.name));
        }
        for other in &known.departments {
            if other.code == department.code && other.area != department.area {
                faults.add(line, format!("编号 {} 已是“{}”，区域不能改", other.code, other.name));
            }
            if other.code != department.code && (other.area, &other.name) == (department.area, &department.name) {
                faults.add(line, format!("系统里已有同名的部门“{}”，编号是 {}", other.name, other.code));
            }
        }
        city.departments.push(department);
    }
}
