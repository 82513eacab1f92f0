//! What the editor's form is made of: one walk over the draft lists its parts, the page draws them, and the test reads the controls
//! from the same list.

use crate::api::policy_draft::{AMOUNTS, CONDITIONS, Draft};
use domain::catalogue;
use domain::policy::condition::Op;
use domain::policy::library::{AttributeKind, Library};
use domain::policy::model::{GroupRule, Level, Mode};
use serde_json::Value;

/// A value and the words for it.
pub type Options = Vec<(String, String)>;

/// A part of the form.
pub enum Part {
    /// A group begins: its heading, and the pointer of what can be moved or removed.
    Open { title: String, pointer: String, movable: bool },
    /// It ends.
    Close,
    /// A control.
    Control { name: String, label: &'static str, value: String, shape: Shape },
    /// Adds to a list or a map: a button, with a choice of kinds where there are several.
    Add { pointer: String, label: &'static str, kinds: Options },
    /// Turns a condition or an amount into another kind.
    Become { pointer: String, kinds: Options, kind: String, nest: bool },
}

/// How a control looks.
pub enum Shape {
    /// A line.
    Line,
    /// Several lines.
    Lines,
    /// A day.
    Day,
    /// One of these.
    Choice(Options),
    /// Travels unseen.
    Hidden,
}

fn options(list: &[(&str, &str)]) -> Options {
    list.iter().map(|(code, label)| ((*code).to_owned(), (*label).to_owned())).collect()
}

struct Walk<'a> {
    draft: &'a Draft,
    library: &'a Library,
    parts: Vec<Part>,
}

/// Every part of the form.
pub fn parts(draft: &Draft, library: &Library) -> Vec<Part> {
    let mut walk = Walk { draft, library, parts: Vec::new() };
    walk.head();
    walk.clauses();
    walk.open("条件", "", false);
    walk.condition("/condition", false);
    walk.close();
    walk.open("金额", "", false);
    walk.amount("/amount", false);
    walk.close();
    walk.together();
    walk.parts
}

/// The names and values that the form would send, without buttons.
#[cfg(test)]
pub fn controls(draft: &Draft) -> Vec<(String, String)> {
    let control = |part| if let Part::Control { name, value, .. } = part { Some((name, value)) } else { None };
    parts(draft, &Library::default()).into_iter().filter_map(control).collect()
}

impl Walk<'_> {
    fn open(&mut self, title: &str, pointer: &str, movable: bool) {
        self.parts.push(Part::Open { title: title.to_owned(), pointer: pointer.to_owned(), movable });
    }

    fn close(&mut self) {
        self.parts.push(Part::Close);
    }

    fn control(&mut self, name: impl Into<String>, label: &'static str, shape: Shape) {
        let name = name.into();
        let value = match &name {
            name if name.starts_with("lines:") => self.draft.lines(&name[6..]),
            name if name.starts_with("codes:") => self.draft.lines(&name[6..]).replace('\n', ","),
            name if name.starts_with("key:") => name.rsplit('/').next().unwrap_or("").to_owned(),
            name if name.starts_with("list:") || name.starts_with("map:") => String::new(),
            name => self.draft.text(name),
        };
        self.parts.push(Part::Control { name, label, value, shape });
    }

    fn line(&mut self, pointer: impl Into<String>, label: &'static str) {
        self.control(pointer, label, Shape::Line);
    }

    fn choice(&mut self, pointer: impl Into<String>, label: &'static str, list: Options) {
        self.control(pointer, label, Shape::Choice(list));
    }

    fn head(&mut self) {
        self.open("条目", "", false);
        self.line("/id", "编号（小写字母、数字、连字符）");
        self.control("/version", "", Shape::Hidden);
        self.line("/title", "名称");
        self.choice("/level", "层级", Level::ALL.iter().map(|l| (l.code().to_owned(), l.label().to_owned())).collect());
        self.line("/area", "适用地区");
        self.choice("/board", "服务板块", catalogue::BOARDS.iter().map(|b| (b.code.to_owned(), b.name.to_owned())).collect());
        self.control("lines:/tags", "主题（每行一个）", Shape::Lines);
        self.control("/valid/from", "有效期从", Shape::Day);
        self.control("/valid/to", "有效期到（不写为长期）", Shape::Day);
        self.close();
        self.open("文件", "", false);
        self.line("/document/no", "文号");
        self.line("/document/title", "文件名称");
        self.line("/document/issuer", "发文机关");
        self.line("/document/url", "原文链接");
        self.control("/document/published_on", "发布日期", Shape::Day);
        self.line("/document/years", "适用年度");
        self.line("/document/note", "说明");
        self.close();
        self.open("兑现", "", false);
        self.choice("/apply/mode", "兑现方式", Mode::ALL.iter().map(|m| (m.code().to_owned(), m.label().to_owned())).collect());
        self.control("/apply/from", "申报从", Shape::Day);
        self.control("/apply/to", "申报到", Shape::Day);
        self.line("/apply/where", "在哪里办");
        self.control("lines:/apply/materials", "材料（每行一个）", Shape::Lines);
        self.close();
    }

    fn keys(&self, pointer: &str) -> Vec<String> {
        self.draft.value.pointer(pointer).and_then(Value::as_object).map(|map| map.keys().cloned().collect()).unwrap_or_default()
    }

    fn clauses(&mut self) {
        self.open("条款原文", "", false);
        self.control("map:/clauses", "", Shape::Hidden);
        for key in self.keys("/clauses") {
            let pointer = format!("/clauses/{key}");
            self.open(&format!("条款 {key}"), &pointer, false);
            self.control(format!("key:{pointer}"), "代号", Shape::Line);
            self.control(pointer, "原文", Shape::Lines);
            self.close();
        }
        self.parts.push(Part::Add { pointer: "/clauses".to_owned(), label: "添加条款", kinds: Vec::new() });
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
        self.open(title, pointer, movable);
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
        self.parts.push(Part::Become {
            pointer: pointer.to_owned(),
            kinds: options(&CONDITIONS),
            kind: kind.to_owned(),
            nest: true,
        });
        self.close();
    }

    fn children(&mut self, list: &str) {
        self.control(format!("list:{list}"), "", Shape::Hidden);
        let count = self.draft.value.pointer(list).and_then(Value::as_array).map_or(0, Vec::len);
        for index in 0..count {
            self.condition(&format!("{list}/{index}"), true);
        }
        self.parts.push(Part::Add { pointer: list.to_owned(), label: "添加条件", kinds: options(&CONDITIONS) });
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
                self.line(format!("{at}/value"), "比例（5% 写 0.05）");
            }
            "in_set" => {
                self.choice(format!("{at}/attr"), "指标", self.attributes(|kind| kind == AttributeKind::Code));
                self.control(format!("codes:{at}/codes"), "代码（前几位即可，逗号分隔）", Shape::Line);
            }
            "has_tag" => self.choice(format!("{at}/tag"), "资质", self.tags()),
            "date" => {
                self.choice(format!("{at}/attr"), "指标", self.attributes(|kind| kind == AttributeKind::Date));
                self.choice(format!("{at}/op"), "比较", Self::ops());
                self.control(format!("{at}/value"), "日期", Shape::Day);
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
        self.open(title, pointer, movable);
        let at = format!("{pointer}/{kind}");
        match kind {
            // A sum written as such.
            "" => self.line(pointer, "金额（元）"),
            "none" => self.control(pointer, "", Shape::Hidden),
            "fixed" => self.line(at, "金额（元）"),
            "percent" => {
                self.choice(format!("{at}/of"), "按什么计算", self.attributes(AttributeKind::is_numeric));
                self.line(format!("{at}/rate"), "比例（8% 写 0.08）");
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
                    self.open("资质一档", &entry, false);
                    self.control(format!("key:{entry}"), "资质", Shape::Choice(self.tags()));
                    self.amount(&entry, false);
                    self.close();
                }
                self.parts.push(Part::Add { pointer: at, label: "添加一档", kinds: Vec::new() });
            }
            "staged" => {
                self.rows(&at, "阶段", "添加阶段", &[("milestone", "达到什么"), ("amount", "金额（元）")]);
            }
            "max_of" | "sum_of" => {
                self.control(format!("list:{at}"), "", Shape::Hidden);
                let count = self.draft.value.pointer(&at).and_then(Value::as_array).map_or(0, Vec::len);
                for index in 0..count {
                    self.amount(&format!("{at}/{index}"), true);
                }
                self.parts.push(Part::Add { pointer: at, label: "添加一项", kinds: options(&AMOUNTS) });
            }
            _ => {
                self.amount(&format!("{at}/of"), false);
                self.line(format!("{at}/cap"), "合计最高（元）");
            }
        }
        self.parts.push(Part::Become {
            pointer: pointer.to_owned(),
            kinds: options(&AMOUNTS),
            kind: kind.to_owned(),
            nest: false,
        });
        self.close();
    }

    fn tiers(&mut self, at: &str) {
        self.choice(format!("{at}/attr"), "按什么分档", self.attributes(AttributeKind::is_numeric));
        self.choice(format!("{at}/mode"), "怎样算", options(&[("whole", "落在哪档按哪档"), ("marginal", "分段累计")]));
        let fields = [("from", "从（含）"), ("to", "到（不含，末档可不写）"), ("amount", "金额（元）"), ("rate", "或比例")];
        self.rows(&format!("{at}/bands"), "档", "添加一档", &fields);
        self.line(format!("{at}/cap"), "最高（元，可不写）");
    }

    fn rows(&mut self, list: &str, title: &str, add: &'static str, fields: &[(&'static str, &'static str)]) {
        self.control(format!("list:{list}"), "", Shape::Hidden);
        let count = self.draft.value.pointer(list).and_then(Value::as_array).map_or(0, Vec::len);
        for index in 0..count {
            let row = format!("{list}/{index}");
            self.open(&format!("{title} {}", index + 1), &row, true);
            for (key, label) in fields {
                self.line(format!("{row}/{key}"), label);
            }
            self.close();
        }
        self.parts.push(Part::Add { pointer: list.to_owned(), label: add, kinds: Vec::new() });
    }

    fn together(&mut self) {
        self.open("与其他条目的关系（可不写）", "", false);
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
