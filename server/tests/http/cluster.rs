//! Common problems: found, put together, dispatched and answered together, told as a case; and nobody sees another's.

use super::site::{Browser, Site, answers, file, follow};
use server::workers::find_clusters;
use sqlx::PgPool;
use time::Duration;

/// The same problem in the words of an enterprise.
async fn problem(site: &Site, n: usize, key: &str, text: &str) -> (Browser, String) {
    let owner = site.member(n).await;
    let mut pairs = answers(key);
    pairs.retain(|(name, _)| !matches!(*name, "title" | "text" | "category"));
    pairs.extend([("title", "园区晚上漆黑一片"), ("text", text), ("category", "street")]);
    let number = file(&owner, &pairs).await;
    (owner, number)
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn several_enterprises_are_answered_together_and_each_by_its_own(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (first, one) =
        problem(&site, 2, "0199b0c0-0000-7000-8000-000000000e01", "紫荆园区晚上漆黑一片，路灯全不亮，夜班女工不敢走，我是第一家")
            .await;
    let (second, two) =
        problem(&site, 5, "0199b0c0-0000-7000-8000-000000000e02", "紫荆园区晚上漆黑一片，路灯全不亮，夜班女工不敢走，我是第二家")
            .await;
    let centre = site.staff("centre01").await;
    // The demo's own problems may make a larger group, which is open then: this one is a link, by its latest issue.
    let page = centre.get(&format!("/desk/clusters?group={two}")).await.body;
    assert!(page.contains(&one) && page.contains(&two) && page.contains("相似度"));
    let picks = [format!("{one}=100"), format!("{two}=90")];
    let alone = [("title", "园区照明"), ("pick", picks[0].as_str())];
    let refused = centre.post("/desk/clusters", &alone).await;
    assert!(refused.status.as_u16() == 422 && refused.body.contains("至少要有两家企业"));
    let crowd: Vec<String> = (0..201).map(|n| format!("HZ-2026-{n:09}=100")).collect();
    let mut many = vec![("title", "园区照明")];
    many.extend(crowd.iter().map(|pick| ("pick", pick.as_str())));
    let refused = centre.post("/desk/clusters", &many).await;
    assert!(refused.status.as_u16() == 422 && refused.body.contains("一次最多勾选 200 件"));
    let both = [("title", "紫荆园区照明"), ("pick", picks[0].as_str()), ("pick", picks[1].as_str())];
    for login in ["jianshe", "lingdao", "jiandu", "admin"] {
        assert_eq!(site.staff(login).await.post("/desk/clusters", &both).await.status.as_u16(), 403, "{login}");
    }
    assert_eq!(first.post("/desk/clusters", &both).await.status.as_u16(), 403);
    let made = centre.post("/desk/clusters", &both).await;
    let path = made.location().to_owned();
    assert!(follow(&centre, &made).await.body.contains("一起交办"));

    let mut conn = site.state.store.system().await.unwrap();
    let known = store::reference::load(&mut conn).await.unwrap().departments;
    let lead = known.iter().find(|known| known.code == "jianshe").unwrap().id.to_string();
    drop(conn);
    let handler = site.staff("jianshe").await;
    assert_eq!(handler.get(&path).await.location(), "/desk/clusters", "not theirs yet");
    assert_eq!(centre.post(&format!("{path}/dispatch"), &[("lead", "")]).await.status.as_u16(), 422);
    for nobody in ["999999999", "-1", "9223372036854775807"] {
        let refused = centre.post(&format!("{path}/dispatch"), &[("lead", nobody), ("note", "")]).await;
        assert!(refused.status.as_u16() == 422 && refused.body.contains("没有这个部门"), "{nobody}: {}", refused.body);
    }
    let given = centre.post(&format!("{path}/dispatch"), &[("lead", lead.as_str()), ("note", "")]).await;
    assert!(follow(&centre, &given).await.body.matches("已交办给").count() >= 2);

    assert_eq!(handler.post(&format!("/desk/issues/{one}/sign"), &[]).await.status.as_u16(), 303);
    let words = "园区照明线路已全部更换，即日起夜间恢复照明，并安排每周巡查。";
    let answer = [("outcome", "solved"), ("answer", words)];
    assert_eq!(handler.post(&format!("{path}/answer"), &[("outcome", "solved"), ("answer", "短")]).await.status.as_u16(), 422);
    for (login, status) in [("centre01", 403), ("jingxin", 404), ("lingdao", 404), ("admin", 403)] {
        assert_eq!(site.staff(login).await.post(&format!("{path}/answer"), &answer).await.status.as_u16(), status, "{login}");
    }
    let done = follow(&handler, &handler.post(&format!("{path}/answer"), &answer).await).await.body;
    assert!(done.contains("已答复，等企业评价") && done.contains("不能"), "the one that was not signed says why: {done}");
    assert_eq!(handler.post(&format!("/desk/issues/{two}/sign"), &[]).await.status.as_u16(), 303);
    let again = follow(&handler, &handler.post(&format!("{path}/answer"), &answer).await).await.body;
    assert_eq!(again.matches("已答复，等企业评价").count(), 2, "the rest, and none twice");

    // Each enterprise has an answer of its own, and nothing of the other's.
    for (owner, own, others) in [(&first, &one, "我是第二家"), (&second, &two, "我是第一家")] {
        let page = owner.get(&format!("/issues/{own}")).await.body;
        assert!(page.contains(words) && !page.contains(others) && !page.contains("共性"));
        assert_eq!(owner.get(&path).await.status.as_u16(), 403);
        let rate = [("solved", "yes"), ("level", "satisfied")];
        assert_eq!(owner.post(&format!("/issues/{own}/rate"), &rate).await.status.as_u16(), 303);
    }
    // Told as a case, with neither enterprise's name.
    assert!(centre.get(&path).await.body.contains("写典型案例"));
    let mut conn = site.state.store.system().await.unwrap();
    let other = store::issue::detail(&mut conn, &two).await.unwrap().enterprise_name;
    drop(conn);
    let named = format!("{other}反映园区晚上没有路灯，员工夜里上下班不安全。");
    let mut case = vec![
        ("issue", one.as_str()),
        ("title", "园区路灯不亮，统一更换线路"),
        ("problem", named.as_str()),
        ("answer", words),
        ("rule", "《城市照明管理规定》"),
        ("seen", "yes"),
    ];
    assert_eq!(centre.post("/desk/cases/new", &case).await.status.as_u16(), 422, "the other enterprise is named");
    case[2] = ("problem", "几家企业反映园区晚上没有路灯，员工夜里上下班不安全。");
    let told = centre.post("/desk/cases/new", &case).await;
    assert_eq!(told.status.as_u16(), 303);
    assert!(centre.get(&path).await.body.contains("已写成典型案例"));
}

/// Messages about common problems: whose, title, text.
async fn told(pool: &PgPool) -> Vec<(String, String, String)> {
    let sql = "select s.login, m.title, m.body from message m join staff s on s.id = m.staff_id where m.kind = 'cluster_found' order by m.id";
    sqlx::query_as(sql).fetch_all(pool).await.unwrap()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_worker_finds_them_each_morning_once_and_tells_the_centre(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let text = |who| format!("紫荆园区晚上漆黑一片，路灯全不亮，夜班女工不敢走，我是{who}");
    let (_, one) = problem(&site, 2, "0199b0c0-0000-7000-8000-000000000e11", &text("第一家")).await;
    let (_, two) = problem(&site, 5, "0199b0c0-0000-7000-8000-000000000e12", &text("第二家")).await;
    let today = domain::calendar::local(site.state.now()).date();
    let at = |days: i64, hour: i64| domain::calendar::midnight(today) + Duration::days(days) + Duration::hours(hour);
    let centre = site.staff("centre01").await;
    assert!(centre.get("/desk/clusters").await.body.contains("刚刚发现"), "on demand before any worker looked");
    // By night nobody looks; in the morning of two servers one does.
    find_clusters(&site.state, at(1, 5)).await.unwrap();
    assert!(told(&pool).await.is_empty());
    let (first, other) = tokio::join!(find_clusters(&site.state, at(1, 7)), find_clusters(&site.state, at(1, 7)));
    first.and(other).unwrap();
    let messages = told(&pool).await;
    let of = |login: &str| messages.iter().filter(|(whose, ..)| whose == login).collect::<Vec<_>>();
    assert_eq!((of("centre01").len(), of("centre02").len()), (1, 1), "one each, not one a group: {messages:?}");
    assert!(of("centre01")[0].1.starts_with("发现 ") && of("centre01")[0].2.contains("相似度最高"));
    assert!(messages.iter().all(|(login, ..)| login.starts_with("centre")), "{messages:?}");
    let kept = "select count(distinct f.first_issue) from cluster_found f join issue i on i.id = f.issue_id where f.area = 330500 and i.number in ($1, $2)";
    let groups: i64 = sqlx::query_scalar(kept).bind(&one).bind(&two).fetch_one(&pool).await.unwrap();
    assert_eq!(groups, 1, "both in one group of the city's");
    assert!(centre.get("/desk/messages").await.body.contains("可能的共性问题"));
    assert!(centre.get("/desk/clusters").await.body.contains("系统每天早上比较一次"));

    // The same day again, and the next with one that joins a group of the city's: the city is told nothing twice. In the district of the third the group
    // is new, as it has two of them only now.
    let city = of("centre01").len();
    find_clusters(&site.state, at(1, 9)).await.unwrap();
    let (_, three) = problem(&site, 8, "0199b0c0-0000-7000-8000-000000000e13", &text("第三家")).await;
    find_clusters(&site.state, at(2, 7)).await.unwrap();
    let to_city = async || told(&pool).await.into_iter().filter(|(login, ..)| login == "centre01").count();
    assert_eq!(to_city().await, city);
    let joined = "select f.first_issue = (select first_issue from cluster_found g join issue o on o.id = g.issue_id where g.area = f.area and o.number = $2)
        from cluster_found f join issue i on i.id = f.issue_id where f.area = 330500 and i.number = $1";
    assert!(sqlx::query_scalar::<_, bool>(joined).bind(&three).bind(&one).fetch_one(&pool).await.unwrap(), "it joined");
    // A new one is told, with its score; by the ways the administrator chose.
    let admin = site.staff("admin").await;
    let switch =
        [("audience", "centre"), ("shown", "cluster_found"), ("on", "cluster_found/centre/mail"), ("why", "发邮件就够了")];
    assert_eq!(admin.post("/desk/admin/routes", &switch).await.status.as_u16(), 303);
    let mail = [("mobile", ""), ("mail", "zhang@example.com")];
    assert_eq!(centre.post("/desk/notices", &mail).await.status.as_u16(), 303);
    for (n, key) in [(11, "0199b0c0-0000-7000-8000-000000000e14"), (14, "0199b0c0-0000-7000-8000-000000000e15")] {
        let words = format!("翠微码头的吊机坏了两个月，集装箱卸不下来，货船排队等着，我是第 {n} 家");
        let owner = site.member(n).await;
        let mut pairs = answers(key);
        pairs.retain(|(name, _)| !matches!(*name, "title" | "text"));
        pairs.extend([("title", "码头吊机坏了"), ("text", words.as_str())]);
        file(&owner, &pairs).await;
    }
    find_clusters(&site.state, at(3, 7)).await.unwrap();
    assert_eq!(to_city().await, city, "no message here any more");
    let line: Vec<String> =
        sqlx::query_scalar("select payload ->> 'text' from job where kind = 'mail_notice'").fetch_all(&pool).await.unwrap();
    assert!(line.len() == 1 && line[0].contains("发现共性问题") && !line[0].contains("吊机"), "{line:?}");
    let days: Vec<i32> =
        sqlx::query_scalar("select found from cluster_day where area = 330500 order by day").fetch_all(&pool).await.unwrap();
    assert!(days.len() == 3 && days[0] > 0 && days[1..] == [0, 1], "{days:?}");
}
