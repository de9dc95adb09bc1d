//! Tools that serve one task after the other, as many of them as there are tasks at a time.

use std::sync::{Mutex, PoisonError};

/// So few pages or files are dealt with before looking whether somebody else has nothing to do.
pub const FEW: usize = 8;

/// What is costly to make, and to have one of for each task.
#[derive(Debug, Default)]
pub struct Pool<T> {
    idle: Mutex<Vec<T>>,
}

impl<T: Default> Pool<T> {
    /// Does a task with a tool that no other task has meanwhile.
    pub fn with<R>(&self, task: impl FnOnce(&mut T) -> R) -> R {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let mut tool = idle().pop().unwrap_or_default();
        let result = task(&mut tool);
        idle().push(tool);
        result
    }

    /// All tools that there were tasks for.
    pub fn into_tools(self) -> Vec<T> {
        self.idle
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use rayon::prelude::*;

    use super::Pool;

    #[test]
    fn no_task_is_lost_and_no_tool_is_shared() {
        let pool: Pool<Vec<usize>> = Pool::default();
        (0..1000).into_par_iter().with_max_len(1).for_each(|task| {
            pool.with(|tool| tool.push(task));
        });
        let mut tools = pool.into_tools();
        assert!(tools.len() <= rayon::current_num_threads());
        let mut done: Vec<usize> = tools.drain(..).flatten().collect();
        done.sort_unstable();
        assert!(done.into_iter().eq(0..1000));
    }
}
