//! 并案, 协办 and 交办事项 in PostgreSQL: both issues of a merger or neither, who reads what, whose queue it is in, and what is left of it.

use crate::world::{World, accept, answer, dispatch};
use domain::issue::{Command, Meeting, NewTask, Queue, State, Target, Tier};
use sqlx::postgres::PgConnection;
use sqlx::{Connection, PgPool};
use store::identity::Who;
use store::issue::{CommandError, alarming, counts, detail, execute, mergeable, queue, related, tasks};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

const AT: OffsetDateTime = datetime!(2026-11-23 09:00 +8);

fn merge(into: &str) -> Command {
    Command::Merge { into: Target::named(into), reason: "和另一件是同一个问题".to_owned() }
}

async fn handled(world: &World, co: &[i64]) -> String {
    let number = world.file(&world.a, "厂门口积水", &[], AT).await.number;
    world.as_staff("centre_wuxing", &number, &accept(), AT).await;
    world.as_staff("centre_wuxing", &number, &dispatch(world.departments[0], co), AT).await;
    world.as_staff("handler_jianshe", &number, &Command::Sign, AT).await;
    number
}

async fn tried(world: &World, login: &str, number: &str, command: &Command) -> Result<State, CommandError> {
    let mut conn = world.staff(login).await;
    let actor = world.staff_actor(login);
    let done = execute(&mut conn, number, command, &actor, "某人", &[], AT + Duration::hours(3), &world.terms).await;
    done.map(|done| done.issue.state)
}

fn refusal(done: Result<State, CommandError>) -> String {
    match done {
        Err(CommandError::Refused(refusal)) => refusal.to_string(),
        other => panic!("{other:?}"),
    }
}

async fn assisting(world: &World, login: &str) -> Vec<String> {
    let (_, duty) = world.staff[login];
    let mut conn = world.staff(login).await;
    let page = queue(&mut conn, &duty, Queue::Assisting, AT, None, 30).await.unwrap();
    let counted = counts(&mut conn, &duty, AT).await.unwrap().of(Queue::Assisting).unwrap();
    assert_eq!(counted, i64::try_from(page.rows.len()).unwrap(), "{login}");
    page.rows.into_iter().map(|row| row.number).collect()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_merger_is_written_into_both_issues_or_into_none(pool: PgPool) {
    let world = World::new(pool).await;
    let one = handled(&world, &[]).await;
    let other = world.file(&world.a, "门口又淹了", &[], AT + Duration::hours(2)).await.number;
    let strange = world.file(&world.b, "路灯不亮", &[], AT).await.number;
    // Another enterprise's, itself, nothing: neither is touched.
    assert!(refusal(tried(&world, "centre_city", &one, &merge(&strange)).await).contains("同一家企业"));
    assert!(matches!(tried(&world, "centre_wuxing", &one, &merge(&strange)).await, Err(CommandError::Store(_))), "out of sight");
    assert!(refusal(tried(&world, "centre_wuxing", &one, &merge(&one)).await).contains("自己"));
    assert!(matches!(tried(&world, "centre_wuxing", &one, &merge("HZ-2026-000000000")).await, Err(CommandError::Store(_))));
    assert!(tried(&world, "handler_jianshe", &one, &merge(&other)).await.is_err());
    assert_eq!(world.count("select count(*) from issue_event where kind in ('merged', 'absorbed')").await, 0);
    // Two officers, one into the other and the other into the one: one of them is first, the other is told.
    let (there, back) = (merge(&other), merge(&one));
    let both = tokio::join!(tried(&world, "centre_wuxing", &one, &there), tried(&world, "centre_city", &other, &back));
    assert_eq!([&both.0, &both.1].iter().filter(|done| done.is_ok()).count(), 1, "{both:?}");
    assert_eq!(world.count("select count(*) from issue_event where kind in ('merged', 'absorbed')").await, 2);
    assert_eq!(world.count("select count(*) from issue where state = 'merged' and not open and alarm_at is null").await, 1);
    assert_eq!(
        world
            .count(
                "select count(*) from issue_measure m join issue i on i.id = m.issue_id where m.excluded and i.state = 'merged'"
            )
            .await,
        1
    );
    let mut member = world.member(&world.a).await;
    let links = related(&mut member, &[one.clone(), other.clone(), strange.clone()]).await.unwrap();
    assert_eq!(links.len(), 2, "its own, both ways");
    let mut stranger = world.member(&world.b).await;
    assert_eq!(related(&mut stranger, &[one.clone(), other.clone()]).await.unwrap().len(), 0);
    // Nobody waits for what is merged; the other one is where it was, with the earlier end.
    let (_, duty) = world.staff["centre_wuxing"];
    let mut centre = world.staff("centre_wuxing").await;
    assert_eq!(counts(&mut centre, &duty, AT).await.unwrap().of(Queue::Open), Some(1), "the one that goes on");
    drop((member, stranger, centre));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_may_be_merged_into_is_in_work_and_of_the_same_enterprise(pool: PgPool) {
    let world = World::new(pool).await;
    let one = handled(&world, &[]).await;
    let other = world.file(&world.a, "门口又淹了", &[], AT).await.number;
    world.file(&world.b, "路灯不亮", &[], AT).await;
    let answered = handled(&world, &[]).await;
    world.as_staff("handler_jianshe", &answered, &answer(), AT).await;
    let mut centre = world.staff("centre_wuxing").await;
    let of = detail(&mut centre, &one).await.unwrap();
    let offered = mergeable(&mut centre, of.id, of.enterprise).await.unwrap();
    assert_eq!(offered.into_iter().map(|it| it.number).collect::<Vec<_>>(), [other]);
    drop(centre);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_co_department_has_it_in_its_queue_until_its_part_is_there(pool: PgPool) {
    let world = World::new(pool).await;
    let [_, huanbao, _] = world.departments;
    let number = handled(&world, &[huanbao]).await;
    assert_eq!(assisting(&world, "handler_huanbao").await, std::slice::from_ref(&number));
    assert_eq!(assisting(&world, "handler_gongan").await, Vec::<String>::new());
    assert!(detail(&mut world.staff("handler_gongan").await, &number).await.is_err(), "a stranger reads nothing");
    let part = Command::Part { text: "已核对排口，没有偷排".to_owned() };
    assert!(tried(&world, "handler_gongan", &number, &part).await.is_err());
    assert!(refusal(tried(&world, "handler_jianshe", &number, &answer()).await).contains("1 个协办部门没有答复"));
    assert_eq!(tried(&world, "handler_huanbao", &number, &part).await.unwrap(), State::Handling);
    assert_eq!(assisting(&world, "handler_huanbao").await, Vec::<String>::new());
    assert!(detail(&mut world.staff("handler_huanbao").await, &number).await.is_ok(), "it reads on");
    // Folded or not, the counts are those of the list.
    let mut system = world.store.system().await.unwrap();
    while store::outbox::drain(&mut system, AT, 100).await.unwrap() > 0 {}
    assert_eq!(assisting(&world, "handler_huanbao").await, Vec::<String>::new());
    assert_eq!(tried(&world, "handler_jianshe", &number, &answer()).await.unwrap(), State::Answered);
    drop(system);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_a_decision_gives_is_in_the_queue_of_whose_it_is_until_the_centre_confirmed_it(pool: PgPool) {
    let world = World::new(pool).await;
    let [_, huanbao, gongan] = world.departments;
    let number = handled(&world, &[]).await;
    let task = |department, days| NewTask { department, what: "核对排口和路面".to_owned(), days };
    let words = || "由建设局牵头改造".to_owned();
    let meeting = Meeting {
        held: AT.date(),
        who: words(),
        decisions: words(),
        told: words(),
        tasks: vec![task(huanbao, 1), task(gongan, 5)],
    };
    assert!(detail(&mut world.staff("handler_huanbao").await, &number).await.is_err());
    let issue = world.as_staff("centre_wuxing", &number, &Command::Consult(meeting), AT).await;
    assert_eq!(issue.tier, Tier::Consult);
    assert_eq!(world.count("select count(*) from issue where tier = 'consult'").await, 1);
    assert_eq!(assisting(&world, "handler_huanbao").await, std::slice::from_ref(&number));
    let listed = async |login: &str, department: Option<i64>, area: Option<i32>| {
        let mut conn = world.staff(login).await;
        let rows = tasks(&mut conn, department, area).await.unwrap();
        rows.into_iter().map(|row| (row.department, row.done_at.is_some())).collect::<Vec<_>>()
    };
    assert_eq!(listed("handler_huanbao", Some(huanbao), None).await, [(huanbao, false)]);
    assert_eq!(listed("centre_wuxing", None, Some(330_502)).await, [(huanbao, false), (gongan, false)]);
    assert_eq!(listed("centre_nanxun", None, Some(330_503)).await, []);
    // Nobody writes one by hand.
    let session = world.session(Who::Staff(world.staff["handler_huanbao"].0)).await;
    let mut raw = PgConnection::connect_with(&world.owner.connect_options()).await.unwrap();
    crate::scope::take_scope(&mut raw, Some(&session)).await;
    let forged = sqlx::query("select put_tasks(1, '[]')").execute(&mut raw).await.unwrap_err();
    assert_eq!(forged.as_database_error().unwrap().code().unwrap(), "42501");
    raw.close().await.unwrap();
    // Overdue: told once, by whichever server.
    let late = AT + Duration::days(3);
    let mut system = world.store.system().await.unwrap();
    for _ in 0..3 {
        for due in alarming(&mut system, late, 100, 0).await.unwrap() {
            let by = domain::actor::Actor::System;
            let done = execute(&mut system, &due, &Command::Alarm, &by, "系统", &[], late, &world.terms).await;
            assert!(matches!(done, Ok(_) | Err(CommandError::Refused(_))), "{done:?}");
        }
    }
    assert_eq!(world.count("select count(*) from issue_event where kind = 'task_overdue'").await, 1);
    let done = Command::Complete { task: 0, text: "排口已核对，没有问题".to_owned() };
    assert!(tried(&world, "handler_gongan", &number, &done).await.is_err(), "not its own");
    tried(&world, "handler_huanbao", &number, &done).await.unwrap();
    assert_eq!(listed("centre_wuxing", None, Some(330_502)).await, [(huanbao, true), (gongan, false)]);
    tried(&world, "centre_wuxing", &number, &Command::Confirm { task: 0, done: true, note: String::new() }).await.unwrap();
    assert_eq!(listed("handler_huanbao", Some(huanbao), None).await, []);
    assert_eq!(assisting(&world, "handler_huanbao").await, Vec::<String>::new());
    assert_eq!(world.count("select count(*) from issue_task where confirmed_at is not null").await, 1);
    drop(system);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn levels_and_states_narrow_a_list(pool: PgPool) {
    use domain::issue::filter::Filter;
    use store::issue::{Wanted, narrowed};
    let world = World::new(pool).await;
    let (referred, tracked, plain) = (handled(&world, &[]).await, handled(&world, &[]).await, handled(&world, &[]).await);
    world.as_staff("centre_wuxing", &referred, &Command::Refer { reason: "资金要市里统筹".to_owned() }, AT).await;
    let track = Command::Track { days: 5, reason: "管网改造列入明年计划".to_owned() };
    let issue = world.as_staff("centre_wuxing", &tracked, &track, AT).await;
    assert_eq!(issue.state, State::Tracking);
    let mut centre = world.staff("centre_wuxing").await;
    let mut found = async |filter: Filter| {
        let page = narrowed(&mut centre, Wanted::In(Queue::Open), &filter, AT, None, 30).await.unwrap();
        let mut numbers: Vec<String> = page.rows.into_iter().map(|row| row.number).collect();
        numbers.sort_unstable();
        numbers
    };
    assert_eq!(found(Filter { tier: Some(Tier::Meeting), ..Filter::default() }).await, std::slice::from_ref(&referred));
    assert_eq!(found(Filter { state: Some(State::Tracking), ..Filter::default() }).await, std::slice::from_ref(&tracked));
    assert_eq!(found(Filter { tier: Some(Tier::Board), ..Filter::default() }).await, [tracked.clone(), plain]);
    drop(centre);
    let expected = domain::issue::by_end_of(5, AT, &world.terms.calendar).unwrap();
    assert_eq!(issue.promise.unwrap().due, expected);
    world.end().await;
}
