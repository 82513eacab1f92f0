//! The desk (企服工作台): opened by staff on a desktop browser, all day.

pub mod policy;
