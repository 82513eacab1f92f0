//! Pictures for demo issues, drawn by the project: a road under a sky, with water, a pole or a wall.

use super::Dice;
use crate::photos::{Picture, process};
use anyhow::Result;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use std::io::Cursor;

/// Draws one; the same dice draw the same. Of rows and columns only every `coarse`-th is drawn: for data that nobody looks at.
pub fn draw(dice: &mut Dice, coarse: u32) -> Result<Picture> {
    let (width, height) = (960u32, 720u32);
    let horizon = 250 + u32::try_from(dice.below(120))?;
    let sky = [[176, 206, 222], [205, 213, 218], [150, 178, 200]][dice.below(3)];
    let ground = [[120, 118, 112], [140, 132, 118], [104, 110, 108]][dice.below(3)];
    let (puddle_x, puddle_y) = (200 + u32::try_from(dice.below(560))?, horizon + 160 + u32::try_from(dice.below(120))?);
    let (wall_x, wall_w) = (u32::try_from(dice.below(600))?, 160 + u32::try_from(dice.below(200))?);
    let wall_top = horizon - 120 - u32::try_from(dice.below(80))?;
    let pole = 60 + u32::try_from(dice.below(820))?;
    let grain: Vec<i16> = (0..4096).map(|_| i16::try_from(dice.below(13)).unwrap_or(0) - 6).collect();
    let picture = RgbImage::from_fn(width / coarse, height / coarse, |x, y| {
        let (x, y) = (x * coarse, y * coarse);
        let base = if y < horizon {
            if (wall_x..wall_x + wall_w).contains(&x) && y > wall_top {
                // A hall with windows.
                if (x - wall_x) % 48 > 28 && (y - wall_top) % 60 > 34 { [92, 118, 132] } else { [214, 208, 196] }
            } else {
                sky
            }
        } else {
            let (dx, dy) = (i64::from(x) - i64::from(puddle_x), (i64::from(y) - i64::from(puddle_y)) * 3);
            if dx * dx + dy * dy < 190 * 190 {
                [126, 152, 168]
            } else if (x + y / 3).is_multiple_of(240) || (y > horizon + 90 && y < horizon + 98 && x % 120 < 70) {
                [226, 222, 208]
            } else {
                ground
            }
        };
        let base = if x.abs_diff(pole) < 4 && y > horizon - 220 && y < horizon + 40 { [70, 76, 80] } else { base };
        let noise = grain[((x.wrapping_mul(31) ^ y.wrapping_mul(17)) % 4096) as usize];
        Rgb(base.map(|value: u8| u8::try_from((i16::from(value) + noise).clamp(0, 255)).unwrap_or(value)))
    });
    let mut bytes = Vec::new();
    DynamicImage::ImageRgb8(picture).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Jpeg)?;
    Ok(process(&bytes)?)
}
