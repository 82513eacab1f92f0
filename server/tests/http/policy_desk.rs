//! Policies as staff meet them: written by one, published by another, facts from a file, applications decided within their scope.

use super::site::{Answer, Browser, Site, hidden, multipart};
use app::error::RpcError;
use app::policy::desk::draft::Draft;
use app::policy::desk::sheet::{Control, Fault, Line, Mark, Measured, Part, Sheet};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;
use sqlx::PgPool;

const CODE: &str = "test-research";
const NEW: &str = "/desk/policies/new";

/// The controls of an item as the form sends them.
fn controls() -> Vec<(&'static str, &'static str)> {
    vec![
        ("/id", CODE),
        ("/title", "研发投入补助（测试）"),
        ("/document/title", "测试办法"),
        ("/document/no", "测〔2026〕1 号"),
        ("/level", "city"),
        ("/area", "湖州市"),
        ("/board", "policy"),
        ("/valid/from", "2026-01-01"),
        ("/apply/mode", "declare"),
        ("/apply/where", "线上"),
        ("lines:/apply/materials", "审计报告\n承诺书"),
        ("/clauses/c1", "研发费用一百万元以上"),
        ("list:/condition/all", ""),
        ("/condition/all/0/num/attr", "rd_expense"),
        ("/condition/all/0/num/op", "ge"),
        ("/condition/all/0/num/value", "1000000"),
        ("/condition/all/0/clause", "c1"),
        ("/amount/percent/of", "rd_expense"),
        ("/amount/percent/rate", "0.1"),
    ]
}

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut pairs: Vec<(&str, &str)> =
        controls().into_iter().filter(|(name, _)| more.iter().all(|(own, _)| own != name)).collect();
    pairs.extend(more);
    pairs
}

#[track_caller]
fn sent(answer: &Answer, to: &str) {
    assert_eq!((answer.status.as_u16(), answer.location()), (303, to), "{}", answer.body);
}

#[track_caller]
fn shows(answer: &Answer, status: u16, words: &[&str]) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
    let read = super::site::words(&answer.body);
    for words in words {
        assert!(answer.body.contains(words) || read.contains(words), "{words}");
    }
}

async fn state(site: &Site) -> (i32, String) {
    let mut conn = site.state.store.system().await.unwrap();
    let found = store::policy::item::get(&mut conn, CODE, None).await.unwrap();
    (found.version, found.state)
}

async fn step(browser: &Browser, step: &str, version: &str) -> Answer {
    // What the page showed is what is decided about.
    let page = browser.get(&format!("/desk/policies/{CODE}/edit")).await;
    let content = hidden(&page.body, "content").first().cloned().unwrap_or_default();
    let seen = ["source", "reach", "difference"].map(|code| ("seen", code));
    let said = [("version", version), ("content", content.as_str()), seen[0], seen[1], seen[2]];
    browser.post(&format!("/desk/policies/{CODE}/{step}"), &said).await
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn nothing_typed_is_lost_while_the_shape_changes(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let editor = site.staff("zhengce").await;
    // A button: the condition is there, what was typed beside it too, and nothing is stored.
    let half = [
        ("/title", "半句\"话\""),
        ("/condition/all/0/num/value", "一百万"),
        ("preview1", "湖州"),
        ("kind:/condition/all", "attest"),
        ("do", "add|/condition/all"),
    ];
    let nobody = editor.post(NEW, &with(&[("department", "999999999"), ("do", "save")])).await;
    shows(&nobody, 422, &["没有这个部门"]);
    let grown = editor.post(NEW, &with(&half)).await;
    shows(
        &grown,
        200,
        &["value=\"半句&quot;话&quot;\"", "value=\"一百万\"", "value=\"湖州\"", "/condition/all/1/attest/question"],
    );
    // Refused: the same, with the place of the fault.
    let refused = editor.post(NEW, &with(&[half[0], half[1], half[2], ("do", "save")])).await;
    shows(
        &refused,
        422,
        &["error-summary", "href=\"#/condition/all/0/num/value\"", "value=\"一百万\"", "value=\"湖州\"", "承诺书"],
    );
    // All faults at once, each by the name of its control.
    let many = editor.post(NEW, &with(&[half[1], ("/valid/from", ""), ("/amount/percent/rate", "很多"), ("do", "save")])).await;
    shows(&many, 422, &["数值：", "有效期从：请填写或选择", "比例：", "href=\"#/valid/from\"", "href=\"#/amount/percent/rate\""]);
    // What is missing in the library's eyes too, beside what cannot be read; nothing hides behind the first.
    let empty = [("/amount/percent/of", ""), ("/amount/percent/rate", ""), ("/condition/all/0/num/attr", "")];
    let faulty =
        [empty[0], empty[1], empty[2], ("/area", "火星"), ("/id", "Ab"), ("/title", ""), ("/clauses/c1", ""), ("do", "save")];
    shows(
        &editor.post(NEW, &with(&faulty)).await,
        422,
        &[
            "按什么计算：",
            "比例：请填写或选择",
            "指标：请选择指标",
            "没有“火星”这个区域",
            "编号：编号应为",
            "名称：请填写条目名称",
            "条款原文为空",
        ],
    );
    // A share is written as a percentage.
    let share = editor.post(NEW, &with(&[("/amount/percent/rate", "12.5%"), ("do", "preview")])).await;
    shows(&share, 200, &["value=\"12.5%\""]);
    let mut conn = site.state.store.system().await.unwrap();
    assert!(store::policy::item::get(&mut conn, CODE, None).await.is_err(), "nothing is stored yet");
    drop(conn);
    // Previewed: how far it reaches, and what a chosen enterprise lacks or gets.
    let preview = editor.post(NEW, &with(&[("preview1", "湖州"), ("do", "preview")])).await;
    shows(&preview, 200, &["会覆盖 ", "家企业，约 ", "研发费用一百万元以上"]);
    // A draft may lack much, but its code is one: it stands in addresses and names of files.
    for code in ["Ab", "a\"; filename=b.exe", "两个字", "a/b"] {
        shows(&editor.post(NEW, &with(&[("/id", code), ("do", "save")])).await, 422, &["编号应为 3 至 80 个小写字母"]);
    }
    // The code of another item is not taken over.
    let taken = editor.post(NEW, &with(&[("/id", "demo-research"), ("do", "save")])).await;
    shows(&taken, 422, &["已经有这个编号的条目"]);
    // A form that is deeper than any policy is answered, not crashed on.
    let deep = "/a".repeat(200_000);
    let answer = editor.post(NEW, &with(&[(deep.as_str(), "1"), ("do", "preview")])).await;
    shows(&answer, 200, &["研发投入补助（测试）"]);
    // One that would fill gigabytes with its page is told so, however it comes, and its page is small.
    let clauses: Vec<String> = (0..3_000).map(|n| format!("/clauses/c{n}")).collect();
    let mut many = with(&[]);
    many.extend(clauses.iter().map(|name| (name.as_str(), "条")));
    for button in ["save", "preview", "add|/clauses"] {
        many.push(("do", button));
        let answer = editor.post(NEW, &many).await;
        shows(&answer, 409, &["这份草稿太大"]);
        assert!(answer.body.len() < 100_000, "{button}: {}", answer.body.len());
        many.pop();
    }
    for what in ["shape", "preview"] {
        let refused = ask::<Sheet>(&editor, what, &many).await.unwrap_err();
        assert!(matches!(&refused, RpcError::Refused(sentence) if sentence.contains("草稿太大")), "{refused:?}");
    }
    let pasted = format!("{{\"tags\":[{}1]}}", "1,".repeat(100_000));
    shows(&editor.post("/desk/policies/json", &[("json", &pasted)]).await, 422, &["这份草稿太大"]);
    // JSON that is none stays to be mended; JSON that is one is loaded and not stored.
    let broken = editor.post("/desk/policies/json", &[("json", "{\"id\": \"half-pasted\",")]).await;
    shows(&broken, 422, &["half-pasted", "不是有效的 JSON"]);
    let pairs: Vec<(String, String)> = controls().into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    let json = Draft::from_form(&pairs).unwrap().value.to_string();
    shows(&editor.post("/desk/policies/json", &[("json", &json)]).await, 200, &["value=\"1000000\"", "研发投入补助（测试）"]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn one_writes_another_publishes_and_what_is_published_stays(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (author, second) = (site.staff("zhengce").await, site.staff("zhengce02").await);
    let owner = site.member(2).await;
    let edit = format!("/desk/policies/{CODE}/edit");
    sent(&author.post(NEW, &with(&[("do", "save")])).await, &edit);
    assert_eq!(owner.get(&format!("/policies/{CODE}")).await.status.as_u16(), 404, "a draft is nobody's business");
    // What was not submitted cannot be published.
    shows(&step(&second, "publish", "1").await, 409, &["现在是“草稿”，不能发布"]);
    sent(&step(&author, "submit", "1").await, &edit);
    // Whoever may publish it is told, and is led there; nobody of another district is, nor the author.
    shows(&second.get("/desk/messages").await, 200, &["有政策等您核对发布", "研发投入补助（测试）（第 1 版）"]);
    for login in ["zhengce", "zhengce03"] {
        assert!(!site.staff(login).await.get("/desk/messages").await.body.contains("有政策等您核对发布"), "{login}");
    }
    // What it reaches and costs, before; and a tick for each thing that was looked at.
    shows(&second.get(&edit).await, 200, &["核对发布", "会覆盖 ", "这是第一版", "已与文件原文逐条核对"]);
    let content = hidden(&second.get(&edit).await.body, "content").remove(0);
    let half = [("version", "1"), ("content", content.as_str()), ("seen", "source")];
    let unseen = second.post(&format!("/desk/policies/{CODE}/publish"), &half).await;
    shows(&unseen, 422, &["请核对后勾选：覆盖的企业数和估算金额已看", "href=\"#seen-reach\"", "value=\"source\" checked"]);
    assert_eq!(state(&site).await, (1, "submitted".to_owned()));
    shows(&step(&author, "publish", "1").await, 409, &["起草人不能自己发布"]);
    // What waits is not changed under the second person's eyes; what was typed stays.
    let under = author.post(&edit, &with(&[("/title", "悄悄改名"), ("do", "save")])).await;
    shows(&under, 409, &["先退回修改", "悄悄改名"]);
    assert_eq!(state(&site).await, (1, "submitted".to_owned()));
    // Another district's editor neither sees nor moves it.
    let elsewhere = site.staff("zhengce03").await;
    assert_eq!(elsewhere.get(&edit).await.status.as_u16(), 404);
    assert_eq!(step(&elsewhere, "publish", "1").await.status.as_u16(), 404);
    assert_eq!(elsewhere.post(&edit, &with(&[("do", "save")])).await.status.as_u16(), 404);
    // Bound to what the second person saw: written again since, it has to be looked at again.
    let looked = hidden(&second.get(&edit).await.body, "content").remove(0);
    sent(&step(&author, "return", "1").await, &edit);
    sent(&author.post(&edit, &with(&[("/amount/percent/rate", "0.9"), ("department", "1"), ("do", "save")])).await, &edit);
    sent(&step(&author, "submit", "1").await, &edit);
    let blind = [("version", "1"), ("content", looked.as_str()), ("seen", "source"), ("seen", "reach")];
    shows(&second.post(&format!("/desk/policies/{CODE}/publish"), &blind).await, 409, &["内容在您打开之后改过"]);
    sent(&step(&author, "return", "1").await, &edit);
    sent(&author.post(&edit, &with(&[("department", ""), ("do", "save")])).await, &edit);
    sent(&step(&author, "submit", "1").await, &edit);
    sent(&step(&second, "publish", "1").await, &edit);
    server::workers::drain(&site.state).await.unwrap();
    assert!(owner.get(&format!("/policies/{CODE}")).await.body.contains("研发投入补助（测试）"));

    // Changed afterwards: a second version beside the first, which stays in force.
    let reviewed_by = async || {
        let sql = "select department_id from policy_item where code = $1";
        sqlx::query_scalar::<_, Option<i64>>(sql).bind(CODE).fetch_one(&pool).await.unwrap()
    };
    sent(&second.post(&edit, &with(&[("/amount/percent/rate", "0.2"), ("department", "1"), ("do", "save")])).await, &edit);
    assert_eq!(reviewed_by().await, None, "a draft moves nothing of what is published");
    assert_eq!(state(&site).await, (2, "draft".to_owned()));
    // What differs, field by field in words.
    shows(&author.get(&edit).await, 200, &["与上一版的差别", "<th scope=\"row\">金额</th>", "× 20%"]);
    // A copy begins as a new item, with the same words and no number, and is not stored.
    let copy = author.get(&format!("/desk/policies/new?copy={CODE}")).await;
    shows(&copy, 200, &["研发投入补助（测试）（副本）", "有未保存的修改", "name=\"/id\""]);
    assert_eq!(site.staff("zhengce03").await.get(&format!("/desk/policies/new?copy={CODE}")).await.status.as_u16(), 404);
    shows(&second.get(&edit).await, 200, &["第 2 版", "0.2"]);
    let mut conn = site.state.store.system().await.unwrap();
    let first = store::policy::item::get(&mut conn, CODE, Some(1)).await.unwrap();
    assert!(first.state == "published" && first.body.contains("0.1") && !first.body.contains("0.2"));
    drop(conn);
    let exported = second.get(&format!("/desk/policies/{CODE}/json")).await;
    shows(&exported, 200, &["\"0.2\""]);
    assert!(Draft::from_json(&exported.body).unwrap().item().is_ok());

    // Withdrawn with a reason: what was typed stays where it is too short.
    let path = format!("/desk/policies/{CODE}/withdraw");
    shows(&second.post(&path, &[("version", "1"), ("reason", "")]).await, 422, &["请写明撤下的原因"]);
    sent(&second.post(&path, &[("version", "1"), ("reason", "文件已废止")]).await, &edit);
    let list = second.get(&format!("/desk/policies?state=withdrawn&q={CODE}")).await;
    shows(&list, 200, &["研发投入补助（测试）"]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn whoever_changed_a_word_publishes_none_of_it(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (author, second) = (site.staff("zhengce").await, site.staff("zhengce02").await);
    let edit = format!("/desk/policies/{CODE}/edit");
    sent(&author.post(NEW, &with(&[("do", "save")])).await, &edit);
    sent(&second.post(&edit, &with(&[("/document/no", "测〔2026〕2 号"), ("do", "save")])).await, &edit);
    sent(&step(&author, "submit", "1").await, &edit);
    assert!(!second.get("/desk/messages").await.body.contains("有政策等您核对发布"), "it does not wait for its writer");
    for editor in [&author, &second] {
        shows(&editor.get(&edit).await, 200, &["改过这一版的人都算起草人"]);
        shows(&step(editor, "publish", "1").await, 409, &["起草人不能自己发布"]);
    }
    assert_eq!(state(&site).await, (1, "submitted".to_owned()));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn facts_come_from_a_file_once_and_only_into_ones_own_area(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let mut conn = site.state.store.system().await.unwrap();
    let phone = store::identity::person_of_phone(&mut conn, "13800000002", "", site.state.now()).await.unwrap();
    let mine = store::identity::enterprises_of(&mut conn, phone).await.unwrap().remove(0);
    let long = format!(
        "统一社会信用代码,指标,数值,期间,来源\n{0},employees,77,2025,市人力社保局\n1,employees,3,2025,市人力社保局\n{0},身高,3,,\n{0},employees,很多,,\n",
        mine.uscc
    );
    let editor = site.staff("zhengce").await;
    let import = |browser: Browser, name: &'static str, text: String| async move {
        browser.send(multipart("/desk/facts", &[("source", "市统计局")], &[(name, text.into_bytes())])).await
    };
    let first = import(editor.clone(), "facts.csv", long.clone()).await;
    shows(&first, 200, &["1 行正确，1 项数据有变化", "第 3 行：", "第 4 行：", "指标库里没有“身高”", "第 5 行：", "很多"]);
    shows(&import(editor.clone(), "facts.csv", long).await, 200, &["1 行正确，0 项数据有变化"]);
    // One enterprise a row; the source of the form where the table has none.
    let wide = format!("uscc,revenue,rd_expense\n{},52000000,\n", mine.uscc);
    shows(&import(editor.clone(), "facts.csv", wide).await, 200, &["1 行正确，1 项数据有变化"]);
    let facts = store::policy::portrait::get(&mut conn, mine.id, site.state.now().date()).await.unwrap();
    let fact = |code: &str| facts.get(code).map(|fact| (fact.value.clone(), fact.source.clone())).unwrap_or_default();
    assert_eq!(fact("employees"), ("77".to_owned(), "市人力社保局".to_owned()));
    assert_eq!(fact("revenue"), ("52000000".to_owned(), "市统计局".to_owned()));
    // What cannot be read at all keeps what was typed.
    for (name, text) in [("facts.xlsx", "no workbook"), ("facts.csv", "指标,数值\nemployees,3\n"), ("facts.exe", "MZ")] {
        shows(&import(editor.clone(), name, text.to_owned()).await, 422, &["error-summary", "value=\"市统计局\""]);
    }
    let template = editor.get("/desk/facts/template").await;
    assert!(template.body.contains("统一社会信用代码,指标,数值,期间,来源"));
    // A district's editor writes into its district alone.
    let elsewhere = site.staff("zhengce03").await;
    let mut areas = [0, 0];
    let enterprises = store::enterprise::search(&mut conn, "有限公司").await.unwrap();
    for enterprise in enterprises {
        let text = format!("uscc,指标,数值\n{},employees,91\n", enterprise.uscc);
        let answer = import(elsewhere.clone(), "facts.csv", text).await;
        let inside = enterprise.area == 330_502 || enterprise.area / 1_000 == 330_502;
        let good = if inside { "1 行正确" } else { "没有这家企业，或不在本辖区" };
        shows(&answer, 200, &[good]);
        areas[usize::from(inside)] += 1;
    }
    assert!(areas[0] > 0, "some enterprise lies elsewhere");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn libraries_keep_what_was_typed(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let editor = site.staff("zhengce").await;
    let path = "/desk/policies/libraries";
    let typed = [
        ("library", "attribute"),
        ("code", "Power Use"),
        ("name", "年用电量"),
        ("kind", "count"),
        ("unit", "千瓦时"),
        ("source", "市供电公司"),
        ("refresh", "monthly"),
        ("may_state", "on"),
    ];
    let refused = editor.post(path, &typed).await;
    shows(&refused, 422, &["href=\"#code\"", "value=\"Power Use\"", "value=\"市供电公司\"", "value=\"monthly\" selected"]);
    assert!(refused.body.split("name=\"may_state\"").nth(1).unwrap().split('>').next().unwrap().contains("checked"));
    let mut right = typed;
    right[1].1 = "power_use";
    sent(&editor.post(path, &right).await, path);
    // It waits for a second person of the city; neither its author nor a district's editor is one.
    let known = async || {
        let mut conn = site.state.store.system().await.unwrap();
        store::policy::library::all(&mut conn).await.unwrap().attributes.get("power_use").map(|found| found.enterprise_may_state)
    };
    assert_eq!(known().await, None);
    let waiting = editor.get(path).await;
    shows(&waiting, 200, &["待确认的修改", "年用电量", "等另一位市级政策编辑确认"]);
    let change = hidden(&waiting.body, "change").remove(0);
    let accept = [("change", change.as_str()), ("do", "accept")];
    assert_eq!(editor.post(path, &accept).await.status, StatusCode::CONFLICT);
    let district = site.staff("zhengce03").await;
    for pairs in [&accept[..], &right[..]] {
        assert_eq!(district.post(path, pairs).await.status, StatusCode::FORBIDDEN);
    }
    let page = district.get(path).await;
    assert!(
        page.body.contains("由市级政策编辑维护") && !page.body.contains("确认生效") && !page.body.contains("name=\"library\"")
    );
    assert_eq!(known().await, None);
    let second = site.staff("zhengce02").await;
    shows(&second.get(path).await, 200, &["确认生效"]);
    sent(&second.post(path, &accept).await, path);
    assert_eq!(known().await, Some(true));
    assert_eq!(second.post(path, &accept).await.status, StatusCode::CONFLICT, "once");
}

/// The first number in a queue.
fn number(page: &str) -> String {
    page.split("href=\"/desk/applications/SQ-").nth(1).unwrap().split(['"', '?']).next().map(|end| format!("SQ-{end}")).unwrap()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_application_is_decided_in_order_and_within_its_money(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let reviewer = site.staff("jingxin").await;
    let number = number(&reviewer.get("/desk/applications?state=submitted").await.body);
    let path = format!("/desk/applications/{number}");
    shows(&reviewer.get(&path).await, 200, &["统一社会信用代码", "企业会看到"]);
    // Other departments find neither it nor its row.
    for login in ["jianshe", "zhengce03"] {
        let other = site.staff(login).await;
        for state in ["submitted", "reviewing", "paid"] {
            let queue = other.get(&format!("/desk/applications?state={state}")).await;
            shows(&queue, 200, &["政策申请"]);
            assert!(!queue.body.contains(&number), "{login} sees the row");
        }
        assert_eq!(other.get(&path).await.status.as_u16(), 404, "{login}");
    }
    // Paid or approved before its turn; refused without a reason, which stays in its own form.
    for early in ["pay", "approve"] {
        let answer = reviewer.post(&format!("{path}/{early}"), &[("amount", "1"), ("seq", "1")]).await;
        assert_eq!(answer.status.as_u16(), 409, "{early}");
    }
    // Two windows: the second is shown what the first did.
    sent(&reviewer.post(&format!("{path}/review"), &[("seq", "1")]).await, &path);
    sent(&reviewer.post(&format!("{path}/ask"), &[("text", "请补充审计报告"), ("seq", "1")]).await, &path);
    shows(&reviewer.get(&path).await, 200, &["审核中", "金额（元）"]);
    let mut conn = site.state.store.system().await.unwrap();
    let found = store::policy::application::get(&mut conn, &number).await.unwrap();
    assert_eq!((found.seq, found.state.as_str()), (2, "reviewing"));
    let short = reviewer.post(&format!("{path}/reject"), &[("text", "不"), ("seq", "2")]).await;
    shows(&short, 422, &["请写明不予通过的原因", "href=\"#text\"", ">\n不</textarea>"]);
    let wrong = reviewer.post(&format!("{path}/approve"), &[("amount", "一万"), ("text", "同意"), ("seq", "2")]).await;
    shows(&wrong, 422, &["href=\"#amount\"", "value=\"一万\"", ">\n同意</textarea>"]);
    let past = reviewer.post(&format!("{path}/notice"), &[("until", "2020-01-01"), ("seq", "2")]).await;
    shows(&past, 422, &["请选择公示截止日", "value=\"2020-01-01\""]);
    // Announced: approved only when the days are over.
    sent(&reviewer.post(&format!("{path}/notice"), &[("until", "2099-01-01"), ("seq", "2")]).await, &path);
    assert_eq!(reviewer.post(&format!("{path}/approve"), &[("amount", "1"), ("seq", "3")]).await.status.as_u16(), 409);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn nobody_approves_more_than_the_fund_has(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let reviewer = site.staff("jingxin").await;
    owner.post("/me/portrait", &[("f.equipment_investment", "6000000")]).await;
    let form = [("key", "0199b0c0-0000-7000-8000-000000000201"), ("contact_name", "姚经理"), ("contact_phone", "13800000002")];
    let pdf = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n".to_vec();
    let filed = owner.send(multipart("/policies/demo-upgrade/apply", &form, &[("发票.pdf", pdf)])).await;
    assert!(filed.location().starts_with("/applications/SQ-"), "{}", filed.body);
    let path = format!("/desk{}", filed.location());
    sent(&reviewer.post(&format!("{path}/review"), &[("seq", "1")]).await, &path);
    let colleague = site.staff("jingxin02").await;
    // More than was computed takes two, who say the same; and no two of them give more than the fund has.
    let own = ("counts-equipment_investment", "stated");
    let much = |seq: &'static str| [("amount", "60,000,000"), ("text", "合同另有补充"), ("seq", seq), own];
    shows(&reviewer.post(&format!("{path}/approve"), &much("2")).await, 422, &["请先“提请超额核准”", "value=\"60,000,000\""]);
    sent(&reviewer.post(&format!("{path}/propose"), &much("2")).await, &path);
    shows(&colleague.get(&path).await, 200, &["有同事提请按 6,000 万元 核准"]);
    let beyond = colleague.post(&format!("{path}/approve"), &much("3")).await;
    shows(&beyond, 409, &["资金不够：这项政策还剩", "value=\"60,000,000\""]);
    let more = |seq: &'static str| [("amount", "500,000"), ("text", "合同另有补充"), ("seq", seq), own];
    sent(&reviewer.post(&format!("{path}/propose"), &more("3")).await, &path);
    shows(&reviewer.post(&format!("{path}/approve"), &more("4")).await, 422, &["请另一位同事核准"]);
    let seen = owner.get(filed.location()).await;
    assert!(!seen.body.contains("提请") && !seen.body.contains("合同另有补充"), "the department's own matter");
    // Whoever keeps the policy's words may read it, and no more.
    let editor = site.staff("zhengce").await;
    shows(&editor.get(&path).await, 200, &["政策编辑只能查看"]);
    for command in ["approve", "reject", "ask", "propose"] {
        assert_eq!(editor.post(&format!("{path}/{command}"), &more("4")).await.status, StatusCode::FORBIDDEN, "{command}");
    }
    // It was computed on what the enterprise says and a department has otherwise: which of them counts is the reviewer's to say, in words.
    assert_eq!(reviewer.post(&format!("{path}/approve"), &[("amount", "480,000"), ("seq", "4")]).await.status, 422);
    let ruled = [("amount", "480,000"), ("text", "以发票为准"), ("seq", "4"), own];
    sent(&reviewer.post(&format!("{path}/approve"), &ruled).await, &path);
    // Who approves does not pay, and nobody more than was approved.
    let both = reviewer.post(&format!("{path}/pay"), &[("amount", "480000"), ("seq", "5")]).await;
    shows(&both, 422, &["核准人不能登记拨付"]);
    let paid = colleague.post(&format!("{path}/pay"), &[("amount", "4800000"), ("seq", "5")]).await;
    shows(&paid, 422, &["不能超过核准的 480,000 元", "value=\"4800000\""]);
    sent(&colleague.post(&format!("{path}/pay"), &[("amount", "480000"), ("seq", "5")]).await, &path);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_evaluation_says_the_same_in_pictures_tables_and_a_workbook(pool: PgPool) {
    use calamine::Reader;
    use http_body_util::BodyExt;
    let site = Site::demo(&pool, &[]).await;
    let editor = site.staff("zhengce").await;
    let path = "/desk/policies/demo-upgrade/evaluation";
    let page = editor.get(path).await;
    shows(&page, 200, &["<svg", "<table", "evaluation.xlsx", "满意度"]);
    let request = axum::http::Request::get(format!("{path}.xlsx")).body(axum::body::Body::empty()).unwrap();
    let bytes = editor.raw(request).await.into_body().collect().await.unwrap().to_bytes();
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes.to_vec())).unwrap();
    let sheet = book.worksheet_range("总体").unwrap();
    let mut conn = site.state.store.system().await.unwrap();
    let item = store::policy::item::get(&mut conn, "demo-upgrade", None).await.unwrap();
    let figures = store::policy::evaluation::of_item(&mut conn, item.id).await.unwrap();
    assert!(!figures.funnel.is_empty());
    for (at, (_, count)) in figures.funnel.iter().enumerate() {
        let cell = sheet.get_value((u32::try_from(at).unwrap() + 2, 1)).unwrap().to_string();
        assert_eq!(cell, count.to_string(), "row {at}");
    }
    assert_eq!(book.worksheet_range("按区县").unwrap().height(), figures.districts.len() + 1);
}

/// What the editor's island asks, as it asks it.
async fn ask<T: DeserializeOwned>(browser: &Browser, what: &str, pairs: &[(&str, &str)]) -> Result<T, RpcError> {
    use http_body_util::BodyExt;
    // The function's arguments are a structure of one field, which postcard writes as that field.
    let body = postcard::to_allocvec(pairs).unwrap();
    let request = axum::http::Request::post(format!("/rpc/policy/draft/{what}"))
        .header("sec-fetch-site", "same-origin")
        .body(axum::body::Body::from(body))
        .unwrap();
    let answer = browser.raw(request).await;
    let done = answer.status().is_success();
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    if done { Ok(postcard::from_bytes(&bytes).unwrap()) } else { Err(postcard::from_bytes(&bytes).unwrap()) }
}

fn controls_of(parts: &[Part]) -> Vec<&Control> {
    let list = parts.iter().flat_map(|part| match part {
        Part::Group(group) => controls_of(&group.parts),
        Part::Control(control) => vec![control],
        _ => Vec::new(),
    });
    list.collect()
}

#[track_caller]
fn value<'a>(sheet: &'a Sheet, name: &str) -> &'a str {
    let known = controls_of(&sheet.parts);
    &known.into_iter().find(|control| control.name == name).unwrap_or_else(|| panic!("{name} is on the form")).value
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_island_and_the_plain_form_give_the_same_commands(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let editor = site.staff("zhengce").await;
    let half = [("/title", "半句\"话\""), ("kind:/condition/all", "any")];
    let asked = |button: &'static str, more: &[(&'static str, &'static str)]| {
        let mut pairs = with(&half);
        pairs.extend(more);
        pairs.push(("do", button));
        pairs
    };
    // A group is added; who works by keyboard goes on where something is added to it.
    let sheet: Sheet = ask(&editor, "shape", &asked("add|/condition/all", &[])).await.unwrap();
    assert_eq!(value(&sheet, "/title"), "半句\"话\"");
    assert_eq!((sheet.focus.as_str(), sheet.unsaved), ("add|/condition/all/1/any", true));
    // A condition goes in and comes out; both sides name it alike.
    let group = [("list:/condition/all/0/any", ""), ("/condition/all/1/attest/question", "")];
    let others = with(&half).into_iter().filter(|(name, _)| !name.starts_with("/condition/all/0"));
    let mut pairs: Vec<(&str, &str)> = others.collect();
    pairs.extend(group);
    pairs.push(("do", "into|/condition/all/1"));
    let sheet: Sheet = ask(&editor, "shape", &pairs).await.unwrap();
    assert_eq!(value(&sheet, "/condition/all/0/any/0/attest/question"), "");
    assert_eq!(sheet.focus, "up|/condition/all/0/any/0");
    shows(&editor.post(NEW, &pairs).await, 200, &["name=\"/condition/all/0/any/0/attest/question\"", "有未保存的修改"]);
    // As it stands first: the page's own form, and nothing to complain about.
    let sheet: Sheet = ask(&editor, "shape", &[("/id", ""), ("focus", "/title")]).await.unwrap();
    assert_eq!((sheet.measured, sheet.unsaved, sheet.focus.as_str()), (Measured::default(), false, "/title"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn while_typing_faults_are_named_and_only_what_is_sound_is_previewed(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let editor = site.staff("zhengce").await;
    let wrong: Measured = ask(&editor, "preview", &with(&[("/condition/all/0/num/value", "一百万")])).await.unwrap();
    let at = |found: &Measured| found.problems.iter().map(|Fault { pointer, .. }| pointer.clone()).collect::<Vec<_>>();
    assert_eq!((at(&wrong), wrong.reach.as_str()), (vec!["/condition/all/0/num/value".to_owned()], ""));
    assert_eq!(wrong.problems[0].place, "条件 · 第 1 项 · 数值", "as the form calls it");
    // What it says against an item in force, at the control where it is mended.
    let group = [("/group/id", "vat-small"), ("/group/rule", "stack")];
    let beside: Measured = ask(&editor, "preview", &with(&group)).await.unwrap();
    let rule = beside.problems.iter().find(|fault| fault.pointer == "/group/rule").unwrap();
    assert_eq!(rule.place, "与其他条目的关系 · 规则");
    assert!(rule.sentence.contains("同组，但规则不同"), "{rule:?}");
    let nameless: Measured = ask(&editor, "preview", &with(&[("/title", ""), ("preview1", "湖州")])).await.unwrap();
    assert!(at(&nameless).contains(&"/title".to_owned()) && nameless.reach.is_empty() && nameless.tried.is_empty());
    // What nobody sees, the second person would not see either.
    let turned = [("/title", "补助\u{202e}元万01"), ("/clauses/c1", "一百\u{200b}万元以上"), ("do", "save")];
    let unseen: Measured = ask(&editor, "preview", &with(&turned)).await.unwrap();
    assert!(["/title", "/clauses/c1"].iter().all(|place| at(&unseen).iter().any(|found| found == place)), "{unseen:?}");
    assert!(unseen.reach.is_empty());
    shows(&editor.post(NEW, &with(&turned)).await, 422, &["名称：有看不见的字符", "原文：有看不见的字符"]);
    let sound: Measured = ask(&editor, "preview", &with(&[("preview1", "湖州")])).await.unwrap();
    assert!(sound.reach.starts_with("会覆盖 ") && sound.reach.contains("家企业，约 "), "{}", sound.reach);
    let [Line::Leaf(leaf)] = sound.tried[0].lines.as_slice() else { panic!("{:?}", sound.tried) };
    assert!(leaf.requirement.contains("1,000,000") || leaf.requirement.contains("100 万"), "{}", leaf.requirement);
    assert!(leaf.mark == Mark::Unknown || !leaf.actual.is_empty());
    let mut conn = site.state.store.system().await.unwrap();
    assert!(store::policy::item::get(&mut conn, CODE, None).await.is_err(), "nothing is stored");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_island_asks_within_its_own_area_alone(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let pairs = with(&[("code", "demo-research")]);
    for what in ["shape", "preview"] {
        let of = |browser: Browser| {
            let pairs = &pairs;
            async move { ask::<Sheet>(&browser, what, pairs).await.unwrap_err() }
        };
        assert_eq!(of(site.anonymous()).await, RpcError::Unauthenticated, "{what}");
        assert_eq!(of(site.member(2).await).await, RpcError::Forbidden, "{what}");
        assert_eq!(of(site.staff("jingxin").await).await, RpcError::Forbidden, "{what}");
        assert_eq!(of(site.staff("zhengce03").await).await, RpcError::NotFound, "{what}");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_district_writes_for_its_own_area_alone(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let district = site.staff("zhengce03").await;
    let page = district.get(NEW).await.body;
    assert!(!page.contains("value=\"湖州市\""), "a new draft begins with the district's own area");
    let refused = district.post(NEW, &with(&[("do", "save")])).await;
    shows(&refused, 422, &["区县的政策只适用于本区县"]);
    let mut conn = site.state.store.system().await.unwrap();
    assert!(store::policy::item::get(&mut conn, CODE, None).await.is_err(), "nothing is stored");
}
