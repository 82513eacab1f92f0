//! What stands around every page: head, skip link, header, tabs on the phone, side navigation at the desk, elder switch.

use crate::render::{Load, Page, PageContext, Viewer};
use crate::ui::icon;
use leptos::prelude::*;

/// The tabs of the enterprise's space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// 首页.
    Home,
    /// 诉求.
    Issues,
    /// 提诉求.
    New,
    /// 政策.
    Policies,
    /// 消息: no tab of its own, the header leads there.
    Messages,
    /// 我的.
    Me,
}

/// The sections of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// 工作台.
    Queue,
    /// 代办.
    Assist,
    /// 政策.
    Policies,
    /// 政策申请.
    Applications,
    /// 消息.
    Messages,
    /// 账号.
    Account,
}

/// What stands around a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chrome {
    /// A header only: sign-in, errors.
    Plain,
    /// The enterprise's space.
    Space(Tab),
    /// The desk.
    Desk(Section),
}

/// Loads the islands once the content has painted: Leptos' own loader preloads them, which delays the first paint on a slow
/// network. The walk over `leptos-island` elements is the one of Leptos' island script, without nested islands, which we do
/// not have.
const LOADER: &str = "const go=async()=>{const m=await import('/pkg/JS');await m.default({module_or_path:'/pkg/WASM'});m.hydrate();\
for(const e of document.querySelectorAll('leptos-island')){const f=m[e.dataset.component];if(f)await f(e)}\
document.documentElement.dataset.ready=''};\
document.readyState==='complete'?go():addEventListener('load',()=>setTimeout(go))";

/// The browser may fetch a page once a finger is on its link; never what changes or ends something.
const SPECULATION: &str = r#"{"prefetch":[{"where":{"and":[{"href_matches":"/*"},{"not":{"href_matches":"/photos/*"}},{"not":{"href_matches":"/sign-out*"}}]},"eagerness":"conservative"}]}"#;

/// The whole document.
pub fn document(context: &PageContext, page: Page) -> impl IntoView + use<> {
    let assets = &context.assets;
    let module = match page.module {
        Load::None => None,
        Load::Islands => Some((&assets.js, &assets.wasm)),
        Load::Calculator => Some((&assets.calculator_js, &assets.calculator_wasm)),
    };
    let loader = module.map(|(js, wasm)| {
        let script = LOADER.replace("JS", js).replace("WASM", wasm);
        view! { <script type="module" nonce=context.nonce.clone() inner_html=script></script> }
    });
    let mode = context.elder.then_some("elder");
    let css = format!("/pkg/{}", context.assets.css);
    let desk = matches!(page.chrome, Chrome::Desk(_));
    let title = format!("{} - {}", page.title, if desk { "企服工作台" } else { "企服空间" });
    view! {
        <html lang="zh-CN" data-mode=mode>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#F4F7F7"/>
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#10181D"/>
                <meta name="format-detection" content="telephone=no"/>
                <title>{title}</title>
                <link rel="stylesheet" href=css/>
                <link rel="icon" href="/icon.svg" type="image/svg+xml"/>
                <link rel="apple-touch-icon" href="/icon-192.png"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <script type="speculationrules" nonce=context.nonce.clone() inner_html=SPECULATION></script>
                {loader}
            </head>
            <body class=if desk { "desk" } else { "space" }>
                <a class="skip" href="#main">"跳到正文"</a>
                {header(context, page.chrome)}
                <div class="frame">
                    {navigation(context, page.chrome)}
                    <main id="main" tabindex="-1">
                        {context.flash.clone().map(|flash| view! { <p class="flash" role="status">{icon("check")}{flash}</p> })}
                        {page.body}
                    </main>
                </div>
            </body>
        </html>
    }
}

fn header(context: &PageContext, chrome: Chrome) -> AnyView {
    let home = match (&context.viewer, chrome) {
        (Viewer::Staff { .. }, _) => "/desk",
        (Viewer::Member { .. }, _) => "/home",
        _ => "/",
    };
    let name = if let Chrome::Desk(_) = chrome { "企服工作台" } else { "企服空间" };
    let who = match &context.viewer {
        Viewer::Nobody => None,
        Viewer::Member { enterprise, several } => enterprise.clone().map(|name| {
            if *several {
                view! { <a class="who" href="/enterprises">{name}<span class="caret">{icon("down")}</span><span class="hidden">"，切换企业"</span></a> }.into_any()
            } else {
                view! { <span class="who">{name}</span> }.into_any()
            }
        }),
        Viewer::Staff { name, organisation, duty, .. } => {
            Some(view! { <span class="who">{format!("{organisation} · {duty} · {name}")}</span> }.into_any())
        }
    };
    let messages = matches!(&context.viewer, Viewer::Member { enterprise: Some(_), .. }).then(|| {
        let current = (chrome == Chrome::Space(Tab::Messages)).then_some("page");
        view! { <a class="to-messages" href="/messages" aria-current=current>{icon("bell")}<span>"消息"</span>{unread(context.unread)}</a> }
    });
    let (next, label) = if context.elder { ("0", "标准版") } else { ("1", "关怀版") };
    view! {
        <header>
            {context.demo.then(|| view! { <p class="demo-note">"演示数据，非真实企业与人员"</p> })}
            <div class="top">
            <a class="brand" href=home>{icon("mark")}<span>{name}</span></a>
            {who}
            {messages}
            <form class="elder-switch" method="post" action="/elder">
                <input type="hidden" name="back" value=context.path.clone()/>
                <button name="on" value=next>{icon("type")}{label}</button>
            </form>
        </div>
        </header>
    }
    .into_any()
}

/// One entry of a navigation.
struct Entry {
    href: &'static str,
    icon: &'static str,
    label: &'static str,
    current: bool,
    count: i64,
    primary: bool,
}

fn navigation(context: &PageContext, chrome: Chrome) -> Option<AnyView> {
    let entry = |href, icon, label, current| Entry { href, icon, label, current, count: 0, primary: false };
    let (class, entries) = match chrome {
        Chrome::Plain => return None,
        Chrome::Space(tab) => (
            "tabs",
            vec![
                entry("/home", "home", "首页", tab == Tab::Home),
                entry("/issues", "list", "诉求", tab == Tab::Issues),
                Entry { primary: true, ..entry("/issues/new", "plus", "提诉求", tab == Tab::New) },
                entry("/policies", "yuan", "政策", tab == Tab::Policies),
                entry("/me", "person", "我的", tab == Tab::Me),
            ],
        ),
        Chrome::Desk(section) => {
            let mut list = Vec::new();
            if let Viewer::Staff { desk: true, .. } = context.viewer {
                list.push(entry("/desk", "list", "工作台", section == Section::Queue));
            }
            if let Viewer::Staff { policies: true, .. } = context.viewer {
                list.push(entry("/desk/policies", "yuan", "政策", section == Section::Policies));
            }
            if let Viewer::Staff { reviews: true, .. } = context.viewer {
                list.push(entry("/desk/applications", "inbox", "政策申请", section == Section::Applications));
            }
            if let Viewer::Staff { assists: true, .. } = context.viewer {
                list.push(entry("/desk/assist", "plus", "代办", section == Section::Assist));
            }
            list.push(Entry { count: context.unread, ..entry("/desk/messages", "bell", "消息", section == Section::Messages) });
            list.push(entry("/desk/account", "person", "账号", section == Section::Account));
            ("side", list)
        }
    };
    let items = entries.into_iter().map(|item| {
        let unread = unread(item.count);
        view! {
            <li>
                <a href=item.href class:primary=item.primary aria-current=item.current.then_some("page")>
                    {icon(item.icon)}<span>{item.label}</span>{unread}
                </a>
            </li>
        }
    });
    Some(view! { <nav class=class aria-label="主导航"><ul>{items.collect_view()}</ul></nav> }.into_any())
}

/// How many messages were not read; nothing where all were.
fn unread(count: i64) -> Option<AnyView> {
    (count > 0).then(|| {
        let shown = if count > 99 { "99+".to_owned() } else { count.to_string() };
        view! { <span class="badge">{shown}<span class="hidden">"条未读"</span></span> }.into_any()
    })
}
