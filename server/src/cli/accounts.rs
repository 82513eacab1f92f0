//! Commands about accounts and enterprises.

use super::Output;
use crate::import;
use anyhow::{Context, Result, bail};
use app::account::act::limits_of;
use app::account::password;
use clap::{Args, Subcommand, ValueEnum};
use domain::account::Alert;
use domain::actor::{Duty, StaffId};
use domain::administration::city::City;
use domain::administration::{Area, find_area};
use domain::area::AREAS;
use domain::calendar::{WorkCalendar, local};
use domain::notice::daytime;
use domain::security::Kind;
use serde_json::json;
use std::collections::HashMap;
use std::io::BufRead;
use std::path::Path;
use std::process::ExitCode;
use store::administration::city::SetUp;
use store::administration::organisation;
use store::identity::{NewStaff, Who};
use store::security::Event;
use store::{Conn, Store, StoreError};
use time::OffsetDateTime;

/// What can be done with staff accounts.
#[derive(Subcommand)]
pub enum StaffCommand {
    /// Add an account; prints its first password, which must be changed at the first sign-in.
    Add(NewAccount),
    /// Give an account a new first password, which must be changed at the next sign-in; its sessions end.
    Reset {
        /// The sign-in name.
        login: String,
        #[command(flatten)]
        output: Output,
    },
    /// Take the second factor of an account away that lost it; its sessions end.
    ResetFactor {
        /// The sign-in name.
        login: String,
        #[command(flatten)]
        output: Output,
    },
    /// Forget the tries counted against a sign-in name, so that its owner may try again.
    Unlock {
        /// The sign-in name.
        login: String,
        #[command(flatten)]
        output: Output,
    },
}

/// A staff account to be added.
#[derive(Args)]
pub struct NewAccount {
    /// Sign-in name: small letters, digits, dots, hyphens, underscores.
    #[arg(long)]
    login: String,
    /// Name.
    #[arg(long)]
    name: String,
    /// Duty.
    #[arg(long)]
    role: Role,
    /// Area by name or code (湖州市, 吴兴区, 330502 …), for all roles but handler; an administrator without one is the city's.
    #[arg(long)]
    area: Option<String>,
    /// Department code (jianshe, jingxin …), for a handler.
    #[arg(long)]
    department: Option<String>,
    /// Station code, for station staff.
    #[arg(long)]
    station: Option<String>,
    /// Read the first password from standard input instead of making one.
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    output: Output,
}

#[derive(Clone, Copy, ValueEnum)]
enum Role {
    Station,
    Centre,
    Handler,
    Supervisor,
    Leader,
    PolicyEditor,
    Administrator,
}

/// Runs a staff command.
///
/// # Errors
/// When the database does not answer.
pub async fn staff(command: StaffCommand, url: &str) -> Result<ExitCode> {
    let store = Store::connect(url, 2).await?;
    let mut conn = store.system().await?;
    match command {
        StaffCommand::Add(new) => add(&mut conn, &new).await,
        StaffCommand::Reset { login, output } => reset(&mut conn, &login, &output).await,
        StaffCommand::ResetFactor { login, output } => reset_factor(&mut conn, &login, &output).await,
        StaffCommand::Unlock { login, output } => unlock(&mut conn, &login, &output).await,
    }?;
    Ok(ExitCode::SUCCESS)
}

async fn reset(conn: &mut Conn, login: &str, output: &Output) -> Result<()> {
    let found = known(conn, login).await?;
    let first = password::first();
    store::identity::set_password(conn, found, &password::hash(&first)?, true).await?;
    store::identity::end_all_sessions(conn, Who::Staff(found)).await?;
    store::identity::forget_limits(conn, &limits_of(login)).await?;
    note(conn, Kind::PasswordReset, login).await?;
    alert(conn, found, Alert::PasswordReset { by: AT_THE_SERVER.to_owned() }).await?;
    if output.json {
        println!("{}", json!({ "login": login, "password": first }));
    } else {
        println!("{login}; first password: {first}");
    }
    Ok(())
}

async fn reset_factor(conn: &mut Conn, login: &str, output: &Output) -> Result<()> {
    let found = known(conn, login).await?;
    let reset = store::identity::reset_second_factor(conn, found).await?;
    if reset {
        note(conn, Kind::FactorReset, login).await?;
        alert(conn, found, Alert::FactorRemoved { by: AT_THE_SERVER.to_owned() }).await?;
    }
    if output.json {
        println!("{}", json!({ "login": login, "reset": reset }));
    } else if reset {
        println!("{login} has no second factor any more; its sessions ended");
    } else {
        println!("{login} had no second factor: nothing was changed");
    }
    Ok(())
}

async fn unlock(conn: &mut Conn, login: &str, output: &Output) -> Result<()> {
    let found = known(conn, login).await?;
    let counters = store::identity::forget_limits(conn, &limits_of(login)).await?;
    note(conn, Kind::Unlocked, login).await?;
    alert(conn, found, Alert::Unlocked { by: AT_THE_SERVER.to_owned() }).await?;
    if output.json {
        println!("{}", json!({ "login": login, "counters": counters }));
    } else {
        println!("{login} may try again ({counters} counters forgotten)");
    }
    Ok(())
}

async fn add(conn: &mut Conn, new: &NewAccount) -> Result<()> {
    if domain::staff::login(&new.login).as_deref() != Ok(new.login.as_str()) {
        bail!("--login: 3 to 40 small letters, digits, dots, hyphens and underscores");
    }
    let duty = duty(conn, new).await?;
    let first = if new.password_stdin {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    } else {
        password::first()
    };
    if let Some(fault) = password::fault(&first, &new.login) {
        bail!("the password does not do: {fault}");
    }
    let hash = password::hash(&first)?;
    let account = NewStaff { login: &new.login, name: &new.name, duty, password_hash: &hash, must_change: true };
    match store::identity::add_staff(conn, &account, OffsetDateTime::now_utc()).await {
        Ok(id) => {
            if new.output.json {
                let shown = (!new.password_stdin).then_some(&first);
                println!("{}", json!({ "id": id, "login": new.login, "password": shown }));
            } else if new.password_stdin {
                println!("added {}", new.login);
            } else {
                println!("added {}; first password: {first}", new.login);
            }
            Ok(())
        }
        Err(StoreError::Conflict(constraint)) if constraint == "staff_login_key" => {
            bail!("the sign-in name {} is taken", new.login)
        }
        Err(error) => Err(error.into()),
    }
}

/// Writes into the security log what the operator did to an account: nobody is signed in here.
pub(super) async fn note(conn: &mut Conn, kind: Kind, login: &str) -> Result<()> {
    let event = Event {
        kind,
        who: None,
        subject: login.to_owned(),
        detail: "命令行".to_owned(),
        network: String::new(),
        request: String::new(),
    };
    Ok(store::security::record(conn, &event, OffsetDateTime::now_utc()).await?)
}

/// How whoever works at the server is called.
const AT_THE_SERVER: &str = "服务器运维人员";

/// Tells the account's owner of it, in the words of the city.
async fn alert(conn: &mut Conn, staff: StaffId, alert: Alert) -> Result<()> {
    let now = OffsetDateTime::now_utc();
    let text = alert.text(&store::terms::load(conn, WorkCalendar::default()).await?.texts, now);
    Ok(store::message::alert(conn, Who::Staff(staff), &text, "/desk/account", now, daytime(now)).await?)
}

/// The account of a sign-in name.
async fn known(conn: &mut Conn, login: &str) -> Result<StaffId> {
    let found = store::identity::credentials(conn, login).await?;
    Ok(found.with_context(|| format!("there is no account “{login}”"))?.id)
}

async fn duty(conn: &mut Conn, new: &NewAccount) -> Result<Duty> {
    let areas = known_areas(conn).await?;
    let area = || -> Result<i32> {
        let text = new.area.as_deref().context("this role needs --area")?;
        let found = find_area(&areas, text).map(|area| area.code);
        found.with_context(|| format!("--area: “{text}” is not an area of the city"))
    };
    Ok(match new.role {
        Role::Centre => Duty::Centre { area: area()? },
        Role::Supervisor => Duty::Supervisor { area: area()? },
        Role::Leader => Duty::Leader { area: area()? },
        Role::PolicyEditor => Duty::PolicyEditor { area: area()? },
        Role::Administrator => Duty::Administrator { area: new.area.as_ref().map_or(Ok(domain::actor::CITY), |_| area())? },
        Role::Handler => {
            let code = new.department.as_deref().context("a handler needs --department")?;
            let reference = store::reference::load(conn).await?;
            let found = reference.department_by_code(code).with_context(|| format!("--department: there is no “{code}”"))?;
            Duty::Handler { department: found.id }
        }
        Role::Station => {
            let code = new.station.as_deref().context("station staff need --station")?;
            let reference = store::reference::load(conn).await?;
            let found = reference.stations.iter().find(|s| s.code == code);
            let found = found.with_context(|| format!("--station: there is no “{code}”"))?;
            Duty::Station { station: found.id, area: found.area }
        }
    })
}

/// The areas of the city. Where nobody has set it up yet, those it is known to have.
async fn known_areas(conn: &mut Conn) -> Result<Vec<Area>> {
    let known = organisation::areas(conn).await?;
    if !known.is_empty() {
        return Ok(known);
    }
    let area = |(code, name, short): &(i32, &str, &str)| Area {
        code: *code,
        name: (*name).to_owned(),
        short: (*short).to_owned(),
        phone: String::new(),
    };
    let city = City { areas: AREAS.iter().map(area).collect(), ..City::default() };
    let (hashes, now) = (HashMap::new(), OffsetDateTime::now_utc());
    let today = local(now).date();
    let set_up = SetUp { city: &city, hashes: &hashes, must_change: true, who: "命令行", why: "首次使用", today, now };
    store::administration::city::set_up(conn, &set_up).await?;
    Ok(organisation::areas(conn).await?)
}

/// Imports enterprises and reports.
///
/// # Errors
/// When the file cannot be read or the database does not answer.
pub async fn import(file: &Path, url: &str, as_json: bool) -> Result<ExitCode> {
    let store = Store::connect(url, 2).await?;
    let mut conn = store.system().await?;
    known_areas(&mut conn).await?;
    let report = import::enterprises(&mut conn, file, OffsetDateTime::now_utc()).await?;
    if as_json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        println!("{} new, {} changed, {} unchanged, {} bad", report.inserted, report.updated, report.unchanged, report.bad.len());
        for bad in &report.bad {
            println!("line {}: {}", bad.line, bad.reason);
        }
    }
    Ok(if report.bad.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
