//! 会议材料: the cases of each meeting are those that its rule holds, in the scope of who asks; decisions come with their own tasks.

use crate::desk::{belongs, city};
use crate::world::{World, accept, dispatch};
use domain::issue::{Command, Event, Meeting as Record, NewTask, Queue, State, Tier};
use domain::pack::{Meeting, Standing};
use sqlx::PgPool;
use std::collections::BTreeSet;
use store::pack::{Owed, cases, decisions, figures, tried};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

const AT: OffsetDateTime = datetime!(2026-11-23 09:00 +8);

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_cases_of_a_meeting_are_those_its_rule_holds_within_the_scope(owner: PgPool) {
    let city = city(owner).await;
    let now = OffsetDateTime::now_utc();
    let mut found = 0;
    for login in ["centre_city", "leader_city", "leader_wuxing", "leader_nanxun"] {
        let duty = city.world.staff[login].1;
        let mut conn = city.world.staff(login).await;
        for meeting in Meeting::ALL {
            let (rows, whole) = cases(&mut conn, &meeting.rule(), now).await.unwrap();
            let expected = city.numbers(|life| {
                let issue = &life.issue;
                let standing = Standing {
                    tier: issue.tier,
                    late: issue.late_at().is_some_and(|late| late <= now),
                    tracked: issue.state == State::Tracking,
                    flags: &issue.flags,
                };
                belongs(Queue::Open, &duty, life, now) && meeting.rule().holds(&standing)
            });
            let numbers: BTreeSet<String> = rows.iter().map(|row| row.number.clone()).collect();
            assert_eq!(usize::try_from(whole).unwrap(), expected.len(), "{login} {meeting}");
            assert_eq!(numbers.len(), expected.len().min(usize::try_from(store::pack::CASES).unwrap()), "{login} {meeting}");
            assert!(numbers.is_subset(&expected), "{login} {meeting}");
            // The highest level first.
            let height = |tier: Tier| std::cmp::Reverse(Tier::ALL.iter().position(|known| *known == tier));
            assert!(rows.is_sorted_by_key(|row| height(row.tier)), "{login} {meeting}");
            found += rows.len();
            // What was tried is the case's own, in its order.
            let attempts = tried(&mut conn, &rows).await.unwrap();
            for row in &rows {
                let life = &city.lives[&row.number];
                let own = life.events.iter().filter(|(.., event)| attempts_kind(event)).count();
                assert_eq!(attempts.get(&row.id).map_or(0, Vec::len), own, "{}", row.number);
                assert!(attempts.get(&row.id).is_none_or(|list| list.is_sorted_by_key(|one| one.at)));
            }
        }
        let counted = figures(&mut conn, AT - Duration::days(900), AT - Duration::days(800), now, None, now).await.unwrap();
        let all = city.numbers(|life| belongs(Queue::All, &duty, life, now) && life.issue.submitted_at < Some(now));
        assert_eq!((usize::try_from(counted.filed).unwrap(), counted.filed_before), (all.len(), 0), "{login}");
        for (figure, queue, state) in [
            (counted.open, Queue::Open, None),
            (counted.late, Queue::Late, None),
            (counted.tracked, Queue::Open, Some(State::Tracking)),
        ] {
            let expected =
                city.numbers(|life| belongs(queue, &duty, life, now) && state.is_none_or(|state| life.issue.state == state));
            assert_eq!(usize::try_from(figure).unwrap(), expected.len(), "{login} {queue:?}");
        }
    }
    assert!(found > 20, "{found}");
    for stranger in ["handler_jianshe", "policy", "admin"] {
        let duty = city.world.staff[stranger].1;
        let mut conn = city.world.staff(stranger).await;
        let (rows, _) = cases(&mut conn, &Meeting::Monthly.rule(), now).await.unwrap();
        let readable = city.numbers(|life| belongs(Queue::All, &duty, life, now));
        assert!(rows.iter().all(|row| readable.contains(&row.number)), "{stranger}: no more than it reads anyway");
    }
    city.world.end().await;
}

fn attempts_kind(event: &Event) -> bool {
    matches!(
        event,
        Event::Progressed { .. }
            | Event::Returned { .. }
            | Event::Extended { .. }
            | Event::Answered { .. }
            | Event::Reopened { .. }
            | Event::Redispatched { .. }
            | Event::Tracked { .. }
            | Event::Reported { .. }
            | Event::PartAnswered { .. }
            | Event::Consulted(_)
            | Event::Referred { .. }
            | Event::Resolved(_)
            | Event::Explained { .. }
            | Event::Instructed { .. }
    )
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_decision_comes_with_its_own_tasks_and_what_became_of_them(pool: PgPool) {
    let world = World::new(pool).await;
    let [jianshe, huanbao, gongan] = world.departments;
    let number = world.file(&world.a, "厂门口积水", &[], AT).await.number;
    let earlier = world.file(&world.a, "厂门口没有路灯", &[], AT).await.number;
    let task = |department, what: &str| NewTask { department, what: what.to_owned(), days: 5 };
    let record = |held: OffsetDateTime, tasks: Vec<NewTask>| Record {
        held: held.date(),
        who: "企服中心主任".to_owned(),
        decisions: "由建设局牵头改造".to_owned(),
        told: "已经一起研究".to_owned(),
        tasks,
    };
    for (at, number) in [(AT, &number), (AT, &earlier)] {
        world.as_staff("centre_wuxing", number, &accept(), at).await;
        world.as_staff("centre_wuxing", number, &dispatch(jianshe, &[]), at).await;
        world.as_staff("handler_jianshe", number, &Command::Sign, at).await;
    }
    let (later, last) = (AT + Duration::days(2), AT + Duration::days(10));
    let centre = "centre_wuxing";
    world.as_staff(centre, &earlier, &Command::Consult(record(AT, vec![task(gongan, "先装临时照明")])), AT).await;
    world.as_staff(centre, &number, &Command::Consult(record(AT, vec![task(huanbao, "核对排口有没有污水")])), AT).await;
    world.as_staff(centre, &number, &Command::Refer { reason: "资金要市里统筹".to_owned() }, later).await;
    // Held two days before it was written down.
    let resolve =
        Command::Resolve(record(last - Duration::days(2), vec![task(jianshe, "落实改造资金"), task(gongan, "施工期间疏导交通")]));
    world.as_staff("centre_city", &number, &resolve, last).await;
    let done = Command::Complete { task: 1, text: "资金已经下达".to_owned() };
    world.as_staff("handler_jianshe", &number, &done, last + Duration::hours(1)).await;
    let confirm = Command::Confirm { task: 1, done: true, note: String::new() };
    world.as_staff("centre_city", &number, &confirm, last + Duration::hours(2)).await;

    let mut leader = world.staff("leader_city").await;
    let days = |from: i64, until: i64| {
        (
            domain::calendar::midnight((AT + Duration::days(from)).date()),
            domain::calendar::midnight((AT + Duration::days(until)).date()),
        )
    };
    let (from, until) = days(5, 10);
    let (held, owed) = decisions(&mut leader, Meeting::Joint.decisions(), from, until).await.unwrap();
    assert_eq!((held.len(), held[0].tier, held[0].number.as_str()), (1, Tier::Meeting, number.as_str()));
    let became: Vec<_> =
        held[0].tasks.iter().map(|task| (task.department, task.done_at.is_some(), task.confirmed_at.is_some())).collect();
    assert_eq!(became, [(jianshe, true, true), (gongan, false, false)], "not the one of the consultation");
    let tasks = |owed: &[Owed]| owed.iter().map(|owed| owed.task.what.clone()).collect::<Vec<_>>();
    assert_eq!(tasks(&owed), ["核对排口有没有污水"], "of the same issue, decided before");
    // Of other days: nothing was decided, everything that is not confirmed is owed.
    let (from, until) = days(40, 50);
    let (held, owed) = decisions(&mut leader, Meeting::Monthly.decisions(), from, until).await.unwrap();
    assert!(held.is_empty());
    assert_eq!(
        tasks(&owed).into_iter().collect::<BTreeSet<_>>(),
        BTreeSet::from(["先装临时照明", "核对排口有没有污水", "施工期间疏导交通"].map(str::to_owned))
    );
    let (from, until) = days(0, 1);
    let (held, _) = decisions(&mut leader, Meeting::Boards.decisions(), from, until).await.unwrap();
    assert_eq!(held.iter().map(|held| held.tasks.len()).collect::<Vec<_>>(), [1, 1]);
    for stranger in ["leader_nanxun", "policy", "admin"] {
        let mut conn = world.staff(stranger).await;
        let (held, owed) = decisions(&mut conn, Meeting::Monthly.decisions(), from, until).await.unwrap();
        assert!(held.is_empty() && owed.is_empty(), "{stranger}");
    }
    drop(leader);
    world.end().await;
}
