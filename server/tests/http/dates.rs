//! Days at the end of all time, wherever somebody may write one: told so, or taken for none, and never a fault of ours.

use super::site::{Browser, Site, multipart};
use app::api_key::act::make;
use app::open311::hash_key;
use axum::body::Body;
use axum::http::{Request, header};
use domain::api_key::{Rates, Scope};
use domain::issue::Channel;
use sqlx::PgPool;
use store::api_key::NewKey;

/// What a program makes of a day, an instant or a place in a list, where it makes none.
const ENDS: [&str; 12] = [
    "-9999-01-01",
    "-0001-01-01",
    "0000-01-01",
    "9999-12-31",
    "+99999-01-01",
    "9999-12-31T23:59:59-01:00",
    "-9999-01-01T00:00:00Z",
    "0000-01-01T00:00:00+01:00",
    "253402300799",
    "-377705116800",
    "-377705116800000000.1",
    "253402300799999999.1",
];

/// A path whose query asks for one of [`ENDS`] under each name.
fn asking(path: &str, names: &[&str], end: &str) -> String {
    let pairs: Vec<(&str, &str)> = names.iter().map(|name| (*name, end)).collect();
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}{}", serde_urlencoded::to_string(pairs).unwrap())
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_end_of_all_time_is_no_fault_of_ours(pool: PgPool) {
    let site = Site::demo(&pool, &[("QIFU_CODES_PER_ADDRESS", "1000")]).await;
    let (nobody, centre, admin) = (site.anonymous(), site.staff("centre01").await, site.staff("admin").await);
    let (editor, owner) = (site.staff("zhengce").await, site.member(2).await);
    let asked: [(&Browser, &str, &[&str]); 18] = [
        (&centre, "/desk", &["from"]),
        (&centre, "/desk?queue=all", &["from", "to"]),
        (&centre, "/desk?queue=filed", &["after"]),
        (&centre, "/desk/table?as=csv", &["from", "to"]),
        (&centre, "/desk/packs/joint", &["to"]),
        (&centre, "/desk/packs/monthly", &["from", "to"]),
        (&centre, "/desk/packs/boards", &["from"]),
        (&centre, "/desk/messages", &["after"]),
        (&admin, "/desk/admin/security", &["day"]),
        (&admin, "/desk/admin/security/table?as=csv", &["day"]),
        (&admin, "/desk/admin/log", &["after"]),
        (&editor, "/desk/applications?state=all", &["from", "to"]),
        (&editor, "/desk/applications/table?as=csv", &["from", "to"]),
        (&editor, "/desk/policies", &["after"]),
        (&owner, "/messages", &["after"]),
        (&nobody, "/open311/v2/requests.json", &["start_date"]),
        (&nobody, "/open311/v2/requests.json", &["end_date"]),
        (&nobody, "/open311/v2/requests.json", &["start_date", "end_date"]),
    ];
    for end in ENDS {
        for (browser, path, names) in asked {
            let path = asking(path, names, end);
            let answer = browser.get(&path).await;
            assert!(answer.status.as_u16() < 500, "{path}: {} {}", answer.status, answer.body);
        }
        let code = [("phone", "13800000002"), ("code", "000000"), ("after", end)];
        let leave = [("colleague", "1"), ("from", end), ("to", end), ("reason", "年休假")];
        let days = [("first", end), ("last", end), ("kind", "off"), ("note", "假日"), ("why", "试一试"), ("from", end)];
        for (browser, path, pairs) in [
            (&nobody, "/sign-in/code", &code[..]),
            (&centre, "/desk/leave", &leave[..]),
            (&admin, "/desk/admin/calendar", &days[..]),
        ] {
            let answer = browser.post(path, pairs).await;
            assert_eq!(answer.status.as_u16(), 422, "{path} {end}: {}", answer.body);
        }
        let meeting = multipart("/desk/meetings", &[("name", "恳谈会"), ("held", end)], &[("a.csv", b"a".to_vec())]);
        assert_eq!(centre.send(meeting).await.status.as_u16(), 422, "{end}");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_channel_s_clock_may_be_anywhere(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let key = make();
    let hash = hash_key(&key);
    let new =
        NewKey {
            name: "12345 热线平台", hash: &hash, channel: Channel::Hotline, scopes: &[Scope::Read], rates: Rates::USUAL
        };
    let mut conn = site.state.store.system().await.unwrap();
    store::api_key::add(&mut conn, &new, None, site.state.now()).await.unwrap();
    conn.release();
    for end in ENDS {
        for (path, name) in [("/api/v1/issues", "changed_since"), ("/api/v1/issues", "cursor"), ("/api/v1/deliveries", "cursor")]
        {
            let request = Request::get(asking(path, &[name], end)).header(header::AUTHORIZATION, format!("Bearer {key}"));
            let answer = site.anonymous().send(request.body(Body::empty()).unwrap()).await;
            assert!(answer.status.as_u16() < 500, "{path} {name} {end}: {}", answer.body);
        }
    }
}
