//! A whole city from one workbook (`qifu city template`, `qifu city init`): a sheet for each kind of thing, one module for each sheet.
//! What is wrong is said all at once, by sheet, row and sentence, and then nothing is written. The same workbook again changes nothing.

mod catalogue;
mod clocks;
mod places;
mod staff;
mod workbook;

pub use workbook::template;

use anyhow::Result;
use app::account::password;
use domain::actor::CITY;
use domain::administration::city::{City, Role};
use domain::administration::{Area, Department, Kind, Organisation, Station};
use domain::calendar::local;
use domain::issue::Terms;
use domain::text::Check;
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use store::Conn;
use store::administration::SettingError;
use store::administration::city::{Known as Account, SetUp};
use store::administration::{city, organisation};
use time::{Date, OffsetDateTime};

/// A sheet of the workbook.
pub struct Sheet {
    pub name: &'static str,
    /// What it is for and how it is filled in.
    pub about: &'static str,
    pub columns: &'static [Column],
    /// The rows a template comes with.
    pub rows: fn() -> Vec<Vec<String>>,
    /// Reads the lines into the city, and says what is wrong with them.
    pub read: fn(&[Line], &Known, &mut City, &mut Faults),
}

/// A column of a sheet.
pub struct Column {
    /// The name of the field, as forms have it.
    pub field: &'static str,
    pub title: &'static str,
    /// What may be written; nothing where anything may.
    pub choices: &'static [&'static str],
    /// A workbook may lack it: one that was made before there was such a column.
    pub optional: bool,
}

const fn column(field: &'static str, title: &'static str) -> Column {
    Column { field, title, choices: &[], optional: false }
}

const fn optional(field: &'static str, title: &'static str) -> Column {
    Column { optional: true, ..column(field, title) }
}

const fn yes_no(field: &'static str, title: &'static str) -> Column {
    Column { field, title, choices: &["是", "否"], optional: false }
}

/// The sheets, in the order in which they are read: each may speak of what stands in those before it.
pub const SHEETS: &[Sheet] = &[
    places::AREAS,
    places::DEPARTMENTS_SHEET,
    places::STATIONS,
    catalogue::BOARDS,
    catalogue::CATEGORIES,
    clocks::LIMITS,
    clocks::CALENDAR,
    staff::SHEET,
];

/// A row of a sheet.
pub struct Line {
    /// As the spreadsheet numbers it.
    pub row: usize,
    /// By field.
    pub cells: HashMap<&'static str, String>,
}

impl Line {
    /// From the texts of a row, in the order of the columns.
    fn new(sheet: &Sheet, row: usize, texts: Vec<String>) -> Line {
        Line { row, cells: sheet.columns.iter().map(|column| column.field).zip(texts).collect() }
    }

    /// The text of a field, empty where there is none.
    pub fn get(&self, field: &str) -> String {
        self.cells.get(field).cloned().unwrap_or_default()
    }
}

/// Something that is wrong with a workbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    pub sheet: String,
    /// None for a fault of the sheet.
    pub row: Option<usize>,
    pub sentence: String,
}

/// What is wrong so far.
#[derive(Debug, Default)]
pub struct Faults {
    sheet: &'static str,
    list: Vec<Fault>,
}

impl Faults {
    /// A fault of a row of the sheet that is being read.
    pub fn add(&mut self, line: &Line, sentence: impl Into<String>) {
        self.list.push(Fault { sheet: self.sheet.to_owned(), row: Some(line.row), sentence: sentence.into() });
    }

    /// All that a row's check found.
    fn add_all(&mut self, line: &Line, check: Check) {
        check.finish().err().into_iter().flatten().for_each(|error| self.add(line, error.message));
    }

    /// A fault of a sheet of another name.
    fn unknown(&mut self, sheet: &str, sentence: String) {
        self.list.push(Fault { sheet: sheet.to_owned(), row: None, sentence });
    }

    /// A fault of the whole sheet.
    pub fn of_sheet(&mut self, sentence: impl Into<String>) {
        self.list.push(Fault { sheet: self.sheet.to_owned(), row: None, sentence: sentence.into() });
    }
}

/// What is there before.
pub struct Known {
    pub areas: Vec<Area>,
    pub departments: Vec<Department>,
    pub stations: Vec<Station>,
    pub accounts: Vec<Account>,
    pub terms: Terms,
    /// The city's day, and the instant.
    pub today: Date,
    pub now: OffsetDateTime,
}

impl Known {
    async fn read(conn: &mut Conn, now: OffsetDateTime) -> Result<Known> {
        Ok(Known {
            terms: store::terms::load_or_start(conn).await?,
            today: local(now).date(),
            now,
            areas: organisation::areas(conn).await?,
            departments: organisation::departments(conn).await?,
            stations: organisation::stations(conn).await?,
            accounts: city::accounts(conn).await?,
        })
    }

    /// All of a kind that are there.
    fn organisations(&self, kind: Kind) -> Vec<Organisation> {
        match kind {
            Kind::Area => self.areas.iter().cloned().map(Organisation::Area).collect(),
            Kind::Department => self.departments.iter().cloned().map(Organisation::Department).collect(),
            Kind::Station => self.stations.iter().cloned().map(Organisation::Station).collect(),
            _ => Vec::new(),
        }
    }

    /// The departments there are and will be; a row of the workbook goes before what is there.
    pub fn departments_with<'a>(&'a self, city: &'a City) -> Vec<&'a Department> {
        let old = self.departments.iter().filter(|old| !city.departments.iter().any(|new| new.code == old.code));
        city.departments.iter().chain(old).collect()
    }

    /// The areas there are and will be; a row of the workbook goes before what is there.
    pub fn areas_with(&self, city: &City) -> Vec<Area> {
        let old = self.areas.iter().filter(|old| !city.areas.iter().any(|new| new.code == old.code));
        city.areas.iter().chain(old).cloned().collect()
    }
}

/// The code that a cell means: a code, or the one name it can be; what is neither stays as it is, and is refused as such.
fn code_of(list: &[(String, String)], text: &str) -> String {
    let text = text.trim();
    if list.iter().any(|(code, _)| code == text) {
        return text.to_owned();
    }
    let mut named = list.iter().filter(|(_, name)| name == text);
    match (named.next(), named.next()) {
        (Some((code, _)), None) => code.clone(),
        _ => text.to_owned(),
    }
}

/// Finds what stands twice in a sheet.
struct Seen<K>(HashMap<K, usize>);

impl<K: std::hash::Hash + Eq> Seen<K> {
    fn new() -> Seen<K> {
        Seen(HashMap::new())
    }

    /// The row where it stood before.
    fn before(&mut self, key: K, line: &Line) -> Option<usize> {
        self.0.insert(key, line.row)
    }
}

/// What a city starts from: the rows of the template, read as those of a workbook are.
///
/// # Errors
/// When one of them is not as a row must be; a test reads them all.
pub fn starting_set(now: OffsetDateTime) -> Result<City> {
    let (areas, departments, stations, accounts) = Default::default();
    let known = Known { areas, departments, stations, accounts, terms: Terms::default(), today: local(now).date(), now };
    let (mut city, mut faults) = (City::default(), Faults::default());
    for sheet in SHEETS {
        faults.sheet = sheet.name;
        let lines: Vec<Line> = (2..).zip((sheet.rows)()).map(|(row, texts)| Line::new(sheet, row, texts)).collect();
        (sheet.read)(&lines, &known, &mut city, &mut faults);
    }
    anyhow::ensure!(faults.list.is_empty(), "the template is wrong: {:?}", faults.list);
    Ok(city)
}

/// What stands in a workbook, as far as it is right, and what is wrong with it.
///
/// # Errors
/// When it is no workbook, or one larger than it may be.
fn read(bytes: &[u8], known: &Known) -> Result<(City, Vec<Fault>)> {
    let mut faults = Faults::default();
    let sheets = workbook::read(bytes, &mut faults)?;
    let mut city = City::default();
    for (sheet, lines) in &sheets {
        faults.sheet = sheet.name;
        (sheet.read)(lines, known, &mut city, &mut faults);
    }
    faults.sheet = catalogue::BOARDS.name;
    let boards = sheets.iter().find(|(sheet, _)| sheet.name == catalogue::BOARDS.name);
    catalogue::look_at_whole(boards.map_or(&[], |(_, lines)| lines), known, &city, &mut faults);
    faults.sheet = staff::SHEET.name;
    let scope = CITY.to_string();
    let keeps = |role: &str, of: &str| role == Role::Administrator.code() && of == scope;
    if !known.accounts.iter().any(|account| keeps(&account.role, &account.scope))
        && !city.accounts.iter().any(|account| keeps(account.role.code(), &account.scope))
    {
        faults.of_sheet("全市至少要有一名系统管理员（岗位“系统管理员”，所属是市）");
    }
    Ok((city, faults.list))
}

/// An account that was made, with the password it signs in with for the first time.
pub struct First {
    pub login: String,
    pub name: String,
    pub password: String,
}

/// A city that may be set up: everything has been looked at, nothing is written.
pub struct Plan {
    city: City,
    hashes: HashMap<String, String>,
    /// The accounts that are not there yet.
    pub first: Vec<First>,
}

/// What became of a workbook.
pub enum Planned {
    /// It may be written.
    Right(Box<Plan>),
    /// What is wrong with it.
    Wrong(Vec<Fault>),
}

/// Looks at a workbook as of an instant. `password` makes first passwords.
///
/// # Errors
/// When it is no workbook, or the database does not answer.
pub async fn plan(conn: &mut Conn, bytes: &[u8], now: OffsetDateTime, password: impl Fn() -> String) -> Result<Planned> {
    let known = Known::read(conn, now).await?;
    let (city, faults) = read(bytes, &known)?;
    if !faults.is_empty() {
        return Ok(Planned::Wrong(faults));
    }
    let there: HashSet<&str> = known.accounts.iter().map(|account| account.login.as_str()).collect();
    let mut plan = Plan { hashes: HashMap::new(), first: Vec::new(), city: City::default() };
    for account in city.accounts.iter().filter(|account| !there.contains(account.login.as_str())) {
        let first = First { login: account.login.clone(), name: account.name.clone(), password: password() };
        plan.hashes.insert(first.login.clone(), password::hash(&first.password)?);
        plan.first.push(first);
    }
    Ok(Planned::Right(Box::new(Plan { city, ..plan })))
}

/// What setting up did.
#[derive(Debug, Serialize)]
pub struct Report {
    pub added: usize,
    pub changed: usize,
    pub unchanged: usize,
}

impl Plan {
    /// Writes it, all or nothing. `who` stands in the log, with the name of the workbook.
    ///
    /// # Errors
    /// When somebody changed the city meanwhile, or the database does not answer.
    pub async fn write(&self, conn: &mut Conn, who: &str, file: &str, now: OffsetDateTime) -> Result<Report> {
        let today = local(now).date();
        let why = format!("按工作簿“{file}”设置");
        let set_up = SetUp { city: &self.city, hashes: &self.hashes, must_change: true, who, why: &why, today, now };
        let done = city::set_up(conn, &set_up).await.map_err(|error| match error {
            SettingError::Store(error) => anyhow::Error::from(error),
            other => anyhow::anyhow!("nothing was written: {other}; run it again"),
        })?;
        Ok(Report { added: done.added, changed: done.changed, unchanged: done.unchanged })
    }
}
