//! Queries per page, and scripts on pages that have no island.

use super::site::{Answer, Site, answers, file};
use sqlx::PgPool;

fn queries(answer: &Answer) -> u32 {
    let timing = answer.headers.get("server-timing").unwrap().to_str().unwrap();
    timing.split('"').nth(1).unwrap().parse().unwrap()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn pages_keep_to_their_queries(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let number = file(&owner, &answers("0199b0c0-0000-7000-8000-000000000011")).await;
    let (centre, handler) = (site.staff("centre01").await, site.staff("jianshe").await);
    for (browser, path, most) in [
        (&owner, "/home".to_owned(), 6),
        (&owner, "/issues".to_owned(), 3),
        (&owner, format!("/issues/{number}"), 8),
        (&owner, format!("/issues/{number}/receipt"), 8),
        (&owner, "/messages".to_owned(), 3),
        (&owner, "/policies".to_owned(), 3),
        (&owner, "/policies/demo-upgrade".to_owned(), 6),
        (&owner, "/policies/calculator".to_owned(), 3),
        (&owner, "/me/portrait".to_owned(), 3),
        (&owner, "/applications".to_owned(), 3),
        (&centre, "/desk".to_owned(), 4),
        (&handler, "/desk".to_owned(), 5),
        (&centre, format!("/desk/issues/{number}"), 8),
    ] {
        let answer = browser.get(&path).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}");
        let used = queries(&answer);
        assert!((1..=most).contains(&used), "{path}: {used} queries, {most} at most");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn pages_without_an_island_send_no_module(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    for path in ["/home", "/issues", "/me", "/policies", "/policies/demo-upgrade", "/me/portrait", "/applications"] {
        let page = owner.get(path).await.body;
        // The badges of the navigation live where another island brought a module: they ask for none.
        assert!(!page.contains("type=\"module\""), "{path}");
        // What every page may say by script, all together.
        let scripts = page.split("<script").skip(1).map(|rest| {
            assert!(!rest.split('>').next().unwrap().contains("src="), "{path}: a script of its own");
            rest.split("</script>").next().unwrap().len()
        });
        let bytes: usize = scripts.sum();
        assert!(bytes < 2048, "{path}: {bytes} bytes of script");
    }
    let form = owner.get("/issues/new").await.body;
    assert!(form.contains("type=\"module\"") && form.contains("leptos-island"));
}
