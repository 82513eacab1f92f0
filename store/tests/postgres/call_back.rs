//! 回访 in PostgreSQL: who is to be called back, and by whom; what is left of the queue; and the queue of extensions.

use crate::world::{World, accept, answer, dispatch, rate};
use domain::actor::CITY;
use domain::issue::{CallBack, Command, ContactWay, Flag, Said, Satisfaction, State};
use sqlx::PgPool;
use store::issue::{CommandError, call_backs, call_backs_owed, execute, extensions};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

const AT: OffsetDateTime = datetime!(2026-11-23 09:00 +8);

fn called(said: Option<(bool, Satisfaction)>) -> Command {
    let said = said.map(|(solved, level)| Said { solved, level });
    Command::CallBack(CallBack { way: ContactWay::Phone, said, notes: "企业说现场还有积水".to_owned() })
}

async fn handled(world: &World) -> String {
    let number = world.file(&world.a, "厂门口积水", &[], AT).await.number;
    world.as_staff("centre_wuxing", &number, &accept(), AT).await;
    world.as_staff("centre_wuxing", &number, &dispatch(world.departments[0], &[]), AT).await;
    world.as_staff("handler_jianshe", &number, &Command::Sign, AT).await;
    number
}

async fn owed(world: &World, login: &str, area: i32) -> Vec<(String, i32)> {
    let mut conn = world.staff(login).await;
    let page = call_backs(&mut conn, area, None, 30).await.unwrap();
    page.rows.into_iter().map(|row| (row.number, row.missed)).collect()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn every_answer_waits_for_the_call_of_its_centre_until_somebody_was_reached(pool: PgPool) {
    let world = World::new(pool).await;
    let number = handled(&world).await;
    assert_eq!(owed(&world, "centre_wuxing", 330_502).await, []);
    world.as_staff("handler_jianshe", &number, &answer(), AT + Duration::hours(1)).await;
    world.as_member(&world.a, &number, &rate(Satisfaction::Satisfied), AT + Duration::hours(2)).await;
    for (login, area) in [("centre_wuxing", 330_502), ("centre_city", CITY)] {
        assert_eq!(owed(&world, login, area).await, [(number.clone(), 0)], "{login}");
    }
    assert_eq!(owed(&world, "centre_nanxun", 330_503).await, []);
    assert_eq!(owed(&world, "centre_nanxun", CITY).await, [], "whatever is asked for, the scope decides");
    assert_eq!(
        owed(&world, "handler_jianshe", CITY).await,
        [(number.clone(), 0)],
        "it reads its issue, and has no page for this"
    );
    let mut conn = world.staff("handler_jianshe").await;
    let actor = world.staff_actor("handler_jianshe");
    let own = execute(&mut conn, &number, &called(None), &actor, "处理人", &[], AT + Duration::hours(3), &world.terms).await;
    assert!(matches!(own, Err(CommandError::Refused(_))), "never whoever answered");
    drop(conn);
    world.as_staff("centre_wuxing", &number, &called(None), AT + Duration::hours(3)).await;
    assert_eq!(owed(&world, "centre_wuxing", 330_502).await, [(number.clone(), 1)]);
    let mut conn = world.staff("centre_wuxing").await;
    let late = AT + Duration::days(30);
    assert_eq!(call_backs_owed(&mut conn, 330_502, AT).await.unwrap(), (1, 0));
    assert_eq!(call_backs_owed(&mut conn, 330_502, late).await.unwrap(), (1, 1));
    drop(conn);
    let call = called(Some((false, Satisfaction::Dissatisfied)));
    let issue = world.as_staff("centre_wuxing", &number, &call, AT + Duration::hours(5)).await;
    assert_eq!((issue.state, issue.round), (State::Dispatched, 2));
    assert_eq!(issue.flags, [Flag::Dissatisfied, Flag::Disagreed, Flag::Redispatched]);
    assert_eq!(owed(&world, "centre_wuxing", 330_502).await, [], "the next answer will be");
    let mut conn = world.store.system().await.unwrap();
    store::outbox::drain(&mut conn, AT + Duration::hours(5), 500).await.unwrap();
    let told =
        format!("select count(*) from message where kind = 'called_back' and staff_id = {}", world.staff["handler_jianshe"].0);
    assert_eq!(world.count(&told).await, 1, "the department is told what it left undone");
    drop(conn);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_departments_ask_for_waits_for_the_centre_s_ruling(pool: PgPool) {
    let world = World::new(pool).await;
    let number = handled(&world).await;
    let extend = Command::Extend { days: 3, reason: "要等水务部门的管线图".to_owned() };
    let before = world.as_staff("handler_jianshe", &number, &extend, AT + Duration::hours(1)).await.answer.unwrap().due;
    let mut centre = world.staff("centre_wuxing").await;
    let rows = extensions(&mut centre, 330_502).await.unwrap();
    assert_eq!(
        rows.iter().map(|row| (row.number.as_str(), row.days, row.due)).collect::<Vec<_>>(),
        [(&*number, 3, Some(before))]
    );
    assert!(extensions(&mut world.staff("centre_nanxun").await, CITY).await.unwrap().is_empty());
    let grant = Command::Grant { reason: "管线图下周才能拿到".to_owned() };
    let after = world.as_staff("centre_wuxing", &number, &grant, AT + Duration::hours(2)).await.answer.unwrap().due;
    assert!(after > before);
    assert!(extensions(&mut centre, 330_502).await.unwrap().is_empty());
    let mut conn = world.store.system().await.unwrap();
    store::outbox::drain(&mut conn, AT + Duration::hours(2), 500).await.unwrap();
    let told = format!(
        "select count(*) from message where kind = 'extended' and person_id = {} and body like '%管线图%'",
        world.a.person
    );
    assert_eq!(world.count(&told).await, 1, "the enterprise is told why");
    drop((conn, centre));
    world.end().await;
}
