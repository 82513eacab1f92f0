//! What the editor's form is made of: one walk over the draft makes its parts; page and island draw them, and the test reads
//! the controls from the same list.

use super::draft::{AMOUNTS, CONDITIONS, Draft, as_percent, is_share};
use super::sheet::{Control, Group, Look, Options, Part, Verb};
use domain::policy::condition::Op;
use domain::policy::library::{AttributeKind, Library};
use domain::policy::model::{GroupRule, Level, Mode};
use domain::policy::words::{code_name, codes_of};
use serde_json::Value;

fn options(list: &[(&str, &str)]) -> Options {
    list.iter().map(|(code, label)| ((*code).to_owned(), (*label).to_owned())).collect()
}

struct Walk<'a> {
    draft: &'a Draft,
    library: &'a Library,
    boards: Options,
    lists: Vec<Options>,
    /// The groups that are open, from the outermost; the first holds what is in none.
    open: Vec<Group>,
}

/// Every part of the item's form, and the lists that its choices are made from; `boards` are those it may be put under.
pub fn parts(draft: &Draft, library: &Library, boards: Options) -> (Vec<Part>, Vec<Options>) {
    let mut walk = Walk { draft, library, boards, lists: Vec::new(), open: vec![Group::default()] };
    walk.head();
    walk.clauses();
    walk.section("条件");
    walk.condition("/condition", false);
    walk.close();
    walk.section("金额");
    walk.amount("/amount", false);
    walk.close();
    walk.together();
    (walk.open.swap_remove(0).parts, walk.lists)
}

/// The names and values that parts would send, without buttons.
pub fn controls(parts: &[Part]) -> Vec<&Control> {
    parts
        .iter()
        .flat_map(|part| match part {
            Part::Group(group) => controls(&group.parts),
            Part::Control(control) => vec![control],
            Part::Add { .. } | Part::Become { .. } => Vec::new(),
        })
        .collect()
}

impl Walk<'_> {
    fn open(&mut self, title: &str, pointer: &str, verbs: Vec<Verb>) {
        self.open.push(Group { title: title.to_owned(), pointer: pointer.to_owned(), verbs, ..Group::default() });
    }

    fn section(&mut self, title: &str) {
        self.open(title, "", Vec::new());
    }

    /// A group with a key, whose pointer is the id of a control in it.
    fn entry(&mut self, title: &str, pointer: &str) {
        self.open(title, pointer, vec![Verb::Remove]);
        if let Some(group) = self.open.last_mut() {
            group.anonymous = true;
        }
    }

    fn push(&mut self, part: Part) {
        if let Some(group) = self.open.last_mut() {
            group.parts.push(part);
        }
    }

    fn close(&mut self) {
        if let Some(group) = self.open.pop() {
            self.push(Part::Group(group));
        }
    }

    /// Where an element of a list may go.
    fn verbs(&self, pointer: &str, movable: bool) -> Vec<Verb> {
        if !movable {
            return Vec::new();
        }
        let mut verbs = vec![Verb::Up, Verb::Down];
        verbs.extend(self.draft.group_before(pointer).map(|_| Verb::Into));
        verbs.extend(self.draft.list_above(pointer).map(|_| Verb::Out));
        verbs.push(Verb::Remove);
        verbs
    }

    /// The number of a list; the same list has one number.
    fn list(&mut self, options: Options) -> u32 {
        let known = self.lists.iter().position(|known| *known == options);
        let at = known.unwrap_or_else(|| {
            self.lists.push(options);
            self.lists.len() - 1
        });
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    fn control(&mut self, name: impl Into<String>, label: &str, look: Look) {
        let name = name.into();
        let value = match &name {
            name if name.starts_with("lines:") => self.draft.lines(&name[6..]),
            name if name.starts_with("codes:") => self.draft.lines(&name[6..]).replace('\n', ","),
            name if name.starts_with("key:") => name.rsplit('/').next().unwrap_or("").to_owned(),
            name if name.starts_with("list:") || name.starts_with("map:") => String::new(),
            name if is_share(name) => as_percent(&self.draft.text(name)),
            name => self.draft.text(name),
        };
        self.push(Part::Control(Control { name, label: label.to_owned(), value, look }));
    }

    fn line(&mut self, pointer: impl Into<String>, label: &str) {
        self.control(pointer, label, Look::Line);
    }

    fn choice(&mut self, pointer: impl Into<String>, label: &str, list: Options) {
        let list = self.list(list);
        self.control(pointer, label, Look::Choice(list));
    }

    fn add(&mut self, pointer: impl Into<String>, label: &str, kinds: Option<Options>) {
        let kinds = kinds.map(|kinds| self.list(kinds));
        self.push(Part::Add { pointer: pointer.into(), label: label.to_owned(), kinds });
    }

    fn become_one_of(&mut self, pointer: &str, kinds: Options, kind: &str, nest: bool) {
        let kinds = self.list(kinds);
        self.push(Part::Become { pointer: pointer.to_owned(), kinds, kind: kind.to_owned(), nest });
    }

    fn head(&mut self) {
        self.section("条目");
        self.line("/id", "编号（小写字母、数字、连字符）");
        self.control("/version", "", Look::Hidden);
        self.line("/title", "名称");
        self.choice("/level", "层级", Level::ALL.iter().map(|l| (l.code().to_owned(), l.label().to_owned())).collect());
        self.line("/area", "适用地区");
        let boards = std::mem::take(&mut self.boards);
        self.choice("/board", "服务板块", boards);
        self.control("lines:/tags", "主题（每行一个）", Look::Lines);
        self.control("/valid/from", "有效期从", Look::Day);
        self.control("/valid/to", "有效期到（不写为长期）", Look::Day);
        self.close();
        self.section("文件");
        self.line("/document/no", "文号");
        self.line("/document/title", "文件名称");
        self.line("/document/issuer", "发文机关");
        self.line("/document/url", "原文链接");
        self.control("/document/published_on", "发布日期", Look::Day);
        self.line("/document/years", "适用年度");
        self.line("/document/note", "说明");
        self.close();
        self.section("兑现");
        self.choice("/apply/mode", "兑现方式", Mode::ALL.iter().map(|m| (m.code().to_owned(), m.label().to_owned())).collect());
        self.choice("/apply/per", "每家企业", options(&[("window", "每个申报期（年）一次"), ("once", "只享受一次")]));
        self.control("/apply/from", "申报从", Look::Day);
        self.control("/apply/to", "申报到", Look::Day);
        self.line("/apply/where", "在哪里办（写“到……”的，企业在那里办，不在这里申请）");
        self.control("lines:/apply/materials", "材料（每行一个）", Look::Lines);
        self.close();
    }

    fn keys(&self, pointer: &str) -> Vec<String> {
        self.draft.value.pointer(pointer).and_then(Value::as_object).map(|map| map.keys().cloned().collect()).unwrap_or_default()
    }

    fn clauses(&mut self) {
        self.section("条款原文");
        self.control("map:/clauses", "", Look::Hidden);
        for key in self.keys("/clauses") {
            let pointer = format!("/clauses/{key}");
            self.entry(&format!("条款 {key}"), &pointer);
            self.control(format!("key:{pointer}"), "代号", Look::Line);
            self.control(pointer, "原文", Look::Lines);
            self.close();
        }
        self.add("/clauses", "添加条款", None);
        self.close();
    }

    fn attributes(&self, of: impl Fn(AttributeKind) -> bool) -> Options {
        let fitting = self.library.attributes.values().filter(|attribute| of(attribute.kind));
        fitting.map(|attribute| (attribute.code.clone(), attribute.name.clone())).collect()
    }

    fn tags(&self) -> Options {
        self.library.tags.values().map(|tag| (tag.code.clone(), tag.name.clone())).collect()
    }

    fn ops() -> Options {
        Op::ALL.iter().map(|op| (op.code().to_owned(), op.sign().to_owned())).collect()
    }

    fn kind_at(&self, pointer: &str, known: &[(&'static str, &'static str)]) -> Option<&'static str> {
        let map = self.draft.value.pointer(pointer)?.as_object()?;
        known.iter().map(|row| row.0).find(|kind| map.contains_key(*kind))
    }

    fn condition(&mut self, pointer: &str, movable: bool) {
        let kind = self.kind_at(pointer, &CONDITIONS).unwrap_or("num");
        let title = CONDITIONS.iter().find(|row| row.0 == kind).map_or("条件", |row| row.1);
        self.open(title, pointer, self.verbs(pointer, movable));
        let at = format!("{pointer}/{kind}");
        let clauses = self
            .keys("/clauses")
            .into_iter()
            .map(|key| (key.clone(), format!("{key} {}", short(&self.draft.text(&format!("/clauses/{key}"))))));
        let clauses: Options = clauses.collect();
        match kind {
            "all" | "any" => self.children(&at),
            "at_least" => {
                self.line(format!("{at}/k"), "至少几项");
                self.children(&format!("{at}/of"));
            }
            "not" => self.condition(&at, false),
            _ => {
                self.leaf(kind, &at);
                self.choice(format!("{pointer}/clause"), "依据条款", clauses);
            }
        }
        self.become_one_of(pointer, options(&CONDITIONS), kind, true);
        self.close();
    }

    fn children(&mut self, list: &str) {
        self.control(format!("list:{list}"), "", Look::Hidden);
        let count = self.draft.value.pointer(list).and_then(Value::as_array).map_or(0, Vec::len);
        for index in 0..count {
            self.condition(&format!("{list}/{index}"), true);
        }
        self.add(list, "添加条件", Some(options(&CONDITIONS)));
    }

    fn leaf(&mut self, kind: &str, at: &str) {
        match kind {
            "num" => {
                self.choice(format!("{at}/attr"), "指标", self.attributes(AttributeKind::is_numeric));
                self.choice(format!("{at}/op"), "比较", Self::ops());
                self.line(format!("{at}/value"), "数值（金额为元）");
            }
            "ratio" => {
                self.choice(format!("{at}/num"), "分子", self.attributes(AttributeKind::is_numeric));
                self.choice(format!("{at}/den"), "分母", self.attributes(AttributeKind::is_numeric));
                self.choice(format!("{at}/op"), "比较", Self::ops());
                self.line(format!("{at}/value"), "比例（如 5%）");
            }
            "in_set" => {
                self.choice(format!("{at}/attr"), "指标", self.attributes(|kind| kind == AttributeKind::Code));
                let (attr, codes) = (self.draft.text(&format!("{at}/attr")), format!("{at}/codes"));
                let named: Vec<String> = self.draft.lines(&codes).lines().map(|code| code_name(&attr, code)).collect();
                let label = if named.is_empty() {
                    "代码（前几位即可，逗号分隔）".to_owned()
                } else {
                    format!("代码（前几位即可，逗号分隔；现为{}）", named.join("、"))
                };
                self.control(format!("codes:{codes}"), &label, Look::Line);
                let offered = codes_of(&attr);
                if !offered.is_empty() {
                    self.add(codes, "从列表加入", Some(offered));
                }
            }
            "has_tag" => self.choice(format!("{at}/tag"), "资质", self.tags()),
            "date" => {
                self.choice(format!("{at}/attr"), "指标", self.attributes(|kind| kind == AttributeKind::Date));
                self.choice(format!("{at}/op"), "比较", Self::ops());
                self.control(format!("{at}/value"), "日期", Look::Day);
            }
            "age" => {
                self.choice(format!("{at}/attr"), "从哪天算", self.attributes(|kind| kind == AttributeKind::Date));
                self.line(format!("{at}/at_least_months"), "满几个月");
            }
            _ => {
                let list = self.library.questions.values().map(|q| (q.code.clone(), q.text.clone())).collect();
                self.choice(format!("{at}/question"), "问题", list);
            }
        }
    }

    fn amount(&mut self, pointer: &str, movable: bool) {
        let here = self.draft.value.pointer(pointer);
        let kind = match here {
            Some(Value::String(text)) if text == "none" => "none",
            Some(Value::String(_)) => "",
            _ => self.kind_at(pointer, &AMOUNTS).unwrap_or("fixed"),
        };
        let title = AMOUNTS.iter().find(|row| row.0 == kind).map_or("固定金额", |row| row.1);
        self.open(title, pointer, self.verbs(pointer, movable));
        let at = format!("{pointer}/{kind}");
        match kind {
            // A sum written as such.
            "" => self.line(pointer, "金额（元）"),
            "none" => self.control(pointer, "", Look::Hidden),
            "fixed" => self.line(at, "金额（元）"),
            "percent" => {
                self.choice(format!("{at}/of"), "按什么计算", self.attributes(AttributeKind::is_numeric));
                self.line(format!("{at}/rate"), "比例（如 8%）");
                self.line(format!("{at}/cap"), "最高（元，可不写）");
                self.line(format!("{at}/floor"), "最低（元，可不写）");
            }
            "per_unit" => {
                self.choice(format!("{at}/attr"), "按什么数量", self.attributes(AttributeKind::is_numeric));
                self.line(format!("{at}/unit"), "每个（元）");
                self.line(format!("{at}/cap"), "最高（元，可不写）");
            }
            "tiered" => self.tiers(&at),
            "by_tag" => {
                for tag in self.keys(&at) {
                    let entry = format!("{at}/{tag}");
                    self.entry("资质一档", &entry);
                    let tags = self.tags();
                    self.choice(format!("key:{entry}"), "资质", tags);
                    self.amount(&entry, false);
                    self.close();
                }
                self.add(at, "添加一档", None);
            }
            "staged" => {
                self.rows(&at, "阶段", "添加阶段", &[("milestone", "达到什么"), ("amount", "金额（元）")]);
            }
            "max_of" | "min_of" | "sum_of" => {
                self.control(format!("list:{at}"), "", Look::Hidden);
                let count = self.draft.value.pointer(&at).and_then(Value::as_array).map_or(0, Vec::len);
                for index in 0..count {
                    self.amount(&format!("{at}/{index}"), true);
                }
                self.add(at, "添加一项", Some(options(&AMOUNTS)));
            }
            _ => {
                self.amount(&format!("{at}/of"), false);
                self.line(format!("{at}/cap"), "合计最高（元）");
            }
        }
        self.become_one_of(pointer, options(&AMOUNTS), kind, false);
        self.close();
    }

    fn tiers(&mut self, at: &str) {
        self.choice(format!("{at}/attr"), "按什么分档", self.attributes(AttributeKind::is_numeric));
        self.choice(format!("{at}/mode"), "怎样算", options(&[("whole", "按所达档次全额计算"), ("marginal", "分段累计")]));
        let fields =
            [("from", "从（含）"), ("to", "到（不含，末档可不写）"), ("amount", "金额（元）"), ("rate", "或比例（如 8%）")];
        self.rows(&format!("{at}/bands"), "档", "添加一档", &fields);
        self.line(format!("{at}/cap"), "最高（元，可不写）");
    }

    fn rows(&mut self, list: &str, title: &str, add: &'static str, fields: &[(&'static str, &'static str)]) {
        self.control(format!("list:{list}"), "", Look::Hidden);
        let count = self.draft.value.pointer(list).and_then(Value::as_array).map_or(0, Vec::len);
        for index in 0..count {
            let row = format!("{list}/{index}");
            self.open(&format!("{title} {}", index + 1), &row, vec![Verb::Up, Verb::Down, Verb::Remove]);
            for (key, label) in fields {
                self.line(format!("{row}/{key}"), label);
            }
            self.close();
        }
        self.add(list, add, None);
    }

    fn together(&mut self) {
        self.section("与其他条目的关系（可不写）");
        self.line("/group/id", "组的编号");
        let rules = [GroupRule::Highest, GroupRule::TopUp, GroupRule::Exclusive, GroupRule::Stack];
        let codes = ["highest", "top_up", "exclusive", "stack"];
        self.choice(
            "/group/rule",
            "规则",
            codes.iter().zip(rules).map(|(code, rule)| ((*code).to_owned(), rule.label().to_owned())).collect(),
        );
        self.line("/group/cap", "全组最高（元）");
        self.choice("/group/received", "已享受金额（差额补足用）", self.attributes(|kind| kind == AttributeKind::Money));
        self.line("/fund/id", "资金的编号");
        self.line("/fund/remaining", "资金额度（元）");
        self.line("/yearly_cap/id", "年度封顶的编号");
        self.line("/yearly_cap/amount", "每家每年最高（元）");
        self.close();
    }
}

fn short(text: &str) -> String {
    text.chars().take(18).collect()
}
