//! One setting: where it is looked up, what it may be, what is printed of it.

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The environment.
    Environment,
    /// Nobody set it.
    Default,
}

/// One setting as `qifu config` prints it.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The variable.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// The value in force; secrets are masked.
    pub value: String,
    /// Where it comes from.
    pub source: Source,
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("setting {name}: {reason} (it is “{value}”)")]
pub struct ConfigError {
    name: &'static str,
    value: String,
    reason: String,
}

pub(super) fn fault(name: &'static str, value: String, reason: &str) -> ConfigError {
    ConfigError { name, value, reason: reason.to_owned() }
}

/// Reads one after the other, and keeps what was read.
pub(super) struct Reader<'a> {
    pub lookup: &'a dyn Fn(&str) -> Option<String>,
    pub settings: Vec<Setting>,
}

impl Reader<'_> {
    pub fn text(&mut self, name: &'static str, default: &str, about: &'static str) -> String {
        let found = (self.lookup)(name).filter(|value| !value.trim().is_empty());
        let source = if found.is_some() { Source::Environment } else { Source::Default };
        let value = found.unwrap_or_else(|| default.to_owned());
        self.settings.push(Setting { name, about, value: masked(name, &value), source });
        value
    }

    pub fn parsed<T: std::str::FromStr>(
        &mut self,
        name: &'static str,
        default: &str,
        about: &'static str,
        must: &str,
    ) -> Result<T, ConfigError> {
        let value = self.text(name, default, about);
        value.trim().parse().map_err(|_| fault(name, value, &format!("must be {must}")))
    }

    pub fn flag(&mut self, name: &'static str, about: &'static str) -> Result<bool, ConfigError> {
        let value = self.text(name, "0", about);
        match value.trim() {
            "1" | "true" | "yes" => Ok(true),
            "0" | "false" | "no" => Ok(false),
            _ => Err(fault(name, value, "must be 0 or 1")),
        }
    }

    pub fn optional(&mut self, name: &'static str, about: &'static str) -> Option<String> {
        let value = self.text(name, "", about);
        (!value.is_empty()).then_some(value)
    }
}

/// Secrets and passwords in URLs are not printed.
pub(super) fn masked(name: &str, value: &str) -> String {
    if value.is_empty() {
        return String::new();
    }
    if name.ends_with("SECRET") {
        return "****".to_owned();
    }
    match (value.find("://"), value.rfind('@')) {
        (Some(scheme), Some(at)) if scheme + 3 < at => match value[scheme + 3..at].find(':') {
            Some(colon) => format!("{}:****{}", &value[..scheme + 3 + colon], &value[at..]),
            None => value.to_owned(),
        },
        _ => value.to_owned(),
    }
}
