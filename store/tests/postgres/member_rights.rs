//! What an agent may not and the owner may: facts, sums, withdrawals; and what an agent makes ready.

use crate::member::{agent, refused};
use crate::policy::{apply, published, says, today};
use crate::world::{World, morning};
use domain::actor::PersonId;
use domain::member::{OWNER_SUBMITS_ABOVE, prepared};
use domain::policy::application::Command;
use domain::policy::money::Fen;
use domain::retention::{Kind, RULES};
use serde_json::json;
use sqlx::PgPool;
use store::Conn;
use store::identity::Who;
use store::member::Tell;
use store::policy::application::{self, File, NewApplication, NewPrepared, Words};
use store::policy::portrait;
use time::Duration;
use uuid::Uuid;

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_agent_states_nothing_withdraws_nothing_and_applies_up_to_the_sum(owner: PgPool) {
    let world = World::new(owner).await;
    let (id, item) = published(&world).await;
    let now = morning();
    let person = agent(&world, 1).await;
    let mut agent = world.sign_in(Who::Person(person, Some(world.a.id))).await;
    let mut owner = world.member(&world.a).await;
    let change = [says("equipment_investment", json!("6000000"))];
    let stated = portrait::put(&mut agent, world.a.id, &change, today(), now).await.map(|_| ());
    refused(stated, "an agent");
    portrait::put(&mut owner, world.a.id, &change, today(), now).await.unwrap();

    let facts = portrait::get(&mut agent, world.a.id, today()).await.unwrap();
    let ask = async |conn: &mut Conn, person: PersonId, amount: Fen| {
        let new = NewApplication {
            client_key: Uuid::new_v4(),
            enterprise: world.a.id,
            person,
            actor_name: "周敏",
            item_id: id,
            item: &item,
            facts: &facts,
            as_of: today(),
            amount,
            contact_name: "周敏",
            contact_phone: "13900000001",
            note: "",
            files: &[],
        };
        application::file(conn, &new, now).await
    };
    refused(ask(&mut agent, person, Fen(OWNER_SUBMITS_ABOVE.0 + 1)).await.map(|_| ()), "an agent");
    let number = ask(&mut agent, person, OWNER_SUBMITS_ABOVE).await.unwrap();
    let withdraw = async |conn: &mut Conn, number: &str| {
        application::command(conn, number, Command::Withdraw, &Words::default(), "周敏", today(), now).await
    };
    let done = withdraw(&mut agent, &number).await;
    assert!(matches!(&done, Err(application::ApplicationError::Store(error)) if error.is_row_refused()), "{done:?}");
    withdraw(&mut owner, &number).await.unwrap();
    ask(&mut owner, world.a.person, Fen(OWNER_SUBMITS_ABOVE.0 + 1)).await.unwrap();
    drop((agent, owner));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_an_agent_makes_ready_the_owner_submits(owner: PgPool) {
    let world = World::new(owner).await;
    let (id, item) = published(&world).await;
    let now = morning();
    let person = agent(&world, 1).await;
    let mut agent = world.sign_in(Who::Person(person, Some(world.a.id))).await;
    let mut owner = world.member(&world.a).await;
    let files = [Uuid::new_v4(), Uuid::new_v4()];
    for id in files {
        let file = File {
            id,
            seq: None,
            name: "发票.pdf".to_owned(),
            content_type: "application/pdf".to_owned(),
            bytes: 9,
            material: None,
        };
        application::add_file(&mut agent, &file, world.a.id, person, now).await.unwrap();
    }
    let seen = async |conn: &mut Conn| application::pending_files(conn, &files).await.unwrap().len();
    assert_eq!(seen(&mut owner).await, 0, "until it is ready it is the agent's");
    let ready = async |conn: &mut Conn, files: &[Uuid]| {
        let new = NewPrepared { item_id: id, contact_name: "周敏", contact_phone: "13900000001", note: "已到厂", files };
        let tell = Tell { member: None, owners: Some(prepared("设备补助", "upgrade", "周敏")) };
        application::prepare(conn, &new, &tell, now).await
    };
    refused(ready(&mut world.staff("handler_jianshe").await, &files).await, "a department");
    refused(ready(&mut world.sign_in(Who::Person(person, None)).await, &files).await, "for no enterprise");
    // A stranger's files do not come along.
    ready(&mut world.member(&world.b).await, &files).await.unwrap();
    assert_eq!(world.count("select count(*) from application_file where prepared_for is not null").await, 0);
    ready(&mut agent, &files).await.unwrap();
    ready(&mut agent, &files[..1]).await.unwrap();
    let found = application::prepared(&mut owner, world.a.id, id).await.unwrap().unwrap();
    assert_eq!((found.person_name.as_str(), found.note.as_str(), &found.files[..]), ("周敏", "已到厂", &files[..1]));
    assert_eq!(seen(&mut owner).await, 1, "what was taken out again is the agent's alone");
    let told =
        "select count(*) from message where title = '有一件申请等您提交' and link = '/policies/upgrade/apply' and person_id = ";
    assert_eq!(world.count(&format!("{told}{}", world.a.person)).await, 2);

    // Nobody waits for ever: files that nobody made ready go after two days, the others after a month.
    let mut system = world.store.system().await.unwrap();
    let purge = async |system: &mut Conn, days: i64| {
        let mut gone = Vec::new();
        for rule in RULES.iter().filter(|rule| matches!(rule.kind, Kind::Prepared | Kind::File)) {
            gone.extend(store::retention::apply(system, rule, now + Duration::days(days), 100).await.unwrap().objects);
        }
        gone
    };
    assert_eq!(purge(&mut system, 3).await, [files[1]]);
    let number = apply(&world, &mut owner, id, &item, Uuid::new_v4(), &files[..1]).await.unwrap();
    let filed = application::get(&mut owner, &number).await.unwrap();
    assert_eq!(application::files(&mut owner, filed.id).await.unwrap().len(), 1);
    assert!(application::prepared(&mut owner, world.a.id, id).await.unwrap().is_none());
    assert!(purge(&mut system, 60).await.is_empty());
    assert_eq!(world.count("select count(*) from application_prepared").await, 0, "the stranger's was too old");
    drop((agent, owner, system));
    world.end().await;
}
