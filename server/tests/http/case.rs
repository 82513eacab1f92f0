//! 典型案例 before somebody files: what resembles the words is shown while they are typed and once more before they are sent, published words alone.

use super::site::{Browser, Site, answers, call, draft_form, file, follow};
use app::error::RpcError;
use app::filing::rpc::{Solved, Suggest, Suggested};
use sqlx::PgPool;

const WORDS: &str = "园区的蒸汽压力不足，定型机开不起来，已经停了两天";
const TITLE: &str = "园区蒸汽压力不足，两天恢复供热";
const ADVICE: &str = "供热企业当天检修减压阀，两天内恢复压力";

/// Publishes it, of a category that the words do not point to; nothing else is told.
async fn told(pool: &PgPool) -> i64 {
    sqlx::query("update typical_case set withdrawn_at = now() where withdrawn_at is null").execute(pool).await.unwrap();
    let sql = "insert into typical_case (title, problem, answer, rule, category, area, requested_at, closed_at, published_at)
        values ($1, '一家印染企业反映园区集中供热的蒸汽压力不足，定型机开不起来。', $2, '供用热合同约定的压力', 'street', 330502,
            now() - interval '9 days', now(), now()) returning id";
    sqlx::query_scalar(sql).bind(TITLE).bind(format!("{ADVICE}。以后每周通报一次。")).fetch_one(pool).await.unwrap()
}

async fn suggested(browser: &Browser, text: &str) -> Result<Suggested, RpcError> {
    browser.send(call(&Suggest { text: text.to_owned() })).await.island()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn whoever_writes_a_similar_problem_sees_the_case_and_files_all_the_same(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let id = told(&pool).await;
    // Another enterprise wrote the very same, and something of its own: nobody sees it.
    let mut others = answers("0199b0c0-0000-7000-8000-000000000c01");
    others.retain(|(name, _)| !matches!(*name, "title" | "text"));
    others.extend([("title", "蒸汽压力不足"), ("text", "园区的蒸汽压力不足，定型机开不起来，赔了甲方四十万")]);
    file(&site.member(3).await, &others).await;

    let (owner, station, centre) = (site.member(2).await, site.staff("station01").await, site.staff("centre01").await);
    for browser in [&owner, &station] {
        let shown = suggested(browser, WORDS).await.unwrap().cases;
        let [case]: [Solved; 1] = shown.try_into().expect("one case");
        // A sentence of the answer, and nobody else's words.
        let lines = format!("{TITLE}\n{ADVICE}\n依据：供用热合同约定的压力（在新窗口打开）");
        assert_eq!((case.href, case.lines), (format!("/cases/{id}"), lines));
        for text in ["", "蒸", "员工子女上学没有学位，想问问怎么报名"] {
            assert_eq!(suggested(browser, text).await.unwrap().cases, Vec::new(), "{text}");
        }
    }
    assert_eq!(suggested(&site.anonymous(), WORDS).await, Err(RpcError::Unauthenticated));

    // Without a module: on the last look, and on the questions when they are opened again.
    let mut pairs = answers("0199b0c0-0000-7000-8000-000000000c02");
    pairs.retain(|(name, _)| !matches!(*name, "title" | "text"));
    pairs.push(("text", WORDS));
    let checked = owner.post("/issues/new", &pairs).await;
    let look = follow(&owner, &checked).await.body;
    assert!(look.contains(TITLE) && look.contains("确认提交") && !look.contains("相似度") && !look.contains("四十万"));
    assert!(look.find(TITLE) < look.find("确认提交"), "above the button");
    assert!(draft_form(&owner, &checked).await.body.contains(TITLE));
    let number = file(&owner, &pairs).await;
    assert!(owner.get(&format!("/issues/{number}")).await.status.is_success(), "filed all the same");

    // Taken back it is gone at once, for those as well who still may read it.
    assert_eq!(centre.post(&format!("/desk/cases/{id}/withdraw"), &[]).await.status.as_u16(), 303);
    for browser in [&owner, &station, &centre] {
        assert_eq!(suggested(browser, WORDS).await.unwrap().cases, Vec::new());
    }
    pairs.retain(|(name, _)| *name != "key");
    pairs.push(("key", "0199b0c0-0000-7000-8000-000000000c03"));
    let again = owner.post("/issues/new", &pairs).await;
    assert!(!follow(&owner, &again).await.body.contains(TITLE));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_a_case_says_is_text_wherever_it_is_shown(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let id = told(&pool).await;
    sqlx::query("update typical_case set title = '<b>园区蒸汽压力不足</b>', answer = '<script>1</script>' where id = $1")
        .bind(id)
        .execute(&pool)
        .await
        .unwrap();
    let owner = site.member(2).await;
    let cases = suggested(&owner, WORDS).await.unwrap().cases;
    assert!(cases[0].lines.starts_with("<b>园区蒸汽压力不足</b>"), "text, whatever it looks like");
    // Where the server makes a page of it.
    let mut pairs = answers("0199b0c0-0000-7000-8000-000000000c04");
    pairs.retain(|(name, _)| !matches!(*name, "title" | "text"));
    pairs.push(("text", WORDS));
    let checked = owner.post("/issues/new", &pairs).await;
    for shown in [follow(&owner, &checked).await.body, draft_form(&owner, &checked).await.body] {
        assert!(shown.contains("&lt;b&gt;园区蒸汽压力不足") && !shown.contains("<b>") && !shown.contains("<script>1"), "{shown}");
    }
}
