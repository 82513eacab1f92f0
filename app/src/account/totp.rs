//! Time-based one-time passwords (RFC 6238) as every authenticator app has them: SHA-1, thirty seconds, six digits.

use qrcode::QrCode;
use qrcode::render::svg::Color;
use time::OffsetDateTime;
use totp_rs::{Algorithm, Builder, Totp, TotpError};

/// Seconds of a step.
const STEP: u64 = 30;
/// Steps that a clock may be off, either way.
const SKEW: u16 = 1;
/// Who the app says it is for.
const ISSUER: &str = "Qifu";

/// A fresh secret: 160 bits (RFC 4226, R6).
///
/// # Errors
/// When the system gives no random bytes.
pub fn new_secret() -> Result<[u8; 20], getrandom::Error> {
    let mut secret = [0; 20];
    getrandom::fill(&mut secret)?;
    Ok(secret)
}

fn totp(secret: &[u8], login: &str) -> Result<Totp, TotpError> {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(SKEW)
        .with_step_duration(STEP)
        .with_secret(secret)
        .with_account_name(login)
        .with_issuer(Some(ISSUER))
        .build()
}

/// The step that a code belongs to, of those around now: whoever takes the code remembers it, so that it is good once.
///
/// # Errors
/// For a secret that is too short to be one.
pub fn step_of(secret: &[u8], code: &str, now: OffsetDateTime) -> Result<Option<i64>, TotpError> {
    let totp = totp(secret, "")?;
    let second = u64::try_from(now.unix_timestamp()).unwrap_or_default();
    Ok(totp.check(code, second).and_then(|step| i64::try_from(step).ok()))
}

/// What the app reads from the picture.
///
/// # Errors
/// For a secret that is too short to be one.
pub fn uri(secret: &[u8], login: &str) -> Result<String, TotpError> {
    totp(secret, login)?.to_url()
}

/// The secret as one types it: base32 in groups of four.
///
/// # Errors
/// For a secret that is too short to be one.
pub fn typed(secret: &[u8]) -> Result<String, TotpError> {
    let text = totp(secret, "")?.secret().to_base32();
    let letters: Vec<char> = text.chars().collect();
    Ok(letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" "))
}

/// The picture of a text: a QR code as SVG, dark on light whatever the page is, as cameras want it.
///
/// # Errors
/// For a text that is too long.
pub fn picture(text: &str) -> Result<String, qrcode::types::QrError> {
    let svg = QrCode::new(text)?.render::<Color<'_>>().min_dimensions(200, 200).build();
    // Inside of a page it is no document of its own.
    Ok(svg.find("<svg").map_or(String::new(), |start| svg[start..].to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{new_secret, picture, step_of, typed, uri};
    use time::{Duration, OffsetDateTime};

    /// RFC 6238, appendix B: the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = b"12345678901234567890";
        for (second, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")] {
            let now = OffsetDateTime::from_unix_timestamp(second).expect("a time");
            assert_eq!(step_of(secret, code, now), Ok(Some(second / 30)), "{second}");
            assert_eq!(step_of(secret, "000000", now), Ok(None));
            assert_eq!(step_of(secret, "", now), Ok(None));
        }
    }

    #[test]
    fn a_clock_may_be_off_by_one_step() {
        let secret = b"12345678901234567890";
        let then = OffsetDateTime::from_unix_timestamp(1_111_111_109).expect("a time");
        let step = 1_111_111_109 / 30;
        for (late, found) in [(-60, None), (-30, Some(step)), (0, Some(step)), (30, Some(step)), (60, None)] {
            assert_eq!(step_of(secret, "081804", then + Duration::seconds(late)), Ok(found), "{late}");
        }
    }

    #[test]
    fn a_secret_is_shown_as_apps_read_it() {
        let secret = b"12345678901234567890";
        assert_eq!(typed(secret).expect("long enough"), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        let uri = uri(secret, "zhang.jianshe").expect("long enough");
        assert!(uri.starts_with("otpauth://totp/Qifu:zhang.jianshe?"), "{uri}");
        assert!(uri.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ") && uri.contains("issuer=Qifu"), "{uri}");
        let svg = picture(&uri).expect("short enough");
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
        assert_ne!(new_secret().expect("random bytes"), new_secret().expect("random bytes"));
    }
}
