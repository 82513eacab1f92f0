//! The rules of the enterprise-service portal (企服空间): plain types and pure functions.
//!
//! Nothing here reads a clock, a socket or a file: time is an argument, the calendar is data. The server and the islands in
//! the browser run the same code.

#[cfg(feature = "server")]
pub mod account;
pub mod actor;
#[cfg(feature = "server")]
pub mod administration;
#[cfg(feature = "server")]
pub mod api;
#[cfg(feature = "server")]
pub mod api_key;
pub mod area;
#[cfg(feature = "server")]
pub mod audit;
pub mod calendar;
#[cfg(feature = "server")]
pub mod case;
pub mod catalogue;
#[cfg(feature = "server")]
pub mod cluster;
pub mod enterprise;
pub mod issue;
pub mod mask;
pub mod member;
pub mod notice;
#[cfg(feature = "server")]
pub mod open311;
#[cfg(feature = "server")]
pub mod pack;
pub mod phone;
pub mod policy;
pub mod retention;
pub mod search;
pub mod security;
#[cfg(feature = "server")]
pub mod staff;
pub mod text;
pub mod uscc;
mod vocabulary;
#[cfg(feature = "server")]
pub mod webhook;
pub mod when;
#[cfg(feature = "server")]
pub mod work_indicator;
