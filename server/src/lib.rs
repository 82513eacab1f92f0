//! The process of the enterprise-service portal: configuration, HTTP, workers, the embedded database, the command line.

pub mod city;
pub mod cli;
pub mod config;
pub mod connections;
pub mod database;
pub mod demo;
pub mod http;
pub mod import;
pub mod mail;
pub mod photos;
pub mod policies;
pub mod retention;
pub mod scan;
pub mod serve;
pub mod sms;
pub mod state;
pub mod webhook;
pub mod workers;
