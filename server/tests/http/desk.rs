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
