//! What runs once a day: the anchor of the record, and the end of what has been kept long enough.

use crate::site::{Site, answers, file, hidden, jpeg, multipart};
use sqlx::PgPool;
use time::{Duration, OffsetDateTime};

/// Noon of a day of the city, so that it is past three.
fn noon(days: i64) -> OffsetDateTime {
    (OffsetDateTime::now_utc() + Duration::days(days)).date().with_hms(4, 0, 0).unwrap().assume_utc()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn one_anchor_a_day_goes_to_the_table_and_the_file_whatever_servers_there_are(owner: PgPool) {
    let folder = std::env::temp_dir().join(format!("qifu-anchors-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("anchors");
    let site = Site::demo(&owner, &[("QIFU_AUDIT_FILE", path.to_str().unwrap())]).await;
    let lines = || std::fs::read_to_string(&path).unwrap_or_default();
    let night = noon(0) - Duration::hours(10);
    server::workers::anchor(&site.state, night).await.unwrap();
    assert_eq!(lines(), "", "two in the morning is too early");
    for _ in 0..2 {
        server::workers::anchor(&site.state, noon(0)).await.unwrap();
    }
    file(&site.member(2).await, &answers("0199b0c0-0000-7000-8000-0000000000f1")).await;
    server::workers::anchor(&site.state, noon(1)).await.unwrap();
    let anchors = server::workers::read_anchors(&lines()).unwrap();
    let [first, second] = anchors.as_slice() else { panic!("{anchors:?}") };
    assert!(second.issue.events == first.issue.events + 1 && second.issue.root != first.issue.root && second.fact == first.fact);
    let mut conn = site.state.store.system().await.unwrap();
    assert_eq!(store::audit::kept(&mut conn, 9).await.unwrap(), [second.clone(), first.clone()]);
    let (walks, held) = store::audit::check(&mut conn, None, &anchors).await.unwrap();
    assert!(walks.iter().all(|walk| walk.broken.is_none()), "the demo is as its events say: {walks:?}");
    assert!(held.iter().all(|held| held.broken.is_empty()), "{held:?}");
    // Of a record that is not what was written there is no anchor.
    let mut tx = owner.begin().await.unwrap();
    sqlx::query("set local session_replication_role = replica").execute(&mut *tx).await.unwrap();
    sqlx::query("update issue_event set actor_name = 'x' where seq = 1").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    server::workers::anchor(&site.state, noon(2)).await.unwrap();
    assert_eq!(server::workers::read_anchors(&lines()).unwrap().len(), 2);
    assert!(server::workers::read_anchors("{}").unwrap_err().to_string().contains("line 1"));
    std::fs::remove_dir_all(folder).unwrap();
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn pictures_that_nobody_filed_go_with_their_files_once_a_day(owner: PgPool) {
    let site = Site::demo(&owner, &[]).await;
    let member = site.member(2).await;
    let page = member.send(multipart("/issues/new", &[("title", "没写完")], &[("a.jpg", jpeg())])).await;
    let ids = hidden(&page.body, "photo");
    let [id] = ids.as_slice() else { panic!("{ids:?}") };
    let id = uuid::Uuid::parse_str(id).unwrap();
    let state = &site.state;
    let gone = async |now| {
        let done = server::retention::once_a_day(&state.store, &state.photos, now).await.unwrap();
        done.iter().find(|done| done.rule.code == "photo").map(|done| done.done)
    };
    assert_eq!(gone(noon(0)).await, Some(0));
    assert!(state.photos.get(id, false).await.is_ok());
    assert_eq!(gone(noon(0)).await, None, "once a day");
    assert_eq!(gone(noon(4)).await, Some(1));
    assert!(state.photos.get(id, false).await.is_err(), "the file is gone as well");
    assert_eq!(gone(noon(5)).await, Some(0));
}
