//! Policies: two people publish, what is published and frozen stays, matching writes differences only, nothing is told twice.

use crate::world::{World, morning};
use domain::actor::{CITY, Duty};
use domain::policy::application::{Command, State};
use domain::policy::book::Book;
use domain::policy::facts::Facts;
use domain::policy::library::{Attribute, AttributeKind, Question, Tag};
use domain::policy::model::Item;
use domain::policy::money::Fen;
use domain::policy::version::{self, Editor, Refusal};
use serde_json::{Value, json};
use sqlx::PgPool;
use store::identity::{self, NewStaff, Who};
use store::policy::application::{ApplicationError, File, NewApplication, Words};
use store::policy::item::{Keeper, VersionError};
use store::policy::matching::{Matched, match_enterprises, match_item, preview};
use store::policy::notice::{Preference, choose, queue_deadlines, tell};
use store::policy::portrait::{self, Change};
use store::policy::{application, evaluation, item, library};
use store::{Conn, StoreError};
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

pub fn today() -> Date {
    morning().date()
}

/// Eight per cent of the investment for manufacturers from five million on.
pub fn upgrade(id: &str, ends: Date) -> Item {
    let day = domain::policy::model::day::text;
    serde_json::from_value(json!({
        "id": id, "title": "设备补助", "document": { "no": "1号", "title": "办法" }, "level": "city", "tags": ["技改"],
        "valid": { "from": day(today() - Duration::days(30)), "to": day(ends) },
        "apply": { "mode": "declare", "from": day(today() - Duration::days(30)), "to": day(ends) },
        "clauses": { "c1": "500万元以上" },
        "condition": { "all": [
            { "num": { "attr": "equipment_investment", "op": "ge", "value": "5000000" }, "clause": "c1" },
            { "in_set": { "attr": "industry", "codes": ["C"] }, "clause": "c1" } ] },
        "amount": { "percent": { "of": "equipment_investment", "rate": "0.08" } },
    }))
    .unwrap()
}

pub fn says(code: &str, value: Value) -> Change {
    Change { code: code.to_owned(), value: Some(value), period: "2025".to_owned(), source: "市经信局".to_owned() }
}

pub async fn libraries(conn: &mut Conn) {
    for (code, kind, may) in [("equipment_investment", AttributeKind::Money, true), ("industry", AttributeKind::Code, false)] {
        let attribute = Attribute {
            code: code.to_owned(),
            name: code.to_owned(),
            kind,
            unit: String::new(),
            source: String::new(),
            refresh: "annual".to_owned(),
            enterprise_may_state: may,
            want: domain::policy::library::Want::None,
        };
        library::put_attribute(conn, &attribute).await.unwrap();
    }
    library::put_tag(conn, &Tag { code: "hightech".into(), name: "高企".into(), meaning: String::new() }).await.unwrap();
    library::put_question(conn, &Question { code: "core-ip".into(), text: "是否有知识产权？".into() }).await.unwrap();
}

/// An item of 市建设局 that is published, with the facts that fit A and not B; nothing is matched yet.
pub async fn published(world: &World) -> (i64, Item) {
    let mut conn = world.store.system().await.unwrap();
    libraries(&mut conn).await;
    let item = upgrade("upgrade", today() + Duration::days(14));
    let keeper = Keeper { staff: None, area: CITY, department: Some(world.departments[0]) };
    assert!(item::import(&mut conn, &item, keeper, morning()).await.unwrap());
    for (firm, investment) in [(&world.a, "12000000"), (&world.b, "4999999.99")] {
        let changes =
            [says("equipment_investment", json!(investment)), says("industry", json!("C1819")), says("tags", json!([]))];
        assert_eq!(portrait::put(&mut conn, firm.id, &changes, today(), morning()).await.unwrap(), 3);
    }
    let found = item::in_force(&mut conn, today()).await.unwrap().remove(0);
    (found.id, found.item)
}

/// A row of A in every table.
pub async fn seed(world: &World) {
    let (id, item) = published(world).await;
    let now = morning();
    let mut system = world.store.system().await.unwrap();
    match_item(&mut system, id, 0, today(), now).await.unwrap();
    tell(&mut system, today(), now, 10).await.unwrap();
    let draft = Keeper { staff: Some(world.staff["policy"].0), area: CITY, department: None };
    let entry = json!({ "code": "green", "name": "绿色工厂", "meaning": "" });
    library::propose(&mut world.staff("policy").await, "tag", "green", &entry, now).await.unwrap();
    item::save(&mut world.staff("policy").await, &upgrade("draft", today()), draft, now).await.unwrap();
    let mut member = world.member(&world.a).await;
    let chosen = [Preference { kind: "new".to_owned(), in_app: true, sms: true }];
    choose(&mut member, world.a.person, world.a.id, &chosen, &["技改".to_owned()]).await.unwrap();
    evaluation::note_question(&mut member, "HZ-2026-010100001", id, world.a.id, now).await.unwrap();
    let file =
        |id| File { id, seq: None, name: "发票.pdf".into(), content_type: "application/pdf".into(), bytes: 9, material: None };
    let (kept, pending) = (Uuid::new_v4(), Uuid::new_v4());
    for id in [kept, pending] {
        application::add_file(&mut member, &file(id), world.a.id, world.a.person, now).await.unwrap();
    }
    apply(world, &mut member, id, &item, Uuid::new_v4(), &[kept]).await.unwrap();
}

pub async fn apply(
    world: &World,
    conn: &mut Conn,
    id: i64,
    item: &Item,
    key: Uuid,
    files: &[Uuid],
) -> Result<String, StoreError> {
    let facts = portrait::get(conn, world.a.id, today()).await.unwrap();
    let new = NewApplication {
        client_key: key,
        enterprise: world.a.id,
        person: world.a.person,
        actor_name: "陈伟",
        item_id: id,
        item,
        facts: &facts,
        as_of: today(),
        amount: Fen(96_000_000),
        contact_name: "陈伟",
        contact_phone: "13800138000",
        note: "",
        files,
    };
    application::file(conn, &new, morning()).await
}

/// Gives an editor's command to version `number` of the item `two`.
pub async fn give(conn: &mut Conn, command: version::Command, number: i32, by: i64) -> Result<version::State, VersionError> {
    let editor = Editor { staff: by, area: CITY };
    let content = item::get(conn, "two", Some(number)).await?.content();
    item::command(conn, "two", number, command, &editor, &content, "依据废止", morning()).await
}

/// A draft that waits to be published by a second editor.
pub struct Waiting {
    /// Its author's account.
    pub first: i64,
    /// The other editor's.
    pub second: i64,
    /// The author's connection.
    pub author: Conn,
    /// The version.
    pub version: i32,
}

pub async fn waiting(world: &World, system: &mut Conn) -> Waiting {
    let new = NewStaff {
        login: "policy2",
        name: "沈洁",
        duty: Duty::PolicyEditor { area: CITY },
        password_hash: "x",
        must_change: false,
    };
    let second = identity::add_staff(system, &new, morning()).await.unwrap();
    let first = world.staff["policy"].0;
    let mut author = world.staff("policy").await;
    let keeper = Keeper { staff: Some(first), area: CITY, department: None };
    let version = item::save(&mut author, &upgrade("two", today()), keeper, morning()).await.unwrap();
    give(&mut author, version::Command::Submit, version, first).await.unwrap();
    Waiting { first, second, author, version }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_second_person_must_publish_and_what_is_published_stays(owner: PgPool) {
    let world = World::new(owner).await;
    let mut system = world.store.system().await.unwrap();
    libraries(&mut system).await;
    let Waiting { first, second, mut author, version } = waiting(&world, &mut system).await;
    // Neither in its author's name, nor by its author in another's.
    let own = give(&mut author, version::Command::Publish, version, first).await.unwrap_err();
    assert!(matches!(own, VersionError::Refused(Refusal::FourEyes)));
    let forged = give(&mut author, version::Command::Publish, version, second).await.unwrap_err();
    assert!(matches!(forged, VersionError::Store(_)), "in the name of another");
    let mut other = world.sign_in(identity::Who::Staff(second)).await;
    give(&mut other, version::Command::Publish, version, second).await.unwrap();
    assert_eq!(world.count("select count(*) from job where kind = 'policy_match_item'").await, 1, "the city is matched");
    // Not even the database's owner changes it.
    for sql in [
        "update policy_version set title = '别的'",
        "update policy_version set body = '{}'",
        "update policy_version set valid_to = valid_to + 1",
        "update policy_version set state = 'draft', published_at = null, published_by = null",
        "delete from policy_version",
    ] {
        let error = sqlx::query(sql).execute(&world.owner).await.unwrap_err();
        assert_eq!(error.as_database_error().unwrap().code().unwrap(), "23001", "{sql}");
    }
    // An amendment is a version of its own; withdrawing keeps what was.
    let keeper = Keeper { staff: Some(first), area: CITY, department: None };
    let amended = item::save(&mut author, &upgrade("two", today() + Duration::days(9)), keeper, morning()).await.unwrap();
    assert_eq!(amended, version + 1);
    give(&mut other, version::Command::Withdraw, version, second).await.unwrap();
    let states: Vec<String> = item::versions(&mut other, "two").await.unwrap().into_iter().map(|v| v.state).collect();
    assert_eq!(states, ["draft", "withdrawn"]);
    drop((author, other, system));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_import_run_twice_changes_nothing(owner: PgPool) {
    let world = World::new(owner).await;
    let (_, mut item) = published(&world).await;
    let mut conn = world.store.system().await.unwrap();
    let keeper = Keeper { staff: None, area: CITY, department: None };
    assert!(!item::import(&mut conn, &item, keeper, morning()).await.unwrap());
    item.title = "设备补助（修订）".to_owned();
    assert!(item::import(&mut conn, &item, keeper, morning()).await.unwrap(), "other words are a new version");
    assert_eq!(item::in_force(&mut conn, today()).await.unwrap()[0].item.version, 2);
    drop(conn);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_import_overwrites_nobodys_draft(owner: PgPool) {
    let world = World::new(owner).await;
    let mut system = world.store.system().await.unwrap();
    libraries(&mut system).await;
    let keeper = Keeper { staff: None, area: CITY, department: None };
    let mut author = world.staff("policy").await;
    let writer = Keeper { staff: Some(world.staff["policy"].0), ..keeper };
    let number = item::save(&mut author, &upgrade("two", today()), writer, morning()).await.unwrap();
    let files = upgrade("two", today() + Duration::days(1));
    let refused = item::import(&mut system, &files, keeper, morning()).await.unwrap_err();
    assert!(matches!(refused, VersionError::Refused(Refusal::DraftOpen)));
    give(&mut author, version::Command::Submit, number, world.staff["policy"].0).await.unwrap();
    let refused = item::import(&mut system, &files, keeper, morning()).await.unwrap_err();
    assert!(matches!(refused, VersionError::Refused(Refusal::Waiting)));
    let kept = item::get(&mut author, "two", None).await.unwrap();
    assert_eq!((kept.version, kept.state.as_str(), kept.item().unwrap().valid.to), (number, "submitted", Some(today())));
    drop((author, system));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn only_differences_are_written_and_told_once(owner: PgPool) {
    let world = World::new(owner).await;
    let (id, item) = published(&world).await;
    let mut conn = world.store.system().await.unwrap();
    let now = morning();
    let (first, next) = match_item(&mut conn, id, 0, today(), now).await.unwrap();
    assert_eq!((first, next), (Matched { seen: 2, new: 1, changed: 0, gone: 0 }, None));
    assert_eq!(world.count("select amount from policy_match").await, 96_000_000);
    assert_eq!(preview(&mut conn, item.clone(), today()).await.unwrap(), (1, 96_000_000));
    let before = world.count("select sum(xmin::text::bigint)::bigint from policy_match").await;
    let (again, _) = match_item(&mut conn, id, 0, today(), now + Duration::hours(1)).await.unwrap();
    assert_eq!(again, Matched { seen: 2, ..Matched::default() });
    assert_eq!(world.count("select sum(xmin::text::bigint)::bigint from policy_match").await, before, "nothing was written");
    // Two servers at once: one message.
    let mut other = world.store.system().await.unwrap();
    let (left, right) = tokio::join!(tell(&mut conn, today(), now, 10), tell(&mut other, today(), now, 10));
    assert_eq!(left.unwrap() + right.unwrap(), 1);
    assert_eq!(world.count("select count(*) from message where kind = 'policy'").await, 1);
    // A changed fact re-matches its enterprise; what is new the same day waits for the next.
    portrait::put(&mut conn, world.b.id, &[says("equipment_investment", json!("5000000"))], today(), now).await.unwrap();
    let done = match_enterprises(&mut conn, &[world.b.id], today(), now).await.unwrap();
    assert_eq!((done.new, done.gone), (1, 0));
    portrait::put(&mut conn, world.a.id, &[says("equipment_investment", json!("6000000"))], today(), now).await.unwrap();
    assert_eq!(match_enterprises(&mut conn, &[world.a.id], today(), now).await.unwrap().changed, 1);
    assert_eq!(queue_deadlines(&mut conn, today(), now).await.unwrap(), 2, "the window ends in 14 days");
    assert_eq!(queue_deadlines(&mut conn, today(), now).await.unwrap(), 0);
    assert_eq!(tell(&mut conn, today(), now, 10).await.unwrap(), 1, "B had no digest today, A had");
    assert_eq!(tell(&mut conn, today(), now, 10).await.unwrap(), 0);
    assert_eq!(tell(&mut conn, today() + Duration::days(1), now, 10).await.unwrap(), 1);
    assert_eq!(world.count("select count(*) from message where kind = 'policy'").await, 3);
    // What is withdrawn matches nobody any more.
    let editor = Editor { staff: world.staff["policy"].0, area: CITY };
    item::command(&mut conn, "upgrade", 1, version::Command::Withdraw, &editor, "", "依据废止", now).await.unwrap();
    let (gone, _) = match_item(&mut conn, id, 0, today(), now).await.unwrap();
    assert_eq!(gone.gone, 2);
    drop((conn, other));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn preferences_and_subscriptions_are_kept_to(owner: PgPool) {
    let world = World::new(owner).await;
    let (id, _) = published(&world).await;
    let mut conn = world.store.system().await.unwrap();
    let mut member = world.member(&world.a).await;
    let by_sms = [Preference { kind: "new".to_owned(), in_app: false, sms: true }];
    choose(&mut member, world.a.person, world.a.id, &by_sms, &["技改".to_owned()]).await.unwrap();
    match_item(&mut conn, id, 0, today(), morning()).await.unwrap();
    tell(&mut conn, today(), morning(), 10).await.unwrap();
    assert_eq!(world.count("select count(*) from message where kind = 'policy'").await, 0);
    assert_eq!(world.count("select count(*) from job where kind = 'sms_notice'").await, 1);
    // Another subject only: nothing is told of this one.
    choose(&mut member, world.a.person, world.a.id, &by_sms, &["用工".to_owned()]).await.unwrap();
    queue_deadlines(&mut conn, today(), morning()).await.unwrap();
    tell(&mut conn, today() + Duration::days(1), morning(), 10).await.unwrap();
    assert_eq!(world.count("select count(*) from message where kind = 'policy'").await, 0);
    drop((conn, member));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_enterprise_states_what_it_may_and_nothing_else(owner: PgPool) {
    let world = World::new(owner).await;
    published(&world).await;
    let mut member = world.member(&world.a).await;
    let now = morning();
    let change = [says("equipment_investment", json!("7000000")), says("attest.core-ip", json!(true))];
    assert_eq!(portrait::put(&mut member, world.a.id, &change, today(), now).await.unwrap(), 2);
    assert_eq!(portrait::put(&mut member, world.a.id, &change, today(), now).await.unwrap(), 0, "the same again is no change");
    for (enterprise, code) in [(world.a.id, "industry"), (world.a.id, "tags"), (world.b.id, "equipment_investment")] {
        let refused = portrait::put(&mut member, enterprise, &[says(code, json!("C1"))], today(), now).await;
        assert!(refused.is_err(), "{code} of {enterprise}");
    }
    let facts = portrait::get(&mut member, world.a.id, today()).await.unwrap();
    assert_eq!(
        (facts.get("equipment_investment").unwrap().value.as_str(), facts.attest.get("core-ip")),
        ("7000000", Some(&true))
    );
    let history = portrait::history(&mut member, world.a.id, "equipment_investment").await.unwrap();
    assert_eq!(history.iter().map(|h| h.value.clone().unwrap()).collect::<Vec<_>>(), [json!("7000000"), json!("12000000")]);
    drop(member);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_application_can_be_computed_again_from_what_is_frozen(owner: PgPool) {
    let world = World::new(owner).await;
    let (id, item) = published(&world).await;
    let mut member = world.member(&world.a).await;
    let key = Uuid::new_v4();
    let number = apply(&world, &mut member, id, &item, key, &[]).await.unwrap();
    assert_eq!(apply(&world, &mut member, id, &item, key, &[]).await.unwrap(), number, "the same form files once");
    let second = apply(&world, &mut member, id, &item, Uuid::new_v4(), &[]).await.unwrap_err();
    assert!(matches!(second, StoreError::Conflict(key) if key == "application_open_key"));
    // Facts and policy move on.
    portrait::put(&mut member, world.a.id, &[says("equipment_investment", json!("1"))], today(), morning()).await.unwrap();
    let mut reviewer = world.staff("handler_jianshe").await;
    let found = application::get(&mut reviewer, &number).await.unwrap();
    let version = item::get(&mut reviewer, "upgrade", Some(found.version)).await.unwrap();
    let facts: Facts = found.facts().unwrap();
    let again = Book::new(vec![version.item().unwrap()], found.as_of).evaluate(&facts);
    assert_eq!(again.outcomes[0].amount.low, Fen(found.amount));
    for sql in ["update application set facts = '{}'", "update application set amount = 1", "update application set version = 9"]
    {
        let error = sqlx::query(sql).execute(&world.owner).await.unwrap_err();
        assert!(matches!(error.as_database_error().unwrap().code().as_deref(), Some("23001" | "23503")), "{sql}");
    }
    drop((member, reviewer));
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn money_is_the_reviewers_and_each_step_is_dated_and_told(owner: PgPool) {
    let world = World::new(owner).await;
    let (id, item) = published(&world).await;
    let mut member = world.member(&world.a).await;
    let number = apply(&world, &mut member, id, &item, Uuid::new_v4(), &[]).await.unwrap();
    let mut reviewer = world.staff("handler_jianshe").await;
    let now = morning();
    let give = async |conn: &mut Conn, command, words: &Words<'_>, now: OffsetDateTime| {
        application::command(conn, &number, command, words, "市建设局", now.date(), now).await
    };
    let mut system = world.store.system().await.unwrap();
    let second = NewStaff {
        login: "jianshe_two",
        name: "二",
        duty: Duty::Handler { department: world.departments[0] },
        password_hash: "x",
        must_change: false,
    };
    let second = identity::add_staff(&mut system, &second, now).await.unwrap();
    drop(system);
    let mut colleague = world.sign_in(Who::Staff(second)).await;
    let (one, two) = (Some(world.staff["handler_jianshe"].0), Some(second));
    let none = Words { staff: one, ..Words::default() };
    let amount = Words { amount: Some(90_000_000), staff: one, ..Words::default() };
    assert!(
        matches!(give(&mut reviewer, Command::Approve, &amount, now).await, Err(ApplicationError::Refused(_))),
        "not before a review"
    );
    assert_eq!(give(&mut reviewer, Command::Review, &none, now).await.unwrap(), State::Reviewing);
    // A member that found a way to the command is stopped by the row's own trigger.
    assert!(give(&mut member, Command::Approve, &amount, now).await.is_err());
    let mut stranger = world.staff("handler_huanbao").await;
    assert!(matches!(
        give(&mut stranger, Command::Approve, &amount, now).await,
        Err(ApplicationError::Store(StoreError::NotFound))
    ));
    // No more than the fund has; what is refused writes nothing.
    let beyond = Words { fund: Some(Fen(89_999_999)), ..amount.clone() };
    let refused = give(&mut reviewer, Command::Approve, &beyond, now).await.unwrap_err();
    assert!(refused.to_string().contains("还剩 899,999.99 元"), "{refused}");
    let within = Words { fund: Some(Fen(90_000_000)), ..amount.clone() };
    // More than was computed takes two people who say the same, whatever the first one tries.
    let more = Words { amount: Some(96_000_001), fund: Some(Fen(900_000_000)), text: "按合同金额", ..amount.clone() };
    for staff in [one, two, None] {
        assert!(give(&mut reviewer, Command::Approve, &Words { staff, ..more.clone() }, now).await.is_err());
    }
    assert_eq!(give(&mut reviewer, Command::Propose, &more, now).await.unwrap(), State::Reviewing);
    for staff in [one, two, None] {
        assert!(give(&mut reviewer, Command::Approve, &Words { staff, ..more.clone() }, now).await.is_err(), "the same hands");
    }
    let other = Words { staff: two, amount: Some(96_000_002), ..more.clone() };
    assert!(give(&mut colleague, Command::Approve, &other, now).await.is_err(), "another sum");
    assert_eq!(
        world.count("select count(*) from message where kind = 'application'").await,
        1,
        "the enterprise hears of none of it"
    );
    // An editor keeps the words of the policy; the department decides.
    let mut editor = world.staff("policy").await;
    assert!(give(&mut editor, Command::Approve, &within, now).await.is_err());
    drop(editor);
    assert_eq!(give(&mut reviewer, Command::Approve, &within, now).await.unwrap(), State::Approved);
    for staff in [one, two, None] {
        let paid = give(&mut reviewer, Command::Pay, &Words { staff, ..amount.clone() }, now + Duration::days(3)).await;
        assert!(paid.is_err(), "who approves does not pay, in whosever name");
    }
    assert_eq!(evaluation::spent(&mut reviewer, id).await.unwrap(), 90_000_000);
    let paid = Words { staff: two, ..amount.clone() };
    assert_eq!(give(&mut colleague, Command::Pay, &paid, now + Duration::days(3)).await.unwrap(), State::Paid);
    let five = Words { rating: Some(5), text: "很快", ..Words::default() };
    give(&mut member, Command::Rate, &five, now + Duration::days(4)).await.unwrap();
    assert!(give(&mut member, Command::Rate, &five, now + Duration::days(4)).await.is_err(), "rated once");
    let found = application::get(&mut member, &number).await.unwrap();
    assert_eq!((found.approved_amount, found.paid_amount, found.rating), (Some(90_000_000), Some(90_000_000), Some(5)));
    let kinds: Vec<String> = application::events(&mut member, found.id).await.unwrap().into_iter().map(|e| e.kind).collect();
    assert_eq!(kinds, ["rate", "pay", "approve", "propose", "review", "submitted"]);
    assert_eq!(world.count("select count(*) from message where kind = 'application'").await, 3);
    let mut editor = world.staff("policy").await;
    let figures = evaluation::of_item(&mut editor, id).await.unwrap();
    assert_eq!(figures.funnel.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [0, 0, 0, 0, 1, 1, 1]);
    assert_eq!((figures.paid, figures.rating), (90_000_000, Some((5.0, 1))));
    assert_eq!(figures.median_days, Some(3.0));
    let actors: Vec<(Option<i64>, Option<i64>)> =
        sqlx::query_as("select staff_id, person_id from application_event order by seq").fetch_all(&world.owner).await.unwrap();
    let person = (None, Some(world.a.person));
    assert_eq!(actors, [person, (one, None), (one, None), (one, None), (two, None), person], "by account, not by name");
    drop((member, reviewer, colleague, stranger, editor));
    world.end().await;
}

/// Matches an item to the city and looks ahead of it: how many enterprises, by each of the three ways there are.
async fn counted(world: &World, item: &Item) -> [u64; 3] {
    let mut conn = world.store.system().await.unwrap();
    let now = morning();
    let keeper = Keeper { staff: None, area: CITY, department: None };
    item::import(&mut conn, item, keeper, now).await.unwrap();
    let id = item::in_force(&mut conn, today()).await.unwrap().into_iter().find(|p| p.item.id == item.id).unwrap().id;
    match_item(&mut conn, id, 0, today(), now).await.unwrap();
    let count = |id| format!("select count(*) from policy_match where item_id = {id}");
    let by_item = world.count(&count(id)).await.unsigned_abs();
    sqlx::query("delete from policy_match").execute(&world.owner).await.unwrap();
    match_enterprises(&mut conn, &[world.a.id, world.b.id], today(), now).await.unwrap();
    let by_firm = world.count(&count(id)).await.unsigned_abs();
    [preview(&mut conn, item.clone(), today()).await.unwrap().0, by_item, by_firm]
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_item_of_an_area_matches_its_enterprises_and_no_others_however_counted(owner: PgPool) {
    let world = World::new(owner).await;
    let mut conn = world.store.system().await.unwrap();
    libraries(&mut conn).await;
    for firm in [&world.a, &world.b] {
        let changes = [says("equipment_investment", json!("12000000")), says("industry", json!("C1819"))];
        portrait::put(&mut conn, firm.id, &changes, today(), morning()).await.unwrap();
    }
    let areas: Vec<i32> = sqlx::query_scalar("select area from enterprise where id = any($1) order by id")
        .bind([world.a.id, world.b.id])
        .fetch_all(&world.owner)
        .await
        .unwrap();
    assert!(areas[0] != areas[1] && areas.iter().all(|area| area / 100 == CITY / 100), "two districts of the city: {areas:?}");
    for (at, (area, reached)) in
        [("全国", 2), ("浙江省", 2), ("湖州市", 2), (areas[0].to_string().as_str(), 1), ("嵊州市", 0)].into_iter().enumerate()
    {
        let item = Item { area: area.to_owned(), ..upgrade(&format!("area-{at}"), today() + Duration::days(9)) };
        assert_eq!(counted(&world, &item).await, [reached; 3], "{area}");
    }
    // What the portrait says of the place goes before the register.
    portrait::put(&mut conn, world.b.id, &[says("area", json!(areas[0].to_string()))], today(), morning()).await.unwrap();
    let item = Item { area: areas[0].to_string(), ..upgrade("area-told", today() + Duration::days(9)) };
    assert_eq!(counted(&world, &item).await, [2; 3]);
    drop(conn);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_fact_of_a_later_day_counts_in_no_way_of_counting(owner: PgPool) {
    let world = World::new(owner).await;
    let mut conn = world.store.system().await.unwrap();
    libraries(&mut conn).await;
    let (tomorrow, year) = (today() + Duration::days(1), today().year());
    for (firm, on, period) in [(&world.a, today(), year.to_string()), (&world.b, tomorrow, String::new())] {
        let change = |code: &str, value: Value| Change { period: period.clone(), ..says(code, value) };
        let changes = [change("equipment_investment", json!("12000000")), change("industry", json!("C1819"))];
        portrait::put(&mut conn, firm.id, &changes, on, morning()).await.unwrap();
    }
    let item = upgrade("dated", today() + Duration::days(9));
    assert_eq!(counted(&world, &item).await, [1; 3], "B's is recorded tomorrow");
    let next = Change { period: (year + 1).to_string(), ..says("equipment_investment", json!("13000000")) };
    portrait::put(&mut conn, world.a.id, &[next], today(), morning()).await.unwrap();
    assert_eq!(counted(&world, &item).await, [0; 3], "A's is about next year");
    drop(conn);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_size_is_that_of_the_rule_however_counted(owner: PgPool) {
    let world = World::new(owner).await;
    let mut conn = world.store.system().await.unwrap();
    libraries(&mut conn).await;
    let mut item = upgrade("sized", today() + Duration::days(9));
    item.condition =
        serde_json::from_value(json!({ "in_set": { "attr": "scale", "codes": ["small"] }, "clause": "c1" })).unwrap();
    item.amount = serde_json::from_value(json!({ "fixed": "1000" })).unwrap();
    let put = async |firm, changes: &[Change]| {
        portrait::put(&mut world.store.system().await.unwrap(), firm, changes, today(), morning()).await.unwrap();
    };
    // Nothing but what an office recorded: that counts.
    put(world.a.id, &[says("scale", json!("small")), says("industry", json!("C1819"))]).await;
    put(world.b.id, &[says("scale", json!("medium")), says("industry", json!("C1819"))]).await;
    assert_eq!(counted(&world, &item).await, [1; 3]);
    // With facts that suffice it is the rule's, and the office's stands beside it.
    put(world.b.id, &[says("employees", json!("86")), says("revenue", json!("36800000"))]).await;
    assert_eq!(counted(&world, &item).await, [2; 3]);
    let scale = portrait::get(&mut conn, world.b.id, today()).await.unwrap().get("scale").cloned().unwrap();
    assert_eq!((scale.value.as_str(), scale.recorded.unwrap().value.as_str()), ("small", "medium"));
    // Micro by one measure alone is micro.
    put(world.a.id, &[says("employees", json!("7"))]).await;
    assert_eq!(counted(&world, &item).await, [1; 3]);
    drop(conn);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn one_application_for_an_item_and_a_period(owner: PgPool) {
    let world = World::new(owner).await;
    let (id, item) = published(&world).await;
    let mut member = world.member(&world.a).await;
    let first = apply(&world, &mut member, id, &item, Uuid::new_v4(), &[]).await.unwrap();
    sqlx::query("update application set state = 'paid', paid_amount = 1").execute(&world.owner).await.unwrap();
    let again = apply(&world, &mut member, id, &item, Uuid::new_v4(), &[]).await.unwrap_err();
    assert!(matches!(&again, StoreError::Conflict(key) if key == "application_period_key"), "{again:?}");
    let live = application::live(&mut member, world.a.id).await.unwrap();
    assert_eq!((live.len(), live[0].number.as_str(), live[0].fen()), (1, first.as_str(), 1));
    assert!(live[0].is_of(&item, today()));
    // A later version that moves the window a little opens no second one: it was applied for inside it.
    let mut moved = item.clone();
    moved.apply.from = Some(today() - Duration::days(1));
    assert!(live[0].is_of(&moved, today()));
    // The next window is another one, and what it is for cannot be changed afterwards.
    let mut next = item.clone();
    next.apply.from = Some(today() + Duration::days(1));
    assert!(!live[0].is_of(&next, today()));
    apply(&world, &mut member, id, &next, Uuid::new_v4(), &[]).await.unwrap();
    let moved = sqlx::query("update application set period = 'x'").execute(&world.owner).await.unwrap_err();
    assert_eq!(moved.as_database_error().unwrap().code().unwrap(), "23001");
    drop(member);
    world.end().await;
}
