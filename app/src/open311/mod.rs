//! Open311 GeoReport v2 (S-5, one mouth): services, requests and tokens for other channels. Values are those of the specification's JSON; `server`
//! writes them as JSON or XML. No private datum is in any answer: without a key only published cases are seen, with one how its own filings stand.

mod act;
mod read;

pub use act::report;
pub(crate) use act::shown_name;
pub(crate) use read::instant;
pub use read::{definition, discovery, request, requests, services, token};

use crate::error::AppError;
use crate::request::Request;
use crate::security::{self, Note};
use domain::api_key::{self, Scope};
use domain::open311::{Fault, api_key as sent_key};
use domain::security::Kind;
use sha2::{Digest, Sha256};
use store::api_key::Found;
use store::{Conn, identity};
use time::Duration;
use uuid::Uuid;

/// What is wrong with a request, all at once.
pub type Faults = Vec<Fault>;

/// SHA-256 of a key: what the database knows.
pub fn hash_key(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

/// The client key of what a key files under a mark. Marks are chosen by whoever files: those of two keys, or of a form, never meet.
fn client_key(key: &Found, mark: Uuid) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("open311/{}/{mark}", key.id).as_bytes())
}

/// The number of what a key has filed under a mark; what was filed before marks were the key's own is known by the mark itself.
async fn by_mark(conn: &mut Conn, key: &Found, mark: Uuid) -> Result<Option<String>, Faults> {
    store::open311::by_client_key(conn, key.id, &[client_key(key, mark), mark]).await.map_err(faults_of)
}

fn fault(code: u16, description: impl Into<String>) -> Faults {
    vec![Fault::new(code, description)]
}

/// What went wrong on our side, or by a rule of the loop, in the terms of the specification.
pub fn faults_of(error: impl Into<AppError>) -> Faults {
    match error.into() {
        AppError::Invalid(errors) => errors.into_iter().map(|error| Fault::new(400, error.message)).collect(),
        AppError::NotFound => fault(404, "not found"),
        AppError::Refused(sentence) => fault(400, sentence),
        AppError::Conflict(_, sentence) => fault(400, sentence),
        AppError::Forbidden | AppError::Unproved | AppError::Unauthenticated => fault(403, "not allowed"),
        AppError::Busy(reason) => {
            tracing::error!(reason, "open311 could not be answered");
            fault(503, "the system is busy, please try again in a moment")
        }
        AppError::Internal(reason) => {
            tracing::error!(reason, "open311 could not be answered");
            fault(500, "something is wrong on our side, please try again later")
        }
    }
}

/// Whose request it is, with the connection to answer it; none without a key. Counted by key, or by address.
///
/// # Errors
/// 403 for a key that is not in force, 429 for too many.
async fn open(request: &Request, pairs: &[(String, String)]) -> Result<(Conn, Option<Found>), Faults> {
    let services = request.services();
    let now = services.now();
    let mut conn = services.store.system().await.map_err(faults_of)?;
    let found = match sent_key(pairs) {
        None => None,
        Some(key) => {
            let known = api_key::is_shaped(key);
            let found = if known { store::api_key::find(&mut conn, &hash_key(key), now).await.map_err(faults_of)? } else { None };
            Some(found)
        }
    };
    let (counted, most) = match &found {
        Some(Some(key)) => (format!("api:key:{}", key.id), key.a_minute),
        _ => (format!("api:{}", request.head().network()), api_key::ANONYMOUS_A_MINUTE),
    };
    let allowed = identity::hit_rate_limit(&mut conn, &counted, Duration::minutes(1), most, now).await.map_err(faults_of)?;
    if !allowed {
        return Err(fault(429, format!("at most {most} requests a minute, please try again in a minute")));
    }
    // Under the name by which the city's own interface counts them, too: a key has one day.
    if let Some(Some(key)) = &found {
        let counted = format!("api:day:{}", key.id);
        let allowed = identity::hit_rate_limit(&mut conn, &counted, Duration::days(1), key.a_day, now).await;
        if !allowed.map_err(faults_of)? {
            return Err(fault(429, format!("at most {} requests a day, please try again tomorrow", key.a_day)));
        }
    }
    match found {
        Some(None) => {
            let refused = Note { kind: Kind::KeyRefused, who: None, login: "", subject: "open311", detail: "" };
            security::note_counted(request, &mut conn, refused, now).await.map_err(faults_of)?;
            Err(fault(403, "api_key is not in force"))
        }
        Some(Some(key)) if !key.scopes.contains(&Scope::Open311) => Err(fault(403, "api_key may not use this interface")),
        found => Ok((conn, found.flatten())),
    }
}
