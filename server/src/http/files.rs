//! Files of applications (申报材料): taken by what they are, stored as they came, given back as downloads only.

use super::context::{Failure, Reply, internal, unavailable};
use super::forms::{Sent, Upload};
use super::photos::sent;
use crate::photos::MAX_BYTES;
use crate::photos::document::{self, shown_name};
use crate::state::AppState;
use app::filing::act::may_upload;
use app::form::Form;
use app::policy::act::{File, keep_file};
use app::policy::read;
use app::request::Request;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use uuid::Uuid;

/// The most files a form takes.
const MOST: usize = 20;

/// The pictures that are taken: MIME type as `infer` finds it in the bytes, and the ending the file is given back with.
const PICTURES: &[(&str, &str)] = &[("image/jpeg", "jpg"), ("image/png", "png")];

/// Reads a form that may bring files: each is checked and stored as pending, its id put into the form as `file`. Refused ones are faults
/// of the field `files`; boxes ticked as `drop` take files out.
///
/// # Errors
/// [`AppError::Refused`] when the request breaks off or is too large.
pub async fn with_files(state: &AppState, request: &Request, http: axum::extract::Request) -> Result<Form, Failure> {
    let mut upload = match Upload::seated(state, request, http).await? {
        Sent::Plain(form) => return Ok(form),
        Sent::Files(upload) => upload,
    };
    let mut faults: Vec<String> = Vec::new();
    let mut ids: Vec<Uuid> = Vec::new();
    while let Some((file, bytes)) = upload.next().await? {
        let shown = shown_name(&file);
        let kept = upload.kept("file") + ids.len();
        // `material-0`: which of the item's materials it is.
        let material = upload.control().strip_prefix("material-").and_then(|place| place.parse().ok());
        let verdict = match accepted(&bytes, kept) {
            Ok(_) if !may_upload(request).await? => Err("没有收下：今天上传的文件太多，请明天再传".to_owned()),
            Ok(content_type) => state.scanner.scan(&bytes).await.map(|()| content_type).map_err(str::to_owned),
            Err(why) => Err(why),
        };
        match verdict {
            Err(why) => faults.push(format!("{shown} {why}")),
            Ok(content_type) => {
                let id = Uuid::now_v7();
                let new = File {
                    id,
                    seq: None,
                    name: shown,
                    content_type: content_type.to_owned(),
                    bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
                    material,
                };
                // The file first: a row without its file would be a broken link, a file without its row is only litter.
                state.photos.put_file(id, bytes).await.map_err(unavailable)?;
                keep_file(request, &new).await?;
                ids.push(id);
            }
        }
    }
    Ok(upload.finish("file", "files", ids, &faults))
}

/// What a file is, or why it is not taken.
fn accepted(bytes: &[u8], kept: usize) -> Result<&'static str, String> {
    if kept >= MOST {
        return Err("没有收下，最多 20 个文件".to_owned());
    }
    if bytes.is_empty() {
        return Err("是空文件".to_owned());
    }
    if bytes.len() > MAX_BYTES {
        return Err("超过 10 MB，请压缩后再传".to_owned());
    }
    if let Some(kind) = document::kind(bytes).map_err(|why| why.to_string())? {
        return Ok(kind.content_type);
    }
    let found = infer::get(bytes).map(|kind| kind.mime_type());
    PICTURES.iter().map(|row| row.0).find(|mime| found == Some(*mime)).ok_or("不是 PDF、图片、Word 或 Excel 文件".to_owned())
}

/// A file of an application, to its enterprise and to whoever reviews it. Never shown inside a page of ours.
pub async fn download(
    State(state): State<AppState>,
    Extension(request): Extension<Request>,
    Path((number, id)): Path<(String, Uuid)>,
) -> Reply {
    let file = read::file(&mut *request.open().await?, &number, id).await?;
    request.close().await;
    let (length, body) = sent(state.photos.open_file(id).await.map_err(internal)?);
    let picture = PICTURES.iter().find(|row| row.0 == file.content_type).map(|row| row.1);
    let ending = picture.unwrap_or_else(|| document::Kind::of(&file.content_type).ending);
    let disposition = document::attachment(&file.name, ending, &number);
    let named = [(header::CONTENT_TYPE, file.content_type), (header::CONTENT_DISPOSITION, disposition)];
    Ok((named, length, body).into_response())
}
