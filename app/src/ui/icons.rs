//! The drawn icon set: 24 px, lines of 1.5 px, made by the project.

use leptos::prelude::*;

/// An icon by name; it is decoration, the word beside it says it.
///
/// Inlined, so that a module has the drawings it names and not the whole set.
#[inline(always)]
#[expect(clippy::inline_always, reason = "a call with a name folds to its drawing only where it is inlined")]
pub fn icon(name: &str) -> AnyView {
    drawn(match name {
        "mark" => {
            "<path d='M3 15c2.5-2 4.5-2 7 0s4.500 2 7 0c1.400-1.100 2.700-1.600 4-1.500M3 19c2.500-2 4.500-2 7 0s4.500 2 7 0c1.400-1.100 2.700-1.600 4-1.500'/><path d='M7 11V6l5-3 5 3v5M12 11V8'/>"
        }
        "yuan" => "<circle cx='12' cy='12' r='8.500'/><path d='m9 8 3 4 3-4M12 12v5M9.500 13h5'/>",
        "home" => "<path d='M4 11 12 4l8 7v9h-5v-6H9v6H4z'/>",
        "list" => "<path d='M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01'/>",
        "file" => "<path d='M6 3h8l4 4v14H6zM14 3v4h4'/>",
        "plus" => "<path d='M12 5v14M5 12h14'/>",
        "bell" => "<path d='M6 17V11a6 6 0 0 1 12 0v6l1.500 1.500h-15zM10 21h4'/>",
        "person" => "<circle cx='12' cy='8' r='4'/><path d='M4.500 20.500c1-4 4-5.500 7.500-5.500s6.500 1.500 7.500 5.500'/>",
        "type" => "<path d='M3 7V5h11v2M8.500 5v14M7 19h3M14 13v-2h7v2M17.500 11v8'/>",
        "left" => "<path d='m14 6-6 6 6 6'/>",
        "right" => "<path d='m10 6 6 6-6 6'/>",
        "down" => "<path d='m6 10 6 6 6-6'/>",
        "check" => "<circle cx='12' cy='12' r='9'/><path d='m8 12 3 3 5-6'/>",
        "clock" => "<circle cx='12' cy='12' r='9'/><path d='M12 7v5l3.500 2'/>",
        "inbox" => "<path d='M4 13 6 5h12l2 8v6H4zM4 13h5l1 2h4l1-2h5'/>",
        "send" => "<path d='m4 12 16-8-5 16-3.500-6.500zM11.500 13.500 20 4'/>",
        "pen" => "<path d='M4 20h4L19 9l-4-4L4 16zM13 7l4 4'/>",
        "gear" => {
            "<circle cx='12' cy='12' r='3'/><path d='M12 3v3M12 18v3M3 12h3M18 12h3M5.600 5.600l2.200 2.200M16.200 16.200l2.200 2.200M5.600 18.400l2.200-2.200M16.200 7.800l2.200-2.200'/>"
        }
        "ask" => {
            "<circle cx='12' cy='12' r='9'/><path d='M9.500 9.500a2.500 2.500 0 1 1 3.500 2.300c-.700.400-1 .900-1 1.700M12 17h.01'/>"
        }
        "star" => "<path d='m12 4 2.500 5 5.500.800-4 3.900.900 5.500-4.900-2.600-4.900 2.600.900-5.500-4-3.900 5.500-.800z'/>",
        "cross" => "<circle cx='12' cy='12' r='9'/><path d='m9 9 6 6M15 9l-6 6'/>",
        "undo" => "<path d='M9 7 4 12l5 5M4 12h10a6 6 0 0 1 6 6'/>",
        "warn" => "<path d='M12 4 2.500 20h19zM12 10v5M12 17.500h.01'/>",
        "late" => "<circle cx='12' cy='12' r='9'/><path d='M12 7v6M12 16.500h.01'/>",
        "loop" => "<path d='M5 12a7 7 0 0 1 12-5l2 2M19 12a7 7 0 0 1-12 5l-2-2M19 4v5h-5M5 20v-5h5'/>",
        "sad" => {
            "<circle cx='12' cy='12' r='9'/><path d='M8.500 16c1-1.500 2-2 3.500-2s2.500.500 3.500 2M9 9.500h.01M15 9.500h.01'/>"
        }
        "pin" => {
            "<path d='M12 21c4-4.500 6-7.600 6-10.500a6 6 0 0 0-12 0c0 2.900 2 6 6 10.500z'/><circle cx='12' cy='10.500' r='2'/>"
        }
        "phone" => {
            "<path d='M6 3h3l1.500 5-2 1.500a12 12 0 0 0 6 6l1.500-2 5 1.500v3a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2z'/>"
        }
        "photo" => "<path d='M4 7h4l1.500-2h5L16 7h4v12H4z'/><circle cx='12' cy='13' r='3.500'/>",
        "search" => "<circle cx='11' cy='11' r='6.500'/><path d='m16 16 4.500 4.500'/>",
        "lock" => "<path d='M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3'/>",
        "out" => "<path d='M14 4H5v16h9M10 12h10M17 8.500l3.500 3.500-3.500 3.500'/>",
        "building" => "<path d='M5 21V4h9v17M14 10h5v11M3 21h18M8 8h3M8 12h3M8 16h3'/>",
        "swap" => "<path d='M4 8h14l-3-3M20 16H6l3 3'/>",
        _ => "<circle cx='12' cy='12' r='9'/>",
    })
}

fn drawn(path: &'static str) -> AnyView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false" inner_html=path></svg>
    }
    .into_any()
}

/// One of five faces for the rating, from very satisfied (0) to very dissatisfied (4).
pub fn face(level: usize) -> AnyView {
    let mouth = match level {
        0 => "<path d='M7 13.500h10c-.500 3-2.500 4.500-5 4.500s-4.500-1.500-5-4.500z'/>",
        1 => "<path d='M7.500 14c1 2 2.500 3 4.500 3s3.500-1 4.500-3'/>",
        2 => "<path d='M8 15.500h8'/>",
        3 => "<path d='M8 16.500c1-1.500 2.300-2 4-2s3 .500 4 2'/>",
        _ => "<path d='M7.500 17.500c1-2.500 2.500-3.500 4.500-3.500s3.500 1 4.500 3.500M7.500 8 10 9M16.500 8 14 9'/>",
    };
    let drawing = format!("<circle cx='12' cy='12' r='9.500'/><path d='M9 10.500h.01M15 10.500h.01'/>{mouth}");
    view! {
        <svg class="icon face" viewBox="0 0 24 24" width="36" height="36" aria-hidden="true" focusable="false" inner_html=drawing></svg>
    }
    .into_any()
}
