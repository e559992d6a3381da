//! The mutes and bans that hold, and their end.

use leptos::prelude::*;
use starling_protocol::Measure;

use super::members::named;
use super::part::{Times, alert};
use crate::page::settings::{MeasureView, RefusedForm};

/// The part "Bans and mutes".
pub(super) fn measures(
    base: &str,
    measures: Vec<MeasureView>,
    times: &Times,
    refused: Option<RefusedForm>,
) -> impl IntoView + use<> {
    let none =
        measures.is_empty().then(|| view! { <p class="empty">"Nobody is muted or banned."</p> });
    let entries = measures.into_iter().map(|measure| entry(base, measure, times)).collect_view();
    view! {
        {alert(refused)}
        {none}
        <ul class="entries">{entries}</ul>
    }
}

fn entry(base: &str, measure: MeasureView, times: &Times) -> impl IntoView + use<> {
    let MeasureView { user, name, measure, until, reason, by, at, may_end } = measure;
    let (kind, end) = match measure {
        Measure::Ban | Measure::Unban => ("banned", Measure::Unban),
        Measure::Mute | Measure::Unmute | Measure::Kick => ("muted", Measure::Unmute),
    };
    let name = name.unwrap_or_else(|| "Somebody who is gone".to_owned());
    let until = match until {
        Some(until) => view! { " until " {times.show(until)} }.into_any(),
        None => " until that is ended".into_any(),
    };
    let reason = (!reason.is_empty()).then(|| view! { <p>"“" <bdi>{reason}</bdi> "”"</p> });
    let ending = may_end.then(|| {
        let (value, words) = named(end);
        let label = format!("{words}: {name}");
        view! {
            <form method="post" action=format!("{base}/measure")>
                <input type="hidden" name="user" value=user.to_string()/>
                <input type="hidden" name="measure" value=value/>
                <button type="submit" class="quiet" aria-label=label>{words}</button>
            </form>
        }
    });
    view! {
        <li class="entry split">
            <div>
                <p><bdi class="person-name">{name}</bdi> " is " {kind} {until}</p>
                {reason}
                <p class="hint">"By " <bdi>{by}</bdi> ", " {times.show(at)}</p>
            </div>
            {ending}
        </li>
    }
}
