//! States of an issue (诉求) and the small vocabularies its events carry.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// Where an issue stands.
    State {
        Draft = "draft", "草稿";
        Submitted = "submitted", "待受理";
        Accepted = "accepted", "已受理";
        Dispatched = "dispatched", "待签收";
        Handling = "handling", "办理中";
        AwaitingInput = "awaiting_input", "待补充";
        Tracking = "tracking", "挂账跟踪";
        Answered = "answered", "待评价";
        Closed = "closed", "已办结";
        Declined = "declined", "不予受理";
        Withdrawn = "withdrawn", "已撤回";
        Merged = "merged", "已并案";
    }
}

impl State {
    /// Somebody still owes the enterprise, or the enterprise still owes an input or a rating.
    pub const OPEN: &'static [State] = &[
        State::Submitted,
        State::Accepted,
        State::Dispatched,
        State::Handling,
        State::AwaitingInput,
        State::Tracking,
        State::Answered,
    ];

    /// Every state but the draft's.
    pub const FILED: &'static [State] = State::ALL.split_at(1).1;

    /// See [`State::OPEN`].
    pub fn is_open(self) -> bool {
        State::OPEN.contains(&self)
    }

    /// As an enterprise reads it: the offices' own words say nothing to it.
    pub fn plain(self) -> &'static str {
        match self {
            State::Tracking => "继续跟踪办理",
            State::Merged => "已与另一件合并办理",
            state => state.label(),
        }
    }
}

vocabulary! {
    /// 办理层级: who brings the departments together, if their board cannot do it alone.
    Tier {
        Board = "board", "板块办";
        Consult = "consult", "协商办";
        Meeting = "meeting", "会议办";
    }
}

impl Tier {
    /// As an enterprise reads it.
    pub fn plain(self) -> &'static str {
        match self {
            Tier::Board => "责任部门办理",
            Tier::Consult => "企服中心召集有关部门一起办理",
            Tier::Meeting => "提交市联席会议研究办理",
        }
    }
}

vocabulary! {
    /// 难易程度: decides the limit of the answer.
    Level {
        Simple = "simple", "简单";
        Ordinary = "ordinary", "一般";
        Complex = "complex", "复杂";
    }
}

vocabulary! {
    /// 紧急程度: decides the limit of the first contact.
    Urgency {
        Normal = "normal", "普通";
        Urgent = "urgent", "紧急";
    }
}

vocabulary! {
    /// 办理结果: what a department says it reached.
    Outcome {
        Solved = "solved", "已解决";
        Explained = "explained", "已解释说明";
        NotPossible = "not_possible", "暂不能解决";
    }
}

vocabulary! {
    /// 联系方式 of a contact with the enterprise.
    ContactWay {
        Phone = "phone", "电话";
        Visit = "visit", "上门";
        Message = "message", "消息";
    }
}

vocabulary! {
    /// 满意度, five levels (GB/T 39735).
    Satisfaction {
        VerySatisfied = "very_satisfied", "非常满意";
        Satisfied = "satisfied", "满意";
        Fair = "fair", "基本满意";
        Dissatisfied = "dissatisfied", "不满意";
        VeryDissatisfied = "very_dissatisfied", "非常不满意";
    }
}

impl Satisfaction {
    /// Below 基本满意 an answer goes back.
    pub fn is_unsatisfied(self) -> bool {
        matches!(self, Satisfaction::Dissatisfied | Satisfaction::VeryDissatisfied)
    }
}

vocabulary! {
    /// Coded reasons of a rating, offered as chips.
    RatingReason {
        Fast = "fast", "办得快";
        Kind = "kind", "态度好";
        Clear = "clear", "讲得清楚";
        Slow = "slow", "办得慢";
        NotSolved = "not_solved", "问题没解决";
        Unclear = "unclear", "答复看不懂";
        Attitude = "attitude", "态度不好";
        PassedAround = "passed_around", "互相推诿";
    }
}

impl RatingReason {
    /// The reasons that fit a level: praise with the upper two, complaints with the lower two, both in the middle. They are what
    /// is offered, not what is let through: without a script all are shown at once, and what a person ticks counts.
    pub fn fitting(level: Satisfaction) -> &'static [RatingReason] {
        let (praise, complaints) = RatingReason::ALL.split_at(3);
        match level {
            Satisfaction::VerySatisfied | Satisfaction::Satisfied => praise,
            Satisfaction::Fair => RatingReason::ALL,
            Satisfaction::Dissatisfied | Satisfaction::VeryDissatisfied => complaints,
        }
    }
}

vocabulary! {
    /// 不予受理 reasons; one is always given, with a sentence.
    DeclineReason {
        NotEnterprise = "not_enterprise", "不属于涉企问题";
        Litigation = "litigation", "已进入诉讼、仲裁或信访程序";
        Duplicate = "duplicate", "与正在办理的诉求重复";
        OutOfArea = "out_of_area", "不属于本市管辖";
        Insufficient = "insufficient", "内容不清且无法联系";
    }
}

vocabulary! {
    /// 异常件 flags that events raise (S-7). 预警 and 超期在办 go when the limit is met or moved; the others stay.
    Flag {
        Warning = "warning", "预警件";
        Dissatisfied = "dissatisfied", "不满意件";
        AnsweredLate = "answered_late", "超期办结件";
        Overdue = "overdue", "超期在办";
        Redispatched = "redispatched", "二次交办件";
        Supervised = "supervised", "督办件";
        Instructed = "instructed", "领导批示件";
        Disagreed = "disagreed", "评价回访不一致";
    }
}

vocabulary! {
    /// 渠道: where an issue came in (S-5).
    Channel {
        Online = "online", "企服空间";
        Station = "station", "企服驿站";
        Hotline = "hotline", "12345 热线";
        Direct = "direct", "亲清直通车";
        Meeting = "meeting", "政企恳谈会";
        Visit = "visit", "走访";
        Upper = "upper", "上级平台";
        Open311 = "open311", "开放接口";
    }
}

impl Channel {
    /// The channels that file by a key; the others are ours.
    pub const OUTER: &'static [Channel] =
        &[Channel::Hotline, Channel::Direct, Channel::Meeting, Channel::Visit, Channel::Upper, Channel::Open311];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_fit_the_face() {
        use RatingReason::*;
        let praise = [Fast, Kind, Clear];
        let complaints = [Slow, NotSolved, Unclear, Attitude, PassedAround];
        for level in Satisfaction::ALL.iter().copied() {
            let fitting = RatingReason::fitting(level);
            let (good, bad) = (praise.iter().all(|r| fitting.contains(r)), complaints.iter().all(|r| fitting.contains(r)));
            match level {
                Satisfaction::Fair => assert!(good && bad),
                level if level.is_unsatisfied() => assert_eq!(fitting, complaints),
                _ => assert_eq!(fitting, praise),
            }
        }
    }

    #[test]
    fn an_enterprise_reads_no_word_of_the_offices() {
        for state in State::ALL {
            assert!(["并案", "挂账"].iter().all(|word| !state.plain().contains(word)), "{state}");
        }
        assert_eq!(State::Answered.plain(), State::Answered.label());
    }

    #[test]
    fn codes_travel_and_come_back() {
        for state in State::ALL {
            assert_eq!(State::from_code(state.code()), Some(*state));
            assert_eq!(serde_json::to_value(state).expect("a code"), state.code());
        }
        assert_eq!(State::from_code("lost"), None);
        assert!(serde_json::from_str::<Satisfaction>("\"lost\"").is_err());
    }
}
