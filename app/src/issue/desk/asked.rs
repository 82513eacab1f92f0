//! What a list of the desk was asked for: queue or words, filter, page. As an address has it, as an island sends it back, and as the way back from an
//! issue keeps it.

use crate::administration::table::query;
use crate::form::Form;
use domain::issue::Queue;
use domain::issue::filter::Filter;

/// What a list was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// The queue's code; empty for the first one.
    pub queue: String,
    /// What is searched for; a queue is none then.
    pub words: String,
    pub filter: Filter,
    /// Where the page begins.
    pub after: Option<String>,
}

impl Asked {
    /// From the query of an address. A queue's code may carry a filter, as the island's tabs do: the form beside it says what holds.
    pub fn of(form: &Form) -> Asked {
        let queue = form.value("queue").split('&').next().unwrap_or("").to_owned();
        let after = cursor(form.value("after"));
        let filter = Filter::read(form.pairs().iter().map(|(name, value)| (name.as_str(), value.as_str())));
        Asked { queue, words: form.value("q").trim().to_owned(), filter, after }
    }

    /// From what an island sends: `queue` is the code of a tab, and after it the filter (`mine&area=330502`).
    pub fn sent(queue: &str, words: &str, after: &str) -> Asked {
        let mut parts = queue.split('&');
        let code = parts.next().unwrap_or("").to_owned();
        let filter = Filter::read(parts.filter_map(|pair| pair.split_once('=')));
        let after = cursor(after);
        Asked { queue: code, words: words.trim().to_owned(), filter, after }
    }

    /// The code that a tab of a queue has: with the filter, so that it holds in the next queue, too.
    pub fn code(&self, queue: Queue) -> String {
        format!("{}{}", queue.code(), self.filter.query())
    }

    /// The same for what a search found, which is in no queue.
    pub fn found(&self) -> String {
        let words = query(&Form::default(), &[("q", self.words.clone())]);
        format!("&{words}{}", self.filter.query())
    }

    /// The query of the list's address, its page apart.
    pub fn query(&self) -> String {
        let own = [("queue", self.queue.clone()), ("q", self.words.clone())];
        format!("{}{}", query(&Form::default(), &own), self.filter.query()).trim_start_matches('&').to_owned()
    }

    /// `?from=…`: how an issue's page learns the way back to this list; empty for the list that the desk opens with.
    pub fn from(&self) -> String {
        let after = self.after.as_ref().map(|after| format!("&after={after}")).unwrap_or_default();
        let query = format!("{}{after}", self.query());
        if query.is_empty() {
            return query;
        }
        // One value of an address, without the marks that would end it.
        let marks = query.replace('~', "%7E").replace('%', "%25").replace('&', "~").replace('=', ":");
        format!("?from={marks}")
    }
}

/// Where a page begins, if it is a place at all.
fn cursor(after: &str) -> Option<String> {
    let plain = !after.is_empty() && after.len() < 60 && after.bytes().all(|byte| byte.is_ascii_digit() || b".-".contains(&byte));
    plain.then(|| after.to_owned())
}

/// Lists beside the queues that lead to an issue, and what they are called: below `/desk/`.
const LISTS: [(&str, &str); 6] = [
    ("mine", "我的经办"),
    ("tasks", "交办事项"),
    ("abnormal", "异常件"),
    ("clusters", "共性问题"),
    ("callbacks", "回访"),
    ("indicators", "六项指标"),
];

/// `?from=…` of such a list: its path below `/desk/`, and what it was asked for.
pub fn from_list(path: &str, query: &str) -> String {
    let query = if query.is_empty() {
        String::new()
    } else {
        format!("~{}", query.replace('%', "%25").replace('&', "~").replace('=', ":"))
    };
    format!("?from=-{}{query}", path.replace('/', "."))
}

/// The list that `from` leads back to, and what it is called; the desk where it says nothing.
pub fn way_back(from: &str) -> (String, &'static str) {
    if let Some((path, query)) = from.strip_prefix('-').map(|rest| rest.split_once('~').unwrap_or((rest, "")))
        && let Some((_, label)) = LISTS.iter().find(|(list, _)| path.split('.').next() == Some(*list))
    {
        let query = if query.is_empty() { String::new() } else { format!("?{}", query.replace('~', "&").replace(':', "=")) };
        return (format!("/desk/{}{query}", path.replace('.', "/")), *label);
    }
    let desk = if from.is_empty() { "/desk".to_owned() } else { format!("/desk?{}", from.replace('~', "&").replace(':', "=")) };
    (desk, "工作台")
}

/// `?from=…` again, of the value that was read from an address.
pub fn kept(from: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "~:_-.%".contains(c);
    if from.is_empty() || !from.chars().all(plain) { String::new() } else { format!("?from={}", from.replace('%', "%25")) }
}

/// `?from=…` of an address, as it stands there; empty where there is none.
pub fn carried(address: &str) -> &str {
    let at = address.find("?from=").unwrap_or(address.len());
    let query = &address[at..];
    query.find('&').map_or(query, |end| &query[..end])
}

/// The list that an address with [`carried`] came from.
pub fn back_from(address: &str) -> String {
    way_back(&carried(address).trim_start_matches("?from=").replace("%25", "%")).0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&str, &str)]) -> Asked {
        Asked::of(&Form::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()))
    }

    #[test]
    fn a_tab_carries_the_filter_and_an_island_sends_it_back() {
        let list = asked(&[("queue", "mine&area=330502"), ("flag", "dissatisfied"), ("after", "1.2")]);
        assert_eq!((list.queue.as_str(), list.filter.area), ("mine", None), "what the form says holds");
        let code = list.code(Queue::ToSign);
        assert_eq!(code, "to_sign&flag=dissatisfied");
        let sent = Asked::sent(&code, " 积水 ", "");
        assert_eq!((sent.queue.as_str(), sent.words.as_str(), sent.after), ("to_sign", "积水", None));
        assert_eq!(sent.filter, list.filter);
        assert_eq!(Asked::sent(&list.found(), "", "").filter, list.filter);
    }

    #[test]
    fn the_way_back_is_the_list_one_came_from() {
        for pairs in [
            &[("queue", "all"), ("area", "330502"), ("after", "17.4")][..],
            &[("q", "积水 ~:&=%"), ("sort", "oldest")],
            &[("q", "50%")],
        ] {
            let list = asked(pairs);
            let from = list.from();
            let address = format!("/desk/issues/HZ-1{from}");
            assert_eq!(carried(&address), from);
            let back = back_from(&address);
            let query = back.strip_prefix("/desk?").unwrap();
            let pairs: Vec<(String, String)> = query
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .map(|(name, value)| (name.to_owned(), decoded(value)))
                .collect();
            assert_eq!(Asked::of(&Form::new(pairs)), list, "{back}");
        }
        assert_eq!(back_from("/desk/issues/HZ-1"), "/desk");
        assert_eq!(back_from("/desk/issues/HZ-1?from=//evil.example"), "/desk?//evil.example", "nowhere but here");
    }

    #[test]
    fn a_list_beside_the_queues_is_led_back_to_as_well() {
        for (path, query, back) in [
            ("mine", "", "/desk/mine"),
            ("clusters/7", "", "/desk/clusters/7"),
            ("abnormal", "kind=dissatisfied&after=1.2", "/desk/abnormal?kind=dissatisfied&after=1.2"),
            ("indicators/issues", "board=a%20b&failed=once", "/desk/indicators/issues?board=a%20b&failed=once"),
        ] {
            let address = format!("/desk/issues/HZ-1{}", from_list(path, query));
            assert_eq!(back_from(&address), back);
            let read = carried(&address).trim_start_matches("?from=").replace("%25", "%");
            assert_eq!(kept(&read), carried(&address), "every page may carry it");
        }
        assert_eq!(back_from("/desk/issues/HZ-1?from=-..//evil.example"), "/desk?-..//evil.example", "no list of ours");
    }

    fn decoded(value: &str) -> String {
        let mut bytes = Vec::new();
        let mut rest = value.bytes();
        while let Some(byte) = rest.next() {
            if byte == b'%' {
                let hex = String::from_utf8(rest.by_ref().take(2).collect()).unwrap();
                bytes.push(u8::from_str_radix(&hex, 16).unwrap());
            } else {
                bytes.push(byte);
            }
        }
        String::from_utf8(bytes).unwrap()
    }
}
