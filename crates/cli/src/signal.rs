//! Hearing SIGINT and SIGTERM without being ended by them.

use crate::engine::runtime;
use anyhow::Result;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::mpsc::{Receiver, channel};
use std::task::Poll;

/// Hears the signals from its return on: says so once the process is asked to stop.
pub fn stop_signal() -> Result<Receiver<()>> {
    let (send, receive) = channel();
    let (listens, listening) = channel();
    let runtime = runtime()?;
    std::thread::spawn(move || {
        runtime.block_on(async {
            let mut signal = pin!(server::stop_signal());
            // The first poll registers for the signals; before it, one would end the process.
            let asked = poll_fn(|context| Poll::Ready(signal.as_mut().poll(context))).await;
            let _ = listens.send(());
            if asked.is_pending() {
                signal.await;
            }
        });
        // Nobody listens any more when the command has ended by itself.
        let _ = send.send(());
    });
    listening.recv()?;
    Ok(receive)
}
