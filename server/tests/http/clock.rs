//! The clocks of the loop as people see them, over the whole server: the clock of the process is put where each of these begins, requests go through the
//! router, and the workers take their turns. What the rules say alone is in `domain/tests/issue_alarms.rs`.

use super::site::{Browser, Site, answers, file, multipart, words};
use server::workers;
use sqlx::PgPool;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

const CONTACT: [(&str, &str); 4] = [("way", "phone"), ("with", "姚经理"), ("reached", "yes"), ("result", "约好到现场看")];
const ACCEPT: [(&str, &str); 3] = [("category", "drainage"), ("level", "simple"), ("urgency", "normal")];

/// Puts the clock of a server where a test wants it. It goes on from there.
fn put(site: &Site, then: OffsetDateTime) {
    site.state.store.put_ahead(then - site.state.now());
}

/// One turn of the workers that go by the clock.
async fn turn(site: &Site) {
    workers::pauses(&site.state).await.unwrap();
    workers::alarms(&site.state).await.unwrap();
    workers::drain(&site.state).await.unwrap();
}

/// Files as the second enterprise.
async fn filed(site: &Site, n: u8) -> String {
    file(&site.member(2).await, &answers(&format!("0199b0c0-0000-7000-8000-0000000010{n:02}"))).await
}

async fn seen(browser: &Browser, number: &str) -> String {
    browser.get(&format!("/desk/issues/{number}")).await.body
}

/// Gives a command at the desk, now.
async fn give(site: &Site, login: &str, number: &str, command: &str, fields: &[(&str, &str)]) {
    let answer = site.staff(login).await.post(&format!("/desk/issues/{number}/{command}"), fields).await;
    assert_eq!(answer.status.as_u16(), 303, "{command}: {}", answer.body);
}

/// When a step is due, as the desk's table of limits has it; its status is not looked at.
fn due(page: &str, step: &str) -> String {
    let (_, row) = page.split_once(&format!("<th scope=\"row\">{step}</th>")).unwrap_or_else(|| panic!("no row of {step}"));
    let (_, time) = row.split_once("datetime=\"").unwrap();
    time.split('"').next().unwrap().to_owned()
}

/// What somebody was told of an issue, by its title, in order.
async fn told(pool: &PgPool, login: &str, number: &str) -> Vec<String> {
    let sql =
        "select m.title from message m join staff s on s.id = m.staff_id where s.login = $1 and m.number = $2 order by m.id";
    sqlx::query_scalar(sql).bind(login).bind(number).fetch_all(pool).await.unwrap()
}

/// What the clock did to an issue, in order: what it was, of which limit, owed when.
async fn rung(site: &Site, number: &str) -> Vec<(&'static str, OffsetDateTime)> {
    use domain::issue::Event;
    let mut conn = site.state.store.system().await.unwrap();
    let detail = store::issue::detail(&mut conn, number).await.unwrap();
    let of_clock = |event: &Event| match event {
        Event::Warned { due, .. } | Event::Overdue { due, .. } => Some((event.kind(), *due)),
        Event::Escalated { since, .. } => Some((event.kind(), *since)),
        _ => None,
    };
    detail.events.iter().filter_map(|row| of_clock(&row.event)).collect()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn every_page_shows_when_a_filing_is_due_around_holidays_and_at_the_edges_of_the_day(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    // 15 to 23 February 2026 and 1 to 7 October are off; Saturdays 14 and 28 February and 10 October are worked.
    let cases = [
        // At the closing of a working Saturday, the day before Spring Festival.
        (datetime!(2026-02-14 17:30 +8), ["2026-02-24T10:00", "2026-02-24T17:30", "2026-03-06T17:30"], "3月6日 周五 17:30 前"),
        // On a Saturday that works, behind it.
        (datetime!(2026-02-28 10:30 +8), ["2026-02-28T11:30", "2026-03-02T10:30", "2026-03-13T10:30"], "3月13日 周五 10:30 前"),
        // The day before National Day.
        (datetime!(2026-09-30 16:00 +8), ["2026-09-30T17:00", "2026-10-08T16:00", "2026-10-20T16:00"], "10月20日 周二 16:00 前"),
        // At noon and at the closing of a plain Monday.
        (datetime!(2026-11-23 12:00 +8), ["2026-11-23T14:30", "2026-11-24T12:00", "2026-12-07T12:00"], "12月7日 周一 12:00 前"),
        (datetime!(2026-11-23 17:30 +8), ["2026-11-24T10:00", "2026-11-24T17:30", "2026-12-07T17:30"], "12月7日 周一 17:30 前"),
    ];
    for (n, (at, dues, said)) in (1..).zip(cases) {
        put(&site, at);
        let number = filed(&site, n).await;
        let owner = site.member(2).await;
        let receipt = words(&owner.get(&format!("/issues/{number}/receipt")).await.body);
        assert!(receipt.contains(said), "{at}: the receipt promises {said}");
        assert!(receipt.contains(&domain::calendar::words::dated(at)), "{at}: whole, as it is kept");
        let own = owner.get(&format!("/issues/{number}")).await.body;
        assert!(own.contains(&format!("<time datetime=\"{}+08:00\">{said}</time>", dues[2])), "{at}: and so does its page");
        let page = seen(&site.staff("centre03").await, &number).await;
        for (step, expected) in ["首次联系", "受理", "答复"].into_iter().zip(dues) {
            assert_eq!(due(&page, step), format!("{expected}+08:00"), "{at}: {step}");
        }
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn over_national_day_nobody_is_warned_before_the_first_working_day_and_supervision_sees_it_then(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    put(&site, datetime!(2026-09-30 16:00 +8));
    let number = filed(&site, 20).await;
    give(&site, "centre03", &number, "contact", &CONTACT).await;
    for holiday in [datetime!(2026-10-01 09:00 +8), datetime!(2026-10-05 15:00 +8), datetime!(2026-10-08 14:35 +8)] {
        put(&site, holiday);
        turn(&site).await;
        assert!(rung(&site, &number).await.is_empty(), "{holiday}");
        let page = site.staff("jiandu").await.get(&format!("/desk/issues/{number}")).await;
        assert_eq!(page.status.as_u16(), 404, "{holiday}: nothing is wrong with it");
    }
    // Four fifths of its working day: the database goes by the same clock, before any worker had its turn.
    put(&site, datetime!(2026-10-08 14:37 +8));
    let supervisor = site.staff("jiandu").await;
    assert_eq!(supervisor.get(&format!("/desk/issues/{number}")).await.status.as_u16(), 200);
    for _ in 0..2 {
        turn(&site).await;
        let warned =
            told(&pool, "centre03", &number).await.into_iter().filter(|title| title.starts_with("预警")).collect::<Vec<_>>();
        assert_eq!(warned, ["预警：受理快到期"], "once");
    }
    // Accepted in time. What the department is given on Friday afternoon is to be signed on the Saturday that works.
    give(&site, "centre03", &number, "accept", &ACCEPT).await;
    put(&site, datetime!(2026-10-09 16:00 +8));
    let mut conn = site.state.store.system().await.unwrap();
    let lead = store::reference::load(&mut conn).await.unwrap().department_by_code("jianshe").unwrap().id.to_string();
    drop(conn);
    give(&site, "centre03", &number, "dispatch", &[("lead", &lead)]).await;
    let page = seen(&site.staff("jianshe").await, &number).await;
    assert_eq!(due(&page, "签收"), "2026-10-10T16:00+08:00");
    assert_eq!(due(&page, "答复"), "2026-10-13T16:00+08:00", "a simple one, since it was filed");
    put(&site, datetime!(2026-10-10 16:01 +8));
    turn(&site).await;
    assert!(told(&pool, "jianshe", &number).await.contains(&"超期：签收".to_owned()));
    assert!(seen(&site.staff("centre03").await, &number).await.contains("时限已到，还没有完成："));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_pause_across_a_holiday_and_more_time_move_the_due_time_by_what_they_say(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    put(&site, datetime!(2026-09-29 10:00 +8));
    let number = filed(&site, 30).await;
    let mut conn = site.state.store.system().await.unwrap();
    let lead = store::reference::load(&mut conn).await.unwrap().department_by_code("jianshe").unwrap().id.to_string();
    drop(conn);
    give(&site, "centre03", &number, "contact", &CONTACT).await;
    give(&site, "centre03", &number, "accept", &ACCEPT).await;
    give(&site, "centre03", &number, "dispatch", &[("lead", &lead)]).await;
    give(&site, "jianshe", &number, "sign", &[]).await;
    give(&site, "jianshe", &number, "progress", &[("progress", "已到现场查看，正在找排水口")]).await;
    let own = async || site.member(2).await.get(&format!("/issues/{number}")).await.body;
    let answer = async || due(&seen(&site.staff("jianshe").await, &number).await, "答复");
    assert_eq!(answer().await, "2026-10-12T10:00+08:00");
    // 待补充 from an hour and a half before the holiday until an hour after the second opening behind it.
    put(&site, datetime!(2026-09-30 16:00 +8));
    give(&site, "jianshe", &number, "ask", &[("what", "请补充管线位置图")]).await;
    let page = own().await;
    assert!(words(&page).contains("请在10月13日 周二 16:00 前补充"), "five working days, the holiday left out");
    put(&site, datetime!(2026-10-05 10:00 +8));
    turn(&site).await;
    assert!(seen(&site.staff("jianshe").await, &number).await.contains("待企业补充，暂停计时"));
    put(&site, datetime!(2026-10-09 10:00:30 +8));
    let path = format!("/issues/{number}/supply");
    let supplied = site.member(2).await.send(multipart(&path, &[("text", "管线位置见说明，东门外三米")], &[])).await;
    assert_eq!(supplied.status.as_u16(), 303, "{}", supplied.body);
    let page = own().await;
    assert!(words(&page).contains("答复期限顺延到10月13日 周二 14:00 前"), "by nine and a half working hours");
    assert!(page.contains("<time datetime=\"2026-10-13T14:00+08:00\">"));
    assert_eq!(answer().await, "2026-10-13T14:00+08:00");
    // 延期: asked for on the Friday, granted on the Saturday that works.
    let reason = ("extend_reason", "要等水务部门的管线图");
    give(&site, "jianshe", &number, "extend", &[("days", "2"), reason]).await;
    assert_eq!(answer().await, "2026-10-13T14:00+08:00", "asking moves nothing");
    put(&site, datetime!(2026-10-10 09:30 +8));
    give(&site, "centre03", &number, "grant", &[("grant_reason", "管线图下周才能拿到")]).await;
    assert_eq!(answer().await, "2026-10-15T14:00+08:00");
    put(&site, datetime!(2026-10-10 09:31 +8));
    assert!(words(&own().await).contains("原为10月13日 周二 14:00 前，现为10月15日 周四 14:00 前"));
    // Past the end that it had, nobody is told a thing; before the one it has, once.
    put(&site, datetime!(2026-10-13 14:30 +8));
    turn(&site).await;
    assert!(rung(&site, &number).await.is_empty(), "neither warned nor late");
    let end = datetime!(2026-10-15 14:00 +8);
    for now in [datetime!(2026-10-14 15:00 +8), datetime!(2026-10-15 13:50 +8)] {
        put(&site, now);
        turn(&site).await;
        assert_eq!(told(&pool, "jianshe", &number).await.iter().filter(|title| *title == "预警：答复快到期").count(), 1, "{now}");
    }
    put(&site, end + Duration::minutes(1));
    turn(&site).await;
    turn(&site).await;
    assert_eq!(told(&pool, "jianshe", &number).await.iter().filter(|title| *title == "超期：答复").count(), 1);
    assert!(own().await.contains("已超期"), "and the enterprise sees it");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn jobs_that_were_down_for_three_days_catch_up_in_order_and_warn_of_nothing_that_is_past(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    put(&site, datetime!(2026-11-23 09:00 +8));
    let first = filed(&site, 40).await;
    put(&site, datetime!(2026-11-25 09:00 +8));
    let second = filed(&site, 41).await;
    // Monday's is three days without anybody; Wednesday's a working day and a half.
    put(&site, datetime!(2026-11-26 14:00 +8));
    turn(&site).await;
    let expected = ["warned", "overdue", "warned", "overdue", "escalated", "escalated", "escalated"];
    let done = [rung(&site, &first).await, rung(&site, &second).await];
    assert_eq!(done[0].iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), expected, "in the order in which they fell due");
    assert_eq!(done[1].iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), expected[..5]);
    for list in &done {
        let limits: Vec<_> = list.iter().filter(|(kind, _)| *kind != "escalated").map(|(_, due)| *due).collect();
        assert!(limits.is_sorted(), "{limits:?}");
    }
    let centre = [told(&pool, "centre03", &first).await, told(&pool, "centre03", &second).await];
    for list in &centre {
        assert!(!list.iter().any(|title| title.starts_with("预警")), "a warning of what is past is none: {list:?}");
        for once in ["超期：首次联系", "超期：受理"] {
            assert_eq!(list.iter().filter(|title| *title == once).count(), 1, "{once}: {list:?}");
        }
    }
    let written = "select coalesce(min(e.pos), 0), coalesce(max(e.pos), 0) from issue_event e join issue i on i.id = e.issue_id
        where i.number = $1 and e.kind in ('warned', 'overdue', 'escalated')";
    let (_, last): (i64, i64) = sqlx::query_as(written).bind(&first).fetch_one(&pool).await.unwrap();
    let (next, _): (i64, i64) = sqlx::query_as(written).bind(&second).fetch_one(&pool).await.unwrap();
    assert!(last < next, "what is due the longest is written first");
    // The next turns have nothing to add, whether they come at once or a minute later.
    for later in [Duration::ZERO, Duration::minutes(1)] {
        put(&site, site.state.now() + later);
        turn(&site).await;
        assert_eq!([rung(&site, &first).await, rung(&site, &second).await], done);
        assert_eq!([told(&pool, "centre03", &first).await, told(&pool, "centre03", &second).await], centre);
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn two_servers_tell_of_one_limit_once(pool: PgPool) {
    let one = Site::demo(&pool, &[]).await;
    let two = Site::empty(&pool, &[]).await;
    let both = |then| [&one, &two].into_iter().for_each(|site| put(site, then));
    both(datetime!(2026-11-23 09:00 +8));
    let numbers = [filed(&one, 50).await, filed(&two, 51).await, filed(&one, 52).await];
    for (now, kinds, titles) in [
        (datetime!(2026-11-23 09:49 +8), &["warned"][..], &["预警：首次联系快到期"][..]),
        (datetime!(2026-11-23 10:01 +8), &["warned", "overdue"][..], &["预警：首次联系快到期", "超期：首次联系"][..]),
    ] {
        both(now);
        for _ in 0..2 {
            tokio::join!(turn(&one), turn(&two));
        }
        for number in &numbers {
            let rung: Vec<_> = rung(&one, number).await.into_iter().map(|(kind, _)| kind).collect();
            assert_eq!(rung, kinds, "{now}: {number}");
            let told: Vec<_> = told(&pool, "centre03", number).await;
            let of_clock: Vec<_> = told.iter().filter(|title| title.contains("首次联系")).collect();
            assert_eq!(of_clock, titles, "{now}: {number}");
        }
    }
    // Either server's page says so.
    let pages = [seen(&one.staff("centre03").await, &numbers[0]).await, seen(&two.staff("centre03").await, &numbers[0]).await];
    assert!(pages.iter().all(|page| page.contains("时限已到，还没有完成：")));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_demo_s_clock_starts_where_its_setting_says_and_stays_there(pool: PgPool) {
    let settings = [("QIFU_DEMO", "1"), ("QIFU_CLOCK_SHIFT", "P3D")];
    let (plain, shifted) = (Site::empty(&pool, &[]).await, Site::empty(&pool, &settings).await);
    let apart = shifted.state.now() - plain.state.now();
    assert!((apart - Duration::days(3)).abs() < Duration::minutes(1), "{apart}");
    // It stays there, whatever the database is asked for.
    shifted.state.refresh().await.unwrap();
    let apart = shifted.state.now() - plain.state.now();
    assert!((apart - Duration::days(3)).abs() < Duration::minutes(1), "{apart}");
    plain.state.store.put_ahead(Duration::days(3));
    plain.state.store.put_ahead(Duration::days(-3));
    assert!((shifted.state.now() - plain.state.now() - Duration::days(3)).abs() < Duration::minutes(1), "and back");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_supervision_asked_about_and_signed_off_it_reads_on_when_nothing_is_wrong_any_more(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    put(&site, datetime!(2026-11-23 09:00 +8));
    let (asked, ordered, ordinary) = (filed(&site, 60).await, filed(&site, 61).await, filed(&site, 62).await);
    give(&site, "centre03", &ordinary, "contact", &CONTACT).await;
    // Nobody called about two of them within the hour.
    put(&site, datetime!(2026-11-23 10:05 +8));
    turn(&site).await;
    let supervisor = site.staff("jiandu").await;
    // The page, and the file (案卷).
    let opens = async |number: &str| {
        let page = supervisor.get(&format!("/desk/issues/{number}")).await.status.as_u16();
        (page, supervisor.get(&format!("/desk/issues/{number}/record")).await.status.as_u16())
    };
    // No flag, and nothing about to be late.
    let nothing_is_wrong = async |number: &str| {
        let sql = "select flags = '{}' and (not open or warn_at > $2) from issue where number = $1";
        let now = site.state.now();
        sqlx::query_scalar::<_, bool>(sql).bind(number.to_owned()).bind(now).fetch_one(&pool).await.unwrap()
    };
    for (number, wrong) in [(&asked, true), (&ordered, true), (&ordinary, false)] {
        assert_eq!(nothing_is_wrong(number.as_str()).await, !wrong);
        assert_eq!(opens(number.as_str()).await, if wrong { (200, 200) } else { (404, 404) });
    }
    // Asked, then called: the reply is to come yet.
    give(&site, "jiandu", &asked, "inquire", &[("question", "为什么没有按时联系企业")]).await;
    give(&site, "centre03", &asked, "contact", &CONTACT).await;
    assert!(nothing_is_wrong(asked.as_str()).await);
    assert_eq!(opens(asked.as_str()).await, (200, 200));
    give(&site, "centre03", &asked, "reply", &[("reply", "值班人员漏看了提醒，刚才已联系")]).await;
    assert!(seen(&supervisor, &asked).await.contains("值班人员漏看了提醒"), "who asked reads the reply");
    // Ordered, done and signed off: the file is there for whoever signed.
    let mut conn = site.state.store.system().await.unwrap();
    let lead = store::reference::load(&mut conn).await.unwrap().department_by_code("jianshe").unwrap().id.to_string();
    drop(conn);
    give(&site, "jiandu", &ordered, "supervise", &[("supervision_reason", "企业打来电话说没有人联系")]).await;
    give(&site, "centre03", &ordered, "contact", &CONTACT).await;
    give(&site, "centre03", &ordered, "verify", &[("verified", "情况属实，请按期办结")]).await;
    give(&site, "centre03", &ordered, "accept", &ACCEPT).await;
    give(&site, "centre03", &ordered, "dispatch", &[("lead", &lead)]).await;
    give(&site, "jianshe", &ordered, "sign", &[]).await;
    let explained = [("cause", "抢修班组没有接到派单"), ("measures", "今天下午到场，明天办结")];
    give(&site, "jianshe", &ordered, "explain", &explained).await;
    let answer = [("answer", "已疏通排水口，并加装一处雨水口。"), ("outcome", "solved")];
    give(&site, "jianshe", &ordered, "answer", &answer).await;
    let review = [("review_cause", "派单系统夜间不推送"), ("responsibility", "市政养护所"), ("rule_change", "夜间改为电话确认")];
    give(&site, "centre03", &ordered, "review", &review).await;
    let rating = [("solved", "yes"), ("level", "satisfied"), ("version", "1")];
    let rated = site.member(2).await.post(&format!("/issues/{ordered}/rate"), &rating).await;
    assert_eq!(rated.status.as_u16(), 303, "{}", rated.body);
    give(&site, "jiandu", &ordered, "sign_off", &[]).await;
    assert!(nothing_is_wrong(ordered.as_str()).await);
    assert_eq!(opens(ordered.as_str()).await, (200, 200));
    assert_eq!(opens(ordinary.as_str()).await, (404, 404), "what it has nothing to do with is none of its business");
}
