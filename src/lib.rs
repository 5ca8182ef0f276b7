//! Core of `edge-downstream`.
pub mod sas;
