//! What an owner has in hand: the last look that going back does not lose, files beside pictures, its own search, whom to call, steps by text
//! message, what the page says when something is to be mended.

use super::site::{Browser, Site, answers, draft_form, file, follow, hidden, jpeg, multipart, words};
use axum::body::Body;
use axum::http::Request;
use sqlx::PgPool;
use std::collections::BTreeSet;
use std::io::{Cursor, Write};
use time::{Duration, OffsetDateTime};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/// A document of these parts.
fn office(parts: &[&str]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for name in ["[Content_Types].xml"].iter().chain(parts) {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(b"<x/>").unwrap();
    }
    archive.finish().unwrap().into_inner()
}

async fn drain(site: &Site) {
    let mut system = site.state.store.system().await.unwrap();
    let later = OffsetDateTime::now_utc() + Duration::hours(1);
    while store::outbox::drain(&mut system, later, 100).await.unwrap() > 0 {}
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_last_look_is_a_page_that_keeps_everything_and_files_once(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let pairs = answers("0199b0c0-0000-7000-8000-000000000b01");
    let sent = owner.send(multipart("/issues/new", &pairs, &[("a.jpg", jpeg()), ("租赁合同.pdf", PDF.to_vec())])).await;
    let look = sent.location().to_owned();
    assert!(look.starts_with("/issues/new/check?draft="), "{look}");
    let page = follow(&owner, &sent).await;
    for words in ["请核对", "三号车间门口的路淹了", "租赁合同.pdf（", "照片 1"] {
        assert!(page.body.contains(words), "{words}");
    }
    // Back, with the arrow of the browser or the link: words, picture and file.
    let back = owner.get("/issues/new").await.body;
    for form in [&back, &draft_form(&owner, &sent).await.body] {
        assert!(form.contains("一下雨货车就进不来") && form.contains("value=\"三号车间门口的路淹了\""));
        assert_eq!(hidden(form, "photo").len(), 2);
    }
    assert!(back.contains("已恢复内容、照片和文件"));
    assert!(!owner.get("/issues/new?draft=none").await.body.contains("一下雨货车就进不来"), "an empty form, when asked for");
    // Sent anew it is the same draft.
    let again = owner.post("/issues/new", &pairs).await;
    assert_eq!(again.location(), look);
    // Nobody else's.
    let (stranger, station) = (site.member(3).await, site.staff("station01").await);
    assert_eq!(stranger.get(&look).await.status.as_u16(), 404);
    assert_eq!(stranger.get(&look.replace("/check", "")).await.status.as_u16(), 404);
    assert_eq!(stranger.get(&look[..look.len() - 36]).await.status.as_u16(), 404, "no id at all");
    assert_eq!(station.get(&look).await.status.as_u16(), 403);
    assert!(!stranger.get("/issues/new").await.body.contains("三号车间"));
    let id = hidden(&page.body, "draft").remove(0);
    assert_eq!(stranger.post("/issues/file", &[("draft", &id)]).await.status.as_u16(), 404);

    // Filed twice at once: one problem, and the draft is gone.
    let form = [("draft", id.as_str()), ("key", id.as_str())];
    let (one, two) = tokio::join!(owner.post("/issues/file", &form), owner.post("/issues/file", &form));
    assert_eq!((one.status.as_u16(), one.location()), (303, two.location()));
    assert_eq!(owner.get(&look).await.location(), one.location(), "back from the receipt leads to it again");
    assert!(!owner.get("/issues/new").await.body.contains("三号车间"));
    let drafts: i64 = sqlx::query_scalar("select count(*) from filing_draft").fetch_one(&pool).await.unwrap();
    assert_eq!(drafts, 0);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_draft_goes_after_two_days_and_its_pictures_with_it(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let pairs = answers("0199b0c0-0000-7000-8000-000000000b02");
    let sent = owner.send(multipart("/issues/new", &pairs, &[("a.jpg", jpeg())])).await;
    // The picture is older than the draft: it stays as long as the draft does.
    sqlx::query("update photo set created_at = created_at - interval '3 days' where issue_id is null")
        .execute(&pool)
        .await
        .unwrap();
    let now = site.state.now();
    for (later, left) in [(Duration::hours(47), 1_i64), (Duration::hours(49), 0)] {
        server::retention::now(&site.state.store, &site.state.photos, now + later).await.unwrap();
        let both = "select (select count(*) from filing_draft), (select count(*) from photo where issue_id is null)";
        let counted: (i64, i64) = sqlx::query_as(both).fetch_one(&pool).await.unwrap();
        assert_eq!(counted, (left, left), "{later}");
    }
    assert_eq!(owner.get(sent.location()).await.status.as_u16(), 404);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn files_come_beside_pictures_and_are_downloads_of_what_they_are(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let pairs = answers("0199b0c0-0000-7000-8000-000000000b03");
    let refused = owner
        .send(multipart(
            "/issues/new",
            &pairs,
            &[
                ("宏.docm", office(&["word/document.xml", "word/vbaProject.bin"])),
                ("旧.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more".to_vec()),
                ("包.zip", office(&["run.exe"])),
                ("页.html", b"<html><script>alert(1)</script></html>".to_vec()),
                ("情况说明.exe", office(&["word/document.xml"])),
            ],
        ))
        .await;
    assert_eq!(refused.status.as_u16(), 422);
    assert_eq!(refused.headers.get("cache-control").unwrap(), "private, no-cache", "the way back to it works");
    for words in
        ["第 1 个（宏.docm）含有宏", "第 2 个（旧.doc）是旧版或加密的", "第 3 个（包.zip）不是图片", "第 4 个（页.html）不是图片"]
    {
        assert!(refused.body.contains(words), "{words}");
    }
    let kept = hidden(&refused.body, "photo");
    assert_eq!(kept.len(), 1, "the document is taken, whatever it is called");
    let mut pairs = pairs;
    pairs.push(("photo", &kept[0]));
    let number = file(&owner, &pairs).await;
    let page = owner.get(&format!("/issues/{number}")).await.body;
    assert!(page.contains("情况说明.docx（1 KB）"), "the ending is what it is");

    let path = format!("/photos/{}", kept[0]);
    let answer = owner.get(&path).await;
    let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
    assert!(header("content-disposition").starts_with("attachment; filename=\"file.docx\"; filename*=UTF-8''%E6%83%85"));
    assert!(header("content-type").ends_with("wordprocessingml.document"));
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(answer.bytes[..], office(&["word/document.xml"])[..], "as it came");
    assert_eq!(header("content-length"), answer.bytes.len().to_string());
    let thumb = owner.get(&format!("{path}/thumb")).await;
    assert_eq!(thumb.headers["content-type"], "image/svg+xml");
    assert!(thumb.body.contains("Word") && thumb.body.contains("情况说明"));
    let (stranger, elsewhere) = (site.member(3).await, site.staff("centre04").await);
    for browser in [&stranger, &elsewhere] {
        for path in [path.clone(), format!("{path}/thumb")] {
            assert_eq!(browser.get(&path).await.status.as_u16(), 404);
        }
    }
}

const ACCEPT: [(&str, &str); 4] = [("category", "drainage"), ("level", "simple"), ("urgency", "normal"), ("version", "1")];

/// A problem that 市建设局 has signed, with its lead's browser.
async fn handled(site: &Site, owner: &Browser, key: &str) -> (String, Browser) {
    let number = file(owner, &answers(key)).await;
    let (centre, handler) = (site.staff("centre03").await, site.staff("jianshe").await);
    let jianshe = site.state.tables().reference.department_by_code("jianshe").unwrap().id.to_string();
    let at = |command: &str| format!("/desk/issues/{number}/{command}");
    for (browser, command, pairs) in [
        (&centre, "accept", ACCEPT.to_vec()),
        (&centre, "dispatch", vec![("lead", jianshe.as_str()), ("version", "2")]),
        (&handler, "sign", vec![("version", "3")]),
    ] {
        let answer = browser.post(&at(command), &pairs).await;
        assert_eq!(answer.status.as_u16(), 303, "{command}: {}", answer.body);
    }
    (number, handler)
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_answer_brings_the_files_that_were_made_ready_for_it(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let (number, handler) = handled(&site, &owner, "0199b0c0-0000-7000-8000-000000000b04").await;
    let files = format!("/desk/issues/{number}/files");
    let one = |browser: Browser, name: &'static str| {
        let request = multipart(&files, &[], &[(name, PDF.to_vec())]);
        async move { browser.send(request).await.status.as_u16() }
    };
    for (who, browser, status) in [
        ("nobody", site.anonymous(), 401),
        ("its owner", owner.clone(), 403),
        ("the centre, which does not answer", site.staff("centre03").await, 403),
        ("a leader", site.staff("lingdao").await, 403),
        ("another department", site.staff("jingxin").await, 404),
    ] {
        assert_eq!(one(browser.clone(), "x.pdf").await, status, "{who}");
        assert_ne!(browser.get(&files).await.status.as_u16(), 200, "{who}");
    }
    assert_eq!(one(handler.clone(), "办理情况.pdf").await, 303);
    assert_eq!(one(handler.clone(), "错的.pdf").await, 303);
    let refused = handler.send(multipart(&files, &[], &[("a.gif", b"GIF89a".to_vec())])).await;
    assert!(refused.status.as_u16() == 422 && refused.body.contains("第 1 个（a.gif）不是图片"));
    let shown = handler.get(&files).await.body;
    assert!(shown.contains("办理情况.pdf（1 KB）") && shown.contains("错的.pdf"));
    // Not sent yet: nobody else has them.
    let ids = hidden(&shown, "remove");
    assert_eq!(owner.get(&format!("/photos/{}", ids[0])).await.status.as_u16(), 404);
    assert_eq!(handler.post(&files, &[("remove", &ids[1])]).await.status.as_u16(), 303);
    assert_eq!(handler.get(&format!("/photos/{}", ids[1])).await.status.as_u16(), 404);
    assert!(handler.get(&format!("/desk/issues/{number}")).await.body.contains("一并发出已备好的 1 个附件"));

    let answer = [("outcome", "solved"), ("answer", "已疏通三号车间门口的雨水井，路面已无积水。"), ("version", "4")];
    assert_eq!(handler.post(&format!("/desk/issues/{number}/answer"), &answer).await.status.as_u16(), 303);
    let page = owner.get(&format!("/issues/{number}")).await.body;
    assert!(page.contains("办理情况.pdf（1 KB）") && !page.contains("错的.pdf"));
    assert_eq!(owner.get(&format!("/photos/{}", ids[0])).await.status.as_u16(), 200);
    assert_eq!(site.member(3).await.get(&format!("/photos/{}", ids[0])).await.status.as_u16(), 404);
    assert_eq!(handler.get(&files).await.status.as_u16(), 403, "answered: nothing more to send");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn my_problems_are_found_by_number_and_words_and_nobody_elses(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let number = file(&owner, &answers("0199b0c0-0000-7000-8000-000000000b05")).await;
    let tail = &number[number.len() - 5..];
    for words in [number.as_str(), tail, "三号车间", "货车 栋梁路"] {
        let query = serde_urlencoded::to_string([("q", words)]).unwrap();
        let page = owner.get(&format!("/issues?{query}")).await.body.replace("<!>", "");
        assert!(page.contains(&format!("href=\"/issues/{number}\"")), "{words}");
        let page = super::site::words(&page);
        assert!(page.contains(&format!("{number} · ")) && page.contains(" 提交"), "number and date in the row: {page}");
        let others = site.member(3).await.get(&format!("/issues?{query}")).await.body;
        assert!(!others.contains(&format!("href=\"/issues/{number}\"")), "{words}");
    }
    for words in ["%", "_", "\\", "三号车间 没有这个词"] {
        let query = serde_urlencoded::to_string([("q", words)]).unwrap();
        let page = owner.get(&format!("/issues?{query}")).await;
        assert!(page.status.as_u16() == 200 && page.body.contains("没有找到"), "{words}");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_message_at_home_says_what_the_problem_is_called(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let latest = async || {
        drain(&site).await;
        let home = owner.get("/home").await.body;
        home.split_once("<h2>最近消息</h2>").unwrap().1.split_once("</section>").unwrap().0.to_owned()
    };
    let (number, _) = handled(&site, &owner, "0199b0c0-0000-7000-8000-000000000b0c").await;
    let list = latest().await;
    assert!(list.contains(&number) && list.contains("三号车间门口的路淹了"), "{list}");
    // The same once the page does not list the problem itself any more.
    let gone = owner.post(&format!("/issues/{number}/withdraw"), &[("text", "已经自己修好了"), ("version", "4")]).await;
    assert_eq!(gone.status.as_u16(), 303, "{}", gone.body);
    let list = latest().await;
    assert!(list.contains(&number) && list.contains("三号车间门口的路淹了"), "{list}");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn whoever_has_it_can_be_called(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let number = file(&owner, &answers("0199b0c0-0000-7000-8000-000000000b06")).await;
    let reference = site.state.tables().reference;
    let centre = reference.centre_phone(330_502).expect("the demo's centres have numbers").to_owned();
    assert!(owner.get(&format!("/issues/{number}")).await.body.contains(&format!("href=\"tel:{centre}\"")));
    let (number, _) = handled(&site, &owner, "0199b0c0-0000-7000-8000-000000000b07").await;
    let jianshe = reference.department_by_code("jianshe").unwrap().phone.clone();
    let page = owner.get(&format!("/issues/{number}")).await.body;
    assert!(page.contains(&format!("href=\"tel:{jianshe}\"")) && !page.contains(&format!("tel:{centre}")));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn steps_go_by_text_message_to_whoever_wants_them_and_say_no_content(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let texts = async || {
        drain(&site).await;
        let sql = "select payload, run_at from job where kind = 'sms_notice' and payload ->> 'about' = 'issue' order by id";
        sqlx::query_as::<_, (serde_json::Value, OffsetDateTime)>(sql).fetch_all(&pool).await.unwrap()
    };
    handled(&site, &owner, "0199b0c0-0000-7000-8000-000000000b08").await;
    assert!(texts().await.is_empty(), "off until it is wanted");
    assert!(!owner.get("/me").await.body.contains("name=\"issue_sms\" value=\"on\" checked"));
    let chosen = owner.post("/me/sms", &[("issue_sms", "on")]).await;
    assert_eq!((chosen.status.as_u16(), chosen.location()), (303, "/me"));
    assert!(owner.get("/me").await.body.contains("value=\"on\" checked"));
    let (number, _) = handled(&site, &owner, "0199b0c0-0000-7000-8000-000000000b09").await;
    let sent = texts().await;
    let words: BTreeSet<String> = sent.iter().map(|(payload, _)| payload["text"].as_str().unwrap().to_owned()).collect();
    let steps = ["已受理", "已交给责任部门", "部门已签收，开始办理"];
    assert_eq!(words, steps.map(|step| format!("您的诉求 {number} {step}，详情请登录企服空间查看。")).into());
    for (payload, at) in &sent {
        assert_eq!(payload["phone"], "13800000002");
        assert_eq!(domain::notice::daytime(*at), *at, "nothing rings at night");
    }
    owner.post("/me/sms", &[]).await;
    handled(&site, &owner, "0199b0c0-0000-7000-8000-000000000b0a").await;
    assert_eq!(texts().await.len(), 3, "and off again");
    assert_eq!(site.anonymous().post("/me/sms", &[("issue_sms", "on")]).await.status.as_u16(), 401);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_to_be_mended_is_said_in_the_title_and_has_the_focus(pool: PgPool) {
    let site = Site::demo(&pool, &[]).await;
    let owner = site.member(2).await;
    let refused = owner.post("/issues/new", &[("text", "短")]).await.body;
    assert!(refused.contains("<title>请更正：提诉求 - 企服空间</title>"));
    let summary = refused.split('<').find(|tag| tag.contains("error-summary")).unwrap().split('>').next().unwrap();
    assert!(summary.contains("autofocus") && summary.contains("tabindex=\"-1\""), "{summary}");
    let fresh = owner.get("/issues/new").await.body;
    assert!(fresh.contains("<title>提诉求 - 企服空间</title>") && !fresh.contains("autofocus"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn another_code_waits_a_minute_and_the_page_says_until_when(pool: PgPool) {
    let site = Site::demo(&pool, &[("QIFU_DEMO", "1"), ("QIFU_CODE_PAUSE", "60")]).await;
    let browser = site.anonymous();
    let phone = [("phone", "13800000009")];
    let first = browser.post("/sign-in", &phone).await;
    assert!(first.status.as_u16() == 200 && first.body.contains("后可以重新发送") && first.body.contains("class=\"countdown\""));
    let second = browser.post("/sign-in", &phone).await;
    assert_eq!(second.status.as_u16(), 429);
    assert!(second.body.contains("刚刚发过一条") && second.body.contains("后可以重新发送"));
    let jobs: i64 = sqlx::query_scalar("select count(*) from job where kind = 'sms'").fetch_one(&pool).await.unwrap();
    assert_eq!(jobs, 1, "one message");
    // Another browser does not wait for this one's; the first code is still good.
    assert_eq!(site.anonymous().post("/sign-in", &phone).await.status.as_u16(), 200);
    let code = first.body.split("id=\"demo-code\">").nth(1).unwrap()[..6].to_owned();
    assert_eq!(browser.post("/sign-in/code", &[phone[0], ("code", &code)]).await.status.as_u16(), 303);
    // Signed in, it may be asked again.
    assert_eq!(browser.post("/sign-in", &phone).await.status.as_u16(), 200);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn anybody_reads_what_is_kept_and_how_long(pool: PgPool) {
    let site = Site::empty(&pool, &[]).await;
    let page = site.anonymous().send(Request::get("/privacy").body(Body::empty()).unwrap()).await;
    assert_eq!(page.status.as_u16(), 200);
    for rule in domain::retention::RULES {
        assert!(page.body.contains(rule.what.split('：').next().unwrap()), "{}", rule.code);
    }
    let read = words(&page.body);
    assert!(read.contains("保存 2 天，然后删除") && read.contains("保存 3 年，然后去掉姓名和电话"));
    assert!(site.anonymous().get("/sign-in").await.body.contains("href=\"/privacy\""));
}
