//! A model: what is run, what is expected of it, and what it claims.

use super::body::Body;
use super::progress::Progress;
use super::scenario::{Scenario, Shape, short_name};
use super::spec::Structure;
use crate::sync::host::Arc;
use crate::sync::{Choice, Reuse};
use std::fmt;

/// What explores or samples the executions of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// One thread, random operations, against the specification.
    Sequential,
    /// Real threads.
    Stress,
    /// loom as it is.
    LoomPlain,
    /// loom, with loads and stores as read-modify-writes.
    LoomStrong,
    /// shuttle, uniformly random schedules.
    ShuttleRandom,
    /// shuttle, probabilistic concurrency testing with one change of priorities (depth 2).
    ShuttlePct2,
    /// shuttle, the same with two (depth 3).
    ShuttlePct3,
    /// The explorer, sequentially consistent memory: every interleaving, up to what commutes.
    ExplorerSc,
    /// The explorer, C11's weak memory: every execution.
    ExplorerWeak,
}

impl Engine {
    /// The engines that run models in this build.
    pub const HERE: &'static [Engine] = if cfg!(loom) {
        &[Engine::LoomPlain, Engine::LoomStrong]
    } else if cfg!(shuttle) {
        &[
            Engine::ShuttleRandom,
            Engine::ShuttlePct2,
            Engine::ShuttlePct3,
            Engine::ExplorerSc,
            Engine::ExplorerWeak,
        ]
    } else {
        &[Engine::Stress]
    };

    /// The explorer, with each memory.
    pub(super) const EXPLORERS: [Engine; 2] = [Engine::ExplorerSc, Engine::ExplorerWeak];
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Engine::Sequential => "sequential",
            Engine::Stress => "stress",
            Engine::LoomPlain => "loom plain",
            Engine::LoomStrong => "loom strong",
            Engine::ShuttleRandom => "shuttle random",
            Engine::ShuttlePct2 => "shuttle PCT 2",
            Engine::ShuttlePct3 => "shuttle PCT 3",
            Engine::ExplorerSc => "explorer SC",
            Engine::ExplorerWeak => "explorer weak",
        })
    }
}

/// What a model expects of its engines.
#[derive(Clone, Debug)]
pub(super) enum Expect {
    /// Every execution of every engine is right.
    Holds,
    /// Each of these engines finds an execution that is wrong, and says one of these things about it.
    Fails { defect: String, by: Vec<Engine>, saying: Vec<&'static str> },
}

/// What is run, what is expected of it, and what it claims. See [`model!`](crate::model).
#[derive(Clone)]
#[must_use = "a model does nothing until it is checked"]
pub struct Model {
    pub(super) structure: String,
    pub(super) property: String,
    pub(super) expect: Expect,
    pub(super) may_be_capped: bool,
    #[cfg_attr(not(loom), allow(dead_code))]
    pub(super) executions: Option<u64>,
    pub(super) concurrent: bool,
    // Real threads can be told none of these three, shuttle not the first.
    #[cfg_attr(not(loom), allow(dead_code))]
    pub(super) preemptions: Option<usize>,
    #[cfg_attr(not(any(loom, shuttle)), allow(dead_code))]
    choices: Option<Vec<Choice>>,
    #[cfg_attr(not(any(loom, shuttle)), allow(dead_code))]
    pub(super) reuse: Reuse,
    pub(super) bodies: Vec<Body>,
    /// What the explorer runs instead, where `bodies` are too large for it.
    #[cfg_attr(not(shuttle), allow(dead_code))]
    pub(super) small_bodies: Option<Vec<Body>>,
    /// What the explorer demands besides.
    #[cfg_attr(not(shuttle), allow(dead_code))]
    pub(super) progress: Option<Progress>,
    /// The threads that may stop for that, if not all.
    #[cfg_attr(not(shuttle), allow(dead_code))]
    pub(super) stopping: Option<Vec<usize>>,
    /// The expression that it comes from, and the crate.
    #[cfg_attr(not(shuttle), allow(dead_code))]
    pub(super) source: Option<(&'static str, &'static str)>,
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Model");
        debug.field("structure", &self.structure).field("property", &self.property);
        debug.field("expect", &self.expect).finish_non_exhaustive()
    }
}

/// The name under which libtest knows the test at this path: without the crate.
pub(super) fn test_name(path: &str) -> &str {
    path.split_once("::").map_or(path, |(_, rest)| rest)
}

impl Model {
    /// What may be chosen in a model that holds, unless it says otherwise.
    #[cfg(any(loom, shuttle))]
    pub(super) const CHOICES: [Choice; 4] =
        [Choice::SpuriousFailure, Choice::SpuriousWakeUp, Choice::TimeOut, Choice::Panic];

    fn new(structure: String, property: &str, bodies: Vec<Body>) -> Self {
        Model {
            structure,
            property: property.into(),
            expect: Expect::Holds,
            may_be_capped: false,
            executions: None,
            concurrent: true,
            preemptions: None,
            choices: None,
            reuse: Reuse::Never,
            bodies,
            small_bodies: None,
            progress: None,
            stopping: None,
            source: None,
        }
    }

    /// `scenario` on a declared structure: each history is judged, nodes may not leak nor be used after free.
    pub fn of<S: Structure>(structure: S, scenario: Scenario<S::Op>) -> Self {
        let concurrent = scenario.threads.len() > 1;
        let body = Body::of(Arc::new(structure), scenario);
        let model = Self::new(short_name::<S::Sut>(), "linearizable", vec![body]);
        Model { concurrent, ..model }
    }

    /// Random scenarios on a declared structure: a few small ones under loom, with three preemptions at most, and under the
    /// explorer, more and larger ones under shuttle.
    pub fn random<S: Structure>(structure: S) -> Self {
        let structure = Arc::new(structure);
        let seed = super::Budget::get().seed();
        let bodies = |count: u64, shape: Shape| {
            let body = |nth| Body::of(Arc::clone(&structure), Scenario::random(seed ^ nth, shape));
            (0..count).map(body).collect()
        };
        let small = Shape { before: 2, threads: 2, operations: 2, after: 1 };
        let large = Shape { before: 3, threads: 3, operations: 3, after: 2 };
        let (here, explored) =
            if cfg!(loom) { (bodies(4, small), None) } else { (bodies(20, large), Some(bodies(20, small))) };
        let model = Self::new(short_name::<S::Sut>(), "linearizable", here);
        Model { small_bodies: explored, preemptions: Some(3), ..model }
    }

    /// Every way to deal operations to as many threads as there are `sizes`, of which each says how many one gets, up to
    /// an exchange of threads: as many scenarios, each with `before` and `after` around it. `operation` makes one from
    /// its kind, the thread and the how-many-eth it is there, so that values can be told apart.
    pub fn mixes<S: Structure>(
        structure: S,
        kinds: usize,
        sizes: &[usize],
        operation: impl Fn(usize, usize, usize) -> S::Op,
        around: Scenario<S::Op>,
    ) -> Self {
        let structure = Arc::new(structure);
        let hands = super::scenario::hands(kinds, sizes);
        let bodies = hands.into_iter().map(|hands| {
            let deal = |(thread, hand): (usize, Vec<usize>)| -> Vec<S::Op> {
                hand.into_iter().enumerate().map(|(nth, kind)| operation(kind, thread, nth)).collect()
            };
            let threads = hands.into_iter().enumerate().map(deal).collect();
            Body::of(Arc::clone(&structure), Scenario { threads, ..around.clone() })
        });
        Self::new(short_name::<S::Sut>(), "linearizable", bodies.collect())
    }

    /// Any program on the facade. It panics if something is wrong.
    pub fn program(structure: &str, property: &str, program: impl Fn() + Send + Sync + 'static) -> Self {
        Self::new(structure.into(), property, vec![Body::program(program)])
    }

    /// Names the property that the model is about. Without it: "linearizable".
    pub fn property(self, property: &str) -> Self {
        Model { property: property.into(), ..self }
    }

    /// Names the structure that the model is about. Without it: the name of its type.
    pub fn structure(self, structure: &str) -> Self {
        Model { structure: structure.into(), ..self }
    }

    /// This model has one thread only: nothing can overlap.
    pub fn sequential(self) -> Self {
        Model { concurrent: false, ..self }
    }

    /// Only executions with at most so many preemptions are explored (by loom).
    pub fn preemptions(self, most: usize) -> Self {
        Model { preemptions: Some(most), ..self }
    }

    /// At most so many executions (by loom and the explorer), if that is less than the usual cap: see
    /// [`capped`](Self::capped).
    pub fn at_most(self, executions: u64) -> Self {
        Model { executions: Some(executions), ..self }
    }

    /// Too large to be explored to the end: a run that is stopped before counts all the same, as incomplete.
    pub fn capped(self) -> Self {
        Model { may_be_capped: true, ..self }
    }

    /// The explorer also stops threads for ever, and demands that the others make this progress.
    pub fn progress(self, progress: Progress) -> Self {
        Model { progress: Some(progress), ..self }
    }

    /// Of the scenario's threads, counted from 0, these alone stop: where one waits for another by its contract, as to take
    /// from an empty queue does, that one has to go on.
    pub fn stopping(self, threads: impl IntoIterator<Item = usize>) -> Self {
        Model { stopping: Some(threads.into_iter().collect()), ..self }
    }

    /// How freed addresses come back. Without it: never, so that each use after free is noticed.
    pub fn reuse(self, reuse: Reuse) -> Self {
        Model { reuse, ..self }
    }

    /// The choices that the engine may make. Without it: all for a model that holds, none for a control.
    pub fn choices(self, choices: impl IntoIterator<Item = Choice>) -> Self {
        Model { choices: Some(choices.into_iter().collect()), ..self }
    }

    /// What [`model!`](crate::model) has read: for tests that are written from it.
    #[doc(hidden)]
    pub fn written(self, expression: &'static str, module: &'static str) -> Self {
        let within = module.split("::").next().unwrap_or(module);
        Model { source: Some((expression, within)), ..self }
    }

    /// What the explorer runs.
    #[cfg(shuttle)]
    pub(super) fn explored_bodies(&self) -> &[Body] {
        self.small_bodies.as_ref().unwrap_or(&self.bodies)
    }

    #[cfg(any(loom, shuttle))]
    pub(super) fn allowed_choices(&self) -> Vec<Choice> {
        match (&self.choices, &self.expect) {
            (Some(choices), _) => choices.clone(),
            (None, Expect::Holds) => Model::CHOICES.to_vec(),
            // A control is to fail of its own defect.
            (None, Expect::Fails { .. }) => Vec::new(),
        }
    }

    /// The same structure, on this scenario alone: a failure that was made small is told so.
    ///
    /// # Panics
    /// If the model is no structure's, or one whose operations are of another type.
    #[cfg(shuttle)]
    #[track_caller]
    pub fn on<Op: 'static>(self, scenario: Scenario<Op>) -> Self {
        let body = self.bodies.first().and_then(|body| body.declared.as_ref()?.on(&scenario));
        let body = body.unwrap_or_else(|| panic!("this model knows nothing of {}", short_name::<Op>()));
        Model { bodies: vec![body], small_bodies: None, ..self }
    }

    /// Makes the model a control for `defect`: it passes if each engine of this build that is in `by` finds an
    /// execution that is wrong, with a message that contains one of `saying`. Other engines may miss it.
    ///
    /// # Panics
    /// If no engine is named: nothing would have to find it.
    pub fn kills(
        self,
        defect: &str,
        by: impl IntoIterator<Item = Engine>,
        saying: impl IntoIterator<Item = &'static str>,
    ) -> Self {
        let by: Vec<Engine> = by.into_iter().collect();
        assert!(!by.is_empty(), "the control for {defect} demands nothing of any engine");
        let expect = Expect::Fails { defect: defect.into(), by, saying: saying.into_iter().collect() };
        Model { expect, ..self }
    }

    /// Runs the model under every engine of the build.
    ///
    /// # Panics
    /// If a run does not count: with the reason, the trace and the history.
    pub fn check(self, path: &str) {
        let path = test_name(path);
        #[cfg(loom)]
        if super::subprocess::run_as_child(&self) {
            return;
        }
        let mut faults = Vec::new();
        for &engine in Engine::HERE {
            #[cfg(loom)]
            let run = super::subprocess::run(&self, path, engine);
            #[cfg(not(loom))]
            let run = super::run::run(&self, path, engine);
            faults.extend(run.close(&self, path, engine));
        }
        assert!(faults.is_empty(), "\n{}", faults.join("\n\n"));
    }
}
