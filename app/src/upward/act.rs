//! Passing an issue upward.

use crate::access::Access;
use crate::error::{AppError, Next};
use crate::form::Form;
use crate::request::Request;
use domain::text::Check;
use store::StoreError;
use store::upward::{self, PASSED};

/// Where it is done.
pub const PATH: &str = "/desk/upward";

/// Passes an issue that the centre reads.
///
/// # Errors
/// [`AppError::Invalid`] for a number that is none of the centre's, or passed already, or without a reason.
pub async fn pass(request: &Request, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let staff = ctx.require(Access::Centre)?;
    let mut check = Check::new();
    let number = check.text("number", "诉求编号", form.value("number"), 1, 40).to_uppercase();
    let reason = check.text("reason", "上报的原因", form.value("reason"), 5, 500);
    check.finish().map_err(AppError::Invalid)?;
    let id = match store::issue::versions(&mut ctx.conn, &number).await {
        Ok((id, _)) => id,
        Err(StoreError::NotFound) => return Err(AppError::field("number", "没有这件诉求，或不在本辖区")),
        Err(error) => return Err(error.into()),
    };
    let (name, now) = (format!("{} {}", staff.organisation, staff.name), ctx.now);
    match upward::pass(&mut ctx.conn, id, staff.id, &name, &reason, now).await {
        Err(error) if error.is_conflict_with(PASSED) => Err(AppError::field("number", "这件诉求已经上报过")),
        Err(error) => Err(error.into()),
        Ok(()) => Ok(Next::to(PATH).saying(format!("已上报 {number}，等上级平台接收"))),
    }
}
