//! The folder of policies is part of the binary (`src/policies.rs`): a changed file must build it anew.

fn main() {
    println!("cargo::rerun-if-changed=../policies");
}
