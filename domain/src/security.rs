//! What the security log speaks of (OWASP ASVS V7), and who must sign in with a second factor (V2.8).

use crate::actor::Duty;

macro_rules! kinds {
    ($($kind:ident $code:literal $label:literal;)+) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Kind { $(#[doc = $label] $kind,)+ }

        impl Kind {
            /// Every kind, in the order it is offered in.
            pub const ALL: &[Kind] = &[$(Kind::$kind,)+];

            /// The stable code, as stored.
            pub fn code(self) -> &'static str {
                match self { $(Kind::$kind => $code,)+ }
            }

            /// In words.
            pub fn label(self) -> &'static str {
                match self { $(Kind::$kind => $label,)+ }
            }
        }
    };
}

kinds! {
    SignedIn "signed_in" "登录";
    SignInFailed "sign_in_failed" "登录失败";
    Locked "locked" "尝试过多，暂停";
    Unlocked "unlocked" "解除暂停";
    SessionsEnded "sessions_ended" "退出";
    Refused "refused" "越权被拒";
    Proved "proved" "再次确认身份";
    ProofFailed "proof_failed" "确认身份失败";
    PasswordChanged "password_changed" "修改密码";
    PasswordReset "password_reset" "重置密码";
    FactorSet "factor_set" "启用两步验证";
    FactorReset "factor_reset" "取消两步验证";
    FactorFailed "factor_failed" "两步验证失败";
    RecoveryUsed "recovery_used" "使用恢复码";
    RecoveryMade "recovery_made" "更换恢复码";
    Unmasked "unmasked" "查看联系电话";
    Exported "exported" "导出、下载";
    KeyAdded "key_added" "添加接口密钥";
    KeyReplaced "key_replaced" "更换接口密钥";
    KeyRevoked "key_revoked" "停用接口密钥";
    KeyRefused "key_refused" "接口密钥不对";
}

impl Kind {
    /// The kind of a code.
    pub fn parse(code: &str) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| kind.code() == code)
    }
}

/// Who signs in with a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FactorRule {
    /// Nobody, whatever was set up: for an emergency.
    Off,
    /// Whoever set one up.
    Optional,
    /// Also every policy editor and administrator, and whoever reviews applications.
    #[default]
    Privileged,
    /// Every member of staff.
    Staff,
}

impl FactorRule {
    /// The rule of a word: `off`, `optional`, `privileged`, `staff`.
    pub fn parse(word: &str) -> Option<FactorRule> {
        Some(match word {
            "off" => FactorRule::Off,
            "optional" => FactorRule::Optional,
            "privileged" => FactorRule::Privileged,
            "staff" => FactorRule::Staff,
            _ => return None,
        })
    }

    /// Whether an account of this duty does nothing before it has one. A department's handlers mostly answer problems; those of one that
    /// `reviews` applications say what is paid.
    pub fn requires(self, duty: &Duty, reviews: bool) -> bool {
        match self {
            FactorRule::Off | FactorRule::Optional => false,
            FactorRule::Privileged => reviews || matches!(duty, Duty::PolicyEditor { .. } | Duty::Administrator { .. }),
            FactorRule::Staff => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FactorRule, Kind};
    use crate::actor::{CITY, Duty};

    #[test]
    fn codes_are_read_again_and_none_is_there_twice() {
        for (index, kind) in Kind::ALL.iter().enumerate() {
            assert_eq!(Kind::parse(kind.code()), Some(*kind));
            assert!(Kind::ALL[..index].iter().all(|before| before.label() != kind.label()), "{kind:?}");
        }
        assert_eq!(Kind::parse("nonsense"), None);
    }

    #[test]
    fn the_more_one_may_the_more_one_proves() {
        let (editor, handler) = (Duty::PolicyEditor { area: CITY }, Duty::Handler { department: 1 });
        for (word, editors, handlers, reviewers) in [
            ("off", false, false, false),
            ("optional", false, false, false),
            ("privileged", true, false, true),
            ("staff", true, true, true),
        ] {
            let rule = FactorRule::parse(word).expect(word);
            assert_eq!(
                (rule.requires(&editor, false), rule.requires(&handler, false), rule.requires(&handler, true)),
                (editors, handlers, reviewers),
                "{word}"
            );
            assert_eq!(rule.requires(&Duty::Administrator { area: CITY }, false), editors, "{word}");
        }
        assert_eq!(FactorRule::default(), FactorRule::Privileged);
        assert_eq!(FactorRule::parse("maybe"), None);
    }
}
