//! The six indicators (S-10) are the same whether they are counted from the measures or from their sums by day: whatever commands came since, whichever days
//! are summed, whoever asks.

use crate::random::Dice;
use crate::tally::{file, go_on};
use crate::world::{WUXING, World, accept, answer, dispatch, morning, rate};
use domain::actor::CITY;
use domain::calendar::{local, midnight};
use domain::issue::{CallBack, Command, ContactWay, Satisfaction};
use sqlx::{AssertSqlSafe, PgPool};
use std::sync::Arc;
use store::issue::measure::{Counts, Group, Wanted, counts, roll};
use time::{Duration, OffsetDateTime};
use tokio::task::JoinSet;

/// Key and all counts, one after the other.
fn plain(counts: &Counts) -> (String, Vec<i64>) {
    let Counts {
        key,
        due,
        contacted,
        on_time,
        answered,
        solved,
        rated,
        content,
        closed,
        once,
        called_back,
        passed,
        returned,
        extended,
        withdrawn,
        disagreed,
        aided,
    } = counts.clone();
    let all = [
        due,
        contacted,
        on_time,
        answered,
        solved,
        rated,
        content,
        closed,
        once,
        called_back,
        passed,
        returned,
        extended,
        withdrawn,
        disagreed,
        aided,
    ];
    (key, all.to_vec())
}

/// The same, one issue after the other; the owner is past every policy.
async fn one_by_one(world: &World, whose: &str, key: &str, wanted: &Wanted, now: OffsetDateTime) -> Vec<(String, Vec<i64>)> {
    let sql = format!(
        "select {key} as key, array[count(*), count(*) filter (where contacted), count(*) filter (where on_time), count(answered_at),
            count(*) filter (where answered_at is not null and solved), count(content), count(*) filter (where content),
            count(*) filter (where closed), count(*) filter (where once), count(*) filter (where answered_at is not null and called_back),
            count(*) filter (where passed), count(*) filter (where returned), count(*) filter (where extended),
            count(*) filter (where withdrawn), count(*) filter (where disagreed), count(*) filter (where aided)]
         from issue_measure where not excluded and due_at >= $1 and due_at < least($2, $3) and {whose} group by 1 order by 1"
    );
    sqlx::query_as(AssertSqlSafe(sql)).bind(wanted.from).bind(wanted.until).bind(now).fetch_all(&world.owner).await.unwrap()
}

/// Compares what everybody who may ask is told; how many issues the city's centre was told of.
async fn compare(world: &World, now: OffsetDateTime, when: &str) -> i64 {
    let day = local(now).date();
    let jianshe = world.departments[0];
    let mut seen = 0;
    for (from, until) in [(-60, 1), (-7, 0), (-3, 30), (-1, 1)] {
        let wanted = Wanted {
            from: midnight(day + Duration::days(from)),
            until: midnight(day + Duration::days(until)),
            area: None,
            board: None,
            department: None,
        };
        for (login, whose) in [
            ("centre_city", "true".to_owned()),
            ("leader_wuxing", format!("area = {WUXING}")),
            ("handler_jianshe", format!("department_id = {jianshe}")),
        ] {
            let mut conn = world.staff(login).await;
            for (group, key) in [
                (Group::Area, "area::text"),
                (Group::Board, "board"),
                (Group::Department, "coalesce(department_id::text, '')"),
                (Group::Month, "date_trunc('month', due_at at time zone 'Asia/Shanghai')::date::text"),
                (Group::Week, "date_trunc('week', due_at at time zone 'Asia/Shanghai')::date::text"),
            ] {
                let told: Vec<_> = counts(&mut conn, &wanted, group, now).await.unwrap().iter().map(plain).collect();
                let there = one_by_one(world, &whose, key, &wanted, now).await;
                assert_eq!(told, there, "{login} by {group:?} from {from} until {until}, {when}");
                if login == "centre_city" {
                    seen = seen.max(told.iter().map(|(_, all)| all[0]).sum());
                }
            }
            // Narrowed.
            let narrow = Wanted { area: Some(WUXING), department: Some(jianshe), ..wanted.clone() };
            let told: Vec<_> = counts(&mut conn, &narrow, Group::Board, now).await.unwrap().iter().map(plain).collect();
            let whose = format!("{whose} and area = {WUXING} and department_id = {jianshe}");
            assert_eq!(told, one_by_one(world, &whose, "board", &narrow, now).await, "{login} narrowed, {when}");
        }
    }
    seen
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn sums_by_day_say_what_the_measures_say(owner: PgPool) {
    let world = World::with_connections(owner, 4).await;
    let mut dice = Dice::new(31);
    let mut now = morning();
    let (mut cases, mut seen, mut summed) = (Vec::new(), 0, 0);
    for turn in 0..300 {
        now += Duration::minutes(i64::try_from(dice.below(400)).unwrap());
        if cases.len() < 4 || dice.one_in(7) {
            let firm = dice.pick(&[world.a.clone(), world.b.clone()]);
            cases.push(file(&world, &firm, now).await);
        } else {
            let place = usize::try_from(dice.below(cases.len() as u64)).unwrap();
            go_on(&world, &mut cases[place], &mut dice, now).await;
        }
        // For a while nothing is summed yet.
        if turn > 80 && dice.one_in(6) {
            let most = i32::try_from(1 + dice.below(9)).unwrap();
            summed += roll(&mut world.store.system().await.unwrap(), local(now).date(), most).await.unwrap();
        }
        if turn % 10 == 0 {
            seen = seen.max(compare(&world, now, &format!("after turn {turn}")).await);
            // A server whose clock is behind sees less, not something else.
            let away = Duration::minutes(i64::try_from(dice.below(4_000)).unwrap());
            compare(&world, now - away, &format!("after turn {turn}, seen from before")).await;
        }
    }
    assert!(seen > 10, "only {seen} issues were ever due");
    assert!(summed > 20, "only {summed} days were summed");
    while roll(&mut world.store.system().await.unwrap(), local(now).date(), 5).await.unwrap() > 0 {}
    assert_eq!(world.count("select count(*) from indicator_stale").await, 0);
    compare(&world, now, "with everything summed").await;
    world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn no_change_is_lost_while_days_are_summed(owner: PgPool) {
    let world = Arc::new(World::with_connections(owner, 10).await);
    let end = morning() + Duration::days(40);
    let mut acting = JoinSet::new();
    for seed in 1..5 {
        let world = world.clone();
        acting.spawn(async move {
            let mut dice = Dice::new(seed);
            let firm = if seed % 2 == 0 { world.a.clone() } else { world.b.clone() };
            let mut now = morning();
            let mut cases = Vec::new();
            for _ in 0..60 {
                now += Duration::minutes(i64::try_from(dice.below(900)).unwrap());
                if cases.len() < 3 || dice.one_in(6) {
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
                let day = local(morning()).date() + Duration::days(i64::try_from(dice.below(40)).unwrap());
                roll(&mut world.store.system().await.unwrap(), day, 3).await.unwrap();
            }
        });
    }
    while let Some(ended) = acting.join_next().await {
        ended.unwrap();
    }
    done.send(true).unwrap();
    while let Some(ended) = beside.join_next().await {
        ended.unwrap();
    }
    compare(&world, end, "when all have acted").await;
    while roll(&mut world.store.system().await.unwrap(), local(end).date(), 7).await.unwrap() > 0 {}
    compare(&world, end, "when all is summed").await;
    let city = world.count(&format!("select count(*) from issue_measure where area <> {CITY}")).await;
    assert!(city > 10, "only {city} issues");
    Arc::into_inner(world).unwrap().end().await;
}

fn called() -> Command {
    Command::CallBack(CallBack { way: ContactWay::Phone, said: None, notes: "无人接听，改日再打".to_owned() })
}

/// What measures said before 0080 is what they say now, once it has run; run over what follows it already it changes nothing.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn measures_of_before_are_mended(owner: PgPool) {
    let world = World::with_connections(owner, 4).await;
    let mut dice = Dice::new(80);
    let mut now = morning();
    let mut cases = Vec::new();
    for _ in 0..500 {
        now += Duration::minutes(i64::try_from(dice.below(300)).unwrap());
        if cases.len() < 4 || dice.one_in(12) {
            let firm = dice.pick(&[world.a.clone(), world.b.clone()]);
            cases.push(file(&world, &firm, now).await);
        } else {
            let place = usize::try_from(dice.below(cases.len() as u64)).unwrap();
            go_on(&world, &mut cases[place], &mut dice, now).await;
        }
    }
    // Whatever the dice said: one that waits for the enterprise, one that was sent round again.
    let asked = world.file(&world.a, "路灯不亮", &[], now).await.number;
    world.as_staff("centre_wuxing", &asked, &accept(), now).await;
    world.as_staff("centre_wuxing", &asked, &Command::Ask { what: "请补充现场照片".to_owned() }, now).await;
    let again = world.file(&world.a, "路灯又不亮", &[], now).await.number;
    world.as_staff("centre_wuxing", &again, &accept(), now).await;
    world.as_staff("centre_wuxing", &again, &dispatch(world.departments[0], &[]), now).await;
    world.as_staff("handler_jianshe", &again, &Command::Sign, now).await;
    world.as_staff("handler_jianshe", &again, &answer(), now).await;
    world.as_staff("centre_wuxing", &again, &called(), now).await;
    world.as_member(&world.a, &again, &rate(Satisfaction::Dissatisfied), now).await;
    let whole = async || {
        let sql = "select coalesce(jsonb_agg(to_jsonb(m) order by issue_id), '[]') from issue_measure m";
        sqlx::query_scalar::<_, serde_json::Value>(sql).fetch_one(&world.owner).await.unwrap()
    };
    let mended = async || {
        let sql = include_str!("../../migrations/0080_loop_mended.sql");
        sqlx::raw_sql(sql).execute(&world.owner).await.unwrap();
    };
    let before = whole().await;
    mended().await;
    assert_eq!(whole().await, before, "it follows the rules already");
    for (what, tampering) in [
        ("places", "update issue_measure set area = area + 1"),
        ("holders", "update issue_measure set department_id = 99 where answered_at is null"),
        (
            "waits",
            "update issue_measure m set excluded = false from issue i where i.id = m.issue_id and i.state = 'awaiting_input' and m.answered_at is null",
        ),
        (
            "rounds",
            "update issue_measure m set solved = not coalesce(m.solved, false), called_back = false from issue i
             where i.id = m.issue_id and i.round > 1",
        ),
    ] {
        let touched = sqlx::query(tampering).execute(&world.owner).await.unwrap().rows_affected();
        assert!(touched > 0, "none of the issues has {what}");
        mended().await;
        assert_eq!(whole().await, before, "{what}");
    }
    // Days that were summed as it was before are marked.
    sqlx::query("update issue_measure set area = area + 1").execute(&world.owner).await.unwrap();
    while roll(&mut world.store.system().await.unwrap(), local(now).date(), 50).await.unwrap() > 0 {}
    mended().await;
    compare(&world, now, "after places were mended").await;
    // What is owed and was told of by nobody is told of.
    sqlx::query("update issue set alarm_at = null where call_back_due is not null").execute(&world.owner).await.unwrap();
    mended().await;
    let silent = "select count(*) from issue where call_back_due is not null and (alarm_at is null or alarm_at > call_back_due)";
    assert_eq!(world.count(silent).await, 0);
    world.end().await;
}

/// Whoever is not the system sums nothing.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn nobody_else_sums(owner: PgPool) {
    let world = World::new(owner).await;
    for login in ["centre_city", "leader_wuxing", "handler_jianshe", "admin"] {
        let mut conn = world.staff(login).await;
        assert!(roll(&mut conn, local(morning()).date(), 5).await.is_err(), "{login}");
        drop(conn);
    }
    world.end().await;
}
