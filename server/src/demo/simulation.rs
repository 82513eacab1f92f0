//! A city's year at random (`qifu simulate`): whoever may do something about an issue does, late or never, by the domain's own commands and clocks.
//! Merging is not in it: that is of two issues at once, and a life is one's.
//!
//! Unlike the demo's stories it goes by the state an issue is in, so that every command meets every other.

use super::people::{Firm, People, Person};
use super::said::{called, rating};
use super::weather::{Temper, Weather};
use super::{Dice, stories};
use anyhow::{Context, Result};
use domain::actor::{Actor, DepartmentId, MemberRole};
use domain::calendar::{Span, local};
use domain::issue::{
    Channel, Command, ContactWay, DeclineReason, Event, Flag, Issue, Meeting, NewTask, Outcome, Said, Satisfaction, State,
    Submission, Terms, Urgency, decide, evolve,
};
use store::Conn;
use store::issue::history::{self, History};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Issues written in one transaction.
const BATCH: usize = 500;
/// Nothing goes on for ever.
const STEPS: usize = 60;

/// Loads issues filed over so many days until now.
pub async fn load(conn: &mut Conn, people: &People, count: usize, days: usize, terms: &Terms, now: OffsetDateTime) -> Result<()> {
    let mut dice = Dice::new(20_261);
    let start = local(now - Duration::days(i64::try_from(days)?)).replace_time(time::Time::MIDNIGHT);
    let mut departments: Vec<DepartmentId> = people.handlers.keys().copied().collect();
    departments.sort_unstable();
    let weather = Weather::new(&mut dice, &departments, start, days);
    // At any hour of any day: the clocks' limits begin where offices are closed, too.
    let seconds = days * 86_400;
    let mut filed =
        (0..count).map(|_| Ok(start + Duration::seconds(i64::try_from(dice.below(seconds))?))).collect::<Result<Vec<_>>>()?;
    filed.retain(|at| *at < now);
    filed.sort_unstable();
    let city = City { people, weather: &weather, terms, now };
    for (index, chunk) in filed.chunks(BATCH).enumerate() {
        let histories = chunk.iter().enumerate().map(|(offset, at)| city.live(&mut dice, index * BATCH + offset, *at));
        history::import(conn, &histories.collect::<Result<Vec<_>>>()?, terms).await?;
        if index % 20 == 19 {
            tracing::info!(issues = (index + 1) * BATCH, "simulated");
        }
    }
    Ok(())
}

struct City<'a> {
    people: &'a People,
    weather: &'a Weather,
    terms: &'a Terms,
    now: OffsetDateTime,
}

impl City<'_> {
    fn live(&self, dice: &mut Dice, number: usize, filed: OffsetDateTime) -> Result<History> {
        let firm = dice.pick(&self.people.firms);
        let owner = Actor::Member { person: firm.owner, enterprise: firm.id, role: MemberRole::Owner };
        let mut life = Life {
            city: self,
            firm,
            owner: Person { actor: owner, name: firm.owner_name.clone() },
            temper: Temper::of(firm.id),
            issue: Issue::draft(firm.id),
            at: filed,
            events: Vec::new(),
        };
        life.file(dice);
        for _ in 0..STEPS {
            if life.at >= self.now || !life.step(dice)? {
                break;
            }
        }
        life.tick(self.now);
        Ok(History {
            client_key: Uuid::new_v5(&Uuid::NAMESPACE_OID, &number.to_be_bytes()),
            enterprise: firm.id,
            contact_name: firm.owner_name.clone(),
            contact_phone: firm.phone.clone(),
            events: life.events,
            tell: false,
        })
    }
}

/// An issue's life as it goes.
struct Life<'a> {
    city: &'a City<'a>,
    firm: &'a Firm,
    owner: Person,
    temper: Temper,
    issue: Issue,
    at: OffsetDateTime,
    events: Vec<(OffsetDateTime, Actor, String, Event)>,
}

impl<'a> Life<'a> {
    /// Lets working minutes pass.
    fn wait(&mut self, minutes: usize) {
        let span = Span::Minutes(u32::try_from(minutes).unwrap_or(0));
        let due = self.city.terms.calendar.add(self.at, span).map_or(self.city.now, |due| due.due);
        self.at = due.max(self.at + Duration::minutes(1));
    }

    /// What the clocks did up to an instant, as soon as a worker ran.
    fn tick(&mut self, until: OffsetDateTime) {
        loop {
            let cap = self.issue.pause.as_ref().map(|pause| pause.cap);
            let alarm = self.issue.alarm_at(self.city.terms);
            let Some(next) = [cap, alarm].into_iter().flatten().min() else { return };
            let at = self.events.last().map_or(next, |last| next.max(last.0));
            let at = self.city.weather.at_worker(at);
            if at > until {
                return;
            }
            let command = if cap.is_some_and(|cap| cap <= at) { Command::LapsePause } else { Command::Alarm };
            if !self.take(&command, &Actor::System, "系统", at) {
                return;
            }
        }
    }

    fn take(&mut self, command: &Command, actor: &Actor, name: &str, at: OffsetDateTime) -> bool {
        let Ok(events) = decide(&self.issue, command, actor, at, self.city.terms) else { return false };
        for event in events {
            self.issue = evolve(self.issue.clone(), &event, at, actor, &self.city.terms.calendar);
            self.events.push((at, *actor, name.to_owned(), event));
        }
        true
    }

    /// Gives a command now; `false` when the rules refuse it, or today comes first.
    fn give(&mut self, command: &Command, person: &Person) -> bool {
        if self.at >= self.city.now {
            return false;
        }
        self.tick(self.at);
        // What a worker told last may be later than what was waited for.
        self.at = self.events.last().map_or(self.at, |last| self.at.max(last.0));
        self.take(command, &person.actor, &person.name, self.at)
    }

    fn owner(&mut self, command: &Command) -> bool {
        let owner = self.owner.clone();
        self.give(command, &owner)
    }

    /// Somebody of the centre that has it, never who declined it.
    fn centre(&self) -> Result<&'a Person> {
        let list = self.city.people.centres.get(&self.issue.centre).context("every area has a centre")?;
        let fits = |person: &&Person| !matches!(person.actor, Actor::Staff { id, .. } if Some(id) == self.issue.declined_by);
        list.iter().find(fits).context("a second officer")
    }

    /// Whoever handles it, when they are there.
    fn lead(&mut self) -> Result<&'a Person> {
        let department = self.issue.lead.context("dispatched")?;
        self.at = self.city.weather.at_department(department, self.at);
        self.city.people.handlers.get(&department).context("every department has handlers")
    }

    fn department(&self, code: &str) -> Result<DepartmentId> {
        self.city.people.departments.get(code).copied().with_context(|| format!("department {code}"))
    }

    fn file(&mut self, dice: &mut Dice) {
        let (category, title, text) = *dice.pick(stories::PROBLEMS);
        let station = self.firm.station.filter(|_| dice.chance(12));
        let beside = station.and_then(|station| Some((station, self.city.people.stations.get(&station)?)));
        let filer = match beside {
            Some((station, (staff, name))) => Person {
                actor: Actor::Assisted { staff: *staff, station, person: self.firm.owner, enterprise: self.firm.id },
                name: format!("{}（{name} 代办）", self.firm.owner_name),
            },
            None => self.owner.clone(),
        };
        let submission = Submission {
            title: title.to_owned(),
            text: text.to_owned(),
            category: category.to_owned(),
            place: self.firm.address.clone(),
            area: self.firm.area,
            channel: if beside.is_some() { Channel::Station } else { Channel::Online },
            photos: 0,
        };
        self.give(&Command::Submit(submission), &filer);
    }

    /// What happens next; `false` when nothing does any more.
    fn step(&mut self, dice: &mut Dice) -> Result<bool> {
        if self.issue.state.is_open() {
            self.meanwhile(dice)?;
        }
        match self.issue.state {
            State::Submitted => self.receive(dice),
            State::Declined => Ok(self.object(dice)),
            State::Accepted => self.dispatch(dice),
            State::AwaitingInput => Ok(self.supply(dice)),
            State::Dispatched => self.sign(dice),
            State::Handling => self.handle(dice),
            State::Tracking => self.track(dice),
            State::Answered => self.judge(dice),
            State::Closed | State::Withdrawn => self.after(dice),
            _ => Ok(false),
        }
    }

    /// What the enterprise, leaders and supervision do at any time.
    fn meanwhile(&mut self, dice: &mut Dice) -> Result<()> {
        if self.temper == Temper::Impatient && dice.chance(25) {
            self.owner(&Command::Urge);
        }
        if dice.chance(3) {
            self.owner(&Command::Note { text: "补充一点情况，请一并考虑。".to_owned(), photos: 0 });
        }
        if dice.chance(if self.temper == Temper::Impatient { 3 } else { 1 }) {
            self.owner(&Command::Withdraw { reason: "等不及了，自己想办法".to_owned() });
        }
        if dice.chance(1)
            && let Some(leader) = self.city.people.leaders.first()
        {
            self.give(&Command::Instruct { leader: leader.name.clone(), text: "请抓紧办理，把结果报我。".to_owned() }, leader);
        }
        if self.issue.flags.contains(&Flag::Overdue) && dice.chance(30) {
            self.supervise(dice)?;
        }
        self.order(dice)
    }

    fn supervise(&mut self, dice: &mut Dice) -> Result<()> {
        let supervisor = self.city.people.supervisors.first().context("a supervisor")?;
        self.give(&Command::Supervise { reason: "超期未办结，请查明原因。".to_owned() }, supervisor);
        if dice.chance(30) {
            self.give(&Command::Inquire { question: "为什么到期还没有办结？".to_owned() }, supervisor);
        }
        Ok(())
    }

    /// The order of supervision, a step at a time.
    fn order(&mut self, dice: &mut Dice) -> Result<()> {
        if self.issue.inquiry.is_some() && dice.chance(60) {
            let centre = self.centre()?;
            self.give(&Command::Reply { text: "已经了解，部门正在办理。".to_owned() }, centre);
        }
        let Some(order) = self.issue.supervision.clone() else { return Ok(()) };
        if !order.issued {
            let centre = self.centre()?;
            self.give(&Command::Verify { note: "情况属实，请部门说明。".to_owned() }, centre);
        } else if !order.explained && self.issue.lead.is_some() {
            let lead = self.lead()?;
            let (cause, measures) = ("人手不足，安排不及时。".to_owned(), "已增派人员，本周办结。".to_owned());
            self.give(&Command::Explain { cause, measures }, lead);
        } else if !order.reviewed && dice.chance(60) {
            let centre = self.centre()?;
            let review = Command::Review {
                cause: "交办后没有人跟进。".to_owned(),
                responsibility: "主办部门".to_owned(),
                change: "每天清一次待签收。".to_owned(),
            };
            self.give(&review, centre);
        } else if self.issue.confirmed() {
            let supervisor = self.city.people.supervisors.first().context("a supervisor")?;
            self.give(&Command::SignOff { note: String::new() }, supervisor);
        }
        Ok(())
    }

    fn receive(&mut self, dice: &mut Dice) -> Result<bool> {
        if self.issue.contact.is_some_and(|clock| clock.runs()) {
            self.wait(if dice.chance(92) { 3 + dice.below(52) } else { 70 + dice.below(200) });
            let reached = self.temper != Temper::Silent || dice.chance(50);
            let (with, result) = (self.firm.owner_name.clone(), (*dice.pick(stories::CALLS)).to_owned());
            let centre = self.centre()?;
            self.give(&Command::Contact { way: ContactWay::Phone, with, reached, result }, centre);
        }
        self.wait(if dice.chance(6) { 400 + dice.below(2000) } else { 5 + dice.below(180) });
        if dice.chance(4) {
            let explanation = "经核实不在受理范围内，已电话说明。".to_owned();
            let centre = self.centre()?;
            return Ok(self.give(&Command::Decline { reason: *dice.pick(DeclineReason::ALL), explanation }, centre));
        }
        let catalogue = self.city.terms.catalogue_of(&self.issue, self.at);
        let known = catalogue.category(&self.issue.category).context("stories use the catalogue")?;
        let urgency = if dice.chance(8) { Urgency::Urgent } else { Urgency::Normal };
        // Some places lie elsewhere than the enterprise said.
        let area = dice.chance(2).then(|| dice.pick(&self.city.people.firms).area);
        let accept = Command::Accept { category: known.code.clone(), level: known.level, urgency, area };
        let centre = self.centre()?;
        Ok(self.give(&accept, centre))
    }

    fn object(&mut self, dice: &mut Dice) -> bool {
        let objects = dice.chance(if self.temper == Temper::Impatient { 90 } else { 20 });
        self.wait(300 + dice.below(5000));
        objects && self.owner(&Command::Object { reason: "这次情况与之前不同，请重新看。".to_owned() })
    }

    fn dispatch(&mut self, dice: &mut Dice) -> Result<bool> {
        self.wait(if dice.chance(4) { 500 + dice.below(1500) } else { 5 + dice.below(120) });
        let centre = self.centre()?;
        if dice.chance(7) && self.give(&Command::Ask { what: (*dice.pick(stories::ASKS)).to_owned() }, centre) {
            return Ok(true);
        }
        let catalogue = self.city.terms.catalogue_of(&self.issue, self.at);
        let known = catalogue.category(&self.issue.category).context("stories use the catalogue")?;
        let right = self.department(catalogue.route(known, self.issue.area))?;
        let wrong = self.department("fagai")?;
        let lead = if dice.chance(6) { wrong } else { right };
        let other = self.department("zhengwu")?;
        let co = if dice.chance(12) && lead != other { vec![other] } else { Vec::new() };
        let note = "属于你单位职责，请联系企业。".to_owned();
        Ok(self.give(&Command::Dispatch { lead, co, note }, centre))
    }

    fn supply(&mut self, dice: &mut Dice) -> bool {
        let silent = self.temper == Temper::Silent || dice.chance(10);
        let cap = self.issue.pause.as_ref().map_or(self.at, |pause| pause.cap);
        if silent {
            // The pause lapses; whoever asked goes on.
            self.at = self.at.max(cap);
            self.wait(1);
            self.tick(self.at);
            return self.issue.state != State::AwaitingInput || self.at < self.city.now;
        }
        self.wait(200 + dice.below(1500));
        // It may have lapsed meanwhile, and the rules refuse it then.
        self.owner(&Command::Supply { text: "已补充，请查收。".to_owned(), photos: 0 });
        true
    }

    fn sign(&mut self, dice: &mut Dice) -> Result<bool> {
        self.wait(if dice.chance(8) { 420 + dice.below(900) } else { 10 + dice.below(300) });
        if self.issue.round > 1 && dice.chance(15) {
            // Whose work was not enough loses it.
            let lead = self.department(if self.issue.lead == Some(self.department("zhengwu")?) { "fagai" } else { "zhengwu" })?;
            let note = "上一轮没有解决，改由你单位办理。".to_owned();
            let centre = self.centre()?;
            self.give(&Command::Dispatch { lead, co: Vec::new(), note }, centre);
        }
        let wrong = self.issue.lead == Some(self.department("fagai")?) && self.issue.category != "project";
        let lead = self.lead()?;
        if wrong || dice.chance(2) {
            let proposed = self.department(if wrong { "jingxin" } else { "zhengwu" })?;
            let reason = "不属于本单位职责，建议转责任部门。".to_owned();
            if self.give(&Command::Return { reason, proposed }, lead) {
                return Ok(true);
            }
        }
        Ok(self.give(&Command::Sign, lead))
    }

    fn handle(&mut self, dice: &mut Dice) -> Result<bool> {
        self.wait(30 + dice.below(600));
        let lead = self.lead()?;
        if dice.chance(55) {
            self.give(&Command::Progress { text: (*dice.pick(stories::PROGRESS)).to_owned() }, lead);
        }
        if dice.chance(5) && self.give(&Command::Ask { what: (*dice.pick(stories::ASKS)).to_owned() }, lead) {
            return Ok(true);
        }
        let days = 1 + u32::try_from(dice.below(5))?;
        if dice.chance(8) && self.give(&Command::Extend { days, reason: "需要其他单位配合。".to_owned() }, lead) {
            self.wait(60 + dice.below(600));
            let (granted, reason) = (dice.chance(60), "需要现场核实，预计延后几天。".to_owned());
            let ruling = if granted { Command::Grant { reason } } else { Command::Refuse { reason } };
            let centre = self.centre()?;
            self.give(&ruling, centre);
        }
        if dice.chance(4) {
            self.consult(dice)?;
        }
        if dice.chance(3) && self.issue.state == State::Handling {
            let centre = self.centre()?;
            let days = 1 + u32::try_from(dice.below(20))?;
            if self.give(&Command::Track { days, reason: "要等下一批指标，先挂账跟踪。".to_owned() }, centre) {
                return Ok(true);
            }
        }
        // Most answer in time, one in eight does not.
        let left =
            self.issue.answer.map_or(0, |clock| self.city.terms.calendar.working_between(self.at, clock.due).whole_minutes());
        let left = usize::try_from(left).unwrap_or(0);
        self.wait(if dice.chance(12) { left + 200 + dice.below(3000) } else { left / 10 + dice.below(left * 3 / 4 + 1) });
        self.parts(dice)?;
        let lead = self.lead()?;
        self.answer(dice, lead)
    }

    fn answer(&mut self, dice: &mut Dice, lead: &Person) -> Result<bool> {
        let solved = dice.chance(80);
        let text = (*dice.pick(if solved { stories::SOLVED } else { stories::EXPLAINED })).to_owned();
        let outcome = if solved { Outcome::Solved } else { Outcome::Explained };
        Ok(self.give(&Command::Answer { text, outcome }, lead))
    }

    /// What co-departments owe: most answer, the centre waives the others.
    fn parts(&mut self, dice: &mut Dice) -> Result<()> {
        let owed: Vec<DepartmentId> = self.issue.parts.iter().filter(|part| !part.done).map(|part| part.department).collect();
        for department in owed {
            if dice.chance(80) {
                let co = self.city.people.handlers.get(&department).context("every department has handlers")?;
                self.give(&Command::Part { text: "已配合核实，情况属实。".to_owned() }, co);
            } else {
                let centre = self.centre()?;
                self.give(&Command::Waive { department, reason: "主办部门已能答复。".to_owned() }, centre);
            }
        }
        Ok(())
    }

    /// Answers by promised days, some of them late, until it is solved.
    fn track(&mut self, dice: &mut Dice) -> Result<bool> {
        let left =
            self.issue.promise.map_or(0, |clock| self.city.terms.calendar.working_between(self.at, clock.due).whole_minutes());
        let left = usize::try_from(left).unwrap_or(0);
        self.wait(if dice.chance(20) { left + 60 + dice.below(900) } else { left / 2 + dice.below(left / 2 + 1) });
        self.parts(dice)?;
        let lead = self.lead()?;
        if dice.chance(50) {
            let (text, days) = ("已排入计划，设备在途。".to_owned(), 1 + u32::try_from(dice.below(20))?);
            return Ok(self.give(&Command::Report { text, days }, lead));
        }
        self.answer(dice, lead)
    }

    /// 协商办, and for some 会议办; what was decided is done by some, late by others, and given back once in a while.
    fn consult(&mut self, dice: &mut Dice) -> Result<()> {
        let (one, other) = (self.department("fagai")?, self.department("zhengwu")?);
        let task = |department, dice: &mut Dice| NewTask {
            department,
            what: "拿出解决办法并落实。".to_owned(),
            days: 1 + u32::try_from(dice.below(10)).unwrap_or(0),
        };
        let mut meeting = Meeting {
            held: local(self.at).date(),
            who: "企服中心主任、有关部门".to_owned(),
            decisions: "由两家单位共同解决。".to_owned(),
            told: "已召集有关部门商定办法。".to_owned(),
            tasks: vec![task(one, dice), task(other, dice)],
        };
        let centre = self.centre()?;
        self.give(&Command::Consult(meeting.clone()), centre);
        if dice.chance(40) {
            self.give(&Command::Refer { reason: "协商未成，提交联席会议。".to_owned() }, centre);
            self.wait(420 + dice.below(2000));
            meeting.held = local(self.at).date();
            let city =
                self.city.people.centres.get(&domain::actor::CITY).and_then(|list| list.first()).context("the city's centre")?;
            self.give(&Command::Resolve(meeting), city);
        }
        self.wait(dice.below(4000));
        self.tasks(dice)
    }

    fn tasks(&mut self, dice: &mut Dice) -> Result<()> {
        let given: Vec<(u16, DepartmentId)> = (0..).zip(self.issue.tasks.iter().map(|task| task.department)).collect();
        for (task, department) in given {
            let doer = self.city.people.handlers.get(&department).context("every department has handlers")?;
            let done = Command::Complete { task, text: "已按要求落实到位。".to_owned() };
            let centre = self.centre()?;
            if self.give(&done, doer) && dice.chance(20) {
                self.give(&Command::Confirm { task, done: false, note: "还差一处，请补上。".to_owned() }, centre);
                self.wait(60 + dice.below(900));
                self.give(&done, doer);
            }
            self.give(&Command::Confirm { task, done: true, note: String::new() }, centre);
        }
        Ok(())
    }

    fn judge(&mut self, dice: &mut Dice) -> Result<bool> {
        if self.temper != Temper::Silent && !dice.chance(10) {
            self.wait(30 + dice.below(2400));
            let unhappy = dice.chance(if self.temper == Temper::Impatient { 45 } else { 12 });
            return Ok(self.owner(&Command::Rate(rating(dice, unhappy))));
        }
        // No rating comes: called within the five days, and closed when the ten are over.
        self.wait(420 + dice.below(1800));
        let reached = self.temper != Temper::Silent && dice.chance(70);
        self.call_back(dice, reached)?;
        if self.issue.state == State::Answered {
            self.wait(10 * 420);
            let centre = self.centre()?;
            return Ok(self.give(&Command::Close { note: String::new() }, centre));
        }
        Ok(true)
    }

    fn call_back(&mut self, dice: &mut Dice, reached: bool) -> Result<bool> {
        let solved = !dice.chance(5);
        let level = if solved { Satisfaction::Satisfied } else { Satisfaction::Dissatisfied };
        let call = called(dice, reached.then_some(Said { solved, level }));
        let centre = self.centre()?;
        Ok(self.give(&call, centre))
    }

    /// It has ended: called back, and opened again by some.
    fn after(&mut self, dice: &mut Dice) -> Result<bool> {
        self.wait(200 + dice.below(2000));
        if dice.chance(92) {
            let reached = self.temper != Temper::Silent || dice.chance(30);
            self.call_back(dice, reached)?;
        }
        self.order(dice)?;
        if self.issue.state == State::Dispatched {
            return Ok(true);
        }
        let again = dice.chance(if self.temper == Temper::Impatient { 6 } else { 1 });
        if again && self.owner(&Command::Reopen { reason: "问题又出现了，请再来看。".to_owned() }) {
            return Ok(true);
        }
        // An order outlives the issue's end until it is signed off.
        Ok(self.issue.supervision.is_some() && self.at < self.city.now)
    }
}
