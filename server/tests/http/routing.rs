//! What the centres' corrections teach, where it shows: form, desk, the count.

use super::site::{Site, answers, file, follow};
use domain::catalogue::learned::LEAST;
use sqlx::PgPool;

/// Filed without a category: the words alone point somewhere.
fn said(key: &str) -> Vec<(&str, &str)> {
    answers(key).into_iter().filter(|(name, _)| *name != "category").collect()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn corrections_move_the_next_one_and_say_why(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    // Only what is corrected here.
    sqlx::query("delete from route_count").execute(&pool).await.unwrap();
    site.state.refresh().await.unwrap();
    let (owner, centre) = (site.member(2).await, site.staff("centre01").await);
    let mut keys: Vec<String> = (0..=LEAST).map(|n| format!("0199b0c0-0000-7000-8000-000000000d{n:02}")).collect();
    let last = keys.pop().unwrap();
    let text = [("title", "门口的路灯坏了"), ("text", "厂门口的路灯坏了，晚班员工骑车不安全，请尽快来修。")];
    let filing = |key: &str| {
        let mut pairs: Vec<(String, String)> =
            said(key).into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        pairs.retain(|(name, _)| name != "title" && name != "text");
        pairs.extend(text.map(|(name, value)| (name.to_owned(), value.to_owned())));
        pairs
    };
    let guess = {
        let now = site.state.now();
        let terms = site.state.tables().terms;
        let fit = terms.route(&format!("{} {}", text[0].1, text[1].1), now);
        assert!(fit.lesson.is_none());
        fit.code().to_owned()
    };
    assert_ne!(guess, "power");
    for key in &keys {
        let pairs = filing(key);
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let number = file(&owner, &pairs).await;
        let accept = [("category", "power"), ("level", "simple"), ("urgency", "normal")];
        assert_eq!(centre.post(&format!("/desk/issues/{number}/accept"), &accept).await.status.as_u16(), 303);
    }
    site.state.refresh().await.unwrap();
    let pairs = filing(&last);
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let checked = follow(&owner, &owner.post("/issues/new", &pairs).await).await;
    assert!(checked.status.is_success());
    let number = file(&owner, &pairs).await;
    let mut conn = site.state.store.system().await.unwrap();
    let detail = store::issue::detail(&mut conn, &number).await.unwrap();
    drop(conn);
    assert_eq!(detail.aggregate(&site.state.tables().terms.calendar).category, "power", "as the corrections have it");
    let page = centre.get(&format!("/desk/issues/{number}")).await.body;
    assert!(page.contains(&format!("近 90 天有 {LEAST} 件类似诉求改派到")), "and why");
    let count = centre.get("/desk/routing").await.body;
    assert!(count.contains("路灯") && count.contains("改为 "), "the count itself");
    for (login, status) in [("jianshe", 403), ("lingdao", 403), ("admin", 403)] {
        assert_eq!(site.staff(login).await.get("/desk/routing").await.status.as_u16(), status, "{login}");
    }
    let forged = "select count_route(current_date, 'category', '路灯', 'street', 0, 'power', null)";
    let mut raw = pool.acquire().await.unwrap();
    sqlx::query("set role qifu_app").execute(&mut *raw).await.unwrap();
    assert!(sqlx::query(forged).execute(&mut *raw).await.is_err(), "nobody counts what was not decided");
    sqlx::query("reset role").execute(&mut *raw).await.unwrap();
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn whoever_takes_them_is_suggested_with_the_count(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let number = file(&site.member(2).await, &answers("0199b0c0-0000-7000-8000-000000000d50")).await;
    let line = "insert into route_count (day, kind, word, chosen, area, corrected, issues)
        values (current_date, 'department', '', 'drainage', 330502, 'jiaotong', 12)
        on conflict (day, kind, word, chosen, area, corrected) do update set issues = 12";
    sqlx::query("delete from route_count").execute(&pool).await.unwrap();
    sqlx::query(line).execute(&pool).await.unwrap();
    site.state.refresh().await.unwrap();
    let centre = site.staff("centre01").await;
    let accept = [("category", "drainage"), ("level", "simple"), ("urgency", "normal")];
    centre.post(&format!("/desk/issues/{number}/accept"), &accept).await;
    let page = centre.get(&format!("/desk/issues/{number}")).await.body;
    assert!(page.contains("近 90 天有 12 件类似诉求改派到"), "{page}");
}
