//! The collector is a witness of its own: it does not link the core.

use std::process::Command;

#[test]
fn the_core_is_not_among_the_dependencies() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--package", "fewbits-collector", "--edges", "all"])
        .args([
            "--prefix",
            "none",
            "--format",
            "{p}",
            "--offline",
            "--locked",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&tree.stdout);
    assert!(
        tree.status.success(),
        "{}",
        String::from_utf8_lossy(&tree.stderr)
    );
    assert!(text.contains("fewbits-collector "), "{text}");
    assert!(text.contains("axum "), "{text}");
    let core = text.lines().find(|line| line.starts_with("fewbits "));
    assert_eq!(core, None);
}
