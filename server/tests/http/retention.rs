//! How long what is personal is kept: who sets it, within what, from when, and that the job keeps to it.

use super::site::{Answer, Browser, Site, hidden, words};
use domain::calendar::local;
use domain::policy::day;
use sqlx::PgPool;
use time::Duration;

const LIST: &str = "/desk/admin/retention";
const READ: &str = "/desk/admin/retention/message_read";

fn status(answer: &Answer) -> u16 {
    answer.status.as_u16()
}

async fn set(admin: &Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
    let seen = hidden(&admin.get(path).await.body, "seen").pop().unwrap_or_default();
    let mut pairs = vec![("seen", seen.as_str()), ("why", "按市里的规定")];
    pairs.extend(fields);
    admin.post(path, &pairs).await
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_city_s_administrator_sets_a_time_within_the_law_and_nobody_else_does(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let admin = site.staff("admin").await;
    let two_years = [("keep", "2"), ("unit", "year"), ("why", "方便查询")];
    for login in ["centre01", "jianshe", "zhengce", "station01", "lingdao"] {
        let browser = site.staff(login).await;
        assert_eq!((status(&browser.get(LIST).await), status(&browser.post(READ, &two_years).await)), (403, 403), "{login}");
    }
    assert_eq!(status(&site.member(2).await.post(READ, &two_years).await), 403);
    // A district's administrator reads what the city set, and sets nothing.
    let district = site.staff("admin02").await;
    let page = district.get(READ).await;
    assert!(status(&page) == 200 && page.body.contains("由市级管理员维护") && !page.body.contains("name=\"keep\""));
    assert_eq!(status(&district.post(READ, &two_years).await), 403);

    for (path, keep, unit, words) in [
        ("/desk/admin/retention/security_event", "90", "day", "网络日志至少六个月"),
        ("/desk/admin/retention/issue_contact", "1", "year", "诉讼时效三年"),
        (READ, "99", "year", "最长"),
        (READ, "很久", "day", "请填写整数"),
        (READ, "90", "day", "最早从 7 天以后起生效"),
    ] {
        let refused = set(&admin, path, &[("keep", keep), ("unit", unit)]).await;
        assert!(status(&refused) == 422 && refused.body.contains(words), "{path} {keep} {unit}: {}", refused.body);
    }
    assert_eq!(
        status(&set(&admin, "/desk/admin/retention/session", &[("keep", "9"), ("unit", "day")]).await),
        404,
        "nobody's to set"
    );
    assert_eq!(status(&admin.get("/desk/admin/retention/nonsense").await), 404);
    let done = set(&admin, READ, &[("keep", "2"), ("unit", "year")]).await;
    assert_eq!((status(&done), done.location()), (303, READ), "{}", done.body);
    let late = admin.post(READ, &[("seen", "0"), ("keep", "3"), ("unit", "year"), ("why", "再长")]).await;
    assert!(status(&late) == 422 && late.body.contains("您打开页面之后有人改过"));

    // Known to everybody, to the log of changes, and in the file.
    let privacy = words(&site.anonymous().get("/privacy").await.body);
    assert!(privacy.contains("读过之后保存 2 年，然后删除"), "{privacy}");
    assert!(admin.get("/desk/admin/log?kind=retention").await.body.contains("保存：1 年 → 2 年"));
    let file = admin.get(&format!("{LIST}/table?as=csv&own=own")).await;
    assert!(file.body.contains("已读消息") && !file.body.contains("安全日志"), "{}", file.body);
    let noted: i64 =
        sqlx::query_scalar("select count(*) from security_event where kind = 'exported' and subject = 'retention.csv'")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!(noted, 1);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_job_keeps_to_what_holds_on_its_day_and_what_is_planned_can_be_taken_back(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let admin = site.staff("admin").await;
    let now = site.state.now();
    sqlx::query("delete from message").execute(&pool).await.unwrap();
    let old = "insert into message (staff_id, number, kind, title, body, created_at, read_at) select min(id), '', 'x', '旧的', '', $1, $1 from staff";
    sqlx::query(old).bind(now - Duration::days(100)).execute(&pool).await.unwrap();
    let left =
        async || sqlx::query_scalar::<_, i64>("select count(*) from message where kind = 'x'").fetch_one(&pool).await.unwrap();
    let from = local(now).date() + Duration::days(8);
    let (from, at) = (day::text(from), now + Duration::days(8));
    let sooner = [("keep", "60"), ("unit", "day"), ("from", from.as_str())];
    assert_eq!(status(&set(&admin, READ, &sooner).await), 303);
    let page = admin.get(READ).await.body;
    assert!(page.contains("待生效") && page.contains(&format!("{from} 起")));
    server::retention::now(&site.state.store, &site.state.photos, now).await.unwrap();
    assert_eq!(left().await, 1, "not before its day");
    let seen = hidden(&page, "seen").remove(0);
    let back = [("do", "withdraw"), ("day", from.as_str()), ("note", "暂缓"), ("seen", seen.as_str())];
    assert_eq!(status(&admin.post(READ, &back).await), 303);
    server::retention::now(&site.state.store, &site.state.photos, at).await.unwrap();
    assert_eq!(left().await, 1, "taken back");
    // Sessions that are over by that day went with the job.
    let admin = site.staff("admin").await;
    assert_eq!(status(&set(&admin, READ, &sooner).await), 303);
    let due = server::retention::due(&site.state.store, at).await.unwrap();
    let read = due.iter().find(|one| one.rule.code == "message_read").unwrap();
    assert_eq!((read.rule.keep.whole_days(), read.done), (60, 1));
    server::retention::once_a_day(&site.state.store, &site.state.photos, at).await.unwrap();
    assert_eq!(left().await, 0);
}
