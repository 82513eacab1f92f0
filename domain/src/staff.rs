//! Accounts of staff (工作人员账号): who may do what to whom. The city's administrator keeps everybody, a district's the accounts of
//! its own area and of that area's departments and stations; nobody keeps its own. PostgreSQL's policies and triggers repeat it
//! as a second wall.

use crate::actor::{AreaCode, CITY, Duty, StaffId, area_covers};
use crate::text::clean;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// What an administrator does to an account; codes stand in URLs (`/desk/admin/staff/7/disable`), labels on buttons.
    Command {
        Name = "name", "修改姓名";
        Duty = "duty", "调整岗位";
        HandOver = "hand-over", "移交工作";
        Unlock = "unlock", "解除登录限制";
        Reset = "reset", "重置密码";
        ResetFactor = "reset-factor", "取消两步验证";
        Disable = "disable", "停用账号";
        Enable = "enable", "启用账号";
    }
}

vocabulary! {
    /// What is in an account's name and may be handed to a colleague. Problems and applications are not among it, as they lie in
    /// the queues of departments, centres and stations; but those that were passed to this account within its office (经办) are.
    Piece {
        Draft = "draft", "起草中的政策";
        Submitted = "submitted", "待发布的政策";
        Proposal = "proposal", "待核准的提请";
        Entry = "entry", "待确认的指标、标签、问题";
        Assigned = "assigned", "经办的诉求";
    }
}

impl Piece {
    /// What the colleague is told of one piece: a title and a text, in which `{title}` stands for the piece's own.
    pub fn handed(self, from: &str) -> (String, String) {
        let then = match self {
            Piece::Draft => "请接着写，您保存之后起草人就是您，由别的编辑发布。",
            Piece::Submitted => "等别的编辑发布或退回，起草人不变。",
            Piece::Proposal => "提请人不变，等另一位同事核准同样的金额。",
            Piece::Entry => "提交人不变，等另一位市级政策编辑确认或退回。",
            Piece::Assigned => "现在由您经办。",
        };
        (format!("接手{self}"), format!("“{{title}}”由{from}移交。{then}"))
    }
}

vocabulary! {
    /// How an account stands.
    State {
        Active = "active", "在用";
        First = "first", "未首次登录";
        Disabled = "disabled", "已停用";
    }
}

/// What is open in an account's name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    /// Messages that were not read.
    pub unread: i64,
    /// As [`Piece::Draft`], and so on.
    pub drafts: i64,
    pub submitted: i64,
    pub proposals: i64,
    pub entries: i64,
    pub assigned: i64,
}

impl Work {
    /// How many of each there are, leaving out what is not there: `未读消息 3、起草中的政策 1`.
    pub fn words(&self) -> String {
        let pieces = [
            (Piece::Draft, self.drafts),
            (Piece::Submitted, self.submitted),
            (Piece::Proposal, self.proposals),
            (Piece::Entry, self.entries),
            (Piece::Assigned, self.assigned),
        ];
        let list = [("未读消息", self.unread)].into_iter().chain(pieces.map(|(piece, count)| (piece.label(), count)));
        let list: Vec<String> = list.filter(|(_, count)| *count > 0).map(|(label, count)| format!("{label} {count}")).collect();
        list.join("、")
    }

    pub fn is_empty(&self) -> bool {
        *self == Work::default()
    }
}

/// An administrator at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keeper {
    pub staff: StaffId,
    /// City or district.
    pub area: AreaCode,
}

/// What decisions look at of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    pub id: StaffId,
    pub duty: Duty,
    /// Whose administrators keep it: the area of the duty, of a handler the department's, of a station's staff the station's.
    pub home: AreaCode,
    pub active: bool,
}

/// Why an account stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("这个账号不归您的辖区管理")]
    Elsewhere,
    #[error("不能改动自己的账号，请另一位系统管理员操作")]
    Own,
    #[error("账号已停用，启用后才能{0}")]
    Disabled(&'static str),
    #[error("账号没有停用，不用启用")]
    Active,
    #[error("这是全市最后一个在用的系统管理员。请先添加另一位市级系统管理员，再{0}")]
    LastAdministrator(&'static str),
    #[error("岗位和范围只能在您的辖区内")]
    Wider,
    #[error("这个账号没有两步验证，不用取消")]
    NoFactor,
    #[error("没有变化，不用保存")]
    Same,
    #[error("只能移交给同一岗位、同一范围的在用账号")]
    NoColleague,
    #[error("账号在您打开页面之后改动过，请看过现在的情况再操作")]
    Changed,
}

impl Keeper {
    /// Whether accounts that belong there are this administrator's to keep.
    pub fn keeps(&self, home: AreaCode) -> bool {
        area_covers(self.area, home)
    }

    /// Whether a command may be given; `others` says how many other administrators of the city are in use.
    ///
    /// # Errors
    /// [`Refusal`], with a sentence for the administrator.
    pub fn decide(&self, command: Command, account: &Account, others: i64) -> Result<(), Refusal> {
        if !self.keeps(account.home) {
            return Err(Refusal::Elsewhere);
        }
        if account.id == self.staff {
            return Err(Refusal::Own);
        }
        match command {
            Command::Enable if account.active => return Err(Refusal::Active),
            Command::Reset | Command::ResetFactor | Command::Unlock | Command::Disable if !account.active => {
                return Err(Refusal::Disabled(command.label()));
            }
            _ => {}
        }
        let ends = matches!(command, Command::Disable | Command::Duty);
        if ends && account.active && account.duty == (Duty::Administrator { area: CITY }) && others < 1 {
            return Err(Refusal::LastAdministrator(command.label()));
        }
        Ok(())
    }

    /// The commands whose form this administrator gets.
    pub fn possible(&self, account: &Account, others: i64) -> Vec<Command> {
        Command::ALL.iter().copied().filter(|command| self.decide(*command, account, others).is_ok()).collect()
    }

    /// Whether this administrator may give such a duty; `home` is where an account with it belongs. Nobody makes an
    /// administrator of a wider area than its own.
    ///
    /// # Errors
    /// [`Refusal::Wider`].
    pub fn may_grant(&self, home: AreaCode) -> Result<(), Refusal> {
        if self.keeps(home) { Ok(()) } else { Err(Refusal::Wider) }
    }
}

/// Whether open work may go from one account to another: whoever takes it must see what it is about.
///
/// # Errors
/// [`Refusal::NoColleague`].
pub fn may_take_over(giver: &Account, taker: &Account) -> Result<(), Refusal> {
    if taker.active && taker.id != giver.id && taker.duty == giver.duty { Ok(()) } else { Err(Refusal::NoColleague) }
}

/// Characters of a sign-in name. A shorter one would be in too many passwords, which must not contain it.
const LOGIN: std::ops::RangeInclusive<usize> = 3..=40;

/// A sign-in name as it is kept: small letters, digits, dots, hyphens and underscores, so that no two look alike.
///
/// # Errors
/// A sentence.
pub fn login(raw: &str) -> Result<String, &'static str> {
    let login = raw.trim();
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    if login.is_empty() {
        Err("请填写用户名")
    } else if !login.chars().all(fits) {
        Err("用户名只用小写字母、数字、点、短横和下划线")
    } else if !LOGIN.contains(&login.len()) {
        Err("用户名要有 3 至 40 个字符")
    } else {
        Ok(login.to_owned())
    }
}

/// Why an account is changed, cleaned.
///
/// # Errors
/// A sentence where nobody could make sense of it.
pub fn reason(raw: &str) -> Result<String, &'static str> {
    let reason = clean(raw);
    if (2..=200).contains(&reason.chars().count()) { Ok(reason) } else { Err("请写明原因，2 至 200 字") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WUXING: AreaCode = 330_502;
    const NANXUN: AreaCode = 330_503;

    fn account(id: StaffId, duty: Duty, home: AreaCode) -> Account {
        Account { id, duty, home, active: true }
    }

    #[test]
    fn a_district_keeps_what_is_its_own_and_the_city_everybody() {
        let (city, wuxing) = (Keeper { staff: 1, area: CITY }, Keeper { staff: 2, area: WUXING });
        for (home, kept) in [(WUXING, true), (NANXUN, false), (CITY, false)] {
            let account = account(9, Duty::Handler { department: 7 }, home);
            assert_eq!(wuxing.decide(Command::Reset, &account, 5).is_ok(), kept, "{home}");
            assert_eq!(wuxing.may_grant(home).is_ok(), kept, "{home}");
            assert_eq!(city.decide(Command::Reset, &account, 5), Ok(()));
            assert_eq!(city.may_grant(home), Ok(()));
        }
    }

    #[test]
    fn what_is_disabled_is_enabled_first() {
        let keeper = Keeper { staff: 1, area: CITY };
        let mut of = account(9, Duty::Leader { area: CITY }, CITY);
        assert_eq!(keeper.decide(Command::Enable, &of, 1), Err(Refusal::Active));
        of.active = false;
        assert_eq!(keeper.possible(&of, 1), [Command::Name, Command::Duty, Command::HandOver, Command::Enable]);
        let refusal = keeper.decide(Command::Reset, &of, 1).expect_err("it is disabled");
        assert_eq!(refusal.to_string(), "账号已停用，启用后才能重置密码");
    }

    #[test]
    fn the_last_administrator_of_the_city_stays() {
        let keeper = Keeper { staff: 1, area: CITY };
        let last = account(9, Duty::Administrator { area: CITY }, CITY);
        for command in [Command::Disable, Command::Duty] {
            assert_eq!(keeper.decide(command, &last, 0), Err(Refusal::LastAdministrator(command.label())));
            assert_eq!(keeper.decide(command, &last, 1), Ok(()));
            // A district's is not the city's last, and one that is disabled is none any more.
            let district = account(9, Duty::Administrator { area: WUXING }, WUXING);
            assert_eq!(keeper.decide(command, &district, 0), Ok(()));
        }
        assert_eq!(keeper.decide(Command::Duty, &Account { active: false, ..last }, 0), Ok(()));
        assert_eq!(keeper.decide(Command::Reset, &last, 0), Ok(()));
    }

    #[test]
    fn work_goes_to_a_colleague_who_sees_what_it_is_about() {
        let giver = account(1, Duty::Handler { department: 7 }, CITY);
        assert_eq!(may_take_over(&giver, &account(2, Duty::Handler { department: 7 }, CITY)), Ok(()));
        for taker in [
            giver,
            account(2, Duty::Handler { department: 8 }, CITY),
            account(2, Duty::Leader { area: CITY }, CITY),
            Account { active: false, ..account(2, Duty::Handler { department: 7 }, CITY) },
        ] {
            assert_eq!(may_take_over(&giver, &taker), Err(Refusal::NoColleague), "{taker:?}");
        }
        let (title, body) = Piece::Draft.handed("王芳");
        assert_eq!(title, "接手起草中的政策");
        assert!(body.starts_with("“{title}”由王芳移交。"));
        assert_eq!(Work { unread: 3, drafts: 1, ..Work::default() }.words(), "未读消息 3、起草中的政策 1");
        assert!(Work::default().is_empty() && Work::default().words().is_empty());
    }

    #[test]
    fn names_and_reasons_are_ones() {
        assert_eq!(login(" zhang.jianshe "), Ok("zhang.jianshe".to_owned()));
        for bad in ["", "ab", "Zhang", "张三丰", "a b c", "x:y:z", &"a".repeat(41)] {
            assert!(login(bad).is_err(), "{bad}");
        }
        assert_eq!(reason(" 调岗\u{0} "), Ok("调岗".to_owned()));
        assert!(reason("无").is_err() && reason(&"长".repeat(201)).is_err());
    }

    fn area() -> impl Strategy<Value = AreaCode> {
        prop::sample::select(crate::area::AREAS.iter().map(|area| area.0).collect::<Vec<_>>())
    }

    fn duty() -> impl Strategy<Value = (Duty, AreaCode)> {
        (0..7, area(), 1..4_i64).prop_map(|(kind, area, id)| {
            let duty = match kind {
                0 => Duty::Station { station: id, area },
                1 => Duty::Centre { area },
                2 => Duty::Handler { department: id },
                3 => Duty::Supervisor { area },
                4 => Duty::Leader { area },
                5 => Duty::PolicyEditor { area },
                _ => Duty::Administrator { area },
            };
            (duty, area)
        })
    }

    proptest! {
        #[test]
        fn nobody_touches_itself_nor_what_is_elsewhere(
            staff in 1..4_i64, mine in area(), id in 1..4_i64, (duty, home) in duty(), active: bool, others in 0..3_i64,
            command in prop::sample::select(Command::ALL),
        ) {
            let keeper = Keeper { staff, area: mine };
            let account = Account { id, duty, home, active };
            let decided = keeper.decide(command, &account, others);
            if id == staff || (mine != CITY && home != mine) {
                prop_assert!(decided.is_err());
            }
            if decided.is_ok() {
                prop_assert!(area_covers(mine, home) && keeper.possible(&account, others).contains(&command));
            }
            // Whoever keeps an account of the city's is the city's, and makes no administrator that keeps more.
            if keeper.may_grant(home).is_ok() {
                for other in crate::area::AREAS {
                    prop_assert!(!area_covers(home, other.0) || keeper.keeps(other.0));
                }
            }
            // There is always one left: the last one of the city neither goes nor becomes something else.
            let last = active && duty == Duty::Administrator { area: CITY } && others == 0;
            if last && matches!(command, Command::Disable | Command::Duty) {
                prop_assert!(decided.is_err());
            }
        }
    }
}
