"""Trained models from scikit-learn, LightGBM and XGBoost, through ONNX and `fewbits model import`,
into a compiled book and the module that visitors download; compared with onnxruntime.

    python3 -m venv target/models/venv
    target/models/venv/bin/pip install -r scripts/models.txt
    target/models/venv/bin/python scripts/models.py DATA.csv

DATA.csv is online_shoppers_intention.csv: "Online Shoppers Purchasing Intention" (UCI 468; Sakar,
Polat, Katircioglu, Kastro, 2018; CC BY 4.0). Needs `cargo xtask build`. Writes
docs/generated/models.md. Everything is seeded. Takes some minutes.
"""

import json
import pathlib
import subprocess
import sys
import warnings

import numpy as np
import onnx.helper
import onnxruntime
import pandas as pd
from lightgbm import LGBMClassifier
from onnxmltools.convert import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType as OtherFloats
from skl2onnx import convert_sklearn, update_registered_converter
from skl2onnx.algebra.onnx_ops import OnnxAdd, OnnxLog
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from xgboost import XGBClassifier

warnings.filterwarnings("ignore")
ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = ROOT / "target/models/work"
REPORT = ROOT / "docs/generated/models.md"

PAGES = ["Administrative", "Administrative_Duration", "Informational", "Informational_Duration", "ProductRelated", "ProductRelated_Duration"]
NUMBERS = [*PAGES, "BounceRates", "ExitRates", "PageValues", "SpecialDay"]
LISTS = ["Month", "OperatingSystems", "Browser", "Region", "TrafficType", "VisitorType", "Weekend"]
LOGGED = [*PAGES, "PageValues"]
# What a page can see itself: no figure of its analytics, and nothing that a browser does not tell.
SEEN = ([*PAGES, "SpecialDay"], ["Month", "VisitorType", "Weekend"])
ALL = (NUMBERS, LISTS)


class Log1p(BaseEstimator, TransformerMixin):
    """log(1 + x), which skl2onnx knows only if it is told."""

    def fit(self, X, y=None):
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X):
        return np.log1p(X)


def log1p_shape(operator):
    columns = operator.inputs[0].type.shape[1]
    operator.outputs[0].type = FloatTensorType([None, columns])


def log1p_convert(scope, operator, container):
    opset = container.target_opset
    one = OnnxAdd(operator.inputs[0], np.array([1], dtype=np.float32), op_version=opset)
    OnnxLog(one, op_version=opset, output_names=operator.outputs[:1]).add_to(scope, container)


update_registered_converter(Log1p, "Log1p", log1p_shape, log1p_convert)


def plain_attributes():
    """skl2onnx 1.20 hands numpy integers and truths of scikit-learn 1.9 to onnx, which refuses them."""
    make = onnx.helper.make_attribute

    def fixed(key, value, *more, **others):
        if isinstance(value, (list, tuple)):
            value = [v.item() if isinstance(v, np.generic) else v for v in value]
            value = [int(v) if isinstance(v, bool) else v for v in value]
        return make(key, value, *more, **others)

    onnx.helper.make_attribute = fixed


def table(path):
    data = pd.read_csv(path)
    for name in NUMBERS:
        data[name] = data[name].astype(np.float32)
    for name in LISTS:
        data[name] = data[name].astype(str)
    return data, data.Revenue.astype(int).to_numpy()


def encoded(numbers, lists, scale):
    """The columns that a model reads: numbers as they are or as z-scores of logarithms, lists one-hot."""
    parts = []
    if scale:
        logged = [n for n in numbers if n in LOGGED]
        parts.append(("logged", make_pipeline(Log1p(), StandardScaler()), logged))
        parts.append(("scaled", StandardScaler(), [n for n in numbers if n not in LOGGED]))
    else:
        parts.append(("numbers", "passthrough", numbers))
    parts.append(("lists", OneHotEncoder(handle_unknown="ignore", sparse_output=False), lists))
    return ColumnTransformer([part for part in parts if part[2]])


def estimators(columns):
    """Name, estimator over the table, whether onnxmltools converts it."""
    tree = lambda: encoded(*columns, scale=False)
    return {
        "LR": (make_pipeline(encoded(*columns, scale=True), LogisticRegression(max_iter=2000)), None),
        "GB 50 x 3": (make_pipeline(tree(), GradientBoostingClassifier(n_estimators=50, max_depth=3, learning_rate=0.1, random_state=0)), None),
        "RF 20 x 8": (make_pipeline(tree(), RandomForestClassifier(n_estimators=20, max_depth=8, random_state=0)), None),
        "HistGB 50 x 15 leaves": (make_pipeline(tree(), HistGradientBoostingClassifier(max_iter=50, max_leaf_nodes=15, random_state=0)), None),
        "LightGBM 50 x 15 leaves": (make_pipeline(tree(), LGBMClassifier(n_estimators=50, num_leaves=15, random_state=0, verbose=-1)), convert_lightgbm),
        "XGBoost 50 x 3": (make_pipeline(tree(), XGBClassifier(n_estimators=50, max_depth=3, learning_rate=0.1, random_state=0)), convert_xgboost),
    }


def onnx_types(columns):
    numbers, lists = columns
    return [(n, FloatTensorType([None, 1])) for n in numbers] + [(n, StringTensorType([None, 1])) for n in lists]


def exported(estimator, convert, columns, data):
    """The bytes of an ONNX file, the rows for onnxruntime, and the mapping for the import."""
    numbers, lists = columns
    if convert is None:
        model = convert_sklearn(estimator, initial_types=onnx_types(columns), options={"zipmap": False})
        feed = {n: data[[n]].to_numpy() for n in [*numbers, *lists]}
        # A sum needs a number for everything; no value of the table is missing.
        return model.SerializeToString(), feed, {"missing": 0} if "LogisticRegression" in str(estimator) else {}
    transformer, booster = estimator[0], estimator[-1]
    rows = transformer.transform(data).astype(np.float32)
    model = convert(booster, initial_types=[("input", OtherFloats([None, rows.shape[1]]))])
    if convert is convert_lightgbm:
        strip_zipmap(model)
    categories = transformer.named_transformers_["lists"].categories_
    targets = [snake(n) for n in numbers]
    targets += [{"signal": snake(n), "is": c} for n, all_ in zip(lists, categories) for c in all_]
    return model.SerializeToString(), {"input": rows}, {"inputs": {"input": targets}}


def strip_zipmap(model):
    """Rows of numbers in place of a dictionary for each row."""
    last = model.graph.node[-1]
    if last.op_type == "ZipMap":
        last.op_type, last.domain = "Identity", ""
        del last.attribute[:]
        value = onnx.helper.make_tensor_value_info(last.output[0], onnx.TensorProto.FLOAT, [None, 2])
        model.graph.output[-1].CopyFrom(value)


def snake(name):
    out = ""
    for i, c in enumerate(name):
        if c.isupper() and i and (name[i - 1].islower() or name[i - 1].isdigit()):
            out += "_"
        out += c.lower()
    return out


def run(*command):
    done = subprocess.run([str(c) for c in command], cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))} failed\n{done.stdout}{done.stderr}")
    return done.stdout


def fewbits(*arguments):
    return run(ROOT / "target/release/fewbits", *arguments)


def signals(data):
    """Everything declared: a book whose signals have exactly the table's values."""
    all_ = {snake(n): {"declared": "number", "min": 0, "max": 1000000} for n in NUMBERS}
    return all_ | {snake(n): {"declared": sorted(set(data[n]))} for n in LISTS}


def book(models, data):
    read = {i if isinstance(i, str) else i["signal"] for m in models.values() for i in m["inputs"]}
    own = {n: s for n, s in signals(data).items() if n in read}
    segments = [{"id": f"m{i}", "when": {f"says_{n}": {"$in": m["classes"][1:]} if m["gives"] == "class" else {"$gte": 0.5}}} for i, (n, m) in enumerate(models.items())]
    return {
        "fewbits": 1,
        "book": "models",
        "version": 1,
        "signals": own | {f"says_{n}": {"model": n} for n in models},
        "models": models,
        "dimensions": {"all": {"why": "reads every model", "pick": len(models), "segments": segments, "otherwise": "none"}},
    }


def imported(name, onnx_bytes, mapping, *more):
    WORK.mkdir(parents=True, exist_ok=True)
    file, target = WORK / f"{name}.onnx", WORK / f"{name}.json"
    file.write_bytes(onnx_bytes)
    (WORK / f"{name}.map.json").write_text(json.dumps(mapping))
    fewbits("model", "import", file, "--map", WORK / f"{name}.map.json", "--name", name, "-o", target, *more)
    return json.loads(target.read_text())[name]


def compiled(models, data):
    path = WORK / "models.book.json"
    path.write_text(json.dumps(book(models, data)))
    fewbits("compile", path, "-o", WORK / "models.fbk")
    return (WORK / "models.fbk").stat().st_size


def rows_for(data):
    rows = data[[*NUMBERS, *LISTS]].copy()
    rows.columns = [snake(n) for n in rows.columns]
    return rows


def in_the_module(names, data):
    """What the module that visitors download says of each row: benches/models.mjs asks it."""
    rows_for(data).to_csv(WORK / "rows.csv", index=False)
    run("node", "benches/models.mjs", f"--book={WORK}/models.book.json", f"--compiled={WORK}/models.fbk", f"--rows={WORK}/rows.csv", f"--out={WORK}/said.csv")
    said = pd.read_csv(WORK / "said.csv")
    return {n: said[f"says_{n}"].to_numpy() for n in names}


def by_onnxruntime(onnx_bytes, feed):
    session = onnxruntime.InferenceSession(onnx_bytes, providers=["CPUExecutionProvider"])
    wanted = [i.name for i in session.get_inputs()]
    return session.run(None, {n: feed[n] for n in wanted})


def compare(columns, data, y, prefix):
    folds = StratifiedKFold(10, shuffle=True, random_state=0)
    lines = []
    for title, (estimator, convert) in estimators(columns).items():
        name = prefix + "".join(c if c.isalnum() else "_" for c in title.lower())
        folded = cross_val_predict(estimator, data, y, cv=folds, method="predict_proba")[:, 1]
        # The mean over folds, as the reference has it.
        auc = np.mean([roc_auc_score(y[test], folded[test]) for _, test in folds.split(data, y)])
        estimator.fit(data, y)
        onnx_bytes, feed, mapping = exported(estimator, convert, columns, data)
        truth = by_onnxruntime(onnx_bytes, feed)[1][:, 1].astype(np.float64)
        model = imported(name, onnx_bytes, mapping)
        size = compiled({name: model}, data)
        said = in_the_module([name], data)[name]
        worst = np.abs(said - truth).max()
        lines.append((title, len(model["inputs"]), size, auc, roc_auc_score(y, truth), roc_auc_score(y, said), worst))
        print(lines[-1], flush=True)
    return lines


def folded_in_the_module(estimator, convert, columns, data, y, name):
    """The same cross validation, with each fold's model asked in the module."""
    found = []
    for train, test in StratifiedKFold(10, shuffle=True, random_state=0).split(data, y):
        estimator.fit(data.iloc[train], y[train])
        onnx_bytes, _, mapping = exported(estimator, convert, columns, data.iloc[train])
        compiled({name: imported(name, onnx_bytes, mapping)}, data)
        said = in_the_module([name], data.iloc[test])[name]
        found.append(roc_auc_score(y[test], said))
    return np.mean(found)


def persona(data):
    """Four kinds of visits by k-means over z-scores of logarithms, as nearest centroid."""
    columns = (PAGES, [])
    estimator = make_pipeline(encoded(*columns, scale=True), KMeans(4, n_init=10, random_state=0))
    estimator.fit(data[PAGES])
    model = convert_sklearn(estimator, initial_types=onnx_types(columns)).SerializeToString()
    feed = {n: data[[n]].to_numpy() for n in PAGES}
    truth = by_onnxruntime(model, feed)[0]
    imported_model = imported("persona", model, {"missing": 0})
    size = compiled({"persona": imported_model}, data)
    said = in_the_module(["persona"], data)["persona"].astype(int)
    return model, int((said != truth).sum()), size, np.bincount(truth)


EXAMPLE = """{
  "$schema": "../docs/book.schema.json",
  "fewbits": 1,
  "book": "intent",
  "version": 1,
  "retention": "90d",
  "signals": {
    "pages": { "why": "how far the visit went", "count": "view", "within": "session" },
    "attention": { "why": "skimming is not reading", "engagement": "dwell", "within": "session" },
    "days": { "why": "who comes back knows the shop", "days": "view", "within": "60d" },
    "season": { "context": "season" },
    "weekend": { "context": "weekend" },
    "intent": { "why": "help those who are about to decide", "model": "purchase_intent" }
  },
  "models": {
MODEL  },
  "dimensions": {
    "purchase-intent": {
      "why": "show delivery and returns to those who are about to decide, and the range to all others",
      "segments": [
        { "id": "high", "when": { "intent": { "$gte": HIGH } }, "stay": { "intent": { "$gte": SOME } } },
        { "id": "some", "when": { "intent": { "$gte": SOME } } }
      ],
      "otherwise": "low"
    }
  }
}
"""
SEASONS = {"winter": ["Dec", "Jan", "Feb"], "spring": ["Mar", "Apr", "May"], "summer": ["June", "Jul", "Aug"], "autumn": ["Sep", "Oct", "Nov"]}


def example(data, y):
    """books/intent.book.json: a small ensemble over what any shop's page can see, as its signals coarsen it."""
    of = {month: season for season, months in SEASONS.items() for month in months}
    seconds = data[[n for n in PAGES if n.endswith("Duration")]].sum(axis=1)
    seen = pd.DataFrame({
        "pages": data[[n for n in PAGES if not n.endswith("Duration")]].sum(axis=1),
        "attention": np.minimum(seconds // 10 * 10, 3600),
        "days": np.where(data.VisitorType == "New_Visitor", 1, 2),
    }).astype(np.float32)
    seen["season"] = data.Month.map(of)
    seen["weekend"] = data.Weekend.map({"True": "yes", "False": "no"})
    numbers, lists = ["pages", "attention", "days"], ["season", "weekend"]
    parts = ColumnTransformer([("numbers", "passthrough", numbers), ("lists", OneHotEncoder(sparse_output=False), lists)])
    estimator = make_pipeline(parts, GradientBoostingClassifier(n_estimators=30, max_depth=3, learning_rate=0.15, random_state=0))
    folds = StratifiedKFold(10, shuffle=True, random_state=0)
    said = cross_val_predict(estimator, seen, y, cv=folds, method="predict_proba")[:, 1]
    auc = np.mean([roc_auc_score(y[test], said[test]) for _, test in folds.split(seen, y)])
    estimator.fit(seen, y)
    types = [(n, FloatTensorType([None, 1])) for n in numbers] + [(n, StringTensorType([None, 1])) for n in lists]
    (WORK / "example.onnx").write_bytes(convert_sklearn(estimator, initial_types=types).SerializeToString())
    text = fewbits("model", "import", WORK / "example.onnx", "--name", "purchase_intent")
    why = "trained on 12,330 visits of a shop (Sakar et al. 2018, UCI 468, CC BY 4.0): how likely a visit ends with a purchase"
    lines = [f"  {line}\n" for line in text.splitlines()[1:-1]]
    lines.insert(1, f'      "why": "{why}",\n')
    # A tenth of all visits are in `high`, the next quarter in `some`.
    high, some = np.quantile(estimator.predict_proba(seen)[:, 1], [0.9, 0.65])
    book = EXAMPLE.replace("MODEL", "".join(lines)).replace("HIGH", f"{high:.2f}").replace("SOME", f"{some:.2f}")
    (ROOT / "books/intent.book.json").write_text(book)
    fewbits("compile", ROOT / "books/intent.book.json", "-o", WORK / "intent.fbk")
    return auc, (WORK / "intent.fbk").stat().st_size, high, some


def main():
    plain_attributes()
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    data, y = table(sys.argv[1])
    run("cargo", "build", "-q", "--release", "-p", "fewbits-cli")
    WORK.mkdir(parents=True, exist_ok=True)
    parts = [
        "# Trained models: what was measured\n",
        "Written by `python scripts/models.py DATA.csv` (its head says what is needed). What it means: [models.md](../models.md).\n",
        f"{len(data):,} visits of a shop, {y.mean():.1%} with a purchase. AUC by cross validation is the trainer's, over ten folds, the mean; the other two are of the model trained on all rows, asked about the same rows, so they are higher: they are there to be equal. The difference is the greatest over all rows between onnxruntime and the full module, which alone hands out values; that the visitors' module puts every row in the same segments is checked on the way.\n",
    ]
    for title, columns, prefix in [
        ("What a browser sees itself: page counts, durations, special days, month, kind of visitor, weekend", SEEN, "seen_"),
        ("All columns, among them the shop's own page values", ALL, "all_"),
    ]:
        parts.append(f"## {title}\n")
        parts.append("| model | inputs | compiled book, bytes | AUC, cross validated | AUC, onnxruntime | AUC, module | greatest difference |\n|---|---:|---:|---:|---:|---:|---:|")
        for name, inputs, size, auc, theirs, ours, worst in compare(columns, data, y, prefix):
            parts.append(f"| {name} | {inputs} | {size:,} | {auc:.4f} | {theirs:.6f} | {ours:.6f} | {worst:.1e} |")
        estimator, convert = estimators(columns)["GB 50 x 3"]
        again = folded_in_the_module(estimator, convert, columns, data, y, prefix + "folded")
        parts.append(f"\nGB 50 x 3, each of the ten folds' models asked in the module about the rows it has not seen: AUC {again:.4f}.\n")
    _, wrong, size, counts = persona(data)
    parts.append("## Personas\n")
    parts.append(f"Four centroids of k-means over the logarithms of page counts and durations, as z-scores; {size:,} bytes compiled. Rows with another nearest centroid than onnxruntime: {wrong} of {len(data):,}. Sizes: {', '.join(f'{c:,}' for c in counts)}.\n")
    auc, size, high, some = example(data, y)
    parts.append("## The example\n")
    parts.append(f"[books/intent.book.json](../../books/intent.book.json) carries 30 trees of depth 3 over pages and seconds of a visit, whether it is the first one, season and weekend: AUC {auc:.4f}, cross validated; {size:,} bytes compiled. A tenth of these visits are at {high:.2f} or above, the next quarter at {some:.2f}.\n")
    REPORT.write_text("\n".join(parts))
    print(REPORT.read_text())


if __name__ == "__main__":
    main()
