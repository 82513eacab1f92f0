//! A hundred random lives through `execute`, each player on a connection of their own scope: the projection is what the events
//! say, a refusal writes nothing, and row-level security stands in the way of no command that the rules allow.

use crate::random::{Dice, PLAYERS, Player, step};
use crate::world::{Firm, World, morning};
use domain::issue::{Issue, State, decide, evolve};
use serde_json::{Value, json};
use sqlx::PgPool;
use std::collections::{BTreeMap, BTreeSet};
use store::issue::{CommandError, detail, execute};
use store::{Conn, StoreError};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime, UtcOffset};

async fn connections(world: &World) -> BTreeMap<Player, Conn> {
    let mut all = BTreeMap::new();
    for player in PLAYERS {
        let conn = match player {
            Player::Owner => world.member(&world.a).await,
            Player::OtherOwner => world.member(&world.b).await,
            Player::Assisted => world.staff("station_zhili").await,
            Player::Staff(login) => world.staff(login).await,
            Player::System => world.store.system().await.unwrap(),
        };
        all.insert(*player, conn);
    }
    all
}

/// The row as it should be, written down here a second time and not taken from the store.
fn expected(issue: &Issue, last_event_at: OffsetDateTime) -> Value {
    let text = |at: OffsetDateTime| at.to_offset(UtcOffset::UTC).format(&Rfc3339).unwrap();
    let maybe = |at: Option<OffsetDateTime>| at.map(text);
    let never = time::macros::datetime!(9999-01-01 00:00 UTC);
    json!({
        "centre": issue.centre, "state": issue.state.code(), "round": issue.round, "version": issue.version,
        "category": issue.category, "board": "general", "level": issue.level.code(), "urgency": issue.urgency.code(),
        "board_lead": issue.board_lead.filter(|_| matches!(issue.state, State::Submitted | State::Accepted)).map(|board| board.lead),
        "lead": issue.lead, "co": issue.taking_part(), "owed_by": issue.owing(), "tier": issue.tier.code(),
        "proposed": issue.proposed, "returned": issue.returned,
        "due_at": maybe(issue.answer.map(|clock| clock.due)),
        "warn_at": text(issue.warn_at().unwrap_or(never)), "late_at": text(issue.late_at().unwrap_or(never)),
        "pause_cap": maybe(issue.pause.as_ref().map(|pause| pause.cap)),
        "answered_at": maybe(issue.answered_at), "ended_at": maybe(issue.ended_at),
        "outcome": issue.outcome.map(|outcome| outcome.code()),
        "rating_level": issue.rating.as_ref().map(|rating| rating.level.code()),
        "rating_solved": issue.rating.as_ref().map(|rating| rating.solved),
        "flags": issue.flags.iter().map(|flag| flag.code()).collect::<Vec<_>>(),
        "last_event_at": text(last_event_at), "open": issue.state.is_open(), "extension": issue.extension,
        "call_back_due": maybe(issue.call_back.due),
        "call_back_missed": Some(issue.call_back.missed).filter(|missed| *missed > 0), "watched": issue.watched,
    })
}

/// The same columns as they are, instants in the same notation.
async fn projected(world: &World, number: &str, like: &Value) -> Value {
    let row: Value = sqlx::query_scalar("select to_jsonb(i) from issue i where number = $1")
        .bind(number)
        .fetch_one(&world.owner)
        .await
        .unwrap();
    let mut same = serde_json::Map::new();
    for key in like.as_object().unwrap().keys() {
        let mut value = row[key].clone();
        if let Some(at) = value.as_str().and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok()) {
            value = json!(at.to_offset(UtcOffset::UTC).format(&Rfc3339).unwrap());
        }
        same.insert(key.clone(), value);
    }
    Value::Object(same)
}

/// Everything a command could touch, as text.
async fn everything(world: &World, number: &str) -> String {
    sqlx::query_scalar(
        "select (select i::text from issue i where number = $1) || ' events ' || (select count(*) from issue_event)
            || ' outbox ' || (select count(*) from outbox) || ' messages ' || (select count(*) from message)",
    )
    .bind(number)
    .fetch_one(&world.owner)
    .await
    .unwrap()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_projection_is_what_the_events_say(owner: PgPool) {
    let mut world = World::with_connections(owner, 16).await;
    world.front().await;
    let (a, b): (Firm, Firm) = (world.a.clone(), world.b.clone());
    let mut conns = connections(&world).await;
    let mut states = BTreeSet::new();
    let (mut done, mut refused, mut unseen, mut events) = (0, 0, 0, 0);
    for seed in 0..100 {
        let mut dice = Dice::new(seed + 1);
        let mut now = morning() + Duration::minutes(i64::try_from(dice.below(10_000)).unwrap());
        let conn = conns.get_mut(&Player::Owner).unwrap();
        let number = world.file_with(conn, &a, uuid::Uuid::new_v4(), "道路积水", &[], now).await.number;
        let mut issue = detail(conn, &number).await.unwrap().aggregate(&world.terms.calendar);
        assert_eq!(issue.state, State::Submitted);
        let mut last_event_at = now;
        for _ in 0..18 {
            let (player, command, minutes) = step(&world, &issue, &mut dice);
            now += Duration::minutes(minutes);
            let actor = player.actor(&world, &a, &b);
            let before = everything(&world, &number).await;
            let conn = conns.get_mut(&player).unwrap();
            let answer = execute(conn, &number, &command, &actor, "某人", &[], now, &world.terms).await;
            match (decide(&issue, &command, &actor, now, &world.terms), answer) {
                (Ok(events), Ok(executed)) => {
                    done += 1;
                    last_event_at = now;
                    issue = events.iter().fold(issue, |issue, event| evolve(issue, event, now, &actor, &world.terms.calendar));
                    assert_eq!(executed.issue, issue);
                }
                (Err(rule), Err(CommandError::Refused(refusal))) => {
                    refused += 1;
                    assert_eq!(rule, refusal);
                    assert_eq!(before, everything(&world, &number).await, "a refusal wrote something");
                }
                (Err(_), Err(CommandError::Store(StoreError::NotFound))) => {
                    unseen += 1;
                    assert_eq!(before, everything(&world, &number).await, "a stranger wrote something");
                }
                (rules, store) => {
                    panic!("{player:?} {command:?} in {:?}: the rules say {rules:?}, the store {store:?}", issue.state)
                }
            }
            let expected = expected(&issue, last_event_at);
            assert_eq!(projected(&world, &number, &expected).await, expected, "after {command:?} by {player:?}");
            states.insert(issue.state);
        }
        let conn = conns.get_mut(&Player::System).unwrap();
        let stored = detail(conn, &number).await.unwrap();
        assert_eq!(stored.aggregate(&world.terms.calendar), issue);
        events += i64::from(issue.version);
    }
    let conn = conns.get_mut(&Player::System).unwrap();
    let walk = store::audit::walk(conn, domain::audit::Kind::Issue, None, &[]).await.unwrap();
    assert_eq!((walk.broken, walk.events), (None, events), "every link fits, and every row is what its events say");
    // A merger takes another issue that is fit for it, which chance seldom has: `beside` gives it.
    let passed = |state: &&State| !matches!(state, State::Draft | State::Merged);
    let missed = State::ALL.iter().filter(passed).filter(|state| !states.contains(state)).collect::<Vec<_>>();
    assert!(missed.is_empty(), "not passed: {missed:?} of {states:?}");
    assert!(done > 500 && refused > 100 && unseen > 20, "{done} done, {refused} refused, {unseen} unseen");
    drop(conns);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn of_two_officers_at_once_one_is_told_that_it_is_done(owner: PgPool) {
    let world = std::sync::Arc::new(World::new(owner).await);
    for _ in 0..20 {
        let number = world.file(&world.a, "道路积水", &[], morning()).await.number;
        let mut both = tokio::task::JoinSet::new();
        for login in ["centre_city", "centre_wuxing"] {
            let (world, number) = (world.clone(), number.clone());
            both.spawn(async move {
                let mut conn = world.staff(login).await;
                let actor = world.staff_actor(login);
                let command = crate::world::accept();
                execute(&mut conn, &number, &command, &actor, login, &[], morning(), &world.terms).await
            });
        }
        let answers = both.join_all().await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        assert!(answers.iter().any(|answer| matches!(answer, Err(CommandError::Refused(_)))), "{answers:?}");
    }
    std::sync::Arc::into_inner(world).unwrap().end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn pauses_that_reached_their_cap_are_found_once(owner: PgPool) {
    use crate::world::{accept, dispatch};
    use domain::actor::Actor;
    use domain::issue::Command;
    let world = World::new(owner).await;
    let now = morning();
    let number = world.file(&world.a, "道路积水", &[], now).await.number;
    world.as_staff("centre_wuxing", &number, &accept(), now).await;
    world.as_staff("centre_wuxing", &number, &dispatch(world.departments[0], &[]), now).await;
    world.as_staff("handler_jianshe", &number, &Command::Sign, now).await;
    let asked = world.as_staff("handler_jianshe", &number, &Command::Ask { what: "请补充现场照片".to_owned() }, now).await;
    let cap = asked.pause.unwrap().cap;
    let mut conn = world.store.system().await.unwrap();
    let just_before = cap - Duration::microseconds(1);
    assert!(store::issue::lapsing(&mut conn, just_before, 10, 0).await.unwrap().is_empty());
    assert_eq!(store::issue::lapsing(&mut conn, cap, 10, 0).await.unwrap(), std::slice::from_ref(&number));
    let lapse = Command::LapsePause;
    execute(&mut conn, &number, &lapse, &Actor::System, "系统", &[], cap, &world.terms).await.unwrap();
    assert!(store::issue::lapsing(&mut conn, cap + Duration::days(9), 10, 0).await.unwrap().is_empty());
    // It is with whoever asked, in their queue, and nowhere said to be with the enterprise.
    let mut handler = world.staff("handler_jianshe").await;
    let mine = store::issue::queue(&mut handler, &world.staff["handler_jianshe"].1, store::issue::Queue::Mine, cap, None, 10)
        .await
        .unwrap();
    assert_eq!(
        mine.rows.iter().map(|row| (row.number.as_str(), row.state)).collect::<Vec<_>>(),
        [(number.as_str(), State::Handling)]
    );
    drop(handler);
    drop(conn);
    world.end().await;
}
