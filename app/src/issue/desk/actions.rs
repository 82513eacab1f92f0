//! The actions of this person now, each with its consequence in words and what it asks.

mod beside;
mod fields;

use super::view::{Act, Acts};
use crate::filing::categories;
use crate::form::Form;
use crate::issue::read::StaffIssue;
use crate::request::Clock;
use crate::ui::input::{Input, Pair};
use domain::actor::Duty;
use domain::calendar::{Span, local, words};
use domain::catalogue::Edition;
use domain::issue::limits::Limits;
use domain::issue::{
    CommandKind, ContactWay, DeclineReason, Event, Level, MAX_MISSED, Outcome, Satisfaction, State, Urgency, extended_to,
    longest_extension,
};
use fields::*;
use store::reference::Department;
use time::Duration;

/// How many days back an instruction is offered to be dated.
const DAYS_BACK: i64 = 31;

/// What this person may do now. What moves the issue on is what one came for, so speaking, asking and taking away go last; the first is
/// open, unless another was sent and refused.
pub fn acts(page: &StaffIssue, form: &Form, open: Option<CommandKind>, clock: &Clock) -> Acts {
    let moved = page.issue.state != State::Accepted;
    let aside = |kind: &CommandKind| match kind {
        CommandKind::Contact | CommandKind::Ask | CommandKind::Extend => true,
        CommandKind::Instruct | CommandKind::Supervise => true,
        CommandKind::Track | CommandKind::Refer | CommandKind::Waive => true,
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
            danger: matches!(kind, CommandKind::Decline | CommandKind::Return | CommandKind::Refuse),
            open: open.map_or(list.is_empty(), |open| open == kind),
            inputs: asked.inputs,
            faults: if open == Some(kind) { faults(form) } else { Vec::new() },
        });
    }
    Acts { version: page.issue.version, lapsed: page.issue.lapsed, list, from: String::new() }
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
        .or("call_way", ContactWay::Phone.code())
        .or("with", page.detail.contact_name.clone())
        .or("grant_reason", wish(page))
        .or("leader", leader(page))
        .or("lead", page.route.as_ref().map(|route| route.department.to_string()).unwrap_or_default())
}

/// A leader instructs in its own name.
fn leader(page: &StaffIssue) -> String {
    if matches!(page.staff.duty, Duty::Leader { .. }) { page.staff.name.clone() } else { String::new() }
}

/// Why the department wants more time: the centre may tell it to the enterprise in these words.
fn wish(page: &StaffIssue) -> String {
    let asked = page.detail.events.iter().rev().find_map(|row| match &row.event {
        Event::ExtensionAsked { reason, .. } => Some(reason.clone()),
        _ => None,
    });
    asked.unwrap_or_default()
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
            CommandKind::Extend => self.extend(),
            CommandKind::Instruct => asked(
                "i",
                "这件诉求会成为领导批示件，部门和企服中心会收到通知。",
                vec![LEADER.input(form), self.instructed_on(), INSTRUCTION.input(form)],
            ),
            CommandKind::Supervise => {
                let words = "1 个工作日内企服中心核实下达督办单，3 个工作日内部门说明原因和措施，5 个工作日内办结并经企业确认，否则转入联合督办。";
                asked("z", words, vec![SUPERVISION.input(form)])
            }
            CommandKind::Verify => asked("v", "下达后部门会收到督办单和期限。", vec![VERIFIED.input(form)]),
            CommandKind::Explain => asked("m", "监督人员和企服中心会看到。", vec![CAUSE.input(form), MEASURES.input(form)]),
            CommandKind::Review => {
                let inputs = vec![REVIEW.input(form), RESPONSIBILITY.input(form), CHANGE.input(form)];
                asked("b", "写好复盘，监督人员才能销号督办单。", inputs)
            }
            CommandKind::SignOff if self.page.issue.confirmed() => {
                asked("f", "部门已说明、企业已确认、复盘已写，督办结束。", vec![SIGN_OFF.input(form)])
            }
            CommandKind::SignOff => {
                let words = "已转入联合督办，多次回访都没有联系上企业；部门已说明、复盘已写，写明理由可以结束督办。";
                asked("f", words, vec![SIGN_OFF_ANYWAY.input(form)])
            }
            CommandKind::Inquire => asked("u", "部门和企服中心会收到通知，须在 3 个工作日内回复。", vec![QUESTION.input(form)]),
            CommandKind::Reply => {
                let due = self.page.issue.inquiry.map(|inquiry| words::due(inquiry.due, self.clock.now)).unwrap_or_default();
                asked("y", format!("监督人员在等回复，请在{due}回复。"), vec![REPLY.input(form)])
            }
            CommandKind::Grant => self.grant(),
            CommandKind::Refuse => asked("x", "答复期限不变，部门会收到理由；本次办理不能再申请。", vec![REFUSE.input(form)]),
            CommandKind::Answer => self.answer(),
            CommandKind::Close => {
                asked("c", format!("企业 {}未评价，已经回访过，可以办结。", self.limits.silent_close), vec![CLOSE.input(form)])
            }
            CommandKind::CallBack => self.call_back(),
            CommandKind::Reopen => asked("o", "按二次交办件重新办理，企业和部门都会收到通知。", vec![REOPEN.input(form)]),
            _ => return self.beside(kind),
        })
    }

    /// On which day, of those that a centre still writes down.
    fn instructed_on(&self) -> Input {
        let today = local(self.clock.now).date();
        let days = (0..=DAYS_BACK).map(|back| today.saturating_sub(Duration::days(back)));
        let days = days.map(|on| (on.to_string(), words::day(on))).collect();
        Input::select(&self.form, "instructed_on", "批示日期", "", vec![(String::new(), days)])
    }

    /// By when, if it were done now.
    fn within(&self, span: Span) -> String {
        let now = self.clock.now;
        self.clock.calendar.add(now, span).map(|due| words::due(due.due, now)).unwrap_or_default()
    }

    /// Those that it may be given to; the lead of a board keeps nothing for itself.
    fn departments(&self) -> Vec<Pair> {
        let area = self.page.issue.area;
        let own = self.page.issue.with_board_lead().filter(|_| self.page.fronts).map(|board| board.lead);
        let fits = |known: &&Department| known.serves(area) && own != Some(known.id);
        let mut known: Vec<_> = self.clock.reference.departments.iter().filter(fits).collect();
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
        let detail = &self.page.detail;
        let taught = self.clock.terms.route(&format!("{}\n{}", detail.title, detail.body), self.clock.now).taught();
        let advice = taught.map(|taught| Input::Advice(format!("{taught}。")));
        let mut inputs: Vec<Input> = advice.into_iter().collect();
        inputs.extend([
            Input::select(&self.form, "category", "类别", "", self.categories()),
            Input::choices(&self.form, "level", "难易程度", false, levels.collect()),
            Input::choices(&self.form, "urgency", "紧急程度", false, urgencies.collect()),
            Input::select(&self.form, "area", "问题发生在", "", vec![(String::new(), areas)]),
        ]);
        let fronted = "本单位作为板块牵头单位代为受理，受理后转交责任部门。";
        let words = "受理后企业立即收到通知；答复期限从提交时起算。受理不算联系；发生在其他区县的，由那里的企服中心交办。";
        asked("a", format!("{}{words}", if self.page.fronts { fronted } else { "" }), inputs)
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

    fn call_back(&self) -> Asked {
        let ways = ContactWay::ALL.iter().map(|way| (way.code().to_owned(), way.label().to_owned()));
        let solved = [("yes", "解决了"), ("no", "没解决"), ("missed", "没联系上")];
        let solved = solved.map(|(code, label)| (code.to_owned(), label.to_owned()));
        let levels = Satisfaction::ALL.iter().map(|level| (level.code().to_owned(), level.label().to_owned()));
        let inputs = vec![
            Input::choices(&self.form, "call_way", "联系方式", false, ways.collect()),
            Input::choices(&self.form, "call_solved", "问题解决了吗", false, solved.to_vec()),
            Input::choices(&self.form, "call_level", "满意吗（联系上了才选）", false, levels.collect()),
            CALL.input(&self.form),
        ];
        let calls = &self.page.issue.call_back;
        let tried = if calls.missed > 0 { format!("已有 {} 次没联系上。", calls.missed) } else { String::new() };
        let words = format!("{tried}企业说没解决，会按二次交办件重新办理并告诉部门；{MAX_MISSED} 次没联系上就不再要求回访。");
        asked("h", words, inputs)
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
        inputs.push(match self.page.issue.with_board_lead().filter(|_| self.page.fronts) {
            Some(board) => {
                let absent = (board.absent.to_string(), self.clock.reference.department(board.absent));
                Input::select(&self.form, "lead", "主办部门", "", vec![(String::new(), vec![absent])])
            }
            None => self.department("lead", "主办部门"),
        });
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
        let forwarded =
            if self.page.fronts { "转交后由责任部门办理，本单位不再看到这件诉求。" } else { "" };
        asked("d", format!("{forwarded}交办后主办部门须在{}签收。", self.within(self.limits.sign)), inputs)
    }

    fn sign(&self) -> Asked {
        asked("s", format!("签收后开始办理，须在{}给出阶段性答复。", self.within(self.limits.interim)), Vec::new())
    }

    fn give_back(&self) -> Asked {
        let inputs = vec![RETURN.input(&self.form), self.department("proposed", "建议由谁办理")];
        asked("r", "每次办理可以退回一次，由企服中心重新交办；中心第二次交办为最终决定。", inputs)
    }

    fn extend(&self) -> Asked {
        let days = longest_extension(&self.page.issue, self.clock.now, &self.clock.terms);
        let wanted = (1..=days).filter_map(|days| {
            let due = extended_to(&self.page.issue, days, &self.clock.calendar).ok()?;
            Some((days.to_string(), format!("{days} 个工作日，到{}", words::due(due, self.clock.now))))
        });
        let days = Input::select(&self.form, "days", "延长多久", "请选择", vec![(String::new(), wanted.collect())]);
        asked("e", "由企服中心决定，同意后期限才变，企业会收到理由；每次办理只能申请一次。", vec![days, EXTEND.input(&self.form)])
    }

    fn grant(&self) -> Asked {
        let issue = &self.page.issue;
        let days = issue.extension.unwrap_or_default();
        let due = extended_to(issue, days, &self.clock.calendar).map(|due| words::due(due, self.clock.now));
        let words = format!("答复期限延长 {days} 个工作日，到{}。企业和部门都会收到通知。", due.unwrap_or_default());
        asked("g", words, vec![GRANT.input(&self.form)])
    }

    fn answer(&self) -> Asked {
        let outcomes = Outcome::ALL.iter().map(|outcome| (outcome.code().to_owned(), outcome.label().to_owned()));
        let mut inputs = vec![Input::choices(&self.form, "outcome", "办理结果", false, outcomes.collect())];
        inputs.extend(self.templates());
        inputs.push(ANSWER.input(&self.form));
        asked("w", format!("答复后由企业评价；没解决或不满意会退回重新办理。{}", self.ready()), inputs)
    }

    /// 答复模板: chosen, the form comes back with it behind what was typed.
    fn templates(&self) -> Option<Input> {
        let templates = &self.page.beside.templates;
        let of = |own: bool| {
            let list = templates.iter().filter(|template| template.department.is_some() == own);
            list.map(|template| (template.id.to_string(), template.title.clone())).collect::<Vec<_>>()
        };
        let groups = vec![("本部门".to_owned(), of(true)), ("全市".to_owned(), of(false))];
        let label = "套用答复模板（先填入下面，核对后再答复）";
        (!templates.is_empty()).then(|| Input::select(&self.form, "template", label, "不套用", groups))
    }

    /// What goes along (附件).
    fn ready(&self) -> String {
        match self.page.ready.len() {
            0 => String::new(),
            count => format!("一并发出已备好的 {count} 个附件。"),
        }
    }
}
