//! The Node-API border of `edge-downstream`.
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

/// HMAC-SHA256 of `data` under `key`: 32 bytes.
#[napi(catch_unwind)]
pub fn sign(key: &[u8], data: &[u8]) -> Buffer {
    edge_downstream::sas::sign(key, data).to_vec().into()
}
