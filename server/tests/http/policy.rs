//! Policies as an enterprise meets them: from one step away to money paid, and nobody else's business on the way.

use super::site::{Answer, Browser, Site, hidden, jpeg, multipart, words};
use axum::body::Body;
use axum::http::{Request, header};
use domain::policy::application::Command;
use futures::future::join_all;
use sqlx::PgPool;

const UPGRADE: &str = "/policies/demo-upgrade";
const VOUCHER: &str = "/policies/demo-digital-voucher";

fn pdf() -> Vec<u8> {
    b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n".to_vec()
}

fn form(key: &str) -> [(&str, &str); 3] {
    [("key", key), ("contact_name", "姚经理"), ("contact_phone", "13800000002")]
}

/// Applies for the voucher; answers the application's path.
async fn apply(browser: &Browser, key: &str) -> String {
    let answer = browser.post(&format!("{VOUCHER}/apply"), &form(key)).await;
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.body);
    assert!(answer.location().starts_with("/applications/SQ-"), "{}", answer.location());
    answer.location().to_owned()
}

/// The figure after a word, without its tags.
fn between(body: &str, word: &str, end: &str) -> String {
    let rest = body.split_once(word).unwrap_or_else(|| panic!("{word} is not there")).1;
    let rest = rest.split_once(end).unwrap().0;
    let text = |part: &str| part.rsplit('>').next().unwrap().to_owned();
    rest.split('<').map(text).collect::<String>().trim().to_owned()
}

#[track_caller]
fn sent(answer: &Answer, to: &str) {
    assert_eq!((answer.status.as_u16(), answer.location()), (303, to), "{}", answer.body);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn from_one_step_away_to_money_paid_and_rated(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    assert!(owner.get("/home").await.body.contains("还可享"));
    let near = owner.get(UPGRADE).await.body;
    let read = words(&near);
    for words in ["差一点", "设备投资额还差 420,000 元", "年度设备投资500万元（含）以上"] {
        assert!(read.contains(words), "{words}");
    }
    assert!(read.contains("设备投资额 500 万元 × 8%"), "the formula has the figures of the step taken");
    assert!(!near.contains("/apply\""), "nobody applies for what does not fit");
    sent(&owner.get(&format!("{UPGRADE}/apply")).await, UPGRADE);
    sent(&owner.post(&format!("{UPGRADE}/apply"), &form("0199b0c0-0000-7000-8000-000000000101")).await, UPGRADE);

    // Trying a number changes the answer and nothing else; saving it changes the portrait.
    let tried = [("f.equipment_investment", "12,000,000"), ("do", "calculate")];
    let answer = owner.post("/policies/calculator", &tried).await;
    assert_eq!(answer.status.as_u16(), 200);
    assert!(answer.body.contains("原来：差一点") && answer.body.contains("960,000 元"));
    assert!(owner.get(UPGRADE).await.body.contains("差一点"));
    sent(&owner.post("/policies/calculator", &[tried[0], ("do", "save")]).await, "/policies/calculator");
    let fits = owner.get(UPGRADE).await.body;
    assert!(fits.contains("可申报") && fits.contains(&format!("href=\"{UPGRADE}/apply\"")));

    // Refused: what was typed stays, the good file too.
    let key = "0199b0c0-0000-7000-8000-000000000102";
    let typed = [("key", key), ("contact_name", ""), ("contact_phone", "123"), ("note", "两台\"加弹机\"")];
    let files = [("发票.pdf", pdf()), ("恶意.html", b"<script>alert(1)</script>".to_vec())];
    let refused = owner.send(multipart(&format!("{UPGRADE}/apply"), &typed, &files)).await;
    assert_eq!(refused.status.as_u16(), 422);
    for words in ["恶意.html 不是 PDF、图片、Word 或 Excel 文件", "value=\"123\"", "加弹机", "发票.pdf", key] {
        assert!(refused.body.contains(words), "{words}");
    }
    let kept = hidden(&refused.body, "file");
    assert_eq!(kept.len(), 1);
    let again = [("key", key), ("contact_name", ""), ("contact_phone", "123"), ("file", kept[0].as_str())];
    let refused = owner.send(multipart(&format!("{UPGRADE}/apply"), &again, &[])).await;
    assert_eq!(refused.status.as_u16(), 422);
    assert!(refused.body.contains("href=\"#contact_name\"") && refused.body.contains("href=\"#contact_phone\""));
    assert_eq!(hidden(&refused.body, "file"), kept);
    // Materials are asked for.
    let bare = owner.post(&format!("{UPGRADE}/apply"), &form(key)).await;
    assert_eq!(bare.status.as_u16(), 422);
    assert!(bare.body.contains("请上传申报材料：设备购置发票清单"));

    let mut good = form(key).to_vec();
    good.push(("file", kept[0].as_str()));
    let filed = owner.send(multipart(&format!("{UPGRADE}/apply"), &good, &[("合同.jpg", jpeg())])).await;
    let path = filed.location().to_owned();
    let number = path.rsplit('/').next().unwrap().to_owned();
    let page = owner.get(&path).await.body;
    for words in ["已提交", "发票.pdf", "合同.jpg", "960,000 元", "一致", "姚经理"] {
        assert!(page.contains(words), "{words}");
    }
    assert!(owner.get(UPGRADE).await.body.contains("查看申请（已提交）"));
    assert!(owner.get("/applications").await.body.contains(&number));
    // The figures change afterwards; what was frozen stays and still gives the amount.
    owner.post("/me/portrait", &[("f.equipment_investment", "1000000")]).await;
    let page = owner.get(&path).await.body;
    assert!(page.contains("一致") && page.contains("960,000 元") && page.contains("1,200 万元"));

    // A file goes out as a download with its own name.
    let id = page.split(&format!("{path}/files/")).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let file = owner.get(&format!("{path}/files/{id}")).await;
    let head = |name: &str| file.headers.get(name).unwrap().to_str().unwrap().to_owned();
    assert!(head("content-disposition").starts_with(&format!("attachment; filename=\"{number}.")));
    assert_eq!(head("x-content-type-options"), "nosniff");

    let reviewer = site.staff("jingxin").await;
    let desk = format!("/desk/applications/{number}");
    sent(&reviewer.post(&format!("{desk}/ask"), &[("text", "请补充银行回单"), ("seq", "1")]).await, &desk);
    assert!(owner.get(&path).await.body.contains("请补充银行回单"));
    let nothing = owner.post(&format!("{path}/supply"), &[("text", ""), ("seq", "2")]).await;
    assert_eq!(nothing.status.as_u16(), 422);
    assert!(nothing.body.contains("请写明补充了什么"));
    let supplied = multipart(&format!("{path}/supply"), &[("text", "回单见附件"), ("seq", "2")], &[("回单.pdf", pdf())]);
    sent(&owner.send(supplied).await, &path);
    assert!(owner.get(&path).await.body.contains("回单.pdf"));
    // The owner's figure is not the department's: both stand there, and whoever decides says which counts and why.
    let page = words(&reviewer.get(&desk).await.body);
    assert!(page.contains("企业自填 1,200 万元，市经信局记录为 458 万元") && page.contains("按部门记录不符合条件"));
    let silent = reviewer.post(&format!("{desk}/approve"), &[("amount", "960,000"), ("seq", "3")]).await;
    assert_eq!(silent.status.as_u16(), 422);
    assert!(silent.body.contains("请选择“设备投资额”按哪个数算") && silent.body.contains("请写明为什么这样选"));
    let (theirs, ours) = (("counts-equipment_investment", "recorded"), ("counts-equipment_investment", "stated"));
    let why = ("text", "发票和现场核对一致");
    let none = reviewer.post(&format!("{desk}/approve"), &[("amount", ""), ("seq", "3"), theirs, why]).await;
    assert_eq!(none.status.as_u16(), 422);
    assert!(none.body.contains("按这样选的数据，企业不符合条件") && none.body.contains("现场核对一致</textarea>"));
    sent(&reviewer.post(&format!("{desk}/approve"), &[("amount", ""), ("seq", "3"), ours, why]).await, &desk);
    let page = words(&owner.get(&path).await.body);
    assert!(
        page.contains("设备投资额按企业自填算（1,200 万元）；发票和现场核对一致"),
        "the enterprise reads what counted, and why"
    );
    // It waits to be rated already: not everything that is approved is ever paid.
    let home = owner.get("/home").await.body;
    assert!(home.contains(&format!("href=\"{path}/rate\"")) && words(&home).contains("已核准 960,000 元"));
    let cashier = site.staff("jingxin02").await;
    sent(&cashier.post(&format!("{desk}/pay"), &[("amount", "960000"), ("seq", "4")]).await, &desk);
    assert!(words(&owner.get(&path).await.body).contains("已拨付 960,000 元"));
    // It waits to be rated where everything that waits is.
    assert!(owner.get("/home").await.body.contains(&format!("href=\"{path}/rate\"")));
    assert!(owner.get("/messages").await.body.contains("技术改造设备补助（演示）：已拨付"));

    assert_eq!(owner.post(&format!("{path}/rate"), &[("rating", "9"), ("text", "好")]).await.status.as_u16(), 422);
    sent(&owner.post(&format!("{path}/rate"), &[("rating", "4"), ("text", "比预想的快"), ("seq", "5")]).await, &path);
    let page = owner.get(&path).await.body;
    assert!(page.contains("比预想的快") && page.contains("您的评价"));
    // Paid is paid: it stands apart from what can still be had, everywhere alike, and is not had again in this window.
    // Not what today's other figures come to.
    owner.post("/me/portrait", &[("f.equipment_investment", "20000000")]).await;
    let item = owner.get(UPGRADE).await.body;
    assert!(
        !words(&item).contains("1,600,000 元") && !words(&item).contains("160 万元"),
        "the item's page has the sum that was paid"
    );
    assert!(item.contains("查看申请（已拨付）") && !item.contains(&format!("href=\"{UPGRADE}/apply\"")));
    let mut again = form("0199b0c0-0000-7000-8000-000000000112").to_vec();
    again.push(("file", kept[0].as_str()));
    sent(&owner.post(&format!("{UPGRADE}/apply"), &again).await, UPGRADE);
    let mut totals = Vec::new();
    for path in ["/home", "/policies", UPGRADE] {
        let body = owner.get(path).await.body;
        assert!(words(&body).contains("已拨付 960,000 元"), "{path}");
        if path != UPGRADE {
            totals.push(between(&body, "还可享", "</strong>"));
        }
    }
    totals.push(between(&owner.get("/policies/calculator").await.body, "还可享", "</strong>"));
    assert!(totals.iter().all(|total| *total == totals[0]), "{totals:?}");
    assert!(!owner.get("/policies/calculator").await.body.contains(&format!("href=\"{UPGRADE}\"")), "it is not calculated with");
    // Sent once more, it stays as it is.
    sent(&owner.post(&format!("{path}/rate"), &[("rating", "1"), ("text", "慢"), ("seq", "5")]).await, &path);
    let mut conn = site.state.store.system().await.unwrap();
    let application = store::policy::application::get(&mut conn, &number).await.unwrap();
    assert_eq!((application.rating, application.rating_comment.as_str()), (Some(4), "比预想的快"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_approved_is_rated_once_and_not_again_when_it_is_paid(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let path = apply(&owner, "0199b0c0-0000-7000-8000-000000000121").await;
    let (desk, rate) = (format!("/desk{path}"), format!("href=\"{path}/rate\""));
    assert!(!owner.get(&path).await.body.contains(&rate), "nothing was decided");
    let approved = [("amount", "20000"), ("text", "符合条件"), ("seq", "1")];
    sent(&site.staff("jingxin").await.post(&format!("{desk}/approve"), &approved).await, &desk);
    for page in ["/home", path.as_str()] {
        assert!(owner.get(page).await.body.contains(&rate), "{page}");
    }
    sent(&owner.post(&format!("{path}/rate"), &[("rating", "5"), ("text", "很快"), ("seq", "2")]).await, &path);
    let page = owner.get(&path).await.body;
    assert!(page.contains("已核准") && page.contains("您的评价：5 分"), "it stands where it stood");
    sent(&site.staff("jingxin02").await.post(&format!("{desk}/pay"), &[("amount", "20000"), ("seq", "3")]).await, &desk);
    assert!(owner.get(&path).await.body.contains("已拨付"));
    for page in ["/home", path.as_str()] {
        assert!(!owner.get(page).await.body.contains(&rate), "{page} asks again");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_application_says_who_has_it_and_until_when(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let held = async |member: usize, key: &'static str| {
        let owner = site.member(member).await;
        let path = apply(&owner, key).await;
        words(&owner.get(&path).await.body)
    };
    let page = held(2, "0199b0c0-0000-7000-8000-000000000122").await;
    assert!(page.contains("市经信局") && page.contains("办理期限"));
    // Without a department it is the area's policy editors who review it, and no centre.
    let own = "update policy_item set department_id = null where code = 'demo-digital-voucher'";
    sqlx::query(own).execute(&pool).await.unwrap();
    let page = held(3, "0199b0c0-0000-7000-8000-000000000123").await;
    assert!(page.contains("湖州市政策审核人员") && page.contains("办理期限"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_form_sent_twenty_times_at_once_applies_once(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let key = "0199b0c0-0000-7000-8000-000000000103";
    let paths = join_all((0..20).map(|_| apply(&owner, key))).await;
    assert!(paths.iter().all(|path| *path == paths[0]), "{paths:?}");
    // Another form of the same enterprise is told that one is open; another enterprise may use the key.
    sent(&owner.post(&format!("{VOUCHER}/apply"), &form("0199b0c0-0000-7000-8000-000000000104")).await, VOUCHER);
    assert_ne!(apply(&site.member(3).await, key).await, paths[0]);
    // Withdrawn, one may apply again.
    sent(&owner.post(&format!("{}/withdraw", paths[0]), &[("seq", "1")]).await, &paths[0]);
    assert_ne!(apply(&owner, "0199b0c0-0000-7000-8000-000000000105").await, paths[0]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_application_and_its_files_are_nobody_elses(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let stranger = site.member(3).await;
    for browser in [&owner, &stranger] {
        sent(&browser.post("/me/portrait", &[("f.equipment_investment", "6000000")]).await, "/me/portrait");
    }
    let key = "0199b0c0-0000-7000-8000-000000000106";
    let apply_path = format!("{UPGRADE}/apply");
    // A file that waits beside a refused form is not a stranger's to file.
    let waiting = [("key", key), ("contact_name", "姚"), ("contact_phone", "1")];
    let refused = owner.send(multipart(&apply_path, &waiting, &[("甲.pdf", pdf())])).await;
    let waiting = hidden(&refused.body, "file").remove(0);
    let mut stolen = form(key).to_vec();
    stolen.push(("file", &waiting));
    let theirs = stranger.send(multipart(&apply_path, &stolen, &[("乙.pdf", pdf())])).await.location().to_owned();
    assert!(!stranger.get(&theirs).await.body.contains("甲.pdf"));
    let filed = owner.send(multipart(&apply_path, &stolen, &[])).await.location().to_owned();
    let number = filed.rsplit('/').next().unwrap().to_owned();
    let page = owner.get(&filed).await.body;
    assert!(page.contains("甲.pdf"), "still the owner's");

    let file = format!("{filed}/files/{waiting}");
    let other = format!("{theirs}/files/{waiting}");
    assert_eq!(owner.get(&file).await.status.as_u16(), 200);
    assert!(!stranger.get("/applications").await.body.contains(&number));
    for path in [&filed, &file, &other, &format!("{filed}/withdraw")] {
        let answer = stranger.get(path).await;
        assert_eq!(answer.status.as_u16(), 404, "{path}");
        assert!(!answer.body.contains("姚经理") && !answer.body.contains("甲.pdf"), "{path} leaks");
    }
    // The commands come from the table: a new one is tried here at once.
    let fields = [("text", "请补充材料"), ("amount", "1"), ("rating", "5"), ("until", "2099-01-01"), ("seq", "1")];
    for command in Command::ALL {
        let (space, desk) = (format!("{filed}/{}", command.code()), format!("/desk/applications/{number}/{}", command.code()));
        for path in [&space, &desk] {
            assert_eq!(site.anonymous().post(path, &fields).await.status.as_u16(), 401, "{path} as nobody");
        }
        assert_eq!(stranger.post(&space, &fields).await.status.as_u16(), 404, "{space} as a stranger");
        for browser in [&owner, &stranger] {
            assert_eq!(browser.post(&desk, &fields).await.status.as_u16(), 403, "{desk} as a member");
        }
        if !command.is_members() {
            assert_eq!(owner.post(&space, &fields).await.status.as_u16(), 404, "{space}: not a member's");
            assert_eq!(owner.get(&space).await.status.as_u16(), 404, "{space}: not a member's");
        }
        for (login, expected) in [("jianshe", 404), ("zhengce03", 404), ("lingdao", 403), ("centre01", 403), ("admin", 403)] {
            let answer = site.staff(login).await.post(&desk, &fields).await;
            assert_eq!(answer.status.as_u16(), expected, "{desk} as {login}");
        }
    }
    let mut conn = site.state.store.system().await.unwrap();
    assert_eq!(store::policy::application::get(&mut conn, &number).await.unwrap().seq, 1, "nothing moved");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_portrait_says_what_an_enterprise_may_say(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let page = owner.get("/me/portrait").await.body;
    assert!(page.contains("设备投资额") && page.contains("市经信局"), "value and source");
    // In groups, what is known before what is stated, and first of that what most hangs on; money as an owner thinks of it.
    let places = ["<h3>企业情况", "<h3>经营规模", "<h3>先填这几项", "value=\"458万\""];
    let places = places.map(|words| page.find(words).unwrap_or_else(|| panic!("{words}")));
    assert!(places.is_sorted(), "{places:?}");
    // Faults keep what was typed, and nothing of the form is saved.
    let bad = owner.post("/me/portrait", &[("f.employees", "八十"), ("f.revenue", "41000000")]).await;
    assert_eq!(bad.status.as_u16(), 422);
    for words in ["href=\"#f.employees\"", "value=\"八十\"", "value=\"41000000\""] {
        assert!(bad.body.contains(words), "{words}");
    }
    assert!(!owner.get("/me/portrait").await.body.contains("41000000"));
    // The departments' own facts are not the enterprise's to state; an answer and a figure of its own are.
    let stated = [("f.ui_months", "999"), ("f.scale", "micro"), ("f.equipment_investment", "4600000"), ("q.core-ip", "yes")];
    sent(&owner.post("/me/portrait", &stated).await, "/me/portrait");
    let page = owner.get("/me/portrait").await.body;
    // In quotes: a page's nonce is random, and has three nines now and then.
    assert!(page.contains("企业自填") && !page.contains("\"999\""));
    let mut conn = site.state.store.system().await.unwrap();
    let phone = store::identity::person_of_phone(&mut conn, "13800000002", "", site.state.now()).await.unwrap();
    let enterprise = store::identity::enterprises_of(&mut conn, phone).await.unwrap()[0].id;
    let facts = store::policy::portrait::get(&mut conn, enterprise, site.state.now().date()).await.unwrap();
    let value = |code: &str| facts.get(code).map(|fact| fact.value.clone()).unwrap_or_default();
    assert_eq!((value("ui_months"), value("scale")), ("48".to_owned(), "small".to_owned()));
    assert_eq!(value("equipment_investment"), "4600000");
    assert_eq!(facts.attest.get("core-ip"), Some(&true));
    let history = store::policy::portrait::history(&mut conn, enterprise, "equipment_investment").await.unwrap();
    assert_eq!((history.len(), history[0].source.as_str()), (2, "企业自填"));
    // A question of the list leads back to the list.
    sent(&owner.post("/me/portrait", &[("q.no-violation", "yes"), ("back", "/policies")]).await, "/policies");
    sent(&owner.post("/me/portrait", &[("q.no-violation", "yes"), ("back", "https://example.com")]).await, "/me/portrait");
}

/// What the calculator's island sends.
fn stated(pairs: &[(&str, &str)]) -> Request<Body> {
    let body = postcard::to_allocvec(pairs).unwrap();
    let request = Request::post("/rpc/policy/state_facts").header(header::CONTENT_TYPE, "application/x-postcard");
    request.body(Body::from(body)).unwrap()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_calculators_island_saves_as_its_form_does(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    // What cannot be read is refused whole.
    let refused = owner.send(stated(&[("f.equipment_investment", "六百万"), ("f.rd_expense", "200万")])).await;
    assert_eq!(refused.status.as_u16(), 422);
    assert!(refused.body.contains("f.equipment_investment") && refused.body.contains("应为数字"));
    assert!(words(&owner.get(UPGRADE).await.body).contains("设备投资额还差 420,000 元"));
    // As people write it; what only a department may state is not taken.
    let saved = owner.send(stated(&[("f.equipment_investment", "６００万元"), ("f.ui_months", "999")])).await;
    assert_eq!(saved.status.as_u16(), 200);
    assert!(saved.body.contains("已保存到企业画像") && saved.body.contains("6000000") && !saved.body.contains("\"999\""));
    assert!(owner.get(UPGRADE).await.body.contains("480,000 元"));
    let again = owner.send(stated(&[("f.equipment_investment", "6,000,000")])).await;
    assert!(again.body.contains("没有需要保存的改动"));
    assert_eq!(site.anonymous().send(stated(&[])).await.status.as_u16(), 401);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn disputes_and_questions_go_into_the_loop_once(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let dispute = [("key", "0199b0c0-0000-7000-8000-000000000107"), ("code", "revenue"), ("text", "去年营业收入应为 3,860 万元")];
    let first = owner.post("/me/portrait/dispute", &dispute).await;
    let number = first.location().split('/').nth(2).unwrap().to_owned();
    sent(&owner.post("/me/portrait/dispute", &dispute).await, &format!("/issues/{number}/receipt"));
    let issue = words(&owner.get(&format!("/issues/{number}")).await.body);
    assert!(issue.contains("画像数据核实：年营业收入") && issue.contains("应为 3,860 万元"));
    let much = "多".repeat(2_100);
    let refused = owner
        .post("/me/portrait/dispute", &[("key", "0199b0c0-0000-7000-8000-00000000010a"), ("code", "revenue"), ("text", &much)])
        .await;
    assert_eq!(refused.status.as_u16(), 422);
    assert!(
        refused.body.contains("href=\"#dispute-revenue\"")
            && refused.body.contains(&much)
            && refused.body.contains("<details open")
    );
    assert_eq!(owner.post("/me/portrait/dispute", &[("code", "nonsense")]).await.status.as_u16(), 404);

    let ask = format!("{VOUCHER}/ask");
    let question = [("key", "0199b0c0-0000-7000-8000-000000000108"), ("text", "去年领过还能再领吗？")];
    let asked = owner.post(&ask, &question).await.location().to_owned();
    sent(&owner.post(&ask, &question).await, &asked);
    let issue = owner.get(asked.trim_end_matches("/receipt")).await.body;
    assert!(issue.contains("政策咨询：数字化诊断服务券") && issue.contains("去年领过还能再领吗？"));
    let long = "长".repeat(2_100);
    let refused = owner.post(&ask, &[("key", "0199b0c0-0000-7000-8000-000000000109"), ("text", &long)]).await;
    assert_eq!(refused.status.as_u16(), 422);
    assert!(refused.body.contains("href=\"#text\"") && refused.body.contains(&long));
    assert_eq!(owner.post("/policies/nonsense/ask", &question).await.status.as_u16(), 404);

    // What editors see of it: how many, not who.
    let mut conn = site.state.store.system().await.unwrap();
    let item = store::policy::item::get(&mut conn, "demo-digital-voucher", None).await.unwrap();
    assert_eq!(store::policy::evaluation::of_item(&mut conn, item.id).await.unwrap().questions, 1);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn lists_narrow_and_notices_are_remembered(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let all = owner.get("/policies").await.body;
    for group in ["可直接兑现", "可申报", "差一点", "信息不足", "不符合"] {
        assert!(all.contains(group), "{group}");
    }
    assert!(all.contains(UPGRADE) && all.contains(VOUCHER));
    let express = owner.get("/policies?mode=express").await.body;
    assert!(express.contains(VOUCHER) && !express.contains(UPGRADE));
    let tagged = owner.get("/policies?tag=%E6%8A%80%E6%9C%AF%E6%94%B9%E9%80%A0&level=district").await.body;
    assert!(tagged.contains(UPGRADE) && !tagged.contains(VOUCHER));
    // By words, in any order, as a phone types them; what does not fit is found as well.
    for query in ["%E8%AE%BE%E5%A4%87+%E6%8A%80%E6%9C%AF", "%E3%80%80%E6%8A%80%E6%9C%AF%E6%94%B9%E9%80%A0%E8%AE%BE%E5%A4%87"] {
        let found = owner.get(&format!("/policies?q={query}")).await.body;
        assert!(found.contains(UPGRADE) && !found.contains(VOUCHER), "{query}");
    }
    assert!(owner.get("/policies?q=zzz").await.body.contains("没有找到这样的政策"));
    assert!(owner.get("/policies?board=nonsense").await.body.contains("没有符合筛选的政策"));
    assert_eq!(owner.get("/policies/nonsense").await.status.as_u16(), 404);

    let chosen = [("sms.deadline", "on"), ("in_app.application", "on"), ("tag", "数字化"), ("tag", "<i>nonsense</i>")];
    sent(&owner.post("/me/notices", &chosen).await, "/me/notices");
    let page = owner.get("/me/notices").await.body;
    let box_of = |name: &str| {
        let at = page.find(&format!("id=\"{name}\"")).unwrap_or_else(|| panic!("{name} is not there"));
        page[at..].split('>').next().unwrap().contains("checked")
    };
    for (name, on) in [
        ("in_app.new", false),
        ("sms.new", false),
        ("in_app.deadline", false),
        ("sms.deadline", true),
        ("in_app.application", true),
        ("tag-数字化", true),
        ("tag-技术改造", false),
    ] {
        assert_eq!(box_of(name), on, "{name}");
    }
    assert!(!page.contains("nonsense"));
    // Another member's choices are their own.
    assert!(site.member(3).await.get("/me/notices").await.body.contains("checked"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn tax_reliefs_have_nothing_to_click_and_other_cities_nothing_to_say(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let relief = owner.get("/policies/small-profit-cit").await.body;
    for words in ["申报即享", "留存备查的资料", "纳税申报时自行享受，不用在这里申请"] {
        assert!(relief.contains(words), "{words}");
    }
    assert!(!relief.contains("/apply\""));
    let key = "0199b0c0-0000-7000-8000-000000000113";
    let refused = owner.post("/policies/small-profit-cit/apply", &form(key)).await;
    assert_eq!((refused.status.as_u16(), refused.location()), (303, "/policies/small-profit-cit"));
    // What the tax office takes itself is said to be had there, with what to bring, and taken nowhere here.
    let refund = "/policies/software-vat-refund";
    sent(&owner.post("/me/portrait", &[("f.software_vat_over_3", "185000")]).await, "/me/portrait");
    let page = words(&owner.get(refund).await.body);
    for words in ["到主管税务机关申请退税，不在这里申请", "185,000 元", "要准备的材料"] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!owner.get(refund).await.body.contains("/apply\""));
    sent(&owner.get(&format!("{refund}/apply")).await, refund);
    let key = "0199b0c0-0000-7000-8000-000000000124";
    sent(&owner.post(&format!("{refund}/apply"), &form(key)).await, refund);
    assert!(!owner.get("/applications").await.body.contains("软件产品增值税即征即退"));
    // What is ruled out reads as such, with the mark of what it comes to.
    let research = owner.get("/policies/rd-superdeduction").await.body;
    let row =
        research.split("<tr").find(|row| row.contains("行业不属于烟草制品业 C16")).expect("the list of those that are left out");
    assert!(words(row).contains("符合") && !words(row).contains("不符合"), "{row}");
    // An item of another city is on no page; what has ended, and what is known and not entered, is said.
    let all = owner.get("/policies").await.body;
    assert!(!all.contains("software-revenue-tier") && !all.contains("软件企业营收首次上台阶奖励"));
    assert_eq!(owner.get("/policies/software-revenue-tier").await.status.as_u16(), 404);
    for words in ["已到期、没有接续的", "强链补链新建项目设备补助", "已知、还没有录入的", "湖政办发〔2023〕52号"]
    {
        assert!(all.contains(words), "{words}");
    }
    assert!(!owner.get("/policies/calculator").await.body.contains("software-revenue-tier\""));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_paid_without_asking_wants_one_tap(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let mut conn = site.state.store.system().await.unwrap();
    let phone = store::identity::person_of_phone(&mut conn, "13800000002", "", site.state.now()).await.unwrap();
    let enterprise = store::identity::enterprises_of(&mut conn, phone).await.unwrap()[0].id;
    let change = store::policy::portrait::Change {
        code: "tags".to_owned(),
        value: Some(serde_json::json!(["first-set-province"])),
        period: String::new(),
        source: "市经信局".to_owned(),
    };
    let now = site.state.now();
    store::policy::portrait::put(&mut conn, enterprise, &[change], now.date(), now).await.unwrap();
    drop(conn);
    let path = "/policies/zj-first-set";
    let page = owner.get(path).await.body;
    assert!(page.contains("免申即享") && page.contains("确认收款账户") && words(&page).contains("500,000 元"));
    let form_page = owner.get(&format!("{path}/apply")).await.body;
    assert!(form_page.contains("不用申报") && form_page.contains("确认账户，等待拨付"));
    assert!(!form_page.contains("name=\"material-0\""), "nothing is to be brought");
    let key = "0199b0c0-0000-7000-8000-000000000132";
    let confirmed = owner.post(&format!("{path}/apply"), &form(key)).await;
    assert!(confirmed.location().starts_with("/applications/SQ-"), "{}", confirmed.body);
    assert!(owner.get(path).await.body.contains("查看申请（已提交）"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn home_and_portrait_say_the_same_of_an_enterprise(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let mut conn = site.state.store.system().await.unwrap();
    let phone = store::identity::person_of_phone(&mut conn, "13800000002", "", site.state.now()).await.unwrap();
    let enterprise = store::identity::enterprises_of(&mut conn, phone).await.unwrap()[0].id;
    // What the register once said of size and tags is nobody's fact.
    sqlx::query("update enterprise set scale = 'large', tags = '{旧标签}', industry = '旧行业' where id = $1")
        .bind(enterprise)
        .execute(&pool)
        .await
        .unwrap();
    let change = store::policy::portrait::Change {
        code: "tags".to_owned(),
        value: Some(serde_json::json!(["hightech", "software-enterprise"])),
        period: String::new(),
        source: "市科技局".to_owned(),
    };
    let industry = store::policy::portrait::Change {
        code: "industry".to_owned(),
        value: Some(serde_json::json!("C38")),
        period: String::new(),
        source: "市市场监管局".to_owned(),
    };
    let (today, now) = (site.state.now().date(), site.state.now());
    store::policy::portrait::put(&mut conn, enterprise, &[change, industry], today, now).await.unwrap();
    let named = domain::policy::industry::name("C38").expect("a division of the classification");
    for path in ["/home", "/me", "/me/portrait"] {
        let page = owner.get(path).await.body;
        assert!(words(&page).contains(named) && !page.contains("旧行业"), "{path}");
    }
    let home = owner.get("/home").await.body;
    let identity = home.split_once("class=\"identity\"").unwrap().1.split_once("</div>").unwrap().0;
    assert!(identity.contains("高新技术企业") && identity.contains("小型"), "{identity}");
    assert!(!identity.contains("旧标签") && !identity.contains("大型"), "{identity}");
    let portrait = owner.get("/me/portrait").await.body;
    assert!(portrait.contains("高新技术企业") && portrait.contains("市科技局 · "), "who gave the tags, and when");
    // The size is that of the rule, with what it is found from; what an office has otherwise stands beside it.
    assert!(
        portrait.contains("工信部联企业〔2011〕300号")
            && words(&portrait).contains("小型。工业：从业人数 86 人，年营业收入 3,680 万元")
    );
    assert!(!portrait.contains("市统计局记录为"));
    let change = store::policy::portrait::Change {
        code: "scale".to_owned(),
        value: Some(serde_json::json!("large")),
        period: "2024".to_owned(),
        source: "市统计局".to_owned(),
    };
    store::policy::portrait::put(&mut conn, enterprise, &[change], today, now).await.unwrap();
    let portrait = owner.get("/me/portrait").await.body;
    assert!(portrait.contains("按划型标准测算 · ") && portrait.contains("市统计局记录为 大型企业"));
    let home = owner.get("/home").await.body;
    let identity = home.split_once("class=\"identity\"").unwrap().1.split_once("</div>").unwrap().0;
    assert!(identity.contains("小型") && !identity.contains("大型"), "{identity}");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_typed_stands_beside_what_is_recorded_and_disputes_say_both(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let beside = "市经信局记录为 458 万元";
    assert!(!words(&owner.get("/me/portrait").await.body).contains(beside));
    sent(&owner.post("/me/portrait", &[("f.equipment_investment", "1200万")]).await, "/me/portrait");
    let page = words(&owner.get("/me/portrait").await.body);
    assert!(page.contains("1,200 万元") && page.contains(beside));
    assert!(words(&owner.get(UPGRADE).await.body).contains(beside), "where it is computed with, too");
    // Emptied, the recorded one holds again: nobody wipes out what a department has.
    sent(&owner.post("/me/portrait", &[("f.equipment_investment", "")]).await, "/me/portrait");
    let page = words(&owner.get("/me/portrait").await.body);
    assert!(page.contains("458 万元") && !page.contains(beside));

    let dispute = |key: &'static str, figure: &'static str, text: &'static str| {
        [("key", key), ("code", "equipment_investment"), ("figure", figure), ("text", text)]
    };
    let (one, two) = ("0199b0c0-0000-7000-8000-000000000114", "0199b0c0-0000-7000-8000-000000000115");
    let empty = owner.post("/me/portrait/dispute", &dispute(one, "", " ")).await;
    assert_eq!(empty.status.as_u16(), 422);
    assert!(empty.body.contains("请写明哪里不对，应该是多少"));
    let odd = owner.post("/me/portrait/dispute", &dispute(one, "一千万", "")).await;
    assert_eq!(odd.status.as_u16(), 422);
    assert!(odd.body.contains("value=\"一千万\""), "what was typed stays");
    let filed = owner.post("/me/portrait/dispute", &dispute(one, "500万", "")).await;
    let number = filed.location().split('/').nth(2).unwrap().to_owned();
    let issue = words(&owner.get(&format!("/issues/{number}")).await.body);
    for words in ["画像数据核实：设备投资额（市经信局）", "记录为 458 万元", "企业认为应为 500 万元", "请由市经信局核实"]
    {
        assert!(issue.contains(words), "{words}");
    }
    // Whoever accepts it is led to the department whose figure it is.
    let centre = site.staff("centre03").await;
    let accept = [("category", "policy_question"), ("level", "simple"), ("urgency", "normal"), ("version", "1")];
    let desk = format!("/desk/issues/{number}");
    sent(&centre.post(&format!("{desk}/accept"), &accept).await, &desk);
    assert!(words(&centre.get(&desk).await.body).contains("建议：市经信局。企业认为数据有误，数据由其提供"));
    let twice = owner.post("/me/portrait/dispute", &dispute(two, "600万", "")).await;
    assert_eq!(twice.status.as_u16(), 422);
    assert!(twice.body.contains("已在核实") && twice.body.contains(&number));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_figure_that_a_reviewer_chooses_makes_the_sum_and_is_kept(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let mut conn = site.state.store.system().await.unwrap();
    let enterprise: i64 = sqlx::query_scalar(
        "select enterprise_id from membership m join person p on p.id = m.person_id where p.phone = '13800000002'",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    let change = store::policy::portrait::Change {
        code: "equipment_investment".to_owned(),
        value: Some(serde_json::json!("6000000")),
        period: String::new(),
        source: "市经信局".to_owned(),
    };
    let (today, now) = (site.state.now().date(), site.state.now());
    store::policy::portrait::put(&mut conn, enterprise, &[change], today, now).await.unwrap();
    owner.post("/me/portrait", &[("f.equipment_investment", "12000000")]).await;

    // A place for each material; what was uploaded there is shown there, to the reviewer too.
    let page = owner.get(&format!("{UPGRADE}/apply")).await.body;
    assert!(page.contains("name=\"material-0\"") && page.contains("其他材料"));
    let key = "0199b0c0-0000-7000-8000-000000000131";
    let slot = slotted(&format!("{UPGRADE}/apply"), &form(key), "material-0", "发票清单.pdf", pdf());
    let filed = owner.send(slot).await.location().to_owned();
    let number = filed.rsplit('/').next().unwrap().to_owned();
    let (desk, reviewer) = (format!("/desk{filed}"), site.staff("jingxin").await);
    let page = reviewer.get(&desk).await.body;
    let materials = page.split_once("<h2>材料</h2>").unwrap().1.split_once("</section>").unwrap().0;
    let first = materials.split_once("</div>").unwrap().0;
    assert!(first.contains("发票清单.pdf") && materials.contains("没有单独上传"), "{materials}");
    assert!(page.contains("办理期限") && page.contains("个工作日"), "until when it is to be decided");

    sent(&reviewer.post(&format!("{desk}/review"), &[("seq", "1")]).await, &desk);
    let page = reviewer.get(&desk).await.body;
    assert!(page.contains("全按企业自填是 960,000 元，全按部门记录是 480,000 元"));
    let choice = [("seq", "2"), ("counts-equipment_investment", "recorded"), ("text", "以统计报表为准")];
    let more = [choice[0], choice[1], choice[2], ("amount", "960,000")];
    let refused = reviewer.post(&format!("{desk}/approve"), &more).await;
    assert_eq!(refused.status.as_u16(), 422);
    assert!(refused.body.contains("按您选的数据测算是 480,000 元，不能超过"));
    sent(&reviewer.post(&format!("{desk}/approve"), &choice).await, &desk);
    assert!(reviewer.get(&desk).await.body.contains("核准时：设备投资额按部门记录算。"));
    let found = store::policy::application::get(&mut conn, &number).await.unwrap();
    assert_eq!((found.amount, found.approved_amount), (96_000_000, Some(48_000_000)), "what was frozen stays beside it");
    let counted = store::policy::application::counted(&mut conn, found.id).await.unwrap();
    assert_eq!(counted, [("equipment_investment".to_owned(), "recorded".to_owned())]);

    // Found by number, code, name and policy; through all states; nobody else's, and narrowed by the day.
    for words in [number.as_str(), found.uscc.as_str(), "织", "技术改造"] {
        let query = serde_urlencoded::to_string([("q", words), ("state", "all")]).unwrap();
        let list = reviewer.get(&format!("/desk/applications?{query}")).await.body;
        assert!(list.contains(&number) || !found.enterprise_name.contains(words), "{words}");
        let elsewhere = site.staff("jianshe").await.get(&format!("/desk/applications?{query}")).await.body;
        assert!(!elsewhere.contains(&format!("href=\"/desk/applications/{number}")), "{words}");
    }
    let none = reviewer.get("/desk/applications?state=all&q=%25").await.body;
    assert!(none.contains(&number), "a sign is no word");
    let past = reviewer.get("/desk/applications?state=all&to=2020-01-01").await.body;
    assert!(past.contains("没有符合条件的申请"));
    let table = reviewer.get(&format!("/desk/applications/table?state=all&q={number}&as=csv")).await.body;
    assert!(table.contains(&number) && table.lines().count() == 2, "{table}");
}

/// A form with one file from a control of this name.
fn slotted(path: &str, pairs: &[(&str, &str)], control: &str, name: &str, bytes: Vec<u8>) -> Request<Body> {
    let mut body: Vec<u8> = Vec::new();
    for (name, value) in pairs {
        body.extend(format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    body.extend(format!("--XX\r\nContent-Disposition: form-data; name=\"{control}\"; filename=\"{name}\"\r\n\r\n").bytes());
    body.extend(bytes);
    body.extend(b"\r\n--XX--\r\n");
    let kind = "multipart/form-data; boundary=XX";
    Request::post(path).header(header::CONTENT_TYPE, kind).body(Body::from(body)).unwrap()
}
