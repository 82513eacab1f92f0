//! What the editor's island asks for.

use super::sheet::{Measured, Sheet};
use crate::error::RpcError;
use leptos::prelude::*;
use server_fn::codec::Postcard;

/// The form as the button `do` among its pairs leaves it, as the page would show it.
#[server(prefix = "/rpc", endpoint = "policy/draft/shape", input = Postcard, output = Postcard)]
pub async fn shape(pairs: Vec<(String, String)>) -> Result<Sheet, RpcError> {
    use crate::form::Form;
    use crate::request::Request;
    let form = Form::new(pairs);
    let code = Some(form.value("code")).filter(|code| !code.is_empty());
    let mut ctx = Request::current().open().await?;
    let (_, sheet) = super::read::written(&mut ctx, code, &form).await?;
    Ok(sheet)
}

/// What the form comes to as it is.
#[server(prefix = "/rpc", endpoint = "policy/draft/preview", input = Postcard, output = Postcard)]
pub async fn preview(pairs: Vec<(String, String)>) -> Result<Measured, RpcError> {
    use crate::form::Form;
    use crate::request::Request;
    let form = Form::new(pairs);
    let code = Some(form.value("code")).filter(|code| !code.is_empty());
    let mut ctx = Request::current().open().await?;
    Ok(super::read::measured(&mut ctx, code, &form).await?)
}
