//! 六项指标: the figures of the page, those of a second, naive count over the events, and the lists behind them are the same.

use crate::site::{Browser, Site, sheet_rows};
use axum::http::StatusCode;
use domain::issue::measure::Indicator;
use serde_json::Value;
use sqlx::PgPool;
use std::collections::BTreeMap;
use time::{Date, OffsetDateTime, UtcOffset};

/// What an issue says, by reading its events one after the other.
#[derive(Default)]
struct Naive {
    contact_due: String,
    due: String,
    contacted: bool,
    answered: Option<String>,
    /// Of the round it is in.
    rated: Option<bool>,
    said: Option<bool>,
    content: Option<bool>,
    waits: bool,
    call_due: Option<String>,
    called: bool,
    round: i64,
    state: &'static str,
}

fn instant(text: &str) -> OffsetDateTime {
    OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).unwrap()
}

impl Naive {
    fn read(&mut self, event: &Value, at: OffsetDateTime) {
        let text = |name: &str| event[name].as_str().map(str::to_owned);
        match event["type"].as_str().unwrap() {
            "submitted" => {
                self.state = "open";
                self.round = 1;
                self.contact_due = text("contact_due").unwrap();
            }
            "accepted" => self.contact_due = text("contact_due").unwrap_or_else(|| self.contact_due.clone()),
            "contacted" if event["reached"] == true && !self.contacted => self.contacted = at <= instant(&self.contact_due),
            "answered" => {
                if self.answered.is_none() {
                    self.answered = Some(at.format(&time::format_description::well_known::Rfc3339).unwrap());
                }
                self.call_due = text("call_back_due");
            }
            "rated" => {
                let level = event["rating"]["level"].as_str().unwrap();
                self.content = Some(!matches!(level, "dissatisfied" | "very_dissatisfied"));
                self.rated = Some(event["rating"]["solved"] == true);
            }
            "input_asked" => self.waits = self.answered.is_none(),
            "supplied" | "pause_lapsed" => self.waits = false,
            "called_back" => {
                self.called |= self.call_due.as_deref().is_some_and(|due| at <= instant(due));
                if let Some(solved) = event["call"]["said"]["solved"].as_bool() {
                    self.said = Some(solved);
                }
            }
            "redispatched" => {
                self.round = event["round"].as_i64().unwrap();
                self.state = "open";
                (self.rated, self.said) = (None, Some(false));
            }
            "closed" => self.state = "closed",
            "declined" => self.state = "declined",
            "objected" => self.state = "open",
            "withdrawn" => (self.state, self.waits) = ("withdrawn", false),
            "merged" => self.state = "merged",
            _ => {}
        }
        if self.answered.is_none() {
            self.due = text("answer_due").unwrap_or_else(|| self.due.clone());
        }
    }

    fn passes(&self, indicator: Indicator) -> Option<bool> {
        match indicator {
            Indicator::Contacted => Some(self.contacted),
            Indicator::OnTime => Some(self.answered.as_ref().is_some_and(|at| instant(at) <= instant(&self.due))),
            Indicator::Solved => self.answered.as_ref().map(|_| self.rated.or(self.said) == Some(true)),
            Indicator::Content => self.content,
            Indicator::Once => (self.state == "closed").then_some(self.round == 1),
            Indicator::CalledBack => self.answered.as_ref().map(|_| self.called),
        }
    }
}

/// How many issues a list has, page after page.
async fn listed(browser: &Browser, first: &str) -> usize {
    let (mut path, mut listed) = (first.to_owned(), 0);
    loop {
        let body = browser.get(&path).await.body;
        listed += body.matches("<a href=\"/desk/issues/").count();
        let next = body.split("href=\"").skip(1).find_map(|rest| rest.split('"').next().filter(|it| it.contains("after=")));
        let Some(next) = next else { return listed };
        path = next.replace("&amp;", "&");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn figures_are_what_the_events_say_and_lead_to_as_many_issues(owner: PgPool) {
    let site = Site::demo(&owner, &[("QIFU_DEMO", "1")]).await;
    let now = site.state.now();
    let rows: Vec<(i64, OffsetDateTime, Value)> =
        sqlx::query_as("select issue_id, at, event::jsonb from issue_event order by issue_id, seq")
            .fetch_all(&owner)
            .await
            .unwrap();
    let mut issues: BTreeMap<i64, Naive> = BTreeMap::new();
    for (issue, at, event) in &rows {
        issues.entry(*issue).or_default().read(event, *at);
    }
    // The month with the most of them.
    let east = UtcOffset::from_hms(8, 0, 0).unwrap();
    let month = |issue: &Naive| {
        let day = instant(&issue.due).to_offset(east).date();
        day.replace_day(1).unwrap()
    };
    let counted = |issue: &&Naive| !issue.waits && !["declined", "merged"].contains(&issue.state) && instant(&issue.due) < now;
    let mut months: BTreeMap<Date, Vec<&Naive>> = BTreeMap::new();
    for issue in issues.values().filter(counted) {
        months.entry(month(issue)).or_default().push(issue);
    }
    let (first, these) = months.iter().max_by_key(|(_, list)| list.len()).unwrap();
    let period = first.to_string().chars().take(7).collect::<String>();

    let leader = site.staff("lingdao").await;
    let page = leader.get(&format!("/desk/indicators?period={period}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains(&format!("应答复 {} 件", these.len())), "{period}: {}", these.len());
    let passed =
        these.iter().filter(|issue| Indicator::ALL.iter().all(|indicator| issue.passes(*indicator) == Some(true))).count();
    assert!(page.body.contains(&format!("六项都达到的 {passed} 件")), "{passed}");
    for (code, count) in [("none", passed), ("any", these.len() - passed)] {
        assert_eq!(listed(&leader, &format!("/desk/indicators/issues?period={period}&failed={code}")).await, count, "{code}");
    }
    for indicator in Indicator::ALL {
        let whole = these.iter().filter_map(|issue| issue.passes(*indicator)).collect::<Vec<_>>();
        let part = whole.iter().filter(|passes| **passes).count();
        assert!(page.body.contains(&format!("{part} / {}", whole.len())), "{indicator}: {part} of {}", whole.len());
        let behind = leader.get(&format!("/desk/indicators/issues?period={period}&failed={}", indicator.code())).await.body;
        let listed = behind.matches("<a href=\"/desk/issues/").count();
        assert_eq!(listed, whole.len() - part, "{indicator}");
        // Whoever supervises reads a part of them, and the figure all the same.
        let supervisor = site.staff("jiandu").await;
        let part = supervisor.get(&format!("/desk/indicators/issues?period={period}&failed={}", indicator.code())).await.body;
        for body in [behind, part] {
            assert!(body.contains(&format!("共 {listed} 件。")), "{indicator}");
        }
    }
    // What the indicators are guarded by has its list, too, however long: page after page.
    let guards = [
        ("returned", "returned", "due_at is not null"),
        ("extended", "extended", "due_at is not null"),
        ("withdrawn", "withdrawn", "due_at is not null"),
        ("unrated", "answered_at is not null and content is null", "answered_at is not null"),
        ("disagreed", "disagreed", "due_at is not null"),
        ("aided", "aided", "content is not null"),
    ];
    for (code, part, whole) in guards {
        let counts = format!(
            "select count(*) filter (where {part}), count(*) filter (where {whole}) from issue_measure where not excluded and due_at < $1
             and date_trunc('month', due_at at time zone 'Asia/Shanghai')::date = $2"
        );
        let (part, whole): (i64, i64) =
            sqlx::query_as(sqlx::AssertSqlSafe(counts)).bind(now).bind(first).fetch_one(&owner).await.unwrap();
        assert!(page.body.contains(&format!("（{part} / {whole}）")), "{code}: {part} of {whole}");
        let listed = listed(&leader, &format!("/desk/indicators/issues?period={period}&guard={code}")).await;
        assert_eq!(i64::try_from(listed).unwrap(), part, "{code}");
    }
    // What is taken along says the same as the page.
    let months = sheet_rows(&leader.get(&format!("/desk/indicators/table?period={period}")).await, "时间");
    let headings = [
        "时间",
        "应答复",
        "高质效解决",
        "按时响应",
        "按期答复",
        "已答复",
        "已解决",
        "已评价",
        "满意",
        "已办结",
        "一次办结",
        "已回访",
    ];
    assert_eq!(months[0][..headings.len()].to_vec(), headings);
    let part_of = |indicator: Indicator| {
        let whole = these.iter().filter_map(|issue| issue.passes(indicator)).collect::<Vec<_>>();
        (whole.iter().filter(|passes| **passes).count(), whole.len())
    };
    let [contacted, on_time] = [Indicator::Contacted, Indicator::OnTime].map(part_of);
    let [solved, content, once] = [Indicator::Solved, Indicator::Content, Indicator::Once].map(part_of);
    let called = part_of(Indicator::CalledBack);
    let figures =
        [these.len(), passed, contacted.0, on_time.0, solved.1, solved.0, content.1, content.0, once.1, once.0, called.0];
    let row = months.iter().find(|row| row[0].starts_with(&period)).expect("the month's own row");
    assert_eq!(row[1..headings.len()].to_vec(), figures.map(|figure| figure.to_string()));

    // A department is measured by its own only, and a district by its own.
    for (login, area) in [("jianshe", None), ("centre03", Some(330_502))] {
        let body = site.staff(login).await.get(&format!("/desk/indicators?period={period}")).await.body;
        let own: i64 = match area {
            Some(area) => sqlx::query_scalar(
                "select count(*) from issue_measure where not excluded and area = $1 and due_at < $2
                 and date_trunc('month', due_at at time zone 'Asia/Shanghai')::date = $3",
            )
            .bind(area)
            .bind(now)
            .bind(first)
            .fetch_one(&owner)
            .await
            .unwrap(),
            None => sqlx::query_scalar(
                "select count(*) from issue_measure m join department d on d.id = m.department_id
                 where not excluded and d.code = 'jianshe' and due_at < $1
                 and date_trunc('month', due_at at time zone 'Asia/Shanghai')::date = $2",
            )
            .bind(now)
            .bind(first)
            .fetch_one(&owner)
            .await
            .unwrap(),
        };
        assert!(body.contains(&format!("应答复 {own} 件")), "{login}: {own}");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_came_before_there_were_measures_is_measured_the_same(owner: PgPool) {
    let site = Site::demo(&owner, &[("QIFU_DEMO", "1")]).await;
    let whole = "select coalesce(jsonb_agg(to_jsonb(m) order by issue_id), '[]') from issue_measure m";
    let before: Value = sqlx::query_scalar(whole).fetch_one(&owner).await.unwrap();
    sqlx::query("delete from issue_measure").execute(&owner).await.unwrap();
    let mut conn = site.state.store.system().await.unwrap();
    let terms = site.state.services().tables().terms;
    while store::issue::measure::measure_missing(&mut conn, &terms, 50).await.unwrap() > 0 {}
    conn.release();
    let after: Value = sqlx::query_scalar(whole).fetch_one(&owner).await.unwrap();
    assert_eq!(before, after);
}
