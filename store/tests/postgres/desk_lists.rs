//! Lists of the desk that are narrowed, searched and put in order hold exactly what their words say; figures are the lengths of lists that the same
//! person can open; a view is nobody else's.

use crate::desk::{City, all_pages, belongs, city, found, set};
use crate::random::Life;
use crate::world::{World, morning};
use domain::actor::Duty;
use domain::issue::Flag;
use domain::issue::filter::{Filter, NOBODY, Sort};
use sqlx::PgPool;
use std::collections::BTreeSet;
use store::StoreError;
use store::issue::{Queue, Wanted, counts, figures, narrowed, view, whole};
use time::{Duration, OffsetDateTime};

fn read(query: &str) -> Filter {
    Filter::read(query.split('&').filter_map(|pair| pair.split_once('=')))
}

/// Whether a filter leaves an issue in, from the issue itself.
fn holds(filter: &Filter, life: &Life) -> bool {
    let issue = &life.issue;
    let (from, before) = filter.span();
    let at = issue.submitted_at;
    filter.area.is_none_or(|area| area == life.filed_for)
        && filter.department.is_none_or(|department| issue.lead.unwrap_or(NOBODY) == department)
        && filter.category.as_ref().is_none_or(|category| issue.category == *category)
        && filter.flag.is_none_or(|flag| issue.flags.contains(&flag))
        && from.is_none_or(|from| at >= Some(from))
        && before.is_none_or(|before| at < Some(before))
}

fn filters(city: &City) -> Vec<Filter> {
    let department = city.world.staff.values().find_map(|(_, duty)| match duty {
        Duty::Handler { department } => Some(*department),
        _ => None,
    });
    let day = (morning() + Duration::days(30)).date();
    let queries = [
        "area=330502".to_owned(),
        "category=drainage&sort=newest".to_owned(),
        format!("department={}&sort=oldest", department.unwrap()),
        "department=0".to_owned(),
        "flag=dissatisfied".to_owned(),
        "flag=redispatched&sort=urgent".to_owned(),
        format!("from={day}"),
        format!("to={day}&sort=newest"),
        format!("area=330503&from={}&to={day}&sort=oldest", day - Duration::days(9)),
    ];
    queries.iter().map(|query| read(query)).collect()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_list_is_narrowed_and_ordered_as_asked_within_the_scope(owner: PgPool) {
    let city = city(owner).await;
    let filters = filters(&city);
    let mut filled = BTreeSet::new();
    for (login, (_, duty)) in &city.world.staff {
        let mut conn = city.world.staff(login).await;
        let now = OffsetDateTime::now_utc();
        for which in Queue::of(duty) {
            for (index, filter) in filters.iter().enumerate() {
                let wanted = Wanted::In(*which);
                let rows = all_pages(9, async |cursor: Option<String>| {
                    narrowed(&mut conn, wanted, filter, now, cursor.as_deref(), 9).await.unwrap()
                })
                .await;
                let expected = city.numbers(|life| belongs(*which, duty, life, now) && holds(filter, life));
                assert_eq!(set(&rows), expected, "{login} {which:?} {}", filter.query());
                let last = OffsetDateTime::now_utc() + Duration::days(9_999);
                match wanted.sort(filter.sort) {
                    Sort::Urgent => assert!(rows.is_sorted_by_key(|row| row.late_at.unwrap_or(last))),
                    Sort::Newest => assert!(rows.is_sorted_by(|one, next| one.submitted_at >= next.submitted_at)),
                    Sort::Oldest => assert!(rows.is_sorted_by_key(|row| row.submitted_at)),
                }
                if !rows.is_empty() {
                    filled.insert(index);
                }
                if index == 0 {
                    let lines = whole(&mut conn, wanted, filter, now, 5).await.unwrap();
                    let numbers: Vec<&str> = lines.iter().map(|line| line.row.number.as_str()).collect();
                    assert!(rows.iter().take(5).map(|row| row.number.as_str()).eq(numbers), "what is taken along is the list");
                    assert!(lines.iter().all(|line| line.area == 330_502));
                }
            }
        }
    }
    assert_eq!(filled.len(), filters.len(), "a filter that leaves nothing proves nothing: {filled:?}");
    for stranger in ["policy", "admin"] {
        let mut conn = city.world.staff(stranger).await;
        let list = narrowed(&mut conn, Wanted::In(Queue::All), &Filter::default(), morning(), None, 9).await.unwrap();
        assert!(list.rows.is_empty());
    }
    let mut nobody = city.world.store.anonymous().await.unwrap();
    let list = narrowed(&mut nobody, Wanted::In(Queue::All), &Filter::default(), morning(), None, 9).await.unwrap();
    assert!(list.rows.is_empty());
    drop(nobody);
    city.world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_search_finds_contact_and_department_and_is_narrowed_too(owner: PgPool) {
    let city = city(owner).await;
    let mut system = city.world.store.system().await.unwrap();
    while store::outbox::drain(&mut system, morning(), 100).await.unwrap() > 0 {}
    drop(system);
    // One issue is about somebody else.
    let (number, _) = city.lives.iter().find(|(_, life)| life.filed_for == 330_502 && life.issue.state.is_open()).unwrap();
    sqlx::query("update issue set contact_name = '姚经理', contact_phone = '13911112222' where number = $1")
        .bind(number)
        .execute(&city.world.owner)
        .await
        .unwrap();
    let mut conn = city.world.staff("centre_wuxing").await;
    let alone = BTreeSet::from([number.clone()]);
    for words in ["13911112222", " 姚经理 "] {
        assert_eq!(found(&mut conn, words).await, alone, "{words}");
        let wanted = Wanted::Found { words, departments: &[] };
        let page = narrowed(&mut conn, wanted, &Filter::default(), morning(), None, 9).await.unwrap();
        assert_eq!(set(&page.rows), alone, "{words}");
        let elsewhere = narrowed(&mut conn, wanted, &read("area=330503"), morning(), None, 9).await.unwrap();
        assert!(elsewhere.rows.is_empty(), "{words}: narrowed");
    }
    for half in ["1391111", "姚", "station 1"] {
        assert!(!found(&mut conn, half).await.contains(number), "{half} is no number and no name");
    }
    let mut stranger = city.world.staff("leader_nanxun").await;
    assert!(found(&mut stranger, "13911112222").await.is_empty(), "none of its area");
    drop((stranger, conn));

    // Words that no issue has, and the departments that bear the name.
    let lead = city.lives.values().find_map(|life| life.issue.lead).unwrap();
    let wanted = Wanted::Found { words: "某某局", departments: &[lead] };
    let mut conn = city.world.staff("centre_city").await;
    let rows = all_pages(9, async |cursor: Option<String>| {
        narrowed(&mut conn, wanted, &read("flag=dissatisfied"), morning(), cursor.as_deref(), 9).await.unwrap()
    })
    .await;
    let expected = city.numbers(|life| life.issue.lead == Some(lead) && life.issue.flags.contains(&Flag::Dissatisfied));
    assert_eq!(set(&rows), expected);
    drop(conn);
    city.world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn every_figure_is_the_length_of_a_list(owner: PgPool) {
    let city = city(owner).await;
    let mut counted = 0;
    for drained in [false, true] {
        if drained {
            let mut system = city.world.store.system().await.unwrap();
            while store::outbox::drain(&mut system, OffsetDateTime::now_utc(), 100).await.unwrap() > 0 {}
        }
        for login in ["leader_city", "leader_wuxing", "leader_nanxun", "supervisor_city", "supervisor_wuxing"] {
            let duty = city.world.staff[login].1;
            let mut conn = city.world.staff(login).await;
            let now = OffsetDateTime::now_utc();
            let figures = figures::now(&mut conn, now).await.unwrap();
            let areas = figures.areas.iter().map(|f| (format!("area={}", f.id), f.open, f.soon, f.late));
            let departments = figures.departments.iter().map(|f| (format!("department={}", f.id), f.open, f.soon, f.late));
            for (query, open, soon, late) in areas.chain(departments).collect::<Vec<_>>() {
                for (queue, figure) in [(Queue::Open, open), (Queue::Soon, soon), (Queue::Late, late)] {
                    if !Queue::of(&duty).contains(&queue) {
                        continue;
                    }
                    let lines = whole(&mut conn, Wanted::In(queue), &read(&query), now, 999).await.unwrap();
                    assert_eq!(i64::try_from(lines.len()).unwrap(), figure, "{login} {query} {queue:?}, drained {drained}");
                    counted += figure;
                }
            }
            let all = counts(&mut conn, &duty, now).await.unwrap();
            assert_eq!(figures.areas.iter().map(|f| f.late).sum::<i64>(), all.of(Queue::Late).unwrap(), "{login}");
            assert_eq!(figures.areas.iter().map(|f| f.soon).sum::<i64>(), all.of(Queue::Soon).unwrap(), "{login}");

            // By age and by place: each is a list, and together they are all of it.
            let (queue, late) = if matches!(duty, Duty::Leader { .. }) { (Queue::Open, false) } else { (Queue::Late, true) };
            let today = domain::calendar::local(now).date();
            let of = figures::Of { late, centre: None };
            let pressure = figures::pressure(&mut conn, of, today, now).await.unwrap();
            let spans = [(Some(3), None), (Some(10), Some(4)), (Some(20), Some(11)), (None, Some(21))];
            for age in &pressure.ages {
                for ((from, to), figure) in spans.iter().zip(age.days) {
                    let mut query = format!("department={}", age.department.unwrap_or(NOBODY));
                    for (name, days) in [("from", from), ("to", to)] {
                        if let Some(days) = days {
                            query = format!("{query}&{name}={}", today - Duration::days(*days));
                        }
                    }
                    let lines = whole(&mut conn, Wanted::In(queue), &read(&query), now, 999).await.unwrap();
                    assert_eq!(i64::try_from(lines.len()).unwrap(), figure, "{login} {query}");
                }
            }
            for cell in &pressure.cells {
                let query = format!("area={}&category={}", cell.area, cell.category);
                let lines = whole(&mut conn, Wanted::In(queue), &read(&query), now, 999).await.unwrap();
                assert_eq!(i64::try_from(lines.len()).unwrap(), cell.count, "{login} {query}");
            }
            let lines = whole(&mut conn, Wanted::In(queue), &Filter::default(), now, 999).await.unwrap();
            let total = i64::try_from(lines.len()).unwrap();
            assert_eq!(pressure.ages.iter().flat_map(|age| age.days).sum::<i64>(), total, "{login}");
            assert_eq!(pressure.cells.iter().map(|cell| cell.count).sum::<i64>(), total, "{login}");

            let weeks = figures::weeks(&mut conn, &duty, morning() - Duration::days(7), now).await.unwrap();
            for week in &weeks {
                let span = format!("from={}&to={}", week.monday, week.monday + Duration::days(6));
                for (queue, more, figure) in [
                    (Queue::All, "", week.filed),
                    (Queue::All, "&flag=dissatisfied", week.dissatisfied),
                    (Queue::All, "&flag=answered_late", week.answered_late),
                    (Queue::Late, "", week.late),
                ] {
                    let filter = read(&format!("{span}{more}"));
                    let lines = whole(&mut conn, Wanted::In(queue), &filter, now, 999).await.unwrap();
                    assert_eq!(i64::try_from(lines.len()).unwrap(), figure, "{login} {span} {queue:?} {more}");
                }
            }
            assert!(weeks.iter().map(|week| week.filed).sum::<i64>() > 0, "{login}");
        }
    }
    assert!(counted > 100, "{counted}");
    for stranger in ["centre_city", "handler_jianshe", "station_zhili", "admin"] {
        let mut conn = city.world.staff(stranger).await;
        assert_eq!(figures::now(&mut conn, OffsetDateTime::now_utc()).await.unwrap(), figures::Figures::default(), "{stranger}");
    }
    city.world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_view_is_nobody_else_s_and_twenty_are_kept(owner: PgPool) {
    let world = World::new(owner).await;
    let now = morning();
    let (mine, _) = world.staff["centre_city"];
    let (theirs, _) = world.staff["handler_jianshe"];
    let mut conn = world.staff("centre_city").await;
    view::add(&mut conn, mine, "吴兴超期", "queue=late&area=330502", now).await.unwrap();
    let again = view::add(&mut conn, mine, "吴兴超期", "queue=all", now).await.unwrap_err();
    assert!(again.is_conflict_with(view::NAME), "{again}");
    assert!(view::add(&mut conn, theirs, "别人的", "queue=all", now).await.is_err(), "in another's name");
    for n in 1..20 {
        view::add(&mut conn, mine, &format!("第{n}个"), "queue=all", now).await.unwrap();
    }
    let more = view::add(&mut conn, mine, "再来一个", "queue=all", now).await.unwrap_err();
    assert!(more.is_conflict_with(view::MOST), "{more}");
    let kept = view::list(&mut conn).await.unwrap();
    assert_eq!((kept.len(), kept[0].name.as_str(), kept[0].query.as_str()), (20, "吴兴超期", "queue=late&area=330502"));

    let mut other = world.staff("handler_jianshe").await;
    assert!(view::list(&mut other).await.unwrap().is_empty());
    assert!(!view::remove(&mut other, kept[0].id).await.unwrap(), "another's");
    view::add(&mut other, theirs, "吴兴超期", "queue=mine", now).await.unwrap();
    assert!(view::remove(&mut conn, kept[0].id).await.unwrap());
    assert_eq!(view::list(&mut conn).await.unwrap().len(), 19);
    let mut nobody = world.store.anonymous().await.unwrap();
    assert!(view::list(&mut nobody).await.unwrap().is_empty());
    assert!(matches!(view::add(&mut nobody, mine, "x", "", now).await, Err(StoreError::RowRefused)));
    drop((conn, other, nobody));
    world.end().await;
}
