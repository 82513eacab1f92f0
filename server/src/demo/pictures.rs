//! Pictures for demo issues, drawn by the project: a road under a sky, with what the problem is about.

use super::Dice;
use crate::photos::{Picture, process};
use anyhow::Result;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use std::io::Cursor;

/// What a picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scene {
    /// Water on the road.
    Puddle,
    /// A street lamp that gives no light.
    Lamp,
    /// A hall and the road before its gate.
    Hall,
}

impl Scene {
    pub const ALL: &[Scene] = &[Scene::Puddle, Scene::Lamp, Scene::Hall];

    /// What pictures of problems of a category show; `None` where there is nothing of it to be photographed.
    pub fn of(category: &str) -> Option<Scene> {
        match category {
            "drainage" => Some(Scene::Puddle),
            "street" => Some(Scene::Lamp),
            "logistics" | "order" | "sewage" => Some(Scene::Hall),
            _ => None,
        }
    }
}

/// Draws one; the same dice draw the same, and are thrown as often whatever it shows. Of rows and columns only every `coarse`-th
/// is drawn: for data that nobody looks at.
pub fn draw(dice: &mut Dice, scene: Scene, coarse: u32) -> Result<Picture> {
    let (width, height) = (960u32, 720u32);
    let horizon = 250 + u32::try_from(dice.below(120))?;
    let sky = [[176, 206, 222], [205, 213, 218], [150, 178, 200]][dice.below(3)];
    let ground = [[120, 118, 112], [140, 132, 118], [104, 110, 108]][dice.below(3)];
    let (puddle_x, puddle_y) = (200 + u32::try_from(dice.below(560))?, horizon + 160 + u32::try_from(dice.below(120))?);
    let (wall_x, wall_w) = (u32::try_from(dice.below(600))?, 160 + u32::try_from(dice.below(200))?);
    // Where it is about the hall, it is the larger part of the picture.
    let hall = scene == Scene::Hall;
    let (wall_x, wall_w) = if hall { (wall_x / 3, wall_w * 2) } else { (wall_x, wall_w) };
    let gate = wall_x + wall_w / 2;
    let wall_top = horizon - 120 - u32::try_from(dice.below(80))?;
    let pole = 60 + u32::try_from(dice.below(820))?;
    let grain: Vec<i16> = (0..4096).map(|_| i16::try_from(dice.below(13)).unwrap_or(0) - 6).collect();
    let picture = RgbImage::from_fn(width / coarse, height / coarse, |x, y| {
        let (x, y) = (x * coarse, y * coarse);
        let base = if y < horizon {
            if (wall_x..wall_x + wall_w).contains(&x) && y > wall_top {
                // A hall with windows.
                if hall && x.abs_diff(gate) < 60 && y + 90 > horizon {
                    [108, 116, 120]
                } else if (x - wall_x) % 48 > 28 && (y - wall_top) % 60 > 34 {
                    [92, 118, 132]
                } else {
                    [214, 208, 196]
                }
            } else {
                sky
            }
        } else {
            let (dx, dy) = (i64::from(x) - i64::from(puddle_x), (i64::from(y) - i64::from(puddle_y)) * 3);
            if scene == Scene::Puddle && dx * dx + dy * dy < 190 * 190 {
                [126, 152, 168]
            } else if (x + y / 3).is_multiple_of(240) || (y > horizon + 90 && y < horizon + 98 && x % 120 < 70) {
                [226, 222, 208]
            } else {
                ground
            }
        };
        let mast = x.abs_diff(pole) < 4 && y > horizon - 220 && y < horizon + 40;
        let arm = (pole..pole + 60).contains(&x) && (horizon - 220..horizon - 212).contains(&y);
        let lamp = (pole + 32..pole + 68).contains(&x) && (horizon - 212..horizon - 200).contains(&y);
        let base = if mast || scene == Scene::Lamp && (arm || lamp) { [70, 76, 80] } else { base };
        let noise = grain[((x.wrapping_mul(31) ^ y.wrapping_mul(17)) % 4096) as usize];
        Rgb(base.map(|value: u8| u8::try_from((i16::from(value) + noise).clamp(0, 255)).unwrap_or(value)))
    });
    let mut bytes = Vec::new();
    DynamicImage::ImageRgb8(picture).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Jpeg)?;
    Ok(process(&bytes)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_of_different_scenes_differ_and_leave_the_dice_alike() {
        let mut drawn = Vec::new();
        let mut next = Vec::new();
        for scene in Scene::ALL {
            let mut dice = Dice::new(3);
            drawn.push(draw(&mut dice, *scene, 4).unwrap().full);
            next.push(dice.roll());
        }
        assert!(drawn[0] != drawn[1] && drawn[1] != drawn[2] && drawn[0] != drawn[2]);
        assert!(next.iter().all(|roll| *roll == next[0]), "what comes after is the same");
    }
}
