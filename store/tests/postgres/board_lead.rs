//! 板块牵头单位 (S-4): the second wall around what the lead of a board accepts and forwards for a department without people in the centre.

use crate::scope::{everybody, reached, take_scope};
use crate::world::{NANXUN, OPENER, World, accept, dispatch, morning};
use domain::issue::{Command, CommandKind, ContactWay, Queue, State, allowed_commands};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, PgPool};
use store::StoreError;
use store::issue::{CommandError, counts, detail, execute, history, queue, work};
use time::Duration;

const LEAD: &str = "handler_gongan";
const ABSENT: &str = "handler_jianshe";

/// A department's queue and its tab.
async fn listed(world: &World, login: &str, which: Queue) -> Vec<String> {
    let mut conn = world.staff(login).await;
    let (_, duty) = world.staff[login];
    let page = queue(&mut conn, &duty, which, morning(), None, 30).await.unwrap();
    let counted = counts(&mut conn, &duty, morning()).await.unwrap().of(which);
    assert_eq!(counted, Some(i64::try_from(page.rows.len()).unwrap()), "{login} {which:?}");
    page.rows.into_iter().map(|row| row.number).collect()
}

/// Gives a command that is to come to nothing.
async fn refused(world: &World, login: &str, number: &str, command: &Command) -> CommandError {
    let (mut conn, actor) = (world.staff(login).await, world.staff_actor(login));
    execute(&mut conn, number, command, &actor, login, &[], morning(), &world.terms).await.unwrap_err()
}

/// Who reads an issue, by the policies alone.
async fn readers(world: &World, number: &str) -> Vec<String> {
    let mut list = Vec::new();
    for (name, session) in everybody(world).await {
        if matches!(name.as_str(), "channel" | "other_channel" | "system") {
            continue;
        }
        let mut conn = PgConnection::connect_with(&world.owner.connect_options()).await.unwrap();
        take_scope(&mut conn, session.as_deref()).await;
        // The page's function has the owner's rights, and asks by itself.
        let page = reached(&mut conn, format!("select count(*) from issue_page('{number}')"), true).await;
        for table in ["issue where number", "issue_event e join issue i on i.id = e.issue_id where i.number"] {
            let seen = reached(&mut conn, format!("select count(*) from {table} = '{number}'"), true).await;
            assert_eq!(seen > 0, page > 0, "{name}: {table}");
        }
        if page > 0 {
            list.push(name);
        }
        conn.close().await.unwrap();
    }
    list
}

const ALWAYS: [&str; 5] = ["centre_city", "centre_wuxing", "leader_city", "leader_wuxing", "member_a"];

/// Those who read it whatever the boards say, and these besides.
fn with(besides: &[&str]) -> Vec<String> {
    let stations = ["station_zhili", "supervisor_city", "supervisor_wuxing"];
    let mut list: Vec<String> = ALWAYS.iter().chain(&stations).chain(besides).map(|name| (*name).to_owned()).collect();
    list.sort();
    list
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_lead_has_it_until_it_is_forwarded_and_then_who_handles_it(owner: PgPool) {
    let mut world = World::new(owner).await;
    world.front().await;
    let number = world.file(&world.a, "道路积水", &[], morning()).await.number;
    assert_eq!(readers(&world, &number).await, with(&[LEAD]));
    assert_eq!(listed(&world, LEAD, Queue::BoardLead).await, std::slice::from_ref(&number));
    assert!(listed(&world, ABSENT, Queue::BoardLead).await.is_empty());
    let minute = |n| morning() + Duration::minutes(n);
    let accepted = world.as_staff(LEAD, &number, &accept(), minute(5)).await;
    assert_eq!(accepted.state, State::Accepted);
    assert_eq!(listed(&world, LEAD, Queue::BoardLead).await, std::slice::from_ref(&number));
    let mut conn = world.staff(LEAD).await;
    let page = detail(&mut conn, &number).await.unwrap();
    let offered = allowed_commands(&page.aggregate(&world.terms.calendar), &world.staff_actor(LEAD), minute(5), &world.terms);
    assert_eq!(offered, [CommandKind::Dispatch]);
    history(&mut conn, page.id, OPENER, None, minute(5)).await.unwrap();
    drop(conn);
    // Not to itself, not to a third one.
    let [jianshe, huanbao, gongan] = world.departments;
    for wrong in [dispatch(gongan, &[]), dispatch(jianshe, &[gongan]), dispatch(huanbao, &[])] {
        assert!(matches!(refused(&world, LEAD, &number, &wrong).await, CommandError::Refused(_)));
    }
    world.as_staff(LEAD, &number, &dispatch(jianshe, &[]), minute(9)).await;
    assert_eq!(readers(&world, &number).await, with(&[ABSENT]));
    assert!(listed(&world, LEAD, Queue::BoardLead).await.is_empty());
    assert_eq!(listed(&world, ABSENT, Queue::ToSign).await, std::slice::from_ref(&number));
    let gone = refused(&world, LEAD, &number, &Command::Sign).await;
    assert!(matches!(gone, CommandError::Store(StoreError::NotFound)), "{gone}");
    // Sent back, it is the centre's.
    let back = Command::Return { reason: "该路段由属地镇街养护".to_owned(), proposed: huanbao };
    world.as_staff(ABSENT, &number, &back, minute(12)).await;
    assert_eq!(readers(&world, &number).await, with(&[]));
    // Its events are what its row says.
    let mut system = world.store.system().await.unwrap();
    let walk = store::audit::walk(&mut system, domain::audit::Kind::Issue, None, &[]).await.unwrap();
    assert_eq!(walk.broken, None);
    drop(system);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn who_is_on_site_and_whose_lead_is_elsewhere_or_of_another_board_is_accepted_for_by_the_centre(owner: PgPool) {
    let mut world = World::new(owner).await;
    for (why, sql) in [
        ("the department is on site", "update department set on_site = true where code = 'jianshe'"),
        ("the lead is of another board", "update department set code = 'sifa' where code = 'zhengwu'"),
        ("the lead is of another area", "update department set area = 330503 where code = 'zhengwu'"),
        ("the lead has nobody in the centre", "update department set on_site = false where code = 'zhengwu'"),
        ("the lead is closed", "update department set active = false where code = 'zhengwu'"),
    ] {
        let reset = "update department set code = 'gongan', area = 330500, on_site = true, active = true where code in ('zhengwu', 'sifa')";
        sqlx::query(reset).execute(&world.owner).await.unwrap();
        world.front().await;
        let before = world.file(&world.a, "道路积水", &[], morning()).await.number;
        sqlx::query(AssertSqlSafe(sql)).execute(&world.owner).await.unwrap();
        let mut system = world.store.system().await.unwrap();
        world.terms = store::terms::load_or_start(&mut system).await.unwrap();
        drop(system);
        let number = world.file(&world.a, "道路又积水了", &[], morning()).await.number;
        assert_eq!(readers(&world, &number).await, with(&[]), "{why}");
        let not_there = refused(&world, LEAD, &number, &accept()).await;
        assert!(matches!(not_there, CommandError::Store(StoreError::NotFound)), "{why}: {not_there}");
        // What was filed goes on as it was.
        assert_eq!(listed(&world, LEAD, Queue::BoardLead).await.first(), Some(&before), "{why}");
        world.as_staff("centre_wuxing", &before, &accept(), morning()).await;
        assert_eq!(readers(&world, &before).await, with(&[]), "{why}: the acceptance asked anew");
    }
    // A lead of Nanxun's stands in for Nanxun's.
    sqlx::query("update department set code = 'zhengwu', area = $1, on_site = true, active = true where id = $2")
        .bind(NANXUN)
        .bind(world.departments[2])
        .execute(&world.owner)
        .await
        .unwrap();
    world.front().await;
    let own = world.file(&world.b, "厂门口积水", &[], morning()).await.number;
    assert_eq!(listed(&world, LEAD, Queue::BoardLead).await, [own]);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_lead_writes_two_events_and_nothing_beside(owner: PgPool) {
    let mut world = World::new(owner).await;
    world.front().await;
    let number = world.file(&world.a, "道路积水", &[], morning()).await.number;
    let contact =
        Command::Contact {
            way: ContactWay::Phone, with: "陈伟".to_owned(), reached: true, result: "约好到现场看".to_owned()
        };
    for (login, command) in [(LEAD, contact), (ABSENT, accept()), ("handler_huanbao", accept()), ("centre_nanxun", accept())] {
        let why = refused(&world, login, &number, &command).await;
        assert!(matches!(why, CommandError::Refused(_) | CommandError::Store(StoreError::NotFound)), "{login}: {why}");
    }
    let (staff, _) = world.staff[LEAD];
    let mut conn = world.staff(LEAD).await;
    let issue = store::issue::versions(&mut conn, &number).await.unwrap().0;
    let noted = work::note(&mut conn, issue, staff, "市公安局 沈洁", "不该写的", morning()).await;
    assert!(matches!(noted, Err(StoreError::RowRefused)));
    assert!(matches!(work::pass(&mut conn, issue, Some(staff), "", morning()).await, Err(StoreError::RowRefused)));
    drop(conn);
    // Past the application: which events the policies let through.
    let session = world.session(store::identity::Who::Staff(staff)).await;
    let mut raw = PgConnection::connect_with(&world.owner.connect_options()).await.unwrap();
    take_scope(&mut raw, Some(&session)).await;
    for (kind, rows) in [("accepted", 1), ("dispatched", 1), ("contacted", 0), ("declined", 0), ("answered", 0), ("closed", 0)] {
        let sql = format!(
            "insert into issue_event (issue_id, seq, at, kind, actor, actor_name, event) values ({issue}, 2, now(), '{kind}', '{{}}', 'x', '{{}}')"
        );
        assert_eq!(reached(&mut raw, sql, false).await, rows, "{kind}");
    }
    raw.close().await.unwrap();
    world.end().await;
}
