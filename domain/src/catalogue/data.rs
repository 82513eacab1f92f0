//! The starting set: what a city's catalogue holds before its administrator changes anything. Boards and departments are the city's as its
//! paper and its reports name them; which department a category goes to, and the words, are *(assumed)* from cities' public service lists.

use super::{Board, Catalogue, Category};
use crate::issue::Level::{self, Complex, Ordinary, Simple};
use crate::issue::Urgency;
use time::{OffsetDateTime, macros::datetime};

/// A municipal department (部门) of the starting set.
#[derive(Debug, Clone, Copy)]
pub struct Department {
    pub code: &'static str,
    pub name: &'static str,
    /// Whether it has people in the centre; without, the board's lead accepts for it (S-4).
    pub on_site: bool,
}

/// In force before the first issue.
const FROM: OffsetDateTime = datetime!(2020-01-01 00:00 +8);

/// 服务板块: code, name, code of the lead department. 9+1, as the city has them.
const BOARDS: &[(&str, &str, &str)] = &[
    ("project", "项目", "fagai"),
    ("policy", "政策", "jingxin"),
    ("finance", "金融", "jinrong"),
    ("talent", "人才", "renshe"),
    ("law", "法治", "sifa"),
    ("tech", "科创", "keji"),
    ("open", "开放", "shangwu"),
    ("registration", "商事登记", "shijian"),
    ("ip", "知识产权", "shijian"),
    ("general", "兜底", "zhengwu"),
];

/// Boards of before: older issues and policies name them, nothing new may.
const FORMER: &[(&str, &str, &str)] = &[
    ("factor", "要素保障", "jingxin"),
    ("digital", "数字化", "shuju"),
    ("tax", "税务", "shuiwu"),
    ("trade", "外贸", "shangwu"),
    ("environment", "环保安全", "huanbao"),
    ("city", "周边配套", "jianshe"),
];

const fn department(code: &'static str, name: &'static str, on_site: bool) -> Department {
    Department { code, name, on_site }
}

/// Departments that take part, with the utilities and the offices of higher levels that handle too.
pub const DEPARTMENTS: &[Department] = &[
    department("fagai", "市发展改革委", true),
    department("jingxin", "市经信局", true),
    department("jiaoyu", "市教育局", false),
    department("keji", "市科技局", true),
    department("gongan", "市公安局", false),
    department("minzheng", "市民政局", false),
    department("sifa", "市司法局", true),
    department("caizheng", "市财政局", false),
    department("renshe", "市人力社保局", true),
    department("zigui", "市自然资源和规划局", true),
    department("huanbao", "市生态环境局", true),
    department("jianshe", "市建设局", true),
    department("jiaotong", "市交通运输局", false),
    department("shuili", "市水利局", false),
    department("nongye", "市农业农村局", false),
    department("shangwu", "市商务局", true),
    department("wenlv", "市文化广电旅游局", false),
    department("weijian", "市卫生健康委", false),
    department("yingji", "市应急管理局", true),
    department("shijian", "市市场监管局", true),
    department("jinrong", "市府办（金融口）", true),
    department("shuju", "市数据局", true),
    department("zhengwu", "市政务办", true),
    department("toucu", "市投资促进局", false),
    department("zhifa", "市综合执法局", false),
    department("yibao", "市医保局", false),
    department("shuiwu", "市税务局", true),
    department("haiguan", "湖州海关", false),
    department("xiaofang", "市消防救援支队", false),
    department("renhang", "人民银行湖州市分行", false),
    department("dianli", "国网湖州供电公司", true),
    department("gongshui", "市水务集团", false),
    department("ranqi", "市燃气集团", false),
    department("zonggonghui", "市总工会", false),
    department("jijian", "市纪委市监委", false),
    department("zuzhi", "市委组织部", false),
    department("xuanchuan", "市委宣传部", false),
    department("fayuan", "市法院", false),
    department("jianchayuan", "市检察院", false),
    department("gongshanglian", "市工商联", false),
    department("tuiyi", "市退役军人事务局", false),
    department("tongji", "市统计局", false),
    department("waishi", "市外事办", false),
    department("canlian", "市残联", false),
    department("gongjijin", "市住房公积金中心", false),
    department("jinjian", "湖州金融监管分局", false),
    department("tongxin", "市通信发展办", false),
    department("youzheng", "市邮政管理局", false),
    department("qixiang", "市气象局", false),
    department("tongzhan", "市委统战部", false),
    department("zhengfa", "市委政法委", false),
    department("bianban", "市委编办", false),
    department("shenji", "市审计局", false),
];

/// Code, board, name, the department whose business it is, usual difficulty.
type Line = (&'static str, &'static str, &'static str, &'static str, Level);

/// Words that point to a category, a line each: `code: word word …`. Words that say what somebody is, or where, rather than what is wrong
/// (外贸企业, 宿舍楼), do more harm than good here: the trouble is in the rest of the sentence.
const WORDS: &str = include_str!("words.txt");

/// Categories, in the order they are listed.
// One line a category: it is read as a table.
#[rustfmt::skip]
const CATEGORIES: &[Line] = &[
    // 项目
    ("power", "project", "用电报装与增容", "dianli", Ordinary),
    ("power_cut", "project", "停电与电压", "dianli", Ordinary),
    ("power_price", "project", "电价与电费", "dianli", Simple),
    ("charging", "project", "充电设施", "dianli", Simple),
    ("water", "project", "用水报装与水压", "gongshui", Simple),
    ("gas", "project", "用气与气价", "ranqi", Simple),
    ("heat", "project", "集中供热与蒸汽", "ranqi", Ordinary),
    ("network", "project", "网络与通信", "tongxin", Simple),
    ("land", "project", "用地与供地", "zigui", Complex),
    ("factory_space", "project", "厂房与园区载体", "jingxin", Ordinary),
    ("real_estate", "project", "不动产登记", "zigui", Ordinary),
    ("planning", "project", "规划许可", "zigui", Ordinary),
    ("demolition", "project", "征迁与腾退", "zigui", Complex),
    ("project_approval", "project", "项目立项与备案", "fagai", Ordinary),
    ("energy", "project", "用能与能耗指标", "fagai", Complex),
    ("solar", "project", "光伏与储能", "fagai", Ordinary),
    ("construction_permit", "project", "施工许可", "jianshe", Ordinary),
    ("completion", "project", "竣工验收与备案", "jianshe", Ordinary),
    ("building_quality", "project", "工程质量与安全", "jianshe", Ordinary),
    ("bidding", "project", "公平竞争与市场准入", "shijian", Complex),
    ("tender", "project", "招标投标", "fagai", Complex),
    ("eia", "project", "环评与排污许可", "huanbao", Ordinary),
    ("sewage", "project", "污水与纳管", "huanbao", Ordinary),
    ("waste", "project", "固废与危废处置", "huanbao", Ordinary),
    ("emission", "project", "废气与环保整治", "huanbao", Ordinary),
    ("soil_water", "project", "水土保持与取水", "shuili", Ordinary),
    ("safety", "project", "安全生产", "yingji", Ordinary),
    ("fire", "project", "消防检查与安全", "xiaofang", Ordinary),
    ("fire_acceptance", "project", "消防验收", "jianshe", Ordinary),
    ("special_equipment", "project", "特种设备", "shijian", Ordinary),
    ("logistics", "project", "物流与运输", "jiaotong", Ordinary),
    ("truck_pass", "project", "货车通行证", "gongan", Simple),
    ("lightning", "project", "防雷检测", "qixiang", Simple),
    ("archaeology", "project", "考古与文物", "wenlv", Complex),
    ("forest", "project", "林地与采伐", "zigui", Ordinary),
    // 政策
    ("subsidy", "policy", "奖补资金兑现", "caizheng", Ordinary),
    ("policy_question", "policy", "政策咨询与申报", "fagai", Simple),
    ("tech_upgrade", "policy", "技术改造补助", "jingxin", Ordinary),
    ("specialised", "policy", "专精特新与梯度培育", "jingxin", Ordinary),
    ("digital_upgrade", "policy", "数字化改造", "jingxin", Ordinary),
    ("scale_up", "policy", "小升规与上规入统", "jingxin", Ordinary),
    ("stat", "policy", "统计与报表", "tongji", Simple),
    ("performance_review", "policy", "亩均评价", "jingxin", Ordinary),
    ("green_factory", "policy", "绿色制造", "jingxin", Ordinary),
    ("service_industry", "policy", "服务业与现代物流扶持", "fagai", Ordinary),
    ("tax_policy", "policy", "税收优惠与申报", "shuiwu", Simple),
    ("invoice", "policy", "发票", "shuiwu", Simple),
    ("tax_refund", "policy", "留抵退税与多缴退税", "shuiwu", Ordinary),
    ("fee", "policy", "涉企收费", "shijian", Ordinary),
    ("procurement", "policy", "政府采购付款与支持中小企业", "caizheng", Ordinary),
    // 金融
    ("loan", "finance", "贷款与续贷", "jinrong", Ordinary),
    ("bank_service", "finance", "银行服务与收费", "jinjian", Ordinary),
    ("guarantee", "finance", "融资担保", "jinrong", Ordinary),
    ("mortgage", "finance", "抵押与质押登记", "zigui", Simple),
    ("insurance", "finance", "保险与理赔", "jinjian", Ordinary),
    ("listing", "finance", "上市与股改", "jinrong", Complex),
    ("equity", "finance", "股权融资与基金", "jinrong", Complex),
    ("pawn", "finance", "非法集资与类金融", "jinrong", Ordinary),
    ("foreign_exchange", "finance", "外汇与跨境结算", "renhang", Ordinary),
    ("account", "finance", "账户开立与冻结", "renhang", Ordinary),
    ("credit_report", "finance", "征信", "renhang", Ordinary),
    // 人才
    ("recruit", "talent", "招工与用工", "renshe", Ordinary),
    ("training", "talent", "技能培训与等级认定", "renshe", Ordinary),
    ("labour", "talent", "劳动关系与仲裁", "renshe", Ordinary),
    ("work_injury", "talent", "工伤", "renshe", Ordinary),
    ("social_insurance", "talent", "社会保险", "renshe", Simple),
    ("medical_insurance", "talent", "医疗保险", "yibao", Simple),
    ("housing_fund", "talent", "住房公积金", "gongjijin", Simple),
    ("job_subsidy", "talent", "稳岗与就业补贴", "renshe", Simple),
    ("talent_title", "talent", "人才认定", "zuzhi", Ordinary),
    ("talent_grade", "talent", "职称评审", "renshe", Ordinary),
    ("talent_subsidy", "talent", "人才补贴", "renshe", Ordinary),
    ("talent_house", "talent", "人才住房", "jianshe", Ordinary),
    ("talent_school", "talent", "子女入学", "jiaoyu", Ordinary),
    ("talent_health", "talent", "医疗与体检", "weijian", Ordinary),
    ("household", "talent", "落户与居住证", "gongan", Simple),
    ("foreign_talent", "talent", "外籍人员工作与居留", "gongan", Ordinary),
    ("migrant_children", "talent", "随迁子女与托育", "weijian", Ordinary),
    ("union", "talent", "工会与职工权益", "zonggonghui", Simple),
    ("disabled", "talent", "残疾人就业", "canlian", Simple),
    // 法治
    ("arrears", "law", "拖欠账款", "jingxin", Complex),
    ("contract", "law", "合同纠纷与法律咨询", "sifa", Ordinary),
    ("lawsuit", "law", "诉讼与执行", "fayuan", Complex),
    ("prosecution", "law", "检察监督", "jianchayuan", Complex),
    ("inspection", "law", "行政检查", "sifa", Ordinary),
    ("penalty", "law", "行政处罚与复议", "sifa", Ordinary),
    ("enforcement", "law", "城市管理执法", "zhifa", Ordinary),
    ("crime", "law", "涉企案件与诈骗", "gongan", Complex),
    ("order", "law", "周边治安与秩序", "gongan", Ordinary),
    ("property", "law", "物业与业委会", "jianshe", Ordinary),
    ("credit_repair", "law", "信用修复", "fagai", Simple),
    ("unfair", "law", "垄断与不正当竞争", "shijian", Complex),
    ("bankruptcy", "law", "破产与重整", "fayuan", Complex),
    ("trade_secret", "law", "商业秘密", "shijian", Ordinary),
    ("conduct", "law", "作风与廉洁", "jijian", Complex),
    // 科创
    ("high_tech", "tech", "高新技术企业认定", "keji", Ordinary),
    ("sci_sme", "tech", "科技型中小企业", "keji", Simple),
    ("research", "tech", "研发项目", "keji", Complex),
    ("lab", "tech", "研发机构与平台", "keji", Complex),
    ("cooperation", "tech", "产学研与成果转化", "keji", Ordinary),
    ("voucher", "tech", "创新券与共享仪器", "keji", Simple),
    ("incubator", "tech", "孵化器与众创空间", "keji", Ordinary),
    ("data", "tech", "数据与系统平台", "shuju", Ordinary),
    ("ai", "tech", "人工智能与算力", "shuju", Complex),
    ("standard", "tech", "标准制修订", "shijian", Ordinary),
    ("quality", "tech", "质量与检测", "shijian", Ordinary),
    ("certification", "tech", "质量认证", "shijian", Ordinary),
    // 开放
    ("customs", "open", "通关与查验", "haiguan", Ordinary),
    ("origin", "open", "原产地证", "haiguan", Simple),
    ("export_rebate", "open", "出口退税", "shuiwu", Simple),
    ("market", "open", "开拓市场与展会", "shangwu", Ordinary),
    ("cross_border", "open", "跨境电商", "shangwu", Ordinary),
    ("ecommerce", "open", "电商与直播", "shangwu", Ordinary),
    ("trade_friction", "open", "关税与贸易摩擦", "shangwu", Complex),
    ("export_insurance", "open", "出口信用保险", "shangwu", Ordinary),
    ("export_licence", "open", "进出口资质与许可", "shangwu", Ordinary),
    ("outbound", "open", "境外投资", "shangwu", Complex),
    ("foreign_invest", "open", "外商投资", "shangwu", Ordinary),
    ("bid_visit", "open", "投资与合作对接", "toucu", Ordinary),
    ("travel", "open", "因公出入境与apec卡", "waishi", Simple),
    // 商事登记
    ("registration", "registration", "登记注册与变更", "shijian", Simple),
    ("deregistration", "registration", "注销", "shijian", Simple),
    ("name", "registration", "企业名称", "shijian", Simple),
    ("annual_report", "registration", "年报与异常名录", "shijian", Simple),
    ("food_permit", "registration", "食品许可", "shijian", Ordinary),
    ("drug_device", "registration", "药品与医疗器械", "shijian", Ordinary),
    ("industrial_permit", "registration", "生产许可", "shijian", Ordinary),
    ("seal", "registration", "公章刻制", "gongan", Simple),
    ("hygiene", "registration", "卫生许可", "weijian", Ordinary),
    ("transport_permit", "registration", "道路运输许可", "jiaotong", Ordinary),
    ("hr_permit", "registration", "人力资源与劳务派遣许可", "renshe", Ordinary),
    ("training_permit", "registration", "办学与培训机构许可", "jiaoyu", Ordinary),
    ("publication", "registration", "印刷与出版许可", "xuanchuan", Ordinary),
    ("advertising", "registration", "广告与网络经营监管", "shijian", Ordinary),
    ("one_thing", "registration", "企业开办一件事", "zhengwu", Simple),
    // 知识产权
    ("ip", "ip", "商标", "shijian", Ordinary),
    ("patent", "ip", "专利", "shijian", Ordinary),
    ("infringement", "ip", "知识产权维权", "shijian", Ordinary),
    ("ip_pledge", "ip", "知识产权质押", "shijian", Ordinary),
    ("copyright", "ip", "著作权", "xuanchuan", Simple),
    // 兜底
    ("drainage", "general", "道路积水与排水", "jianshe", Ordinary),
    ("street", "general", "路灯与市政设施", "jianshe", Simple),
    ("traffic", "general", "交通秩序与信号", "gongan", Simple),
    ("road", "general", "道路破损与修建", "jiaotong", Ordinary),
    ("parking", "general", "停车", "zhifa", Simple),
    ("transport", "general", "公交与通勤", "jiaotong", Ordinary),
    ("garbage", "general", "垃圾清运与环境卫生", "zhifa", Simple),
    ("noise", "general", "噪音扰民", "huanbao", Ordinary),
    ("canteen", "general", "生活配套", "jianshe", Ordinary),
    ("express", "general", "快递与邮政", "youzheng", Simple),
    ("agriculture", "general", "涉农事项", "nongye", Ordinary),
    ("water_works", "general", "水利与防汛", "shuili", Ordinary),
    ("tourism", "general", "文旅与民宿", "wenlv", Ordinary),
    ("veterans", "general", "退役军人与双拥", "tuiyi", Simple),
    ("charity", "general", "养老与慈善", "minzheng", Ordinary),
    ("chamber", "general", "商会与民营企业服务", "gongshanglian", Simple),
    ("praise", "general", "意见与建议", "zhengwu", Simple),
    ("other", "general", "其他问题", "zhengwu", Ordinary),
];

impl Catalogue {
    /// The starting set.
    pub fn built_in() -> Catalogue {
        let board = |(position, (active, (code, name, lead))): (usize, (bool, &(&str, &str, &str)))| Board {
            code: (*code).to_owned(),
            name: (*name).to_owned(),
            lead: (*lead).to_owned(),
            position: place(position),
            active,
        };
        let boards = BOARDS.iter().map(|line| (true, line)).chain(FORMER.iter().map(|line| (false, line)));
        let category = |(position, (code, board, name, department, level)): (usize, &Line)| Category {
            code: (*code).to_owned(),
            board: (*board).to_owned(),
            name: (*name).to_owned(),
            department: (*department).to_owned(),
            level: *level,
            urgency: Urgency::Normal,
            words: words_of(code).map(str::to_owned).collect(),
            position: place(position),
            active: true,
        };
        Catalogue::new(
            boards.enumerate().map(|line| (FROM, board(line))).collect(),
            CATEGORIES.iter().enumerate().map(|line| (FROM, category(line))).collect(),
            Vec::new(),
        )
    }
}

/// What points to a category of the starting set.
fn words_of(code: &str) -> impl Iterator<Item = &'static str> {
    let line = WORDS.lines().find_map(|line| line.strip_prefix(code).and_then(|rest| rest.strip_prefix(": ")));
    line.unwrap_or_default().split(' ').filter(|word| !word.is_empty())
}

/// Ten apart, so that a new line fits between two.
fn place(position: usize) -> i32 {
    i32::try_from(position + 1).unwrap_or(i32::MAX / 10) * 10
}
