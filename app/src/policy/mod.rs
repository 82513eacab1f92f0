//! Policies (S-16, S-17, S-21 to S-26): what fits an enterprise and the money it brings, and the desk that writes, publishes and reviews.

#[cfg(feature = "ssr")]
pub use crate::api::policy as read;
#[cfg(feature = "ssr")]
pub mod space {
    //! The space's pages.
    pub use crate::pages::enterprise::policy::home_block;
}
