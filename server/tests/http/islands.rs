//! What islands ask and send: typed answers, typed refusals, nothing for strangers.

use super::site::{Browser, Site, answers, call, draft_form, file, hidden, jpeg, multipart};
use app::error::RpcError;
use app::filing::rpc::{Suggest, Suggested, Uploaded};
use app::issue::space::progress::Progress;
use app::issue::space::rpc::{Done, Given, IssueCommand, IssueProgress};
use axum::body::Body;
use axum::http::{Request, header};
use domain::issue::{CommandKind, State};
use sqlx::PgPool;

async fn upload(browser: &Browser, path: &str, bytes: Vec<u8>) -> Result<Uploaded, RpcError> {
    browser.send(multipart(path, &[], &[("photo.jpg", bytes)])).await.island()
}

fn fault(sentence: &str) -> Result<Uploaded, RpcError> {
    Err(RpcError::Invalid(vec![("photos".to_owned(), sentence.to_owned())]))
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_photo_travels_alone_and_the_form_carries_its_id(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let taken = upload(&owner, "/photos", jpeg()).await.unwrap();
    // Pending, it is seen by whoever took it and by nobody else.
    let thumb = format!("/photos/{}/thumb", taken.id);
    assert_eq!(owner.get(&thumb).await.status.as_u16(), 200);
    let stranger = site.member(3).await;
    assert_eq!(stranger.get(&thumb).await.status.as_u16(), 404);
    let mut pairs = answers("0199b0c0-0000-7000-8000-000000000021");
    pairs.push(("photo", &taken.id));
    let checked = owner.post("/issues/new", &pairs).await;
    assert_eq!(hidden(&draft_form(&owner, &checked).await.body, "photo"), std::slice::from_ref(&taken.id));
    let (stolen, number) = (file(&stranger, &pairs).await, file(&owner, &pairs).await);
    let mut conn = site.state.store.system().await.unwrap();
    assert_eq!(store::issue::detail(&mut conn, &stolen).await.unwrap().photos.len(), 0);
    assert_eq!(store::issue::detail(&mut conn, &number).await.unwrap().photos.len(), 1);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_photo_that_is_not_taken_says_why(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    assert_eq!(
        upload(&owner, "/photos", b"GIF89a".to_vec()).await,
        fault("不是图片（JPEG、PNG、WebP）、PDF、Word（docx）或 Excel（xlsx）文件")
    );
    let mut cut = jpeg();
    cut.truncate(cut.len() / 2);
    cut.extend([0; 64]);
    assert_eq!(upload(&owner, "/photos", cut[..200].to_vec()).await, fault("图片已损坏，打不开"));
    let large = vec![0xff; 11 * 1024 * 1024];
    let mut announced = multipart("/photos", &[], &[("a.jpg", large.clone())]);
    announced.headers_mut().insert(header::CONTENT_LENGTH, large.len().into());
    let answer: Result<Uploaded, RpcError> = owner.send(announced).await.island();
    assert_eq!(answer, fault("超过 10 MB，请压缩后再传"));
    // One that does not say how large it is, is cut off.
    let answer = upload(&owner, "/photos", large).await;
    assert!(matches!(answer, Err(RpcError::Refused(_))), "{answer:?}");
    let answer: Result<Uploaded, RpcError> = owner.post("/photos", &[("photo", "x")]).await.island();
    assert!(matches!(answer, Err(RpcError::Refused(_))), "{answer:?}");
    let mut conn = site.state.store.system().await.unwrap();
    let pending = domain::retention::RULES.iter().find(|rule| rule.code == "photo").unwrap();
    let waiting = store::retention::count(&mut conn, pending, site.state.now() + time::Duration::days(3)).await.unwrap();
    assert_eq!(waiting, 0, "nothing of all that was kept");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_station_takes_photos_for_its_own_district_only(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let number = file(&site.member(2).await, &answers("0199b0c0-0000-7000-8000-000000000022")).await;
    let mut conn = site.state.store.system().await.unwrap();
    let enterprise = store::issue::detail(&mut conn, &number).await.unwrap().enterprise;
    drop(conn);
    let path = format!("/desk/assist/{enterprise}/photos");
    let station = site.staff("station01").await;
    let taken = upload(&station, &path, jpeg()).await.unwrap();
    assert_eq!(station.get(&format!("/photos/{}/thumb", taken.id)).await.status.as_u16(), 200);
    assert_eq!(upload(&site.staff("station03").await, &path, jpeg()).await, Err(RpcError::NotFound));
    assert_eq!(upload(&site.staff("centre01").await, &path, jpeg()).await, Err(RpcError::Forbidden));
    assert_eq!(upload(&site.anonymous(), &path, jpeg()).await, Err(RpcError::Unauthenticated));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn suggestions_come_for_whoever_is_signed_in(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let asked = || call(&Suggest { text: "厂房旁边道路积水，货车进不来".to_owned() });
    let found: Suggested = site.member(2).await.send(asked()).await.island().unwrap();
    assert_eq!(found.hints[0].code, "drainage");
    let station: Suggested = site.staff("station01").await.send(asked()).await.island().unwrap();
    assert_eq!(station, found);
    let refused: Result<Suggested, RpcError> = site.anonymous().send(asked()).await.island();
    assert_eq!(refused, Err(RpcError::Unauthenticated));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn signing_out_makes_the_browser_forget_drafts(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    for path in ["/sign-out", "/sign-out/everywhere"] {
        let answer = site.member(2).await.send(Request::post(path).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status.as_u16(), 303);
        assert_eq!(answer.headers.get("clear-site-data").unwrap(), "\"cache\", \"storage\"");
    }
}

fn words(number: &str, kind: CommandKind, version: u32, text: &str) -> Request<Body> {
    call(&IssueCommand { number: number.to_owned(), version, given: Given::Words { kind, text: text.to_owned() } })
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_problem_moves_in_place_for_its_own_enterprise_only(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let number = file(&owner, &answers("0199b0c0-0000-7000-8000-000000000023")).await;
    let asked = || call(&IssueProgress { number: number.clone() });
    let withdraw = |version, text| words(&number, CommandKind::Withdraw, version, text);
    for (browser, expected) in [
        (site.anonymous(), RpcError::Unauthenticated),
        (site.member(3).await, RpcError::NotFound),
        (site.nobodys().await, RpcError::Forbidden),
        (site.staff("centre01").await, RpcError::Forbidden),
    ] {
        let seen: Result<Progress, RpcError> = browser.send(asked()).await.island();
        assert_eq!(seen, Err(expected.clone()));
        let done: Result<Done, RpcError> = browser.send(withdraw(1, "问题已经解决")).await.island();
        assert_eq!(done, Err(expected));
    }
    let now: Progress = owner.send(asked()).await.island().unwrap();
    assert_eq!((now.version, now.state), (1, State::Submitted));
    assert_eq!(now.commands, [CommandKind::Note, CommandKind::Urge, CommandKind::Withdraw]);

    // What is missing is a fault of its field, and nothing moved.
    let short: Result<Done, RpcError> = owner.send(withdraw(1, "好")).await.island();
    let fault = ("text".to_owned(), "撤回原因至少写 2 个字，现在是 1 个字".to_owned());
    assert_eq!(short, Err(RpcError::Invalid(vec![fault])));
    // A command of staff's is none of a member's, whatever is sent.
    let strange: Result<Done, RpcError> = owner.send(words(&number, CommandKind::Close, 1, "电话回访过")).await.island();
    assert_eq!(strange, Err(RpcError::NotFound));

    let done: Done = owner.send(withdraw(1, "问题已经解决")).await.island().unwrap();
    assert_eq!((done.said.as_str(), done.progress.state, done.progress.version), ("已撤回。", State::Withdrawn, 2));
    assert_eq!(done.progress.lines[0].title, "已撤回");
    // Sent again because the answer did not arrive: it is done once.
    let again: Result<Done, RpcError> = owner.send(withdraw(1, "问题已经解决")).await.island();
    assert!(matches!(again, Err(RpcError::Conflict(_))), "{again:?}");
    let now: Progress = owner.send(asked()).await.island().unwrap();
    assert_eq!(now.version, 2);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_rating_that_lacks_something_says_what(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let number = file(&owner, &answers("0199b0c0-0000-7000-8000-000000000024")).await;
    let given = Given::Rate { solved: None, level: None, sure: None, reasons: Vec::new(), comment: "好".to_owned() };
    let answer: Result<Done, RpcError> = owner.send(call(&IssueCommand { number, version: 1, given })).await.island();
    let Err(error) = answer else { panic!("an empty rating was taken") };
    assert_eq!(error.at("solved").as_deref(), Some("请选择问题解决了没有"));
    assert_eq!(error.at("level").as_deref(), Some("请选择满意程度"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_too_large_for_an_island_is_not_read(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let send = |bytes: usize| {
        let body = vec![0u8; bytes];
        Request::post("/rpc/message/counts").header(header::CONTENT_LENGTH, bytes).body(Body::from(body)).unwrap()
    };
    assert_eq!(owner.send(send(3 * 1024 * 1024)).await.status.as_u16(), 413);
    assert_eq!(owner.send(send(0)).await.status.as_u16(), 200);
}
