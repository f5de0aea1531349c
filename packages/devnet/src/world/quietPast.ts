import { InvalidInputError } from '@plimsoll/domain'
import type { Candle } from './readCandles.ts'
import { type SeededRandom, seededRandom } from './seededRandom.ts'

const BAR_SECONDS = 300
const BARS_PER_DAY = 86_400 / BAR_SECONDS
const MAX_DAYS = 400
/** Another stream than the crash's, so that a past does not change what comes after it. */
const PAST_SEED = 0x51ee7

/** Standard deviation of a bar's log-return: half, and a little less, a year. */
const SIGMA = {
  ETH: 0.5 / Math.sqrt(365 * BARS_PER_DAY),
  BTC: 0.45 / Math.sqrt(365 * BARS_PER_DAY),
}
/** Of the two assets' returns. */
const CORRELATION = 0.8
/** Log-volatility forgets half of itself in about a day and varies by a third either way. */
const MEMORY = 0.9976
const SPREAD = 0.3
/** Trade is liveliest at 14:30 UTC, dullest twelve hours away, and slower on weekends. */
const RHYTHM = 0.25
const PEAK_HOUR = 14.5
const WEEKEND = -0.2

/**
 * Makes quiet days of ETH and BTC before a path: a correlated walk whose volatility has a memory, a daily rhythm and weekends,
 * about 50 % and 45 % a year.
 *
 * The highest and the lowest price of a bar are drawn from the law of a Brownian bridge's extremes, so that ranges and returns
 * tell the same volatility. Deterministic from the seed.
 *
 * @param p.until - End of the last bar, a multiple of five minutes. [s]
 * @param p.end - Prices that the last bars close with. [USD]
 * @returns By asset, `288 × days` bars without a gap, in order.
 * @throws {@link InvalidInputError} when the days are no integer from 1 to 400 or the end is not on the grid.
 * @see Karatzas and Shreve, Brownian Motion and Stochastic Calculus (1991), 4.3.40
 */
export function quietPast(p: {
  readonly seed: number
  readonly days: number
  readonly until: number
  readonly end: { readonly ETH: number; readonly BTC: number }
}): Readonly<Record<'ETH' | 'BTC', readonly Candle[]>> {
  if (!Number.isInteger(p.days) || p.days < 1 || p.days > MAX_DAYS)
    throw new InvalidInputError({
      field: 'days of the past',
      found: p.days,
      allowed: `an integer from 1 to ${MAX_DAYS}`,
    })
  if (!Number.isInteger(p.until / BAR_SECONDS))
    throw new InvalidInputError({
      field: 'end of the past',
      found: p.until,
      allowed: `a multiple of ${BAR_SECONDS} seconds`,
    })
  const random = seededRandom(p.seed ^ PAST_SEED)
  const count = p.days * BARS_PER_DAY
  const begin = p.until - count * BAR_SECONDS
  const own = Math.sqrt(1 - CORRELATION ** 2)
  const steps = { ETH: new Float64Array(count), BTC: new Float64Array(count) }
  const sizes = new Float64Array(count)
  let level = 0
  for (let i = 0; i < count; i++) {
    level = MEMORY * level + SPREAD * Math.sqrt(1 - MEMORY ** 2) * random.normal()
    sizes[i] = Math.exp(level - SPREAD ** 2 + rhythm(begin + i * BAR_SECONDS))
    const market = random.normal()
    steps.ETH[i] = SIGMA.ETH * (sizes[i] ?? 0) * market
    steps.BTC[i] = SIGMA.BTC * (sizes[i] ?? 0) * (CORRELATION * market + own * random.normal())
  }
  const barsOf = (asset: 'ETH' | 'BTC'): readonly Candle[] => {
    const returns = steps[asset]
    let ln = Math.log(p.end[asset]) - returns.reduce((sum, step) => sum + step, 0)
    return Array.from(returns, (step, i): Candle => {
      const open = ln
      ln += step
      const variance = (SIGMA[asset] * (sizes[i] ?? 0)) ** 2
      return {
        at: begin + i * BAR_SECONDS,
        open: Math.exp(open),
        high: Math.exp(open + bridgeMaximum(step, variance, random)),
        low: Math.exp(open - bridgeMaximum(-step, variance, random)),
        close: Math.exp(ln),
        volume: 0,
      }
    })
  }
  return { ETH: barsOf('ETH'), BTC: barsOf('BTC') }
}

/** Log-volatility of the time of day and of the week. */
function rhythm(at: number): number {
  const hour = (at % 86_400) / 3_600
  const day = new Date(at * 1_000).getUTCDay()
  const daily = RHYTHM * Math.cos((2 * Math.PI * (hour - PEAK_HOUR)) / 24)
  return daily + (day === 0 || day === 6 ? WEEKEND : 0)
}

/** Highest point of a Brownian bridge from 0 to `step`: `(step + √(step² − 2σ² ln u)) / 2`. */
const bridgeMaximum = (step: number, variance: number, random: SeededRandom): number =>
  (step + Math.sqrt(step ** 2 - 2 * variance * Math.log(1 - random.uniform(0, 1)))) / 2
