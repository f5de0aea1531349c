import { BAR_SECONDS, type Bars } from './Bars.ts'
import { emptyBars } from './parseBars.ts'

/** Numbers from 0 to 1 by a linear congruence: the same for the same seed. */
export function createUniform(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state + 0.5) / 2 ** 32
  }
}

/**
 * Bars of a random walk whose volatility has a daily rhythm and a memory: for tests and checks, not a market.
 *
 * @param p.sigmaDay - Standard deviation of a day's log return.
 * @param p.gaps - Share of bars that are missing.
 */
export function walkBars(p: {
  readonly asset: string
  readonly length: number
  readonly seed: number
  readonly sigmaDay?: number
  readonly gaps?: number
  /** On a full hour. [s] */
  readonly start?: number
}): Bars {
  const next = createUniform(p.seed)
  const normal = (): number => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next())
  const start = p.start ?? 1_704_067_200
  const bars = emptyBars(p.asset, start, p.length, ['walk'])
  const base = (p.sigmaDay ?? 0.03) / Math.sqrt(86_400 / BAR_SECONDS)
  let [log, level] = [Math.log(100), 0]
  for (let i = 0; i < p.length; i++) {
    level = 0.999 * level + 0.03 * normal()
    const hour = ((start + i * BAR_SECONDS) % 86_400) / 3_600
    const sigma = base * Math.exp(level + 0.3 * Math.sin((2 * Math.PI * (hour - 9)) / 24))
    const open = log
    const inside = [open]
    for (let k = 0; k < 4; k++) inside.push((inside.at(-1) ?? open) + (sigma / 2) * normal())
    log = inside.at(-1) ?? open
    if (next() < (p.gaps ?? 0)) continue
    bars.present[i] = 1
    bars.open[i] = Math.exp(open)
    bars.close[i] = Math.exp(log)
    bars.high[i] = Math.exp(Math.max(...inside))
    bars.low[i] = Math.exp(Math.min(...inside))
    bars.volume[i] = 10 * next()
  }
  return bars
}
