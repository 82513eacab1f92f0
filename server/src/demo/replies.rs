//! What offices ask and answer, and what enterprises find wrong with it, by the kind of the problem: nobody repairs a tax refund on site.

/// What is said of one kind of problem. Each list is as long as the same list of the other kinds.
pub struct Replies {
    /// What came of a first contact.
    pub calls: &'static [&'static str],
    /// What is asked of enterprises.
    pub asks: &'static [&'static str],
    /// Interim answers.
    pub progress: &'static [&'static str],
    /// Answers that solve.
    pub solved: &'static [&'static str],
    /// Answers that explain.
    pub explained: &'static [&'static str],
    /// What enterprises say when it is not solved.
    pub complaints: &'static [&'static str],
}

/// What fits problems of a category.
pub fn of(category: &str) -> &'static Replies {
    match category {
        "drainage" | "street" | "road" | "sewage" | "water" | "power_cut" | "network" => &WORKS,
        "order" | "traffic" | "parking" | "garbage" | "noise" | "fire" | "fire_acceptance" | "safety" => &ON_SITE,
        "power" | "construction_permit" | "completion" | "planning" | "eia" | "invoice" | "registration" => &PAPERS,
        "export_rebate" | "job_subsidy" | "subsidy" | "tax_refund" | "arrears" | "procurement" => &MONEY,
        "tech_upgrade" | "digital_upgrade" | "high_tech" | "ip" | "land" | "gas" | "policy_question" => &POLICY,
        _ => &OTHER,
    }
}

const WORKS: Replies = Replies {
    calls: &[
        "已了解情况，说明了办理步骤和时限。",
        "已核实地点和现状，约好到现场查看的时间。",
        "已确认诉求内容，企业希望尽快答复。",
    ],
    asks: &["请补充具体位置和现场照片。", "请补充现场联系人和方便查看的时间。"],
    progress: &[
        "已联系企业了解情况，正在安排工作人员到现场查看。",
        "已到现场查看，问题属实，正在与相关单位商量处理办法。",
        "已约好养护单位，本周内进场施工。",
        "已列入本周的协调会议题，会后第一时间告诉您。",
    ],
    solved: &[
        "已到现场处理完毕，并请企业负责人当场确认。后续如有问题可以直接联系经办人。",
        "已协调相关单位完成施工，今天恢复正常。我们会在一周后再去看一次。",
    ],
    explained: &[
        "已到现场查看，这一处要和周边管线一起改造，已列入下一批施工计划，开工前会告知企业。",
        "该事项需要上级部门审批后才能施工，目前正常流转中，预计十五个工作日内完成，我们会继续跟进。",
    ],
    complaints: &[
        "只是来看了一下，问题还在。",
        "答复和上次一样，没有实际解决。",
        "电话里说好了，到现在没有人来。",
        "处理了一半，过几天又和原来一样。",
    ],
};

const ON_SITE: Replies = Replies {
    calls: WORKS.calls,
    asks: WORKS.asks,
    progress: &[
        "已联系企业了解情况，正在安排工作人员到现场查看。",
        "已到现场查看，问题属实，正在与相关单位商量处理办法。",
        "已会同相关单位定下到现场的时间，本周内上门。",
        "已列入本周的协调会议题，会后第一时间告诉您。",
    ],
    solved: &[
        "已到现场处理完毕，并请企业负责人当场确认。后续如有问题可以直接联系经办人。",
        "已会同相关单位到现场，和企业逐条说清，问题当场解决。我们会在一周后再去看一次。",
    ],
    explained: &[
        "已到现场查看，按现行规定目前只能做到这一步，已当面说明理由，并留下经办人的联系方式。",
        "该事项需要几个单位一起定，目前正常流转中，预计十五个工作日内有结果，我们会继续跟进。",
    ],
    complaints: &[
        "只是来看了一下，问题还在。",
        "答复和上次一样，没有实际解决。",
        "电话里说好了，到现在没有人来。",
        "好了两天，又和原来一样。",
    ],
};

const PAPERS: Replies = Replies {
    calls: &["已了解情况，说明了办理步骤和时限。", "已核对申请编号和目前的环节。", "已确认诉求内容，企业希望尽快答复。"],
    asks: &["请补充申请编号和受理通知的照片。", "请补充退回意见的截图和营业执照照片。"],
    progress: &[
        "已联系企业了解情况，正在核对申请走到哪一步。",
        "已查到卡在哪个环节，正在与审批人员商量处理办法。",
        "材料已收齐，正在办理，预计本周内有结果。",
        "已列入本周的协调会议题，会后第一时间告诉您。",
    ],
    solved: &["经核实材料齐全，已办结，结果已通过短信告知企业。", "已安排专人上门辅导，材料一次补齐，申请已经通过。"],
    explained: &[
        "您的申请按现行规定还缺一项条件，已一次性书面告知要补齐的内容，补齐后优先办理。",
        "该事项需要上级部门审批，目前正常流转中，预计十五个工作日内完成，我们会继续跟进。",
    ],
    complaints: &[
        "只告诉我再等等，申请还是没有动。",
        "答复和上次一样，没有实际解决。",
        "电话里说材料齐了，到现在没有结果。",
        "补了一次材料，又被退回来了。",
    ],
};

const MONEY: Replies = Replies {
    calls: &["已了解情况，说明了办理步骤和时限。", "已核对金额和目前的环节。", "已确认诉求内容，企业希望尽快答复。"],
    asks: &["请补充申报编号和系统截图。", "请补充合同、对账单或者申报回执。"],
    progress: &[
        "已联系企业了解情况，正在核对金额和账户。",
        "已查到卡在哪个环节，正在与经办单位商量处理办法。",
        "账目已经核对清楚，正在走付款手续，预计本周内有结果。",
        "已列入本周的协调会议题，会后第一时间告诉您。",
    ],
    solved: &[
        "已核对清楚，款项今天到账，已请企业负责人确认。后续如有问题可以直接联系经办人。",
        "已与经办单位当面核实，手续一次补齐，款项已经拨付到企业账户。",
    ],
    explained: &[
        "您反映的款项按现行规定还不符合拨付条件，已说明理由，并告知企业可以走的其他渠道。",
        "该款项需要上级部门审核，目前正常流转中，预计十五个工作日内完成，我们会继续跟进。",
    ],
    complaints: &[
        "只说在审核，钱还没有到账。",
        "答复和上次一样，没有实际解决。",
        "电话里说好了日期，到期还是没有到账。",
        "到了一部分，剩下的没有说法。",
    ],
};

const POLICY: Replies = Replies {
    calls: &[
        "已了解情况，说明了政策口径和咨询渠道。",
        "已核对企业的基本情况和想办的事项。",
        "已确认诉求内容，企业希望尽快答复。",
    ],
    asks: &["请补充企业上一年度的主要数据。", "请补充项目名称、投入金额和计划时间。"],
    progress: &[
        "已联系企业了解情况，正在逐条核对条件。",
        "已请业务处室答复口径，正在整理给企业的书面说明。",
        "已约好专人辅导，本周内与企业当面沟通。",
        "已列入本周的协调会议题，会后第一时间告诉您。",
    ],
    solved: &[
        "已把条件、材料和时间书面告知企业，并安排专人全程辅导。后续如有问题可以直接联系经办人。",
        "已安排专人上门辅导，企业负责人确认已经清楚下一步怎么办。",
    ],
    explained: &[
        "您反映的事项按现行规定还不符合条件，已上门说明理由，并为企业推荐了可以申请的另一项政策。",
        "该事项要等上级部门今年的文件，出台后会第一时间告知企业，我们会继续跟进。",
    ],
    complaints: &[
        "只把文件念了一遍，还是不知道怎么办。",
        "答复和上次一样，没有实际解决。",
        "电话里说会有人联系，到现在没有。",
        "说清楚了一半，关键的条件没有讲。",
    ],
};

const OTHER: Replies = Replies {
    calls: &["已了解情况，说明了办理步骤和时限。", "已核对企业的情况和要求。", "已确认诉求内容，企业希望尽快答复。"],
    asks: &["请补充联系人和方便联系的时间。", "请补充有关的合同、单据或者截图。"],
    progress: &[
        "已联系企业了解情况，正在核实。",
        "已核实，问题属实，正在与相关单位商量处理办法。",
        "已与相关单位对接，预计本周内有结果。",
        "已列入本周的协调会议题，会后第一时间告诉您。",
    ],
    solved: &[
        "已与相关单位逐项对接，问题已经解决，并请企业负责人确认。后续如有问题可以直接联系经办人。",
        "已协调相关单位作出安排，从下周起执行，经办人会继续跟踪。",
    ],
    explained: &[
        "您反映的事项按现行规定目前还办不了，已说明理由，并告知企业可以走的其他渠道。",
        "该事项需要几个单位一起商量，目前正常流转中，预计十五个工作日内有结果，我们会继续跟进。",
    ],
    complaints: &[
        "只是问了一下情况，问题还在。",
        "答复和上次一样，没有实际解决。",
        "电话里说好了，到现在没有下文。",
        "解决了一半，剩下的没有说法。",
    ],
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::said::{called, rating};
    use crate::demo::{Dice, stories};
    use domain::issue::{CallBack, Command, Said, Satisfaction};

    /// What only somebody who went there can say.
    const FIELD: &[&str] = &["施工", "积水", "变压器", "到现场"];

    fn named(words: &str) -> Option<&'static str> {
        FIELD.iter().copied().find(|word| words.contains(*word))
    }

    #[test]
    fn only_problems_of_a_place_are_answered_as_if_somebody_had_been_there() {
        let mut dice = Dice::new(7);
        let mut places = Vec::new();
        for (category, ..) in stories::PROBLEMS {
            let replies = of(category);
            let lists = [replies.calls, replies.asks, replies.progress, replies.solved, replies.explained, replies.complaints];
            if lists.concat().iter().any(|words| named(words).is_some()) {
                places.push(*category);
                continue;
            }
            let said = Said { solved: false, level: Satisfaction::Dissatisfied };
            for _ in 0..200 {
                let comment = rating(&mut dice, true, replies).comment;
                assert!(replies.complaints.contains(&comment.as_str()) && named(&comment).is_none(), "{category}: {comment}");
                let Command::CallBack(CallBack { notes, .. }) = called(&mut dice, Some(said), replies) else { unreachable!() };
                assert!(replies.complaints.contains(&notes.as_str()) && named(&notes).is_none(), "{category}: {notes}");
            }
        }
        places.sort_unstable();
        assert_eq!(places, ["drainage", "fire_acceptance", "order", "sewage", "street", "water"]);
    }

    #[test]
    fn whatever_the_kind_the_dice_choose_among_as_many() {
        let lengths = |replies: &Replies| {
            let lists = [replies.calls, replies.asks, replies.progress, replies.solved, replies.explained, replies.complaints];
            lists.map(<[&str]>::len)
        };
        for replies in [&ON_SITE, &PAPERS, &MONEY, &POLICY, &OTHER] {
            assert_eq!(lengths(replies), lengths(&WORKS));
        }
    }
}
