//! The scope of a key, answers that are given once, and webhooks that several servers send.

use crate::world::{Firm, World, accept, dispatch, morning};
use domain::actor::Actor;
use domain::api_key::{Rates, Scope};
use domain::issue::{Channel, Command, Refusal, Submission};
use serde_json::json;
use sqlx::PgPool;
use std::collections::BTreeSet;
use store::api::issue::{self, Giving, Wanted};
use store::api::webhook;
use store::api::{Begun, begin, forget, keep};
use store::api_key::NewKey;
use store::issue::{CommandError, Filing};
use store::{Conn, StoreError};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

async fn key(world: &World, name: &str) -> i64 {
    let mut system = world.store.system().await.unwrap();
    let new = NewKey {
        name,
        hash: name.as_bytes(),
        channel: Channel::Hotline,
        scopes: &[Scope::Write, Scope::Read],
        rates: Rates::USUAL,
    };
    store::api_key::add(&mut system, &new, None, morning()).await.unwrap()
}

async fn open(world: &World, name: &str) -> Conn {
    let (conn, key) = world.store.open_key(name.as_bytes(), OffsetDateTime::now_utc(), true).await.unwrap();
    assert_eq!(key.unwrap().name, name);
    conn
}

/// Files for a firm by a key; the number.
async fn file(world: &World, conn: &mut Conn, key: i64, firm: &Firm, external: &str) -> String {
    try_file(world, conn, key, firm, external, Uuid::new_v4()).await.unwrap()
}

async fn try_file(
    world: &World,
    conn: &mut Conn,
    key: i64,
    firm: &Firm,
    external: &str,
    client_key: Uuid,
) -> Result<String, CommandError> {
    let command = Command::Submit(Submission {
        title: "路灯不亮".to_owned(),
        text: "厂区西门口连续六盏路灯不亮，晚班员工骑车很不安全".to_owned(),
        category: "drainage".to_owned(),
        place: "织里镇".to_owned(),
        area: firm.area,
        channel: Channel::Hotline,
        photos: 0,
    });
    let filing = Filing {
        client_key,
        actor: &Actor::Integration { key, enterprise: firm.id },
        actor_name: "12345 热线",
        command: &command,
        enterprise: firm.id,
        contact_name: "陈某某",
        contact_phone: "13912345678",
        photos: &[],
        most_a_day: 0,
    };
    Ok(issue::file(conn, key, external, b"x", &filing, morning(), &world.terms).await?.number)
}

/// Drains the outbox to the bottom.
async fn drain(system: &mut Conn, now: OffsetDateTime) {
    while store::outbox::drain(system, now, 1).await.unwrap() > 0 {}
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_key_sees_and_moves_only_what_came_in_by_it(owner: PgPool) {
    let world = World::new(owner).await;
    let (one, two) = (key(&world, "one").await, key(&world, "two").await);
    world.file(&world.a, "道路积水", &[], morning()).await;
    let mut mine = open(&world, "one").await;
    let number = file(&world, &mut mine, one, &world.a, "GD-1").await;
    let mut theirs = open(&world, "two").await;
    let wanted = Wanted { limit: 10, ..Wanted::default() };
    let now = OffsetDateTime::now_utc();
    let (rows, _, more) = issue::list(&mut mine, one, &wanted, now).await.unwrap();
    assert_eq!((rows.len(), more, rows[0].number.as_str(), rows[0].external_id.as_str()), (1, false, number.as_str(), "GD-1"));
    // Whatever is asked with the other's name: the scope answers.
    assert!(issue::list(&mut theirs, one, &wanted, now).await.unwrap().0.is_empty());
    assert!(matches!(issue::get(&mut theirs, &number).await, Err(StoreError::NotFound)));
    assert!(issue::filed(&mut theirs, one, "GD-1").await.unwrap().is_none());
    let withdraw = Command::Withdraw { reason: "企业说修好了".to_owned() };
    let give = async |conn: &mut Conn, key: i64| {
        let actor = Actor::Integration { key, enterprise: world.a.id };
        store::issue::execute(conn, &number, &withdraw, &actor, "x", &[], morning(), &world.terms).await
    };
    assert!(matches!(give(&mut theirs, two).await, Err(CommandError::Store(StoreError::NotFound))));
    // The rules say so, too, should the scope ever not.
    let mut system = world.store.system().await.unwrap();
    assert!(matches!(give(&mut system, two).await, Err(CommandError::Refused(Refusal::NotAllowed(_)))));
    assert!(give(&mut mine, one).await.is_ok());
    // Nobody files in another's name.
    let forged = Filing {
        client_key: Uuid::new_v4(),
        actor: &Actor::Integration { key: one, enterprise: world.a.id },
        actor_name: "x",
        command: &crate::world::submission("冒名", world.a.area),
        enterprise: world.a.id,
        contact_name: "x",
        contact_phone: "13912345678",
        photos: &[],
        most_a_day: 0,
    };
    let refused = store::issue::file(&mut theirs, &forged, morning(), &world.terms).await;
    assert!(matches!(refused, Err(CommandError::Store(StoreError::RowRefused))));
    // One that ended opens nothing.
    store::api_key::revoke(&mut system, one, None, now).await.unwrap();
    let (mut ended, none) = world.store.open_key(b"one", now, true).await.unwrap();
    assert!(none.is_none() && matches!(issue::get(&mut ended, &number).await, Err(StoreError::NotFound)));
    drop((mine, theirs, system, ended));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_marked_request_is_answered_once_and_the_same(owner: PgPool) {
    let world = World::new(owner).await;
    let id = key(&world, "one").await;
    let mut conn = open(&world, "one").await;
    let now = morning();
    assert_eq!(begin(&mut conn, id, "m", b"a", now).await.unwrap(), Begun::Fresh);
    assert_eq!(begin(&mut conn, id, "m", b"a", now).await.unwrap(), Begun::Running);
    assert_eq!(begin(&mut conn, id, "m", b"b", now).await.unwrap(), Begun::Other);
    // Whoever began it died.
    assert_eq!(begin(&mut conn, id, "m", b"b", now + Duration::minutes(2)).await.unwrap(), Begun::Other);
    assert_eq!(begin(&mut conn, id, "m", b"a", now + Duration::minutes(2)).await.unwrap(), Begun::Fresh);
    keep(&mut conn, id, "m", 201, &json!({ "number": 1 }), now).await.unwrap();
    let later = now + Duration::days(20);
    assert_eq!(begin(&mut conn, id, "m", b"a", later).await.unwrap(), Begun::Answered(201, json!({ "number": 1 })));
    forget(&mut conn, id, "m").await.unwrap();
    assert_eq!(begin(&mut conn, id, "m", b"b", later).await.unwrap(), Begun::Other, "what was answered stays");
    assert_eq!(begin(&mut conn, id, "n", b"a", now).await.unwrap(), Begun::Fresh);
    forget(&mut conn, id, "n").await.unwrap();
    assert_eq!(begin(&mut conn, id, "n", b"b", now).await.unwrap(), Begun::Fresh);
    drop(conn);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_marked_command_and_that_it_was_done_are_written_together(owner: PgPool) {
    let world = World::new(owner).await;
    let id = key(&world, "one").await;
    let mut conn = open(&world, "one").await;
    let number = file(&world, &mut conn, id, &world.a, "GD-1").await;
    let now = morning() + Duration::hours(1);
    let command = Command::Withdraw { reason: "企业说修好了".to_owned() };
    let actor = Actor::Integration { key: id, enterprise: world.a.id };
    let giving = Giving { number: &number, command: &command, actor: &actor, actor_name: "x", mark: Some("m") };
    assert_eq!(begin(&mut conn, id, "m", b"a", now).await.unwrap(), Begun::Fresh);
    assert!(issue::give(&mut conn, id, &giving, now, &world.terms).await.unwrap());
    // Its answer was lost; whoever asks again, a moment later or much later, is told that it was done.
    for later in [Duration::ZERO, Duration::minutes(5), Duration::days(20)] {
        assert_eq!(begin(&mut conn, id, "m", b"a", now + later).await.unwrap(), Begun::Done(200));
    }
    forget(&mut conn, id, "m").await.unwrap();
    assert_eq!(begin(&mut conn, id, "m", b"a", now).await.unwrap(), Begun::Done(200), "what was done stays");
    assert!(!issue::give(&mut conn, id, &giving, now, &world.terms).await.unwrap(), "nor does it happen again");
    // What is refused is not done.
    assert_eq!(begin(&mut conn, id, "n", b"a", now).await.unwrap(), Begun::Fresh);
    let refused = issue::give(&mut conn, id, &Giving { mark: Some("n"), ..giving }, now, &world.terms).await;
    assert!(matches!(refused, Err(CommandError::Refused(_))), "{refused:?}");
    assert_eq!(begin(&mut conn, id, "n", b"a", now).await.unwrap(), Begun::Running);
    assert_eq!(world.count("select count(*) from issue_event where kind = 'withdrawn'").await, 1);
    drop(conn);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_mark_of_another_filing_is_no_receipt_of_it(owner: PgPool) {
    let world = World::new(owner).await;
    let (one, two) = (key(&world, "one").await, key(&world, "two").await);
    let (mut mine, mut theirs) = (open(&world, "one").await, open(&world, "two").await);
    let mark = Uuid::new_v4();
    try_file(&world, &mut mine, one, &world.a, "GD-1", mark).await.unwrap();
    let refused = try_file(&world, &mut theirs, two, &world.a, "GD-1", mark).await;
    assert!(matches!(refused, Err(CommandError::Store(StoreError::RowRefused))), "{refused:?}");
    drop((mine, theirs));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_key_is_replaced_in_its_row_unless_it_has_ended(owner: PgPool) {
    let world = World::new(owner).await;
    let id = key(&world, "one").await;
    let now = OffsetDateTime::now_utc();
    let mut system = world.store.system().await.unwrap();
    assert_eq!(store::api_key::replace(&mut system, id, b"fresh").await.unwrap().as_deref(), Some("one"));
    assert!(world.store.open_key(b"one", now, true).await.unwrap().1.is_none());
    assert_eq!(world.store.open_key(b"fresh", now, true).await.unwrap().1.map(|key| key.id), Some(id));
    store::api_key::revoke(&mut system, id, None, now).await.unwrap();
    assert_eq!(store::api_key::replace(&mut system, id, b"later").await.unwrap(), None);
    assert!(world.store.open_key(b"later", now, true).await.unwrap().1.is_none());
    // Those who keep none replace none.
    let mut centre = world.staff("centre_city").await;
    assert_eq!(store::api_key::replace(&mut centre, id, b"mine").await.unwrap(), None);
    drop((system, centre));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_step_is_not_planned_again_once_its_delivery_is_forgotten(owner: PgPool) {
    let world = World::new(owner).await;
    let id = key(&world, "one").await;
    let mut conn = open(&world, "one").await;
    let since = morning() - Duration::hours(1);
    webhook::add(&mut conn, id, "https://example.com/", "secret", since).await.unwrap().unwrap();
    let number = file(&world, &mut conn, id, &world.a, "GD-1").await;
    let mut system = world.store.system().await.unwrap();
    drain(&mut system, morning() + Duration::hours(1)).await;
    assert_eq!(world.count("select count(*) from api_delivery where kind = 'submitted'").await, 1);
    // Kept long enough (domain::retention); then the issue moves.
    sqlx::query("delete from api_delivery").execute(&world.owner).await.unwrap();
    let later = morning() + Duration::days(40);
    world.as_staff("centre_wuxing", &number, &accept(), later).await;
    drain(&mut system, later + Duration::minutes(1)).await;
    let planned: Vec<String> = sqlx::query_scalar("select kind from api_delivery").fetch_all(&world.owner).await.unwrap();
    assert_eq!(planned, ["accepted"]);
    drop((conn, system));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn each_key_has_its_turn_and_one_that_ended_has_none(owner: PgPool) {
    let world = World::new(owner).await;
    let (one, two) = (key(&world, "one").await, key(&world, "two").await);
    let since = morning() - Duration::hours(1);
    let (mut first, mut second) = (open(&world, "one").await, open(&world, "two").await);
    for (conn, key) in [(&mut first, one), (&mut second, two)] {
        webhook::add(conn, key, "https://example.com/", "secret", since).await.unwrap().unwrap();
    }
    for n in 0..9 {
        file(&world, &mut first, one, &world.a, &format!("GD-{n}")).await;
    }
    file(&world, &mut second, two, &world.b, "GD-1").await;
    let mut system = world.store.system().await.unwrap();
    let now = morning() + Duration::hours(1);
    drain(&mut system, now).await;
    let taken = webhook::claim(&mut system, now, 8, &[]).await.unwrap();
    let of = |key: i64| taken.iter().filter(|due| due.key == key).count();
    assert_eq!((of(one), of(two)), (2, 1), "a long list keeps nobody waiting");
    assert!(webhook::claim(&mut system, now, 8, &[one, two]).await.unwrap().is_empty(), "what is under way comes first");
    assert_eq!(webhook::claim(&mut system, now, 1, &[two]).await.unwrap().len(), 1, "no more than there is room for");
    // A key that ended, with a subscription that was added at the same moment.
    sqlx::query("update api_key set revoked_at = now() where name = 'one'").execute(&world.owner).await.unwrap();
    assert!(webhook::claim(&mut system, now, 8, &[]).await.unwrap().is_empty());
    let before = world.count("select count(*) from api_delivery").await;
    file(&world, &mut first, one, &world.a, "GD-9").await;
    drain(&mut system, now).await;
    assert_eq!(world.count("select count(*) from api_delivery").await, before, "nothing more is planned");
    drop((first, second, system));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn each_step_is_planned_once_and_taken_by_one_server(owner: PgPool) {
    let world = World::new(owner).await;
    let id = key(&world, "one").await;
    let mut conn = open(&world, "one").await;
    let added =
        webhook::add(&mut conn, id, "https://example.com/", "secret", morning() - Duration::hours(1)).await.unwrap().unwrap();
    let number = file(&world, &mut conn, id, &world.a, "GD-1").await;
    world.as_staff("centre_wuxing", &number, &accept(), morning()).await;
    world.as_staff("centre_wuxing", &number, &dispatch(world.departments[0], &[]), morning()).await;
    let mut system = world.store.system().await.unwrap();
    let now = morning() + Duration::hours(1);
    drain(&mut system, now).await;
    let planned: Vec<(String, i64)> = sqlx::query_as("select kind, count(*) from api_delivery group by kind order by kind")
        .fetch_all(&world.owner)
        .await
        .unwrap();
    let once = |kind: &str| (kind.to_owned(), 1);
    assert_eq!(planned, [once("accepted"), once("dispatched"), once("submitted")]);

    let mut other = world.store.system().await.unwrap();
    let first = webhook::claim(&mut system, now, 2, &[]).await.unwrap();
    let second = webhook::claim(&mut other, now, 2, &[]).await.unwrap();
    let ids: BTreeSet<i64> = first.iter().chain(&second).map(|due| due.id).collect();
    assert_eq!((first.len(), second.len(), ids.len()), (2, 1, 3), "no two take the same");
    assert!(first.iter().all(|due| due.url == "https://example.com/" && due.secret == "secret" && due.attempts == 1));
    // The second server died with what it took; the first was slow, and what it says late of a try that is another's counts for nothing.
    let later = now + Duration::seconds(61);
    let mut again = webhook::claim(&mut system, later, 10, &[]).await.unwrap();
    again.extend(webhook::claim(&mut system, later, 10, &[]).await.unwrap());
    assert_eq!(again.len(), 3);
    webhook::tried(&mut other, &second[0], Some(200), None, later).await.unwrap();
    let sent = "select count(*) from api_delivery where state = 'sent'";
    assert_eq!(world.count(sent).await, 0);
    for due in &again[..2] {
        webhook::tried(&mut system, due, Some(204), None, later).await.unwrap();
    }
    webhook::tried(&mut system, &again[2], None, Some("连不上"), later).await.unwrap();
    assert_eq!(world.count(sent).await, 2);
    assert!(
        webhook::claim(&mut system, later + Duration::seconds(20), 10, &[]).await.unwrap().is_empty(),
        "30 seconds after the second try"
    );
    assert_eq!(webhook::claim(&mut system, later + Duration::seconds(31), 10, &[]).await.unwrap().len(), 1);
    // An end is an end.
    assert!(webhook::end(&mut conn, id, added.id, later).await.unwrap());
    assert!(webhook::claim(&mut system, later + Duration::days(1), 10, &[]).await.unwrap().is_empty());
    assert_eq!(world.count("select count(*) from api_delivery where state = 'dead'").await, 1);
    drop((conn, system, other));
    world.end().await;
}
