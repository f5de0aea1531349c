import type { ImpactTerms } from '../impact/ImpactTerms.ts'
import { squareRootImpact } from '../impact/squareRootImpact.ts'
import { BIN, type Wall } from './Wall.ts'

/**
 * How much further a fall of the price drives itself: `R̂ = max over steps of [I(J + q) − I(J)] / 2 %`.
 *
 * `q` is the forced volume that the wall releases in the step, `J` the flow that is not absorbed before it. By finite
 * difference, for the slope of a square root has no bound at rest. At 1 a step sets off the next one. A rank signal.
 *
 * @param wall - Of everybody, ours included. [USD per bin]
 * @param flow - Unabsorbed now. [USD]
 * @param impact - Law of impact, the square-root law unless given. [USD → log-price]
 * @see RISK.md F6
 */
export function reproductionNumber(p: {
  readonly wall: Wall
  readonly flow: number
  readonly terms: ImpactTerms
  readonly impact?: (flow: number) => number
}): number {
  const law = p.impact ?? ((flow: number) => squareRootImpact(flow, p.terms))
  let worst = 0
  for (const q of p.wall) if (q > 0) worst = Math.max(worst, (law(p.flow + q) - law(p.flow)) / BIN)
  return worst
}
