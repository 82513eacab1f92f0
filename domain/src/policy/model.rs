//! A policy item (政策条目): one line of money or support with its condition, amount and windows (S-21). The JSON form is the
//! form that is stored, edited and exchanged; `policies/README.md` describes it.

use super::amount::Amount;
use super::condition::{Condition, Test};
pub use super::day;
use super::map::Map;
use super::money::Fen;
use super::sorted;
use serde::{Deserialize, Serialize};
use time::Date;

/// A policy item of one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Stable code, e.g. `huzhou-2023-23-upgrade`.
    pub id: String,
    /// Version; a published one never changes.
    #[serde(default = "first_version")]
    pub version: u32,
    pub title: String,
    /// Where it is laid down.
    pub document: Document,
    /// Level of the issuer.
    pub level: Level,
    /// Name or code of the area it holds in.
    #[serde(default)]
    pub area: String,
    /// Service board (服务板块).
    #[serde(default = "policy_board")]
    pub board: String,
    /// Subjects to filter and subscribe by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// When it is in force.
    pub valid: Window,
    /// How the money is had.
    pub apply: Apply,
    /// Texts of the clauses that leaves refer to.
    #[serde(default)]
    pub clauses: Map<String>,
    /// Who may have it.
    pub condition: Condition,
    /// How much.
    pub amount: Amount,
    /// How it stands beside other items.
    #[serde(default)]
    pub group: Option<Group>,
    /// The budget it is paid from.
    #[serde(default)]
    pub fund: Option<Fund>,
    /// The most an enterprise may have in a year of all items with the same id.
    #[serde(default)]
    pub yearly_cap: Option<YearlyCap>,
}

fn first_version() -> u32 {
    1
}

fn policy_board() -> String {
    "policy".to_owned()
}

/// The document (文件) of an item.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Document {
    /// 文号.
    pub no: String,
    pub title: String,
    /// 发文机关.
    pub issuer: String,
    /// Where the text is.
    pub url: String,
    /// 发布日期.
    #[serde(with = "day::option")]
    pub published_on: Option<Date>,
    /// The years it is for, as people say it.
    pub years: String,
    /// What was assumed, what to check.
    pub note: String,
}

/// Level of the issuer (层级).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 国家.
    National,
    /// 省.
    Province,
    /// 市.
    City,
    /// 区县.
    District,
}

impl Document {
    /// Where the text is, as a page may link to it: never anything that a browser would run.
    pub fn link(&self) -> Option<&str> {
        let scheme = |scheme: &str| self.url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
        let plain = !self.url.chars().any(|c| c.is_control() || c.is_whitespace());
        (plain && (scheme("https://") || scheme("http://"))).then_some(self.url.as_str())
    }
}

impl Level {
    pub const ALL: [Level; 4] = [Level::National, Level::Province, Level::City, Level::District];

    pub fn code(self) -> &'static str {
        match self {
            Level::National => "national",
            Level::Province => "province",
            Level::City => "city",
            Level::District => "district",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Level::National => "国家",
            Level::Province => "省级",
            Level::City => "市级",
            Level::District => "区县",
        }
    }

    pub fn parse(code: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.code() == code)
    }
}

/// How the money is had (兑现方式, S-24).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// 申报即享: had in the tax return; what proves it is kept, and nothing is asked for here.
    Enjoy,
    /// 免申即享: paid without asking.
    Automatic,
    /// 快申快享: one step, decided at once.
    Express,
    /// 申报: a form with materials, reviewed.
    Declare,
}

impl Mode {
    pub const ALL: [Mode; 4] = [Mode::Enjoy, Mode::Automatic, Mode::Express, Mode::Declare];

    pub fn code(self) -> &'static str {
        match self {
            Mode::Enjoy => "enjoy",
            Mode::Automatic => "automatic",
            Mode::Express => "express",
            Mode::Declare => "declare",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Mode::Enjoy => "申报即享",
            Mode::Automatic => "免申即享",
            Mode::Express => "快申快享",
            Mode::Declare => "申报",
        }
    }

    pub fn parse(code: &str) -> Option<Mode> {
        Mode::ALL.into_iter().find(|mode| mode.code() == code)
    }

    /// Whether an enterprise asks for it here at all.
    pub fn is_applied_for(self) -> bool {
        self != Mode::Enjoy
    }
}

/// A span of days, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// First day.
    #[serde(with = "day")]
    pub from: Date,
    /// Last day; none where the document names none.
    #[serde(default, with = "day::option")]
    pub to: Option<Date>,
}

impl Window {
    /// Whether a day lies inside.
    pub fn holds(&self, on: Date) -> bool {
        self.from <= on && self.to.is_none_or(|to| on <= to)
    }
}

/// How often an enterprise may have an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// Once in every window, or in every year where there is none.
    #[default]
    Window,
    /// 一次性.
    Once,
}

/// How and when to apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Apply {
    /// How the money is had.
    pub mode: Mode,
    /// First day of the window; none: as long as the item is in force.
    #[serde(default, with = "day::option")]
    pub from: Option<Date>,
    /// Last day of the window.
    #[serde(default, with = "day::option")]
    pub to: Option<Date>,
    /// How often an enterprise may have it.
    #[serde(default)]
    pub per: Per,
    #[serde(default, rename = "where")]
    pub place: String,
    /// What to bring (申报材料); for 申报即享 what to keep on file (留存备查).
    #[serde(default)]
    pub materials: Vec<String>,
}

impl Apply {
    /// Whether an enterprise asks for it here: not what it has in a tax return, and not what another system takes. Of that `place` says where to
    /// go (到……): an application sent here would reach nobody there.
    #[cfg(feature = "server")]
    pub fn is_here(&self) -> bool {
        self.mode.is_applied_for() && !self.place.starts_with('到')
    }
}

/// Items that stand together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its id, shared by the items.
    pub id: String,
    pub rule: GroupRule,
    /// The most an enterprise may have of the whole group.
    #[serde(default)]
    pub cap: Option<Fen>,
    /// `top_up` only: the attribute that says what was already received.
    #[serde(default)]
    pub received: Option<String>,
}

/// How items of a group stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupRule {
    /// 就高不重复: only the highest is paid.
    Highest,
    /// 差额补足: together no more than the highest, less what was already received.
    TopUp,
    /// 不可兼得: the enterprise chooses one.
    Exclusive,
    /// 可叠加: all are paid.
    Stack,
}

impl GroupRule {
    pub fn label(self) -> &'static str {
        match self {
            GroupRule::Highest => "就高不重复",
            GroupRule::TopUp => "差额补足",
            GroupRule::Exclusive => "不可兼得",
            GroupRule::Stack => "可叠加",
        }
    }
}

/// A budget that several items draw on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fund {
    /// Its id, shared by the items.
    pub id: String,
    /// What is left of it.
    pub remaining: Fen,
}

/// A cap per enterprise and year over several items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearlyCap {
    /// Its id, shared by the items.
    pub id: String,
    pub amount: Fen,
}

impl Item {
    /// Whether the item can be applied for on a day: in force, and the window open.
    pub fn open_on(&self, on: Date) -> bool {
        self.valid.holds(on) && self.apply.from.is_none_or(|from| from <= on) && self.apply.to.is_none_or(|to| on <= to)
    }

    /// Whether its condition or its amount looks at an attribute.
    pub fn asks_for(&self, code: &str) -> bool {
        let mut found = false;
        self.condition.leaves(&mut |leaf| {
            found |= match &leaf.test {
                Test::Num { attr, .. } | Test::InSet { attr, .. } | Test::Date { attr, .. } | Test::Age { attr, .. } => {
                    attr == code
                }
                Test::Ratio { num, den, .. } => num == code || den == code,
                Test::HasTag { .. } | Test::Attest { .. } => false,
            };
        });
        self.amount.attributes(&mut |attr| found |= attr == code);
        found
    }

    /// What an application of a day is for: an enterprise has one for an item and a period. Once for all, the window, or else the year.
    pub fn period(&self, on: Date) -> String {
        match (self.apply.per, self.apply.from) {
            (Per::Once, _) => "once".to_owned(),
            (Per::Window, Some(from)) => day::text(from),
            (Per::Window, None) => format!("{:04}", on.year()),
        }
    }

    /// The last day to apply: of the window, else of the validity.
    pub fn deadline(&self) -> Option<Date> {
        self.apply.to.or(self.valid.to)
    }
}

/// Of several versions the one in force on a day: the highest whose window holds; in the order of codes.
pub fn in_force(items: Vec<Item>, on: Date) -> Vec<Item> {
    let holding = items.into_iter().filter(|item| item.valid.holds(on)).collect();
    let mut list = sorted(holding, &|a: &Item, b: &Item| (&a.id, b.version).cmp(&(&b.id, a.version)));
    list.dedup_by(|later, first| later.id == first.id);
    list
}
