#!/usr/bin/env python3
"""Trains a forest with scikit-learn on the table of `plimsoll model features` and exports it as a model's folder.

Nothing here knows Plimsoll: the contract is the table on one side, three files on the other.
"""
import argparse, datetime, hashlib, json, pathlib
import numpy as np, onnx, onnxruntime, pyarrow.parquet as pq
from onnx import TensorProto, helper, numpy_helper
from skl2onnx import to_onnx
from sklearn.ensemble import ExtraTreesRegressor

FEATURES = [
    "ln_rv_24h", "ln_rv_15m", "ln_rv_1h", "ln_rv_4h", "ln_rv_72h", "ln_rv_168h", "ln_rv_720h", "largest_1h",
    "return_24h", "season_1h", "season_4h", "season_24h", "session_1h", "session_4h", "weekend_24h", "yesterday_1h"]
HOURS = (1, 4, 24)

p = argparse.ArgumentParser(description=__doc__)
p.add_argument("--table", required=True)
p.add_argument("--until", required=True)
p.add_argument("--out", required=True)
args = p.parse_args()

table = pq.read_table(args.table)
units = {f["name"]: f["unit"] for f in json.loads(table.schema.metadata[b"features"])}
t = table["timestamp"].to_numpy()
until = datetime.datetime.fromisoformat(args.until).replace(tzinfo=datetime.timezone.utc).timestamp()
x = np.stack([table[n].to_numpy() for n in FEATURES], 1).astype(np.float32)
rv = np.stack([table[f"rv_{h}h"].to_numpy() for h in HOURS], 1).astype(np.float64)
bars = np.log([12.0, 48.0, 288.0])
keep = np.isfinite(rv).all(1) & (t + 86400 <= until) & (t >= until - 3 * 365.25 * 86400)
x, rv, t = x[keep], rv[keep], t[keep]

# The forest learns how the log variance will differ from that of the last day. Levels differ by asset: only differences
# of levels are given to it, so that it knows no asset.
levels = [i for i, n in enumerate(FEATURES) if n.startswith("ln_rv_")]
relative = np.eye(len(FEATURES), dtype=np.float32)
relative[0, levels] -= 1.0
relative[0, 0] = 0.0
forest = ExtraTreesRegressor(
    n_estimators=80, max_leaf_nodes=200, min_samples_leaf=40, max_features=0.5, random_state=7, n_jobs=1)
seen = x @ relative
change = np.log(rv) - x[:, :1] - bars
forest.fit(seen, change)
fitted = np.exp(forest.predict(seen) + x[:, :1] + bars)
scale = np.log((rv / fitted).mean(0))  # what QLIKE asks for

inner = to_onnx(forest, seen[:1], target_opset={"": 17, "ai.onnx.ml": 3})
trees = next(n for n in inner.graph.node if n.op_type == "TreeEnsembleRegressor")
nodes = [
    helper.make_node("MatMul", ["features", "relative"], ["seen"]),
    helper.make_node("TreeEnsembleRegressor", ["seen"], ["change"], domain="ai.onnx.ml"),
    helper.make_node("Slice", ["features", "start", "end", "axis"], ["day"]),
    helper.make_node("Add", ["change", "constant"], ["shifted"]),
    helper.make_node("Add", ["shifted", "day"], ["logvar"]),
]
nodes[1].attribute.extend(trees.attribute)
constants = {
    "relative": relative, "constant": (bars + scale).astype(np.float32)[None],
    "start": np.array([0], np.int64), "end": np.array([1], np.int64), "axis": np.array([1], np.int64)}
value = lambda name, size: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", size])
graph = helper.make_graph(
    nodes, "forest", [value("features", len(FEATURES))], [value("logvar", 3)],
    [numpy_helper.from_array(v, n) for n, v in constants.items()])
model = helper.make_model(
    graph, ir_version=8, producer_name="scikit-learn",
    opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)])
onnx.checker.check_model(model)

out = pathlib.Path(args.out)
out.mkdir(parents=True, exist_ok=True)
raw = model.SerializeToString()
(out / "model.onnx").write_bytes(raw)
rows = x[np.linspace(0, len(x) - 1, 8).astype(int)]
found = onnxruntime.InferenceSession(raw).run(["logvar"], {"features": rows})[0]
assert np.allclose(found, forest.predict(rows @ relative) + rows[:, :1] + bars + scale, atol=1e-3)
date = lambda s: datetime.datetime.fromtimestamp(int(s), datetime.timezone.utc).date().isoformat()
manifest = {
    "name": "forest", "version": "1.0.0", "description": "Extremely randomised trees of scikit-learn on sixteen features.",
    "sha256": hashlib.sha256(raw).hexdigest(), "opset": 17, "lookbackBars": 13 * 2016,
    "features": [{"name": n, "unit": units[n]} for n in FEATURES], "bars": False,
    "horizonsMs": [h * 3_600_000 for h in HOURS], "quantiles": None,
    "training": {
        "assets": sorted(set(table["asset"].to_pylist())), "from": date(t.min()), "to": date(t.max()),
        "dataSha256": hashlib.sha256(pathlib.Path(args.table).read_bytes()).hexdigest()},
    "calibration": None}
(out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
(out / "golden.json").write_text(json.dumps({"features": rows.tolist(), "outputs": {"logvar": found.tolist()}}) + "\n")
print(f"{out}: {len(raw) / 1e6:.2f} MB, {len(x)} rows")
