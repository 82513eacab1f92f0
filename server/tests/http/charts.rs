//! Charts: each drawing has its words, and every figure beside it leads to as many issues as it says.

use super::site::{Browser, Site};
use sqlx::PgPool;
use std::collections::BTreeSet;

/// Every drawing says what it is, by words of its own.
fn drawn(page: &str) -> usize {
    let of_figures = |rest: &&str| rest.split('>').next().is_some_and(|tag| tag.contains("class=\"bars"));
    let drawings: Vec<&str> =
        page.split("<svg").skip(1).filter(of_figures).filter_map(|rest| rest.split("</svg>").next()).collect();
    let mut ids = BTreeSet::new();
    for drawing in &drawings {
        let names = drawing.split("aria-labelledby=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        for (name, tag) in names.split(' ').zip(["title", "desc"]) {
            let words = drawing.split(&format!("<{tag} id=\"{name}\">")).nth(1).and_then(|rest| rest.split('<').next());
            assert!(words.is_some_and(|words| !words.is_empty()), "{name} of {drawing}");
            assert!(ids.insert(name.to_owned()), "{name} twice on a page");
        }
        assert!(drawing.contains("role=\"img\"") && !drawing.contains("<a "));
    }
    drawings.len()
}

/// Follows links to the issues behind a figure, so many of them.
async fn followed(browser: &Browser, page: &str, most: usize) -> usize {
    let links: Vec<(String, usize)> = page
        .split("<a href=\"/desk/indicators/issues?")
        .skip(1)
        .filter_map(|rest| {
            let (query, rest) = rest.split_once("\">")?;
            let figure = rest.split('<').next()?.parse().ok()?;
            Some((query.replace("&amp;", "&"), figure))
        })
        .collect();
    for (query, figure) in links.iter().take(most) {
        let behind = browser.get(&format!("/desk/indicators/issues?{query}")).await.body;
        assert_eq!(behind.matches("<a href=\"/desk/issues/").count(), (*figure).min(100), "{query}");
    }
    links.len()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn drawings_have_words_and_figures_have_lists(pool: PgPool) {
    let site = Site::demo(&pool, &[("QIFU_DEMO", "1")]).await;
    let period: String = sqlx::query_scalar(
        "select to_char(due_at at time zone 'Asia/Shanghai', 'YYYY-MM') from issue_measure where not excluded and due_at < $1
         group by 1 order by count(*) desc limit 1",
    )
    .bind(site.state.now())
    .fetch_one(&pool)
    .await
    .unwrap();
    let indicators = format!("/desk/indicators?period={period}");
    let bulletin = format!("/desk/indicators/bulletin?period={period}");
    for (login, path, least) in [
        ("lingdao", "/desk/figures", 3),
        ("lingdao", "/desk/figures?by=month", 3),
        ("jiandu", "/desk/figures", 1),
        ("lingdao", indicators.as_str(), 3),
        ("centre01", indicators.as_str(), 3),
        ("centre03", indicators.as_str(), 1),
        ("jianshe", indicators.as_str(), 1),
        ("lingdao", bulletin.as_str(), 2),
        ("centre01", "/desk/packs/monthly", 0),
    ] {
        let browser = site.staff(login).await;
        let page = browser.get(path).await;
        assert_eq!(page.status.as_u16(), 200, "{login} {path}");
        assert!(drawn(&page.body) >= least, "{login} {path}: {}", drawn(&page.body));
        assert!(!page.body.contains("<script type=\"module\""), "{login} {path}: no module for a drawing");
        followed(&browser, &page.body, 30).await;
    }
    // Which problems come up where: the table is there, shaded, and its figures lead on.
    let leader = site.staff("lingdao").await;
    let page = leader.get(&indicators).await.body;
    assert!(page.contains("class=\"figures heat\"") && page.contains("heat-4") && page.contains("category="));
    assert!(followed(&leader, &page, 0).await > 10);
    let months = leader.get("/desk/figures?by=month").await.body;
    assert!(months.contains("近 12 个月") && months.contains(&format!("/desk/indicators?period={period}")));
    // A department's figures are its own, and what is open by age is not its business here.
    assert!(!site.staff("jianshe").await.get(&indicators).await.body.contains("提交了多久"));
}
