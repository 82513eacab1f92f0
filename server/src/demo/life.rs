//! The life of demo issues: each is filed some day and goes its way by the rules until it ends or today is reached.

use super::living::Living;
use super::people::{Firm, People, Person};
use super::pictures::{self, Scene};
use super::said::{called, rating};
use super::{Dice, replies, stories};
use crate::photos::{PhotoStore, Picture};
use anyhow::{Context, Result};
use domain::actor::{Actor, DepartmentId, MemberRole};
use domain::calendar::local;
use domain::issue::{
    Aid, Channel, Command, ContactWay, DeclineReason, Event, Issue, Outcome, Rating, Said, Satisfaction, State, Submission,
    Terms, Urgency,
};
use store::Conn;
use store::issue::history::{self, History};
use store::photo::NewPhoto;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Days the filings are spread over.
const DAYS: i64 = 120;
/// Issues written in one transaction.
const BATCH: usize = 500;
/// Only so many issues get pictures: a scaled-up data set is for lists, not for albums.
const PICTURED: usize = 1000;

/// Loads `count` issues.
pub async fn load(
    conn: &mut Conn,
    photos: &PhotoStore,
    people: &People,
    count: usize,
    terms: &Terms,
    now: OffsetDateTime,
) -> Result<()> {
    let mut dice = Dice::new(20_260);
    let start = now - Duration::days(DAYS);
    let mut starts: Vec<i64> = (0..count)
        .map(|_| {
            // Mostly in the daytime, the last days as busy as the first.
            let day = i64::try_from(dice.below(usize::try_from(DAYS).unwrap_or(1))).unwrap_or(0);
            let second = i64::try_from(8 * 3600 + dice.below(11 * 3600)).unwrap_or(0);
            day * 86_400 + second
        })
        .collect();
    starts.sort_unstable();
    let midnight = local(start).replace_time(time::Time::MIDNIGHT);
    // Tests load a little data a hundred times: drawing would take most of their time.
    let coarse = if count < PICTURED / 2 { 4 } else { 1 };
    let scenes = Scene::ALL.iter().copied().cycle().take(16);
    let album = scenes.map(|scene| Ok((scene, pictures::draw(&mut dice, scene, coarse)?))).collect::<Result<Vec<_>>>()?;
    for (chunk_index, chunk) in starts.chunks(BATCH).enumerate() {
        let mut histories = Vec::with_capacity(chunk.len());
        let mut thrown = Vec::with_capacity(chunk.len());
        for (index, offset) in chunk.iter().enumerate() {
            let filed = midnight + Duration::seconds(*offset);
            if filed < now {
                let story = Story { people, terms, now, number: chunk_index * BATCH + index };
                let (history, photos) = story.live(&mut dice, filed)?;
                histories.push(history);
                thrown.push(photos);
            }
        }
        let ids = history::import(conn, &histories, terms).await?;
        if chunk_index * BATCH < PICTURED {
            for (history, thrown) in histories.iter().zip(&thrown) {
                let pictures = chosen(&album, &mut dice, scene(history), *thrown);
                let id = ids.get(&history.client_key).copied().context("the issue was just written")?;
                attach(conn, photos, &pictures, history, id, now).await?;
            }
        }
        if count > BATCH * 10 && chunk_index % 20 == 19 {
            tracing::info!(issues = (chunk_index + 1) * BATCH, "loading");
        }
    }
    Ok(())
}

/// What pictures of an issue show.
fn scene(history: &History) -> Option<Scene> {
    match history.events.first() {
        Some((_, _, _, Event::Submitted { submission, .. })) => Scene::of(&submission.category),
        _ => None,
    }
}

/// So many pictures of a scene as the dice are thrown. Without a scene they are thrown all the same: what comes after stays what it was.
fn chosen<'a>(album: &'a [(Scene, Picture)], dice: &mut Dice, scene: Option<Scene>, thrown: u8) -> Vec<&'a Picture> {
    let mut left: Vec<&Picture> = album.iter().filter(|(shows, _)| Some(*shows) == scene).map(|(_, picture)| picture).collect();
    let mut pictures = Vec::new();
    for _ in 0..thrown {
        let at = dice.below(left.len());
        if at < left.len() {
            // None twice.
            pictures.push(left.swap_remove(at));
        }
    }
    pictures
}

async fn attach(
    conn: &mut Conn,
    photos: &PhotoStore,
    pictures: &[&Picture],
    history: &History,
    issue: i64,
    now: OffsetDateTime,
) -> Result<()> {
    let mut ids = Vec::new();
    for (ordinal, picture) in (0u8..).zip(pictures) {
        let Picture { full, thumb, width, height } = picture;
        let id = Uuid::new_v5(&history.client_key, &[ordinal]);
        let new = NewPhoto {
            id,
            enterprise: history.enterprise,
            person: None,
            staff: None,
            width: i32::try_from(*width)?,
            height: i32::try_from(*height)?,
            bytes: i64::try_from(full.len())?,
            document: None,
            meant_for: None,
        };
        let picture = Picture { full: full.clone(), thumb: thumb.clone(), width: *width, height: *height };
        photos.put(id, picture).await?;
        store::photo::add(conn, &new, now).await?;
        ids.push(id);
    }
    if !ids.is_empty() {
        history::attach_photos(conn, issue, &ids).await?;
    }
    Ok(())
}

/// What a life needs.
struct Story<'a> {
    people: &'a People,
    terms: &'a Terms,
    now: OffsetDateTime,
    number: usize,
}

impl Story<'_> {
    /// The life, and for how many pictures the dice were thrown.
    fn live(&self, dice: &mut Dice, filed: OffsetDateTime) -> Result<(History, u8)> {
        // The first two, whose numbers the start prints, have more to show than the others.
        let firm = match dice.below(100) {
            0..=2 => &self.people.firms[0],
            3..=4 => &self.people.firms[1.min(self.people.firms.len() - 1)],
            _ => dice.pick(&self.people.firms),
        };
        let firm = firm.clone();
        let owner = Person {
            actor: Actor::Member { person: firm.owner, enterprise: firm.id, role: MemberRole::Owner },
            name: firm.owner_name.clone(),
        };
        let mut life = Living::begin(firm.id, filed, self.terms, self.now, None);
        let (category, title, text) = *dice.pick(stories::PROBLEMS);
        let thrown = if self.number < PICTURED && dice.chance(30) { u8::try_from(dice.below(3) + 1)? } else { 0 };
        let assisted = dice.chance(12).then(|| self.assisted(&firm)).flatten();
        let filer = assisted.unwrap_or_else(|| owner.clone());
        let channel = if matches!(filer.actor, Actor::Assisted { .. }) { Channel::Station } else { Channel::Online };
        let submission = Submission {
            title: title.to_owned(),
            text: text.to_owned(),
            category: category.to_owned(),
            place: firm.address.clone(),
            area: firm.area,
            channel,
            photos: if Scene::of(category).is_some() { thrown } else { 0 },
        };
        if life.give(&Command::Submit(submission), &filer) && self.call(dice, &mut life)? {
            self.route(dice, &mut life, &owner, category)?;
        }
        life.tick(self.now);
        let tell = self.now - life.at < Duration::days(3);
        let client_key = Uuid::new_v5(&Uuid::NAMESPACE_OID, &self.number.to_be_bytes());
        Ok((life.history(client_key, firm.owner_name, firm.phone, tell), thrown))
    }

    fn assisted(&self, firm: &Firm) -> Option<Person> {
        let station = firm.station?;
        let (staff, name) = self.people.stations.get(&station)?;
        let actor = Actor::Assisted { staff: *staff, station, person: firm.owner, enterprise: firm.id };
        Some(Person { actor, name: format!("{}（{name} 代办）", firm.owner_name) })
    }

    /// Of what was filed at a station every other one is rated there as well, on its own tablet.
    fn aid(&self, life: &Living<'_>) -> Option<Aid> {
        let station = life.issue.station.filter(|_| self.number.is_multiple_of(2))?;
        let (staff, name) = self.people.stations.get(&station)?;
        Some(Aid { staff: *staff, name: name.clone(), at: life.at - Duration::hours(2) })
    }

    fn centre(&self, issue: &Issue, other_than: Option<i64>) -> Result<&Person> {
        let list = self.people.centres.get(&issue.centre).context("every area has a centre")?;
        let fits = |person: &&Person| !matches!(person.actor, Actor::Staff { id, .. } if Some(id) == other_than);
        list.iter().find(fits).context("a second officer")
    }

    /// The first contact: most within the hour, some too late. `false` where today comes first.
    fn call(&self, dice: &mut Dice, life: &mut Living<'_>) -> Result<bool> {
        if !life.wait(if dice.chance(92) { 3 + dice.below(52) } else { 70 + dice.below(200) }) {
            return Ok(false);
        }
        let way = if dice.chance(85) { ContactWay::Phone } else { ContactWay::Visit };
        let with =
            life.events.first().map_or_else(String::new, |(_, _, name, _)| name.split('（').next().unwrap_or("").to_owned());
        let result = (*dice.pick(replies::of(&life.issue.category).calls)).to_owned();
        let centre = self.centre(&life.issue, None)?;
        Ok(life.give(&Command::Contact { way, with, reached: true, result }, centre))
    }

    /// From the centre's desk to the department's.
    fn route(&self, dice: &mut Dice, life: &mut Living<'_>, owner: &Person, category: &str) -> Result<()> {
        // A few wait too long at the centre; of the last two days, more.
        let fresh = self.now - life.at < Duration::days(2);
        if !life.wait(if dice.chance(if fresh { 60 } else { 6 }) { 400 + dice.below(500) } else { 5 + dice.below(180) }) {
            return Ok(());
        }
        if dice.chance(4) {
            let reason = *dice.pick(DeclineReason::ALL);
            let explanation = "经核实不在受理范围内，已电话说明并告知可以办理的渠道。".to_owned();
            let centre = self.centre(&life.issue, None)?;
            life.give(&Command::Decline { reason, explanation }, centre);
            if !dice.chance(40) || !life.wait(300 + dice.below(900)) {
                return Ok(());
            }
            life.give(&Command::Object { reason: "这次反映的情况与之前不同，请重新看一下。".to_owned() }, owner);
            if !life.wait(60 + dice.below(200)) {
                return Ok(());
            }
        }
        if dice.chance(2) {
            life.give(&Command::Withdraw { reason: "问题已经自行解决".to_owned() }, owner);
            return Ok(());
        }
        let catalogue = self.terms.catalogue_of(&life.issue, life.at);
        let known = catalogue.category(category).context("stories use the catalogue")?;
        let responsible = catalogue.route(known, life.issue.area);
        let urgency = if dice.chance(8) { Urgency::Urgent } else { Urgency::Normal };
        let accept = Command::Accept { category: category.to_owned(), level: known.level, urgency, area: None };
        let centre = self.centre(&life.issue, life.issue.declined_by)?;
        // Of every second one that there is a lead of a board for, it is the lead that accepts and forwards (S-4).
        let fronts = |issue: &Issue| issue.with_board_lead().filter(|_| self.number.is_multiple_of(2));
        let accepts = fronts(&life.issue).map_or(Ok(centre), |board| self.handler(board.lead))?;
        if !life.give(&accept, accepts) || !life.wait(5 + dice.below(120)) {
            return Ok(());
        }
        if dice.chance(7) {
            life.give(&Command::Ask { what: (*dice.pick(replies::of(category).asks)).to_owned() }, centre);
            if dice.chance(25) || !life.wait(200 + dice.below(1200)) {
                return Ok(());
            }
            life.give(&Command::Supply { text: "已补充，请查收。".to_owned(), photos: 0 }, owner);
            if !life.wait(20 + dice.below(200)) {
                return Ok(());
            }
        }
        let department = self.department(responsible)?;
        if dice.chance(6) {
            // To the wrong one first.
            let wrong = self.department(if responsible == "fagai" { "jingxin" } else { "fagai" })?;
            life.give(&Command::Dispatch { lead: wrong, co: Vec::new(), note: String::new() }, centre);
            if !life.wait(30 + dice.below(300)) {
                return Ok(());
            }
            let handler = self.handler(wrong)?;
            life.give(
                &Command::Return {
                    reason: "该事项不属于本部门职责，建议转责任部门。".to_owned(), proposed: department
                },
                handler,
            );
            if dice.chance(15) || !life.wait(20 + dice.below(120)) {
                return Ok(());
            }
        }
        let co = if dice.chance(18) { vec![self.department("zhengwu")?] } else { Vec::new() };
        // Nothing of it is kept by whoever forwards.
        let front = fronts(&life.issue).filter(|board| board.absent == department).map(|board| board.lead);
        let co = co.into_iter().filter(|id| *id != department && Some(*id) != front).collect();
        let note = if dice.chance(20) { "企业比较着急，请优先联系。".to_owned() } else { String::new() };
        let forwards = front.map_or_else(|| self.centre(&life.issue, None), |lead| self.handler(lead))?;
        if life.give(&Command::Dispatch { lead: department, co, note }, forwards) {
            self.handle(dice, life, owner, department)?;
        }
        Ok(())
    }

    /// The centre calls back most of what was rated; a few say another thing then.
    fn call_back(&self, dice: &mut Dice, life: &mut Living<'_>) -> Result<()> {
        let replies = replies::of(&life.issue.category);
        if life.issue.state != State::Closed || !dice.chance(90) || !life.wait(300 + dice.below(1500)) {
            return Ok(());
        }
        let centre = self.centre(&life.issue, None)?;
        if dice.chance(15) {
            life.give(&called(dice, None, replies), centre);
            if !life.wait(90 + dice.below(300)) {
                return Ok(());
            }
        }
        let solved = !dice.chance(3);
        let level = if solved { Satisfaction::Satisfied } else { Satisfaction::Dissatisfied };
        life.give(&called(dice, Some(Said { solved, level }), replies), centre);
        Ok(())
    }

    /// Co-departments answer what they owe before the lead does.
    fn parts(&self, life: &mut Living<'_>) -> Result<()> {
        for department in life.issue.parts.iter().filter(|part| !part.done).map(|part| part.department).collect::<Vec<_>>() {
            let text = "已按职责核实，情况和意见已告诉主办部门，配合办理。".to_owned();
            life.give(&Command::Part { text }, self.handler(department)?);
        }
        Ok(())
    }

    fn department(&self, code: &str) -> Result<DepartmentId> {
        self.people.departments.get(code).copied().with_context(|| format!("department {code}"))
    }

    fn handler(&self, department: DepartmentId) -> Result<&Person> {
        self.people.handlers.get(&department).context("every department has handlers")
    }

    /// At the department, round after round.
    fn handle(&self, dice: &mut Dice, life: &mut Living<'_>, owner: &Person, department: DepartmentId) -> Result<()> {
        let handler = self.handler(department)?;
        let replies = replies::of(&life.issue.category);
        for round in 1..=3 {
            if !life.wait(if dice.chance(8) { 420 + dice.below(300) } else { 10 + dice.below(300) }) {
                return Ok(());
            }
            life.give(&Command::Sign, handler);
            if !life.wait(60 + dice.below(900)) {
                return Ok(());
            }
            if dice.chance(55) {
                life.give(&Command::Progress { text: (*dice.pick(replies.progress)).to_owned() }, handler);
            }
            // Most answer in time, one in eight does not.
            let left =
                life.issue.answer.map_or(0, |clock| self.terms.calendar.working_between(life.at, clock.due).whole_minutes());
            let left = usize::try_from(left).unwrap_or(0);
            let minutes = if dice.chance(12) { left + 200 + dice.below(1500) } else { left / 10 + dice.below(left * 3 / 4 + 1) };
            if !life.wait(minutes.max(30)) {
                return Ok(());
            }
            let solved = dice.chance(80);
            let text = *dice.pick(if solved { replies.solved } else { replies.explained });
            let outcome = if solved { Outcome::Solved } else { Outcome::Explained };
            self.parts(life)?;
            life.give(&Command::Answer { text: text.to_owned(), outcome }, handler);
            if dice.chance(15) {
                // No rating comes: ten working days later somebody calls, and the clock closes it.
                if life.wait(10 * 420 + 200 + dice.below(600)) {
                    let centre = self.centre(&life.issue, None)?;
                    life.give(&called(dice, None, replies), centre);
                    life.tick(life.at);
                }
                return Ok(());
            }
            if !life.wait(60 + dice.below(1800)) {
                return Ok(());
            }
            let unhappy = dice.chance(if round == 1 { 16 } else { 25 });
            let rating = rating(dice, unhappy, replies);
            life.give(&Command::Rate(Rating { aid: self.aid(life), ..rating }), owner);
            self.call_back(dice, life)?;
            if life.issue.state != State::Dispatched {
                if dice.chance(2) && life.wait(420 + dice.below(1500)) {
                    life.give(&Command::Reopen { reason: "问题又出现了，请再来看一下。".to_owned() }, owner);
                    continue;
                }
                return Ok(());
            }
        }
        Ok(())
    }
}
