//! What people are told about their own account (账号安全提醒): that something of it was changed, or that somebody signed in with it in a browser
//! it was not seen in before. Whoever did it themselves reads it and goes on; for everybody else it is the first they hear.

use crate::calendar::{local, words};
use crate::issue::texts::{Text, TextKey, Texts};
use time::OffsetDateTime;

/// What happened to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alert {
    /// By itself.
    PasswordChanged,
    /// By an administrator.
    PasswordReset {
        by: String,
    },
    FactorSet,
    /// By itself, or by an administrator.
    FactorRemoved {
        by: String,
    },
    /// By an administrator, after too many tries.
    Unlocked {
        by: String,
    },
    /// A sign-in in a browser that the account was not seen in.
    NewBrowser {
        device: String,
        /// An address, or the network of one.
        place: String,
    },
}

/// How many sign-ins in new browsers somebody is told of in a day: whoever is told five times has understood, and nobody's telephone rings all day.
pub const NEW_BROWSERS_A_DAY: i32 = 5;

/// How the one is called who did it themselves.
pub const ONESELF: &str = "本人";

impl Alert {
    /// Which of the city's texts it is.
    pub fn key(&self) -> TextKey {
        match self {
            Alert::PasswordChanged => TextKey::AccountPassword,
            Alert::PasswordReset { .. } => TextKey::AccountReset,
            Alert::FactorSet => TextKey::AccountFactor,
            Alert::FactorRemoved { .. } => TextKey::AccountFactorGone,
            Alert::Unlocked { .. } => TextKey::AccountUnlocked,
            Alert::NewBrowser { .. } => TextKey::AccountBrowser,
        }
    }

    /// In the words that hold today.
    pub fn text(&self, texts: &Texts, now: OffsetDateTime) -> Text {
        let here = local(now);
        // With its day: a message is read later, and a "today" would be wrong then.
        let when = format!("{} {:02}:{:02}", words::day(here.date()), here.hour(), here.minute());
        let mut values = vec![("when", when)];
        match self {
            Alert::PasswordReset { by } | Alert::FactorRemoved { by } | Alert::Unlocked { by } => {
                values.push(("who", by.clone()))
            }
            Alert::NewBrowser { device, place } => values.extend([("device", device.clone()), ("place", place.clone())]),
            Alert::PasswordChanged | Alert::FactorSet => {}
        }
        texts.on(self.key(), local(now).date()).filled(&values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn an_alert_says_who_and_when_in_the_city_s_words() {
        let now = datetime!(2026-11-27 21:05 +8);
        let by = "市企服中心 沈洁".to_owned();
        let own = Alert::PasswordReset { by: by.clone() }.text(&Texts::default(), now);
        assert!(own.body.contains("市企服中心 沈洁") && own.body.contains("21:05"), "{}", own.body);
        let city = Text { title: "密码重置".to_owned(), body: "{who}操作".to_owned() };
        let texts = Texts::new(vec![(TextKey::AccountReset, date!(2026 - 11 - 27), Some(city))]);
        assert_eq!(Alert::PasswordReset { by: by.clone() }.text(&texts, now).body, "市企服中心 沈洁操作");
        let device = "{number}".to_owned();
        let browser = Alert::NewBrowser { device, place: "10.0.0.1".to_owned() }.text(&Texts::default(), now);
        assert!(
            browser.body.contains("{number}") && browser.body.contains("10.0.0.1"),
            "what a browser says is not looked at again"
        );
        for alert in [Alert::PasswordChanged, Alert::FactorSet, Alert::FactorRemoved { by: by.clone() }, Alert::Unlocked { by }] {
            assert!(!alert.text(&Texts::default(), now).body.contains('{'), "{alert:?}");
        }
    }
}
