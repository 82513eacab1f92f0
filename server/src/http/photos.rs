//! Pictures and files: taken one by one as they are picked, or with the plain form; given to whoever may read the issue they belong to, a
//! pending one to whoever sent it. A picture is shown, a file is a download.

use super::context::{Failure, Reply, internal, unavailable};
use super::forms::{Sent, Upload};
use crate::photos::{MAX_BYTES, Outgoing, PhotoError, document};
use crate::state::AppState;
use app::error::AppError;
use app::filing::Side;
use app::filing::act::{self, Document, NewPhoto, Uploader};
use app::filing::rpc::Uploaded;
use app::issue::read;
use app::request::Request;
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderName, header};
use axum::response::IntoResponse;
use server_fn::Encodes;
use server_fn::codec::PostcardEncoding;
use uuid::Uuid;

/// One picture and what a form puts around it.
const BODY_LIMIT: usize = MAX_BYTES + 64 * 1024;

/// The picture.
pub async fn full(state: State<AppState>, Extension(request): Extension<Request>, Path(id): Path<String>) -> Reply {
    serve(&state, &request, &id, false).await
}

/// Its thumbnail.
pub async fn thumb(state: State<AppState>, Extension(request): Extension<Request>, Path(id): Path<String>) -> Reply {
    serve(&state, &request, &id, true).await
}

async fn serve(state: &AppState, request: &Request, id: &str, thumb: bool) -> Reply {
    let kept = read::photo(request, id).await?;
    // What is under an id never changes; only this browser may keep it.
    let cache = (header::CACHE_CONTROL, "private, max-age=86400, immutable");
    let Some(document) = &kept.document else {
        let kind = (header::CONTENT_TYPE, "image/jpeg");
        if thumb {
            let bytes = state.photos.get(kept.id, true).await.map_err(internal)?;
            return Ok(([kind, cache], bytes).into_response());
        }
        let (length, body) = sent(state.photos.open(kept.id).await.map_err(internal)?);
        return Ok(([kind, cache], length, body).into_response());
    };
    let kind = document::Kind::of(&document.content_type);
    if thumb {
        let drawing = document::thumb(kind, &document.name, kept.bytes);
        return Ok(([(header::CONTENT_TYPE, "image/svg+xml"), cache], drawing).into_response());
    }
    let (length, body) = sent(state.photos.open_file(kept.id).await.map_err(internal)?);
    let named = (header::CONTENT_DISPOSITION, document::attachment(&document.name, kind.ending, "file"));
    Ok(([(header::CONTENT_TYPE, kind.content_type), cache], [named], length, body).into_response())
}

/// What is stored as an answer: its length, and its body, read as fast as it is taken.
pub(super) fn sent(found: Outgoing) -> ([(HeaderName, String); 1], Body) {
    ([(header::CONTENT_LENGTH, found.length.to_string())], Body::from_stream(found.pieces))
}

/// One picture of a member's, while it still types.
pub async fn upload(state: State<AppState>, Extension(request): Extension<Request>, http: axum::extract::Request) -> Reply {
    take(&state, &request, Side::Own, http).await
}

/// One picture taken beside the station's desk.
pub async fn assist_upload(
    state: State<AppState>,
    Extension(request): Extension<Request>,
    Path(enterprise): Path<i64>,
    http: axum::extract::Request,
) -> Reply {
    take(&state, &request, Side::Beside(enterprise), http).await
}

async fn take(state: &AppState, request: &Request, side: Side, mut http: axum::extract::Request) -> Reply {
    // Whose it will be comes before what is sent: a stranger's upload is not even read.
    let uploader = act::uploader(request, side).await?;
    let length = http.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > BODY_LIMIT) {
        return Err(refused(&PhotoError::TooLarge).into());
    }
    DefaultBodyLimit::max(BODY_LIMIT).apply(&mut http);
    let Sent::Files(mut upload) = Upload::seated(state, request, http).await? else {
        return Err(AppError::Refused("请选择一张照片或一个文件".to_owned()).into());
    };
    let (name, bytes) = upload.next().await?.ok_or_else(|| refused(&PhotoError::Empty))?;
    let id = keep(state, request, uploader, &name, bytes).await?.map_err(|why| refused(&why))?;
    let answer = PostcardEncoding::encode(&Uploaded { id: id.to_string() }).map_err(internal)?;
    Ok(answer.into_response())
}

fn refused(why: &PhotoError) -> AppError {
    AppError::field("photos", why.to_string())
}

/// Checks and stores a picture or a file that waits for the form which will carry its id; answers the id, or why it is not taken.
///
/// # Errors
/// When the store or the database does not answer.
pub(super) async fn keep(
    state: &AppState,
    request: &Request,
    uploader: Uploader,
    name: &str,
    bytes: Bytes,
) -> Result<Result<Uuid, PhotoError>, Failure> {
    if !act::may_upload(request).await? {
        return Ok(Err(PhotoError::TooMany));
    }
    if bytes.len() > MAX_BYTES {
        return Ok(Err(PhotoError::TooLarge));
    }
    let id = Uuid::now_v7();
    let Uploader { enterprise, person, staff, meant_for } = uploader;
    let new = NewPhoto { id, enterprise, person, staff, width: 0, height: 0, bytes: 0, document: None, meant_for };
    let new = match document::kind(&bytes) {
        Err(why) => return Ok(Err(why)),
        Ok(Some(kind)) => {
            // As it came, so it is scanned; a picture is made anew.
            if let Err(why) = state.scanner.scan(&bytes).await {
                return Ok(Err(PhotoError::Unsafe(why)));
            }
            let length = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
            state.photos.put_file(id, bytes).await.map_err(unavailable)?;
            let name = document::given_name(name, kind.ending);
            NewPhoto { bytes: length, document: Some(Document { content_type: kind.content_type.to_owned(), name }), ..new }
        }
        Ok(None) => {
            let picture = match state.photos.process(bytes).await.map_err(internal)? {
                Ok(picture) => picture,
                Err(why) => return Ok(Err(why)),
            };
            let pixels = |side: u32| i32::try_from(side).unwrap_or(0);
            let (width, height) = (pixels(picture.width), pixels(picture.height));
            let length = i64::try_from(picture.full.len()).unwrap_or(0);
            // The file first: a row without its file would be a broken picture, a file without its row is only litter.
            state.photos.put(id, picture).await.map_err(unavailable)?;
            NewPhoto { width, height, bytes: length, ..new }
        }
    };
    act::keep_photo(request, &new).await?;
    Ok(Ok(id))
}
