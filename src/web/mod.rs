//! Pages, named noun_verb.

pub mod headers;
pub mod pages;
pub mod style;
pub mod text;

mod answer;
mod archive_entry;
mod archive_feed;
mod archive_front;
mod archive_search;
mod asked;
mod calendar_show;
mod community_list;
mod definition_list;
mod every_answer;
mod figure_show;
mod form_open;
mod desk_invite;
mod desk_show;
mod guest_end;
mod health_show;
mod hold_decide;
mod join_decide;
mod kind_end;
mod learning_list;
mod link_ask;
mod message_show;
mod metrics_show;
mod month_give;
mod part_show;
mod patience;
mod person_change;
mod person_mails;
mod person_said;
mod person_show;
mod person_view;
mod personal;
mod rsvp_form;
pub mod still;
mod style_show;
mod subscription_end;
mod survey_answer;
mod thread_show;
mod visitor;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tokio::sync::watch;

use crate::context::Context;
use crate::intake::Listener;
use patience::Patient;

/// All pages. Also begins to count for `/metrics`, once a process.
pub fn router(ctx: Context) -> Router {
    metrics_show::begin();
    Router::new()
        .route("/", get(community_list::show))
        .route("/definitions", get(definition_list::show))
        .route("/definitions/{version}", get(definition_list::show_one))
        .route("/c/{slug}", get(archive_front::lead))
        .route("/c/{slug}/", get(archive_front::show))
        .route("/c/{slug}/search", get(archive_search::show))
        .route("/c/{slug}/learnings", get(learning_list::show))
        .route("/c/{slug}/learnings.atom", get(learning_list::feed))
        .route("/c/{slug}/feed.atom", get(archive_feed::show))
        .route("/c/{slug}/calendar.ics", get(calendar_show::show))
        .route("/c/{slug}/mbox/{month}", get(month_give::show))
        .route("/f/{token}/calendar.ics", get(calendar_show::show_own))
        .route("/f/{token}/feed.atom", get(archive_feed::show_own))
        .route("/c/{slug}/t/{id}", get(thread_show::show))
        .route("/c/{slug}/m/{id}", get(message_show::show))
        .route("/c/{slug}/m/{id}/raw", get(message_show::download))
        .route("/c/{slug}/m/{id}/html", get(part_show::layout))
        .route("/c/{slug}/m/{id}/a/{part}", get(part_show::download))
        .route(
            "/u/{token}",
            get(subscription_end::show).post(subscription_end::end),
        )
        .route(
            "/hold/{token}",
            get(hold_decide::show).post(hold_decide::act),
        )
        .route(
            "/hold/{token}/{id}",
            get(hold_decide::show_one).post(hold_decide::act_one),
        )
        .route(
            "/join/{token}",
            get(join_decide::show).post(join_decide::act),
        )
        .route("/r/{token}", get(form_open::show).post(form_open::act))
        .route("/me", get(link_ask::lead))
        .route("/me/", get(link_ask::show).post(link_ask::ask))
        .route(
            "/me/{token}",
            get(person_show::show).post(person_change::change),
        )
        .route("/me/{token}/data.json", get(person_show::download))
        .route(
            "/desk/{token}",
            get(desk_show::show).post(desk_invite::invite),
        )
        .route(
            "/desk/{token}/hold/{id}",
            get(hold_decide::show_on_desk).post(hold_decide::act_on_desk),
        )
        .route(
            "/desk/{token}/join/{id}",
            get(join_decide::show_on_desk).post(join_decide::act_on_desk),
        )
        .route("/desk/{token}/figures/{metric}", get(figure_show::show))
        .route("/healthz", get(health_show::alive))
        .route("/readyz", get(health_show::ready))
        .route("/metrics", get(metrics_show::show))
        .route("/style.css", get(style_show::show))
        .fallback(answer::nothing)
        .layer(from_fn_with_state(ctx.clone(), every_answer::complete))
        .with_state(ctx)
}

/// Serves pages until told to stop; then what is being answered ends first.
pub async fn serve(socket: Listener, router: Router, mut stop: watch::Receiver<bool>) {
    let stopping = async move {
        let _ = stop.wait_for(|stopping| *stopping).await;
    };
    let ended = match socket {
        Listener::Tcp(socket) => {
            axum::serve(Patient::new(socket), router)
                .with_graceful_shutdown(stopping)
                .await
        }
        Listener::Unix(socket) => {
            axum::serve(Patient::new(socket), router)
                .with_graceful_shutdown(stopping)
                .await
        }
    };
    if let Err(error) = ended {
        tracing::error!(%error, "the pages ended");
    }
}

#[cfg(test)]
mod tests;
