//! The desk at work: what is written beside an issue, whose it is within an office, who stands in.

use crate::world::{World, accept, dispatch, morning};
use domain::actor::{CITY, Duty};
use domain::administration::{Kind, Tail};
use domain::staff::Keeper;
use sqlx::PgPool;
use store::StoreError;
use store::administration::change;
use store::identity::{self, NewStaff, Who};
use store::issue::work::BulkLine;
use store::issue::{template, work};
use store::staff::{self, Done, Order, Step};
use time::{Date, Duration};
use uuid::Uuid;

/// An issue at 市建设局, and a second account there.
async fn dispatched(world: &World) -> (String, i64, i64) {
    let number = world.file(&world.a, "道路积水", &[], morning()).await.number;
    world.as_staff("centre_wuxing", &number, &accept(), morning()).await;
    world.as_staff("centre_wuxing", &number, &dispatch(world.departments[0], &[]), morning()).await;
    let mut system = world.store.system().await.unwrap();
    let duty = Duty::Handler { department: world.departments[0] };
    let new = NewStaff { login: "second", name: "周敏", duty, password_hash: "x", must_change: false };
    let second = identity::add_staff(&mut system, &new, morning()).await.unwrap();
    let issue = store::issue::versions(&mut system, &number).await.unwrap().0;
    (number, issue, second)
}

fn today() -> Date {
    morning().date()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_written_beside_an_issue_stays_among_those_who_handle_it(owner: PgPool) {
    let world = World::new(owner).await;
    let (_, issue, second) = dispatched(&world).await;
    let now = morning();
    let (first, _) = world.staff["handler_jianshe"];
    let mut conn = world.staff("handler_jianshe").await;
    work::note(&mut conn, issue, first, "市建设局 沈洁", "企业负责人周五不在", now).await.unwrap();
    work::beside(&mut conn, issue, first, "市建设局 沈洁", now).await.unwrap();

    let mut other = world.sign_in(Who::Staff(second)).await;
    let beside = work::beside(&mut other, issue, second, "市建设局 周敏", now + Duration::minutes(3)).await.unwrap();
    assert_eq!(beside.notes.iter().map(|note| note.body.as_str()).collect::<Vec<_>>(), ["企业负责人周五不在"]);
    assert_eq!(
        beside.viewers.iter().map(|viewer| (viewer.name.as_str(), viewer.ago)).collect::<Vec<_>>(),
        [("市建设局 沈洁", 180)]
    );
    let later = work::beside(&mut other, issue, second, "市建设局 周敏", now + Duration::minutes(16)).await.unwrap();
    assert!(later.viewers.is_empty(), "gone after a quarter of an hour");

    // In nobody's name but one's own; not at all for a leader, a station, another department, the enterprise.
    let written = work::note(&mut other, issue, first, "市建设局 沈洁", "不是我写的", now).await;
    assert!(matches!(written, Err(StoreError::RowRefused)));
    for login in ["leader_city", "station_zhili", "handler_gongan", "centre_nanxun", "policy", "admin"] {
        let mut conn = world.staff(login).await;
        let written = work::note(&mut conn, issue, world.staff[login].0, login, "不该写的", now).await;
        assert!(matches!(written, Err(StoreError::RowRefused)), "{login}");
    }
    let mut member = world.member(&world.a).await;
    assert!(work::note(&mut member, issue, first, "x", "不该写的", now).await.is_err());
    drop((conn, other, member));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_issue_is_passed_within_an_office_and_no_further(owner: PgPool) {
    let world = World::new(owner).await;
    let (_, issue, second) = dispatched(&world).await;
    let (first, _) = world.staff["handler_jianshe"];
    let now = morning();
    let mut conn = world.staff("handler_jianshe").await;
    let names: Vec<i64> = work::colleagues(&mut conn).await.unwrap().iter().map(|colleague| colleague.id).collect();
    assert_eq!(names, [second]);
    let refused = work::pass(&mut conn, issue, Some(world.staff["handler_huanbao"].0), "", now).await;
    assert!(matches!(refused, Err(StoreError::RowRefused)));
    work::pass(&mut conn, issue, Some(second), "请继续跟", now).await.unwrap();
    assert!(work::mine(&mut conn, first, today()).await.unwrap().is_empty());

    let mut other = world.sign_in(Who::Staff(second)).await;
    let mine = work::mine(&mut other, second, today()).await.unwrap();
    assert!(mine.len() == 1 && mine[0].own && mine[0].whose == "周敏");
    assert_eq!(world.count(&format!("select count(*) from message where staff_id = {second} and kind = 'passed'")).await, 1);
    let beside = work::beside(&mut other, issue, second, "x", now).await.unwrap();
    assert_eq!(beside.assignee.map(|who| who.id), Some(second));
    assert_eq!(beside.notes[0].body, "转办给 周敏：请继续跟");
    // Another office knows nothing of it, and passes nothing that it does not see.
    let mut centre = world.staff("centre_wuxing").await;
    let (centre_id, _) = world.staff["centre_wuxing"];
    assert!(work::beside(&mut centre, issue, centre_id, "x", now).await.unwrap().assignee.is_none());
    for login in ["handler_gongan", "centre_nanxun", "leader_city", "station_zhili"] {
        let mut conn = world.staff(login).await;
        let passed = work::pass(&mut conn, issue, Some(world.staff[login].0), "", now).await;
        assert!(matches!(passed, Err(StoreError::RowRefused)), "{login}");
    }
    work::pass(&mut other, issue, None, "", now).await.unwrap();
    assert!(work::mine(&mut other, second, today()).await.unwrap().is_empty());
    drop((conn, other, centre));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_substitute_has_what_the_absent_one_had_in_those_days_only(owner: PgPool) {
    let world = World::new(owner).await;
    let (_, issue, second) = dispatched(&world).await;
    let (first, _) = world.staff["handler_jianshe"];
    let now = morning();
    let mut conn = world.staff("handler_jianshe").await;
    work::pass(&mut conn, issue, Some(first), "", now).await.unwrap();
    let days = (today() + Duration::days(1), today() + Duration::days(3));
    let refused = work::substitute(&mut conn, world.staff["handler_huanbao"].0, days, "年休假", now).await;
    assert!(matches!(refused, Err(StoreError::RowRefused)), "of another department");
    assert!(work::substitute(&mut conn, second, days, "年休假", now).await.unwrap());
    assert!(!work::substitute(&mut conn, second, days, "再来一次", now).await.unwrap(), "away already");

    let mut other = world.sign_in(Who::Staff(second)).await;
    assert!(!work::substitute(&mut other, first, days, "也要走", now).await.unwrap(), "whoever stands in stays");
    for (day, there) in [(0, false), (1, true), (3, true), (4, false)] {
        let day = today() + Duration::days(day);
        assert_eq!(work::mine(&mut other, second, day).await.unwrap().len(), usize::from(there), "{day}");
        let standing = work::standing(&mut other, issue, second, day).await.unwrap();
        assert_eq!(standing.instead_of.is_some(), there, "{day}");
    }
    let id = work::substitutions(&mut other).await.unwrap()[0].id;
    let mut stranger = world.staff("handler_gongan").await;
    assert!(!work::end_substitution(&mut stranger, id, now).await.unwrap(), "not a stranger's to end");
    assert!(work::substitutions(&mut stranger).await.unwrap().is_empty());
    assert!(work::end_substitution(&mut other, id, now).await.unwrap());
    assert!(work::mine(&mut other, second, days.0).await.unwrap().is_empty());
    drop((conn, other, stranger));
    world.end().await;
}

/// As an administrator of the city orders it.
async fn ordered(world: &World, account: i64, step: Step<'_>, taker: Option<i64>) -> Done {
    let (admin, _) = world.staff["admin"];
    let mut conn = world.staff("admin").await;
    let login: String =
        sqlx::query_scalar("select login from staff where id = $1").bind(account).fetch_one(&world.owner).await.unwrap();
    let seen = change::last(&mut conn, Kind::Staff, &login).await.unwrap();
    let tail = Tail { why: "调岗".to_owned(), from: today() };
    let keeper = Keeper { staff: admin, area: CITY };
    staff::command(&mut conn, &Order { keeper, who: "管理员", account, seen, step, taker, tail: &tail }, morning()).await.unwrap()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_somebody_handles_goes_along_when_work_is_handed_over_and_never_stays_with_who_left(owner: PgPool) {
    let world = World::new(owner).await;
    let (_, issue, second) = dispatched(&world).await;
    let (first, _) = world.staff["handler_jianshe"];
    let now = morning();
    let mut conn = world.staff("handler_jianshe").await;
    work::pass(&mut conn, issue, Some(first), "", now).await.unwrap();
    let mut admin = world.staff("admin").await;
    assert_eq!(staff::work(&mut admin, first).await.unwrap().assigned, 1);
    let done = ordered(&world, first, Step::HandOver, Some(second)).await;
    assert_eq!(done.pieces, 1, "the colleague is told");
    assert_eq!(staff::work(&mut admin, first).await.unwrap().assigned, 0);
    let mut other = world.sign_in(Who::Staff(second)).await;
    let mine = work::mine(&mut other, second, today()).await.unwrap();
    assert!(mine.len() == 1 && mine[0].own && mine[0].whose == "周敏");
    let note = &work::beside(&mut other, issue, second, "x", now).await.unwrap().notes[0];
    assert_eq!(note.body, "沈洁 的工作移交给 周敏，由其经办");

    // Disabled without anybody who goes on: the office's again, and nobody stands in for or by who is not there.
    let days = (today(), today() + Duration::days(2));
    assert!(work::substitute(&mut other, first, days, "年休假", now).await.unwrap());
    assert_eq!(work::mine(&mut conn, first, today()).await.unwrap().len(), 1, "stands in");
    ordered(&world, second, Step::Disable, None).await;
    assert!(work::mine(&mut conn, first, today()).await.unwrap().is_empty());
    assert!(work::beside(&mut conn, issue, first, "x", now).await.unwrap().assignee.is_none());
    assert!(work::substitutions(&mut conn).await.unwrap().iter().all(|one| one.ended_at.is_some()));
    // What an account is called changes nothing of that.
    work::pass(&mut conn, issue, Some(first), "", now).await.unwrap();
    ordered(&world, first, Step::Name("沈小洁"), None).await;
    assert_eq!(work::mine(&mut conn, first, today()).await.unwrap().len(), 1);
    drop((conn, other, admin));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_was_done_stays_done_whatever_a_second_sending_met(owner: PgPool) {
    let world = World::new(owner).await;
    let (me, _) = world.staff["centre_wuxing"];
    let (now, key) = (morning(), Uuid::now_v7());
    let mut conn = world.staff("centre_wuxing").await;
    let line = |number: &str, done: bool| BulkLine {
        number: number.to_owned(),
        title: "积水".to_owned(),
        done,
        said: if done { "已受理" } else { "不能受理" }.to_owned(),
    };
    for _ in 0..2 {
        work::begin_run(&mut conn, key, me, "批量受理", now).await.unwrap();
    }
    for (number, done) in [("a", true), ("b", false), ("a", false), ("b", true), ("c", false), ("b", false)] {
        work::keep_line(&mut conn, key, &line(number, done)).await.unwrap();
    }
    assert_eq!(work::run(&mut conn, key).await.unwrap().lines, [line("a", true), line("b", true), line("c", false)]);
    // Nobody else's to read, to begin again or to write in.
    let (other, _) = world.staff["centre_nanxun"];
    let mut stranger = world.staff("centre_nanxun").await;
    work::begin_run(&mut stranger, key, other, "批量受理", now).await.unwrap();
    work::keep_line(&mut stranger, key, &line("d", true)).await.unwrap();
    assert!(matches!(work::run(&mut stranger, key).await, Err(StoreError::NotFound)));
    assert_eq!(work::run(&mut conn, key).await.unwrap().lines.len(), 3);
    drop((conn, stranger));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_template_is_its_departments_or_the_citys(owner: PgPool) {
    let world = World::new(owner).await;
    let now = morning();
    let words = |title: &str| domain::issue::template::Words {
        title: title.to_owned(),
        body: "{企业}反映的问题已经办理。".to_owned(),
    };
    let mut admin = world.staff("admin").await;
    template::add(&mut admin, None, &words("全市通用"), "x", now).await.unwrap();
    let mut conn = world.staff("handler_jianshe").await;
    let [jianshe, huanbao, _] = world.departments;
    template::add(&mut conn, Some(jianshe), &words("路面积水"), "x", now).await.unwrap();
    assert!(
        matches!(template::add(&mut conn, Some(jianshe), &words("路面积水"), "x", now).await, Err(StoreError::Conflict(name)) if name == template::TITLE)
    );
    for department in [Some(huanbao), None] {
        assert!(matches!(template::add(&mut conn, department, &words("别家的"), "x", now).await, Err(StoreError::RowRefused)));
    }
    let list = template::list(&mut conn).await.unwrap();
    assert_eq!(
        list.iter().map(|kept| (kept.title.as_str(), kept.keeps)).collect::<Vec<_>>(),
        [("路面积水", true), ("全市通用", false)]
    );
    let city = list[1].id;
    assert!(!template::change(&mut conn, city, &words("改掉它"), "x", now).await.unwrap());
    let mut other = world.staff("handler_huanbao").await;
    assert_eq!(template::list(&mut other).await.unwrap().len(), 1, "the city's alone");
    for login in ["centre_city", "station_zhili", "leader_city", "policy"] {
        let mut conn = world.staff(login).await;
        assert!(template::list(&mut conn).await.unwrap().is_empty(), "{login}");
    }
    assert!(template::remove(&mut admin, city, "x", now).await.unwrap());
    drop((admin, conn, other));
    world.end().await;
}
