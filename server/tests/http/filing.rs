//! Filing: once per key, nothing typed is lost, refused files say why.

use super::site::{Site, answers, draft_form, file, follow, hidden, jpeg, multipart, phone_jpeg};
use axum::body::Body;
use axum::http::Request;
use futures::future::join_all;
use http_body_util::BodyExt;
use sqlx::PgPool;

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_form_sent_twenty_times_at_once_files_once(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let pairs = answers("0199b0c0-0000-7000-8000-00000000000d");
    let numbers = join_all((0..20).map(|_| file(&owner, &pairs))).await;
    assert!(numbers.iter().all(|number| *number == numbers[0]), "{numbers:?}");
    // Another enterprise may use the same key: it is another problem.
    let other = file(&site.member(3).await, &pairs).await;
    assert_ne!(other, numbers[0]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn faults_keep_what_was_typed_and_lead_to_the_field(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let pairs = [
        ("text", "太短"),
        ("title", "<b>标题</b>"),
        ("contact_name", "姚经理"),
        ("contact_phone", "123"),
        ("category", "nonsense"),
    ];
    let answer = owner.send(multipart("/issues/new", &pairs, &[("b.gif", b"GIF89a".to_vec()), ("a.jpg", jpeg())])).await;
    assert_eq!(answer.status.as_u16(), 422);
    for words in
        ["遇到的问题至少写 10 个字，现在是 2 个字", "href=\"#text\"", "href=\"#contact_phone\"", "第 1 个（b.gif）不是图片"]
    {
        assert!(answer.body.contains(words), "{words}");
    }
    assert!(answer.body.contains("太短") && answer.body.contains("value=\"123\""));
    assert!(answer.body.contains("&lt;b&gt;标题") && !answer.body.contains("<b>标题"), "typed markup is text");
    assert_eq!(hidden(&answer.body, "photo").len(), 1, "the good photo is kept");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn photos_are_counted_dropped_and_never_somebody_elses(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let pairs = answers("0199b0c0-0000-7000-8000-00000000000e");
    let ten: Vec<_> = (0..10).map(|_| ("a.jpg", jpeg())).collect();
    let answer = owner.send(multipart("/issues/new", &pairs, &ten)).await;
    assert_eq!(answer.status.as_u16(), 422);
    assert!(answer.body.contains("第 10 个（a.jpg）没有收下，最多 9 个"));
    let kept = hidden(&answer.body, "photo");
    assert_eq!(kept.len(), 9);

    // One is dropped, the others go on; the stranger's attempt to file them gets none.
    let mut again = pairs.clone();
    again.extend(kept.iter().map(|id| ("photo", id.as_str())));
    again.push(("drop", &kept[0]));
    let checked = owner.send(multipart("/issues/new", &again, &[])).await;
    assert_eq!(follow(&owner, &checked).await.body.matches("/thumb\"").count(), 8);
    assert_eq!(hidden(&draft_form(&owner, &checked).await.body, "photo").len(), 8);
    let stranger = site.member(3).await;
    let stolen = file(&stranger, &again).await;
    let number = file(&owner, &again[..again.len() - 1]).await;
    let mut conn = site.state.store.system().await.unwrap();
    assert_eq!(store::issue::detail(&mut conn, &stolen).await.unwrap().photos.len(), 0);
    assert_eq!(store::issue::detail(&mut conn, &number).await.unwrap().photos.len(), 9);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_command_sent_twice_is_done_once_and_shown_as_done(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let number = file(&owner, &answers("0199b0c0-0000-7000-8000-00000000000f")).await;
    let path = format!("/issues/{number}/withdraw");
    for _ in 0..2 {
        let answer = owner.post(&path, &[("text", "问题已经解决"), ("version", "1")]).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, format!("/issues/{number}").as_str()));
    }
    let mut conn = site.state.store.system().await.unwrap();
    assert_eq!(store::issue::versions(&mut conn, &number).await.unwrap().1, 2);
    // A refusal by a rule says why and keeps the words.
    let open = file(&owner, &answers("0199b0c0-0000-7000-8000-000000000010")).await;
    let answer = owner.post(&format!("/issues/{open}/withdraw"), &[("text", "好"), ("version", "1")]).await;
    assert_eq!(answer.status.as_u16(), 422);
    assert!(answer.body.contains("撤回原因至少写 2 个字") && answer.body.contains('好'));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn photos_from_a_phone_are_kept_upright_without_their_place(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let sent = phone_jpeg();
    assert!(sent.windows(4).any(|bytes| bytes == b"Exif"));
    let mut pairs = answers("0199b0c0-0000-7000-8000-000000000013");
    let three = [("a.jpg", sent.clone()), ("b.jpg", sent.clone()), ("c.jpg", sent)];
    let checked = owner.send(multipart("/issues/new", &pairs, &three)).await;
    let photos = hidden(&draft_form(&owner, &checked).await.body, "photo");
    assert_eq!(photos.len(), 3);
    pairs.extend(photos.iter().map(|id| ("photo", id.as_str())));
    let number = file(&owner, &pairs).await;
    let page = owner.get(&format!("/issues/{number}")).await.body;
    let stranger = site.member(3).await;
    for id in &photos {
        assert!(page.contains(&format!("/photos/{id}/thumb")), "the page shows it");
        for path in [format!("/photos/{id}"), format!("/photos/{id}/thumb")] {
            let answer = owner.raw(Request::get(&path).body(Body::empty()).unwrap()).await;
            assert_eq!(answer.headers().get("content-type").unwrap(), "image/jpeg");
            let bytes = answer.into_body().collect().await.unwrap().to_bytes();
            assert!(!bytes.windows(4).any(|part| part == b"Exif"), "{path}: where it was taken is gone");
            let picture = image::load_from_memory(&bytes).unwrap();
            assert_eq!(picture.width() * 4, picture.height() * 3, "{path}: turned upright");
            assert_eq!(stranger.get(&path).await.status.as_u16(), 404);
        }
    }
}
