//! Files of applications (申报材料): taken by what they are, stored as they came, given back as downloads only.

use super::context::{Failure, Reply, internal, unavailable};
use super::forms::{Sent, Upload};
use crate::photos::MAX_BYTES;
use crate::state::AppState;
use app::filing::act::may_upload;
use app::form::Form;
use app::policy::act::{File, keep_file};
use app::policy::read;
use app::request::Request;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use uuid::Uuid;

/// The most files a form takes.
const MOST: usize = 20;

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
pub async fn with_files(state: &AppState, request: &Request, http: axum::extract::Request) -> Result<Form, Failure> {
    let mut upload = match Upload::open(http).await? {
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
            Ok(_) if !may_upload(request).await? => Err("没有收下：今天上传的文件太多，请明天再传"),
            Ok(content_type) => state.scanner.scan(&bytes).await.map(|()| content_type),
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

/// A name as it may be shown: of the sender's neither path, nor what the eye does not see. Marks of direction would let `exe.fdp` read as a
/// document (Unicode TR 36, 2.5).
fn shown_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or("");
    let seen = |c: &char| {
        let turns =
            matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        !c.is_control() && !turns && !matches!(c, '"' | '<' | '>' | ':' | '|' | '?' | '*' | '%')
    };
    last.chars().filter(seen).take(80).collect::<String>().trim_matches([' ', '.']).to_owned()
}

/// The name a file is given back with: the sender's, up to its ending, and the ending of what it is.
fn given_name(name: &str, ending: &str) -> String {
    let shown = shown_name(name);
    let stem = shown.rsplit_once('.').map_or(shown.as_str(), |(stem, _)| stem).trim_matches([' ', '.']);
    format!("{}.{ending}", if stem.is_empty() { "材料" } else { stem })
}

/// What a file is, or why it is not taken.
fn accepted(bytes: &[u8], kept: usize) -> Result<&'static str, &'static str> {
    if kept >= MOST {
        return Err("没有收下，最多 20 个文件");
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

/// A file of an application, to its enterprise and to whoever reviews it. Never shown inside a page of ours.
pub async fn download(
    State(state): State<AppState>,
    Extension(request): Extension<Request>,
    Path((number, id)): Path<(String, Uuid)>,
) -> Reply {
    let file = read::file(&mut *request.open().await?, &number, id).await?;
    request.close().await;
    let bytes = state.photos.get_file(id).await.map_err(internal)?;
    let ending = TAKEN.iter().find(|row| row.0 == file.content_type).map_or("bin", |row| row.1);
    let encoded: String = given_name(&file.name, ending).bytes().map(|b| format!("%{b:02X}")).collect();
    let disposition = format!("attachment; filename=\"{number}.{ending}\"; filename*=UTF-8''{encoded}");
    Ok(([(header::CONTENT_TYPE, file.content_type), (header::CONTENT_DISPOSITION, disposition)], Body::from(bytes))
        .into_response())
}

#[cfg(test)]
mod tests {
    use super::given_name;

    #[test]
    fn the_ending_is_what_the_content_is() {
        for (sent, given) in [
            ("营业执照.pdf", "营业执照.pdf"),
            ("invoice.hta", "invoice.pdf"),
            ("a.pdf.exe", "a.pdf.pdf"),
            ("../../etc/passwd", "passwd.pdf"),
            ("C:\\temp\\x.js", "x.pdf"),
            ("readme\u{202e}fdp.exe", "readmefdp.pdf"),
            (".htaccess", "htaccess.pdf"),
            ("...", "材料.pdf"),
            ("", "材料.pdf"),
        ] {
            assert_eq!(given_name(sent, "pdf"), given, "{sent:?}");
        }
    }
}
