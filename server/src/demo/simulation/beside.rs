//! What goes on beside the lead: parts of co-departments, 挂账跟踪, 协商办 and 会议办 with their tasks.

use super::Life;
use crate::demo::Dice;
use anyhow::{Context, Result};
use domain::actor::DepartmentId;
use domain::calendar::local;
use domain::issue::{Command, Meeting, NewTask};

impl Life<'_> {
    /// What co-departments owe: most answer, the centre waives the others.
    pub(super) fn parts(&mut self, dice: &mut Dice) -> Result<()> {
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
    pub(super) fn track(&mut self, dice: &mut Dice) -> Result<bool> {
        let left =
            self.issue.promise.map_or(0, |clock| self.city.terms.calendar.working_between(self.at, clock.due).whole_minutes());
        let left = usize::try_from(left).unwrap_or(0);
        self.pass(if dice.chance(20) { left + 60 + dice.below(900) } else { left / 2 + dice.below(left / 2 + 1) });
        self.parts(dice)?;
        let lead = self.lead()?;
        if dice.chance(50) {
            let (text, days) = ("已排入计划，设备在途。".to_owned(), 1 + u32::try_from(dice.below(20))?);
            return Ok(self.give(&Command::Report { text, days }, lead));
        }
        self.answer(dice, lead)
    }

    /// 协商办, and for some 会议办; what was decided is done by some, late by others, and given back once in a while.
    pub(super) fn consult(&mut self, dice: &mut Dice) -> Result<()> {
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
            self.pass(420 + dice.below(2000));
            meeting.held = local(self.at).date();
            let city =
                self.city.people.centres.get(&domain::actor::CITY).and_then(|list| list.first()).context("the city's centre")?;
            self.give(&Command::Resolve(meeting), city);
        }
        self.pass(dice.below(4000));
        self.tasks(dice)
    }

    pub(super) fn tasks(&mut self, dice: &mut Dice) -> Result<()> {
        let given: Vec<(u16, DepartmentId)> = (0..).zip(self.issue.tasks.iter().map(|task| task.department)).collect();
        for (task, department) in given {
            let doer = self.city.people.handlers.get(&department).context("every department has handlers")?;
            let done = Command::Complete { task, text: "已按要求落实到位。".to_owned() };
            let centre = self.centre()?;
            if self.give(&done, doer) && dice.chance(20) {
                self.give(&Command::Confirm { task, done: false, note: "还差一处，请补上。".to_owned() }, centre);
                self.pass(60 + dice.below(900));
                self.give(&done, doer);
            }
            self.give(&Command::Confirm { task, done: true, note: String::new() }, centre);
        }
        Ok(())
    }
}
