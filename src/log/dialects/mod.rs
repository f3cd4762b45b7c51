//! The specifications that are shipped, as logs name their operations. `docs/logs.md` lists them.

mod bags;
mod maps;
mod numbers;
mod registers;
