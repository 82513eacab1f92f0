//! What is known of an enterprise in the order in which its owner looks for it (S-22): by what it is about, in each group the figures first that most
//! policies ask for.

use super::library::Attribute;

/// Title, codes of the attributes that a new library begins with (`policies/attributes.json`).
const GROUPS: [(&str, &[&str]); 5] = [
    ("企业情况", &["industry", "scale", "area", "founded_on", "niche_years"]),
    (
        "经营规模",
        &[
            "revenue",
            "employees",
            "total_assets",
            "taxable_income",
            "monthly_sales",
            "vat_sales_3pct",
            "bank_loan",
            "raised_invested_local",
        ],
    ),
    (
        "投资和研发",
        &[
            "equipment_investment",
            "rd_expense",
            "rd_staff",
            "hightech_revenue",
            "tech_transfer_income",
            "equipment_max_price",
            "digital_upgrade_investment",
            "special_equipment_investment",
        ],
    ),
    (
        "用工和社保",
        &[
            "ui_months",
            "ui_paid_last_year",
            "ui_insured_last_year",
            "layoffs",
            "graduates_hired",
            "graduates_insured_months",
            "key_group_hired",
            "veterans_hired",
            "disabled_employees",
        ],
    ),
    (
        "税费和场地",
        &[
            "vat_paid",
            "hire_tax_due",
            "six_taxes_due",
            "input_vat_deductible",
            "software_vat_over_3",
            "disabled_fund_due",
            "incubator_tax_due",
            "storage_land_area",
            "storage_land_tax",
            "agri_market_tax_due",
        ],
    ),
];

/// Attributes in their groups; what editors added since stands last, under 其他. No group is empty.
pub fn grouped<'a>(attributes: impl Iterator<Item = &'a Attribute>) -> Vec<(&'static str, Vec<&'a Attribute>)> {
    let mut rest: Vec<&Attribute> = attributes.collect();
    let mut groups = Vec::new();
    for (title, codes) in GROUPS {
        let mut found = Vec::new();
        for code in codes {
            if let Some(at) = rest.iter().position(|attribute| attribute.code == *code) {
                found.push(rest.remove(at));
            }
        }
        groups.push((title, found));
    }
    groups.push(("其他", rest));
    groups.retain(|(_, list)| !list.is_empty());
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::library::{AttributeKind, Want};

    #[test]
    fn every_attribute_stands_once_in_the_order_of_its_group() {
        let made = |code: &str| Attribute {
            code: code.to_owned(),
            name: code.to_owned(),
            kind: AttributeKind::Number,
            unit: String::new(),
            source: String::new(),
            refresh: String::new(),
            enterprise_may_state: true,
            want: Want::None,
        };
        let library = ["vat_paid", "employees", "power_use", "revenue"].map(made);
        let found = grouped(library.iter());
        let told: Vec<(&str, Vec<&str>)> =
            found.into_iter().map(|(title, list)| (title, list.into_iter().map(|one| one.code.as_str()).collect())).collect();
        assert_eq!(
            told,
            [("经营规模", vec!["revenue", "employees"]), ("税费和场地", vec!["vat_paid"]), ("其他", vec!["power_use"])]
        );
        assert_eq!(grouped(std::iter::empty()), []);
    }
}
