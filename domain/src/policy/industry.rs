//! Sections (门类) and divisions (大类) of GB/T 4754-2017 (国民经济行业分类, with its first amendment of 2019): the names of industries' codes.

/// The sections in their order, and the divisions of each, which are numbered through from 01.
const SECTIONS: [(&str, &[&str]); 20] = [
    ("农、林、牧、渔业", &["农业", "林业", "畜牧业", "渔业", "农、林、牧、渔专业及辅助性活动"]),
    (
        "采矿业",
        &[
            "煤炭开采和洗选业",
            "石油和天然气开采业",
            "黑色金属矿采选业",
            "有色金属矿采选业",
            "非金属矿采选业",
            "开采专业及辅助性活动",
            "其他采矿业",
        ],
    ),
    (
        "制造业",
        &[
            "农副食品加工业",
            "食品制造业",
            "酒、饮料和精制茶制造业",
            "烟草制品业",
            "纺织业",
            "纺织服装、服饰业",
            "皮革、毛皮、羽毛及其制品和制鞋业",
            "木材加工和木、竹、藤、棕、草制品业",
            "家具制造业",
            "造纸和纸制品业",
            "印刷和记录媒介复制业",
            "文教、工美、体育和娱乐用品制造业",
            "石油、煤炭及其他燃料加工业",
            "化学原料和化学制品制造业",
            "医药制造业",
            "化学纤维制造业",
            "橡胶和塑料制品业",
            "非金属矿物制品业",
            "黑色金属冶炼和压延加工业",
            "有色金属冶炼和压延加工业",
            "金属制品业",
            "通用设备制造业",
            "专用设备制造业",
            "汽车制造业",
            "铁路、船舶、航空航天和其他运输设备制造业",
            "电气机械和器材制造业",
            "计算机、通信和其他电子设备制造业",
            "仪器仪表制造业",
            "其他制造业",
            "废弃资源综合利用业",
            "金属制品、机械和设备修理业",
        ],
    ),
    ("电力、热力、燃气及水生产和供应业", &["电力、热力生产和供应业", "燃气生产和供应业", "水的生产和供应业"]),
    ("建筑业", &["房屋建筑业", "土木工程建筑业", "建筑安装业", "建筑装饰、装修和其他建筑业"]),
    ("批发和零售业", &["批发业", "零售业"]),
    (
        "交通运输、仓储和邮政业",
        &[
            "铁路运输业",
            "道路运输业",
            "水上运输业",
            "航空运输业",
            "管道运输业",
            "多式联运和运输代理业",
            "装卸搬运和仓储业",
            "邮政业",
        ],
    ),
    ("住宿和餐饮业", &["住宿业", "餐饮业"]),
    ("信息传输、软件和信息技术服务业", &["电信、广播电视和卫星传输服务", "互联网和相关服务", "软件和信息技术服务业"]),
    ("金融业", &["货币金融服务", "资本市场服务", "保险业", "其他金融业"]),
    ("房地产业", &["房地产业"]),
    ("租赁和商务服务业", &["租赁业", "商务服务业"]),
    ("科学研究和技术服务业", &["研究和试验发展", "专业技术服务业", "科技推广和应用服务业"]),
    ("水利、环境和公共设施管理业", &["水利管理业", "生态保护和环境治理业", "公共设施管理业", "土地管理业"]),
    ("居民服务、修理和其他服务业", &["居民服务业", "机动车、电子产品和日用产品修理业", "其他服务业"]),
    ("教育", &["教育"]),
    ("卫生和社会工作", &["卫生", "社会工作"]),
    ("文化、体育和娱乐业", &["新闻和出版业", "广播、电视、电影和录音制作业", "文化艺术业", "体育", "娱乐业"]),
    (
        "公共管理、社会保障和社会组织",
        &[
            "中国共产党机关",
            "国家机构",
            "人民政协、民主党派",
            "社会保障",
            "群众团体、社会团体和其他成员组织",
            "基层群众自治组织及其他组织",
        ],
    ),
    ("国际组织", &["国际组织"]),
];

/// The name of a code by its section and division, e.g. `C`, `C38` and `C3811`; of one whose division is in another section, or none, the section's.
pub fn name(code: &str) -> Option<&'static str> {
    let letter = code.bytes().next().filter(u8::is_ascii_uppercase)?;
    let at = usize::from(letter - b'A');
    let (section, divisions) = SECTIONS.get(at)?;
    let before: usize = SECTIONS[..at].iter().map(|(_, divisions)| divisions.len()).sum();
    let number = code.get(1..3).and_then(|digits| digits.parse::<usize>().ok());
    let division = number.and_then(|number| number.checked_sub(before + 1)).and_then(|at| divisions.get(at));
    Some(division.unwrap_or(section))
}

/// Every section, each followed by its divisions: code, and name.
pub fn all() -> impl Iterator<Item = (String, &'static str)> {
    let mut number = 0;
    ('A'..).zip(SECTIONS).flat_map(move |(letter, (section, divisions))| {
        let first = number + 1;
        number += divisions.len();
        let divisions = (first..).zip(divisions).map(move |(number, name)| (format!("{letter}{number:02}"), *name));
        std::iter::once((letter.to_string(), section)).chain(divisions)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn ninety_seven_divisions_in_twenty_sections() {
        let codes: Vec<(String, &str)> = all().collect();
        assert_eq!(codes.len(), 20 + 97);
        for (code, its_name) in &codes {
            assert_eq!(name(code), Some(*its_name), "{code}");
        }
        // One of each section as the standard numbers it: the places would move with one division too many or too few.
        for (code, its_name) in [
            ("A05", "农、林、牧、渔专业及辅助性活动"),
            ("B12", "其他采矿业"),
            ("C13", "农副食品加工业"),
            ("C26", "化学原料和化学制品制造业"),
            ("C3811", "电气机械和器材制造业"),
            ("C43", "金属制品、机械和设备修理业"),
            ("D46", "水的生产和供应业"),
            ("E47", "房屋建筑业"),
            ("F5211", "零售业"),
            ("G60", "邮政业"),
            ("H62", "餐饮业"),
            ("I65", "软件和信息技术服务业"),
            ("J69", "其他金融业"),
            ("K70", "房地产业"),
            ("L72", "商务服务业"),
            ("M75", "科技推广和应用服务业"),
            ("N79", "土地管理业"),
            ("O82", "其他服务业"),
            ("P83", "教育"),
            ("Q85", "社会工作"),
            ("R90", "娱乐业"),
            ("S96", "基层群众自治组织及其他组织"),
            ("T97", "国际组织"),
        ] {
            assert_eq!(name(code), Some(its_name), "{code}");
        }
    }

    #[test]
    fn what_is_no_division_is_its_section_and_what_is_no_section_nothing() {
        for code in ["C", "C1", "C51", "C99", "Cx"] {
            assert_eq!(name(code), Some("制造业"), "{code}");
        }
        for code in ["", "38", "Z", "c38", "，"] {
            assert_eq!(name(code), None, "{code}");
        }
    }
}
