//! Every route as nobody, as a stranger, and as each wrong role: refused, and nothing leaks.

use super::site::{Answer, Browser, Site, answers, draft_form, file, form, hidden, jpeg, multipart};
use app::access::{Access, DOORS, Door, Kind};
use axum::body::Body;
use axum::http::Request;
use server::http::{ROUTES, listed};
use sqlx::PgPool;
use std::collections::BTreeSet;
use store::administration::change::Wanted;

/// What belongs to the enterprise whose things are asked for.
struct Mine {
    number: String,
    photo: String,
    enterprise: String,
    person: String,
    application: String,
    file: String,
    /// A change of something of the city's, in the log of settings.
    change: String,
    /// An account of a department of the city's.
    account: String,
    /// Words that nobody else may read.
    secrets: Vec<String>,
}

/// An item of the city's that the demo's first firms may apply for at once.
const ITEM: &str = "demo-digital-voucher";

/// A request for a route, with the things of `mine` in its path and a body that would do.
fn request(route: &Door, mine: &Mine, cross_site: bool) -> Request<Body> {
    let desk = route.path.starts_with("/desk");
    let application = route.path.contains("/applications/");
    let path = route
        .path
        .replace("{number}", if application { &mine.application } else { &mine.number })
        .replace("{id}", if application { &mine.file } else { &mine.photo })
        .replace("{enterprise}", &mine.enterprise)
        .replace("/admin/boards/{code}", "/admin/boards/law")
        .replace("/admin/categories/{code}", "/admin/categories/street")
        .replace("/admin/texts/{code}", "/admin/texts/centre_submitted")
        .replace("/admin/retention/{code}", "/admin/retention/photo")
        .replace("{person}", &mine.person)
        .replace("{resource}/{file}", "services/street.json")
        .replace("v2/{file}", "v2/requests.json")
        .replace("{file}", "discovery.json")
        .replace("{case}", "1")
        .replace("{meeting}", "1")
        .replace("{cluster}", "1")
        .replace("{pack}", "joint")
        .replace("{run}", "0199b0c0-0000-7000-8000-00000000000c")
        .replace("keys/{key}", "keys/1")
        .replace("{code}", ITEM)
        .replace("{step}", "withdraw")
        .replace("{change}", &mine.change)
        .replace("{account}", &mine.account)
        // The city's, or another district's than that of the second administrator.
        .replace("areas/{key}", "areas/330503")
        .replace("departments/{key}", "departments/jianshe")
        .replace("stations/{key}", "stations/nanxun")
        .replace(
            "{command}",
            if !desk {
                "withdraw"
            } else if route.path.contains("/staff/") {
                "name"
            } else if application {
                "review"
            } else {
                "accept"
            },
        );
    assert!(!path.contains('{'), "{}: the test does not know what to put into the path", route.path);
    let mut request = match route.method {
        "GET" => Request::get(path).body(Body::empty()).unwrap(),
        "POST" if route.kind == Kind::Upload => multipart(&path, &[], &[("a.jpg", jpeg())]),
        "POST" if path == "/desk/facts" => multipart(&path, &[("source", "市统计局")], &[]),
        "POST" => {
            let mut pairs = answers("0199b0c0-0000-7000-8000-000000000001");
            pairs.extend([
                ("reason", "duplicate"),
                ("level", "simple"),
                ("enterprise", &mine.enterprise),
                ("person", &mine.person),
                ("phone", "13800000009"),
                ("code", if path.ends_with("/json") { ITEM } else { "revenue" }),
                ("version", "1"),
            ]);
            form(&path, &pairs)
        }
        other => panic!("{other}: the test does not know this method"),
    };
    if cross_site {
        request.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    }
    request
}

/// Boards, categories, limits, calendar, words: `terms.rs` says who changes what of them.
fn terms(route: &Door) -> bool {
    ["boards", "categories", "limits", "calendar", "texts", "retention"]
        .iter()
        .any(|name| route.path.starts_with(&format!("/desk/admin/{name}")))
}

async fn mine(site: &Site, owner: &Browser) -> Mine {
    let checked =
        owner.send(multipart("/issues/new", &answers("0199b0c0-0000-7000-8000-00000000000a"), &[("a.jpg", jpeg())])).await;
    let photo = hidden(&draft_form(owner, &checked).await.body, "photo").remove(0);
    let mut pairs = answers("0199b0c0-0000-7000-8000-00000000000a");
    pairs.push(("photo", &photo));
    let number = file(owner, &pairs).await;
    let mut conn = site.state.store.system().await.unwrap();
    let detail = store::issue::detail(&mut conn, &number).await.unwrap();
    assert_eq!(detail.photos.len(), 1);
    let person = store::member::list(&mut conn, detail.enterprise).await.unwrap()[0].id.to_string();
    let (application, attached) = applied(owner).await;
    let wanted = Wanted { kind: "department", ..Wanted::default() };
    let changes = store::administration::change::list(&mut conn, &wanted, None, 1).await.unwrap().rows;
    Mine {
        change: changes[0].id.to_string(),
        account: store::identity::credentials(&mut conn, "jianshe").await.unwrap().unwrap().id.to_string(),
        person,
        application,
        file: attached,
        secrets: vec![detail.title, detail.enterprise_name, detail.uscc, "13800000002".to_owned(), "姚经理".to_owned()],
        enterprise: detail.enterprise.to_string(),
        number,
        photo,
    }
}

/// Applies for [`ITEM`] with a file; answers the number and the file's id.
async fn applied(owner: &Browser) -> (String, String) {
    let path = format!("/policies/{ITEM}/apply");
    let fields = [("key", "0199b0c0-0000-7000-8000-00000000000b"), ("contact_name", "姚经理"), ("contact_phone", "13800000002")];
    let answer = owner.send(multipart(&path, &fields, &[("a.jpg", jpeg())])).await;
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.body);
    let page = owner.get(answer.location()).await.body;
    let mark = format!("{}/files/", answer.location());
    let id = page.split(&mark).nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    (answer.location().rsplit('/').next().unwrap().to_owned(), id.to_owned())
}

#[track_caller]
fn refused(route: &Door, who: &str, answer: &Answer, allowed: &[u16], mine: &Mine) {
    let status = answer.status.as_u16();
    assert!(allowed.contains(&status), "{} {} as {who}: {status}, expected {allowed:?}", route.method, route.path);
    for secret in &mine.secrets {
        assert!(!answer.body.contains(secret.as_str()), "{} {} as {who} leaks {secret}", route.method, route.path);
    }
}

/// The list of doors is what is there: pages of the router, server functions, and the rest; none more, none less.
#[test]
fn every_door_is_listed_and_every_listed_door_is_there() {
    let there: BTreeSet<(String, String)> = listed()
        .into_iter()
        .chain(ROUTES.iter().map(|(method, path)| (*method, (*path).to_owned())))
        .map(|(method, path)| (method.to_owned(), path))
        .collect();
    let known: BTreeSet<(String, String)> = DOORS.iter().map(|door| (door.method.to_owned(), door.path.to_owned())).collect();
    let unlisted: Vec<_> = there.difference(&known).collect();
    assert!(unlisted.is_empty(), "doors without an entry in access/doors.rs, which stay shut: {unlisted:?}");
    let missing: Vec<_> = known.difference(&there).collect();
    assert!(missing.is_empty(), "entries of access/doors.rs without a door: {missing:?}");
    assert_eq!(DOORS.len(), known.len(), "a door is listed twice");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn every_route_refuses_nobody_strangers_and_wrong_roles(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let mine = mine(&site, &owner).await;
    let anonymous = site.anonymous();
    let stranger = site.member(3).await;
    let chooser = site.nobodys().await;
    let mut staff = Vec::new();
    for login in ["centre04", "jingxin", "station03", "jiandu", "lingdao", "zhengce", "admin", "centre01"] {
        staff.push((login, site.staff(login).await));
    }
    let policy_staff = [("zhengce03", site.staff("zhengce03").await), ("jianshe", site.staff("jianshe").await)];
    let administrators = [("admin02", site.staff("admin02").await)];
    for route in DOORS {
        // A policy is everybody's who may read policies at all; the rest of what stands in paths belongs to somebody.
        let of_somebody = ["{number}", "{id}", "{enterprise}", "{person}"].iter().any(|part| route.path.contains(part));
        let answer = anonymous.send(request(route, &mine, false)).await;
        if route.access == Access::Public {
            assert!(answer.status.as_u16() < 500, "{}", route.path);
            continue;
        }
        refused(route, "nobody", &answer, &[401], &mine);
        match route.access {
            Access::Public => {}
            Access::FirstPassword | Access::Enrolment => {
                for browser in [&owner, &stranger] {
                    assert_eq!(browser.send(request(route, &mine, false)).await.status.as_u16(), 403, "{}", route.path);
                }
            }
            Access::Member => {
                if of_somebody {
                    refused(route, "a stranger", &stranger.send(request(route, &mine, false)).await, &[404], &mine);
                }
                let answer = chooser.send(request(route, &mine, false)).await;
                // An island is told, not led elsewhere.
                let (status, location) = if route.kind.is_for_islands() { (403, "") } else { (303, "/enterprises") };
                refused(route, "a person without an enterprise", &answer, &[status], &mine);
                assert_eq!(answer.location(), location);
                for (login, browser) in &staff {
                    refused(route, login, &browser.send(request(route, &mine, false)).await, &[403], &mine);
                }
            }
            Access::Person => {
                // A stranger may choose, but not an enterprise that is not theirs.
                if route.method == "POST" {
                    refused(route, "a stranger", &stranger.send(request(route, &mine, false)).await, &[404], &mine);
                }
                for (login, browser) in &staff {
                    refused(route, login, &browser.send(request(route, &mine, false)).await, &[403], &mine);
                }
            }
            Access::Desk => {
                for browser in [&owner, &stranger] {
                    let answer = browser.send(request(route, &mine, false)).await;
                    assert_eq!(answer.status.as_u16(), 403, "{} as a member", route.path);
                }
                for (login, browser) in &staff {
                    let expected: &[u16] = match *login {
                        "zhengce" | "admin" => &[403],
                        // Elsewhere: their own desk opens, this issue does not.
                        "centre04" | "jingxin" | "station03" | "jiandu" if of_somebody => &[404],
                        // Reads everything of the city, commands nothing.
                        "lingdao" if route.kind == Kind::Form && of_somebody => &[403],
                        _ => continue,
                    };
                    refused(route, login, &browser.send(request(route, &mine, false)).await, expected, &mine);
                }
            }
            Access::Overseer => {
                for browser in [&owner, &stranger] {
                    assert_eq!(browser.send(request(route, &mine, false)).await.status.as_u16(), 403, "{}", route.path);
                }
                for (login, browser) in staff.iter().filter(|(login, _)| !matches!(*login, "lingdao" | "jiandu")) {
                    refused(route, login, &browser.send(request(route, &mine, false)).await, &[403], &mine);
                }
            }
            Access::Record => {
                for browser in [&owner, &stranger] {
                    assert_eq!(browser.send(request(route, &mine, false)).await.status.as_u16(), 403, "{}", route.path);
                }
                for (login, browser) in &staff {
                    let expected: &[u16] = match *login {
                        // Supervision reads what is abnormal; another district's centre, what is its own.
                        "jiandu" | "centre04" if of_somebody => &[404],
                        login if login.starts_with("centre") || matches!(login, "lingdao" | "jiandu") => continue,
                        _ => &[403],
                    };
                    refused(route, login, &browser.send(request(route, &mine, false)).await, expected, &mine);
                }
            }
            Access::Measured => {
                for browser in [&owner, &stranger] {
                    assert_eq!(browser.send(request(route, &mine, false)).await.status.as_u16(), 403, "{}", route.path);
                }
                for (login, browser) in &staff {
                    if matches!(*login, "zhengce" | "admin") || login.starts_with("station") {
                        refused(route, login, &browser.send(request(route, &mine, false)).await, &[403], &mine);
                    }
                }
            }
            Access::Station => {
                for browser in [&owner, &stranger] {
                    assert_eq!(browser.send(request(route, &mine, false)).await.status.as_u16(), 403, "{}", route.path);
                }
                for (login, browser) in &staff {
                    let expected: &[u16] = match *login {
                        "station03" if of_somebody => &[404],
                        "station03" => continue,
                        _ => &[403],
                    };
                    refused(route, login, &browser.send(request(route, &mine, false)).await, expected, &mine);
                }
            }
            Access::Registrar | Access::Centre => {
                for browser in [&owner, &stranger] {
                    assert_eq!(browser.send(request(route, &mine, false)).await.status.as_u16(), 403, "{}", route.path);
                }
                for (login, browser) in &staff {
                    let expected: &[u16] = match (*login, route.access) {
                        // Another district's: their own desk opens, this enterprise does not.
                        ("centre04", _) | ("station03", Access::Registrar) if of_somebody => &[404],
                        ("centre04" | "centre01", _) | ("station03", Access::Registrar) => continue,
                        _ => &[403],
                    };
                    refused(route, login, &browser.send(request(route, &mine, false)).await, expected, &mine);
                }
            }
            Access::Staff => {
                for browser in [&owner, &stranger] {
                    assert_eq!(browser.send(request(route, &mine, false)).await.status.as_u16(), 403, "{}", route.path);
                }
            }
            Access::Policy | Access::Reviewer => {
                for browser in [&owner, &stranger] {
                    let answer = browser.send(request(route, &mine, false)).await;
                    assert_eq!(answer.status.as_u16(), 403, "{} as a member", route.path);
                }
                for (login, browser) in staff.iter().chain(&policy_staff) {
                    let expected: &[u16] = match (*login, route.access) {
                        // Editors of the city, and the department that reviews what was applied for.
                        ("zhengce", _) | ("jingxin", Access::Reviewer) => continue,
                        // Another district's editor, another department: their own lists open, this does not.
                        ("zhengce03", _) | ("jianshe", Access::Reviewer) if route.path.contains('{') => &[404],
                        ("zhengce03", _) | ("jianshe", Access::Reviewer) => continue,
                        _ => &[403],
                    };
                    refused(route, login, &browser.send(request(route, &mine, false)).await, expected, &mine);
                }
            }
            Access::Administrator => {
                for browser in [&owner, &stranger] {
                    let answer = browser.send(request(route, &mine, false)).await;
                    assert_eq!(answer.status.as_u16(), 403, "{} as a member", route.path);
                }
                for (login, browser) in staff.iter().chain(&administrators) {
                    let expected: &[u16] = match *login {
                        "admin" => continue,
                        // What is the city's alone: a district's reads it, and changes nothing.
                        "admin02" if terms(route) && route.kind == Kind::Form => &[403, 422],
                        "admin02" if terms(route) => continue,
                        "admin02" if route.path.contains("/keys/") => &[403],
                        // A district's: its own lists open; what is the city's or another's does not; areas are the city's to add.
                        "admin02" if route.path.contains('{') => &[404],
                        "admin02" if route.path == "/desk/admin/areas/new" => &[403],
                        "admin02" => continue,
                        _ => &[403],
                    };
                    refused(route, login, &browser.send(request(route, &mine, false)).await, expected, &mine);
                }
            }
            Access::SignedIn => {
                if of_somebody {
                    refused(route, "a stranger", &stranger.send(request(route, &mine, false)).await, &[404], &mine);
                    for (login, browser) in staff.iter().filter(|(login, _)| !matches!(*login, "lingdao" | "centre01")) {
                        refused(route, login, &browser.send(request(route, &mine, false)).await, &[404], &mine);
                    }
                }
            }
        }
    }
    // Nothing of all that moved the issue, the application or the policy.
    let mut conn = site.state.store.system().await.unwrap();
    assert_eq!(store::issue::versions(&mut conn, &mine.number).await.unwrap().1, 1);
    assert_eq!(store::policy::application::get(&mut conn, &mine.application).await.unwrap().seq, 1);
    let item = store::policy::item::get(&mut conn, ITEM, None).await.unwrap();
    assert_eq!((item.version, item.state.as_str()), (1, "published"));
}

/// Files of an answer are the department's that has the issue, which nobody has yet (`owner::an_answer_brings_files`).
fn of_whoever_has_it(door: &Door) -> bool {
    // Of a cluster, its steps are a department's, or there is none yet (`cluster`); channels have keys, and no session (`api`).
    matches!(door.path, "/desk/issues/{number}/files" | "/desk/clusters/{cluster}/answer" | "/desk/clusters/{cluster}/dispatch")
        || matches!(door.path, "/desk/admin/keys/{key}" | "/desk/admin/keys/{key}/table" | "/desk/meetings/{meeting}")
        || door.path.starts_with("/api/v1/") && door.kind == Kind::Api
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_right_ones_get_through(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let mine = mine(&site, &owner).await;
    let (city, station, admin) = (site.staff("centre01").await, site.staff("station01").await, site.staff("admin").await);
    let (editor, reviewer) = (site.staff("zhengce").await, site.staff("jingxin").await);
    let leader = site.staff("lingdao").await;
    for route in DOORS.iter().filter(|door| door.method == "GET" && door.kind != Kind::Stream && !of_whoever_has_it(door)) {
        let browser = match route.access {
            Access::Public | Access::Person | Access::Member | Access::SignedIn => &owner,
            Access::Desk | Access::Registrar | Access::Centre => &city,
            Access::Overseer | Access::Record | Access::Measured => &leader,
            Access::Station => &station,
            Access::Staff | Access::FirstPassword | Access::Enrolment => &admin,
            Access::Policy => &editor,
            Access::Reviewer => &reviewer,
            Access::Administrator => &admin,
        };
        let answer = browser.send(request(route, &mine, false)).await;
        // `/readyz` and pages answer 200; `/` leads home.
        assert!(matches!(answer.status.as_u16(), 200 | 303), "{}: {}", route.path, answer.status);
    }
    for browser in [&city, &station, &site.staff("lingdao").await, &site.staff("centre03").await] {
        let page = browser.get(&format!("/desk/issues/{}", mine.number)).await;
        assert!(page.body.contains(&mine.secrets[0]));
    }
    // Whoever may read the issue may see its pictures.
    for browser in [&owner, &city, &station] {
        let picture = browser.get(&format!("/photos/{}/thumb", mine.photo)).await;
        assert_eq!(picture.headers.get("content-type").unwrap(), "image/jpeg");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn posts_from_other_sites_are_refused_everywhere(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let mine = mine(&site, &owner).await;
    let (centre, editor) = (site.staff("centre01").await, site.staff("zhengce").await);
    for route in DOORS.iter().filter(|door| door.method == "POST" && door.kind != Kind::Rpc) {
        let browser = match route.access {
            Access::Policy | Access::Reviewer => &editor,
            _ if route.path.starts_with("/desk") => &centre,
            _ => &owner,
        };
        let answer = browser.send(request(route, &mine, true)).await;
        assert_eq!(answer.status.as_u16(), 403, "{}", route.path);
    }
    assert_eq!(owner.get("/home").await.status.as_u16(), 200, "still signed in");
}

#[test]
fn only_these_routes_are_for_everybody() {
    let open: Vec<String> =
        DOORS.iter().filter(|r| r.access == Access::Public).map(|r| format!("{} {}", r.method, r.path)).collect();
    // A route that is called public by mistake would be asked nothing by the other tests.
    let expected = [
        "GET /",
        "GET /healthz",
        "GET /readyz",
        "POST /elder",
        "GET /cases",
        "GET /cases/{case}",
        "GET /open311/{file}",
        "GET /open311/v2/{file}",
        "POST /open311/v2/{file}",
        "GET /open311/v2/{resource}/{file}",
        "GET /api/v1/docs",
        "GET /api/v1/openapi.json",
        "GET /api/v1/categories",
        "GET /api/v1/issues",
        "POST /api/v1/issues",
        "GET /api/v1/issues/{number}",
        "POST /api/v1/issues/{number}/supply",
        "POST /api/v1/issues/{number}/withdraw",
        "POST /api/v1/issues/{number}/rate",
        "GET /api/v1/webhooks",
        "POST /api/v1/webhooks",
        "POST /api/v1/webhooks/{id}/remove",
        "GET /api/v1/deliveries",
        "GET /api/v1/exchange",
        "POST /api/v1/exchange/{number}/receive",
        "POST /api/v1/exchange/{number}/reply",
        "GET /sign-in",
        "POST /sign-in",
        "GET /sign-in/code",
        "POST /sign-in/code",
        "GET /privacy",
        "GET /desk/sign-in",
        "POST /desk/sign-in",
        "GET /desk/sign-in/code",
        "POST /desk/sign-in/code",
        "POST /sign-out",
    ];
    assert_eq!(open, expected);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_right_ones_may_post(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let mine = mine(&site, &site.member(2).await).await;
    for route in DOORS
        .iter()
        .filter(|door| door.method == "POST" && !matches!(door.kind, Kind::Rpc | Kind::Api) && !of_whoever_has_it(door))
    {
        // A session for each: some of these routes end it.
        let browser = match route.access {
            Access::Public | Access::Person | Access::Member | Access::SignedIn => site.member(2).await,
            Access::Desk | Access::Registrar | Access::Centre => site.staff("centre01").await,
            Access::Overseer | Access::Record | Access::Measured => site.staff("lingdao").await,
            Access::Station => site.staff("station01").await,
            Access::Staff | Access::FirstPassword | Access::Enrolment => site.staff("admin").await,
            Access::Policy => site.staff("zhengce").await,
            Access::Reviewer => site.staff("jingxin").await,
            Access::Administrator => site.staff("admin").await,
        };
        let answer = browser.send(request(route, &mine, false)).await;
        // What they sent may lack something (422), or its owner took it back meanwhile (409, with what happened), but they are not turned away.
        assert!(matches!(answer.status.as_u16(), 200 | 303 | 409 | 422), "{}: {}", route.path, answer.status);
    }
}

/// The commands come from the table of transitions: a new one is tried here at once.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn every_command_refuses_those_who_may_not(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let mine = mine(&site, &owner).await;
    let stranger = site.member(3).await;
    let mut elsewhere = Vec::new();
    // A leader reads the issue and may only instruct, whatever the form says.
    let wrong: [(&str, &[u16]); 6] = [
        ("centre04", &[404]),
        ("jingxin", &[404]),
        ("station03", &[404]),
        ("lingdao", &[403]),
        ("zhengce", &[403]),
        ("admin", &[403]),
    ];
    for (login, expected) in wrong {
        elsewhere.push((login, expected, site.staff(login).await));
    }
    let mut codes: Vec<_> = domain::issue::table::TRANSITIONS.iter().map(|row| row.command.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert!(codes.len() > 10);
    let fields = answers("0199b0c0-0000-7000-8000-000000000012");
    for code in codes {
        let (space, desk) = (format!("/issues/{}/{code}", mine.number), format!("/desk/issues/{}/{code}", mine.number));
        for (who, path, expected, answer) in [
            ("nobody", &space, 401, site.anonymous().post(&space, &fields).await),
            ("nobody", &desk, 401, site.anonymous().post(&desk, &fields).await),
            ("a stranger", &space, 404, stranger.post(&space, &fields).await),
            ("a stranger", &desk, 403, stranger.post(&desk, &fields).await),
            ("the owner", &desk, 403, owner.post(&desk, &fields).await),
        ] {
            assert_eq!(answer.status.as_u16(), expected, "{path} as {who}");
            // The owner may read it all, only not command it from here.
            let leaks = mine.secrets.iter().any(|secret| answer.body.contains(secret.as_str()));
            assert!(who == "the owner" || !leaks, "{path} as {who} leaks");
        }
        for (login, expected, browser) in &elsewhere {
            let answer = browser.post(&desk, &fields).await;
            let status = answer.status.as_u16();
            // Who may instruct is asked for the instruction.
            let expected = if (*login, code) == ("lingdao", "instruct") { &[422] } else { *expected };
            assert!(expected.contains(&status), "{desk} as {login}: {status}");
            // Who reads everything may see the title beside the refusal; the others may not.
            if *login != "lingdao" {
                assert!(mine.secrets.iter().all(|secret| !answer.body.contains(secret.as_str())), "{desk} as {login} leaks");
            }
        }
    }
    let mut conn = site.state.store.system().await.unwrap();
    assert_eq!(store::issue::versions(&mut conn, &mine.number).await.unwrap().1, 1, "nothing moved");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn lists_and_searches_show_nothing_of_others(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let mine = mine(&site, &owner).await;
    // Messages exist only after the outbox was worked off: else their list would be empty for everybody.
    server::workers::drain(&site.state).await.unwrap();
    let [title, enterprise] = [&mine.secrets[0], &mine.secrets[1]];
    let stranger = site.member(3).await;
    for path in ["/home", "/issues", "/messages", "/me", "/enterprises", "/issues/new"] {
        let answer = stranger.get(path).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}");
        let secrets = [title, enterprise, &mine.number].into_iter().filter(|words| answer.body.contains(words.as_str()));
        assert_eq!(secrets.collect::<Vec<_>>(), Vec::<&String>::new(), "{path} leaks");
    }
    for path in ["/home", "/issues"] {
        assert!(owner.get(path).await.body.contains(title), "{path}: the owner sees it");
    }
    let search = format!("/desk?q={}", mine.number);
    assert!(site.staff("centre01").await.get(&search).await.body.contains(title), "the right desk finds it");
    for login in ["centre04", "jingxin", "station03", "jiandu"] {
        let browser = site.staff(login).await;
        for path in ["/desk?queue=all", search.as_str(), "/desk/messages"] {
            let answer = browser.get(path).await;
            assert_eq!(answer.status.as_u16(), 200, "{path} as {login}");
            // A supervisor reads what is abnormal, of this enterprise too, but not this one.
            let named = login != "jiandu" && answer.body.contains(enterprise);
            assert!(!answer.body.contains(title) && !named, "{path} as {login} leaks");
        }
    }
    let look_up = format!("/desk/assist?q={}", mine.secrets[2]);
    assert!(site.staff("station01").await.get(&look_up).await.body.contains(enterprise), "its own station finds it");
    assert!(!site.staff("station03").await.get(&look_up).await.body.contains(enterprise), "another station does not");
}
