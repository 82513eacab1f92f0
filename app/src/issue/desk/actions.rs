//! The actions of this person now, each with its consequence in words and what it asks.

use super::view::{Act, Acts};
use crate::filing::categories;
use crate::form::Form;
use crate::issue::read::StaffIssue;
use crate::request::Clock;
use crate::ui::form::{Field, field};
use crate::ui::input::{Input, Pair};
use domain::calendar::{Span, words};
use domain::catalogue;
use domain::issue::limits::{self, Limits};
use domain::issue::{CommandKind, DeclineReason, Level, Outcome, State, Urgency};

const EXPLANATION: Field = Field { rows: 3, max: 500, ..field("explanation", "给企业的说明", "企业会看到这段话") };
const WHAT: Field = Field {
    rows: 3, max: 500, ..field("what", "请企业补充什么", "例如：请补充用电户号和现有变压器容量")
};
const NOTE: Field = Field { rows: 2, max: 500, optional: true, ..field("note", "交办说明", "只有工作人员看得到") };
const RETURN: Field = Field {
    rows: 3, max: 500, ..field("return_reason", "为什么不属于本部门", "例如：该路段由属地镇街养护")
};
const PROGRESS: Field = Field { rows: 3, max: 2000, ..field("progress", "目前做了什么", "企业会看到这段话") };
const ANSWER: Field =
    Field {
        rows: 5, max: 2000, ..field("answer", "答复内容", "做了什么、结果怎样、企业接下来要做什么。至少 10 个字")
    };
const CALL: Field = Field { rows: 3, max: 500, ..field("call_back", "回访记录", "何时、怎样联系，企业怎么说") };
const REOPEN: Field = Field { rows: 3, max: 500, ..field("reopen_reason", "重新办理的理由", "") };

/// What this person may do now. What moves the issue on is what one came for, so asking goes last; the first is open, unless another
/// was sent and refused.
pub fn acts(page: &StaffIssue, form: &Form, open: Option<CommandKind>, clock: &Clock) -> Acts {
    let (asking, moving): (Vec<_>, Vec<_>) = page.commands.iter().partition(|kind| **kind == CommandKind::Ask);
    let desk = Desk { page, clock, limits: limits::by_version(page.issue.limits), form: offered(page, form) };
    let mut list: Vec<Act> = Vec::new();
    for kind in moving.into_iter().chain(asking).copied() {
        let Some(asked) = desk.asked(kind) else { continue };
        list.push(Act {
            code: kind.code().to_owned(),
            label: kind.label().to_owned(),
            key: asked.key.to_owned(),
            consequence: asked.consequence,
            danger: matches!(kind, CommandKind::Decline | CommandKind::Return),
            open: open.map_or(list.is_empty(), |open| open == kind),
            inputs: asked.inputs,
            faults: if open == Some(kind) { faults(form) } else { Vec::new() },
        });
    }
    let lapsed = page.issue.state == State::AwaitingInput && page.issue.pause.as_ref().is_some_and(|pause| pause.lapsed);
    Acts { version: page.issue.version, lapsed, list }
}

fn faults(form: &Form) -> Vec<Pair> {
    form.errors.iter().map(|error| (error.field.clone(), error.message.clone())).collect()
}

/// With the values that a form offers where nothing was typed yet.
fn offered(page: &StaffIssue, form: &Form) -> Form {
    let category = &page.issue.category;
    form.clone()
        .or("category", category.clone())
        .or("level", catalogue::category(category).map_or(Level::Ordinary, |known| known.level).code())
        .or("urgency", Urgency::Normal.code())
        .or("lead", page.route.as_ref().map(|route| route.department.to_string()).unwrap_or_default())
}

/// What an action asks: the letter that opens it, its consequence, its questions.
struct Asked {
    key: &'static str,
    consequence: String,
    inputs: Vec<Input>,
}

fn asked(key: &'static str, consequence: impl Into<String>, inputs: Vec<Input>) -> Asked {
    Asked { key, consequence: consequence.into(), inputs }
}

struct Desk<'a> {
    page: &'a StaffIssue,
    clock: &'a Clock,
    limits: &'static Limits,
    form: Form,
}

impl Desk<'_> {
    /// `None` for what staff do not do.
    fn asked(&self, kind: CommandKind) -> Option<Asked> {
        let form = &self.form;
        Some(match kind {
            CommandKind::Accept => self.accept(),
            CommandKind::Decline => self.decline(),
            CommandKind::Ask => asked("q", "发出后办理时限暂停，最多 5 个工作日。", vec![WHAT.input(form)]),
            CommandKind::Dispatch => self.dispatch(),
            CommandKind::Sign => self.sign(),
            CommandKind::Return => self.give_back(),
            CommandKind::Progress => asked("p", "企业马上看到进展。", vec![PROGRESS.input(form)]),
            CommandKind::Answer => self.answer(),
            CommandKind::Close => asked("c", "企业 10 个工作日未评价，回访后可以销号。", vec![CALL.input(form)]),
            CommandKind::Reopen => asked("o", "按二次交办件重新办理，企业和部门都会收到通知。", vec![REOPEN.input(form)]),
            _ => return None,
        })
    }

    /// By when, if it were done now.
    fn within(&self, span: Span) -> String {
        let now = self.clock.now;
        self.clock.calendar.add(now, span).map(|due| words::due(due.due, now)).unwrap_or_default()
    }

    fn departments(&self) -> Vec<Pair> {
        let area = self.page.issue.area;
        let mut known: Vec<_> = self.clock.reference.departments.iter().filter(|known| known.serves(area)).collect();
        // Those of the place come first, those of the city after them.
        known.sort_by_key(|known| known.area != area);
        known.into_iter().map(|known| (known.id.to_string(), known.name.clone())).collect()
    }

    fn department(&self, name: &str, label: &str) -> Input {
        Input::select(&self.form, name, label, "请选择", vec![(String::new(), self.departments())])
    }

    fn accept(&self) -> Asked {
        let levels = Level::ALL.iter().map(|level| {
            let days = match self.limits.answer(*level) {
                Span::Days(days) => days,
                Span::Hours(_) | Span::Minutes(_) => 0,
            };
            (level.code().to_owned(), format!("{level}（{days} 个工作日）"))
        });
        let urgencies = Urgency::ALL.iter().map(|urgency| (urgency.code().to_owned(), urgency.label().to_owned()));
        let inputs = vec![
            Input::select(&self.form, "category", "类别", "", categories()),
            Input::choices(&self.form, "level", "难易程度", false, levels.collect()),
            Input::choices(&self.form, "urgency", "紧急程度", false, urgencies.collect()),
        ];
        asked("a", "受理后企业立即收到通知；答复期限从提交时起算。", inputs)
    }

    fn decline(&self) -> Asked {
        let reasons = DeclineReason::ALL.iter().map(|reason| (reason.code().to_owned(), reason.label().to_owned()));
        let reasons = vec![(String::new(), reasons.collect())];
        let inputs = vec![Input::select(&self.form, "reason", "原因", "请选择", reasons), EXPLANATION.input(&self.form)];
        asked("n", "企业会收到原因和说明，可以在 10 个工作日内提出异议。", inputs)
    }

    fn dispatch(&self) -> Asked {
        let route =
            self.page.route.as_ref().map(|route| {
                Input::Advice(format!("建议：{}。{}", self.clock.reference.department(route.department), route.reason))
            });
        let co = Input::choices(&self.form, "co", "协办部门（可多选）", true, self.departments());
        let mut inputs: Vec<Input> = route.into_iter().collect();
        inputs.push(self.department("lead", "主办部门"));
        inputs.push(Input::Folded("协办部门".to_owned(), Box::new(co)));
        inputs.push(NOTE.input(&self.form));
        asked("d", format!("交办后主办部门须在{}签收。", self.within(self.limits.sign)), inputs)
    }

    fn sign(&self) -> Asked {
        asked("s", format!("签收后开始办理，须在{}给出阶段性答复。", self.within(self.limits.interim)), Vec::new())
    }

    fn give_back(&self) -> Asked {
        let inputs = vec![RETURN.input(&self.form), self.department("proposed", "建议由谁办理")];
        asked("r", "退回后由企服中心重新交办；中心第二次交办为最终决定。", inputs)
    }

    fn answer(&self) -> Asked {
        let outcomes = Outcome::ALL.iter().map(|outcome| (outcome.code().to_owned(), outcome.label().to_owned()));
        let inputs = vec![Input::choices(&self.form, "outcome", "办理结果", false, outcomes.collect()), ANSWER.input(&self.form)];
        asked("w", "答复后由企业评价；不满意会重新交办给本部门。", inputs)
    }
}
