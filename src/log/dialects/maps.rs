//! Sets and maps. Nothing (`null`) is no value of a map: as an answer it says that there is none.

use crate::check::specs::{Map, MapOp, OrderedMap, OrderedMapOp, OrderedMapRet, Set, SetOp};
use crate::log::dialect::{Asked, Dialect, Signature, some};
use crate::log::{Part, Value};

const fn of_set(name: &'static str) -> Signature {
    Signature { name, takes: "[value]", answers: "true or false" }
}

impl Dialect for Set<Value> {
    const NAME: &'static str = "a set";
    const OPERATIONS: &'static [Signature] = &[of_set("insert"), of_set("remove"), of_set("contains")];
    const PARTS: Option<fn(Value) -> Part> = Some(Part::Element);

    fn op(asked: Asked<'_>) -> Option<SetOp<Value>> {
        let [value] = asked.args else { return None };
        match asked.op {
            "insert" => Some(SetOp::Insert(value.clone())),
            "remove" => Some(SetOp::Remove(value.clone())),
            "contains" => Some(SetOp::Contains(value.clone())),
            _ => None,
        }
    }

    fn ret(_: &SetOp<Value>, answer: &Value) -> Option<bool> {
        if let Value::Bool(bool) = answer { Some(*bool) } else { None }
    }

    fn answer(_: &SetOp<Value>, ret: &bool) -> Value {
        Value::Bool(*ret)
    }
}

const fn of_map(name: &'static str, takes: &'static str) -> Signature {
    Signature { name, takes, answers: "the value that the key had, or null" }
}

const GET: Signature = of_map("get", "[key]");
const INSERT: Signature = of_map("insert", "[key value], of which the value is not null");
const REMOVE: Signature = of_map("remove", "[key]");

impl Dialect for Map<Value, Value> {
    const NAME: &'static str = "a map";
    const OPERATIONS: &'static [Signature] = &[GET, INSERT, REMOVE];
    const PARTS: Option<fn(Value) -> Part> = Some(Part::Key);

    fn op(asked: Asked<'_>) -> Option<MapOp<Value, Value>> {
        match (asked.op, asked.args) {
            ("get", [key]) => Some(MapOp::Get(key.clone())),
            ("insert", [key, value]) => Some(MapOp::Insert(key.clone(), some(value)?)),
            ("remove", [key]) => Some(MapOp::Remove(key.clone())),
            _ => None,
        }
    }

    fn ret(_: &MapOp<Value, Value>, answer: &Value) -> Option<Option<Value>> {
        Some(some(answer))
    }

    fn answer(_: &MapOp<Value, Value>, ret: &Option<Value>) -> Value {
        ret.clone().unwrap_or_default()
    }
}

const fn of_ends(name: &'static str) -> Signature {
    Signature { name, takes: "no arguments", answers: "[key value], or null if there is none" }
}

const RANGE: Signature = Signature {
    name: "range",
    takes: "[from to], of which the second does not belong to it",
    answers: "a list of pairs [key value]",
};

/// The pair that a value is.
fn pair(value: &Value) -> Option<(Value, Value)> {
    let Value::List(pair) = value else { return None };
    let [key, value] = &pair[..] else { return None };
    Some((key.clone(), some(value)?))
}

fn unpaired((key, value): &(Value, Value)) -> Value {
    Value::List(vec![key.clone(), value.clone()])
}

impl Dialect for OrderedMap<Value, Value> {
    const NAME: &'static str = "an ordered map";
    const OPERATIONS: &'static [Signature] = &[GET, INSERT, REMOVE, of_ends("first"), of_ends("last"), RANGE];

    fn op(asked: Asked<'_>) -> Option<OrderedMapOp<Value, Value>> {
        match (asked.op, asked.args) {
            ("get", [key]) => Some(OrderedMapOp::Get(key.clone())),
            ("insert", [key, value]) => Some(OrderedMapOp::Insert(key.clone(), some(value)?)),
            ("remove", [key]) => Some(OrderedMapOp::Remove(key.clone())),
            ("first", []) => Some(OrderedMapOp::First),
            ("last", []) => Some(OrderedMapOp::Last),
            ("range", [from, to]) => Some(OrderedMapOp::Range(from.clone(), to.clone())),
            _ => None,
        }
    }

    fn ret(op: &OrderedMapOp<Value, Value>, answer: &Value) -> Option<OrderedMapRet<Value, Value>> {
        match (op, answer) {
            (OrderedMapOp::Get(_) | OrderedMapOp::Insert(..) | OrderedMapOp::Remove(_), answer) => {
                Some(OrderedMapRet::Value(some(answer)))
            }
            (OrderedMapOp::First | OrderedMapOp::Last, Value::Nil) => Some(OrderedMapRet::Entry(None)),
            (OrderedMapOp::First | OrderedMapOp::Last, answer) => {
                pair(answer).map(|entry| OrderedMapRet::Entry(Some(entry)))
            }
            (OrderedMapOp::Range(..), Value::List(entries)) => {
                entries.iter().map(pair).collect::<Option<_>>().map(OrderedMapRet::Entries)
            }
            (OrderedMapOp::Range(..), _) => None,
        }
    }

    fn answer(_: &OrderedMapOp<Value, Value>, ret: &OrderedMapRet<Value, Value>) -> Value {
        match ret {
            OrderedMapRet::Value(value) => value.clone().unwrap_or_default(),
            OrderedMapRet::Entry(entry) => entry.as_ref().map_or(Value::Nil, unpaired),
            OrderedMapRet::Entries(entries) => Value::List(entries.iter().map(unpaired).collect()),
        }
    }
}
