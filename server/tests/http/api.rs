//! The interface for channels as a client meets it: without a key, with a wrong one, with one that may not, with another's; then the whole way of a problem.

use crate::site::{Answer, Browser, Site};
use app::api::document::{operations, value};
use app::api_key::act::make;
use app::open311::hash_key;
use axum::body::Body;
use axum::http::{Request, header};
use domain::api_key::{Rates, Scope};
use domain::issue::Channel;
use domain::uscc::Uscc;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use server::http::ROUTES;
use server::webhook::Courier;
use server::workers::{drain, send_webhooks};
use sha2::Sha256;
use sqlx::PgPool;
use std::collections::BTreeSet;
use store::api_key::NewKey;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A client with a key.
pub struct Client {
    pub browser: Browser,
    pub key: String,
}

pub const BOTH: &[Scope] = &[Scope::Write, Scope::Read];

impl Client {
    pub async fn new(site: &Site, name: &str, scopes: &[Scope], rates: Rates) -> Client {
        let key = make();
        let mut conn = site.state.store.system().await.unwrap();
        let hash = hash_key(&key);
        let new = NewKey { name, hash: &hash, channel: Channel::Hotline, scopes, rates };
        store::api_key::add(&mut conn, &new, None, site.state.now()).await.unwrap();
        conn.release();
        Client { browser: site.anonymous(), key }
    }

    pub async fn hotline(site: &Site) -> Client {
        Client::new(site, "12345 热线平台", BOTH, Rates::USUAL).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {}", self.key));
        self.browser.send(request.body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.marked(path, body, None).await
    }

    pub async fn marked(&self, path: &str, body: &Value, mark: Option<&str>) -> Answer {
        let mut request = Request::post(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.key))
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(mark) = mark {
            request = request.header("idempotency-key", mark);
        }
        self.browser.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// Files and answers the number.
    pub async fn file(&self, external: &str) -> String {
        let filed = self.post("/api/v1/issues", &problem(external)).await;
        assert_eq!(filed.status.as_u16(), 201, "{}", filed.body);
        read(&filed)["issue"]["number"].as_str().unwrap().to_owned()
    }
}

pub fn read(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap()
}

/// What is wrong, by code and field.
pub fn faults(answer: &Answer) -> BTreeSet<(String, String)> {
    let errors = read(answer)["errors"].as_array().unwrap().clone();
    let word = |value: &Value| value.as_str().unwrap_or("").to_owned();
    errors
        .iter()
        .map(|fault| {
            assert!(fault["message"].as_str().is_some_and(|words| !words.is_empty()), "{fault}");
            (word(&fault["code"]), word(&fault["field"]))
        })
        .collect()
}

pub fn named(list: &[(&str, &str)]) -> BTreeSet<(String, String)> {
    list.iter().map(|(code, field)| ((*code).to_owned(), (*field).to_owned())).collect()
}

pub fn problem(external: &str) -> Value {
    json!({
        "external_id": external,
        "enterprise": { "uscc": Uscc::from_body("91330500MA2B0ABC1").unwrap().as_str(), "name": "湖州示例照明有限公司" },
        "text": "厂区西门口连续六盏路灯不亮，晚班员工骑车很不安全",
        "category": "drainage",
        "place": "织里镇栋梁路 88 号",
        "area": "330502",
        "contact": { "name": "陈某某", "phone": "13912345678" },
    })
}

/// Staff gives a command by its form.
pub async fn give(site: &Site, login: &str, number: &str, command: &str, fields: &[(&str, &str)]) {
    let mut system = site.state.store.system().await.unwrap();
    let version = store::issue::versions(&mut system, number).await.unwrap().1.to_string();
    drop(system);
    let mut sent = fields.to_vec();
    sent.push(("version", &version));
    let answer = site.staff(login).await.post(&format!("/desk/issues/{number}/{command}"), &sent).await;
    assert_eq!(answer.status.as_u16(), 303, "{command}: {}", answer.body.len());
}

/// Up to the department.
pub async fn handling(site: &Site, number: &str) {
    let mut conn = site.state.store.system().await.unwrap();
    let departments = store::reference::load(&mut conn).await.unwrap().departments;
    drop(conn);
    let lead = departments.iter().find(|known| known.code == "jianshe").unwrap().id.to_string();
    give(site, "centre01", number, "accept", &[("category", "drainage"), ("level", "simple"), ("urgency", "normal")]).await;
    give(site, "centre01", number, "dispatch", &[("lead", &lead), ("note", "只给部门看的话")]).await;
    give(site, "jianshe", number, "sign", &[]).await;
}

#[test]
fn every_route_of_the_interface_is_in_the_document_and_the_reverse() {
    let there: BTreeSet<(String, String)> = ROUTES
        .iter()
        .filter(|(_, path)| path.starts_with("/api/"))
        .map(|(method, path)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    let described: BTreeSet<(String, String)> = operations(value()).into_iter().map(|one| (one.method, one.path)).collect();
    assert_eq!(there, described);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_description_is_there_for_people_and_for_programs(pool: PgPool) {
    let site = Site::empty(&pool, &[]).await;
    let browser = site.anonymous();
    let document = browser.get("/api/v1/openapi.json").await;
    assert_eq!((document.status.as_u16(), read(&document)["openapi"].as_str()), (200, Some("3.1.0")));
    let page = browser.get("/api/v1/docs").await;
    assert_eq!(page.status.as_u16(), 200);
    assert!(!page.body.contains("<script type=\"module\""), "no module");
    for operation in operations(value()) {
        assert!(page.body.contains(&operation.summary) && page.body.contains(&operation.path), "{}", operation.path);
    }
    for words in ["external_id", "Qifu-Signature", "very_satisfied", "GD20261127000123"] {
        assert!(page.body.contains(words), "{words}");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn nobody_strangers_and_the_wrong_right_are_refused(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (mine, other) = (Client::hotline(&site).await, Client::new(&site, "另一个平台", BOTH, Rates::USUAL).await);
    let number = mine.file("GD-1").await;
    let old = Client::new(&site, "老密钥", &[Scope::Open311], Rates::USUAL).await;
    let reader = Client::new(&site, "只看", &[Scope::Read], Rates::USUAL).await;
    let wrong = Client { browser: site.anonymous(), key: make() };
    let member = site.member(2).await;
    for (method, path) in ROUTES.iter().filter(|(_, path)| path.starts_with("/api/v1/")) {
        if path.ends_with("/categories") || path.ends_with("/openapi.json") {
            assert_eq!(site.anonymous().get(path).await.status.as_u16(), 200, "{path}");
            continue;
        }
        let asked = path.replace("{number}", &number).replace("{id}", "1");
        let body = problem("GD-2");
        let ask =
            async |client: &Client| if *method == "GET" { client.get(&asked).await } else { client.post(&asked, &body).await };
        let without = match *method {
            "GET" => member.get(&asked).await,
            _ => member.send(Request::post(&asked).body(Body::from("{}")).unwrap()).await,
        };
        assert_eq!(without.status.as_u16(), 401, "{asked}: a session is no key");
        assert!(without.headers.contains_key(header::WWW_AUTHENTICATE) && faults(&without) == named(&[("missing_key", "")]));
        let refused = ask(&wrong).await;
        assert_eq!((refused.status.as_u16(), faults(&refused)), (401, named(&[("unknown_key", "")])), "{asked}");
        let refused = ask(&old).await;
        assert_eq!((refused.status.as_u16(), faults(&refused)), (403, named(&[("scope", "")])), "{asked}");
        let writes = path.contains("/exchange") || path.starts_with("/api/v1/issues") && *method == "POST";
        let answer = ask(&reader).await;
        assert_eq!(answer.status.as_u16() == 403, writes, "{asked}: {}", answer.status);
        if path.contains('{') && !path.contains("/exchange") {
            let answer = ask(&other).await;
            assert_eq!(answer.status.as_u16(), 404, "{asked} of another key: {}", answer.body);
            assert!(!answer.body.contains("路灯") && !answer.body.contains("示例照明"), "{asked} leaks");
        }
    }
    assert_eq!(read(&other.get("/api/v1/issues").await)["issues"], json!([]));
    // Where there is no door, a client reads JSON all the same.
    let nowhere = mine.get("/api/v1/nothing").await;
    assert_eq!((nowhere.status.as_u16(), faults(&nowhere)), (404, named(&[("not_found", "")])));
    // A key for this interface is none for the old one.
    assert_eq!(mine.browser.get(&format!("/open311/v2/requests.json?api_key={}", mine.key)).await.status.as_u16(), 403);
    // One that ended is none at all.
    let mut conn = site.state.store.system().await.unwrap();
    let found = store::api_key::find(&mut conn, &hash_key(&mine.key), site.state.now()).await.unwrap().unwrap();
    store::api_key::revoke(&mut conn, found.id, None, site.state.now()).await.unwrap();
    conn.release();
    assert_eq!(mine.get("/api/v1/issues").await.status.as_u16(), 401);
    let logged: i64 = sqlx::query_scalar("select count(*) from security_event where kind = 'key_refused' and subject = 'api'")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert!(logged > 0);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn bad_input_is_told_whole_and_by_its_field(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let client = Client::hotline(&site).await;
    let with = |pointer: &str, new: Value| {
        let mut body = problem("GD-1");
        *body.pointer_mut(pointer).unwrap() = new;
        body
    };
    let mut extra = problem("GD-1");
    extra["colour"] = json!("red");
    let mut bare = problem("GD-1");
    bare.as_object_mut().unwrap().remove("text");
    let mut nobody = problem("GD-1");
    nobody.as_object_mut().unwrap().remove("contact");
    let mut nameless = problem("GD-1");
    nameless["enterprise"].as_object_mut().unwrap().remove("name");
    let mut all = with("/text", json!("短"));
    all["external_id"] = json!("工单 1");
    all["enterprise"]["uscc"] = json!("91330500");
    all["category"] = json!("nonsense");
    all["area"] = json!("110000");
    all["channel"] = json!("visit");
    all["contact"]["phone"] = json!("1");
    let everything = ["external_id", "enterprise.uscc", "text", "category", "area", "channel", "contact.phone"];
    for (body, expected) in [
        (extra, &[("invalid", "colour")][..]),
        (bare, &[("invalid", "")]),
        (with("/text", json!(7)), &[("invalid", "text")]),
        (nobody, &[("invalid", "contact")]),
        (nameless, &[("invalid", "enterprise.name")]),
        (all, &everything.map(|field| ("invalid", field))),
    ] {
        let answer = client.post("/api/v1/issues", &body).await;
        assert_eq!((answer.status.as_u16(), faults(&answer)), (422, named(expected)), "{body}");
    }
    let send = async |kind: &str, body: Vec<u8>| {
        let request = Request::post("/api/v1/issues").header(header::AUTHORIZATION, format!("bearer {}", client.key));
        client.browser.send(request.header(header::CONTENT_TYPE, kind).body(Body::from(body)).unwrap()).await
    };
    for (kind, body, status, code) in [
        ("application/json", b"{".to_vec(), 400, "json"),
        ("application/json", b"{}{}".to_vec(), 422, "invalid"),
        ("application/json", vec![b' '; 70_000], 413, "too_large"),
        ("text/plain", b"{}".to_vec(), 415, "media_type"),
    ] {
        let answer = send(kind, body).await;
        assert_eq!((answer.status.as_u16(), faults(&answer)), (status, named(&[(code, "")])), "{kind} {code}");
    }
    for (query, field) in [
        ("limit=0", "limit"),
        ("cursor=x", "cursor"),
        ("changed_since=yesterday", "changed_since"),
        ("state=lost", "state"),
        ("colour=red", "colour"),
    ] {
        let answer = client.get(&format!("/api/v1/issues?{query}")).await;
        assert_eq!(answer.status.as_u16(), 422, "{query}");
        assert_eq!(faults(&answer).first().unwrap().1, field);
    }
    assert_eq!(read(&client.get("/api/v1/issues").await)["issues"], json!([]), "nothing was filed");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_channel_files_supplies_rates_and_reads_what_is_its_business(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let client = Client::hotline(&site).await;
    let number = client.file("GD-1").await;
    let path = format!("/api/v1/issues/{number}");
    let first = read(&client.get(&path).await);
    assert_eq!((&first["issue"]["state"], &first["issue"]["external_id"]), (&json!("submitted"), &json!("GD-1")));
    assert_eq!((&first["can"], &first["issue"]["channel"]), (&json!(["withdraw"]), &json!("hotline")));
    let early = client.post(&format!("{path}/supply"), &json!({ "text": "路灯杆编号是 X017" })).await;
    assert_eq!((early.status.as_u16(), faults(&early)), (409, named(&[("wrong_state", "")])));

    handling(&site, &number).await;
    give(&site, "jianshe", &number, "ask", &[("what", "请提供路灯杆的编号")]).await;
    let asked = read(&client.get(&path).await);
    assert_eq!((&asked["issue"]["state"], &asked["issue"]["department"]), (&json!("awaiting_input"), &json!("市建设局")));
    assert!(asked["can"].as_array().unwrap().contains(&json!("supply")));
    let last = asked["steps"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["kind"], &last["text"]), (&json!("input_asked"), &json!("请提供路灯杆的编号")));
    assert!(last["due_at"].as_str().unwrap().ends_with("+08:00"));
    assert!(!asked.to_string().contains("只给部门看的话"), "what is internal stays inside");
    assert_eq!(client.post(&format!("{path}/supply"), &json!({ "text": "" })).await.status.as_u16(), 422);
    let supplied = client.post(&format!("{path}/supply"), &json!({ "text": "路灯杆编号是 X017 到 X022" })).await;
    assert_eq!(supplied.status.as_u16(), 200, "{}", supplied.body);

    let text = "已更换六盏路灯，并列入每周巡查。";
    give(&site, "jianshe", &number, "answer", &[("answer", text), ("outcome", "solved")]).await;
    let answered = read(&client.get(&path).await);
    let last = answered["steps"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["text"], &last["outcome"]), (&json!(text), &json!("solved")));
    let wrong = client.post(&format!("{path}/rate"), &json!({ "solved": true, "level": "good", "reasons": ["quick"] })).await;
    assert_eq!((wrong.status.as_u16(), faults(&wrong)), (422, named(&[("invalid", "level"), ("invalid", "reasons")])));
    let rate = json!({ "solved": true, "level": "satisfied", "reasons": ["fast"], "comment": "当天就来修了" });
    let rated = client.post(&format!("{path}/rate"), &rate).await;
    assert_eq!((rated.status.as_u16(), &read(&rated)["issue"]["state"]), (200, &json!("closed")), "{}", rated.body);
    assert_eq!(read(&rated)["issue"]["due_at"], Value::Null);
    assert_eq!(client.post(&format!("{path}/withdraw"), &json!({ "reason": "不用了" })).await.status.as_u16(), 409);
    // The desk sees by whom, and the chain of events holds.
    let desk = site.staff("centre01").await.get(&format!("/desk/issues/{number}")).await.body;
    assert!(desk.contains("12345 热线（12345 热线平台）") && desk.contains("路灯杆编号是 X017"));
    // What the enterprise said to the channel is its word, as the rules have it.
    let mut conn = site.state.store.system().await.unwrap();
    let broken = store::issue::invariants::broken(&mut conn, site.state.now()).await.unwrap();
    conn.release();
    assert!(broken.iter().all(|rule| !rule.numbers.contains(&number)), "{broken:?}");

    let second = client.file("GD-2").await;
    let withdrawn = client.post(&format!("/api/v1/issues/{second}/withdraw"), &json!({ "reason": "企业说已经修好了" })).await;
    assert_eq!(read(&withdrawn)["issue"]["state"], "withdrawn", "{}", withdrawn.body);
}

/// Time goes by, for what came in by keys.
async fn settle(pool: &PgPool) {
    sqlx::query("update issue set last_event_at = last_event_at - interval '1 minute' where key_id is not null")
        .execute(pool)
        .await
        .unwrap();
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_list_goes_on_where_it_ended_and_has_what_changed(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let client = Client::hotline(&site).await;
    let mut filed = Vec::new();
    for n in 1..=5 {
        filed.push(client.file(&format!("GD-{n}")).await);
    }
    settle(&pool).await;
    let numbers = |page: &Value| -> Vec<String> {
        page["issues"].as_array().unwrap().iter().map(|one| one["number"].as_str().unwrap().to_owned()).collect()
    };
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = read(&client.get(&format!("/api/v1/issues?limit=2{cursor}")).await);
        seen.extend(numbers(&page));
        cursor = format!("&cursor={}", page["next_cursor"].as_str().unwrap());
        if page["more"] == json!(false) {
            break;
        }
    }
    assert_eq!(seen, filed, "in the order of their change");
    // What changed within the last seconds comes again, and what moved is at the end.
    let withdrawn = client.post(&format!("/api/v1/issues/{}/withdraw", filed[0]), &json!({ "reason": "修好了" })).await;
    assert_eq!(withdrawn.status.as_u16(), 200);
    let page = read(&client.get(&format!("/api/v1/issues?limit=9{cursor}")).await);
    assert_eq!(numbers(&page).last(), Some(&filed[0]));
    let over = read(&client.get("/api/v1/issues?state=withdrawn,closed").await);
    assert_eq!(numbers(&over), filed[..1]);
    let none = read(&client.get("/api/v1/issues?changed_since=2099-01-01T00:00:00Z").await);
    assert_eq!(numbers(&none), Vec::<String>::new());
    // The earliest instant there is: what is answered is a cursor that is taken. Before it, none is known.
    assert_eq!(client.get("/api/v1/issues?changed_since=0001-01-01T00:00:00Z").await.status.as_u16(), 422);
    let early = read(&client.get("/api/v1/issues?limit=1&state=closed&changed_since=2000-01-01T00:00:00Z").await);
    let cursor = early["next_cursor"].as_str().unwrap();
    assert_eq!(client.get(&format!("/api/v1/issues?cursor={cursor}")).await.status.as_u16(), 200, "{cursor}");
    assert_eq!(client.get("/api/v1/issues?cursor=-377705116800000000.1").await.status.as_u16(), 422);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_list_misses_nothing_that_is_written_late(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let client = Client::hotline(&site).await;
    let (first, second) = (client.file("GD-1").await, client.file("GD-2").await);
    // What has just changed is shown, and no page says that there is another one behind it.
    let page = read(&client.get("/api/v1/issues?limit=1").await);
    assert_eq!((&page["issues"][0]["number"], &page["more"]), (&json!(first), &json!(false)));
    // A command that took its time: its instant lies before what was shown.
    let late = client.file("GD-3").await;
    sqlx::query("update issue i set last_event_at = f.last_event_at - interval '1 second' from issue f where i.number = $1 and f.number = $2")
        .bind(&late)
        .bind(&first)
        .execute(&pool)
        .await
        .unwrap();
    let cursor = page["next_cursor"].as_str().unwrap();
    let page = read(&client.get(&format!("/api/v1/issues?limit=9&cursor={cursor}")).await);
    let seen: Vec<&str> = page["issues"].as_array().unwrap().iter().map(|one| one["number"].as_str().unwrap()).collect();
    assert_eq!(seen, [late.as_str(), &first, &second]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_same_again_is_the_same_and_something_else_is_refused(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let client = Client::hotline(&site).await;
    let filed = client.marked("/api/v1/issues", &problem("GD-1"), Some("m-1")).await;
    let again = client.marked("/api/v1/issues", &problem("GD-1"), Some("\"m-1\"")).await;
    assert_eq!((filed.status, &filed.body), (again.status, &again.body), "the same status, too");
    assert!(again.headers.contains_key("idempotent-replayed") && !filed.headers.contains_key("idempotent-replayed"));
    let other = client.marked("/api/v1/issues", &problem("GD-9"), Some("m-1")).await;
    assert_eq!((other.status.as_u16(), faults(&other)), (422, named(&[("idempotency_key_reused", "Idempotency-Key")])));
    let bad = client.marked("/api/v1/issues", &problem("GD-9"), Some("a mark")).await;
    assert_eq!(bad.status.as_u16(), 422);
    // Without a mark the channel's own number is one.
    let same = client.post("/api/v1/issues", &problem("GD-1")).await;
    assert_eq!((same.status.as_u16(), &read(&same)["issue"]["number"]), (200, &read(&filed)["issue"]["number"]));
    let mut changed = problem("GD-1");
    changed["text"] = json!("不是路灯的事，是门口的道路一下雨就积水");
    let refused = client.post("/api/v1/issues", &changed).await;
    assert_eq!((refused.status.as_u16(), faults(&refused)), (409, named(&[("external_id_taken", "external_id")])));
    // What was refused is not kept: mended, the same mark goes through.
    let mut short = problem("GD-2");
    short["text"] = json!("短");
    assert_eq!(client.marked("/api/v1/issues", &short, Some("m-2")).await.status.as_u16(), 422);
    assert_eq!(client.marked("/api/v1/issues", &problem("GD-2"), Some("m-2")).await.status.as_u16(), 201);
    // Another key calls its own what it likes.
    let other = Client::new(&site, "另一个平台", BOTH, Rates::USUAL).await;
    assert_eq!(other.post("/api/v1/issues", &changed).await.status.as_u16(), 201);

    // A rush of the same: one issue, and nobody is told of another.
    let rush = problem("GD-3");
    let answers = futures::future::join_all((0..8).map(|_| client.post("/api/v1/issues", &rush))).await;
    let numbers: BTreeSet<String> = answers.iter().map(|answer| read(answer)["issue"]["number"].to_string()).collect();
    assert_eq!(numbers.len(), 1, "{numbers:?}");
    assert_eq!(answers.iter().filter(|answer| answer.status.as_u16() == 201).count(), 1);
    let marked = problem("GD-4");
    let answers = futures::future::join_all((0..8).map(|_| client.marked("/api/v1/issues", &marked, Some("m-4")))).await;
    assert!(answers.iter().all(|answer| [201, 409].contains(&answer.status.as_u16())), "done, or under way");
    let kept: i64 = sqlx::query_scalar("select count(*) from api_external where external_id in ('GD-3', 'GD-4')")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(kept, 2);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_key_asks_as_often_as_it_may_on_all_servers_together(pool: PgPool) {
    let site = Site::empty(&pool, &[]).await;
    let second = Site::empty(&pool, &[]).await;
    let rates = Rates { a_minute: 3, a_day: 100 };
    let client = Client::new(&site, "12345 热线平台", BOTH, rates).await;
    let there = Client { browser: second.anonymous(), key: client.key.clone() };
    for which in [&client, &there, &client] {
        assert_eq!(which.get("/api/v1/issues").await.status.as_u16(), 200);
    }
    for which in [&client, &there] {
        let refused = which.get("/api/v1/issues").await;
        assert_eq!((refused.status.as_u16(), faults(&refused)), (429, named(&[("rate_limited", "")])));
        let wait: i64 = refused.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
    }
    let daily = Client::new(&site, "一天两次", BOTH, Rates { a_minute: 100, a_day: 2 }).await;
    for status in [200, 200, 429] {
        assert_eq!(daily.get("/api/v1/issues").await.status.as_u16(), status);
    }
    let wait = daily.get("/api/v1/issues").await.headers[header::RETRY_AFTER].to_str().unwrap().parse::<i64>().unwrap();
    assert!((86_000..=86_400).contains(&wait), "{wait}");
    // A minute later the first one may again.
    sqlx::query("update rate_limit set window_start = window_start - interval '61 seconds' where key like 'api:key:%'")
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(there.get("/api/v1/issues").await.status.as_u16(), 200);
}

/// Takes one request and answers with a status; its head and its body.
pub async fn take(listener: &TcpListener, status: &str) -> (String, String) {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut read = Vec::new();
    loop {
        let mut part = [0; 4096];
        let length = stream.read(&mut part).await.unwrap();
        read.extend_from_slice(&part[..length]);
        let text = String::from_utf8_lossy(&read).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let announced = head.to_lowercase().split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
        if announced == Some(body.len()) {
            let words = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(words.as_bytes()).await.unwrap();
            return (head.to_owned(), body.to_owned());
        }
    }
}

fn head_of<'a>(head: &'a str, name: &str) -> &'a str {
    head.lines().find_map(|line| line.split_once(": ").filter(|(known, _)| known.eq_ignore_ascii_case(name))).unwrap().1
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn every_step_is_sent_signed_and_tried_again_until_it_is_given_up(pool: PgPool) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/qifu", listener.local_addr().unwrap());
    let site = Site::demo(&pool, &[("QIFU_PRIVATE_WEBHOOKS", "1")]).await;
    let client = Client::hotline(&site).await;
    let other = Client::new(&site, "另一个平台", BOTH, Rates::USUAL).await;
    let before = client.file("GD-0").await;
    let subscribed = client.post("/api/v1/webhooks", &json!({ "url": url })).await;
    assert_eq!(subscribed.status.as_u16(), 201, "{}", subscribed.body);
    let subscribed = read(&subscribed);
    let (id, secret) = (subscribed["id"].as_i64().unwrap(), subscribed["secret"].as_str().unwrap().to_owned());
    let twice = client.post("/api/v1/webhooks", &json!({ "url": url })).await;
    assert_eq!((twice.status.as_u16(), faults(&twice)), (409, named(&[("taken", "url")])));
    assert!(!client.get("/api/v1/webhooks").await.body.contains(&secret), "shown once");
    let sent: i64 = sqlx::query_scalar("select count(*) from api_delivery").fetch_one(&pool).await.unwrap();
    assert_eq!(sent, 0, "{before} was before");

    let number = client.file("GD-1").await;
    other.file("GD-1").await;
    drain(&site.state).await.unwrap();
    drain(&site.state).await.unwrap();
    let courier = Courier::new(true).unwrap();
    let ((head, body), done) = tokio::join!(take(&listener, "204 No Content"), send_webhooks(&site.state, &courier));
    done.unwrap();
    let notice: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&notice["number"], &notice["external_id"]), (&json!(number), &json!("GD-1")));
    assert_eq!((&notice["step"]["kind"], &notice["state"]), (&json!("submitted"), &json!("submitted")));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{}.{body}", head_of(&head, "qifu-timestamp")).as_bytes());
    assert_eq!(head_of(&head, "qifu-signature"), format!("v1={}", hex::encode(mac.finalize().into_bytes())));
    assert_eq!(head_of(&head, "qifu-event"), "issue.submitted");
    assert_eq!(head_of(&head, "qifu-delivery"), notice["id"].to_string());

    // A step that is internal is not sent; one that is not taken is tried later, and what is under way with another server is left alone.
    give(&site, "centre01", &number, "accept", &[("category", "drainage"), ("level", "simple"), ("urgency", "normal")]).await;
    drain(&site.state).await.unwrap();
    let (_, done) = tokio::join!(take(&listener, "302 Found\r\nlocation: /elsewhere"), send_webhooks(&site.state, &courier));
    done.unwrap();
    let list = read(&client.get("/api/v1/deliveries").await);
    let (last, first) = (&list["deliveries"][0], &list["deliveries"][1]);
    assert_eq!((&last["state"], &last["status"], &last["attempts"]), (&json!("failed"), &json!(302), &json!(1)));
    assert_eq!(
        (&last["kind"], &first["state"], &list["deliveries"].as_array().unwrap().len()),
        (&json!("accepted"), &json!("sent"), &2)
    );
    assert_eq!(read(&other.get("/api/v1/deliveries").await)["deliveries"], json!([]));
    send_webhooks(&site.state, &courier).await.unwrap();
    let tries: i32 =
        sqlx::query_scalar("select attempts from api_delivery where kind = 'accepted'").fetch_one(&pool).await.unwrap();
    assert_eq!(tries, 1, "not before its time");
    sqlx::query("update api_delivery set attempts = 12, due_at = now() - interval '1 minute' where kind = 'accepted'")
        .execute(&pool)
        .await
        .unwrap();
    let (_, done) = tokio::join!(take(&listener, "500 Oops"), send_webhooks(&site.state, &courier));
    done.unwrap();
    let admin = site.staff("admin").await;
    let key: i64 = sqlx::query_scalar("select id from api_key where name = '12345 热线平台'").fetch_one(&pool).await.unwrap();
    let log = format!("/desk/admin/keys/{key}");
    let page = admin.get(&log).await;
    assert!(page.body.contains("已放弃") && page.body.contains("HTTP 500") && page.body.contains(&url), "{}", page.status);
    assert!(!page.body.contains(&secret));
    assert!(admin.get("/desk/admin/keys").await.body.contains("1 条没有送达"));
    for (login, status) in [("admin02", 403), ("centre01", 403)] {
        assert_eq!(site.staff(login).await.get(&log).await.status.as_u16(), status, "{login}");
    }
    let dead: i64 = sqlx::query_scalar("select id from api_delivery where state = 'dead'").fetch_one(&pool).await.unwrap();
    let again = admin.post(&format!("{log}/again"), &[("id", &dead.to_string())]).await;
    assert_eq!(again.status.as_u16(), 303, "{}", again.body);
    let ((_, body), done) = tokio::join!(take(&listener, "200 OK"), send_webhooks(&site.state, &courier));
    done.unwrap();
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["id"], json!(dead), "the same delivery, the same number");

    // An end is an end, also of what is on its way.
    let withdrawn = client.post(&format!("/api/v1/issues/{number}/withdraw"), &json!({ "reason": "修好了" })).await;
    assert_eq!(withdrawn.status.as_u16(), 200, "{}", withdrawn.body);
    drain(&site.state).await.unwrap();
    assert_eq!(other.post(&format!("/api/v1/webhooks/{id}/remove"), &json!({})).await.status.as_u16(), 404);
    assert_eq!(client.post(&format!("/api/v1/webhooks/{id}/remove"), &json!({})).await.status.as_u16(), 200);
    assert_eq!(client.post(&format!("/api/v1/webhooks/{id}/remove"), &json!({})).await.status.as_u16(), 404);
    send_webhooks(&site.state, &courier).await.unwrap();
    let states: Vec<String> = sqlx::query_scalar("select state from api_delivery order by id").fetch_all(&pool).await.unwrap();
    assert_eq!(states, ["sent", "sent", "dead"]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn webhooks_lead_out_of_the_house_and_are_few(pool: PgPool) {
    let site = Site::empty(&pool, &[]).await;
    let client = Client::hotline(&site).await;
    for url in ["http://example.com/", "https://127.0.0.1/", "https://localhost/", "https://192.168.1.8/", "example.com"] {
        let refused = client.post("/api/v1/webhooks", &json!({ "url": url })).await;
        assert_eq!((refused.status.as_u16(), faults(&refused)), (422, named(&[("invalid", "url")])), "{url}");
    }
    for n in 0..5 {
        let added = client.post("/api/v1/webhooks", &json!({ "url": format!("https://example.com/{n}") })).await;
        assert_eq!(added.status.as_u16(), 201, "{}", added.body);
    }
    let many = client.post("/api/v1/webhooks", &json!({ "url": "https://example.com/6" })).await;
    assert_eq!((many.status.as_u16(), faults(&many)), (409, named(&[("too_many", "")])));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_administrator_says_what_a_key_may_do_and_how_often(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let admin = site.staff("admin").await;
    let wrong = [("name", "省平台"), ("channel", "upper"), ("a_minute", "0"), ("a_day", "many")];
    let refused = admin.post("/desk/admin/keys", &wrong).await;
    assert_eq!(refused.status.as_u16(), 422);
    assert!(
        refused.body.contains("请至少选择一个权限") && refused.body.contains("每分钟次数请填") && refused.body.contains("省平台")
    );
    let right =
        [("name", "省平台"), ("channel", "upper"), ("scope", "issues:read"), ("scope", "issues:write"), ("a_minute", "7")];
    let added = admin.post("/desk/admin/keys", &right).await;
    assert_eq!(added.status.as_u16(), 200, "{}", added.body);
    assert!(added.body.contains("每分钟 7 次，每天 20000 次") && added.body.contains("查询诉求和进展"));
    let key = added.body.split("class=\"secret\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let client = Client { browser: site.anonymous(), key };
    let filed = client.post("/api/v1/issues", &problem("P-1")).await;
    assert_eq!((filed.status.as_u16(), &read(&filed)["issue"]["channel"]), (201, &json!("upper")), "{}", filed.body);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_passed_upward_is_taken_once_and_what_comes_from_above_is_filed_once(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let hotline = Client::hotline(&site).await;
    let number = hotline.file("GD-1").await;
    let scopes = &[Scope::Write, Scope::Read, Scope::Exchange];
    let province = Client::new(&site, "省平台", scopes, Rates::USUAL).await;
    let rival = Client::new(&site, "另一个上级平台", &[Scope::Exchange], Rates::USUAL).await;
    assert_eq!(read(&province.get("/api/v1/exchange").await)["issues"], json!([]));
    let centre = site.staff("centre01").await;
    let reason = "涉及省级审批权限，请省里协调";
    for (pairs, words) in [
        ([("number", "HZ-2026-000000000"), ("reason", reason)], "没有这件诉求"),
        ([("number", number.as_str()), ("reason", "")], "请填写上报的原因"),
    ] {
        let refused = centre.post("/desk/upward", &pairs).await;
        assert!(refused.status.as_u16() == 422 && refused.body.contains(words), "{words}");
    }
    let passed = centre.post("/desk/upward", &[("number", &number), ("reason", reason)]).await;
    assert_eq!(passed.status.as_u16(), 303, "{}", passed.body);
    assert_eq!(centre.post("/desk/upward", &[("number", &number), ("reason", reason)]).await.status.as_u16(), 422, "once");
    assert!(centre.get(&format!("/desk/issues/{number}")).await.body.contains(reason), "marked beside the issue");

    let list = read(&province.get("/api/v1/exchange").await);
    let one = &list["issues"][0];
    assert_eq!((&one["number"], &one["reason"], &one["external_id"]), (&json!(number), &json!(reason), &Value::Null));
    assert!(!list.to_string().contains("13912345678") && !list.to_string().contains("陈某某"));
    let path = format!("/api/v1/exchange/{number}/receive");
    let take = json!({ "external_id": "ZJ-1" });
    assert_eq!(hotline.post(&path, &take).await.status.as_u16(), 403, "another right");
    for _ in 0..2 {
        assert_eq!(province.post(&path, &take).await.status.as_u16(), 200, "the same again is the same");
    }
    let other = province.post(&path, &json!({ "external_id": "ZJ-2" })).await;
    assert_eq!((other.status.as_u16(), faults(&other)), (409, named(&[("received", "")])));
    assert_eq!(rival.post(&path, &take).await.status.as_u16(), 404, "taken by somebody else");
    assert_eq!(read(&rival.get("/api/v1/exchange").await)["issues"], json!([]));
    let second = hotline.file("GD-2").await;
    assert_eq!(centre.post("/desk/upward", &[("number", &second), ("reason", reason)]).await.status.as_u16(), 303);
    let taken = province.post(&format!("/api/v1/exchange/{second}/receive"), &take).await;
    assert_eq!((taken.status.as_u16(), faults(&taken)), (409, named(&[("external_id_taken", "external_id")])));
    assert!(centre.get("/desk/upward").await.body.contains("上级平台编号 ZJ-1"));

    // What it answers is kept once, read by the offices and by nobody else, and ends with its last word.
    let path = format!("/api/v1/exchange/{number}/reply");
    let first = json!({ "external_id": "ZJ-1-1", "text": "已转省能源局研究，一周内答复。" });
    assert_eq!(rival.post(&path, &first).await.status.as_u16(), 404, "not theirs");
    assert_eq!(hotline.post(&path, &first).await.status.as_u16(), 403, "another right");
    let untaken = province.post(&format!("/api/v1/exchange/{second}/reply"), &first).await;
    assert_eq!((untaken.status.as_u16(), faults(&untaken)), (404, named(&[("not_found", "")])), "not taken yet");
    let short = province.post(&path, &json!({ "external_id": "ZJ-1-1", "text": "好" })).await;
    assert_eq!((short.status.as_u16(), faults(&short)), (422, named(&[("invalid", "text")])));
    for _ in 0..2 {
        assert_eq!(province.post(&path, &first).await.status.as_u16(), 200, "the same again is the same");
    }
    let other = province.post(&path, &json!({ "external_id": "ZJ-1-1", "text": "已转省发展改革委研究。" })).await;
    assert_eq!((other.status.as_u16(), faults(&other)), (409, named(&[("external_id_taken", "external_id")])));
    let last = json!({ "external_id": "ZJ-1-2", "text": "省级审批权限已下放，由市里办理。", "done": true });
    assert_eq!(province.post(&path, &last).await.status.as_u16(), 200);
    let after = province.post(&path, &json!({ "external_id": "ZJ-1-3", "text": "再补充一句，谢谢。" })).await;
    assert_eq!((after.status.as_u16(), faults(&after)), (409, named(&[("done", "")])));
    let page = centre.get("/desk/upward").await.body;
    assert!(page.contains("上级平台答复：已转省能源局研究") && page.contains("上级平台办结：省级审批权限已下放"), "{page}");
    let beside = centre.get(&format!("/desk/issues/{number}")).await.body;
    assert_eq!(beside.matches("已转省能源局研究").count(), 1, "a note, once");
    let told = centre.get("/desk/messages").await.body;
    assert!(told.contains("上级平台已办结") && told.matches("上级平台有答复").count() == 1);
    let owner = read(&hotline.get(&format!("/api/v1/issues/{number}")).await).to_string();
    assert!(!owner.contains("省能源局"), "the enterprise hears from its department");

    // From above, as from any channel.
    let down = province.file("ZJ-77").await;
    let again = province.post("/api/v1/issues", &problem("ZJ-77")).await;
    assert_eq!((again.status.as_u16(), &read(&again)["issue"]["number"]), (200, &json!(down)));
}
