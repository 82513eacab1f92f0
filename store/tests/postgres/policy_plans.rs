//! Policies of a city after some years: no page may read a table through (see plans.rs).

use crate::plans::{PAGE, gone, weigh};
use crate::policy::{libraries, today, upgrade};
use crate::world::{WUXING, World, morning};
use domain::actor::{CITY, Duty};
use domain::policy::application::State;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, PgPool};
use store::Conn;
use store::identity::{self, NewStaff, Who};
use store::job::{self, Kind};
use store::message::Inbox;
use store::policy::application::{self, Reviewer};
use store::policy::item::{self, Keeper};
use store::policy::{evaluation, matching, notice, portrait};
use time::{Duration, OffsetDateTime};

const ITEMS: i64 = 40;
const FIRMS: i64 = 20_000;

/// An application in the middle of the years, looked up on the connection that filled them: what a connection that stays reads is counted
/// at any time, in the middle of somebody else's use case.
struct Sample {
    number: String,
    enterprise: i64,
    id: i64,
    item: i64,
}

/// Forty items, twenty thousand enterprises, each with ten matches and three applications, of which one in twenty is open.
async fn years(world: &World) -> Sample {
    let mut system = world.store.system().await.unwrap();
    libraries(&mut system).await;
    for index in 0..ITEMS {
        let keeper = Keeper {
            staff: None,
            area: if index % 4 == 0 { WUXING } else { CITY },
            department: (index % 3 == 0).then(|| world.departments[usize::try_from(index).unwrap() / 3 % 3]),
        };
        let item = upgrade(&format!("item-{index}"), today() + Duration::days(14));
        item::import(&mut system, &item, keeper, morning()).await.unwrap();
    }
    drop(system);
    let options: PgConnectOptions = (*world.owner.connect_options()).clone().application_name("load");
    let mut conn = options.connect().await.unwrap();
    for sql in [
        "set session_replication_role = replica".to_owned(),
        format!(
            "insert into enterprise (uscc, name, area, scale, class, created_at)
             select '9133' || lpad(n::text, 14, '0'), '湖州第' || n || '公司', (array[330502, 330503, 330521])[n % 3 + 1], 'small', 'ordinary', now()
             from generate_series(1, {FIRMS}) n"
        ),
        "insert into membership (person_id, enterprise_id, role)
         select (select min(id) from person), id, 'owner' from enterprise where uscc like '91330000%' on conflict do nothing"
            .to_owned(),
        "insert into portrait (enterprise_id, facts, version, updated_at)
         select id, '{\"equipment_investment\": {\"value\": \"6000000\"}, \"industry\": {\"value\": \"C1819\"}}', 1, now() from enterprise"
            .to_owned(),
        "insert into fact_change (enterprise_id, code, value, at, seq, pos, link)
         select id, 'fact' || n, '\"1\"', now(), n, id, '' from enterprise, generate_series(1, 10) n"
            .to_owned(),
        format!(
            "insert into policy_match (enterprise_id, item_id, version, amount, matched_at)
             select e.id, i.id, 1, 48000000, now() from enterprise e join policy_item i on (i.id + e.id) % {ITEMS} < 10"
        ),
        "insert into policy_step (enterprise_id, item_id, step, at)
         select enterprise_id, item_id, s, now() - interval '200 days' from policy_match, unnest(array['matched', 'told']) s"
            .to_owned(),
        "insert into policy_notice (enterprise_id, item_id, kind, queued_at, told_at)
         select enterprise_id, item_id, 'new', now(), case when enterprise_id % 50 <> 0 then now() end from policy_match"
            .to_owned(),
        "insert into application (number, client_key, enterprise_id, enterprise_name, uscc, area, item_id, version, title, mode, item_area,
            department_id, facts, as_of, amount, approved_amount, paid_amount, state, seq, contact_name, contact_phone, person_id, submitted_at, state_at)
         select 'SQ-' || e.id || '-' || n, gen_random_uuid(), e.id, e.name, e.uscc, e.area, i.id, 1, '设备补助', 'declare', i.area,
            i.department_id, '{}', current_date, 1, 1, 1, s.state, 3, '陈伟', '13800138000', (select min(id) from person), now(), now()
         from enterprise e cross join generate_series(0, 2) n
         join policy_item i on i.id = (select min(id) from policy_item) + (e.id + n * 7) % 40
         cross join lateral (select case when e.id % 20 = 0 then (array['submitted', 'reviewing', 'approved'])[n + 1] else 'paid' end as state) s"
            .to_owned(),
        "insert into application_event (application_id, seq, at, kind, actor_name, pos, link)
         select id, n, now(), 'submitted', '陈伟', id, '' from application, generate_series(1, 3) n"
            .to_owned(),
        "insert into application_file (id, application_id, seq, enterprise_id, person_id, name, content_type, bytes, created_at)
         select gen_random_uuid(), id, 1, enterprise_id, person_id, '发票.pdf', 'application/pdf', 9, now() from application"
            .to_owned(),
        "insert into job (kind, payload, run_at, created_at)
         select k, jsonb_build_object('enterprise', e.id), now(), now() from enterprise e, unnest(array['sms_notice', 'policy_match_enterprise']) k"
            .to_owned(),
        "vacuum analyze".to_owned(),
    ] {
        sqlx::query(AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
    }
    let (number, enterprise, id, item) = sqlx::query_as(
        "select number, enterprise_id, id, item_id from application where department_id = $1 order by id limit 1 offset 1000",
    )
    .bind(world.departments[0])
    .fetch_one(&mut conn)
    .await
    .unwrap();
    sqlx::Connection::close(conn).await.unwrap();
    gone(world, "load").await;
    Sample { number, enterprise, id, item }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn no_page_of_policies_reads_a_table_through(owner: PgPool) {
    let world = World::with_connections(owner, 4).await;
    let new = NewStaff {
        login: "policy_wuxing",
        name: "沈洁",
        duty: Duty::PolicyEditor { area: WUXING },
        password_hash: "x",
        must_change: false,
    };
    let district = identity::add_staff(&mut world.store.system().await.unwrap(), &new, morning()).await.unwrap();
    let Sample { number, enterprise, id, item } = years(&world).await;
    let now = OffsetDateTime::now_utc();
    let faults = &mut Vec::new();
    let (person, number) = (world.a.person, number.as_str());

    let member = Some(Who::Person(person, Some(enterprise)));
    weigh(&world, faults, "an enterprise's policies", member, PAGE, async |conn: &mut Conn| {
        portrait::get(conn, enterprise, now.date()).await.unwrap();
        assert_eq!(portrait::history(conn, enterprise, "fact3").await.unwrap().len(), 1);
        notice::preferences(conn, person, enterprise).await.unwrap();
        notice::subscriptions(conn, person, enterprise).await.unwrap();
        evaluation::note_step(conn, enterprise, item, "read", now).await.unwrap();
    })
    .await;
    weigh(&world, faults, "an enterprise's applications", member, PAGE, async |conn: &mut Conn| {
        assert_eq!(application::mine(conn, enterprise, None, 20).await.unwrap().rows.len(), 3);
        application::get(conn, number).await.unwrap();
        assert_eq!(application::events(conn, id).await.unwrap().len(), 3);
        assert_eq!(application::files(conn, id).await.unwrap().len(), 1);
        application::of_item(conn, enterprise, item).await.unwrap();
        application::of_key(conn, enterprise, uuid::Uuid::nil()).await.unwrap();
        application::pending_files(conn, &[uuid::Uuid::nil()]).await.unwrap();
    })
    .await;

    let handler = (world.staff["handler_jianshe"].0, Reviewer::Department(world.departments[0]));
    let editors = [(world.staff["policy"].0, Reviewer::City), (district, Reviewer::Area(WUXING))];
    for (staff, reviewer) in [handler].into_iter().chain(editors) {
        for state in [State::Submitted, State::Reviewing, State::Approved, State::Paid, State::Rejected] {
            let name = format!("{reviewer:?} {}", state.code());
            // A plan may sort what is open in one state, a thousand; never what was closed in all the years.
            let most = if state.is_open() { 1_000 + PAGE } else { PAGE };
            weigh(&world, faults, &name, Some(Who::Staff(staff)), most, async |conn: &mut Conn| {
                let page = application::queue(conn, reviewer, state, None, 20).await.unwrap();
                if let Some(next) = page.next {
                    application::queue(conn, reviewer, state, Some(&next), 20).await.unwrap();
                }
            })
            .await;
        }
        // What is open is counted, what is closed is not.
        weigh(&world, faults, &format!("{reviewer:?} counts"), Some(Who::Staff(staff)), 3_000 + PAGE, async |conn: &mut Conn| {
            application::counts(conn, reviewer).await.unwrap();
        })
        .await;
        weigh(&world, faults, &format!("{reviewer:?} review"), Some(Who::Staff(staff)), 4_000, async |conn: &mut Conn| {
            assert_eq!(application::get(conn, number).await.is_ok(), !matches!(reviewer, Reviewer::Area(_)));
            application::events(conn, id).await.unwrap();
            application::files(conn, id).await.unwrap();
            evaluation::spent(conn, item).await.unwrap();
        })
        .await;
    }
    // The figures of an item read what is this item's: five thousand matches with two steps each, fifteen hundred applications.
    let editor = Some(Who::Staff(world.staff["policy"].0));
    weigh(&world, faults, "evaluation", editor, 60_000, async |conn: &mut Conn| {
        evaluation::of_item(conn, item).await.unwrap();
    })
    .await;

    weigh(&world, faults, "what is told", None, 2_000, async |conn: &mut Conn| {
        assert_eq!(notice::tell(conn, today(), now, 10).await.unwrap(), 10);
    })
    .await;
    for kind in [Kind::Sms, Kind::SmsNotice, Kind::MatchEnterprise, Kind::MatchItem] {
        weigh(&world, faults, kind.code(), None, 200, async |conn: &mut Conn| {
            let jobs = job::claim(conn, kind, now, 20).await.unwrap();
            job::finish(conn, &jobs.iter().map(|job| job.id).collect::<Vec<_>>()).await.unwrap();
        })
        .await;
    }
    weigh(&world, faults, "changed facts", None, 4_000, async |conn: &mut Conn| {
        matching::match_enterprises(conn, &[enterprise, world.a.id], today(), now).await.unwrap();
    })
    .await;
    weigh(&world, faults, "files nobody filed", None, PAGE, async |conn: &mut Conn| {
        store::retention::apply(conn, crate::retention::rule(domain::retention::Kind::File), now, 500).await.unwrap();
    })
    .await;
    weigh(&world, faults, "messages", member, PAGE, async |conn: &mut Conn| {
        store::message::list(conn, Inbox::Person { person, enterprise }, None, 20).await.unwrap();
    })
    .await;
    assert!(faults.is_empty(), "{faults:#?}");
    world.end().await;
}
