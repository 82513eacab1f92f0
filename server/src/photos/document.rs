//! Files beside pictures: PDF, Word and Excel, known by what is in them and never by their names, kept as they came, given back as downloads.

use super::PhotoError;
use domain::text::{file_size, is_unseen};
use std::collections::HashSet;
use std::io::{Cursor, Read};

/// What is taken besides pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    pub content_type: &'static str,
    /// The ending it is given back with.
    pub ending: &'static str,
    /// What people call it.
    pub label: &'static str,
}

const PDF: Kind = Kind { content_type: "application/pdf", ending: "pdf", label: "PDF" };
const WORD: Kind = Kind {
    content_type: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ending: "docx",
    label: "Word",
};
const EXCEL: Kind =
    Kind { content_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ending: "xlsx", label: "Excel" };
const UNKNOWN: Kind = Kind { content_type: "application/octet-stream", ending: "bin", label: "文件" };

/// What a line of an archive's list begins with.
const LISTED: &[u8] = b"PK\x01\x02";
/// The most parts of a document: a workbook of a thousand sheets has fewer.
const MOST_PARTS: usize = 10_000;
/// The most bytes of a document's list of its parts.
const MOST_TYPES: u64 = 512 * 1024;

impl Kind {
    /// The kind of a stored file.
    pub fn of(content_type: &str) -> Kind {
        [PDF, WORD, EXCEL].into_iter().find(|kind| kind.content_type == content_type).unwrap_or(UNKNOWN)
    }
}

/// What a file is; `None` where it is no document at all.
///
/// # Errors
/// [`PhotoError`]: a document that is not taken.
pub fn kind(bytes: &[u8]) -> Result<Option<Kind>, PhotoError> {
    if bytes.starts_with(b"%PDF-") {
        return Ok(Some(PDF));
    }
    // The compound file of Word and Excel until 2003, of what a password locks, and of much that carries macros.
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Err(PhotoError::Old);
    }
    if !bytes.starts_with(b"PK\x03\x04") {
        return Ok(None);
    }
    // Before each of them takes room: so many lines has the list at the end, and perhaps some by chance.
    if bytes.windows(LISTED.len()).filter(|piece| *piece == LISTED).count() > MOST_PARTS {
        return Err(PhotoError::BrokenFile);
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| PhotoError::BrokenFile)?;
    let names: Result<Vec<String>, _> = archive.file_names().map(|name| name.map(|name| name.to_ascii_lowercase())).collect();
    let names = names.map_err(|_| PhotoError::BrokenFile)?;
    let has = |name: &str| names.iter().any(|known| known == name);
    let kind = match (has("word/document.xml"), has("xl/workbook.xml") || has("xl/workbook.bin")) {
        (true, false) => WORD,
        (false, true) => EXCEL,
        _ => return Err(PhotoError::Format),
    };
    // Of two parts with one name, whichever way it is written, each reader takes another one.
    if archive.has_duplicate_names() || names.iter().collect::<HashSet<_>>().len() < names.len() {
        return Err(PhotoError::BrokenFile);
    }
    // A macro is a part, and the list of parts says so whatever the part is called: as long as all of it is read, as it is understood.
    let mut types = String::new();
    let listed = archive.by_name("[Content_Types].xml").map_err(|_| PhotoError::BrokenFile)?;
    listed.take(MOST_TYPES + 1).read_to_string(&mut types).map_err(|_| PhotoError::BrokenFile)?;
    let whole = types.len() as u64 <= MOST_TYPES;
    let types = html_escape::decode_html_entities(&types).to_ascii_lowercase();
    if !whole || types.contains('\0') || types.contains("<!doctype") {
        return Err(PhotoError::BrokenFile);
    }
    let active = |name: &String| {
        name.contains("vbaproject") || name.contains("/activex/") || name.ends_with(".bin") && name.contains("macro")
    };
    if names.iter().any(active)
        || ["macroenabled", "vbaproject", "activex", "sheet.binary"].iter().any(|word| types.contains(word))
    {
        return Err(PhotoError::Macros);
    }
    Ok(Some(kind))
}

/// A name as it may be shown: of the sender's neither path, nor what the eye does not see. Marks of direction would let `exe.fdp` read as a
/// document (Unicode TR 36, 2.5).
pub fn shown_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or("");
    let seen = |c: &char| !c.is_control() && !is_unseen(*c) && !matches!(c, '"' | '<' | '>' | ':' | '|' | '?' | '*' | '%');
    last.chars().filter(seen).take(80).collect::<String>().trim_matches([' ', '.']).to_owned()
}

/// The name a file is kept and given back with: the sender's, up to its ending, and the ending of what it is.
pub fn given_name(name: &str, ending: &str) -> String {
    let shown = shown_name(name);
    let stem = shown.rsplit_once('.').map_or(shown.as_str(), |(stem, _)| stem).trim_matches([' ', '.']);
    format!("{}.{ending}", if stem.is_empty() { "材料" } else { stem })
}

/// `Content-Disposition` of a download: never shown inside a page of ours. `plain` is the name for browsers that know no other.
pub fn attachment(name: &str, ending: &str, plain: &str) -> String {
    let encoded: String = given_name(name, ending).bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("attachment; filename=\"{plain}.{ending}\"; filename*=UTF-8''{encoded}")
}

/// What stands for a file where a picture would have its thumbnail: the sheet, what it is, its name and size.
pub fn thumb(kind: Kind, name: &str, bytes: i64) -> String {
    let letters: Vec<char> = name.rsplit_once('.').map_or(name, |(stem, _)| stem).chars().collect();
    // A Chinese character is as wide as two others.
    let mut lines = vec![String::new()];
    let mut width = 0;
    for letter in letters {
        let wide = if letter.is_ascii() { 1 } else { 2 };
        if width + wide > 13 {
            if lines.len() == 2 {
                if let Some(last) = lines.last_mut() {
                    last.pop();
                    last.push('…');
                }
                break;
            }
            lines.push(String::new());
            width = 0;
        }
        width += wide;
        if let Some(last) = lines.last_mut() {
            last.push(letter);
        }
    }
    let text = |y: usize, size: usize, fill: &str, words: &str| {
        let words = html_escape::encode_text(words);
        format!(
            r#"<text x="40" y="{y}" font-size="{size}" fill="{fill}" text-anchor="middle" font-family="sans-serif">{words}</text>"#
        )
    };
    let named: String = lines.iter().enumerate().map(|(index, line)| text(48 + index * 12, 10, "#1a2529", line)).collect();
    let sheet = r##"<rect width="80" height="80" fill="#eef3f4"/><g stroke="#0b6470" stroke-width="2">
<path d="M31 6h13l7 7v21H31z" fill="#fff"/><path d="M44 6v7h7" fill="none"/></g>"##;
    let (label, length) = (text(28, 9, "#0b6470", kind.label), text(76, 9, "#4a5a60", &file_size(bytes)));
    let size = r#"width="160" height="160" viewBox="0 0 80 80""#;
    format!(r#"<svg xmlns="http://www.w3.org/2000/svg" {size}>{sheet}{label}{named}{length}</svg>"#)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::io::Write;

    fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    const TYPES: (&str, &str) = ("[Content_Types].xml", "<Types/>");

    #[test]
    fn a_file_is_what_its_bytes_say() {
        assert_eq!(kind(b"%PDF-1.7\n").unwrap(), Some(PDF));
        assert_eq!(kind(&zipped(&[TYPES, ("word/document.xml", "")])).unwrap(), Some(WORD));
        assert_eq!(kind(&zipped(&[TYPES, ("xl/workbook.xml", "")])).unwrap(), Some(EXCEL));
        assert_eq!(kind(b"\xff\xd8\xff").unwrap(), None, "a picture is no document");
        assert_eq!(kind(b"<html>").unwrap(), None);
    }

    #[test]
    fn what_could_act_and_what_cannot_be_seen_into_is_refused() {
        let why = |bytes: &[u8]| kind(bytes).unwrap_err();
        assert_eq!(why(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...."), PhotoError::Old);
        assert_eq!(why(&zipped(&[TYPES, ("word/document.xml", ""), ("word/vbaProject.bin", "x")])), PhotoError::Macros);
        let named = "<Override PartName='/word/x.bin' ContentType='application/vnd.ms-office.vbaProject'/>";
        assert_eq!(why(&zipped(&[("[Content_Types].xml", named), ("word/document.xml", "")])), PhotoError::Macros);
        let enabled = "application/vnd.ms-excel.sheet.macroEnabled.main+xml";
        assert_eq!(why(&zipped(&[("[Content_Types].xml", enabled), ("xl/workbook.xml", "")])), PhotoError::Macros);
        // Behind more than is read, in other words for the same letters, in letters of two bytes, in words of its own, in a second list.
        let padded = format!("{}{named}", " ".repeat(600 * 1024));
        assert_eq!(why(&zipped(&[("[Content_Types].xml", &padded), ("word/document.xml", "")])), PhotoError::BrokenFile);
        for spelt in [named.replace("vbaP", "vba&#80;"), named.replace("vbaP", "vba&#x50;"), named.replace("vba", "&#118;ba")] {
            assert_eq!(
                why(&zipped(&[("[Content_Types].xml", &spelt), ("word/document.xml", "")])),
                PhotoError::Macros,
                "{spelt}"
            );
        }
        let wide: String = named.chars().flat_map(|letter| [letter, '\0']).collect();
        let own = "<!DOCTYPE Types [<!ENTITY p \"P\">]><Types><Override ContentType='vba&p;roject'/></Types>";
        for hidden in [wide.as_str(), own] {
            assert_eq!(
                why(&zipped(&[("[Content_Types].xml", hidden), ("word/document.xml", "")])),
                PhotoError::BrokenFile,
                "{hidden}"
            );
        }
        let names: Vec<String> = (0..MOST_PARTS).map(|n| format!("word/{n}.xml")).collect();
        let many: Vec<(&str, &str)> =
            names.iter().map(|name| (name.as_str(), "")).chain([TYPES, ("word/document.xml", "")]).collect();
        assert_eq!(kind(&zipped(&many[2..])).unwrap(), Some(WORD), "so many are taken");
        assert_eq!(why(&zipped(&many)), PhotoError::BrokenFile);
        let second = [TYPES, ("[content_types].xml", named), ("word/document.xml", "")];
        assert_eq!(why(&zipped(&second)), PhotoError::BrokenFile);
        assert_eq!(why(&zipped(&[TYPES, ("run.exe", "MZ")])), PhotoError::Format, "an archive is no document");
        assert_eq!(why(&zipped(&[TYPES, ("word/document.xml", ""), ("xl/workbook.xml", "")])), PhotoError::Format);
        assert_eq!(why(&zipped(&[("word/document.xml", "")])), PhotoError::BrokenFile);
        assert_eq!(why(b"PK\x03\x04 and nothing more"), PhotoError::BrokenFile);
    }

    #[test]
    fn the_ending_is_what_the_content_is() {
        for (sent, given) in [
            ("营业执照.pdf", "营业执照.pdf"),
            ("invoice.hta", "invoice.pdf"),
            ("a.pdf.exe", "a.pdf.pdf"),
            ("../../etc/passwd", "passwd.pdf"),
            ("C:\\temp\\x.js", "x.pdf"),
            ("readme\u{202e}fdp.exe", "readmefdp.pdf"),
            (".htaccess", "htaccess.pdf"),
            ("...", "材料.pdf"),
            ("", "材料.pdf"),
        ] {
            assert_eq!(given_name(sent, "pdf"), given, "{sent:?}");
        }
    }

    #[test]
    fn a_drawing_names_the_file_and_is_text_whatever_it_is_called() {
        let drawing = thumb(PDF, "<script>&租赁合同.pdf", 1_300_000);
        assert!(drawing.contains("&lt;script&gt;&amp;") && !drawing.contains("<script"), "{drawing}");
        assert!(drawing.contains("PDF") && drawing.contains("1.3 MB"), "{drawing}");
        assert!(thumb(WORD, "一份名字非常非常长的情况说明.docx", 2048).contains('…'));
    }
}
