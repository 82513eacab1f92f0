//! An enterprise's own pages: home (一企一页, S-16), and who it is with who may act for it.

mod home;
mod me;
pub mod read;

pub use home::HomePage;
pub use me::MePage;
