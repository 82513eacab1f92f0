//! Requests of every kind to every door, as everybody, with anything in path, query, header, cookie and body.

use super::files::workbook;
use super::{damage, damaged, text};
use crate::site::{Browser, Site, phone_jpeg};
use app::access::{DOORS, Door, Kind};
use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::{BodyExt, Limited};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use sqlx::PgPool;
use std::collections::{BTreeMap, BTreeSet};

/// The longest answer: a list with all its rows.
const LONGEST: usize = 4 * 1024 * 1024;

/// Names and values of every form that these people are shown.
async fn seen(browsers: &[(&str, Browser)]) -> (Vec<String>, Vec<String>, Vec<String>) {
    let (mut names, mut values, mut paths) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for door in DOORS.iter().filter(|door| door.kind == Kind::Page && !door.path.contains('{')) {
        for (_, browser) in browsers {
            let body = browser.get(door.path).await.body;
            for (mark, found) in [(" name=\"", &mut names), (" value=\"", &mut values), (" href=\"/", &mut paths)] {
                found.extend(body.split(mark).skip(1).filter_map(|rest| Some(rest.split('"').next()?.to_owned())));
            }
        }
    }
    let whole = |set: BTreeSet<String>| set.into_iter().collect::<Vec<String>>();
    (whole(names), whole(values), whole(paths))
}

struct Maker {
    runner: TestRunner,
    names: Vec<String>,
    values: Vec<String>,
    paths: Vec<String>,
}

impl Maker {
    fn some<T: std::fmt::Debug>(&mut self, strategy: impl Strategy<Value = T>) -> T {
        strategy.new_tree(&mut self.runner).unwrap().current()
    }

    fn one(&mut self, list: &[String]) -> String {
        list[self.some(0..list.len())].clone()
    }

    fn value(&mut self) -> String {
        if self.some(0..3) == 0 { self.one(&self.values.clone()) } else { self.some(text()) }
    }

    /// The door's path with something in its parameters: what a page leads to, or anything.
    fn path(&mut self, door: &Door) -> String {
        let mut path = String::new();
        for part in door.path.split('/').skip(1) {
            path.push('/');
            if part.starts_with('{') {
                let shown = self.one(&self.paths.clone());
                let near = shown.split(['/', '?']).nth(self.some(0_usize..4)).unwrap_or("accept").to_owned();
                let value = if self.some(0..2) == 0 { near } else { self.some(text()).chars().take(80).collect() };
                path.push_str(&serde_urlencoded::to_string([("", value)]).unwrap().replace('+', "%20")[1..]);
            } else {
                path.push_str(part);
            }
        }
        let query: Vec<(String, String)> =
            (0..self.some(0..4)).map(|_| (self.one(&self.names.clone()), self.value().chars().take(300).collect())).collect();
        format!("{path}?{}", serde_urlencoded::to_string(query).unwrap())
    }

    fn body(&mut self) -> (&'static str, Vec<u8>) {
        let pairs: Vec<(String, String)> = (0..self.some(0..14)).map(|_| (self.one(&self.names.clone()), self.value())).collect();
        let damages = if self.some(0..3) == 0 { self.some(vec(damage(), 0..3)) } else { Vec::new() };
        match self.some(0..5) {
            0 => ("application/octet-stream", self.some(vec(any::<u8>(), 0..400))),
            1 | 2 => {
                let mut body = Vec::new();
                for (name, value) in &pairs {
                    body.extend(format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
                }
                let file = self.some(text()).chars().take(60).collect::<String>();
                body.extend(
                    format!("--XX\r\nContent-Disposition: form-data; name=\"photos\"; filename=\"{file}\"\r\n\r\n").bytes(),
                );
                let bytes = if self.some(any::<bool>()) { phone_jpeg() } else { workbook(0, &[]) };
                body.extend(damaged(&bytes, &damages));
                body.extend(b"\r\n--XX--\r\n");
                ("multipart/form-data; boundary=XX", if self.some(0..4) == 0 { damaged(&body, &damages) } else { body })
            }
            _ => ("application/x-www-form-urlencoded", damaged(serde_urlencoded::to_string(pairs).unwrap().as_bytes(), &damages)),
        }
    }

    fn request(&mut self, door: &Door) -> Request<Body> {
        let mut request = Request::builder().method(door.method).uri(self.path(door));
        for name in ["referer", "origin", "accept", "accept-encoding", "if-none-match", "range", "x-forwarded-for", "user-agent"]
        {
            if self.some(0..12) == 0 {
                let value: String = self.some(text()).chars().filter(|c| (' '..='~').contains(c)).take(200).collect();
                request = request.header(name, value);
            }
        }
        if door.method == "GET" {
            return request.body(Body::empty()).unwrap();
        }
        let (kind, body) = self.body();
        // An island's call has a form of its own, and may have any other.
        let kind = if door.kind == Kind::Rpc && self.some(any::<bool>()) { "application/postcard" } else { kind };
        request.header(header::CONTENT_TYPE, kind).body(Body::from(body)).unwrap()
    }

    /// A cookie beside the session's.
    fn cookie(&mut self, browser: &Browser) -> Browser {
        let mut browser = browser.clone();
        if self.some(0..3) == 0 {
            let name = self.one(&["flash", "elder", "browser", "qifu", "__Host-qifu"].map(str::to_owned));
            let value = match self.some(0..3) {
                0 => hex::encode(self.some(text())),
                1 => self.some(text()).chars().filter(|c| ('!'..='~').contains(c) && !matches!(c, ';' | ',')).collect(),
                _ => hex::encode(self.some(vec(any::<u8>(), 0..40))),
            };
            browser.cookie = Some(format!("{}; {name}={value}", browser.cookie.unwrap_or_default()));
        }
        browser
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn whatever_is_sent_is_answered(owner: PgPool) {
    let requests: usize = std::env::var("FUZZ_REQUESTS").ok().and_then(|asked| asked.parse().ok()).unwrap_or(400);
    let seed = std::env::var("FUZZ_SEED").ok().and_then(|seed| seed.parse::<u64>().ok()).unwrap_or(1);
    let site = Site::demo(&owner, &[("QIFU_DEMO", "1")]).await;
    let browsers: Vec<(&str, Browser)> = vec![
        ("member", site.member(2).await),
        ("centre01", site.staff("centre01").await),
        ("station01", site.staff("station01").await),
        ("zhengce", site.staff("zhengce").await),
        ("jianshe", site.staff("jianshe").await),
        ("jingxin", site.staff("jingxin").await),
        ("admin", site.staff("admin").await),
        ("nobody", site.anonymous()),
    ];
    let (names, values, paths) = seen(&browsers).await;
    assert!(names.len() > 80 && values.len() > 80 && paths.len() > 80, "{} {} {}", names.len(), values.len(), paths.len());
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let runner = TestRunner::new_with_rng(ProptestConfig::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let mut maker = Maker { runner, names, values, paths };
    // Whoever signs out is somebody else afterwards.
    let doors: Vec<&Door> =
        DOORS.iter().filter(|door| !door.path.contains("sign-out") && !door.path.contains("sign-in")).collect();
    let mut answers = BTreeMap::<u16, usize>::new();
    for _ in 0..requests {
        let door = doors[maker.some(0..doors.len())];
        let (who, browser) = &browsers[maker.some(0..browsers.len())];
        let browser = maker.cookie(browser);
        let request = maker.request(door);
        let shown = format!("{who}: {} {}", request.method(), request.uri());
        let response = browser.raw(request).await;
        let status = response.status().as_u16();
        *answers.entry(status).or_default() += 1;
        assert!(status < 500, "{status} {shown}, FUZZ_SEED={seed}");
        let kind = response.headers().get(header::CONTENT_TYPE).map_or(String::new(), |kind| kind.to_str().unwrap().to_owned());
        if kind.starts_with("text/event-stream") {
            continue;
        }
        let page = Limited::new(response.into_body(), LONGEST).collect().await;
        let page = page.unwrap_or_else(|_| panic!("more than {LONGEST} bytes: {shown}")).to_bytes();
        if kind.starts_with("text/html") && !page.starts_with(&[0x1f, 0x8b]) {
            assert!(page.ends_with(b"</html>") || page.trim_ascii_end().ends_with(b"</html>"), "{shown}");
        }
    }
    println!("{requests} requests: {answers:?}");
    assert!(
        answers.get(&422).is_some_and(|refused| *refused > 0) && answers.get(&200).is_some_and(|done| *done > 0),
        "{answers:?}"
    );
}
