//! 板块牵头单位 (S-4): accepts and forwards by plain forms for a department without people in the centre, and has nothing else of the issue.

use super::site::{Browser, Site, answers, call, file, follow};
use app::issue::desk::rpc::DeskList;
use app::issue::desk::view::ListView;
use sqlx::PgPool;

const KEY: &str = "0199b0c0-0000-7000-8000-000000000e01";
const OTHER: &str = "0199b0c0-0000-7000-8000-000000000e02";
const MANY: &str = "0199b0c0-0000-7000-8000-000000000e03";
/// 市教育局 is not in the centre; 市人力社保局 leads the board 人才.
const ACCEPT: [(&str, &str); 3] = [("category", "talent_school"), ("level", "ordinary"), ("urgency", "normal")];
const QUEUE: &str = "/desk?queue=board_lead";

fn school(key: &str) -> Vec<(&str, &str)> {
    let told = answers(key).into_iter().map(|(name, value)| match name {
        "title" => (name, "技术骨干孩子插班没有学位"),
        "text" => (name, "公司引进的两名技术骨干孩子要上小学，附近学校说没有学位。"),
        "category" => (name, "talent_school"),
        _ => (name, value),
    });
    told.collect()
}

async fn department(site: &Site, code: &str) -> String {
    let mut conn = site.state.store.system().await.unwrap();
    let known = store::reference::load(&mut conn).await.unwrap().departments;
    known.iter().find(|known| known.code == code).unwrap().id.to_string()
}

async fn status(browser: &Browser, path: &str, pairs: &[(&str, &str)]) -> u16 {
    browser.post(path, pairs).await.status.as_u16()
}

/// How many its tab says that the queue holds.
async fn counted(browser: &Browser) -> i64 {
    let asked = DeskList { queue: "board_lead".to_owned(), words: String::new(), after: String::new() };
    let view: ListView = browser.send(call(&asked)).await.island().unwrap();
    view.tabs.iter().find(|tab| tab.code == "board_lead").and_then(|tab| tab.count).unwrap()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_lead_accepts_and_forwards_and_the_department_whose_business_it_is_signs(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let (owner, lead, absent) = (site.member(2).await, site.staff("renshe").await, site.staff("jiaoyu").await);
    let before = counted(&lead).await;
    let number = file(&owner, &school(KEY)).await;
    let (page, of) = (format!("/desk/issues/{number}"), |command: &str| format!("/desk/issues/{number}/{command}"));
    assert_eq!(counted(&lead).await, before + 1);
    assert!(lead.get(QUEUE).await.body.contains(&number));

    // Nobody else accepts it: not without a session, not its owner, not another department, the absent one, another district's centre, who looks on.
    for (who, browser, expected) in [
        ("nobody", site.anonymous(), 401),
        ("its owner", owner.clone(), 403),
        ("the lead of another board", site.staff("sifa").await, 404),
        ("the absent department", absent.clone(), 404),
        ("another district's centre", site.staff("centre04").await, 404),
        ("a leader", site.staff("lingdao").await, 403),
        ("an administrator", site.staff("admin").await, 403),
    ] {
        assert_eq!(status(&browser, &of("accept"), &ACCEPT).await, expected, "{who}");
    }
    // The lead's page has the one form, the number masked, and no place for notes.
    let shown = lead.get(&page).await.body;
    assert!(shown.contains("代为受理") && shown.contains(&of("accept")));
    for other in ["decline", "contact", "dispatch", "notes", "pass", "files"] {
        assert!(!shown.contains(&of(other)), "{other}");
    }
    assert!(shown.contains("138****0002") && !shown.contains("13800000002"));
    let none: &[(&str, &str)] = &[];
    for (command, pairs) in
        [("contact", none), ("decline", none), ("notes", &[("note", "不该写的")][..]), ("pass", &[("to", "me")][..])]
    {
        assert_eq!(status(&lead, &of(command), pairs).await, 403, "{command}");
    }
    assert_eq!(status(&lead, &of("accept"), &[("category", "talent_school")]).await, 422, "the level is missing");
    let accepted = follow(&lead, &lead.post(&of("accept"), &ACCEPT).await).await.body;
    assert!(accepted.contains(&of("dispatch")) && !accepted.contains(&of("accept")) && accepted.contains("市教育局"));
    assert!(site.staff("centre01").await.get(&page).await.body.contains(&of("dispatch")), "the centre still may");

    // Forwarded to whose business it is, and to nobody else; the lead leaves it behind.
    let (jiaoyu, renshe, jianshe) =
        (department(&site, "jiaoyu").await, department(&site, "renshe").await, department(&site, "jianshe").await);
    for (why, pairs) in [
        ("itself", vec![("lead", renshe.as_str())]),
        ("itself beside", vec![("lead", jiaoyu.as_str()), ("co", renshe.as_str())]),
        ("a third one", vec![("lead", jianshe.as_str())]),
    ] {
        // As the page is now: of an older one it would say that there is news.
        let pairs = [pairs, vec![("version", "2")]].concat();
        assert_eq!(status(&lead, &of("dispatch"), &pairs).await, 409, "{why}");
    }
    let forwarded = lead.post(&format!("/desk/issues/{number}/dispatch?from=queue:board_lead"), &[("lead", &jiaoyu)]).await;
    assert!(forwarded.location().starts_with(QUEUE), "{}", forwarded.location());
    assert!(!follow(&lead, &forwarded).await.body.contains(&number));
    assert_eq!(counted(&lead).await, before);
    assert_eq!(lead.get(&page).await.status.as_u16(), 404);
    assert!(absent.get("/desk?queue=to_sign").await.body.contains(&number));
    assert_eq!(status(&absent, &of("sign"), &[]).await, 303);

    // Who accepted is in the timeline by the department's name, for the enterprise as for the offices.
    for body in [owner.get(&format!("/issues/{number}")).await.body, absent.get(&page).await.body] {
        assert!(body.contains("市人力社保局") && body.contains("已受理（板块牵头单位代为受理）"));
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn only_leads_of_boards_have_the_queue_and_a_message_leads_there(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    for (login, has) in [("renshe", true), ("zhengwu", true), ("jianshe", false), ("jiaoyu", false), ("centre01", false)] {
        let body = site.staff(login).await.get("/desk").await.body;
        assert_eq!(body.contains("板块代受理"), has, "{login}");
    }
    assert_eq!(site.staff("centre01").await.get(QUEUE).await.status.as_u16(), 403);
    let number = file(&site.member(2).await, &school(OTHER)).await;
    let mut conn = site.state.store.system().await.unwrap();
    while store::outbox::drain(&mut conn, site.state.now(), 100).await.unwrap() > 0 {}
    drop(conn);
    let messages = site.staff("renshe").await.get("/desk/messages").await.body;
    assert!(messages.contains("有诉求请代为受理") && messages.contains(&number));
    assert!(!site.staff("jiaoyu").await.get("/desk/messages").await.body.contains(&number), "not its turn yet");

    // Many at once, by the same rule: only in its queue, and to whose business it is, whatever department the form names.
    let (lead, many) = (site.staff("renshe").await, file(&site.member(2).await, &school(MANY)).await);
    assert!(lead.get(QUEUE).await.body.contains("/desk/bulk?step=accept"));
    let jianshe = department(&site, "jianshe").await;
    for (step, said) in [("accept", "已受理："), ("dispatch", "已交办给市教育局")] {
        let page = lead.get(&format!("/desk/bulk?step={step}")).await.body;
        assert!(page.contains(&many) && page.contains("/desk?queue=board_lead") && !page.contains("name=\"lead\""), "{step}");
        let chosen = [("step", step), ("pick", many.as_str()), ("lead", jianshe.as_str())];
        let result = follow(&lead, &lead.post("/desk/bulk", &chosen).await).await.body;
        assert!(result.contains("1 件都已办好") && result.contains(said), "{step}: {result}");
        let other = site.staff("jiaoyu").await;
        assert_eq!(status(&other, "/desk/bulk", &chosen).await, 403, "leads no board: {step}");
    }
    assert!(!lead.get("/desk/bulk?step=dispatch").await.body.contains(&many));

    // Came on site since: what was filed goes on as it was, what is filed now is the centre's.
    sqlx::query("update department set on_site = true where code = 'jiaoyu'").execute(&pool).await.unwrap();
    site.state.refresh().await.unwrap();
    let later = file(&site.member(2).await, &school(KEY)).await;
    assert_eq!(lead.get(&format!("/desk/issues/{number}")).await.status.as_u16(), 200);
    assert_eq!(lead.get(&format!("/desk/issues/{later}")).await.status.as_u16(), 404);
}
