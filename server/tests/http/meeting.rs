//! A meeting's problems from a table: all of them or none, each once, and what is wrong told line by line.

use crate::site::{Answer, Browser, Site, multipart};
use sqlx::PgPool;

const HEADING: &str = "序号,统一社会信用代码,企业名称,联系人,联系电话,问题,类别,地点,区县";

async fn send(browser: &Browser, name: &str, held: &str, lines: &[String]) -> Answer {
    let table = std::iter::once(HEADING.to_owned()).chain(lines.iter().cloned()).collect::<Vec<_>>().join("\r\n");
    browser.send(multipart("/desk/meetings", &[("name", name), ("held", held)], &[("会议.csv", table.into_bytes())])).await
}

async fn filed(pool: &PgPool) -> i64 {
    sqlx::query_scalar("select count(*) from issue where channel = 'meeting' and exists (select from meeting_issue m where m.issue_id = issue.id)")
        .fetch_one(pool)
        .await
        .unwrap()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_centre_writes_a_meeting_down_once(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let centre = site.staff("centre03").await;
    let area: i32 = sqlx::query_scalar("select area from staff where login = 'centre03'").fetch_one(&pool).await.unwrap();
    let codes: Vec<String> =
        sqlx::query_scalar("select uscc from enterprise order by id limit 2").fetch_all(&pool).await.unwrap();
    let new = domain::uscc::Uscc::from_body("91330500MA2B0ABC1").unwrap();
    let line =
        |n: &str, code: &str, name: &str, text: &str| format!("{n},{code},{name},陈某某,13912345678,{text},,厂区西门,{area}");
    let good = [
        line("1", &codes[0], "", "厂区门口的道路一下雨就积水，货车进不来"),
        line("2", &codes[1], "", "企业想招二十个熟练工，招了两个月没有招满"),
        line("3", new.as_str(), "湖州示例照明有限公司", "厂区西门口连续六盏路灯不亮，晚班员工骑车不安全"),
    ];
    let mut bad = good.to_vec();
    bad[1] = line("二", "91330500", "", "短");
    bad.push(line("1", &codes[0], "", "同一个序号的另外一件事，说的是用电的价格"));
    bad.push(line("4", &codes[0], "", "类别写错了的一行，其他都是对的，没有问题").replace(",,厂区", ",没有的类别,厂区"));
    let refused = send(&centre, "11 月恳谈会", "2026-01-15", &bad).await;
    assert_eq!(refused.status.as_u16(), 422);
    for words in [
        "第 3 行",
        "第 5 行",
        "第 6 行",
        "序号应为正整数",
        "问题至少写 10 个字",
        "序号 1 重复了",
        "没有“没有的类别”这个类别",
        "91330500",
        "11 月恳谈会",
    ] {
        assert!(refused.body.contains(words), "{words}: {}", refused.body);
    }
    assert!(!refused.body.contains("第 2 行") && filed(&pool).await == 0, "all or nothing");
    // What only the database knows is told by line, too, and nothing stays.
    let mut nameless = good.to_vec();
    nameless[2] = nameless[2].replace("湖州示例照明有限公司", "");
    let refused = send(&centre, "11 月恳谈会", "2026-01-15", &nameless).await;
    assert!(refused.status.as_u16() == 422 && refused.body.contains("系统里还没有这家企业"), "{}", refused.status);
    assert_eq!(filed(&pool).await, 0);
    // Another district's enterprise that nobody knows yet: its centre writes it down, and the other lines are told with it.
    let other: i32 = sqlx::query_scalar("select min(code) from area where code % 100 <> 0 and code <> $1")
        .bind(area)
        .fetch_one(&pool)
        .await
        .unwrap();
    let mut elsewhere = nameless.clone();
    elsewhere[1] = line("2", new.as_str(), "湖州示例照明有限公司", "厂区西门口连续六盏路灯不亮，晚班员工骑车不安全")
        .replace(&format!(",{area}"), &format!(",{other}"));
    let refused = send(&centre, "11 月恳谈会", "2026-01-15", &elsewhere).await;
    assert_eq!(refused.status.as_u16(), 422, "a sentence, and not a fault of ours");
    for words in ["问题发生的地方不在本辖区", "系统里还没有这家企业", "第 3 行", "第 4 行"] {
        assert!(refused.body.contains(words), "{words}");
    }
    assert_eq!(filed(&pool).await, 0);
    for (name, held, words) in [
        ("", "2026-01-15", "请填写会议名称"),
        ("11 月恳谈会", "2099-01-01", "会议还没有开"),
        ("11 月恳谈会", "", "请选择开会的日期"),
    ] {
        let refused = send(&centre, name, held, &good).await;
        assert!(refused.status.as_u16() == 422 && refused.body.contains(words), "{words}");
    }
    let lacking = centre
        .send(multipart("/desk/meetings", &[("name", "会议"), ("held", "2026-01-15")], &[("a.csv", b"a,b".to_vec())]))
        .await;
    assert!(lacking.status.as_u16() == 422 && lacking.body.contains("表头缺少"));

    let done = send(&centre, "11 月恳谈会", "2026-01-15", &good).await;
    assert_eq!(done.status.as_u16(), 303, "{}", done.body);
    let receipt = done.location().to_owned();
    assert_eq!(filed(&pool).await, 3);
    let page = centre.get(&receipt).await;
    assert!(page.status.as_u16() == 200 && page.body.contains("共 3 件") && page.body.contains("湖州示例照明有限公司"));
    let again = send(&centre, "11 月恳谈会", "2026-01-15", &good).await;
    assert_eq!((again.status.as_u16(), again.location(), filed(&pool).await), (303, receipt.as_str(), 3), "the same again");
    let mut changed = good.to_vec();
    changed[0] = line("1", &codes[0], "", "序号一样，说的却是另外一件事情，不是道路");
    changed.push(line("4", &codes[0], "", "后来补记的一件：停车位不够，员工没有地方停车"));
    let refused = send(&centre, "11 月恳谈会", "2026-01-15", &changed).await;
    assert!(refused.status.as_u16() == 422 && refused.body.contains("以前提交过另外的内容"), "{}", refused.status);
    let mut more = good.to_vec();
    more.push(changed.pop().unwrap());
    assert_eq!(send(&centre, "11 月恳谈会", "2026-01-15", &more).await.status.as_u16(), 303);
    assert_eq!(filed(&pool).await, 4, "what came later is added");
    // Another district's centre sees nothing of it.
    let other = site.staff("centre04").await;
    assert_eq!(other.get(&receipt).await.status.as_u16(), 404);
    assert!(!other.get("/desk/meetings").await.body.contains("11 月恳谈会"));
    let template = centre.get("/desk/meetings/template").await;
    assert!(template.status.as_u16() == 200 && template.bytes.starts_with(b"PK"));
}

/// The table as people fill it: numbers and telephones are numbers to a spreadsheet.
fn sheet(lines: &[[String; 9]]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let page = book.add_worksheet();
    let heading: Vec<String> = HEADING.split(',').map(str::to_owned).collect();
    for (row, cells) in (0_u32..).zip(std::iter::once(heading.as_slice()).chain(lines.iter().map(<[String; 9]>::as_slice))) {
        for (column, text) in (0_u16..).zip(cells) {
            match text.parse::<f64>() {
                // Number, telephone, district; a code may have digits only, and is a text.
                Ok(number) if [0, 4, 8].contains(&column) => page.write(row, column, number).unwrap(),
                _ => page.write(row, column, text).unwrap(),
            };
        }
    }
    book.save_to_buffer().unwrap()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_workbook_of_eighty_lines_is_filed_once_it_is_right(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let centre = site.staff("centre03").await;
    let area: i32 = sqlx::query_scalar("select area from staff where login = 'centre03'").fetch_one(&pool).await.unwrap();
    let codes: Vec<String> =
        sqlx::query_scalar("select uscc from enterprise order by id limit 4").fetch_all(&pool).await.unwrap();
    let line = |n: usize| {
        let text = format!("第{n}位企业代表说，厂区门口的道路一下雨就积水，货车进不来");
        let contact = ("陈某某".to_owned(), "13912345678".to_owned());
        let place = ("厂区西门".to_owned(), area.to_string());
        [
            n.to_string(),
            codes[n % codes.len()].clone(),
            String::new(),
            contact.0,
            contact.1,
            text,
            String::new(),
            place.0,
            place.1,
        ]
    };
    let good: Vec<_> = (1..=80).map(line).collect();
    let mut bad = good.clone();
    "短".clone_into(&mut bad[16][5]);
    "没有的类别".clone_into(&mut bad[52][6]);
    let send = async |lines: &[[String; 9]]| {
        let form = [("name", "11 月座谈会"), ("held", "2026-01-15")];
        centre.send(multipart("/desk/meetings", &form, &[("会议.xlsx", sheet(lines))])).await
    };
    // The heading is the first line: what is wrong is told by line, each with its sentence, and nothing else is.
    let refused = send(bad.as_slice()).await;
    assert_eq!(refused.status.as_u16(), 422);
    assert!(refused.body.contains("2 行要改，都还没有提交"), "{}", refused.body);
    for (at, sentence) in [("第 18 行", "问题至少写 10 个字"), ("第 54 行", "没有“没有的类别”这个类别")]
    {
        let (_, row) = refused.body.split_once(&format!("<th scope=\"row\">{at}</th>")).unwrap_or_else(|| panic!("{at}"));
        assert!(row.split("</tr>").next().unwrap().contains(sentence), "{at}: {sentence}");
    }
    assert_eq!(refused.body.matches("<th scope=\"row\">第 ").count(), 2);
    assert_eq!(filed(&pool).await, 0, "as the page says: one line that is wrong, and none is filed");
    // Mended, all of them; the same table again, nothing.
    let done = send(good.as_slice()).await;
    assert_eq!((done.status.as_u16(), filed(&pool).await), (303, 80), "{}", done.body);
    let receipt = done.location().to_owned();
    assert!(centre.get(&receipt).await.body.contains("共 80 件"));
    let again = send(good.as_slice()).await;
    assert_eq!((again.status.as_u16(), again.location(), filed(&pool).await), (303, receipt.as_str(), 80), "each once");
    // The two that were wrong stand there as they were mended.
    let texts: Vec<String> = sqlx::query_scalar(
        "select i.body from meeting_issue m join issue i on i.id = m.issue_id where m.place = any('{17,53}') order by m.place",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(texts, [good[16][5].as_str(), good[52][5].as_str()]);
}
