//! One picture or file on its way: made smaller, sent with progress, its answer read.

use crate::error::RpcError;
use crate::filing::rpc::Uploaded;
use gloo::events::EventListener;
use js_sys::{Promise, Uint8Array};
use server_fn::Decodes;
use server_fn::codec::PostcardEncoding;
use server_fn::error::FromServerFnError;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, CanvasRenderingContext2d, File, FormData, HtmlCanvasElement, ImageBitmap, ProgressEvent, XmlHttpRequest,
    XmlHttpRequestResponseType,
};

/// The longest side of what is sent, in pixels: enough to read a meter or a label.
const SIDE: f64 = 1920.0;
/// A slow network gets this long for a picture, in milliseconds.
const PATIENCE: u32 = 180_000;

/// Sends a picture or a file. `fetch` tells nothing of how far an upload is; the old request does.
pub(super) async fn send(
    url: &str,
    picture: &Blob,
    name: &str,
    begun: impl FnOnce(XmlHttpRequest),
    progress: impl Fn(u32) + 'static,
) -> Result<Uploaded, RpcError> {
    let (status, body) = exchange(url, picture, name, begun, progress).await.map_err(|_| RpcError::Offline)?;
    match status {
        0 => Err(RpcError::Offline),
        200 => PostcardEncoding::decode(body.into()).map_err(|_| RpcError::Offline),
        _ => Err(RpcError::de(body.into())),
    }
}

async fn exchange(
    url: &str,
    picture: &Blob,
    name: &str,
    begun: impl FnOnce(XmlHttpRequest),
    progress: impl Fn(u32) + 'static,
) -> Result<(u16, Vec<u8>), JsValue> {
    let request = XmlHttpRequest::new()?;
    request.open("POST", url)?;
    request.set_response_type(XmlHttpRequestResponseType::Arraybuffer);
    request.set_timeout(PATIENCE);
    let form = FormData::new()?;
    form.append_with_blob_and_filename("photo", picture, name)?;
    let _moved = EventListener::new(&request.upload()?.into(), "progress", move |event| {
        if let Some(event) = event.dyn_ref::<ProgressEvent>() {
            progress((event.loaded() / event.total().max(1.0) * 100.0) as u32);
        }
    });
    // It ends once, whichever way: answered, cut, aborted, out of patience.
    let ended = Promise::new(&mut |resolve, _| request.set_onloadend(Some(&resolve)));
    request.send_with_opt_form_data(Some(&form))?;
    begun(request.clone());
    JsFuture::from(ended).await?;
    let body = request.response()?;
    Ok((request.status()?, if body.is_null() { Vec::new() } else { Uint8Array::new(&body).to_vec() }))
}

/// A JPEG of at most [`SIDE`] pixels, upright; `None` where the browser cannot decode it or it would not get smaller.
pub(super) async fn shrink(file: &File) -> Option<Blob> {
    let window = web_sys::window()?;
    let promise = window.create_image_bitmap_with_blob(file).ok()?;
    let bitmap: ImageBitmap = JsFuture::from(promise).await.ok()?.dyn_into().ok()?;
    let (width, height) = (f64::from(bitmap.width()), f64::from(bitmap.height()));
    let scale = (SIDE / width.max(height)).min(1.0);
    let canvas: HtmlCanvasElement = window.document()?.create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width((width * scale) as u32);
    canvas.set_height((height * scale) as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context.draw_image_with_image_bitmap_and_dw_and_dh(&bitmap, 0.0, 0.0, width * scale, height * scale).ok()?;
    bitmap.close();
    let promise = Promise::new(&mut |resolve, _| {
        let done = Closure::once_into_js(move |blob: JsValue| _ = resolve.call1(&JsValue::NULL, &blob));
        _ = canvas.to_blob_with_type_and_encoder_options(done.unchecked_ref(), "image/jpeg", &JsValue::from_f64(0.85));
    });
    let blob: Blob = JsFuture::from(promise).await.ok()?.dyn_into().ok()?;
    (blob.size() < file.size()).then_some(blob)
}
