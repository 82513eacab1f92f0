//! Reads forms, files included. What was typed and what was uploaded survives whatever is wrong with the rest.

use super::context::Failure;
use super::photos::keep;
use crate::state::AppState;
use app::error::AppError;
use app::filing::act::Uploader;
use app::ui::form::Form;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;
use domain::issue::MAX_PHOTOS;
use domain::text::FieldError;
use uuid::Uuid;

/// The largest form without files.
const PLAIN_LIMIT: usize = 256 * 1024;

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
    let bytes = to_bytes(body, limit).await.map_err(|_| AppError::Refused("提交的内容太长".to_owned()))?;
    Ok(Form::new(decode(&bytes)))
}

/// Pairs of an urlencoded body.
fn decode(bytes: &[u8]) -> Vec<(String, String)> {
    serde_urlencoded::from_bytes(bytes).unwrap_or_default()
}

/// A form that brings files: its fields are kept, its files given one by one, so that only one is in memory.
pub struct Upload {
    multipart: Multipart,
    values: Vec<(String, String)>,
}

/// A form with or without files.
pub enum Sent {
    /// Without.
    Plain(Form),
    /// With, perhaps.
    Files(Upload),
}

fn broken(_: axum::extract::multipart::MultipartError) -> AppError {
    AppError::Refused("上传中断了，请再试一次".to_owned())
}

impl Upload {
    /// Opens a posted form.
    ///
    /// # Errors
    /// [`AppError::Refused`] when it is too large or not a form.
    pub async fn open(request: Request) -> Result<Sent, Failure> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
        if !kind.starts_with("multipart/form-data") {
            return plain(request.into_body()).await.map(Sent::Plain);
        }
        let multipart = Multipart::from_request(request, &()).await.map_err(|_| AppError::Refused("表单格式不对".to_owned()))?;
        Ok(Sent::Files(Upload { multipart, values: Vec::new() }))
    }

    /// The next file with its name; an empty control is none.
    ///
    /// # Errors
    /// [`AppError::Refused`] when the request breaks off.
    pub async fn next(&mut self) -> Result<Option<(String, Bytes)>, Failure> {
        while let Some(field) = self.multipart.next_field().await.map_err(broken)? {
            let name = field.name().unwrap_or("").to_owned();
            let Some(file) = field.file_name().map(str::to_owned) else {
                self.values.push((name, field.text().await.map_err(broken)?));
                continue;
            };
            let bytes = field.bytes().await.map_err(broken)?;
            if !file.is_empty() || !bytes.is_empty() {
                return Ok(Some((file, bytes)));
            }
        }
        Ok(None)
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

/// Reads a form that may bring pictures: each is checked, stored as pending, and its id put into the form as `photo`. Refused files
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
    let mut upload = match Upload::open(http).await? {
        Sent::Plain(form) => return Ok(form),
        Sent::Files(upload) => upload,
    };
    let mut faults: Vec<String> = Vec::new();
    let mut ids: Vec<Uuid> = Vec::new();
    let mut position = 0;
    while let Some((file, bytes)) = upload.next().await? {
        position += 1;
        let shown: String = file.chars().take(40).collect();
        let mut refuse = |why: &str| faults.push(format!("第 {position} 张照片（{shown}）{why}"));
        let kept = upload.kept("photo") + ids.len();
        if kept >= usize::from(MAX_PHOTOS) {
            refuse(&format!("没有收下，最多 {MAX_PHOTOS} 张"));
            continue;
        }
        match keep(state, request, uploader, bytes).await? {
            Err(why) => refuse(&why.to_string()),
            Ok(id) => ids.push(id),
        }
    }
    Ok(upload.finish("photo", "photos", ids, &faults))
}
