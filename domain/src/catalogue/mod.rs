//! The catalogue of what enterprises raise (涉企服务事项分类, S-4, S-18): boards, categories, departments, and a suggestion from
//! the owner's own words.

mod data;

pub use data::{BOARDS, Board, CATEGORIES, Category, DEPARTMENTS, Department};

use serde::{Deserialize, Serialize};

pub fn category(code: &str) -> Option<&'static Category> {
    CATEGORIES.iter().find(|category| category.code == code)
}

pub fn board(code: &str) -> Option<&'static Board> {
    BOARDS.iter().find(|board| board.code == code)
}

/// The name of a category, or the code where it is not known any more.
pub fn category_name(code: &str) -> &str {
    category(code).map_or(code, |category| category.name)
}

/// The department code a category is dispatched to: its own when that is on site, else the board's lead (S-4).
pub fn route(category: &Category) -> &'static str {
    let own = DEPARTMENTS.iter().find(|department| department.code == category.department);
    match own {
        Some(department) if department.on_site => department.code,
        _ => board(category.board).map_or(category.department, |board| board.lead),
    }
}

/// A category that fits a text.
#[derive(Debug, Clone)]
pub struct Suggestion {
    pub category: &'static Category,
    /// Weight of the words found.
    pub score: usize,
    /// The words found.
    pub matched: Vec<&'static str>,
}

/// A suggestion as it travels to the browser, which has no catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hint {
    /// Category's code.
    pub code: String,
    /// Category's name.
    pub name: String,
    /// Board's name.
    pub board: String,
}

impl From<&Suggestion> for Hint {
    fn from(suggestion: &Suggestion) -> Hint {
        let Category { code, name, board: of, .. } = suggestion.category;
        let board = board(of).map_or("", |board| board.name);
        Hint { code: (*code).to_owned(), name: (*name).to_owned(), board: board.to_owned() }
    }
}

/// Up to three categories whose words occur in the text, the best first; ties in the catalogue's order.
pub fn suggest(text: &str) -> Vec<Suggestion> {
    let text = crate::text::half_width(text).to_lowercase();
    let mut found: Vec<Suggestion> = CATEGORIES
        .iter()
        .filter_map(|category| {
            let matched: Vec<&'static str> = category.keywords.iter().copied().filter(|word| text.contains(*word)).collect();
            // A word of three characters says more than three words of one: weight by the square of the length.
            let score = matched.iter().map(|word| word.chars().count().pow(2)).sum();
            (score > 0).then_some(Suggestion { category, score, matched })
        })
        .collect();
    found.sort_by_key(|suggestion| std::cmp::Reverse(suggestion.score));
    found.truncate(3);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn codes_are_unique_and_refer_to_each_other() {
        let codes: HashSet<_> = CATEGORIES.iter().map(|c| c.code).collect();
        assert_eq!(codes.len(), CATEGORIES.len());
        let departments: HashSet<_> = DEPARTMENTS.iter().map(|d| d.code).collect();
        assert_eq!(departments.len(), DEPARTMENTS.len());
        for category in CATEGORIES {
            assert!(board(category.board).is_some(), "{}", category.code);
            assert!(departments.contains(category.department), "{}", category.code);
            assert!(departments.contains(route(category)), "{}", category.code);
        }
        for board in BOARDS {
            let lead = DEPARTMENTS.iter().find(|d| d.code == board.lead).expect("the lead exists");
            assert!(lead.on_site, "{}: a lead that stands in for others is on site", board.code);
        }
    }

    #[test]
    fn what_owners_write_is_recognised() {
        for (text, code) in [
            ("织里童装厂想增加用电容量，申请增容一直没批下来", "power"),
            ("厂房旁边道路积水，一下雨货车进不来", "drainage"),
            ("我们出口退税办了两个月还没到账", "export_rebate"),
            ("竹制品厂招不到熟练工人，能不能帮忙招工", "recruit"),
            ("想申请技术改造设备补贴，不知道要什么材料", "tech_upgrade"),
            ("银行贷款到期，想续贷，周转困难", "loan"),
            ("员工孩子上学没有学位", "talent_school"),
            ("园区公交车班次太少，员工上下班不方便", "transport"),
            ("甲方拖欠货款一年多，一直不付", "arrears"),
            ("环评审批到哪一步了", "eia"),
            ("消防验收没通过，怎么整改", "fire"),
            ("商标被同行仿冒，想维权", "ip"),
            ("海关查验时间太长，货柜压在港口", "customs"),
            ("新项目用地指标什么时候能批", "land"),
            ("厂区自来水压力不够", "water"),
            ("工伤认定需要多久", "labour"),
            ("高新技术企业认定材料怎么准备", "high_tech"),
            ("天然气价格太高，能不能降一点", "gas"),
            ("施工许可证办理卡住了", "construction_permit"),
            ("营业执照变更法人怎么办", "registration"),
            ("公司想做数字化改造，有没有补助", "digital_upgrade"),
            ("污水纳管问题，排水口不够用", "sewage"),
            ("外国员工工作签证怎么办", "foreign_talent"),
            ("稳岗返还什么时候发", "job_subsidy"),
            ("发票额度不够，申请提高", "invoice"),
            ("电动车棚充电桩想在厂区安装", "charging"),
            ("厂门口的路灯坏了，晚上很黑", "street"),
        ] {
            let found: Vec<_> = suggest(text).iter().map(|s| s.category.code).collect();
            assert!(found.contains(&code), "{text}: {found:?}");
        }
        assert!(suggest("你好").is_empty());
    }

    #[test]
    fn a_hint_says_all_that_a_choice_shows() {
        let found = suggest("厂房旁边道路积水");
        let hint = Hint::from(&found[0]);
        let category = found[0].category;
        assert_eq!((hint.code.as_str(), hint.name.as_str()), (category.code, category.name));
        assert_eq!(hint.board, board(category.board).expect("a board").name);
    }
}
