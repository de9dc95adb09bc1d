//! How far a long piece of work is, on a terminal and only there.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::commands::thousands;

/// Work shorter than this is over before anybody wonders.
const PATIENCE: Duration = Duration::from_millis(500);

/// A counter that shows itself on standard error once the work takes long.
pub struct Progress {
    done: Arc<AtomicUsize>,
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Starts counting to `total`.
    pub fn start(doing: &'static str, total: usize) -> Progress {
        let done = Arc::new(AtomicUsize::new(0));
        if !std::io::stderr().is_terminal() {
            return Progress {
                done,
                stop: None,
                thread: None,
            };
        }
        let (stop, stopped) = mpsc::channel::<()>();
        let counter = Arc::clone(&done);
        let thread = std::thread::spawn(move || {
            let mut wait = PATIENCE;
            let mut shown = false;
            while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                wait = Duration::from_millis(100);
                let done = thousands(counter.load(Ordering::Relaxed));
                eprint!("\r{doing} {done} of {}", thousands(total));
                std::io::stderr().flush().ok();
                shown = true;
            }
            if shown {
                eprint!("\r\x1b[K");
            }
        });
        Progress {
            done,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// One more is done.
    pub fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes the line away.
    pub fn finish(mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}
