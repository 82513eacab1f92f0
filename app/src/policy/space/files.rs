//! The files of an application's forms.

use crate::form::Form;
use crate::ui::form::hidden;
use crate::ui::icon;
use domain::text::file_size;
use leptos::prelude::*;
use store::policy::application::File;

/// Those that came already, and a place for more.
pub fn file_input(files: &[File], form: &Form) -> AnyView {
    let kept = files.iter().map(|file| {
        let id = file.id.to_string();
        let drop = format!("drop-{id}");
        view! {
            <li class="file">
                {hidden("file", id.clone())}
                <span>{icon("check")}{file.name.clone()}{format!("（{}）", file_size(file.bytes))}</span>
                <span class="choice">
                    <input type="checkbox" id=drop.clone() name="drop" value=id/><label for=drop><span>"删除"</span></label>
                </span>
            </li>
        }
    });
    let fault =
        form.error("files").map(|message| view! { <p class="fault" id="files-error">{icon("warn")}{message.to_owned()}</p> });
    let bad = fault.is_some();
    view! {
        <ul class="plain files">{kept.collect_view()}</ul>
        <div class="field" class:bad=bad>
            <label for="files">"上传文件"</label>
            <p class="hint" id="files-hint">"PDF、图片、Word 或 Excel，每个不超过 10 MB，最多 10 个"</p>
            {fault}
            <input id="files" name="files" type="file" multiple accept=".pdf,.jpg,.jpeg,.png,.docx,.xlsx" aria-describedby="files-hint"
                aria-invalid=bad.then_some("true")/>
        </div>
    }
    .into_any()
}
