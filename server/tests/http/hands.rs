//! Whose hands an issue is in: contact is its own act, the place decides the centre, the enterprise adds and urges, a rating that contradicts
//! itself is asked about.

use super::site::{Browser, Site, answers, file, follow, jpeg, multipart};
use app::request::hash_token;
use sqlx::PgPool;
use store::identity::{self, Who};
use time::Duration;

const CONTACT: [(&str, &str); 4] = [("way", "phone"), ("with", "姚经理"), ("reached", "yes"), ("result", "约好明天上午到现场看")];
const ACCEPT: [(&str, &str); 4] = [("category", "drainage"), ("level", "simple"), ("urgency", "normal"), ("version", "1")];

async fn page(browser: &Browser, number: &str) -> String {
    browser.get(&format!("/desk/issues/{number}")).await.body
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn contact_is_recorded_by_whoever_may_and_by_nobody_else(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let number = file(&owner, &answers("0199b0c0-0000-7000-8000-000000000a01")).await;
    let path = format!("/desk/issues/{number}/contact");
    for (who, browser, status) in [
        ("nobody", site.anonymous(), 401),
        ("its owner", site.member(2).await, 403),
        ("a stranger", site.member(3).await, 403),
        ("a leader", site.staff("lingdao").await, 403),
        ("an editor", site.staff("zhengce").await, 403),
        ("another district's centre", site.staff("centre04").await, 404),
        ("a department without it", site.staff("jianshe").await, 404),
    ] {
        assert_eq!(browser.post(&path, &CONTACT).await.status.as_u16(), status, "{who}");
    }
    let centre = site.staff("centre03").await;
    // Accepting is not contacting: the clock runs on.
    assert_eq!(centre.post(&format!("/desk/issues/{number}/accept"), &ACCEPT).await.status.as_u16(), 303);
    assert!(page(&centre, &number).await.contains("首次联系须在"));
    let answer = centre.post(&path, &[("way", "phone"), ("with", ""), ("result", "约好明天到现场")]).await;
    assert_eq!(answer.status.as_u16(), 422);
    for words in ["请填写联系了谁", "请选择是否联系上", "约好明天到现场"] {
        assert!(answer.body.contains(words), "{words}");
    }
    assert_eq!(centre.post(&path, &CONTACT).await.status.as_u16(), 303);
    assert!(page(&centre, &number).await.contains("已完成首次联系"));
    // The enterprise reads what the office says it did.
    let seen = owner.get(&format!("/issues/{number}")).await.body;
    assert!(seen.contains("联系企业：电话，姚经理") && seen.contains("约好明天上午到现场看"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_district_of_the_place_takes_it_and_both_are_shown(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let (wuxing, nanxun) = (site.staff("centre03").await, site.staff("centre04").await);
    // Chosen, or named by the place.
    let mut chosen = answers("0199b0c0-0000-7000-8000-000000000a02");
    chosen.push(("area", "330503"));
    let mut named = answers("0199b0c0-0000-7000-8000-000000000a03");
    named.retain(|(name, _)| *name != "place");
    named.push(("place", "南浔区练市镇工业园"));
    for pairs in [chosen, named] {
        let checked = follow(&owner, &owner.post("/issues/new", &pairs).await).await.body;
        assert!(checked.contains("南浔区企服中心（南浔区）"), "what is checked says who takes it");
        let number = file(&owner, &pairs).await;
        let seen = page(&nanxun, &number).await;
        assert!(seen.contains("南浔区企服中心") && seen.contains("登记地") && seen.contains("吴兴区"));
        assert_eq!(wuxing.get(&format!("/desk/issues/{number}")).await.status.as_u16(), 404);
    }
    let mut wrong = answers("0199b0c0-0000-7000-8000-000000000a04");
    wrong.push(("area", "440100"));
    let answer = owner.post("/issues/new", &wrong).await;
    assert!(answer.status.as_u16() == 422 && answer.body.contains("请选择问题发生的区县"));

    // Found elsewhere when it is accepted: that centre goes on with it.
    let number = file(&owner, &answers("0199b0c0-0000-7000-8000-000000000a05")).await;
    let mut accept = ACCEPT.to_vec();
    accept.push(("area", "330503"));
    assert_eq!(wuxing.post(&format!("/desk/issues/{number}/accept"), &accept).await.status.as_u16(), 303);
    assert!(!page(&wuxing, &number).await.contains("/dispatch"), "not theirs any more");
    assert!(page(&nanxun, &number).await.contains("/dispatch"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn other_is_an_answer_and_every_line_can_be_mended(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let mut pairs = answers("0199b0c0-0000-7000-8000-000000000a06");
    pairs.retain(|(name, _)| *name != "category");
    pairs.push(("suggested", "other"));
    let checked = owner.post("/issues/new", &pairs).await;
    let (draft, checked) = (checked.location().split_once('=').unwrap().1.to_owned(), follow(&owner, &checked).await);
    for field in ["title", "text", "category", "place", "area", "photos", "contact_name"] {
        assert!(checked.body.contains(&format!("href=\"/issues/new?draft={draft}#{field}\"")), "{field}");
    }
    let number = file(&owner, &pairs).await;
    let mut conn = site.state.store.system().await.unwrap();
    let detail = store::issue::detail(&mut conn, &number).await.unwrap();
    assert_eq!(detail.aggregate(&site.state.tables().terms.calendar).category, "other");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_enterprise_adds_words_and_photos_and_urges_once_a_day(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let number = file(&owner, &answers("0199b0c0-0000-7000-8000-000000000a07")).await;
    let (note, urge) = (format!("/issues/{number}/note"), format!("/issues/{number}/urge"));
    let shown = owner.get(&format!("/issues/{number}")).await.body;
    assert!(shown.contains("添加说明或附件") && shown.contains("催办"));
    assert_eq!(owner.get(&urge).await.status.as_u16(), 200);
    let empty = owner.send(multipart(&note, &[("text", ""), ("version", "1")], &[])).await;
    assert!(empty.status.as_u16() == 422 && empty.body.contains("请填写说明"));
    let given = owner.send(multipart(&note, &[("text", "今天又积水了"), ("version", "1")], &[("a.jpg", jpeg())])).await;
    assert_eq!(given.status.as_u16(), 303, "{}", given.body);
    assert_eq!(owner.post(&urge, &[("version", "2")]).await.status.as_u16(), 303);
    let again = owner.post(&urge, &[("version", "3")]).await;
    assert!(again.status.as_u16() == 409 && again.body.contains("今天已经催办过"), "{}", again.status);
    assert_eq!(site.member(3).await.post(&urge, &[("version", "3")]).await.status.as_u16(), 404, "a stranger's");
    // Whoever has it sees both.
    let centre = site.staff("centre03").await;
    let seen = page(&centre, &number).await;
    for words in ["今天又积水了", "企业催办", "1 次，最近"] {
        assert!(seen.contains(words), "{words}");
    }
    let mut system = site.state.store.system().await.unwrap();
    while store::outbox::drain(&mut system, time::OffsetDateTime::now_utc() + Duration::hours(1), 100).await.unwrap() > 0 {}
    let told = centre.get("/desk/messages").await.body;
    assert!(told.contains("企业催办") && told.contains("企业添加了说明"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_rating_that_contradicts_itself_is_asked_about_once(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let number = file(&owner, &answers("0199b0c0-0000-7000-8000-000000000a08")).await;
    let centre = site.staff("centre03").await;
    let handler = site.staff("jianshe").await;
    let mut conn = site.state.store.system().await.unwrap();
    let departments = store::reference::load(&mut conn).await.unwrap().departments;
    drop(conn);
    let lead = departments.iter().find(|known| known.code == "jianshe").unwrap().id.to_string();
    let desk = |command: &str| format!("/desk/issues/{number}/{command}");
    assert_eq!(centre.post(&desk("accept"), &ACCEPT).await.status.as_u16(), 303);
    assert_eq!(centre.post(&desk("dispatch"), &[("lead", &lead)]).await.status.as_u16(), 303);
    assert_eq!(handler.post(&desk("sign"), &[]).await.status.as_u16(), 303);
    let answer = [("outcome", "solved"), ("answer", "已疏通排水口，请企业查看现场。")];
    assert_eq!(handler.post(&desk("answer"), &answer).await.status.as_u16(), 303);
    let rate = format!("/issues/{number}/rate");
    let mut rating = vec![("solved", "no"), ("level", "very_satisfied"), ("version", "5")];
    let asked = owner.post(&rate, &rating).await;
    assert_eq!(asked.status.as_u16(), 422);
    assert!(asked.body.contains("您选了“没解决”，又选了“非常满意”"));
    assert!(asked.body.contains("name=\"sure\" value=\"very_satisfied\""));
    // Another contradiction is another question.
    rating[1].1 = "satisfied";
    rating.push(("sure", "very_satisfied"));
    assert_eq!(owner.post(&rate, &rating).await.status.as_u16(), 422);
    rating[3].1 = "satisfied";
    // On a station's tablet: that is kept with the rating, for the offices to see.
    let mark = "5".repeat(64);
    let mut system = site.state.store.system().await.unwrap();
    let station = identity::credentials(&mut system, "station01").await.unwrap().unwrap().id;
    identity::know_browser(&mut system, &hash_token(&mark), Who::Staff(station), site.state.now()).await.unwrap();
    drop(system);
    let mut tablet = owner.clone();
    tablet.cookie = tablet.cookie.map(|session| format!("{session}; browser={mark}"));
    assert_eq!(tablet.post(&rate, &rating).await.status.as_u16(), 303);
    let aided: (i64, bool) = sqlx::query_as(
        "select (e.event::jsonb #>> '{rating,aid,staff}')::bigint, m.aided from issue i join issue_measure m on m.issue_id = i.id
            join issue_event e on e.issue_id = i.id and e.kind = 'rated' where i.number = $1",
    )
    .bind(&number)
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(aided, (station, true));
    let told = "这次评价来自工作人员登录过的设备";
    assert!(centre.get(&format!("/desk/issues/{number}")).await.body.contains(told));
    assert!(!owner.get(&format!("/issues/{number}")).await.body.contains(told));
    let again = owner.get(&format!("/issues/{number}")).await.body;
    assert!(again.contains("第 2 次办理"));
    // From the second time on the centre may give it to another department, and says why.
    let other = departments.iter().find(|known| known.code == "zhifa").unwrap().id.to_string();
    let silent = centre.post(&desk("dispatch"), &[("lead", &other), ("note", "")]).await;
    assert!(silent.status.as_u16() == 422 && silent.body.contains("请填写交给这个部门的理由"));
    assert!(silent.body.contains("改交其他部门"));
    assert_eq!(centre.post(&desk("dispatch"), &[("lead", &other), ("note", "企业反映的是道路养护")]).await.status.as_u16(), 303);
    assert_eq!(handler.get(&format!("/desk/issues/{number}")).await.status.as_u16(), 404, "it left their sight");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_message_that_is_opened_is_read_and_names_its_problem(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let number = file(&owner, &answers("0199b0c0-0000-7000-8000-000000000a09")).await;
    let centre = site.staff("centre03").await;
    assert_eq!(centre.post(&format!("/desk/issues/{number}/accept"), &ACCEPT).await.status.as_u16(), 303);
    let mut system = site.state.store.system().await.unwrap();
    while store::outbox::drain(&mut system, time::OffsetDateTime::now_utc() + Duration::hours(1), 100).await.unwrap() > 0 {}
    let id = sqlx::query_scalar::<_, i64>(
        "select id from message where number = $1 and person_id is not null and read_at is null limit 1",
    )
    .bind(&number)
    .fetch_one(&pool)
    .await
    .unwrap()
    .to_string();
    assert!(owner.get("/messages").await.body.contains("三号车间门口的路淹了 · "), "the problem by its name");
    assert_eq!(site.member(3).await.post("/messages/open", &[("id", &id)]).await.status.as_u16(), 404, "a stranger's");
    assert_eq!(centre.post("/desk/messages/open", &[("id", &id)]).await.status.as_u16(), 404, "nor staff's");
    let opened = owner.post("/messages/open", &[("id", &id)]).await;
    assert_eq!((opened.status.as_u16(), opened.location()), (303, format!("/issues/{number}").as_str()));
    let unread = sqlx::query_scalar::<_, i64>("select count(*) from message where id = $1 and read_at is null")
        .bind(id.parse::<i64>().unwrap())
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(unread, 0);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_receipt_says_whose_and_when_and_errors_say_whom_to_call(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let number = file(&owner, &answers("0199b0c0-0000-7000-8000-000000000a10")).await;
    let mut conn = site.state.store.system().await.unwrap();
    let uscc = store::issue::detail(&mut conn, &number).await.unwrap().uscc;
    drop(conn);
    let request = axum::http::Request::get(format!("/issues/{number}/receipt")).header("host", "qifu.example");
    let receipt = owner.send(request.body(axum::body::Body::empty()).unwrap()).await.body;
    for words in [uscc.as_str(), "提交时间", "工作人员会在", "class=\"qr\""] {
        assert!(receipt.contains(words), "{words}");
    }
    assert!(owner.get(&format!("/issues/{number}")).await.body.contains("tel:12345"), "whom to call");
    // An address behind no door: nobody who is signed in is told to sign in.
    let lost = owner.get("/no-such-page").await;
    assert!(lost.status.as_u16() == 404 && lost.body.contains("tel:12345") && lost.body.contains("回到首页"));
    assert!(!lost.body.contains("去登录"));
    assert!(site.anonymous().get("/no-such-page").await.body.contains("去登录"));
}
