//! The sheet of people (工作人员). A first password is never in it: it is made, and must be changed at the first sign-in.

use super::{Column, Faults, Known, Line, Seen, Sheet, column};
use domain::administration::city::{Account, City, Role, is_login};
use domain::administration::find_area;
use domain::text::clean;

pub const SHEET: Sheet = Sheet {
    name: "工作人员",
    about: "账号。所属：部门经办填部门的编号或名称，驿站专员填驿站的编号或名称，其余岗位填区域。初始密码由系统生成，不要写在这里。\
        至少要有一名市的系统管理员。",
    columns: &[
        column("login", "登录名"),
        column("name", "姓名"),
        Column {
            field: "role",
            title: "岗位",
            choices: &["系统管理员", "企服中心", "部门经办", "驿站专员", "监督", "领导", "政策编辑"],
            optional: false,
        },
        column("scope", "所属"),
    ],
    rows: Vec::new,
    read,
};

fn read(lines: &[Line], known: &Known, city: &mut City, faults: &mut Faults) {
    let mut logins = Seen::new();
    for line in lines {
        let (login, name) = (line.get("login").trim().to_owned(), clean(&line.get("name")));
        let mut sound = true;
        let mut fault = |sentence: String| {
            faults.add(line, sentence);
            sound = false;
        };
        if !is_login(&login) {
            fault("登录名用 3 到 40 个小写字母、数字、点、短横和下划线".to_owned());
        } else if let Some(row) = logins.before(login.clone(), line) {
            fault(format!("登录名 {login} 与第 {row} 行重复"));
        }
        if !(2..=30).contains(&name.chars().count()) {
            fault("姓名写 2 到 30 个字".to_owned());
        }
        let role = Role::find(&line.get("role"));
        let scope = match role {
            None => {
                let roles: Vec<&str> = Role::ALL.iter().map(|role| role.label()).collect();
                Err(format!("岗位应为：{}", roles.join("、")))
            }
            Some(role) => scope(role, &line.get("scope"), known, city),
        };
        let scope = scope.map_err(&mut fault).ok();
        let (Some(role), Some(scope)) = (role, scope) else { continue };
        let account = Account { login, name, role, scope };
        if let Some(there) = known.accounts.iter().find(|there| there.login == account.login)
            && (there.name != account.name || there.role != account.role.code() || there.scope != account.scope)
        {
            fault(format!("登录名 {} 已有，姓名、岗位或所属不同：已有的账号不能用工作簿修改", account.login));
        }
        if sound {
            city.accounts.push(account);
        }
    }
}

/// What an account is responsible for, as its code.
fn scope(role: Role, text: &str, known: &Known, city: &City) -> Result<String, String> {
    let text = text.trim();
    let named = |list: Vec<(String, String, bool)>, kind: &str| {
        if text.is_empty() {
            return Err(format!("请在“所属”里填写{kind}的编号或名称"));
        }
        let mut found: Vec<_> = list.into_iter().filter(|(code, name, _)| code == text || name == text).collect();
        match (found.pop(), found.len()) {
            (Some((code, _, true)), 0) => Ok(code),
            (Some(_), 0) => Err(format!("{kind}“{text}”已经关闭")),
            (Some(_), _) => Err(format!("有几个叫“{text}”的{kind}，请改填编号")),
            (None, _) => Err(format!("没有“{text}”这个{kind}")),
        }
    };
    match role {
        Role::Handler => {
            let all = known.departments_with(city).into_iter();
            named(all.map(|it| (it.code.clone(), it.name.clone(), it.active)).collect(), "部门")
        }
        Role::Station => {
            let old = known.stations.iter().filter(|old| !city.stations.iter().any(|new| new.code == old.code));
            let all = city.stations.iter().chain(old);
            named(all.map(|it| (it.code.clone(), it.name.clone(), it.active)).collect(), "驿站")
        }
        _ => match find_area(&known.areas_with(city), text) {
            Some(area) => Ok(area.code.to_string()),
            None if text.is_empty() => Err("请在“所属”里填写区域".to_owned()),
            None => Err(format!("没有“{text}”这个区域")),
        },
    }
}
