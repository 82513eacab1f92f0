//! The store on a real PostgreSQL, one database a test: what the schema promises when nobody above it helps.
#![allow(clippy::unwrap_used)]

mod administration;
mod alarms;
mod api;
mod audit;
mod beside;
mod board_lead;
mod call_back;
mod case;
mod desk;
mod desk_lists;
mod errors;
mod filing;
mod indicators;
mod member;
mod member_rights;
mod migrations;
mod pack;
mod plans;
mod policy;
mod policy_guards;
mod policy_plans;
mod random;
mod replay;
mod retention;
mod scope;
mod security;
mod session;
mod staff;
mod tally;
mod terms;
mod work;
mod world;
mod writes;
