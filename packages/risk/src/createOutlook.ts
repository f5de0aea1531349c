import type { AssetId, Forecast, MarginDomain, Prices } from '@plimsoll/domain'
import type { Probabilities } from './Assessment.ts'
import type { LawConfig } from './LawConfig.ts'
import { anyDomain } from './probability/anyDomain.ts'
import { compileDomain } from './probability/compileDomain.ts'
import {
  createLiquidationModel,
  type LiquidationModel,
} from './probability/createLiquidationModel.ts'
import { createReturnLaw } from './probability/createReturnLaw.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const HORIZONS_MS = [10 * MINUTE_MS, 15 * MINUTE_MS, 60 * MINUTE_MS, 240 * MINUTE_MS, DAY_MS]

/** What lies ahead of one margin domain. */
export type Ahead = {
  /** P(liquidation) by horizon at the worse of two prices; null when an asset that moves it has no forecast. */
  readonly probabilities: Probabilities | null
  /** P(liquidation within 10 minutes) at the venue's own prices; what has no forecast is taken to be wild. */
  readonly hit10min: number
}

/** What is known of the future of margin domains under one set of forecasts. */
export type Outlook = {
  ahead(domain: MarginDomain, prices: { readonly worse: Prices; readonly venue: Prices }): Ahead
  /** P(any of several domains is liquidated within 24 h), each at its own prices: Ditlevsen's bounds and an estimate. */
  any24h(domains: readonly { readonly domain: MarginDomain; readonly prices: Prices }[]): AnyHit
}

/** Probability that at least one of several domains is liquidated. */
export type AnyHit = { readonly lower: number; readonly upper: number; readonly estimate: number }

/** Domains beyond these, the least likely, are added to the upper bound as if they excluded each other. */
const MOST_JOINT = 4

/**
 * Creates the outlook of one frame.
 *
 * @param p.assets - All that moves any of the domains.
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
  const isKnown = (asset: AssetId): boolean => forecasts.has(asset) || p.stable.includes(asset)
  const wild = p.assets
    .filter((asset) => !isKnown(asset))
    .map((asset) => wildForecast(asset, p.config.fallbackSigma24h))
  const { fallbackSigma24h: _, correlation: __, ...returns } = p.config
  const modelOf = (correlation: number): LiquidationModel =>
    createLiquidationModel({
      law: createReturnLaw({
        assets: p.assets,
        forecasts: [...p.forecasts, ...wild],
        config: {
          ...returns,
          stable: p.stable,
          correlation,
          volOfVol: { ...returns.volOfVol, sd: returns.volOfVol.sd * p.nuFactor },
        },
      }),
      horizonsMs: HORIZONS_MS,
    })
  const high = modelOf(p.config.correlation.high)
  let low: LiquidationModel | null = null // asked for where two volatile assets meet
  const into = new Float64Array(HORIZONS_MS.length)
  const worst = new Float64Array(HORIZONS_MS.length)

  const run = (domain: MarginDomain, prices: Prices): void => {
    const compiled = compileDomain(domain, p.assets, prices)
    high.probabilities(compiled, worst)
    let volatile = 0
    for (const at of compiled.active) if (!p.stable.includes(p.assets[at] ?? '')) volatile++
    if (volatile < 2 || p.config.correlation.low === p.config.correlation.high) return
    low ??= modelOf(p.config.correlation.low)
    low.probabilities(compiled, into)
    for (let i = 0; i < worst.length; i++) worst[i] = Math.max(worst[i] ?? 0, into[i] ?? 0)
  }

  return {
    ahead(domain, prices) {
      run(domain, prices.worse)
      const [m10 = 0, m15 = 0, h1 = 0, h4 = 0, h24 = 0] = worst
      const known = domain.assets.every((asset) => isKnown(asset) || !matters(domain, asset))
      if (prices.venue !== prices.worse) run(domain, prices.venue)
      return {
        probabilities: known ? { m15, h1, h4, h24 } : null,
        hit10min: prices.venue === prices.worse ? m10 : (worst[0] ?? 0),
      }
    },
    any24h(domains) {
      const day = HORIZONS_MS.length - 1
      const hits = domains
        .map(({ domain, prices }) => high.hit(compileDomain(domain, p.assets, prices), day))
        .toSorted((a, b) => b.probability - a.probability)
      const joint = anyDomain(high, hits.slice(0, MOST_JOINT), day)
      const rest = hits.slice(MOST_JOINT).reduce((sum, { probability }) => sum + probability, 0)
      return {
        lower: joint.ditlevsen.lower,
        upper: Math.min(1, joint.ditlevsen.upper + rest),
        estimate: Math.min(1, joint.estimate + rest / 2),
      }
    },
  }
}

/** A forecast for what nobody forecasts. */
const wildForecast = (asset: AssetId, sigma24h: number): Forecast => ({
  asset,
  model: 'wild',
  at: 0,
  horizons: [{ ms: DAY_MS, variance: sigma24h ** 2 }],
})

const matters = ({ linear }: MarginDomain, asset: AssetId): boolean =>
  (linear.backing.perToken.get(asset) ?? 0) !== 0 ||
  (linear.requirement.perToken.get(asset) ?? 0) !== 0
