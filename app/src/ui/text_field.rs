//! A question of a plain form as an island.

use super::island::{Answer, Question};
use crate::carried::Carried;
use crate::module::{Module, needs};
use leptos::prelude::*;

/// A question of a plain form, counting what is left.
#[island]
pub fn TextField(question: Carried<Question>) -> impl IntoView {
    needs(Module::Space);
    let Carried(question) = question;
    let value = RwSignal::new(question.value.clone());
    let fault = question.fault.clone();
    view! { <Answer question value fault/> }
}
