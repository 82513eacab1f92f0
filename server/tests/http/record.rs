//! 案卷 and 通报: who may open them, what is in them, and that what was settled stays.

use crate::site::{Answer, Site, answers, file, sheet_rows};
use axum::http::StatusCode;
use server::workers::settle_indicators;
use sqlx::PgPool;
use time::{Date, Duration};

#[track_caller]
fn shows(answer: &Answer, status: u16, words: &[&str]) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
    for words in words {
        assert!(answer.body.contains(words), "{words}");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_file_has_everything_that_happened_and_who_read_the_number(pool: PgPool) {
    let site = Site::demo(&pool, &[("QIFU_DEMO", "1")]).await;
    // Closed in a second round: a long life, and abnormal for supervision.
    let (number, events): (String, i64) = sqlx::query_as(
        "select number, version::bigint from issue where round = 2 and state = 'closed' order by version desc, id limit 1",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    // Why it is abnormal: by which of its events, and whose that was.
    let (seq, who): (i32, String) = sqlx::query_as(
        "select e.seq, e.actor_name from issue_event e join issue i on i.id = e.issue_id where i.number = $1 and e.kind = 'redispatched'",
    )
    .bind(&number)
    .fetch_one(&pool)
    .await
    .unwrap();
    let evidence = format!(" 起（第 {seq} 条 · {who}）");
    let path = format!("/desk/issues/{number}/record");
    for login in ["jiandu", "lingdao", "centre01"] {
        let page = site.staff(login).await.get(&path).await;
        shows(&page, 200, &["案卷：", "办理过程", "再次交办", &format!("{events} 条记录都与写入时一致"), "没有人查看过"]);
        shows(&page, 200, &[&evidence]);
        shows(&site.staff(login).await.get(&format!("/desk/issues/{number}")).await, 200, &[&evidence]);
    }
    // Departments, stations, members and nobody.
    for login in ["jianshe", "station01", "admin", "zhengce"] {
        assert_eq!(site.staff(login).await.get(&path).await.status, StatusCode::FORBIDDEN, "{login}");
    }
    assert_eq!(site.member(2).await.get(&path).await.status, StatusCode::FORBIDDEN);
    shows(&site.staff("lingdao").await.get(&format!("/desk/issues/{number}")).await, 200, &["案卷（可打印）"]);
    // What supervision may not read has no file for it, and no readers.
    let unseen = "select number from issue where flags = '{}' and not watched and state = 'closed' limit 1";
    let ordinary: String = sqlx::query_scalar(unseen).fetch_one(&pool).await.unwrap();
    let other = site.staff("jiandu").await.get(&format!("/desk/issues/{ordinary}/record")).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    // Who has something to do about an issue is shown the number, and stands in its file.
    let open = file(&site.member(2).await, &answers("0199b0c0-0000-7000-8000-00000000ca5e")).await;
    let centre = site.staff("centre01").await;
    centre.get(&format!("/desk/issues/{open}")).await;
    let file = centre.get(&format!("/desk/issues/{open}/record")).await;
    shows(&file, 200, &["查看过完整电话的人", "<td>centre01</td>"]);
    // An event that was changed behind the program is named.
    let changed = "alter table issue_event disable trigger all;
        update issue_event e set actor_name = '别人' from issue i where i.id = e.issue_id and e.seq = 3 and i.number = ";
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("{changed}'{number}'"))).execute(&pool).await.unwrap();
    shows(&site.staff("lingdao").await.get(&path).await, 200, &["第 3 条记录与写入时不一致"]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_file_says_who_opened_the_issue(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let number = file(&owner, &answers("0199b0c0-0000-7000-8000-00000000ca5f")).await;
    let page = format!("/desk/issues/{number}");
    let count = "select count(*) from issue_opening";
    let times = |login: &'static str| {
        let sql = "select o.times from issue_opening o join staff s on s.id = o.staff_id where s.login = $1";
        sqlx::query_scalar::<_, i32>(sql).bind(login).fetch_optional(&pool)
    };
    // Neither the enterprise, which reads its own, nor whoever may not read it.
    for path in [format!("/issues/{number}"), format!("/issues/{number}/receipt")] {
        assert_eq!(owner.get(&path).await.status, StatusCode::OK);
    }
    let stranger = site.staff("jianshe").await;
    assert_eq!(stranger.get(&page).await.status, StatusCode::NOT_FOUND);
    assert_eq!(sqlx::query_scalar::<_, i64>(count).fetch_one(&pool).await.unwrap(), 0);
    // A page that is opened again within the hour is one look, and an hour later another one.
    let (centre, leader) = (site.staff("centre03").await, site.staff("lingdao").await);
    for _ in 0..3 {
        assert_eq!(centre.get(&page).await.status, StatusCode::OK);
    }
    assert_eq!(times("centre03").await.unwrap(), Some(1));
    sqlx::query("update issue_opening set first_at = first_at - interval '3 hours', last_at = last_at - interval '61 minutes'")
        .execute(&pool)
        .await
        .unwrap();
    centre.get(&page).await;
    assert_eq!(times("centre03").await.unwrap(), Some(2));
    // In the file, with whoever opens it, in the order of their first look.
    let record = leader.get(&format!("{page}/record")).await;
    shows(&record, 200, &["谁看过", "吴兴区企服中心 ", "（领导） ", "企业查看自己的诉求不记录"]);
    // It is printed: on paper there is no 今天, and who has it open at this moment is no part of it.
    assert!(
        !record.body.contains("今天 ") && !record.body.contains("昨天 ") && !record.body.contains("也在看"),
        "{}",
        record.body
    );
    let (first, then) = (record.body.rfind("吴兴区企服中心 "), record.body.rfind("（领导） "));
    assert!(first < then, "in order");
    assert_eq!(times("lingdao").await.unwrap(), Some(1));
    // Who moves to another office has a line for each.
    let moved = "insert into issue_opening (issue_id, staff_id, office, name, first_at, last_at)
        select issue_id, staff_id, '市数据局（部门经办）', name, now() - interval '1 year', now() - interval '1 year' from issue_opening limit 1";
    sqlx::query(moved).execute(&pool).await.unwrap();
    let record = leader.get(&format!("{page}/record")).await;
    assert!(record.body.find("市数据局（部门经办） ").unwrap() < record.body.rfind("吴兴区企服中心 ").unwrap());
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_month_is_settled_once_and_later_events_stand_beside_it(pool: PgPool) {
    let site = Site::demo(&pool, &[("QIFU_DEMO", "1")]).await;
    let today = domain::calendar::local(site.state.now()).date();
    let last = today.replace_day(1).unwrap() - Duration::days(1);
    let first = last.replace_day(1).unwrap();
    let period = first.to_string().chars().take(7).collect::<String>();
    let path = format!("/desk/indicators/bulletin?period={period}");
    let at = |day: Date, hour: u8| domain::calendar::midnight(day) + Duration::hours(i64::from(hour));
    let next = today.replace_day(1).unwrap();

    // Not before its day.
    settle_indicators(&site.state, at(next.replace_day(9).unwrap(), 23)).await.unwrap();
    let leader = site.staff("lingdao").await;
    let early = leader.get(&path).await;
    shows(&early, 200, &["次月 10 日定稿", "区县", "部门排名", "正在办理的，提交了多久", "哪里什么问题多"]);
    assert!(!early.body.contains("不属定稿数据"), "nothing is settled");
    // On its day, by two servers.
    let settled = at(next.replace_day(10).unwrap(), 1);
    let (one, other) = tokio::join!(settle_indicators(&site.state, settled), settle_indicators(&site.state, settled));
    one.and(other).unwrap();
    let count = "select count(*) from indicator_snapshot where month = $1 and kind = 'city'";
    let rows: i64 = sqlx::query_scalar(count).bind(first).fetch_one(&pool).await.unwrap();
    assert_eq!(rows, 1);
    let page = leader.get(&path).await;
    shows(&page, 200, &["定稿后不再变动", "退回率", "工作设备评价率"]);
    assert_eq!(page.body.matches("目前的情况（不属定稿数据）").count(), 2, "what is open, and where, is of now");
    // A month that was settled before that was looked at says nothing of it.
    let before = (first - Duration::days(400)).replace_day(1).unwrap();
    let kept = "insert into indicator_snapshot (month, kind, key, counts, settled_at) values ($1, 'city', '', '{\"due\": 3, \"rated\": 2}', now())";
    sqlx::query(kept).bind(before).execute(&pool).await.unwrap();
    let of_before = leader.get(&format!("/desk/indicators/bulletin?period={}", &before.to_string()[..7])).await;
    shows(&of_before, 200, &["定稿后不再变动", "退回率"]);
    assert!(!of_before.body.contains("工作设备评价率"));
    assert!(!page.body.contains("定稿后的变化"));
    // A district's is its own month, like beside like; and nothing narrows what is printed as the whole.
    let own: i64 = sqlx::query_scalar(
        "select coalesce((select (counts->>'due')::bigint from indicator_snapshot where month = $1 and kind = 'area' and key = '330502'), 0)",
    )
    .bind(first)
    .fetch_one(&pool)
    .await
    .unwrap();
    let district = site.staff("centre03").await.get(&path).await;
    shows(&district, 200, &["定稿后不再变动", &format!("本月应答复 {own} 件")]);
    assert!(!district.body.contains("定稿后的变化"), "{}", district.body);
    let listed = format!("/desk/indicators/issues?period={period}&amp;department=");
    assert!(page.body.contains(&listed) && !district.body.contains(&listed), "lists that it may not read");
    assert!(!leader.get(&format!("{path}&area=330502&board=talent")).await.body.contains("定稿后的变化"));
    // A rating that comes later moves today's figures only.
    let due: i64 =
        sqlx::query_scalar("select (counts->>'due')::bigint from indicator_snapshot where month = $1 and kind = 'city'")
            .bind(first)
            .fetch_one(&pool)
            .await
            .unwrap();
    sqlx::query(
        "update issue_measure set contacted = not contacted where issue_id = (select issue_id from issue_measure
         where not excluded and date_trunc('month', due_at at time zone 'Asia/Shanghai')::date = $1 limit 1)",
    )
    .bind(first)
    .execute(&pool)
    .await
    .unwrap();
    settle_indicators(&site.state, settled + Duration::days(1)).await.unwrap();
    shows(&leader.get(&path).await, 200, &["定稿后不再变动", "定稿后的变化", "按时响应率：定稿时", &format!("应答复 {due} 件")]);
    assert!(sqlx::query("update indicator_snapshot set counts = '{}'").execute(&pool).await.is_err(), "never changed");

    // The assessment has every settled month of the year, and their sum.
    let year = sheet_rows(&leader.get(&format!("/desk/indicators/assessment?year={}", first.year())).await, "区县");
    let (area, kept): (String, serde_json::Value) = sqlx::query_as(
        "select a.name, s.counts from indicator_snapshot s join area a on a.code::text = s.key
         where s.month = $1 and s.kind = 'area' and a.code % 100 <> 0 order by (s.counts->>'due')::bigint desc, a.code limit 1",
    )
    .bind(first)
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(year[0][..5].to_vec(), ["区县", "月份", "应答复", "高质效解决", "按时响应"]);
    let (rows, totals): (Vec<_>, Vec<_>) = year.iter().filter(|row| row[0] == area).partition(|row| row[1] != "全年合计");
    let month = rows.iter().find(|row| row[1] == format!("{} 月", u8::from(first.month()))).expect("the settled month");
    assert_eq!(month[2..5].to_vec(), ["due", "passed", "contacted"].map(|count| kept[count].to_string()));
    // What stands in a district is no sum of its months (the indicators of work, `domain::work_indicator::year`).
    let counted = year[0].iter().position(|heading| heading.starts_with("人员进驻")).expect("the indicators of work stand last");
    for column in 2..counted {
        let figure = |row: &Vec<String>| row[column].parse::<i64>().unwrap();
        let sum: i64 = rows.iter().map(|row| figure(row)).sum();
        assert_eq!(totals.iter().map(|row| figure(row)).collect::<Vec<_>>(), [sum], "{}", year[0][column]);
    }
    for login in ["jianshe", "station01", "zhengce", "admin"] {
        let other = site.staff(login).await;
        assert_eq!(other.get("/desk/indicators/assessment").await.status, StatusCode::FORBIDDEN, "{login}");
        // Departments are measured: the bulletin is for them.
        let bulletin = other.get(&path).await.status;
        assert_eq!(bulletin, if login == "jianshe" { StatusCode::OK } else { StatusCode::FORBIDDEN }, "{login}");
    }
    for odd in ["period=2026-13", "period=x", "period=9999-12", "year=99999", "year=9999", "year=0", "year=-1", "year=-9999"] {
        assert!(leader.get(&format!("/desk/indicators/bulletin?{odd}")).await.status.is_success(), "{odd}");
        let status = leader.get(&format!("/desk/indicators/assessment?{odd}")).await.status;
        assert!(status.is_success() || status == StatusCode::NOT_FOUND, "{odd}: {status}");
    }
    let weekly = leader.get("/desk/indicators/bulletin?period=2026-11-23").await;
    assert_eq!(weekly.status, StatusCode::NOT_FOUND, "a week is not published");
}
