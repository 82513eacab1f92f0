//! Photos: decoded within limits, turned upright, re-encoded without EXIF (position and all), stored with a thumbnail. Files beside them
//! ([`document`]) are stored as they came.

pub mod document;

use anyhow::{Context, Result};
use futures::stream::BoxStream;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use object_store::path::Path as StorePath;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use std::io::Cursor;
use std::sync::Arc;
use tokio::sync::Semaphore;
use uuid::Uuid;

/// The largest file that is taken, in bytes.
pub const MAX_BYTES: usize = domain::issue::MAX_PHOTO_BYTES as usize;
/// The most pixels that are decoded.
const MAX_PIXELS: u64 = 50_000_000;
/// The longest side that is taken, in pixels: a ribbon of the same area takes a hundred times as long to shrink.
const MAX_SIDE: u32 = 30_000;
/// The most bytes of a decoded picture: a pixel of a photo has three or four, one of a scanner may have eight.
const MAX_DECODED: u64 = 4 * MAX_PIXELS;
/// The most bytes that a picture takes beside its pixels: its colours' profile is packed, and 400 kilobytes of it may be 400 megabytes.
const MAX_BESIDE: u64 = 32 * 1024 * 1024;
/// The longest side of what is kept.
const SIDE: u32 = 1920;
/// The longest side of a thumbnail: 80 px on a screen of density 3.
const THUMB: u32 = 240;

/// Why a file is not taken, to the person who sent it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhotoError {
    /// Too many bytes.
    #[error("超过 10 MB，请压缩后再传")]
    TooLarge,
    /// Neither a picture of the three formats nor a document.
    #[error("不是图片（JPEG、PNG、WebP）、PDF、Word（docx）或 Excel（xlsx）文件")]
    Format,
    /// A document of before 2007, or one that a password locks.
    #[error("是旧版或加密的 Word、Excel 文件，请另存为 docx、xlsx 或 PDF 后再传")]
    Old,
    /// A document with macros.
    #[error("含有宏，为了安全不能收，请另存为不含宏的 docx、xlsx 或 PDF 后再传")]
    Macros,
    /// A document that cannot be read.
    #[error("文件已损坏，打不开")]
    BrokenFile,
    /// The scanner says no, or nothing.
    #[error("{0}")]
    Unsafe(&'static str),
    /// Too many pixels.
    #[error("像素太多（最多 5000 万），请缩小后再传")]
    Pixels,
    /// Broken.
    #[error("图片已损坏，打不开")]
    Broken,
    /// More than an account may send in a day.
    #[error("没有收下：今天上传的照片和文件太多，请明天再传")]
    TooMany,
    /// Nothing in it.
    #[error("是空文件")]
    Empty,
}

/// A picture ready to be stored.
pub struct Picture {
    /// JPEG bytes.
    pub full: Vec<u8>,
    /// JPEG bytes.
    pub thumb: Vec<u8>,
    /// Pixels of `full`.
    pub width: u32,
    /// Pixels of `full`.
    pub height: u32,
}

/// Reads the head of a picture, within limits of what it is and takes.
fn decoder(bytes: &[u8]) -> Result<impl ImageDecoder + '_, PhotoError> {
    // What the bytes are, not what the name says.
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| PhotoError::Broken)?;
    if !matches!(reader.format(), Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) {
        return Err(PhotoError::Format);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_BESIDE);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|_| PhotoError::Broken)?;
    let (width, height) = decoder.dimensions();
    let large = width.max(height) > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS;
    if large || decoder.total_bytes() > MAX_DECODED {
        return Err(PhotoError::Pixels);
    }
    Ok(decoder)
}

/// Decodes, turns, shrinks and encodes.
///
/// # Errors
/// [`PhotoError`], a sentence.
pub fn process(bytes: &[u8]) -> Result<Picture, PhotoError> {
    if bytes.is_empty() {
        return Err(PhotoError::Empty);
    }
    if bytes.len() > MAX_BYTES {
        return Err(PhotoError::TooLarge);
    }
    let mut decoder = decoder(bytes)?;
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| PhotoError::Broken)?;
    // Shrink first: turning 12 megapixels costs more than turning two.
    picture = shrink(picture, SIDE);
    picture.apply_orientation(orientation);
    // JPEG knows no transparency; over black a drawing would vanish.
    let full = flatten(&picture);
    let (width, height, large) = (full.width(), full.height(), encode(&full, 82)?);
    Ok(Picture { width, height, full: large, thumb: encode(&shrink(full, THUMB), 75)? })
}

/// Fits a picture into a square; `thumbnail` alone would enlarge a small one.
fn shrink(picture: DynamicImage, side: u32) -> DynamicImage {
    if picture.width().max(picture.height()) > side { picture.thumbnail(side, side) } else { picture }
}

fn flatten(picture: &DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return DynamicImage::ImageRgb8(picture.to_rgb8());
    }
    let rgba = picture.to_rgba8();
    let over = |value: u8, alpha: u8| {
        let alpha = u16::from(alpha);
        u8::try_from((u16::from(value) * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
    };
    DynamicImage::ImageRgb8(image::RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [r, g, b, a] = rgba.get_pixel(x, y).0;
        image::Rgb([over(r, a), over(g, a), over(b, a)])
    }))
}

fn encode(picture: &DynamicImage, quality: u8) -> Result<Vec<u8>, PhotoError> {
    let mut bytes = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, quality);
    picture.write_with_encoder(encoder).map_err(|_| PhotoError::Broken)?;
    Ok(bytes)
}

/// Something stored on its way to whoever asked for it: a slow reader holds a piece of it, and not all of it.
pub struct Outgoing {
    /// How many bytes it has.
    pub length: u64,
    /// All of them, in order.
    pub pieces: BoxStream<'static, object_store::Result<bytes::Bytes>>,
}

/// Where pictures are kept, and how many may be decoded at once.
#[derive(Clone)]
pub struct PhotoStore {
    objects: Arc<dyn ObjectStore>,
    prefix: StorePath,
    decoding: Arc<Semaphore>,
}

impl PhotoStore {
    /// Where these settings say.
    ///
    /// # Errors
    /// When the folder cannot be made, or the URL does not fit.
    pub fn of(config: &crate::config::Config) -> Result<PhotoStore> {
        match &config.photos {
            Some(url) => PhotoStore::url(url),
            None => PhotoStore::folder(&config.data.join("photos")),
        }
    }

    /// A folder.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn folder(path: &std::path::Path) -> Result<PhotoStore> {
        std::fs::create_dir_all(path).with_context(|| format!("cannot make the folder {}", path.display()))?;
        let objects = object_store::local::LocalFileSystem::new_with_prefix(path)?.with_fsync(true);
        Ok(PhotoStore::new(Arc::new(objects), StorePath::default()))
    }

    /// Anything `object_store` knows by URL; its options come from the environment.
    ///
    /// # Errors
    /// When the URL or its options do not fit.
    pub fn url(url: &str) -> Result<PhotoStore> {
        let parsed = reqwest::Url::parse(url).context("QIFU_PHOTOS is not a URL")?;
        let options = std::env::vars().map(|(name, value)| (name.to_lowercase(), value));
        let (objects, prefix) = object_store::parse_url_opts(&parsed, options)
            .context("QIFU_PHOTOS: this kind of store is not built in (see docs/OPERATIONS.md)")?;
        Ok(PhotoStore::new(Arc::from(objects), prefix))
    }

    fn new(objects: Arc<dyn ObjectStore>, prefix: StorePath) -> PhotoStore {
        // A picture takes up to 200 MB while it is decoded.
        PhotoStore { objects, prefix, decoding: Arc::new(Semaphore::new(2)) }
    }

    fn path(&self, id: Uuid, thumb: bool) -> StorePath {
        // Two levels, so that no folder grows to millions.
        let name = id.simple().to_string();
        let file = if thumb { format!("{name}-thumb.jpg") } else { format!("{name}.jpg") };
        self.prefix.clone().join(name[30..].to_owned()).join(file)
    }

    /// Decodes off the async threads, two at a time.
    ///
    /// # Errors
    /// Inside: [`PhotoError`]. Outside: the process is going down.
    pub async fn process(&self, bytes: bytes::Bytes) -> Result<Result<Picture, PhotoError>> {
        let place = self.decoding.clone().acquire_owned().await?;
        let decoding = tokio::task::spawn_blocking(move || {
            // Whoever sent it may be gone: it is decoded to its end all the same, and takes its place until then.
            let _place = place;
            process(&bytes)
        });
        Ok(decoding.await?)
    }

    /// Stores a picture under an id; it is on disk when this returns.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn put(&self, id: Uuid, picture: Picture) -> Result<()> {
        self.objects.put(&self.path(id, true), PutPayload::from(picture.thumb)).await?;
        self.objects.put(&self.path(id, false), PutPayload::from(picture.full)).await?;
        Ok(())
    }

    /// The bytes of a picture or its thumbnail.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn get(&self, id: Uuid, thumb: bool) -> Result<bytes::Bytes> {
        Ok(self.objects.get(&self.path(id, thumb)).await?.bytes().await?)
    }

    /// A picture on its way out.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn open(&self, id: Uuid) -> Result<Outgoing> {
        self.outgoing(&self.path(id, false)).await
    }

    fn file_path(&self, id: Uuid) -> StorePath {
        let name = id.simple().to_string();
        self.prefix.clone().join("files").join(name[30..].to_owned()).join(name)
    }

    /// Stores a file as it came (申报材料, 附件); it is on disk when this returns.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn put_file(&self, id: Uuid, bytes: bytes::Bytes) -> Result<()> {
        self.objects.put(&self.file_path(id), PutPayload::from(bytes)).await?;
        Ok(())
    }

    /// A file on its way out.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn open_file(&self, id: Uuid) -> Result<Outgoing> {
        self.outgoing(&self.file_path(id)).await
    }

    async fn outgoing(&self, path: &StorePath) -> Result<Outgoing> {
        let found = self.objects.get(path).await?;
        Ok(Outgoing { length: found.meta.size, pieces: found.into_stream() })
    }

    /// Removes a file; what is not there is as good as removed.
    pub async fn remove_file(&self, id: Uuid) {
        if let Err(error) = self.objects.delete(&self.file_path(id)).await {
            tracing::debug!(%id, %error, "a file could not be removed");
        }
    }

    /// Removes a picture; what is not there is as good as removed.
    pub async fn remove(&self, id: Uuid) {
        for thumb in [true, false] {
            if let Err(error) = self.objects.delete(&self.path(id, thumb)).await {
                tracing::debug!(%id, %error, "a picture could not be removed");
            }
        }
    }
}

#[cfg(test)]
mod tests;
