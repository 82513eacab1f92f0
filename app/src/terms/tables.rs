//! The lists of what administrators keep of the terms: on their pages, and to be taken along.

use super::act::{BOARDS, CATEGORIES, RETENTION, TEXTS};
use super::read::Kept;
use crate::administration::table::{Column, Filter, Row, Table};
use domain::actor::CITY;
use domain::catalogue::Category;
use domain::issue::texts::TextKey;
use domain::issue::{Level, Urgency};
use domain::policy::day;
use domain::retention::{Act, RULES, Schedule, span};

type Options = Vec<(String, String)>;

/// How a line stands: its code for the filter, and in words.
fn standing(begun: bool, active: bool) -> (&'static str, &'static str) {
    match (begun, active) {
        (false, _) => ("waiting", "待生效"),
        (true, true) => ("yes", "启用"),
        (true, false) => ("no", "停用"),
    }
}

fn options(list: &[(&str, &str)]) -> Options {
    list.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect()
}

fn standings() -> Filter {
    Filter { name: "active", label: "状态", options: options(&[("yes", "启用"), ("no", "停用"), ("waiting", "待生效")]) }
}

fn boards_of(kept: &Kept) -> Options {
    kept.catalogue().known_boards().into_iter().map(|(_, board)| (board.code.clone(), board.name.clone())).collect()
}

/// The boards.
pub fn boards(kept: &Kept) -> Table {
    let categories = kept.catalogue().categories();
    let rows = kept.catalogue().known_boards().into_iter().map(|(begun, board)| {
        let held = categories.iter().filter(|category| category.board == board.code).count();
        let (mark, words) = standing(begun, board.active);
        let lead = kept.department(&board.lead);
        let cells =
            [board.name.clone(), board.code.clone(), lead, held.to_string(), board.position.to_string(), words.to_owned()];
        Row { href: format!("{BOARDS}/{}", board.code), cells: cells.to_vec(), marks: vec![("active", mark.to_owned())] }
    });
    Table {
        path: BOARDS,
        name: "服务板块",
        lead: "责任部门没有入驻的，牵头部门代为受理并转交；没有人受理的诉求先提醒它，再逐级上报。办理由责任部门负责。",
        columns: vec![
            Column("name", "板块"),
            Column("code", "编号"),
            Column("lead", "牵头部门"),
            Column("held", "类别"),
            Column("position", "次序"),
            Column("active", "状态"),
        ],
        more: Vec::new(),
        filters: vec![standings()],
        rows: rows.collect(),
        add: kept.whole_city().then_some(("/desk/admin/boards/new", "新板块")),
        shown: None,
    }
}

/// The districts that name a department of their own, as the city's workbook writes them.
fn districts(kept: &Kept, category: &Category) -> String {
    let own =
        |area: i32| kept.catalogue().own_department(category, area).map(|code| format!("{}={code}", kept.reference.area(area)));
    let areas = kept.reference.areas.iter().map(|area| area.code).filter(|area| *area != CITY && kept.keeps(*area));
    areas.filter_map(own).collect::<Vec<_>>().join("；")
}

/// The categories, with the department of a district's own to its administrator. Words are in the file, and are found on the page.
pub fn categories(kept: &Kept) -> Table {
    let today = kept.catalogue();
    let rows = today.known_categories().into_iter().map(|(begun, category)| {
        let (mark, words) = standing(begun, category.active);
        let board = today.board(&category.board).map_or_else(|| category.board.clone(), |board| board.name.clone());
        let department = today.route(category, kept.area).to_owned();
        let cells = [
            category.name.clone(),
            category.code.clone(),
            board,
            kept.department(&department),
            category.level.label().to_owned(),
            category.urgency.label().to_owned(),
            words.to_owned(),
            category.position.to_string(),
            category.words.join("、"),
            districts(kept, category),
        ];
        let marks = vec![
            ("board", category.board.clone()),
            ("department", department),
            ("level", category.level.code().to_owned()),
            ("urgency", category.urgency.code().to_owned()),
            ("active", mark.to_owned()),
        ];
        Row { href: format!("{CATEGORIES}/{}", category.code), cells: cells.to_vec(), marks }
    });
    let levels: Vec<_> = Level::ALL.iter().map(|level| (level.code(), level.label())).collect();
    let urgencies: Vec<_> = Urgency::ALL.iter().map(|urgency| (urgency.code(), urgency.label())).collect();
    let lead = if kept.whole_city() {
        "新的诉求按当天的类别提交；修改只对以后提交的诉求有效。"
    } else {
        "类别全市统一，由市级管理员维护；您可以在每一类里指定本区县的责任部门。"
    };
    Table {
        path: CATEGORIES,
        name: "事项类别",
        lead,
        columns: vec![
            Column("name", "类别"),
            Column("code", "编号"),
            Column("board", "板块"),
            Column("department", "责任部门"),
            Column("level", "难易"),
            Column("urgency", "紧急"),
            Column("active", "状态"),
        ],
        more: vec![Column("position", "次序"), Column("words", "词"), Column("districts", "区县责任部门")],
        filters: vec![
            Filter { name: "board", label: "板块", options: boards_of(kept) },
            Filter { name: "department", label: "责任部门", options: kept.departments(kept.area) },
            Filter { name: "level", label: "难易", options: options(&levels) },
            Filter { name: "urgency", label: "紧急", options: options(&urgencies) },
            standings(),
        ],
        rows: rows.collect(),
        add: kept.whole_city().then_some(("/desk/admin/categories/new", "新类别")),
        shown: None,
    }
}

/// The words of messages, and the templates of SMS.
pub fn texts(kept: &Kept) -> Table {
    let texts = &kept.terms.texts;
    let rows = TextKey::ALL.iter().map(|key| {
        let text = texts.on(*key, kept.today);
        let (mark, words) = match (texts.written(*key, kept.today).is_some(), key.is_template()) {
            (true, _) => ("own", "本市"),
            (false, true) => ("settings", "服务器设置"),
            (false, false) => ("built_in", "内置"),
        };
        let to = key.code().split('_').next().unwrap_or("");
        let cells = vec![key.label().to_owned(), text.title, text.body, words.to_owned()];
        Row { href: format!("{TEXTS}/{}", key.code()), cells, marks: vec![("to", to.to_owned()), ("own", mark.to_owned())] }
    });
    let to =
        [("enterprise", "企业"), ("handler", "部门、经办"), ("centre", "企服中心"), ("account", "本人"), ("sms", "短信模板")];
    let own = [("own", "本市"), ("built_in", "内置"), ("settings", "服务器设置")];
    Table {
        path: TEXTS,
        name: "通知用语和短信模板",
        lead: "花括号里的内容发送时自动填写。修改只对以后发出的消息有效。",
        columns: vec![Column("name", "消息"), Column("title", "标题或模板"), Column("body", "内容"), Column("own", "来源")],
        more: Vec::new(),
        filters: vec![
            Filter { name: "to", label: "发给", options: options(&to) },
            Filter { name: "own", label: "来源", options: options(&own) },
        ],
        rows: rows.collect(),
        add: None,
        shown: None,
    }
}

/// How long what is personal is kept, today and from which day otherwise.
pub fn retentions(kept: &Kept, schedule: &Schedule) -> Table {
    let rows = RULES.iter().map(|rule| {
        let now = schedule.on(rule, kept.today);
        let own = match (rule.may_be_set(), schedule.set(rule, kept.today).is_some()) {
            (false, _) => ("fixed", "系统规定"),
            (true, true) => ("own", "本市"),
            (true, false) => ("built_in", "内置"),
        };
        let coming = schedule.coming(rule, kept.today);
        let coming = coming.into_iter().map(|(from, rule)| format!("{} 起 {}", day::text(from), span(rule.keep.whole_days())));
        let coming = coming.collect::<Vec<_>>().join("；");
        let (what, from) = rule.parts();
        let act = match rule.act {
            Act::Delete => "删除",
            Act::Anonymise => "去掉姓名和电话",
        };
        let days = now.keep.whole_days();
        let keep = if days == 0 { "不保存".to_owned() } else { span(days) };
        let cells = [what, from, keep.as_str(), act, coming.as_str(), own.1].map(str::to_owned).to_vec();
        Row { href: format!("{RETENTION}/{}", rule.code), cells, marks: vec![("own", own.0.to_owned())] }
    });
    let own = [("own", "本市"), ("built_in", "内置"), ("fixed", "系统规定")];
    Table {
        path: RETENTION,
        name: "保存期限",
        lead: "每天自动处理到期的个人信息和记录。只能由市级管理员修改，不能短于法律规定的期限；缩短要提前一周。",
        columns: vec![
            Column("what", "内容"),
            Column("from", "从何时算起"),
            Column("keep", "保存"),
            Column("act", "到期后"),
            Column("coming", "待生效"),
            Column("own", "来源"),
        ],
        more: Vec::new(),
        filters: vec![Filter { name: "own", label: "来源", options: options(&own) }],
        rows: rows.collect(),
        add: None,
        shown: None,
    }
}
