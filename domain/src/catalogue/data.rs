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
];

/// Code, board, name, the department whose business it is, usual difficulty, words that point to it.
type Line = (&'static str, &'static str, &'static str, &'static str, Level, &'static [&'static str]);

/// Categories, in the order they are listed.
// One line a category: it is read as a table.
#[rustfmt::skip]
const CATEGORIES: &[Line] = &[
    // 项目
    ("power", "project", "用电报装与增容", "dianli", Ordinary, &["用电报装", "增容", "变压器", "用电", "供电", "两部制"]),
    ("power_cut", "project", "停电与电压", "dianli", Ordinary, &["停电", "跳闸", "电压不稳", "电压", "限电", "断电", "错峰用电"]),
    ("power_price", "project", "电价与电费", "dianli", Simple, &["电价", "电费", "峰谷"]),
    ("charging", "project", "充电设施", "dianli", Simple, &["充电桩", "充电", "换电"]),
    ("water", "project", "用水报装与水压", "gongshui", Simple, &["自来水", "用水", "水压", "停水", "水费", "供水"]),
    ("gas", "project", "用气与气价", "ranqi", Simple, &["天然气", "燃气", "用气", "气价", "供气"]),
    ("heat", "project", "集中供热与蒸汽", "ranqi", Ordinary, &["蒸汽", "供热", "热力管网"]),
    ("network", "project", "网络与通信", "tongxin", Simple, &["宽带", "网络信号", "手机信号", "信号差", "5g", "光纤", "基站"]),
    ("land", "project", "用地与供地", "zigui", Complex, &["用地", "土地", "供地", "用地指标", "工业用地", "土地出让", "拿地"]),
    ("factory_space", "project", "厂房与园区载体", "jingxin", Ordinary, &["厂房租赁", "标准厂房", "租厂房", "小微企业园", "厂房租金"]),
    ("real_estate", "project", "不动产登记", "zigui", Ordinary, &["不动产证", "产权证", "房产证", "不动产登记", "土地证"]),
    ("planning", "project", "规划许可", "zigui", Ordinary, &["规划许可", "容积率", "规划红线", "加层", "扩建", "规划调整", "退界"]),
    ("demolition", "project", "征迁与腾退", "zigui", Complex, &["拆迁", "征收", "腾退", "搬迁补偿", "征地"]),
    ("project_approval", "project", "项目立项与备案", "fagai", Ordinary, &["立项", "备案", "核准", "项目审批", "可研", "项目赋码"]),
    ("energy", "project", "用能与能耗指标", "fagai", Complex, &["能耗", "用能", "节能审查", "能评", "碳排放", "绿电", "绿证"]),
    ("solar", "project", "光伏与储能", "fagai", Ordinary, &["光伏", "储能", "分布式电站"]),
    ("construction_permit", "project", "施工许可", "jianshe", Ordinary, &["施工许可", "施工证", "图审", "施工图"]),
    ("completion", "project", "竣工验收与备案", "jianshe", Ordinary, &["竣工验收", "联合验收", "竣工备案", "人防"]),
    ("building_quality", "project", "工程质量与安全", "jianshe", Ordinary, &["工程质量", "塔吊", "施工安全", "监理"]),
    ("bidding", "project", "招投标与公平竞争", "shijian", Complex, &["招标", "投标", "公平竞争", "围标", "政府采购", "中标"]),
    ("eia", "project", "环评与排污许可", "huanbao", Ordinary, &["环评", "排污许可", "环保手续", "环境影响"]),
    ("sewage", "project", "污水与纳管", "huanbao", Ordinary, &["污水", "纳管", "废水", "排污口"]),
    ("waste", "project", "固废与危废处置", "huanbao", Ordinary, &["固废", "危废", "边角料", "污泥", "危险废物"]),
    ("emission", "project", "废气与环保整治", "huanbao", Ordinary, &["废气", "vocs", "活性炭", "异味", "环保整改", "噪声监测"]),
    ("soil_water", "project", "水土保持与取水", "shuili", Ordinary, &["水土保持", "取水许可", "涉河", "防洪评价"]),
    ("safety", "project", "安全生产", "yingji", Ordinary, &["安全生产", "安全评价", "危化品", "隐患", "安全标准化", "安全三同时"]),
    ("fire", "project", "消防检查与安全", "xiaofang", Ordinary, &["消防检查", "灭火", "喷淋", "消防整改", "消防通道", "消防"]),
    ("fire_acceptance", "project", "消防验收", "jianshe", Ordinary, &["消防验收", "消防设计", "消防备案"]),
    ("special_equipment", "project", "特种设备", "shijian", Ordinary, &["特种设备", "锅炉", "叉车", "压力容器", "电梯", "行车检验"]),
    ("logistics", "project", "物流与运输", "jiaotong", Ordinary, &["物流", "货运", "内河", "集装箱", "运费", "货运码头", "超限"]),
    ("truck_pass", "project", "货车通行证", "gongan", Simple, &["货车通行", "通行证", "限行", "禁行"]),
    ("lightning", "project", "防雷检测", "qixiang", Simple, &["防雷", "雷电", "避雷"]),
    ("archaeology", "project", "考古与文物", "wenlv", Complex, &["考古", "文物勘探", "文保"]),
    ("forest", "project", "林地与采伐", "zigui", Ordinary, &["林地", "采伐", "毛竹", "占用林地"]),
    // 政策
    ("subsidy", "policy", "奖补资金兑现", "caizheng", Ordinary, &["补助没到", "奖励没到", "兑现", "资金没到", "拨付", "到账", "奖补", "补贴款"]),
    ("policy_question", "policy", "政策咨询与申报", "fagai", Simple, &["政策", "申报条件", "符合条件", "扶持", "惠企", "申报材料"]),
    ("tech_upgrade", "policy", "技术改造补助", "jingxin", Ordinary, &["技术改造", "技改", "设备补贴", "设备投资", "机器换人", "设备更新"]),
    ("specialised", "policy", "专精特新与梯度培育", "jingxin", Ordinary, &["专精特新", "小巨人", "隐形冠军", "单项冠军", "梯度培育", "创新型中小企业"]),
    ("digital_upgrade", "policy", "数字化改造", "jingxin", Ordinary, &["数字化改造", "智能工厂", "未来工厂", "数改", "上云", "工业互联网", "智能制造", "数字化"]),
    ("scale_up", "policy", "小升规与上规入统", "jingxin", Ordinary, &["小升规", "上规", "入统", "规上企业"]),
    ("stat", "policy", "统计与报表", "tongji", Simple, &["统计报表", "联网直报", "统计局", "报表"]),
    ("performance_review", "policy", "亩均评价", "jingxin", Ordinary, &["亩均", "亩产效益", "评价结果", "a类企业"]),
    ("green_factory", "policy", "绿色制造", "jingxin", Ordinary, &["绿色工厂", "绿色制造", "清洁生产", "节水型企业"]),
    ("service_industry", "policy", "服务业与现代物流扶持", "fagai", Ordinary, &["服务业", "生产性服务", "总部经济"]),
    ("tax_policy", "policy", "税收优惠与申报", "shuiwu", Simple, &["税收优惠", "减税", "加计扣除", "所得税", "增值税", "纳税", "报税", "税务"]),
    ("invoice", "policy", "发票", "shuiwu", Simple, &["发票", "开票", "数电票", "发票额度"]),
    ("tax_refund", "policy", "留抵退税与多缴退税", "shuiwu", Ordinary, &["留抵", "多缴", "退税"]),
    ("fee", "policy", "涉企收费", "shijian", Ordinary, &["乱收费", "涉企收费", "收费标准", "保证金", "中介收费"]),
    ("procurement", "policy", "政府采购付款与支持中小企业", "caizheng", Ordinary, &["政采", "预付款", "采购合同", "采购份额"]),
    // 金融
    ("loan", "finance", "贷款与续贷", "jinrong", Ordinary, &["贷款", "续贷", "转贷", "融资", "周转", "利率", "抽贷", "授信", "信用贷", "无还本续贷"]),
    ("bank_service", "finance", "银行服务与收费", "jinjian", Ordinary, &["银行收费", "网点", "银行服务", "断贷", "压贷"]),
    ("guarantee", "finance", "融资担保", "jinrong", Ordinary, &["担保", "保函", "反担保"]),
    ("mortgage", "finance", "抵押与质押登记", "zigui", Simple, &["抵押", "质押", "解押", "抵押登记"]),
    ("insurance", "finance", "保险与理赔", "jinjian", Ordinary, &["保险", "理赔", "保费"]),
    ("listing", "finance", "上市与股改", "jinrong", Complex, &["上市", "股改", "新三板", "ipo", "北交所", "辅导备案"]),
    ("equity", "finance", "股权融资与基金", "jinrong", Complex, &["股权融资", "基金", "风投", "产业基金", "投资机构"]),
    ("foreign_exchange", "finance", "外汇与跨境结算", "renhang", Ordinary, &["外汇", "结汇", "汇率", "跨境人民币", "收汇"]),
    ("account", "finance", "账户开立与冻结", "renhang", Ordinary, &["开户", "账户冻结", "对公账户", "账户管控", "银行账户"]),
    ("credit_report", "finance", "征信", "renhang", Ordinary, &["征信", "信用报告", "贷款记录"]),
    // 人才
    ("recruit", "talent", "招工与用工", "renshe", Ordinary, &["招工", "招聘", "用工", "缺人", "缺工", "招不到", "劳务", "校招", "熟练工"]),
    ("training", "talent", "技能培训与等级认定", "renshe", Ordinary, &["技能等级", "技能培训", "职业技能", "学徒", "培训补贴"]),
    ("labour", "talent", "劳动关系与仲裁", "renshe", Ordinary, &["劳动合同", "劳动仲裁", "加班", "辞退", "劳动纠纷", "欠薪", "工资"]),
    ("work_injury", "talent", "工伤", "renshe", Ordinary, &["工伤", "工亡", "劳动能力鉴定"]),
    ("social_insurance", "talent", "社会保险", "renshe", Simple, &["社保", "养老保险", "失业保险", "参保", "断缴"]),
    ("medical_insurance", "talent", "医疗保险", "yibao", Simple, &["医保", "生育津贴", "异地就医", "医疗保险"]),
    ("housing_fund", "talent", "住房公积金", "gongjijin", Simple, &["公积金"]),
    ("job_subsidy", "talent", "稳岗与就业补贴", "renshe", Simple, &["稳岗", "扩岗", "就业补贴", "社保补贴", "见习补贴", "稳岗返还"]),
    ("talent_title", "talent", "人才认定", "zuzhi", Ordinary, &["人才认定", "高层次人才", "人才分类", "领军人才"]),
    ("talent_grade", "talent", "职称评审", "renshe", Ordinary, &["职称", "高级工程师", "博士后", "评审"]),
    ("talent_subsidy", "talent", "人才补贴", "renshe", Ordinary, &["人才补贴", "安家补贴", "购房补贴", "生活补贴"]),
    ("talent_house", "talent", "人才住房", "jianshe", Ordinary, &["人才公寓", "宿舍", "租房", "公租房", "蓝领公寓", "住房"]),
    ("talent_school", "talent", "子女入学", "jiaoyu", Ordinary, &["上学", "入学", "学位", "学校", "幼儿园", "子女", "孩子", "转学", "入园"]),
    ("talent_health", "talent", "医疗与体检", "weijian", Ordinary, &["医院", "看病", "就医", "体检", "职业病"]),
    ("household", "talent", "落户与居住证", "gongan", Simple, &["落户", "户口", "居住证"]),
    ("foreign_talent", "talent", "外籍人员工作与居留", "gongan", Ordinary, &["签证", "外国人", "外籍", "外国员工", "居留", "工作许可"]),
    ("migrant_children", "talent", "随迁子女与托育", "weijian", Ordinary, &["托育", "托班", "随迁"]),
    ("union", "talent", "工会与职工权益", "zonggonghui", Simple, &["工会", "职工疗休养", "工会经费"]),
    ("disabled", "talent", "残疾人就业", "canlian", Simple, &["残疾人", "残保金"]),
    // 法治
    ("arrears", "law", "拖欠账款", "jingxin", Complex, &["拖欠", "欠款", "货款", "工程款", "不付款", "账款", "清欠"]),
    ("contract", "law", "合同纠纷与法律咨询", "sifa", Ordinary, &["合同纠纷", "律师", "法律", "纠纷", "公证", "调解", "合同"]),
    ("lawsuit", "law", "诉讼与执行", "fayuan", Complex, &["诉讼", "起诉", "立案", "判决", "执行难", "强制执行", "开庭", "法院"]),
    ("prosecution", "law", "检察监督", "jianchayuan", Complex, &["检察", "刑事案件", "监督立案"]),
    ("inspection", "law", "行政检查", "sifa", Ordinary, &["行政检查", "重复检查", "多头检查", "频繁检查", "入企检查"]),
    ("penalty", "law", "行政处罚与复议", "sifa", Ordinary, &["罚款", "处罚", "行政复议", "行政处罚"]),
    ("enforcement", "law", "城市管理执法", "zhifa", Ordinary, &["综合执法", "占道经营", "违建", "店招", "户外广告", "城管"]),
    ("crime", "law", "涉企案件与诈骗", "gongan", Complex, &["诈骗", "报案", "合同诈骗", "经侦", "职务侵占"]),
    ("order", "law", "周边治安与秩序", "gongan", Ordinary, &["治安", "盗窃", "流动摊贩", "打架", "秩序", "占道"]),
    ("credit_repair", "law", "信用修复", "fagai", Simple, &["信用修复", "失信", "信用记录", "黑名单"]),
    ("unfair", "law", "垄断与不正当竞争", "shijian", Complex, &["垄断", "不正当竞争", "商业诋毁", "虚假宣传"]),
    ("bankruptcy", "law", "破产与重整", "fayuan", Complex, &["破产", "重整", "清算"]),
    ("trade_secret", "law", "商业秘密", "shijian", Ordinary, &["商业秘密", "泄密"]),
    ("conduct", "law", "作风与廉洁", "jijian", Complex, &["吃拿卡要", "索贿", "不作为", "乱作为", "态度", "推诿", "办事慢"]),
    // 科创
    ("high_tech", "tech", "高新技术企业认定", "keji", Ordinary, &["高新技术", "高企"]),
    ("sci_sme", "tech", "科技型中小企业", "keji", Simple, &["科技型中小企业", "科小"]),
    ("research", "tech", "研发项目", "keji", Complex, &["研发项目", "揭榜挂帅", "科技项目", "尖兵领雁", "研发费用", "研发"]),
    ("lab", "tech", "研发机构与平台", "keji", Complex, &["实验室", "研究院", "研发中心", "技术中心", "工程中心"]),
    ("cooperation", "tech", "产学研与成果转化", "keji", Ordinary, &["产学研", "成果转化", "高校合作", "技术转让"]),
    ("voucher", "tech", "创新券与共享仪器", "keji", Simple, &["创新券", "仪器共享"]),
    ("incubator", "tech", "孵化器与众创空间", "keji", Ordinary, &["孵化器", "众创空间", "加速器"]),
    ("data", "tech", "数据与系统平台", "shuju", Ordinary, &["公共数据", "系统故障", "登录不了", "网上办", "电子证照", "接口", "数据"]),
    ("ai", "tech", "人工智能与算力", "shuju", Complex, &["人工智能", "算力", "大模型"]),
    ("standard", "tech", "标准制修订", "shijian", Ordinary, &["国家标准", "行业标准", "团体标准", "企业标准", "标准"]),
    ("quality", "tech", "质量与检测", "shijian", Ordinary, &["检测", "计量", "校准", "质检"]),
    ("certification", "tech", "质量认证", "shijian", Ordinary, &["认证", "质量奖", "品字标", "浙江制造"]),
    // 开放
    ("customs", "open", "通关与查验", "haiguan", Ordinary, &["海关", "通关", "报关", "查验", "港口", "货柜", "滞港"]),
    ("origin", "open", "原产地证", "haiguan", Simple, &["原产地证", "产地证"]),
    ("export_rebate", "open", "出口退税", "shuiwu", Simple, &["出口退税"]),
    ("market", "open", "开拓市场与展会", "shangwu", Ordinary, &["展会", "参展", "销路", "海外市场", "广交会", "展位"]),
    ("cross_border", "open", "跨境电商", "shangwu", Ordinary, &["跨境电商", "海外仓", "平台卖家", "独立站"]),
    ("ecommerce", "open", "电商与直播", "shangwu", Ordinary, &["电商", "直播", "网店"]),
    ("trade_friction", "open", "关税与贸易摩擦", "shangwu", Complex, &["关税", "反倾销", "制裁", "贸易壁垒", "贸易摩擦"]),
    ("export_insurance", "open", "出口信用保险", "shangwu", Ordinary, &["出口信用保险", "信保"]),
    ("export_licence", "open", "进出口资质与许可", "shangwu", Ordinary, &["进出口权", "出口许可", "两用物项"]),
    ("outbound", "open", "境外投资", "shangwu", Complex, &["境外投资", "走出去", "odi", "海外建厂"]),
    ("foreign_invest", "open", "外商投资", "shangwu", Ordinary, &["外资", "外商投资", "合资"]),
    ("bid_visit", "open", "投资与合作对接", "toucu", Ordinary, &["招商", "投资", "合作对接", "上下游", "供应链对接"]),
    ("travel", "open", "因公出入境与apec卡", "waishi", Simple, &["apec", "出国", "商务签证", "邀请函"]),
    // 商事登记
    ("registration", "registration", "登记注册与变更", "shijian", Simple, &["营业执照", "变更登记", "注册登记", "法人变更", "经营范围", "个转企", "法人"]),
    ("deregistration", "registration", "注销", "shijian", Simple, &["注销"]),
    ("name", "registration", "企业名称", "shijian", Simple, &["企业名称", "核名", "名称争议"]),
    ("annual_report", "registration", "年报与异常名录", "shijian", Simple, &["年报", "异常名录", "经营异常"]),
    ("food_permit", "registration", "食品许可", "shijian", Ordinary, &["食品许可", "食品经营", "食品生产"]),
    ("drug_device", "registration", "药品与医疗器械", "shijian", Ordinary, &["医疗器械", "药品", "化妆品"]),
    ("industrial_permit", "registration", "生产许可", "shijian", Ordinary, &["生产许可证", "工业产品"]),
    ("seal", "registration", "公章刻制", "gongan", Simple, &["公章", "刻章", "印章"]),
    ("hygiene", "registration", "卫生许可", "weijian", Ordinary, &["卫生许可", "公共场所卫生"]),
    ("transport_permit", "registration", "道路运输许可", "jiaotong", Ordinary, &["道路运输证", "营运证", "运输许可"]),
    ("hr_permit", "registration", "人力资源与劳务派遣许可", "renshe", Ordinary, &["人力资源许可", "劳务派遣"]),
    ("training_permit", "registration", "办学与培训机构许可", "jiaoyu", Ordinary, &["办学许可", "培训机构"]),
    ("publication", "registration", "印刷与出版许可", "xuanchuan", Ordinary, &["印刷许可", "出版"]),
    ("one_thing", "registration", "企业开办一件事", "zhengwu", Simple, &["企业开办", "一件事", "一网通办"]),
    // 知识产权
    ("ip", "ip", "商标", "shijian", Ordinary, &["商标", "地理标志"]),
    ("patent", "ip", "专利", "shijian", Ordinary, &["专利", "预审", "发明专利"]),
    ("infringement", "ip", "知识产权维权", "shijian", Ordinary, &["仿冒", "侵权", "知识产权", "假冒"]),
    ("ip_pledge", "ip", "知识产权质押", "shijian", Ordinary, &["知识产权质押", "专利质押", "商标质押"]),
    ("copyright", "ip", "著作权", "xuanchuan", Simple, &["著作权", "版权", "软著"]),
    // 兜底
    ("drainage", "general", "道路积水与排水", "jianshe", Ordinary, &["道路积水", "积水", "排水", "内涝", "下水道", "淹水"]),
    ("street", "general", "路灯与市政设施", "jianshe", Simple, &["路灯", "窨井盖", "红绿灯", "市政设施", "不亮"]),
    ("road", "general", "道路破损与修建", "jiaotong", Ordinary, &["坑洼", "路面破损", "修路", "道路破损", "断头路"]),
    ("parking", "general", "停车", "zhifa", Simple, &["停车位", "停车"]),
    ("transport", "general", "公交与通勤", "jiaotong", Ordinary, &["公交", "班次", "通勤", "上下班", "班车"]),
    ("garbage", "general", "垃圾清运与环境卫生", "zhifa", Simple, &["垃圾", "环境卫生", "清运"]),
    ("noise", "general", "噪音扰民", "huanbao", Ordinary, &["噪音", "噪声", "扰民"]),
    ("canteen", "general", "生活配套", "jianshe", Ordinary, &["食堂", "超市", "餐饮", "生活配套", "便利店"]),
    ("express", "general", "快递与邮政", "youzheng", Simple, &["快递", "邮政", "寄件"]),
    ("agriculture", "general", "涉农事项", "nongye", Ordinary, &["农业", "种植", "养殖", "水产", "茶叶", "农产品", "设施农用地"]),
    ("water_works", "general", "水利与防汛", "shuili", Ordinary, &["防汛", "水利", "河道", "洪水"]),
    ("tourism", "general", "文旅与民宿", "wenlv", Ordinary, &["旅游", "民宿", "景区", "演出", "酒店"]),
    ("veterans", "general", "退役军人与双拥", "tuiyi", Simple, &["退役军人", "退伍"]),
    ("charity", "general", "养老与慈善", "minzheng", Ordinary, &["养老机构", "慈善", "民政"]),
    ("chamber", "general", "商会与民营企业服务", "gongshanglian", Simple, &["商会", "工商联", "民营企业家"]),
    ("praise", "general", "意见与建议", "zhengwu", Simple, &["建议", "意见", "表扬"]),
    ("other", "general", "其他问题", "zhengwu", Ordinary, &["其他"]),
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
        let category = |(position, (code, board, name, department, level, words)): (usize, &Line)| Category {
            code: (*code).to_owned(),
            board: (*board).to_owned(),
            name: (*name).to_owned(),
            department: (*department).to_owned(),
            level: *level,
            urgency: Urgency::Normal,
            words: words.iter().map(|word| (*word).to_owned()).collect(),
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

/// Ten apart, so that a new line fits between two.
fn place(position: usize) -> i32 {
    i32::try_from(position + 1).unwrap_or(i32::MAX / 10) * 10
}
