//! Reads forms, files included. What was typed and what was uploaded survives whatever is wrong with the rest.

use super::context::{Failure, Req};
use crate::photos::MAX_BYTES;
use app::api::{AppError, Ctx};
use app::ui::form::Form;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;
use domain::issue::MAX_PHOTOS;
use domain::text::FieldError;
use store::photo::NewPhoto;
use uuid::Uuid;

/// The largest form without files.
const PLAIN_LIMIT: usize = 256 * 1024;

/// Reads a plain form.
///
/// # Errors
/// [`AppError::Refused`] when it is too large or not a form.
pub async fn plain(body: Body) -> Result<Form, Failure> {
    let bytes = to_bytes(body, PLAIN_LIMIT).await.map_err(|_| AppError::Refused("提交的内容太长".to_owned()))?;
    Ok(Form::new(decode(&bytes)))
}

/// Pairs of an urlencoded body.
fn decode(bytes: &[u8]) -> Vec<(String, String)> {
    serde_urlencoded::from_bytes(bytes).unwrap_or_default()
}

/// Whose the uploaded pictures are.
#[derive(Debug, Clone, Copy)]
pub struct Uploader {
    /// The enterprise they will belong to.
    pub enterprise: i64,
    /// The member who took them …
    pub person: Option<i64>,
    /// … or the station staff.
    pub staff: Option<i64>,
}

/// Reads a form that may bring pictures: each is checked, stored as pending, and its id put into the form as `photo`. Refused files
/// are faults of the field `photos`; boxes ticked as `drop` take pictures out.
///
/// # Errors
/// [`AppError::Refused`] when the request breaks off or is too large.
pub async fn with_photos(req: &Req, ctx: &mut Ctx, uploader: Uploader, request: Request) -> Result<Form, Failure> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("").to_owned();
    if !kind.starts_with("multipart/form-data") {
        return plain(request.into_body()).await;
    }
    let broken = |_| AppError::Refused("上传中断了，请再试一次".to_owned());
    let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| AppError::Refused("表单格式不对".to_owned()))?;
    let mut values = Vec::new();
    let mut faults: Vec<String> = Vec::new();
    let mut ids: Vec<Uuid> = Vec::new();
    let mut position = 0;
    while let Some(field) = multipart.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or("").to_owned();
        let Some(file) = field.file_name().map(str::to_owned) else {
            values.push((name, field.text().await.map_err(broken)?));
            continue;
        };
        let bytes = field.bytes().await.map_err(broken)?;
        if file.is_empty() && bytes.is_empty() {
            continue;
        }
        position += 1;
        let shown: String = file.chars().take(40).collect();
        let mut refuse = |why: &str| faults.push(format!("第 {position} 张照片（{shown}）{why}"));
        let kept = values.iter().filter(|(name, _)| name == "photo").count() + ids.len();
        if kept >= usize::from(MAX_PHOTOS) {
            refuse(&format!("没有收下，最多 {MAX_PHOTOS} 张"));
            continue;
        }
        if bytes.len() > MAX_BYTES {
            refuse("超过 10 MB，请压缩后再传");
            continue;
        }
        match req.state.photos.process(bytes).await.map_err(super::context::internal)? {
            Err(error) => refuse(&error.to_string()),
            Ok(picture) => {
                let id = Uuid::now_v7();
                let new = NewPhoto {
                    id,
                    enterprise: uploader.enterprise,
                    person: uploader.person,
                    staff: uploader.staff,
                    width: i32::try_from(picture.width).unwrap_or(0),
                    height: i32::try_from(picture.height).unwrap_or(0),
                    bytes: i64::try_from(picture.full.len()).unwrap_or(0),
                };
                // The file first: a row without its file would be a broken picture, a file without its row is only litter.
                req.state.photos.put(id, picture).await.map_err(super::context::internal)?;
                store::photo::add(&mut ctx.conn, &new, ctx.now).await?;
                ids.push(id);
            }
        }
    }
    let dropped: Vec<String> = values.iter().filter(|(name, _)| name == "drop").map(|(_, id)| id.clone()).collect();
    values.retain(|(name, id)| name != "drop" && !(name == "photo" && dropped.contains(id)));
    values.extend(ids.into_iter().map(|id| ("photo".to_owned(), id.to_string())));
    let errors = if faults.is_empty() { Vec::new() } else { vec![FieldError::new("photos", faults.join("；"))] };
    Ok(Form::new(values).with_errors(errors))
}
