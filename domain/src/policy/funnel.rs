//! The way of an enterprise from match to money, as an evaluation counts it (S-25).

use crate::vocabulary::vocabulary;

vocabulary! {
    /// A step, dated once for each enterprise and item.
    Step {
        Matched = "matched", "匹配";
        Told = "told", "推送";
        Read = "read", "查看";
        Calculated = "calculated", "测算";
        Applied = "applied", "申请";
        Approved = "approved", "核准";
        Paid = "paid", "拨付";
    }
}
