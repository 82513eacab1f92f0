//! What goes wrong is told in a sentence and is the trouble of one request.

use crate::site::{Browser, Site, answers, file, form};
use crate::wire::Wire;
use app::access::{DOORS, Kind};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::routing::get;
use domain::actor::{Actor, CITY, Duty, MemberRole};
use domain::issue::{Channel, Command, Level, Submission, Urgency};
use futures::future::join_all;
use http_body_util::BodyExt;
use server::workers::{alarms, pauses};
use sqlx::PgPool;
use store::issue::Filing;
use tower::ServiceExt;

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_panic_is_one_answer_and_the_next_request_is_served(owner: PgPool) {
    let site = Site::empty(&owner, &[]).await;
    let routes = Router::new()
        .route("/healthz", get(async || if std::hint::black_box(true) { panic!("secret words") } else { "" }))
        .route("/readyz", get(async || "served"));
    let router = server::http::around(routes, &site.state);
    let answer = async |path: &str| {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        (status, String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap())
    };
    let (status, page) = answer("/healthz").await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(page.contains("</html>") && !page.contains("secret words"), "{page}");
    assert_eq!(answer("/readyz").await, (StatusCode::OK, "served".to_owned()));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn who_comes_while_every_connection_is_taken_is_told_and_served_later(owner: PgPool) {
    let site = Site::demo(&owner, &[]).await;
    let member = site.member(2).await;
    let taken = join_all((0..8).map(|_| async { site.state.store.system().await.unwrap() })).await;
    let answer = member.get("/home").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.body.contains("系统正忙，请过一会儿再试"), "{}", answer.body);
    assert!(answer.headers.contains_key("retry-after"));
    drop(taken);
    assert_eq!(member.get("/home").await.status, StatusCode::OK);
}

/// Somebody holds the issue for longer than anybody shall wait: a sentence, what was typed, and nothing lost.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn who_waits_too_long_for_anothers_lock_is_told(owner: PgPool) {
    let site = Site::demo(&owner, &[]).await;
    let member = site.member(2).await;
    let number = file(&member, &answers("0199b0c0-0000-7000-8000-0000000000e1")).await;
    let mut other = owner.begin().await.unwrap();
    sqlx::query("select from issue where number = $1 for update").bind(&number).execute(&mut *other).await.unwrap();
    let path = format!("/issues/{number}/withdraw");
    let pairs = [("text", "问题已经解决"), ("version", "1")];
    let answer = member.post(&path, &pairs).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.body.contains("系统正忙，请过一会儿再试"), "{}", answer.body);
    assert!(answer.headers.contains_key("retry-after"));
    other.rollback().await.unwrap();
    assert_eq!(member.post(&path, &pairs).await.status, StatusCode::SEE_OTHER);
}

/// More issues than are asked for at once have an instant that lies before their time, as they have when a day was added to the calendar since, and one of
/// them cannot be read at all: what is behind them is told, and goes on, all the same, and the turn ends.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_issue_that_a_worker_can_do_nothing_about_holds_up_no_other(owner: PgPool) {
    let site = Site::demo(&owner, &[]).await;
    let (person, enterprise, area): (i64, i64, i32) = sqlx::query_as(
        "select m.person_id, m.enterprise_id, e.area from membership m join enterprise e on e.id = m.enterprise_id order by 1, 2 limit 1",
    )
    .fetch_one(&owner)
    .await
    .unwrap();
    let terms = site.state.services().tables().terms;
    let then = site.state.now() - time::Duration::days(30);
    let member = Actor::Member { person, enterprise, role: MemberRole::Owner };
    let centre = Actor::Staff { id: 1, duty: Duty::Centre { area: CITY } };
    let mut conn = site.state.store.system().await.unwrap();
    let mut numbers = Vec::new();
    for key in [0xa1, 0xa2] {
        let submission = Submission {
            title: "厂门口积水".to_owned(),
            text: "厂门口的道路一下雨就积水，货车进不来。".to_owned(),
            category: "drainage".to_owned(),
            place: String::new(),
            area,
            channel: Channel::Online,
            photos: 0,
        };
        let filing = Filing {
            client_key: uuid::Uuid::from_u128(key),
            actor: &member,
            actor_name: "陈伟",
            command: &Command::Submit(submission),
            enterprise,
            contact_name: "陈伟",
            contact_phone: "13800138000",
            photos: &[],
            most_a_day: 0,
        };
        numbers.push(store::issue::file(&mut conn, &filing, then, &terms).await.unwrap().number);
    }
    let accept = Command::Accept { category: "drainage".to_owned(), level: Level::Simple, urgency: Urgency::Normal, area: None };
    for command in [accept, Command::Ask { what: "请补充现场照片".to_owned() }] {
        store::issue::execute(&mut conn, &numbers[1], &command, &centre, "受理人", &[], then, &terms).await.unwrap();
    }
    drop(conn);
    let before = "update issue set alarm_at = '2000-01-01', pause_cap = '2000-01-01' where number <> all($1)";
    let before = sqlx::query(before).bind(&numbers).execute(&owner).await.unwrap().rows_affected();
    assert!(before > 100, "only {before}");
    let unread = r#"alter table issue_event disable trigger all;
        update issue_event set event = '{"type":"unheard_of"}' where issue_id = (select min(id) from issue);
        alter table issue_event enable trigger all"#;
    sqlx::raw_sql(unread).execute(&owner).await.unwrap();
    let a_turn = std::time::Duration::from_secs(120);
    tokio::time::timeout(a_turn, alarms(&site.state)).await.expect("the turn ends").unwrap();
    tokio::time::timeout(a_turn, pauses(&site.state)).await.expect("the turn ends").unwrap();
    for (number, expected) in numbers.iter().zip(["overdue", "pause_lapsed"]) {
        let kinds: Vec<String> = sqlx::query_scalar(
            "select e.kind from issue_event e join issue i on i.id = e.issue_id where i.number = $1 order by e.seq",
        )
        .bind(number)
        .fetch_all(&owner)
        .await
        .unwrap();
        assert!(kinds.iter().any(|kind| kind == expected), "{kinds:?}");
    }
}

/// The network between server and database loses every byte, and nobody hears of it: told in time, and served again as soon as bytes come through.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn who_comes_while_the_database_is_silent_is_told_and_served_later(owner: PgPool) {
    let wire = Wire::to(&owner).await;
    let site = Site::at(wire.options.clone(), &[]).await.with_demo().await;
    let (member, nobody) = (site.member(2).await, site.anonymous());
    assert_eq!(member.get("/home").await.status, StatusCode::OK);
    wire.silence(true);
    let (page, ready) = tokio::join!(member.get("/home"), nobody.get("/readyz"));
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.body.contains("系统正忙，请过一会儿再试") && page.headers.contains_key("retry-after"), "{}", page.body);
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    wire.silence(false);
    assert_eq!(member.get("/home").await.status, StatusCode::OK);
    assert_eq!(nobody.get("/readyz").await.status, StatusCode::OK);
}

/// What PostgreSQL says when its disk is full is no fault of the form, and passes.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn who_files_while_the_disk_is_full_is_told_and_files_the_same_later(owner: PgPool) {
    let site = Site::demo(&owner, &[]).await;
    let member = site.member(2).await;
    let full = "create function full_disk() returns trigger language plpgsql as $$ begin
            raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$;
        create trigger full_disk before insert on issue for each row execute function full_disk()";
    sqlx::raw_sql(full).execute(&owner).await.unwrap();
    let pairs = answers("0199b0c0-0000-7000-8000-0000000000f1");
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, *value)).collect();
    let answer = member.post("/issues/file", &pairs).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.body.contains("系统正忙，请过一会儿再试") && !answer.body.contains("No space"), "{}", answer.body);
    sqlx::raw_sql("drop trigger full_disk on issue").execute(&owner).await.unwrap();
    assert_eq!(member.post("/issues/file", &pairs).await.status, StatusCode::SEE_OTHER);
}

/// PostgreSQL stores no NUL. Whoever sends one is told, wherever it stands.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_character_that_cannot_be_stored_is_never_a_fault_of_ours(owner: PgPool) {
    let site = Site::demo(&owner, &[]).await;
    let browsers: [(&str, Browser); 6] = [
        ("member", site.member(2).await),
        ("centre01", site.staff("centre01").await),
        ("station01", site.staff("station01").await),
        ("zhengce", site.staff("zhengce").await),
        ("jianshe", site.staff("jianshe").await),
        ("nobody", site.anonymous()),
    ];
    let query =
        "q=%00&queue=%00&after=%00&filter=%00&level=%00&board=%00&soon=%00&state=%00&item=%00&number=%00&code=%00&back=%00";
    for door in DOORS {
        let path = ["{number}", "{code}", "{id}", "{enterprise}", "{command}", "{step}", "{version}"]
            .iter()
            .fold(door.path.to_owned(), |path, part| path.replace(part, "a%00"));
        for (who, browser) in &browsers {
            let request = if door.method == "GET" {
                Request::get(format!("{path}?{query}")).body(Body::empty()).unwrap()
            } else {
                form(
                    &path,
                    &[("text", "\0"), ("title", "\0"), ("phone", "\0"), ("login", "\0"), ("password", "\0"), ("reason", "\0")],
                )
            };
            // A stream does not end; its head says enough.
            let status = browser.raw(request).await.status();
            assert!(status.as_u16() < 500, "{who}: {} {path} answers {status}", door.method);
        }
    }
    // The walk went through the sign-out, too.
    let member = site.member(2).await;
    // Where it would be stored: what was typed stands in the form again.
    for (field, key) in ["title", "text", "place", "contact_name"].into_iter().zip([
        "0199b0c0-0000-7000-8000-0000000000a1",
        "0199b0c0-0000-7000-8000-0000000000a2",
        "0199b0c0-0000-7000-8000-0000000000a3",
        "0199b0c0-0000-7000-8000-0000000000a4",
    ]) {
        let pairs: Vec<(&str, String)> = answers(key)
            .into_iter()
            .map(|(name, value)| (name, if name == field { format!("{value}\0") } else { value.to_owned() }))
            .collect();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = member.post("/issues/file", &pairs).await;
        // Filed without it, or told with everything still there.
        let told = answer.body.contains("无法保存的特殊字符") && answer.body.contains("一下雨货车就进不来");
        let status = answer.status;
        assert!(status == StatusCode::SEE_OTHER || status == StatusCode::UNPROCESSABLE_ENTITY && told, "{field}: {status}");
    }
}

/// Numbers of things that nobody has, as large as a number gets, and what is no number, in addresses and in every field that names something: told
/// in a sentence, on a page of ours.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_names_nothing_is_never_a_fault_of_ours(owner: PgPool) {
    let site = Site::demo(&owner, &[]).await;
    let browsers: [(&str, Browser); 7] = [
        ("member", site.member(2).await),
        ("centre01", site.staff("centre01").await),
        ("station01", site.staff("station01").await),
        ("zhengce", site.staff("zhengce").await),
        ("jianshe", site.staff("jianshe").await),
        ("admin", site.staff("admin").await),
        ("nobody", site.anonymous()),
    ];
    let names = [
        "id",
        "lead",
        "co",
        "department",
        "colleague",
        "category",
        "area",
        "station",
        "board",
        "item",
        "person",
        "enterprise",
        "template",
        "version",
        "seq",
        "seen",
        "change",
        "session",
        "up_to",
        "year",
        "page",
        "days",
        "waived",
        "proposed",
        "pick",
        "after",
    ];
    let values = [("9223372036854775807", "9223372036854775807"), ("99999999999999999999", "-1"), ("%FF%FE", "999999999")];
    // Whoever signs out is somebody else afterwards.
    for (at, door) in DOORS.iter().enumerate().filter(|(_, door)| !door.path.contains("sign-out")) {
        for (turn, (who, browser)) in browsers.iter().enumerate() {
            let (place, value) = values[(at + turn) % values.len()];
            let parts = door.path.split('/').map(|part| if part.starts_with('{') { place } else { part }).collect::<Vec<_>>();
            let path = parts.join("/");
            let pairs = names.map(|name| (name, value));
            let request = if door.method == "GET" {
                Request::get(format!("{path}?{}", serde_urlencoded::to_string(pairs).unwrap())).body(Body::empty()).unwrap()
            } else {
                form(&path, &pairs)
            };
            let response = browser.raw(request).await;
            let status = response.status();
            assert!(!status.is_server_error(), "{who}: {} {path} answers {status}", door.method);
            // Channels have their own words; a person is told on a page.
            if status.is_client_error() && matches!(door.kind, Kind::Page | Kind::Form | Kind::File) {
                let kind = response.headers().get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap().to_owned());
                assert_eq!(kind.as_deref(), Some("text/html; charset=utf-8"), "{who}: {} {path}", door.method);
            }
        }
    }
}

/// What an island never sends: no fault of ours, and nobody is told to come back later.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn arguments_that_cannot_be_read_are_refused(owner: PgPool) {
    let site = Site::demo(&owner, &[("QIFU_DEMO", "1")]).await;
    let people = [site.anonymous(), site.member(2).await, site.staff("centre01").await, site.staff("zhengce").await];
    let mut refused = 0;
    for door in DOORS.iter().filter(|door| door.kind == Kind::Rpc) {
        for person in &people {
            for body in [&b""[..], b"\xff\xff\xff\xff\xff\xff", b"draft=%00&x", b"{\"a\":1}"] {
                let request =
                    Request::post(door.path).header(header::CONTENT_TYPE, "application/postcard").body(Body::from(body)).unwrap();
                let status = person.raw(request).await.status();
                assert!(!status.is_server_error(), "{status} {} {body:?}", door.path);
                refused += usize::from(status == StatusCode::CONFLICT);
            }
        }
    }
    assert!(refused > 0, "nobody got as far as the arguments");
}
