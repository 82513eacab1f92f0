//! When something is not to be: a sentence, what to do, and the number to quote. Opened by anybody, unwillingly.

use crate::error::AppError;
use crate::layout::PlainFrame;
use crate::render::title;
use crate::request::Request;
use crate::ui::{HOTLINE, HOTLINE_LINK, icon};
use leptos::prelude::*;
use store::identity::Identity;

/// The page of an error. It is behind no route and reads nothing.
pub fn problem(error: &AppError) -> AnyView {
    let request = Request::current();
    let heading = match error {
        AppError::Forbidden => "没有权限",
        AppError::NotFound => "没有找到",
        AppError::Refused(_) | AppError::Invalid(_) | AppError::Conflict(..) => "现在不能这样做",
        AppError::Busy(_) => "系统正忙",
        AppError::Unauthenticated | AppError::Unproved | AppError::Internal(_) => "出了点问题",
    };
    let (href, label) = match request.session().map(|session| session.identity.clone()) {
        // Signed in, as far as anybody could ask.
        None if request.head().token.is_some() => ("/", "回到首页"),
        None => ("/sign-in", "去登录"),
        Some(Identity::Person(_)) => ("/home", "回到首页"),
        Some(Identity::Staff(_)) => ("/desk", "回到工作台"),
    };
    title(heading);
    // A link of a message may be of another of one's enterprises.
    let several = request.session().is_some_and(
        |session| matches!(&session.identity, Identity::Person(person) if person.enterprise.is_some() && person.enterprise_count > 1),
    );
    let switch = (several && matches!(error, AppError::NotFound)).then(|| {
        view! {
            <p>"您为几家企业办事：如果是另一家的，请先切换企业，再打开一次。"</p>
            <p><a class="button secondary" href="/enterprises">{icon("swap")}"切换企业"</a></p>
        }
    });
    let number = request.head().request_id.clone();
    let sentence = match error {
        // No field to show it at: a link or a search had it.
        AppError::Invalid(faults) => faults.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join("；"),
        error => error.to_string(),
    };
    view! {
        <PlainFrame>
            <section class="card narrow problem">
                <h1>{icon("warn")}{heading}</h1>
                <p>{sentence}</p>
                {switch}
                <p><a class="button" href=href>{label}</a></p>
                <p><a class="button secondary" href=HOTLINE_LINK>{icon("phone")}<span>"急事请拨打 "{HOTLINE}</span></a></p>
                <p class="muted">"需要帮助时，请告诉我们这个编号："<code>{number}</code></p>
            </section>
        </PlainFrame>
    }
    .into_any()
}
