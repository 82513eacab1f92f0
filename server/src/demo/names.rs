//! Invented names of the region's industries. No real enterprise bears them on purpose.

use super::Dice;

/// Area, town, industry, what the name ends with.
pub const TRADES: &[(i32, &str, &str, &str)] = &[
    (330_502, "织里镇", "童装制造", "童装有限公司"),
    (330_502, "织里镇", "纺织面料", "纺织有限公司"),
    (330_502, "埭溪镇", "美妆制造", "化妆品有限公司"),
    (330_502, "八里店镇", "物流装备", "物流装备有限公司"),
    (330_503, "南浔镇", "木地板制造", "木业有限公司"),
    (330_503, "练市镇", "电磁线制造", "电磁科技有限公司"),
    (330_503, "双林镇", "智能装备", "机械有限公司"),
    (330_503, "和孚镇", "电梯制造", "电梯有限公司"),
    (330_521, "武康街道", "生物医药", "生物医药有限公司"),
    (330_521, "新市镇", "绿色家居", "家居有限公司"),
    (330_521, "莫干山镇", "民宿旅游", "文旅有限公司"),
    (330_521, "雷甸镇", "通用航空配套", "航空科技有限公司"),
    (330_522, "雉城街道", "蓄电池制造", "电源有限公司"),
    (330_522, "煤山镇", "耐火材料", "新材料有限公司"),
    (330_522, "和平镇", "纺织印染", "织造有限公司"),
    (330_522, "水口乡", "茶叶加工", "茶业有限公司"),
    (330_523, "递铺街道", "椅业制造", "椅业有限公司"),
    (330_523, "孝丰镇", "竹制品制造", "竹业有限公司"),
    (330_523, "天子湖镇", "家具制造", "家具有限公司"),
    (330_523, "梅溪镇", "医疗器械", "医疗科技有限公司"),
    (330_591, "杨渚塘路", "新能源汽车配套", "汽车部件有限公司"),
    (330_591, "康山街道", "半导体及光电", "光电科技有限公司"),
    (330_591, "龙溪街道", "数字经济", "数字科技有限公司"),
];

const FIRST: &[&str] = &[
    "织", "溪", "澜", "禾", "岚", "沐", "晟", "恒", "泽", "云", "苕", "霅", "菱", "芦", "竹", "桑", "湖", "晴", "润", "朗", "颐",
    "拓", "衡", "煦",
];
const SECOND: &[&str] = &[
    "梦", "源", "庭", "语", "歌", "丰", "远", "诺", "帆", "舟", "麦", "棠", "禾", "川", "川月", "语林", "之光", "新", "达", "成",
    "美", "和", "安", "启",
];

/// Surnames, followed by a trade's title instead of a given name: nobody is meant.
const SURNAMES: &[&str] = &["沈", "钱", "费", "潘", "陆", "闵", "凌", "严", "朱", "姚", "俞", "章", "嵇", "慎", "莫", "温"];
const TITLES: &[&str] = &["厂长", "经理", "主任", "会计", "老板", "主管"];

/// The name of the `index`-th enterprise of a trade.
pub fn enterprise(index: usize, ending: &str) -> String {
    let first = FIRST[index % FIRST.len()];
    let second = SECOND[(index / FIRST.len()) % SECOND.len()];
    let round = index / (FIRST.len() * SECOND.len());
    // More than 576 need a third mark.
    let third = if round == 0 { String::new() } else { format!("{}号", round + 1) };
    format!("湖州{first}{second}{third}{ending}")
}

/// Somebody of an enterprise.
pub fn person(dice: &mut Dice) -> String {
    format!("{}{}", dice.pick(SURNAMES), dice.pick(TITLES))
}

/// Somebody of the staff.
pub fn staff(index: usize) -> String {
    format!("{}{}", SURNAMES[index % SURNAMES.len()], ["同志", "专员"][index / SURNAMES.len() % 2])
}
