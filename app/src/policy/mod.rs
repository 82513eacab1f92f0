//! Policies (S-16, S-17, S-21 to S-26): what fits an enterprise and the money it brings, and the desk that writes, publishes and reviews.

pub mod desk;
