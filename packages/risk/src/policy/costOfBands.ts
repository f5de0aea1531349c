import type { Bands } from './bandsOf.ts'
import type { PolicyParameters } from './PolicyParameters.ts'
import { type CostRates, costOfAction } from './solveControl.ts'
import { at } from './solveLinear.ts'
import { controlNodes, controlProblem, yearly } from './solvePolicy.ts'

/**
 * Long-run cost of given bands in the world of the parameters, by part, as shares of equity per year.
 *
 * @param bands - one per regime, or one for all.
 */
export function costOfBands(
  parameters: PolicyParameters,
  bands: readonly Bands[],
): CostRates & { readonly total: number } {
  const nodes = controlNodes(parameters)
  const { problem, lnHealth } = controlProblem(parameters, nodes)
  const n = lnHealth.length
  const nearest = (x: number) =>
    Math.max(0, Math.min(n - 1, Math.round(x / parameters.grid.step - 0.5)))
  const action = new Int32Array(n * nodes.length).fill(-1)
  for (let m = 0; m < nodes.length; m++) {
    const band = bands[Math.min(m, bands.length - 1)] as Bands
    for (let i = 0; i < n; i++) {
      const x = at(lnHealth, i)
      const to =
        band.deleverBelow !== null && x < band.deleverBelow
          ? band.deleverTo
          : band.releverAbove !== null && x > band.releverAbove
            ? band.releverTo
            : null
      if (to !== null && nearest(to) !== i) action[m * n + i] = nearest(to)
    }
  }
  return yearly(costOfAction(problem, action))
}
