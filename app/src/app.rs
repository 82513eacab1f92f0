//! The map of the site: every page, in the layout that stands around it. The router works on the server only: a page is plain HTML, and
//! the way to the next one a link. Who may open what is in [`crate::access`]; forms post to the routes of `server`.

use crate::account::{
    AccountPage, ChoosePage, CodePage, ConfirmPage, FactorPage, FrontPage, PrivacyPage, SignInPage, StaffCodePage,
    StaffSignInPage,
};
use crate::administration::{
    AdminPage, AreaPage, AreasPage, ChangePage, DepartmentPage, DepartmentsPage, LogPage, NewAreaPage, NewDepartmentPage,
    NewStationPage, StationPage, StationsPage,
};
use crate::api::DocsPage;
use crate::api_key::{KeyPage, KeysPage};
use crate::case::{CasePage, CasesPage, DeskCasesPage, NewCasePage};
use crate::cluster::{ClusterPage, ClustersPage};
use crate::delivery::{DeliveriesPage, NoticeAddressPage, RoutesPage};
use crate::enterprise::{HomePage, MePage};
use crate::filing::{AssistCheckPage, AssistFilingPage, AssistPage, AssistReceiptPage, CheckPage, FilingPage, ReceiptPage};
use crate::issue::desk::{
    AbnormalPage, AttachPage, BulkPage, BulkRunPage, BulletinPage, CallBackPage, CallBacksPage, DeskIssuePage, FiguresPage,
    IndicatorIssuesPage, IndicatorsPage, LeavePage, MeetingPage, MergingPage, MinePage, QueuePage, RecordPage, TasksPage,
    TemplatesPage,
};
use crate::issue::{CommandPage, IssuePage, IssuesPage};
use crate::layout::{DeskLayout, PlainLayout, SpaceLayout};
use crate::meeting::{HeldMeetingPage, MeetingsPage};
use crate::member::{DeskEnterprisePage, DeskMembersPage, MemberPage, MembersPage, NewEnterprisePage};
use crate::message::{DeskMessagesPage, MessagesPage};
use crate::pack::{PackPage, PacksPage};
use crate::policy::desk::{
    ApplicationsPage, EvaluationPage, FactsPage, LibrariesPage, NewPolicyPage, PoliciesPage as DeskPoliciesPage,
    PolicyPage as PolicyEditorPage, ReviewPage,
};
use crate::policy::space::{
    ApplicationCommandPage, ApplyPage, CalculatorPage, MyApplicationPage, MyApplicationsPage, NoticesPage, PoliciesPage,
    PolicyPage, PortraitPage,
};
use crate::routing::RoutingPage;
use crate::security::SecurityPage;
use crate::staff::{NewStaffPage, StaffListPage, StaffPage};
use crate::terms::{
    BoardPage, BoardsPage, CalendarPage, CategoriesPage, CategoryPage, LimitsPage, RetentionPage, RetentionsPage, TextPage,
    TextsPage, WorkFiguresPage,
};
use crate::upward::UpwardPage;
use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{MatchNestedRoutes, path};

/// The site.
#[component]
pub fn App() -> impl IntoView {
    view! {
        <Router>
            <Routes fallback=|| ()>
                <PlainRoutes/>
                <SpaceRoutes/>
                <DeskRoutes/>
                <WorkRoutes/>
                <AdminRoutes/>
            </Routes>
        </Router>
    }
}

/// Before anybody is known.
#[component(transparent)]
fn PlainRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=PlainLayout>
            <Route path=path!("") view=FrontPage/>
            <Route path=path!("sign-in") view=SignInPage/>
            <Route path=path!("sign-in/code") view=CodePage/>
            <Route path=path!("desk/sign-in") view=StaffSignInPage/>
            <Route path=path!("desk/sign-in/code") view=StaffCodePage/>
            <Route path=path!("enterprises") view=ChoosePage/>
            <Route path=path!("privacy") view=PrivacyPage/>
            <Route path=path!("api/v1/docs") view=DocsPage/>
        </ParentRoute>
    }
    .into_inner()
}

/// The enterprise's space. Routes match in this order: words before parameters.
#[component(transparent)]
fn SpaceRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=SpaceLayout>
            <Route path=path!("home") view=HomePage/>
            <Route path=path!("me") view=MePage/>
            <Route path=path!("messages") view=MessagesPage/>
            <Route path=path!("issues") view=IssuesPage/>
            <Route path=path!("issues/new") view=FilingPage/>
            <Route path=path!("issues/new/check") view=CheckPage/>
            <Route path=path!("issues/:number") view=IssuePage/>
            <Route path=path!("issues/:number/receipt") view=ReceiptPage/>
            <Route path=path!("issues/:number/:command") view=CommandPage/>
            <Route path=path!("cases") view=CasesPage/>
            <Route path=path!("cases/:case") view=CasePage/>
            <Route path=path!("policies") view=PoliciesPage/>
            <Route path=path!("policies/calculator") view=CalculatorPage/>
            <Route path=path!("policies/:code") view=PolicyPage/>
            <Route path=path!("policies/:code/apply") view=ApplyPage/>
            <Route path=path!("applications") view=MyApplicationsPage/>
            <Route path=path!("applications/:number") view=MyApplicationPage/>
            <Route path=path!("applications/:number/:command") view=ApplicationCommandPage/>
            <Route path=path!("me/members") view=MembersPage/>
            <Route path=path!("me/members/:person") view=MemberPage/>
            <Route path=path!("me/portrait") view=PortraitPage/>
            <Route path=path!("me/notices") view=NoticesPage/>
        </ParentRoute>
    }
    .into_inner()
}

/// The desk.
#[component(transparent)]
fn DeskRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=DeskLayout>
            <Route path=path!("desk") view=QueuePage/>
            <Route path=path!("desk/figures") view=FiguresPage/>
            <Route path=path!("desk/indicators") view=IndicatorsPage/>
            <Route path=path!("desk/indicators/issues") view=IndicatorIssuesPage/>
            <Route path=path!("desk/indicators/bulletin") view=BulletinPage/>
            <Route path=path!("desk/issues/:number") view=DeskIssuePage/>
            <Route path=path!("desk/issues/:number/record") view=RecordPage/>
            <Route path=path!("desk/issues/:number/merging") view=MergingPage/>
            <Route path=path!("desk/issues/:number/meeting") view=MeetingPage/>
            <Route path=path!("desk/abnormal") view=AbnormalPage/>
            <Route path=path!("desk/tasks") view=TasksPage/>
            <Route path=path!("desk/callbacks") view=CallBacksPage/>
            <Route path=path!("desk/callbacks/:number") view=CallBackPage/>
            <Route path=path!("desk/assist") view=AssistPage/>
            <Route path=path!("desk/assist/:enterprise/new") view=AssistFilingPage/>
            <Route path=path!("desk/assist/:enterprise/check") view=AssistCheckPage/>
            <Route path=path!("desk/issues/:number/receipt") view=AssistReceiptPage/>
            <Route path=path!("desk/issues/:number/files") view=AttachPage/>
            <Route path=path!("desk/members") view=DeskMembersPage/>
            <Route path=path!("desk/members/enterprise") view=NewEnterprisePage/>
            <Route path=path!("desk/members/:enterprise") view=DeskEnterprisePage/>
            <Route path=path!("desk/cases") view=DeskCasesPage/>
            <Route path=path!("desk/cases/new") view=NewCasePage/>
            <Route path=path!("desk/messages") view=DeskMessagesPage/>
            <Route path=path!("desk/policies") view=DeskPoliciesPage/>
            <Route path=path!("desk/policies/new") view=NewPolicyPage/>
            <Route path=path!("desk/policies/libraries") view=LibrariesPage/>
            <Route path=path!("desk/policies/:code/edit") view=PolicyEditorPage/>
            <Route path=path!("desk/policies/:code/evaluation") view=EvaluationPage/>
            <Route path=path!("desk/facts") view=FactsPage/>
            <Route path=path!("desk/applications") view=ApplicationsPage/>
            <Route path=path!("desk/applications/:number") view=ReviewPage/>
            <Route path=path!("desk/admin/boards") view=BoardsPage/>
            <Route path=path!("desk/admin/boards/:code") view=BoardPage/>
            <Route path=path!("desk/admin/categories") view=CategoriesPage/>
            <Route path=path!("desk/admin/categories/:code") view=CategoryPage/>
            <Route path=path!("desk/admin/limits") view=LimitsPage/>
            <Route path=path!("desk/admin/calendar") view=CalendarPage/>
            <Route path=path!("desk/admin/texts") view=TextsPage/>
            <Route path=path!("desk/admin/texts/:code") view=TextPage/>
            <Route path=path!("desk/admin/work") view=WorkFiguresPage/>
            <Route path=path!("desk/admin/retention") view=RetentionsPage/>
            <Route path=path!("desk/admin/retention/:code") view=RetentionPage/>
            <Route path=path!("desk/account") view=AccountPage/>
            <Route path=path!("desk/account/factor") view=FactorPage/>
            <Route path=path!("desk/confirm") view=ConfirmPage/>
            <Route path=path!("desk/admin/staff") view=StaffListPage/>
            <Route path=path!("desk/admin/staff/new") view=NewStaffPage/>
            <Route path=path!("desk/admin/staff/:account") view=StaffPage/>
        </ParentRoute>
    }
    .into_inner()
}

/// The desk at work.
#[component(transparent)]
fn WorkRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=DeskLayout>
            <Route path=path!("desk/packs") view=PacksPage/>
            <Route path=path!("desk/packs/:pack") view=PackPage/>
            <Route path=path!("desk/bulk") view=BulkPage/>
            <Route path=path!("desk/bulk/:run") view=BulkRunPage/>
            <Route path=path!("desk/mine") view=MinePage/>
            <Route path=path!("desk/leave") view=LeavePage/>
            <Route path=path!("desk/templates") view=TemplatesPage/>
            <Route path=path!("desk/routing") view=RoutingPage/>
            <Route path=path!("desk/clusters") view=ClustersPage/>
            <Route path=path!("desk/clusters/:cluster") view=ClusterPage/>
            <Route path=path!("desk/meetings") view=MeetingsPage/>
            <Route path=path!("desk/upward") view=UpwardPage/>
            <Route path=path!("desk/meetings/:meeting") view=HeldMeetingPage/>
            <Route path=path!("desk/notices") view=NoticeAddressPage/>
            <Route path=path!("desk/admin/routes") view=RoutesPage/>
            <Route path=path!("desk/admin/deliveries") view=DeliveriesPage/>
        </ParentRoute>
    }
    .into_inner()
}

/// Administration, at the desk.
#[component(transparent)]
fn AdminRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=DeskLayout>
            <Route path=path!("desk/admin") view=AdminPage/>
            <Route path=path!("desk/admin/areas") view=AreasPage/>
            <Route path=path!("desk/admin/areas/new") view=NewAreaPage/>
            <Route path=path!("desk/admin/areas/:key") view=AreaPage/>
            <Route path=path!("desk/admin/departments") view=DepartmentsPage/>
            <Route path=path!("desk/admin/departments/new") view=NewDepartmentPage/>
            <Route path=path!("desk/admin/departments/:key") view=DepartmentPage/>
            <Route path=path!("desk/admin/stations") view=StationsPage/>
            <Route path=path!("desk/admin/stations/new") view=NewStationPage/>
            <Route path=path!("desk/admin/stations/:key") view=StationPage/>
            <Route path=path!("desk/admin/keys") view=KeysPage/>
            <Route path=path!("desk/admin/keys/:key") view=KeyPage/>
            <Route path=path!("desk/admin/security") view=SecurityPage/>
            <Route path=path!("desk/admin/log") view=LogPage/>
            <Route path=path!("desk/admin/log/:change") view=ChangePage/>
        </ParentRoute>
    }
    .into_inner()
}
