use super::*;
use std::fs;
use std::os::unix::fs::PermissionsExt;

fn lines(from: u32, to: u32) -> Vec<u8> {
    (from..to).map(|n| format!("line {n:03}\n")).collect::<String>().into_bytes()
}

/// One line of [`lines`] in bytes.
const LINE: u64 = 9;

#[test]
fn appends_to_a_file_only_its_owner_reads() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("decisions.jsonl");
    let mut journal = Journal::new(path.clone(), 0, 3);
    journal.append(&lines(0, 2)).unwrap();
    drop(journal);
    Journal::new(path.clone(), 0, 3).append(&lines(2, 3)).unwrap();
    assert_eq!(fs::read(&path).unwrap(), lines(0, 3));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn rotates_by_size_and_keeps_so_many() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("d");
    let mut journal = Journal::new(path.clone(), 2 * LINE, 2);
    // One append may fill several files; then several appends one file.
    journal.append(&lines(0, 5)).unwrap();
    journal.append(&lines(5, 6)).unwrap();
    journal.append(&lines(6, 7)).unwrap();
    assert_eq!(fs::read(&path).unwrap(), lines(6, 7));
    assert_eq!(fs::read(dir.path().join("d.1")).unwrap(), lines(4, 6));
    assert_eq!(fs::read(dir.path().join("d.2")).unwrap(), lines(2, 4));
    assert!(!dir.path().join("d.3").exists());
    journal.append(&lines(7, 9)).unwrap();
    assert_eq!(fs::read(dir.path().join("d.1")).unwrap(), lines(6, 8));
    assert_eq!(fs::read(&path).unwrap(), lines(8, 9));
}

#[test]
fn a_line_larger_than_a_file_has_one_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("d");
    let mut journal = Journal::new(path.clone(), 20, 5);
    journal.append(&lines(0, 1)).unwrap();
    let long = format!("{}\n", "x".repeat(100)).into_bytes();
    journal.append(&[long.clone(), lines(1, 2)].concat()).unwrap();
    assert_eq!(fs::read(dir.path().join("d.2")).unwrap(), lines(0, 1));
    assert_eq!(fs::read(dir.path().join("d.1")).unwrap(), long);
    assert_eq!(fs::read(&path).unwrap(), lines(1, 2));
}

#[test]
fn a_rotation_that_fails_costs_no_line() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("d");
    // A directory that is not empty stands where the file would go.
    fs::create_dir_all(dir.path().join("d.1/full")).unwrap();
    let mut journal = Journal::new(path.clone(), LINE, 1);
    journal.append(&lines(0, 3)).unwrap();
    assert!(journal.rotation_fails);
    assert_eq!(fs::read(&path).unwrap(), lines(0, 3));
    fs::remove_dir_all(dir.path().join("d.1")).unwrap();
    journal.append(&lines(3, 4)).unwrap();
    assert!(!journal.rotation_fails);
    assert_eq!(fs::read(&path).unwrap(), lines(3, 4));
    assert_eq!(fs::read(dir.path().join("d.1")).unwrap(), lines(0, 3));
}

#[test]
fn rotation_fills_the_first_gap_only() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("d");
    fs::write(&path, "now\n").unwrap();
    fs::write(dir.path().join("d.1"), "one\n").unwrap();
    fs::write(dir.path().join("d.3"), "three\n").unwrap();
    Journal::new(path, 1, 3).rotate().unwrap();
    let read = |name: &str| fs::read_to_string(dir.path().join(name)).unwrap();
    assert_eq!((read("d.1"), read("d.2"), read("d.3")), ("now\n".into(), "one\n".into(), "three\n".into()));
}

#[test]
fn a_file_moved_or_deleted_by_others_is_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("d");
    let mut journal = Journal::new(path.clone(), 0, 1);
    journal.append(&lines(0, 1)).unwrap();
    fs::rename(&path, dir.path().join("moved")).unwrap();
    journal.append(&lines(1, 2)).unwrap();
    assert_eq!(fs::read(&path).unwrap(), lines(1, 2));
    fs::remove_file(&path).unwrap();
    journal.append(&lines(2, 3)).unwrap();
    assert_eq!(fs::read(&path).unwrap(), lines(2, 3));
    assert_eq!(fs::read(dir.path().join("moved")).unwrap(), lines(0, 1));
}

#[test]
fn a_line_that_a_crash_cut_in_two_does_not_spoil_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("d");
    fs::write(&path, "{\"v\":1,\"half").unwrap();
    Journal::new(path.clone(), 0, 1).append(&lines(0, 1)).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"v\":1,\"half\nline 000\n");
}

#[test]
fn two_writers_of_one_file_are_one_too_many() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("d");
    let mut first = Journal::new(path.clone(), 0, 1);
    first.open().unwrap();
    let mut second = Journal::new(path, 0, 1);
    let failed = second.append(&lines(0, 1)).unwrap_err();
    assert!(failed.error.to_string().contains("another process"), "{}", failed.error);
    drop(first);
    second.append(&lines(0, 1)).unwrap();
}

#[test]
fn a_directory_and_a_full_device_fail() {
    let dir = tempfile::tempdir().unwrap();
    assert!(Journal::new(dir.path().to_owned(), 0, 1).open().is_err());
    let mut full = Journal::new("/dev/full".into(), 1, 1);
    full.open().unwrap();
    let failed = full.append(&lines(0, 3)).unwrap_err();
    assert_eq!((failed.written, failed.error.kind()), (0, io::ErrorKind::StorageFull));
}

/// Takes so many bytes, then fails once, then takes all.
struct Stingy {
    taken: Vec<u8>,
    room: Option<usize>,
}

impl Write for Stingy {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = match &mut self.room {
            None => bytes.len(),
            Some(0) => {
                self.room = None;
                return Err(io::ErrorKind::StorageFull.into());
            }
            Some(room) => {
                let count = bytes.len().min(*room);
                *room -= count;
                count
            }
        };
        self.taken.extend_from_slice(&bytes[..count]);
        Ok(count)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_stream_that_fails_anywhere_loses_and_doubles_no_line() {
    let all = lines(0, 4);
    for room in 0..all.len() {
        let mut stream = Lines::new(Stingy { taken: Vec::new(), room: Some(room) });
        let failed = stream.append(&all).unwrap_err();
        // A line that lacks its newline alone counts as written: the newline comes first with the next.
        assert_eq!(failed.written, (room + 1) / 9 * 9);
        stream.append(&all[failed.written..]).unwrap();
        let text = String::from_utf8(stream.out.taken).unwrap();
        // The line that was cut in two is there in part, alone on its line, and then in full.
        let whole: String = text.split_inclusive('\n').filter(|line| line.len() == 9).collect();
        assert_eq!(whole.as_bytes(), all, "after {room} bytes: {text:?}");
    }
}

#[test]
fn what_fits_is_whole_lines() {
    let three = lines(0, 3);
    assert_eq!(fitting(&three, 0, 100), 27);
    assert_eq!(fitting(&three, 0, 26), 18);
    assert_eq!(fitting(&three, 10, 20), 9);
    assert_eq!(fitting(&three, 15, 20), 0);
    assert_eq!(fitting(&three, 25, 20), 0);
    assert_eq!(fitting(&three, 0, 5), 9);
}
