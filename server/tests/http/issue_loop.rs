//! More time, call-backs, boards and questions of supervision, through the plain forms: who may, what is refused, what is told.

use super::site::{Answer, Browser, Site, answers, file, words};
use sqlx::PgPool;

struct Desk {
    site: Site,
    owner: Browser,
    centre: Browser,
    handler: Browser,
    number: String,
}

impl Desk {
    /// A problem that the construction bureau has signed for.
    async fn handling(pool: &PgPool) -> Desk {
        let site = Site::demo(pool, &[]).await;
        let owner = site.member(2).await;
        let number = file(&owner, &answers("0199b0c0-0000-7000-8000-000000000b01")).await;
        let (centre, handler) = (site.staff("centre01").await, site.staff("jianshe").await);
        let mut conn = site.state.store.system().await.unwrap();
        let departments = store::reference::load(&mut conn).await.unwrap().departments;
        drop(conn);
        let lead = departments.iter().find(|known| known.code == "jianshe").unwrap().id.to_string();
        let desk = Desk { site, owner, centre, handler, number };
        let accept = [("category", "drainage"), ("level", "simple"), ("urgency", "normal")];
        assert_eq!(desk.give(&desk.centre, "accept", &accept).await, 303);
        assert_eq!(desk.give(&desk.centre, "dispatch", &[("lead", &lead)]).await, 303);
        assert_eq!(desk.give(&desk.handler, "sign", &[]).await, 303);
        desk
    }

    async fn answer(&self) {
        let text = "已疏通排水口，并加装一处雨水口。";
        assert_eq!(self.give(&self.handler, "answer", &[("answer", text), ("outcome", "solved")]).await, 303);
    }

    async fn give(&self, who: &Browser, command: &str, fields: &[(&str, &str)]) -> u16 {
        self.send(who, command, fields).await.status.as_u16()
    }

    /// As the page that was just read sends it.
    async fn send(&self, who: &Browser, command: &str, fields: &[(&str, &str)]) -> Answer {
        let mut system = self.site.state.store.system().await.unwrap();
        let version = store::issue::versions(&mut system, &self.number).await.unwrap().1.to_string();
        drop(system);
        let mut sent = fields.to_vec();
        sent.push(("version", &version));
        who.post(&format!("/desk/issues/{}/{command}", self.number), &sent).await
    }

    async fn seen(&self, who: &Browser) -> String {
        who.get(&format!("/desk/issues/{}", self.number)).await.body
    }

    /// Whether the list of call-backs has it, on whichever of its pages.
    async fn is_owed(&self) -> bool {
        let mut path = "/desk/callbacks".to_owned();
        loop {
            let page = self.centre.get(&path).await.body;
            if page.contains(&format!("/desk/callbacks/{}\"", self.number)) {
                return true;
            }
            let Some((_, rest)) = page.split_once("href=\"/desk/callbacks?after=") else { return false };
            path = format!("/desk/callbacks?after={}", rest.split('"').next().unwrap());
        }
    }

    async fn drain(&self) {
        let mut system = self.site.state.store.system().await.unwrap();
        let later = time::OffsetDateTime::now_utc() + time::Duration::hours(1);
        while store::outbox::drain(&mut system, later, 100).await.unwrap() > 0 {}
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn more_time_is_the_centre_s_to_grant_and_the_enterprise_reads_why(pool: PgPool) {
    let desk = Desk::handling(&pool).await;
    let reason = ("extend_reason", "要等水务部门的管线图");
    assert_eq!(desk.give(&desk.handler, "extend", &[reason]).await, 422, "how long is asked");
    let short = desk.send(&desk.handler, "extend", &[("days", "2"), ("extend_reason", "图")]).await;
    assert!(short.status.as_u16() == 422 && short.body.contains("延期理由至少写 5 个字"), "{}", short.status);
    assert_eq!(desk.give(&desk.centre, "extend", &[("days", "2"), reason]).await, 403);
    assert_eq!(desk.give(&desk.handler, "extend", &[("days", "2"), reason]).await, 303);
    let list = desk.centre.get("/desk/callbacks").await.body;
    assert!(list.contains("部门申请延期，等您决定") && list.contains(&desk.number), "it waits for the centre");
    let grant = [("grant_reason", "管线图下周才能拿到")];
    for other in [&desk.handler, &desk.site.staff("jiandu").await] {
        assert!([403, 404].contains(&desk.give(other, "grant", &grant).await));
    }
    assert_eq!(desk.give(&desk.centre, "grant", &grant).await, 303);
    assert_eq!(desk.give(&desk.centre, "grant", &grant).await, 409, "once");
    desk.drain().await;
    let page = desk.owner.get(&format!("/issues/{}", desk.number)).await.body;
    assert!(words(&page).contains("答复期限延长 2 个工作日") && page.contains("管线图下周才能拿到"));
    assert!(!page.contains("要等水务部门的管线图"), "what the offices say to each other stays there");
    assert!(desk.owner.get("/messages").await.body.contains("办理时间延长"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_call_back_is_the_centre_s_and_opens_again_what_is_not_solved(pool: PgPool) {
    let desk = Desk::handling(&pool).await;
    desk.answer().await;
    let (list, page) = ("/desk/callbacks", format!("/desk/callbacks/{}", desk.number));
    for login in ["jianshe", "station01", "jiandu", "admin"] {
        let browser = desk.site.staff(login).await;
        for path in [list, &page] {
            assert_eq!(browser.get(path).await.status.as_u16(), 403, "{login} {path}");
        }
    }
    assert_eq!(desk.owner.get(list).await.status.as_u16(), 403);
    assert!(desk.is_owed().await);
    let shown = desk.centre.get(&page).await.body;
    assert!(shown.contains("href=\"tel:138") && shown.contains("部门答复以后，问题实际解决了吗"), "number and script");
    let called = [("call_way", "phone"), ("call_solved", "no"), ("call_level", "dissatisfied"), ("call_notes", "昨天又积水了")];
    assert_eq!(desk.give(&desk.handler, "call_back", &called).await, 403, "never whoever answered");
    // Sent from the call's own page, that page is shown again, with the script; from the issue's, the issue.
    for (from, script) in [("", false), (list, true)] {
        let lacking = [("call_way", "phone"), ("call_solved", "yes"), ("call_notes", "说还行"), ("from", from)];
        let lacking = desk.send(&desk.centre, "call_back", &lacking).await;
        assert!(
            lacking.status.as_u16() == 422 && lacking.body.contains("请选择企业说的满意程度") && lacking.body.contains("说还行")
        );
        assert_eq!(lacking.body.contains("部门答复以后，问题实际解决了吗"), script, "{from}");
    }
    let mut sent = called.to_vec();
    sent.push(("from", list));
    let done = desk.send(&desk.centre, "call_back", &sent).await;
    assert_eq!((done.status.as_u16(), done.location().split('?').next()), (303, Some(list)), "on to the next call");
    assert!(!desk.is_owed().await);
    let seen = desk.seen(&desk.handler).await;
    assert!(seen.contains("二次交办件") && seen.contains("昨天又积水了"));
    desk.drain().await;
    assert!(desk.handler.get("/desk/messages").await.body.contains("回访时企业不认可"));
    let own = desk.owner.get(&format!("/issues/{}", desk.number)).await.body;
    assert!(own.contains("企服中心回访：没解决") && !own.contains("昨天又积水了"), "the officer's notes stay with the offices");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn supervision_sees_what_is_abnormal_asks_and_is_answered(pool: PgPool) {
    let desk = Desk::handling(&pool).await;
    let supervisor = desk.site.staff("jiandu").await;
    assert_eq!(supervisor.get(&format!("/desk/issues/{}", desk.number)).await.status.as_u16(), 404, "nothing is wrong with it");
    let today = domain::calendar::local(desk.site.state.now()).date();
    let (on, tomorrow) = (today.previous_day().unwrap(), today.next_day().unwrap().to_string());
    let day = on.to_string();
    let instruct = [("leader", "王市长"), ("instruction", "请今天到现场"), ("instructed_on", day.as_str())];
    assert_eq!(desk.give(&desk.handler, "instruct", &instruct).await, 403);
    let early = [instruct[0], instruct[1], ("instructed_on", tomorrow.as_str())];
    assert_eq!(desk.give(&desk.centre, "instruct", &early).await, 422, "not given yet");
    assert_eq!(desk.give(&desk.centre, "instruct", &instruct).await, 303);
    let said = format!("领导批示：王市长（{}）", domain::calendar::words::day(on));
    assert!(desk.seen(&desk.centre).await.contains(&said), "{said}");
    let board = supervisor.get("/desk/abnormal?kind=instructed").await.body;
    assert!(board.contains(&desk.number) && board.contains("规则：领导批示"));
    assert!(!supervisor.get("/desk/abnormal?kind=disagreed").await.body.contains(&desk.number));
    let seen = desk.seen(&supervisor).await;
    assert!(seen.contains("监督询问") && seen.contains("138****") && !seen.contains("13800000002"), "it has no call to make");
    assert_eq!(desk.give(&supervisor, "inquire", &[("question", "现场看过了吗")]).await, 303);
    assert_eq!(desk.give(&supervisor, "reply", &[("reply", "自己回答自己的询问")]).await, 403);
    assert_eq!(desk.give(&desk.handler, "reply", &[("reply", "上午已到现场看过")]).await, 303);
    desk.drain().await;
    assert!(supervisor.get("/desk/messages").await.body.contains("上午已到现场看过"));
    let own = desk.owner.get(&format!("/issues/{}", desk.number)).await.body;
    for internal in ["王市长", "现场看过了吗", "上午已到现场看过"] {
        assert!(!own.contains(internal), "{internal}");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_supervised_issue_is_verified_explained_reviewed_and_only_then_signed_off(pool: PgPool) {
    let desk = Desk::handling(&pool).await;
    let supervisor = desk.site.staff("jiandu").await;
    assert_eq!(desk.give(&desk.centre, "instruct", &[("leader", "王市长"), ("instruction", "请今天到现场")]).await, 303);
    let reason = [("supervision_reason", "企业两次反映没有人来")];
    assert_eq!(desk.give(&desk.handler, "supervise", &reason).await, 403);
    assert_eq!(desk.give(&supervisor, "supervise", &reason).await, 303);
    assert_eq!(desk.give(&supervisor, "sign_off", &[]).await, 409, "nothing was done yet");
    assert_eq!(desk.give(&supervisor, "verify", &[("verified", "自己核实自己的")]).await, 403);
    assert_eq!(desk.give(&desk.centre, "verify", &[("verified", "情况属实，请按期办结")]).await, 303);
    let explained = [("cause", "抢修班组没有接到派单"), ("measures", "今天下午到场，明天办结")];
    assert_eq!(desk.give(&desk.centre, "explain", &explained).await, 403, "the department's to say");
    assert_eq!(desk.give(&desk.handler, "explain", &explained).await, 303);
    desk.answer().await;
    let review = [("review_cause", "派单系统夜间不推送"), ("responsibility", "市政养护所"), ("rule_change", "夜间改为电话确认")];
    assert_eq!(desk.give(&desk.handler, "review", &review).await, 403);
    assert_eq!(desk.give(&desk.centre, "review", &review).await, 303);
    let unconfirmed = desk.send(&supervisor, "sign_off", &[]).await;
    assert!(
        unconfirmed.status.as_u16() == 409 && unconfirmed.body.contains("企业还没有确认问题已解决"),
        "{}",
        unconfirmed.status
    );
    let rating = [("solved", "yes"), ("level", "satisfied"), ("version", "1")];
    assert_eq!(desk.owner.post(&format!("/issues/{}/rate", desk.number), &rating).await.status.as_u16(), 303);
    assert!(supervisor.get("/desk/abnormal?kind=supervised").await.body.contains(&desk.number));
    assert_eq!(desk.give(&supervisor, "sign_off", &[]).await, 303);
    assert!(!supervisor.get("/desk/abnormal?kind=supervised").await.body.contains(&desk.number));
    let own = desk.owner.get(&format!("/issues/{}", desk.number)).await.body;
    for internal in ["督办", "抢修班组", "市政养护所", "王市长"] {
        assert!(!own.contains(internal), "{internal}");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_nobody_rates_is_closed_by_the_clock_and_not_by_anybody_s_form(pool: PgPool) {
    let desk = Desk::handling(&pool).await;
    desk.answer().await;
    let called = [("call_way", "phone"), ("call_solved", "missed"), ("call_notes", "无人接听，改日再打")];
    assert_eq!(desk.give(&desk.centre, "call_back", &called).await, 303);
    assert_eq!(desk.give(&desk.centre, "close", &[("close_note", "")]).await, 409, "it may be rated yet");
    let mut system = desk.site.state.store.system().await.unwrap();
    let (terms, late) = (desk.site.state.tables().terms, desk.site.state.now() + time::Duration::days(60));
    for command in [domain::issue::Command::Alarm, domain::issue::Command::Close { note: String::new() }] {
        let by = domain::actor::Actor::System;
        store::issue::execute(&mut system, &desk.number, &command, &by, "系统", &[], late, &terms).await.unwrap();
    }
    drop(system);
    let own = desk.owner.get(&format!("/issues/{}", desk.number)).await.body;
    assert!(own.contains("已办结") && own.contains("期限内未评价，已回访"), "closed, and why");
    assert!(!own.contains("企业确认问题已解决"), "silence is no satisfaction");
    // The offices see that the call was overdue, and warned of; the enterprise does not.
    let seen = desk.seen(&desk.centre).await;
    assert!(seen.contains("预警：回访企业") && seen.contains("回访超期"));
    assert!(!own.contains("预警") && !own.contains("回访超期"));
}
