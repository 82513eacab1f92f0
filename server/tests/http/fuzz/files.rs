//! Workbooks, tables, pictures, posted forms and drafts, damaged in any way.

use super::{Damage, damage, damaged, text};
use app::policy::desk::draft::Draft;
use axum::body::Body;
use axum::http::{Request, header};
use image::{DynamicImage, ImageFormat};
use proptest::collection::vec;
use proptest::prelude::*;
use rust_xlsxwriter::Workbook;
use server::http::forms::{Sent, Upload};
use server::{import, photos};
use std::io::{Cursor, Read, Write};
use std::sync::LazyLock;
use tokio::runtime::Runtime;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// A workbook as an office sends it, taken apart.
static PARTS: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for line in 0..6_u32 {
        sheet.write(line, 0, "统一社会信用代码").unwrap();
        sheet.write(line, 1, 12_345.678 * f64::from(line)).unwrap();
        sheet.write(line, 2, line % 2 == 0).unwrap();
        sheet.write_formula(line, 5, "=B1*2").unwrap();
    }
    book.add_worksheet().write(3, 3, "第二张").unwrap();
    let mut archive = ZipArchive::new(Cursor::new(book.save_to_buffer().unwrap())).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut part = archive.by_index(index).unwrap();
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).unwrap();
            (part.name().unwrap().into_owned(), bytes)
        })
        .collect()
});

/// The workbook with one part damaged, packed as it should be: what is wrong lies where its reader looks.
pub fn workbook(part: usize, damages: &[Damage]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let method = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (at, (name, bytes)) in PARTS.iter().enumerate() {
        writer.start_file(name.as_str(), method).unwrap();
        let bytes = if at == part % PARTS.len() { damaged(bytes, damages) } else { bytes.clone() };
        writer.write_all(&bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A small picture of each kind that is taken.
static PICTURES: LazyLock<[Vec<u8>; 3]> = LazyLock::new(|| {
    let pixels =
        image::RgbImage::from_fn(24, 16, |x, y| image::Rgb([u8::try_from(x * 9).unwrap(), u8::try_from(y * 13).unwrap(), 77]));
    [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP].map(|format| {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::ImageRgb8(pixels.clone()).write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    })
});

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| tokio::runtime::Builder::new_current_thread().build().unwrap());

/// What a form says of itself, rightly or not.
const KINDS: [&str; 5] = [
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=XX",
    "multipart/form-data; boundary=XX",
    "multipart/form-data",
    "multipart/form-data; boundary=\"\"",
];

fn multipart(parts: &[(String, String, bool)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value, file) in parts {
        let file = if *file { format!("; filename=\"{name}\"") } else { String::new() };
        body.extend(format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n").bytes());
    }
    body.extend(b"--XX--\r\n");
    body
}

fn is_sentence(words: &str) -> bool {
    words.chars().any(|character| character > '\u{4e00}')
}

fn within_limits(rows: &[(usize, Vec<String>)]) -> Result<(), TestCaseError> {
    prop_assert!(rows.len() <= 50_000, "{} rows", rows.len());
    for (_, cells) in rows {
        prop_assert!(cells.len() <= 64 && cells.iter().all(|cell| cell.len() <= 4_000));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tables_in_any_state(part in any::<usize>(), inside in vec(damage(), 0..4), outside in vec(damage(), 0..2), raw in vec(any::<u8>(), 0..200)) {
        let bytes = damaged(&workbook(part, &inside), &outside);
        if let Ok(rows) = import::rows(&bytes, "xlsx") { within_limits(&rows)?; }
        if let Ok(sheets) = import::sheets(&bytes) {
            for (_, rows) in &sheets { within_limits(rows)?; }
        }
        let csv = damaged("代码,名称,\"带,引号\"\n91330500MA2B0XYZ12,甲,1\n".as_bytes(), &inside);
        for bytes in [csv, raw] {
            if let Ok(rows) = import::rows(&bytes, "csv") { within_limits(&rows)?; }
        }
    }

    #[test]
    fn pictures_in_any_state(kind in 0_usize..3, damages in vec(damage(), 0..6), raw in vec(any::<u8>(), 0..100)) {
        for bytes in [damaged(&PICTURES[kind], &damages), raw] {
            match photos::process(&bytes) {
                Ok(picture) => prop_assert!(picture.width.max(picture.height) <= 1920 && picture.full.len() <= photos::MAX_BYTES),
                Err(why) => prop_assert!(is_sentence(&why.to_string())),
            }
        }
    }

    #[test]
    fn forms_in_any_state(
        parts in vec((text(), text(), any::<bool>()), 0..12),
        damages in vec(damage(), 0..3),
        kind in prop::sample::select(&KINDS[..]),
    ) {
        let body = if kind.starts_with("multipart") { multipart(&parts) } else {
            serde_urlencoded::to_string(parts.iter().map(|(name, value, _)| (name, value)).collect::<Vec<_>>()).unwrap().into_bytes()
        };
        let body = damaged(&body, &damages);
        let length = body.len();
        let request = Request::post("/").header(header::CONTENT_TYPE, kind).body(Body::from(body)).unwrap();
        let kept = RUNTIME.block_on(async {
            let mut upload = match Upload::open(request).await {
                Err(_) => return 0,
                Ok(Sent::Plain(form)) => return form.pairs().iter().map(|(name, value)| name.len() + value.len()).sum(),
                Ok(Sent::Files(upload)) => upload,
            };
            let mut files = 0;
            while let Ok(Some((_, bytes))) = upload.next().await {
                files += bytes.len();
            }
            let form = upload.finish("photo", "photos", Vec::new(), &[]);
            files + form.pairs().iter().map(|(name, value)| name.len() + value.len()).sum::<usize>()
        });
        // What is not UTF-8 becomes a mark of three bytes, and no more is kept than was sent.
        prop_assert!(kept <= 3 * length, "{kept} of {length}");
    }

    #[test]
    fn drafts_of_any_form(
        parts in vec((vec(prop::sample::select(&WORDS[..]), 0..9), 0_usize..6, text()), 0..60),
        actions in vec((prop::sample::select(&VERBS[..]), any::<usize>(), prop::sample::select(&WORDS[..])), 0..6),
    ) {
        let mut pairs: Vec<(String, String)> = parts.iter().map(|(names, kind, text)| {
            let pointer: String = names.iter().map(|name| format!("/{name}")).collect();
            (["", "", "", "lines:", "list:", "key:"][*kind].to_owned() + &pointer, text.clone())
        }).collect();
        let Ok(mut draft) = Draft::from_form(&pairs) else { return Ok(()) };
        for (verb, at, kind) in actions {
            let pointer = pairs.get(at % pairs.len().max(1)).map_or(String::new(), |(name, _)| name.clone());
            pairs.push((format!("kind:{pointer}"), kind.to_owned()));
            draft.act(&format!("{verb}|{pointer}"), &pairs);
        }
        let typed: usize = pairs.iter().map(|(name, value)| name.len() + value.len()).sum();
        // Escaped, and with the frame of a list that is as long as a number says.
        prop_assert!(draft.value.to_string().len() <= 6 * typed + 100_000);
        match draft.item() {
            Ok(item) => prop_assert_eq!(Draft::of(&item).unwrap().item().unwrap(), item),
            Err(problem) => prop_assert!(is_sentence(&problem.sentence), "{}", problem.sentence),
        }
    }
}

const WORDS: [&str; 34] = [
    "condition",
    "amount",
    "all",
    "any",
    "not",
    "at_least",
    "of",
    "k",
    "num",
    "attr",
    "op",
    "value",
    "0",
    "1",
    "2",
    "7",
    "4000000000",
    "-1",
    "~0",
    "~1",
    "",
    "group",
    "fund",
    "id",
    "bands",
    "tiered",
    "by_tag",
    "clauses",
    "c1",
    "apply",
    "materials",
    "title",
    "capped",
    "percent",
];
const VERBS: [&str; 9] = ["add", "become", "nest", "remove", "up", "down", "into", "out", "save"];
