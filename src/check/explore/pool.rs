//! Graphs whose memory is used again: a run makes and drops several, and allocates none.

use super::graph::Graph;

/// The most graphs whose memory is kept.
const MOST: usize = 1_000;

/// Graphs that nobody wants any more.
#[derive(Debug, Default)]
pub(super) struct Pool(Vec<Box<Graph>>);

impl Pool {
    /// A copy, made in used memory.
    pub(super) fn copy(&mut self, graph: &Graph) -> Box<Graph> {
        let mut copy = self.0.pop().unwrap_or_default();
        (*copy).clone_from(graph);
        copy
    }

    /// The graph is not wanted any more.
    pub(super) fn give_back(&mut self, graph: Box<Graph>) {
        // A worker that gets graphs from others gives back more than it takes.
        if self.0.len() < MOST {
            self.0.push(graph);
        }
    }
}
