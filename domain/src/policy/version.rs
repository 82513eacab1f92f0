//! From draft to publication (S-23): the states of a version and who moves it. Some write, another publishes (四眼原则), all
//! of the area that keeps the item. As with issues, the table is data. PostgreSQL's triggers repeat it as a second wall.

use crate::actor::{AreaCode, StaffId, area_covers};
use crate::text::clean;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// Where a version stands. A published one never changes; it may only be withdrawn, and an amendment is a version of its own.
    State {
        Draft = "draft", "草稿";
        Submitted = "submitted", "待发布";
        Published = "published", "已发布";
        Withdrawn = "withdrawn", "已撤下";
    }
}

vocabulary! {
    /// What moves a version; codes stand in URLs (`/desk/policies/{code}/submit`), labels on buttons.
    Command {
        Submit = "submit", "提交发布";
        Return = "return", "退回修改";
        Publish = "publish", "发布";
        Withdraw = "withdraw", "撤下";
    }
}

impl Command {
    /// Whether the words are checked once more ([`super::check`]): nothing unfit comes before the second pair of eyes, or the
    /// city.
    pub fn needs_fit(self) -> bool {
        matches!(self, Command::Submit | Command::Publish)
    }

    /// Whether it is about these very words: what the second pair of eyes saw is what comes before the city, and nothing written since.
    pub fn is_bound(self) -> bool {
        matches!(self, Command::Submit | Command::Publish)
    }
}

/// The table: command, from, to.
pub const TRANSITIONS: &[(Command, State, State)] = &[
    (Command::Submit, State::Draft, State::Submitted),
    (Command::Return, State::Submitted, State::Draft),
    (Command::Publish, State::Submitted, State::Published),
    (Command::Withdraw, State::Published, State::Withdrawn),
];

/// A policy editor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Editor {
    pub staff: StaffId,
    /// City or district.
    pub area: AreaCode,
}

/// Who saves words: an editor, or files that the operator imports, which nobody signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    Editor(Editor),
    Import,
}

/// What decisions look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub state: State,
    /// Who keeps the item.
    pub area: AreaCode,
    /// Everybody who ever changed its words; nobody for an import.
    pub writers: Vec<StaffId>,
}

/// Why a version stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("这项政策由其他地区维护，您不能修改")]
    OtherArea,
    #[error("这一版现在是“{state}”，不能{command}。请刷新页面看最新情况")]
    WrongState { command: &'static str, state: &'static str },
    #[error("起草人不能自己发布（改过这一版的人都算起草人），请另一位政策编辑发布")]
    FourEyes,
    #[error("还有问题没有改完，不能{0}")]
    Unfit(&'static str),
    #[error("这一版正在等待发布，先退回修改")]
    Waiting,
    #[error("这项政策有还没发布的草稿，先发布草稿再导入")]
    DraftOpen,
    #[error("内容在您打开之后改过，请刷新页面，重新看过再{0}")]
    Changed(&'static str),
    #[error("请写明撤下的原因，2 至 200 字")]
    Reason,
}

impl Standing {
    /// Where a command leads; `fit` says whether the words may be published as they are, and is asked only for commands that
    /// [need](Command::needs_fit) it.
    ///
    /// # Errors
    /// [`Refusal`], with a sentence for the editor.
    pub fn decide(&self, command: Command, editor: &Editor, fit: bool) -> Result<State, Refusal> {
        Author::Editor(*editor).keeps(self.area)?;
        let row = TRANSITIONS.iter().find(|row| row.0 == command && row.1 == self.state);
        let Some(row) = row else {
            return Err(Refusal::WrongState { command: command.label(), state: self.state.label() });
        };
        if command == Command::Publish && self.writers.contains(&editor.staff) {
            return Err(Refusal::FourEyes);
        }
        if command.needs_fit() && !fit {
            return Err(Refusal::Unfit(command.label()));
        }
        Ok(row.2)
    }

    /// The commands whose button this editor gets.
    pub fn possible(&self, editor: &Editor, fit: bool) -> Vec<Command> {
        Command::ALL.iter().copied().filter(|command| self.decide(*command, editor, fit).is_ok()).collect()
    }
}

impl Author {
    /// Whether this author may touch an item that `area` keeps.
    ///
    /// # Errors
    /// [`Refusal::OtherArea`].
    pub fn keeps(&self, area: AreaCode) -> Result<(), Refusal> {
        match self {
            Author::Editor(editor) if !area_covers(editor.area, area) => Err(Refusal::OtherArea),
            Author::Editor(_) | Author::Import => Ok(()),
        }
    }
}

/// The number under which an author's words are saved, given the item's last version: an editor goes on with the open draft, and
/// is one of its writers from then on; what is published or withdrawn gets a successor.
///
/// # Errors
/// [`Refusal`]. An import would publish what it overwrites: it does not touch a draft.
pub fn number(last: Option<(u32, Standing)>, author: &Author) -> Result<u32, Refusal> {
    let Some((number, standing)) = last else { return Ok(1) };
    author.keeps(standing.area)?;
    match (standing.state, author) {
        (State::Draft, Author::Editor(_)) => Ok(number),
        (State::Draft, Author::Import) => Err(Refusal::DraftOpen),
        (State::Submitted, _) => Err(Refusal::Waiting),
        (State::Published | State::Withdrawn, _) => Ok(number + 1),
    }
}

/// Why a version is withdrawn, cleaned.
///
/// # Errors
/// [`Refusal::Reason`] where nobody could make sense of it.
pub fn reason(raw: &str) -> Result<String, Refusal> {
    let reason = clean(raw);
    if (2..=200).contains(&reason.chars().count()) { Ok(reason) } else { Err(Refusal::Reason) }
}
