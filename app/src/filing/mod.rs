//! Filing a problem (提诉求): by a member, or by station staff with the member beside them (代办).

#[cfg(feature = "ssr")]
pub mod act;
#[cfg(feature = "ssr")]
pub mod draft;
#[cfg(any(feature = "ssr", feature = "space", feature = "filing", feature = "issue"))]
pub mod island;
#[cfg(feature = "ssr")]
mod page;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod rpc;
#[cfg(feature = "ssr")]
mod similar;

#[cfg(feature = "ssr")]
pub use page::{
    AssistCheckPage, AssistFilingPage, AssistPage, AssistReceiptPage, CheckPage, FilingPage, ReceiptPage, categories,
    photo_question,
};

use domain::actor::EnterpriseId;

/// From which side of the desk a problem is filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// By a member, for the enterprise of the session.
    Own,
    /// By station staff, for the enterprise beside them.
    Beside(EnterpriseId),
}

impl Side {
    fn path(self, own: &str, beside: &str) -> String {
        match self {
            Side::Own => format!("/issues/{own}"),
            Side::Beside(enterprise) => format!("/desk/assist/{enterprise}/{beside}"),
        }
    }

    /// Where the questions are, and where their form posts.
    pub fn questions(self) -> String {
        self.path("new", "new")
    }

    /// Where the answers are shown again.
    pub fn check(self) -> String {
        self.path("new/check", "check")
    }

    /// Where the answers kept under an id are shown again.
    #[cfg(feature = "ssr")]
    pub fn check_of(self, id: uuid::Uuid) -> String {
        format!("{}?draft={id}", self.check())
    }

    /// The questions with the answers kept under an id.
    #[cfg(feature = "ssr")]
    pub fn questions_of(self, id: &str) -> String {
        format!("{}?draft={id}", self.questions())
    }

    /// The receipt of a filed problem.
    #[cfg(feature = "ssr")]
    pub fn receipt(self, number: &str) -> String {
        format!("{}/{number}/receipt", self.issues())
    }

    /// Where the last form posts.
    pub fn file(self) -> String {
        self.path("file", "file")
    }

    /// Where pictures are sent as they are picked.
    pub fn photos(self) -> String {
        match self {
            Side::Own => "/photos".to_owned(),
            Side::Beside(enterprise) => format!("/desk/assist/{enterprise}/photos"),
        }
    }

    /// Where the filed problem is found.
    pub fn issues(self) -> &'static str {
        match self {
            Side::Own => "/issues",
            Side::Beside(_) => "/desk/issues",
        }
    }
}
