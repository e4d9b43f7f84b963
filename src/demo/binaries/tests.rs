use super::*;

#[test]
fn versions_are_read_as_postgres_prints_them() {
    assert_eq!(major("postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)\n"), Some(15));
    assert_eq!(major("postgres (PostgreSQL) 18beta1\n"), Some(18));
    assert_eq!(major("something else 15.2"), None);
    assert_eq!(major(""), None);
}

#[test]
fn the_newest_version_comes_first() {
    let parent = tempfile::tempdir().unwrap();
    for name in ["postgresql@9", "postgresql@17", "postgresql@15", "postgresql", "other"] {
        std::fs::create_dir(parent.path().join(name)).unwrap();
    }
    let names: Vec<_> = versions(parent.path(), "postgresql")
        .into_iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["postgresql@17", "postgresql@15", "postgresql@9", "postgresql"]);
    assert!(versions(Path::new("/no/such/place"), "").is_empty());
}

#[test]
fn a_directory_without_a_server_is_none() {
    assert_eq!(Binaries::at(tempfile::tempdir().unwrap().path()), None);
}
