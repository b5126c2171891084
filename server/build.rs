//! Makes the server notice a newly built user interface.

fn main() {
    // The interface's folder is missing in a fresh clone. An empty one lets cargo watch it; where it cannot be made,
    // the server is built without an interface all the same.
    let made = std::fs::create_dir_all("ui/dist");
    if made.is_ok() {
        println!("cargo:rerun-if-changed=ui/dist");
    }
    println!("cargo:rerun-if-changed=build.rs");
}
