//! Tells rustdoc what rustc knows: `RUSTFLAGS="--cfg loom"` does not reach the documentation's examples by itself.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for engine in ["loom", "shuttle"] {
        if std::env::var_os(format!("CARGO_CFG_{}", engine.to_uppercase())).is_some() {
            println!("cargo::rustc-cfg={engine}");
        }
    }
}
