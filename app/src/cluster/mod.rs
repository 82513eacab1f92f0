//! 共性问题 (S-11): found among what is open, put together by a centre, answered together by a department, told as a typical case.

pub mod act;
mod listed;
mod page;

pub use listed::kept;
pub use page::{ClusterPage, ClustersPage};
