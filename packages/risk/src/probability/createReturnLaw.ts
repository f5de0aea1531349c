import { type AssetId, type Forecast, InvalidInputError } from '@plimsoll/domain'
import type { JumpLaw, ReturnLaw, VarianceKnot, VolOfVol } from './ReturnLaw.ts'

/** Numbers behind a law of returns that a variance forecast does not give. */
export type ReturnLawConfig = {
  /** Assets whose price is pinned. */
  readonly stable: readonly AssetId[]
  /** Assets with jumps of the size below; all others have them {@link altJumps} times as large. */
  readonly majors: readonly AssetId[]
  readonly altJumps: number
  readonly jumpsPerYear: number
  readonly jumpMean: number
  readonly jumpSd: number
  readonly jumpCorrelation: number
  /** Correlation of the log-returns of any two volatile assets. */
  readonly correlation: number
  readonly volOfVol: VolOfVol
  /** Time between two updates of the price a venue liquidates on. [ms] */
  readonly updateMs: number
  readonly innovationDf: number | null
  /** Largest share of a forecast variance that is taken to be jumps. */
  readonly mostJumpShare: number
}

const DAY_MS = 86_400_000
const YEAR_MS = 365 * DAY_MS

/**
 * Defaults of RISK.md part B: `ν` 0.8 over a day and 0.5 over a week (and 0.89 over minutes: a stationary standard
 * deviation of ln variance of 0.892 with a half-life of a day), 24 jumps a year of −2 % ± 5 %, twice as large for what is
 * neither BTC nor ETH, an update every five minutes.
 */
export const DEFAULT_RETURN_LAW_CONFIG: ReturnLawConfig = {
  stable: ['USDC', 'USD', 'sUSD'],
  majors: ['BTC', 'ETH'],
  altJumps: 2,
  jumpsPerYear: 24,
  jumpMean: -0.02,
  jumpSd: 0.05,
  jumpCorrelation: 0.75,
  correlation: 0.7,
  volOfVol: { sd: 0.892, halfLifeMs: DAY_MS },
  updateMs: 300_000,
  innovationDf: 5,
  mostJumpShare: 0.5,
}

/**
 * Makes the law of returns of some assets from variance forecasts.
 *
 * A forecast counts all squared returns, jumps too: their expected share `λT(μ² + δ²)`, at most `mostJumpShare`, is taken out of
 * the diffusion. The total then never is below the forecast.
 *
 * @param p.assets - Assets of the law, in its order.
 * @param p.config - Instead of {@link DEFAULT_RETURN_LAW_CONFIG} where given.
 * @throws {@link InvalidInputError} when a volatile asset has no forecast, or the configuration has an unknown key.
 */
export function createReturnLaw(p: {
  readonly assets: readonly AssetId[]
  readonly forecasts: readonly Forecast[]
  readonly config?: Partial<ReturnLawConfig>
}): ReturnLaw {
  const config = { ...DEFAULT_RETURN_LAW_CONFIG, ...p.config }
  for (const key of Object.keys(config))
    if (!(key in DEFAULT_RETURN_LAW_CONFIG))
      throw new InvalidInputError({
        field: 'return law configuration',
        found: key,
        allowed: Object.keys(DEFAULT_RETURN_LAW_CONFIG).join(', '),
      })
  const pinned = (asset: AssetId) => config.stable.includes(asset)
  const size = (asset: AssetId) => (config.majors.includes(asset) ? 1 : config.altJumps)
  const jumps: JumpLaw = {
    perYear: config.jumpsPerYear,
    mean: p.assets.map((asset) => (pinned(asset) ? 0 : size(asset) * config.jumpMean)),
    sd: p.assets.map((asset) => (pinned(asset) ? 0 : size(asset) * config.jumpSd)),
    correlation: config.jumpCorrelation,
  }
  return {
    assets: p.assets,
    variance: p.assets.map((asset, i) => {
      if (pinned(asset)) return []
      const forecast = p.forecasts.find((each) => each.asset === asset)
      if (forecast === undefined || forecast.horizons.length === 0)
        throw new InvalidInputError({
          field: `forecast of ${asset}`,
          found: 'none',
          allowed: 'a variance by horizon, or the asset listed as stable',
        })
      const square = (jumps.mean[i] ?? 0) ** 2 + (jumps.sd[i] ?? 0) ** 2
      return withoutJumps(forecast, (config.jumpsPerYear / YEAR_MS) * square, config.mostJumpShare)
    }),
    correlation: config.correlation,
    volOfVol: config.volOfVol,
    jumps,
    updateMs: config.updateMs,
    innovationDf: config.innovationDf,
  }
}

function withoutJumps(forecast: Forecast, jumpsPerMs: number, most: number): VarianceKnot[] {
  const knots: VarianceKnot[] = []
  const ascending = [...forecast.horizons].sort((a, b) => a.ms - b.ms)
  for (const { ms, variance } of ascending) {
    const left = Math.max(variance * (1 - most), variance - jumpsPerMs * ms)
    knots.push({ ms, variance: Math.max(left, knots[knots.length - 1]?.variance ?? 0) })
  }
  return knots
}
