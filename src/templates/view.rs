//! The templates of one language, or of one community in one language, compiled.

use std::collections::BTreeMap;

use handlebars::{Handlebars, RenderError};
use serde::Serialize;

use super::phrase::Phrases;
use super::{Source, TemplateError};

/// Compiled templates by the short names that they know one another by, as
/// `confirm.txt` and `layout.html`.
///
/// Names ending in `.html` escape what they show, all others do not, so there are
/// two registries.
pub(super) struct View {
    html: Handlebars<'static>,
    plain: Handlebars<'static>,
    /// Where each template was read from, for messages.
    origins: BTreeMap<String, String>,
    pub(super) phrases: Phrases,
}

impl View {
    pub(super) fn new() -> View {
        let mut html = Handlebars::new();
        html.set_strict_mode(true);
        html.set_prevent_indent(true);
        let mut plain = Handlebars::new();
        plain.set_strict_mode(true);
        plain.register_escape_fn(handlebars::no_escape);
        View {
            html,
            plain,
            origins: BTreeMap::new(),
            phrases: Phrases::new(),
        }
    }

    /// Compiles a template, or says where it is broken: `FILE:LINE:COL: …`.
    pub(super) fn add(&mut self, name: &str, source: &Source) -> Result<(), String> {
        let registry = if name.ends_with(".html") {
            &mut self.html
        } else {
            &mut self.plain
        };
        let added = registry.register_template_string(name, &source.text);
        self.origins.insert(name.to_owned(), source.origin.clone());
        added.map_err(|error| {
            let (line, column) = error.pos().unwrap_or((1, 1));
            format!("{}:{line}:{column}: {}", source.origin, error.reason())
        })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.origins.contains_key(name)
    }

    /// Renders a template. What ends in `.subject` comes back as one line.
    pub(super) fn render(
        &self,
        name: &str,
        context: &impl Serialize,
    ) -> Result<String, TemplateError> {
        if !self.has(name) {
            return Err(TemplateError::Unknown(name.to_owned()));
        }
        let registry = if name.ends_with(".html") {
            &self.html
        } else {
            &self.plain
        };
        let rendered = registry.render(name, context);
        let text = rendered.map_err(|error| self.explain(name, &error))?;
        Ok(if name.ends_with(".subject") {
            one_line(&text)
        } else {
            text
        })
    }

    fn explain(&self, name: &str, error: &RenderError) -> TemplateError {
        let name = error.template_name.as_deref().unwrap_or(name);
        TemplateError::Render {
            origin: self
                .origins
                .get(name)
                .map_or(name, String::as_str)
                .to_owned(),
            line: error.line_no.unwrap_or(1),
            column: error.column_no.unwrap_or(1),
            reason: error.reason().to_string(),
        }
    }
}

/// What the engine says of a field that the context does not have.
pub(super) const MISSING_FIELD: &str = "in strict mode";

fn one_line(text: &str) -> String {
    let printable = text.split(|c: char| c.is_whitespace() || c.is_control());
    printable
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
