//! 预警, 超期 and what climbs, with real jobs: each once whatever number of servers is at it, in order after an outage, to the right people.

use crate::world::{World, accept, answer, dispatch};
use domain::issue::{CallBack, Command, ContactWay, Flag, Said, Satisfaction};
use sqlx::PgPool;
use store::issue::{CommandError, abnormal, abnormal_counts, alarming, detail, execute};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

const FILED: OffsetDateTime = datetime!(2026-11-23 09:00 +8);

/// A turn of a server's job: what it did, in order.
async fn turn(world: &World, now: OffsetDateTime) -> Vec<String> {
    let mut conn = world.store.system().await.unwrap();
    let mut done = Vec::new();
    for number in alarming(&mut conn, now, 100, 0).await.unwrap() {
        let by = domain::actor::Actor::System;
        // Where there is nothing to be told of, an answer that nobody rated ends.
        for command in [Command::Alarm, Command::Close { note: String::new() }] {
            match execute(&mut conn, &number, &command, &by, "系统", &[], now, &world.terms).await {
                Ok(_) => {
                    done.push(number);
                    break;
                }
                Err(CommandError::Refused(_)) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }
    done
}

async fn kinds(world: &World, number: &str) -> Vec<String> {
    let mut conn = world.store.system().await.unwrap();
    let events = detail(&mut conn, number).await.unwrap().events;
    events.iter().map(|row| row.event.kind().to_owned()).collect()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn two_servers_warn_once(pool: PgPool) {
    let world = World::new(pool).await;
    let number = world.file(&world.a, "厂门口积水", &[], FILED).await.number;
    assert_eq!(turn(&world, datetime!(2026-11-23 09:47 +8)).await, Vec::<String>::new());
    let at = datetime!(2026-11-23 09:48 +8);
    let both = tokio::join!(turn(&world, at), turn(&world, at), turn(&world, at), turn(&world, at));
    assert_eq!([both.0, both.1, both.2, both.3].concat(), std::slice::from_ref(&number), "one of them");
    assert_eq!(kinds(&world, &number).await, ["submitted", "warned"]);
    let mut conn = world.store.system().await.unwrap();
    store::outbox::drain(&mut conn, at, 500).await.unwrap();
    let warned = "select count(*) from message where kind = 'warned'";
    assert_eq!(world.count(warned).await, 1, "the officer of the place");
    // The supervisor reads what warns, from now on.
    let mut supervisor = world.staff("supervisor_wuxing").await;
    assert!(detail(&mut supervisor, &number).await.is_ok());
    assert!(detail(&mut world.staff("supervisor_nanxun").await, &number).await.is_err());
    drop((conn, supervisor));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn three_days_without_jobs_are_caught_up_in_order(pool: PgPool) {
    let world = World::new(pool).await;
    let first = world.file(&world.a, "厂门口积水", &[], FILED).await.number;
    let second = world.file(&world.b, "路灯不亮", &[], FILED + Duration::minutes(5)).await.number;
    let back = datetime!(2026-11-26 09:00 +8);
    assert_eq!(turn(&world, back).await, [first.clone(), second], "the longest due first");
    assert_eq!(turn(&world, back).await, Vec::<String>::new());
    let told = ["submitted", "warned", "overdue", "warned", "overdue", "escalated", "escalated", "escalated"];
    assert_eq!(kinds(&world, &first).await, told);
    let mut conn = world.store.system().await.unwrap();
    store::outbox::drain(&mut conn, back, 500).await.unwrap();
    assert_eq!(world.count("select count(*) from message where kind = 'warned'").await, 0, "nobody is warned of what is past");
    // Contact and acceptance overdue of two issues, each to its district's officer.
    assert_eq!(world.count("select count(*) from message where kind = 'overdue'").await, 4);
    // The centre and the city's centre of the first, and of the second, whose third day ends five minutes later, the centre; no department of
    // this world leads a board.
    assert_eq!(world.count("select count(*) from message where kind = 'escalated'").await, 3);
    drop(conn);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_board_s_lead_and_the_group_hear_of_what_nobody_takes(pool: PgPool) {
    let world = World::new(pool).await;
    world.file(&world.a, "厂门口积水", &[], FILED).await;
    // It leads the board of what falls to nobody else.
    sqlx::query("update department set code = 'zhengwu' where id = $1")
        .bind(world.departments[2])
        .execute(&world.owner)
        .await
        .unwrap();
    let at = datetime!(2026-11-26 17:30 +8);
    turn(&world, at).await;
    let mut conn = world.store.system().await.unwrap();
    store::outbox::drain(&mut conn, at, 500).await.unwrap();
    for login in ["handler_gongan", "centre_wuxing", "centre_city", "leader_city"] {
        let told = format!("select count(*) from message where kind = 'escalated' and staff_id = {}", world.staff[login].0);
        assert_eq!(world.count(&told).await, 1, "{login}");
    }
    assert_eq!(world.count("select count(*) from message where kind = 'escalated'").await, 4, "and nobody else");
    drop(conn);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_done_in_time_is_never_told_of_and_the_chain_holds(pool: PgPool) {
    let world = World::new(pool).await;
    let number = world.file(&world.a, "厂门口积水", &[], FILED).await.number;
    let (way, with, result) = (ContactWay::Phone, "陈伟".to_owned(), "约好到现场看".to_owned());
    world.as_staff("centre_wuxing", &number, &Command::Contact { way, with, reached: true, result }, FILED).await;
    world.as_staff("centre_wuxing", &number, &accept(), FILED).await;
    world.as_staff("centre_wuxing", &number, &dispatch(world.departments[0], &[]), FILED).await;
    world.as_staff("handler_jianshe", &number, &Command::Sign, FILED).await;
    world.as_staff("handler_jianshe", &number, &answer(), FILED + Duration::hours(2)).await;
    world.as_staff("centre_wuxing", &number, &called(true), FILED + Duration::hours(3)).await;
    assert_eq!(turn(&world, datetime!(2026-12-04 17:29 +8)).await, Vec::<String>::new());
    assert_eq!(turn(&world, datetime!(2027-01-10 09:00 +8)).await, std::slice::from_ref(&number), "closed, and nothing told");
    assert_eq!(kinds(&world, &number).await.last().map(String::as_str), Some("closed"));
    assert_eq!(world.count("select count(*) from issue where alarm_at is not null").await, 0);
    world.end().await;
}

fn called(reached: bool) -> Command {
    let said = reached.then_some(Said { solved: true, level: Satisfaction::Satisfied });
    Command::CallBack(CallBack { way: ContactWay::Phone, said, notes: "无人接听，改日再打".to_owned() })
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_call_back_and_a_reply_that_nobody_gives_are_told_once_to_whom_they_concern(pool: PgPool) {
    let world = World::new(pool).await;
    let number = world.file(&world.a, "厂门口积水", &[], FILED).await.number;
    let (way, with, result) = (ContactWay::Phone, "陈伟".to_owned(), "约好到现场看".to_owned());
    world.as_staff("centre_wuxing", &number, &Command::Contact { way, with, reached: true, result }, FILED).await;
    world.as_staff("centre_wuxing", &number, &accept(), FILED).await;
    let instruct = Command::Instruct { leader: "王市长".to_owned(), text: "请今天到现场".to_owned(), on: None };
    world.as_staff("leader_city", &number, &instruct, FILED).await;
    let inquire = Command::Inquire { question: "现场看过了吗".to_owned() };
    world.as_staff("supervisor_wuxing", &number, &inquire, FILED).await;
    world.as_staff("centre_wuxing", &number, &dispatch(world.departments[0], &[]), FILED).await;
    world.as_staff("handler_jianshe", &number, &Command::Sign, FILED).await;
    world.as_staff("handler_jianshe", &number, &answer(), FILED).await;
    world.as_staff("centre_wuxing", &number, &called(false), FILED).await;
    // Three working days after it was asked, and five after the answer.
    for (before, due, kind, to) in [
        (
            datetime!(2026-11-25 17:29 +8),
            datetime!(2026-11-25 17:30 +8),
            "reply_overdue",
            &["centre_wuxing", "handler_jianshe", "supervisor_city", "supervisor_wuxing"][..],
        ),
        (datetime!(2026-11-27 17:29 +8), datetime!(2026-11-27 17:30 +8), "call_back_overdue", &["centre_wuxing"]),
    ] {
        assert_eq!(turn(&world, before).await, std::slice::from_ref(&number), "{kind}: warned of");
        assert_eq!(kinds(&world, &number).await.last().map(String::as_str), Some("owed_warned"), "{kind}");
        assert_eq!(turn(&world, before).await, Vec::<String>::new(), "{kind}: once");
        let both = tokio::join!(turn(&world, due), turn(&world, due));
        assert_eq!([both.0, both.1].concat(), std::slice::from_ref(&number), "{kind}");
        assert_eq!(kinds(&world, &number).await.last().map(String::as_str), Some(kind));
        let mut conn = world.store.system().await.unwrap();
        store::outbox::drain(&mut conn, due, 500).await.unwrap();
        drop(conn);
        let told: Vec<String> =
            sqlx::query_scalar("select s.login from message m join staff s on s.id = m.staff_id where m.kind = $1 order by 1")
                .bind(kind)
                .fetch_all(&world.owner)
                .await
                .unwrap();
        assert_eq!(told, to, "{kind}");
    }
    // Nobody rated it, and it was tried: the clock closes it.
    assert_eq!(turn(&world, datetime!(2027-01-10 09:00 +8)).await, std::slice::from_ref(&number));
    assert_eq!(turn(&world, datetime!(2027-01-10 09:00 +8)).await, Vec::<String>::new(), "once");
    // The department of the reply, and the centre of the call-back.
    let mut conn = world.store.system().await.unwrap();
    store::outbox::drain(&mut conn, datetime!(2027-01-10 09:00 +8), 500).await.unwrap();
    drop(conn);
    let warned = "select s.login from message m join staff s on s.id = m.staff_id where m.kind = 'owed_warned' order by 1";
    let told: Vec<String> = sqlx::query_scalar(warned).fetch_all(&world.owner).await.unwrap();
    assert_eq!(told, ["centre_wuxing", "handler_jianshe"]);
    world.end().await;
}

/// Signed for by the construction bureau at that time.
async fn handled(world: &World, at: OffsetDateTime) -> String {
    let number = world.file(&world.a, "厂门口积水", &[], at).await.number;
    let (way, with, result) = (ContactWay::Phone, "陈伟".to_owned(), "约好到现场看".to_owned());
    world.as_staff("centre_wuxing", &number, &Command::Contact { way, with, reached: true, result }, at).await;
    world.as_staff("centre_wuxing", &number, &accept(), at).await;
    world.as_staff("centre_wuxing", &number, &dispatch(world.departments[0], &[]), at).await;
    world.as_staff("handler_jianshe", &number, &Command::Sign, at).await;
    number
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn two_servers_close_once_what_nobody_rated(pool: PgPool) {
    let world = World::new(pool).await;
    let number = handled(&world, FILED).await;
    world.as_staff("handler_jianshe", &number, &answer(), FILED).await;
    for hour in 0..3 {
        world.as_staff("centre_wuxing", &number, &called(false), FILED + Duration::hours(hour)).await;
    }
    // Ten working days, and not ten days.
    assert_eq!(turn(&world, datetime!(2026-12-04 17:29 +8)).await, Vec::<String>::new());
    let at = datetime!(2026-12-04 17:30 +8);
    let both = tokio::join!(turn(&world, at), turn(&world, at), turn(&world, at), turn(&world, at));
    assert_eq!([both.0, both.1, both.2, both.3].concat(), std::slice::from_ref(&number), "one of them");
    assert_eq!(kinds(&world, &number).await.iter().filter(|kind| *kind == "closed").count(), 1);
    let mut conn = world.store.system().await.unwrap();
    store::outbox::drain(&mut conn, at, 500).await.unwrap();
    drop(conn);
    let twice = "select count(*) - count(distinct person_id) from message where kind = 'closed'";
    assert_eq!(world.count(twice).await, 0, "nobody hears of it twice");
    assert!(world.count("select count(*) from message where kind = 'closed'").await > 0, "its members do once");
    let silent = "select count(*) from issue_measure where closed and solved is null and content is null";
    assert_eq!(world.count(silent).await, 1, "neither solved nor rated");
    let broken = store::issue::invariants::broken(&mut world.store.system().await.unwrap(), at).await.unwrap();
    assert_eq!(broken, []);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn two_servers_put_once_under_supervision_what_is_late_for_long(pool: PgPool) {
    let world = World::new(pool).await;
    let number = handled(&world, datetime!(2026-12-07 09:00 +8)).await;
    turn(&world, datetime!(2026-12-19 09:00 +8)).await;
    let due: OffsetDateTime =
        sqlx::query_scalar("select alarm_at from issue where number = $1").bind(&number).fetch_one(&world.owner).await.unwrap();
    assert_eq!(turn(&world, due - Duration::seconds(1)).await, Vec::<String>::new());
    let both = tokio::join!(turn(&world, due), turn(&world, due), turn(&world, due), turn(&world, due));
    assert_eq!([both.0, both.1, both.2, both.3].concat(), std::slice::from_ref(&number), "one of them");
    assert_eq!(kinds(&world, &number).await.last().map(String::as_str), Some("supervised"));
    let mut conn = world.store.system().await.unwrap();
    store::outbox::drain(&mut conn, due, 500).await.unwrap();
    drop(conn);
    let told = "select s.login from message m join staff s on s.id = m.staff_id where m.kind = 'supervised' order by 1";
    let told: Vec<String> = sqlx::query_scalar(told).fetch_all(&world.owner).await.unwrap();
    assert_eq!(told, ["centre_wuxing", "supervisor_city", "supervisor_wuxing"]);
    world.end().await;
}

/// What a city has already follows the clock as well, once 0087 has run.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn answers_of_before_are_closed_too(pool: PgPool) {
    let world = World::new(pool).await;
    let (called_back, uncalled) = (handled(&world, FILED).await, handled(&world, FILED).await);
    for number in [&called_back, &uncalled] {
        world.as_staff("handler_jianshe", number, &answer(), FILED).await;
    }
    world.as_staff("centre_wuxing", &called_back, &called(true), FILED + Duration::hours(1)).await;
    // As before there was the rule.
    sqlx::query("update issue set alarm_at = null").execute(&world.owner).await.unwrap();
    sqlx::raw_sql(include_str!("../../migrations/0087_clock_closes.sql")).execute(&world.owner).await.unwrap();
    let planned: Vec<String> = sqlx::query_scalar(
        "select number from issue where alarm_at >= answered_at + interval '24 days' and alarm_at < greatest(now(), answered_at) + interval '35 days'",
    )
    .fetch_all(&world.owner)
    .await
    .unwrap();
    assert_eq!(planned, std::slice::from_ref(&called_back));
    let later = OffsetDateTime::now_utc().max(FILED) + Duration::days(60);
    assert!(turn(&world, later).await.contains(&called_back));
    assert_eq!(kinds(&world, &called_back).await.last().map(String::as_str), Some("closed"));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_passed_over_is_not_among_what_comes_next(pool: PgPool) {
    let world = World::new(pool).await;
    let first = world.file(&world.a, "厂门口积水", &[], FILED).await.number;
    let second = world.file(&world.b, "路灯不亮", &[], FILED + Duration::minutes(5)).await.number;
    let now = FILED + Duration::days(1);
    let mut conn = world.store.system().await.unwrap();
    for (limit, passed, expected) in [(9, 0, &[&first, &second][..]), (1, 0, &[&first]), (1, 1, &[&second]), (9, 2, &[])] {
        let found = alarming(&mut conn, now, limit, passed).await.unwrap();
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{limit} after {passed}");
    }
    drop(conn);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn supervision_and_leaders_write_what_the_rules_let_them_and_see_their_boards(pool: PgPool) {
    let world = World::new(pool).await;
    let number = world.file(&world.a, "厂门口积水", &[], FILED).await.number;
    let at = datetime!(2026-11-23 10:00 +8);
    turn(&world, at).await;
    let board = async |login: &str| {
        let mut conn = world.staff(login).await;
        let page = abnormal(&mut conn, Flag::Overdue, None, 30).await.unwrap();
        let counted = abnormal_counts(&mut conn).await.unwrap().into_iter().find(|(flag, _)| *flag == Flag::Overdue).unwrap().1;
        assert_eq!(counted, i64::try_from(page.rows.len()).unwrap(), "{login}");
        page.rows.into_iter().map(|row| row.number).collect::<Vec<_>>()
    };
    for login in ["supervisor_city", "supervisor_wuxing", "leader_wuxing", "centre_wuxing"] {
        assert_eq!(board(login).await, std::slice::from_ref(&number), "{login}");
    }
    for login in ["supervisor_nanxun", "handler_jianshe", "station_lianshi", "admin"] {
        assert_eq!(board(login).await, Vec::<String>::new(), "{login}");
    }
    let ask = Command::Inquire { question: "为什么还没有联系企业".to_owned() };
    world.as_staff("supervisor_wuxing", &number, &ask, at).await;
    let reply = Command::Reply { text: "已约下午上门".to_owned() };
    world.as_staff("centre_wuxing", &number, &reply, at).await;
    let instruct = Command::Instruct { leader: "王市长".to_owned(), text: "请今天到现场".to_owned(), on: None };
    let issue = world.as_staff("leader_city", &number, &instruct, at).await;
    assert_eq!(issue.flags, [Flag::Overdue, Flag::Instructed]);
    world.end().await;
}
