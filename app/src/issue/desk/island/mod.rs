//! The islands of the desk: the list with an issue beside it, and an issue on a page of its own. A module each: the list makes what the
//! page brings to life.

#[cfg(any(feature = "ssr", feature = "desk_issue"))]
mod issue;
#[cfg(any(feature = "ssr", feature = "desk"))]
mod list;

#[cfg(feature = "ssr")]
pub use issue::DeskIssue;
#[cfg(feature = "ssr")]
pub use list::DeskList;

use leptos::html;
use leptos::prelude::*;

/// The help on the keyboard: a line for everybody and, opened by `?`, every key. The letters of actions stand beside the actions.
#[component]
fn Keys(details: NodeRef<html::Details>) -> impl IntoView {
    view! {
        <details class="keys muted" node_ref=details>
            <summary>"键盘：j / k 上下移动，Enter 打开，/ 搜索，Ctrl+K 查找，? 全部按键"</summary>
            <dl>
                <dt><kbd>"j"</kbd>" "<kbd>"k"</kbd></dt><dd>"工作台：下一件、上一件；屏幕够宽时右边同时显示"</dd>
                <dt><kbd>"Enter"</kbd></dt><dd>"打开选中的诉求"</dd>
                <dt><kbd>"/"</kbd></dt><dd>"工作台：搜索"</dd>
                <dt><kbd>"a"</kbd>"–"<kbd>"z"</kbd></dt><dd>"打开标着这个字母的操作"</dd>
                <dt><kbd>"Ctrl"</kbd>" "<kbd>"Enter"</kbd></dt><dd>"提交正在填的操作"</dd>
                <dt><kbd>"Esc"</kbd></dt><dd>"离开正在填的地方，回到列表"</dd>
                <dt><kbd>"Ctrl"</kbd>" "<kbd>"K"</kbd></dt><dd>"按编号、企业、词查找，或直接去某一页（苹果电脑按 ⌘K）"</dd>
                <dt><kbd>"?"</kbd></dt><dd>"显示这张表"</dd>
            </dl>
        </details>
    }
}
