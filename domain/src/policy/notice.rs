//! What members are told of policies (S-23), when, and in which words: a new match once, a deadline twice, what becomes of an
//! application.

use super::application::State;
use super::money::Fen;
use crate::vocabulary::vocabulary;
use time::Date;

vocabulary! {
    /// A kind of notice that a member can choose.
    Kind {
        New = "new", "新匹配的政策";
        Deadline = "deadline", "申报快截止";
        Application = "application", "申请进展";
    }
}

/// How a member is told who never chose: in the app, and not by SMS.
pub const IN_APP: bool = true;
pub const SMS: bool = false;

vocabulary! {
    /// Why an item is to be told to an enterprise.
    Occasion {
        New = "new", "新匹配";
        Fortnight = "deadline14", "两周内截止";
        LastDays = "deadline3", "三天内截止";
    }
}

impl Occasion {
    /// How many days before the end of a window it is due.
    pub const fn days(self) -> Option<i32> {
        match self {
            Occasion::New => None,
            Occasion::Fortnight => Some(14),
            Occasion::LastDays => Some(3),
        }
    }

    /// The reminder that is due on a day, of a window that ends on another.
    pub fn reminder(until: Date, today: Date) -> Option<Occasion> {
        let left = (until - today).whole_days();
        let due = |occasion: &Occasion| occasion.days().is_some_and(|days| left <= i64::from(days));
        if left < 0 { None } else { [Occasion::LastDays, Occasion::Fortnight].into_iter().find(due) }
    }

    /// Which choice of the member it falls under.
    pub fn kind(self) -> Kind {
        match self {
            Occasion::New => Kind::New,
            Occasion::Fortnight | Occasion::LastDays => Kind::Deadline,
        }
    }
}

/// One thing to tell.
#[derive(Debug, Clone)]
pub struct Line<'a> {
    pub occasion: Occasion,
    /// The item's code.
    pub code: &'a str,
    pub title: &'a str,
    pub amount: Fen,
    /// Last day to apply.
    pub until: Option<Date>,
}

/// Several things in one message; its title is the SMS too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    pub title: String,
    pub body: String,
    /// The page it leads to.
    pub link: String,
}

/// How many items a digest names; of the others it says how many they are.
const NAMED: usize = 5;

/// All that a member is told of policies on one day; none where there is nothing to tell.
pub fn digest(lines: &[Line<'_>]) -> Option<Digest> {
    let (new, ending): (Vec<&Line>, Vec<&Line>) = lines.iter().partition(|line| line.occasion == Occasion::New);
    let mut titles = Vec::new();
    // The amounts are not added up: rules of groups and caps may pay less than all of them.
    if !new.is_empty() {
        titles.push(format!("有 {} 项政策适合您的企业", new.len()));
    }
    if !ending.is_empty() {
        titles.push(format!("{} 项政策快截止", ending.len()));
    }
    let link = match lines {
        [] => return None,
        [only] => format!("/policies/{}", only.code),
        _ => "/policies".to_owned(),
    };
    let mut body: Vec<String> = ending.iter().chain(&new).take(NAMED).map(|line| line.words()).collect();
    if lines.len() > body.len() {
        body.push(format!("还有 {} 项", lines.len() - body.len()));
    }
    Some(Digest { title: titles.join("，"), body: body.join("；"), link })
}

impl Line<'_> {
    fn words(&self) -> String {
        let money = if self.amount > Fen::ZERO { format!("（约 {}）", self.amount.words()) } else { String::new() };
        let until = self.until.map_or(String::new(), |day| format!("，{}月{}日截止", u8::from(day.month()), day.day()));
        format!("{}{money}{until}", self.title)
    }
}

/// Title and text on how an application stands after a command of its reviewer: `money` is what was approved or paid, `text` what
/// the reviewer wrote.
pub fn progress(number: &str, title: &str, state: State, money: Option<Fen>, text: &str) -> (String, String) {
    let state = state.label();
    let money = money.map_or(String::new(), |fen| format!("，{}", fen.words()));
    (format!("{title}：{state}"), format!("申请 {number} 现在是“{state}”{money}。{text}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;
    use time::macros::date;

    fn line(occasion: Occasion, title: &str) -> Line<'_> {
        Line { occasion, code: "voucher", title, amount: Fen(0), until: None }
    }

    #[test]
    fn a_window_is_recalled_a_fortnight_and_three_days_before_it_ends() {
        let until = date!(2026 - 12 - 31);
        for (left, reminder) in [
            (15, None),
            (14, Some(Occasion::Fortnight)),
            (4, Some(Occasion::Fortnight)),
            (3, Some(Occasion::LastDays)),
            (0, Some(Occasion::LastDays)),
            (-1, None),
        ] {
            assert_eq!(Occasion::reminder(until, until - Duration::days(left)), reminder, "{left} days left");
        }
    }

    #[test]
    fn one_item_leads_to_it_and_several_to_the_list() {
        assert_eq!(digest(&[]), None);
        let money =
            Line { amount: Fen(9_600_000), until: Some(date!(2026 - 12 - 08)), ..line(Occasion::LastDays, "用工补贴") };
        let one = digest(std::slice::from_ref(&money)).expect("a digest");
        assert_eq!(
            (one.title.as_str(), one.body.as_str(), one.link.as_str()),
            ("1 项政策快截止", "用工补贴（约 96,000 元），12月8日截止", "/policies/voucher")
        );
        let two = digest(&[line(Occasion::New, "创新券"), money]).expect("a digest");
        assert_eq!(two.title, "有 1 项政策适合您的企业，1 项政策快截止");
        assert_eq!(two.body, "用工补贴（约 96,000 元），12月8日截止；创新券", "what ends comes first");
        assert_eq!(two.link, "/policies");
    }

    #[test]
    fn a_digest_names_five_and_counts_the_rest() {
        let lines = vec![line(Occasion::New, "创新券"); 7];
        let body = digest(&lines).expect("a digest").body;
        assert_eq!((body.matches("创新券").count(), body.ends_with("还有 2 项")), (5, true));
        let five = digest(&lines[..5]).expect("a digest").body;
        assert!(!five.contains("还有"));
    }

    #[test]
    fn an_applicant_hears_state_money_and_reason() {
        let (title, body) = progress("SQ-1", "用工补贴", State::Approved, Some(Fen(9_600_000)), "");
        assert_eq!((title.as_str(), body.as_str()), ("用工补贴：已核准", "申请 SQ-1 现在是“已核准”，96,000 元。"));
        let (_, body) = progress("SQ-1", "用工补贴", State::AwaitingInput, None, "请补发票");
        assert_eq!(body, "申请 SQ-1 现在是“待补充”。请补发票");
    }
}
