//! The actions of this person now, each with its consequence in words and what it asks.

use super::view::{Act, Acts};
use crate::filing::categories;
use crate::form::Form;
use crate::issue::read::StaffIssue;
use crate::request::Clock;
use crate::ui::form::{Field, field};
use crate::ui::input::{Input, Pair};
use domain::calendar::{Span, words};
use domain::catalogue::Edition;
use domain::issue::limits::Limits;
use domain::issue::{CommandKind, ContactWay, DeclineReason, Level, Outcome, State, Urgency};

const EXPLANATION: Field = Field { rows: 3, max: 500, ..field("explanation", "给企业的说明", "企业会看到这段话") };
const WHAT: Field = Field {
    rows: 3, max: 500, ..field("what", "请企业补充什么", "例如：请补充用电户号和现有变压器容量")
};
const NOTE: Field = Field { rows: 2, max: 500, optional: true, ..field("note", "交办说明", "只有工作人员看得到") };
const RULING: Field =
    Field { rows: 2, max: 500, ..field("note", "为什么交给这个部门", "只有工作人员看得到；至少 5 个字") };
const WITH: Field = Field { rows: 1, max: 30, ..field("with", "联系了谁", "") };
const RESULT: Field = Field {
    rows: 3, max: 500, ..field("result", "联系结果", "企业会看到这段话，例如：约好明天上午到现场看")
};
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

/// What this person may do now. What moves the issue on is what one came for, so speaking, asking and taking away go last; the first is
/// open, unless another was sent and refused.
pub fn acts(page: &StaffIssue, form: &Form, open: Option<CommandKind>, clock: &Clock) -> Acts {
    let moved = page.issue.state != State::Accepted;
    let aside = |kind: &CommandKind| match kind {
        CommandKind::Contact | CommandKind::Ask => true,
        CommandKind::Dispatch => moved,
        _ => false,
    };
    let (asking, moving): (Vec<_>, Vec<_>) = page.commands.iter().partition(|kind| aside(kind));
    let catalogue = clock.terms.catalogue_of(&page.issue, clock.now);
    let limits = clock.terms.limits_of(&page.issue, clock.now);
    let desk = Desk { page, clock, limits, form: offered(page, form, catalogue) };
    let mut list: Vec<Act> = Vec::new();
    for kind in moving.into_iter().chain(asking).copied() {
        let Some(asked) = desk.asked(kind) else { continue };
        list.push(Act {
            code: kind.code().to_owned(),
            label: if moved && kind == CommandKind::Dispatch { "改交其他部门" } else { kind.label() }.to_owned(),
            key: asked.key.to_owned(),
            consequence: asked.consequence,
            danger: matches!(kind, CommandKind::Decline | CommandKind::Return),
            open: open.map_or(list.is_empty(), |open| open == kind),
            inputs: asked.inputs,
            faults: if open == Some(kind) { faults(form) } else { Vec::new() },
        });
    }
    Acts { version: page.issue.version, lapsed: page.issue.lapsed, list }
}

fn faults(form: &Form) -> Vec<Pair> {
    form.errors.iter().map(|error| (error.field.clone(), error.message.clone())).collect()
}

/// With the values that a form offers where nothing was typed yet.
fn offered(page: &StaffIssue, form: &Form, catalogue: Edition<'_>) -> Form {
    let category = &page.issue.category;
    let known = catalogue.category(category);
    form.clone()
        .or("category", category.clone())
        .or("level", known.map_or(Level::Ordinary, |known| known.level).code())
        .or("urgency", page.issue.urgency.code())
        .or("area", page.issue.area.to_string())
        .or("way", ContactWay::Phone.code())
        .or("with", page.detail.contact_name.clone())
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
    limits: &'a Limits,
    form: Form,
}

impl Desk<'_> {
    /// `None` for what staff do not do.
    fn asked(&self, kind: CommandKind) -> Option<Asked> {
        let form = &self.form;
        Some(match kind {
            CommandKind::Accept => self.accept(),
            CommandKind::Decline => self.decline(),
            CommandKind::Ask => {
                let all = self.limits.pause_cap;
                let words = format!("发出后办理时限暂停；每次办理最多请企业补充两次，一共最多暂停 {all}。期限到了回到您这里。");
                asked("q", words, vec![WHAT.input(form)])
            }
            CommandKind::Contact => self.contact(),
            CommandKind::Dispatch => self.dispatch(),
            CommandKind::Sign => self.sign(),
            CommandKind::Return => self.give_back(),
            CommandKind::Progress => asked("p", format!("企业马上看到进展。{}", self.ready()), vec![PROGRESS.input(form)]),
            CommandKind::Answer => self.answer(),
            CommandKind::Close => {
                asked("c", format!("企业 {}未评价，回访后可以办结。", self.limits.silent_close), vec![CALL.input(form)])
            }
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

    /// Those of today, and the one it was filed under where that is not among them any more.
    fn categories(&self) -> Vec<(String, Vec<Pair>)> {
        let (today, own) = (self.clock.catalogue(self.clock.now), &self.page.issue.category);
        let mut list = categories(today);
        if !today.offers(own) {
            let name = self.clock.terms.catalogue_of(&self.page.issue, self.clock.now).category_name(own).to_owned();
            list.insert(0, ("提交时的类别".to_owned(), vec![(own.clone(), name)]));
        }
        list
    }

    fn accept(&self) -> Asked {
        let levels =
            Level::ALL.iter().map(|level| (level.code().to_owned(), format!("{level}（{}）", self.limits.answer(*level))));
        let urgencies = Urgency::ALL.iter().map(|urgency| {
            let contact = self.limits.first_contact(*urgency);
            (urgency.code().to_owned(), format!("{urgency}（{contact}内联系）"))
        });
        let areas = self.clock.reference.areas.iter().map(|area| (area.code.to_string(), area.name.clone())).collect();
        let inputs = vec![
            Input::select(&self.form, "category", "类别", "", self.categories()),
            Input::choices(&self.form, "level", "难易程度", false, levels.collect()),
            Input::choices(&self.form, "urgency", "紧急程度", false, urgencies.collect()),
            Input::select(&self.form, "area", "问题发生在", "", vec![(String::new(), areas)]),
        ];
        asked("a", "受理后企业立即收到通知；答复期限从提交时起算。受理不算联系；发生在其他区县的，由那里的企服中心交办。", inputs)
    }

    fn contact(&self) -> Asked {
        let ways = ContactWay::ALL.iter().map(|way| (way.code().to_owned(), way.label().to_owned()));
        let reached = [("yes", "联系上了"), ("no", "没联系上")].map(|(code, label)| (code.to_owned(), label.to_owned()));
        let inputs = vec![
            Input::choices(&self.form, "way", "联系方式", false, ways.collect()),
            WITH.input(&self.form),
            Input::choices(&self.form, "reached", "联系上了吗", false, reached.to_vec()),
            RESULT.input(&self.form),
        ];
        let due = self.page.issue.contact.filter(|clock| clock.met.is_none());
        let now = self.clock.now;
        let words = due.map_or_else(
            || "已完成首次联系；再联系也请记下来。".to_owned(),
            |clock| format!("首次联系须在{}完成，联系上才算；受理不算联系。", words::due(clock.due, now)),
        );
        asked("t", words, inputs)
    }

    fn decline(&self) -> Asked {
        let reasons = DeclineReason::ALL.iter().map(|reason| (reason.code().to_owned(), reason.label().to_owned()));
        let reasons = vec![(String::new(), reasons.collect())];
        let inputs = vec![Input::select(&self.form, "reason", "原因", "请选择", reasons), EXPLANATION.input(&self.form)];
        let window = self.limits.reopen_window;
        asked("n", format!("企业会收到原因和说明，可以在 {window}内提出异议。"), inputs)
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
        let issue = &self.page.issue;
        let ruling = issue.returns > 0 || issue.round > 1;
        inputs.push(if ruling { RULING } else { NOTE }.input(&self.form));
        if issue.state != State::Accepted {
            let words = format!(
                "改交后原部门不再办理并会收到通知，新的主办部门须在{}签收，可以退回一次。",
                self.within(self.limits.sign)
            );
            return asked("d", words, inputs);
        }
        asked("d", format!("交办后主办部门须在{}签收。", self.within(self.limits.sign)), inputs)
    }

    fn sign(&self) -> Asked {
        asked("s", format!("签收后开始办理，须在{}给出阶段性答复。", self.within(self.limits.interim)), Vec::new())
    }

    fn give_back(&self) -> Asked {
        let inputs = vec![RETURN.input(&self.form), self.department("proposed", "建议由谁办理")];
        asked("r", "每次办理可以退回一次，由企服中心重新交办；中心第二次交办为最终决定。", inputs)
    }

    fn answer(&self) -> Asked {
        let outcomes = Outcome::ALL.iter().map(|outcome| (outcome.code().to_owned(), outcome.label().to_owned()));
        let inputs = vec![Input::choices(&self.form, "outcome", "办理结果", false, outcomes.collect()), ANSWER.input(&self.form)];
        asked("w", format!("答复后由企业评价；没解决或不满意会退回重新办理。{}", self.ready()), inputs)
    }

    /// What goes along (附件).
    fn ready(&self) -> String {
        match self.page.ready.len() {
            0 => String::new(),
            count => format!("一并发出已备好的 {count} 个附件。"),
        }
    }
}
