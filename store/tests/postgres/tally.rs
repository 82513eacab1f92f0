//! The desk's counts are exact at any moment: whatever commands came, whatever has been folded of them, whichever way the clock went.

use crate::random::{Dice, Life, Player, step};
use crate::world::{Firm, NANXUN, WUXING, World, firm, morning};
use domain::actor::{CITY, Duty};
use domain::issue::Issue;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, PgPool};
use std::sync::Arc;
use store::Conn;
use store::identity::Who;
use store::issue::{CommandError, execute};
use store::outbox::drain;
use time::{Duration, OffsetDateTime};
use tokio::task::JoinSet;
use uuid::Uuid;

/// Of an account: the scope it sets, and which open issues are its desk's.
fn desk(duty: &Duty) -> Option<(String, String)> {
    let scope = |kind: &str, area: Option<i32>, department: Option<i64>, station: Option<i64>| {
        let or_null = |id: Option<i64>| id.map_or("null".to_owned(), |id| id.to_string());
        let (area, department, station) = (or_null(area.map(i64::from)), or_null(department), or_null(station));
        format!("select set_scope('{kind}', null, null, 1, {area}, {department}, {station})")
    };
    Some(match *duty {
        Duty::Centre { area } if area == CITY => (scope("centre", Some(area), None, None), "true".to_owned()),
        Duty::Centre { area } => (scope("centre", Some(area), None, None), format!("centre = {area}")),
        Duty::Leader { area } if area == CITY => (scope("leader", Some(area), None, None), "true".to_owned()),
        Duty::Leader { area } => (scope("leader", Some(area), None, None), format!("area = {area}")),
        Duty::Handler { department } => (scope("handler", None, Some(department), None), format!("lead = {department}")),
        Duty::Station { station, area } => {
            let whose = format!(
                "(station_id = {station} or exists (select from enterprise e where e.id = enterprise_id and e.station_id = {station}))"
            );
            (scope("station", Some(area), None, Some(station)), whose)
        }
        Duty::Supervisor { .. } | Duty::PolicyEditor { .. } | Duty::Administrator { .. } => return None,
    })
}

/// Every desk counted twice in one snapshot, by the counts and one by one; the owner is past every policy.
async fn compare(world: &World, conn: &mut PgConnection, now: OffsetDateTime, when: &str) {
    for (login, (_, duty)) in &world.staff {
        let Some((scope, whose)) = desk(duty) else { continue };
        sqlx::query(AssertSqlSafe(scope)).execute(&mut *conn).await.unwrap();
        let (assisting, fronting) = match duty {
            Duty::Handler { department } => (
                format!("(select count(*) from issue where open and owed_by @> array[{department}::bigint])"),
                format!("(select count(*) from issue where state in ('submitted', 'accepted') and board_lead = {department})"),
            ),
            _ => ("0".to_owned(), "0".to_owned()),
        };
        let sql = format!(
            "select (select array[to_accept, to_dispatch, returned, to_sign, mine, to_rate, soon, late, opened, assisting, fronting]
                    from desk_counts($1)),
                (select array[count(*) filter (where state = 'submitted'), count(*) filter (where state = 'accepted' and not returned),
                    count(*) filter (where state = 'accepted' and returned), count(*) filter (where state = 'dispatched'),
                    count(*) filter (where state in ('handling', 'awaiting_input', 'tracking')), count(*) filter (where state = 'answered'),
                    count(*) filter (where warn_at <= $1 and late_at > $1), count(*) filter (where late_at <= $1), count(*), {assisting},
                    {fronting}]
                from issue where open and {whose})"
        );
        let (counted, one_by_one): (Vec<i64>, Vec<i64>) =
            sqlx::query_as(AssertSqlSafe(sql)).bind(now).fetch_one(&mut *conn).await.unwrap();
        assert_eq!(counted, one_by_one, "{login} {when}, at {now}");
    }
}

/// An issue of the test and whose it is.
pub struct Case {
    number: String,
    firm: Firm,
    issue: Issue,
}

async fn connection(world: &World, player: Player, owner: &Firm, other: &Firm) -> Conn {
    match player {
        Player::Owner => world.member(owner).await,
        Player::OtherOwner => world.member(other).await,
        Player::Assisted => world.staff("station_zhili").await,
        Player::Staff(login) => world.staff(login).await,
        Player::System => world.store.system().await.unwrap(),
    }
}

/// Tries what comes next in the life of an issue; whatever is refused changes nothing.
pub async fn go_on(world: &World, case: &mut Case, dice: &mut Dice, now: OffsetDateTime) -> bool {
    let (player, command, _) = step(world, &case.issue, dice);
    let other = if case.firm.id == world.a.id { &world.b } else { &world.a };
    let actor = player.actor(world, &case.firm, other);
    let mut conn = connection(world, player, &case.firm, other).await;
    match execute(&mut conn, &case.number, &command, &actor, "某人", &[], now, &world.terms).await {
        Ok(done) => {
            case.issue = done.issue;
            true
        }
        Err(CommandError::Refused(_) | CommandError::Store(store::StoreError::NotFound)) => false,
        Err(error) => panic!("{error}"),
    }
}

pub async fn file(world: &World, owner: &Firm, now: OffsetDateTime) -> Case {
    let number = world.file(owner, "道路积水", &[], now).await.number;
    let life = Life::begin(world, owner, owner.actor(), "道路积水", owner.area, now);
    Case { number, firm: owner.clone(), issue: life.issue }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn counts_are_what_is_there_after_every_command(owner: PgPool) {
    let mut world = World::with_connections(owner, 4).await;
    world.front().await;
    let mut dice = Dice::new(77);
    let mut raw = PgConnection::connect_with(&world.owner.connect_options()).await.unwrap();
    let mut now = morning();
    let (mut cases, mut done) = (Vec::new(), 0);
    for turn in 0..400 {
        now += Duration::minutes(i64::try_from(dice.below(200)).unwrap());
        if cases.len() < 4 || dice.one_in(9) {
            let firm = dice.pick(&[world.a.clone(), world.b.clone()]);
            cases.push(file(&world, &firm, now).await);
        } else {
            let place = usize::try_from(dice.below(cases.len() as u64)).unwrap();
            done += usize::from(go_on(&world, &mut cases[place], &mut dice, now).await);
        }
        if dice.one_in(40) {
            // The enterprise moves to another station, with all its issues.
            let station = dice.pick(&[None, Some(world.stations[0]), Some(world.stations[1])]);
            sqlx::query("update enterprise set station_id = $1 where id = $2")
                .bind(station)
                .bind(world.a.id)
                .execute(&world.owner)
                .await
                .unwrap();
        }
        if dice.one_in(5) {
            let most = i64::try_from(1 + dice.below(6)).unwrap();
            drain(&mut world.store.system().await.unwrap(), now, most).await.unwrap();
        }
        if turn % 4 == 0 {
            compare(&world, &mut raw, now, &format!("after turn {turn}")).await;
            // A server whose clock is behind, and one that is ahead.
            let away = Duration::minutes(i64::try_from(dice.below(2_000)).unwrap());
            compare(&world, &mut raw, now - away, "seen from before").await;
            compare(&world, &mut raw, now + away, "seen from after").await;
        }
    }
    assert!(done > 100, "only {done} commands came through");
    sqlx::query("select recount_desk()").execute(&world.owner).await.unwrap();
    compare(&world, &mut raw, now, "counted anew").await;
    while drain(&mut world.store.system().await.unwrap(), now, 7).await.unwrap() > 0 {}
    compare(&world, &mut raw, now, "with nothing left to fold").await;
    assert_eq!(world.count("select count(*) from outbox").await, 0);
    raw.close().await.unwrap();
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn counts_hold_while_many_act_fold_and_look_at_once(owner: PgPool) {
    let world = Arc::new(World::with_connections(owner, 12).await);
    let mut firms = vec![world.a.clone(), world.b.clone()];
    let mut system = world.store.system().await.unwrap();
    for index in 10..14 {
        let area = if index % 2 == 0 { WUXING } else { NANXUN };
        firms.push(firm(&mut system, index, &format!("湖州第{index}公司"), area, Some(world.stations[0])).await);
    }
    drop(system);
    let mut acting = JoinSet::new();
    for (seed, firm) in (1..).zip(firms.clone()) {
        let world = world.clone();
        acting.spawn(async move {
            let mut dice = Dice::new(seed);
            let mut now = morning();
            let mut cases = Vec::new();
            for _ in 0..40 {
                now += Duration::minutes(i64::try_from(dice.below(400)).unwrap());
                if cases.len() < 2 || dice.one_in(6) {
                    cases.push(file(&world, &firm, now).await);
                } else {
                    let place = usize::try_from(dice.below(cases.len() as u64)).unwrap();
                    go_on(&world, &mut cases[place], &mut dice, now).await;
                }
            }
        });
    }
    let (done, over) = tokio::sync::watch::channel(false);
    let mut beside = JoinSet::new();
    for seed in [5, 6] {
        let (world, over) = (world.clone(), over.clone());
        beside.spawn(async move {
            let mut dice = Dice::new(seed);
            while !*over.borrow() {
                let now = morning() + Duration::hours(i64::try_from(dice.below(300)).unwrap());
                drain(&mut world.store.system().await.unwrap(), now, 9).await.unwrap();
            }
        });
    }
    {
        let (world, over) = (world.clone(), over.clone());
        beside.spawn(async move {
            let stations = [Some(world.stations[0]), None, Some(world.stations[1])];
            for station in stations.iter().cycle() {
                if *over.borrow() {
                    break;
                }
                let sql = "update enterprise set station_id = $1, name = name where id = $2";
                sqlx::query(sql).bind(station).bind(world.a.id).execute(&world.owner).await.unwrap();
            }
        });
    }
    let mut raw = PgConnection::connect_with(&world.owner.connect_options()).await.unwrap();
    let mut looks = 0;
    while let Some(ended) = {
        let now = morning() + Duration::hours(looks % 300);
        compare(&world, &mut raw, now, "amid it all").await;
        looks += 1;
        acting.try_join_next().or_else(|| (!acting.is_empty()).then_some(Ok(())))
    } {
        ended.unwrap();
    }
    done.send(true).unwrap();
    while let Some(ended) = beside.join_next().await {
        ended.unwrap();
    }
    let now = OffsetDateTime::now_utc();
    compare(&world, &mut raw, now, "at the end").await;
    while drain(&mut world.store.system().await.unwrap(), now, 50).await.unwrap() > 0 {}
    compare(&world, &mut raw, now, "all folded").await;
    assert!(looks > 5 && world.count("select count(*) from issue_event").await > 100);
    raw.close().await.unwrap();
    Arc::into_inner(world).unwrap().end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn nobody_files_or_reads_through_a_function_what_the_rules_do_not_let(owner: PgPool) {
    let world = World::new(owner).await;
    crate::scope::seed(&world).await;
    let number: String = sqlx::query_scalar("select number from issue limit 1").fetch_one(&world.owner).await.unwrap();
    let row: serde_json::Value =
        sqlx::query_scalar("select to_jsonb(i) from issue i limit 1").fetch_one(&world.owner).await.unwrap();
    let mut filers = Vec::new();
    for (name, session) in crate::scope::everybody(&world).await {
        let mut conn = PgConnection::connect_with(&world.owner.connect_options()).await.unwrap();
        crate::scope::take_scope(&mut conn, session.as_deref()).await;
        // An issue's page is shown to whoever reads the issue's row, with all its events, and to nobody else.
        let (by_policy, by_page): (i64, i64) = sqlx::query_as(
            "select (select count(*) from issue_event e join issue i on i.id = e.issue_id where i.number = $1),
                (select coalesce(sum(cardinality(events)), 0) from issue_page($1))",
        )
        .bind(&number)
        .fetch_one(&mut conn)
        .await
        .unwrap();
        // A key reads by statements of its own (store::api), and has no pages.
        let by_page = if name == "channel" { by_policy } else { by_page };
        assert_eq!(by_policy, by_page, "{name}");
        let home: Option<i64> = sqlx::query_scalar("select id from home_page(9, 9, 9)").fetch_optional(&mut conn).await.unwrap();
        let own = match name.as_str() {
            "member_a" => Some(world.a.id),
            "member_b" => Some(world.b.id),
            _ => None,
        };
        assert_eq!(home, own, "{name}");
        let counted = sqlx::query("select * from desk_counts(now())").fetch_all(&mut conn).await.unwrap().len();
        let desk = ["centre", "handler", "station", "supervisor", "leader"].iter().any(|duty| name.starts_with(duty));
        assert_eq!(counted, usize::from(desk), "{name}");
        let another = serde_json::json!({ "client_key": Uuid::new_v4(), "state": "submitted", "version": 1, "key_id": null });
        let mut filing = row.clone();
        filing.as_object_mut().unwrap().extend(another.as_object().unwrap().clone());
        let filed = sqlx::query("select file_issue($1, '{}', '', '{}', '[]', '{}')").bind(filing).execute(&mut conn).await;
        match filed {
            Ok(_) => filers.push(name),
            Err(error) => assert_eq!(error.as_database_error().unwrap().code().unwrap(), "42501", "{name}: {error}"),
        }
        conn.close().await.unwrap();
    }
    assert_eq!(filers, ["centre_city", "centre_wuxing", "member_a", "station_zhili", "system"]);
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_connection_that_was_given_back_knows_nothing_of_its_last_user(owner: PgPool) {
    let world = World::with_connections(owner, 1).await;
    let number = world.file(&world.a, "道路积水", &[], morning()).await.number;
    let (a, b) = (
        world.session(Who::Person(world.a.person, Some(world.a.id))).await,
        world.session(Who::Person(world.b.person, Some(world.b.id))).await,
    );
    let now = OffsetDateTime::now_utc();
    let sees = async |mut conn: Conn| {
        let seen = store::issue::versions(&mut conn, &number).await.is_ok();
        conn.release();
        seen
    };
    // One connection, given back without a round trip: the next user has it, and its own scope.
    for _ in 0..3 {
        assert!(sees(world.store.open_session(&a, now).await.unwrap().0).await);
        assert!(!sees(world.store.open_session(&b, now).await.unwrap().0).await);
        assert!(sees(world.store.open_session(&a, now).await.unwrap().0).await);
        assert!(!sees(world.store.anonymous().await.unwrap()).await);
        assert!(sees(world.store.system().await.unwrap()).await);
        assert!(!sees(world.store.open_session(b"never given", now).await.unwrap().0).await);
    }
    world.end().await;
}
