//! Filing: once per key, a number of its own for everybody, its own pictures only.

use crate::world::{World, morning, submission};
use domain::retention::Kind;
use sqlx::PgPool;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::Conn;
use store::issue::{CommandError, Filing, execute, file};
use store::photo::NewPhoto;
use time::{Duration, OffsetDateTime, macros::datetime};
use tokio::task::JoinSet;
use uuid::Uuid;

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn fifty_clicks_on_one_form_file_one_issue(owner: PgPool) {
    let world = Arc::new(World::with_connections(owner, 16).await);
    let key = Uuid::new_v4();
    let mut clicks = JoinSet::new();
    for _ in 0..50 {
        let world = world.clone();
        clicks.spawn(async move {
            let mut conn = world.member(&world.a).await;
            world.file_with(&mut conn, &world.a, key, "道路积水", &[], morning()).await
        });
    }
    let filed = clicks.join_all().await;
    assert_eq!(filed.iter().map(|filed| filed.number.as_str()).collect::<BTreeSet<_>>().len(), 1);
    assert_eq!(filed.iter().filter(|filed| !filed.already).count(), 1, "one of them was the first");
    assert_eq!(world.count("select count(*) from issue").await, 1);
    assert_eq!(world.count("select count(*) from issue_event").await, 1);
    assert_eq!(world.count("select count(*) from outbox").await, 1);
    // The key is the enterprise's own: another one may use the same and neither sees nor loses anything.
    let mut conn = world.member(&world.b).await;
    let other = world.file_with(&mut conn, &world.b, key, "电缆沟积水", &[], morning()).await;
    assert!(!other.already);
    assert_ne!(other.number, filed[0].number);
    drop(conn);
    Arc::into_inner(world).unwrap().end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn two_hundred_at_once_get_numbers_of_their_own(owner: PgPool) {
    let world = Arc::new(World::with_connections(owner, 16).await);
    let now = datetime!(2026-11-24 09:00 +8);
    let mut filings = JoinSet::new();
    for n in 0..200 {
        let world = world.clone();
        filings.spawn(async move {
            let firm = if n % 2 == 0 { &world.a } else { &world.b };
            world.file(firm, &format!("第 {n} 件"), &[], now).await.number
        });
    }
    let numbers: BTreeSet<String> = filings.join_all().await.into_iter().collect();
    assert_eq!(numbers.len(), 200);
    for number in &numbers {
        let tail = number.strip_prefix("HZ-2026-1124").unwrap_or_else(|| panic!("{number}"));
        assert!(tail.len() == 5 && tail.parse::<u32>().unwrap() > 0, "{number}");
    }
    Arc::into_inner(world).unwrap().end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_number_bears_the_citys_day(owner: PgPool) {
    let world = World::new(owner).await;
    let number = async |at: OffsetDateTime| world.file(&world.a, "道路积水", &[], at).await.number;
    assert_eq!(number(datetime!(2026-11-24 15:59:59.999999 UTC)).await, "HZ-2026-112400001");
    assert_eq!(number(datetime!(2026-11-24 16:00:00 UTC)).await, "HZ-2026-112500001", "midnight in Huzhou");
    // Late arrivals of the day before do not take a number twice.
    let late = number(datetime!(2026-11-24 15:59:59 UTC)).await;
    assert!(late.starts_with("HZ-2026-1124") && late != "HZ-2026-112400001", "{late}");
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_hundred_thousandth_of_a_day_gets_a_longer_number(owner: PgPool) {
    let world = World::new(owner).await;
    let at = datetime!(2026-11-24 09:00 +8);
    world.file(&world.a, "第一件", &[], at).await;
    sqlx::query("select setval('issue_number_seq', nextval('issue_number_seq') + 99997)").execute(&world.owner).await.unwrap();
    let numbers = [world.file(&world.a, "第二件", &[], at).await.number, world.file(&world.a, "第三件", &[], at).await.number];
    assert_eq!(numbers, ["HZ-2026-1124100000", "HZ-2026-1124100001"]);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn only_the_filers_own_pictures_come_with_an_issue(owner: PgPool) {
    let world = World::new(owner).await;
    let (mine, foreign) = (Uuid::new_v4(), Uuid::new_v4());
    for (id, firm) in [(mine, &world.a), (foreign, &world.b)] {
        let mut conn = world.member(firm).await;
        let (enterprise, person) = (firm.id, Some(firm.person));
        let new =
            NewPhoto { id, enterprise, person, staff: None, width: 4, height: 3, bytes: 9, document: None, meant_for: None };
        store::photo::add(&mut conn, &new, morning()).await.unwrap();
    }
    let mut conn = world.member(&world.a).await;
    let pending = store::photo::pending(&mut conn, &[foreign, mine]).await.unwrap();
    assert_eq!(pending.iter().map(|kept| kept.id).collect::<Vec<_>>(), [mine]);
    let number = world.file(&world.a, "道路积水", &[foreign, mine], morning()).await.number;
    let photos = store::issue::detail(&mut conn, &number).await.unwrap().photos;
    assert_eq!(photos.iter().map(|photo| (photo.id, photo.seq)).collect::<Vec<_>>(), [(mine, 1)]);
    assert!(store::photo::get(&mut conn, foreign).await.is_err());
    // A picture belongs to one issue for ever.
    let again = world.file(&world.a, "又一件", &[mine], morning()).await.number;
    assert!(store::issue::detail(&mut conn, &again).await.unwrap().photos.is_empty());
    let mut handler = world.staff("handler_jianshe").await;
    assert!(store::photo::get(&mut handler, mine).await.is_err(), "not dispatched to it");
    // Pictures nobody filed go after a while; those that were filed stay.
    let mut system = world.store.system().await.unwrap();
    let gone = store::retention::apply(&mut system, crate::retention::rule(Kind::Photo), morning() + Duration::days(3), 9)
        .await
        .unwrap();
    assert_eq!(gone.objects, [foreign]);
    drop((conn, handler, system));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn nobody_files_for_an_enterprise_they_did_not_choose(owner: PgPool) {
    let world = World::new(owner).await;
    // The rules would let this pass, for the actor says so; the connection's scope is B's.
    let mut conn = world.member(&world.b).await;
    let filing = Filing {
        client_key: Uuid::new_v4(),
        actor: &world.a.actor(),
        actor_name: "陈伟",
        command: &submission("冒名", world.a.area),
        enterprise: world.a.id,
        contact_name: "陈伟",
        contact_phone: "13800138000",
        photos: &[],
        most_a_day: 0,
    };
    file(&mut conn, &filing, morning(), &world.terms).await.unwrap_err();
    assert_eq!(world.count("select count(*) from issue").await, 0);
    assert_eq!(world.count("select count(*) from outbox").await, 0);
    // Likewise a command: for B the issue of A is not there.
    let number = world.file(&world.a, "道路积水", &[], morning()).await.number;
    let withdraw = domain::issue::Command::Withdraw { reason: "不用了".to_owned() };
    let error = execute(&mut conn, &number, &withdraw, &world.a.actor(), "陈伟", &[], morning(), &world.terms).await.unwrap_err();
    assert!(matches!(error, store::issue::CommandError::Store(store::StoreError::NotFound)), "{error}");
    drop(conn);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_enterprise_files_so_many_in_a_day_and_again_the_next(owner: PgPool) {
    let world = World::new(owner).await;
    let mut conn = world.member(&world.a).await;
    let put = async |conn: &mut Conn, key: Uuid, at: OffsetDateTime| {
        let filing = Filing {
            client_key: key,
            actor: &world.a.actor(),
            actor_name: "陈伟",
            command: &submission("路灯不亮", world.a.area),
            enterprise: world.a.id,
            contact_name: "陈伟",
            contact_phone: "13800138000",
            photos: &[],
            most_a_day: 3,
        };
        file(conn, &filing, at, &world.terms).await
    };
    let first = Uuid::new_v4();
    for key in [first, Uuid::new_v4(), Uuid::new_v4()] {
        put(&mut conn, key, morning()).await.unwrap();
    }
    let refused = put(&mut conn, Uuid::new_v4(), morning()).await.unwrap_err();
    assert!(matches!(refused, CommandError::Store(error) if error.is_conflict_with("issue_most_a_day")));
    assert!(put(&mut conn, first, morning()).await.unwrap().already, "sent again it is none of these");
    assert_eq!(world.count("select count(*) from issue").await, 3);
    put(&mut conn, Uuid::new_v4(), morning() + Duration::days(1)).await.unwrap();
    drop(conn);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_of_the_outbox_cannot_be_read_holds_up_nothing(owner: PgPool) {
    let world = World::new(owner).await;
    let now = morning();
    let mut numbers = Vec::new();
    for title in ["路灯不亮", "道路积水", "招工困难"] {
        numbers.push(world.file(&world.a, title, &[], now).await.number);
    }
    let spoilt = "update outbox set notices = '{\"no\": \"list\"}' where id = (select min(id) from outbox)";
    sqlx::query(spoilt).execute(&world.owner).await.unwrap();
    let mut system = world.store.system().await.unwrap();
    assert_eq!(store::outbox::drain(&mut system, now, 100).await.unwrap(), 3);
    assert_eq!(world.count("select count(*) from outbox").await, 0);
    assert_eq!(world.count("select count(distinct issue_id) from message").await, 2, "the others were told");
    assert_eq!(world.count("select count(*) from outbox_aside").await, 1);
    let queues = store::job::queues(&mut system, now).await.unwrap();
    assert_eq!(queues.iter().find(|queue| queue.kind == "outbox").map(|queue| queue.dead), Some(1));
    drop(system);
    world.end().await;
}
