//! The files of an application's forms.

use crate::form::Form;
use crate::ui::form::hidden;
use crate::ui::icon;
use domain::text::file_size;
use leptos::prelude::*;
use store::policy::application::File;

/// What is taken, as a control for files names it.
pub const ACCEPTED: &str = ".pdf,.jpg,.jpeg,.png,.docx,.xlsx";

/// A file that came already, with a box that takes it out.
pub fn kept_file(file: &File) -> AnyView {
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
    .into_any()
}

/// Those that came already, and a place for more.
pub fn file_input(files: &[File], form: &Form) -> AnyView {
    files_input("上传文件", files, form)
}

/// The same under another name.
pub fn files_input(label: &'static str, files: &[File], form: &Form) -> AnyView {
    let kept: Vec<AnyView> = files.iter().map(kept_file).collect();
    let fault =
        form.error("files").map(|message| view! { <p class="fault" id="files-error">{icon("warn")}{message.to_owned()}</p> });
    let bad = fault.is_some();
    view! {
        <ul class="plain files">{kept}</ul>
        <div class="field" class:bad=bad>
            <label for="files">{label}</label>
            <p class="hint" id="files-hint">"PDF、图片、Word 或 Excel，每个不超过 10 MB，合计最多 20 个"</p>
            {fault}
            <input id="files" name="files" type="file" multiple accept=ACCEPTED aria-describedby="files-hint"
                aria-invalid=bad.then_some("true")/>
        </div>
    }
    .into_any()
}
