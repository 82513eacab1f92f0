//! Who may act for an enterprise (企业联系人): what owner (负责人) and agent (经办人) may do, what a person shows to become one,
//! and what those concerned are told. The second wall repeats the sums and numbers in `store/migrations/0017_members.sql`; tests
//! of the store compare them.

use crate::actor::MemberRole;
use crate::issue::texts::{TextKey, Texts};
use crate::policy::money::Fen;
use time::Date;

/// Above this sum an application is the owner's to submit: 100,000 yuan. An agent may look, reckon and make it ready, but whoever answers for the firm signs for the larger sums. *(assumed)*: the city has published no such limit; it is a constant of
/// the city and not a setting of each firm, so that a reviewer knows what a submitted application means.
pub const OWNER_SUBMITS_ABOVE: Fen = Fen(10_000_000);

/// The most people who may act for one enterprise: more than that is a list nobody keeps.
pub const MOST_MEMBERS: i64 = 50;
/// How many people and enterprises an account at a desk may register within 24 hours *(assumed)*.
pub const REGISTRATIONS_A_DAY: i64 = 30;
/// How many agents the owners of an enterprise may add within 24 hours *(assumed)*: each rings a phone.
pub const AGENTS_A_DAY: i64 = 10;

/// What somebody may do for an enterprise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// 提诉求, 补充, 评价, and 撤回 of a problem, which can be filed again.
    Issues,
    /// 查看画像和政策, 测算.
    Read,
    /// 申请兑现 up to [`OWNER_SUBMITS_ABOVE`], 备好 one above it; 补充 and 评价 of any application.
    Apply,
    /// 申请兑现 above it.
    ApplyAbove,
    /// 撤回申请: money that was asked for is given up.
    Withdraw,
    /// 填写企业画像: money is computed on it. To dispute what a department recorded is to file a problem, which is everybody's.
    StateFacts,
    /// 增减经办人, 交接.
    Members,
}

/// A row of the table of rights.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    pub right: Right,
    /// In the words of the page.
    pub label: &'static str,
    /// Whether an agent may; an owner may everything.
    pub agent: bool,
}

const fn rule(right: Right, label: &'static str, agent: bool) -> Rule {
    Rule { right, label, agent }
}

/// What owner and agent may do.
pub const RULES: &[Rule] = &[
    rule(Right::Issues, "提诉求、补充、撤回、评价", true),
    rule(Right::Read, "看政策、画像，测算能享受多少", true),
    rule(Right::Apply, "提交 10 万元以内的政策申请，备好大额申请，补充材料", true),
    rule(Right::ApplyAbove, "提交超过 10 万元的政策申请", false),
    rule(Right::Withdraw, "撤回政策申请", false),
    rule(Right::StateFacts, "填写企业画像", false),
    rule(Right::Members, "增减经办人、交接", false),
];

impl Right {
    /// What applying for a sum is.
    pub fn apply(amount: Fen) -> Right {
        if amount > OWNER_SUBMITS_ABOVE { Right::ApplyAbove } else { Right::Apply }
    }

    /// What it is called, after 由负责人: 提交超过 10 万元的政策申请.
    pub fn label(self) -> &'static str {
        RULES.iter().find(|rule| rule.right == self).map_or("", |rule| rule.label)
    }

    /// Whether somebody of this role may; what is in no row is the owner's.
    pub fn is_for(self, role: MemberRole) -> bool {
        role == MemberRole::Owner || RULES.iter().any(|rule| rule.right == self && rule.agent)
    }
}

/// What a person showed to whoever registered it. Only that it was shown is kept, no copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// 营业执照.
    Licence,
    /// 本人身份证.
    IdCard,
    /// 授权书.
    Authorization,
    /// 其他: what, the note says.
    Other,
}

impl Paper {
    pub const ALL: [Paper; 4] = [Paper::Licence, Paper::IdCard, Paper::Authorization, Paper::Other];

    pub fn code(self) -> &'static str {
        match self {
            Paper::Licence => "licence",
            Paper::IdCard => "id_card",
            Paper::Authorization => "authorization",
            Paper::Other => "other",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Paper::Licence => "营业执照",
            Paper::IdCard => "本人身份证",
            Paper::Authorization => "加盖公章的授权书",
            Paper::Other => "其他证明",
        }
    }

    pub fn parse(code: &str) -> Option<Paper> {
        Paper::ALL.into_iter().find(|paper| paper.code() == code)
    }
}

/// What is still to be shown, as a sentence: who it is in any case; an owner the licence of the firm, an agent the licence or the firm's
/// word for it; what is none of the list is named in the note.
pub fn papers_fault(role: MemberRole, shown: &[Paper], note: &str) -> Option<&'static str> {
    let has = |paper| shown.contains(&paper);
    if !has(Paper::IdCard) {
        return Some("请核对本人身份证，并勾选");
    }
    match role {
        MemberRole::Owner if !has(Paper::Licence) => Some("登记负责人要核对营业执照"),
        MemberRole::Agent if !has(Paper::Licence) && !has(Paper::Authorization) => {
            Some("登记经办人要核对营业执照或加盖公章的授权书")
        }
        _ if has(Paper::Other) && note.trim().is_empty() => Some("勾选了其他证明，请在备注里写明是什么"),
        _ => None,
    }
}

/// A change of who may act, as the history knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// 录入企业: the enterprise itself came into the library at a desk.
    Entered,
    /// 当场登记, at a desk.
    Registered,
    /// 添加, by an owner or by the system.
    Added,
    /// 移除, by an owner.
    Removed,
    /// 退出, by oneself.
    Left,
    /// 成为负责人.
    Promoted,
    /// 转为经办人, when ownership was handed over.
    Demoted,
}

impl Change {
    pub const ALL: [Change; 7] =
        [Change::Entered, Change::Registered, Change::Added, Change::Removed, Change::Left, Change::Promoted, Change::Demoted];

    pub fn code(self) -> &'static str {
        match self {
            Change::Entered => "entered",
            Change::Registered => "registered",
            Change::Added => "added",
            Change::Removed => "removed",
            Change::Left => "left",
            Change::Promoted => "promoted",
            Change::Demoted => "demoted",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Change::Entered => "录入企业",
            Change::Registered => "当场登记",
            Change::Added => "添加",
            Change::Removed => "移除",
            Change::Left => "退出",
            Change::Promoted => "成为负责人",
            Change::Demoted => "转为经办人",
        }
    }

    pub fn parse(code: &str) -> Option<Change> {
        Change::ALL.into_iter().find(|change| change.code() == code)
    }
}

/// A message: title, body, and where it leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub title: String,
    pub body: String,
    /// A path of the space.
    pub link: String,
}

/// One that leads to the members.
fn told(title: &str, body: String) -> Told {
    Told { title: title.to_owned(), body, link: "/me/members".to_owned() }
}

/// To every owner, when one of them added an agent: in the city's words, as whoever did it may have been somebody else with a stolen telephone.
pub fn agent_added(texts: &Texts, day: Date, enterprise: &str, name: &str, by: &str) -> Told {
    let values = [("name", name.to_owned()), ("who", by.to_owned()), ("firm", enterprise.to_owned())];
    let text = texts.on(TextKey::AccountAgent, day).filled(&values);
    told(&text.title, text.body)
}

/// To whoever may act for an enterprise from now on.
pub fn welcome(enterprise: &str, role: MemberRole, by: &str) -> Told {
    told("您可以为企业办事了", format!("{by}已将您登记为“{enterprise}”的{}。用本手机号登录企服空间即可办理。", role.label()))
}

/// To the owners there were, when a desk registers somebody.
pub fn registered(enterprise: &str, role: MemberRole, name: &str, by: &str) -> Told {
    let what = format!("{by}为“{enterprise}”登记了{}{name}。", role.label());
    told("企业新登记了联系人", format!("{what}如果不是您企业的安排，请马上联系企服中心。"))
}

/// To whoever may act no longer.
pub fn farewell(enterprise: &str) -> Told {
    Told {
        title: "您不再为这家企业办事".to_owned(), body: format!("您已不是“{enterprise}”的联系人。"), link: "/me".to_owned()
    }
}

/// To the owners, when the centre took somebody out.
pub fn struck(enterprise: &str, name: &str, by: &str, reason: &str) -> Told {
    told("企业联系人有变化", format!("{by}已取消{name}为“{enterprise}”办事的资格。理由：{reason}"))
}

/// To the owners, when somebody leaves by itself.
pub fn left(enterprise: &str, name: &str) -> Told {
    told("企业联系人有变化", format!("{name}已退出“{enterprise}”。"))
}

/// To whoever becomes an owner.
pub fn promoted(enterprise: &str, by: &str) -> Told {
    told("您成为企业负责人", format!("{by}已将您设为“{enterprise}”的负责人。"))
}

/// To the other owners, when one more comes or one hands over.
pub fn owner_changed(enterprise: &str, name: &str, by: &str) -> Told {
    told("企业负责人有变化", format!("{by}已将{name}设为“{enterprise}”的负责人。"))
}

/// To the owners, when an agent has made an application ready; `item` is its code.
pub fn prepared(title: &str, item: &str, by: &str) -> Told {
    let body = format!("{by}已备好“{title}”的申请，请您核对后提交。");
    Told { title: "有一件申请等您提交".to_owned(), body, link: format!("/policies/{item}/apply") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_may_everything_and_an_agent_what_the_table_says() {
        assert!(RULES.iter().all(|rule| rule.right.is_for(MemberRole::Owner)));
        let agents: Vec<Right> = RULES.iter().map(|rule| rule.right).filter(|right| right.is_for(MemberRole::Agent)).collect();
        assert_eq!(agents, [Right::Issues, Right::Read, Right::Apply]);
        for (index, rule) in RULES.iter().enumerate() {
            assert!(RULES[..index].iter().all(|other| other.right != rule.right), "{:?} has two rows", rule.right);
            assert!(!rule.right.label().is_empty());
        }
    }

    #[test]
    fn the_sum_itself_is_still_the_agents() {
        assert_eq!(Right::apply(Fen(0)), Right::Apply);
        assert_eq!(Right::apply(OWNER_SUBMITS_ABOVE), Right::Apply);
        assert_eq!(Right::apply(Fen(OWNER_SUBMITS_ABOVE.0 + 1)), Right::ApplyAbove);
        let words = format!("{} 万元", OWNER_SUBMITS_ABOVE.0 / 1_000_000);
        assert!(
            [Right::Apply, Right::ApplyAbove].iter().all(|right| right.label().contains(&words)),
            "the table says the same sum"
        );
    }

    #[test]
    fn what_must_be_shown_depends_on_what_one_becomes() {
        use Paper::{Authorization, IdCard, Licence, Other};
        let fault = |role, shown: &[Paper]| papers_fault(role, shown, "");
        for role in [MemberRole::Owner, MemberRole::Agent] {
            assert!(fault(role, &[]).is_some_and(|sentence| sentence.contains("身份证")));
            assert!(fault(role, &[Licence]).is_some_and(|sentence| sentence.contains("身份证")));
            assert_eq!(fault(role, &[Licence, IdCard]), None);
        }
        assert!(fault(MemberRole::Owner, &[IdCard, Authorization]).is_some_and(|sentence| sentence.contains("营业执照")));
        assert_eq!(fault(MemberRole::Agent, &[IdCard, Authorization]), None);
        assert!(fault(MemberRole::Agent, &[IdCard]).is_some());
        assert!(fault(MemberRole::Owner, &[Licence, IdCard, Other]).is_some_and(|sentence| sentence.contains("备注")));
        assert_eq!(papers_fault(MemberRole::Owner, &[Licence, IdCard, Other], "法人变更通知书"), None);
    }

    #[test]
    fn codes_lead_back() {
        assert!(Paper::ALL.iter().all(|paper| Paper::parse(paper.code()) == Some(*paper)));
        assert!(Change::ALL.iter().all(|change| Change::parse(change.code()) == Some(*change)));
        assert!([MemberRole::Owner, MemberRole::Agent].iter().all(|role| MemberRole::parse(role.code()) == Some(*role)));
        assert_eq!((Paper::parse(""), Change::parse("x"), MemberRole::parse("")), (None, None, None));
    }
}
