//! What an administrator keeps: whose it is, from which day it holds, and that the log of it only grows.

use crate::world::{NANXUN, WUXING, World, morning};
use domain::actor::{CITY, Duty};
use domain::administration::city::{Account, City, Role};
use domain::administration::{Area, Department, Kind, Organisation, Tail};
use sqlx::PgPool;
use std::collections::HashMap;
use store::administration::change::{self, Change, Wanted};
use store::administration::city::SetUp;
use store::administration::organisation::{Expect, Put, Wish};
use store::administration::{SettingError, due, organisation};
use store::identity::{self, NewStaff, Who};
use store::{Conn, StoreError};
use time::{Date, Duration};

fn today() -> Date {
    morning().date()
}

fn department(code: &str, name: &str, area: i32) -> Organisation {
    let (code, name, phone) = (code.to_owned(), name.to_owned(), String::new());
    Organisation::Department(Department { code, name, area, on_site: true, delegated: true, active: true, phone })
}

fn renamed(thing: &Organisation, name: &str) -> Organisation {
    let Organisation::Department(known) = thing.clone() else { panic!("a department") };
    Organisation::Department(Department { name: name.to_owned(), ..known })
}

/// Puts a thing from a day that is so many days ahead.
async fn put(conn: &mut Conn, thing: &Organisation, expect: Expect, ahead: i64) -> Result<Put, SettingError> {
    let tail = Tail { why: "机构改革".to_owned(), from: today() + Duration::days(ahead) };
    let wish = Wish { thing, expect, who: "湖州市 沈洁", tail: &tail, today: today(), now: morning() };
    organisation::put(conn, &wish).await
}

/// A change that waits for its day, planned by the city's administrator.
pub async fn plan_something(world: &World) {
    let mut admin = world.staff("admin").await;
    let thing = renamed(&department("gongan", "", CITY), "市公安局（新）");
    assert_eq!(put(&mut admin, &thing, Expect::Either, 30).await.unwrap(), Put::Waits);
}

/// The administrator of a district.
async fn administrator(world: &World, login: &str, area: i32) -> Conn {
    let mut conn = world.store.system().await.unwrap();
    let duty = Duty::Administrator { area };
    let new = NewStaff { login, name: "沈洁", duty, password_hash: "x", must_change: false };
    let id = identity::add_staff(&mut conn, &new, morning()).await.unwrap();
    drop(conn);
    world.sign_in(Who::Staff(id)).await
}

async fn log(conn: &mut Conn, key: &str) -> Vec<Change> {
    change::list(conn, &Wanted { key, ..Wanted::default() }, None, 50).await.unwrap().rows
}

async fn name(world: &World, code: &str) -> String {
    let mut conn = world.store.system().await.unwrap();
    let all = organisation::departments(&mut conn).await.unwrap();
    all.into_iter().find(|known| known.code == code).map_or_else(String::new, |known| known.name)
}

fn is_refused(done: Result<Put, SettingError>) -> bool {
    matches!(done, Err(SettingError::Store(StoreError::RowRefused)))
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_district_keeps_its_own_and_nothing_else(owner: PgPool) {
    let world = World::new(owner).await;
    let (mut wuxing, mut nanxun) =
        (administrator(&world, "admin_wuxing", WUXING).await, administrator(&world, "admin_nanxun", NANXUN).await);
    let mut city = world.staff("admin").await;
    let own = department("wuxing-jianshe", "吴兴区建设局", WUXING);
    assert_eq!(put(&mut wuxing, &own, Expect::New, 0).await.unwrap(), Put::Added);
    assert!(is_refused(put(&mut nanxun, &department("x1", "吴兴区商务局", WUXING), Expect::New, 0).await));
    assert!(
        is_refused(put(&mut nanxun, &department("x2", "吴兴区商务局", WUXING), Expect::New, 9).await),
        "not on a day to come either"
    );
    // One of another area is not there for these eyes, and its code not free.
    let stolen = department("wuxing-jianshe", "南浔区建设局", NANXUN);
    let done = put(&mut nanxun, &stolen, Expect::New, 0).await;
    assert!(matches!(done, Err(SettingError::Taken | SettingError::Store(_))), "{done:?}");
    assert_eq!(name(&world, "wuxing-jianshe").await, "吴兴区建设局");
    assert!(is_refused(put(&mut wuxing, &renamed(&department("jianshe", "", CITY), "吴兴的"), Expect::Either, 0).await));
    // Areas are the city's, and the log is read by whoever keeps the area.
    let (short, phone) = ("吴兴".to_owned(), String::new());
    let area =
        |name: &str| Organisation::Area(Area { code: WUXING, name: name.to_owned(), short: short.clone(), phone: phone.clone() });
    assert!(is_refused(put(&mut wuxing, &area("吴兴新区"), Expect::Either, 0).await));
    let seen = change::last(&mut city, Kind::Area, "330502").await.unwrap();
    assert_eq!(put(&mut city, &area("吴兴新区"), Expect::Seen(seen), 0).await.unwrap(), Put::Changed);
    for (conn, reads) in [(&mut wuxing, true), (&mut city, true), (&mut nanxun, false)] {
        assert_eq!(log(conn, "wuxing-jianshe").await.len(), usize::from(reads));
    }
    let written = log(&mut city, "wuxing-jianshe").await.remove(0);
    assert_eq!((written.who.as_str(), written.before.is_none(), written.effective_from), ("湖州市 沈洁", true, today()));
    let accounts =
        world.count("select count(*) from setting_change c join staff s on s.id = c.staff_id and s.login = 'admin_wuxing'");
    assert_eq!(accounts.await, 1, "the account is that of the session");
    for conn in [wuxing, nanxun, city] {
        drop(conn);
    }
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn nobody_writes_in_anothers_name_and_nobody_rewrites(owner: PgPool) {
    let world = World::new(owner).await;
    plan_something(&world).await;
    for sql in [
        "update setting_change set why = '别的原因'",
        "delete from setting_change",
        "truncate setting_change cascade",
        "delete from setting_due",
        "update setting_due set effective_from = effective_from - 30",
    ] {
        let error = sqlx::query(sql).execute(&world.owner).await.unwrap_err();
        assert_eq!(error.as_database_error().unwrap().code().unwrap(), "23001", "{sql}");
    }
    let session = world.session(Who::Staff(world.staff["admin"].0)).await;
    let mut raw = world.owner.acquire().await.unwrap().detach();
    crate::scope::take_scope(&mut raw, Some(&session)).await;
    for sql in [
        "insert into setting_change (at, staff_id, who, area, kind, key, after, why, effective_from)
            values (now(), null, '没有人', 330500, 'area', 'x', '{}', '原因', current_date)",
        "update setting_due set outcome = 'applied', ended_at = now()",
        "update setting_due set outcome = 'withdrawn', ended_at = now(), ended_by = (select min(id) from setting_change)",
        "delete from department",
        "delete from station",
        "delete from area",
    ] {
        let error = sqlx::query(sql).execute(&mut raw).await.unwrap_err();
        assert_eq!(error.as_database_error().unwrap().code().unwrap(), "42501", "{sql}");
    }
    drop(raw);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_change_takes_effect_on_its_day(owner: PgPool) {
    let world = World::new(owner).await;
    let mut city = world.staff("admin").await;
    let known = department("jianshe", "市建设局", CITY);
    assert_eq!(put(&mut city, &renamed(&known, "市城乡建设局"), Expect::Either, 3).await.unwrap(), Put::Waits);
    assert!(matches!(put(&mut city, &renamed(&known, "市城乡局"), Expect::Either, 5).await, Err(SettingError::Waiting)));
    // In between it is closed at once: that stays when the name changes.
    let Organisation::Department(open) = known else { panic!("a department") };
    let closed = Organisation::Department(Department { active: false, ..open });
    assert_eq!(put(&mut city, &closed, Expect::Either, 0).await.unwrap(), Put::Changed);
    let fresh = department("zhihui", "市智慧局", CITY);
    assert_eq!(put(&mut city, &fresh, Expect::New, 3).await.unwrap(), Put::Waits);
    assert!(matches!(put(&mut city, &fresh, Expect::New, 0).await, Err(SettingError::Waiting)), "its code is spoken for");
    let mut system = world.store.system().await.unwrap();
    assert_eq!(due::apply(&mut system, today() + Duration::days(2), morning()).await.unwrap(), 0);
    assert_eq!((name(&world, "jianshe").await.as_str(), name(&world, "zhihui").await.as_str()), ("市建设局", ""));
    assert_eq!(due::apply(&mut system, today() + Duration::days(3), morning()).await.unwrap(), 2);
    assert_eq!(due::apply(&mut system, today() + Duration::days(3), morning()).await.unwrap(), 0, "once");
    assert_eq!((name(&world, "jianshe").await.as_str(), name(&world, "zhihui").await.as_str()), ("市城乡建设局", "市智慧局"));
    assert_eq!(world.count("select count(*) from department where code = 'jianshe' and not active").await, 1);
    let told = log(&mut city, "zhihui").await;
    assert_eq!((told.len(), told[0].outcome.as_deref()), (1, Some("applied")));
    drop((city, system));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_waits_is_taken_back_or_says_what_stood_against_it(owner: PgPool) {
    let world = World::new(owner).await;
    let mut city = world.staff("admin").await;
    let mut nanxun = administrator(&world, "admin_nanxun", NANXUN).await;
    plan_something(&world).await;
    let planned = log(&mut city, "gongan").await.remove(0);
    assert!(planned.planned && planned.outcome.is_none());
    assert!(!due::withdraw(&mut nanxun, planned.id, "南浔区 沈洁", "不是我的", morning()).await.unwrap());
    assert!(due::withdraw(&mut city, planned.id, "湖州市 沈洁", "暂缓", morning()).await.unwrap());
    assert!(!due::withdraw(&mut city, planned.id, "湖州市 沈洁", "再撤", morning()).await.unwrap(), "once");
    // Two that want the same name: the second one is told.
    for code in ["xin-one", "xin-two"] {
        let done = put(&mut city, &department(code, "市新局", CITY), Expect::New, 40).await;
        assert_eq!(done.unwrap(), Put::Waits);
    }
    let mut system = world.store.system().await.unwrap();
    assert_eq!(due::apply(&mut system, today() + Duration::days(40), morning()).await.unwrap(), 2);
    assert_eq!(name(&world, "gongan").await, "市公安局");
    let ended = async |conn: &mut Conn, key: &str| {
        let told = log(conn, key).await.into_iter().find(|told| told.planned).unwrap();
        (told.outcome.unwrap_or_default(), told.note.unwrap_or_default())
    };
    assert_eq!(ended(&mut city, "gongan").await, ("withdrawn".to_owned(), "暂缓".to_owned()));
    assert_eq!(ended(&mut city, "xin-one").await.0, "applied");
    assert_eq!(ended(&mut city, "xin-two").await, ("refused".to_owned(), "department_name_key".to_owned()));
    drop((city, nanxun, system));
    world.end().await;
}

/// A plan is made for one area: what it would reach in another one by its code, it does not touch.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_plan_reaches_no_other_area(owner: PgPool) {
    let world = World::new(owner).await;
    let mut wuxing = administrator(&world, "admin_wuxing", WUXING).await;
    // Past the use case: the code of the city's department, planned as if it were the district's.
    let done = put(&mut wuxing, &department("jianshe", "吴兴的", WUXING), Expect::Either, 1).await;
    assert_eq!(done.unwrap(), Put::Waits);
    let mut system = world.store.system().await.unwrap();
    assert_eq!(due::apply(&mut system, today() + Duration::days(1), morning()).await.unwrap(), 1);
    assert_eq!(name(&world, "jianshe").await, "市建设局");
    assert_eq!(log(&mut wuxing, "jianshe").await[0].outcome.as_deref(), Some("refused"));
    drop((wuxing, system));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn nobody_overwrites_what_they_did_not_see(owner: PgPool) {
    let world = World::new(owner).await;
    let mut city = world.staff("admin").await;
    let known = department("jianshe", "市建设局", CITY);
    let seen = change::last(&mut city, Kind::Department, "jianshe").await.unwrap();
    let first = put(&mut city, &renamed(&known, "市城乡建设局"), Expect::Seen(seen), 0).await;
    assert_eq!(first.unwrap(), Put::Changed);
    let second = put(&mut city, &renamed(&known, "市城乡局"), Expect::Seen(seen), 0).await;
    assert!(matches!(second, Err(SettingError::Stale)));
    let same = put(&mut city, &renamed(&known, "市城乡建设局"), Expect::Either, 0).await;
    assert_eq!(same.unwrap(), Put::Unchanged);
    assert!(matches!(put(&mut city, &known, Expect::New, 0).await, Err(SettingError::Taken)));
    let name = put(&mut city, &department("other", "市城乡建设局", CITY), Expect::New, 0).await;
    assert!(matches!(&name, Err(SettingError::Store(error)) if error.is_conflict_with("department_name_key")), "{name:?}");
    assert_eq!(log(&mut city, "jianshe").await.len(), 2, "what was refused is not in the log");
    drop(city);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_city_is_set_up_whole_and_once(owner: PgPool) {
    let world = World::new(owner).await;
    let mut system = world.store.system().await.unwrap();
    let account = |login: &str, role, scope: &str| Account {
        login: login.to_owned(),
        name: "沈洁".to_owned(),
        role,
        scope: scope.to_owned(),
    };
    let Organisation::Department(own) = department("wuxing-jianshe", "吴兴区建设局", WUXING) else {
        panic!("a department")
    };
    let mut city = City { departments: vec![own], ..City::default() };
    city.accounts = vec![account("wx.one", Role::Handler, "wuxing-jianshe"), account("wx.admin", Role::Administrator, "330502")];
    let hashes: HashMap<String, String> = ["wx.one", "wx.admin"].map(|login| (login.to_owned(), "x".to_owned())).into();
    let set_up =
        |city, hashes| SetUp { city, hashes, must_change: true, who: "命令行", why: "设置", today: today(), now: morning() };
    // Something is wrong with the last account: nothing of it all is there.
    let mut wrong = city.clone();
    wrong.accounts.push(account("wx.two", Role::Handler, "nowhere"));
    let empty = HashMap::new();
    assert!(store::administration::city::set_up(&mut system, &set_up(&wrong, &hashes)).await.is_err());
    assert!(store::administration::city::set_up(&mut system, &set_up(&city, &empty)).await.is_err(), "without passwords");
    assert_eq!(name(&world, "wuxing-jianshe").await, "");
    let done = store::administration::city::set_up(&mut system, &set_up(&city, &hashes)).await.unwrap();
    assert_eq!((done.added, done.changed, done.unchanged), (3, 0, 0));
    assert!(done.accounts.iter().all(|made| made.new));
    let again = store::administration::city::set_up(&mut system, &set_up(&city, &empty)).await.unwrap();
    assert_eq!((again.added, again.changed, again.unchanged), (0, 0, 3));
    assert_eq!(world.count("select count(*) from setting_change where why = '设置'").await, 3, "each once");
    assert_eq!(world.count("select count(*) from setting_change where kind = 'staff' and area = 330502").await, 2);
    drop(system);
    world.end().await;
}
