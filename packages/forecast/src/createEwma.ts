import {
  type AssetId,
  type Forecast,
  InvalidInputError,
  type PricePoint,
  type VolatilityModel,
} from '@plimsoll/domain'

/** Numbers of an exponentially weighted volatility model. */
export type EwmaConfig = {
  readonly version: string
  /** Time after which an observation counts half. [ms] */
  readonly halfLifeMs: number
  /** Fewer prices than this make no forecast; at least 2. */
  readonly minPoints: number
  readonly horizonsMs: readonly number[]
}

/**
 * Creates a volatility model that weights squared log returns by age.
 *
 * `variance rate = Σ w_i r_i² / Σ w_i Δt_i` with `w_i = 2^(−age_i / halfLife)`, and `variance = rate × horizon`: prices may
 * come at any spacing, and a young series is not biased towards zero.
 *
 * @throws {@link InvalidInputError} when the configuration is out of range.
 *
 * @example
 * createEwma({ version: '1', halfLifeMs: 43_200_000, minPoints: 12, horizonsMs: [3_600_000] }).forecast('ETH', points)
 */
export function createEwma(config: EwmaConfig): VolatilityModel {
  assertAbove('ewma.halfLifeMs', config.halfLifeMs, 0)
  assertAbove('ewma.minPoints', config.minPoints, 1)
  assertAbove('ewma.horizonsMs.length', config.horizonsMs.length, 0)
  for (const ms of config.horizonsMs) assertAbove('ewma.horizonsMs', ms, 0)
  return {
    name: `ewma@${config.version}`,
    horizonsMs: config.horizonsMs,
    minPoints: config.minPoints,
    forecast(asset, points): Forecast {
      const rate = varianceRate(asset, points, config)
      return {
        asset,
        model: `ewma@${config.version}`,
        at: points.at(-1)?.at ?? 0,
        horizons: config.horizonsMs.map((ms) => ({ ms, variance: rate * ms })),
      }
    },
  }
}

/**
 * Half-life of the classical decay factor on evenly spaced bars: `λ` per bar of `barMs`. [ms]
 *
 * @throws {@link InvalidInputError} when `lambda` is not between 0 and 1.
 */
export function halfLifeOf(lambda: number, barMs: number): number {
  if (!(lambda > 0 && lambda < 1))
    throw new InvalidInputError({
      field: 'ewma.lambda',
      found: lambda,
      allowed: 'above 0, below 1',
    })
  assertAbove('ewma.barMs', barMs, 0)
  return (barMs * Math.LN2) / -Math.log(lambda)
}

/** Variance of the log price per millisecond. */
function varianceRate(asset: AssetId, points: readonly PricePoint[], config: EwmaConfig): number {
  if (points.length < config.minPoints)
    throw new InvalidInputError({
      field: `prices of ${asset}`,
      found: `${points.length} points`,
      allowed: `at least ${config.minPoints}; wait for more frames`,
    })
  let squares = 0
  let time = 0
  let before: PricePoint | null = null
  for (const point of points) {
    assertAbove(`price of ${asset} at ${point.at}`, point.price, 0)
    if (before !== null) {
      const elapsed = point.at - before.at
      assertAbove(`time between prices of ${asset} up to ${point.at}`, elapsed, 0)
      const decay = 2 ** (-elapsed / config.halfLifeMs)
      squares = squares * decay + Math.log(point.price / before.price) ** 2
      time = time * decay + elapsed
    }
    before = point
  }
  return squares / time
}

function assertAbove(field: string, found: number, limit: number): void {
  if (!(found > limit) || !Number.isFinite(found))
    throw new InvalidInputError({ field, found, allowed: `a finite number above ${limit}` })
}
