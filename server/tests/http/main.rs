//! Routes against a real database and the real router, with the demo's people.
#![allow(clippy::unwrap_used)]

mod administration;
mod audit;
mod budget;
mod cluster;
mod delivery;
mod desk;
mod faults;
mod filing;
mod fuzz;
mod hands;
mod identity;
mod indicators;
mod islands;
mod issue_loop;
mod limits;
mod live;
mod member;
mod open311;
mod owner;
mod policy;
mod policy_desk;
mod routes;
mod routing;
mod second_factor;
mod security_log;
mod site;
mod sms;
mod staff;
mod stopping;
mod terms;
mod threads;
mod wire;
mod work;
