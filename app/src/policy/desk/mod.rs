//! The policy desk (S-21 to S-25): items written by one person and published by another, the libraries they speak of, facts
//! from files, applications, evaluation.

#[cfg(feature = "ssr")]
pub mod act;
#[cfg(feature = "ssr")]
pub mod draft;
#[cfg(feature = "ssr")]
mod facts;
#[cfg(any(feature = "ssr", feature = "editor"))]
mod fields;
#[cfg(any(feature = "ssr", feature = "editor"))]
mod island;
#[cfg(feature = "ssr")]
mod measure;
#[cfg(feature = "ssr")]
mod page;
#[cfg(feature = "ssr")]
mod place;
#[cfg(feature = "ssr")]
pub mod read;
#[cfg(any(feature = "ssr", feature = "editor"))]
pub mod rpc;
#[cfg(any(feature = "ssr", feature = "editor"))]
pub mod sheet;
#[cfg(feature = "ssr")]
mod walk;

#[cfg(feature = "ssr")]
pub use facts::{Imported, import_facts, require_importer};
#[cfg(any(feature = "ssr", feature = "editor"))]
pub use island::PolicyForm;
#[cfg(feature = "ssr")]
pub use page::{ApplicationsPage, EvaluationPage, FactsPage, LibrariesPage, NewPolicyPage, PoliciesPage, PolicyPage, ReviewPage};
