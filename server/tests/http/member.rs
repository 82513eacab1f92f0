//! Who may act for an enterprise: from the desk where an owner is registered to the agent who is out; what each may not, and nobody else's
//! business on the way.

use super::site::{Answer, Browser, Site, answers, file, hidden, jpeg, multipart};
use domain::uscc::Uscc;
use sqlx::PgPool;
use store::member::Member;

/// The n-th demo enterprise whose things are asked for; it lies in 吴兴区.
const FIRM: usize = 2;
/// Phones that nobody has yet.
const AGENT: usize = 9_002;

fn phone(n: usize) -> String {
    format!("138{n:08}")
}

#[track_caller]
fn led(answer: &Answer, to: &str) {
    assert_eq!((answer.status.as_u16(), answer.location()), (303, to), "{}", answer.body);
}

#[track_caller]
fn says(answer: &Answer, status: u16, words: &[&str]) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
    for words in words {
        assert!(answer.body.contains(words), "{words}: {}", answer.body);
    }
}

/// The sentence that the next page shows once.
fn flash(answer: &Answer) -> String {
    let cookies = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let flash = cookies.filter_map(|cookie| cookie.strip_prefix("flash=")).next().unwrap();
    String::from_utf8(hex::decode(flash.split(';').next().unwrap()).unwrap()).unwrap()
}

/// The id of the n-th demo enterprise, and its code.
async fn firm(site: &Site, n: usize) -> (i64, String) {
    let mut conn = site.state.store.system().await.unwrap();
    let person = store::identity::person_of_phone(&mut conn, &phone(n), "", site.state.now()).await.unwrap();
    let found = store::identity::enterprises_of(&mut conn, person).await.unwrap().remove(0);
    (found.id, found.uscc)
}

async fn members(site: &Site, firm: i64) -> Vec<Member> {
    store::member::list(&mut site.state.store.system().await.unwrap(), firm).await.unwrap()
}

/// Has the owner add an agent; answers the browser in which that one is signed in, and who it is.
async fn with_agent(site: &Site, owner: &Browser) -> (Browser, i64) {
    let answer = owner.post("/me/members", &[("name", "周敏"), ("phone", &phone(AGENT))]).await;
    led(&answer, "/me/members");
    let (firm, _) = firm(site, FIRM).await;
    let person = members(site, firm).await.into_iter().find(|member| member.phone == phone(AGENT)).unwrap().id;
    (site.member(AGENT).await, person)
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_station_registers_in_person_and_those_who_were_there_hear_of_it(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (id, code) = firm(&site, FIRM).await;
    let station = site.staff("station01").await;
    let page = format!("/desk/members/{id}");
    says(&station.get(&format!("/desk/members?q={code}")).await, 200, &[&page]);
    says(&station.get(&page).await, 200, &["当场登记", "138****0002", "负责人"]);
    assert!(!station.get(&page).await.body.contains(&phone(FIRM)), "phones are masked at the desk");

    let typed = [("name", "周"), ("phone", "1390000"), ("note", "<b>备注</b>")];
    let refused = station.post(&page, &typed).await;
    let faults =
        ["姓名至少写 2 个字", "手机号应为 11 位数字", "请选择登记为负责人还是经办人", "value=\"1390000\"", "&lt;b&gt;备注"];
    says(&refused, 422, &faults);
    let mut good = vec![("name", "周敏"), ("phone", "139 0000 0001"), ("role", "owner"), ("shown", "id_card")];
    says(&station.post(&page, &good).await, 422, &["登记负责人要核对营业执照", "value=\"139 0000 0001\""]);
    good.push(("shown", "licence"));
    says(&station.post(&page, &good).await, 422, &["企业已有负责人，请写明为什么再登记一位"]);
    assert_eq!(members(&site, id).await.len(), 1, "nothing yet");
    good.push(("reason", "法定代表人变更"));
    let done = station.post(&page, &good).await;
    led(&done, &page);
    assert!(flash(&done).contains("周敏") && flash(&done).contains("139****0001"));
    let history = ["当场登记：负责人 周敏 139****0001", "核对：营业执照、本人身份证", "理由：法定代表人变更", "织里童装产业驿站"];
    says(&station.get(&page).await, 200, &history);
    says(&site.staff("centre03").await.get("/desk/members").await, 200, &["当场登记：负责人 周敏 139****0001", &page]);
    assert!(!site.staff("centre04").await.get("/desk/members").await.body.contains("周敏"), "another district's");
    let firm = site.member(FIRM).await;
    let told = firm.get("/messages").await;
    says(&told, 200, &["企业新登记了联系人"]);
    led(&firm.post("/messages/open", &[("id", &hidden(&told.body, "id")[0])]).await, "/me/members");
    says(&station.post(&page, &good).await, 422, &["这个手机号已经是这家企业的联系人"]);

    // Registered by mistake: the centre takes it back, and says why.
    let person = members(&site, id).await.into_iter().find(|member| member.phone == "13900000001").unwrap().id.to_string();
    let out = format!("{page}/remove");
    assert_eq!(station.post(&out, &[("person", &person), ("why", "冒名登记")]).await.status.as_u16(), 403);
    let centre = site.staff("centre03").await;
    says(&centre.post(&out, &[("person", &person), ("why", "错")]).await, 422, &["理由至少写 4 个字", "value=\"错\""]);
    led(&centre.post(&out, &[("person", &person), ("why", "冒名登记")]).await, &page);
    assert_eq!(centre.post(&out, &[("person", &person), ("why", "冒名登记")]).await.status.as_u16(), 404);
    assert_eq!(members(&site, id).await.len(), 1);
    says(&centre.get(&page).await, 200, &["移除：负责人 周敏", "理由：冒名登记"]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_agent_does_the_errands_until_the_owner_removes_it_on_every_server(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(FIRM).await;
    let (agent, person) = with_agent(&site, &owner).await;
    says(&owner.get("/me/members").await, 200, &["周敏", &phone(AGENT), "添加：经办人 周敏 138****9002", "添加经办人"]);
    says(&agent.get("/messages").await, 200, &["您可以为企业办事了"]);
    // It files, and sees who may do the rest.
    file(&agent, &answers("0199b0c0-0000-7000-8000-000000000201")).await;
    let page = agent.get("/me/members").await;
    says(&page, 200, &["增减联系人由负责人办理", "只有负责人可以", "138****0002", &phone(AGENT)]);
    assert!(!page.body.contains(&phone(FIRM)) && !page.body.contains("变更记录") && !page.body.contains("添加经办人"));
    assert_eq!(agent.post("/me/members", &[("name", "李四"), ("phone", "13900000003")]).await.status.as_u16(), 403);
    let (id, _) = firm(&site, FIRM).await;
    let first = members(&site, id).await[0].id;
    assert_eq!(agent.get(&format!("/me/members/{first}")).await.status.as_u16(), 403);
    for what in ["remove", "share", "hand_over"] {
        let confirm = format!("confirm-{what}");
        let body = [("do", what), (confirm.as_str(), "yes")];
        assert_eq!(agent.post(&format!("/me/members/{first}"), &body).await.status.as_u16(), 403, "{what}");
        if what != "remove" {
            assert_eq!(agent.post(&format!("/me/members/{person}"), &body).await.status.as_u16(), 403, "{what} oneself");
        }
    }

    // Only when it was confirmed, and then at once, here and on another server.
    let theirs = format!("/me/members/{person}");
    says(&owner.post(&theirs, &[("do", "remove")]).await, 422, &["请先勾选确认"]);
    let second = Site::empty(&pool, &[]).await;
    let mut elsewhere = second.anonymous();
    elsewhere.cookie.clone_from(&agent.cookie);
    assert_eq!(elsewhere.get("/home").await.status.as_u16(), 200);
    led(&owner.post(&theirs, &[("do", "remove"), ("confirm-remove", "yes")]).await, "/me/members");
    for browser in [&agent, &elsewhere] {
        led(&browser.get("/home").await, "/enterprises");
        led(&browser.post("/issues/file", &answers("0199b0c0-0000-7000-8000-000000000202")).await, "/enterprises");
        let choice = browser.get("/enterprises").await;
        says(&choice, 200, &["这个手机号还没有关联企业"]);
        assert_eq!(browser.post("/enterprises", &[("enterprise", &id.to_string())]).await.status.as_u16(), 404);
    }
    assert_eq!(owner.get(&theirs).await.status.as_u16(), 404);
    says(&owner.get("/me/members").await, 200, &["移除：经办人 周敏"]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn ownership_changes_only_when_confirmed_and_the_last_owner_stays(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(FIRM).await;
    let (id, _) = firm(&site, FIRM).await;
    let first = members(&site, id).await[0].id;
    let mine = format!("/me/members/{first}");
    says(&owner.get(&mine).await, 200, &["您是唯一的负责人，不能退出"]);
    let leave = [("do", "remove"), ("confirm-remove", "yes")];
    says(&owner.post(&mine, &leave).await, 409, &["您是唯一的负责人，请先把企业交接给别人"]);
    let (agent, person) = with_agent(&site, &owner).await;
    let theirs = format!("/me/members/{person}");
    for what in ["share", "hand_over"] {
        says(&owner.post(&theirs, &[("do", what)]).await, 422, &["请先勾选确认"]);
    }
    says(&owner.post(&theirs, &[("do", "promote"), ("confirm-promote", "yes")]).await, 422, &["请选择要办理的事项"]);
    led(&owner.post(&theirs, &[("do", "hand_over"), ("confirm-hand_over", "yes")]).await, "/me/members");
    assert_eq!(owner.post("/me/members", &[("name", "李四"), ("phone", "13900000003")]).await.status.as_u16(), 403);
    says(&agent.get("/messages").await, 200, &["您成为企业负责人"]);
    // The new one shares, and then neither puts the other out.
    led(&agent.post(&mine, &[("do", "share"), ("confirm-share", "yes")]).await, "/me/members");
    says(&agent.post(&mine, &leave).await, 409, &["负责人之间不能互相移除"]);
    led(&owner.post(&mine, &leave).await, "/enterprises");
    led(&owner.get("/home").await, "/enterprises");
    says(&agent.get("/messages").await, 200, &["已退出"]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_owner_learns_nothing_of_what_else_a_phone_may_be(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(FIRM).await;
    let (other, _) = firm(&site, 3).await;
    let known = members(&site, other).await.remove(0);
    // Once a phone that is another firm's owner, once one that was never seen.
    let [of_somebody, of_nobody] = [known.phone.as_str(), "13900000009"];
    let mut said = Vec::new();
    for phone in [of_somebody, of_nobody] {
        let answer = owner.post("/me/members", &[("name", "王五"), ("phone", phone)]).await;
        led(&answer, "/me/members");
        said.push(flash(&answer).replace(&domain::mask::phone(phone), "…"));
    }
    assert_eq!(said[0], said[1]);
    let page = owner.get("/me/members").await;
    says(&page, 200, &["王五", of_somebody, of_nobody]);
    assert!(!page.body.contains(&known.name), "the name they have elsewhere");
    // Nor does their own firm call them otherwise now.
    let theirs = site.member(3).await;
    led(&theirs.post("/enterprises", &[("enterprise", &other.to_string())]).await, "/home");
    says(&theirs.get("/me/members").await, 200, &[&known.name]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_the_owners_is_said_with_who_may(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(FIRM).await;
    let (id, _) = firm(&site, FIRM).await;
    let name = members(&site, id).await.remove(0).name;
    let who = format!("负责人：{name}");
    let (agent, _) = with_agent(&site, &owner).await;
    // Facts.
    let page = agent.get("/me/portrait").await;
    says(&page, 200, &["填写企业画像由负责人办理", &who]);
    assert!(!page.body.contains("action=\"/me/portrait\""));
    let figure = [("f.equipment_investment", "12000000")];
    says(&agent.post("/me/portrait", &figure).await, 409, &["填写企业画像由负责人办理"]);
    says(&agent.get("/policies/calculator").await, 200, &["您可以测算，不能保存", &who]);
    says(&agent.post("/policies/calculator", &[figure[0], ("do", "save")]).await, 409, &["填写企业画像由负责人办理"]);
    says(&owner.get("/policies/demo-upgrade").await, 200, &["差一点"]);
    led(&owner.post("/me/portrait", &figure).await, "/me/portrait");

    // 960,000 yuan are the owner's to ask for, 20,000 anybody's.
    let large = "/policies/demo-upgrade";
    let page = agent.get(large).await;
    says(&page, 200, &["提交超过 10 万元的政策申请由负责人办理", &who, "备好申请"]);
    says(&agent.get(&format!("{large}/apply")).await, 200, &["您可以先备好", "交负责人提交"]);
    let apply = format!("{large}/apply");
    let form = [
        ("key", "0199b0c0-0000-7000-8000-000000000203"),
        ("contact_name", "周敏"),
        ("contact_phone", "13800009002"),
        ("note", "两台加弹机"),
    ];
    says(&agent.post(&apply, &form).await, 422, &["请上传申报材料", "两台加弹机"]);
    let ready = agent.send(multipart(&apply, &form, &[("合同.jpg", jpeg())])).await;
    led(&ready, large);
    assert!(flash(&ready).contains("已通知负责人"));
    assert!(!owner.get("/applications").await.body.contains("技术改造设备补助"), "nothing was filed");
    // The owner finds everything filled in, and submits it.
    let told = owner.get("/messages").await;
    says(&told, 200, &["有一件申请等您提交"]);
    led(&owner.post("/messages/open", &[("id", &hidden(&told.body, "id")[0])]).await, &apply);
    says(&owner.get(large).await, 200, &["周敏 今天", "去申报"]);
    let offered = owner.get(&apply).await;
    says(&offered, 200, &["value=\"周敏\"", "value=\"13800009002\"", "两台加弹机", "合同.jpg", "提交申报"]);
    assert!(!site.member(3).await.get(&apply).await.body.contains("两台加弹机"), "another firm's owner");
    let (key, files) = (hidden(&offered.body, "key").remove(0), hidden(&offered.body, "file"));
    let mut good = form.to_vec();
    good[0].1 = &key;
    good.push(("file", &files[0]));
    let filed = owner.post(&apply, &good).await;
    assert!(filed.location().starts_with("/applications/SQ-"), "{}", filed.body);
    says(&owner.get(filed.location()).await, 200, &["合同.jpg", "960,000 元"]);
    let filed = agent.post("/policies/demo-digital-voucher/apply", &form).await;
    assert_eq!(filed.status.as_u16(), 303, "{}", filed.body);
    let path = filed.location().to_owned();

    // What was asked for, the owner alone gives up.
    let page = agent.get(&path).await;
    says(&page, 200, &["撤回政策申请由负责人办理", &who]);
    assert!(!page.body.contains(&format!("{path}/withdraw")));
    led(&agent.get(&format!("{path}/withdraw")).await, &path);
    let refused = agent.post(&format!("{path}/withdraw"), &[("seq", "1")]).await;
    led(&refused, &path);
    assert!(flash(&refused).contains("撤回政策申请由负责人办理"));
    says(&owner.get(&path).await, 200, &["已提交", &format!("{path}/withdraw")]);
    led(&owner.post(&format!("{path}/withdraw"), &[("seq", "1")]).await, &path);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_centre_enters_an_enterprise_that_is_not_there(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    const PATH: &str = "/desk/members/enterprise";
    let code = Uscc::from_body("91330502MA2999999").unwrap();
    let wrong = format!("{}{}", &code.as_str()[..17], if code.as_str().ends_with('0') { '1' } else { '0' });
    let good = [("uscc", code.as_str()), ("name", "湖州新开面馆"), ("area", "330502"), ("scale", "micro")];
    for login in ["station01", "jianshe", "admin"] {
        let browser = site.staff(login).await;
        assert_eq!(browser.get(PATH).await.status.as_u16(), 403, "{login}");
        assert_eq!(browser.post(PATH, &good).await.status.as_u16(), 403, "{login}");
    }
    let centre = site.staff("centre03").await;
    let mut bad = good;
    bad[0].1 = &wrong;
    says(&centre.post(PATH, &bad).await, 422, &["校验不通过", &wrong, "湖州新开面馆"]);
    bad = good;
    bad[2].1 = "330503";
    says(&centre.post(PATH, &bad).await, 422, &["请选择登记在哪个区县"]);
    let entered = centre.post(PATH, &good).await;
    assert_eq!(entered.status.as_u16(), 303);
    let page = entered.location().to_owned();
    says(&site.staff("station01").await.get(&page).await, 200, &["湖州新开面馆", "录入企业", "还没有人可以为这家企业办事"]);
    led(&centre.post(PATH, &good).await, &page);
    let mut elsewhere = good;
    elsewhere[2].1 = "330503";
    says(&site.staff("centre04").await.post(PATH, &elsewhere).await, 422, &["登记在别的区县"]);
    let registered = [("name", "周敏"), ("phone", "13900000001"), ("role", "owner"), ("shown", "licence"), ("shown", "id_card")];
    led(&site.staff("station01").await.post(&page, &registered).await, &page);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn nobody_else_changes_anything(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(FIRM).await;
    let (_, person) = with_agent(&site, &owner).await;
    let (id, _) = firm(&site, FIRM).await;
    let (theirs, desk) = (format!("/me/members/{person}"), format!("/desk/members/{id}"));
    let change = [("do", "remove"), ("confirm-remove", "yes")];
    let register = [("name", "周敏"), ("phone", "13900000001"), ("role", "agent"), ("shown", "licence"), ("shown", "id_card")];
    for (who, browser, member, staff) in [
        ("nobody", site.anonymous(), 401, 401),
        ("another firm's owner", site.member(3).await, 404, 403),
        ("a station of another district", site.staff("station03").await, 403, 404),
        ("the centre of another district", site.staff("centre04").await, 403, 404),
        ("a department", site.staff("jianshe").await, 403, 403),
        ("an administrator", site.staff("admin").await, 403, 403),
    ] {
        assert_eq!(browser.get(&theirs).await.status.as_u16(), member, "{who}");
        assert_eq!(browser.post(&theirs, &change).await.status.as_u16(), member, "{who}");
        assert_eq!(browser.get(&desk).await.status.as_u16(), staff, "{who}");
        assert_eq!(browser.post(&desk, &register).await.status.as_u16(), staff, "{who}");
    }
    // An owner who has chosen another firm since: the form says whose it was.
    let stale = owner.post("/me/members", &[("name", "李四"), ("phone", "13900000003"), ("whose", &(id + 1).to_string())]).await;
    says(&stale, 409, &["您在别的窗口切换到了"]);
    assert_eq!(members(&site, id).await.len(), 2);
}
