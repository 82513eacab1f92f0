//! Reads forms, files included. What was typed and what was uploaded survives whatever is wrong with the rest.

use super::context::Failure;
use super::photos::keep;
use super::seats::{Seat, Seats};
use crate::photos::MAX_BYTES;
use crate::photos::document::shown_name;
use crate::state::AppState;
use app::error::AppError;
use app::filing::act::Uploader;
use app::request::hash_token;
use app::security::{counted_by, who};
use app::ui::form::Form;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;
use bytes::BytesMut;
use domain::issue::MAX_PHOTOS;
use domain::text::FieldError;
use futures::{TryStreamExt, stream};
use http_body_util::LengthLimitError;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::task::yield_now;
use uuid::Uuid;

/// The largest form without files, and the most that the fields of one with files hold together.
const PLAIN_LIMIT: usize = 256 * 1024;
/// The most fields of a form: the editor's largest draft has a tenth of it.
const MOST_FIELDS: usize = 10_000;
/// The most files of a form, taken or not: an application takes twenty.
const MOST_FILES: usize = 40;
/// The most bytes that may arrive while no part begins, or its head does not end: nobody but the memory has them.
const MOST_BETWEEN: usize = 2 * 1024 * 1024;
/// As much of a form with files is read at once.
const PIECE: usize = 64 * 1024;
/// How many forms with files an account may have on their way, in however many sessions, and all: each holds a file of 10 MB in memory.
const UPLOADS: (usize, usize) = (3, 32);

/// The places for forms with files.
pub fn seats() -> Seats {
    let (each, all) = UPLOADS;
    Seats::new(each, all)
}

/// Reads a plain form.
///
/// # Errors
/// [`AppError::Refused`] when it is too large or not a form.
pub async fn plain(body: Body) -> Result<Form, Failure> {
    within(body, PLAIN_LIMIT).await
}

/// As [`plain`], for forms of another size.
///
/// # Errors
/// As [`plain`].
pub async fn within(body: Body, limit: usize) -> Result<Form, Failure> {
    let bytes = to_bytes(body, limit).await.map_err(|error| {
        // The limit says so itself; anything else is a connection that broke off, or was too slow.
        if error.into_inner().is::<LengthLimitError>() { too_long() } else { broken_off() }
    })?;
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(&bytes).unwrap_or_default();
    if pairs.len() > MOST_FIELDS {
        return Err(too_long().into());
    }
    Ok(Form::new(pairs))
}

fn too_long() -> AppError {
    AppError::Refused("提交的内容太长，请删减后再试".to_owned())
}

fn broken_off() -> AppError {
    AppError::Refused("上传中断了，请再试一次".to_owned())
}

/// A form that brings files: its fields are kept, its files given one by one, so that only one is in memory.
pub struct Upload {
    multipart: Multipart,
    between: Between,
    values: Vec<(String, String)>,
    /// Bytes that fields may still have.
    room: usize,
    /// Fields and controls that came.
    parts: usize,
    /// Files that came.
    files: usize,
    /// The control that the latest file came from.
    control: String,
    /// As long as it is read.
    _seat: Option<Seat>,
}

/// A form with or without files.
pub enum Sent {
    /// Without.
    Plain(Form),
    /// With, perhaps.
    Files(Upload),
}

/// Bytes that arrived since somebody last got some of a part.
#[derive(Debug, Clone, Default)]
struct Between(Arc<AtomicUsize>);

impl Between {
    /// More have arrived; whether that is too much.
    fn add(&self, bytes: usize) -> bool {
        self.0.fetch_add(bytes, Ordering::Relaxed) + bytes > MOST_BETWEEN
    }

    /// Somebody got some.
    fn end(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// Why a form could not be read any further.
    fn fault(&self) -> AppError {
        if self.0.load(Ordering::Relaxed) > MOST_BETWEEN { too_long() } else { broken_off() }
    }
}

/// A body a piece at a time: whoever cuts it into parts takes all that has arrived before looking at any of it. It ends where too much
/// arrives that is in no part.
fn pieces(body: Body, between: Between) -> Body {
    let pieces = stream::try_unfold((body.into_data_stream(), Bytes::new()), move |(mut body, mut rest)| {
        let between = between.clone();
        async move {
            yield_now().await;
            while rest.is_empty() {
                match body.try_next().await? {
                    Some(arrived) => rest = arrived,
                    None => return Ok(None),
                }
            }
            let piece = rest.split_to(rest.len().min(PIECE));
            if between.add(piece.len()) {
                return Err(axum::Error::new("too much between the parts of a form"));
            }
            Ok(Some((piece, (body, rest))))
        }
    });
    Body::from_stream(pieces)
}

/// Reads a part up to a limit while it arrives; of one that is larger, a byte more than the limit, and the rest is not kept.
async fn part(field: &mut Field<'_>, limit: usize, between: &Between) -> Result<Bytes, AppError> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = field.chunk().await.map_err(|_| between.fault())? {
        between.end();
        let room = (limit + 1).saturating_sub(bytes.len());
        bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    Ok(bytes.freeze())
}

fn brings_files(http: &Request) -> bool {
    let kind = http.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("multipart/form-data"))
}

impl Upload {
    /// Opens a posted form of whoever is signed in; one with files takes a place until it is read.
    ///
    /// # Errors
    /// [`AppError::Busy`] where there is none, and as [`Upload::open`].
    pub async fn seated(state: &AppState, request: &app::request::Request, http: Request) -> Result<Sent, Failure> {
        if !brings_files(&http) {
            return Upload::open(http).await;
        }
        let session = request.session().ok_or(AppError::Unauthenticated)?;
        let seat = state.uploads.take(hash_token(&counted_by(who(&session))));
        let seat = seat.ok_or_else(|| AppError::Busy("as many uploads as there are places".to_owned()))?;
        match Upload::open(http).await? {
            Sent::Files(upload) => Ok(Sent::Files(Upload { _seat: Some(seat), ..upload })),
            plain @ Sent::Plain(_) => Ok(plain),
        }
    }

    /// Opens a posted form.
    ///
    /// # Errors
    /// [`AppError::Refused`] when it is too large or not a form.
    pub async fn open(request: Request) -> Result<Sent, Failure> {
        if !brings_files(&request) {
            return plain(request.into_body()).await.map(Sent::Plain);
        }
        let between = Between::default();
        let request = request.map(|body| pieces(body, between.clone()));
        let multipart = Multipart::from_request(request, &()).await.map_err(|_| AppError::Refused("表单格式不对".to_owned()))?;
        let (values, control) = (Vec::new(), String::new());
        Ok(Sent::Files(Upload { multipart, between, values, room: PLAIN_LIMIT, parts: 0, files: 0, control, _seat: None }))
    }

    /// The next file with its name; an empty control is none. A file that is too large has [`MAX_BYTES`] and one: whoever takes files refuses it.
    ///
    /// # Errors
    /// [`AppError::Refused`] when the request breaks off, and for more fields, files or bytes between them than any form has.
    pub async fn next(&mut self) -> Result<Option<(String, Bytes)>, Failure> {
        let between = self.between.clone();
        while let Some(mut field) = self.multipart.next_field().await.map_err(|_| between.fault())? {
            self.parts += 1;
            if self.parts > MOST_FIELDS {
                return Err(too_long().into());
            }
            let name = field.name().unwrap_or("").to_owned();
            let Some(file) = field.file_name().map(str::to_owned) else {
                let text = part(&mut field, self.room, &between).await?;
                self.room = self.room.checked_sub(text.len() + name.len()).ok_or_else(too_long)?;
                self.values.push((name, String::from_utf8_lossy(&text).into_owned()));
                continue;
            };
            let bytes = part(&mut field, MAX_BYTES, &between).await?;
            if file.is_empty() && bytes.is_empty() {
                continue;
            }
            self.files += 1;
            if self.files > MOST_FILES {
                return Err(too_long().into());
            }
            self.control = name;
            return Ok(Some((file, bytes)));
        }
        Ok(None)
    }

    /// The control that the latest file came from.
    pub fn control(&self) -> &str {
        &self.control
    }

    /// How many files of an earlier try the form still holds, as ids under `name`.
    pub fn kept(&self, name: &str) -> usize {
        self.values.iter().filter(|(known, _)| known == name).count()
    }

    /// The form: new ids join the kept ones under `name`, without those ticked as `drop`; refusals are one fault of the field `control`.
    pub fn finish(self, name: &str, control: &str, ids: Vec<Uuid>, faults: &[String]) -> Form {
        let mut values = self.values;
        let dropped: Vec<String> = values.iter().filter(|(known, _)| known == "drop").map(|(_, id)| id.clone()).collect();
        values.retain(|(known, id)| known != "drop" && !(known == name && dropped.contains(id)));
        values.extend(ids.into_iter().map(|id| (name.to_owned(), id.to_string())));
        let errors = if faults.is_empty() { Vec::new() } else { vec![FieldError::new(control, faults.join("；"))] };
        Form::new(values).with_errors(errors)
    }
}

/// Reads a form that may bring pictures and files: each is checked, stored as pending, and its id put into the form as `photo`. Refused files
/// are faults of the field `photos`; boxes ticked as `drop` take pictures out.
///
/// # Errors
/// [`AppError::Refused`] when the request breaks off or is too large.
pub async fn with_photos(
    state: &AppState,
    request: &app::request::Request,
    uploader: Uploader,
    http: Request,
) -> Result<Form, Failure> {
    let mut upload = match Upload::seated(state, request, http).await? {
        Sent::Plain(form) => return Ok(form),
        Sent::Files(upload) => upload,
    };
    let mut faults: Vec<String> = Vec::new();
    let mut ids: Vec<Uuid> = Vec::new();
    let mut position = 0;
    while let Some((file, bytes)) = upload.next().await? {
        position += 1;
        let shown: String = shown_name(&file).chars().take(40).collect();
        let mut refuse = |why: &str| faults.push(format!("第 {position} 个（{shown}）{why}"));
        let kept = upload.kept("photo") + ids.len();
        if kept >= usize::from(MAX_PHOTOS) {
            refuse(&format!("没有收下，最多 {MAX_PHOTOS} 个"));
            continue;
        }
        match keep(state, request, uploader, &file, bytes).await? {
            Err(why) => refuse(&why.to_string()),
            Ok(id) => ids.push(id),
        }
    }
    Ok(upload.finish("photo", "photos", ids, &faults))
}
