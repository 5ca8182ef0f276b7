//! Linker set-up for a Node-API add-on.

fn main() {
    napi_build::setup();
}
