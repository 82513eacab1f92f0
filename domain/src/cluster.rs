//! 共性问题 (S-11): issues of several enterprises that say the same thing. Two texts resemble one another by the words they share (found by a
//! dictionary, rare ones weighing more) and by their runs of three characters, which find what no dictionary knows. The score is shown, and whoever
//! answers decides.

use crate::text::half_width;
use jieba_rs::Jieba;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// From here on two texts are shown together, of 100 *(assumed)*: one problem in the words of two enterprises reaches it, two problems stay far below.
pub const ENOUGH: u8 = 15;
/// From here on a published case is shown to whoever writes a problem, of 100 *(assumed)*.
pub const WORTH: u8 = 18;
/// The most cases that are shown.
const SHOWN: usize = 3;
/// Words weigh so much of the score, runs of characters the rest.
const WORDS: f64 = 0.6;

/// The dictionary: read once, which takes half a second.
static DICTIONARY: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// Words that every problem has.
const COMMON: &[&str] = &[
    "我们", "企业", "公司", "问题", "希望", "请问", "目前", "现在", "已经", "一直", "没有", "可以", "不能", "需要", "反映",
    "解决", "尽快", "帮助", "协调", "部门", "有关", "相关", "导致", "影响", "因为", "但是", "而且", "如果", "这个", "什么",
    "怎么", "多次", "情况", "一家",
];

/// Whether the dictionary has it as a word.
pub(crate) fn is_known(word: &str) -> bool {
    DICTIONARY.has_word(word)
}

/// Where the dictionary cuts a text into words, in bytes: its end is one.
pub(crate) fn cuts(text: &str) -> impl Iterator<Item = usize> + use<> {
    let words = DICTIONARY.cut(text, true);
    let lengths: Vec<usize> = words.iter().map(|token| token.word.len()).collect();
    std::iter::once(0).chain(lengths.into_iter().scan(0, |at, length| {
        *at += length;
        Some(*at)
    }))
}

/// What a text is compared by.
#[derive(Debug, Clone, Default)]
pub struct Doc {
    words: HashSet<String>,
    runs: HashSet<[char; 3]>,
}

impl Doc {
    /// Of a text: title and body.
    pub fn of(text: &str) -> Doc {
        let text = half_width(text).to_lowercase();
        let words = DICTIONARY.cut(&text, true).into_iter().map(|token| token.word);
        let kept = |word: &&str| word.chars().count() > 1 && word.chars().all(char::is_alphanumeric) && !COMMON.contains(word);
        let plain: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
        Doc {
            words: words.filter(kept).map(str::to_owned).collect(),
            runs: plain.windows(3).map(|run| [run[0], run[1], run[2]]).collect(),
        }
    }
}

/// An issue in a group, by its place in what was given, with its likeness to the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    pub at: usize,
    /// 相似度, 0 to 100.
    pub score: u8,
}

/// How rare each word is among these texts.
struct Weights(HashMap<String, f64>);

impl Weights {
    fn of(docs: &[Doc]) -> Weights {
        let mut counts: HashMap<&str, u32> = HashMap::new();
        for doc in docs {
            for word in &doc.words {
                *counts.entry(word).or_default() += 1;
            }
        }
        let all = count(docs.len() + 1);
        Weights(counts.into_iter().map(|(word, n)| (word.to_owned(), (all / f64::from(n)).ln() + 0.1)).collect())
    }

    fn weight<'a>(&self, words: impl Iterator<Item = &'a String>) -> f64 {
        words.map(|word| self.0.get(word).copied().unwrap_or(1.0)).sum()
    }
}

/// How alike two texts are, 0 to 100, the same both ways.
fn likeness(one: &Doc, other: &Doc, weights: &Weights) -> u8 {
    let words = ratio(weights.weight(one.words.intersection(&other.words)), weights.weight(one.words.union(&other.words)));
    let runs = ratio(count(one.runs.intersection(&other.runs).count()), count(one.runs.union(&other.runs).count()));
    score(words, runs)
}

/// As [`likeness`], by the mean length of both instead of all that they say together: whoever begins to write has said little yet, and whoever wrote a
/// page says more than any case.
fn nearness(one: &Doc, other: &Doc, weights: &Weights) -> u8 {
    let weight = |doc: &Doc| weights.weight(doc.words.iter());
    let words = ratio(weights.weight(one.words.intersection(&other.words)), (weight(one) * weight(other)).sqrt());
    let runs = ratio(count(one.runs.intersection(&other.runs).count()), (count(one.runs.len()) * count(other.runs.len())).sqrt());
    score(words, runs)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Between 0 and 100.
fn score(words: f64, runs: f64) -> u8 {
    ((WORDS * words + (1.0 - WORDS) * runs) * 100.0).round() as u8
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// Groups of at least two, the largest first. Each text joins the group whose first text it is most alike, if it is alike enough: a chain of texts of
/// which each resembles the next one makes no group of what is not alike.
pub fn groups(docs: &[Doc]) -> Vec<Vec<Member>> {
    let weights = Weights::of(docs);
    let mut groups: Vec<Vec<Member>> = Vec::new();
    for (at, doc) in docs.iter().enumerate() {
        let best = groups
            .iter()
            .enumerate()
            .map(|(group, members)| (likeness(&docs[members[0].at], doc, &weights), group))
            .filter(|(score, _)| *score >= ENOUGH)
            .max_by_key(|(score, group)| (*score, std::cmp::Reverse(*group)));
        match best {
            Some((score, group)) => groups[group].push(Member { at, score }),
            None => groups.push(vec![Member { at, score: 100 }]),
        }
    }
    groups.retain(|group| group.len() > 1);
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    groups
}

/// Those of `told` that what somebody writes resembles, the nearest first, three at most.
pub fn resembling(written: &str, told: &[Doc]) -> Vec<Member> {
    let mut docs = told.to_vec();
    docs.push(Doc::of(written));
    let weights = Weights::of(&docs);
    let Some((written, told)) = docs.split_last() else { return Vec::new() };
    let near = told.iter().enumerate().map(|(at, doc)| Member { at, score: nearness(written, doc, &weights) });
    let mut near: Vec<Member> = near.filter(|member| member.score >= WORTH).collect();
    near.sort_by_key(|member| std::cmp::Reverse(member.score));
    near.truncate(SHOWN);
    near
}

/// A group that was found, as the centre is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// The first issue's title.
    pub title: String,
    pub issues: usize,
    pub enterprises: usize,
    /// 相似度 of the one that is most like the first.
    pub score: u8,
}

/// So many groups are named in a message.
const NAMED: usize = 5;

/// Title and text of the message about groups that were found.
pub fn told(groups: &[Heard]) -> (String, String) {
    let named = groups.iter().take(NAMED).map(|group| {
        let Heard { title, issues, enterprises, score } = group;
        format!("“{title}”等 {issues} 件、{enterprises} 家企业，相似度最高 {score}%")
    });
    let named: Vec<String> = named.collect();
    let more = groups.len().saturating_sub(NAMED);
    let more = if more > 0 { format!("；还有 {more} 组") } else { String::new() };
    (format!("发现 {} 组可能的共性问题", groups.len()), format!("{}{more}。是不是同一个问题，请您核对。", named.join("；")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [&str; 7] = [
        "厂区门口路灯不亮 厂门口连续几盏路灯不亮，晚班员工骑车不安全，希望尽快修复",
        "变压器容量不够 新上两条生产线，现有变压器容量不够，增容申请一个多月没有答复",
        "路灯坏了没人修 厂门口的路灯不亮半个月了，夜班员工骑车不安全",
        "用电增容没有答复 扩产后变压器容量不够，用电增容申请交了一个月没有答复",
        "员工子女上学 外地员工的子女今年上小学，不知道要准备什么材料",
        "门口路灯不亮 园区厂门口路灯不亮，晚上员工骑车不安全，请修复路灯",
        "发票额度不够用 月底订单集中，发票额度用完，申请提额被退回",
    ];

    fn found(texts: &[&str]) -> Vec<Vec<usize>> {
        let docs: Vec<Doc> = texts.iter().map(|text| Doc::of(text)).collect();
        groups(&docs).into_iter().map(|group| group.into_iter().map(|member| member.at).collect()).collect()
    }

    #[test]
    fn what_says_the_same_is_together_and_the_rest_is_alone() {
        assert_eq!(found(&TEXTS), [vec![0, 2, 5], vec![1, 3]]);
        assert!(found(&[]).is_empty() && found(&["", ""]).is_empty());
        assert_eq!(found(&[TEXTS[4], TEXTS[4]]), [vec![0, 1]]);
    }

    #[test]
    fn likeness_is_the_same_both_ways_and_whole_only_with_itself() {
        let docs: Vec<Doc> = TEXTS.iter().map(|text| Doc::of(text)).collect();
        let weights = Weights::of(&docs);
        for one in &docs {
            assert_eq!(likeness(one, one, &weights), 100);
            for other in &docs {
                assert_eq!(likeness(one, other, &weights), likeness(other, one, &weights));
            }
        }
    }

    const CASES: &[&str] = &[
        "厂外道路积水，三天疏通管网 一家制造企业反映厂房外的道路一下雨就积水，货车进不来，影响发货。",
        "新上生产线，用电增容一次办好 一家企业新上两条生产线，变压器容量不够，增容申请一个多月没有答复。",
        "货款被拖欠，投诉后分期付清 一家小型企业的货款被建筑企业拖欠一年多，多次催要没有结果。",
        "发票额度不够用，当天调整 一家商贸企业月底订单集中，发票额度用完，申请提额被退回。",
        "经营范围变更被退回，写清表述一次通过 一家企业申请增加经营范围，被退回两次，看不懂退回理由。",
        "施工许可卡在图审，三家一起看一次说清 一家企业扩建厂房，施工图审查意见反复三次，施工许可证办不下来。",
        "厂门口路灯不亮，两天修好 一家企业厂门口连续几盏路灯不亮，晚班员工骑车不安全。",
        "稳岗返还没收到，核对账户后补发 一家企业去年没有裁员，却没有收到稳岗返还。",
    ];

    /// The nearest case, and its score.
    fn nearest(text: &str) -> Option<(usize, u8)> {
        let told: Vec<Doc> = CASES.iter().map(|case| Doc::of(case)).collect();
        resembling(text, &told).first().map(|found| (found.at, found.score))
    }

    #[test]
    fn whoever_begins_to_write_finds_the_case() {
        for (text, case) in [
            ("门口一下雨就积水，货车开不进来", 0),
            ("道路积水", 0),
            ("变压器容量不够，想申请增容", 1),
            ("用电增容", 1),
            ("客户欠我们货款快一年了，一直拖欠不给", 2),
            ("开票额度用完了，提额申请被退回", 3),
            ("厂区门口的路灯坏了，晚班员工看不见路", 6),
            ("去年的稳岗返还到现在没有收到", 7),
            (
                "我们厂在开发区东边，去年搬过来的，有一百二十个工人。门前那条路是前年修的，修好以后一直有问题。一下雨道路就积水，最深的时候到膝盖，\
                 货车进不来，发货全靠人工往外搬，客户已经催了好几次，再这样下去订单就要丢了。希望尽快派人来看看到底是什么原因，能不能把管网疏通一下。",
                0,
            ),
        ] {
            assert_eq!(nearest(text).map(|(at, _)| at), Some(case), "{text}");
        }
        for text in [
            "",
            "员工子女上学没有学位",
            "员工子女今年上小学，想问问学位怎么申请",
            "食堂办证要什么材料",
            "想招几个熟练的缝纫工，招不到",
            "一家企业",
            "三天",
            "车间隔壁噪音太大",
        ] {
            assert_eq!(nearest(text), None, "{text}");
        }
        assert!(nearest(CASES[2]).is_some_and(|(at, score)| at == 2 && score == 100), "the case itself");
    }

    #[test]
    fn three_are_shown_at_most_and_the_nearest_first() {
        let told: Vec<Doc> = (0..9).map(|n| Doc::of(&format!("门口道路积水{}", "，很深".repeat(n)))).collect();
        let found = resembling("门口道路积水", &told);
        assert_eq!(found.iter().map(|member| member.at).collect::<Vec<_>>(), [0, 1, 2]);
        assert!(found.windows(2).all(|pair| pair[0].score >= pair[1].score));
    }

    #[test]
    fn what_was_found_is_told_with_its_score() {
        let group = |n: usize| Heard { title: format!("路灯不亮 {n}"), issues: 3, enterprises: 2, score: 85 };
        let (title, text) = told(&[group(1)]);
        assert_eq!(title, "发现 1 组可能的共性问题");
        assert_eq!(text, "“路灯不亮 1”等 3 件、2 家企业，相似度最高 85%。是不是同一个问题，请您核对。");
        let (_, text) = told(&(0..8).map(group).collect::<Vec<_>>());
        assert!(text.contains("路灯不亮 4") && !text.contains("路灯不亮 5") && text.contains("还有 3 组"));
    }
}
