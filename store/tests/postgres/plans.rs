//! A hundred thousand issues: no page may read a table through, whatever plan PostgreSQL chose, in its functions too.
//!
//! Not the text of a plan is judged but what was read: each use case runs on a connection of its own, often enough for a generic
//! plan to be tried, and the table's own counters tell afterwards how many rows it took.

use crate::world::{OPENER, World};
use domain::actor::Duty;
use domain::issue::filter::{Filter, Sort};
use domain::pack::Meeting;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, PgPool};
use std::collections::BTreeMap;
use store::identity::Who;
use store::issue::{
    MineFilter, Queue, Wanted, counts, detail, figures, history, home, lapsing, mine, narrowed, queue, search, similar, versions,
};
use store::message::Inbox;
use store::{Conn, Store};
use time::OffsetDateTime;

/// Tables that grow with the years; a sequential scan of one is a fault.
#[rustfmt::skip]
const GROWING: [&str; 15] = [
    "issue", "issue_event", "issue_search", "message", "photo", "session", "application", "application_event", "application_file",
    "fact_change", "portrait", "policy_match", "policy_step", "policy_notice", "job",
];
/// Rows of `issue` a page may touch for its twenty rows.
pub const PAGE: i64 = 400;
/// Runs of each use case; PostgreSQL weighs a generic plan from the sixth on.
const RUNS: i64 = 8;

const ISSUES: i64 = 100_000;

/// What is looked up in the five years. A question asked later, on a connection that stays, would be counted at any time.
struct Sample {
    person: i64,
    enterprise: i64,
    number: String,
    /// How many issues are open.
    open: i64,
}

/// Five years of a city: two thousand enterprises, one issue in seven still open.
async fn five_years(world: &World) -> Sample {
    let options: PgConnectOptions = (*world.owner.connect_options()).clone().application_name("load");
    let mut conn = options.connect().await.unwrap();
    for sql in [
        // Foreign keys are not asked for each row; what is written here fits.
        "set session_replication_role = replica".to_owned(),
        "insert into department (code, name, area, on_site) select 'd' || n, '市第' || n || '局', 330500, true
         from generate_series(1, 27) n"
            .to_owned(),
        "insert into enterprise (uscc, name, area, scale, class, station_id, created_at)
         select '9133' || lpad(n::text, 14, '0'), '湖州第' || n || '公司', (array[330502, 330503, 330521, 330522, 330523])[n % 5 + 1],
            'small', 'ordinary', case when n % 40 = 0 then (select min(id) from station) end, now()
         from generate_series(1, 2000) n"
            .to_owned(),
        "insert into person (phone, name, created_at) select '137' || lpad(n::text, 8, '0'), '陈伟', now()
         from generate_series(1, 2000) n"
            .to_owned(),
        "insert into membership (person_id, enterprise_id, role)
         select p.id, e.id, 'owner' from (select id, row_number() over (order by id) n from person where phone like '137%') p
         join (select id, row_number() over (order by id) n from enterprise where uscc like '91330000%') e using (n)"
            .to_owned(),
        format!(
            "insert into issue (number, client_key, enterprise_id, enterprise_name, enterprise_station, area, centre, state, round, version, category, board, title, body,
                place, contact_name, contact_phone, level, urgency, channel, lead, co, submitted_at, due_at, warn_at, late_at,
                answered_at, ended_at, outcome, flags, last_event_at, open, queue)
             select 'HZ-2021-' || lpad(n::text, 9, '0'), gen_random_uuid(), e.id, e.name, e.station_id, e.area, e.area, s.state, 1, 3,
                (array['drainage', 'power', 'loan', 'recruit'])[n % 4 + 1], 'city', '道路积水', '厂门口积水', '', '陈伟', '13800138000',
                'ordinary', 'normal', 'online', case when s.state <> 'submitted' then d.id end,
                case when n % 9 = 0 then array[(select min(id) from department) + n % 7] else '{{}}'::bigint[] end,
                t.at, t.at + interval '9 days',
                case when s.open then t.at + interval '7 days' else '9999-01-01' end,
                case when s.open then t.at + interval '9 days' else '9999-01-01' end,
                case when not s.open then t.at end, case when not s.open then t.at end, case when not s.open then 'solved' end,
                case when n % 11 = 0 then '{{dissatisfied}}'::text[] else '{{}}'::text[] end, t.at, s.open, s.queue
             from generate_series(1, {ISSUES}) n
             cross join lateral (select (array['submitted', 'accepted', 'handling', 'answered', 'awaiting_input', 'dispatched', 'closed'])
                [least(n * 7 % 41, 6) + 1] as state) raw
             cross join lateral (select raw.state, raw.state <> 'closed' as open, case raw.state when 'submitted' then 'to_accept'
                when 'accepted' then 'to_dispatch' when 'handling' then 'mine' when 'awaiting_input' then 'mine'
                when 'dispatched' then 'to_sign' when 'answered' then 'to_rate' end as queue) s
             cross join lateral (select now() - n * interval '25 minutes' as at) t
             join (select id, name, station_id, area, row_number() over (order by id) k from enterprise) e on e.k = n % 2000 + 1
             join (select id, row_number() over (order by id) k from department) d on d.k = n % 30 + 1"
        ),
        "insert into issue_event (issue_id, seq, pos, at, kind, actor, actor_name, event, link)
         select i.id, seq, i.id, i.submitted_at, 'signed', '{\"kind\":\"system\"}', '系统',
            '{\"type\":\"progressed\",\"text\":\"已到现场\"}', '\\x00'
         from issue i cross join generate_series(1, 3) seq"
            .to_owned(),
        "insert into issue_search (issue_id, tokens)
         select i.id, array_to_tsvector(array['积水', '道路', '公司', 'k' || i.id % 50, number]) from issue i"
            .to_owned(),
        "insert into photo (id, issue_id, seq, enterprise_id, width, height, bytes, created_at)
         select gen_random_uuid(), id, 1, enterprise_id, 4, 3, 9, now() from issue where id % 3 = 0"
            .to_owned(),
        "insert into message (person_id, enterprise_id, issue_id, number, kind, title, body, created_at, read_at)
         select m.person_id, i.enterprise_id, i.id, i.number, 'accepted', '诉求已受理', '', i.submitted_at,
            case when i.id % 50 <> 0 then now() end
         from issue i join membership m on m.enterprise_id = i.enterprise_id"
            .to_owned(),
        "insert into message (staff_id, issue_id, number, kind, title, body, created_at, read_at)
         select s.id, i.id, i.number, 'dispatched', '有新的交办件', '', i.submitted_at, case when i.id % 200 <> 0 then now() end
         from issue i join staff s on s.department_id = i.lead"
            .to_owned(),
        "insert into session (token_hash, person_id, created_at, seen_at, proved_at, expires_at)
         select decode(md5(n::text), 'hex'), (select min(id) from person) + n % 2000, now(), now(), now(), now() + interval '9 days'
         from generate_series(1, 10000) n"
            .to_owned(),
        "select recount_desk()".to_owned(),
        "vacuum analyze".to_owned(),
    ] {
        sqlx::query(AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
    }
    let (person, enterprise, number, open) = sqlx::query_as(
        "select m.person_id, i.enterprise_id, i.number, (select count(*) from issue where open)
         from issue i join membership m on m.enterprise_id = i.enterprise_id
         where i.state = 'submitted' and i.area = 330502 order by i.id limit 1 offset 100",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    sqlx::Connection::close(conn).await.unwrap();
    gone(world, "load").await;
    Sample { person, enterprise, number, open }
}

/// Waits until the connections of this name have ended: then their counters are written.
pub async fn gone(world: &World, name: &str) {
    for _ in 0..500 {
        let left: i64 = sqlx::query_scalar(
            "select count(*) from pg_stat_activity where application_name = $1 and datname = current_database()",
        )
        .bind(name)
        .fetch_one(&world.owner)
        .await
        .unwrap();
        if left == 0 {
            return;
        }
        sqlx::query("select pg_sleep(0.01)").execute(&world.owner).await.unwrap();
    }
    panic!("a connection of {name} stays");
}

/// Sequential scans and rows read, by table; a table of a few pages may be read through.
async fn read_so_far(world: &World) -> BTreeMap<String, (i64, i64)> {
    let rows: Vec<(String, i64, i64)> = sqlx::query_as(
        "select relname::text, seq_scan, seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_user_tables
         where relname = any($1) and n_live_tup > 1000",
    )
    .bind(GROWING.map(str::to_owned).to_vec())
    .fetch_all(&world.owner)
    .await
    .unwrap();
    rows.into_iter().map(|(table, scans, read)| (table, (scans, read))).collect()
}

/// Runs a use case on a connection of its own and notes what is wrong with what it read.
pub async fn weigh(
    world: &World,
    faults: &mut Vec<String>,
    name: &str,
    who: Option<Who>,
    most: i64,
    mut run: impl AsyncFnMut(&mut Conn),
) {
    let session = match who {
        Some(who) => Some(world.session(who).await),
        None => None,
    };
    let before = read_so_far(world).await;
    let options: PgConnectOptions = (*world.owner.connect_options()).clone().application_name("weighed");
    let store = Store::with_options(options, 1).await.unwrap();
    for _ in 0..RUNS {
        let mut conn = match &session {
            Some(hash) => store.open_session(hash, OffsetDateTime::now_utc()).await.unwrap().0,
            None => store.system().await.unwrap(),
        };
        run(&mut conn).await;
    }
    store.close().await;
    gone(world, "weighed").await;
    let after = read_so_far(world).await;
    for (table, (scans, read)) in after {
        let Some((scans_before, read_before)) = before.get(&table) else { continue };
        let (scans, read) = (scans - scans_before, (read - read_before) / RUNS);
        if scans > 0 {
            faults.push(format!("{name}: {scans} sequential scans of {table} in {RUNS} runs, {read} rows each"));
        } else if read > most {
            faults.push(format!("{name}: reads {read} rows of {table}, more than {most}"));
        }
    }
}

/// A list that is narrowed reads what is open of its scope, or as much of the years as fills a page: a category is one in four, a flag one in
/// eleven, a department one in thirty here, so a few hundred or thousand rows each.
async fn narrowed_lists(world: &World, faults: &mut Vec<String>, login: &str, open: i64) {
    let (id, duty) = world.staff[login];
    let now = OffsetDateTime::now_utc();
    let read = |query: &str| Filter::read(query.split('&').filter_map(|pair| pair.split_once('=')));
    for (query, most) in [
        ("area=330502", 2_000),
        ("category=loan", 2_000),
        ("flag=dissatisfied", 4_000),
        ("sort=oldest", PAGE),
        ("area=330502&category=drainage&flag=dissatisfied", 25_000),
    ] {
        let looked = duty.code() != "centre" && query.contains("area");
        for which in Queue::of(&duty).iter().copied() {
            let most = match which {
                // A station's share is one in forty: all of it, by its filings and its enterprises, found and then read.
                Queue::All if matches!(duty, Duty::Station { .. }) => 3 * ISSUES / 40 + PAGE,
                Queue::All if looked => ISSUES + PAGE,
                Queue::All => most + if matches!(duty, Duty::Handler { .. }) { open } else { 0 },
                Queue::Filed => PAGE,
                _ => 2 * open + PAGE,
            };
            let name = format!("{login} {} {query}", which.code());
            weigh(world, faults, &name, Some(Who::Staff(id)), most, async |conn: &mut Conn| {
                narrowed(conn, Wanted::In(which), &read(query), now, None, 20).await.unwrap();
            })
            .await;
        }
    }
    let sorted = Filter { sort: Some(Sort::Oldest), ..Filter::default() };
    weigh(world, faults, &format!("{login} search, the oldest first"), Some(Who::Staff(id)), 20_000, async |conn: &mut Conn| {
        let wanted = Wanted::Found { words: "道路积水", departments: &[1, 2] };
        narrowed(conn, wanted, &sorted, now, None, 20).await.unwrap();
        let wanted = Wanted::Found { words: "13900000000", departments: &[] };
        assert!(narrowed(conn, wanted, &sorted, now, None, 20).await.unwrap().rows.is_empty());
    })
    .await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn no_page_reads_a_table_through(owner: PgPool) {
    let world = World::with_connections(owner, 4).await;
    let Sample { person, enterprise, number, open } = five_years(&world).await;
    let now = OffsetDateTime::now_utc();
    let faults = &mut Vec::new();
    let member = Some(Who::Person(person, Some(enterprise)));
    let number = number.as_str();

    for filter in MineFilter::ALL {
        let name = format!("mine {}", filter.code());
        weigh(&world, faults, &name, member, PAGE, async |conn: &mut Conn| {
            let page = mine(conn, enterprise, filter, None, 10).await.unwrap();
            if let Some(next) = page.next {
                mine(conn, enterprise, filter, Some(&next), 10).await.unwrap();
            }
        })
        .await;
    }
    weigh(&world, faults, "home", member, PAGE, async |conn: &mut Conn| {
        home(conn, enterprise).await.unwrap();
    })
    .await;
    weigh(&world, faults, "an issue's page", member, 100, async |conn: &mut Conn| {
        assert_eq!(detail(conn, number).await.unwrap().events.len(), 3);
        versions(conn, number).await.unwrap();
    })
    .await;
    let inbox = Inbox::Person { person, enterprise };
    weigh(&world, faults, "a person's messages", member, PAGE, async |conn: &mut Conn| {
        assert!(!store::message::list(conn, inbox, None, 20).await.unwrap().rows.is_empty());
        store::message::mark_read(conn, inbox, 0, now).await.unwrap();
    })
    .await;
    weigh(&world, faults, "filing", Some(Who::Person(world.a.person, Some(world.a.id))), 100, async |conn: &mut Conn| {
        world.file_with(conn, &world.a, uuid::Uuid::new_v4(), "道路积水", &[], now).await;
    })
    .await;
    weigh(&world, faults, "pauses that end", None, 50, async |conn: &mut Conn| {
        lapsing(conn, now, 100, 0).await.unwrap();
    })
    .await;
    weigh(&world, faults, "the outbox", None, 200, async |conn: &mut Conn| {
        store::outbox::drain(conn, now, 10).await.unwrap();
    })
    .await;

    for login in [
        "centre_city",
        "centre_wuxing",
        "handler_jianshe",
        "supervisor_city",
        "supervisor_wuxing",
        "leader_city",
        "leader_wuxing",
        "station_zhili",
    ] {
        let (id, duty) = world.staff[login];
        let staff = Some(Who::Staff(id));
        for which in Queue::of(&duty) {
            let name = format!("{login} {}", which.code());
            // A queue of some states of one scope walks the open issues of that scope in the order of their ends.
            // A station's share is one in forty: the newest are looked through until a page is full.
            let most = match (*which, duty) {
                (Queue::All, Duty::Station { .. }) => 40 * 21 + PAGE,
                // What it takes part in beside another's is open, and looked through whole.
                (Queue::All, Duty::Handler { .. }) => open + PAGE,
                (Queue::All, _) => PAGE,
                _ => open + PAGE,
            };
            weigh(&world, faults, &name, staff, most, async |conn: &mut Conn| {
                queue(conn, &duty, *which, now, None, 20).await.unwrap();
            })
            .await;
        }
        narrowed_lists(&world, faults, login, open).await;
        weigh(&world, faults, &format!("{login} counts"), staff, open + PAGE, async |conn: &mut Conn| {
            counts(conn, &duty, now).await.unwrap();
        })
        .await;
        weigh(&world, faults, &format!("{login} search"), staff, 10_000, async |conn: &mut Conn| {
            search(conn, "道路积水").await.unwrap();
            search(conn, number).await.unwrap();
        })
        .await;
        if matches!(duty, Duty::Leader { .. } | Duty::Supervisor { .. }) {
            weigh(&world, faults, &format!("{login} figures"), staff, 2 * open, async |conn: &mut Conn| {
                figures::now(conn, now).await.unwrap();
            })
            .await;
            weigh(&world, faults, &format!("{login} what is open by age and place"), staff, 2 * open, async |conn: &mut Conn| {
                figures::pressure(conn, figures::Of { late: false, centre: None }, now.date(), now).await.unwrap();
            })
            .await;
            // Twelve weeks of filings, one each 25 minutes.
            weigh(&world, faults, &format!("{login} weeks"), staff, 12 * 7 * 24 * 60 / 25 + PAGE, async |conn: &mut Conn| {
                figures::weeks(conn, &duty, now - time::Duration::weeks(12), now).await.unwrap();
            })
            .await;
        }
        if matches!(duty, Duty::Centre { .. } | Duty::Leader { .. } | Duty::Supervisor { .. }) {
            // Twice sixty days of filings, what is open twice, and of decisions what there is.
            let most = 120 * 24 * 60 / 25 + 2 * open + PAGE;
            weigh(&world, faults, &format!("{login} a meeting's pack"), staff, most, async |conn: &mut Conn| {
                let (from, before) = (now - time::Duration::days(60), now - time::Duration::days(120));
                store::pack::figures(conn, before, from, now, None, now).await.unwrap();
                let (cases, _) = store::pack::cases(conn, &Meeting::Monthly.rule(), now).await.unwrap();
                store::pack::tried(conn, &cases).await.unwrap();
                store::pack::decisions(conn, Meeting::Monthly.decisions(), from, now).await.unwrap();
            })
            .await;
        }
        if matches!(duty, Duty::Centre { .. }) {
            weigh(&world, faults, &format!("{login} beside an issue"), staff, 5_000, async |conn: &mut Conn| {
                let shown = detail(conn, number).await.unwrap();
                similar(conn, "drainage").await.unwrap();
                history(conn, shown.id, OPENER, None, now).await.unwrap();
            })
            .await;
        }
        weigh(&world, faults, &format!("{login} messages"), staff, 1_000, async |conn: &mut Conn| {
            store::message::list(conn, Inbox::Staff(id), None, 20).await.unwrap();
        })
        .await;
    }
    assert!(faults.is_empty(), "{faults:#?}");
    world.end().await;
}
