//! The desk at work: many at once, two who write at once, notes that stay inside, templates, colleagues.

use super::site::{Browser, Site, answers, file, follow};
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use sqlx::PgPool;
use std::time::Duration;
use store::issue::work::OPEN;
use tokio::time::timeout;

const KEY: &str = "0199b0c0-0000-7000-8000-000000000b01";
const OTHER: &str = "0199b0c0-0000-7000-8000-000000000b02";
const RUN: &str = "0199b0c0-0000-7000-8000-000000000b0f";
const ACCEPT: [(&str, &str); 3] = [("category", "drainage"), ("level", "simple"), ("urgency", "normal")];
const CONTACT: [(&str, &str); 4] = [("way", "phone"), ("with", "姚经理"), ("reached", "yes"), ("result", "约好明天上午到现场看")];

async fn version(site: &Site, number: &str) -> String {
    let mut conn = site.state.store.system().await.unwrap();
    store::issue::versions(&mut conn, number).await.unwrap().1.to_string()
}

/// A department's id, and an account's.
async fn ids(site: &Site, department: &str, login: &str) -> (String, String) {
    let mut conn = site.state.store.system().await.unwrap();
    let known = store::reference::load(&mut conn).await.unwrap().departments;
    let department = known.iter().find(|known| known.code == department).unwrap().id;
    let account = store::identity::credentials(&mut conn, login).await.unwrap().unwrap().id;
    (department.to_string(), account.to_string())
}

/// At 市建设局, signed.
async fn handled(site: &Site, key: &str) -> (String, Browser) {
    let number = file(&site.member(2).await, &answers(key)).await;
    let (centre, handler) = (site.staff("centre01").await, site.staff("jianshe").await);
    let (department, _) = ids(site, "jianshe", "jianshe").await;
    let of = |command: &str| format!("/desk/issues/{number}/{command}");
    assert_eq!(centre.post(&of("accept"), &ACCEPT).await.status.as_u16(), 303);
    assert_eq!(centre.post(&of("dispatch"), &[("lead", &department)]).await.status.as_u16(), 303);
    assert_eq!(handler.post(&of("sign"), &[]).await.status.as_u16(), 303);
    (number, handler)
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn many_are_accepted_dispatched_and_signed_each_by_itself(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let (first, second) = (file(&owner, &answers(KEY)).await, file(&owner, &answers(OTHER)).await);
    let centre = site.staff("centre01").await;
    let page = centre.get("/desk/bulk?step=accept").await.body;
    assert!(page.contains(&first) && page.contains(&second));
    assert_eq!(centre.post("/desk/bulk?step=accept", &[("step", "accept")]).await.status.as_u16(), 422, "none was chosen");
    // A colleague is quicker with one of them, and one number is nobody's.
    assert_eq!(centre.post(&format!("/desk/issues/{second}/accept"), &ACCEPT).await.status.as_u16(), 303);
    let chosen = [("step", "accept"), ("key", RUN), ("pick", first.as_str()), ("pick", second.as_str()), ("pick", "HZ-0")];
    let done = centre.post("/desk/bulk", &chosen).await;
    let result = follow(&centre, &done).await.body;
    for words in ["1 件已办好，2 件没有办", "已受理：", "没有找到这件诉求", "三号车间门口的路淹了"]
    {
        assert!(result.contains(words), "{words}");
    }
    assert_eq!((version(&site, &first).await.as_str(), version(&site, &second).await.as_str()), ("2", "2"));
    // Sent twice it is done once, and says the same.
    assert_eq!(centre.post("/desk/bulk", &chosen).await.location(), done.location());
    assert_eq!(version(&site, &first).await, "2");
    assert!(follow(&site.staff("centre02").await, &done).await.location().starts_with("/desk/bulk"), "nobody else's result");

    let chosen =
        [("step", "dispatch"), ("pick", first.as_str()), ("pick", second.as_str()), ("lead", ""), ("note", "请先到现场")];
    let result = follow(&centre, &centre.post("/desk/bulk", &chosen).await).await.body;
    assert!(result.contains("2 件都已办好") && result.contains("已交办给"), "{result}");
    let signed = [("step", "sign"), ("pick", first.as_str()), ("pick", second.as_str())];
    let other = site.staff("jingxin").await;
    assert!(follow(&other, &other.post("/desk/bulk", &signed).await).await.body.contains("2 件没有办"), "another department's");
    let handler = site.staff("jianshe").await;
    assert!(follow(&handler, &handler.post("/desk/bulk", &signed).await).await.body.contains("2 件都已办好"));
    for (who, browser, status) in [
        ("nobody", site.anonymous(), 401),
        ("a member", owner, 403),
        ("a leader", site.staff("lingdao").await, 403),
        ("a handler, of the centre's step", handler, 403),
        ("an editor", site.staff("zhengce").await, 403),
    ] {
        assert_eq!(browser.post("/desk/bulk", &chosen).await.status.as_u16(), status, "{who}");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_form_that_was_cut_off_goes_on_where_it_was(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let (first, second) = (file(&owner, &answers(KEY)).await, file(&owner, &answers(OTHER)).await);
    let centre = site.staff("centre01").await;
    let (_, account) = ids(&site, "jianshe", "centre01").await;
    // What the connection that broke left behind: one row done, and kept.
    assert_eq!(centre.post(&format!("/desk/issues/{first}/accept"), &ACCEPT).await.status.as_u16(), 303);
    let line = format!(r#"[{{"number": "{first}", "title": "门口的路", "done": true, "said": "已受理：道路"}}]"#);
    sqlx::query("insert into bulk_run (id, staff_id, command, at, lines) values ($1::text::uuid, $2::text::bigint, '批量受理', now(), $3::text::jsonb)")
        .bind(RUN)
        .bind(&account)
        .bind(&line)
        .execute(&pool)
        .await
        .unwrap();
    let chosen = [("step", "accept"), ("key", RUN), ("pick", first.as_str()), ("pick", second.as_str())];
    // Twice at once, as a double click does it: both tell the same, and what was done is not called undone.
    let (one, two) = tokio::join!(centre.post("/desk/bulk", &chosen), centre.post("/desk/bulk", &chosen));
    assert_eq!(one.location(), two.location());
    let result = follow(&centre, &one).await.body;
    assert!(result.contains("2 件都已办好"), "{result}");
    assert_eq!((version(&site, &first).await.as_str(), version(&site, &second).await.as_str()), ("2", "2"));
    // Under another's key nothing is done.
    let third = file(&owner, &answers("0199b0c0-0000-7000-8000-000000000b03")).await;
    let theirs = [("step", "accept"), ("key", RUN), ("pick", third.as_str())];
    assert_eq!(site.staff("centre02").await.post("/desk/bulk", &theirs).await.status.as_u16(), 404);
    assert_eq!(version(&site, &third).await, "1");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn bulk_follows_the_list_and_says_for_whom(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let number = file(&site.member(2).await, &answers(KEY)).await;
    let centre = site.staff("centre01").await;
    let list = centre.get("/desk?queue=to_accept&category=drainage").await.body;
    assert!(list.contains("/desk/bulk?step=accept&amp;category=drainage"), "the list leads there, narrowed");
    for (category, there) in [("drainage", true), ("power", false)] {
        let page = centre.get(&format!("/desk/bulk?step=accept&category={category}")).await.body;
        assert_eq!(page.contains(&number), there, "{category}");
    }
    // The demo's colleague stands in for whoever handles it: the event of a bulk command says so, too.
    let (handler, colleague) = (site.staff("jianshe").await, site.staff("jianshe02").await);
    let (department, _) = ids(&site, "jianshe", "jianshe").await;
    let of = |command: &str| format!("/desk/issues/{number}/{command}");
    assert_eq!(centre.post(&of("accept"), &ACCEPT).await.status.as_u16(), 303);
    assert_eq!(centre.post(&of("dispatch"), &[("lead", &department)]).await.status.as_u16(), 303);
    assert_eq!(handler.post(&of("pass"), &[("to", "me")]).await.status.as_u16(), 303);
    let signed = colleague.post("/desk/bulk", &[("step", "sign"), ("pick", number.as_str())]).await;
    assert!(follow(&colleague, &signed).await.body.contains("1 件都已办好"));
    let mut conn = site.state.store.system().await.unwrap();
    let detail = store::issue::detail(&mut conn, &number).await.unwrap();
    assert!(detail.events.last().unwrap().actor_name.contains("（代 "));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn of_two_who_write_the_second_is_told_what_the_first_did_and_loses_nothing(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (number, handler) = handled(&site, KEY).await;
    let (centre, seen) = (site.staff("centre01").await, version(&site, &number).await);
    let of = |command: &str| format!("/desk/issues/{number}/{command}");
    assert!(handler.get(&format!("/desk/issues/{number}")).await.status.is_success());
    assert!(centre.get(&format!("/desk/issues/{number}")).await.body.contains("正在查看"), "who else has it open");
    assert_eq!(centre.post(&of("contact"), &CONTACT).await.status.as_u16(), 303);
    let words = "已疏通三号车间门口的雨水井，路面已无积水。";
    let answer = [("outcome", "solved"), ("answer", words), ("version", seen.as_str())];
    let refused = handler.post(&of("answer"), &answer).await;
    assert_eq!(refused.status.as_u16(), 409);
    for words in ["这件诉求刚刚有新进展", "约好明天上午到现场看", words] {
        assert!(refused.body.contains(words), "{words}");
    }
    // Read, and sent again as it was.
    assert_eq!(handler.post(&of("answer"), &answer).await.status.as_u16(), 303);
    // Too late for a colleague: why, what happened, and the words are there to be copied.
    let colleague = site.staff("jianshe02").await;
    let late = colleague.post(&of("answer"), &answer).await;
    assert_eq!(late.status.as_u16(), 409, "{}", late.body);
    assert!(late.body.contains("这件诉求刚刚有新进展") && late.body.contains("您刚才填写的内容"));
    assert!(late.body.matches(words).count() >= 2, "what the other wrote, and one's own");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn whoever_decides_on_an_old_page_is_told_first_what_the_department_and_the_enterprise_wrote(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (number, handler) = handled(&site, KEY).await;
    let (centre, seen) = (site.staff("centre01").await, version(&site, &number).await);
    let of = |command: &str| format!("/desk/issues/{number}/{command}");
    let (wrote, noted, why) = ("养护单位明天上午进场疏通", "今天早上又淹了一次", "管网改造列入明年计划，先做临时排水");
    assert_eq!(handler.post(&of("progress"), &[("progress", wrote)]).await.status.as_u16(), 303);
    assert_eq!(site.member(2).await.post(&format!("/issues/{number}/note"), &[("text", noted)]).await.status.as_u16(), 303);
    let track = [("track_days", "5"), ("track_reason", why), ("version", seen.as_str())];
    let refused = centre.post(&of("track"), &track).await;
    assert_eq!(refused.status.as_u16(), 409);
    for words in ["这件诉求刚刚有新进展", wrote, noted, why] {
        assert!(refused.body.contains(words), "{words}");
    }
    assert_eq!(centre.post(&of("track"), &track).await.status.as_u16(), 303, "read, and sent again");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_decision_of_any_kind_is_stopped_once_and_what_is_only_noted_is_not(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let number = file(&owner, &answers(KEY)).await;
    let centre = site.staff("centre01").await;
    let of = |command: &str| format!("/desk/issues/{number}/{command}");
    let noted = "改成四号车间门口了，三号车间已经没有积水";
    assert_eq!(owner.post(&format!("/issues/{number}/note"), &[("text", noted)]).await.status.as_u16(), 303);
    // A call was made, whatever was written meanwhile.
    let call = [&CONTACT[..], &[("version", "1")]].concat();
    assert_eq!(centre.post(&of("contact"), &call).await.status.as_u16(), 303);
    // Accepting says what it is and how hard: that may be another thing now.
    let accept = [&ACCEPT[..], &[("version", "1")]].concat();
    let refused = centre.post(&of("accept"), &accept).await;
    assert_eq!(refused.status.as_u16(), 409);
    assert!(refused.body.contains("这件诉求刚刚有新进展") && refused.body.contains(noted));
    assert_eq!(centre.post(&of("accept"), &accept).await.status.as_u16(), 303, "read, and sent again");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn whoever_opened_it_first_hears_of_the_second_and_only_once(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let _workers = server::workers::start(&site.state).unwrap();
    let (number, handler) = handled(&site, KEY).await;
    let (page, seen) = (format!("/desk/issues/{number}"), version(&site, &number).await);
    assert!(!handler.get(&page).await.body.contains("也在看"), "nobody else has it open");
    let stream = Request::get(format!("{page}/events?after={seen}")).body(Body::empty()).unwrap();
    let mut body = handler.raw(stream).await.into_body();
    let mut text = String::new();
    let mut hear = async |wanted: &str| {
        let heard = timeout(Duration::from_secs(2), async {
            while !text.contains(wanted) {
                let frame = body.frame().await.expect("the stream goes on").unwrap();
                text.push_str(&String::from_utf8_lossy(frame.data_ref().expect("data")));
            }
        });
        heard.await.expect("within two seconds");
        text.clone()
    };
    let centre = site.staff("centre02").await;
    assert!(centre.get(&page).await.body.contains("也在看"));
    hear("data: 0").await;
    // Asked again, as the open page does, the first sees the second; and neither that nor the second's own asking is news.
    for _ in 0..2 {
        let again = handler.get(&page).await.body;
        assert!(again.contains("也在看") && again.contains("正在查看"));
        assert!(centre.get(&page).await.status.is_success());
    }
    assert_eq!(centre.post(&format!("{page}/contact"), &CONTACT).await.status.as_u16(), 303);
    assert_eq!(hear("data: 5").await.matches("data: 0").count(), 1, "told once");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn notes_are_for_those_who_handle(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (number, handler) = handled(&site, KEY).await;
    let (page, notes) = (format!("/desk/issues/{number}"), format!("/desk/issues/{number}/notes"));
    let secret = "负责人脾气急，先打电话再上门";
    assert_eq!(handler.post(&notes, &[("note", "")]).await.status.as_u16(), 422);
    assert_eq!(handler.post(&notes, &[("note", secret)]).await.status.as_u16(), 303);
    for login in ["jianshe", "jianshe02", "centre01", "lingdao"] {
        assert!(site.staff(login).await.get(&page).await.body.contains(secret), "{login}");
    }
    let owner = site.member(2).await;
    for path in [format!("/issues/{number}"), format!("/issues/{number}/receipt"), "/home".to_owned()] {
        assert!(!owner.get(&path).await.body.contains(secret), "{path}");
    }
    let station = site.staff("station01").await.get(&page).await;
    assert!(station.status.is_success() && !station.body.contains(secret) && !station.body.contains("内部备注"));
    for (login, status) in [("lingdao", 403), ("station01", 403), ("jingxin", 404), ("centre04", 404), ("admin", 403)] {
        let browser = site.staff(login).await;
        assert_eq!(browser.post(&notes, &[("note", "不该写的话")]).await.status.as_u16(), status, "{login}");
        assert_eq!(browser.post(&format!("{page}/pass"), &[("to", "me")]).await.status.as_u16(), status, "{login}");
    }
    assert_eq!(owner.post(&notes, &[("note", "不该写的话")]).await.status.as_u16(), 403);
    assert_eq!(site.anonymous().post(&notes, &[("note", "不该写的话")]).await.status.as_u16(), 401);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_template_joins_what_was_typed_and_is_sent_only_when_it_was_read(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (number, handler) = handled(&site, KEY).await;
    let save = [("title", "积水答复"), ("body", "{企业}：“{标题}”已由{部门}办理，编号 {编号}。")];
    assert_eq!(handler.post("/desk/templates", &save).await.status.as_u16(), 303);
    let strange = handler.post("/desk/templates", &[("title", "坏的"), ("body", "{公司}反映的问题已经办理完毕")]).await;
    assert!(strange.status.as_u16() == 422 && strange.body.contains("不是可以填写的位置"));
    let list = handler.get("/desk/templates").await.body;
    let id = list.split("/desk/templates?id=").nth(1).and_then(|rest| rest.split('#').next()).unwrap().to_owned();
    let options = handler.get(&format!("/desk/issues/{number}")).await.body;
    assert!(options.contains("积水答复") && options.contains("name=\"template\""));

    let seen = version(&site, &number).await;
    let mine = options.split("积水答复").next().and_then(|before| before.rsplit("value=\"").next()).unwrap();
    let chosen: String = mine.chars().take_while(char::is_ascii_digit).collect();
    let fields = [("template", chosen.as_str()), ("answer", "我们昨天到了现场。"), ("outcome", "solved"), ("version", &seen)];
    let shown = handler.post(&format!("/desk/issues/{number}/answer"), &fields).await;
    assert_eq!(shown.status.as_u16(), 200);
    for words in ["我们昨天到了现场。", "“三号车间门口的路淹了”已由", &format!("编号 {number}。")] {
        assert!(shown.body.contains(words), "{words}");
    }
    assert_eq!(version(&site, &number).await, seen, "nothing was sent");
    // Kept by whoever keeps it.
    for (login, status) in [("jingxin", 403), ("centre01", 403), ("lingdao", 403), ("zhengce", 403)] {
        let mut change = save.to_vec();
        change.push(("id", &id));
        assert_eq!(site.staff(login).await.post("/desk/templates", &change).await.status.as_u16(), status, "{login}");
    }
    assert_eq!(site.member(2).await.get("/desk/templates").await.status.as_u16(), 403);
    assert_eq!(site.staff("admin").await.get("/desk/templates").await.status.as_u16(), 200);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_colleague_stands_in_and_says_for_whom(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (number, handler) = handled(&site, KEY).await;
    // The demo's colleague stands in from today on.
    let colleague = site.staff("jianshe02").await;
    assert_eq!(handler.post(&format!("/desk/issues/{number}/pass"), &[("to", "me")]).await.status.as_u16(), 303);
    let mine = colleague.get("/desk/mine").await.body;
    assert!(mine.contains(&number) && mine.contains("代 "), "what is the absent one's");
    let progress = [("progress", "已约养护单位明天上午到现场")];
    assert_eq!(colleague.post(&format!("/desk/issues/{number}/progress"), &progress).await.status.as_u16(), 303);
    let mut conn = site.state.store.system().await.unwrap();
    let detail = store::issue::detail(&mut conn, &number).await.unwrap();
    drop(conn);
    let last = detail.events.last().unwrap();
    assert!(last.actor_name.contains("（代 "), "{}", last.actor_name);
    // Not of another office, not twice in the same days, ended by either of both.
    let (_, strange) = ids(&site, "jingxin", "jingxin").await;
    let (_, other) = ids(&site, "jianshe", "jianshe02").await;
    let days = |to: &str| vec![("colleague".to_owned(), to.to_owned()), ("from".to_owned(), "2030-03-04".to_owned())];
    for (to, words) in [(&strange, "只能由同一岗位的同事代班"), (&String::new(), "请选择由谁代班")] {
        let pairs =
            [days(to), vec![("to".to_owned(), "2030-03-08".to_owned()), ("reason".to_owned(), "年休假".to_owned())]].concat();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let refused = handler.post("/desk/leave", &pairs).await;
        assert!(refused.status.as_u16() == 422 && refused.body.contains(words), "{words}");
    }
    let pairs = [("colleague", other.as_str()), ("from", "2030-03-04"), ("to", "2030-03-08"), ("reason", "年休假")];
    assert_eq!(handler.post("/desk/leave", &pairs).await.status.as_u16(), 303);
    assert!(handler.post("/desk/leave", &pairs).await.body.contains("已经有代班安排"));
    assert!(colleague.get("/desk/leave").await.body.contains("结束代班"));
    assert_eq!(site.staff("admin").await.get("/desk/leave").await.status.as_u16(), 403);
    assert!(OPEN.whole_minutes() > 1);
}
