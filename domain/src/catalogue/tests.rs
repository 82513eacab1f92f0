use super::*;
use std::collections::HashSet;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-11-24 09:00 +8);

#[test]
fn codes_are_unique_and_refer_to_each_other() {
    let catalogue = Catalogue::built_in();
    let today = catalogue.at(NOW);
    let codes: HashSet<_> = catalogue.category_lines().iter().map(|line| &line.1.code).collect();
    assert_eq!(codes.len(), catalogue.category_lines().len());
    assert!(codes.len() >= 150);
    let departments: HashSet<_> = DEPARTMENTS.iter().map(|d| d.code).collect();
    assert_eq!(departments.len(), DEPARTMENTS.len());
    for category in today.categories() {
        assert!(today.board(&category.board).is_some_and(|board| board.active), "{}", category.code);
        assert!(departments.contains(category.department.as_str()), "{}", category.code);
        assert_eq!(today.route(category, 330_502), category.department);
        let words: HashSet<_> = category.words.iter().collect();
        assert_eq!(words.len(), category.words.len(), "{}: a word twice", category.code);
    }
    for board in today.boards() {
        let lead = DEPARTMENTS.iter().find(|d| d.code == board.lead).expect("the lead exists");
        assert!(lead.on_site, "{}: a lead that accepts for others is on site", board.code);
    }
    let names: Vec<_> = today.boards().iter().map(|board| board.name.as_str()).collect();
    assert_eq!(names, ["项目", "政策", "金融", "人才", "法治", "科创", "开放", "商事登记", "知识产权", "兜底"]);
    assert!(today.offers(FALLBACK) && today.board(FALLBACK_BOARD).is_some());
}

/// Who has to take part is for the city's paper to say.
#[test]
fn every_department_that_the_paper_names_is_there() {
    let paper = "市纪委市监委 市委组织部 市委宣传部 市委统战部 市委政法委 市委编办 市发展改革委 市经信局 市教育局 市科技局 市公安局 市民政局 市司法局 \
        市财政局 市人力社保局 市自然资源和规划局 市生态环境局 市建设局 市交通运输局 市农业农村局 市商务局 市文化广电旅游局 市卫生健康委 \
        市应急管理局 市市场监管局 市审计局 市医保局 市综合执法局 市数据局 市政务办 市法院 市检察院 市税务局 市府办（金融口） 市工商联";
    let known: HashSet<_> = DEPARTMENTS.iter().map(|d| d.name).collect();
    assert_eq!(known.len(), DEPARTMENTS.len(), "a name twice");
    for name in paper.split_whitespace() {
        assert!(known.contains(name), "{name}");
    }
}

/// Codes that issues were filed under before the boards were the city's.
#[test]
fn codes_of_before_are_still_known() {
    let catalogue = Catalogue::built_in();
    for code in "power water gas land energy logistics charging subsidy policy_question tech_upgrade specialised job_subsidy recruit labour \
        social_insurance talent_title talent_house talent_school foreign_talent loan guarantee listing foreign_exchange high_tech research \
        ip arrears contract inspection unfair credit_repair project_approval construction_permit planning demolition digital_upgrade data \
        network tax_policy invoice export_rebate customs market cross_border trade_friction eia sewage safety fire drainage street \
        transport order canteen registration quality bid_visit agriculture tourism praise other"
        .split_whitespace()
    {
        assert!(catalogue.at(NOW).offers(code), "{code}");
    }
    for code in ["factor", "digital", "tax", "trade", "environment", "city"] {
        assert!(catalogue.at(NOW).board(code).is_some_and(|board| !board.active), "{code}");
    }
}

#[test]
fn what_owners_write_goes_to_the_department_whose_business_it_is() {
    let catalogue = Catalogue::built_in();
    let today = catalogue.at(NOW);
    for (text, code, department) in [
        ("织里童装厂想增加用电容量，申请增容一直没批下来", "power", "dianli"),
        ("厂房旁边道路积水，一下雨货车进不来", "drainage", "jianshe"),
        ("我们出口退税办了两个月还没到账", "export_rebate", "shuiwu"),
        ("竹制品厂招不到熟练工人，能不能帮忙招工", "recruit", "renshe"),
        ("想申请技术改造设备补贴，不知道要什么材料", "tech_upgrade", "jingxin"),
        ("银行贷款到期，想续贷，周转困难", "loan", "jinrong"),
        ("员工孩子上学没有学位", "talent_school", "jiaoyu"),
        ("园区公交车班次太少，员工上下班不方便", "transport", "jiaotong"),
        ("甲方拖欠货款一年多，一直不付", "arrears", "jingxin"),
        ("环评审批到哪一步了", "eia", "huanbao"),
        ("消防检查提了意见，灭火器怎么配", "fire", "xiaofang"),
        ("消防验收提了整改意见，设计单位和施工单位说法不一样", "fire_acceptance", "jianshe"),
        ("商标被同行仿冒，想维权", "ip", "shijian"),
        ("海关查验时间太长，货柜压在港口", "customs", "haiguan"),
        ("新项目用地指标什么时候能批", "land", "zigui"),
        ("厂区自来水压力不够", "water", "gongshui"),
        ("工伤认定需要多久", "work_injury", "renshe"),
        ("高新技术企业认定材料怎么准备", "high_tech", "keji"),
        ("天然气价格太高，能不能降一点", "gas", "ranqi"),
        ("施工许可证办理卡住了", "construction_permit", "jianshe"),
        ("营业执照变更法人怎么办", "registration", "shijian"),
        ("公司想做数字化改造，有没有补助", "digital_upgrade", "jingxin"),
        ("污水纳管问题，排水口不够用", "sewage", "huanbao"),
        ("外国员工工作签证怎么办", "foreign_talent", "gongan"),
        ("稳岗返还什么时候发", "job_subsidy", "renshe"),
        ("发票额度不够，申请提高", "invoice", "shuiwu"),
        ("电动车棚充电桩想在厂区安装", "charging", "dianli"),
        ("厂门口的路灯坏了，工人晚上下班很黑", "street", "jianshe"),
        ("厂区附近治安不好，晚上有人盗窃", "order", "gongan"),
        ("结汇手续太慢，外汇到了取不出来", "foreign_exchange", "renhang"),
    ] {
        let found: Vec<_> = today.suggest(text).iter().map(|s| s.category.code.clone()).collect();
        assert!(found.contains(&code.to_owned()), "{text}: {found:?}");
        let category = today.category(code).expect("known");
        assert_eq!(today.route(category, 330_502), department, "{text}");
    }
}

#[test]
fn what_fits_none_or_several_alike_is_no_guess() {
    let catalogue = Catalogue::built_in();
    let now = catalogue.at(NOW);
    let fit = |text| (now.fit(text).code().to_owned(), now.fit(text).confidence());
    assert!(now.suggest("你好").is_empty());
    assert_eq!(fit("你好"), (FALLBACK.to_owned(), 0));
    assert_eq!(fit("厂门口的路灯坏了，工人看不见"), ("street".to_owned(), 100));
    // 发票 and 贷款 weigh the same: neither is guessed.
    assert_eq!(fit("发票和贷款的事想问一下"), (FALLBACK.to_owned(), 0));
    assert_eq!(fit("发票额度和贷款的事想问一下"), ("invoice".to_owned(), 90));
    assert_eq!(now.category(FALLBACK).map(|category| category.board.as_str()), Some(FALLBACK_BOARD));
}

#[test]
fn a_hint_says_all_that_a_choice_shows() {
    let catalogue = Catalogue::built_in();
    let today = catalogue.at(NOW);
    let found = today.suggest("厂房旁边道路积水");
    let hint = Hint::of(&found[0], today);
    assert_eq!((hint.code.as_str(), hint.name.as_str(), hint.board.as_str()), ("drainage", "道路积水与排水", "兜底"));
}

fn category(name: &str, department: &str, active: bool) -> Category {
    Category {
        code: "street".to_owned(),
        board: FALLBACK_BOARD.to_owned(),
        name: name.to_owned(),
        department: department.to_owned(),
        level: Level::Simple,
        urgency: Urgency::Normal,
        words: vec!["路灯".to_owned()],
        position: 10,
        active,
    }
}

fn responsible(area: AreaCode, department: Option<&str>) -> Responsible {
    Responsible { category: "street".to_owned(), area, department: department.map(str::to_owned) }
}

#[test]
fn a_line_holds_from_its_time_and_changes_nothing_before() {
    let (first, second, third) = (datetime!(2026-01-01 00:00 +8), datetime!(2026-12-01 00:00 +8), datetime!(2027-01-01 00:00 +8));
    let lines = vec![
        (second, category("路灯与市政", "zhifa", true)),
        (first, category("路灯", "jianshe", true)),
        (third, category("路灯与市政", "zhifa", false)),
    ];
    let catalogue = Catalogue::new(Vec::new(), lines, Vec::new());
    for (day, name, department, offered) in [
        (datetime!(2025-06-01 00:00 +8), "路灯", "jianshe", false),
        (first, "路灯", "jianshe", true),
        (datetime!(2026-11-30 00:00 +8), "路灯", "jianshe", true),
        (second, "路灯与市政", "zhifa", true),
        (third, "路灯与市政", "zhifa", false),
    ] {
        let edition = catalogue.at(day);
        assert_eq!(edition.category_name("street"), name, "{day}");
        assert_eq!(edition.category("street").map(|known| edition.route(known, 330_502)), Some(department), "{day}");
        assert_eq!((edition.offers("street"), edition.categories().len()), (offered, usize::from(offered)), "{day}");
        assert_eq!(edition.suggest("路灯不亮").len(), usize::from(offered), "{day}");
    }
    assert_eq!(catalogue.at(first).category_name("gone"), "gone");
}

#[test]
fn a_district_names_its_own_department_and_takes_it_back() {
    let (first, second) = (datetime!(2026-01-01 00:00 +8), datetime!(2026-12-01 00:00 +8));
    let responsible = vec![
        (second, responsible(330_502, None)),
        (first, responsible(330_502, Some("wuxing-jianshe"))),
        (first, responsible(330_503, Some("nanxun-jianshe"))),
    ];
    let catalogue = Catalogue::new(Vec::new(), vec![(first, category("路灯", "jianshe", true))], responsible);
    let route = |day, area| {
        let edition = catalogue.at(day);
        edition.category("street").map(|known| edition.route(known, area).to_owned())
    };
    assert_eq!(route(first, 330_502).as_deref(), Some("wuxing-jianshe"));
    assert_eq!(route(first, 330_503).as_deref(), Some("nanxun-jianshe"));
    assert_eq!(route(first, 330_521).as_deref(), Some("jianshe"), "the city's, where a district says nothing");
    assert_eq!(route(second, 330_502).as_deref(), Some("jianshe"), "the city's again");
    assert_eq!(route(second, 330_503).as_deref(), Some("nanxun-jianshe"));
}

#[test]
fn of_two_lines_for_one_time_the_later_holds() {
    let day = datetime!(2026-12-01 00:00 +8);
    let lines = vec![(day, category("路灯", "jianshe", true)), (day, category("路灯与市政", "zhifa", true))];
    let catalogue = Catalogue::new(Vec::new(), lines, Vec::new());
    assert_eq!(catalogue.at(day).category_name("street"), "路灯与市政");
}

#[test]
fn corrections_move_a_guess_say_why_and_leave_to_a_person_what_scatters() {
    use super::learned::{Count, Learned};
    let catalogue = Catalogue::built_in();
    let now = catalogue.at(NOW);
    let text = "厂门口的路灯坏了，工人看不见";
    let plain = now.fit(text);
    let word = plain.furthest().map(str::to_owned);
    assert!(word.as_deref().is_some_and(|word| word.contains("路灯")) && plain.taught().is_none());
    let learned = |counts: &[(&str, i64)]| {
        Learned::new(counts.iter().map(|(to, issues)| Count::Category {
            word: word.clone().unwrap_or_default(),
            chosen: "street".to_owned(),
            corrected: (*to).to_owned(),
            issues: *issues,
        }))
    };
    let kept = now.fit_learned(text, &learned(&[("power", 4)]));
    assert_eq!((kept.code(), kept.taught()), ("street", None), "too few to learn from");
    let moved = now.fit_learned(text, &learned(&[("power", 12), ("street", 2)]));
    assert_eq!((moved.code(), moved.found[0].category.code.as_str()), ("power", "power"));
    let name = now.category_name("power");
    assert_eq!(moved.taught(), Some(format!("近 90 天有 12 件类似诉求改派到“{name}”（共 14 件）")));
    let scattered = now.fit_learned(text, &learned(&[("power", 4), ("water", 4), ("street", 1)]));
    assert_eq!(scattered.code(), FALLBACK);
    assert!(scattered.taught().is_some_and(|words| words.contains("不作猜测")));
    let gone = now.fit_learned(text, &learned(&[("no_such_category", 12)]));
    assert_eq!(gone.code(), "street", "what is not offered is no answer");
    let general = now.fit_learned(text, &learned(&[(FALLBACK, 12)]));
    assert!(general.category.is_none() && general.code() == FALLBACK);
}
