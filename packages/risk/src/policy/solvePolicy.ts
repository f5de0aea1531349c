import { bandsOf, type FiniteBands } from './bandsOf.ts'
import { displacementOf } from './displacement.ts'
import { healthAtLeverage, leverageAt } from './leverage.ts'
import { liquidationLanding } from './liquidationLanding.ts'
import type { PolicyParameters } from './PolicyParameters.ts'
import {
  type ControlNode,
  type ControlProblem,
  type CostRates,
  solveControl,
} from './solveControl.ts'

export type SolvedPolicy = {
  readonly parameters: PolicyParameters
  /** ln health per grid state. */
  readonly lnHealth: Float64Array
  readonly regimes: readonly {
    readonly name: string
    /** State to jump to, or -1 to hold. */
    readonly action: Int32Array
    readonly value: Float64Array
    readonly hold: Float64Array
    /** "Never" lies at the edges of the grid. */
    readonly bands: FiniteBands
  }[]
  /** Long-run cost by part, as shares of equity per year. */
  readonly costs: CostRates & { readonly total: number }
  readonly iterations: number
}

const HOURS_PER_YEAR = 8760

/** Solves for the policy of least long-run cost of one loan whose regime is seen. */
export function solvePolicy(parameters: PolicyParameters, start?: Int32Array): SolvedPolicy {
  const nodes = controlNodes(parameters)
  const { problem, lnHealth } = controlProblem(parameters, nodes)
  const n = lnHealth.length
  const solution = solveControl(problem, start ?? startingAction(problem, nodes.length))
  return {
    parameters,
    lnHealth,
    regimes: parameters.regimes.map(({ name }, m) => {
      const hold = solution.hold.slice(m * n, (m + 1) * n)
      return {
        name,
        action: solution.action.slice(m * n, (m + 1) * n),
        value: solution.value.slice(m * n, (m + 1) * n),
        hold,
        bands: bandsOf(nodes[m] as ControlNode, lnHealth, problem.leverage, hold),
      }
    }),
    costs: yearly(solution.rates),
    iterations: solution.iterations,
  }
}

/** One node per regime; who leaves a regime goes to any other alike. */
export function controlNodes({ regimes, grid }: PolicyParameters): readonly ControlNode[] {
  return regimes.map((regime, m) => {
    const { first, weights } = displacementOf(regime, grid.step)
    const leave = regimes.length > 1 ? 1 / regime.stayHours : 0
    return {
      ...regime,
      moves: regimes.map((_, to) => {
        const share = to === m ? 1 - leave : leave / (regimes.length - 1)
        return { to, displacement: { first, weights: weights.map((each) => each * share) } }
      }),
    }
  })
}

/** Hourly rates as yearly ones, with their sum. */
export function yearly(rates: CostRates): CostRates & { readonly total: number } {
  const [tracking, trading, liquidation, liquidations] = [
    rates.tracking * HOURS_PER_YEAR,
    rates.trading * HOURS_PER_YEAR,
    rates.liquidation * HOURS_PER_YEAR,
    rates.liquidations * HOURS_PER_YEAR,
  ]
  return {
    tracking,
    trading,
    liquidation,
    liquidations,
    total: tracking + trading + liquidation,
  }
}

/** The control problem of parameters with given nodes, and its grid. */
export function controlProblem(
  parameters: PolicyParameters,
  nodes: readonly ControlNode[],
): { readonly problem: ControlProblem; readonly lnHealth: Float64Array } {
  const { liquidationThreshold, targetLeverage, trackingAversion, liquidation, grid } = parameters
  const n = grid.states
  const lnHealth = Float64Array.from({ length: n }, (_, i) => (i + 0.5) * grid.step)
  const leverage = lnHealth.map((x) => leverageAt(Math.exp(x), liquidationThreshold))
  const tracking = leverage.map(
    (each) => (trackingAversion * Math.abs(each - targetLeverage)) / HOURS_PER_YEAR,
  )
  const reference = Math.min(
    n - 1,
    Math.max(
      0,
      Math.round(
        Math.log(healthAtLeverage(targetLeverage, liquidationThreshold)) / grid.step - 0.5,
      ),
    ),
  )
  const landings = new Map<number, ReturnType<ControlProblem['landing']>>()
  const landing = (depth: number) => {
    const known = landings.get(depth)
    if (known !== undefined) return known
    const health = Math.exp((0.5 - depth) * grid.step)
    const after = liquidationLanding(health, liquidationThreshold, liquidation)
    const fresh = {
      loss: after.loss,
      count: after.count,
      states: statesAt(after.lnHealth ?? Infinity, grid),
    }
    landings.set(depth, fresh)
    return fresh
  }
  return {
    lnHealth,
    problem: {
      leverage,
      tracking,
      nodes,
      reference,
      landing,
      lossWeight: liquidation.lossWeight,
    },
  }
}

/** Grid states around a ln health, with weights. */
function statesAt(
  lnHealth: number,
  grid: PolicyParameters['grid'],
): readonly (readonly [number, number])[] {
  const position = lnHealth / grid.step - 0.5
  if (position <= 0) return [[0, 1]]
  if (position >= grid.states - 1) return [[grid.states - 1, 1]]
  const below = Math.floor(position)
  return [
    [below, 1 - (position - below)],
    [below + 1, position - below],
  ]
}

/** Back to the target from far below and far above it: a policy under which every state returns. */
export function startingAction(problem: ControlProblem, nodes: number): Int32Array {
  const n = problem.leverage.length
  const action = new Int32Array(n * nodes).fill(-1)
  for (let m = 0; m < nodes; m++)
    for (let i = 0; i < n; i++)
      if (i < 0.6 * problem.reference || i > 1.6 * problem.reference)
        action[m * n + i] = problem.reference
  return action
}
