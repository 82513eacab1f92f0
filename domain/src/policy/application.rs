//! From match to money (兑现, S-24, S-25): the states of an application and who moves it. As with issues, the table is data.

use super::model::Mode;
use super::money::Fen;
use crate::actor::StaffId;
use crate::calendar::{Span, WorkCalendar, midnight};
use serde::{Deserialize, Serialize};
use time::{Date, Duration, OffsetDateTime};

/// State of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// 已提交.
    Submitted,
    /// 待补充.
    AwaitingInput,
    /// 审核中.
    Reviewing,
    /// 公示中.
    PublicNotice,
    /// 已核准.
    Approved,
    /// 已拨付.
    Paid,
    /// 未通过.
    Rejected,
    /// 已撤回.
    Withdrawn,
}

impl State {
    pub const ALL: [State; 8] = [
        State::Submitted,
        State::AwaitingInput,
        State::Reviewing,
        State::PublicNotice,
        State::Approved,
        State::Paid,
        State::Rejected,
        State::Withdrawn,
    ];

    pub fn code(self) -> &'static str {
        match self {
            State::Submitted => "submitted",
            State::AwaitingInput => "awaiting_input",
            State::Reviewing => "reviewing",
            State::PublicNotice => "public_notice",
            State::Approved => "approved",
            State::Paid => "paid",
            State::Rejected => "rejected",
            State::Withdrawn => "withdrawn",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            State::Submitted => "已提交",
            State::AwaitingInput => "待补充",
            State::Reviewing => "审核中",
            State::PublicNotice => "公示中",
            State::Approved => "已核准",
            State::Paid => "已拨付",
            State::Rejected => "未通过",
            State::Withdrawn => "已撤回",
        }
    }

    pub fn parse(code: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether somebody still owes something: at most one such application an enterprise and item.
    pub fn is_open(self) -> bool {
        !matches!(self, State::Paid | State::Rejected | State::Withdrawn)
    }
}

/// What moves an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// 开始审核.
    Review,
    /// 要求补充.
    Ask,
    /// 补充.
    Supply,
    /// 公示.
    Notice,
    /// 提请超额核准: more than was computed takes two people.
    Propose,
    /// 核准.
    Approve,
    /// 拨付.
    Pay,
    /// 不予通过.
    Reject,
    /// 撤回.
    Withdraw,
    /// 评价.
    Rate,
}

impl Command {
    pub const ALL: [Command; 10] = [
        Command::Review,
        Command::Ask,
        Command::Supply,
        Command::Notice,
        Command::Propose,
        Command::Approve,
        Command::Pay,
        Command::Reject,
        Command::Withdraw,
        Command::Rate,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Command::Review => "review",
            Command::Ask => "ask",
            Command::Supply => "supply",
            Command::Notice => "notice",
            Command::Propose => "propose",
            Command::Approve => "approve",
            Command::Pay => "pay",
            Command::Reject => "reject",
            Command::Withdraw => "withdraw",
            Command::Rate => "rate",
        }
    }

    /// The word people read on the button.
    pub fn label(self) -> &'static str {
        match self {
            Command::Review => "开始审核",
            Command::Ask => "要求补充",
            Command::Supply => "补充材料",
            Command::Notice => "公示",
            Command::Propose => "提请超额核准",
            Command::Approve => "核准",
            Command::Pay => "登记拨付",
            Command::Reject => "不予通过",
            Command::Withdraw => "撤回申请",
            Command::Rate => "评价",
        }
    }

    pub fn parse(code: &str) -> Option<Command> {
        Command::ALL.into_iter().find(|command| command.code() == code)
    }

    /// What it gives, fen: what the reviewer said, else what was computed when it was filed; a payment that says nothing pays what
    /// was approved.
    pub fn gives(self, said: Option<i64>, computed: i64, approved: Option<i64>) -> Option<i64> {
        match self {
            Command::Propose => said,
            Command::Approve => Some(said.unwrap_or(computed)),
            Command::Pay => Some(said.or(approved).unwrap_or(computed)),
            _ => None,
        }
    }

    /// Whether the enterprise reads its words as the reason of the state until the next command.
    pub fn gives_reason(self) -> bool {
        matches!(self, Command::Ask | Command::Reject)
    }

    /// Whether it is the department's own matter: the enterprise is neither told nor shown it.
    pub fn is_internal(self) -> bool {
        matches!(self, Command::Propose)
    }

    /// Whether it is the enterprise's and not the department's.
    pub fn is_members(self) -> bool {
        matches!(self, Command::Supply | Command::Withdraw | Command::Rate)
    }
}

/// The table: command, from, to.
pub const TRANSITIONS: &[(Command, &[State], State)] = &[
    (Command::Review, &[State::Submitted], State::Reviewing),
    (Command::Ask, &[State::Submitted, State::Reviewing], State::AwaitingInput),
    (Command::Supply, &[State::AwaitingInput], State::Reviewing),
    (Command::Notice, &[State::Reviewing], State::PublicNotice),
    (Command::Propose, &[State::Submitted], State::Submitted),
    (Command::Propose, &[State::Reviewing], State::Reviewing),
    (Command::Propose, &[State::PublicNotice], State::PublicNotice),
    (Command::Approve, &[State::Submitted, State::Reviewing, State::PublicNotice], State::Approved),
    (Command::Pay, &[State::Approved], State::Paid),
    (Command::Reject, &[State::Submitted, State::AwaitingInput, State::Reviewing, State::PublicNotice], State::Rejected),
    (Command::Withdraw, &[State::Submitted, State::AwaitingInput, State::Reviewing], State::Withdrawn),
    // What gives no money ends with the approval: it is rated as it stands.
    (Command::Rate, &[State::Approved], State::Approved),
    (Command::Rate, &[State::Paid], State::Paid),
];

/// Whether an approval stays within what an item's fund had, of which `spent` was given before.
///
/// # Errors
/// A sentence that says how much is left.
pub fn within_fund(amount: i64, fund: Fen, spent: i64) -> Result<(), String> {
    let left = fund.0 - spent;
    if amount <= left { Ok(()) } else { Err(format!("资金不够：这项政策还剩 {}", Fen(left.max(0)).words())) }
}

/// What a reviewer has for what was filed or supplied, and for paying what was approved *(assumed)*.
pub const REVIEW: Span = Span::Days(10);

/// Until when the department is to act: to decide after `filed` (or after what was supplied last), to approve once the public notice has run out, to pay
/// after the approval (`moved`). None where it is not its turn.
pub fn due(
    state: State,
    filed: OffsetDateTime,
    moved: OffsetDateTime,
    notice_until: Option<Date>,
    calendar: &WorkCalendar,
) -> Option<OffsetDateTime> {
    let since = match state {
        State::Submitted | State::Reviewing => filed,
        State::Approved => moved,
        State::PublicNotice => midnight(notice_until?.checked_add(Duration::DAY)?),
        State::AwaitingInput | State::Paid | State::Rejected | State::Withdrawn => return None,
    };
    calendar.add(since, REVIEW).ok().map(|due| due.due)
}

/// What a decision looks at.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// Where the application is.
    pub state: State,
    /// How the item's money is had.
    pub mode: Mode,
    /// Already rated.
    pub rated: bool,
    /// Last day of the public notice.
    pub notice_until: Option<Date>,
    /// What was computed when it was filed, fen.
    pub computed: i64,
    /// Who approved it.
    pub approved_by: Option<StaffId>,
    /// Who asked for more than was computed, and for how much, fen.
    pub proposed: Option<(StaffId, i64)>,
}

impl Standing {
    /// Where a command leads on a day.
    ///
    /// # Errors
    /// A sentence for whoever gave it.
    pub fn decide(&self, command: Command, today: Date) -> Result<State, String> {
        let row = TRANSITIONS.iter().find(|row| row.0 == command && row.1.contains(&self.state));
        let Some(row) = row else {
            return Err(format!("这件申请现在是“{}”，不能{}", self.state.label(), command.label()));
        };
        if command == Command::Rate && self.rated {
            return Err("已经评价过了，谢谢".to_owned());
        }
        if command == Command::Approve && self.mode == Mode::Declare && self.state == State::Submitted {
            return Err("申报类政策要先审核，再核准".to_owned());
        }
        if command == Command::Approve
            && self.state == State::PublicNotice
            && let Some(until) = self.notice_until.filter(|until| today <= *until)
        {
            return Err(format!("公示到{}月{}日，期满后再核准", u8::from(until.month()), until.day()));
        }
        Ok(row.2)
    }

    /// Whether these hands may (不相容岗位分离): who approves does not pay, and more than was computed takes two people who say the same.
    ///
    /// # Errors
    /// A sentence for whoever gave it.
    pub fn hands(&self, command: Command, staff: StaffId, amount: Option<i64>) -> Result<(), String> {
        let computed = Fen(self.computed).words();
        match (command, self.proposed) {
            (Command::Pay, _) if self.approved_by == Some(staff) => Err("核准人不能登记拨付，请另一位同事登记".to_owned()),
            (Command::Propose, _) if amount.is_some_and(|amount| amount <= self.computed) => {
                Err(format!("没有超过测算的 {computed}，直接核准即可"))
            }
            (Command::Approve, proposed) if amount.is_some_and(|amount| amount > self.computed) => match proposed {
                Some((by, asked)) if Some(asked) == amount && by != staff => Ok(()),
                Some((by, asked)) if Some(asked) == amount && by == staff => {
                    Err("超过测算金额要两个人决定：您已提请，请另一位同事核准".to_owned())
                }
                _ => Err(format!(
                    "超过测算的 {computed}：请先“{}”并写明理由，再由另一位同事核准同样的金额",
                    Command::Propose.label()
                )),
            },
            _ => Ok(()),
        }
    }

    /// The commands possible on a day: the enterprise's, or those of a member of the department's staff.
    pub fn possible(&self, staff: Option<StaffId>, today: Date) -> Vec<Command> {
        let mine = |command: &Command| match staff {
            None => command.is_members(),
            Some(staff) => !command.is_members() && self.hands(*command, staff, None).is_ok(),
        };
        Command::ALL.into_iter().filter(|command| mine(command) && self.decide(*command, today).is_ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn a_department_has_ten_working_days_while_it_is_its_turn() {
        let calendar = WorkCalendar::default();
        let (filed, moved) = (datetime!(2026-11-02 10:00 +8), datetime!(2026-11-20 10:00 +8));
        let due = |state| due(state, filed, moved, Some(date!(2026 - 11 - 08)), &calendar);
        assert_eq!(due(State::Submitted), Some(datetime!(2026-11-16 10:00 +8)));
        assert_eq!(due(State::Reviewing), due(State::Submitted), "opening it begins nothing anew");
        assert_eq!(due(State::Approved), Some(datetime!(2026-12-04 10:00 +8)));
        assert_eq!(due(State::PublicNotice).map(|at| at.date()), Some(date!(2026 - 11 - 20)));
        assert!([State::AwaitingInput, State::Paid, State::Rejected, State::Withdrawn].iter().all(|state| due(*state).is_none()));
    }

    #[test]
    fn a_reviewer_s_figure_comes_first_and_a_payment_follows_the_approval() {
        assert_eq!(Command::Approve.gives(None, 100, Some(70)), Some(100));
        assert_eq!(Command::Approve.gives(Some(90), 100, None), Some(90));
        assert_eq!(Command::Pay.gives(None, 100, Some(70)), Some(70));
        assert_eq!(Command::Pay.gives(Some(60), 100, Some(70)), Some(60));
        assert_eq!(Command::Reject.gives(Some(60), 100, Some(70)), None);
    }

    #[test]
    fn more_than_was_computed_takes_two_and_who_approves_does_not_pay() {
        let standing = |approved_by, proposed| Standing {
            state: State::Reviewing,
            mode: Mode::Declare,
            rated: false,
            notice_until: None,
            computed: 100,
            approved_by,
            proposed,
        };
        let fresh = standing(None, None);
        assert_eq!(fresh.hands(Command::Approve, 1, Some(100)), Ok(()));
        assert!(fresh.hands(Command::Approve, 1, Some(101)).unwrap_err().contains("提请超额核准"));
        assert!(fresh.hands(Command::Propose, 1, Some(100)).is_err());
        assert_eq!(fresh.hands(Command::Propose, 1, Some(101)), Ok(()));
        let proposed = standing(None, Some((1, 150)));
        assert!(proposed.hands(Command::Approve, 1, Some(150)).unwrap_err().contains("另一位同事"));
        assert!(proposed.hands(Command::Approve, 2, Some(151)).is_err(), "the same sum, or none");
        assert_eq!(proposed.hands(Command::Approve, 2, Some(150)), Ok(()));
        assert_eq!(proposed.hands(Command::Approve, 1, Some(90)), Ok(()));
        let approved = standing(Some(2), None);
        assert!(approved.hands(Command::Pay, 2, Some(100)).is_err());
        assert_eq!(approved.hands(Command::Pay, 1, Some(100)), Ok(()));
    }

    #[test]
    fn a_fund_gives_its_last_fen_and_no_more() {
        assert_eq!(within_fund(100, Fen(300), 200), Ok(()));
        assert_eq!(within_fund(101, Fen(300), 200).unwrap_err(), "资金不够：这项政策还剩 1 元");
        assert!(within_fund(1, Fen(300), 500).unwrap_err().ends_with("还剩 0 元"), "overspent is nothing left");
    }
}
