//! A drawing as a picture: PNG, for mail, whose readers show no SVG.

use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use super::periods::SHEET;

/// Pixels of the picture for each of the sheet, so that it is sharp on any screen.
const SCALE: u32 = 2;

/// Width and height of a picture, in pixels; it is meant to be shown at half of that.
pub const SIZE: (u32, u32) = (SHEET.0 * SCALE, SHEET.1 * SCALE);

/// A part of DejaVu Sans: a machine that serves mail has no fonts, and a picture shall look
/// the same wherever it is made.
const FONT: &[u8] = include_bytes!("../../../assets/fonts/DejaVuSans.ttf");

static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(FONT.to_vec());
    Arc::new(fonts)
});

/// The picture of a drawing; `None` where it is no drawing of ours.
pub(super) fn png(svg: &str) -> Option<Vec<u8>> {
    let options = Options {
        fontdb: FONTS.clone(),
        font_family: "DejaVu Sans".to_owned(),
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options).ok()?;
    let mut pixels = Pixmap::new(SIZE.0, SIZE.1)?;
    let scale = SCALE as f32;
    let larger = Transform::from_scale(scale, scale);
    resvg::render(&tree, larger, &mut pixels.as_mut());
    pixels.encode_png().ok()
}
