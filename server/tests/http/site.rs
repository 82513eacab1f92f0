//! A site on a database of its own, and browsers to visit it.

use super::template;
use app::error::RpcError;
use app::request::{hash_token, random_hex};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use server::config::Config;
use server::demo::{self, Size};
use server::state::AppState;
use server_fn::codec::PostcardEncoding;
use server_fn::error::FromServerFnError;
use server_fn::{Decodes, Encodes, ServerFn};
use sqlx::PgPool;
use sqlx::postgres::PgConnectOptions;
use std::path::Path;
use store::Store;
use store::identity::{self, Who};
use tower::ServiceExt;

pub struct Site {
    pub state: AppState,
    router: Router,
    folder: std::path::PathBuf,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.state.shutdown.cancel();
        _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// An answer, read whole.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
    pub bytes: Bytes,
}

impl Answer {
    /// What an island reads of it.
    pub fn island<T: DeserializeOwned>(&self) -> Result<T, RpcError> {
        if self.status == StatusCode::OK {
            Ok(PostcardEncoding::decode(self.bytes.clone()).unwrap())
        } else {
            Err(RpcError::de(self.bytes.clone()))
        }
    }

    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap())
    }
}

impl Site {
    /// With settings on top of the defaults, without demo data. Nobody has to have a second factor unless the settings say so.
    pub async fn empty(pool: &PgPool, settings: &[(&str, &str)]) -> Site {
        Site::at((*pool.connect_options()).clone(), settings).await
    }

    /// As [`Site::empty`], on the database at the end of these options.
    pub async fn at(options: PgConnectOptions, settings: &[(&str, &str)]) -> Site {
        let folder = std::env::temp_dir().join(format!("qifu-test-{}", random_hex::<8>()));
        let shown = folder.to_string_lossy().into_owned();
        let config = Config::read(&|name| {
            let given = settings.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            given.or_else(|| match name {
                "QIFU_DATA" => Some(shown.clone()),
                "QIFU_SECOND_FACTOR" => Some("optional".to_owned()),
                // Tests ask in a row; the one about the pause sets it.
                "QIFU_CODE_PAUSE" => Some("0".to_owned()),
                _ => None,
            })
        })
        .unwrap();
        let store = Store::with_options(options, 8).await.unwrap();
        let assets = serde_json::from_str(
            r#"{"css":"a.css","modules":{
                "space":{"js":"space.js","wasm":"space.wasm"},"filing":{"js":"filing.js","wasm":"filing.wasm"},
                "issue":{"js":"issue.js","wasm":"issue.wasm"},"desk":{"js":"desk.js","wasm":"desk.wasm"},
                "desk_issue":{"js":"desk_issue.js","wasm":"desk_issue.wasm"},
                "editor":{"js":"editor.js","wasm":"editor.wasm"},"calculator":{"js":"calculator.js","wasm":"calculator.wasm"}}}"#,
        )
        .unwrap();
        let state = server::serve::state_with(config, store, assets).await.unwrap();
        Site { router: server::http::router(state.clone()), state, folder }
    }

    /// With a little demo data: `138` and eight digits sign in, staff by the demo's names.
    pub async fn demo(pool: &PgPool, settings: &[(&str, &str)]) -> Site {
        match template::copy_into(pool).await {
            Some(data) => {
                let site = Site::empty(pool, settings).await;
                template::link(&data, &site.folder);
                site
            }
            None => Site::empty(pool, settings).await.with_demo().await,
        }
    }

    /// Where its files lie.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// With a little demo data, as [`Site::demo`].
    pub async fn with_demo(self) -> Site {
        let size = Size { enterprises: 48, issues: 150 };
        assert!(demo::load(&self.state.store, &self.state.photos, size, self.state.now()).await.unwrap());
        self.state.refresh().await.unwrap();
        self
    }

    /// A browser in which the n-th enterprise's owner is signed in and has chosen.
    pub async fn member(&self, n: usize) -> Browser {
        let mut conn = self.state.store.system().await.unwrap();
        let phone = format!("138{n:08}");
        let person = identity::person_of_phone(&mut conn, &phone, "", self.state.now()).await.unwrap();
        let list = identity::enterprises_of(&mut conn, person).await.unwrap();
        self.open(Who::Person(person, list.first().map(|found| found.id))).await
    }

    /// A person who belongs to no enterprise.
    pub async fn nobodys(&self) -> Browser {
        let mut conn = self.state.store.system().await.unwrap();
        let person = identity::person_of_phone(&mut conn, "19900000000", "新用户", self.state.now()).await.unwrap();
        drop(conn);
        self.open(Who::Person(person, None)).await
    }

    /// A browser in which a staff account is signed in.
    pub async fn staff(&self, login: &str) -> Browser {
        let mut conn = self.state.store.system().await.unwrap();
        let found = identity::credentials(&mut conn, login).await.unwrap().expect(login);
        drop(conn);
        self.open(Who::Staff(found.id)).await
    }

    async fn open(&self, who: Who) -> Browser {
        let token = random_hex::<32>();
        let mut conn = self.state.store.system().await.unwrap();
        identity::create_session(&mut conn, &hash_token(&token), who, self.state.now(), "test").await.unwrap();
        Browser { router: self.router.clone(), cookie: Some(format!("qifu={token}")) }
    }

    pub fn anonymous(&self) -> Browser {
        Browser { router: self.router.clone(), cookie: Some(format!("browser={}", random_hex::<32>())) }
    }
}

/// Sends requests with a cookie.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    pub cookie: Option<String>,
}

impl Browser {
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.raw(request).await;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&bytes).into_owned(), bytes }
    }

    /// The answer with its body unread: a stream does not end.
    pub async fn raw(&self, mut request: Request<Body>) -> axum::response::Response {
        if let Some(cookie) = &self.cookie {
            request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
        }
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        self.send(form(path, pairs)).await
    }
}

/// A plain form.
pub fn form(path: &str, pairs: &[(&str, &str)]) -> Request<Body> {
    let body = serde_urlencoded::to_string(pairs).unwrap();
    Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::from(body)).unwrap()
}

/// A call of a server function, as its island makes it.
pub fn call<F: ServerFn + Serialize>(arguments: &F) -> Request<Body> {
    let body = PostcardEncoding::encode(arguments).unwrap();
    Request::post(F::PATH)
        .header(header::CONTENT_TYPE, "application/postcard")
        .header(header::ACCEPT, "application/postcard")
        .body(Body::from(body))
        .unwrap()
}

/// A form with files, each with a name and its bytes, under `photos`.
pub fn multipart(path: &str, pairs: &[(&str, &str)], files: &[(&str, Vec<u8>)]) -> Request<Body> {
    let mut body: Vec<u8> = Vec::new();
    for (name, value) in pairs {
        body.extend(format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    for (name, bytes) in files {
        let head = format!("--XX\r\nContent-Disposition: form-data; name=\"photos\"; filename=\"{name}\"\r\n\r\n");
        body.extend(head.bytes());
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--XX--\r\n");
    Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=XX").body(Body::from(body)).unwrap()
}

/// The rows of a sheet of the workbook that was sent, as text, the heading first.
pub fn sheet_rows(answer: &Answer, sheet: &str) -> Vec<Vec<String>> {
    use calamine::Reader;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(answer.bytes.to_vec())).unwrap();
    let range = book.worksheet_range(sheet).unwrap();
    range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

/// The answers of a filing that are right.
pub fn answers(key: &str) -> Vec<(&str, &str)> {
    vec![
        ("key", key),
        ("title", "三号车间门口的路淹了"),
        ("text", "一下雨货车就进不来，已经三天了，请尽快来看。"),
        ("category", "drainage"),
        ("place", "织里镇栋梁路 88 号"),
        ("contact_name", "姚经理"),
        ("contact_phone", "13800000002"),
    ]
}

/// Follows where a form led: the last look, the receipt.
pub async fn follow(browser: &Browser, answer: &Answer) -> Answer {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    browser.get(answer.location()).await
}

/// The form of a draft whose last look was just shown.
pub async fn draft_form(browser: &Browser, answer: &Answer) -> Answer {
    browser.get(&answer.location().replace("/new/check?", "/new?").replace("/check?", "/new?")).await
}

/// Files as a member and answers the number.
pub async fn file(browser: &Browser, pairs: &[(&str, &str)]) -> String {
    let answer = browser.post("/issues/file", pairs).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.location().split('/').nth(2).unwrap().to_owned()
}

/// A JPEG of plain colour.
pub fn jpeg() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(64, 48, image::Rgb([90, 120, 140]));
    image::DynamicImage::ImageRgb8(picture).write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

/// What is read of a page: figures stand in elements of their own, or are held together in the text.
pub fn words(body: &str) -> String {
    let text: String = body.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
    text.replace('\u{2060}', "").replace('\u{a0}', " ")
}

/// The values of every hidden field of a name.
pub fn hidden(html: &str, name: &str) -> Vec<String> {
    let mark = format!("name=\"{name}\" value=\"");
    html.split(&mark).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

/// A JPEG as a phone makes it: with an EXIF block that says how it is turned and where it was taken.
pub fn phone_jpeg() -> Vec<u8> {
    let plain = jpeg();
    // TIFF, big endian: orientation 6 (a quarter clockwise), and a pointer to a GPS directory of one entry.
    let mut segment = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x02".to_vec();
    segment.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]);
    segment.extend([0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38, 0, 0, 0, 0]);
    segment.extend([0, 1, 0, 1, 0, 2, 0, 0, 0, 2, b'N', 0, 0, 0, 0, 0, 0, 0]);
    let mut bytes = plain[..2].to_vec();
    bytes.extend([0xff, 0xe1]);
    bytes.extend(u16::try_from(segment.len() + 2).unwrap().to_be_bytes());
    bytes.extend(segment);
    bytes.extend(&plain[2..]);
    bytes
}
