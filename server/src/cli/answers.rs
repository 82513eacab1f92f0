//! Commands that answer from the rules alone.

use domain::calendar::{Span, WorkCalendar};
use domain::uscc::Uscc;
use serde_json::json;
use std::process::ExitCode;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Checks codes, a line each.
pub fn uscc(codes: &[String], as_json: bool) -> ExitCode {
    let mut all = true;
    for code in codes {
        let (valid, reason, shown) = match Uscc::parse(code) {
            Ok(parsed) => (true, None, parsed.to_string()),
            Err(error) => (false, Some(error.to_string()), code.clone()),
        };
        all &= valid;
        if as_json {
            println!("{}", json!({ "code": shown, "valid": valid, "reason": reason }));
        } else {
            println!("{shown}  {}", reason.unwrap_or_else(|| "有效".to_owned()));
        }
    }
    if all { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Adds working time.
pub fn workdays(from: &str, add: &str, as_json: bool) -> ExitCode {
    let usage = |message: String| {
        eprintln!("qifu: {message}");
        ExitCode::from(2)
    };
    let Ok(start) = OffsetDateTime::parse(from, &Rfc3339) else {
        return usage(format!("--from: “{from}” is not an RFC 3339 time, e.g. 2026-09-30T16:00:00+08:00"));
    };
    let span: Span = match add.parse() {
        Ok(span) => span,
        Err(error) => return usage(format!("--add: {error}")),
    };
    let calendar = WorkCalendar::default();
    let due = match calendar.add(start, span) {
        Ok(due) => due,
        Err(error) => return usage(error.to_string()),
    };
    let Ok(text) = due.due.format(&Rfc3339) else { return usage("the due time cannot be written".to_owned()) };
    let skipped: Vec<String> = due.skipped.iter().map(ToString::to_string).collect();
    if due.due.date() > calendar.covered_until() {
        eprintln!("qifu: the holiday table ends on {}; later days follow the plain week", calendar.covered_until());
    }
    if as_json {
        println!("{}", json!({ "due": text, "skipped": skipped }));
    } else {
        println!("{text}");
        if !skipped.is_empty() {
            println!("跳过 {}", skipped.join("、"));
        }
    }
    ExitCode::SUCCESS
}
