//! What the events of a command are computed from: the filing, the ruling, the dispatch, the rating, the end of a pause.

use super::windows::pause_left;
use super::{MAX_PHOTOS, Refusal, rule, worded};
use crate::actor::{Actor, AreaCode, CITY, DepartmentId, Duty, area_covers};
use crate::calendar::Span;
use crate::issue::command::{Rating, Submission};
use crate::issue::event::{CloseBasis, Event};
use crate::issue::limits::Limits;
use crate::issue::{Issue, Level, State, Terms, Urgency};
use time::OffsetDateTime;

/// A possible command, with what its events are computed from.
pub(super) struct Case<'a> {
    pub(super) issue: &'a Issue,
    pub(super) limits: &'a Limits,
    pub(super) now: OffsetDateTime,
    pub(super) terms: &'a Terms,
}

impl Case<'_> {
    pub(super) fn due(&self, from: OffsetDateTime, limit: Span) -> Result<OffsetDateTime, Refusal> {
        Ok(self.terms.calendar.add(from, limit)?.due)
    }

    /// A category that may be chosen now.
    pub(super) fn offered(&self, code: &str) -> Result<(), Refusal> {
        let now = self.terms.catalogue.at(self.now);
        if now.offers(code) { Ok(()) } else { rule("category", "请选择一个类别") }
    }

    pub(super) fn submit(&self, submission: &Submission) -> Result<Event, Refusal> {
        let mut submission = submission.clone();
        submission.title = worded(&submission.title, "标题", 2, 60)?;
        submission.text = worded(&submission.text, "问题描述", 10, 2000)?;
        submission.place = worded(&submission.place, "地点", 0, 120)?;
        self.offered(&submission.category)?;
        self.in_city(submission.area)?;
        if submission.photos > MAX_PHOTOS {
            return rule("photos", format!("照片和文件最多 {MAX_PHOTOS} 个"));
        }
        let urgency =
            self.terms.catalogue.at(self.now).category(&submission.category).map_or(Urgency::Normal, |known| known.urgency);
        Ok(Event::Submitted {
            urgency,
            contact_apart: true,
            board_lead: self.terms.board_lead(&submission.category, submission.area, self.now),
            contact_due: self.due(self.now, self.limits.first_contact(urgency))?,
            accept_due: self.due(self.now, self.limits.accept)?,
            answer_due: self.due(self.now, self.limits.answer(Level::Ordinary))?,
            limits: self.limits.version,
            submission,
        })
    }

    pub(super) fn in_city(&self, area: AreaCode) -> Result<(), Refusal> {
        if area_covers(CITY, area) { Ok(()) } else { rule("area", "请选择本市的区县") }
    }

    pub(super) fn accept(
        &self,
        category: &str,
        level: Level,
        urgency: Urgency,
        area: Option<AreaCode>,
    ) -> Result<Event, Refusal> {
        // What it was filed under stays a category of its own, whatever is offered since.
        if category != self.issue.category {
            self.offered(category)?;
        }
        // The clock runs since the submission, whatever the level turns out to be.
        let own = self.due(self.issue.submitted_at.unwrap_or(self.now), self.limits.answer(level))?;
        // What was promised of an issue that went into this one is promised still.
        let answer_due = self.issue.absorbed.map_or(own, |promised| promised.min(own));
        let area = area.filter(|area| *area != self.issue.area);
        area.map_or(Ok(()), |area| self.in_city(area))?;
        // Found to be urgent only now: half an hour from now, and never later than what was promised.
        let contact_due = match self.issue.contact.filter(|clock| clock.runs()) {
            Some(clock) if urgency == Urgency::Urgent && self.issue.urgency != Urgency::Urgent => {
                Some(self.due(self.now, self.limits.contact_urgent)?).filter(|due| *due < clock.due)
            }
            _ => None,
        };
        // What was objected to is the centre's alone.
        let submitted = self.issue.submitted_at.unwrap_or(self.now);
        let board_lead = self.terms.board_lead(category, area.unwrap_or(self.issue.area), submitted);
        let board_lead = board_lead.filter(|_| !self.issue.objected);
        Ok(Event::Accepted { category: category.to_owned(), level, urgency, area, board_lead, contact_due, answer_due })
    }

    pub(super) fn dispatch(&self, lead: DepartmentId, co: &[DepartmentId], note: &str, actor: &Actor) -> Result<Event, Refusal> {
        if co.contains(&lead) {
            return rule("co_is_lead", "主办部门不能同时是协办部门");
        }
        if let Actor::Staff { duty: Duty::Handler { department }, .. } = actor {
            self.forwards(*department, lead, co)?;
        }
        let mut co = co.to_vec();
        co.sort_unstable();
        co.dedup();
        // A first dispatch explains itself; a ruling on a return, or on whose work was not enough, says why.
        let ruling = self.issue.returns > 0 || self.issue.round > 1;
        let note =
            if ruling { worded(note, "交给这个部门的理由", 5, 500)? } else { worded(note, "交办说明", 0, 500)? };
        if self.issue.state != State::Accepted && Some(lead) == self.issue.lead {
            return rule("dispatch_same", "这件诉求已经在该部门，请选择其他部门");
        }
        let from = self.issue.lead.filter(|_| self.issue.state != State::Accepted);
        let co_due = self.part_due(&co, self.issue.answer.map(|clock| clock.due))?;
        Ok(Event::Dispatched { lead, co, from, note, sign_due: self.due(self.now, self.limits.sign)?, co_due })
    }

    /// The lead of a board hands on to the department whose business it is, and keeps nothing of it.
    fn forwards(&self, own: DepartmentId, lead: DepartmentId, co: &[DepartmentId]) -> Result<(), Refusal> {
        if lead == own || co.contains(&own) {
            return rule("board_lead_self", "板块牵头单位代为受理和转交，不能交给本单位办理");
        }
        if self.issue.with_board_lead().is_none_or(|board| board.absent != lead) {
            return rule("board_lead_other", "板块牵头单位只能转交给责任部门；要交给其他部门，请联系企服中心");
        }
        Ok(())
    }

    pub(super) fn rate(&self, rating: &Rating) -> Result<Vec<Event>, Refusal> {
        let mut rating = rating.clone();
        rating.comment = worded(&rating.comment, "评价内容", 0, 500)?;
        rating.reasons.sort_unstable();
        rating.reasons.dedup();
        let next = if rating.reopens() { self.again()? } else { Event::Closed { basis: CloseBasis::Rated } };
        Ok(vec![Event::Rated { rating }, next])
    }

    /// The next round at the same departments, with a full limit of its level from now.
    pub(super) fn again(&self) -> Result<Event, Refusal> {
        let answer_due = self.due(self.now, self.limits.answer(self.issue.level))?;
        Ok(Event::Redispatched {
            round: self.issue.round + 1,
            sign_due: self.due(self.now, self.limits.sign)?,
            answer_due,
            co_due: self.part_due(&self.issue.co, Some(answer_due))?,
        })
    }

    /// What is left of the longest pause of a round.
    pub(super) fn pause_left(&self) -> u32 {
        pause_left(self.issue, self.limits, self.terms)
    }

    /// The due times moved by the pause so far.
    pub(super) fn shifted(&self) -> Result<Shifted, Refusal> {
        let issue = self.issue;
        let minutes = match &issue.pause {
            Some(pause) if issue.state == State::AwaitingInput => {
                let paused = self.terms.calendar.working_between(pause.since, self.now.min(pause.cap));
                u32::try_from(paused.whole_minutes()).unwrap_or(0)
            }
            _ => 0,
        };
        // By nothing nothing moves: counted from a closing, no time would end at the next opening.
        let moved = |due| if minutes == 0 { Ok(due) } else { self.due(due, Span::Minutes(minutes)) };
        // Those that are owed are all owed by the same instant.
        let part = issue.parts.iter().find(|part| !part.done).map(|part| part.due);
        Ok(Shifted {
            answer_due: moved(issue.answer.map_or(self.now, |clock| clock.due))?,
            minutes,
            interim_due: issue.interim.map(|clock| moved(clock.due)).transpose()?,
            co_due: part.map(moved).transpose()?,
        })
    }
}

/// What a pause moved: by how many working minutes, and to where.
pub(super) struct Shifted {
    pub(super) answer_due: OffsetDateTime,
    pub(super) minutes: u32,
    pub(super) interim_due: Option<OffsetDateTime>,
    pub(super) co_due: Option<OffsetDateTime>,
}
