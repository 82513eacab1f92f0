//! The catalogue itself. Departments are the working departments of a Chinese prefecture-level city.

use crate::issue::Level::{self, Complex, Ordinary, Simple};

/// 服务板块 with its lead department (S-4).
#[derive(Debug, Clone, Copy)]
pub struct Board {
    pub code: &'static str,
    pub name: &'static str,
    /// Code of the lead department, which stands in for departments without people on site.
    pub lead: &'static str,
}

/// A kind of problem, in the owner's words.
#[derive(Debug, Clone, Copy)]
pub struct Category {
    /// Stable code, stored in issues.
    pub code: &'static str,
    /// Board code.
    pub board: &'static str,
    pub name: &'static str,
    /// Code of the department it usually goes to.
    pub department: &'static str,
    /// Usual difficulty.
    pub level: Level,
    /// Words that point to it; a longer one weighs more.
    pub keywords: &'static [&'static str],
}

/// A municipal department (部门).
#[derive(Debug, Clone, Copy)]
pub struct Department {
    pub code: &'static str,
    pub name: &'static str,
    /// Whether it has people in the centre; without, the board's lead accepts for it (S-4).
    pub on_site: bool,
}

const fn board(code: &'static str, name: &'static str, lead: &'static str) -> Board {
    Board { code, name, lead }
}

/// Service boards (服务板块).
pub const BOARDS: &[Board] = &[
    board("policy", "政策", "fagai"),
    board("talent", "人才用工", "renshe"),
    board("finance", "金融", "jinrong"),
    board("tech", "科技", "keji"),
    board("law", "法律维权", "sifa"),
    board("project", "项目建设", "zigui"),
    board("factor", "要素保障", "jingxin"),
    board("digital", "数字化", "shuju"),
    board("tax", "税务", "shuiwu"),
    board("trade", "外贸", "shangwu"),
    board("environment", "环保安全", "huanbao"),
    board("city", "周边配套", "jianshe"),
    board("general", "综合", "zhengwu"),
];

const fn department(code: &'static str, name: &'static str, on_site: bool) -> Department {
    Department { code, name, on_site }
}

/// Departments that take part.
pub const DEPARTMENTS: &[Department] = &[
    department("fagai", "市发改委", true),
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
    department("jiaotong", "市交通局", false),
    department("shuili", "市水利局", false),
    department("nongye", "市农业农村局", false),
    department("shangwu", "市商务局", true),
    department("wenlv", "市文广旅游局", false),
    department("weijian", "市卫生健康委", false),
    department("yingji", "市应急管理局", true),
    department("shijian", "市市场监管局", true),
    department("jinrong", "市委金融办", true),
    department("shuju", "市数据局", true),
    department("zhengwu", "市政务办", true),
    department("toucu", "市投资促进局", false),
    department("zhifa", "市综合执法局", false),
    department("yibao", "市医保局", false),
    department("shuiwu", "市税务局", true),
    department("haiguan", "湖州海关", false),
    department("xiaofang", "市消防救援支队", false),
    department("renhang", "人行湖州市分行", false),
    department("dianli", "国网湖州供电公司", true),
    department("gongshui", "市水务集团", false),
    department("ranqi", "市燃气集团", false),
    department("zonggonghui", "市总工会", false),
];

const fn category(
    code: &'static str,
    board: &'static str,
    name: &'static str,
    department: &'static str,
    level: Level,
    keywords: &'static [&'static str],
) -> Category {
    Category { code, board, name, department, level, keywords }
}

/// Categories, in the order they are listed.
// One line a category: it is read as a table.
#[rustfmt::skip]
pub const CATEGORIES: &[Category] = &[
    category("power", "factor", "用电报装与增容", "dianli", Ordinary, &["用电", "电力", "增容", "停电", "电费", "电压", "变压器", "电价", "供电"]),
    category("water", "factor", "用水报装与水压", "gongshui", Simple, &["自来水", "用水", "水压", "停水", "水费", "供水"]),
    category("gas", "factor", "用气与气价", "ranqi", Simple, &["天然气", "燃气", "用气", "气价", "供气", "蒸汽"]),
    category("land", "factor", "用地与厂房", "zigui", Complex, &["用地", "土地", "厂房租赁", "标准厂房", "供地", "用地指标", "产权证", "不动产证"]),
    category("energy", "factor", "用能与能耗指标", "fagai", Complex, &["能耗", "用能", "节能审查", "能评", "碳排放", "光伏", "绿电"]),
    category("logistics", "factor", "物流与运输", "jiaotong", Ordinary, &["物流", "货运", "货车通行", "通行证", "内河", "集装箱", "运费"]),
    category("charging", "factor", "充电设施", "dianli", Simple, &["充电桩", "充电", "换电"]),
    category("subsidy", "policy", "奖补资金兑现", "caizheng", Ordinary, &["补助", "补贴", "奖励", "兑现", "资金没到", "拨付", "到账", "奖补"]),
    category("policy_question", "policy", "政策咨询与申报", "fagai", Simple, &["政策", "申报", "条件", "材料", "符合", "扶持"]),
    category("tech_upgrade", "policy", "技术改造补助", "jingxin", Ordinary, &["技术改造", "技改", "设备补贴", "设备投资", "机器换人", "设备更新"]),
    category("specialised", "policy", "专精特新与梯度培育", "jingxin", Ordinary, &["专精特新", "小巨人", "隐形冠军", "单项冠军", "梯度培育"]),
    category("job_subsidy", "policy", "稳岗与就业补贴", "renshe", Simple, &["稳岗", "扩岗", "返还", "就业补贴", "社保补贴", "见习补贴"]),
    category("recruit", "talent", "招工与用工", "renshe", Ordinary, &["招工", "招聘", "用工", "缺人", "工人", "招不到", "劳务", "校招"]),
    category("labour", "talent", "劳动关系与工伤", "renshe", Ordinary, &["工伤", "劳动合同", "仲裁", "加班", "辞退", "劳动纠纷", "工资"]),
    category("social_insurance", "talent", "社保医保", "yibao", Simple, &["社保", "医保", "养老保险", "缴费", "公积金", "参保"]),
    category("talent_title", "talent", "人才认定与职称", "renshe", Ordinary, &["人才认定", "职称", "人才补贴", "高层次人才", "博士后", "技能等级"]),
    category("talent_house", "talent", "人才住房", "jianshe", Ordinary, &["人才公寓", "住房", "宿舍", "租房", "购房补贴", "公租房"]),
    category("talent_school", "talent", "子女入学", "jiaoyu", Ordinary, &["上学", "入学", "学位", "学校", "幼儿园", "子女", "孩子", "转学"]),
    category("foreign_talent", "talent", "外籍人员工作与居留", "gongan", Ordinary, &["签证", "外国人", "外籍", "外国员工", "居留", "工作许可"]),
    category("loan", "finance", "贷款与续贷", "jinrong", Ordinary, &["贷款", "续贷", "转贷", "融资", "周转", "利率", "抽贷", "授信", "信用贷"]),
    category("guarantee", "finance", "担保与保险", "jinrong", Ordinary, &["担保", "保函", "保险", "抵押", "质押"]),
    category("listing", "finance", "上市与股权融资", "jinrong", Complex, &["上市", "股改", "新三板", "ipo", "股权", "基金", "北交所"]),
    category("foreign_exchange", "finance", "外汇与结算", "renhang", Ordinary, &["外汇", "结汇", "汇率", "跨境人民币", "开户", "账户"]),
    category("high_tech", "tech", "高新技术企业认定", "keji", Ordinary, &["高新技术", "高企", "科技型中小企业", "科小"]),
    category("research", "tech", "研发项目与平台", "keji", Complex, &["研发", "实验室", "研究院", "揭榜挂帅", "科技项目", "产学研", "创新券", "成果转化"]),
    category("ip", "law", "知识产权", "shijian", Ordinary, &["商标", "专利", "知识产权", "仿冒", "侵权", "著作权", "地理标志"]),
    category("arrears", "law", "拖欠账款", "jingxin", Complex, &["拖欠", "欠款", "货款", "工程款", "不付款", "账款", "清欠"]),
    category("contract", "law", "合同纠纷与法律咨询", "sifa", Ordinary, &["合同", "律师", "法律", "纠纷", "诉讼", "起诉", "公证", "调解"]),
    category("inspection", "law", "行政检查与执法", "sifa", Ordinary, &["检查", "执法", "罚款", "处罚", "重复检查", "行政复议"]),
    category("unfair", "law", "公平竞争与招投标", "shijian", Complex, &["招标", "投标", "公平竞争", "垄断", "不正当竞争", "政府采购"]),
    category("credit_repair", "law", "信用修复", "fagai", Simple, &["信用修复", "失信", "信用记录", "异常名录", "黑名单"]),
    category("project_approval", "project", "项目立项与备案", "fagai", Ordinary, &["立项", "备案", "核准", "项目审批", "可研"]),
    category("construction_permit", "project", "施工许可与验收", "jianshe", Ordinary, &["施工许可", "竣工验收", "图审", "施工证", "工程质量", "人防"]),
    category("planning", "project", "规划许可", "zigui", Ordinary, &["规划", "容积率", "红线", "加层", "扩建"]),
    category("demolition", "project", "征迁与腾退", "zigui", Complex, &["拆迁", "征收", "腾退", "搬迁", "征地"]),
    category("digital_upgrade", "digital", "数字化改造", "jingxin", Ordinary, &["数字化", "智能工厂", "未来工厂", "数改", "上云", "工业互联网", "智能制造"]),
    category("data", "digital", "数据与系统平台", "shuju", Ordinary, &["数据", "系统", "平台", "登录不了", "网上办", "电子证照", "接口"]),
    category("network", "digital", "网络与通信", "shuju", Simple, &["宽带", "网络", "信号", "5g", "光纤"]),
    category("tax_policy", "tax", "税收优惠与申报", "shuiwu", Simple, &["税收", "减税", "加计扣除", "所得税", "增值税", "纳税", "报税", "税务"]),
    category("invoice", "tax", "发票", "shuiwu", Simple, &["发票", "开票", "数电票", "发票额度"]),
    category("export_rebate", "tax", "出口退税", "shuiwu", Simple, &["出口退税", "退税"]),
    category("customs", "trade", "通关与查验", "haiguan", Ordinary, &["海关", "通关", "报关", "查验", "港口", "货柜", "原产地证"]),
    category("market", "trade", "开拓市场与展会", "shangwu", Ordinary, &["展会", "参展", "订单", "销路", "海外市场", "广交会", "客户"]),
    category("cross_border", "trade", "跨境电商", "shangwu", Ordinary, &["跨境电商", "海外仓", "电商", "直播", "平台卖家"]),
    category("trade_friction", "trade", "关税与贸易摩擦", "shangwu", Complex, &["关税", "反倾销", "制裁", "贸易壁垒", "贸易摩擦"]),
    category("eia", "environment", "环评与排污许可", "huanbao", Ordinary, &["环评", "排污许可", "环保手续", "环境影响"]),
    category("sewage", "environment", "污水与固废", "huanbao", Ordinary, &["污水", "固废", "危废", "纳管", "垃圾", "废气", "边角料"]),
    category("safety", "environment", "安全生产", "yingji", Ordinary, &["安全生产", "安全评价", "危化品", "隐患", "安全标准化"]),
    category("fire", "environment", "消防", "xiaofang", Ordinary, &["消防", "消防验收", "灭火", "喷淋"]),
    category("drainage", "city", "道路积水与排水", "jianshe", Ordinary, &["积水", "排水", "内涝", "下水道", "淹"]),
    category("street", "city", "道路与路灯", "jianshe", Simple, &["路灯", "道路", "坑洼", "路面", "红绿灯", "破损", "停车位", "停车"]),
    category("transport", "city", "公交与通勤", "jiaotong", Ordinary, &["公交", "班次", "通勤", "上下班", "班车", "地铁"]),
    category("order", "city", "周边秩序与治安", "gongan", Ordinary, &["治安", "盗窃", "噪音", "占道", "流动摊贩", "秩序"]),
    category("canteen", "city", "生活配套", "jianshe", Ordinary, &["食堂", "超市", "餐饮", "配套", "医院", "快递"]),
    category("registration", "general", "登记注册与变更", "shijian", Simple, &["营业执照", "变更", "注销", "注册", "法人", "经营范围", "个转企"]),
    category("quality", "general", "标准、质量与检测", "shijian", Ordinary, &["标准", "检测", "认证", "计量", "质检", "食品许可", "特种设备"]),
    category("bid_visit", "general", "投资与合作对接", "toucu", Ordinary, &["招商", "投资", "合作", "对接", "上下游", "供应链"]),
    category("agriculture", "general", "涉农事项", "nongye", Ordinary, &["农业", "种植", "养殖", "水产", "茶叶", "农产品", "设施农用地"]),
    category("tourism", "general", "文旅与民宿", "wenlv", Ordinary, &["旅游", "民宿", "景区", "文化", "演出"]),
    category("praise", "general", "意见与建议", "zhengwu", Simple, &["建议", "意见", "投诉", "态度", "推诿", "办事慢"]),
    category("other", "general", "其他问题", "zhengwu", Ordinary, &["其他"]),
];
