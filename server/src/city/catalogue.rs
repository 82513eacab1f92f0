//! The sheets of boards (板块, S-4) and categories (事项类别, S-18): a row is read as the desk's form is. The starting set is there before;
//! a row changes one of it or adds one, and what is left out stays.

use super::{Column, Faults, Known, Line, Seen, Sheet, code_of, column, yes_no};
use domain::actor::{AreaCode, CITY};
use domain::administration::city::City;
use domain::administration::find_area;
use domain::catalogue::{Board, Catalogue, Category, OF_THE_CITY, Responsible};
use domain::issue::{Level, Urgency};
use domain::text::{Check, half_width};
use time::OffsetDateTime;

pub const BOARDS: Sheet = Sheet {
    name: "板块",
    about: "服务板块。编号以后不能改，次序小的在前。牵头部门填市级部门的编号或名称：责任部门没有入驻的，\
        它代为受理并转交；没有人受理的诉求先提醒它。\
        不用的板块把“启用”改成否，删掉这一行不会停用。",
    columns: &[
        column("code", "编号"),
        column("name", "名称"),
        column("lead", "牵头部门"),
        column("position", "次序"),
        yes_no("active", "启用"),
    ],
    rows: || {
        let row = |board: &Board| {
            let active = if board.active { "是" } else { "否" }.to_owned();
            vec![board.code.clone(), board.name.clone(), board.lead.clone(), board.position.to_string(), active]
        };
        starting(|catalogue, now| catalogue.at(now).known_boards().into_iter().map(|(_, board)| row(board)).collect())
    },
    read: read_boards,
};

pub const CATEGORIES: Sheet = Sheet {
    name: "事项类别",
    about: "企业提的是哪一类事。板块、责任部门填编号或名称，责任部门是市级部门。词是企业会怎么说，用顿号分开。区县责任部门只写和市级不同的，\
        例如：吴兴区=wuxing-jianshe；南浔区=南浔区建设局；改回市级写“吴兴区=按市级默认”，没有写到的区县不变。\
        不用的类别把“启用”改成否，删掉这一行不会停用。修改只对以后提交的诉求有效。",
    columns: &[
        column("code", "编号"),
        column("name", "名称"),
        column("board", "板块"),
        column("department", "责任部门"),
        Column { field: "level", title: "难易", choices: &["简单", "一般", "复杂"], optional: false },
        Column { field: "urgency", title: "紧急", choices: &["普通", "紧急"], optional: false },
        column("words", "词"),
        column("position", "次序"),
        yes_no("active", "启用"),
        column("districts", "区县责任部门"),
    ],
    rows: || {
        let row = |it: &Category| {
            let (level, urgency) = (it.level.label().to_owned(), it.urgency.label().to_owned());
            let active = if it.active { "是" } else { "否" }.to_owned();
            let first = [it.code.clone(), it.name.clone(), it.board.clone(), it.department.clone(), level, urgency];
            let rest = [it.words.join("、"), it.position.to_string(), active, String::new()];
            first.into_iter().chain(rest).collect()
        };
        starting(|catalogue, now| catalogue.at(now).known_categories().into_iter().map(|(_, it)| row(it)).collect())
    },
    read: read_categories,
};

/// What the built-in catalogue says, once it has begun.
fn starting<T>(read: impl Fn(&Catalogue, OffsetDateTime) -> T) -> T {
    let catalogue = Catalogue::built_in();
    let now = catalogue.board_lines().iter().map(|line| line.0).max().unwrap_or(OffsetDateTime::UNIX_EPOCH);
    read(&catalogue, now)
}

/// Whether there will be an open department of this code that has business in an area.
fn serves(known: &Known, city: &City, code: &str, area: AreaCode) -> bool {
    known.departments_with(city).into_iter().any(|department| department.code == code && department.serves(area))
}

/// What stands twice, by code and by name.
struct Twice(Seen<String>, Seen<String>);

impl Twice {
    fn new() -> Twice {
        Twice(Seen::new(), Seen::new())
    }

    fn look(&mut self, code: &str, name: &str, line: &Line, faults: &mut Faults) {
        if let Some(row) = self.0.before(code.to_owned(), line) {
            faults.add(line, format!("编号 {code} 与第 {row} 行重复"));
        }
        if let Some(row) = self.1.before(name.to_owned(), line) {
            faults.add(line, format!("名称“{name}”与第 {row} 行重复"));
        }
    }
}

fn read_boards(lines: &[Line], known: &Known, city: &mut City, faults: &mut Faults) {
    let departments = named(known.departments_with(city).into_iter().map(|it| (it.code.clone(), it.name.clone())));
    // Without its categories: a later sheet may move them, and the whole is looked at in the end.
    let boards = Catalogue::new(known.terms.catalogue.board_lines().to_vec(), Vec::new(), Vec::new());
    let mut twice = Twice::new();
    for line in lines {
        let mut check = Check::new();
        let raw = |field: &str| if field == "lead" { code_of(&departments, &line.get(field)) } else { line.get(field) };
        let there = boards.at(known.now).board(raw("code").trim());
        let serves = |code: &str| serves(known, city, code, CITY);
        let found = Board::read(&mut check, &raw, there, boards.at(known.now), &serves);
        faults.add_all(line, check);
        let Some(board) = found else { continue };
        twice.look(&board.code, &board.name, line, faults);
        city.boards.push(board);
    }
}

fn read_categories(lines: &[Line], known: &Known, city: &mut City, faults: &mut Faults) {
    let departments = named(known.departments_with(city).into_iter().map(|it| (it.code.clone(), it.name.clone())));
    let catalogue = known.terms.catalogue.with(known.now, &city.boards, &[]);
    let edition = catalogue.at(known.now);
    let boards = named(edition.known_boards().into_iter().map(|(_, board)| (board.code.clone(), board.name.clone())));
    let mut twice = Twice::new();
    for line in lines {
        let mut check = Check::new();
        let raw = |field: &str| match field {
            "department" => code_of(&departments, &line.get(field)),
            "board" => code_of(&boards, &line.get(field)),
            "level" => coded(&line.get(field), Level::ALL.iter().map(|it| (it.code(), it.label()))),
            "urgency" => coded(&line.get(field), Urgency::ALL.iter().map(|it| (it.code(), it.label()))),
            _ => line.get(field),
        };
        let there = edition.category(raw("code").trim());
        let serves = |code: &str| serves(known, city, code, CITY);
        let found = Category::read(&mut check, &raw, there, edition, &serves);
        faults.add_all(line, check);
        let own = districts(line, known, city, &departments, faults);
        let Some(category) = found else { continue };
        twice.look(&category.code, &category.name, line, faults);
        city.responsible.extend(own.into_iter().map(|(area, department)| Responsible {
            category: category.code.clone(),
            area,
            department,
        }));
        city.categories.push(category);
    }
}

type Named = Vec<(String, String)>;

fn named(list: impl Iterator<Item = (String, String)>) -> Named {
    list.collect()
}

/// The code of a label; what is neither stays, and is refused as such.
fn coded(text: &str, mut known: impl Iterator<Item = (&'static str, &'static str)>) -> String {
    let text = text.trim();
    known.find(|(_, label)| *label == text).map_or_else(|| text.to_owned(), |(code, _)| code.to_owned())
}

/// The districts that name a department of their own: 吴兴区=wuxing-jianshe；南浔区=按市级默认.
fn districts(
    line: &Line,
    known: &Known,
    city: &City,
    departments: &Named,
    faults: &mut Faults,
) -> Vec<(AreaCode, Option<String>)> {
    let areas = known.areas_with(city);
    let mut found: Vec<(AreaCode, Option<String>)> = Vec::new();
    let text = half_width(&line.get("districts"));
    for part in text.split([';', ',', '、', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
        let Some((place, department)) = part.split_once('=') else {
            faults.add(line, format!("区县责任部门“{part}”：请写成“吴兴区=部门编号或名称”"));
            continue;
        };
        let (place, department) = (place.trim(), department.trim());
        let Some(area) = find_area(&areas, place).map(|area| area.code).filter(|area| *area != CITY) else {
            faults.add(line, format!("区县责任部门：没有“{place}”这个区县"));
            continue;
        };
        if found.iter().any(|(known, _)| *known == area) {
            faults.add(line, format!("区县责任部门：“{place}”写了两次"));
            continue;
        }
        if department == OF_THE_CITY {
            found.push((area, None));
            continue;
        }
        let code = code_of(departments, department);
        if serves(known, city, &code, area) {
            found.push((area, Some(code)));
        } else {
            faults.add(line, format!("区县责任部门：“{place}”没有“{department}”这个启用的部门"));
        }
    }
    found
}

/// Closed boards that still have open categories, once all is read.
pub fn look_at_whole(lines: &[Line], known: &Known, city: &City, faults: &mut Faults) {
    let catalogue = known.terms.catalogue.with(known.now, &city.boards, &city.categories);
    let edition = catalogue.at(known.now);
    for (_, board) in edition.known_boards().into_iter().filter(|(_, board)| !board.active) {
        let held: Vec<&str> =
            edition.categories().into_iter().filter(|it| it.board == board.code).map(|it| it.name.as_str()).collect();
        if let Some(first) = held.first() {
            let sentence = format!("板块“{}”停用了，还有 {} 个启用的类别在里面，例如“{first}”", board.name, held.len());
            match lines.iter().find(|line| line.get("code").trim() == board.code) {
                Some(line) => faults.add(line, sentence),
                None => faults.of_sheet(sentence),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choices_of_the_sheet_are_all_there_are() {
        let choices = |field: &str| CATEGORIES.columns.iter().find(|column| column.field == field).expect("it is there").choices;
        assert_eq!(choices("level"), Level::ALL.iter().map(|it| it.label()).collect::<Vec<_>>());
        assert_eq!(choices("urgency"), Urgency::ALL.iter().map(|it| it.label()).collect::<Vec<_>>());
    }
}
