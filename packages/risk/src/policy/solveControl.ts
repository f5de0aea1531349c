import type { Displacement } from './displacement.ts'
import { at, solveLinear } from './solveLinear.ts'

/** One information state of the market: a regime that is seen, or a belief about one that is not. */
export type ControlNode = {
  readonly moves: readonly { readonly to: number; readonly displacement: Displacement }[]
  readonly proportionalCost: number
  readonly gasShare: number
  readonly impact: number
  readonly failure: number
}

/** An impulse-control problem on a grid of ln health times a few nodes. */
export type ControlProblem = {
  /** Leverage per grid state. */
  readonly leverage: Float64Array
  /** Tracking cost of one hour per grid state, as a share of equity. */
  readonly tracking: Float64Array
  readonly nodes: readonly ControlNode[]
  /** Grid state the chain returns to, from which value is counted. */
  readonly reference: number
  /** What landing `depth` steps below the grid (1, 2, …) does. */
  landing(depth: number): {
    readonly loss: number
    readonly count: number
    readonly states: readonly (readonly [state: number, weight: number])[]
  }
  readonly lossWeight: number
}

/** Cost rates of a policy per hour, as shares of equity; `liquidations` is their number. */
export type CostRates = {
  readonly tracking: number
  readonly trading: number
  readonly liquidation: number
  readonly liquidations: number
}

export type ControlSolution = {
  /** State to jump to, or -1 to hold; `node·n + state`. */
  readonly action: Int32Array
  /** Cost to go before acting, relative to the reference; `node·n + state`. */
  readonly value: Float64Array
  /** The same after acting: what holding for this hour costs. */
  readonly hold: Float64Array
  readonly rates: CostRates
  readonly iterations: number
}

/** Cost of trading from one grid state to another, as a share of equity. */
export function tradeCost(node: ControlNode, from: number, to: number): number {
  const size = Math.abs(from - to)
  return node.gasShare + node.proportionalCost * size + node.impact * size * Math.sqrt(size)
}

/**
 * Finds the policy of least long-run cost by policy iteration.
 *
 * Each hour: cost of an action, with probability `1 − failure` its effect, one hour of tracking, then the market moves and
 * liquidates what is below the grid.
 *
 * @param start - action to start from, as in {@link ControlSolution.action}.
 */
export function solveControl(problem: ControlProblem, start: Int32Array): ControlSolution {
  const { nodes } = problem
  const arrivals = nodes.map((node) => arrivalsOf(problem, node))
  let action = start
  for (let iteration = 1; ; iteration++) {
    const evaluated = evaluate(problem, arrivals, action)
    const hold = holdValues(problem, arrivals, evaluated.value, evaluated.rate)
    const next = improve(problem, hold, action)
    if (!next.changed || iteration === MAX_ITERATIONS) {
      const { value, rates } = evaluated
      return { action, value, hold, rates, iterations: iteration }
    }
    action = next.action
  }
}

const MAX_ITERATIONS = 60

/** Long-run cost of a given policy. */
export function costOfAction(problem: ControlProblem, action: Int32Array): CostRates {
  const arrivals = problem.nodes.map((node) => arrivalsOf(problem, node))
  return evaluate(problem, arrivals, action).rates
}

/** What one hour brings from each grid state of a node, as one sparse row over all states. */
type Arrivals = {
  /** Columns and weights of row `i` lie at `starts[i]` to `starts[i + 1]`. */
  readonly starts: Int32Array
  readonly columns: Int32Array
  readonly weights: Float64Array
  readonly loss: Float64Array
  readonly count: Float64Array
}

function arrivalsOf(problem: ControlProblem, node: ControlNode): Arrivals {
  const n = problem.leverage.length
  const starts = new Int32Array(n + 1)
  const columns: number[] = []
  const weights: number[] = []
  const loss = new Float64Array(n)
  const count = new Float64Array(n)
  const row = new Float64Array(n * problem.nodes.length)
  for (let i = 0; i < n; i++) {
    row.fill(0)
    for (const { to, displacement } of node.moves) {
      const base = to * n
      for (let k = 0; k < displacement.weights.length; k++) {
        const weight = at(displacement.weights, k)
        const j = i + displacement.first + k
        if (weight === 0) continue
        if (j >= 0) {
          const column = base + Math.min(j, n - 1)
          row[column] = at(row, column) + weight
          continue
        }
        const landing = problem.landing(-j)
        loss[i] = at(loss, i) + weight * landing.loss
        count[i] = at(count, i) + weight * landing.count
        for (const [state, share] of landing.states)
          row[base + state] = at(row, base + state) + weight * share
      }
    }
    for (let column = 0; column < row.length; column++)
      if (at(row, column) !== 0) {
        columns.push(column)
        weights.push(at(row, column))
      }
    starts[i + 1] = columns.length
  }
  return {
    starts,
    columns: Int32Array.from(columns),
    weights: Float64Array.from(weights),
    loss,
    count,
  }
}

function evaluate(
  problem: ControlProblem,
  arrivals: readonly Arrivals[],
  action: Int32Array,
): { readonly value: Float64Array; readonly rate: number; readonly rates: CostRates } {
  const { leverage, nodes, tracking, lossWeight } = problem
  const n = leverage.length
  const size = n * nodes.length
  const matrix = new Float64Array(size * size)
  const reference = problem.reference * nodes.length // of the first node
  const sides = {
    tracking: new Float64Array(size),
    trading: new Float64Array(size),
    loss: new Float64Array(size),
    count: new Float64Array(size),
    hours: new Float64Array(size).fill(1),
  }
  // Rows and columns go state by state, nodes inside: what is near in health is near in the matrix.
  const place = (s: number) => (s % n) * nodes.length + Math.floor(s / n)
  const columnsOf = arrivals.map(({ columns }) => columns.map(place))
  for (const [m, node] of nodes.entries()) {
    const arrival = arrivals[m] as Arrivals
    const columns = columnsOf[m] as Int32Array
    for (let i = 0; i < n; i++) {
      const row = place(m * n + i)
      const target = action[m * n + i] as number
      const stays = target < 0 ? 1 : node.failure
      matrix[row * size + row] = 1
      const add = (state: number, share: number) => {
        if (share === 0) return
        const end = arrival.starts[state + 1] as number
        for (let k = arrival.starts[state] as number; k < end; k++) {
          const column = columns[k] as number
          if (column === reference) continue
          const cell = row * size + column
          matrix[cell] = at(matrix, cell) - share * at(arrival.weights, k)
        }
        sides.tracking[row] = at(sides.tracking, row) + share * at(tracking, state)
        sides.loss[row] = at(sides.loss, row) + share * at(arrival.loss, state)
        sides.count[row] = at(sides.count, row) + share * at(arrival.count, state)
      }
      add(i, stays)
      if (target < 0) continue
      add(target, 1 - stays)
      sides.trading[row] = (1 - stays) * tradeCost(node, at(leverage, i), at(leverage, target))
    }
  }
  solveLinear(matrix, size, Object.values(sides))
  const hours = at(sides.hours, reference)
  const rates = {
    tracking: at(sides.tracking, reference) / hours,
    trading: at(sides.trading, reference) / hours,
    liquidation: at(sides.loss, reference) / hours,
    liquidations: at(sides.count, reference) / hours,
  }
  const rate = rates.tracking + rates.trading + lossWeight * rates.liquidation
  const value = new Float64Array(size)
  for (let s = 0; s < size; s++) {
    const row = place(s)
    value[s] =
      at(sides.tracking, row) +
      at(sides.trading, row) +
      lossWeight * at(sides.loss, row) -
      rate * at(sides.hours, row)
  }
  return { value, rate, rates }
}

function holdValues(
  problem: ControlProblem,
  arrivals: readonly Arrivals[],
  value: Float64Array,
  rate: number,
): Float64Array {
  const n = problem.leverage.length
  const hold = new Float64Array(value.length)
  for (const [m, arrival] of arrivals.entries())
    for (let i = 0; i < n; i++) {
      let sum = at(problem.tracking, i) + problem.lossWeight * at(arrival.loss, i) - rate
      const end = arrival.starts[i + 1] as number
      for (let k = arrival.starts[i] as number; k < end; k++)
        sum += at(arrival.weights, k) * at(value, arrival.columns[k] as number)
      hold[m * n + i] = sum
    }
  return hold
}

function improve(
  problem: ControlProblem,
  hold: Float64Array,
  before: Int32Array,
): { readonly action: Int32Array; readonly changed: boolean } {
  const { leverage, nodes } = problem
  const n = leverage.length
  const action = new Int32Array(before.length)
  let changed = false
  for (const [m, node] of nodes.entries())
    for (let i = 0; i < n; i++) {
      const s = m * n + i
      let best = -1
      let least = at(hold, s)
      for (let j = 0; j < n; j++) {
        if (j === i) continue
        const cost = tradeCost(node, at(leverage, i), at(leverage, j)) + at(hold, m * n + j)
        if (cost < least) {
          least = cost
          best = j
        }
      }
      // Ties are kept as they were, or the iteration could turn in a circle.
      const kept = before[s] as number
      if (kept !== best) {
        const cost =
          kept < 0
            ? at(hold, s)
            : tradeCost(node, at(leverage, i), at(leverage, kept)) + at(hold, m * n + kept)
        if (cost - least < 1e-13) best = kept
        else changed = true
      }
      action[s] = best
    }
  return { action, changed }
}
