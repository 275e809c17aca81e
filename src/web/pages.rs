//! Pages as pure functions: what is to be seen becomes HTML through templates.
//!
//! Each page is a struct of what it shows. Nothing in it is HTML: the templates
//! escape every field, so that somebody else's bytes never become markup. The one exception
//! is a chart (`figure::Drawing`), which is drawn, and escaped, by `summaries::chart` alone.

pub mod community_front;
pub mod community_index;
pub mod definitions;
pub mod demo;
pub mod desk;
pub mod figure;
pub mod framed;
pub mod hold;
pub mod joining;
pub mod learnings;
pub mod message;
pub mod notice;
pub mod parts;
pub mod person;
pub mod post;
pub mod rsvp;
pub mod samples;
pub mod search;
pub mod survey;
pub mod thread;
pub mod unsubscribe;

use serde::Serialize;

use crate::templates::{TemplateError, Templates};
use parts::Link;

/// A page: its template below `templates/web/`, and what stands around it.
pub trait Page: Serialize {
    /// The name of its template.
    const TEMPLATE: &'static str;

    /// What the window is called.
    fn title(&self) -> String;

    /// The way here from the front page, outermost first.
    fn trail(&self) -> Vec<Link> {
        Vec::new()
    }

    /// The language of the page's content, as in `lang`.
    fn language(&self) -> &str {
        "en"
    }

    /// Whether search engines shall leave it alone: all that is not public.
    fn is_private(&self) -> bool {
        false
    }
}

/// What every page's template gets.
#[derive(Serialize)]
pub(crate) struct Frame<'a, P> {
    title: String,
    language: &'a str,
    is_private: bool,
    trail: Vec<Link>,
    page: &'a P,
}

/// Renders a page.
///
/// # Errors
/// Where a replaced template asks for what the page does not have.
pub fn render<P: Page>(templates: &Templates, page: &P) -> Result<String, TemplateError> {
    templates.render(P::TEMPLATE, &frame(page))
}

pub(crate) fn frame<P: Page>(page: &P) -> Frame<'_, P> {
    Frame {
        title: page.title(),
        language: page.language(),
        is_private: page.is_private(),
        trail: page.trail(),
        page,
    }
}

#[cfg(test)]
mod tests;
