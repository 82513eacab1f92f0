//! Routes, and what stands around them. Every route is in [`ROUTES`] with who may use it: a test walks the list.

pub mod context;
pub mod desk;
pub mod files;
pub mod forms;
pub mod identity;
pub mod live;
pub mod ops;
pub mod photos;
pub mod policy;
pub mod policy_desk;
pub mod security;
pub mod space;

use crate::state::AppState;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post};
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::compression::{CompressionLayer, CompressionLevel};

/// Who may use a route at all; which objects, the use case decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// A person who signed in, enterprise chosen or not.
    Person,
    /// A member acting for an enterprise.
    Member,
    /// Any staff.
    Staff,
    /// Staff with business in issues.
    Desk,
    /// Station staff.
    Station,
    /// Policy editors.
    Policy,
    /// Whoever reviews applications for policies.
    Reviewer,
    /// Anybody who signed in; what they may read decides.
    SignedIn,
}

/// A route: method, path, who.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// As axum writes it.
    pub path: &'static str,
    /// Who may.
    pub access: Access,
}

/// Makes the list and the router from the same lines, so that neither can lack a route.
macro_rules! routes {
    ($($method:ident $path:literal $access:ident => $handler:expr;)+) => {
        /// Every route of the application.
        pub const ROUTES: &[Route] = &[$(Route { method: stringify!($method), path: $path, access: Access::$access },)+];

        fn table() -> Router<AppState> {
            Router::new()$(.route($path, routes!(@$method $handler)))+
        }
    };
    (@GET $handler:expr) => { get($handler) as MethodRouter<AppState> };
    (@POST $handler:expr) => { post($handler) as MethodRouter<AppState> };
}

routes! {
    GET "/" Public => identity::front;
    GET "/healthz" Public => ops::healthz;
    GET "/readyz" Public => ops::readyz;
    POST "/elder" Public => identity::elder;
    GET "/sign-in" Public => identity::sign_in;
    POST "/sign-in" Public => identity::send_code;
    POST "/sign-in/code" Public => identity::check_code;
    GET "/desk/sign-in" Public => identity::staff_sign_in;
    POST "/desk/sign-in" Public => identity::staff_check;
    POST "/sign-out" Public => identity::sign_out;
    POST "/sign-out/everywhere" SignedIn => identity::sign_out_everywhere;
    GET "/enterprises" Person => identity::enterprises;
    POST "/enterprises" Person => identity::choose;
    GET "/home" Member => space::home;
    GET "/issues" Member => space::issues;
    GET "/issues/new" Member => space::new;
    POST "/issues/new" Member => space::check;
    GET "/issues/new/suggest" SignedIn => space::suggest;
    POST "/issues/file" Member => space::file;
    GET "/issues/{number}" Member => space::issue;
    GET "/issues/{number}/receipt" Member => space::receipt;
    GET "/issues/{number}/events" Member => live::issue;
    GET "/issues/{number}/{command}" Member => space::command_form;
    POST "/issues/{number}/{command}" Member => space::command;
    GET "/messages" Member => space::messages;
    POST "/messages/read" Member => space::read_messages;
    GET "/me" Member => space::me;
    GET "/me/portrait" Member => policy::portrait;
    POST "/me/portrait" Member => policy::state_facts;
    POST "/me/portrait/dispute" Member => policy::dispute;
    GET "/me/notices" Member => policy::notices;
    POST "/me/notices" Member => policy::choose_notices;
    GET "/policies" Member => policy::list;
    GET "/policies/calculator" Member => policy::calculator;
    POST "/policies/calculator" Member => policy::calculate;
    GET "/policies/{code}" Member => policy::item;
    POST "/policies/{code}/ask" Member => policy::ask;
    GET "/policies/{code}/apply" Member => policy::apply;
    POST "/policies/{code}/apply" Member => policy::file;
    GET "/applications" Member => policy::applications;
    GET "/applications/{number}" Member => policy::application;
    GET "/applications/{number}/files/{id}" Member => policy::download;
    GET "/applications/{number}/{command}" Member => policy::command_form;
    POST "/applications/{number}/{command}" Member => policy::command;
    GET "/photos/{id}" SignedIn => photos::full;
    GET "/photos/{id}/thumb" SignedIn => photos::thumb;
    GET "/desk" Staff => desk::queue;
    GET "/desk/events" Desk => live::desk;
    GET "/desk/issues/{number}" Desk => desk::issue;
    GET "/desk/issues/{number}/events" Desk => live::desk_issue;
    GET "/desk/issues/{number}/receipt" Station => desk::receipt;
    POST "/desk/issues/{number}/{command}" Desk => desk::command;
    GET "/desk/assist" Station => desk::assist;
    GET "/desk/assist/{enterprise}/new" Station => desk::assist_new;
    POST "/desk/assist/{enterprise}/new" Station => desk::assist_check;
    POST "/desk/assist/{enterprise}/file" Station => desk::assist_file;
    GET "/desk/policies" Policy => policy_desk::list;
    GET "/desk/policies/new" Policy => policy_desk::new;
    POST "/desk/policies/new" Policy => policy_desk::write_new;
    POST "/desk/policies/json" Policy => policy_desk::load_json;
    GET "/desk/policies/libraries" Policy => policy_desk::libraries;
    POST "/desk/policies/libraries" Policy => policy_desk::put_library;
    GET "/desk/policies/{code}/edit" Policy => policy_desk::edit;
    POST "/desk/policies/{code}/edit" Policy => policy_desk::write;
    GET "/desk/policies/{code}/json" Policy => policy_desk::json;
    GET "/desk/policies/{code}/evaluation" Policy => policy_desk::evaluation;
    GET "/desk/policies/{code}/evaluation.xlsx" Policy => policy_desk::evaluation_xlsx;
    POST "/desk/policies/{code}/{step}" Policy => policy_desk::step;
    GET "/desk/facts" Policy => policy_desk::facts;
    POST "/desk/facts" Policy => policy_desk::import_facts;
    GET "/desk/facts/template" Policy => policy_desk::facts_template;
    GET "/desk/applications" Reviewer => policy_desk::applications;
    GET "/desk/applications/{number}" Reviewer => policy_desk::application;
    GET "/desk/applications/{number}/files/{id}" Reviewer => policy_desk::download;
    POST "/desk/applications/{number}/{command}" Reviewer => policy_desk::command;
    GET "/desk/messages" Staff => desk::messages;
    POST "/desk/messages/read" Staff => desk::read_messages;
    GET "/desk/account" Staff => identity::account;
    POST "/desk/password" Staff => identity::change_password;
}

/// Nine photos of 10 MB and the words around them.
const BODY_LIMIT: usize = 96 * 1024 * 1024;

/// The whole application.
pub fn router(state: AppState) -> Router {
    let compressible = SizeAbove::new(512).and(NotForContentType::IMAGES).and(NotForContentType::SSE);
    // A page is made anew for everyone. Brotli saves 5 to 10 % more of it than gzip, but took nearly half of the server's time for an
    // issue's page (docs/BENCHMARKS.md); files that stay are compressed with brotli when they are built.
    let compression = CompressionLayer::new().no_br().quality(CompressionLevel::Precise(4)).compress_when(compressible);
    let pages = table()
        .fallback(ops::not_found)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn(security::same_site))
        .layer(from_fn_with_state(state.clone(), context::middleware))
        .layer(compression)
        .with_state(state.clone());
    Router::new().nest_service("/pkg", ops::hashed_files(&state)).merge(ops::public_files(&state)).fallback_service(pages)
}
