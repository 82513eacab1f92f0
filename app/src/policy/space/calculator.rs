//! The calculator's page.

use crate::error::AppError;
use crate::form::{Form, WHOSE};
use crate::member::read::withheld;
use crate::policy::calculator::{Calculator, Payload};
use crate::policy::read;
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::policy::day;
use crate::ui::{back, figures, icon};
use domain::member::Right;
use leptos::prelude::*;

/// The calculator, with the portrait's figures or with those that were typed.
#[component]
pub fn CalculatorPage() -> impl IntoView {
    let request = Request::current();
    let form = Form::typed();
    reads(async move {
        let mut ctx = request.open().await?;
        let (enterprise, view) = (ctx.require_member()?.enterprise.id, read::view(&mut ctx).await?);
        let withheld = withheld(&mut ctx, Right::StateFacts).await?;
        drop(ctx);
        title("政策计算器");
        let whose = Some(form.value(WHOSE)).filter(|id| !id.is_empty()).map_or_else(|| enterprise.to_string(), str::to_owned);
        let payload = Payload::new(&view, form.pairs().to_vec(), whose);
        let script = payload.script().map_err(AppError::internal)?;
        let nonce = request.head().nonce.clone();
        provide_context(payload);
        let lead = format!("按 {} 测算。改一个数，看看能多得多少；不保存就不会改动企业画像。", day(view.evaluation.as_of));
        Ok(view! {
            {back("/policies", "全部政策")}
            {form.summary()}
            <h1>"政策计算器"</h1>
            <p class="muted">{figures(&lead)}</p>
            {withheld.map(|who| view! { <p class="muted">{icon("lock")}{"您可以测算，不能保存："}{who}</p> })}
            <script nonce=nonce inner_html=script></script>
            <Calculator/>
        }
        .into_any())
    })
}
