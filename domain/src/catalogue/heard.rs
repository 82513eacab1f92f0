//! A text as words are looked for in it: what it denies does not count, what it says of whoever writes counts only where nothing else does,
//! and a word is none where it is made of the ends of two others (用工 in 使用工具). Words in several parts (水+停) stand in one part of a sentence, in
//! whatever order: people say 停水, 水停了 and 把我们的水给停了.

use crate::cluster::{cuts, is_known};
use crate::text::half_width;
use std::collections::HashSet;
use std::ops::Range;

/// Where a part of a sentence ends. Full-width signs are half-width by then.
const ENDS: [char; 11] = [',', '。', ';', '!', '?', '、', '.', ':', '…', '\n', ' '];
/// What follows is denied: 不是社保的问题，是…
const NOT: [&str; 4] = ["不是", "并非", "不属于", "不涉及"];
/// What goes before is denied: 跟消防没关系，是…
const NOTHING_TO_DO: [&str; 6] = ["无关", "没有关系", "没关系", "不相干", "没问题", "没有问题"];
/// Before 不是, it is a question or no denial: 是不是, 要不是, 可不是, 还不是, 岂不是.
const ASKED: [char; 5] = ['是', '要', '可', '还', '岂'];
/// After 不是, what follows is meant all the same: 不是第一次停电, 不是不给贷款, 不是很稳.
const MEANT: [&str; 15] =
    ["第一", "一次", "一天", "一两", "不", "没", "很", "太", "只", "仅", "说", "一般", "所有", "都", "非常"];
/// Between the parts of a word that may stand apart.
pub(super) const APART: char = '+';
/// Who speaks: 我们是…企业.
const SPEAKER: [&str; 11] = ["我们", "我", "我司", "我厂", "本公司", "本企业", "我公司", "我们公司", "公司", "企业", "本厂"];
/// What somebody is, as a part of a sentence ends with it.
const BEING: [&str; 9] = ["企业", "公司", "厂", "户", "店", "的", "商", "所", "院"];

/// A text, and where words count in it.
pub(super) struct Heard {
    text: String,
    cuts: HashSet<usize>,
    /// Where the parts of its sentences end.
    ends: Vec<usize>,
    denied: Vec<Range<usize>>,
    /// What it says of whoever writes.
    speaker: Vec<Range<usize>>,
}

impl Heard {
    pub(super) fn of(text: &str) -> Heard {
        let text = half_width(text).to_lowercase();
        let mut heard = Heard { cuts: cuts(&text).collect(), ends: Vec::new(), denied: Vec::new(), speaker: Vec::new(), text };
        let mut from = 0;
        for part in heard.text.split_inclusive(ENDS) {
            let clause = part.trim_end_matches(ENDS);
            let at = |range: Range<usize>| from + range.start..from + range.end;
            heard.denied.extend(before(clause).map(at));
            heard.denied.extend(after(clause, &heard.text[from..]).map(at));
            if is_speaker(clause) {
                heard.speaker.push(at(0..clause.len()));
            }
            from += part.len();
            heard.ends.push(from);
        }
        heard
    }

    /// Whether it says of whoever writes what they are.
    pub(super) fn has_speaker(&self) -> bool {
        !self.speaker.is_empty()
    }

    /// Where a word stands in the text and counts, with what is said of the speaker or without; of a word in parts, the first place that holds them all.
    pub(super) fn places(&self, word: &str, speaker: bool) -> Vec<Range<usize>> {
        if word.contains(APART) {
            return self.together(word, speaker).into_iter().collect();
        }
        self.standing(word, speaker).collect()
    }

    /// The first part of a sentence that has all parts of a word, none within another.
    fn together(&self, word: &str, speaker: bool) -> Option<Range<usize>> {
        // Most words have a part that a text lacks: nothing more is asked then.
        if !word.split(APART).all(|part| self.text.contains(part)) {
            return None;
        }
        let parts: Vec<Vec<Range<usize>>> = word.split(APART).map(|part| self.standing(part, speaker).collect()).collect();
        let (first, others) = parts.split_first()?;
        first.iter().find_map(|place| {
            let (from, to) = self.part_around(place);
            let mut taken = vec![place.clone()];
            for places in others {
                let free = |other: &&Range<usize>| taken.iter().all(|known| other.end <= known.start || known.end <= other.start);
                let from_here = places[places.partition_point(|other| other.start < from)..].iter();
                let found = from_here.take_while(|other| other.end <= to).find(free)?.clone();
                taken.push(found);
            }
            let (start, end) = (taken.iter().map(|place| place.start).min()?, taken.iter().map(|place| place.end).max()?);
            Some(start..end)
        })
    }

    /// From where to where the part of a sentence reaches that something stands in.
    fn part_around(&self, place: &Range<usize>) -> (usize, usize) {
        let after = self.ends.partition_point(|end| *end <= place.start);
        let from = after.checked_sub(1).map_or(0, |before| self.ends[before]);
        (from, self.ends.get(after).copied().unwrap_or(self.text.len()))
    }

    fn standing<'t>(&'t self, word: &'t str, speaker: bool) -> impl Iterator<Item = Range<usize>> + 't {
        let places = self.text.match_indices(word).map(|(at, found)| at..at + found.len());
        places.filter(move |place| {
            let out = |part: &Range<usize>| place.start < part.end && part.start < place.end;
            !self.denied.iter().any(out) && (speaker || !self.speaker.iter().any(out)) && self.is_word(word, place)
        })
    }

    /// Whether it is a word there: of two characters, it cuts no other word, unless it is one itself that begins where the dictionary begins one
    /// (路灯 in 路|灯不亮); a longer one is not made of the ends of two; one of a single character, as parts are, stands alone. Latin letters stand
    /// alone (odi is not in audio).
    fn is_word(&self, word: &str, place: &Range<usize>) -> bool {
        if word.chars().count() == 1 {
            return self.is_alone(place);
        }
        if word.is_ascii() {
            let beside = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
            return !beside(self.text[..place.start].chars().next_back()) && !beside(self.text[place.end..].chars().next());
        }
        let crosses = self.cuts.iter().any(|cut| place.start < *cut && *cut < place.end);
        let (begins, ends) = (self.cuts.contains(&place.start), self.cuts.contains(&place.end));
        !crosses || begins && ends || (begins || ends) && word.chars().count() > 2 || begins && is_known(word)
    }

    /// Whether the dictionary has no word of this character and one beside it: 电 in 电不够用, and not in 电脑不够用.
    fn is_alone(&self, place: &Range<usize>) -> bool {
        let before = self.text[..place.start].char_indices().next_back().map(|(at, _)| at..place.end);
        let after = self.text[place.end..].chars().next().map(|c| place.start..place.end + c.len_utf8());
        ![before, after].into_iter().flatten().any(|pair| is_known(&self.text[pair]))
    }
}

/// What of a part of a sentence is denied by how it ends.
fn before(clause: &str) -> Option<Range<usize>> {
    // 有没有问题 asks.
    let ends = |sign: &str| clause.find(sign).filter(|at| !clause[..*at].ends_with('有')).map(|at| at + sign.len());
    NOTHING_TO_DO.iter().filter_map(|sign| ends(sign)).max().map(|end| 0..end)
}

/// What of a part of a sentence is denied by how it begins, to where it says what it is instead; `rest` is all that follows.
fn after(clause: &str, rest: &str) -> Option<Range<usize>> {
    let denial = |sign: &str| {
        let at = clause.find(sign)?;
        let from = at + sign.len();
        let said = &clause[from..];
        let either: String = rest[from..].chars().take(14).collect();
        let meant = sign == "不是"
            && (clause[..at].ends_with(ASKED)
                || MEANT.iter().any(|word| said.starts_with(word))
                || either.contains("就是")
                || said.ends_with(['吗', '么', '嘛']));
        let instead = said.match_indices('是').map(|(at, _)| at).find(|at| !said[*at..].starts_with("是否"));
        (!meant).then(|| from..from + instead.unwrap_or(said.len()))
    };
    NOT.iter().filter_map(|sign| denial(sign)).min_by_key(|range| range.start)
}

/// Whether it says what whoever writes is: 我们是食品厂, 作为高新技术企业.
fn is_speaker(clause: &str) -> bool {
    let named = clause.split_once('是').is_some_and(|(who, _)| SPEAKER.contains(&who));
    (named || clause.starts_with("作为")) && BEING.iter().any(|end| clause.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_denied_does_not_count() {
        let counts = |text: &str, word: &str| !Heard::of(text).places(word, true).is_empty();
        for (text, counted, not) in [
            ("不是社保的问题，是公积金", "公积金", "社保"),
            ("不是社保的问题是公积金", "公积金", "社保"),
            ("并非消防问题，而是规划审批", "规划审批", "消防"),
            ("跟消防没关系，是环评没批", "环评", "消防"),
            ("社保没问题，医保报不了", "医保", "社保"),
        ] {
            assert!(counts(text, counted) && !counts(text, not), "{text}");
        }
        for (text, word) in [
            ("是不是社保可以缓缴", "社保"),
            ("又不是第一次停电了", "停电"),
            ("不是停电，就是跳闸", "停电"),
            ("不是说好有补贴的吗", "补贴"),
            ("看看社保有没有问题", "社保"),
            ("银行不是不给贷款", "贷款"),
        ] {
            assert!(counts(text, word), "{text}");
        }
    }

    #[test]
    fn a_word_is_none_that_is_made_of_two_others() {
        let counts = |text: &str, word: &str| !Heard::of(text).places(word, true).is_empty();
        for (text, word) in [
            ("使用工具的时候", "用工"),
            ("没水平的人", "没水"),
            ("加上规定时间", "上规"),
            ("audio 设备", "odi"),
            ("其中标准很多", "中标"),
        ] {
            assert!(!counts(text, word), "{text}: {word}");
        }
        for (text, word) in [
            ("办理用工登记", "用工"),
            ("路灯不亮", "路灯"),
            ("停车位太少", "停车"),
            ("食堂许可证到期", "食堂许可"),
            ("做ODI备案", "odi"),
        ] {
            assert!(counts(text, word), "{text}: {word}");
        }
    }

    #[test]
    fn parts_of_a_word_stand_in_one_part_of_a_sentence_in_any_order() {
        let counts = |text: &str, word: &str| !Heard::of(text).places(word, true).is_empty();
        for (text, word) in [
            ("他们把水给停了", "水+停"),
            ("停了三天的水", "水+停"),
            ("下午电不够用", "电+不够"),
            ("欠我们三十万的货款", "欠+货款"),
        ] {
            assert!(counts(text, word), "{text}: {word}");
        }
        for (text, word) in [
            ("水果停售了", "水+停"),
            ("水有了，车停在哪里", "水+停"),
            ("电脑不够用", "电+不够"),
            ("不是水停了，是电停了", "水+停"),
            ("货款", "货+货款"),
        ] {
            assert!(!counts(text, word), "{text}: {word}");
        }
        assert!(counts("不是水停了，是电停了", "电+停"), "what it is instead");
    }

    #[test]
    fn what_the_speaker_is_counts_only_when_asked_for() {
        for text in ["我们是食品厂，招不到人", "作为食品企业，招工难"] {
            let heard = Heard::of(text);
            assert!(heard.has_speaker(), "{text}");
            assert_eq!((heard.places("食品", false).len(), heard.places("食品", true).len()), (0, 1), "{text}");
        }
        assert!(!Heard::of("我们是想问食品许可怎么办").has_speaker());
    }
}
