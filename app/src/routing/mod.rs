//! 改派统计 (S-4): what the centres' corrections taught the router, line by line, for whoever checks it.

mod page;

pub use page::RoutingPage;
