//! The store on a real PostgreSQL, one database a test: what the schema promises when nobody above it helps.
#![allow(clippy::unwrap_used)]

mod desk;
mod errors;
mod filing;
mod migrations;
mod plans;
mod policy;
mod policy_guards;
mod policy_plans;
mod random;
mod replay;
mod scope;
mod security;
mod session;
mod tally;
mod world;
mod writes;
