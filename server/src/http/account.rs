//! Signing in and out, choosing an enterprise, passwords, 关怀版: forms in, cookies out.

use super::context::{self, ELDER, Reply, again, append_cookie, finish, finish_in, page, redirect};
use super::forms::{plain, within};
use app::account::act::{self, CodeSent, Signed, own_path};
use app::account::factor::{self, Done};
use app::account::staff::{self, Interrupted, SignIn};
use app::error::{AppError, Next, Stop};
use app::form::Form;
use app::request::Request;
use axum::Extension;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::provide_context;

/// The largest form of nobody: whoever has signed in nowhere may send it as often as there are connections, and each is whole in memory before
/// anybody looks at it.
const NOBODYS_LIMIT: usize = 16 * 1024;

/// Sends a code and asks for it.
pub async fn send_code(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = within(body, NOBODYS_LIMIT).await?;
    match act::send_code(&request, &form).await {
        Ok(sent) => {
            let status = if sent.early { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::OK };
            code_page(&request, sent, Form::default().or("back", form.value("back")), status).await
        }
        Err(error @ AppError::Invalid(_)) => again(&request, &error, form, "/sign-in").await,
        Err(error) => Err(error.into()),
    }
}

async fn code_page(request: &Request, sent: CodeSent, form: Form, status: StatusCode) -> Reply {
    let response = page(request, "/sign-in/code", status, || {
        provide_context(sent);
        provide_context(form);
    })
    .await?;
    Ok(marked(request, response))
}

/// Checks a code and opens a session.
pub async fn check_code(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = within(body, NOBODYS_LIMIT).await?;
    match act::check_code(&request, &form).await {
        Ok(signed) => Ok(with_session(&request, &signed)),
        Err(Stop::Error(error @ AppError::Invalid(_))) => {
            let sent = CodeSent::before(&form, request.services().now()).ok_or(Stop::redirect("/sign-in"))?;
            let form = form.with_errors(error.faults());
            code_page(&request, sent, form, error.status()).await
        }
        Err(stop) => Err(stop.into()),
    }
}

/// Leads on with the session's cookie.
fn with_session(request: &Request, signed: &Signed) -> Response {
    let mut response = redirect(&signed.next);
    append_cookie(response.headers_mut(), &context::kept(context::COOKIE, &signed.token, signed.seconds, request.services().tls));
    marked(request, response)
}

/// How long a browser keeps its mark: as long as browsers let it.
const MARK_SECONDS: i64 = 400 * 86_400;

/// The answer with the browser's mark, where it has none yet: codes and tries are counted by it.
fn marked(request: &Request, mut response: Response) -> Response {
    let head = request.head();
    if !head.marked {
        let cookie = context::kept(context::BROWSER, &head.browser, MARK_SECONDS, request.services().tls);
        append_cookie(response.headers_mut(), &cookie);
    }
    response
}

/// The answer to a form that may open a session.
async fn signing(request: &Request, done: Result<Signed, AppError>, form: Form, path: &str) -> Reply {
    match done {
        Ok(signed) => Ok(with_session(request, &signed)),
        Err(error) => Ok(marked(request, finish(request, Err(error), form, path).await?)),
    }
}

/// Chooses an enterprise.
pub async fn choose(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::choose(&request, &form).await, form, "/enterprises").await
}

/// Ends this session.
pub async fn sign_out(Extension(request): Extension<Request>) -> Reply {
    Ok(forgetting(with_session(&request, &act::sign_out(&request).await?)))
}

/// Ends every session of whoever this is.
pub async fn sign_out_everywhere(Extension(request): Extension<Request>) -> Reply {
    Ok(forgetting(with_session(&request, &act::sign_out_everywhere(&request).await?)))
}

/// Ends one session of whoever this is.
pub async fn end_session(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    finish(&request, act::end_session(&request, &form).await, form, "/").await
}

/// Tells the browser to forget what islands kept in it, drafts, and the pictures that it kept for a day.
fn forgetting(mut response: Response) -> Response {
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    response
}

/// Checks a name and a password.
pub async fn staff_sign_in(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = within(body, NOBODYS_LIMIT).await?;
    match staff::sign_in(&request, &form).await {
        // The browser's mark is what the code is bound to.
        Ok(SignIn::Code(next)) => Ok(marked(&request, redirect(&next))),
        Ok(SignIn::Done(signed)) => signing(&request, Ok(signed), form, "/desk/sign-in").await,
        Err(error) => signing(&request, Err(error), form, "/desk/sign-in").await,
    }
}

/// Checks the second factor.
pub async fn staff_code(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = within(body, NOBODYS_LIMIT).await?;
    match staff::second_step(&request, &form).await {
        Ok(signed) => Ok(with_session(&request, &signed)),
        Err(Stop::Error(error)) => finish(&request, Err(error), form, "/desk/sign-in/code").await,
        Err(stop) => Err(stop.into()),
    }
}

/// Sets the second factor up, and what can be done about it.
pub async fn factor(Extension(request): Extension<Request>, body: Body) -> Reply {
    const PATH: &str = "/desk/account/factor";
    let form = plain(body).await?;
    match factor::act(&request, &form).await {
        Ok(Done::Codes(codes)) => page(&request, PATH, StatusCode::OK, || provide_context(codes)).await,
        Ok(Done::Next(next)) => finish(&request, Ok(next), form, PATH).await,
        Err(error) => finish(&request, Err(error), form, PATH).await,
    }
}

/// The largest form that a page which asks for the password carries: another plain one, and the password.
const CARRIED_LIMIT: usize = 512 * 1024;

/// Proves again who is at the keys. A form that was stopped is sent on by the browser itself, as it is (307).
pub async fn confirm(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = within(body, CARRIED_LIMIT).await?;
    let stopped = Interrupted::carried(&form);
    match (staff::confirm(&request, &form).await, stopped) {
        (Ok(()), Some(stopped)) => Ok(Redirect::temporary(&stopped.to).into_response()),
        (Ok(()), None) => Ok(redirect(&staff::after_confirming(&form))),
        (Err(error), stopped) => {
            finish_in(&request, Err(error), form, context::CONFIRM, || {
                if let Some(stopped) = stopped {
                    provide_context(stopped);
                }
            })
            .await
        }
    }
}

/// Changes the own password.
pub async fn change_password(Extension(request): Extension<Request>, body: Body) -> Reply {
    let form = plain(body).await?;
    signing(&request, staff::change_password(&request, &form).await, form, "/desk/account").await
}

/// Switches 关怀版 and goes back.
pub async fn elder(body: Body) -> Reply {
    let form = within(body, NOBODYS_LIMIT).await?;
    let on = if form.value("on") == "1" { "1" } else { "0" };
    let back = form.value("back");
    let mut response = redirect(&Next::to(if own_path(back) { back } else { "/" }));
    append_cookie(response.headers_mut(), &format!("{ELDER}={on}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly"));
    Ok(response)
}
