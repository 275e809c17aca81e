//! The one style sheet, served at `/style.css`.

use sha2::{Digest, Sha256};

use crate::templates::{TemplateError, Templates};

/// How long a browser may keep it without asking.
pub const CACHE_CONTROL: &str = "public, max-age=3600";

/// The style sheet, and the tag that tells its versions apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// Its text.
    pub css: String,
    /// Its entity tag with quotation marks (RFC 9110, section 8.8.3): it changes
    /// when, and only when, the style sheet does.
    pub etag: String,
}

impl Style {
    /// The built-in style sheet, or the one that replaces it.
    ///
    /// # Errors
    /// Where the replacing file is not readable as a template.
    pub fn load(templates: &Templates) -> Result<Style, TemplateError> {
        let css = templates.render("web/style.css", &serde_json::json!({}))?;
        let digest = Sha256::digest(css.as_bytes());
        let hex: String = digest
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Ok(Style {
            css,
            etag: format!("\"{hex}\""),
        })
    }

    /// Whether an `If-None-Match` header names this version, so that 304 is the answer.
    pub fn is_current(&self, if_none_match: &str) -> bool {
        let mut tags = if_none_match.split(',').map(str::trim);
        tags.any(|tag| tag == "*" || tag.trim_start_matches("W/") == self.etag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style() -> Style {
        Style::load(&Templates::load(None).unwrap()).unwrap()
    }

    #[test]
    fn a_browser_that_has_it_is_told_so() {
        let style = style();
        let cases = [
            (style.etag.clone(), true),
            (format!("W/{}", style.etag), true),
            (format!("\"other\", {}", style.etag), true),
            ("*".to_owned(), true),
            ("\"other\"".to_owned(), false),
            (String::new(), false),
        ];
        for (header, expected) in cases {
            assert_eq!(style.is_current(&header), expected, "{header}");
        }
    }

    #[test]
    fn it_fetches_nothing() {
        let css = style().css;
        assert!(
            css.contains(":focus-visible") && !css.contains("url(") && !css.contains("@import")
        );
    }
}
