//! What is too much is told so, and costs nobody else anything.

use super::site::{Browser, Site, answers, file, form, hidden, multipart};
use app::access::{Access, DOORS, Kind};
use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode, header};
use futures::future::join_all;
use futures::{StreamExt, stream};
use sqlx::PgPool;
use std::collections::BTreeSet;
use std::convert::Infallible;
use tokio::sync::mpsc;

/// The text that becomes markup where nobody escapes it.
const MARKUP: &str = "</textarea></script><meta http-equiv=\"refresh\" content=\"0;url=//evil.example\">\"'><b>";

/// What was typed is shown again as text, on whatever page, to whomever.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_was_typed_is_never_markup(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let people = [
        ("nobody", site.anonymous()),
        ("member", site.member(2).await),
        ("centre01", site.staff("centre01").await),
        ("station01", site.staff("station01").await),
        ("zhengce", site.staff("zhengce").await),
        ("jingxin", site.staff("jingxin").await),
    ];
    let own = site.member(2).await.get("/issues?filter=all").await.body;
    let own = own.split("href=\"/issues/HZ").nth(1).unwrap().split('"').next().unwrap();
    let number = format!("HZ{own}");
    let fields = [
        "title",
        "text",
        "place",
        "contact_name",
        "contact_phone",
        "phone",
        "code",
        "login",
        "back",
        "name",
        "meaning",
        "unit",
        "source",
        "json",
        "reason",
        "note",
        "words",
        "q",
        "amount",
        "until",
        "comment",
        "asked",
        "return_reason",
        "answer",
        "/title",
        "/id",
        "/document/title",
        "/condition/all/0/num/value",
        "/clauses/c1",
        "lines:/apply/materials",
        "preview1",
        "f.equipment_investment",
        "f.employees",
        "level",
        "category",
        "lead",
        "key",
        "whose",
        "content",
        "version",
        "change",
    ];
    let mut echoed = 0;
    for (who, browser) in &people {
        for door in DOORS.iter().filter(|door| matches!(door.kind, Kind::Form)) {
            if door.path.contains("sign-out") {
                continue;
            }
            let path = door.path.replace("{number}", &number).replace("{code}", "demo-upgrade").replace("{enterprise}", "1");
            for command in ["rate", "withdraw", "supply", "accept", "submit", "approve"] {
                let path = path.replace("{command}", command).replace("{step}", command);
                for spoilt in ["save", "preview"] {
                    let mut pairs: Vec<(&str, &str)> = fields.iter().map(|name| (*name, MARKUP)).collect();
                    pairs.extend([("do", spoilt), ("library", "attribute")]);
                    let answer = browser.send(form(&path, &pairs)).await;
                    assert!(!answer.body.contains("<meta http-equiv"), "{who}: {path} shows markup");
                    assert!(!answer.body.contains("\"'><b>"), "{who}: {path} shows markup in an attribute");
                    echoed += answer.body.matches("&lt;/textarea>").count() + answer.body.matches("&lt;/textarea&gt;").count();
                }
                if !door.path.contains("{command}") && !door.path.contains("{step}") {
                    break;
                }
            }
        }
    }
    assert!(echoed > 20, "it was shown again {echoed} times: otherwise this proves nothing");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_field_or_a_form_is_only_so_large(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let long = "长".repeat(1_000_000);
    let answer = owner.send(multipart("/issues/new", &[("text", &long)], &[])).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.body.contains("提交的内容太长") && answer.body.len() < 20_000, "{} bytes", answer.body.len());
    let answer = owner.send(form("/issues/file", &[("text", &long)])).await;
    assert!(answer.status == StatusCode::CONFLICT && answer.body.contains("提交的内容太长"));
    let many: Vec<(&str, &str)> = vec![("a", ""); 20_000];
    assert_eq!(owner.post("/issues/file", &many).await.status, StatusCode::CONFLICT);
    // A file of the largest size and one: refused as a file, what was typed stays.
    let answer =
        owner.send(multipart("/issues/new", &[("title", "路灯不亮")], &[("a.jpg", vec![0; 10 * 1024 * 1024 + 1])])).await;
    assert!(answer.body.contains("超过 10 MB") && answer.body.contains("路灯不亮"), "{}", answer.status);
}

/// Whoever has not signed in sends little, as often as there are connections.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_nobody_sends_is_only_so_large(pool: PgPool) {
    let site = Site::empty(&pool, &[]).await;
    let nobody = site.anonymous();
    let long = "x".repeat(20_000);
    // Nor is a name that no disk would take a fault of the server's.
    for name in [&long[..300], "a/".repeat(3_000).as_str(), &long[..5_000], "%00", "%ff"] {
        assert_eq!(nobody.get(&format!("/pkg/{name}")).await.status, StatusCode::NOT_FOUND, "{name}");
    }
    let doors: Vec<&str> = DOORS
        .iter()
        .filter(|door| door.kind == Kind::Form && door.access == Access::Public && door.path != "/sign-out")
        .map(|door| door.path)
        .collect();
    assert_eq!(doors.len(), 5, "{doors:?}");
    for path in doors {
        let answer = nobody.post(path, &[("back", long.as_str()), ("phone", "13800000002"), ("login", "nobody")]).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{path}");
        assert!(answer.body.contains("提交的内容太长") && answer.body.len() < 20_000, "{path}");
        let answer =
            nobody.post(path, &[("back", &long[..8_000]), ("login", &long[..4_000]), ("password", &long[..2_000])]).await;
        assert!(answer.status != StatusCode::CONFLICT && !answer.status.is_server_error(), "{path}: {}", answer.status);
    }
    // A report of another system's is larger, with a key or without.
    let (fits, large) = ("x".repeat(60_000), "x".repeat(70_000));
    assert_eq!(nobody.post("/open311/v2/requests.json", &[("description", fits.as_str())]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        nobody.post("/open311/v2/requests.json", &[("description", large.as_str())]).await.status,
        StatusCode::BAD_REQUEST
    );
}

/// What an island sends is whole in memory before anybody looks at it: only the editor's drafts are large.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_an_island_sends_is_only_so_large(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (owner, editor) = (site.member(2).await, site.staff("zhengce").await);
    let sent = async |browser: &Browser, path: &str, bytes: usize| {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/postcard");
        let request = request.header(header::CONTENT_LENGTH, bytes).body(Body::from(vec![b'x'; bytes])).unwrap();
        browser.send(request).await.status
    };
    let mut small = 0;
    for door in DOORS.iter().filter(|door| door.kind == Kind::Rpc) {
        if door.access == Access::Policy {
            assert_ne!(sent(&editor, door.path, 1024 * 1024).await, StatusCode::PAYLOAD_TOO_LARGE, "{}", door.path);
            assert_eq!(sent(&editor, door.path, 3 * 1024 * 1024).await, StatusCode::PAYLOAD_TOO_LARGE, "{}", door.path);
        } else if matches!(door.access, Access::Member | Access::SignedIn) {
            assert_eq!(sent(&owner, door.path, 300 * 1024).await, StatusCode::PAYLOAD_TOO_LARGE, "{}", door.path);
            assert_ne!(sent(&owner, door.path, 200 * 1024).await, StatusCode::PAYLOAD_TOO_LARGE, "{}", door.path);
            small += 1;
        }
    }
    assert!(small > 3, "{small}");
}

/// Posts a form with files, of these bytes.
fn raw(body: impl Into<Body>) -> Request<Body> {
    let kind = "multipart/form-data; boundary=XX";
    Request::post("/issues/new").header(header::CONTENT_TYPE, kind).body(body.into()).unwrap()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_lies_between_the_files_of_a_form_is_only_so_much(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let junk = vec![b'x'; 3 * 1024 * 1024];
    let head = b"--XX\r\nContent-Disposition: form-data; name=\"".to_vec();
    for (what, body) in [("before the first part", junk.clone()), ("a head", [head, junk].concat())] {
        let answer = owner.send(raw(body)).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{what}");
        assert!(answer.body.contains("提交的内容太长"), "{what}: {}", answer.body);
    }
    // Files, however small, are so many; those of a large file count as nothing between.
    let many: Vec<(&str, Vec<u8>)> = (0..41).map(|_| ("a.jpg", b"x".to_vec())).collect();
    let answer = owner.send(multipart("/issues/new", &[], &many)).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let answer = owner.send(multipart("/issues/new", &[("title", "路灯不亮")], &many[..40])).await;
    assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.body.contains("路灯不亮"), "{}", answer.status);
    let large = [("a.jpg", vec![0; 5 * 1024 * 1024]), ("b.jpg", super::site::jpeg())];
    let answer = owner.send(multipart("/issues/new", &[("title", "路灯不亮")], &large)).await;
    assert!(answer.body.contains("第 1 个（a.jpg）") && hidden(&answer.body, "photo").len() == 1, "{}", answer.body);
}

/// Whoever sends files and does not end holds memory: so many may.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn so_many_uploads_are_on_their_way_at_once(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let (told, mut heard) = mpsc::channel(8);
    let mut sending = Vec::new();
    for _ in 0..3 {
        let (owner, told) = (owner.clone(), told.clone());
        let begun = stream::once(async move {
            _ = told.send(()).await;
            Ok::<_, Infallible>(Bytes::from_static(b"--XX\r\n"))
        });
        let request = raw(Body::from_stream(begun.chain(stream::pending())));
        sending.push(tokio::spawn(async move { owner.send(request).await }));
    }
    for _ in 0..3 {
        heard.recv().await.unwrap();
    }
    let small = || multipart("/issues/new", &[("title", "路灯不亮")], &[("b.jpg", super::site::jpeg())]);
    let refused = owner.send(small()).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.body.contains("系统正忙") && refused.headers.contains_key(header::RETRY_AFTER));
    let elsewhere = site.member(2).await.send(small()).await;
    assert_eq!(elsewhere.status, StatusCode::SERVICE_UNAVAILABLE, "another session is no other person");
    assert_eq!(owner.post("/issues/new", &[("title", "路灯不亮")]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "no files");
    assert_eq!(site.member(3).await.send(small()).await.status, StatusCode::UNPROCESSABLE_ENTITY, "another has places");
    // Whoever goes away leaves the place.
    for one in sending {
        one.abort();
        _ = one.await;
    }
    assert_eq!(owner.send(small()).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// A body that begins and does not end: whoever waits for it holds no connection of the database meanwhile, at no door.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn nobody_who_waits_for_a_body_holds_a_connection(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let issue = file(&owner, &answers("0199b0c0-0000-7000-8000-0000000000c9")).await;
    let one = async |sql: &'static str| sqlx::query_scalar::<_, String>(sql).fetch_one(&pool).await.unwrap();
    let application = one("select number from application where state = 'submitted' order by id limit 1").await;
    let account = one("select id::text from staff where login = 'centre03'").await;
    let enterprise = one("select min(id)::text from enterprise").await;
    let mut browsers = vec![("member", owner), ("nobody", site.anonymous())];
    for login in ["centre01", "station01", "jianshe", "jingxin", "zhengce", "admin"] {
        browsers.push((login, site.staff(login).await));
    }
    let mut waited = BTreeSet::new();
    // Whoever signs out is somebody else afterwards.
    for door in DOORS.iter().filter(|door| door.method == "POST" && !door.path.contains("sign-out")) {
        let number = if door.path.contains("applications") { &application } else { &issue };
        let path = door.path.replace("{number}", number).replace("{enterprise}", &enterprise).replace("{account}", &account);
        let path = path.replace("{step}", "submit").replace("{command}", if number == &issue { "withdraw" } else { "review" });
        let path = path.replace("{code}", if path.contains("policies") { "demo-upgrade" } else { "1" });
        let path = path.split('/').map(|part| if part.starts_with('{') { "1" } else { part }).collect::<Vec<_>>().join("/");
        for (who, browser) in &browsers {
            let (told, mut heard) = mpsc::channel(1);
            let begun = stream::once(async move {
                _ = told.send(()).await;
                Ok::<_, Infallible>(Bytes::from_static(b"--XX\r\n"))
            });
            let body = Body::from_stream(begun.chain(stream::pending()));
            let kind = "multipart/form-data; boundary=XX";
            let answer = browser.raw(Request::post(&path).header(header::CONTENT_TYPE, kind).body(body).unwrap());
            tokio::pin!(answer);
            tokio::select! {
                // Refused unread.
                _ = &mut answer => continue,
                Some(()) = heard.recv() => {}
            }
            let all = join_all((0..8).map(|_| site.state.store.system())).await;
            assert!(all.iter().all(Result::is_ok), "{who}: {path}");
            waited.insert(door.path);
        }
    }
    assert!(waited.len() > 50, "only {}: {waited:?}", waited.len());
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn so_many_streams_uploads_and_problems_are_one_persons(pool: PgPool) {
    let site = Site::demo(&pool, &[("QIFU_UPLOADS_PER_DAY", "2"), ("QIFU_FILINGS_PER_DAY", "2")]).await;
    let owner = site.member(2).await;
    let open = async || owner.raw(Request::get("/messages/events").body(Body::empty()).unwrap()).await;
    let mut streams = Vec::new();
    for _ in 0..16 {
        let stream = open().await;
        assert_eq!(stream.status(), StatusCode::OK);
        streams.push(stream);
    }
    assert_eq!(open().await.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(owner.get("/home").await.status, StatusCode::OK, "pages go on");
    assert_eq!(
        site.member(3).await.raw(Request::get("/messages/events").body(Body::empty()).unwrap()).await.status(),
        StatusCode::OK
    );

    let photo = super::site::jpeg();
    let three = [("a.jpg", photo.clone()), ("b.jpg", photo.clone()), ("c.jpg", photo)];
    let answer = owner.send(multipart("/issues/new", &answers("0199b0c0-0000-7000-8000-0000000000c1"), &three)).await;
    assert!(answer.body.contains("今天上传的照片和文件太多") && hidden(&answer.body, "photo").len() == 2);
    for key in ["0199b0c0-0000-7000-8000-0000000000c2", "0199b0c0-0000-7000-8000-0000000000c3"] {
        assert_eq!(owner.post("/issues/file", &answers(key)).await.status, StatusCode::SEE_OTHER);
    }
    let third = owner.post("/issues/file", &answers("0199b0c0-0000-7000-8000-0000000000c4")).await;
    assert_eq!(third.status, StatusCode::CONFLICT);
    assert!(third.body.contains("今天已提交 2 件") && third.body.contains("一下雨货车就进不来"), "what was typed stays");
}

/// Two windows: one writes for the first enterprise, the other chose the second meanwhile.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_form_is_filed_for_whom_it_was_written(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(1).await;
    let choices = hidden(&owner.get("/enterprises").await.body, "enterprise");
    let [first, second] = choices.as_slice() else { panic!("two enterprises: {choices:?}") };
    let choose = async |id: &str| assert_eq!(owner.post("/enterprises", &[("enterprise", id)]).await.location(), "/home");
    choose(first).await;
    // Every form of a member's that is not named by an object of its own says whose it is.
    for page in ["/issues/new", "/me/portrait", "/me/notices", "/policies/calculator", "/policies/demo-upgrade", "/policies"] {
        let shown = owner.get(page).await;
        let posts = shown.body.matches("method=\"post\"").count() - shown.body.matches("action=\"/elder\"").count();
        let whose = hidden(&shown.body, "whose");
        assert!(posts == 0 || whose.iter().all(|id| id == first) && !whose.is_empty(), "{page}: {posts} forms, for {whose:?}");
    }
    let mut pairs = answers("0199b0c0-0000-7000-8000-0000000000d1");
    pairs.push(("whose", first));
    choose(second).await;
    for path in ["/issues/new", "/issues/file"] {
        let refused = owner.post(path, &pairs).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{path}");
        assert!(refused.body.contains("为另一家企业填写") && refused.body.contains("一下雨货车就进不来"), "{path}");
        assert_eq!(hidden(&refused.body, "whose"), std::slice::from_ref(first), "it stays the first one's");
    }
    for path in ["/me/portrait", "/me/notices", "/policies/demo-upgrade/ask", "/me/portrait/dispute"] {
        let pairs = [
            ("whose", first.as_str()),
            ("code", "employees"),
            ("text", "数据不对"),
            ("key", "0199b0c0-0000-7000-8000-0000000000d2"),
        ];
        let refused = owner.post(path, &pairs).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{path}: {}", refused.body);
    }
    // Nobody has seen the messages of this one.
    let told = "insert into message (person_id, enterprise_id, number, kind, title, body, created_at)
        select m.person_id, m.enterprise_id, '', 'news', '有新消息', '', now() from membership m where m.enterprise_id = $1";
    let other: i64 = second.parse().unwrap();
    assert!(sqlx::query(told).bind(other).execute(&pool).await.unwrap().rows_affected() > 0);
    let unread = async || {
        let sql = "select count(*) from message where enterprise_id = $1 and title = '有新消息' and read_at is null";
        sqlx::query_scalar::<_, i64>(sql).bind(other).fetch_one(&pool).await.unwrap()
    };
    let before = unread().await;
    let most = i64::MAX.to_string();
    let read = async |whose: &str| owner.post("/messages/read", &[("up_to", most.as_str()), ("whose", whose)]).await;
    assert_eq!(
        (read(first).await.location(), unread().await),
        ("/messages", before),
        "the other window's page showed none of them"
    );
    assert_eq!(hidden(&owner.get("/messages").await.body, "whose"), std::slice::from_ref(second));
    read(second).await;
    assert!(unread().await < before);
    choose(first).await;
    assert_eq!(owner.post("/issues/file", &pairs).await.status, StatusCode::SEE_OTHER);
}
