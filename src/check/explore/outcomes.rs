//! What the executions of a program return.

use super::checkpoint::Books;
use super::judge;
use super::replay::Program;
use crate::sync::Reuse;
use crate::sync::host::{Arc, Mutex};
use crate::sync::model::{self, Oracle, Settings, Strength};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A thread that takes more steps than this in one execution makes no progress: no thread of a model needs so many. Ten times
/// as many would be told as well, but not be made small in minutes.
pub(in crate::check) const STEP_LIMIT: u64 = 2_000;

/// An execution of `program`, of which `then` gets what it returns, when all of its threads have ended.
pub(super) fn execution<T: 'static>(
    program: Arc<impl Fn() -> T + Send + Sync + 'static>,
    reuse: Reuse,
    then: impl Fn(T) + Send + Sync + 'static,
) -> Program {
    Arc::new(move |recorded| {
        let oracle = Oracle::Engine(Rc::new(model::choose));
        let strength = Strength::Plain;
        model::begin(Settings { strength, oracle, reuse, step_limit: STEP_LIMIT, silent: !recorded });
        let outcome = program();
        if !judge::is_execution() {
            return;
        }
        if let Err(leak) = model::end() {
            panic!("{leak}");
        }
        then(outcome);
    })
}

/// What executions returned, and how many each.
pub(super) struct Outcomes<T>(Arc<Mutex<BTreeMap<T, u64>>>);

impl<T> Default for Outcomes<T> {
    fn default() -> Self {
        Outcomes(Arc::default())
    }
}

impl<T: Ord + Send + 'static> Outcomes<T> {
    /// An execution of `program`, whose outcome is counted.
    pub(super) fn count(
        &self,
        program: Arc<impl Fn() -> T + Send + Sync + 'static>,
        reuse: Reuse,
    ) -> Program {
        let outcomes = Arc::clone(&self.0);
        execution(program, reuse, move |outcome| {
            *outcomes.lock().expect("no panic under this lock").entry(outcome).or_default() += 1;
        })
    }

    /// All of it, for a checkpoint.
    pub(super) fn books(&self) -> Books
    where
        T: Serialize + DeserializeOwned,
    {
        let (saved, restored) = (Arc::clone(&self.0), Arc::clone(&self.0));
        let save = move || {
            let outcomes = saved.lock().expect("no panic under this lock");
            serde_json::to_value(outcomes.iter().collect::<Vec<_>>())
        };
        let restore = move |value| {
            let outcomes: Vec<(T, u64)> = serde_json::from_value(value)?;
            *restored.lock().expect("no panic under this lock") = outcomes.into_iter().collect();
            Ok(())
        };
        Books { save: Arc::new(save), restore: Arc::new(restore) }
    }

    /// Forgets all of it: another shard counts it.
    pub(super) fn forget(&self) -> Arc<dyn Fn() + Send + Sync> {
        let counted = Arc::clone(&self.0);
        Arc::new(move || counted.lock().expect("no panic under this lock").clear())
    }

    /// All of it.
    pub(super) fn take(self) -> BTreeMap<T, u64> {
        std::mem::take(&mut *self.0.lock().expect("no panic under this lock"))
    }
}
