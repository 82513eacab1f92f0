//! 典型案例 of the demo: what centres told of issues that were solved in the last weeks.

use anyhow::Result;
use domain::case::Words;
use store::Conn;
use store::case;
use time::{Duration, OffsetDateTime};

/// Category, title, problem, answer, rule.
const TOLD: &[(&str, &str, &str, &str, &str)] = &[
    (
        "drainage",
        "厂外道路积水，三天疏通管网",
        "一家制造企业反映厂房外的道路一下雨就积水，货车进不来，影响发货。",
        "建设部门当天到现场，查明是雨水管淤塞，三天内疏通，并把这一段列入汛前巡查。",
        "《城镇排水与污水处理条例》：排水设施由维护运营单位日常巡查、维修和养护",
    ),
    (
        "power",
        "新上生产线，用电增容一次办好",
        "一家企业新上两条生产线，变压器容量不够，增容申请一个多月没有答复。",
        "供电公司上门查勘，按“三零”“三省”办电要求重新排定工期，并指定专人跟到送电。",
        "《关于全面提升“获得电力”服务水平 持续优化用电营商环境的意见》（发改能源规〔2020〕1479号）",
    ),
    (
        "arrears",
        "货款被拖欠，投诉后分期付清",
        "一家小型企业的货款被建筑企业拖欠一年多，多次催要没有结果。",
        "经信部门受理投诉，转由主管部门约谈双方，约定分三期付清，第一期当月到账。",
        "《保障中小企业款项支付条例》：机关、事业单位和大型企业不得拖欠中小企业款项，投诉应当受理并督促处理",
    ),
    (
        "invoice",
        "发票额度不够用，当天调整",
        "一家商贸企业月底订单集中，发票额度用完，申请提额被退回。",
        "税务部门说明退回原因，企业补上合同后当天调整额度，并提醒以后在电子税务局直接申请。",
        "《国家税务总局关于推广应用全面数字化电子发票的公告》（2024 年第 11 号）：发票总额度可以申请调整",
    ),
    (
        "registration",
        "经营范围变更被退回，写清表述一次通过",
        "一家企业申请增加经营范围，被退回两次，看不懂退回理由。",
        "商事登记窗口对照规范目录逐条改好表述，企业重新提交后当天领到新营业执照。",
        "《市场主体登记管理条例》：登记机关应当一次性告知需要补正的材料；经营范围按规范目录登记",
    ),
    (
        "construction_permit",
        "施工许可卡在图审，三家一起看一次说清",
        "一家企业扩建厂房，施工图审查意见反复三次，施工许可证办不下来。",
        "建设部门约图审、设计单位一起看图，一次列清全部意见，企业改好后五个工作日内领证。",
        "《建筑工程施工许可管理办法》：材料不齐的应当一次告知，受理后七日内作出决定",
    ),
    (
        "street",
        "厂门口路灯不亮，两天修好",
        "一家企业厂门口连续几盏路灯不亮，晚班员工骑车不安全。",
        "综合执法部门查明是电缆被挖断，两天内修复，并告知施工单位以后先核对管线。",
        "《城市照明管理规定》：维护单位应当及时修复损坏的照明设施",
    ),
    (
        "job_subsidy",
        "稳岗返还没收到，核对账户后补发",
        "一家企业去年没有裁员，却没有收到稳岗返还。",
        "人力社保部门查明对公账户已经变更，企业确认新账户后补发到账。",
        "失业保险稳岗返还按“免申即享”发放，账户变更的由经办机构通知企业确认",
    ),
];

/// Publishes those whose kind of problem was solved in the last days.
///
/// # Errors
/// When the database does not answer.
pub async fn load(conn: &mut Conn, now: OffsetDateTime) -> Result<()> {
    for (category, title, problem, answer, rule) in TOLD {
        let Some(number) = case::latest_solved(conn, category, now - Duration::days(80)).await? else { continue };
        let source = case::source(conn, &number).await?;
        let words = Words {
            title: (*title).to_owned(),
            problem: (*problem).to_owned(),
            answer: (*answer).to_owned(),
            rule: (*rule).to_owned(),
        };
        case::publish(conn, &source, &words, None, source.closed_at.max(now - Duration::days(60)).min(now)).await?;
    }
    Ok(())
}
