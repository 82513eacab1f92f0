use super::*;
use time::macros::date;

fn read(key: TextKey, title: &str, body: &str) -> Result<Text, Vec<String>> {
    let mut check = Check::new();
    let text = key.read(&mut check, title, body);
    check.finish().map_err(|faults| faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>())?;
    Ok(text.expect("nothing stood against it"))
}

#[test]
fn our_own_words_are_what_an_administrator_might_have_written() {
    for key in TextKey::ALL.iter().filter(|key| !key.is_template()) {
        let own = key.built_in();
        assert_eq!(read(*key, &own.title, &own.body), Ok(own.clone()), "{key}");
    }
}

#[test]
fn places_are_known_ones_and_what_somebody_says_is_not_lost() {
    let accepted = |body| read(TextKey::Accepted, "已受理", body);
    assert!(accepted("诉求 {number}“{title}”最迟{due}答复").is_ok());
    assert!(accepted("").is_ok());
    for wrong in ["{when}", "{due", "due}", "{{due}}", "{ due }"] {
        let faults = accepted(wrong).expect_err(wrong);
        assert!(faults[0].contains("可以用：{due} {number} {title}"), "{wrong}: {faults:?}");
    }
    assert!(read(TextKey::Declined, "不予受理", "请致电企服中心").is_err(), "the explanation");
    assert!(read(TextKey::Answered, "{text}", "请评价").is_err(), "the answer, in the body");
}

#[test]
fn a_template_is_a_name_that_the_gateway_knows() {
    let template = |title| read(TextKey::SmsMember, title, "what is typed here goes nowhere");
    assert_eq!(template(" SMS_4711.b "), Ok(Text { title: "SMS_4711.b".to_owned(), body: String::new() }));
    for wrong in ["", "模板", "a b", "{number}", &"x".repeat(41)] {
        assert!(template(wrong).is_err(), "{wrong}");
    }
    assert_eq!(TextKey::SmsMember.places(), Vec::<String>::new());
    for (about, key) in [
        ("policy", TextKey::SmsPolicy),
        ("member", TextKey::SmsMember),
        ("issue", TextKey::SmsIssue),
        ("account", TextKey::SmsAccount),
        ("", TextKey::SmsApplication),
    ] {
        assert_eq!(TextKey::template_about(about), key, "{about}");
    }
}

#[test]
fn places_are_filled_once_and_the_issue_s_own_last() {
    let text = Text { title: "{title}：{round}".to_owned(), body: "{number} {text}".to_owned() };
    let said = "我写了 {number} 和 \u{e000}{title}".to_owned();
    let filled = text.filled(&[("text", said), ("round", "2".to_owned())]);
    assert_eq!(addressed(&filled.title, "HZ-1", "积水"), "积水：2");
    assert_eq!(addressed(&filled.body, "HZ-1", "积水"), "HZ-1 我写了 {number} 和 {title}");
}

#[test]
fn a_text_holds_from_its_day_and_is_taken_back() {
    let other = Text { title: "受理通知".to_owned(), body: String::new() };
    let (first, second) = (date!(2026 - 12 - 01), date!(2027 - 01 - 01));
    let texts = Texts::new(vec![(TextKey::Accepted, second, None), (TextKey::Accepted, first, Some(other.clone()))]);
    let own = TextKey::Accepted.built_in();
    for (day, text) in [(date!(2026 - 11 - 30), &own), (first, &other), (date!(2026 - 12 - 31), &other), (second, &own)] {
        assert_eq!(&texts.on(TextKey::Accepted, day), text, "{day}");
    }
    assert_eq!(texts.written(TextKey::Accepted, second), None);
    assert_eq!(texts.coming(TextKey::Accepted, first), [(second, own)]);
    assert_eq!(texts.on(TextKey::Declined, second), TextKey::Declined.built_in());
}

#[test]
fn what_is_about_an_account_has_no_issue_to_name() {
    assert_eq!(TextKey::AccountPassword.places(), ["{when}"]);
    assert!(read(TextKey::AccountPassword, "密码已修改", "{number}").is_err());
    assert!(read(TextKey::AccountAgent, "新增经办人", "请核对").is_err(), "who was added");
    for key in TextKey::ALL.iter().filter(|key| key.code().starts_with("account_")) {
        let filled =
            key.built_in().filled(&["who", "when", "device", "place", "name", "firm"].map(|place| (place, "某".to_owned())));
        assert!(!filled.body.contains(['{', '\u{e000}', '\u{e001}']), "{key}: {}", filled.body);
    }
}
