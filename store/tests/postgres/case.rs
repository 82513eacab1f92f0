//! 典型案例: which of them what somebody writes is compared with.

use crate::world::{World, morning};
use sqlx::PgPool;
use store::case::{self, near};
use time::Duration;

/// Tells a case of a category, whose problem was filed so many hours ago.
async fn told(world: &World, category: &str, hours: i64) -> i64 {
    let sql = "insert into typical_case (title, problem, answer, rule, category, area, requested_at, closed_at, published_at)
        values ($1, repeat('很长的问题', 100), '当天到现场', '按条例', $2, 330502, $3, $3, $3) returning id";
    let at = morning() - Duration::hours(hours);
    sqlx::query_scalar(sql).bind(format!("{category} {hours}")).bind(category).bind(at).fetch_one(&world.owner).await.unwrap()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn cases_of_the_categories_come_first_then_the_newest_and_never_more_than_asked(owner: PgPool) {
    let world = World::new(owner).await;
    let old = told(&world, "power", 1000).await;
    let older = told(&world, "power", 2000).await;
    let lamp = told(&world, "street", 3000).await;
    let mut newest = Vec::new();
    for hours in 1..=60 {
        newest.push(told(&world, "invoice", hours).await);
    }
    let codes = ["power", "street", "nothing"].map(str::to_owned);
    // Read by members and by nobody at all; whoever has the right to see withdrawn ones gets none of them either.
    let mut centre = world.staff("centre_wuxing").await;
    let mut member = world.member(&world.a).await;
    let mut nobody = world.store.anonymous().await.unwrap();
    for conn in [&mut centre, &mut member, &mut nobody] {
        let found = near(conn, &codes, 50).await.unwrap();
        let ids: Vec<i64> = found.iter().map(|case| case.id).collect();
        assert_eq!(ids[..3], [old, older, lamp]);
        assert_eq!(ids[3..], newest[..47], "the newest of the rest");
        assert_eq!(found[0].problem.chars().count(), 400, "as much of it as is compared");
        let few: Vec<i64> = near(conn, &codes, 2).await.unwrap().iter().map(|case| case.id).collect();
        assert_eq!(few, [old, older]);
        let none: Vec<i64> = near(conn, &[], 3).await.unwrap().iter().map(|case| case.id).collect();
        assert_eq!(none, newest[..3]);
    }
    let (by, _) = world.staff["centre_wuxing"];
    assert!(case::withdraw(&mut centre, older, by, morning()).await.unwrap());
    for conn in [&mut centre, &mut member, &mut nobody] {
        let ids: Vec<i64> = near(conn, &codes, 2).await.unwrap().iter().map(|case| case.id).collect();
        assert_eq!(ids, [old, lamp], "gone at once");
    }
    drop((centre, member, nobody));
    world.end().await;
}
