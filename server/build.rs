//! Embeds the frontend anew whenever the site was built anew.

fn main() {
    println!("cargo:rerun-if-changed=../target/site/manifest.json");
}
