//! The terminal while the board is on it. It is put back as it was on every way out: a key, a
//! signal, an error, a panic.

use super::board::Board;
use super::draw::{Each, draw};
use super::table::Sight;
use crate::engine::Lasting;
use crate::signal::stop_signal;
use anyhow::{Context, Result};
use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::time::Duration;

/// How soon a new board or a signal is seen.
const LOOK: Duration = Duration::from_millis(100);

/// Shows the board, and looks anew every `interval`.
pub fn watch(mut server: Lasting, interval: Duration) -> Result<()> {
    let stop = stop_signal()?;
    // The first look comes before the screen is taken: what is wrong then can simply be said.
    let board = server.ask(Board::read)?;
    let (boards, _looking) = look_again(server, interval);
    let taken = ratatui::try_init().inspect_err(|_| ratatui::restore());
    let mut terminal = taken.context("the terminal cannot show a board")?;
    let shown = show(&mut terminal, board, &boards, &stop);
    ratatui::restore();
    shown
}

type Look = Result<Board>;

/// Looks every `interval` beside the screen, so that a slow answer holds up no key. Ends when
/// what it gave is dropped.
fn look_again(mut server: Lasting, interval: Duration) -> (Receiver<Look>, Sender<()>) {
    let (send, boards) = channel();
    let (looking, end) = channel();
    std::thread::spawn(move || {
        while let Err(RecvTimeoutError::Timeout) = end.recv_timeout(interval) {
            if send.send(server.ask(Board::read)).is_err() {
                return;
            }
        }
    });
    (boards, looking)
}

fn show(
    terminal: &mut DefaultTerminal,
    mut board: Board,
    boards: &Receiver<Look>,
    stop: &Receiver<()>,
) -> Result<()> {
    let (mut tops, mut sights, mut stale) = (Each::default(), Each::default(), true);
    while stop.try_recv() == Err(TryRecvError::Empty) {
        match boards.try_recv() {
            Ok(Ok(latest)) => (board, stale) = (latest, true),
            // The old figures stay in sight, with what is wrong instead of their time.
            Ok(Err(error)) => (board.at, stale) = (format!("{error:#}"), true),
            Err(_) => {}
        }
        if stale {
            terminal.draw(|frame| sights = draw(frame, &board, tops))?;
            // Fewer lines, or more room for them, than there were.
            tops.iter_mut().zip(sights).for_each(|(top, sight)| *top = sight.beyond.min(*top));
            stale = false;
        }
        if event::poll(LOOK)? {
            match event::read()? {
                Event::Key(key) if leaves(key) => return Ok(()),
                Event::Key(key) => (tops, stale) = (all_scrolled(key, tops, sights), true),
                Event::Resize(..) => stale = true,
                _ => {}
            }
        }
    }
    Ok(())
}

/// All tables move at once, each by pages of its own: so none of their lines is passed over.
pub(super) fn all_scrolled(key: KeyEvent, tops: Each<usize>, sights: Each<Sight>) -> Each<usize> {
    std::array::from_fn(|table| scrolled(key, tops[table], sights[table]))
}

/// The line that a table begins with after this key.
fn scrolled(key: KeyEvent, top: usize, sight: Sight) -> usize {
    if key.kind == KeyEventKind::Release {
        return top;
    }
    let page = sight.room.max(1);
    let top = match key.code {
        KeyCode::Down | KeyCode::Char('j') => top + 1,
        KeyCode::Up | KeyCode::Char('k') => top.saturating_sub(1),
        KeyCode::PageDown | KeyCode::Char(' ') => top + page,
        KeyCode::PageUp => top.saturating_sub(page),
        KeyCode::Home => 0,
        KeyCode::End => sight.beyond,
        _ => top,
    };
    top.min(sight.beyond)
}

fn leaves(key: KeyEvent) -> bool {
    let ctrl_c = key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL);
    let quits = matches!(key.code, KeyCode::Char('q') | KeyCode::Esc);
    key.kind == KeyEventKind::Press && (ctrl_c || quits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn these_keys_scroll_as_far_as_there_is_anything() {
        let sight = Sight { room: 10, beyond: 15 };
        let press = |top, code| scrolled(KeyEvent::new(code, KeyModifiers::NONE), top, sight);
        assert_eq!((press(0, KeyCode::Down), press(3, KeyCode::Char('j'))), (1, 4));
        assert_eq!((press(0, KeyCode::Up), press(3, KeyCode::Char('k'))), (0, 2));
        assert_eq!((press(0, KeyCode::PageDown), press(10, KeyCode::PageDown)), (10, 15));
        assert_eq!((press(15, KeyCode::PageUp), press(5, KeyCode::PageUp)), (5, 0));
        assert_eq!((press(0, KeyCode::End), press(9, KeyCode::Home)), (15, 0));
        assert_eq!(press(4, KeyCode::Enter), 4);
    }

    #[test]
    fn these_keys_leave_and_others_do_not() {
        let key = |code, modifiers| leaves(KeyEvent::new(code, modifiers));
        assert!(key(KeyCode::Char('q'), KeyModifiers::NONE));
        assert!(key(KeyCode::Esc, KeyModifiers::NONE));
        assert!(key(KeyCode::Char('c'), KeyModifiers::CONTROL));
        assert!(!key(KeyCode::Char('c'), KeyModifiers::NONE));
        assert!(!key(KeyCode::Enter, KeyModifiers::NONE));
    }
}
