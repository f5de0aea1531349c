import type { AssetId, Forecast, MarginDomain, Prices } from '@plimsoll/domain'
import type { Probabilities } from './Assessment.ts'
import type { LawConfig } from './LawConfig.ts'
import { compileDomain } from './probability/compileDomain.ts'
import {
  createLiquidationModel,
  type LiquidationModel,
} from './probability/createLiquidationModel.ts'
import type { ReturnLaw, VarianceKnot } from './probability/ReturnLaw.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const HORIZONS_MS = [15 * MINUTE_MS, 60 * MINUTE_MS, 240 * MINUTE_MS, DAY_MS]

/** What is known of the future of margin domains under one set of forecasts. */
export type Outlook = {
  /** P(liquidation) by horizon at prices; null when an asset that moves the domain has no forecast. */
  probabilities(domain: MarginDomain, prices: Prices): Probabilities | null
  /** P(liquidation within 10 minutes) at the venue's prices; what has no forecast is taken to be wild. */
  hit10min(domain: MarginDomain, prices: Prices): number
}

/**
 * Creates the outlook of one frame.
 *
 * @param p.nuFactor - What to multiply the uncertainty of variance by: above 1 while prices are not trusted.
 * @throws InvalidInputError when a forecast or the configuration is out of range.
 * @see RISK.md part B
 */
export function createOutlook(p: {
  readonly assets: readonly AssetId[]
  readonly forecasts: readonly Forecast[]
  readonly stable: readonly AssetId[]
  readonly config: LawConfig
  readonly nuFactor: number
}): Outlook {
  const forecasts = new Map(p.forecasts.map((forecast) => [forecast.asset, forecast]))
  const known = p.assets.filter((asset) => forecasts.has(asset) || p.stable.includes(asset))
  const knots = (asset: AssetId): readonly VarianceKnot[] => knotsOf(forecasts.get(asset))
  const wild: readonly VarianceKnot[] = [{ ms: DAY_MS, variance: p.config.fallbackSigma24h ** 2 }]
  const correlations =
    known.length > 1
      ? [p.config.correlation.low, p.config.correlation.high]
      : [p.config.correlation.high]
  const models = correlations.map((correlation) =>
    createLiquidationModel({
      law: lawOf({ ...p, variance: p.assets.map(knots), correlation }),
      horizonsMs: HORIZONS_MS,
    }),
  )
  let soon: LiquidationModel | null = null // most frames have no breaker to ask for it
  const into = new Float64Array(HORIZONS_MS.length)

  return {
    probabilities(domain, prices) {
      if (domain.assets.some((asset) => matters(domain, asset) && !known.includes(asset)))
        return null
      const compiled = compileDomain(domain, p.assets, prices)
      const worst = [0, 0, 0, 0]
      for (const model of models) {
        model.probabilities(compiled, into)
        for (let i = 0; i < worst.length; i++) worst[i] = Math.max(worst[i] ?? 0, into[i] ?? 0)
      }
      const [m15 = 0, h1 = 0, h4 = 0, h24 = 0] = worst
      return { m15, h1, h4, h24 }
    },
    hit10min(domain, prices) {
      soon ??= createLiquidationModel({
        law: lawOf({
          ...p,
          variance: p.assets.map((asset) => (known.includes(asset) ? knots(asset) : wild)),
          correlation: p.config.correlation.high,
        }),
        horizonsMs: [10 * MINUTE_MS],
      })
      soon.probabilities(compileDomain(domain, p.assets, prices), into)
      return into[0] ?? 0
    },
  }
}

function lawOf(p: {
  readonly assets: readonly AssetId[]
  readonly variance: readonly (readonly VarianceKnot[])[]
  readonly correlation: number
  readonly config: LawConfig
  readonly nuFactor: number
}): ReturnLaw {
  const { jumps, volOfVol, updateMs, innovationDf } = p.config
  const scale = p.assets.map((asset, i) =>
    (p.variance[i] ?? []).length === 0 ? 0 : jumps.majors.includes(asset) ? 1 : 2,
  )
  return {
    assets: p.assets,
    variance: p.variance,
    correlation: p.correlation,
    volOfVol: { ...volOfVol, sd: volOfVol.sd * p.nuFactor },
    jumps: {
      perYear: jumps.perYear,
      mean: scale.map((each) => each * jumps.mean),
      sd: scale.map((each) => each * jumps.sd),
      correlation: jumps.correlation,
    },
    updateMs,
    innovationDf,
  }
}

/** Variance by horizon, ascending; nothing for what is pinned. */
function knotsOf(forecast: Forecast | undefined): readonly VarianceKnot[] {
  return (forecast?.horizons ?? []).toSorted((a, b) => a.ms - b.ms)
}

const matters = ({ linear }: MarginDomain, asset: AssetId): boolean =>
  (linear.backing.perToken.get(asset) ?? 0) !== 0 ||
  (linear.requirement.perToken.get(asset) ?? 0) !== 0
