//! Whether a workbook is small enough to be read, looked at before anybody believes what it says of itself: a kilobyte can unpack to gigabytes,
//! announce a billion texts, which whoever reads it makes room for at once, or have a font of a megabyte that each of a million styles has a copy of.

use anyhow::{Context, Result, bail};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::io::{BufReader, Cursor, Read, copy, sink};

/// The most that the parts of a workbook unpack to, in bytes.
const UNPACKED: u64 = 64 * 1024 * 1024;
/// The most texts that cells share, and ways to elsewhere: twenty for each row that a table may have.
const MOST_TEXTS: usize = 1_000_000;
/// The most sheets, names, styles and what they are made of: each is kept as something much larger than what it is written with.
const MOST_MARKS: usize = 10_000;
const MARKS: &[&str] = &["xf", "dxf", "font", "fill", "border", "numFmt", "cellStyle", "sheet", "definedName"];
/// The most bytes of a tag of a style, which is copied for each cell format that has it, or of a relationship, for each sheet.
const LONGEST_TAG: usize = 4_000;

/// Unpacks a workbook into nothing, counting, as far as it may go.
///
/// # Errors
/// When it is no workbook, or larger than one may be.
pub(super) fn require_small(bytes: &[u8]) -> Result<()> {
    // An archive may have anything before it, which is looked into as what a password locks.
    if !bytes.starts_with(b"PK") {
        bail!("the file is not a workbook");
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).context("the file is not a workbook")?;
    // Of two parts with one name each reader takes another one.
    if archive.has_duplicate_names() {
        bail!("the workbook has two parts of one name");
    }
    let mut left = UNPACKED;
    for index in 0..archive.len() {
        let part = archive.by_index(index).context("the file is not a workbook")?;
        let name = part.name().context("the file is not a workbook")?.to_ascii_lowercase();
        let mut counted = Counted { part: part.take(left + 1), bytes: 0 };
        // Whatever it is called: a workbook says itself which part is which.
        measure(&mut counted, &name)?;
        copy(&mut counted, &mut sink()).context("the file is not a workbook")?;
        left = left.checked_sub(counted.bytes).with_context(|| format!("the workbook unpacks to more than {UNPACKED} bytes"))?;
    }
    Ok(())
}

struct Counted<R> {
    part: R,
    bytes: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.part.read(buffer)?;
        self.bytes += read as u64;
        Ok(read)
    }
}

/// Counts what is in a part, read as the reader of workbooks reads it: where that stops, this stops as well.
fn measure(part: impl Read, name: &str) -> Result<()> {
    let mut xml = Reader::from_reader(BufReader::new(part));
    let config = xml.config_mut();
    config.check_end_names = false;
    config.check_comments = false;
    config.expand_empty_elements = true;
    let (mut texts, mut marks, mut buffer) = (0, 0, Vec::new());
    let copied = name.ends_with("styles.xml") || name.ends_with(".rels");
    loop {
        buffer.clear();
        let tag = match xml.read_event_into(&mut buffer) {
            Ok(Event::Start(tag)) => tag,
            Ok(Event::Eof) | Err(_) => return Ok(()),
            Ok(_) => continue,
        };
        let kind = tag.local_name();
        texts += usize::from(matches!(kind.as_ref(), "si" | "Relationship"));
        marks += usize::from(MARKS.contains(&kind.as_ref()));
        if texts > MOST_TEXTS || marks > MOST_MARKS || kind.as_ref() == "sst" && announces_too_many(&tag) {
            bail!("the workbook is too large: at most {MOST_TEXTS} texts, {MOST_MARKS} sheets, names and styles");
        }
        if copied && tag.len() > LONGEST_TAG {
            bail!("a style or relationship of the workbook is longer than {LONGEST_TAG} bytes");
        }
    }
}

/// Whether the list of texts says that it has more than it may; a number that is none makes nobody ready for anything.
fn announces_too_many(list: &BytesStart<'_>) -> bool {
    list.attributes_raw().split("uniqueCount").skip(1).any(|rest| {
        let digits = rest.trim_start_matches(|c: char| !c.is_ascii_digit());
        let digits = digits.split(|c: char| !c.is_ascii_digit()).next().unwrap_or("");
        !digits.is_empty() && digits.parse().is_ok_and(|count: usize| count > MOST_TEXTS) || digits.len() > 19
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::write::SimpleFileOptions;

    fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            archive.start_file(*name, SimpleFileOptions::default()).expect("a part");
            archive.write_all(bytes).expect("its bytes");
        }
        archive.finish().expect("an archive").into_inner()
    }

    fn why(parts: &[(&str, &[u8])]) -> String {
        require_small(&zipped(parts)).expect_err("too large").to_string()
    }

    #[test]
    fn what_unpacks_to_more_than_it_may_is_refused_whatever_it_is_called() {
        for name in ["xl/sharedStrings.xml", "xl/media/image1.png"] {
            let bomb = zipped(&[(name, &vec![b' '; 65 * 1024 * 1024])]);
            assert!(bomb.len() < 200_000);
            let error = require_small(&bomb).expect_err("a bomb");
            assert!(error.to_string().contains("unpacks to more"), "{error}");
        }
        assert!(require_small(&[b"\xd0\xcf\x11\xe0".as_slice(), &zipped(&[("a.xml", b"<a/>")])].concat()).is_err());
        let half = vec![b' '; 33 * 1024 * 1024];
        assert!(why(&[("a.xml", &half), ("b.bin", &half)]).contains("unpacks to more"), "together");
    }

    /// Room for as many texts as a list announces is made at once: with this one the process would have ended.
    #[test]
    fn a_list_that_announces_a_billion_texts_is_not_believed() {
        for list in [
            "<sst uniqueCount=\"100000000000\"><si><t>a</t></si></sst>",
            "<?xml version=\"1.0\"?><x:sst count=\"1\" uniqueCount = '9223372036854775807'/>",
            "<sst uniqueCount=\"1\" uniqueCount=\"99999999999999999999999\"/>",
            "a text<!-- sst --><sst\n  uniqueCount=\"1000001\"/>",
        ] {
            assert!(why(&[("xl/sharedStrings.xml", list.as_bytes())]).contains("too large"), "{list}");
        }
        let elsewhere = why(&[("any/SHAREDSTRINGS.XML", b"<sst uniqueCount=\"100000000000\"/>")]);
        assert!(elsewhere.contains("too large"), "wherever the workbook says that it is");
        let honest = "<sst count=\"12\" uniqueCount=\"2\"><si><t>uniqueCount=\"100000000000\"</t></si></sst>";
        assert!(require_small(&zipped(&[("xl/sharedStrings.xml", honest.as_bytes())])).is_ok());
    }

    #[test]
    fn what_takes_more_room_than_it_is_written_with_is_counted() {
        let many = |tag: &str, count: usize| format!("<a>{}</a>", tag.repeat(count)).into_bytes();
        assert!(why(&[("xl/sharedStrings.xml", &many("<si/>", MOST_TEXTS + 1))]).contains("too large"));
        assert!(why(&[("xl/styles.xml", &many("<xf/>", MOST_MARKS + 1))]).contains("too large"));
        assert!(why(&[("any.png", &many("<sheet name=\"a\"/>", MOST_MARKS + 1))]).contains("too large"));
        let long = format!("<fonts><font><name val=\"{}\"/></font></fonts>", "x".repeat(LONGEST_TAG));
        assert!(why(&[("xl/styles.xml", long.as_bytes())]).contains("longer than"));
        let way = format!("<Relationships><Relationship Target=\"{}\"/></Relationships>", "x".repeat(LONGEST_TAG));
        assert!(why(&[("xl/_rels/workbook.xml.rels", way.as_bytes())]).contains("longer than"));
        let fair = zipped(&[("xl/styles.xml", &many("<xf/>", MOST_MARKS)), ("xl/worksheets/sheet1.xml", &many("<c/>", 200_000))]);
        assert!(require_small(&fair).is_ok());
    }
}
