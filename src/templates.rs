//! Handlebars templates: embedded, and replaceable file by file.
//!
//! Templates carry no logic beyond conditions and loops, and see nothing but the
//! fields of the context they are given; a field that is not there is an error,
//! never an empty place. Names ending in `.html` escape what they show, all others
//! (`.txt`, `.subject`) do not, so there are two registries.

mod builtin;
pub mod mails;
mod overrides;
mod phrase;

pub use phrase::Phrase;

use std::collections::BTreeMap;
use std::path::Path;

use handlebars::{Handlebars, RenderError};
use serde::Serialize;
use serde_json::Value;

/// All templates, compiled.
pub struct Templates {
    html: Handlebars<'static>,
    plain: Handlebars<'static>,
    /// Where each template was read from, for messages.
    origins: BTreeMap<String, String>,
}

/// Why a template could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// No template has this name.
    #[error("there is no template {0}; a template of that name is needed")]
    Unknown(String),
    /// The template asks for what its context does not have.
    #[error("{origin}:{line}:{column}: {reason}")]
    Render {
        /// The file.
        origin: String,
        /// Its line, from 1.
        line: usize,
        /// Its column, from 1.
        column: usize,
        /// What is wrong.
        reason: String,
    },
}

/// One template's text and where it is from.
struct Source {
    text: String,
    origin: String,
}

impl Templates {
    /// Compiles the built-in templates. A file of the same name in `folder`
    /// replaces one of them; each mail's template is tried on its samples.
    ///
    /// # Errors
    /// One line for each file of `folder` that replaces nothing, cannot be read or
    /// compiled, or asks for a field its mail does not have: `FILE:LINE:COL: …`.
    pub fn load(folder: Option<&Path>) -> Result<Templates, Vec<String>> {
        let mut sources = builtin::sources();
        let mut errors = Vec::new();
        if let Some(folder) = folder {
            errors.extend(overrides::replace(folder, &mut sources));
        }
        let mut templates = Templates::empty();
        errors.extend(
            sources
                .into_iter()
                .filter_map(|(name, s)| templates.add(name, s).err()),
        );
        if errors.is_empty() {
            errors.extend(templates.try_samples(&mails::samples()));
        }
        if errors.is_empty() {
            Ok(templates)
        } else {
            Err(errors)
        }
    }

    /// Renders a template. What ends in `.subject` comes back as one line.
    ///
    /// # Errors
    /// [`TemplateError`] where there is no such template, or it asks for a field
    /// that the context does not have.
    pub fn render(&self, name: &str, context: &impl Serialize) -> Result<String, TemplateError> {
        if !self.origins.contains_key(name) {
            return Err(TemplateError::Unknown(name.to_owned()));
        }
        let rendered = self.registry(name).render(name, context);
        let text = rendered.map_err(|error| self.explain(name, &error))?;
        Ok(if name.ends_with(".subject") {
            one_line(&text)
        } else {
            text
        })
    }

    /// The names of all templates, in order: `en/confirm.txt`, `web/thread.html`.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.origins.keys().map(String::as_str)
    }

    /// Renders each named template with its sample and returns what failed, one
    /// line each: how `check` finds a wrong field before a reader does.
    pub fn try_samples(&self, samples: &[(String, Value)]) -> Vec<String> {
        let failed = samples.iter().filter_map(|(name, sample)| {
            let error = self.render(name, sample).err()?;
            let fields: Vec<&str> = sample.as_object()?.keys().map(String::as_str).collect();
            Some(format!(
                "{error}; the fields of {name} are {}",
                fields.join(", ")
            ))
        });
        failed.collect()
    }

    fn empty() -> Templates {
        let mut html = Handlebars::new();
        html.set_strict_mode(true);
        html.set_prevent_indent(true);
        let mut plain = Handlebars::new();
        plain.set_strict_mode(true);
        plain.register_escape_fn(handlebars::no_escape);
        Templates {
            html,
            plain,
            origins: BTreeMap::new(),
        }
    }

    fn registry(&self, name: &str) -> &Handlebars<'static> {
        if name.ends_with(".html") {
            &self.html
        } else {
            &self.plain
        }
    }

    fn add(&mut self, name: String, source: Source) -> Result<(), String> {
        let registry = if name.ends_with(".html") {
            &mut self.html
        } else {
            &mut self.plain
        };
        let added = registry
            .register_template_string(&name, &source.text)
            .map_err(|error| {
                let (line, column) = error.pos().unwrap_or((1, 1));
                format!("{}:{line}:{column}: {}", source.origin, error.reason())
            });
        self.origins.insert(name, source.origin);
        added
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

fn one_line(text: &str) -> String {
    let printable = text.split(|c: char| c.is_whitespace() || c.is_control());
    printable
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests;
