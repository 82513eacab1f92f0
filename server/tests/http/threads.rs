//! Pages made on several threads at once. What an island makes for the browser is made on the server, too, and may end on another thread
//! than it began on.

use crate::site::Site;
use futures::{StreamExt, stream};
use sqlx::PgPool;

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn pages_with_islands_are_made_on_any_thread(owner: PgPool) {
    let site = Site::demo(&owner, &[]).await;
    let (member, desk) = (site.member(2).await, site.staff("centre01").await);
    let listed = member.get("/issues").await.body;
    let issue = listed.split("href=\"/issues/HZ-").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let issue = format!("/issues/HZ-{issue}");
    let paths = [
        (&member, issue.clone()),
        (&member, "/issues/new".to_owned()),
        (&member, "/messages".to_owned()),
        (&member, "/policies/calculator".to_owned()),
        (&desk, "/desk".to_owned()),
        (&desk, format!("/desk{issue}")),
    ];
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(8).enable_all().build().unwrap();
    // No more at once than there are connections: who waits too long for one is sent away.
    let asked = paths.iter().cycle().take(300).map(|(browser, path)| {
        let (browser, path) = ((*browser).clone(), path.clone());
        async { threads.spawn(async move { (browser.get(&path).await.status.as_u16(), path) }).await.unwrap() }
    });
    let answers: Vec<(u16, String)> = stream::iter(asked).buffer_unordered(6).collect().await;
    for (status, path) in answers {
        assert_eq!(status, 200, "{path}");
    }
    threads.shutdown_background();
}
