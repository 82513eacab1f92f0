//! Keys of channels by the command line.

use super::qifu;
use serde_json::json;
use sqlx::{ConnectOptions, PgPool};

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_key_is_added_with_what_it_may_and_ended(pool: PgPool) {
    let url = pool.connect_options().to_url_lossy().to_string();
    let settings = [("DATABASE_URL", url.as_str())];
    let add = ["api-key", "add", "--name", "12345 热线平台", "--channel", "hotline", "--json"];
    let old = qifu(&add, &settings);
    assert_eq!(old.code, 0, "{}", old.err);
    assert_eq!(
        (&old.json()["scopes"], &old.json()["a_minute"]),
        (&json!(["open311"]), &json!(120)),
        "as before, where nothing is said"
    );
    assert!(domain::api_key::is_shaped(old.json()["key"].as_str().unwrap()));
    let twice = qifu(&add, &settings);
    assert!(twice.code == 1 && twice.err.contains("already"));
    let scopes = ["--scope", "issues:write", "--scope", "issues:read", "--a-minute", "300", "--a-day", "9000", "--json"];
    let ran = qifu(&[&["api-key", "add", "--name", "省平台", "--channel", "upper"][..], &scopes].concat(), &settings);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!((&ran.json()["scopes"], &ran.json()["a_day"]), (&json!(["issues:write", "issues:read"]), &json!(9000)));
    for (wrong, says) in [
        (&["--scope", "everything"][..], "everything"),
        (&["--a-minute", "0"], "--a-minute"),
        (&["--channel", "online"], "online"),
    ] {
        let ran = qifu(&[&["api-key", "add", "--name", "别的"][..], wrong].concat(), &settings);
        assert!(ran.code == 1 && ran.err.contains(says), "{wrong:?}: {}", ran.err);
    }
    let list = qifu(&["api-key", "list", "--json"], &settings).json();
    assert_eq!((list.as_array().unwrap().len(), &list[0]["name"], &list[0]["webhooks"]), (2, &json!("省平台"), &json!(0)));
    assert_eq!(qifu(&["api-key", "revoke", "--name", "省平台", "--json"], &settings).json()["revoked"], json!(true));
    assert_eq!(qifu(&["api-key", "revoke", "--name", "省平台"], &settings).code, 1);
}
