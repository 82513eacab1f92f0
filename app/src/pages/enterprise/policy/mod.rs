//! Policies in the enterprise's space (S-16, S-17, S-23 to S-26): the list, one item, the calculator, the portrait, applications.

mod application;
mod apply;
mod calculator;
mod item;
mod list;
mod portrait;

pub use application::{application, application_command, applications, frozen, money, state_tag, timeline};
pub use apply::apply;
pub use calculator::calculator;
pub use item::item;
pub use list::{home_block, list};
pub use portrait::{notices, portrait};
