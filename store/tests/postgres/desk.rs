//! The desk and the enterprise's own lists over four hundred random issues: counts are what lists hold, pages are complete, nobody
//! finds what they may not read, and messages reach exactly those they are for.

use crate::random::{Dice, Life, step};
use crate::scope::take_scope;
use crate::world::{Firm, NANXUN, OPENER, WUXING, World, firm, morning};
use domain::actor::{Actor, CITY, Duty, area_covers};
use domain::issue::notice::Recipient;
use domain::issue::permission::{IssueScope, may_read};
use domain::issue::texts::addressed;
use domain::issue::{Channel, State};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, PgPool};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::identity::Who;
use store::issue::history::{History, import};
use store::issue::{IssueRow, MineFilter, Queue, counts, mine, queue, search};
use store::{Conn, Page};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// The world with its issues, by number.
pub struct City {
    pub world: World,
    pub firms: Vec<Firm>,
    pub lives: BTreeMap<String, Life>,
}

const NAMES: [&str; 8] = ["锦绣", "云裳", "恒力", "天能", "永兴", "久立", "美欣达", "栋梁"];

/// Issues of ten enterprises; some file outside the area they are registered in, some beside station staff of another one.
pub async fn city(owner: PgPool) -> City {
    let mut world = World::with_connections(owner, 6).await;
    world.front().await;
    let mut dice = Dice::new(2026);
    let mut firms = vec![world.a.clone(), world.b.clone()];
    let mut system = world.store.system().await.unwrap();
    for (index, name) in (10..).zip(NAMES) {
        let area = dice.pick(&[WUXING, NANXUN, 330_521]);
        let station = dice.pick(&[None, Some(world.stations[0]), Some(world.stations[1])]);
        firms.push(firm(&mut system, index, &format!("湖州{name}有限公司"), area, station).await);
    }
    let mut lives = Vec::new();
    for n in 0..400 {
        let owner = dice.pick(&firms);
        let area = if dice.one_in(4) { dice.pick(&[WUXING, NANXUN]) } else { owner.area };
        let filer = if dice.one_in(6) {
            let (login, station) = dice.pick(&[("station_zhili", world.stations[0]), ("station_lianshi", world.stations[1])]);
            Actor::Assisted { staff: world.staff[login].0, station, person: owner.person, enterprise: owner.id }
        } else {
            owner.actor()
        };
        let title = dice.pick(&["用电增容一直没批", "厂门口道路积水", "申请退税未到账"]);
        // Half of them of the last month, so that some are about to be late whenever this runs.
        let day = if dice.one_in(2) { dice.below(60) } else { 60 + dice.below(30) };
        let mut now = morning() + Duration::minutes(i64::try_from(day * 24 * 60 + dice.below(24 * 60)).unwrap());
        let mut life = Life::begin(&world, &owner, filer, title, area, now);
        for _ in 0..dice.below(12) {
            let (player, command, minutes) = step(&world, &life.issue, &mut dice);
            now += Duration::minutes(minutes.min(3_000));
            let actor = player.actor(&world, &owner, &world.a);
            life.go_on(&world, &command, &actor, now);
        }
        assert_eq!(life.title, title, "case {n}");
        lives.push(life);
    }
    let histories: Vec<History> = lives
        .iter()
        .map(|life| History {
            client_key: life.client_key,
            enterprise: life.firm.id,
            contact_name: "陈伟".to_owned(),
            contact_phone: "13800138000".to_owned(),
            events: life.events.clone(),
            tell: true,
        })
        .collect();
    import(&mut system, &histories, &world.terms).await.unwrap();
    let numbers: HashMap<Uuid, String> =
        sqlx::query_as("select client_key, number from issue").fetch_all(&world.owner).await.unwrap().into_iter().collect();
    let lives = lives.into_iter().map(|life| (numbers[&life.client_key].clone(), life)).collect();
    drop(system);
    City { world, firms, lives }
}

impl City {
    /// What the rules let an actor read, `now` being the instant of the database.
    pub fn readable(&self, actor: &Actor, now: OffsetDateTime) -> BTreeSet<String> {
        let may = |life: &Life| {
            let issue = &life.issue;
            let warned = issue.warn_at().is_some_and(|warned| warned < now);
            may_read(
                actor,
                &IssueScope {
                    enterprise: issue.enterprise,
                    area: life.filed_for,
                    centre: issue.centre,
                    board_lead: issue.with_board_lead().map(|board| board.lead),
                    lead: issue.lead,
                    co: &issue.taking_part(),
                    station: issue.station,
                    enterprise_station: life.firm.station,
                    key: issue.key,
                    abnormal: !issue.flags.is_empty() || warned,
                    watched: issue.watched,
                },
            )
        };
        self.lives.iter().filter(|(_, life)| may(life)).map(|(number, _)| number.clone()).collect()
    }

    pub fn numbers(&self, wanted: impl Fn(&Life) -> bool) -> BTreeSet<String> {
        self.lives.iter().filter(|(_, life)| wanted(life)).map(|(number, _)| number.clone()).collect()
    }
}

/// Turns the pages of a list to its end; no row twice, every page but the last one full.
pub async fn all_pages(limit: usize, mut turn: impl AsyncFnMut(Option<String>) -> Page<IssueRow>) -> Vec<IssueRow> {
    let mut rows: Vec<IssueRow> = Vec::new();
    let mut cursor = None;
    loop {
        let page = turn(cursor).await;
        assert!(page.rows.len() == limit || page.next.is_none() && page.rows.len() < limit, "a short page amid the list");
        rows.extend(page.rows);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let distinct: BTreeSet<&str> = rows.iter().map(|row| row.number.as_str()).collect();
    assert_eq!(distinct.len(), rows.len(), "a row on two pages");
    rows
}

pub fn set(rows: &[IssueRow]) -> BTreeSet<String> {
    rows.iter().map(|row| row.number.clone()).collect()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn row_level_security_says_what_the_rules_say(owner: PgPool) {
    let city = city(owner).await;
    let mut players: Vec<(String, Actor, Who)> = Vec::new();
    for (login, (id, duty)) in &city.world.staff {
        players.push(((*login).to_owned(), Actor::Staff { id: *id, duty: *duty }, Who::Staff(*id)));
    }
    for firm in &city.firms {
        players.push((firm.name.clone(), firm.actor(), Who::Person(firm.person, Some(firm.id))));
    }
    let mut seen_by_some = 0;
    for (name, actor, who) in players {
        let session = city.world.session(who).await;
        let mut conn = PgConnection::connect_with(&city.world.owner.connect_options()).await.unwrap();
        take_scope(&mut conn, Some(&session)).await;
        // With the enterprise joined, as every list has it: whoever reads an issue reads whose it is.
        for from in ["issue i", "issue i join enterprise e on e.id = i.enterprise_id"] {
            let sql = format!("select now(), array(select i.number from {from} order by 1)");
            let (now, numbers): (OffsetDateTime, Vec<String>) =
                sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut conn).await.unwrap();
            assert_eq!(numbers.into_iter().collect::<BTreeSet<_>>(), city.readable(&actor, now), "{name} from {from}");
        }
        seen_by_some += usize::from(!city.readable(&actor, OffsetDateTime::now_utc()).is_empty());
        conn.close().await.unwrap();
    }
    assert!(seen_by_some > 20, "all but the administrator and the policy editor have something to read: {seen_by_some}");
    city.world.end().await;
}

/// Whether a queue holds an issue, from the issue itself.
pub fn belongs(queue: Queue, duty: &Duty, life: &Life, now: OffsetDateTime) -> bool {
    let issue = &life.issue;
    let late = issue.late_at().is_some_and(|late| late <= now);
    let warned = issue.warn_at().is_some_and(|warned| warned <= now);
    let scope = match duty {
        Duty::Handler { department } if queue == Queue::Assisting => issue.owing().contains(department),
        Duty::Handler { department } if queue == Queue::BoardLead => {
            let waits = matches!(issue.state, State::Submitted | State::Accepted);
            waits && issue.board_lead.is_some_and(|board| board.lead == *department)
        }
        Duty::Station { station, .. } if queue == Queue::Filed => issue.station == Some(*station),
        Duty::Station { station, .. } => issue.station == Some(*station) || life.firm.station == Some(*station),
        // A district's centre works on what it is responsible for, and reads what was filed in its area.
        Duty::Centre { area } if queue == Queue::All => area_covers(*area, life.filed_for) || *area == issue.centre,
        // All of a department is what it takes part in, too, while that is open.
        Duty::Handler { department } if queue == Queue::All => {
            issue.lead == Some(*department) || (issue.state.is_open() && issue.taking_part().contains(department))
        }
        Duty::Handler { department } => issue.lead == Some(*department),
        Duty::Centre { area } => *area == CITY || *area == issue.centre,
        Duty::Leader { area } => area_covers(*area, life.filed_for),
        Duty::Supervisor { area } => area_covers(*area, life.filed_for) && (warned || issue.watched || !issue.flags.is_empty()),
        Duty::PolicyEditor { .. } | Duty::Administrator { .. } => false,
    };
    scope
        && (matches!(queue, Queue::Filed | Queue::All) || issue.state.is_open())
        && match queue {
            Queue::ToAccept => issue.state == State::Submitted,
            Queue::ToDispatch => issue.state == State::Accepted && !issue.returned,
            Queue::Returned => issue.state == State::Accepted && issue.returned,
            Queue::ToSign => issue.state == State::Dispatched,
            Queue::Mine => matches!(issue.state, State::Handling | State::AwaitingInput | State::Tracking),
            Queue::Soon => !late && warned,
            Queue::Late => late,
            Queue::ToRate => issue.state == State::Answered,
            Queue::Assisting | Queue::BoardLead | Queue::Open | Queue::Filed | Queue::All => true,
        }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn every_queue_holds_what_its_name_says_and_the_tab_counts_it(owner: PgPool) {
    let city = city(owner).await;
    let mut filled = BTreeSet::new();
    // Now, and when the last of them begins to warn: it is about to be late then, whatever the hour of this run. What supervision may read goes by
    // the database's own clock.
    let warned = city.lives.values().filter(|life| life.issue.warn_at() < life.issue.late_at());
    let moments = [OffsetDateTime::now_utc(), warned.filter_map(|life| life.issue.warn_at()).max().unwrap()];
    let staff = |now| city.world.staff.iter().map(move |(login, (_, duty))| (login, duty, now));
    let staff = moments.into_iter().flat_map(staff);
    for (login, duty, now) in staff.filter(|(_, duty, now)| *now == moments[0] || !matches!(duty, Duty::Supervisor { .. })) {
        let mut conn = city.world.staff(login).await;
        let counted = counts(&mut conn, duty, now).await.unwrap();
        for which in Queue::of(duty) {
            let rows = all_pages(7, async |cursor: Option<String>| {
                queue(&mut conn, duty, *which, now, cursor.as_deref(), 7).await.unwrap()
            })
            .await;
            assert_eq!(set(&rows), city.numbers(|life| belongs(*which, duty, life, now)), "{login} {which:?}");
            if matches!(which, Queue::Filed | Queue::All) {
                assert!(rows.is_sorted_by(|one, next| one.submitted_at >= next.submitted_at));
            } else {
                let last = OffsetDateTime::now_utc() + Duration::days(9_999);
                let end = |row: &IssueRow| row.late_at.unwrap_or(last);
                assert!(rows.is_sorted_by(|one, next| end(one) <= end(next)), "the most urgent first");
                assert_eq!(counted.of(*which), Some(i64::try_from(rows.len()).unwrap()), "{login} {which:?}");
            }
            if !rows.is_empty() {
                filled.insert(which.code());
            }
        }
    }
    // A queue that no issue is in would prove nothing.
    assert_eq!(filled.len(), Queue::ALL.len(), "filled: {filled:?}");
    city.world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_enterprise_lists_its_own_by_what_waits_for_it(owner: PgPool) {
    let city = city(owner).await;
    for firm in &city.firms {
        let mut conn = city.world.member(firm).await;
        for filter in MineFilter::ALL {
            let rows = all_pages(5, async |cursor: Option<String>| {
                mine(&mut conn, firm.id, filter, cursor.as_deref(), 5).await.unwrap()
            })
            .await;
            let expected = city.numbers(|life| {
                let waits = matches!(life.issue.state, State::AwaitingInput | State::Answered);
                life.firm.id == firm.id
                    && match filter {
                        MineFilter::All => true,
                        MineFilter::Waiting => waits,
                        // The same as the home page counts.
                        MineFilter::Open => life.issue.state.is_open() && !waits,
                        MineFilter::Ended => !life.issue.state.is_open(),
                    }
            });
            assert_eq!(set(&rows), expected, "{} {filter:?}", firm.name);
            assert!(rows.is_sorted_by(|one, next| one.last_event_at >= next.last_event_at), "the latest movement first");
        }
        let home = store::issue::home(&mut conn, firm.id).await.unwrap();
        let waiting = mine(&mut conn, firm.id, MineFilter::Waiting, None, 100).await.unwrap().rows;
        assert_eq!(set(&home.waiting), set(&waiting));
        let in_work = city.numbers(|l| {
            let state = l.issue.state;
            l.firm.id == firm.id && state.is_open() && !matches!(state, State::AwaitingInput | State::Answered)
        });
        assert_eq!(home.open_count, in_work.len());
        assert_eq!(home.open.len(), in_work.len().min(5));
        let foreign = city.firms.iter().find(|other| other.id != firm.id).unwrap();
        assert!(mine(&mut conn, foreign.id, MineFilter::All, None, 5).await.unwrap().rows.is_empty(), "asked for another's");
    }
    city.world.end().await;
}

pub async fn found(conn: &mut Conn, words: &str) -> BTreeSet<String> {
    set(&search(conn, words).await.unwrap())
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn search_finds_number_enterprise_and_words_inside_the_scope(owner: PgPool) {
    let city = city(owner).await;
    let mut system = city.world.store.system().await.unwrap();
    while store::outbox::drain(&mut system, morning(), 100).await.unwrap() > 0 {}
    let cut = |all: BTreeSet<String>| all.len().min(50);
    for login in ["centre_city", "leader_nanxun", "centre_wuxing", "handler_jianshe", "station_zhili", "supervisor_wuxing"] {
        let mut conn = city.world.staff(login).await;
        let readable = city.readable(&city.world.staff_actor(login), OffsetDateTime::now_utc());
        let (mine, theirs): (Vec<_>, Vec<_>) = city.lives.keys().partition(|number| readable.contains(*number));
        assert_eq!(found(&mut conn, mine[0]).await, BTreeSet::from([mine[0].clone()]), "{login}: its number");
        if let Some(number) = theirs.first() {
            assert!(found(&mut conn, number).await.is_empty(), "{login} found {number}, which is none of theirs");
        }
        for firm in &city.firms {
            let theirs = city.numbers(|life| life.firm.id == firm.id).intersection(&readable).cloned().collect();
            let by_code = found(&mut conn, &firm.uscc).await;
            assert!(by_code.is_subset(&theirs) && by_code.len() == cut(theirs), "{login}: the code of {}", firm.name);
        }
        for (words, title) in [("增容", "用电增容"), ("积水", "道路积水"), ("退税 申请", "申请退税")] {
            let expected = city.numbers(|life| life.title.contains(title)).intersection(&readable).cloned().collect();
            // Every text speaks of water on the road; only a title does of the others.
            let expected = if words == "积水" { readable.clone() } else { expected };
            let hits = found(&mut conn, words).await;
            assert!(hits.is_subset(&expected) && hits.len() == cut(expected), "{login}: {words}");
        }
    }
    let mut conn = city.world.staff("centre_city").await;
    let by_name = found(&mut conn, "美欣达").await;
    assert!(!by_name.is_empty() && by_name.is_subset(&city.numbers(|life| life.firm.name.contains("美欣达"))));
    for harmless in ["", "   ", "'", "积水' | 'x", "\\", "!&|()<->:*", "没有这样的词"] {
        let hits = search(&mut conn, harmless).await.unwrap();
        assert!(hits.is_empty() || harmless.contains("积水"), "{harmless}");
    }
    for stranger in ["policy", "admin"] {
        assert!(found(&mut city.world.staff(stranger).await, "积水").await.is_empty());
    }
    assert!(found(&mut city.world.store.anonymous().await.unwrap(), "积水").await.is_empty());
    drop((system, conn));
    city.world.end().await;
}

/// A message: the person or the account it went to, and what it says.
type Written = (Option<i64>, Option<i64>, String, String, String);

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn messages_reach_exactly_those_they_are_for_and_once(owner: PgPool) {
    let city = city(owner).await;
    let now = OffsetDateTime::now_utc();
    let mut listener = city.world.store.listen(&[store::outbox::CHANNEL]).await.unwrap();
    // Two servers drain at once: one has its turn, the other leaves it to that one.
    let drain = async || {
        let mut conn = city.world.store.system().await.unwrap();
        let mut drained = 0;
        loop {
            match store::outbox::drain(&mut conn, now, 23).await.unwrap() {
                0 => break drained,
                n => drained += n,
            }
        }
    };
    let (one, two) = tokio::join!(drain(), drain());
    assert_eq!(one + two, city.lives.len());
    assert_eq!(drain().await, 0);

    let mut expected: Vec<Written> = Vec::new();
    for (number, life) in &city.lives {
        for notice in &life.told {
            let mut tell = |person, staff| {
                let said = |text: &str| addressed(text, number, &life.title);
                expected.push((person, staff, number.clone(), said(&notice.title), said(&notice.body)));
            };
            let meant = |duty: &Duty| match (&notice.recipient, duty) {
                (Recipient::Department(id), Duty::Handler { department }) => department == id,
                (Recipient::Centre(code), Duty::Centre { area }) => area == code,
                (Recipient::Supervisor(code), Duty::Supervisor { area }) => area == code,
                (Recipient::Leader(code), Duty::Leader { area }) => area == code,
                _ => false,
            };
            match &notice.recipient {
                Recipient::Enterprise(id) => {
                    tell(city.firms.iter().find(|firm| firm.id == *id).map(|firm| firm.person), None);
                }
                Recipient::Board(code) => {
                    assert_eq!(code, "zhengwu");
                    tell(None, Some(city.world.staff["handler_gongan"].0));
                }
                Recipient::Department(_) | Recipient::Centre(_) | Recipient::Leader(_) | Recipient::Supervisor(_) => {
                    city.world.staff.values().filter(|(_, duty)| meant(duty)).for_each(|(id, _)| tell(None, Some(*id)));
                }
            }
        }
    }
    let mut written: Vec<Written> = sqlx::query_as("select person_id, staff_id, number, title, body from message")
        .fetch_all(&city.world.owner)
        .await
        .unwrap();
    expected.sort();
    written.sort();
    assert!(expected.len() > 400);
    assert_eq!(written, expected);

    // Open pages hear of every issue, with what they need to know whether it is theirs.
    let mut heard = BTreeMap::new();
    while heard.len() < city.lives.len() {
        let live: store::outbox::Live = serde_json::from_str(listener.recv().await.unwrap().payload()).unwrap();
        heard.insert(live.number.clone(), live);
    }
    for (number, life) in &city.lives {
        let (live, issue) = (&heard[number], &life.issue);
        assert_eq!(
            (live.enterprise, live.area, live.centre, live.lead),
            (issue.enterprise, life.filed_for, issue.centre, issue.lead)
        );
        assert_eq!(live.board_lead, issue.with_board_lead().map(|board| board.lead));
        assert_eq!((&live.co, live.version), (&issue.taking_part(), i32::try_from(issue.version).unwrap()));
    }
    drop(listener);
    city.world.end().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn imported_histories_are_as_good_as_lived_ones(owner: PgPool) {
    let city = city(owner).await;
    let mut conn = city.world.store.system().await.unwrap();
    for (number, life) in city.lives.iter().step_by(9) {
        let stored = store::issue::detail(&mut conn, number).await.unwrap();
        assert_eq!(stored.aggregate(&city.world.terms.calendar), life.issue);
        assert_eq!(life.issue.channel, Channel::Online);
    }
    let walk = store::audit::walk(&mut conn, domain::audit::Kind::Issue, None, &[]).await.unwrap();
    let lived: u32 = city.lives.values().map(|life| life.issue.version).sum();
    assert_eq!((walk.broken, walk.events), (None, i64::from(lived)));
    drop(conn);
    city.world.end().await;
}

/// The station that serves an enterprise may call it though it was not filed there; what is said of the enterprise's year is the same for
/// everyone who may read the issue, and nothing for whoever may not.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_station_calls_and_a_year_is_the_same_for_everyone(owner: PgPool) {
    use domain::issue::{Command, ContactWay};
    use store::issue::{CommandError, execute, history};
    let world = World::new(owner).await;
    let now = morning();
    let number = world.file(&world.a, "道路积水", &[], now).await.number;
    for title in ["用电增容", "申请退税"] {
        world.file(&world.a, title, &[], now).await;
    }
    let call =
        Command::Contact {
            way: ContactWay::Visit, with: "陈伟".to_owned(), reached: true, result: "到现场看过".to_owned()
        };
    let mut other = world.staff("station_lianshi").await;
    let actor = world.staff_actor("station_lianshi");
    let refused = execute(&mut other, &number, &call, &actor, "驿站", &[], now, &world.terms).await;
    assert!(matches!(refused, Err(CommandError::Store(store::StoreError::NotFound))), "{refused:?}");
    drop(other);
    let called = world.as_staff("station_zhili", &number, &call, now).await;
    assert_eq!(called.contact.unwrap().met, Some(now));
    world.as_staff("centre_wuxing", &number, &crate::world::accept(), now).await;
    world.as_staff("centre_wuxing", &number, &crate::world::dispatch(world.departments[0], &[]), now).await;
    let id = world.count(&format!("select id from issue where number = '{number}'")).await;
    for login in ["centre_wuxing", "centre_city", "handler_jianshe", "station_zhili", "leader_wuxing"] {
        let mut conn = world.staff(login).await;
        let year = history(&mut conn, id, OPENER, None, now + Duration::days(1)).await.unwrap();
        assert_eq!((year.year, year.dissatisfied), (3, 0), "{login}");
        assert_eq!(history(&mut conn, id, OPENER, None, now + Duration::days(400)).await.unwrap().year, 0, "{login}");
    }
    let mut stranger = world.staff("handler_gongan").await;
    assert!(history(&mut stranger, id, OPENER, None, now).await.is_err(), "not even a figure");
    drop(stranger);
    world.end().await;
}
