//! Areas, departments, stations, staff, enterprises and their members.

use super::{Dice, PASSWORD, names};
use anyhow::{Context, Result};
use app::account::password;
use domain::actor::{Actor, AreaCode, CITY, DepartmentId, Duty, EnterpriseId, MemberRole, PersonId, StaffId, StationId};
use domain::administration::Station;
use domain::administration::city::{Account, City, Role};
use domain::calendar::local;
use domain::enterprise::{EnterpriseClass, Scale};
use domain::issue::{Office, Terms};
use domain::uscc::Uscc;
use domain::{area, catalogue};
use std::collections::HashMap;
use std::sync::Arc;
use store::Conn;
use store::administration::city::SetUp;
use store::enterprise::{NewEnterprise, Upserted};
use time::OffsetDateTime;

/// Who stands in the log of changes for what the demo set up: by this a database is known for a demo's.
pub const MARK: &str = "演示数据";

/// What the first start prints.
pub const ACCOUNTS_SHOWN: &[(&str, &str)] = &[
    ("centre01", "市企服中心 受理岗"),
    ("centre03", "吴兴区企服中心"),
    ("jianshe", "市建设局 经办 (jianshe02 代班)"),
    ("dianli", "国网湖州供电公司 经办"),
    ("renshe", "市人力社保局 经办，人才板块牵头 (代市教育局 jiaoyu 受理)"),
    ("station01", "织里童装产业驿站 专员（代办）"),
    ("jiandu", "监督"),
    ("lingdao", "领导"),
    ("zhengce", "政策编辑 (zhengce02 publishes what it writes)"),
    ("jingxin", "市经信局 经办，审核政策申请 (jingxin02 登记拨付)"),
    ("admin", "系统管理员 (admin02 管理吴兴区)"),
];

/// Stations: code, name, area, address, which town they serve.
const STATIONS: &[(&str, &str, AreaCode, &str)] = &[
    ("zhili", "织里童装产业驿站", 330_502, "织里镇"),
    ("balidian", "八里店物流装备驿站", 330_502, "八里店镇"),
    ("nanxun", "南浔木业驿站", 330_503, "南浔镇"),
    ("lianshi", "练市电磁线驿站", 330_503, "练市镇"),
    ("wukang", "武康生物医药驿站", 330_521, "武康街道"),
    ("xinshi", "新市绿色家居驿站", 330_521, "新市镇"),
    ("zhicheng", "雉城新能源驿站", 330_522, "雉城街道"),
    ("heping", "和平纺织驿站", 330_522, "和平镇"),
    ("dipu", "递铺椅业驿站", 330_523, "递铺街道"),
    ("xiaofeng", "孝丰竹业驿站", 330_523, "孝丰镇"),
    ("yangzhutang", "杨渚塘新能源汽车驿站", 330_591, "杨渚塘路"),
    ("kangshan", "康山光电驿站", 330_591, "康山街道"),
];

/// A staff account as histories need it.
#[derive(Debug, Clone)]
pub struct Person {
    /// As the domain sees it.
    pub actor: Actor,
    /// As timelines show it.
    pub name: String,
}

/// An enterprise with its first member.
#[derive(Debug, Clone)]
pub struct Firm {
    pub id: EnterpriseId,
    pub area: AreaCode,
    pub address: String,
    /// The member who files.
    pub owner: PersonId,
    pub owner_name: String,
    pub phone: String,
    pub station: Option<StationId>,
}

/// Everybody.
pub struct People {
    pub firms: Vec<Firm>,
    /// Centre staff by area; the city's has two.
    pub centres: HashMap<AreaCode, Vec<Person>>,
    pub handlers: HashMap<DepartmentId, Person>,
    pub departments: HashMap<String, DepartmentId>,
    /// Of these, as far as it decides who accepts.
    offices: Arc<Vec<Office>>,
    /// Station staff by station.
    pub stations: HashMap<StationId, (StaffId, String)>,
    pub supervisors: Vec<Person>,
    pub leaders: Vec<Person>,
}

impl People {
    /// What their issues are decided by: the starting set, and who of them has people in the centre.
    pub fn terms(&self) -> Terms {
        Terms { offices: Arc::clone(&self.offices), ..Terms::default() }
    }
}

/// Loads everybody: organisations and accounts through the door that a city's workbook takes. `more` adds to the city before, and answers the organisation
/// of each account that it added.
pub async fn load(
    conn: &mut Conn,
    count: usize,
    more: impl FnOnce(&mut City) -> Vec<String>,
    now: OffsetDateTime,
) -> Result<People> {
    let (mut city, mut organisations) = city(now)?;
    organisations.extend(more(&mut city));
    // One hash for all: many would only make the first start slow. Demo accounts share their password anyway.
    let hash = password::hash(PASSWORD)?;
    let hashes: HashMap<String, String> = city.accounts.iter().map(|account| (account.login.clone(), hash.clone())).collect();
    let (who, why) = (MARK, MARK);
    let set_up = SetUp { city: &city, hashes: &hashes, must_change: false, who, why, today: local(now).date(), now };
    let done = store::administration::city::set_up(conn, &set_up).await?;
    let reference = store::reference::load(conn).await?;
    let departments = reference.departments.iter().map(|known| (known.code.clone(), known.id)).collect();
    let offices = reference.departments.iter().map(|known| {
        let (code, area) = (known.code.clone(), known.area);
        Office { id: known.id, code, area, on_site: known.on_site, active: known.active }
    });
    let mut people = People {
        offices: Arc::new(offices.collect()),
        firms: Vec::new(),
        centres: HashMap::new(),
        handlers: HashMap::new(),
        departments,
        stations: HashMap::new(),
        supervisors: Vec::new(),
        leaders: Vec::new(),
    };
    for ((made, account), organisation) in done.accounts.iter().zip(&city.accounts).zip(&organisations) {
        let duty = made.duty;
        let person = Person { actor: Actor::Staff { id: made.id, duty }, name: format!("{organisation} {}", account.name) };
        match duty {
            Duty::Centre { area } => people.centres.entry(area).or_default().push(person),
            Duty::Handler { department } => {
                people.handlers.entry(department).or_insert(person);
            }
            Duty::Station { station, .. } => {
                people.stations.insert(station, (made.id, person.name));
            }
            Duty::Supervisor { .. } => people.supervisors.push(person),
            Duty::Leader { .. } => people.leaders.push(person),
            _ => {}
        }
    }
    let mut stations = Vec::new();
    for (code, name, area, town) in STATIONS {
        let known = reference.stations.iter().find(|known| known.code == *code).context("the station was just written")?;
        stations.push((known.id, *area, *town, *name));
    }
    firms(conn, &mut people, &stations, count, now).await?;
    Ok(people)
}

/// The demo's city: what the workbook's template starts every city with, and its own stations and accounts over all roles, with the
/// organisation of each account.
fn city(now: OffsetDateTime) -> Result<(City, Vec<String>)> {
    let stations = STATIONS.iter().enumerate().map(|(index, (code, name, area, town))| Station {
        code: (*code).to_owned(),
        name: (*name).to_owned(),
        area: *area,
        address: format!("{}{town}企业服务中心一楼", area::name(*area)),
        phone: format!("0572-2000{:03}", index + 1),
        contact_name: names::staff(index + 5),
        active: true,
    });
    let (accounts, organisations) = accounts();
    let mut city = City { stations: stations.collect(), accounts, ..crate::city::starting_set(now)? };
    // Nobody's numbers: none of the city begins so.
    for (index, area) in city.areas.iter_mut().enumerate() {
        area.phone = format!("0572-2001{:03}", index + 1);
    }
    for (index, department) in city.departments.iter_mut().enumerate() {
        department.phone = format!("0572-2002{:03}", index + 1);
    }
    Ok((city, organisations))
}

fn accounts() -> (Vec<Account>, Vec<String>) {
    let mut list: Vec<(String, Role, String, String)> = Vec::new();
    for (index, area) in [CITY, CITY].into_iter().chain(area::districts()).enumerate() {
        list.push((format!("centre{:02}", index + 1), Role::Centre, area.to_string(), area::centre_name(area)));
    }
    for known in catalogue::DEPARTMENTS.iter().filter(|known| known.on_site) {
        list.push((known.code.to_owned(), Role::Handler, known.code.to_owned(), known.name.to_owned()));
    }
    // Who approves does not pay.
    list.push(("jingxin02".to_owned(), Role::Handler, "jingxin".to_owned(), "市经信局".to_owned()));
    for (index, (code, name, ..)) in STATIONS.iter().enumerate() {
        list.push((format!("station{:02}", index + 1), Role::Station, (*code).to_owned(), (*name).to_owned()));
    }
    for (login, role, area) in [
        ("jiandu", Role::Supervisor, CITY),
        ("lingdao", Role::Leader, CITY),
        ("zhengce", Role::PolicyEditor, CITY),
        // 四眼原则: what one writes the other publishes.
        ("zhengce02", Role::PolicyEditor, CITY),
        ("zhengce03", Role::PolicyEditor, 330_502),
        ("admin", Role::Administrator, CITY),
        ("admin02", Role::Administrator, 330_502),
    ] {
        list.push((login.to_owned(), role, area.to_string(), area::name(area)));
    }
    // Without people on site they handle all the same (S-4).
    for known in catalogue::DEPARTMENTS.iter().filter(|known| !known.on_site) {
        list.push((known.code.to_owned(), Role::Handler, known.code.to_owned(), known.name.to_owned()));
    }
    // Somebody to pass an issue to, and to stand in.
    list.push(("jianshe02".to_owned(), Role::Handler, "jianshe".to_owned(), "市建设局".to_owned()));
    let named = list.into_iter().enumerate();
    named
        .map(|(index, (login, role, scope, organisation))| {
            (Account { login, name: names::staff(index), role, scope }, organisation)
        })
        .unzip()
}

async fn firms(
    conn: &mut Conn,
    people: &mut People,
    stations: &[(StationId, AreaCode, &str, &str)],
    count: usize,
    now: OffsetDateTime,
) -> Result<()> {
    const TAGS: &[&str] =
        &["规上企业", "专精特新", "高新技术企业", "科技型中小企业", "出口企业", "上市培育", "亩均A类", "绿色工厂"];
    let mut dice = Dice::new(2026);
    let mut first = None;
    for index in 0..count {
        let (area, town, industry, ending) = names::TRADES[index % names::TRADES.len()];
        let key = dice.chance(8);
        let scale = *dice.pick(&[Scale::Micro, Scale::Small, Scale::Small, Scale::Small, Scale::Medium, Scale::Large]);
        let tags = (0..dice.below(3)).map(|_| (*dice.pick(TAGS)).to_owned()).collect::<std::collections::BTreeSet<_>>();
        let station =
            stations.iter().find(|s| s.1 == area && s.2 == town).or_else(|| stations.iter().find(|s| s.1 == area)).map(|s| s.0);
        let body = format!("91{area}MA{:07}", index + 1);
        let address = format!(
            "{}{town}{}路 {} 号",
            area::name(area),
            dice.pick(&["栋梁", "振兴", "创业", "科技", "滨湖"]),
            dice.below(300) + 1
        );
        let new = NewEnterprise {
            uscc: Uscc::from_body(&body).context("17 characters of the alphabet")?,
            name: names::enterprise(index, ending),
            area,
            address: address.clone(),
            industry: industry.to_owned(),
            scale,
            class: if key { EnterpriseClass::Key } else { EnterpriseClass::Ordinary },
            tags: tags.into_iter().collect(),
            station,
        };
        let Upserted::Inserted(id) = store::enterprise::upsert(conn, &new, now).await? else { continue };
        let phone = format!("138{:08}", index + 1);
        let owner_name = names::person(&mut dice);
        let owner = store::identity::person_of_phone(conn, &phone, &owner_name, now).await?;
        store::identity::add_member(conn, owner, id, MemberRole::Owner).await?;
        if index == 0 {
            first = Some(owner);
        }
        if let (23, Some(first)) = (index, first) {
            // The first owner has a second enterprise to switch to.
            store::identity::add_member(conn, first, id, MemberRole::Agent).await?;
        }
        people.firms.push(Firm { id, area, address, owner, owner_name, phone, station });
    }
    Ok(())
}
