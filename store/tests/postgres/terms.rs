//! Boards, categories, limits, working days and words as administrators keep them: who may write what, from when, and that nothing which
//! was filed before is moved by it.

use crate::world::{NANXUN, WUXING, World, accept, dispatch, morning};
use domain::actor::{CITY, Duty};
use domain::administration::{Kind, Tail};
use domain::calendar::{Span, WorkCalendar, local, midnight};
use domain::catalogue::{Category, Responsible};
use domain::issue::limits::Spans;
use domain::issue::texts::{Text, TextKey};
use domain::issue::{Command, Level, Terms, Urgency};
use domain::retention::Rule;
use domain::work_indicator::{Figure, Whose, WorkIndicator};
use serde_json::json;
use sqlx::{AssertSqlSafe, PgPool};
use store::administration::change::{self, NewChange, Wanted};
use store::identity::{self, NewStaff, Who};
use store::issue::work_figure;
use store::terms::{self, Line, put};
use store::{Conn, StoreError};
use time::{Date, Duration, OffsetDateTime};

fn today() -> Date {
    local(OffsetDateTime::now_utc()).date()
}

async fn loaded(world: &World) -> Terms {
    terms::load(&mut world.store.system().await.unwrap(), WorkCalendar::default()).await.unwrap()
}

/// A world with the starting set, and an administrator of 吴兴 beside the city's.
async fn world(owner: PgPool) -> (World, i64) {
    let world = World::new(owner).await;
    let mut system = world.store.system().await.unwrap();
    terms::seed(&mut system).await.unwrap();
    let duty = Duty::Administrator { area: WUXING };
    let new = NewStaff { login: "admin_of_wuxing", name: "沈洁", duty, password_hash: "x", must_change: false };
    let id = identity::add_staff(&mut system, &new, morning()).await.unwrap();
    (world, id)
}

/// Writes a line from a day on.
async fn write(conn: &mut Conn, kind: Kind, key: &str, area: i32, from: Date, line: &Line<'_>) -> Result<(), StoreError> {
    let tail = Tail { why: "机构改革".to_owned(), from };
    let after = json!({ "name": key });
    let new = NewChange { who: "沈洁", area, kind, key, before: None, after: Some(&after), tail: &tail };
    put(conn, &new, None, line, OffsetDateTime::now_utc()).await
}

fn drainage(terms: &Terms, active: bool) -> Category {
    let known = terms.catalogue.at(OffsetDateTime::now_utc()).category("drainage").unwrap().clone();
    Category { name: "市政排水".to_owned(), board: "project".to_owned(), department: "huanbao".to_owned(), active, ..known }
}

fn short(terms: &Terms) -> Spans {
    Spans { answer_simple: Span::Days(2), ..terms.limits.on(today()).spans }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_starting_set_is_written_once(owner: PgPool) {
    let (world, _) = world(owner).await;
    let mut system = world.store.system().await.unwrap();
    terms::seed(&mut system).await.unwrap();
    let (loaded, own) = (loaded(&world).await, Terms::default());
    assert_eq!((&loaded.catalogue, &loaded.limits, &loaded.texts), (&own.catalogue, &own.limits, &own.texts));
    let spans = short(&loaded);
    write(&mut system, Kind::Limit, "limits", CITY, today(), &Line::Limits(&spans)).await.unwrap();
    terms::seed(&mut system).await.unwrap();
    assert_eq!(world.count("select count(*) from limit_version").await, 2, "what the city changed stays");
    drop(system);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_line_holds_from_its_day_and_stands_in_the_log(owner: PgPool) {
    let (world, _) = world(owner).await;
    let before = loaded(&world).await;
    let mut admin = world.staff("admin").await;
    let category = drainage(&before, true);
    let from = today() + Duration::days(3);
    write(&mut admin, Kind::Category, "drainage", CITY, from, &Line::Category(&category)).await.unwrap();
    let after = loaded(&world).await;
    assert_eq!(after.catalogue.at(OffsetDateTime::now_utc()).category_name("drainage"), "道路积水与排水");
    assert_eq!(after.catalogue.at(midnight(from)).category_name("drainage"), "市政排水");
    assert_eq!(after.catalogue.coming_category("drainage", OffsetDateTime::now_utc()), [(midnight(from), &category)]);
    let wanted = Wanted { kind: "category", key: "drainage", ..Wanted::default() };
    let log = change::list(&mut admin, &wanted, None, 9).await.unwrap().rows;
    assert_eq!((log.len(), log[0].effective_from, log[0].why.as_str()), (1, from, "机构改革"));
    // Whoever did not see it writes nothing.
    let tail = Tail { why: "机构改革".to_owned(), from };
    let value = json!({ "name": "x" });
    let key = "drainage";
    let new = NewChange { who: "沈洁", area: CITY, kind: Kind::Category, key, before: None, after: Some(&value), tail: &tail };
    let now = OffsetDateTime::now_utc();
    let stale = put(&mut admin, &new, Some(log[0].id - 1), &Line::Category(&category), now).await.unwrap_err();
    assert!(stale.is_conflict_with("seen"), "{stale}");
    put(&mut admin, &new, Some(log[0].id), &Line::Category(&category), now).await.unwrap();
    drop(admin);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn only_administrators_write_and_only_from_today_on(owner: PgPool) {
    let (world, district) = world(owner).await;
    let terms = loaded(&world).await;
    let (category, spans) = (drainage(&terms, true), short(&terms));
    let board = terms.catalogue.at(OffsetDateTime::now_utc()).board("law").unwrap().clone();
    let text = TextKey::Accepted.built_in();
    let own = |area| Responsible { category: "street".to_owned(), area, department: Some("jianshe".to_owned()) };
    let (wuxing, nanxun) = (own(WUXING), own(NANXUN));
    let logs = Rule::of_code("delivery").unwrap();
    let lines: [(Kind, &str, i32, Line<'_>); 7] = [
        (Kind::Retention, "delivery", CITY, Line::Retention(logs, Some(200))),
        (Kind::Board, "law", CITY, Line::Board(&board)),
        (Kind::Category, "drainage", CITY, Line::Category(&category)),
        (Kind::Limit, "limits", CITY, Line::Limits(&spans)),
        (Kind::Text, "enterprise_accepted", CITY, Line::Text(TextKey::Accepted, Some(&text))),
        (Kind::CalendarDay, "day", CITY, Line::Days { until: today(), working: Some(false), note: "防汛" }),
        (Kind::Category, "street", NANXUN, Line::Responsible(&nanxun)),
    ];
    let mut strangers = vec![
        world.member(&world.a).await,
        world.staff("centre_city").await,
        world.staff("handler_jianshe").await,
        world.staff("policy").await,
        world.store.anonymous().await.unwrap(),
        world.sign_in(Who::Staff(district)).await,
    ];
    for stranger in &mut strangers {
        for (kind, key, area, line) in &lines {
            let refused = write(stranger, *kind, key, *area, today(), line).await.unwrap_err();
            assert!(refused.is_row_refused(), "{key}: {refused}");
        }
    }
    drop(strangers);
    let mut admin = world.staff("admin").await;
    for (kind, key, area, line) in &lines[..6] {
        let yesterday = today() - Duration::days(1);
        let refused = write(&mut admin, *kind, key, *area, yesterday, line).await.unwrap_err();
        assert!(refused.is_row_refused(), "{key}: what has begun to hold stays: {refused}");
        write(&mut admin, *kind, key, *area, today(), line).await.unwrap();
    }
    let mut district = world.sign_in(Who::Staff(district)).await;
    write(&mut district, Kind::Category, "street", WUXING, today(), &Line::Responsible(&wuxing)).await.unwrap();
    let loaded = loaded(&world).await;
    let today = loaded.catalogue.at(OffsetDateTime::now_utc());
    let street = today.category("street").unwrap();
    assert_eq!((today.own_department(street, WUXING), today.own_department(street, NANXUN)), (Some("jianshe"), None));
    // The tables only grow, whoever asks.
    for table in
        ["catalogue_board", "catalogue_category", "catalogue_responsible", "limit_version", "notice_text", "calendar_day"]
    {
        for sql in [format!("update {table} set change_id = null"), format!("delete from {table}")] {
            let kept = sqlx::query(AssertSqlSafe(sql.clone())).execute(&world.owner).await.unwrap_err();
            assert!(matches!(StoreError::from(kept), StoreError::Frozen), "{sql}");
        }
    }
    drop((admin, district));
    world.end().await;
}

/// The heart of it: what was filed goes on as it was.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_old_issue_stays_as_it_was(owner: PgPool) {
    let (world, _) = world(owner).await;
    let number = world.file(&world.a, "道路积水", &[], morning()).await.number;
    let today_s = world.file(&world.a, "道路积水", &[], OffsetDateTime::now_utc()).await.number;
    let before = loaded(&world).await;
    let mut admin = world.staff("admin").await;
    let (category, spans) = (drainage(&before, false), short(&before));
    write(&mut admin, Kind::Category, "drainage", CITY, today(), &Line::Category(&category)).await.unwrap();
    write(&mut admin, Kind::Limit, "limits", CITY, today(), &Line::Limits(&spans)).await.unwrap();
    let days = Line::Days { until: today() + Duration::days(30), working: Some(false), note: "防汛" };
    write(&mut admin, Kind::CalendarDay, "day", CITY, today(), &days).await.unwrap();
    let changed = loaded(&world).await;
    assert_eq!(changed.limits.on(today()).version, 2);

    let accept = Command::Accept { category: "drainage".to_owned(), level: Level::Simple, urgency: Urgency::Normal, area: None };
    let mut centre = world.staff("centre_wuxing").await;
    let actor = world.staff_actor("centre_wuxing");
    let issue =
        store::issue::execute(&mut centre, &number, &accept, &actor, "吴兴", &[], morning(), &changed).await.unwrap().issue;
    let due = before.calendar.add(morning(), Span::Days(5)).unwrap().due;
    assert_eq!((issue.limits, issue.answer.map(|clock| clock.due)), (1, Some(due)));
    let board: String =
        sqlx::query_scalar("select board from issue where number = $1").bind(&number).fetch_one(&world.owner).await.unwrap();
    assert_eq!(board, "general", "of the day it was submitted");
    let then = changed.catalogue_of(&issue, OffsetDateTime::now_utc());
    assert_eq!(then.category("drainage").map(|known| then.route(known, WUXING)), Some("jianshe"));
    assert_eq!(then.category_name("drainage"), "道路积水与排水");

    // So does what was filed today, before the change.
    let now = OffsetDateTime::now_utc();
    let detail = store::issue::detail(&mut centre, &today_s).await.unwrap();
    let issue = detail.aggregate(&changed.calendar);
    assert_eq!((issue.limits, changed.catalogue_of(&issue, now).category_name("drainage")), (1, "道路积水与排水"));

    let mut member = world.member(&world.a).await;
    let submit = crate::world::submission("又积水了", WUXING);
    let actor = world.a.actor();
    let filing = store::issue::Filing {
        client_key: uuid::Uuid::new_v4(),
        actor: &actor,
        actor_name: "陈伟",
        command: &submit,
        enterprise: world.a.id,
        contact_name: "陈伟",
        contact_phone: "13800138000",
        photos: &[],
        most_a_day: 0,
    };
    let refused = store::issue::file(&mut member, &filing, now, &changed).await.unwrap_err();
    assert_eq!(refused.to_string(), "请选择一个类别");
    drop((admin, centre, member));
    world.end().await;
}

/// Another server files under a version that this one has not heard of.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_version_unheard_of_is_read_from_the_database(owner: PgPool) {
    let (mut world, _) = world(owner).await;
    let spans = short(&world.terms);
    let mut admin = world.staff("admin").await;
    write(&mut admin, Kind::Limit, "limits", CITY, today(), &Line::Limits(&spans)).await.unwrap();
    let now = OffsetDateTime::now_utc();
    let new = loaded(&world).await;
    let old = std::mem::replace(&mut world.terms, new);
    let number = world.file(&world.a, "道路积水", &[], now).await.number;
    world.terms = old;
    let simple = Command::Accept { category: "drainage".to_owned(), level: Level::Simple, urgency: Urgency::Normal, area: None };
    let issue = world.as_staff("centre_wuxing", &number, &simple, now).await;
    let submitted = issue.submitted_at.unwrap();
    let due = world.terms.calendar.add(submitted, Span::Days(2)).unwrap().due;
    assert_eq!((issue.limits, issue.answer.map(|clock| clock.due)), (2, Some(due)));
    drop(admin);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn days_are_set_and_taken_back(owner: PgPool) {
    let (world, _) = world(owner).await;
    let mut admin = world.staff("admin").await;
    // A Monday to come, past the built-in table or not.
    let monday = (0..7).map(|n| today() + Duration::days(n + 1)).find(|day| day.weekday() == time::Weekday::Monday).unwrap();
    let working = async |world: &World| loaded(world).await.calendar.is_working_day(monday);
    let plain = working(&world).await;
    let off = Line::Days { until: monday + Duration::days(1), working: Some(false), note: "防汛" };
    write(&mut admin, Kind::CalendarDay, "a", CITY, monday, &off).await.unwrap();
    assert!(!working(&world).await);
    let on = Line::Days { until: monday, working: Some(true), note: "上班" };
    write(&mut admin, Kind::CalendarDay, "b", CITY, monday, &on).await.unwrap();
    assert!(working(&world).await, "the later line holds");
    let back = Line::Days { until: monday, working: None, note: "恢复" };
    write(&mut admin, Kind::CalendarDay, "c", CITY, monday, &back).await.unwrap();
    assert_eq!(working(&world).await, plain);
    let set = terms::days(&mut admin).await.unwrap();
    assert_eq!(set.iter().map(|line| line.working).collect::<Vec<_>>(), [None, Some(false)]);
    drop(admin);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn messages_say_what_the_city_wrote(owner: PgPool) {
    let (mut world, _) = world(owner).await;
    let mut admin = world.staff("admin").await;
    let text = Text { title: "{number} 已受理".to_owned(), body: "“{title}”最迟{due}答复".to_owned() };
    let line = Line::Text(TextKey::Accepted, Some(&text));
    write(&mut admin, Kind::Text, "enterprise_accepted", CITY, today(), &line).await.unwrap();
    world.terms = loaded(&world).await;
    let now = OffsetDateTime::now_utc();
    let number = world.file(&world.a, "道路积水", &[], now).await.number;
    world.as_staff("centre_wuxing", &number, &accept(), now).await;
    world.as_staff("centre_wuxing", &number, &dispatch(world.departments[0], &[]), now).await;
    let mut system = world.store.system().await.unwrap();
    while store::outbox::drain(&mut system, now, 100).await.unwrap() > 0 {}
    let told = "select title, body from message where person_id is not null order by id";
    let told: Vec<(String, String)> = sqlx::query_as(told).fetch_all(&world.owner).await.unwrap();
    assert_eq!(told[0].0, format!("{number} 已受理"));
    assert!(told[0].1.starts_with("“道路积水”最迟") && told[0].1.ends_with("答复"), "{}", told[0].1);
    assert_eq!(told[1], ("诉求已交给责任部门".to_owned(), "部门签收后开始办理。".to_owned()));
    drop((admin, system));
    world.end().await;
}

/// Visits of this month.
fn visits(area: i32, department: Option<i64>, figures: &[(WorkIndicator, i64)]) -> Line<'_> {
    Line::Work { month: today().replace_day(1).unwrap(), area, department, figures }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn work_figures_are_entered_by_whoever_administers_the_area(owner: PgPool) {
    let (world, district) = world(owner).await;
    let jianshe = world.departments[0];
    let month = today().replace_day(1).unwrap();
    let figures = |value: i64| [(WorkIndicator::Visits, value)];
    let mut strangers = vec![
        world.member(&world.a).await,
        world.staff("centre_city").await,
        world.staff("handler_jianshe").await,
        world.store.anonymous().await.unwrap(),
    ];
    let three = figures(3);
    for stranger in &mut strangers {
        let refused = write(stranger, Kind::Work, "x", WUXING, today(), &visits(WUXING, None, &three)).await.unwrap_err();
        assert!(refused.is_row_refused(), "{refused}");
    }
    drop(strangers);
    let mut own = world.sign_in(Who::Staff(district)).await;
    // Another district, and a department of the city's under one's own name.
    for (area, department) in [(NANXUN, None), (WUXING, Some(jianshe))] {
        let refused = write(&mut own, Kind::Work, "x", WUXING, today(), &visits(area, department, &three)).await.unwrap_err();
        assert!(refused.is_row_refused(), "{area}: {refused}");
    }
    for value in [3, 5] {
        write(&mut own, Kind::Work, "x", WUXING, today(), &visits(WUXING, None, &figures(value))).await.unwrap();
    }
    drop(own);
    let mut admin = world.staff("admin").await;
    write(&mut admin, Kind::Work, "x", CITY, today(), &visits(CITY, Some(jianshe), &figures(7))).await.unwrap();
    drop(admin);
    // The later one holds, and whoever looks on reads it; departments are told what is published.
    let catalogue = loaded(&world).await.catalogue;
    for (login, expected) in [("leader_nanxun", Some(5)), ("handler_jianshe", None)] {
        let mut conn = world.staff(login).await;
        let reference = store::reference::load(&mut conn).await.unwrap();
        let edition = catalogue.at(OffsetDateTime::now_utc());
        let works = work_figure::works(&mut conn, month, &reference, edition).await.unwrap();
        let said =
            |whose: Whose| works.iter().find(|work| work.whose == whose).unwrap().figures.get(&WorkIndicator::Visits).copied();
        assert_eq!(said(Whose::Area(WUXING)), expected.map(|value| Figure { value, of: None }), "{login}");
        assert_eq!(said(Whose::Department(jianshe)), expected.map(|_| Figure { value: 7, of: None }), "{login}");
    }
    for sql in ["update work_figure set value = 1", "delete from work_figure", "truncate work_figure"] {
        assert!(sqlx::query(sql).execute(&world.owner).await.is_err(), "{sql}");
    }
    world.end().await;
}
