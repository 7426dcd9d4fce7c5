//! Running other programs: shown as they run, and kept for counting.

use crate::problem::{Context, Outcome, Problem};
use std::{
    io::{Read, Write},
    process::{Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
};

/// What a program printed and how it ended.
pub struct Ran {
    pub status: ExitStatus,
    /// Standard output and error in the order they came, without colours.
    pub text: String,
}

/// Runs to the end, showing the output while keeping it.
pub fn shown(command: &mut Command) -> Outcome<Ran> {
    let name = named(command);
    println!("$ {name}");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context(|| format!("starting `{name}`"))?;
    let kept = Arc::new(Mutex::new(Vec::new()));
    let out = child.stdout.take().map(|pipe| tee(pipe, kept.clone()));
    let err = child.stderr.take().map(|pipe| tee(pipe, kept.clone()));
    let status = child.wait().context(|| format!("waiting for `{name}`"))?;
    for reader in [out, err].into_iter().flatten() {
        reader.join().map_err(|_| Problem::new(format!("reading the output of `{name}`")))?;
    }
    let bytes = kept.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(Ran { status, text: plain(&String::from_utf8_lossy(&bytes)) })
}

/// Runs to the end, showing the output; anything but success is a problem.
pub fn checked(command: &mut Command) -> Outcome<Ran> {
    let name = named(command);
    let ran = shown(command)?;
    if ran.status.success() {
        Ok(ran)
    } else {
        Err(Problem::new(format!("`{name}` ended with {}", ran.status)))
    }
}

/// Runs silently; gives standard output, or a problem with what was printed to standard error.
pub fn quiet(command: &mut Command) -> Outcome<Vec<u8>> {
    let name = named(command);
    let output = command.stdin(Stdio::null()).output();
    let output = output.context(|| format!("starting `{name}`"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let printed = String::from_utf8_lossy(&output.stdout);
    Err(Problem::new(format!("`{name}` ended with {}\n{printed}{said}", output.status)))
}

fn named(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn tee<R: Read + Send + 'static>(
    mut pipe: R,
    kept: Arc<Mutex<Vec<u8>>>,
) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let mut buffer = [0; 8192];
        while let Ok(read @ 1..) = pipe.read(&mut buffer) {
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.extend_from_slice(&buffer[..read]);
            // A closed terminal must not stop the tests.
            let _ = std::io::stdout().write_all(&buffer[..read]);
            let _ = std::io::stdout().flush();
        }
    })
}

/// Text without the terminal's colour sequences.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\u{1b}' {
            out.push(c);
        } else if chars.next() == Some('[') {
            // A control sequence ends with its first letter.
            for c in chars.by_ref() {
                if c.is_ascii_alphabetic() {
                    break;
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_taken_out() {
        assert_eq!(plain("\u{1b}[32m3 passed\u{1b}[39m (1s)"), "3 passed (1s)");
    }

    #[test]
    fn output_is_kept_and_failure_reported() {
        let ran = shown(Command::new("sh").args(["-c", "echo out; echo err >&2; exit 3"])).unwrap();
        assert_eq!(ran.status.code(), Some(3));
        assert!(ran.text.contains("out") && ran.text.contains("err"));
        assert!(checked(&mut Command::new("false")).is_err());
        assert_eq!(quiet(Command::new("echo").arg("hi")).unwrap(), b"hi\n");
    }
}
