//! A server that is replaced: unready first, serving on meanwhile, no connection left open behind.

use crate::site::Site;
use axum::http::StatusCode;
use sqlx::PgPool;

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_server_that_is_about_to_stop_says_so_and_serves_on(owner: PgPool) {
    let site = Site::demo(&owner, &[]).await;
    let (member, nobody) = (site.member(2).await, site.anonymous());
    assert_eq!(nobody.get("/readyz").await.status, StatusCode::OK);
    assert!(!member.get("/home").await.headers.contains_key("connection"));
    // A file that the other server has and this one lacks is lacking for now, not for a year.
    let missing = nobody.get("/pkg/none.css").await;
    assert_eq!(missing.headers["cache-control"], "no-store");
    site.state.draining.cancel();
    assert_eq!(nobody.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    // Alive, and whoever comes is served; every connection ends with its answer, those of static files and of what is not there, too.
    for (browser, path, status) in [
        (&nobody, "/healthz", StatusCode::OK),
        (&member, "/home", StatusCode::OK),
        (&nobody, "/pkg/none.css", StatusCode::NOT_FOUND),
        (&nobody, "/none", StatusCode::NOT_FOUND),
    ] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.headers.get("connection").map(|value| value.as_bytes()), Some(&b"close"[..]), "{path}");
    }
}
