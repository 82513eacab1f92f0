//! What an enterprise (企业) is, apart from its issues.

pub mod size;

use serde::{Deserialize, Serialize};

/// 划型 (工信部联企业〔2011〕300号), from the smallest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// 微型.
    Micro,
    /// 小型.
    Small,
    /// 中型.
    Medium,
    /// 大型.
    Large,
}

impl Scale {
    pub const ALL: [Scale; 4] = [Scale::Micro, Scale::Small, Scale::Medium, Scale::Large];

    pub fn label(self) -> &'static str {
        match self {
            Scale::Micro => "微型",
            Scale::Small => "小型",
            Scale::Medium => "中型",
            Scale::Large => "大型",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Scale::Micro => "micro",
            Scale::Small => "small",
            Scale::Medium => "medium",
            Scale::Large => "large",
        }
    }

    pub fn parse(text: &str) -> Option<Scale> {
        Scale::ALL.into_iter().find(|s| s.code() == text || s.label() == text || text == format!("{}企业", s.label()))
    }
}

/// 分类服务 (S-13): key enterprises get a plan of their own, all others are not disturbed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnterpriseClass {
    /// 重点企业.
    Key,
    /// 一般企业.
    Ordinary,
}

impl EnterpriseClass {
    pub fn label(self) -> &'static str {
        match self {
            EnterpriseClass::Key => "重点企业",
            EnterpriseClass::Ordinary => "一般企业",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            EnterpriseClass::Key => "key",
            EnterpriseClass::Ordinary => "ordinary",
        }
    }

    pub fn parse(text: &str) -> Option<EnterpriseClass> {
        match text {
            "key" | "重点企业" | "重点" => Some(EnterpriseClass::Key),
            "ordinary" | "一般企业" | "一般" | "" => Some(EnterpriseClass::Ordinary),
            _ => None,
        }
    }
}
