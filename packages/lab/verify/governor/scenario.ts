import { createRandom, type Random } from '@plimsoll/testkit'

/** Shapes of a shock to the price that nobody in the model caused. */
type Shape = 'calm' | 'crash' | 'flash' | 'bleed' | 'double'

export type Scenario = {
  readonly shape: Shape
  /** Fall of the price, as a share. */
  readonly depth: number
  /** Noise doubles in the eight hours before it. */
  readonly warned: boolean
}

/** Minutes of a run: a day and a half. */
export const MINUTES = 2_160
/** Minute of the shock. */
const ONSET = 600
/** Volatility of a day. */
export const SIGMA = 0.04

/** Legs of a shock: log-price from and to, over minutes after the onset. */
function legsOf({ shape, depth }: Scenario): readonly (readonly [minutes: number, to: number])[] {
  const fall = Math.log(1 - depth)
  switch (shape) {
    case 'calm':
      return []
    case 'crash':
      return [
        [120, fall],
        [600, 0.65 * fall],
      ]
    case 'flash':
      return [
        [15, fall],
        [90, 0.1 * fall],
      ]
    case 'bleed':
      return [[1_380, fall]]
    case 'double': {
      const first = Math.log(1 - 0.6 * depth)
      return [
        [60, first],
        [240, 0.5 * first],
        [120, 0.5 * first],
        [60, 0.5 * first + Math.log(1 - 0.7 * depth)],
      ]
    }
    default:
      return shape satisfies never
  }
}

/** Log-price by minute before anybody trades on it. */
export function pathOf(scenario: Scenario, seed: number): Float64Array {
  const random = createRandom(seed)
  const path = new Float64Array(MINUTES + 1)
  const legs = legsOf(scenario)
  const step = SIGMA / Math.sqrt(1_440)
  let noise = 0
  for (let t = 1; t <= MINUTES; t++) {
    const after = scenario.shape !== 'calm' && t > ONSET
    const before = scenario.warned && t > ONSET - 480 && t <= ONSET
    noise += step * (after ? 1.6 : before ? 2 : 1) * normal(random)
    path[t] = noise + along(legs, t - ONSET)
  }
  return path
}

function along(legs: readonly (readonly [minutes: number, to: number])[], after: number): number {
  let from = 0
  let left = after
  if (left <= 0) return 0
  for (const [minutes, to] of legs) {
    if (left <= minutes) return from + ((to - from) * left) / minutes
    left -= minutes
    from = to
  }
  return from
}

/** Standard normal by Box and Muller. */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())

/** Largest fall from a peak, as a share. */
export function drawdown(path: Float64Array): number {
  let peak = Number.NEGATIVE_INFINITY
  let worst = 0
  for (const value of path) {
    if (value > peak) peak = value
    worst = Math.max(worst, 1 - Math.exp(value - peak))
  }
  return worst
}
