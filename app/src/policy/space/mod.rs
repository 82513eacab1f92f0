//! Policies in the enterprise's space (S-16, S-17, S-23 to S-26): the list, one item, the calculator, the portrait, applications. Opened on
//! a phone.

mod application;
mod applications;
mod apply;
mod calculator;
mod card;
mod command;
mod controls;
mod files;
mod item;
mod list;
mod notices;
mod portrait;

pub use application::MyApplicationPage;
pub use applications::MyApplicationsPage;
pub use apply::ApplyPage;
pub use calculator::CalculatorPage;
pub use command::ApplicationCommandPage;
pub use item::PolicyPage;
pub use list::{HomePolicies, PoliciesPage};
pub use notices::NoticesPage;
pub use portrait::PortraitPage;
