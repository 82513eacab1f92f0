//! What the actions of the lead's work ask: the words, and how much fits.

use crate::ui::form::{Field, field};

pub const EXPLANATION: Field =
    Field { rows: 3, max: 500, ..field("explanation", "给企业的说明", "企业会看到这段话") };
pub const WHAT: Field = Field {
    rows: 3, max: 500, ..field("what", "请企业补充什么", "例如：请补充用电户号和现有变压器容量")
};
pub const NOTE: Field =
    Field { rows: 2, max: 500, optional: true, ..field("note", "交办说明", "只有工作人员看得到") };
pub const RULING: Field =
    Field { rows: 2, max: 500, ..field("note", "为什么交给这个部门", "只有工作人员看得到；至少 5 个字") };
pub const WITH: Field = Field { rows: 1, max: 30, ..field("with", "联系了谁", "") };
pub const RESULT: Field =
    Field {
        rows: 3, max: 500, ..field("result", "联系结果", "企业会看到这段话，例如：约好明天上午到现场看")
    };
pub const RETURN: Field =
    Field {
        rows: 3, max: 500, ..field("return_reason", "为什么不属于本部门", "例如：该路段由属地镇街养护")
    };
pub const PROGRESS: Field = Field { rows: 3, max: 2000, ..field("progress", "目前做了什么", "企业会看到这段话") };
pub const EXTEND: Field =
    Field {
        rows: 3, max: 500, ..field("extend_reason", "为什么不能按期办结", "企服中心和企业据此了解，至少 5 个字")
    };
pub const GRANT: Field = Field { rows: 3, max: 500, ..field("grant_reason", "给企业的说明", "企业会看到这段话") };
pub const REFUSE: Field = Field { rows: 3, max: 500, ..field("refuse_reason", "为什么不同意", "部门会看到这段话") };
pub const LEADER: Field = Field { rows: 1, max: 30, ..field("leader", "批示的领导", "姓名和职务") };
pub const INSTRUCTION: Field = Field { rows: 3, max: 500, ..field("instruction", "批示内容", "只有工作人员看得到") };
pub const SUPERVISION: Field = Field { rows: 3, max: 500, ..field("supervision_reason", "督办理由", "至少 5 个字") };
pub const VERIFIED: Field = Field { rows: 3, max: 500, ..field("verified", "核实情况", "部门会看到，至少 5 个字") };
pub const CAUSE: Field = Field { rows: 3, max: 1000, ..field("cause", "原因", "为什么没有办好，至少 5 个字") };
pub const MEASURES: Field =
    Field { rows: 3, max: 1000, ..field("measures", "措施", "怎么办、什么时候办好，至少 5 个字") };
pub const REVIEW: Field =
    Field { rows: 3, max: 1000, ..field("review_cause", "原因", "为什么会走到督办，至少 5 个字") };
pub const RESPONSIBILITY: Field =
    Field { rows: 2, max: 1000, ..field("responsibility", "责任", "是谁的责任，怎样处理") };
pub const CHANGE: Field =
    Field { rows: 2, max: 1000, ..field("rule_change", "要改的规则", "改哪条规则，以后不再发生") };
pub const SIGN_OFF: Field = Field { rows: 2, max: 500, optional: true, ..field("sign_off_note", "销号说明", "") };
pub const SIGN_OFF_ANYWAY: Field =
    Field {
        rows: 2, max: 500, ..field("sign_off_note", "销号的理由", "没有企业确认，为什么可以销号，至少 5 个字")
    };
pub const QUESTION: Field =
    Field { rows: 3, max: 500, ..field("question", "要了解什么", "部门和企服中心会看到，至少 5 个字") };
pub const REPLY: Field = Field { rows: 4, max: 2000, ..field("reply", "回复", "监督人员会看到，至少 5 个字") };
pub const ANSWER: Field =
    Field {
        rows: 5, max: 2000, ..field("answer", "答复内容", "做了什么、结果怎样、企业接下来要做什么。至少 10 个字")
    };
pub const CALL: Field = Field {
    rows: 3,
    max: 500,
    optional: true,
    ..field("call_notes", "回访记录", "只有工作人员看得到；没解决或没联系上请写清楚")
};
pub const CLOSE: Field =
    Field { rows: 2, max: 500, optional: true, ..field("close_note", "办结说明", "企业会看到这段话") };
pub const REOPEN: Field = Field { rows: 3, max: 500, ..field("reopen_reason", "重新办理的理由", "") };
