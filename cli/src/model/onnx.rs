//! The part of the ONNX format that models use (onnx.proto3 of ONNX 1.18), kept by hand so that
//! no compiler of protocol buffers is needed. Unknown fields are passed over.

use prost::Message;

/// A file.
#[derive(Clone, PartialEq, Message)]
pub struct Model {
    #[prost(string, tag = "2")]
    pub producer: String,
    #[prost(string, tag = "3")]
    pub producer_version: String,
    #[prost(message, optional, tag = "7")]
    pub graph: Option<Graph>,
}

/// What is computed.
#[derive(Clone, PartialEq, Message)]
pub struct Graph {
    #[prost(message, repeated, tag = "1")]
    pub nodes: Vec<Node>,
    #[prost(message, repeated, tag = "5")]
    pub constants: Vec<Tensor>,
    #[prost(message, repeated, tag = "11")]
    pub inputs: Vec<Declared>,
    #[prost(message, repeated, tag = "12")]
    pub outputs: Vec<Declared>,
}

/// One step.
#[derive(Clone, PartialEq, Message)]
pub struct Node {
    #[prost(string, repeated, tag = "1")]
    pub inputs: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    pub outputs: Vec<String>,
    #[prost(string, tag = "3")]
    pub name: String,
    #[prost(string, tag = "4")]
    pub operator: String,
    #[prost(message, repeated, tag = "5")]
    pub attributes: Vec<Attribute>,
}

/// A parameter of a step.
#[derive(Clone, PartialEq, Message)]
pub struct Attribute {
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(float, tag = "2")]
    pub float: f32,
    #[prost(int64, tag = "3")]
    pub int: i64,
    #[prost(bytes = "vec", tag = "4")]
    pub text: Vec<u8>,
    #[prost(message, optional, tag = "5")]
    pub tensor: Option<Tensor>,
    #[prost(float, repeated, tag = "7")]
    pub floats: Vec<f32>,
    #[prost(int64, repeated, tag = "8")]
    pub ints: Vec<i64>,
    #[prost(bytes = "vec", repeated, tag = "9")]
    pub texts: Vec<Vec<u8>>,
}

/// Numbers.
#[derive(Clone, PartialEq, Message)]
pub struct Tensor {
    #[prost(int64, repeated, tag = "1")]
    pub dims: Vec<i64>,
    #[prost(int32, tag = "2")]
    pub of: i32,
    #[prost(float, repeated, tag = "4")]
    pub floats: Vec<f32>,
    #[prost(int32, repeated, tag = "5")]
    pub ints: Vec<i32>,
    #[prost(int64, repeated, tag = "7")]
    pub longs: Vec<i64>,
    #[prost(string, tag = "8")]
    pub name: String,
    #[prost(bytes = "vec", tag = "9")]
    pub raw: Vec<u8>,
    #[prost(double, repeated, tag = "10")]
    pub doubles: Vec<f64>,
}

/// A name with its type.
#[derive(Clone, PartialEq, Message)]
pub struct Declared {
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(message, optional, tag = "2")]
    pub of: Option<Type>,
}

/// A type; only tensors have columns.
#[derive(Clone, PartialEq, Message)]
pub struct Type {
    #[prost(message, optional, tag = "1")]
    pub tensor: Option<TensorType>,
}

/// The type of a tensor.
#[derive(Clone, PartialEq, Message)]
pub struct TensorType {
    #[prost(message, optional, tag = "2")]
    pub shape: Option<Shape>,
}

/// How large a tensor is.
#[derive(Clone, PartialEq, Message)]
pub struct Shape {
    #[prost(message, repeated, tag = "1")]
    pub dims: Vec<Dim>,
}

/// One dimension; 0 where it is not known.
#[derive(Clone, PartialEq, Message)]
pub struct Dim {
    #[prost(int64, tag = "1")]
    pub value: i64,
}

/// Codes of `Tensor::of`.
const FLOAT: i32 = 1;
const INT32: i32 = 6;
const INT64: i32 = 7;
const DOUBLE: i32 = 11;

impl Declared {
    /// Number of columns: the last dimension, 1 where there is none.
    pub fn columns(&self) -> usize {
        let tensor = self.of.as_ref().and_then(|of| of.tensor.as_ref());
        let shape = tensor.and_then(|tensor| tensor.shape.as_ref());
        let dims = shape.map_or(&[][..], |shape| &shape.dims);
        match dims {
            [_, .., last] => usize::try_from(last.value).unwrap_or(0),
            _ => 1,
        }
    }
}

impl Tensor {
    /// All numbers; `None`: of a type that is no number here, or cut off.
    pub fn numbers(&self) -> Option<Vec<f64>> {
        let raw = |size: usize, read: fn(&[u8]) -> Option<f64>| {
            let chunks = self.raw.chunks(size);
            chunks.map(read).collect::<Option<Vec<f64>>>()
        };
        let all = match self.of {
            FLOAT if self.raw.is_empty() => self.floats.iter().map(|v| f64::from(*v)).collect(),
            FLOAT => raw(4, |b| Some(f32::from_le_bytes(b.try_into().ok()?).into()))?,
            DOUBLE if self.raw.is_empty() => self.doubles.clone(),
            DOUBLE => raw(8, |b| Some(f64::from_le_bytes(b.try_into().ok()?)))?,
            INT32 if self.raw.is_empty() => self.ints.iter().map(|v| f64::from(*v)).collect(),
            INT32 => raw(4, |b| Some(i32::from_le_bytes(b.try_into().ok()?).into()))?,
            INT64 if self.raw.is_empty() => self.longs.iter().map(|v| *v as f64).collect(),
            INT64 => raw(8, |b| Some(i64::from_le_bytes(b.try_into().ok()?) as f64))?,
            _ => return None,
        };
        let wanted: i64 = self.dims.iter().product();
        (i64::try_from(all.len()) == Ok(wanted)).then_some(all)
    }
}

impl Node {
    /// What to call the node in a message.
    pub fn called(&self) -> String {
        let output = self.outputs.first().map_or("", String::as_str);
        let name = if self.name.is_empty() {
            output
        } else {
            &self.name
        };
        format!("{} `{name}`", self.operator)
    }

    fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|a| a.name == name)
    }

    /// Whether the attribute is there.
    pub fn has(&self, name: &str) -> bool {
        self.attribute(name).is_some()
    }

    /// A list of numbers; empty where there is none.
    pub fn floats(&self, name: &str) -> &[f32] {
        self.attribute(name).map_or(&[], |a| &a.floats)
    }

    /// A list of whole numbers; empty where there is none.
    pub fn ints(&self, name: &str) -> &[i64] {
        self.attribute(name).map_or(&[], |a| &a.ints)
    }

    /// A whole number.
    pub fn int(&self, name: &str, otherwise: i64) -> i64 {
        self.attribute(name).map_or(otherwise, |a| a.int)
    }

    /// A number.
    pub fn float(&self, name: &str, otherwise: f32) -> f32 {
        self.attribute(name).map_or(otherwise, |a| a.float)
    }

    /// A text; empty where there is none.
    pub fn text(&self, name: &str) -> String {
        let text = self.attribute(name).map_or(&[][..], |a| &a.text);
        String::from_utf8_lossy(text).into_owned()
    }

    /// A list of texts; empty where there is none.
    pub fn texts(&self, name: &str) -> Vec<String> {
        let all = self.attribute(name).map_or(&[][..], |a| &a.texts);
        let text = |text: &Vec<u8>| String::from_utf8_lossy(text).into_owned();
        all.iter().map(text).collect()
    }

    /// A tensor.
    pub fn tensor(&self, name: &str) -> Option<&Tensor> {
        self.attribute(name)?.tensor.as_ref()
    }
}
