//! What is run: a scenario on a declared structure, or a program.

use super::execute::{self, Context};
use super::scenario::Scenario;
use super::spec::Structure;
use crate::sync::host::Arc;
use std::any::Any;

/// One execution, from creation to the verdict. Panics if something is wrong.
#[derive(Clone)]
pub(super) struct Body {
    run: Arc<dyn Fn(&Context) + Send + Sync>,
    /// The scenario, if it has one.
    #[cfg_attr(not(shuttle), allow(dead_code))]
    pub(super) declared: Option<Arc<dyn Declared>>,
}

/// A scenario on a structure, whatever their types.
#[cfg_attr(not(shuttle), allow(dead_code))]
pub(super) trait Declared: Send + Sync {
    /// The same with less in it: each smaller by one operation.
    fn smaller(&self) -> Vec<Body>;

    /// The scenario as it would be written down, in the crate of this name.
    fn source(&self, within: Option<&str>) -> String;

    /// Whether operations may wait for ever, by the specification.
    #[cfg(shuttle)]
    fn may_wait_for_ever(&self) -> bool;

    /// With this scenario, if it has the same operations.
    fn on(&self, scenario: &dyn Any) -> Option<Body>;
}

struct Of<S: Structure> {
    structure: Arc<S>,
    scenario: Scenario<S::Op>,
}

impl<S: Structure> Declared for Of<S> {
    fn smaller(&self) -> Vec<Body> {
        let smaller = self.scenario.smaller().into_iter();
        smaller.map(|less| Body::of(Arc::clone(&self.structure), less)).collect()
    }

    fn source(&self, within: Option<&str>) -> String {
        self.scenario.source(within)
    }

    #[cfg(shuttle)]
    fn may_wait_for_ever(&self) -> bool {
        super::waits::may_wait_for_ever(&*self.structure, &self.scenario)
    }

    fn on(&self, scenario: &dyn Any) -> Option<Body> {
        let scenario = scenario.downcast_ref::<Scenario<S::Op>>()?;
        Some(Body::of(Arc::clone(&self.structure), scenario.clone()))
    }
}

impl Body {
    pub(super) fn of<S: Structure>(structure: Arc<S>, scenario: Scenario<S::Op>) -> Self {
        let of = Arc::new(Of { structure, scenario });
        let ran = Arc::clone(&of);
        let run = move |context: &Context| execute::scenario(&ran.structure, &ran.scenario, context);
        Body { run: Arc::new(run), declared: Some(of) }
    }

    pub(super) fn program(program: impl Fn() + Send + Sync + 'static) -> Self {
        Body { run: Arc::new(move |context| execute::program(&program, context)), declared: None }
    }

    pub(super) fn run(&self, context: &Context) {
        (self.run)(context);
    }
}
