//! Pages: pure functions from what `api` read to a view. Each begins with who opens it, on what, wanting what.

pub mod desk;
