//! Routes, and what stands around them. Who may pass each is in [`app::access`]; a test walks that list.

pub mod account;
pub mod administration;
pub mod api;
pub mod api_key;
pub mod case;
pub mod cluster;
pub mod context;
pub mod delivery;
pub mod files;
pub mod filing;
pub mod forms;
mod head;
pub mod issue;
pub mod lists;
pub mod meeting;
pub mod member;
pub mod message;
pub mod open311;
pub mod ops;
pub mod pages;
pub mod photos;
pub mod policy;
pub mod policy_desk;
pub mod seats;
pub mod security;
pub mod security_log;
pub mod staff;
pub mod stream;
pub mod tables;
pub mod terms;
pub mod upward;
pub mod work;

use crate::state::AppState;
use app::access::{self, Access};
use app::app::App;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, any, get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::limit::RequestBodyLimitLayer;

/// What is neither page nor server function, from the same lines that make the router.
macro_rules! routes {
    ($($method:ident $path:literal => $handler:expr;)+) => {
        /// Method and path of every route that is neither a page of the router nor a server function.
        pub const ROUTES: &[(&str, &str)] = &[$((stringify!($method), $path),)+];

        fn table() -> Router<AppState> {
            Router::new()$(.route($path, routes!(@$method $handler)))+
        }
    };
    (@GET $handler:expr) => { get($handler) as MethodRouter<AppState> };
    (@POST $handler:expr) => { post($handler) as MethodRouter<AppState> };
}

routes! {
    GET "/healthz" => ops::healthz;
    GET "/readyz" => ops::readyz;
    GET "/open311/{file}" => open311::discovery;
    GET "/open311/v2/{file}" => open311::list;
    POST "/open311/v2/{file}" => open311::report;
    GET "/open311/v2/{resource}/{file}" => open311::one;
    GET "/api/v1/openapi.json" => api::document;
    GET "/api/v1/categories" => api::categories;
    GET "/api/v1/issues" => api::list;
    POST "/api/v1/issues" => api::file;
    GET "/api/v1/issues/{number}" => api::one;
    POST "/api/v1/issues/{number}/supply" => api::supply;
    POST "/api/v1/issues/{number}/withdraw" => api::withdraw;
    POST "/api/v1/issues/{number}/rate" => api::rate;
    GET "/api/v1/webhooks" => api::webhooks;
    POST "/api/v1/webhooks" => api::subscribe;
    POST "/api/v1/webhooks/{id}/remove" => api::unsubscribe;
    GET "/api/v1/deliveries" => api::deliveries;
    GET "/api/v1/exchange" => api::exchange;
    POST "/api/v1/exchange/{number}/receive" => api::receive;
    POST "/api/v1/exchange/{number}/reply" => api::reply;
    POST "/desk/clusters" => cluster::add;
    POST "/desk/clusters/{cluster}/dispatch" => cluster::dispatch;
    POST "/desk/clusters/{cluster}/answer" => cluster::answer;
    POST "/desk/upward" => upward::pass;
    POST "/desk/meetings" => meeting::file;
    GET "/desk/meetings/template" => meeting::template;
    POST "/desk/cases/new" => case::publish;
    POST "/desk/cases/{case}/withdraw" => case::withdraw;
    POST "/desk/admin/keys" => api_key::add;
    POST "/desk/admin/keys/{key}/replace" => api_key::replace;
    POST "/desk/admin/keys/{key}/revoke" => api_key::revoke;
    POST "/desk/admin/keys/{key}/again" => api_key::again;
    POST "/elder" => account::elder;
    POST "/sign-in" => account::send_code;
    POST "/sign-in/code" => account::check_code;
    POST "/desk/sign-in" => account::staff_sign_in;
    POST "/desk/sign-in/code" => account::staff_code;
    POST "/sign-out" => account::sign_out;
    POST "/sign-out/everywhere" => account::sign_out_everywhere;
    POST "/sign-out/device" => account::end_session;
    POST "/enterprises" => account::choose;
    POST "/issues/new" => filing::check;
    POST "/issues/file" => filing::file;
    GET "/issues/{number}/events" => issue::events;
    POST "/issues/{number}/{command}" => issue::command;
    GET "/messages/events" => message::events;
    POST "/messages/open" => message::open;
    POST "/messages/read" => message::read;
    POST "/me/members" => member::add;
    POST "/me/members/{person}" => member::change;
    POST "/me/portrait" => policy::state_facts;
    POST "/me/portrait/dispute" => policy::dispute;
    POST "/me/notices" => policy::choose_notices;
    POST "/me/sms" => member::choose_sms;
    POST "/me/mail" => delivery::mail;
    POST "/desk/notices" => delivery::address;
    POST "/desk/admin/routes" => delivery::save;
    POST "/desk/admin/deliveries" => delivery::again;
    POST "/policies/calculator" => policy::calculate;
    POST "/policies/{code}/ask" => policy::ask;
    POST "/policies/{code}/apply" => policy::apply;
    GET "/applications/{number}/events" => policy::events;
    GET "/applications/{number}/files/{id}" => files::download;
    POST "/applications/{number}/{command}" => policy::command;
    POST "/photos" => photos::upload;
    GET "/photos/{id}" => photos::full;
    GET "/photos/{id}/thumb" => photos::thumb;
    GET "/desk/events" => issue::desk_events;
    GET "/desk/indicators/table" => issue::indicators;
    GET "/desk/indicators/assessment" => issue::assessment;
    GET "/desk/table" => issue::desk_table;
    POST "/desk/views" => issue::keep_view;
    POST "/desk/views/remove" => issue::drop_view;
    GET "/desk/issues/{number}/events" => issue::desk_issue_events;
    POST "/desk/issues/{number}/files" => issue::attach;
    POST "/desk/issues/{number}/notes" => work::note;
    POST "/desk/issues/{number}/pass" => work::pass;
    POST "/desk/bulk" => work::bulk;
    POST "/desk/leave" => work::begin_leave;
    POST "/desk/leave/end" => work::end_leave;
    POST "/desk/templates" => work::template;
    POST "/desk/issues/{number}/{command}" => issue::desk_command;
    POST "/desk/assist/{enterprise}/new" => filing::assist_check;
    POST "/desk/assist/{enterprise}/photos" => photos::assist_upload;
    POST "/desk/assist/{enterprise}/file" => filing::assist_file;
    POST "/desk/members/enterprise" => member::enter;
    POST "/desk/members/{enterprise}" => member::register;
    POST "/desk/members/{enterprise}/remove" => member::strike;
    GET "/desk/policies/table" => policy_desk::policies_table;
    POST "/desk/policies/new" => policy_desk::write_new;
    POST "/desk/policies/json" => policy_desk::load_json;
    POST "/desk/policies/libraries" => policy_desk::put_library;
    POST "/desk/policies/{code}/edit" => policy_desk::write;
    GET "/desk/policies/{code}/json" => policy_desk::json;
    GET "/desk/policies/{code}/evaluation.xlsx" => policy_desk::evaluation_xlsx;
    POST "/desk/policies/{code}/{step}" => policy_desk::step;
    POST "/desk/facts" => policy_desk::import;
    GET "/desk/facts/template" => policy_desk::facts_template;
    GET "/desk/applications/table" => policy_desk::applications_table;
    GET "/desk/applications/{number}/files/{id}" => files::download;
    POST "/desk/applications/{number}/{command}" => policy_desk::command;
    GET "/desk/admin/areas/table" => administration::areas;
    POST "/desk/admin/areas/new" => administration::add_area;
    POST "/desk/admin/areas/{key}" => administration::change_area;
    GET "/desk/admin/departments/table" => administration::departments;
    POST "/desk/admin/departments/new" => administration::add_department;
    POST "/desk/admin/departments/{key}" => administration::change_department;
    GET "/desk/admin/stations/table" => administration::stations;
    POST "/desk/admin/stations/new" => administration::add_station;
    POST "/desk/admin/stations/{key}" => administration::change_station;
    GET "/desk/admin/log/table" => administration::log;
    POST "/desk/admin/log/{change}" => administration::withdraw;
    GET "/desk/admin/boards/table" => terms::boards;
    POST "/desk/admin/boards/{code}" => terms::board;
    GET "/desk/admin/categories/table" => terms::categories;
    POST "/desk/admin/categories/{code}" => terms::category;
    POST "/desk/admin/categories/{code}/department" => terms::department;
    POST "/desk/admin/limits" => terms::limits;
    POST "/desk/admin/calendar" => terms::calendar;
    GET "/desk/admin/texts/table" => terms::texts;
    POST "/desk/admin/texts/{code}" => terms::text;
    GET "/desk/cases/table" => lists::cases;
    GET "/desk/clusters/table" => lists::clusters;
    GET "/desk/meetings/table" => lists::meetings;
    GET "/desk/tasks/table" => lists::tasks;
    GET "/desk/upward/table" => lists::upward;
    GET "/desk/admin/deliveries/table" => lists::deliveries;
    GET "/desk/admin/keys/{key}/table" => lists::pushed;
    POST "/desk/admin/work" => terms::work;
    GET "/desk/admin/retention/table" => terms::retentions;
    POST "/desk/admin/retention/{code}" => terms::retention;
    POST "/desk/messages/open" => message::desk_open;
    POST "/desk/messages/read" => message::desk_read;
    POST "/desk/password" => account::change_password;
    POST "/desk/confirm" => account::confirm;
    POST "/desk/account/factor" => account::factor;
    GET "/desk/admin/security/table" => security_log::table;
    GET "/desk/admin/staff/table" => staff::table;
    POST "/desk/admin/staff/new" => staff::add;
    POST "/desk/admin/staff/{account}/{command}" => staff::command;
}

/// Pages and server functions, as Leptos lists them.
pub fn listed() -> Vec<(&'static str, String)> {
    let pages = leptos_axum::generate_route_list(App).into_iter().map(|page| ("GET", page.path().to_owned()));
    let functions = server_fn::axum::server_fn_paths()
        .map(|(path, method)| (if method == Method::GET { "GET" } else { "POST" }, path.to_owned()));
    pages.chain(functions).collect()
}

/// The editor's form, whole, is the largest thing that an island sends; what others send is a form without files.
const EDITOR_LIMIT: usize = 2 * 1024 * 1024;
const RPC_LIMIT: usize = 256 * 1024;

/// Nine photos of 10 MB and the words around them.
const BODY_LIMIT: usize = 96 * 1024 * 1024;

/// The whole application.
pub fn router(state: AppState) -> Router {
    let functions: Vec<&str> = server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
    let pages = listed().into_iter().fold(table(), |router, (method, path)| match method {
        _ if functions.contains(&path.as_str()) => {
            // Each is whole in memory before anybody looks at it, as often as somebody opens a connection.
            let editor = access::door(method, &path).is_some_and(|door| door.access == Access::Policy);
            let limit = if editor { EDITOR_LIMIT } else { RPC_LIMIT };
            router.route(&path, any(pages::server_function).layer(RequestBodyLimitLayer::new(limit)))
        }
        _ => router.route(&path, get(pages::page)),
    });
    let pages = around(pages, &state);
    Router::new()
        .nest_service("/pkg", ops::hashed_files(&state))
        .merge(ops::public_files(&state))
        .fallback_service(pages)
        .layer(from_fn_with_state(state, ops::closing))
}

/// What stands around every route.
pub fn around(routes: Router<AppState>, state: &AppState) -> Router {
    let compressible = SizeAbove::new(512).and(NotForContentType::IMAGES).and(NotForContentType::SSE);
    // Pages are compressed where they are made (`context::page`), files that stay when they are built: this is for what is left, tables
    // and what islands are told.
    let compression = CompressionLayer::new().quality(CompressionLevel::Precise(4)).compress_when(compressible);
    routes
        .fallback(pages::not_found)
        .layer(CatchPanicLayer::custom(context::panicked))
        .layer(from_fn(context::guard))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn(security::same_site))
        .layer(from_fn_with_state(state.clone(), context::middleware))
        .layer(compression)
        .with_state(state.clone())
}
