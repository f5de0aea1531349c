import { type ControlNode, tradeCost } from './solveControl.ts'
import { at } from './solveLinear.ts'

/** When to trade and how far, in ln health. Null where it is never worth it. */
export type Bands = {
  readonly deleverBelow: number | null
  readonly deleverTo: number | null
  readonly releverAbove: number | null
  readonly releverTo: number | null
}

/** Bands with the edge of the grid for "never": 0 below, the last state above. */
export type FiniteBands = { readonly [Key in keyof Bands]: number }

/**
 * Reads the bands of one node off its values, between grid points.
 *
 * The edge of a band is where acting and holding cost the same; its target is where the rest of the cost is least from
 * there. An edge that is never reached lies at the end of the grid.
 */
export function bandsOf(
  node: ControlNode,
  lnHealth: Float64Array,
  leverage: Float64Array,
  hold: Float64Array,
): FiniteBands {
  const n = lnHealth.length
  const aim = hold.indexOf(hold.reduce((a, b) => Math.min(a, b), Infinity)) // from here no trade pays
  const best = (i: number, from: number, to: number) => {
    let state = -1
    let least = Infinity
    for (let j = from; j < to; j++) {
      const cost = tradeCost(node, at(leverage, i), at(leverage, j)) + at(hold, j)
      if (cost < least) {
        least = cost
        state = j
      }
    }
    return { state, gain: at(hold, i) - least }
  }
  const target = (i: number, j: number) => {
    if (j <= 0 || j >= n - 1 || Math.abs(j - i) < 2) return at(lnHealth, j)
    const cost = (k: number) => tradeCost(node, at(leverage, i), at(leverage, k)) + at(hold, k)
    const [left, mid, right] = [cost(j - 1), cost(j), cost(j + 1)]
    const bend = left - 2 * mid + right
    const shift = bend > 0 ? Math.max(-0.5, Math.min(0.5, (0.5 * (left - right)) / bend)) : 0
    return at(lnHealth, j) + shift * (at(lnHealth, 1) - at(lnHealth, 0))
  }
  // The highest state below it, and the lowest above it, from which a trade towards it pays.
  let below = Math.min(aim, n - 2)
  let down = best(below, below + 1, n)
  let gainAbove = Number.NEGATIVE_INFINITY
  while (below > 0 && down.gain <= 0) {
    gainAbove = down.gain
    below--
    down = best(below, below + 1, n)
  }
  let above = Math.max(aim, 1)
  let up = best(above, 0, above)
  let gainBelow = Number.NEGATIVE_INFINITY
  while (above < n - 1 && up.gain <= 0) {
    gainBelow = up.gain
    above++
    up = best(above, 0, above)
  }
  const step = at(lnHealth, 1) - at(lnHealth, 0)
  const share = (gain: number, other: number) =>
    Number.isFinite(other) ? gain / (gain - other) : 0
  return {
    deleverBelow: down.gain > 0 ? at(lnHealth, below) + step * share(down.gain, gainAbove) : 0,
    deleverTo: target(below, down.state),
    releverAbove:
      up.gain > 0 ? at(lnHealth, above) - step * share(up.gain, gainBelow) : at(lnHealth, n - 1),
    releverTo: target(above, up.state),
  }
}
