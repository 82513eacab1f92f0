//! Pages of the policy desk.

mod applications;
mod editor;
mod evaluation;
mod facts;
mod libraries;
mod list;

pub use applications::{ApplicationsPage, ReviewPage};
pub use editor::{NewPolicyPage, PolicyPage};
pub use evaluation::{EvaluationPage, district, industry};
pub use facts::FactsPage;
pub use libraries::LibrariesPage;
pub use list::PoliciesPage;
