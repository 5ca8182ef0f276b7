//! The Node-API border of `edge-downstream`: converts, enqueues, drains. No protocol knowledge lives here.
//!
//! Nothing crosses per message: JavaScript writes publishes into a slab of bytes and hands over whole batches, and is
//! woken once per burst to `drain` the ids of those that are done into an array of its own.

// Every public item here is an export to JavaScript; its contract is what `lib/native/binding.d.ts` shows.
#![warn(missing_docs)]

pub mod bell;
pub mod diagnosis;
mod events;
mod registry;
mod request;
mod session;
mod slab;

use std::path::Path;
use std::time::Duration;

use edge_downstream::failure::Failure;
use edge_downstream::tls::{self, Certificates};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

use crate::events::NativeFailure;

/// HMAC-SHA256 of `data` under `key`: 32 bytes.
#[napi(catch_unwind)]
pub fn sign(key: &[u8], data: &[u8]) -> Buffer {
    edge_downstream::sas::sign(key, data).to_vec().into()
}

/// Certificates found in an input, or why there are none.
#[napi(object, object_from_js = false)]
pub struct NativeCertificates {
    /// DER, in their order; empty beside a fault.
    pub certificates: Vec<Buffer>,
    /// What is wrong with the input.
    pub fault: Option<NativeCertificateFault>,
}

/// What is wrong with an input that should hold certificates.
#[napi(object, object_from_js = false)]
pub struct NativeCertificateFault {
    /// `no-certificate`, `private-key` or `broken`.
    pub kind: String,
    /// The line at fault, from 1.
    pub line: Option<u32>,
    /// For people.
    pub reason: String,
}

/// Reads certificates from PEM, with the usual accidents, or DER.
#[napi(catch_unwind)]
pub fn read_certificates(input: &[u8]) -> NativeCertificates {
    match tls::certificates::read(input) {
        Ok(found) => {
            NativeCertificates { certificates: found.into_iter().map(Buffer::from).collect(), fault: None }
        }
        Err(fault) => NativeCertificates {
            certificates: Vec::new(),
            fault: Some(NativeCertificateFault {
                kind: fault.as_str().to_owned(),
                line: fault.line().and_then(|line| u32::try_from(line).ok()),
                reason: fault.to_string(),
            }),
        },
    }
}

/// What a file of roots holds, as far as that could be found out in time.
#[napi(object, object_from_js = false)]
pub struct NativeRootFile {
    /// DER, in their order; absent where they could not be read in time.
    pub certificates: Option<Vec<Buffer>>,
    /// Why they could not be read (`roots-…`).
    pub failure: Option<NativeFailure>,
}

/// Reads a file of roots as a connection would, and blocks for `limit_ms` at most. With neither certificates nor a failure
/// reading goes on: a later connection may have it.
#[napi(catch_unwind)]
pub fn read_root_file(path: String, limit_ms: u32) -> NativeRootFile {
    match root_file(&path, limit_ms) {
        None => NativeRootFile { certificates: None, failure: None },
        Some(Err(failure)) => NativeRootFile { certificates: None, failure: Some(failure.into()) },
        Some(Ok(found)) => {
            let certificates = found.iter().map(|der| der.to_vec().into()).collect();
            NativeRootFile { certificates: Some(certificates), failure: None }
        }
    }
}

/// Why a file of roots cannot serve, if that can be said within `limit_ms`: the same without handing over what it holds.
#[napi(catch_unwind)]
pub fn look_at_root_file(path: String, limit_ms: u32) -> Option<NativeFailure> {
    root_file(&path, limit_ms)?.err().map(NativeFailure::from)
}

fn root_file(path: &str, limit_ms: u32) -> Option<Result<Certificates, Failure>> {
    tls::read_file(Path::new(path), Duration::from_millis(limit_ms.into()))
}
