//! 代办: station staff find the enterprise of the owner beside them, and file with them (S-3).

use crate::render::Page;
use crate::shell::{Chrome, Section};
use crate::ui::icon;
use domain::area;
use leptos::prelude::*;
use store::enterprise::Enterprise;

/// The search, and whom it found.
pub fn assist(words: &str, found: &[Enterprise]) -> Page {
    let items = found.iter().map(|enterprise| {
        let href = format!("/desk/assist/{}/new", enterprise.id);
        let line = format!("{} · {}", enterprise.uscc, area::name(enterprise.area));
        view! { <li class="cell"><a href=href><strong>{enterprise.name.clone()}</strong><span class="muted">{line}</span></a></li> }
    });
    let none = (found.is_empty() && !words.is_empty())
        .then(|| view! { <p class="muted">"没有找到。请核对名称或统一社会信用代码；只能代办本区县的企业。"</p> });
    let list = (!found.is_empty()).then(|| view! { <ul class="cells card">{items.collect_view()}</ul> });
    Page::new(
        "代办",
        Chrome::Desk(Section::Assist),
        view! {
            <h1>"代办：为谁提诉求？"</h1>
            <form class="search" method="get" action="/desk/assist" role="search">
                <label for="q" class="hidden">"企业名称或统一社会信用代码"</label>
                <input id="q" name="q" type="search" value=words.to_owned() placeholder="企业名称 / 统一社会信用代码" autocomplete="off"/>
                <button class="button secondary">{icon("search")}<span>"查找"</span></button>
            </form>
            {none}
            {list}
            <p class="muted">"代办时请企业联系人在旁确认。评价只能由企业自己在手机上完成。"</p>
        },
    )
}
