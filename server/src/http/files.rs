//! Files of applications (申报材料): taken by what they are, stored as they came, given back as downloads only.

use super::context::{Failure, Req, internal};
use super::forms::plain;
use crate::photos::MAX_BYTES;
use app::api::{AppError, Ctx};
use app::ui::form::Form;
use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::text::FieldError;
use store::policy::application::{self, File};
use uuid::Uuid;

/// The most files a form takes.
const MOST: usize = 10;

/// What is taken: MIME type as `infer` finds it in the bytes, and the ending the file is given back with.
const TAKEN: &[(&str, &str)] = &[
    ("application/pdf", "pdf"),
    ("image/jpeg", "jpg"),
    ("image/png", "png"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
];

/// Reads a form that may bring files: each is checked and stored as pending, its id put into the form as `file`. Refused ones are faults
/// of the field `files`; boxes ticked as `drop` take files out.
///
/// # Errors
/// [`AppError::Refused`] when the request breaks off or is too large.
pub async fn with_files(req: &Req, ctx: &mut Ctx, enterprise: i64, person: i64, request: Request) -> Result<Form, Failure> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("").to_owned();
    if !kind.starts_with("multipart/form-data") {
        return plain(request.into_body()).await;
    }
    let broken = |_| AppError::Refused("上传中断了，请再试一次".to_owned());
    let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| AppError::Refused("表单格式不对".to_owned()))?;
    let mut values: Vec<(String, String)> = Vec::new();
    let mut faults: Vec<String> = Vec::new();
    let mut ids: Vec<Uuid> = Vec::new();
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
        let shown: String = file.chars().filter(|c| !c.is_control() && !matches!(c, '/' | '\\' | '"')).take(80).collect();
        let kept = values.iter().filter(|(name, _)| name == "file").count() + ids.len();
        match accepted(&bytes, kept) {
            Err(why) => faults.push(format!("{shown} {why}")),
            Ok(content_type) => {
                let id = Uuid::now_v7();
                let new = File {
                    id,
                    seq: None,
                    name: shown,
                    content_type: content_type.to_owned(),
                    bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
                };
                // The file first: a row without its file would be a broken link, a file without its row is only litter.
                req.state.photos.put_file(id, bytes).await.map_err(internal)?;
                application::add_file(&mut ctx.conn, &new, enterprise, person, ctx.now).await?;
                ids.push(id);
            }
        }
    }
    let dropped: Vec<String> = values.iter().filter(|(name, _)| name == "drop").map(|(_, id)| id.clone()).collect();
    values.retain(|(name, id)| name != "drop" && !(name == "file" && dropped.contains(id)));
    values.extend(ids.into_iter().map(|id| ("file".to_owned(), id.to_string())));
    let errors = if faults.is_empty() { Vec::new() } else { vec![FieldError::new("files", faults.join("；"))] };
    Ok(Form::new(values).with_errors(errors))
}

/// What a file is, or why it is not taken.
fn accepted(bytes: &[u8], kept: usize) -> Result<&'static str, &'static str> {
    if kept >= MOST {
        return Err("没有收下，最多 10 个文件");
    }
    if bytes.is_empty() {
        return Err("是空文件");
    }
    if bytes.len() > MAX_BYTES {
        return Err("超过 10 MB，请压缩后再传");
    }
    let found = infer::get(bytes).map(|kind| kind.mime_type());
    TAKEN.iter().map(|row| row.0).find(|mime| found == Some(*mime)).ok_or("不是 PDF、图片、Word 或 Excel 文件")
}

/// Gives a file of an application; the scope of the connection has said whether it may be read. Never shown inside a page of ours.
///
/// # Errors
/// [`AppError::NotFound`].
pub async fn download(req: &Req, ctx: &mut Ctx, number: &str, id: Uuid) -> Result<Response, Failure> {
    let found = application::get(&mut ctx.conn, number).await?;
    let files = application::files(&mut ctx.conn, found.id).await?;
    let file = files.into_iter().find(|file| file.id == id).ok_or(AppError::NotFound)?;
    let bytes = req.state.photos.get_file(id).await.map_err(internal)?;
    let ending = TAKEN.iter().find(|row| row.0 == file.content_type).map_or("bin", |row| row.1);
    let encoded: String = file.name.bytes().map(|b| format!("%{b:02X}")).collect();
    let disposition = format!("attachment; filename=\"{number}.{ending}\"; filename*=UTF-8''{encoded}");
    Ok(([(header::CONTENT_TYPE, file.content_type), (header::CONTENT_DISPOSITION, disposition)], Body::from(bytes))
        .into_response())
}
