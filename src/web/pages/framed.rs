//! A mail's HTML part as a document of its own, for a frame.

/// The document, around HTML that was made safe before. Mail is made for white paper,
/// also in a dark window. Its links open beside the page: the frame itself may show
/// nothing else.
pub fn framed(html: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"und\">\n<meta charset=\"utf-8\">\n<title>Mail</title>\n\
         <base target=\"_blank\">\n\
         <style>:root{{color-scheme:light;background:#fff;color:#000;\
         font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}}\
         table{{border-collapse:collapse}}td,th{{vertical-align:top;padding:.1rem .4rem}}\
         blockquote{{margin:0 0 0 .5rem;padding-left:.6rem;border-left:2px solid #aaa}}</style>\n{html}"
    )
}
