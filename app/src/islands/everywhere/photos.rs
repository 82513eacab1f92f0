//! Photos are made smaller before they travel: a picture of 12 megapixels becomes one of 1,920 pixels, and the plain form sends that.

use leptos::prelude::*;

/// Takes over the file input `#photos`: collects several picks (as many as its `data-room` says), scales them down, shows them with a
/// way to remove each.
#[island]
pub fn PhotoPicker() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    picker::attach();
    view! { <ul class="photo-grid" id="photo-previews"></ul><p class="hint" role="status" id="photo-status"></p> }
}

#[cfg(feature = "hydrate")]
mod picker {
    use crate::islands::dom;
    use std::cell::RefCell;
    use std::rc::Rc;
    use wasm_bindgen::prelude::*;
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{
        Blob, CanvasRenderingContext2d, DataTransfer, Element, File, FilePropertyBag, HtmlCanvasElement, HtmlInputElement,
        ImageBitmap, Url,
    };

    /// The longest side of what is sent, in pixels: enough to read a meter or a label.
    const SIDE: f64 = 1920.0;

    struct Picker {
        input: HtmlInputElement,
        files: RefCell<Vec<File>>,
        max: usize,
    }

    pub fn attach() -> Option<()> {
        let input = dom::by_id::<HtmlInputElement>("photos")?;
        let max = input.get_attribute("data-room")?.parse().ok()?;
        let picker = Rc::new(Picker { input: input.clone(), files: RefCell::new(Vec::new()), max });
        dom::listen(&input, "change", move |_| {
            let picker = picker.clone();
            wasm_bindgen_futures::spawn_local(async move { picker.add().await });
        });
        Some(())
    }

    fn say(words: &str) {
        if let Some(status) = dom::by_id::<Element>("photo-status") {
            status.set_text_content(Some(words));
        }
    }

    impl Picker {
        async fn add(self: Rc<Self>) {
            let Some(list) = self.input.files() else { return };
            let picked: Vec<File> = (0..list.length()).filter_map(|index| list.get(index)).collect();
            let room = self.max.saturating_sub(self.files.borrow().len());
            let over = picked.len().saturating_sub(room);
            // The form waits: a submit before the pictures are small would send the large ones.
            let button = self
                .input
                .closest("form")
                .ok()
                .flatten()
                .and_then(|form| form.query_selector("button[type=submit]").ok().flatten());
            if let Some(button) = &button {
                _ = button.set_attribute("disabled", "");
            }
            for (index, file) in picked.into_iter().take(room).enumerate() {
                say(&["正在处理第 ", &(index + 1).to_string(), " 张照片…"].concat());
                // What cannot be decoded here goes as it is; the server says why it is refused.
                let small = shrink(&file).await.unwrap_or(file);
                self.files.borrow_mut().push(small);
            }
            say(&if over > 0 { ["已满，多出的 ", &over.to_string(), " 张没有加入"].concat() } else { String::new() });
            if let Some(button) = &button {
                _ = button.remove_attribute("disabled");
            }
            self.show();
        }

        /// Puts the files back into the input and draws the grid.
        fn show(self: &Rc<Self>) {
            if let Ok(transfer) = DataTransfer::new() {
                for file in self.files.borrow().iter() {
                    _ = transfer.items().add_with_file(file);
                }
                self.input.set_files(transfer.files().as_ref());
            }
            let Some(grid) = dom::by_id::<Element>("photo-previews") else { return };
            grid.set_inner_html("");
            for (index, file) in self.files.borrow().iter().enumerate() {
                _ = self.preview(&grid, index, file);
            }
        }

        fn preview(self: &Rc<Self>, grid: &Element, index: usize, file: &File) -> Option<()> {
            let item = dom::make("li", "")?;
            let image = dom::make("img", "")?;
            let url = Url::create_object_url_with_blob(file).ok()?;
            image.set_attribute("src", &url).ok()?;
            // Shown, the address has done its work; kept, it would keep the picture in memory.
            dom::listen(&image, "load", move |_| _ = Url::revoke_object_url(&url));
            image.set_attribute("alt", &["照片 ", &(index + 1).to_string()].concat()).ok()?;
            let remove = dom::make("button", "link")?;
            remove.set_attribute("type", "button").ok()?;
            remove.set_text_content(Some("删除"));
            let picker = self.clone();
            dom::listen(&remove, "click", move |_| {
                picker.files.borrow_mut().remove(index);
                picker.show();
            });
            item.append_child(&image).ok()?;
            item.append_child(&remove).ok()?;
            grid.append_child(&item).ok()?;
            Some(())
        }
    }

    /// A JPEG of at most [`SIDE`] pixels, upright; `None` where the browser cannot decode it or it would not get smaller.
    async fn shrink(file: &File) -> Option<File> {
        let window = dom::window()?;
        let promise = window.create_image_bitmap_with_blob(file).ok()?;
        let bitmap: ImageBitmap = JsFuture::from(promise).await.ok()?.dyn_into().ok()?;
        let (width, height) = (f64::from(bitmap.width()), f64::from(bitmap.height()));
        let scale = (SIDE / width.max(height)).min(1.0);
        let canvas: HtmlCanvasElement = dom::document()?.create_element("canvas").ok()?.dyn_into().ok()?;
        canvas.set_width((width * scale) as u32);
        canvas.set_height((height * scale) as u32);
        let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        context.draw_image_with_image_bitmap_and_dw_and_dh(&bitmap, 0.0, 0.0, width * scale, height * scale).ok()?;
        bitmap.close();
        let promise = js_sys::Promise::new(&mut |resolve, _| {
            let done = Closure::once_into_js(move |blob: JsValue| _ = resolve.call1(&JsValue::NULL, &blob));
            _ = canvas.to_blob_with_type_and_encoder_options(done.unchecked_ref(), "image/jpeg", &JsValue::from_f64(0.85));
        });
        let blob: Blob = JsFuture::from(promise).await.ok()?.dyn_into().ok()?;
        if blob.size() >= file.size() {
            return None;
        }
        let options = FilePropertyBag::new();
        options.set_type("image/jpeg");
        let parts = js_sys::Array::of1(&blob);
        File::new_with_blob_sequence_and_options(&parts, "photo.jpg", &options).ok()
    }
}
