//! Settings: from the environment, each with a default, a source, and a sentence when it is wrong.

mod reader;
mod shift;

pub use reader::{ConfigError, Setting, Source};

use domain::calendar::WorkCalendar;
use domain::security::FactorRule;
use reader::{Reader, fault, masked};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

/// What is in force.
#[derive(Debug, Clone)]
pub struct Config {
    /// `DATABASE_URL`; none means the embedded cluster.
    pub database_url: Option<String>,
    /// `QIFU_ADDR`.
    pub addr: SocketAddr,
    /// `QIFU_DATA`.
    pub data: PathBuf,
    /// `QIFU_SITE`.
    pub site: PathBuf,
    /// `QIFU_PHOTOS`: an `object_store` URL; none means a folder in the data.
    pub photos: Option<String>,
    /// `QIFU_DEMO`.
    pub demo: bool,
    /// `QIFU_CLOCK_SHIFT`: how far the clock is put ahead; never where a city works.
    pub clock_shift: time::Duration,
    /// `QIFU_TLS`: cookies are sent over TLS only.
    pub tls: bool,
    /// `QIFU_OPEN`: serve the network even so.
    pub open: bool,
    /// `QIFU_TRUST_PROXY`: the last address of X-Forwarded-For is the client's.
    pub trust_proxy: bool,
    /// `QIFU_POOL`.
    pub pool: u32,
    /// `QIFU_CONNECTIONS`.
    pub connections: NonZeroU32,
    /// `QIFU_CONNECTIONS_PER_ADDRESS`: none counts behind a proxy.
    pub connections_per_address: NonZeroU32,
    /// `QIFU_DRAIN`.
    pub drain: Duration,
    /// `QIFU_CODES_PER_ADDRESS`.
    pub codes_per_address: i32,
    /// Seconds that a browser waits between two codes to one number.
    pub code_pause: u32,
    /// `QIFU_CODES_PER_CITY`.
    pub codes_per_city: i32,
    /// `QIFU_CODES_PER_CITY_DAY`.
    pub codes_per_city_day: i32,
    /// `QIFU_UPLOADS_PER_DAY`.
    pub uploads_per_day: i32,
    /// `QIFU_FILINGS_PER_DAY`.
    pub filings_per_day: i32,
    /// `QIFU_PRIVATE_WEBHOOKS`.
    pub private_webhooks: bool,
    /// `QIFU_SECOND_FACTOR`.
    pub factor_rule: FactorRule,
    /// `QIFU_SECURITY_LOG`.
    pub security_log: Option<String>,
    /// `QIFU_CLAMD`.
    pub clamd: Option<String>,
    /// `QIFU_SMS_URL`.
    pub sms_url: Option<String>,
    /// `QIFU_SMS_TEMPLATE`.
    pub sms_template: String,
    /// `QIFU_SMS_NOTICE_TEMPLATE`.
    pub sms_notice_template: String,
    /// `QIFU_SMS_SECRET`.
    pub sms_secret: Option<String>,
    /// `QIFU_SMTP_URL`.
    pub smtp_url: Option<String>,
    /// `QIFU_MAIL_FROM`.
    pub mail_from: String,
    /// `QIFU_WORK_HOURS`, parsed.
    pub work_hours: Vec<(u32, u32)>,
    /// `QIFU_AUDIT_FILE`.
    pub audit_file: Option<PathBuf>,
    /// `QIFU_LOG`.
    pub log: String,
    /// `QIFU_LOG_FORMAT` is `json`.
    pub log_json: bool,
    /// Everything, for printing.
    pub settings: Vec<Setting>,
}

impl Config {
    /// Reads the environment.
    ///
    /// # Errors
    /// [`ConfigError`] with a sentence.
    pub fn from_env() -> Result<Config, ConfigError> {
        Config::read(&|name| std::env::var(name).ok())
    }

    /// Whether these settings may serve where they would. A demo has accounts with a known password, and without TLS whoever is on the way
    /// reads the sessions: neither is for the world without somebody having said so.
    ///
    /// # Errors
    /// [`ConfigError`] with a sentence.
    pub fn may_serve(&self) -> Result<(), ConfigError> {
        if self.addr.ip().is_loopback() || self.open {
            return Ok(());
        }
        if self.demo {
            return Err(fault(
                "QIFU_ADDR",
                self.addr.to_string(),
                "would show a demo, whose accounts everybody knows, to the network: listen on 127.0.0.1, or set QIFU_OPEN=1",
            ));
        }
        if !self.tls {
            return Err(fault(
                "QIFU_ADDR",
                self.addr.to_string(),
                "would serve the network without TLS: put a proxy with TLS in front and set QIFU_TLS=1, or set QIFU_OPEN=1",
            ));
        }
        Ok(())
    }

    /// Reads settings from anywhere.
    ///
    /// # Errors
    /// [`ConfigError`] with a sentence.
    pub fn read(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Config, ConfigError> {
        let mut r = Reader { lookup, settings: Vec::new() };
        let database_url = database(&mut r)?;
        let work_hours = hours(&mut r)?;
        let demo = r.flag("QIFU_DEMO", "load demo data on the first start, show sign-in codes, say so on every page")?;
        let clock_shift = clock_shift(&mut r, demo)?;
        let factor_rule = factor_rule(&mut r, demo)?;
        // Nothing stands before a demo that would send requests elsewhere.
        let drain = if demo { "0" } else { "5" };
        Ok(Config {
            database_url,
            work_hours,
            demo,
            clock_shift,
            factor_rule,
            addr: r.parsed("QIFU_ADDR", "127.0.0.1:3000", "where to listen", "an address and port, e.g. 127.0.0.1:3000")?,
            data: r.text("QIFU_DATA", "data", "folder of the embedded database and the photos").into(),
            site: r.text("QIFU_SITE", "target/site", "folder of the built style sheet, scripts and icons").into(),
            photos: r.optional(
                "QIFU_PHOTOS",
                "object store of the photos, e.g. s3://bucket (feature s3); empty: a folder in QIFU_DATA",
            ),
            tls: r.flag("QIFU_TLS", "the site is reached over TLS: Secure cookies and HSTS")?,
            open: r.flag("QIFU_OPEN", "serve the network without TLS, or with demo data: somebody has thought about it")?,
            trust_proxy: r.flag("QIFU_TRUST_PROXY", "take the client's address from the last X-Forwarded-For")?,
            pool: r.parsed("QIFU_POOL", "16", "database connections", "a number")?,
            connections: r.parsed(
                "QIFU_CONNECTIONS",
                "4096",
                "connections that this server takes at once",
                "a number of connections, one at least",
            )?,
            connections_per_address: r.parsed(
                "QIFU_CONNECTIONS_PER_ADDRESS",
                "512",
                "the same from one address, or from one /64 of IPv6; not counted with QIFU_TRUST_PROXY",
                "a number of connections, one at least",
            )?,
            drain: Duration::from_secs(
                r.parsed::<u32>(
                    "QIFU_DRAIN",
                    drain,
                    "seconds between not being ready any more and stopping",
                    "a number of seconds",
                )?
                .into(),
            ),
            codes_per_address: r.parsed(
                "QIFU_CODES_PER_ADDRESS",
                "60",
                "sign-in codes and tries an address may have in 10 minutes",
                "a number",
            )?,
            code_pause: r.parsed(
                "QIFU_CODE_PAUSE",
                "60",
                "seconds that a browser waits before another sign-in code to the same number; 0 for none",
                "a number of seconds",
            )?,
            codes_per_city: r.parsed(
                "QIFU_CODES_PER_CITY",
                "3000",
                "sign-in codes that all browsers in which nobody signed in before may ask for in 10 minutes",
                "a number",
            )?,
            codes_per_city_day: r.parsed("QIFU_CODES_PER_CITY_DAY", "20000", "the same in 24 hours", "a number")?,
            uploads_per_day: r.parsed(
                "QIFU_UPLOADS_PER_DAY",
                "300",
                "photos and files that one account may send in a day",
                "a number",
            )?,
            filings_per_day: r.parsed(
                "QIFU_FILINGS_PER_DAY",
                "200",
                "problems that an enterprise may file in a day; 0: as many as it likes",
                "a number",
            )?,
            private_webhooks: r
                .flag("QIFU_PRIVATE_WEBHOOKS", "channels may have steps sent to addresses of the own network, and without TLS")?,
            clamd: r.optional("QIFU_CLAMD", "virus scanner, clamd's host:port; empty: files are not scanned"),
            sms_url: r.optional("QIFU_SMS_URL", "SMS gateway; empty: codes go to the log"),
            sms_template: r.text("QIFU_SMS_TEMPLATE", "qifu-login", "template of sign-in codes"),
            sms_notice_template: r.text("QIFU_SMS_NOTICE_TEMPLATE", "qifu-notice", "template of notices of policies"),
            sms_secret: r.optional("QIFU_SMS_SECRET", "signs requests to the gateway (HMAC-SHA256)"),
            smtp_url: r.optional("QIFU_SMTP_URL", "mail server, smtps://user:password@host:465; empty: no mail is sent"),
            mail_from: r.text("QIFU_MAIL_FROM", "qifu@localhost", "from whom mail comes"),
            audit_file: r
                .optional("QIFU_AUDIT_FILE", "file to which the day's anchor is appended; empty: the log has it")
                .map(PathBuf::from),
            security_log: r.optional(
                "QIFU_SECURITY_LOG",
                "where lines of the security log go, as JSON: a file, or - for the standard output; empty: into the log",
            ),
            log: r.text("QIFU_LOG", "info,sqlx=warn", "what is logged (tracing filter)"),
            log_json: log_json(&mut r)?,
            settings: r.settings,
        })
    }
}

fn database(r: &mut Reader<'_>) -> Result<Option<String>, ConfigError> {
    let found = r.optional("DATABASE_URL", "PostgreSQL; empty: a cluster of its own in QIFU_DATA");
    match &found {
        Some(url) if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) => {
            Err(fault("DATABASE_URL", masked("DATABASE_URL", url), "must start with postgres://"))
        }
        _ => Ok(found),
    }
}

fn hours(r: &mut Reader<'_>) -> Result<Vec<(u32, u32)>, ConfigError> {
    let value = r.text("QIFU_WORK_HOURS", "09:00-12:00,13:30-17:30", "working hours of a day");
    let Some(pairs) = parse_hours(&value) else {
        return Err(fault("QIFU_WORK_HOURS", value, "must be like 09:00-12:00,13:30-17:30"));
    };
    match WorkCalendar::default().with_hours(&pairs) {
        Ok(_) => Ok(pairs),
        Err(error) => Err(fault("QIFU_WORK_HOURS", value, &error.to_string())),
    }
}

fn clock_shift(r: &mut Reader<'_>, demo: bool) -> Result<time::Duration, ConfigError> {
    let about = "with QIFU_DEMO=1: puts the server's clock ahead, or back with a minus, by seconds or days (P3D)";
    let value = r.text("QIFU_CLOCK_SHIFT", "0", about);
    match shift::parse(&value) {
        None => Err(fault("QIFU_CLOCK_SHIFT", value, "must be seconds or days, ten years at most, e.g. 3600, P3D or -P3D")),
        Some(by) if demo || by.is_zero() => Ok(by),
        Some(_) => Err(fault("QIFU_CLOCK_SHIFT", value, "moves every limit and warning: only a demo may, with QIFU_DEMO=1")),
    }
}

fn factor_rule(r: &mut Reader<'_>, demo: bool) -> Result<FactorRule, ConfigError> {
    let about = "who signs in with a second factor: off, optional, privileged (policy editors, reviewers of applications, \
        administrators), staff";
    // Trying stays two commands: the demo's accounts have no app to scan with.
    let value = r.text("QIFU_SECOND_FACTOR", if demo { "optional" } else { "privileged" }, about);
    FactorRule::parse(value.trim())
        .ok_or_else(|| fault("QIFU_SECOND_FACTOR", value, "must be off, optional, privileged or staff"))
}

fn log_json(r: &mut Reader<'_>) -> Result<bool, ConfigError> {
    match r.text("QIFU_LOG_FORMAT", "text", "text or json").as_str() {
        "text" => Ok(false),
        "json" => Ok(true),
        other => Err(fault("QIFU_LOG_FORMAT", other.to_owned(), "must be text or json")),
    }
}

fn parse_hours(text: &str) -> Option<Vec<(u32, u32)>> {
    let minute = |clock: &str| {
        let (hour, minute) = clock.trim().split_once(':')?;
        let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
        (hour <= 24 && minute < 60).then_some(hour * 60 + minute)
    };
    text.split(',').map(|span| span.split_once('-').and_then(|(from, to)| Some((minute(from)?, minute(to)?)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &'static str, value: &'static str) -> Result<Config, ConfigError> {
        Config::read(&|asked| (asked == name).then(|| value.to_owned()))
    }

    #[test]
    fn wrong_settings_are_named_in_a_sentence() {
        for (name, value) in [
            ("QIFU_ADDR", "3000"),
            ("QIFU_DEMO", "maybe"),
            ("QIFU_POOL", "many"),
            ("QIFU_CONNECTIONS", "0"),
            ("QIFU_CONNECTIONS_PER_ADDRESS", "0"),
            ("QIFU_DRAIN", "-1"),
            ("DATABASE_URL", "mysql://x"),
            ("QIFU_WORK_HOURS", "9-17"),
            ("QIFU_WORK_HOURS", "09:00-08:00"),
            ("QIFU_LOG_FORMAT", "xml"),
            ("QIFU_SECOND_FACTOR", "always"),
            ("QIFU_CLOCK_SHIFT", "tomorrow"),
            ("QIFU_CLOCK_SHIFT", "P3D"),
        ] {
            let error = with(name, value).expect_err(name).to_string();
            assert!(error.contains(name) && error.contains(value), "{error}");
        }
    }

    #[test]
    fn the_network_is_served_only_where_somebody_thought_of_it() {
        for (settings, refused) in [
            (&[][..], None),
            (&[("QIFU_DEMO", "1")], None),
            (&[("QIFU_ADDR", "0.0.0.0:3000")], Some("TLS")),
            (&[("QIFU_ADDR", "[::]:3000"), ("QIFU_TLS", "1")], None),
            (&[("QIFU_ADDR", "0.0.0.0:3000"), ("QIFU_TLS", "1"), ("QIFU_DEMO", "1")], Some("demo")),
            (&[("QIFU_ADDR", "0.0.0.0:3000"), ("QIFU_OPEN", "1"), ("QIFU_DEMO", "1")], None),
        ] {
            let config =
                Config::read(&|asked| settings.iter().find(|(name, _)| *name == asked).map(|(_, value)| (*value).to_owned()));
            let answer = config.expect("valid").may_serve();
            let fits = match (&answer, refused) {
                (Ok(()), None) => true,
                (Err(error), Some(word)) => error.to_string().contains(word),
                _ => false,
            };
            assert!(fits, "{settings:?}: {answer:?}");
        }
    }

    #[test]
    fn a_demo_s_clock_may_be_moved_and_no_city_s() {
        let read = |demo: &'static str, by: &'static str| {
            Config::read(&|asked| match asked {
                "QIFU_DEMO" => Some(demo.to_owned()),
                "QIFU_CLOCK_SHIFT" => Some(by.to_owned()),
                _ => None,
            })
        };
        assert_eq!(read("1", "-P3D").expect("a demo").clock_shift, time::Duration::days(-3));
        assert!(read("0", "1").expect_err("a city").to_string().contains("only a demo may, with QIFU_DEMO=1"));
        assert_eq!(read("0", "0").expect("not moved").clock_shift, time::Duration::ZERO);
    }

    #[test]
    fn trying_takes_no_second_factor_unless_somebody_says_so() {
        for (settings, rule) in [
            (&[][..], FactorRule::Privileged),
            (&[("QIFU_DEMO", "1")], FactorRule::Optional),
            (&[("QIFU_DEMO", "1"), ("QIFU_SECOND_FACTOR", "staff")], FactorRule::Staff),
            (&[("QIFU_SECOND_FACTOR", "off")], FactorRule::Off),
        ] {
            let config =
                Config::read(&|asked| settings.iter().find(|(name, _)| *name == asked).map(|(_, value)| (*value).to_owned()));
            assert_eq!(config.expect("valid").factor_rule, rule, "{settings:?}");
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        let config = with("DATABASE_URL", "postgres://qifu:geheim@db/qifu").expect("valid");
        let shown = &config.settings.iter().find(|s| s.name == "DATABASE_URL").expect("listed").value;
        assert_eq!(shown, "postgres://qifu:****@db/qifu");
        assert_eq!(config.work_hours, [(540, 720), (810, 1050)]);
    }
}
