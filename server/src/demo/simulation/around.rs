//! What the enterprise, leaders and supervision do at any time, and what comes twice.

use super::Life;
use crate::demo::Dice;
use crate::demo::weather::Temper;
use anyhow::{Context, Result};
use domain::actor::CITY;
use domain::issue::{Command, Event, Flag, Target};
use uuid::Uuid;

impl Life<'_> {
    /// What the enterprise, leaders and supervision do at any time.
    pub(super) fn meanwhile(&mut self, dice: &mut Dice) -> Result<()> {
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
            self.give(
                &Command::Instruct {
                    leader: leader.name.clone(), text: "请抓紧办理，把结果报我。".to_owned(), on: None
                },
                leader,
            );
        }
        if self.issue.flags.contains(&Flag::Overdue) && dice.chance(30) {
            self.supervise(dice)?;
        }
        // Once: what comes again of what came again is another story.
        if self.again.is_none() && !self.second && dice.chance(2) {
            self.twice(dice)?;
        }
        self.order(dice)
    }

    pub(super) fn supervise(&mut self, dice: &mut Dice) -> Result<()> {
        let supervisor = self.city.people.supervisors.first().context("a supervisor")?;
        self.give(&Command::Supervise { reason: "超期未办结，请查明原因。".to_owned() }, supervisor);
        if dice.chance(30) {
            self.give(&Command::Inquire { question: "为什么到期还没有办结？".to_owned() }, supervisor);
        }
        Ok(())
    }

    /// The order of supervision, a step at a time.
    pub(super) fn order(&mut self, dice: &mut Dice) -> Result<()> {
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
        } else if self.issue.confirmed() || order.joint() && self.issue.silent() {
            let supervisor = self.city.people.supervisors.first().context("a supervisor")?;
            self.give(&Command::SignOff { note: "已经核实，可以销号。".to_owned() }, supervisor);
        }
        Ok(())
    }

    /// The enterprise files the same thing once more, and an officer of the city puts the two together: what was filed last goes into what is at work.
    /// Both halves are written at one instant, or neither.
    pub(super) fn twice(&mut self, dice: &mut Dice) -> Result<()> {
        let Some((_, _, _, Event::Submitted { submission, .. })) = self.events.first() else { return Ok(()) };
        let (category, text) = (submission.category.clone(), submission.text.clone());
        let key = Uuid::new_v5(&Uuid::NAMESPACE_OID, &[b"again".as_slice(), self.key.as_bytes()].concat());
        let mut other = Life { second: true, ..Life::begin(self.city, self.firm, key, self.at) };
        other.file(dice, (&category, "同一个问题还没有解决", &text));
        other.pass(20 + dice.below(600));
        other.living.tick(other.living.at);
        let at = other.at.max(self.at);
        if at < self.city.now {
            self.living.at = at;
            self.living.tick(at);
            // What workers told last, of either, comes before.
            let told = |life: &Life<'_>| life.events.last().map_or(at, |last| last.0);
            let at = at.max(told(self)).max(told(&other));
            let officer = self.city.people.centres.get(&CITY).and_then(|list| list.first()).context("the city's centre")?;
            // Neither has a number yet: each is named by its key (store::issue::history).
            let into = Target::of(&self.issue, &self.key.to_string());
            let from = Target::of(&other.issue, &other.key.to_string());
            let merge = Command::Merge { into, reason: "和前一件是同一个问题，一起办理。".to_owned() };
            let merged = other.decided(&merge, &officer.actor, at);
            let absorbed = self.decided(&Command::Absorb { from }, &officer.actor, at);
            if let (Some(merged), Some(absorbed)) = (merged, absorbed) {
                other.living.write(merged, &officer.actor, &officer.name, at);
                self.living.write(absorbed, &officer.actor, &officer.name, at);
                (self.living.at, other.living.at) = (at, at);
            }
        }
        self.again = Some(Box::new(other));
        Ok(())
    }
}
