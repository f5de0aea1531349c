#!/usr/bin/env python3
"""Trains vol-quantile on the table that `plimsoll model features` writes, and exports the model's folder.

Three steps, each on rows whose longest horizon ends before --until:
1. an ensemble of small networks for the log variance, on QLIKE;
2. the same on all but one of several blocks of time, so that every row has a variance it was not fitted to; in units of
   that sigma, networks for the quantiles of the return and of its running extremes, on the pinball loss, trusted as far
   as they beat the pooled law on blocks left out;
3. factors by level that make the quantiles of step 2 exact on blocks left out, and Hill's index beyond the outermost.
The graph holds the normalisation and every member of both ensembles.
"""
import argparse, datetime, hashlib, json, pathlib, time
import numpy as np, pyarrow.parquet as pq, torch
from torch import nn

HOURS = (1, 4, 24)
BARS = torch.log(torch.tensor([12.0, 48.0, 288.0]))
RETURNS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995)
EXCURSIONS = (0.9, 0.75, 0.5, 0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.002)
MIDDLE = RETURNS.index(0.5)
R, K = len(RETURNS), len(EXCURSIONS)
MARKETS = ("btc_", "eth_")
FACTORS = (0.7, 1.6)  # a factor outside says that the ensemble is wrong, not that it wants scaling


class Scaler(nn.Module):
    """Normalises features inside the graph; what lies beyond six standard deviations counts as six."""

    def __init__(self, mean, std):
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean))
        self.register_buffer("std", torch.tensor(std))

    def forward(self, x):
        return torch.clamp((x - self.mean) / self.std, -6.0, 6.0)


class Members(nn.Module):
    """Several networks F → W → W → O with a linear skip, side by side in one tensor; answers their mean."""

    def __init__(self, count, inputs, width, outputs, dropout, seed):
        super().__init__()
        g = torch.Generator().manual_seed(seed)
        draw = lambda *shape: nn.Parameter((torch.rand(*shape, generator=g) * 2 - 1) / shape[-2] ** 0.5)
        self.w1, self.w2 = draw(count, inputs, width), draw(count, width, width)
        self.b1, self.b2 = nn.Parameter(torch.zeros(count, 1, width)), nn.Parameter(torch.zeros(count, 1, width))
        self.w3 = nn.Parameter(torch.zeros(count, width, outputs))
        self.skip = nn.Parameter(torch.zeros(count, inputs, outputs))
        self.b3 = nn.Parameter(torch.zeros(count, 1, outputs))
        self.dropout = nn.Dropout(dropout)

    def each(self, x):
        """[E, N, F] → [E, N, O]"""
        h = self.dropout(nn.functional.silu(x @ self.w1 + self.b1))
        h = self.dropout(nn.functional.silu(h @ self.w2 + self.b2))
        return h @ self.w3 + x @ self.skip + self.b3

    def forward(self, x):
        return self.each(x.unsqueeze(0)).mean(0)


def fit(members, x, loss_of, args, masks, blank, rows=None, epochs=9, rate=4e-3, seed=0):
    """Trains every member on batches of its own, by AdamW on one cycle."""
    g = torch.Generator().manual_seed(seed)
    count, n = members.w1.shape[0], len(x) if rows is None else len(rows)
    steps = epochs * (n // args.batch)
    opt = torch.optim.AdamW(members.parameters(), lr=rate, weight_decay=1e-2)
    cycle = torch.optim.lr_scheduler.OneCycleLR(opt, rate, total_steps=steps + 1)
    members.train()
    torch.manual_seed(seed)
    for _ in range(epochs):
        order = torch.stack([torch.randperm(n, generator=g) for _ in range(count)])
        if rows is not None:
            order = rows[order]
        for k in range(n // args.batch):
            at = order[:, k * args.batch : (k + 1) * args.batch]
            batch = x[at]
            for columns in masks:  # an asset alone works too
                off = (torch.rand(at.shape, generator=g) < args.mask).nonzero(as_tuple=True)
                hidden = batch[off]
                hidden[:, columns] = blank[columns]
                batch[off] = hidden
            loss = loss_of(members.each(batch), at)
            opt.zero_grad()
            loss.backward()
            # Members are independent: each is clipped as if alone.
            total = sum((p.grad.reshape(count, -1) ** 2).sum(1) for p in members.parameters()).sqrt()
            factor = (1.0 / total.clamp(min=1.0)).reshape(count, 1, 1)
            for p in members.parameters():
                p.grad *= factor
            opt.step()
            cycle.step()
    members.eval()
    return members


class Fused(nn.Module):
    """The mean of an ensemble with its first and last layers as one product each: the same numbers, sooner."""

    def __init__(self, members):
        super().__init__()
        e, f, w = members.w1.shape
        keep = lambda name, value: self.register_buffer(name, value.detach().clone())
        keep("w1", members.w1.permute(1, 0, 2).reshape(f, e * w))
        keep("b1", members.b1.reshape(e * w))
        keep("w2", members.w2)
        keep("b2", members.b2)
        keep("w3", members.w3.reshape(e * w, -1) / e)
        keep("skip", members.skip.mean(0))
        keep("b3", members.b3.mean(0))
        self.members, self.width = e, w

    def forward(self, x):
        h = nn.functional.silu(x @ self.w1 + self.b1)
        h = h.reshape(-1, self.members, self.width).transpose(0, 1)
        h = nn.functional.silu(h @ self.w2 + self.b2).transpose(0, 1)
        return h.reshape(-1, self.members * self.width) @ self.w3 + x @ self.skip + self.b3


def blocks_of(times, count):
    """Contiguous blocks of time with the same number of rows each."""
    edges = np.quantile(times, np.linspace(0, 1, count + 1)[1:-1])
    return np.searchsorted(edges, times, side="right")


class Shape(nn.Module):
    """Quantiles in units of sigma from raw numbers: the pooled law's steps, each stretched; monotone whatever they are."""

    def __init__(self, law):
        super().__init__()
        ret, fall, rise = law
        self.register_buffer("median", ret[:, MIDDLE : MIDDLE + 1].clone())
        self.register_buffer("down", torch.diff(ret[:, : MIDDLE + 1], dim=1).flip(1))
        self.register_buffer("up", torch.diff(ret[:, MIDDLE:], dim=1))
        self.register_buffer("fall", torch.diff(torch.cat([torch.zeros(3, 1), fall], 1), dim=1))
        self.register_buffer("rise", torch.diff(torch.cat([torch.zeros(3, 1), rise], 1), dim=1))

    def forward(self, raw):
        raw = raw.reshape(*raw.shape[:-1], 3, R + 2 * K)
        stretch = torch.exp(2.0 * torch.tanh(raw[..., 1:] / 2.0))
        down, up, fall, rise = torch.split(stretch, [MIDDLE, R - 1 - MIDDLE, K, K], dim=-1)
        middle = self.median + 0.3 * torch.tanh(raw[..., :1])
        below = middle - torch.cumsum(self.down * down, -1)
        above = middle + torch.cumsum(self.up * up, -1)
        ret = torch.cat([torch.flip(below, [-1]), middle, above], -1)
        return ret, torch.cumsum(self.fall * fall, -1), torch.cumsum(self.rise * rise, -1)


SIZE = 3 * (R + 2 * K)


def pinball(found, quantile, level):
    e = found.unsqueeze(-1) - quantile
    return torch.maximum(level * e, (level - 1) * e)


class Model(nn.Module):
    """The graph: features to log variances, quantiles of returns, and quantiles of extremes in units of sigma."""

    def __init__(self, scaler, variance, quantile, shape, base):
        super().__init__()
        self.scaler, self.variance, self.quantile, self.shape, self.base = scaler, variance, quantile, shape, base
        self.register_buffer("bars", BARS)

    def forward(self, features):
        x = self.scaler(features)
        own = features[:, self.base : self.base + 1]
        change = self.variance(x)
        logvar = own + self.bars + change
        ret, fall, rise = self.shape(self.quantile(torch.cat([x, change], 1)))
        sigma = torch.exp(logvar / 2).unsqueeze(-1)
        return logvar, ret * sigma, fall, rise


def read(args):
    table = pq.read_table(args.table)
    names = [f["name"] for f in json.loads(table.schema.metadata[b"features"])]
    until = datetime.datetime.fromisoformat(args.until).replace(tzinfo=datetime.timezone.utc).timestamp()
    chosen = [n for n in names if not any(n.startswith(p) for p in args.without.split(",") if p)]
    columns = {n: table[n].to_numpy() for n in table.column_names if n != "asset"}
    asset = np.array(table["asset"].to_pylist())
    usable = columns["timestamp"] + max(HOURS) * 3600 <= until
    usable &= np.isfinite(columns["rv_1h"])
    columns = {n: c[usable] for n, c in columns.items()}
    return until, chosen, columns, asset[usable], [f for f in json.loads(table.schema.metadata[b"features"]) if f["name"] in chosen]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--table", required=True, help="Parquet file of `plimsoll model features`")
    p.add_argument("--until", required=True, help="ISO date: every horizon of the training ends before it")
    p.add_argument("--out", required=True, help="folder to write model.onnx, manifest.json and golden.json to")
    p.add_argument("--version", default="1.0.0")
    p.add_argument("--without", default="volume", help="features to leave out, by how their names begin")
    p.add_argument("--members", type=int, default=10)
    p.add_argument("--quantile-members", type=int, default=3)
    p.add_argument("--blocks", type=int, default=5)
    p.add_argument("--half-life", type=float, default=3.0, help="years after which an outcome counts half in the calibration")
    p.add_argument("--batch", type=int, default=1024)
    p.add_argument("--mask", type=float, default=0.15)
    p.add_argument("--seed", type=int, default=20240601)
    p.add_argument("--dump", help="file for what was left out, for a study")
    p.add_argument("--threads", type=int, default=2)
    args = p.parse_args()
    torch.set_num_threads(args.threads)
    torch.use_deterministic_algorithms(True)
    began = time.time()
    say = lambda *words: print(f"[{time.time() - began:5.0f} s]", *words, flush=True)

    until, names, columns, asset, described = read(args)
    features = np.stack([columns[n] for n in names], 1).astype(np.float32)
    say(f"{len(features)} rows of {sorted(set(asset))}, {len(names)} features")
    mean, std = features.mean(0), features.std(0) + 1e-6
    scaler = Scaler(mean, std)
    x = scaler(torch.tensor(features))
    blank = scaler(torch.zeros(1, len(names)))[0]
    masks = [torch.tensor([j for j, n in enumerate(names) if n.startswith(m)]) for m in MARKETS]
    own = torch.tensor(columns["ln_rv_24h"], dtype=torch.float32)[:, None] + BARS
    log_rv = torch.tensor(np.log(np.stack([columns[f"rv_{h}h"] for h in HOURS], 1)), dtype=torch.float32)
    known = torch.isfinite(log_rv)
    log_rv = torch.nan_to_num(log_rv)

    def qlike(change, at):
        e = (log_rv[at] - own[at] - change).clamp(-12, 8)
        loss = (torch.exp(e) - e - 1) * known[at]
        return (loss.sum((1, 2)) / known[at].sum((1, 2)) * 3).sum()

    def variance_net(count, seed, rows=None):
        net = Members(count, len(names), 64, 3, 0.1, seed)
        return fit(net, x, qlike, args, masks, blank, rows, seed=seed)

    variance = variance_net(args.members, args.seed)
    say("variance ensemble")
    block = torch.tensor(blocks_of(columns["timestamp"], args.blocks))
    change = torch.zeros_like(log_rv)
    day = torch.tensor(columns["timestamp"])
    for b in range(args.blocks):
        held = (block == b).nonzero()[:, 0]
        lo, hi = day[held].min() - 86400, day[held].max() + 86400
        rest = ((day < lo) | (day > hi)).nonzero()[:, 0]
        net = variance_net(3, args.seed + 100 + b, rest)
        with torch.no_grad():
            change[held] = net(x[held])
        say(f"block {b + 1} of {args.blocks} left out")
    sigma = torch.exp((own + change) / 2)
    with torch.no_grad():
        e = torch.where(known, log_rv - own - change, torch.nan)
        say("QLIKE left out", [round(float((torch.exp(c) - c - 1).nanmean()), 4) for c in e.T])

    take = lambda kind, sign=1: torch.tensor(
        sign * np.stack([columns[f"{kind}_{h}h"] for h in HOURS], 1), dtype=torch.float32) / sigma
    z, low, high = take("ret"), take("min", -1).clamp(min=0), take("max").clamp(min=0)
    low, high = torch.where(z.isfinite(), low, torch.nan), torch.where(z.isfinite(), high, torch.nan)
    law = pooled_law(z, low, high)
    whole = z.isfinite()
    z, low, high = (torch.nan_to_num(v) for v in (z, low, high))
    levels = torch.tensor(RETURNS), 1 - torch.tensor(EXCURSIONS)
    with torch.no_grad():  # each level counts alike: its loss over that of the pooled law
        unit = [
            torch.stack([pinball(v[whole[:, h], h], q[h], l).mean(0) for h in range(3)])
            for v, q, l in ((z, law[0], levels[0]), (low, law[1], levels[1]), (high, law[2], levels[1]))
        ]
    shape = Shape(law)
    xq = torch.cat([x, change], 1)
    blank_q = torch.cat([blank, torch.zeros(3)])

    def quantile_loss(raw, at):
        mask = whole[at].unsqueeze(-1)
        parts = [
            (pinball(v[at], q, l) / u * mask).sum((1, 2, 3)) / (mask.sum((1, 2, 3)) * l.numel())
            for v, q, l, u in zip((z, low, high), shape(raw), (levels[0], levels[1], levels[1]), unit)
        ]
        return sum(parts).sum() + 1e-3 * (raw**2).mean((1, 2)).sum()

    def quantile_net(count, seed, rows=None):
        net = Members(count, xq.shape[1], 32, SIZE, 0.2, seed)
        return fit(net, xq, quantile_loss, args, masks, blank_q, rows, epochs=4, rate=1e-3, seed=seed)

    raw = torch.zeros(len(x), SIZE)
    for b in range(args.blocks):
        held = (block == b).nonzero()[:, 0]
        lo, hi = day[held].min() - 86400, day[held].max() + 86400
        rest = ((day < lo) | (day > hi)).nonzero()[:, 0]
        net = quantile_net(2, args.seed + 200 + b, rest)
        with torch.no_grad():
            raw[held] = net(xq[held])
    say("quantiles left out")
    with torch.no_grad():
        def losses(trust):  # by head and horizon, as a share of the pooled law's
            return torch.stack([
                torch.stack([(pinball(v[whole[:, h], h], q[whole[:, h], h], l).mean(0) / u[h]).mean() for h in range(3)])
                for v, q, l, u in zip((z, low, high), shape(raw * trust), (levels[0], levels[1], levels[1]), unit)])

        shares = torch.tensor([0.0, 0.25, 0.5, 0.75, 1.0])
        tried = torch.stack([losses(share) for share in shares])
        best = shares[tried.argmin(0)]
        say("share of the networks' say in the quantiles (returns, falls, rises by horizon)", best.tolist())
        say("their pinball loss left out over the pooled law's", np.round(tried.min(0).values.numpy(), 4).tolist())
        trust = torch.cat([best.T[:, [0]].expand(3, R), best.T[:, [1]].expand(3, K), best.T[:, [2]].expand(3, K)], 1).reshape(-1)
        weight = 0.5 ** ((until - columns["timestamp"]) / (365.25 * 86400) / args.half_life)
        if args.dump:
            np.savez(args.dump, t=columns["timestamp"], asset=asset, z=z, low=low, high=high, whole=whole, sigma=sigma,
                     **dict(zip(("ret", "fall", "rise"), (v.numpy() for v in shape(raw * trust)))))
        calibration = calibrate(shape(raw * trust), z, low, high, whole, weight)
    quantile = quantile_net(args.quantile_members, args.seed + 300)
    with torch.no_grad():
        for weight in (quantile.w3, quantile.skip, quantile.b3):
            weight *= trust
    say("quantile ensemble")
    model = Model(scaler, Fused(variance), Fused(quantile), shape, names.index("ln_rv_24h")).eval()
    with torch.no_grad():  # fusing changes nothing but the order of sums
        assert torch.allclose(model.variance(x[:64]), variance(x[:64]), atol=1e-5)
        assert torch.allclose(model.quantile(xq[:64]), quantile(xq[:64]), atol=1e-5)
    write(model, args, names, described, features, columns, asset, calibration, say)


def pooled_law(z, low, high):
    """Empirical quantiles of what happened in units of sigma: filtered historical simulation."""
    at = lambda v, levels: torch.stack(
        [torch.tensor(np.nanquantile(v[:, h].numpy(), levels), dtype=torch.float32) for h in range(3)])
    excursions = [1 - p for p in EXCURSIONS]
    return at(z, RETURNS), at(low, excursions), at(high, excursions)


def weighted_quantile(values, weights, level):
    order = np.argsort(values)
    mass = np.cumsum(weights[order])
    return values[order][np.searchsorted(mass, level * mass[-1])]


def calibrate(quantiles, z, low, high, whole, weight):
    """Factor by level that makes its exceedances exact on rows left out, later ones weighing more, and Hill's index."""
    ret, fall, rise = quantiles
    horizons = []
    for h in range(3):
        m = whole[:, h].numpy()
        factors = lambda v, q, ps: [
            float(np.clip(weighted_quantile((v[m, h] / q[m, h, k].clamp(min=1e-4)).numpy(), weight[m], 1 - p), *FACTORS))
            for k, p in enumerate(ps)]
        returns = []
        for k, p in enumerate(RETURNS):
            q = ret[m, h, k]
            if 0.2 < p < 0.8:  # near zero a factor has no hold
                returns.append(1.0)
            else:
                side = -1.0 if p < 0.5 else 1.0
                ratio = (side * z[m, h] / (side * q).clamp(min=1e-4)).numpy()
                returns.append(float(np.clip(weighted_quantile(ratio, weight[m], 1 - min(p, 1 - p)), *FACTORS)))
        scale = {"returns": returns, "fall": factors(low, fall, EXCURSIONS), "rise": factors(high, rise, EXCURSIONS)}

        def hill(v, q, factor):
            beyond = (v[m, h] / (q[m, h, -1] * factor)).numpy()
            beyond = beyond[beyond > 1]
            return float(1 / np.log(beyond).mean())

        horizons.append({
            "varianceScale": 1, "law": None, "scale": scale,
            "fallTail": hill(low, fall, scale["fall"][-1]), "riseTail": hill(high, rise, scale["rise"][-1])})
    return {"horizons": horizons}


def write(model, args, names, described, features, columns, asset, calibration, say):
    out = pathlib.Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    rows = np.linspace(0, len(features) - 1, 16).astype(int)
    sample = torch.tensor(features[rows])
    outputs = ["logvar", "qret", "qmin", "qmax"]
    torch.onnx.export(
        model, (sample,), str(out / "model.onnx"), input_names=["features"], output_names=outputs, opset_version=17,
        dynamic_axes={n: {0: "N"} for n in ["features", *outputs]}, dynamo=False, do_constant_folding=True)
    graph = (out / "model.onnx").read_bytes()
    date = lambda t: datetime.datetime.fromtimestamp(int(t), datetime.timezone.utc).date().isoformat()
    manifest = {
        "name": "vol-quantile", "version": args.version,
        "description": "Ensembles of small networks for the variance, on QLIKE, and for quantiles of returns and extremes.",
        "sha256": hashlib.sha256(graph).hexdigest(), "opset": 17, "lookbackBars": 40 * 2016 + 1008,
        "features": described, "bars": False, "horizonsMs": [h * 3_600_000 for h in HOURS],
        "quantiles": {"returns": RETURNS, "excursions": EXCURSIONS},
        "training": {
            "assets": sorted(set(asset.tolist())), "from": date(columns["timestamp"].min()),
            "to": date(columns["timestamp"].max()),
            "dataSha256": hashlib.sha256(pathlib.Path(args.table).read_bytes()).hexdigest()},
        "calibration": calibration}
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    import onnxruntime
    session = onnxruntime.InferenceSession(graph)
    found = session.run(outputs, {"features": features[rows]})
    with torch.no_grad():
        for name, a, b in zip(outputs, found, model(sample)):
            assert np.allclose(a, b.numpy(), atol=1e-4, rtol=1e-3), name
    golden = {"features": features[rows].tolist(), "outputs": {n: f.tolist() for n, f in zip(outputs, found)}}
    (out / "golden.json").write_text(json.dumps(golden) + "\n")
    say(f"{out}: {len(graph) / 1e6:.2f} MB", json.dumps([{k: h[k] for k in ("fallTail", "riseTail")} for h in calibration["horizons"]]))


if __name__ == "__main__":
    main()
