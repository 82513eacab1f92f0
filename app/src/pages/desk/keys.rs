//! The help on the keyboard, below the lists and the issue: a line for everybody, opened by `?` where the island listens.

use leptos::prelude::*;

/// The line and, opened, every key. The letters of actions stand beside the actions themselves.
pub fn keys() -> AnyView {
    view! {
        <details class="keys muted">
            <summary data-key="?">"键盘：j / k 上下移动，Enter 打开，/ 搜索，? 全部按键"</summary>
            <dl>
                <dt><kbd>"j"</kbd>" "<kbd>"k"</kbd></dt><dd>"工作台：下一件、上一件"</dd>
                <dt><kbd>"Enter"</kbd></dt><dd>"打开选中的诉求"</dd>
                <dt><kbd>"/"</kbd></dt><dd>"工作台：搜索"</dd>
                <dt><kbd>"a"</kbd>"–"<kbd>"z"</kbd></dt><dd>"诉求页：打开右侧标着这个字母的操作"</dd>
                <dt><kbd>"?"</kbd></dt><dd>"显示这张表"</dd>
            </dl>
        </details>
    }
    .into_any()
}
