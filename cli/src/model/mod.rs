//! `fewbits model`: trained models for a book.

mod columns;
mod ensemble;
mod graph;
mod json;
mod map;
mod onnx;
mod predictors;
mod run;
mod scores;

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use prost::Message;

use crate::book::bytes;
use crate::failure::{Failure, Result};
use crate::terminal::counted;
use graph::Value;

/// What to do.
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Turn an ONNX file into a model of a book
    Import(Import),
    /// Show what the models of a book say about the rows of a table
    Run(run::Arguments),
}

/// What to import.
#[derive(Args)]
struct Import {
    /// An ONNX file, as scikit-learn (skl2onnx), XGBoost or LightGBM (onnxmltools) export it
    file: PathBuf,
    /// Which signal is which input, as JSON
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// The model's name in the book (default: the file's)
    #[arg(long)]
    name: Option<String>,
    /// The probability of this class (default: of the second of two)
    #[arg(long, value_name = "CLASS", conflicts_with = "class")]
    of: Option<String>,
    /// The class itself (the default for more than two)
    #[arg(long)]
    class: bool,
    /// Where to write the model (default: to the screen)
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Always `true`: errors fail.
pub fn run(arguments: &Arguments) -> Result<bool> {
    match &arguments.command {
        Command::Import(import) => import.run(),
        Command::Run(arguments) => run::run(arguments),
    }
}

impl Import {
    fn run(&self) -> Result<bool> {
        let file = self.file.display();
        let map = match &self.map {
            Some(path) => map::read(path)?,
            None => map::Map::default(),
        };
        let broken = |what: String| {
            Failure::new(
                format_args!("cannot import `{file}`: {what}"),
                "name an ONNX file that holds one model",
            )
        };
        let model = onnx::Model::decode(bytes(&self.file)?.as_slice())
            .map_err(|e| broken(format!("it is no ONNX file ({e})")))?;
        let graph = model
            .graph
            .ok_or_else(|| broken("it has no graph".to_owned()))?;
        let value = graph::follow(&graph).map_err(|problem| {
            let what = format!("cannot import `{file}`: {} {}", problem.node, problem.what);
            Failure::new(what, problem.help)
        })?;
        let mut wanted = json::Wanted {
            of: self.of.clone(),
            class: self.class,
        };
        let (scores, outputs) = match value {
            Value::Scores(scores, outputs) => {
                wanted.class |= matches!(scores.form, scores::Form::Centroids(_));
                (scores, outputs)
            }
            Value::Label(scores, outputs) => {
                if wanted.of.is_some() {
                    return Err(broken(
                        "it gives a class, no probability that a book can compute".to_owned(),
                    ));
                }
                wanted.class = true;
                (scores, outputs)
            }
            _ => return Err(broken("its output is no model".to_owned())),
        };
        let json = json::model(&scores, &outputs, &wanted, &map, &graph)?;
        let name = match &self.name {
            Some(name) => name.clone(),
            None => map::snake(&self.file.file_stem().unwrap_or_default().to_string_lossy()),
        };
        let text = json::text(&name, &json);
        let Some(out) = &self.out else {
            write!(std::io::stdout().lock(), "{text}")?;
            return Ok(true);
        };
        std::fs::write(out, &text).map_err(|e| Failure::writing(out, &e))?;
        let count = |key: &str| json.get(key).and_then(|v| v.as_array()).map_or(0, Vec::len) as u64;
        let mut said = vec![counted(count("inputs"), "input")];
        if count("trees") > 0 {
            said.push(counted(count("trees"), "tree"));
        }
        said.push(format!(
            "gives a {}",
            json.get("gives")
                .and_then(|v| v.as_str())
                .unwrap_or_default()
        ));
        writeln!(
            std::io::stdout().lock(),
            "{}: model `{name}`, {}",
            out.display(),
            said.join(", ")
        )?;
        Ok(true)
    }
}
