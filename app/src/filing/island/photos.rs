//! Photos and files travel one by one as they are picked, pictures made smaller before: each shows how far it is, and why it is not taken. The
//! form then carries ids.

use super::upload::{send, shrink};
use crate::error::RpcError;
use crate::ui::icon;
use domain::issue::MAX_PHOTO_BYTES;
use gloo::file::{Blob, ObjectUrl};
use leptos::prelude::*;
use leptos::task::spawn_local;
use send_wrapper::SendWrapper;
use serde::{Deserialize, Serialize};
use web_sys::{File, XmlHttpRequest};

/// The photo question: where pictures are sent, and those that were taken before.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Photos {
    pub upload: String,
    pub kept: Vec<String>,
    pub fault: Option<String>,
    pub most: u8,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    Waiting,
    /// On its way, so many percent of it.
    Sending(u32),
    /// Taken, under this id.
    Taken(String),
    /// Not taken; whether it may be sent again.
    Failed(String, bool),
}

#[derive(Clone)]
struct Photo {
    key: u32,
    /// Of a picture itself; once a file is taken, the server's drawing of it.
    src: RwSignal<String>,
    stage: RwSignal<Stage>,
    /// The file until it is taken, and the address it is shown under.
    file: StoredValue<Option<SendWrapper<(File, ObjectUrl)>>>,
}

/// The pictures of a form.
#[derive(Clone, Copy)]
pub struct Tray {
    photos: RwSignal<Vec<Photo>>,
    upload: StoredValue<String>,
    most: usize,
    /// What the screen reader is told, too.
    status: RwSignal<String>,
    /// The module is here: the grid takes over from the plain controls.
    live: RwSignal<bool>,
    /// The one that is on its way.
    sending: StoredValue<Option<SendWrapper<(u32, XmlHttpRequest)>>>,
    running: StoredValue<bool>,
}

fn thumb(id: &str) -> String {
    ["/photos/", id, "/thumb"].concat()
}

impl Tray {
    pub fn new(photos: &Photos) -> Tray {
        let kept = photos.kept.iter().zip(0..).map(|(id, key)| Photo {
            key,
            src: RwSignal::new(thumb(id)),
            stage: RwSignal::new(Stage::Taken(id.clone())),
            file: StoredValue::new(None),
        });
        Tray {
            photos: RwSignal::new(kept.collect()),
            upload: StoredValue::new(photos.upload.clone()),
            most: usize::from(photos.most),
            status: RwSignal::new(String::new()),
            live: RwSignal::new(false),
            sending: StoredValue::new(None),
            running: StoredValue::new(false),
        }
    }

    /// Whether a picture is on its way or waits for its turn.
    pub fn busy(self) -> bool {
        self.photos.read().iter().any(|photo| matches!(*photo.stage.read(), Stage::Waiting | Stage::Sending(_)))
    }

    /// Whether a picture was not taken.
    pub fn failed(self) -> bool {
        self.photos.read().iter().any(|photo| matches!(*photo.stage.read(), Stage::Failed(..)))
    }

    /// The ids of the pictures that were taken.
    pub fn ids(self) -> Vec<String> {
        let photos = self.photos.read();
        let id = |photo: &Photo| match &*photo.stage.read() {
            Stage::Taken(id) => Some(id.clone()),
            _ => None,
        };
        photos.iter().filter_map(id).collect()
    }

    /// Tells the person something about the pictures.
    pub fn say(self, words: &str) {
        self.status.set(words.to_owned());
    }

    fn pick(self, input: &web_sys::HtmlInputElement) {
        let Some(list) = input.files() else { return };
        let picked: Vec<File> = (0..list.length()).filter_map(|index| list.get(index)).collect();
        // The same picture may be picked again.
        input.set_value("");
        let room = self.most.saturating_sub(self.photos.read_untracked().len());
        let over = picked.len().saturating_sub(room);
        let next = self.photos.read_untracked().iter().map(|photo| photo.key + 1).max().unwrap_or(0);
        let fresh = picked.into_iter().take(room).zip(next..).map(|(file, key)| {
            let url = ObjectUrl::from(Blob::from(web_sys::Blob::from(file.clone())));
            Photo {
                key,
                src: RwSignal::new(url.to_string()),
                stage: RwSignal::new(Stage::Waiting),
                file: StoredValue::new(Some(SendWrapper::new((file, url)))),
            }
        });
        self.photos.update(|photos| photos.extend(fresh));
        self.say(&if over > 0 { ["已满，多出的 ", &over.to_string(), " 个没有加入"].concat() } else { String::new() });
        self.run();
    }

    /// Sends what waits, one after the other.
    fn run(self) {
        if self.running.get_value() {
            return;
        }
        self.running.set_value(true);
        spawn_local(async move {
            while let Some(photo) = self.next() {
                self.take(&photo).await;
            }
            _ = self.running.try_set_value(false);
        });
    }

    fn next(self) -> Option<Photo> {
        // A sheet may be closed while its pictures are on their way.
        self.photos.try_read_untracked()?.iter().find(|photo| *photo.stage.read_untracked() == Stage::Waiting).cloned()
    }

    async fn take(self, photo: &Photo) {
        let Some(file) = photo.file.with_value(|kept| kept.as_ref().map(|kept| kept.0.clone())) else { return };
        photo.stage.set(Stage::Sending(0));
        // What cannot be decoded here goes as it is: the server says why it is refused.
        let name = file.name();
        let (small, as_it_is) = match shrink(&file).await {
            Some(small) => (small, false),
            None => (file.into(), true),
        };
        let (stage, src) = (photo.stage, photo.src);
        if small.size() > f64::from(MAX_PHOTO_BYTES) {
            photo.stage.set(Stage::Failed("超过 10 MB，请压缩后再传".to_owned(), false));
            return;
        }
        let Some(url) = self.upload.try_get_value() else { return };
        let begun = |request: XmlHttpRequest| self.sending.set_value(Some(SendWrapper::new((photo.key, request))));
        let answer = send(&url, &small, &name, begun, move |percent| _ = stage.try_set(Stage::Sending(percent))).await;
        _ = self.sending.try_set_value(None);
        let place = self.photos.try_with_untracked(|photos| photos.iter().position(|known| known.key == photo.key)).flatten();
        let Some(place) = place else { return };
        match answer {
            Ok(taken) => {
                if as_it_is {
                    src.set(thumb(&taken.id));
                }
                stage.set(Stage::Taken(taken.id));
            }
            Err(error) => {
                let again = !matches!(error, RpcError::Invalid(_) | RpcError::Forbidden | RpcError::NotFound);
                let why = match error {
                    RpcError::Offline => "没有传上去，请检查网络".to_owned(),
                    error => error.sentence(),
                };
                self.say(&["第 ", &(place + 1).to_string(), " 个", &why].concat());
                stage.set(Stage::Failed(why, again));
            }
        }
    }

    fn retry(self, photo: &Photo) {
        self.say("");
        photo.stage.set(Stage::Waiting);
        self.run();
    }

    fn remove(self, key: u32) {
        self.photos.update(|photos| photos.retain(|photo| photo.key != key));
        self.say("");
        self.sending.with_value(|sending| match sending {
            Some(sending) if sending.0 == key => _ = sending.1.abort(),
            _ => {}
        });
    }
}

/// The grid with its plus. Without the module: what was taken before with boxes to drop it, and a plain file control.
#[component]
pub fn PhotoTray(tray: Tray, fault: Option<String>) -> impl IntoView {
    Effect::new(move |_| tray.live.set(true));
    let hint = ["最多 ", &tray.most.to_string(), " 个：照片、PDF、Word（docx）或 Excel（xlsx），每个不超过 10 MB"].concat();
    let bad = fault.is_some();
    let room = move || tray.photos.read().len() < tray.most;
    let picked = move |event| tray.pick(&event_target::<web_sys::HtmlInputElement>(&event));
    view! {
        <div class="field" class:bad=bad>
            <label for="photos">"照片或文件"<span class="optional">"（选填）"</span></label>
            <p class="hint" id="photos-hint">{hint}</p>
            {fault.map(|fault| view! { <p class="fault" id="photos-error">{icon("warn")}{fault}</p> })}
            <ul class="photo-grid">
                <For each=move || tray.photos.get() key=|photo| photo.key let:photo><Tile tray photo/></For>
                <Show when=move || tray.live.get() && room()>
                    <li><label class="photo-add" for="photos">"添加"</label></li>
                </Show>
            </ul>
            <input id="photos" name=move || (!tray.live.get()).then_some("photos") type="file" multiple
                accept=".jpg,.jpeg,.png,.webp,.pdf,.docx,.xlsx" aria-describedby="photos-hint" class:hidden=tray.live
                disabled=move || tray.live.get() && !room() on:change=picked/>
            <p class="hint left" role="status">{move || Some(tray.status.get()).filter(|words| !words.is_empty())}</p>
        </div>
    }
}

#[component]
fn Tile(tray: Tray, photo: Photo) -> impl IntoView {
    let Photo { key, src, stage, .. } = photo.clone();
    let place = move || tray.photos.read().iter().position(|known| known.key == key).map_or(1, |place| place + 1).to_string();
    let id = move || match stage.get() {
        Stage::Taken(id) => Some(id),
        _ => None,
    };
    let failed = move || matches!(*stage.read(), Stage::Failed(..));
    let drop = StoredValue::new(id().unwrap_or_default());
    let plain = move || {
        let name = ["drop-", &drop.get_value()].concat();
        view! { <input type="checkbox" id=name.clone() name="drop" value=drop.get_value()/><label for=name>"删除"</label> }
    };
    let progress = move || match stage.get() {
        Stage::Waiting => Some(view! { <small>"等待上传"</small> }.into_any()),
        Stage::Sending(percent) => Some(
            view! { <progress max="100" value=percent.to_string() aria-label="上传进度"></progress><small>{percent}"%"</small> }
                .into_any(),
        ),
        Stage::Taken(_) => None,
        Stage::Failed(why, again) => {
            let photo = photo.clone();
            let retry = again.then(|| {
                view! { <button type="button" class="link" on:click=move |_| tray.retry(&photo)>"重试"</button> }
            });
            Some(view! { <p class="photo-fault">{why}</p>{retry} }.into_any())
        }
    };
    view! {
        <li class:failed=failed>
            <img src=src alt=move || ["附件 ", &place()].concat() width="80" height="80"/>
            {move || id().map(|id| view! { <input type="hidden" name="photo" value=id/> })}
            {progress}
            <Show when=move || tray.live.get() fallback=plain>
                <button type="button" class="link" on:click=move |_| tray.remove(key)>"删除"</button>
            </Show>
        </li>
    }
}
