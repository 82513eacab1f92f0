//! The desk's queues (工作台): which duty has which, and what makes an issue belong to one.
//!
//! The rule of a queue is data, so that the store can ask the database with it and a test can ask one issue. Whose issues they
//! are is the duty's scope: a department leads them, owes a part or a task of them ([`Queue::Assisting`]), or stands in for one without people on
//! site ([`Queue::BoardLead`]).

use super::{Issue, State};
use crate::actor::Duty;
use crate::vocabulary::vocabulary;
use time::OffsetDateTime;

vocabulary! {
    /// A queue of the desk; codes stand in its URL, labels on its tab.
    Queue {
        ToAccept = "to_accept", "待受理";
        ToDispatch = "to_dispatch", "待交办";
        Returned = "returned", "退回";
        ToSign = "to_sign", "待签收";
        Mine = "mine", "办理中";
        Assisting = "assisting", "协办交办";
        BoardLead = "board_lead", "板块代受理";
        Soon = "soon", "即将超期";
        Late = "late", "已超期";
        ToRate = "to_rate", "待评价";
        Open = "open", "在办";
        Filed = "filed", "本站代办";
        All = "all", "全部";
    }
}

/// What a queue asks of the clocks that run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pressure {
    /// Nothing.
    Any,
    /// Past its warning, but not late.
    Soon,
    /// Past its end.
    Late,
}

/// What makes an issue belong to a queue, its scope apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Where it stands.
    pub states: &'static [State],
    /// Whether a department has sent it back; `None` asks nothing.
    pub returned: Option<bool>,
    pub pressure: Pressure,
}

impl Queue {
    /// The queues of a duty; the desk opens with the first. Duties without business with issues have none.
    pub fn of(duty: &Duty) -> &'static [Queue] {
        use Queue::*;
        match duty {
            Duty::Centre { .. } => &[ToAccept, ToDispatch, Returned, Soon, Late, ToRate, Open, All],
            Duty::Handler { .. } => &[ToSign, Mine, Soon, Late, ToRate, Assisting, BoardLead, All],
            Duty::Supervisor { .. } => &[Late, Soon, All],
            Duty::Leader { .. } => &[Late, Soon, Open, All],
            Duty::Station { .. } => &[Open, Filed, All],
            Duty::PolicyEditor { .. } | Duty::Administrator { .. } => &[],
        }
    }

    /// The queue with this code, where the duty has it; the first one for an empty code.
    pub fn find(duty: &Duty, code: &str) -> Option<Queue> {
        let own = Queue::of(duty);
        if code.is_empty() { own.first().copied() } else { own.iter().copied().find(|queue| queue.code() == code) }
    }

    /// Its rule. Every queue but [`Queue::All`] and [`Queue::Filed`] lists what is open only.
    pub fn rule(self) -> Rule {
        let open = Rule { states: State::OPEN, returned: None, pressure: Pressure::Any };
        match self {
            Queue::ToAccept => Rule { states: &[State::Submitted], ..open },
            Queue::BoardLead => Rule { states: &[State::Submitted, State::Accepted], returned: Some(false), ..open },
            Queue::ToDispatch => Rule { states: &[State::Accepted], returned: Some(false), ..open },
            Queue::Returned => Rule { states: &[State::Accepted], returned: Some(true), ..open },
            Queue::ToSign => Rule { states: &[State::Dispatched], ..open },
            Queue::Mine => Rule { states: &[State::Handling, State::AwaitingInput, State::Tracking], ..open },
            Queue::Soon => Rule { pressure: Pressure::Soon, ..open },
            Queue::Late => Rule { pressure: Pressure::Late, ..open },
            Queue::ToRate => Rule { states: &[State::Answered], ..open },
            Queue::Assisting | Queue::Open => open,
            Queue::Filed | Queue::All => Rule { states: State::FILED, ..open },
        }
    }

    /// Whether an issue of the duty's scope belongs here now.
    pub fn holds(self, issue: &Issue, now: OffsetDateTime) -> bool {
        let Rule { states, returned, pressure } = self.rule();
        let late = issue.late_at().is_some_and(|due| due <= now);
        states.contains(&issue.state)
            && returned.is_none_or(|returned| issue.returned == returned)
            && match pressure {
                Pressure::Any => true,
                Pressure::Soon => !late && issue.warn_at().is_some_and(|warn| warn <= now),
                Pressure::Late => late,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issue::clock::Clock;
    use time::macros::datetime;

    const WARN: OffsetDateTime = datetime!(2026-11-24 14:00 +8);
    const DUE: OffsetDateTime = datetime!(2026-11-24 17:00 +8);

    fn issue(state: State) -> Issue {
        let clock = Clock { since: datetime!(2026-11-23 09:00 +8), due: DUE, warn: WARN, met: None };
        Issue { state, answer: Some(clock), ..Issue::draft(1) }
    }

    fn queues(issue: &Issue, now: OffsetDateTime) -> Vec<Queue> {
        Queue::ALL.iter().copied().filter(|queue| queue.holds(issue, now)).collect()
    }

    #[test]
    fn a_duty_opens_with_its_first_queue_and_gets_no_other_duty_s() {
        let centre = Duty::Centre { area: 330_500 };
        assert_eq!(Queue::find(&centre, ""), Some(Queue::ToAccept));
        assert_eq!(Queue::find(&centre, "returned"), Some(Queue::Returned));
        assert_eq!(Queue::find(&centre, "mine"), None, "a department's");
        assert_eq!(Queue::find(&centre, "nothing"), None);
        assert_eq!(Queue::find(&Duty::Administrator { area: 330_500 }, ""), None);
        assert_eq!(Queue::of(&Duty::PolicyEditor { area: 330_500 }), &[]);
    }

    #[test]
    fn only_departments_assist_and_only_centres_take_back() {
        for duty in [Duty::Supervisor { area: 1 }, Duty::Leader { area: 1 }, Duty::Station { station: 1, area: 1 }] {
            for queue in [Queue::Assisting, Queue::BoardLead, Queue::Returned, Queue::ToAccept, Queue::ToSign] {
                assert!(!Queue::of(&duty).contains(&queue), "{duty:?} {queue:?}");
            }
        }
    }

    #[test]
    fn every_open_state_waits_in_a_queue_of_its_own_and_ended_ones_in_none() {
        let calm = WARN - time::Duration::minutes(1);
        let general = [Queue::Assisting, Queue::BoardLead, Queue::Open, Queue::Filed, Queue::All];
        for state in State::ALL.iter().copied() {
            let own: Vec<Queue> = queues(&issue(state), calm).into_iter().filter(|queue| !general.contains(queue)).collect();
            assert_eq!(own.len(), usize::from(state.is_open()), "{state:?}: {own:?}");
            assert_eq!(Queue::Open.holds(&issue(state), calm), state.is_open(), "{state:?}");
            assert_eq!(Queue::All.holds(&issue(state), calm), state != State::Draft, "{state:?}");
        }
    }

    #[test]
    fn what_was_sent_back_waits_apart_from_what_is_new() {
        let calm = WARN - time::Duration::minutes(1);
        let returned = Issue { returned: true, ..issue(State::Accepted) };
        assert!(Queue::Returned.holds(&returned, calm) && !Queue::ToDispatch.holds(&returned, calm));
        assert!(Queue::ToDispatch.holds(&issue(State::Accepted), calm) && !Queue::Returned.holds(&issue(State::Accepted), calm));
    }

    #[test]
    fn soon_ends_at_the_very_instant_late_begins() {
        let second = time::Duration::seconds(1);
        for (now, soon, late) in [
            (WARN - second, false, false),
            (WARN, true, false),
            (DUE - second, true, false),
            (DUE, false, true),
            (DUE + second, false, true),
        ] {
            let issue = issue(State::Handling);
            assert_eq!((Queue::Soon.holds(&issue, now), Queue::Late.holds(&issue, now)), (soon, late), "{now}");
        }
    }
}
