//! 接口密钥: the keys by which other channels speak to the interfaces (S-5). Kept by the city's administrators.

pub mod act;
mod deliveries;
mod page;

pub use deliveries::{KeyPage, sheet};
pub use page::KeysPage;
