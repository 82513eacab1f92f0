//! The list of doors.

use super::Access;

/// What is behind a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A route of [`crate::app::App`].
    Page,
    /// A plain form.
    Form,
    /// A server function.
    Rpc,
    /// A file that an island sends: answered as a server function is.
    Upload,
    /// A picture, a document, a table.
    File,
    /// Server-sent events.
    Stream,
    /// For machines that watch the process.
    Probe,
    /// An interface for other systems: it asks for a key itself, and answers in its own terms.
    Api,
}

impl Kind {
    /// Whether an island asks, which is answered with [`crate::error::RpcError`] rather than with a page.
    pub fn is_for_islands(self) -> bool {
        matches!(self, Kind::Rpc | Kind::Upload)
    }
}

/// A door: method, path as axum writes it, who, what.
#[derive(Debug, Clone, Copy)]
pub struct Door {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// As axum writes it.
    pub path: &'static str,
    /// Who may.
    pub access: Access,
    /// What is behind it.
    pub kind: Kind,
}

macro_rules! doors {
    ($($kind:ident $method:ident $path:literal $access:ident;)+) => {
        /// Every door.
        pub const DOORS: &[Door] =
            &[$(Door { method: stringify!($method), path: $path, access: Access::$access, kind: Kind::$kind },)+];
    };
}

doors! {
    Page GET "/" Public;
    Probe GET "/healthz" Public;
    Probe GET "/readyz" Public;
    Form POST "/elder" Public;
    Page GET "/cases" Public;
    Page GET "/cases/{case}" Public;
    Api GET "/open311/{file}" Public;
    Api GET "/open311/v2/{file}" Public;
    Api POST "/open311/v2/{file}" Public;
    Api GET "/open311/v2/{resource}/{file}" Public;
    Page GET "/api/v1/docs" Public;
    Api GET "/api/v1/openapi.json" Public;
    Api GET "/api/v1/categories" Public;
    Api GET "/api/v1/issues" Public;
    Api POST "/api/v1/issues" Public;
    Api GET "/api/v1/issues/{number}" Public;
    Api POST "/api/v1/issues/{number}/supply" Public;
    Api POST "/api/v1/issues/{number}/withdraw" Public;
    Api POST "/api/v1/issues/{number}/rate" Public;
    Api GET "/api/v1/webhooks" Public;
    Api POST "/api/v1/webhooks" Public;
    Api POST "/api/v1/webhooks/{id}/remove" Public;
    Api GET "/api/v1/deliveries" Public;
    Api GET "/api/v1/exchange" Public;
    Api POST "/api/v1/exchange/{number}/receive" Public;
    Api POST "/api/v1/exchange/{number}/reply" Public;
    Page GET "/sign-in" Public;
    Form POST "/sign-in" Public;
    Page GET "/sign-in/code" Public;
    Form POST "/sign-in/code" Public;
    Page GET "/privacy" Public;
    Page GET "/desk/sign-in" Public;
    Form POST "/desk/sign-in" Public;
    Page GET "/desk/sign-in/code" Public;
    Form POST "/desk/sign-in/code" Public;
    Form POST "/sign-out" Public;
    Form POST "/sign-out/everywhere" SignedIn;
    Form POST "/sign-out/device" SignedIn;
    Page GET "/enterprises" Person;
    Form POST "/enterprises" Person;

    Page GET "/home" Member;
    Page GET "/me" Member;
    Page GET "/messages" Member;
    Stream GET "/messages/events" Member;
    Form POST "/messages/open" Member;
    Form POST "/messages/read" Member;
    Rpc POST "/rpc/message/counts" SignedIn;

    Page GET "/issues" Member;
    Page GET "/issues/new" Member;
    Form POST "/issues/new" Member;
    Page GET "/issues/new/check" Member;
    Form POST "/issues/file" Member;
    Page GET "/issues/{number}" Member;
    Page GET "/issues/{number}/receipt" Member;
    Stream GET "/issues/{number}/events" Member;
    Rpc POST "/rpc/issue/progress" Member;
    Rpc POST "/rpc/issue/command" Member;
    Page GET "/issues/{number}/{command}" Member;
    Form POST "/issues/{number}/{command}" Member;
    Rpc POST "/rpc/filing/suggest" SignedIn;
    Upload POST "/photos" Member;
    File GET "/photos/{id}" SignedIn;
    File GET "/photos/{id}/thumb" SignedIn;

    Page GET "/me/members" Member;
    Form POST "/me/members" Member;
    Page GET "/me/members/{person}" Member;
    Form POST "/me/members/{person}" Member;
    Page GET "/me/portrait" Member;
    Form POST "/me/portrait" Member;
    Form POST "/me/portrait/dispute" Member;
    Page GET "/me/notices" Member;
    Form POST "/me/notices" Member;
    Form POST "/me/sms" Member;
    Form POST "/me/mail" Member;
    Page GET "/policies" Member;
    Page GET "/policies/calculator" Member;
    Form POST "/policies/calculator" Member;
    Rpc POST "/rpc/policy/state_facts" Member;
    Page GET "/policies/{code}" Member;
    Form POST "/policies/{code}/ask" Member;
    Page GET "/policies/{code}/apply" Member;
    Form POST "/policies/{code}/apply" Member;
    Page GET "/applications" Member;
    Page GET "/applications/{number}" Member;
    Stream GET "/applications/{number}/events" Member;
    File GET "/applications/{number}/files/{id}" Member;
    Page GET "/applications/{number}/{command}" Member;
    Form POST "/applications/{number}/{command}" Member;

    Page GET "/desk" Staff;
    Stream GET "/desk/events" Desk;
    File GET "/desk/table" Desk;
    Form POST "/desk/views" Desk;
    Form POST "/desk/views/remove" Desk;
    Page GET "/desk/figures" Overseer;
    Page GET "/desk/indicators" Measured;
    Page GET "/desk/indicators/issues" Measured;
    File GET "/desk/indicators/table" Measured;
    Page GET "/desk/indicators/bulletin" Measured;
    File GET "/desk/indicators/assessment" Record;
    Page GET "/desk/packs" Record;
    Page GET "/desk/packs/{pack}" Record;
    Page GET "/desk/bulk" Desk;
    Form POST "/desk/bulk" Desk;
    Page GET "/desk/bulk/{run}" Desk;
    Page GET "/desk/mine" Desk;
    Page GET "/desk/leave" Desk;
    Form POST "/desk/leave" Desk;
    Form POST "/desk/leave/end" Desk;
    Page GET "/desk/routing" Centre;
    Page GET "/desk/notices" Staff;
    Form POST "/desk/notices" Staff;
    Page GET "/desk/templates" Staff;
    Form POST "/desk/templates" Staff;
    Form POST "/desk/issues/{number}/notes" Desk;
    Form POST "/desk/issues/{number}/pass" Desk;
    Page GET "/desk/issues/{number}" Desk;
    Page GET "/desk/issues/{number}/record" Record;
    Stream GET "/desk/issues/{number}/events" Desk;
    Page GET "/desk/issues/{number}/receipt" Station;
    Page GET "/desk/issues/{number}/files" Desk;
    Form POST "/desk/issues/{number}/files" Desk;
    Page GET "/desk/issues/{number}/merging" Centre;
    Page GET "/desk/issues/{number}/meeting" Centre;
    Form POST "/desk/issues/{number}/{command}" Desk;
    Rpc POST "/rpc/desk/list" Desk;
    Rpc POST "/rpc/desk/issue" Desk;
    Rpc POST "/rpc/desk/act" Desk;
    Rpc POST "/rpc/desk/search" Desk;
    Page GET "/desk/abnormal" Desk;
    Page GET "/desk/tasks" Measured;
    File GET "/desk/tasks/table" Measured;
    Page GET "/desk/callbacks" Centre;
    Page GET "/desk/callbacks/{number}" Centre;
    Page GET "/desk/assist" Station;
    Page GET "/desk/assist/{enterprise}/new" Station;
    Form POST "/desk/assist/{enterprise}/new" Station;
    Page GET "/desk/assist/{enterprise}/check" Station;
    Upload POST "/desk/assist/{enterprise}/photos" Station;
    Form POST "/desk/assist/{enterprise}/file" Station;
    Page GET "/desk/members" Registrar;
    Page GET "/desk/members/enterprise" Centre;
    Form POST "/desk/members/enterprise" Centre;
    Page GET "/desk/members/{enterprise}" Registrar;
    Form POST "/desk/members/{enterprise}" Registrar;
    Form POST "/desk/members/{enterprise}/remove" Centre;
    Page GET "/desk/clusters" Desk;
    File GET "/desk/clusters/table" Desk;
    Form POST "/desk/clusters" Centre;
    Page GET "/desk/clusters/{cluster}" Desk;
    Form POST "/desk/clusters/{cluster}/dispatch" Centre;
    Form POST "/desk/clusters/{cluster}/answer" Desk;
    Page GET "/desk/meetings" Centre;
    File GET "/desk/meetings/table" Centre;
    Form POST "/desk/meetings" Centre;
    File GET "/desk/meetings/template" Centre;
    Page GET "/desk/meetings/{meeting}" Centre;
    Page GET "/desk/upward" Centre;
    File GET "/desk/upward/table" Centre;
    Form POST "/desk/upward" Centre;
    Page GET "/desk/cases" Centre;
    File GET "/desk/cases/table" Centre;
    Page GET "/desk/cases/new" Centre;
    Form POST "/desk/cases/new" Centre;
    Form POST "/desk/cases/{case}/withdraw" Centre;
    Page GET "/desk/messages" Staff;
    Form POST "/desk/messages/open" Staff;
    Form POST "/desk/messages/read" Staff;
    Page GET "/desk/account" FirstPassword;
    Form POST "/desk/password" FirstPassword;
    Page GET "/desk/confirm" FirstPassword;
    Form POST "/desk/confirm" FirstPassword;
    Page GET "/desk/account/factor" Enrolment;
    Form POST "/desk/account/factor" Enrolment;
    Page GET "/desk/admin/keys" Administrator;
    Form POST "/desk/admin/keys" Administrator;
    Form POST "/desk/admin/keys/{key}/replace" Administrator;
    Form POST "/desk/admin/keys/{key}/revoke" Administrator;
    Page GET "/desk/admin/keys/{key}" Administrator;
    File GET "/desk/admin/keys/{key}/table" Administrator;
    Form POST "/desk/admin/keys/{key}/again" Administrator;
    Page GET "/desk/admin/routes" Administrator;
    Form POST "/desk/admin/routes" Administrator;
    Page GET "/desk/admin/deliveries" Administrator;
    File GET "/desk/admin/deliveries/table" Administrator;
    Form POST "/desk/admin/deliveries" Administrator;
    Page GET "/desk/admin/security" Administrator;
    File GET "/desk/admin/security/table" Administrator;

    Page GET "/desk/admin/boards" Administrator;
    File GET "/desk/admin/boards/table" Administrator;
    Page GET "/desk/admin/boards/{code}" Administrator;
    Form POST "/desk/admin/boards/{code}" Administrator;
    Page GET "/desk/admin/categories" Administrator;
    File GET "/desk/admin/categories/table" Administrator;
    Page GET "/desk/admin/categories/{code}" Administrator;
    Form POST "/desk/admin/categories/{code}" Administrator;
    Form POST "/desk/admin/categories/{code}/department" Administrator;
    Page GET "/desk/admin/limits" Administrator;
    Form POST "/desk/admin/limits" Administrator;
    Page GET "/desk/admin/calendar" Administrator;
    Form POST "/desk/admin/calendar" Administrator;
    Page GET "/desk/admin/texts" Administrator;
    File GET "/desk/admin/texts/table" Administrator;
    Page GET "/desk/admin/texts/{code}" Administrator;
    Form POST "/desk/admin/texts/{code}" Administrator;
    Page GET "/desk/admin/work" Administrator;
    Form POST "/desk/admin/work" Administrator;
    Page GET "/desk/admin/retention" Administrator;
    File GET "/desk/admin/retention/table" Administrator;
    Page GET "/desk/admin/retention/{code}" Administrator;
    Form POST "/desk/admin/retention/{code}" Administrator;
    Page GET "/desk/admin/staff" Administrator;
    File GET "/desk/admin/staff/table" Administrator;
    Page GET "/desk/admin/staff/new" Administrator;
    Form POST "/desk/admin/staff/new" Administrator;
    Page GET "/desk/admin/staff/{account}" Administrator;
    Form POST "/desk/admin/staff/{account}/{command}" Administrator;

    Page GET "/desk/policies" Policy;
    File GET "/desk/policies/table" Policy;
    Page GET "/desk/policies/new" Policy;
    Form POST "/desk/policies/new" Policy;
    Form POST "/desk/policies/json" Policy;
    Rpc POST "/rpc/policy/draft/shape" Policy;
    Rpc POST "/rpc/policy/draft/preview" Policy;
    Page GET "/desk/policies/libraries" Policy;
    Form POST "/desk/policies/libraries" Policy;
    Page GET "/desk/policies/{code}/edit" Policy;
    Form POST "/desk/policies/{code}/edit" Policy;
    File GET "/desk/policies/{code}/json" Policy;
    Page GET "/desk/policies/{code}/evaluation" Policy;
    File GET "/desk/policies/{code}/evaluation.xlsx" Policy;
    Form POST "/desk/policies/{code}/{step}" Policy;
    Page GET "/desk/facts" Policy;
    Form POST "/desk/facts" Policy;
    File GET "/desk/facts/template" Policy;
    Page GET "/desk/applications" Reviewer;
    File GET "/desk/applications/table" Reviewer;
    Page GET "/desk/applications/{number}" Reviewer;
    File GET "/desk/applications/{number}/files/{id}" Reviewer;
    Form POST "/desk/applications/{number}/{command}" Reviewer;

    Page GET "/desk/admin" Administrator;
    Page GET "/desk/admin/areas" Administrator;
    File GET "/desk/admin/areas/table" Administrator;
    Page GET "/desk/admin/areas/new" Administrator;
    Form POST "/desk/admin/areas/new" Administrator;
    Page GET "/desk/admin/areas/{key}" Administrator;
    Form POST "/desk/admin/areas/{key}" Administrator;
    Page GET "/desk/admin/departments" Administrator;
    File GET "/desk/admin/departments/table" Administrator;
    Page GET "/desk/admin/departments/new" Administrator;
    Form POST "/desk/admin/departments/new" Administrator;
    Page GET "/desk/admin/departments/{key}" Administrator;
    Form POST "/desk/admin/departments/{key}" Administrator;
    Page GET "/desk/admin/stations" Administrator;
    File GET "/desk/admin/stations/table" Administrator;
    Page GET "/desk/admin/stations/new" Administrator;
    Form POST "/desk/admin/stations/new" Administrator;
    Page GET "/desk/admin/stations/{key}" Administrator;
    Form POST "/desk/admin/stations/{key}" Administrator;
    Page GET "/desk/admin/log" Administrator;
    File GET "/desk/admin/log/table" Administrator;
    Page GET "/desk/admin/log/{change}" Administrator;
    Form POST "/desk/admin/log/{change}" Administrator;
}

/// The door of a method and a path as axum writes it.
pub fn door(method: &str, path: &str) -> Option<&'static Door> {
    DOORS.iter().find(|door| door.method == method && door.path == path)
}
