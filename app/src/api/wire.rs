//! What travels: bodies of requests and answers. Times are RFC 3339 with the city's zone. The words here are the words of the documentation.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 新诉求。
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIssue {
    /// 接入方自己的编号，同一密钥内唯一：再次提交同样的内容得到同一件诉求，内容不同则拒绝。可见的 ASCII 字符。
    #[schema(max_length = 64, example = "GD20261127000123")]
    pub external_id: String,
    pub enterprise: NewEnterprise,
    /// 一句话标题；不填时取诉求内容的第一句。
    #[schema(max_length = 60, example = "厂区西门路灯不亮")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// 企业遇到的问题，10 到 2000 字。
    #[schema(min_length = 10, max_length = 2000, example = "厂区西门口连续六盏路灯不亮，晚班员工骑车很不安全")]
    pub text: String,
    /// 事项类别的代码，见 /api/v1/categories；不填时按内容判断，判断不了的由企服中心归类。
    #[schema(example = "street")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// 问题发生的地点。
    #[schema(max_length = 120, example = "南浔区示例路 88 号西门")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// 问题发生的区县代码，见 /api/v1/categories；不填时按地点判断，再按企业登记地。
    #[schema(example = "330503")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
    /// 渠道；不填就是密钥的渠道，填了必须一致。
    #[schema(example = "hotline")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// 联系人；不填时联系企业在系统里登记的联系人。
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<NewContact>,
}

/// 企业。
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEnterprise {
    /// 统一社会信用代码，18 位。
    #[schema(example = "91330500MA2B0ABC1H")]
    pub uscc: String,
    /// 企业名称；系统里还没有这家企业时必填。
    #[schema(max_length = 60, example = "湖州示例照明有限公司")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// 联系人。
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContact {
    #[schema(max_length = 30, example = "陈某某")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// 手机或带区号的固定电话。
    #[schema(example = "13912345678")]
    pub phone: String,
}

/// 补充材料：企业的话。
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Supply {
    #[schema(min_length = 2, max_length = 2000, example = "企业说：路灯杆编号是 X017 到 X022")]
    pub text: String,
}

/// 撤回。
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdraw {
    /// 企业为什么撤回。
    #[schema(min_length = 2, max_length = 500, example = "企业说已经修好了")]
    pub reason: String,
}

/// 企业对答复的评价。没解决，或不满意、非常不满意的，退回重新办理。
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// 问题解决了没有。
    #[schema(example = true)]
    pub solved: bool,
    /// 满意程度。
    #[schema(example = "satisfied")]
    pub level: String,
    /// 为什么。
    #[serde(default)]
    #[schema(example = json!(["fast"]))]
    pub reasons: Vec<String>,
    /// 企业的话。
    #[schema(max_length = 500, example = "当天就来修了")]
    pub comment: Option<String>,
}

/// 诉求现在的样子。
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Issue {
    /// 编号。
    #[schema(example = "HZ-2026-112700012")]
    pub number: String,
    /// 接入方自己的编号；用 Open311 提交的没有。
    #[schema(example = "GD20261127000123")]
    pub external_id: Option<String>,
    pub channel: String,
    /// 状态代码。
    #[schema(example = "handling")]
    pub state: String,
    /// 状态的中文。
    #[schema(example = "办理中")]
    pub state_label: String,
    /// 没有办结，还在等谁做什么。
    pub open: bool,
    pub title: String,
    pub text: String,
    pub category: String,
    pub category_name: String,
    pub place: String,
    /// 提交时的区县代码。
    #[schema(example = "330503")]
    pub area: String,
    pub area_name: String,
    pub enterprise_name: String,
    /// 主办部门；还没有交办时为 null。
    #[schema(example = "市建设局")]
    pub department: Option<String>,
    /// 第几次办理：答复被退回一次加一，还没有交办时为 0。
    pub round: i32,
    #[schema(format = DateTime, example = "2026-11-27T09:12:30+08:00")]
    pub submitted_at: String,
    #[schema(format = DateTime, example = "2026-11-27T15:40:00+08:00")]
    pub changed_at: String,
    /// 承诺的答复时间；办结了的、挂账跟踪的没有。
    #[schema(format = DateTime, example = "2026-12-04T17:30:00+08:00")]
    pub due_at: Option<String>,
}

/// 一步进展。
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Step {
    /// 第几个事件；内部的不列出，所以不连续。
    pub seq: i32,
    /// 环节代码。
    #[schema(example = "answered")]
    pub kind: String,
    /// 环节的中文。
    #[schema(example = "已答复，请企业评价")]
    pub label: String,
    #[schema(format = DateTime, example = "2026-11-27T15:40:00+08:00")]
    pub at: String,
    /// 办理单位写给企业的话：不予受理的理由、要补充什么、进展、答复。
    #[schema(example = "已更换六盏路灯，并列入每周巡查")]
    pub text: Option<String>,
    /// 承诺的时间，或补充材料的期限。
    #[schema(format = DateTime, example = "2026-12-04T17:30:00+08:00")]
    pub due_at: Option<String>,
    /// 交给哪个部门。
    pub department: Option<String>,
    /// 办理结果。
    #[schema(example = "solved")]
    pub outcome: Option<String>,
    /// 企业说解决了没有。
    pub solved: Option<bool>,
    /// 企业说满意不满意。
    #[schema(example = "satisfied")]
    pub level: Option<String>,
    /// 从这一步起是第几次办理。
    pub round: Option<u16>,
}

/// 一件诉求和它的进展。
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IssueDetail {
    pub issue: Issue,
    /// 现在可以做什么：supply、withdraw、rate。
    #[schema(example = json!(["withdraw"]))]
    pub can: Vec<String>,
    /// 进展，最早的在前。
    pub steps: Vec<Step>,
}

/// 一页诉求，变动早的在前。
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IssueList {
    pub issues: Vec<Issue>,
    /// 下次从这里接着取；最近 20 秒内的变动可能再次出现，不会遗漏。
    #[schema(example = "1795738350000000.1042")]
    pub next_cursor: String,
    /// 现在就有下一页。这一页里有最近 20 秒内变动的，就是 false：其余的过 20 秒再取。
    pub more: bool,
}

/// 一个事项类别。
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Category {
    #[schema(example = "street")]
    pub code: String,
    #[schema(example = "道路与路灯")]
    pub name: String,
    /// 板块。
    pub board: String,
}

/// 一个区县。
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Area {
    #[schema(example = "330503")]
    pub code: String,
    #[schema(example = "南浔区")]
    pub name: String,
}

/// 提交诉求要用的代码。
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Codes {
    pub categories: Vec<Category>,
    pub areas: Vec<Area>,
}

/// 新订阅。
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// 接收通知的 https 地址，公网可达。
    #[schema(max_length = 500, example = "https://12345.example.gov.cn/qifu")]
    pub url: String,
}

/// 订阅。
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Webhook {
    pub id: i64,
    pub url: String,
    #[schema(format = DateTime, example = "2026-11-27T09:12:30+08:00")]
    pub created_at: String,
}

/// 新添加的订阅，带验签的密钥。
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookAdded {
    pub id: i64,
    pub url: String,
    #[schema(format = DateTime, example = "2026-11-27T09:12:30+08:00")]
    pub created_at: String,
    /// 验签的密钥，只出现这一次。
    #[schema(example = "whsec_9c1f…")]
    pub secret: String,
}

/// 有效的订阅。
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookList {
    pub webhooks: Vec<Webhook>,
}

/// 订阅已取消。
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Removed {
    pub removed: bool,
}

/// 一次推送。
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Delivery {
    pub id: i64,
    pub number: String,
    pub seq: i32,
    pub kind: String,
    pub url: String,
    #[schema(format = DateTime, example = "2026-11-27T15:40:01+08:00")]
    pub at: String,
    /// waiting 待发送，sent 已送达，failed 会再试，dead 已放弃。
    #[schema(example = "sent")]
    pub state: String,
    pub attempts: i32,
    /// 最近一次得到的 HTTP 状态；没有连上为 null。
    pub status: Option<i16>,
    pub error: Option<String>,
    /// 下一次什么时候试；送达了的、放弃了的没有。
    #[schema(format = DateTime, example = "2026-11-27T15:41:01+08:00")]
    pub next_try_at: Option<String>,
}

/// 一页推送记录，最近的在前。
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeliveryList {
    pub deliveries: Vec<Delivery>,
    /// 下一页从这里取；没有了为 null。
    pub next_cursor: Option<String>,
}

/// 推送的内容。
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Notice {
    /// 推送的编号，与 Qifu-Delivery 头相同；同一编号可能因重试收到多次。
    pub id: i64,
    #[schema(example = "HZ-2026-112700012")]
    pub number: String,
    #[schema(example = "GD20261127000123")]
    pub external_id: Option<String>,
    /// 这一步之后的状态。
    #[schema(example = "answered")]
    pub state: String,
    pub step: Step,
}

/// 上报给上级平台的一件诉求。
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Passed {
    #[schema(example = "HZ-2026-112700012")]
    pub number: String,
    pub title: String,
    pub text: String,
    pub category: String,
    pub category_name: String,
    pub place: String,
    #[schema(example = "330503")]
    pub area: String,
    pub area_name: String,
    pub enterprise_name: String,
    #[schema(example = "91330500MA2B0ABC1H")]
    pub uscc: String,
    #[schema(example = "tracking")]
    pub state: String,
    /// 为什么上报。
    #[schema(example = "涉及省级审批权限，请省里协调")]
    pub reason: String,
    #[schema(format = DateTime, example = "2026-11-27T15:40:00+08:00")]
    pub passed_at: String,
    /// 接收方自己的编号；还没有接收的没有。
    #[schema(example = "ZJ-2026-000981")]
    pub external_id: Option<String>,
}

/// 一页上报的诉求，先上报的在前。
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PassedList {
    pub issues: Vec<Passed>,
    /// 下一页从这里取；没有了为 null。
    pub next_cursor: Option<String>,
}

/// 接收。
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Receive {
    /// 接收方自己的编号，一个编号对应一件诉求。
    #[schema(max_length = 64, example = "ZJ-2026-000981")]
    pub external_id: String,
}

/// 对上报诉求的答复。
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// 接收方给这次答复的编号，一个编号对应一次答复。
    #[schema(max_length = 64, example = "ZJ-2026-000981-1")]
    pub external_id: String,
    #[schema(min_length = 5, max_length = 900)]
    pub text: String,
    /// 是最后一次答复。
    #[serde(default)]
    pub done: bool,
}

/// 已登记。
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Received {
    pub number: String,
    pub external_id: String,
}
