//! What the desk's islands ask and send: the same use cases as the plain forms, and nothing for strangers.

use super::site::{Browser, Site, answers, call, file};
use app::error::RpcError;
use app::issue::desk::rpc::{DeskAct, DeskIssue, DeskList, DeskSearch};
use app::issue::desk::view::{Acted, IssueView, ListView, Place};
use axum::body::Body;
use axum::http::Request;
use domain::issue::State;
use sqlx::PgPool;

const KEY: &str = "0199b0c0-0000-7000-8000-000000000031";

fn issue(number: &str) -> Request<Body> {
    call(&DeskIssue { number: number.to_owned() })
}

fn act(number: &str, command: &str, fields: &[(&str, &str)]) -> Request<Body> {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    call(&DeskAct { number: number.to_owned(), command: command.to_owned(), fields })
}

fn queue(code: &str) -> Request<Body> {
    call(&DeskList { queue: code.to_owned(), words: String::new(), after: String::new() })
}

fn search(words: &str) -> Request<Body> {
    call(&DeskSearch { words: words.to_owned() })
}

const ACCEPT: [(&str, &str); 4] = [("category", "drainage"), ("level", "simple"), ("urgency", "normal"), ("version", "1")];

async fn list(browser: &Browser, code: &str) -> ListView {
    browser.send(queue(code)).await.island().unwrap()
}

fn count(view: &ListView, code: &str) -> Option<i64> {
    view.tabs.iter().find(|tab| tab.code == code).and_then(|tab| tab.count)
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_issue_is_accepted_and_dispatched_in_place(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let number = file(&site.member(2).await, &answers(KEY)).await;
    let centre = site.staff("centre01").await;
    let before = list(&centre, "to_accept").await;
    assert!(before.rows.iter().any(|row| row.number == number));

    // What is missing is a fault of its field, and nothing moved.
    let lacking: Result<Acted, RpcError> = centre.send(act(&number, "accept", &[("version", "1")])).await.island();
    assert_eq!(lacking.unwrap_err().at("level").as_deref(), Some("请选择难易程度"));
    let acted: Acted = centre.send(act(&number, "accept", &ACCEPT)).await.island().unwrap();
    assert_eq!(acted.said, format!("受理：{number}"));
    let view = acted.issue.unwrap();
    assert_eq!((view.head.state, view.acts.version), (State::Accepted, 2));
    assert_eq!(view.acts.list[0].code, "dispatch");

    let after = list(&centre, "to_accept").await;
    assert!(after.rows.iter().all(|row| row.number != number));
    assert_eq!(count(&after, "to_accept").unwrap() + 1, count(&before, "to_accept").unwrap());
    assert_eq!(count(&after, "to_dispatch").unwrap(), count(&before, "to_dispatch").unwrap() + 1);

    // Sent again because the answer did not arrive: it is done once.
    let again: Result<Acted, RpcError> = centre.send(act(&number, "accept", &ACCEPT)).await.island();
    assert!(matches!(again, Err(RpcError::Conflict(_) | RpcError::Forbidden)), "{again:?}");
    let strange: Result<Acted, RpcError> = centre.send(act(&number, "rate", &[("version", "2")])).await.island();
    assert!(strange.is_err(), "a member's command is none of staff's");
    let seen: IssueView = centre.send(issue(&number)).await.island().unwrap();
    assert_eq!(seen, view, "what the action answered is what there is");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_department_that_returns_an_issue_loses_sight_of_it(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let number = file(&site.member(2).await, &answers(KEY)).await;
    let (centre, handler) = (site.staff("centre01").await, site.staff("jianshe").await);
    let mut conn = site.state.store.system().await.unwrap();
    let departments = store::reference::load(&mut conn).await.unwrap().departments;
    drop(conn);
    let own = departments.iter().find(|known| known.code == "jianshe").unwrap().id.to_string();
    let other = departments.iter().find(|known| known.code != "jianshe").unwrap().id.to_string();
    let _: Acted = centre.send(act(&number, "accept", &ACCEPT)).await.island().unwrap();
    let _: Acted = centre.send(act(&number, "dispatch", &[("lead", &own), ("version", "2")])).await.island().unwrap();
    let reason = [("return_reason", "该路段由属地镇街养护"), ("proposed", &other), ("version", "3")];
    let acted: Acted = handler.send(act(&number, "return", &reason)).await.island().unwrap();
    assert!(acted.issue.is_none(), "{acted:?}");
    assert_eq!(handler.send(issue(&number)).await.island::<IssueView>(), Err(RpcError::NotFound));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn nobody_else_learns_or_does_anything_through_the_desk(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let number = file(&owner, &answers(KEY)).await;
    for (browser, expected) in [
        (site.anonymous(), RpcError::Unauthenticated),
        (owner, RpcError::Forbidden),
        (site.staff("zhengce").await, RpcError::Forbidden),
        (site.staff("admin").await, RpcError::Forbidden),
    ] {
        assert_eq!(browser.send(issue(&number)).await.island::<IssueView>(), Err(expected.clone()));
        assert_eq!(browser.send(act(&number, "accept", &ACCEPT)).await.island::<Acted>(), Err(expected.clone()));
        assert_eq!(browser.send(queue("")).await.island::<ListView>(), Err(expected.clone()));
        assert_eq!(browser.send(search(&number)).await.island::<Vec<Place>>(), Err(expected));
    }
    for login in ["centre04", "jingxin", "station03"] {
        let browser = site.staff(login).await;
        assert_eq!(browser.send(issue(&number)).await.island::<IssueView>(), Err(RpcError::NotFound), "{login}");
        assert_eq!(browser.send(act(&number, "accept", &ACCEPT)).await.island::<Acted>(), Err(RpcError::NotFound), "{login}");
        assert_eq!(browser.send(search(&number)).await.island::<Vec<Place>>(), Ok(Vec::new()), "{login}");
    }
    let handler = site.staff("jingxin").await;
    assert_eq!(handler.send(queue("to_accept")).await.island::<ListView>(), Err(RpcError::Forbidden), "a centre's queue");

    // A leader reads it all and calls nobody: the number is masked, and all that may be done is to instruct.
    let leader = site.staff("lingdao").await;
    let read: IssueView = leader.send(issue(&number)).await.island().unwrap();
    assert_eq!(read.acts.list.iter().map(|act| act.code.as_str()).collect::<Vec<_>>(), ["instruct"]);
    assert!(!format!("{read:?}").contains("13800000002"));
    assert_eq!(leader.send(act(&number, "accept", &ACCEPT)).await.island::<Acted>(), Err(RpcError::Forbidden));
    let centre = site.staff("centre01").await;
    let seen: IssueView = centre.send(issue(&number)).await.island().unwrap();
    assert!(format!("{:?}", seen.problem).contains("13800000002"), "whoever must call sees the number");
    assert_eq!(seen.acts.version, 1, "nothing moved");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_palette_finds_by_number_enterprise_and_word(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let number = file(&site.member(2).await, &answers(KEY)).await;
    // Search words are the outbox worker's.
    server::workers::drain(&site.state).await.unwrap();
    let centre = site.staff("centre01").await;
    let seen: IssueView = centre.send(issue(&number)).await.island().unwrap();
    let enterprise = seen.head.about.split(" · ").next().unwrap().to_owned();
    for words in [number.as_str(), enterprise.as_str(), "三号车间"] {
        let found: Vec<Place> = centre.send(search(words)).await.island().unwrap();
        assert!(found.iter().any(|place| place.href.ends_with(&number)), "{words}: {found:?}");
    }
    assert_eq!(centre.send(search(" ")).await.island::<Vec<Place>>(), Ok(Vec::new()));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_list_is_narrowed_by_its_address_and_live_in_the_same_way(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let centre = site.staff("centre01").await;
    let page = centre.get("/desk?queue=all&area=330502&sort=oldest").await;
    assert_eq!(page.status.as_u16(), 200);
    assert!(page.body.contains("全部（已筛选）") && page.body.contains("吴兴区 · 最早提交在前"));
    // The island asks again by the code of its tab.
    let view = list(&centre, "all&area=330502&sort=oldest").await;
    assert!(!view.rows.is_empty() && view.rows.iter().all(|row| page.body.contains(&row.number)));
    assert!(view.tabs.iter().all(|tab| tab.count.is_none() && tab.code.ends_with("&area=330502&sort=oldest")));
    assert_eq!(view.queue, "all&area=330502&sort=oldest");
    let whole = list(&centre, "all").await;
    let after = whole.next.clone().unwrap();
    let next: ListView =
        centre.send(call(&DeskList { queue: "all&sort=newest".to_owned(), words: String::new(), after })).await.island().unwrap();
    assert!(next.rows.iter().all(|row| whole.rows.iter().all(|before| before.number != row.number)));
    // A queue of another role stays shut, filter or not; what cannot be read narrows nothing.
    assert_eq!(centre.get("/desk?queue=mine&area=330502").await.status.as_u16(), 403);
    assert_eq!(centre.get("/desk?queue=all&area=x&from=2026-99-99&flag=%27&sort=up&after=%00").await.status.as_u16(), 200);

    // An issue leads back to the list it was opened from, also after something was done without a script.
    let href = &view.rows[0].href;
    assert!(href.contains("?from=queue:all~area:330502~sort:oldest"), "{href}");
    let issue = centre.get(href).await.body;
    assert!(issue.contains("href=\"/desk?queue=all&amp;area=330502&amp;sort=oldest\""));
    let number = file(&site.member(2).await, &answers(KEY)).await;
    let done = centre.post(&format!("/desk/issues/{number}/accept?from=queue:to_accept"), &ACCEPT).await;
    assert_eq!(done.location(), format!("/desk/issues/{number}?from=queue:to_accept"));
    let refused = centre.post(&format!("/desk/issues/{number}/dispatch?from=queue:to_accept"), &[("version", "2")]).await;
    assert_eq!(refused.status.as_u16(), 422);
    assert!(refused.body.contains("href=\"/desk?queue=to_accept\""));
    assert!(!centre.get(&format!("/desk/issues/{number}?from=%22%3E%3Cscript%3E")).await.body.contains("<script>\""));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_search_is_paged_and_finds_contacts(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let number = file(&site.member(2).await, &answers(KEY)).await;
    server::workers::drain(&site.state).await.unwrap();
    let centre = site.staff("centre01").await;
    for words in ["13800000002", "姚经理", number.as_str()] {
        let page = centre.get(&format!("/desk?{}", serde_urlencoded::to_string([("q", words)]).unwrap())).await.body;
        assert!(page.contains(&number) && page.contains("搜索结果"), "{words}");
    }
    let found: ListView = centre
        .send(call(&DeskList { queue: "&area=330503".to_owned(), words: "姚经理".to_owned(), after: String::new() }))
        .await
        .island()
        .unwrap();
    assert!(found.rows.iter().all(|row| row.number != number) && found.queue.starts_with("&q=%E5%A7%9A"), "{}", found.queue);
    let places: Vec<Place> = centre.send(search("13800000002")).await.island().unwrap();
    assert!(places.iter().any(|place| place.label.starts_with(&number)), "the palette, too");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_list_is_taken_along_and_a_view_is_kept(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let centre = site.staff("centre01").await;
    let table = centre.get("/desk/table?queue=all%26x&area=330502&as=csv").await;
    assert_eq!(table.status.as_u16(), 200);
    let view = list(&centre, "all&area=330502").await;
    assert!(table.body.contains("编号,标题,企业,区县") && view.rows.iter().all(|row| table.body.contains(&row.number)));
    assert!(table.body.lines().skip(1).all(|line| line.contains("吴兴区")), "as narrow as the page");
    assert!(!table.body.contains("1380000"), "no telephone leaves");
    let workbook = centre.get("/desk/table?queue=to_accept&as=xlsx").await;
    assert!(workbook.bytes.starts_with(b"PK"));
    assert_eq!(centre.get("/desk/table?queue=mine").await.status.as_u16(), 403, "another role's");
    let mut conn = site.state.store.system().await.unwrap();
    let noted = store::security::list(&mut conn, &store::security::Filter::default(), None, 10).await.unwrap();
    assert!(noted.rows.iter().any(|row| row.subject == "issues.csv"), "the security log has it");
    drop(conn);

    let kept = [("queue", "all&area=330502"), ("area", "330502"), ("view", " 吴兴全部 ")];
    let done = centre.post("/desk/views", &kept).await;
    assert_eq!(done.location(), "/desk?queue=all&area=330502");
    let page = centre.get(done.location()).await.body;
    assert!(page.contains("href=\"/desk?queue=all&amp;area=330502\" aria-current=\"page\"") && page.contains("吴兴全部"));
    let again = centre.post("/desk/views", &kept).await;
    assert_eq!(again.status.as_u16(), 422);
    assert!(again.body.contains("您已有同名的视图") && again.body.contains("value=\"330502\" selected"));
    assert_eq!(centre.post("/desk/views", &[("queue", "mine"), ("view", "x")]).await.status.as_u16(), 403);
    let id = super::site::hidden(&page, "id").pop().unwrap();
    let other = site.staff("jianshe").await;
    assert!(!other.get("/desk").await.body.contains("吴兴全部"));
    other.post("/desk/views/remove", &[("id", &id)]).await;
    assert!(centre.get("/desk").await.body.contains("吴兴全部"), "another's stays");
    centre.post("/desk/views/remove", &[("id", &id)]).await;
    assert!(!centre.get("/desk").await.body.contains("吴兴全部"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn whoever_looks_on_begins_with_figures_and_opens_what_is_behind_them(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    for login in ["lingdao", "jiandu"] {
        let browser = site.staff(login).await;
        assert_eq!(browser.get("/desk").await.location(), "/desk/figures", "{login}");
        let page = browser.get("/desk/figures").await.body;
        assert!(page.contains("近 12 周") && page.contains("按主办部门") && page.contains("按区县"), "{login}");
        // What is about to be late is the supervisor's, too (预警件).
        let soon = list(&browser, "soon").await;
        let counted = count(&soon, "soon").unwrap();
        assert!(page.contains(&format!("<strong>{counted}</strong><span>即将超期</span>")), "{login}");
        for row in &soon.rows {
            let seen: IssueView = browser.send(issue(&row.number)).await.island().unwrap();
            let watches = ["instruct", "supervise", "sign_off", "inquire"];
            assert!(
                seen.acts.list.iter().all(|act| watches.contains(&act.code.as_str())),
                "{login} looks on and handles nothing"
            );
        }
        // Every link of a figure leads to as many rows as it says.
        let links = page.split("<a href=\"/desk?queue=").skip(1).filter_map(|rest| {
            let (query, rest) = rest.split_once("\">")?;
            Some((query.replace("&amp;", "&"), rest.split('<').next()?.parse::<usize>().ok()?))
        });
        let links: Vec<(String, usize)> = links.collect();
        assert!(links.len() > 5, "{login}: {links:?}");
        for (query, figure) in links {
            let rows = browser.get(&format!("/desk/table?queue={query}&as=csv")).await.body.lines().count() - 1;
            assert_eq!(rows, figure, "{login} {query}");
        }
    }
    assert!(!site.staff("jiandu").await.get("/desk/figures").await.body.contains("在办</span>"), "not all that is open");
    let station = site.staff("station01").await;
    let page = station.get("/desk?queue=filed").await;
    assert_eq!(page.status.as_u16(), 200);
    assert!(page.body.contains("本站代办"));
}
