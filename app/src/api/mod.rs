//! The city's own interface for channels under `/api/v1` (S-5): hotline 12345, 亲清直通车, 恳谈会, visits and higher platforms file for an enterprise,
//! follow what they filed, and pass on what the enterprise says. Everything goes through the commands of the loop, as [`domain::actor::Actor::Integration`], on a
//! connection whose scope is the key. Bodies are typed ([`wire`]), and described by OpenAPI ([`document`]).

pub mod act;
pub mod document;
pub mod error;
pub mod exchange;
mod once;
mod page;
pub mod read;
pub mod webhook;
pub mod wire;

pub use error::{ApiError, Fault};
pub use page::DocsPage;

use crate::error::AppError;
use crate::open311::hash_key;
use crate::request::Request;
use crate::security::{self, Note};
use domain::api_key::{self, Scope};
use domain::security::Kind;
use serde_json::Value;
use store::api::Key;
use store::{Conn, identity};
use time::Duration;

/// What is answered where nothing is wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    pub body: Value,
    /// It was given before, to the same request with the same mark.
    pub again: bool,
}

impl Answer {
    fn new(status: u16, body: &impl serde::Serialize) -> Result<Answer, ApiError> {
        let body = serde_json::to_value(body).map_err(AppError::internal)?;
        Ok(Answer { status, body, again: false })
    }
}

/// Whose request it is: let in by its key, counted, with a right to what it asks for.
struct Caller {
    request: Request,
    hash: [u8; 32],
    key: Key,
}

/// Whoever was let in, with the connection that said so.
pub struct Entered {
    caller: Caller,
    conn: Option<Conn>,
}

impl Entered {
    /// Lets go of the connection: a body arrives, and meanwhile nobody holds one.
    pub fn wait(&mut self) {
        if let Some(conn) = self.conn.take() {
            conn.release();
        }
    }

    /// The connection in the scope of the key, opened again where it was let go.
    async fn conn(&mut self) -> Result<Conn, ApiError> {
        if let Some(conn) = self.conn.take() {
            return Ok(conn);
        }
        let services = self.caller.request.services();
        match services.store.open_key(&self.caller.hash, services.now(), false).await.map_err(AppError::from)? {
            (conn, Some(_)) => Ok(conn),
            // Ended while the body arrived.
            (_, None) => Err(error::unknown_key()),
        }
    }
}

/// The first step of every use case here: a key in force, not asking too often, that may do such things.
///
/// # Errors
/// 401 without a key in force, 429 for too many, 403 without the scope.
pub async fn enter(request: &Request, bearer: Option<&str>, scope: Scope) -> Result<Entered, ApiError> {
    let services = request.services();
    let now = services.now();
    let Some(bearer) = bearer else {
        count_stranger(request).await?;
        return Err(ApiError::new(401, "missing_key", None, "请在 Authorization 头里带上密钥：Bearer qifu_…"));
    };
    let hash = hash_key(bearer);
    let found = if api_key::is_shaped(bearer) {
        let (conn, key) = services.store.open_key(&hash, now, true).await.map_err(AppError::from)?;
        key.map(|key| (conn, key))
    } else {
        None
    };
    let Some((conn, key)) = found else {
        count_stranger(request).await?;
        let mut conn = services.store.system().await.map_err(AppError::from)?;
        let refused = Note { kind: Kind::KeyRefused, who: None, login: "", subject: "api", detail: "" };
        security::note_counted(request, &mut conn, refused, now).await?;
        conn.release();
        return Err(error::unknown_key());
    };
    if key.wait > 0 {
        let error = ApiError::new(429, "rate_limited", None, "这个密钥的请求太多，请按 Retry-After 稍后再试");
        return Err(error.after(key.wait));
    }
    if !key.scopes.contains(&scope) {
        let sentence = format!("这个密钥没有“{}”（{}）的权限", scope.code(), scope.label());
        return Err(ApiError::new(403, "scope", None, sentence));
    }
    Ok(Entered { caller: Caller { request: request.clone(), hash, key }, conn: Some(conn) })
}

/// Whoever has no key is counted by address.
async fn count_stranger(request: &Request) -> Result<(), ApiError> {
    let services = request.services();
    let mut conn = services.store.system().await.map_err(AppError::from)?;
    let counted = format!("api:{}", request.head().network());
    let most = api_key::ANONYMOUS_A_MINUTE;
    let allowed = identity::hit_rate_limit(&mut conn, &counted, Duration::minutes(1), most, services.now()).await;
    let allowed = allowed.map_err(AppError::from)?;
    conn.release();
    if allowed {
        return Ok(());
    }
    Err(ApiError::new(429, "rate_limited", None, "没有密钥的请求太多，请一分钟后再试").after(60))
}

/// Reads a body, strictly: what is unknown is refused as what is missing is, by the name of its field.
fn body<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        if inner.is_data() {
            let field = (path != ".").then_some(path);
            ApiError::new(422, "invalid", field.as_deref(), format!("内容不对：{inner}"))
        } else {
            ApiError::new(400, "json", None, format!("不是有效的 JSON：{inner}"))
        }
    })?;
    reader.end().map_err(|error| ApiError::new(400, "json", None, format!("不是有效的 JSON：{error}")))?;
    Ok(read)
}
