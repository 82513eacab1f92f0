//! A city's year at random (`qifu simulate`): whoever may do something about an issue does, late or never, by the domain's own commands and clocks.
//!
//! Unlike the demo's stories it goes by the state an issue is in, so that every command meets every other.

mod around;
mod beside;
pub mod districts;
mod offices;

use super::living::Living;
use super::people::{Firm, People, Person};
use super::said::{called, rating};
use super::weather::{Temper, Weather};
use super::{Dice, replies, stories};
use anyhow::{Context, Result};
use domain::actor::{Actor, DepartmentId, MemberRole};
use domain::calendar::local;
use domain::issue::{Aid, Channel, Command, Rating, Said, Satisfaction, State, Submission, Terms};
use std::ops::{Deref, DerefMut};
use store::Conn;
use store::issue::history::{self, History};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Issues written in one transaction, those that merge with them besides.
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
        let mut histories = Vec::with_capacity(chunk.len());
        for (offset, at) in chunk.iter().enumerate() {
            histories.extend(city.live(&mut dice, index * BATCH + offset, *at)?);
        }
        history::import(conn, &histories, terms).await?;
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

impl<'a> City<'a> {
    /// An issue from its filing until today, and the one that was merged into it, if one was.
    fn live(&'a self, dice: &mut Dice, number: usize, filed: OffsetDateTime) -> Result<Vec<History>> {
        let firm = dice.pick(&self.people.firms);
        let mut life = Life::begin(self, firm, Uuid::new_v5(&Uuid::NAMESPACE_OID, &number.to_be_bytes()), filed);
        let problem = *dice.pick(stories::PROBLEMS);
        life.file(dice, problem);
        life.run(dice)?;
        let mut lives: Vec<Life<'_>> = life.again.take().into_iter().map(|other| *other).collect();
        for other in &mut lives {
            // Merged it is over; what the rules did not let be merged goes on by itself.
            other.run(dice)?;
        }
        lives.push(life);
        Ok(lives.into_iter().map(Life::history).collect())
    }
}

/// An issue's life as it goes.
struct Life<'a> {
    city: &'a City<'a>,
    firm: &'a Firm,
    owner: Person,
    temper: Temper,
    key: Uuid,
    living: Living<'a>,
    /// The same problem, filed once more.
    again: Option<Box<Life<'a>>>,
    /// It is one that was filed once more.
    second: bool,
}

impl<'a> Deref for Life<'a> {
    type Target = Living<'a>;

    fn deref(&self) -> &Living<'a> {
        &self.living
    }
}

impl<'a> DerefMut for Life<'a> {
    fn deref_mut(&mut self) -> &mut Living<'a> {
        &mut self.living
    }
}

impl<'a> Life<'a> {
    fn begin(city: &'a City<'a>, firm: &'a Firm, key: Uuid, filed: OffsetDateTime) -> Life<'a> {
        let owner = Actor::Member { person: firm.owner, enterprise: firm.id, role: MemberRole::Owner };
        Life {
            city,
            firm,
            owner: Person { actor: owner, name: firm.owner_name.clone() },
            temper: Temper::of(firm.id),
            key,
            living: Living::begin(firm.id, filed, city.terms, city.now, Some(city.weather)),
            again: None,
            second: false,
        }
    }

    /// Until today, or until nothing happens any more.
    fn run(&mut self, dice: &mut Dice) -> Result<()> {
        for _ in 0..STEPS {
            if self.at >= self.city.now || !self.step(dice)? {
                break;
            }
        }
        self.living.tick(self.city.now);
        Ok(())
    }

    fn history(self) -> History {
        self.living.history(self.key, self.firm.owner_name.clone(), self.firm.phone.clone(), false)
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

    /// Who accepts and forwards: of every second enterprise the lead of the board, where it stands in for somebody (S-4).
    fn front(&self) -> Result<&'a Person> {
        match self.issue.with_board_lead().filter(|_| self.firm.id % 2 == 0) {
            Some(board) => self.city.people.handlers.get(&board.lead).context("every department has handlers"),
            None => self.centre(),
        }
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

    fn file(&mut self, dice: &mut Dice, (category, title, text): (&str, &str, &str)) {
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

    fn object(&mut self, dice: &mut Dice) -> bool {
        let objects = dice.chance(if self.temper == Temper::Impatient { 90 } else { 20 });
        self.pass(300 + dice.below(5000));
        objects && self.owner(&Command::Object { reason: "这次情况与之前不同，请重新看。".to_owned() })
    }

    fn supply(&mut self, dice: &mut Dice) -> bool {
        let silent = self.temper == Temper::Silent || dice.chance(10);
        let cap = self.issue.pause.as_ref().map_or(self.at, |pause| pause.cap);
        if silent {
            // The pause lapses; whoever asked goes on.
            self.at = self.at.max(cap);
            self.pass(1);
            self.living.tick(self.living.at);
            return self.issue.state != State::AwaitingInput || self.at < self.city.now;
        }
        self.pass(200 + dice.below(1500));
        // It may have lapsed meanwhile, and the rules refuse it then.
        self.owner(&Command::Supply { text: "已补充，请查收。".to_owned(), photos: 0 });
        true
    }

    /// Some of what was filed at a station is rated in its browser.
    fn aid(&self) -> Option<Aid> {
        let station = self.issue.station.filter(|_| self.issue.version.is_multiple_of(2))?;
        let (staff, name) = self.city.people.stations.get(&station)?;
        Some(Aid { staff: *staff, name: name.clone(), at: self.at - Duration::hours(2) })
    }

    fn judge(&mut self, dice: &mut Dice) -> Result<bool> {
        if self.temper != Temper::Silent && !dice.chance(10) {
            self.pass(30 + dice.below(2400));
            let unhappy = dice.chance(if self.temper == Temper::Impatient { 45 } else { 12 });
            let (aid, replies) = (self.aid(), replies::of(&self.issue.category));
            return Ok(self.owner(&Command::Rate(Rating { aid, ..rating(dice, unhappy, replies) })));
        }
        // No rating comes: called within the five days, and closed when the ten are over.
        self.pass(420 + dice.below(1800));
        let reached = self.temper != Temper::Silent && dice.chance(70);
        self.call_back(dice, reached)?;
        if self.issue.state == State::Answered {
            self.pass(10 * 420);
            // The clock closes it, but for what was called bad: that the centre decides.
            self.living.tick(self.living.at);
            if self.issue.state == State::Answered {
                let centre = self.centre()?;
                return Ok(self.give(&Command::Close { note: String::new() }, centre));
            }
        }
        Ok(true)
    }

    fn call_back(&mut self, dice: &mut Dice, reached: bool) -> Result<bool> {
        let solved = !dice.chance(5);
        let level = if solved { Satisfaction::Satisfied } else { Satisfaction::Dissatisfied };
        let call = called(dice, reached.then_some(Said { solved, level }), replies::of(&self.issue.category));
        let centre = self.centre()?;
        Ok(self.give(&call, centre))
    }

    /// It has ended: called back, and opened again by some.
    fn after(&mut self, dice: &mut Dice) -> Result<bool> {
        self.pass(200 + dice.below(2000));
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
