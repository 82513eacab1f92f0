//! 工作指标: an administrator enters them, the bulletin shows them, a settled month keeps them, and those who are measured read it.

use super::site::{Answer, Browser, Site, hidden};
use domain::calendar::midnight;
use server::workers::settle_indicators;
use sqlx::PgPool;
use store::issue::snapshot::month_after;
use time::Duration;

const ENTER: &str = "/desk/admin/work";

async fn enter(admin: &Browser, month: &str, whose: &str, visits: &str) -> Answer {
    let seen = hidden(&admin.get(&format!("{ENTER}?month={month}")).await.body, "seen").pop().unwrap_or_default();
    let fields = [("month", month), ("whose", whose), ("visits", visits), ("why", "走访台账"), ("seen", seen.as_str())];
    admin.post(ENTER, &fields).await
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_entered_is_published_and_stays(pool: PgPool) {
    let site = Site::demo(&pool, &[("QIFU_DEMO", "1")]).await;
    let first = domain::calendar::local(site.state.now()).date().replace_day(1).unwrap();
    let month = domain::work_indicator::month_text(first);
    let month = month.as_str();
    let bulletin = format!("/desk/indicators/bulletin?period={month}");
    let (admin, leader, department) = (site.staff("admin").await, site.staff("lingdao").await, site.staff("jianshe").await);

    let done = enter(&admin, month, "area:330502", "1234").await;
    assert_eq!(done.status.as_u16(), 303, "{}", done.body);
    for (whose, visits, month) in
        [("area:330502", "很多", month), ("area:1", "3", month), ("area:330502", "3", "2020-01"), ("area:330502", "3", "x")]
    {
        assert_eq!(enter(&admin, month, whose, visits).await.status.as_u16(), 422, "{whose} {visits} {month}");
    }
    // Whoever did not see the last change is shown it; what is of another district is not a district's to enter.
    let late = [("month", month), ("whose", "area:330502"), ("visits", "9"), ("why", "走访台账"), ("seen", "0")];
    assert!(admin.post(ENTER, &late).await.body.contains("您打开页面之后有人改过"));
    assert_eq!(enter(&site.staff("admin02").await, month, "area:330503", "3").await.status.as_u16(), 422);
    let log = admin.get("/desk/admin/log?kind=work_figure").await.body;
    assert!(log.contains("走访企业：1234"), "{log}");

    let page = leader.get(&bulletin).await.body;
    assert!(page.contains("工作指标") && page.contains("驿站建设") && page.contains("<td>1234</td>"), "{page}");
    let before = department.get(&bulletin).await;
    assert_eq!(before.status.as_u16(), 200);
    assert!(before.body.contains("还没有定稿") && !before.body.contains("<td>1234</td>"), "{}", before.body);

    let settled = midnight(month_after(first).replace_day(10).unwrap()) + Duration::hours(1);
    settle_indicators(&site.state, settled).await.unwrap();
    assert_eq!(enter(&admin, month, "area:330502", "4321").await.status.as_u16(), 303);
    // The department reads it beside the others', without lists that it may not open.
    let department = department.get(&bulletin).await.body;
    for page in [&leader.get(&bulletin).await.body, &department] {
        assert!(page.contains("定稿后不再变动") && page.contains("<td>1234</td>") && !page.contains("<td>4321</td>"), "{page}");
    }
    assert!(!department.contains("/desk/indicators/issues?") && !department.contains("提交了多久"), "{department}");
    let assessment = leader.get(&format!("/desk/indicators/assessment?year={}", first.year())).await;
    assert_eq!(assessment.status.as_u16(), 200);

    assert_eq!(site.anonymous().get(&bulletin).await.status.as_u16(), 401);
    assert_eq!(site.member(2).await.get(&bulletin).await.status.as_u16(), 403);
    for login in ["station01", "zhengce", "admin"] {
        assert_eq!(site.staff(login).await.get(&bulletin).await.status.as_u16(), 403, "{login}");
    }
    for login in ["lingdao", "jianshe", "centre01"] {
        assert_eq!(enter(&site.staff(login).await, month, "area:330502", "1").await.status.as_u16(), 403, "{login}");
    }
}
