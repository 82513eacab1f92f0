//! 会议材料 (S-27): the city's three meetings about enterprises' problems, which open cases each of them looks at, over which days.
//!
//! Which cases are a meeting's is our reading *(assumed)*: the paper says that each has its pack of figures and open hard cases, not which.

use crate::issue::filter::day;
use crate::issue::{Flag, Tier};
use crate::vocabulary::vocabulary;
use time::{Date, Duration};

vocabulary! {
    /// A meeting that is held again and again; codes stand in its address.
    Meeting {
        Joint = "joint", "涉企问题解决联席会议";
        Monthly = "monthly", "企服中心月度例会";
        Boards = "boards", "板块例会";
    }
}

/// What makes an open issue a case of a meeting. Data, so that the store can ask the database with it and a test one issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// At one of these levels, however it stands.
    pub tiers: &'static [Tier],
    /// At one of these, once it is overdue or tracked: it does not go on by itself.
    pub stuck: &'static [Tier],
    /// With one of these flags.
    pub flags: &'static [Flag],
}

/// How an open issue stands, as far as a meeting asks.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    pub tier: Tier,
    /// The earliest of its limits went by.
    pub late: bool,
    /// 挂账跟踪.
    pub tracked: bool,
    pub flags: &'a [Flag],
}

impl Rule {
    /// Whether an open issue is one of its cases.
    pub fn holds(&self, standing: &Standing<'_>) -> bool {
        self.tiers.contains(&standing.tier)
            || self.stuck.contains(&standing.tier) && (standing.late || standing.tracked)
            || standing.flags.iter().any(|flag| self.flags.contains(flag))
    }
}

impl Meeting {
    /// Who calls it, how often, with whom.
    pub fn about(self) -> &'static str {
        match self {
            Meeting::Joint => "副市长召集，一至两个月一次，协调小组成员单位参加。",
            Meeting::Monthly => "市政务办召集，每月一次，各板块牵头部门参加。",
            Meeting::Boards => "企服中心召集，每两周一次，大厅窗口和各板块负责人参加。",
        }
    }

    /// Which cases it looks at, in words.
    pub fn looks_at(self) -> &'static str {
        match self {
            Meeting::Joint => "提交会议办的，以及协商办以后仍然超期或挂账的。",
            Meeting::Monthly => "提交协商办、会议办的，超期和挂账的，督办件和领导批示件。",
            Meeting::Boards => "正在协商办的，超期和挂账的，二次交办的。",
        }
    }

    /// See [`Rule`].
    pub fn rule(self) -> Rule {
        match self {
            Meeting::Joint => Rule { tiers: &[Tier::Meeting], stuck: &[Tier::Consult], flags: &[] },
            Meeting::Monthly => Rule {
                tiers: &[Tier::Consult, Tier::Meeting],
                stuck: &[Tier::Board],
                flags: &[Flag::Supervised, Flag::Instructed],
            },
            Meeting::Boards => Rule { tiers: &[Tier::Consult], stuck: &[Tier::Board], flags: &[Flag::Redispatched] },
        }
    }

    /// Whose decisions it follows.
    pub fn decisions(self) -> &'static [Tier] {
        match self {
            Meeting::Joint => &[Tier::Meeting],
            Meeting::Monthly => &[Tier::Consult, Tier::Meeting],
            Meeting::Boards => &[Tier::Consult],
        }
    }

    /// Over how many days its pack looks back, unless somebody asks for others.
    pub fn days(self) -> i64 {
        match self {
            Meeting::Joint => 60,
            Meeting::Monthly => 30,
            Meeting::Boards => 14,
        }
    }
}

/// The most days of a pack: a year.
pub const LONGEST: i64 = 366;

/// The days a pack is about, both whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub from: Date,
    pub to: Date,
}

impl Period {
    /// What was asked for, as a field for days sends it. Nothing asked for is the time since the meeting before; of what cannot be, the sentence says
    /// why, and the usual days stand in its place.
    pub fn read(meeting: Meeting, from: &str, to: &str, today: Date) -> (Period, Option<&'static str>) {
        let ends = if to.is_empty() { Some(today) } else { day(to) };
        let usual = |to: Date| Period { from: to - Duration::days(meeting.days() - 1), to };
        let Some(to) = ends else { return (usual(today), Some("结束日期写得不对，请重新选择")) };
        if to > today {
            return (usual(today), Some("结束日期不能晚于今天"));
        }
        if from.is_empty() {
            return (usual(to), None);
        }
        let Some(from) = day(from) else { return (usual(to), Some("开始日期写得不对，请重新选择")) };
        if from > to {
            return (usual(to), Some("开始日期要在结束日期之前"));
        }
        let period = Period { from, to };
        if period.days() > LONGEST { (usual(to), Some("一次最多看一年")) } else { (period, None) }
    }

    pub fn days(self) -> i64 {
        (self.to - self.from).whole_days() + 1
    }

    /// As many days before it, to compare with.
    #[must_use]
    pub fn before(self) -> Period {
        let to = self.from - Duration::DAY;
        Period { from: to - Duration::days(self.days() - 1), to }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    const TODAY: Date = date!(2026 - 11 - 27);

    #[test]
    fn a_pack_looks_back_to_the_meeting_before() {
        for (meeting, from) in [
            (Meeting::Joint, date!(2026 - 09 - 29)),
            (Meeting::Monthly, date!(2026 - 10 - 29)),
            (Meeting::Boards, date!(2026 - 11 - 14)),
        ] {
            assert_eq!(Period::read(meeting, "", "", TODAY), (Period { from, to: TODAY }, None));
        }
        let (period, fault) = Period::read(Meeting::Boards, "2026-11-01", "2026-11-10", TODAY);
        assert_eq!((period.days(), fault), (10, None));
        assert_eq!(period.before(), Period { from: date!(2026 - 10 - 22), to: date!(2026 - 10 - 31) });
    }

    #[test]
    fn what_cannot_be_is_said() {
        for (from, to, said) in [
            ("2026-11-20", "2026-11-10", "开始日期要在结束日期之前"),
            ("", "2026-11-28", "结束日期不能晚于今天"),
            ("11月1日", "", "开始日期写得不对，请重新选择"),
            ("", "2026-13-01", "结束日期写得不对，请重新选择"),
            ("2020-01-01", "", "一次最多看一年"),
        ] {
            let (period, fault) = Period::read(Meeting::Monthly, from, to, TODAY);
            assert_eq!(fault, Some(said), "{from} {to}");
            assert_eq!(period.days(), Meeting::Monthly.days(), "{from} {to}");
        }
    }

    #[test]
    fn each_meeting_looks_at_what_is_its_own() {
        let calm = |tier| Standing { tier, late: false, tracked: false, flags: &[] };
        let meets = |standing: &Standing<'_>| {
            Meeting::ALL.iter().copied().filter(|meeting| meeting.rule().holds(standing)).collect::<Vec<_>>()
        };
        assert_eq!(meets(&calm(Tier::Board)), []);
        assert_eq!(meets(&calm(Tier::Consult)), [Meeting::Monthly, Meeting::Boards]);
        assert_eq!(meets(&calm(Tier::Meeting)), [Meeting::Joint, Meeting::Monthly]);
        for (late, tracked) in [(true, false), (false, true), (true, true)] {
            let stuck = |tier| Standing { tier, late, tracked, flags: &[] };
            assert_eq!(meets(&stuck(Tier::Board)), [Meeting::Monthly, Meeting::Boards]);
            assert_eq!(meets(&stuck(Tier::Consult)), Meeting::ALL, "consulted, and no better");
        }
        let flagged = |flag| meets(&Standing { flags: &[flag], ..calm(Tier::Board) });
        assert_eq!(flagged(Flag::Instructed), [Meeting::Monthly]);
        assert_eq!(flagged(Flag::Redispatched), [Meeting::Boards]);
        assert_eq!(flagged(Flag::Dissatisfied), []);
    }

    proptest! {
        #[test]
        fn whatever_is_asked_for_a_period_lies_in_the_past_and_is_no_longer_than_a_year(
            which in 0..Meeting::ALL.len(), from in "[0-9]{4}-[01][0-9]-[0-3][0-9]|.{0,12}", to in "202[0-9]-[01][0-9]-[0-3][0-9]|.{0,12}",
        ) {
            let (period, _) = Period::read(Meeting::ALL[which], &from, &to, TODAY);
            prop_assert!(period.from <= period.to && period.to <= TODAY && period.days() <= LONGEST);
            prop_assert_eq!(period.before().days(), period.days());
            prop_assert_eq!(period.before().to.next_day(), Some(period.from));
        }
    }
}
