#![allow(clippy::unwrap_used)]
use super::*;
use libdeflater::{CompressionLvl, Compressor};

/// A JPEG whose left half is red and right half blue, with an EXIF block that says how it is turned and where it was taken.
pub fn phone_photo(width: u32, height: u32, orientation: u8) -> Vec<u8> {
    let picture =
        image::RgbImage::from_fn(width, height, |x, _| image::Rgb(if x < width / 2 { [220, 20, 20] } else { [20, 20, 220] }));
    let plain = encode(&DynamicImage::ImageRgb8(picture), 85).unwrap();
    // TIFF, big endian; IFD0 with two entries: orientation, and a pointer to a GPS directory of one entry.
    let mut tiff: Vec<u8> = b"MM\0\x2a\0\0\0\x08\0\x02".to_vec();
    tiff.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    tiff.extend([0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38, 0, 0, 0, 0]);
    tiff.extend([0, 1, 0, 1, 0, 2, 0, 0, 0, 2, b'N', 0, 0, 0, 0, 0, 0, 0]);
    let mut segment = b"Exif\0\0".to_vec();
    segment.extend(tiff);
    let mut bytes = plain[..2].to_vec();
    bytes.extend([0xff, 0xe1]);
    bytes.extend(u16::try_from(segment.len() + 2).unwrap().to_be_bytes());
    bytes.extend(segment);
    bytes.extend(&plain[2..]);
    bytes
}

#[test]
fn a_phones_picture_is_turned_upright_and_loses_its_exif() {
    // Orientation 6: the camera was held upright, the picture must be turned a quarter clockwise.
    let picture = process(&phone_photo(4000, 3000, 6)).unwrap();
    assert_eq!((picture.width, picture.height), (1440, 1920));
    assert!(!picture.full.windows(4).any(|w| w == b"Exif"), "no EXIF is left");
    let read = image::load_from_memory(&picture.full).unwrap().to_rgb8();
    assert!(read.get_pixel(700, 100).0[0] > 150, "what was left is on top now");
    assert!(read.get_pixel(700, 1800).0[2] > 150);
    let thumb = image::load_from_memory(&picture.thumb).unwrap();
    assert_eq!((thumb.width(), thumb.height()), (180, 240));
}

#[test]
fn small_pictures_stay_as_large_as_they_are() {
    let picture = process(&phone_photo(300, 200, 1)).unwrap();
    assert_eq!((picture.width, picture.height), (300, 200));
    let tiny = process(&phone_photo(60, 40, 1)).unwrap();
    let thumb = image::load_from_memory(&tiny.thumb).unwrap();
    assert_eq!((thumb.width(), thumb.height()), (60, 40));
}

#[test]
fn transparent_drawings_lie_on_white() {
    let mut bytes = Vec::new();
    DynamicImage::ImageRgba8(image::RgbaImage::new(20, 20)).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    let picture = process(&bytes).unwrap();
    assert!(image::load_from_memory(&picture.full).unwrap().to_rgb8().get_pixel(5, 5).0[0] > 240);
}

#[test]
fn every_refusal_says_why() {
    let why = |bytes: &[u8]| process(bytes).err().unwrap();
    assert_eq!(why(b""), PhotoError::Empty);
    assert_eq!(why(b"GIF89a\x01\0\x01\0\0\0\0;"), PhotoError::Format);
    assert_eq!(why(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), PhotoError::Format);
    assert_eq!(why(&vec![0; MAX_BYTES + 1]), PhotoError::TooLarge);
    let photo = phone_photo(400, 300, 1);
    assert_eq!(why(&photo[..200]), PhotoError::Broken);
    // A header that promises 60,000 × 60,000 pixels is believed before a byte of it is decoded.
    assert!(matches!(why(&png_head(60_000, 60_000, 8, 2)), PhotoError::Pixels | PhotoError::Broken));
    // As is one of 36 million pixels of eight bytes each.
    assert_eq!(why(&png_head(6_000, 6_000, 16, 6)), PhotoError::Pixels);
    // And a ribbon that is no longer a picture, whichever way it lies.
    assert_eq!(why(&png_head(1, MAX_SIDE + 1, 8, 0)), PhotoError::Pixels);
    assert_eq!(why(&png_head(MAX_SIDE + 1, 1, 8, 0)), PhotoError::Pixels);
}

#[test]
fn what_a_picture_says_of_its_colours_is_only_so_much() {
    let mut zlib = Compressor::new(CompressionLvl::new(6).unwrap());
    let mut plain = Vec::new();
    DynamicImage::ImageRgb8(image::RgbImage::new(8, 8)).write_to(&mut Cursor::new(&mut plain), ImageFormat::Png).unwrap();
    for (unpacked, kept) in [(1024 * 1024, true), (33 * 1024 * 1024, false)] {
        let mut packed = vec![0; zlib.zlib_compress_bound(unpacked)];
        let length = zlib.zlib_compress(&vec![0; unpacked], &mut packed).unwrap();
        let chunk = [b"iCCPa\0\0".as_slice(), &packed[..length]].concat();
        let (size, sum) = (u32::try_from(chunk.len() - 4).unwrap().to_be_bytes(), crc(&chunk).to_be_bytes());
        // After the signature and the head.
        let bytes = [&plain[..33], &size[..], &chunk[..], &sum[..], &plain[33..]].concat();
        assert!(bytes.len() < 100_000, "{}", bytes.len());
        // It is a picture all the same.
        assert!(process(&bytes).is_ok(), "{unpacked}");
        let profile = decoder(&bytes).unwrap().icc_profile().unwrap();
        assert_eq!(profile.map(|profile| profile.len()), kept.then_some(unpacked));
    }
}

#[tokio::test]
async fn whoever_goes_away_while_a_picture_is_decoded_makes_no_room_for_a_third() {
    let store = PhotoStore::new(Arc::new(object_store::memory::InMemory::new()), StorePath::default());
    let photo = bytes::Bytes::from(phone_photo(4000, 3000, 1));
    let mut asked: Vec<_> = (0..2).map(|_| Box::pin(store.process(photo.clone()))).collect();
    for one in &mut asked {
        assert!(futures::poll!(one).is_pending());
    }
    drop(asked);
    assert_eq!(store.decoding.available_permits(), 0, "both are decoded to their end");
    let both = tokio::time::timeout(std::time::Duration::from_secs(60), store.decoding.acquire_many(2));
    assert!(both.await.unwrap().is_ok(), "and their places are free then");
}

/// A PNG up to its first pixel.
fn png_head(width: u32, height: u32, depth: u8, colour: u8) -> Vec<u8> {
    let mut head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    head.extend(width.to_be_bytes());
    head.extend(height.to_be_bytes());
    head.extend([depth, colour, 0, 0, 0]);
    head.extend(crc(&head[12..29]).to_be_bytes());
    head.extend(b"\0\0\0\0IDAT");
    head
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { c >> 1 ^ 0xedb8_8320 } else { c >> 1 })
    })
}
