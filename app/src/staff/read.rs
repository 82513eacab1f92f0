//! What an administrator sees of accounts.

use super::act::path;
use crate::administration::table::{Column, Filter, Row, Table};
use crate::error::AppError;
use crate::request::Ctx;
use domain::actor::{AreaCode, CITY, Duty, StaffId, area_covers};
use domain::administration::Kind;
use domain::administration::city::Role;
use domain::calendar::local;
use domain::policy::day;
use domain::staff::{Command, Keeper, State, Work};
use store::administration::change::{self, Change};
use store::reference::Reference;
use store::staff::{self, Account};

/// The kinds of places.
const AREA: &str = "area";
const DEPARTMENT: &str = "department";
const STATION: &str = "station";

/// Changes shown with an account.
const CHANGES: i64 = 20;

/// Something that a duty's scope is: an area, a department or a station that is open.
struct Place {
    kind: &'static str,
    /// Of an area its code.
    id: i64,
    name: String,
    /// Where it belongs.
    area: AreaCode,
}

/// Where duties may be, by area.
pub struct Places(Vec<Place>);

/// Groups of choices: the name of each, and its pairs of value and words.
pub type Groups = Vec<(String, Vec<(String, String)>)>;

impl Places {
    fn new(reference: &Reference) -> Places {
        let areas = reference.areas.iter().map(|known| (AREA, i64::from(known.code), &known.name, known.code));
        let departments = reference.departments.iter().filter(|known| known.active);
        let stations = reference.stations.iter().filter(|known| known.active);
        let all = areas
            .chain(departments.map(|known| (DEPARTMENT, known.id, &known.name, known.area)))
            .chain(stations.map(|known| (STATION, known.id, &known.name, known.area)));
        let mut list: Vec<Place> = all.map(|(kind, id, name, area)| Place { kind, id, name: name.clone(), area }).collect();
        list.sort_by_key(|place| (place.area, place.id));
        Places(list)
    }

    fn of(&self, kind: &'static str, keeper: AreaCode) -> impl Iterator<Item = &Place> {
        self.0.iter().filter(move |place| place.kind == kind && area_covers(keeper, place.area))
    }

    /// The name of an area; its code where it is not known.
    pub fn area(&self, code: AreaCode) -> String {
        let found = self.of(AREA, CITY).find(|place| place.area == code);
        found.map_or_else(|| code.to_string(), |place| place.name.clone())
    }

    /// Areas to choose from.
    pub fn areas(&self, keeper: AreaCode) -> Vec<(String, String)> {
        self.of(AREA, keeper).map(|place| (place.id.to_string(), place.name.clone())).collect()
    }

    /// Departments to choose from, by area.
    pub fn departments(&self, keeper: AreaCode) -> Groups {
        self.by_area(DEPARTMENT, keeper, |place| place.id.to_string())
    }

    fn by_area(&self, kind: &'static str, keeper: AreaCode, value: impl Fn(&Place) -> String) -> Groups {
        let mut groups: Groups = Vec::new();
        for place in self.of(kind, keeper) {
            let area = self.area(place.area);
            if groups.last().is_none_or(|(name, _)| *name != area) {
                groups.push((area, Vec::new()));
            }
            if let Some((_, list)) = groups.last_mut() {
                list.push((value(place), place.name.clone()));
            }
        }
        groups
    }

    /// Every duty with its scope that may be given: what is sent ([`Places::duty`]) and its words, by role.
    pub fn duties(&self, keeper: AreaCode) -> Groups {
        let value = |role: Role, place: &Place| format!("{}:{}", role.code(), place.id);
        let mut groups: Groups = Vec::new();
        for role in Role::ALL.iter().copied() {
            match kind_of(role) {
                kind @ AREA => {
                    let list = self.of(kind, keeper).map(|place| (value(role, place), format!("{role} · {}", place.name)));
                    groups.push((role.label().to_owned(), list.collect()));
                }
                kind => groups.extend(
                    self.by_area(kind, keeper, |place| value(role, place))
                        .into_iter()
                        .map(|(area, list)| (format!("{role} · {area}"), list)),
                ),
            }
        }
        groups.retain(|(_, list)| !list.is_empty());
        groups
    }

    /// The duty of a value that [`Places::duties`] offered; none for anything else.
    pub fn duty(&self, keeper: AreaCode, value: &str) -> Option<Duty> {
        let (role, id) = value.split_once(':')?;
        let (role, id): (Role, i64) = (Role::from_code(role)?, id.parse().ok()?);
        let place = self.of(kind_of(role), keeper).find(|place| place.id == id)?;
        let area = place.area;
        Some(match role {
            Role::Handler => Duty::Handler { department: id },
            Role::Station => Duty::Station { station: id, area },
            Role::Centre => Duty::Centre { area },
            Role::Supervisor => Duty::Supervisor { area },
            Role::Leader => Duty::Leader { area },
            Role::PolicyEditor => Duty::PolicyEditor { area },
            Role::Administrator => Duty::Administrator { area },
        })
    }
}

/// What a role's scope is.
fn kind_of(role: Role) -> &'static str {
    match role {
        Role::Handler => DEPARTMENT,
        Role::Station => STATION,
        _ => AREA,
    }
}

/// How [`Places::duties`] names a duty.
pub fn value_of(duty: &Duty) -> String {
    let id = match *duty {
        Duty::Handler { department } => department,
        Duty::Station { station, .. } => station,
        Duty::Centre { area }
        | Duty::Supervisor { area }
        | Duty::Leader { area }
        | Duty::PolicyEditor { area }
        | Duty::Administrator { area } => i64::from(area),
    };
    format!("{}:{id}", duty.code())
}

/// The accounts that the administrator keeps, as a list to search.
///
/// # Errors
/// As [`Ctx::require_administrator`].
pub async fn list(ctx: &mut Ctx) -> Result<Table, AppError> {
    let (_, area) = ctx.require_administrator()?;
    let accounts = staff::list(&mut ctx.conn).await?;
    let places = Places::new(&ctx.reference);
    let rows = accounts.into_iter().map(|account| row(account, &places)).collect();
    let vocabulary = |list: &[(&str, &str)]| list.iter().map(|pair| (pair.0.to_owned(), pair.1.to_owned())).collect();
    let roles: Vec<_> = Role::ALL.iter().map(|role| (role.code(), role.label())).collect();
    let states: Vec<_> = State::ALL.iter().map(|state| (state.code(), state.label())).collect();
    let mut filters = vec![Filter { name: "role", label: "岗位", options: vocabulary(&roles) }];
    // A district has one area: there is nothing to choose.
    if area == CITY {
        filters.push(Filter { name: "area", label: "辖区", options: places.areas(area) });
    }
    let departments = places.departments(area).into_iter().flat_map(|(_, list)| list).collect();
    filters.push(Filter { name: "department", label: "部门", options: departments });
    filters.push(Filter { name: "state", label: "状态", options: vocabulary(&states) });
    let columns = [
        ("name", "姓名"),
        ("login", "用户名"),
        ("role", "岗位"),
        ("organisation", "单位"),
        ("area", "辖区"),
        ("state", "状态"),
        ("added", "添加日期"),
    ];
    Ok(Table {
        path: "/desk/admin/staff",
        name: "工作人员",
        lead: "",
        more: Vec::new(),
        columns: columns.into_iter().map(|(code, label)| Column(code, label)).collect(),
        filters,
        rows,
        add: Some(("/desk/admin/staff/new", "添加账号")),
        shown: None,
    })
}

fn row(account: Account, places: &Places) -> Row {
    let state = account.state();
    let mut marks =
        vec![("role", account.duty.code().to_owned()), ("area", account.home.to_string()), ("state", state.code().to_owned())];
    if let Duty::Handler { department } = account.duty {
        marks.push(("department", department.to_string()));
    }
    let added = day::text(local(account.created_at).date());
    let (href, area) = (path(account.id), places.area(account.home));
    let cells = [account.name, account.login, account.duty.label().to_owned(), account.organisation, area];
    Row { href, cells: cells.into_iter().chain([state.label().to_owned(), added]).collect(), marks }
}

/// An account to whoever keeps it.
pub struct AccountPage {
    pub account: Account,
    /// Whose administrator looks.
    pub area: AreaCode,
    pub places: Places,
    /// It is the administrator's own.
    pub own: bool,
    /// What is open in its name.
    pub work: Work,
    /// In how many places it cannot sign in for a while.
    pub locks: i64,
    /// Who could go on with its work.
    pub colleagues: Vec<Account>,
    pub commands: Vec<Command>,
    /// What happened to it, newest first.
    pub changes: Vec<Change>,
    /// The last change that is shown.
    pub seen: i64,
}

/// An account, and what may be done to it.
///
/// # Errors
/// [`AppError::NotFound`] for one that the administrator does not keep.
pub async fn account(ctx: &mut Ctx, id: &str) -> Result<AccountPage, AppError> {
    let (me, area) = ctx.require_administrator()?;
    let keeper = Keeper { staff: me.id, area };
    let conn = &mut ctx.conn;
    let account = staff::get(conn, account_id(id)?).await?;
    let own = account.id == me.id;
    let (work, locks, factor) = if own {
        (Work::default(), 0, false)
    } else {
        let locks = staff::locks(conn, account.id, ctx.now).await?;
        (staff::work(conn, account.id).await?, locks, staff::has_factor(conn, account.id).await?)
    };
    let mut colleagues = staff::colleagues(conn, account.id).await?;
    colleagues.retain(|colleague| colleague.id != me.id);
    let others = staff::other_administrators(conn, account.id).await?;
    let mut commands = keeper.possible(&account.standing(), others);
    commands.retain(|command| match command {
        Command::HandOver => !colleagues.is_empty() && !work.is_empty(),
        Command::Unlock => locks > 0,
        Command::ResetFactor => factor,
        _ => true,
    });
    let wanted = change::Wanted { kind: Kind::Staff.code(), key: &account.login, ..change::Wanted::default() };
    let changes = change::list(conn, &wanted, None, CHANGES).await?.rows;
    let seen = change::last(conn, Kind::Staff, &account.login).await?;
    let places = Places::new(&ctx.reference);
    Ok(AccountPage { account, area, places, own, work, locks, colleagues, commands, changes, seen })
}

/// The id in an address.
pub(super) fn account_id(text: &str) -> Result<StaffId, AppError> {
    text.parse().map_err(|_| AppError::NotFound)
}

/// What a new account may be.
///
/// # Errors
/// As [`Ctx::require_administrator`].
pub fn duties(ctx: &Ctx) -> Result<Groups, AppError> {
    let (_, area) = ctx.require_administrator()?;
    Ok(Places::new(&ctx.reference).duties(area))
}

/// The duty that a form names, among those the administrator may give.
///
/// # Errors
/// As [`Ctx::require_administrator`].
pub(super) fn duty(ctx: &Ctx, value: &str) -> Result<Option<Duty>, AppError> {
    let (_, area) = ctx.require_administrator()?;
    Ok(Places::new(&ctx.reference).duty(area, value))
}
