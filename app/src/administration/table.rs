//! Lists that are kept (名单): searched, filtered, sorted, a page at a time, and taken along as csv or xlsx. One table gives them all; what
//! was asked for comes as the query of the address, so a list can be sent to a colleague.

use crate::form::Form;
use crate::request::Clock;
use crate::sheet::{Cell, Sheet};
use crate::ui::form::select;
use crate::ui::{empty, icon};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use std::cmp::Ordering;
use store::listed::Listed;

/// Rows of a page.
const PAGE: usize = 50;

/// Rows of a file, of a list that the database gives a page at a time.
const FILE: i64 = 5000;

/// Columns that count something: a spreadsheet adds them up. Codes and telephones are of digits, too, and no numbers.
const COUNTS: [&str; 4] = ["issues", "open", "held", "position"];

/// A column: its code in the address (`sort=`), its heading.
pub struct Column(pub &'static str, pub &'static str);

/// A drop-down above the list: the name of a mark, its label, the values and their labels.
pub struct Filter {
    pub name: &'static str,
    pub label: &'static str,
    pub options: Vec<(String, String)>,
}

/// A row: where it leads, what stands in its columns, and by what it is filtered.
pub struct Row {
    pub href: String,
    pub cells: Vec<String>,
    /// Name and value of filters.
    pub marks: Vec<(&'static str, String)>,
}

/// A list. `path` is its page; its file is `{path}/table`.
pub struct Table {
    pub path: &'static str,
    pub name: &'static str,
    /// What stands below the heading.
    pub lead: &'static str,
    pub columns: Vec<Column>,
    /// Columns after those, which only the file has and the search looks at: what would be too much for a page.
    pub more: Vec<Column>,
    pub filters: Vec<Filter>,
    /// All of them, in the order they are shown in unless somebody asks for another; or those of one page.
    pub rows: Vec<Row>,
    /// Where one is added, and the words of the button.
    pub add: Option<(&'static str, &'static str)>,
    /// The rows are those of a page that the database chose as it was asked for, of so many.
    pub shown: Option<Shown>,
}

/// A page, counted from one, of so many rows.
#[derive(Debug, Clone, Copy)]
pub struct Shown {
    pub page: usize,
    pub total: usize,
}

/// What this page was asked for.
pub fn asked() -> Form {
    let map = use_query_map().get_untracked();
    Form::new(map.into_iter().map(|(name, value)| (name.into_owned(), value)).collect())
}

impl Table {
    /// The rows that were asked for, in the order that was asked for, by their places in [`Table::rows`].
    fn wanted(&self, asked: &Form) -> Vec<usize> {
        if self.shown.is_some() {
            return (0..self.rows.len()).collect();
        }
        let words = asked.value("q").trim().to_lowercase();
        let holds = |at: &usize| {
            let row = &self.rows[*at];
            let found = words.is_empty() || row.cells.iter().any(|cell| cell.to_lowercase().contains(&words));
            found
                && self.filters.iter().all(|filter| {
                    let value = asked.value(filter.name);
                    value.is_empty() || row.marks.iter().any(|mark| mark.0 == filter.name && mark.1 == value)
                })
        };
        let mut rows: Vec<usize> = (0..self.rows.len()).filter(holds).collect();
        let (code, down) = order(asked);
        if let Some(at) = self.columns.iter().position(|column| column.0 == code) {
            let cell = |row: &usize| self.rows[*row].cells.get(at).map_or("", String::as_str);
            rows.sort_by(|a, b| if down { compare(cell(b), cell(a)) } else { compare(cell(a), cell(b)) });
        }
        rows
    }

    /// What was asked for, whole, to be taken along.
    pub fn sheet(&self, asked: &Form) -> Sheet {
        let heading = self.columns.iter().chain(&self.more).map(|column| Cell::Heading(column.1.to_owned())).collect();
        let codes: Vec<&str> = self.columns.iter().chain(&self.more).map(|column| column.0).collect();
        let cell = |(text, code): (&String, &&str)| match text.parse() {
            Ok(number) if COUNTS.contains(code) => Cell::Number(number),
            _ => Cell::Text(text.clone()),
        };
        let rows = self.wanted(asked).into_iter().map(|at| self.rows[at].cells.iter().zip(&codes).map(cell).collect());
        Sheet { name: self.name, rows: [heading].into_iter().chain(rows).collect() }
    }

    /// The list with everything around it.
    pub fn view(&self, asked: &Form) -> AnyView {
        let list = self.around(asked, "没有符合条件的。", |shown| {
            self.body(asked, shown.iter().map(|at| row_view(&self.rows[*at], &self.columns)).collect())
        });
        view! {
            <h1>{self.name}</h1>
            {(!self.lead.is_empty()).then(|| view! { <p class="muted">{self.lead}</p> })}
            {list}
        }
        .into_any()
    }

    /// Search, filters, order, exports and pages around a list that looks otherwise than a table: `body` is given the places of the rows of this
    /// page, and is not asked where there are none, which `none` says.
    pub fn around(&self, asked: &Form, none: &'static str, body: impl FnOnce(&[usize]) -> AnyView) -> AnyView {
        let rows = self.wanted(asked);
        let Shown { page, total } = self.shown.unwrap_or_else(|| {
            let total = rows.len();
            Shown { page: page(asked).clamp(1, total.div_ceil(PAGE).max(1)), total }
        });
        let shown = if self.shown.is_some() { &rows[..] } else { &rows[(page - 1) * PAGE..total.min(page * PAGE)] };
        let narrowed =
            std::iter::once("q").chain(self.filters.iter().map(|filter| filter.name)).any(|name| !asked.value(name).is_empty());
        let none = if self.rows.is_empty() && !(self.shown.is_some() && narrowed) { none } else { "没有符合条件的。" };
        let list = if shown.is_empty() { empty(none, None) } else { body(shown) };
        let to = |page: usize| format!("{}?{}", self.path, query(asked, &[("page", page.to_string())]));
        let before = (page > 1).then(|| view! { <a class="button secondary" href=to(page - 1)>"上一页"</a> });
        let after = (page * PAGE < total).then(|| view! { <a class="button secondary" href=to(page + 1)>"下一页"</a> });
        let add = self.add.map(|(href, words)| view! { <a class="button" href=href>{icon("plus")}{words}</a> });
        view! {
            {self.filter_form(asked)}
            <p class="row">
                {add}
                {exports(self.path, asked)}
                <span class="muted">{format!("共 {total} 条")}</span>
            </p>
            {list}
            <p class="row">{before}{after}</p>
        }
        .into_any()
    }

    /// Words, filters and order in one form, which works on a narrow screen too, where the headings are not there.
    fn filter_form(&self, asked: &Form) -> AnyView {
        let filters = self
            .filters
            .iter()
            .map(|filter| select(asked, filter.name, filter.label, Some("全部"), vec![(String::new(), filter.options.clone())]));
        let orders = self.columns.iter().flat_map(|Column(code, label)| {
            [((*code).to_owned(), format!("{label} ↑")), (format!("-{code}"), format!("{label} ↓"))]
        });
        let orders = select(asked, "sort", "排序", Some("默认"), vec![(String::new(), orders.collect())]);
        view! {
            <form class="filters" method="get" action=self.path role="search">
                <div class="field">
                    <label for="q">"搜索"</label>
                    <input id="q" name="q" type="search" value=asked.value("q").to_owned() autocomplete="off"/>
                </div>
                {filters.collect_view()}
                {orders}
                <button class="button secondary">{icon("search")}"查找"</button>
            </form>
        }
        .into_any()
    }

    fn body(&self, asked: &Form, rows: Vec<AnyView>) -> AnyView {
        let (by, down) = order(asked);
        let headings = self.columns.iter().map(|Column(code, label)| {
            let (sorted, sort) = match (by == *code, down) {
                (true, false) => (Some("ascending"), format!("-{code}")),
                (true, true) => (Some("descending"), (*code).to_owned()),
                (false, _) => (None, (*code).to_owned()),
            };
            let arrow = sorted.map(|way| if way == "ascending" { " ↑" } else { " ↓" });
            let href = format!("{}?{}", self.path, query(asked, &[("sort", sort), ("page", String::new())]));
            view! { <th scope="col" aria-sort=sorted><a href=href>{*label}{arrow}</a></th> }
        });
        view! {
            <div class="table-wrap" tabindex="0" role="region" aria-label=self.name>
                <table class="queue">
                    <thead><tr>{headings.collect_view()}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    }
}

fn row_view(row: &Row, columns: &[Column]) -> AnyView {
    let mut cells = row.cells.iter().zip(columns);
    let first = cells.next().map(|(cell, _)| cell.clone()).unwrap_or_default();
    // An empty cell stays empty: a narrow screen leaves it out.
    let rest = cells.map(|(cell, column)| view! { <td data-of=column.1>{(!cell.is_empty()).then(|| cell.clone())}</td> });
    let rest = rest.collect_view();
    let href = row.href.clone();
    view! { <tr><td><a href=href><strong>{first}</strong></a></td>{rest}</tr> }.into_any()
}

/// The two ways to take a list along, with what was asked for.
pub fn exports(path: &str, asked: &Form) -> AnyView {
    let link = |form: &'static str, label: &'static str| {
        let href = format!("{path}/table?{}", query(asked, &[("as", form.to_owned()), ("page", String::new())]));
        view! { <a class="button secondary" href=href>{icon("down")}{label}</a> }
    };
    view! { {link("xlsx", "导出 xlsx")}{link("csv", "导出 csv")} }.into_any()
}

/// The page that was asked for.
fn page(asked: &Form) -> usize {
    asked.value("page").parse::<usize>().unwrap_or(1).clamp(1, 1_000_000)
}

/// What the address of a list asks the database for: a page, or what its file has. `names` are the codes of what rows are of, and what these are called.
pub fn listed(asked: &Form, whole: bool, names: &[(String, String)]) -> Listed {
    let words = asked.value("q").trim().to_lowercase();
    let called = |name: &str| !words.is_empty() && name.to_lowercase().contains(&words);
    let named = names.iter().filter(|(_, name)| called(name)).map(|(code, _)| code.clone()).collect();
    let mut ranked: Vec<&(String, String)> = names.iter().collect();
    ranked.sort_by(|a, b| a.1.cmp(&b.1));
    let (sort, down) = order(asked);
    let (limit, offset) = if whole { (FILE, 0) } else { (PAGE as i64, (page(asked) as i64 - 1) * PAGE as i64) };
    Listed {
        named,
        ranked: ranked.into_iter().map(|(code, _)| code.clone()).collect(),
        marks: asked.pairs().to_vec(),
        sort: sort.to_owned(),
        words,
        down,
        limit,
        offset,
    }
}

/// Categories, areas and departments by the codes that such lists of the database know them by.
pub fn names(clock: &Clock) -> Vec<(String, String)> {
    let categories = clock.catalogue(clock.now).known_categories();
    let categories = categories.into_iter().map(|(_, known)| (known.code.clone(), known.name.clone()));
    let areas = clock.reference.areas.iter().map(|area| (area.code.to_string(), area.name.clone()));
    let departments = clock.reference.departments.iter().map(|known| (format!("d{}", known.id), known.name.clone()));
    categories.chain(areas).chain(departments).collect()
}

impl Shown {
    /// Of what [`listed`] asked for.
    pub fn of(asked: &Listed, total: i64) -> Shown {
        let number = |value: i64| usize::try_from(value).unwrap_or(0);
        Shown { page: number(asked.offset) / PAGE + 1, total: number(total) }
    }
}

/// The column that was asked for, and whether downwards.
fn order(asked: &Form) -> (&str, bool) {
    let sort = asked.value("sort");
    sort.strip_prefix('-').map_or((sort, false), |code| (code, true))
}

/// Numbers as numbers, anything else as text.
fn compare(a: &str, b: &str) -> Ordering {
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => a.total_cmp(&b),
        _ => a.cmp(b),
    }
}

/// The query of an address: what was asked for, with some of it replaced; what is empty is left out.
pub fn query(asked: &Form, with: &[(&str, String)]) -> String {
    let kept = asked.pairs().iter().filter(|(name, _)| !with.iter().any(|(other, _)| other == name));
    let pairs =
        kept.map(|(name, value)| (name.as_str(), value.as_str())).chain(with.iter().map(|(name, value)| (*name, value.as_str())));
    let parts = pairs.filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{}={}", escape(name), escape(value)));
    parts.collect::<Vec<_>>().join("&")
}

/// Percent-encoding of everything that is not a letter or a digit of ASCII, or one of `-._~`.
fn escape(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    text.bytes().fold(String::new(), |mut out, byte| {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let row = |name: &str, count: &str, open: &str| Row {
            href: String::new(),
            cells: vec![name.to_owned(), count.to_owned(), format!("词{count}")],
            marks: vec![("active", open.to_owned())],
        };
        Table {
            path: "/x",
            name: "部门",
            lead: "",
            columns: vec![Column("name", "名称"), Column("count", "件数")],
            more: vec![Column("words", "词")],
            filters: vec![Filter { name: "active", label: "状态", options: Vec::new() }],
            rows: vec![row("市建设局", "9", "yes"), row("市公安局", "10", "yes"), row("老建设局", "1", "no")],
            add: None,
            shown: None,
        }
    }

    fn names(pairs: &[(&str, &str)]) -> Vec<String> {
        let asked = Form::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect());
        table().wanted(&asked).iter().map(|at| table().rows[*at].cells[0].clone()).collect()
    }

    #[test]
    fn a_list_is_searched_filtered_and_sorted() {
        assert_eq!(names(&[]), ["市建设局", "市公安局", "老建设局"]);
        assert_eq!(names(&[("q", "建设"), ("active", "yes")]), ["市建设局"]);
        assert_eq!(names(&[("sort", "count")]), ["老建设局", "市建设局", "市公安局"], "numbers are not texts");
        assert_eq!(names(&[("sort", "-count")])[0], "市公安局");
        assert_eq!(names(&[("sort", "nothing"), ("active", "")]).len(), 3);
        assert_eq!(names(&[("q", "词10")]), ["市公安局"], "what only the file shows is found too");
        assert_eq!(table().sheet(&Form::default()).rows[0].len(), 3);
    }

    #[test]
    fn the_address_keeps_what_was_asked_for() {
        let asked = Form::new(vec![("q".to_owned(), "建 &".to_owned()), ("page".to_owned(), "2".to_owned())]);
        assert_eq!(query(&asked, &[("sort", "-name".to_owned()), ("page", String::new())]), "q=%E5%BB%BA%20%26&sort=-name");
    }
}
