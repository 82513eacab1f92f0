//! 并案, 挂账跟踪, 联合办理, 协商办 and 会议办 through the plain forms: as centre, lead, co-department, a department that has no part in it, supervision and the
//! enterprise.

use super::site::{Answer, Browser, Site, answers, file};
use sqlx::PgPool;
use std::collections::HashMap;

struct Desk {
    site: Site,
    owner: Browser,
    centre: Browser,
    lead: Browser,
    number: String,
    departments: HashMap<String, String>,
}

impl Desk {
    /// A problem that the construction bureau has signed for, with these beside it.
    async fn handling(pool: &PgPool, co: &[&str]) -> Desk {
        let site = Site::demo(pool, &[]).await;
        let owner = site.member(2).await;
        let number = file(&owner, &answers("0199b0c0-0000-7000-8000-000000000c01")).await;
        let (centre, lead) = (site.staff("centre01").await, site.staff("jianshe").await);
        let mut conn = site.state.store.system().await.unwrap();
        let departments = store::reference::load(&mut conn).await.unwrap().departments;
        drop(conn);
        let departments = departments.into_iter().map(|known| (known.code.clone(), known.id.to_string())).collect();
        let desk = Desk { site, owner, centre, lead, number, departments };
        let accept = [("category", "drainage"), ("level", "simple"), ("urgency", "normal")];
        assert_eq!(desk.give(&desk.centre, "accept", &accept).await, 303);
        let mut dispatch = vec![("lead", desk.department("jianshe"))];
        dispatch.extend(co.iter().map(|code| ("co", desk.department(code))));
        assert_eq!(desk.give(&desk.centre, "dispatch", &dispatch).await, 303);
        assert_eq!(desk.give(&desk.lead, "sign", &[]).await, 303);
        desk
    }

    fn department(&self, code: &str) -> &str {
        &self.departments[code]
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

    async fn own(&self) -> String {
        self.owner.get(&format!("/issues/{}", self.number)).await.body
    }

    async fn drain(&self) {
        let mut system = self.site.state.store.system().await.unwrap();
        let later = time::OffsetDateTime::now_utc() + time::Duration::hours(1);
        while store::outbox::drain(&mut system, later, 100).await.unwrap() > 0 {}
    }
}

const ANSWER: [(&str, &str); 2] = [("answer", "已疏通排水口，并加装一处雨水口。"), ("outcome", "solved")];

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn two_problems_become_one_and_either_leads_to_the_other(pool: PgPool) {
    let desk = Desk::handling(&pool, &[]).await;
    let mut again = answers("0199b0c0-0000-7000-8000-000000000c02");
    again[1] = ("title", "车间门口又淹了");
    let other = file(&desk.owner, &again).await;
    let strange = file(&desk.site.member(3).await, &answers("0199b0c0-0000-7000-8000-000000000c03")).await;
    let merging = format!("/desk/issues/{}/merging", desk.number);
    for login in ["jianshe", "jiandu", "lingdao", "station01", "admin"] {
        assert_eq!(desk.site.staff(login).await.get(&merging).await.status.as_u16(), 403, "{login}");
    }
    let page = desk.centre.get(&merging).await.body;
    assert!(page.contains("车间门口又淹了") && page.contains(&other) && !page.contains(&strange), "the enterprise's own alone");
    let reason = ("merge_reason", "和前一件是同一处积水，一起办理");
    assert_eq!(desk.give(&desk.lead, "merge", &[("into", &other), reason]).await, 403);
    assert_eq!(desk.give(&desk.centre, "absorb", &[("from", &other)]).await, 404, "only with its other half");
    let missing = desk.send(&desk.centre, "merge", &[reason]).await;
    assert!(missing.status.as_u16() == 422 && missing.body.contains("请选择并入哪一件") && missing.body.contains("同一处积水"));
    assert!(missing.body.contains("并入同一企业的另一件"), "the same page");
    for wrong in [strange.as_str(), desk.number.as_str(), "HZ-2026-000000001"] {
        let refused = desk.send(&desk.centre, "merge", &[("into", wrong), reason]).await;
        assert!([409, 422].contains(&refused.status.as_u16()), "{wrong}: {}", refused.status);
    }
    assert_eq!(desk.give(&desk.centre, "merge", &[("into", &other), reason]).await, 303);
    desk.drain().await;
    // The enterprise is told, and finds its way both ways.
    let own = desk.own().await;
    assert!(own.contains("已与另一件合并办理") && !own.contains("并案"), "in its own words");
    assert!(own.contains(&format!("href=\"/issues/{other}\"")) && own.contains("同一处积水"));
    assert!(!own.contains("/withdraw\""), "nothing is left to do about it");
    let goes_on = desk.owner.get(&format!("/issues/{other}")).await.body;
    assert!(goes_on.contains(&format!("href=\"/issues/{}\"", desk.number)), "back again");
    assert!(desk.owner.get("/messages").await.body.contains("您的两件诉求并作一件办理"));
    assert!(desk.lead.get("/desk/messages").await.body.contains("交办件已并案"));
    // At the desk as well; a department that does not have the other one reads its number.
    assert!(desk.seen(&desk.centre).await.contains(&format!("href=\"/desk/issues/{other}\"")));
    let there = desk.centre.get(&format!("/desk/issues/{other}")).await.body;
    assert!(there.contains(&format!("href=\"/desk/issues/{}\"", desk.number)));
    let lead = desk.seen(&desk.lead).await;
    assert!(lead.contains(&format!("已并入 {other}，由其他部门办理")) && !lead.contains("车间门口又淹了"));
    assert!(!desk.lead.get("/desk?queue=mine").await.body.contains(&desk.number), "in no queue");
    assert!(desk.owner.get("/issues?filter=ended").await.body.contains(&desk.number));
    assert_eq!(desk.give(&desk.lead, "answer", &ANSWER).await, 409, "over");
    assert_eq!(desk.site.member(3).await.get(&format!("/issues/{}", desk.number)).await.status.as_u16(), 404);
    // And on: where the other one went into a third, the first leads there at once, and there is no way round.
    let mut third = answers("0199b0c0-0000-7000-8000-000000000c04");
    third[1] = ("title", "门口第三次淹了");
    let third = file(&desk.owner, &third).await;
    let first = desk.number.clone();
    let desk = Desk { number: other, ..desk };
    for wrong in [desk.number.as_str(), first.as_str()] {
        assert!([409, 422].contains(&desk.give(&desk.centre, "merge", &[("into", wrong), reason]).await), "no circle: {wrong}");
    }
    assert_eq!(desk.give(&desk.centre, "merge", &[("into", &third), reason]).await, 303);
    let own = desk.owner.get(&format!("/issues/{first}")).await.body;
    assert!(own.contains(&format!("href=\"/issues/{third}\"")) && own.contains("现在一起办理的是"), "to the end of the chain");
    assert!(desk.centre.get(&format!("/desk/issues/{first}")).await.body.contains(&format!("href=\"/desk/issues/{third}\"")));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_cannot_be_solved_in_time_is_tracked_with_dates_that_the_enterprise_sees(pool: PgPool) {
    let desk = Desk::handling(&pool, &[]).await;
    let reason = ("track_reason", "管网改造列入明年计划，先做临时排水");
    assert_eq!(desk.give(&desk.lead, "track", &[("track_days", "5"), reason]).await, 403, "the centre's to grant");
    let lacking = desk.send(&desk.centre, "track", &[reason]).await;
    assert!(lacking.status.as_u16() == 422 && lacking.body.contains("请选择最迟什么时候告诉企业"));
    assert_eq!(desk.give(&desk.centre, "track", &[("track_days", "5"), reason]).await, 303);
    let own = desk.own().await;
    assert!(
        own.contains("继续跟踪办理")
            && !own.contains("挂账")
            && own.contains("管网改造列入明年计划")
            && own.contains("前告诉您进展"),
        "with a date"
    );
    assert!(desk.owner.get("/issues?filter=open").await.body.contains("部门跟踪办理，最迟"));
    assert!(desk.lead.get("/desk?queue=mine").await.body.contains(&desk.number));
    assert!(desk.centre.get("/desk?queue=open&state=tracking").await.body.contains(&desk.number));
    assert!(!desk.centre.get("/desk?queue=open&state=handling").await.body.contains(&desk.number));
    let report = [("report", "设计单位已进场测量，临时水泵已装好"), ("next_days", "10")];
    assert_eq!(desk.give(&desk.centre, "report", &report).await, 403);
    assert_eq!(desk.give(&desk.lead, "report", &report[..1]).await, 422);
    assert_eq!(desk.give(&desk.lead, "report", &report).await, 303);
    desk.drain().await;
    assert!(desk.own().await.contains("临时水泵已装好"));
    assert!(desk.owner.get("/messages").await.body.contains("跟踪办理有新答复"));
    // The promise is broken: supervision sees it.
    let supervisor = desk.site.staff("jiandu").await;
    assert_eq!(supervisor.get(&format!("/desk/issues/{}", desk.number)).await.status.as_u16(), 404);
    let mut system = desk.site.state.store.system().await.unwrap();
    let (terms, late) = (desk.site.state.tables().terms, desk.site.state.now() + time::Duration::days(60));
    for _ in 0..2 {
        let by = domain::actor::Actor::System;
        let command = domain::issue::Command::Alarm;
        let _ = store::issue::execute(&mut system, &desk.number, &command, &by, "系统", &[], late, &terms).await;
    }
    drop(system);
    desk.drain().await;
    assert!(supervisor.get("/desk/abnormal?kind=overdue").await.body.contains(&desk.number));
    let messages = supervisor.get("/desk/messages").await.body;
    assert_eq!(messages.matches("挂账件没有按承诺答复").count(), 1, "once");
    assert_eq!(desk.give(&desk.lead, "answer", &ANSWER).await, 303, "answered from there");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn co_departments_answer_their_parts_and_the_lead_joins_them(pool: PgPool) {
    let desk = Desk::handling(&pool, &["huanbao", "shuili"]).await;
    let (co, waived) = (desk.site.staff("huanbao").await, desk.site.staff("shuili").await);
    let stranger = desk.site.staff("renshe").await;
    assert!(co.get("/desk?queue=assisting").await.body.contains(&desk.number), "in its own queue");
    let page = desk.seen(&co).await;
    assert!(page.contains("协办答复") && page.contains("三号车间门口的路淹了"));
    assert_eq!(stranger.get(&format!("/desk/issues/{}", desk.number)).await.status.as_u16(), 404);
    let part = [("part", "已核对排口，没有企业偷排")];
    assert_eq!(desk.give(&stranger, "part", &part).await, 404);
    assert_eq!(desk.give(&desk.lead, "part", &part).await, 403);
    // The lead waits.
    assert!(desk.seen(&desk.lead).await.contains("协办部门都答复（或由企服中心免去）以后"));
    let early = desk.send(&desk.lead, "answer", &ANSWER).await;
    assert!(early.status.as_u16() == 409 && early.body.contains("还有 2 个协办部门没有答复"), "{}", early.status);
    assert_eq!(desk.give(&co, "part", &[("part", "好")]).await, 422);
    assert_eq!(desk.give(&co, "part", &part).await, 303);
    assert_eq!(desk.give(&co, "part", &part).await, 409, "once");
    assert!(!co.get("/desk?queue=assisting").await.body.contains(&desk.number));
    assert!(desk.seen(&desk.lead).await.contains("没有企业偷排"));
    let waive = [("waived", desk.department("shuili")), ("waive_reason", "不涉及河道")];
    for who in [&desk.lead, &waived] {
        assert_eq!(desk.give(who, "waive", &waive).await, 403);
    }
    assert_eq!(desk.give(&desk.centre, "waive", &waive).await, 303);
    desk.drain().await;
    assert!(waived.get("/desk/messages").await.body.contains("不涉及河道"));
    assert!(desk.lead.get("/desk/messages").await.body.contains("协办部门已答复"));
    assert_eq!(desk.give(&desk.lead, "answer", &ANSWER).await, 303);
    let own = desk.own().await;
    assert!(
        own.contains("市生态环境局") && !own.contains("没有企业偷排") && !own.contains("不涉及河道"),
        "one answer, of the lead"
    );
}

fn meeting(department: &str) -> Vec<(&str, &str)> {
    vec![
        ("held", ""),
        ("who", "企服中心主任、建设局、交通局"),
        ("decisions", "由交通局重排路面，建设局配合"),
        ("told", "几个部门已一起研究，由交通局重排路面"),
        ("task1_department", department),
        ("task1_what", "重排厂门口路面"),
        ("task1_days", "5"),
    ]
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_issue_goes_up_to_the_joint_meeting_and_its_decision_is_done(pool: PgPool) {
    let desk = Desk::handling(&pool, &[]).await;
    let doer = desk.site.staff("jiaotong").await;
    let form = format!("/desk/issues/{}/meeting", desk.number);
    for login in ["jianshe", "jiandu", "lingdao", "station01", "admin"] {
        assert_eq!(desk.site.staff(login).await.get(&form).await.status.as_u16(), 403, "{login}");
    }
    assert!(desk.own().await.contains("责任部门办理"));
    assert!(desk.centre.get(&form).await.body.contains("记录协商办"));
    let today = domain::calendar::local(desk.site.state.now()).date().to_string();
    let mut fields = meeting(desk.department("jiaotong"));
    // What is lacking is said at its field, on the same page, and nothing typed is lost.
    let lacking = desk.send(&desk.centre, "consult", &fields).await;
    assert!(lacking.status.as_u16() == 422 && lacking.body.contains("请选择会议日期") && lacking.body.contains("记录协商办"));
    assert!(lacking.body.contains("重排厂门口路面") && lacking.body.contains("由交通局重排路面，建设局配合"));
    fields[0].1 = &today;
    let none: Vec<_> = fields.iter().copied().filter(|(name, _)| !name.starts_with("task1")).collect();
    assert!(desk.send(&desk.centre, "consult", &none).await.body.contains("请至少写一件交办事项"));
    assert_eq!(desk.give(&desk.lead, "consult", &fields).await, 403);
    assert_eq!(
        doer.get(&format!("/desk/issues/{}", desk.number)).await.status.as_u16(),
        404,
        "nothing of it is its business yet"
    );
    assert_eq!(desk.give(&desk.centre, "consult", &fields).await, 303);
    let own = desk.own().await;
    assert!(own.contains("企服中心召集有关部门一起办理") && own.contains("由交通局重排路面"));
    assert!(!own.contains("建设局配合"), "the offices' own words stay there");
    assert!(desk.centre.get("/desk?queue=open&tier=consult").await.body.contains(&desk.number));
    assert!(!desk.centre.get("/desk?queue=open&tier=meeting").await.body.contains(&desk.number));
    // 会议办.
    assert_eq!(desk.give(&desk.centre, "resolve", &fields).await, 409, "not referred");
    let refer = [("refer_reason", "路面资金要市里统筹")];
    assert_eq!(desk.give(&desk.lead, "refer", &refer).await, 403);
    assert_eq!(desk.give(&desk.centre, "refer", &refer).await, 303);
    desk.drain().await;
    assert!(desk.site.staff("lingdao").await.get("/desk/messages").await.body.contains("路面资金要市里统筹"));
    let own = desk.own().await;
    assert!(own.contains("提交市联席会议研究") && !own.contains("市里统筹"));
    assert!(desk.centre.get(&form).await.body.contains("记录会议决定"));
    assert_eq!(desk.give(&desk.centre, "resolve", &fields).await, 303);
    assert!(desk.centre.get("/desk?queue=open&tier=meeting").await.body.contains(&desk.number));
    // 交办事项: in the queue of whose it is, done by it, confirmed by the centre.
    let list = "/desk/tasks";
    assert!(doer.get(list).await.body.contains("重排厂门口路面"));
    assert!(!desk.site.staff("renshe").await.get(list).await.body.contains("重排厂门口路面"));
    for login in ["station01", "admin", "zhengce"] {
        assert_eq!(desk.site.staff(login).await.get(list).await.status.as_u16(), 403, "{login}");
    }
    let done = [("task", "1"), ("task_text", "路面已重排，排水通畅")];
    assert_eq!(desk.give(&desk.lead, "complete", &done).await, 403, "not the lead's");
    assert_eq!(desk.give(&doer, "complete", &[("task", "1"), ("task_text", "好")]).await, 422);
    let waiting = async || {
        let body = desk.centre.get(list).await.body;
        let (_, rest) = body.split_once("等企服中心确认 ").unwrap();
        rest.split_once(" 件").unwrap().0.parse::<u32>().unwrap()
    };
    let before = waiting().await;
    assert_eq!(desk.give(&doer, "complete", &done).await, 303);
    assert_eq!(waiting().await, before + 1);
    let confirm = |ok| [("task", "1"), ("task_done", ok), ("task_note", "还差一段没有接通")];
    assert_eq!(desk.give(&doer, "confirm", &confirm("yes")).await, 403);
    assert_eq!(desk.give(&desk.centre, "confirm", &confirm("no")).await, 303);
    desk.drain().await;
    assert!(doer.get("/desk/messages").await.body.contains("还差一段没有接通"));
    assert_eq!(desk.give(&doer, "complete", &done).await, 303);
    assert_eq!(desk.give(&desk.centre, "confirm", &confirm("yes")).await, 303);
    assert!(desk.seen(&desk.centre).await.contains("已确认办结"));
    // Of the two the first is left.
    assert_eq!(doer.get(list).await.body.matches("重排厂门口路面").count(), 1);
    assert_eq!(desk.give(&desk.lead, "answer", &ANSWER).await, 303, "the lead went on");
}
