//! Open311 GeoReport v2 as a client meets it: without a key, with one, with another's, with none that is in force.

use crate::site::{Answer, Browser, Site, form};
use app::api_key::act::make;
use app::open311::hash_key;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::api_key::{Rates, Scope};
use domain::issue::Channel;
use domain::uscc::Uscc;
use serde_json::{Value, json};
use sqlx::PgPool;
use store::api_key::NewKey;

async fn key(site: &Site, name: &str) -> String {
    limited(site, name, Rates::USUAL).await
}

async fn limited(site: &Site, name: &str, rates: Rates) -> String {
    let key = make();
    let mut conn = site.state.store.system().await.unwrap();
    let hash = hash_key(&key);
    let scopes = &[Scope::Open311];
    let new = NewKey { name, hash: &hash, channel: Channel::Hotline, scopes, rates };
    store::api_key::add(&mut conn, &new, None, site.state.now()).await.unwrap();
    conn.release();
    key
}

async fn json_of(browser: &Browser, path: &str) -> Value {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

fn known() -> Uscc {
    Uscc::from_body("91330500MA2B0ABC1").unwrap()
}

/// Names and values of a form.
type Changes<'a> = &'a [(&'a str, &'a str)];

/// What a channel sends, and what is changed of it.
async fn post(browser: &Browser, file: &str, change: &[(&str, &str)], mark: Option<&str>) -> Answer {
    let code = known();
    let mut pairs = vec![
        ("service_code", "street"),
        ("description", "厂区西门口连续六盏路灯不亮，晚班员工骑车很不安全"),
        ("address_string", "南浔区示例路 88 号西门"),
        ("attribute[uscc]", code.as_str()),
        ("attribute[enterprise_name]", "湖州示例照明有限公司"),
        ("last_name", "陈"),
        ("first_name", "某某"),
        ("phone", "13912345678"),
    ];
    pairs.retain(|(name, _)| !change.iter().any(|(changed, _)| changed == name));
    pairs.extend(change.iter().filter(|(_, value)| !value.is_empty()));
    let mut request = form(&format!("/open311/v2/{file}"), &pairs);
    if let Some(mark) = mark {
        request.headers_mut().insert("idempotency-key", mark.parse().unwrap());
    }
    browser.send(request).await
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn services_and_what_they_need_in_both_formats(owner: PgPool) {
    let site = Site::demo(&owner, &[("QIFU_DEMO", "1")]).await;
    let browser = site.anonymous();
    let services = json_of(&browser, "/open311/v2/services.json?jurisdiction_id=&unknown=1").await;
    let list = services.as_array().unwrap();
    assert!(list.len() > 60 && list.iter().all(|service| service["metadata"] == json!(true) && service["type"] == "realtime"));
    for service in list {
        assert!(service["service_code"].as_str().unwrap().is_ascii());
    }
    let definition = json_of(&browser, "/open311/v2/services/street.json").await;
    let attributes = definition["attributes"].as_array().unwrap();
    assert_eq!(attributes[0]["code"], "uscc");
    assert_eq!((&attributes[0]["required"], &attributes[0]["order"]), (&json!(true), &json!(1)));
    assert_eq!(attributes[2]["values"][0]["key"], "330500");
    let discovery = json_of(&browser, "/open311/discovery.json").await;
    assert_eq!(discovery["endpoints"][0]["specification"], "http://wiki.open311.org/GeoReport_v2");

    // The ending decides, whatever the client says that it takes.
    let request = Request::get("/open311/v2/services.xml").header("accept", "application/json").body(Body::empty()).unwrap();
    let xml = browser.send(request).await.body;
    assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?><services><service>"), "{}", &xml[..200]);
    assert!(xml.contains("<metadata>true</metadata>"));
    let xml = browser.get("/open311/v2/services/street.xml").await.body;
    assert!(xml.contains("<service_definition><attributes><attribute><code>uscc</code>"), "{xml}");
    assert!(xml.contains("<values><value><key>330500</key>"), "{xml}");

    for (path, status) in [
        ("/open311/v2/services/nonsense.json", 404),
        ("/open311/v2/nonsense.json", 404),
        ("/open311/v2/services.html", 404),
        ("/open311/v2/requests/nonsense.json", 404),
        ("/open311/v2/tokens/nonsense.json", 404),
        // No door, and an address that cannot be read.
        ("/open311/v2/", 404),
        ("/open311/v2/requests/1/more.json", 404),
        ("/open311/v2/requests/%ff.json", 404),
        ("/open311/v2/requests.json?start_date=yesterday", 400),
        ("/open311/v2/requests.json?api_key=wrong", 403),
    ] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        let errors: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(errors[0]["code"], json!(status), "{path}");
        assert!(errors[0]["description"].is_string());
    }
    let errors = browser.get("/open311/v2/requests/nonsense.xml").await.body;
    assert!(errors.contains("<errors><error><code>404</code><description>"), "{errors}");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_thousand_numbers_are_one_question(owner: PgPool) {
    let site = Site::demo(&owner, &[("QIFU_DEMO", "1")]).await;
    let told: Vec<i64> =
        sqlx::query_scalar("select id from typical_case where withdrawn_at is null order by id").fetch_all(&owner).await.unwrap();
    assert!(told.len() > 1);
    sqlx::query("update typical_case set withdrawn_at = now() where id = $1").bind(told[0]).execute(&owner).await.unwrap();
    let numbers = |count: i64| (1..=count).map(|id| format!("CASE-{id}")).collect::<Vec<_>>().join(",");
    let path = |count| format!("/open311/v2/requests.json?service_request_id={}", numbers(count));
    let found = json_of(&site.anonymous(), &path(1_000)).await;
    let ids: Vec<String> = told[1..].iter().map(|id| format!("CASE-{id}")).collect();
    let answered: Vec<&str> = found.as_array().unwrap().iter().map(|one| one["service_request_id"].as_str().unwrap()).collect();
    assert_eq!(answered, ids, "each that is told, and the withdrawn one not");
    assert_eq!(site.anonymous().get(&path(1_001)).await.status, StatusCode::BAD_REQUEST);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_channel_files_and_follows_its_own_and_nobody_elses(owner: PgPool) {
    let site = Site::demo(&owner, &[("QIFU_DEMO", "1")]).await;
    let browser = site.anonymous();
    let (mine, other) = (key(&site, "12345 热线平台").await, key(&site, "另一个平台").await);
    let mark = "0199b0c0-0000-7000-8000-0000000000aa";
    let filed = post(&browser, "requests.json", &[("api_key", &mine)], Some(mark)).await;
    assert_eq!(filed.status, StatusCode::OK, "{}", filed.body);
    let filed: Value = serde_json::from_str(&filed.body).unwrap();
    let number = filed[0]["service_request_id"].as_str().unwrap().to_owned();
    assert!(number.is_ascii() && filed[0].get("token").is_none(), "a number or a token, never both");
    let again = post(&browser, "requests.json", &[("api_key", &mine)], Some(mark)).await;
    assert!(again.body.contains(&number), "the same sent again is the same");

    // Who has the key sees how it stands, and not a word of what was told.
    let path = format!("/open311/v2/requests/{number}.json?api_key={mine}");
    let one = json_of(&browser, &path).await;
    assert_eq!((&one[0]["status"], &one[0]["status_notes"]), (&json!("open"), &json!("待受理")));
    assert_eq!((&one[0]["address"], &one[0]["service_code"]), (&json!("南浔区"), &json!("street")));
    assert!(one[0]["expected_datetime"].as_str().unwrap().ends_with("+08:00"));
    let all = browser.get(&format!("/open311/v2/requests.json?api_key={mine}&status=open")).await.body;
    assert!(all.contains(&number));
    for secret in ["陈", "13912345678", "示例照明", known().as_str(), "示例路", "路灯不亮"] {
        assert!(!one.to_string().contains(secret) && !all.contains(secret), "{secret}");
    }
    let token = json_of(&browser, &format!("/open311/v2/tokens/{mark}.json?api_key={mine}")).await;
    assert_eq!(token, json!([{ "service_request_id": number, "token": mark }]));

    // Nobody else finds it, by number, in lists, or by its mark.
    for as_whom in [String::new(), format!("?api_key={other}")] {
        assert_eq!(browser.get(&format!("/open311/v2/requests/{number}.json{as_whom}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(browser.get(&format!("/open311/v2/tokens/{mark}.json{as_whom}")).await.status, StatusCode::NOT_FOUND);
        let list = browser.get(&format!("/open311/v2/requests.json{as_whom}")).await.body;
        assert!(!list.contains(&number));
    }

    // The centre has it with its words, its channel, and whom to call.
    let desk = site.staff("centre01").await.get(&format!("/desk/issues/{number}")).await;
    assert_eq!(desk.status, StatusCode::OK);
    for shown in ["12345 热线", "湖州示例照明有限公司", "六盏路灯不亮"] {
        assert!(desk.body.contains(shown), "{shown}");
    }

    // A key that ended is one no more.
    let mut conn = site.state.store.system().await.unwrap();
    let found = store::api_key::find(&mut conn, &hash_key(&mine), site.state.now()).await.unwrap().unwrap();
    store::api_key::revoke(&mut conn, found.id, None, site.state.now()).await.unwrap();
    conn.release();
    assert_eq!(browser.get(&path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(post(&browser, "requests.json", &[("api_key", &mine)], None).await.status, StatusCode::FORBIDDEN);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_mark_is_the_keys_own(owner: PgPool) {
    let site = Site::demo(&owner, &[]).await;
    let browser = site.anonymous();
    let keys = [key(&site, "12345 热线平台").await, key(&site, "另一个平台").await];
    let mark = "0199b0c0-0000-7000-8000-0000000000bb";
    let mut numbers = Vec::new();
    for key in &keys {
        let filed = post(&browser, "requests.json", &[("api_key", key)], Some(mark)).await;
        assert_eq!(filed.status, StatusCode::OK, "{}", filed.body);
        let filed: Value = serde_json::from_str(&filed.body).unwrap();
        numbers.push(filed[0]["service_request_id"].as_str().unwrap().to_owned());
    }
    assert_ne!(numbers[0], numbers[1], "the same enterprise, the same mark, and two filings");
    for (key, number) in keys.iter().zip(&numbers) {
        let token = json_of(&browser, &format!("/open311/v2/tokens/{mark}.json?api_key={key}")).await;
        assert_eq!(token, json!([{ "service_request_id": number, "token": mark }]));
    }
    // What was filed before marks were the key's own is still found by them, and not filed again.
    let old = "0199b0c0-0000-7000-8000-0000000000cc";
    let number: String = sqlx::query_scalar(
        "with put as (
            insert into api_filing (issue_id, key_id, client_key)
            select i.id, k.id, $1::uuid from issue i, api_key k
            where k.name = '另一个平台' and i.key_id is null order by i.id limit 1 returning issue_id
        ) select i.number from put join issue i on i.id = put.issue_id",
    )
    .bind(old)
    .fetch_one(&owner)
    .await
    .unwrap();
    let again = post(&browser, "requests.json", &[("api_key", &keys[1])], Some(old)).await;
    assert!(again.status == StatusCode::OK && again.body.contains(&number), "{}", again.body);
    let token = format!("/open311/v2/tokens/{old}.json?api_key=");
    assert_eq!(json_of(&browser, &format!("{token}{}", keys[1])).await[0]["service_request_id"], json!(number));
    assert_eq!(browser.get(&format!("{token}{}", keys[0])).await.status, StatusCode::NOT_FOUND);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_key_asks_no_more_in_a_day_than_it_may(owner: PgPool) {
    let site = Site::empty(&owner, &[]).await;
    let browser = site.anonymous();
    let key = limited(&site, "一天两次", Rates { a_minute: 100, a_day: 2 }).await;
    let path = format!("/open311/v2/requests.json?api_key={key}");
    for status in [200, 200, 429] {
        assert_eq!(browser.get(&path).await.status.as_u16(), status);
    }
    assert!(browser.get(&path).await.body.contains("at most 2 requests a day"));
    // A minute is not a day, and a day later it may again.
    for (shift, status) in [("61 seconds", 429), ("1 day", 200)] {
        sqlx::query("update rate_limit set window_start = window_start - $1::interval where key like 'api:%'")
            .bind(shift)
            .execute(&owner)
            .await
            .unwrap();
        assert_eq!(browser.get(&path).await.status.as_u16(), status, "{shift}");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_refused_is_told_whole(owner: PgPool) {
    let site = Site::demo(&owner, &[("QIFU_DEMO", "1")]).await;
    let browser = site.anonymous();
    let key = key(&site, "12345 热线平台").await;
    let mistyped = known().as_str().chars().rev().collect::<String>();
    let cases: [(Changes, u16, &[&str]); 6] = [
        (&[], 403, &["api_key"]),
        (&[("api_key", &key), ("service_code", "nonsense")], 404, &["nonsense"]),
        (
            &[("api_key", &key), ("address_string", ""), ("description", ""), ("phone", "1")],
            400,
            &["location", "description", "phone"],
        ),
        (&[("api_key", &key), ("attribute[uscc]", &mistyped)], 400, &["uscc"]),
        (&[("api_key", &key), ("attribute[enterprise_name]", "")], 400, &["enterprise_name"]),
        (&[("api_key", &key), ("attribute[area]", "110000")], 400, &["area"]),
    ];
    for (change, status, words) in cases {
        let answer = post(&browser, "requests.json", change, None).await;
        assert_eq!(answer.status.as_u16(), status, "{change:?}: {}", answer.body);
        for word in words {
            assert!(answer.body.contains(word), "{word}: {}", answer.body);
        }
    }
    let answer = post(&browser, "requests.xml", &[], None).await;
    assert!(answer.body.contains("<errors><error><code>403</code>"), "{}", answer.body);
    let answer = post(&browser, "services.json", &[("api_key", &key)], None).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(
        post(&browser, "requests.xml", &[("api_key", &key), ("lat", "30.8"), ("long", "120.1"), ("address_string", "")], None)
            .await
            .status,
        200
    );
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn without_a_key_published_cases_are_seen_and_nothing_else(owner: PgPool) {
    let site = Site::demo(&owner, &[("QIFU_DEMO", "1")]).await;
    let browser = site.anonymous();
    // What others published of the last ninety days is there already.
    let told = "select count(*) from typical_case where withdrawn_at is null and requested_at > now() - interval '90 days'";
    let told: i64 = sqlx::query_scalar(told).fetch_one(&owner).await.unwrap();
    let list = json_of(&browser, "/open311/v2/requests.json").await;
    let cases = list.as_array().unwrap();
    let is_case = |one: &Value| one["service_request_id"].as_str().is_some_and(|number| number.starts_with("CASE-"));
    assert!(told > 0 && i64::try_from(cases.len()).unwrap() == told && cases.iter().all(is_case), "{told} are told: {list}");
    let issue: (i64, String, String) = sqlx::query_as(
        "select id, number, enterprise_name from issue i where state = 'closed' and submitted_at > now() - interval '80 days'
             and not exists (select from typical_case_source s where s.issue_id = i.id) order by ended_at desc limit 1",
    )
    .fetch_one(&owner)
    .await
    .unwrap();
    let centre = site.staff("centre01").await;
    let draft = centre.get(&format!("/desk/cases/new?issue={}", issue.1)).await;
    assert_eq!(draft.status, StatusCode::OK);
    let words = |problem: &str| {
        [("issue", issue.1.clone()), ("title", "厂外道路积水三天疏通".to_owned()), ("problem", problem.to_owned())]
            .into_iter()
            .chain([("answer", "部门到现场疏通了管网，并列入巡查".to_owned()), ("rule", "按排水条例办理".to_owned())])
            .chain([("seen", "yes".to_owned())])
            .collect::<Vec<_>>()
    };
    async fn publish(browser: &Browser, words: Vec<(&str, String)>) -> Answer {
        let pairs: Vec<(&str, &str)> = words.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.post("/desk/cases/new", &pairs).await
    }
    // Whose it was stays with the desk.
    let named = publish(&centre, words(&format!("{}门口的道路一下雨就积水", issue.2))).await;
    assert_eq!(named.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(named.body.contains("写着企业名称") && named.body.contains("门口的道路一下雨就积水"), "what was typed stays");
    for wrong in ["jianshe", "station01", "lingdao"] {
        let refused = publish(&site.staff(wrong).await, words("一家企业门口的道路一下雨就积水")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{wrong}");
    }
    let told = publish(&centre, words("一家企业门口的道路一下雨就积水")).await;
    assert_eq!(told.status, StatusCode::SEE_OTHER, "{}", told.body);
    assert_eq!(
        publish(&centre, words("一家企业门口的道路一下雨就积水")).await.location(),
        told.location(),
        "sent twice, told once"
    );
    let id = told.location().rsplit('/').next().unwrap().to_owned();

    let list = json_of(&browser, "/open311/v2/requests.json").await;
    let case = list.as_array().unwrap().iter().find(|case| case["service_request_id"] == format!("CASE-{id}")).unwrap().clone();
    assert_eq!(case["status"], "closed");
    assert!(case["description"].as_str().unwrap().contains("一下雨就积水"));
    assert!(!list.to_string().contains(&issue.1) && !list.to_string().contains(&issue.2));
    assert_eq!(
        json_of(&browser, &format!("/open311/v2/requests.json?service_request_id=CASE-{id},nothing&status=open")).await,
        json!([case])
    );
    assert_eq!(json_of(&browser, "/open311/v2/requests.json?status=open").await, json!([]));
    let page = browser.get(&format!("/cases/{id}")).await;
    assert!(page.status == StatusCode::OK && !page.body.contains(&issue.1) && !page.body.contains(&issue.2));

    // Taken back, nobody finds it.
    assert_eq!(centre.post(&format!("/desk/cases/{id}/withdraw"), &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.get(&format!("/cases/{id}")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.get(&format!("/open311/v2/requests/CASE-{id}.json")).await.status, StatusCode::NOT_FOUND);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_administrator_of_the_city_keeps_keys(owner: PgPool) {
    let site = Site::demo(&owner, &[("QIFU_DEMO", "1")]).await;
    let admin = site.staff("admin").await;
    let added = admin.post("/desk/admin/keys", &[("name", "政企恳谈会"), ("channel", "meeting"), ("scope", "open311")]).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.body);
    let key = added.body.split("class=\"secret\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(domain::api_key::is_shaped(&key), "{key}");
    assert!(!admin.get("/desk/admin/keys").await.body.contains(&key), "shown once");
    let twice = admin.post("/desk/admin/keys", &[("name", "政企恳谈会"), ("channel", "online")]).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    let filed = post(&site.anonymous(), "requests.json", &[("api_key", &key)], None).await;
    assert_eq!(filed.status, StatusCode::OK, "{}", filed.body);
    let id: i64 = sqlx::query_scalar("select id from api_key where name = '政企恳谈会'").fetch_one(&owner).await.unwrap();
    let ended = admin.post(&format!("/desk/admin/keys/{id}/revoke"), &[]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER);
    let filed = post(&site.anonymous(), "requests.json", &[("api_key", &key)], None).await;
    assert_eq!(filed.status, StatusCode::FORBIDDEN);
    let logged: Vec<String> = sqlx::query_scalar("select kind from security_event where subject = '政企恳谈会' order by id")
        .fetch_all(&owner)
        .await
        .unwrap();
    assert_eq!(logged, ["key_added", "key_revoked"]);
}
