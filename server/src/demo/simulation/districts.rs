//! What the simulated city has besides the demo's: five departments of its own in each of the six districts, whose business the problems of that district are.

use domain::actor::AreaCode;
use domain::administration::Department;
use domain::administration::city::{Account, City, Role};
use domain::area;
use domain::catalogue::{Catalogue, Responsible};
use std::sync::Arc;

/// The city's department whose categories it takes over in its district, and what it is called there.
const OFFICES: &[(&str, &str)] = &[
    ("jianshe", "建设局"),
    ("jingxin", "经信局"),
    ("renshe", "人力社保局"),
    ("huanbao", "生态环境分局"),
    ("shijian", "市场监管局"),
];

fn code(office: &str, district: AreaCode) -> String {
    format!("{office}{district}")
}

/// Adds the departments with somebody in each; answers whose business is what, and of each account the organisation.
pub fn add(city: &mut City) -> Vec<String> {
    let mut organisations = Vec::new();
    for district in area::districts() {
        for (office, called) in OFFICES {
            let (code, name) = (code(office, district), format!("{}{called}", area::name(district)));
            city.accounts.push(Account {
                login: code.clone(),
                name: "经办".to_owned(),
                role: Role::Handler,
                scope: code.clone(),
            });
            organisations.push(name.clone());
            let (on_site, delegated, active, phone) = (true, true, true, String::new());
            city.departments.push(Department { code, name, area: district, on_site, delegated, active, phone });
        }
    }
    city.responsible.extend(responsible(&Catalogue::built_in()));
    organisations
}

/// What the business of whom is in a year in which that held from the first day.
pub fn catalogue() -> Arc<Catalogue> {
    let built_in = Catalogue::built_in();
    let from = built_in.category_lines().iter().map(|(from, _)| *from).min();
    let own = from.into_iter().flat_map(|from| responsible(&built_in).into_iter().map(move |line| (from, line))).collect();
    Arc::new(Catalogue::new(built_in.board_lines().to_vec(), built_in.category_lines().to_vec(), own))
}

fn responsible(catalogue: &Catalogue) -> Vec<Responsible> {
    let districts: Vec<AreaCode> = area::districts().collect();
    let taken = catalogue
        .category_lines()
        .iter()
        .filter(|(_, category)| OFFICES.iter().any(|(office, _)| *office == category.department));
    taken
        .flat_map(|(_, category)| {
            districts.iter().map(move |district| Responsible {
                category: category.code.clone(),
                area: *district,
                department: Some(code(&category.department, *district)),
            })
        })
        .collect()
}
