//! A draft survives a closed tab: words alone, never files, in this browser, for the person and enterprise who typed them. Signing out
//! clears the storage (`Clear-Site-Data`); where a browser does not do it, the next person's form does.

use super::form::Answers;
use crate::carried::Carried;
use crate::module::{Module, needs};
use gloo::storage::{LocalStorage, Storage};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Draft {
    text: String,
    title: String,
    place: String,
    contact_name: String,
    contact_phone: String,
    category: String,
}

const PREFIX: &str = "draft/";

fn key(owner: &str) -> String {
    [PREFIX, owner].concat()
}

/// Whether there is a storage: a browser may refuse one.
fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

impl Answers {
    fn draft(self) -> Draft {
        Draft {
            text: self.text.get(),
            title: self.title.get(),
            place: self.place.get(),
            contact_name: self.contact_name.get(),
            contact_phone: self.contact_phone.get(),
            category: self.category.get(),
        }
    }

    fn put(self, draft: Draft) {
        self.text.set(draft.text);
        self.title.set(draft.title);
        self.place.set(draft.place);
        self.contact_name.set(draft.contact_name);
        self.contact_phone.set(draft.contact_phone);
        self.category.set(draft.category);
    }
}

/// Puts back what was kept when the form is empty, and keeps what is typed from then on.
pub(super) fn keep(answers: Answers, owner: String, restored: RwSignal<bool>) {
    Effect::new(move |before: Option<Draft>| {
        let draft = answers.draft();
        if storage().is_none() {
            return draft;
        }
        match before {
            None => {
                forget_others(&owner);
                if draft.text.trim().is_empty()
                    && let Ok(Carried(kept)) = LocalStorage::get::<Carried<Draft>>(key(&owner))
                {
                    answers.put(kept.clone());
                    restored.set(true);
                    return kept;
                }
            }
            Some(before) if before == draft => {}
            Some(_) if draft.text.trim().is_empty() && draft.title.trim().is_empty() => forget(&owner),
            // Full, or refused: the form itself loses nothing by it.
            Some(_) => _ = LocalStorage::set(key(&owner), Carried(&draft)),
        }
        draft
    });
}

/// Forgets a draft.
pub(super) fn forget(owner: &str) {
    if storage().is_some() {
        LocalStorage::delete(key(owner));
    }
}

/// Another person's drafts are not kept where this one types.
fn forget_others(owner: &str) -> Option<()> {
    let storage = storage()?;
    let own = [PREFIX, owner.split('/').next()?, "/"].concat();
    let keys = (0..storage.length().ok()?).filter_map(|index| storage.key(index).ok()?);
    let others: Vec<String> = keys.filter(|key| key.starts_with(PREFIX) && !key.starts_with(&own)).collect();
    others.iter().for_each(|key| _ = storage.remove_item(key));
    Some(())
}

/// On the receipt: what was filed is no draft any more.
#[island]
pub fn DraftFiled(owner: String) -> impl IntoView {
    needs(Module::Filing);
    Effect::new(move |_| forget(&owner));
}
