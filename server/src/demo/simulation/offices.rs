//! What the centre and the lead department do, a step after the other.

use super::Life;
use crate::demo::people::Person;
use crate::demo::weather::Temper;
use crate::demo::{Dice, replies};
use anyhow::{Context, Result};
use domain::issue::{Command, ContactWay, DeclineReason, Outcome, State, Urgency};

impl Life<'_> {
    pub(super) fn receive(&mut self, dice: &mut Dice) -> Result<bool> {
        if self.issue.contact.is_some_and(|clock| clock.runs()) {
            self.pass(if dice.chance(92) { 3 + dice.below(52) } else { 70 + dice.below(200) });
            let reached = self.temper != Temper::Silent || dice.chance(50);
            let result = (*dice.pick(replies::of(&self.issue.category).calls)).to_owned();
            let with = self.firm.owner_name.clone();
            let centre = self.centre()?;
            self.give(&Command::Contact { way: ContactWay::Phone, with, reached, result }, centre);
        }
        self.pass(if dice.chance(6) { 400 + dice.below(2000) } else { 5 + dice.below(180) });
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
        let front = self.front()?;
        Ok(self.give(&accept, front))
    }

    pub(super) fn dispatch(&mut self, dice: &mut Dice) -> Result<bool> {
        self.pass(if dice.chance(4) { 500 + dice.below(1500) } else { 5 + dice.below(120) });
        let centre = self.centre()?;
        let replies = replies::of(&self.issue.category);
        if dice.chance(7) && self.give(&Command::Ask { what: (*dice.pick(replies.asks)).to_owned() }, centre) {
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
        // The lead of a board hands on to whose business it is, and keeps nothing.
        let fits = self.issue.with_board_lead().is_some_and(|board| board.absent == lead && !co.contains(&board.lead));
        let by = if fits { self.front()? } else { centre };
        Ok(self.give(&Command::Dispatch { lead, co, note }, by))
    }

    pub(super) fn sign(&mut self, dice: &mut Dice) -> Result<bool> {
        self.pass(if dice.chance(8) { 420 + dice.below(900) } else { 10 + dice.below(300) });
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

    pub(super) fn handle(&mut self, dice: &mut Dice) -> Result<bool> {
        self.pass(30 + dice.below(600));
        let lead = self.lead()?;
        let replies = replies::of(&self.issue.category);
        if dice.chance(55) {
            self.give(&Command::Progress { text: (*dice.pick(replies.progress)).to_owned() }, lead);
        }
        if dice.chance(5) && self.give(&Command::Ask { what: (*dice.pick(replies.asks)).to_owned() }, lead) {
            return Ok(true);
        }
        let days = 1 + u32::try_from(dice.below(5))?;
        if dice.chance(8) && self.give(&Command::Extend { days, reason: "需要其他单位配合。".to_owned() }, lead) {
            self.pass(60 + dice.below(600));
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
        self.pass(if dice.chance(12) { left + 200 + dice.below(3000) } else { left / 10 + dice.below(left * 3 / 4 + 1) });
        self.parts(dice)?;
        let lead = self.lead()?;
        self.answer(dice, lead)
    }

    pub(super) fn answer(&mut self, dice: &mut Dice, lead: &Person) -> Result<bool> {
        let solved = dice.chance(80);
        let replies = replies::of(&self.issue.category);
        let text = (*dice.pick(if solved { replies.solved } else { replies.explained })).to_owned();
        let outcome = if solved { Outcome::Solved } else { Outcome::Explained };
        Ok(self.give(&Command::Answer { text, outcome }, lead))
    }
}
