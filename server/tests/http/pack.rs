//! 会议材料: who opens them, what is in them, and that every figure leads to as many issues as it says.

use super::site::Site;
use sqlx::PgPool;

/// Links of a page to a list of the desk, each with the figure it stands on.
fn links(page: &str, begin: &str) -> Vec<(String, usize)> {
    let mark = format!("<a href=\"{begin}");
    let found = page.split(&mark).skip(1).filter_map(|rest| {
        let (query, rest) = rest.split_once("\">")?;
        let figure = rest.trim_start_matches("<strong>").split('<').next()?.parse().ok()?;
        Some((query.replace("&amp;", "&"), figure))
    });
    found.collect()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn each_meeting_has_its_pack_of_figures_cases_and_decisions(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let centre = site.staff("centre01").await;
    let front = centre.get("/desk/packs").await.body;
    for (code, name) in [("joint", "涉企问题解决联席会议"), ("monthly", "企服中心月度例会"), ("boards", "板块例会")]
    {
        assert!(front.contains(&format!("/desk/packs/{code}")) && front.contains(name), "{code}");
        let page = centre.get(&format!("/desk/packs/{code}")).await;
        assert_eq!(page.status.as_u16(), 200, "{code}");
        for words in ["这段时间的数据", "还没有办结的难题", "决定和办理情况", "六项指标", "上一期"] {
            assert!(page.body.contains(words), "{code}: {words}");
        }
        let queues = links(&page.body, "/desk?queue=");
        assert!(queues.len() > 1, "{code}: {queues:?}");
        for (query, figure) in queues {
            let rows = centre.get(&format!("/desk/table?queue={query}&as=csv")).await.body.lines().count() - 1;
            assert_eq!(rows, figure, "{code} {query}");
        }
        for (query, figure) in links(&page.body, "/desk/indicators/issues?") {
            let behind = centre.get(&format!("/desk/indicators/issues?{query}")).await.body;
            assert_eq!(behind.matches("<a href=\"/desk/issues/").count(), figure.min(100), "{code} {query}");
        }
    }
    // The demo's decision of the joint meeting, with a task that is done and one that is not; the case that waits for the next one, with what was tried.
    let joint = centre.get("/desk/packs/joint").await.body;
    for words in ["落实改造资金", "确认办结", "完成改造方案并开工", "等会议决定", "已约三方谈了两次", "提交市联席会议研究"]
    {
        assert!(joint.contains(words), "{words}");
    }
    assert!(centre.get("/desk/indicators").await.body.contains("/desk/packs") && front.contains("打印"));
    assert!(centre.get("/desk/tasks").await.body.contains("/desk/packs"));
    // A year ago there was nothing, and that is said.
    let before = centre.get("/desk/packs/joint?from=2025-01-01&to=2025-02-01").await.body;
    assert!(before.contains("这段时间没有记录决定") && before.contains("2025年1月1日"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_pack_is_for_centres_leaders_and_supervision_each_in_its_scope(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    for login in ["jianshe", "station01", "zhengce", "admin"] {
        let browser = site.staff(login).await;
        for path in ["/desk/packs", "/desk/packs/monthly"] {
            assert_eq!(browser.get(path).await.status.as_u16(), 403, "{login} {path}");
        }
        assert!(!browser.get("/desk/account").await.body.contains("/desk/packs"), "{login} is led to no closed door");
    }
    assert_eq!(site.member(2).await.get("/desk/packs/monthly").await.status.as_u16(), 403);
    assert_eq!(site.anonymous().get("/desk/packs/monthly").await.status.as_u16(), 401);
    let leader = site.staff("lingdao").await;
    assert_eq!(leader.get("/desk/packs/weekly").await.status.as_u16(), 404);
    for (query, said) in [
        ("from=2026-13-01", "开始日期写得不对"),
        ("to=2999-01-01", "结束日期不能晚于今天"),
        ("from=2020-01-01", "一次最多看一年"),
        ("from=%3Cscript%3E&to=%00", "结束日期写得不对"),
    ] {
        let page = leader.get(&format!("/desk/packs/boards?{query}")).await;
        assert!(page.status.as_u16() == 200 && page.body.contains(said), "{query}");
    }
    // Supervision sees what is abnormal; a district's centre what it reads anyway, and no other district's.
    for login in ["jiandu", "centre03"] {
        let browser = site.staff(login).await;
        let page = browser.get("/desk/packs/monthly").await;
        assert_eq!(page.status.as_u16(), 200, "{login}");
        for number in page.body.split("href=\"/desk/issues/").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert_eq!(browser.get(&format!("/desk/issues/{number}")).await.status.as_u16(), 200, "{login} {number}");
        }
        for (query, figure) in links(&page.body, "/desk?queue=") {
            let rows = browser.get(&format!("/desk/table?queue={query}&as=csv")).await.body.lines().count() - 1;
            assert_eq!(rows, figure, "{login} {query}");
        }
    }
    let open = async |login: &str| {
        let page = site.staff(login).await.get("/desk/packs/monthly").await.body;
        page.matches("<article class=\"case\">").count()
    };
    assert!(open("centre03").await < open("centre01").await);
}
