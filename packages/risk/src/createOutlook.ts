import type { AssetId, Forecast, MarginDomain, Prices } from '@plimsoll/domain'
import type { Probabilities } from './Assessment.ts'
import type { LawConfig } from './LawConfig.ts'
import { anyDomain } from './probability/anyDomain.ts'
import { applyPriceLaw } from './probability/applyPriceLaw.ts'
import { type CompiledDomain, compileDomain } from './probability/compileDomain.ts'
import {
  createLiquidationModel,
  type LiquidationModel,
} from './probability/createLiquidationModel.ts'
import { createReturnLaw } from './probability/createReturnLaw.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const HORIZONS_MS = [15 * MINUTE_MS, 60 * MINUTE_MS, 240 * MINUTE_MS, DAY_MS]
const SOON_MS = [10 * MINUTE_MS]

/** What lies ahead of one margin domain. */
export type Ahead = {
  /** P(liquidation) by horizon at the worse of two prices; null when an asset that moves it has no forecast. */
  readonly probabilities: Probabilities | null
  /**
   * P(liquidation within 10 minutes) at the venue's own prices, or a bound on it that is not above `enough`; what has no
   * forecast is taken to be wild.
   */
  hit10min(enough: number): number
}

/** What is known of the future of margin domains under one set of forecasts. */
export type Outlook = {
  ahead(domain: MarginDomain, prices: { readonly worse: Prices; readonly venue: Prices }): Ahead
  /**
   * P(any of several domains is liquidated within 24 h), each at its own prices: Ditlevsen's bounds and an estimate.
   *
   * @param domains - With what `ahead` said of each.
   */
  any24h(
    domains: readonly {
      readonly domain: MarginDomain
      readonly prices: Prices
      readonly probability: number
    }[],
  ): AnyHit
}

/** Probability that at least one of several domains is liquidated. */
export type AnyHit = { readonly lower: number; readonly upper: number; readonly estimate: number }

/** Domains beyond these, the least likely, are added to the upper bound as if they excluded each other; so are those below a share of the likeliest. */
const MOST_JOINT = 4
const LEAST_JOINT = 1e-3

/**
 * Creates the outlook of one frame.
 *
 * A domain that one asset moves takes the forecast's own law of the running minimum or maximum where there is one, from the
 * horizons that have it; everything else is the mixture of jumps and uncertain variance around the forecast variances.
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
  const modelOf = (correlation: number, horizonsMs: readonly number[]): LiquidationModel => {
    const { fallbackSigma24h, correlation: _, ...returns } = p.config
    const wild = p.assets
      .filter((asset) => !isKnown(asset))
      .map((asset) => wildForecast(asset, fallbackSigma24h))
    return createLiquidationModel({
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
      horizonsMs,
    })
  }
  const { low, high } = p.config.correlation
  const models = modelsOf(p)
  const model = (correlation: number, horizonsMs: readonly number[]): LiquidationModel => {
    const known = models.get(horizonsMs)?.get(correlation)
    if (known !== undefined) return known
    const created = modelOf(correlation, horizonsMs)
    models.set(horizonsMs, new Map(models.get(horizonsMs)).set(correlation, created))
    return created
  }
  const into = new Float64Array(HORIZONS_MS.length)

  /** Legs that hurt in one direction are worst when they move together, legs that offset each other when they do not. */
  const worstCorrelation = ({ active, backing, requirement }: CompiledDomain): number => {
    let up = false
    let down = false
    for (const [i, at] of active.entries()) {
      if (p.stable.includes(p.assets[at] ?? '')) continue
      const weight = (backing[i] ?? 0) - (requirement[i] ?? 0)
      if (weight > 0) up = true
      if (weight < 0) down = true
    }
    return up && down ? low : high
  }
  const run = (domain: MarginDomain, prices: Prices, horizonsMs: readonly number[]): void => {
    const compiled = compileDomain(domain, p.assets, prices)
    model(worstCorrelation(compiled), horizonsMs).probabilities(compiled, into)
    lawful(compiled, horizonsMs, into)
  }
  const lawful = (of: CompiledDomain, horizonsMs: readonly number[], probabilities: Float64Array) =>
    applyPriceLaw({
      domain: of,
      pinned: p.stable,
      forecasts,
      horizonsMs,
      alone: p.nuFactor === 1,
      probabilities,
    })
  const dayProbability = Float64Array.of(0)

  return {
    ahead(domain, prices) {
      run(domain, prices.worse, HORIZONS_MS)
      const [m15 = 0, h1 = 0, h4 = 0, h24 = 0] = into
      const known = domain.assets.every((asset) => isKnown(asset) || !matters(domain, asset))
      return {
        probabilities: known ? { m15, h1, h4, h24 } : null,
        hit10min(enough) {
          // The worse prices and the longer time bound it: most often that settles the question.
          if (m15 <= enough) return m15
          run(domain, prices.venue, SOON_MS)
          return into[0] ?? 0
        },
      }
    },
    any24h(domains) {
      const day = HORIZONS_MS.length - 1
      const together = model(high, HORIZONS_MS)
      const ordered = domains.toSorted((a, b) => b.probability - a.probability)
      const least = LEAST_JOINT * (ordered[0]?.probability ?? 0)
      const among = ordered.filter(({ probability }, i) => i < MOST_JOINT && probability >= least)
      const likeliest = among.map(({ domain, prices }) => {
        const compiled = compileDomain(domain, p.assets, prices)
        const hit = together.hit(compiled, day)
        dayProbability[0] = hit.probability
        lawful(compiled, [DAY_MS], dayProbability)
        return { hit, probability: dayProbability[0] ?? 0 }
      })
      const joint = anyDomain(
        together,
        likeliest.map(({ hit }) => hit),
        day,
      )
      // The mixture tells how much the domains' days overlap, the laws how likely each is.
      const most = Math.max(0, ...likeliest.map(({ probability }) => probability))
      const all = likeliest.reduce((sum, { probability }) => sum + probability, 0)
      const mixed = likeliest.reduce((sum, { hit }) => sum + hit.probability, 0)
      const scale = mixed > 0 ? all / mixed : 1
      const within = (value: number): number => Math.min(1, all, Math.max(most, value * scale))
      const rest = ordered
        .slice(among.length)
        .reduce((sum, { probability }) => sum + probability, 0)
      return {
        lower: within(joint.ditlevsen.lower),
        upper: Math.min(1, within(joint.ditlevsen.upper) + rest),
        estimate: Math.min(1, within(joint.estimate) + rest / 2),
      }
    },
  }
}

/** Models by horizons and correlation. */
type Models = Map<readonly number[], Map<number, LiquidationModel>>

/** Models by what they are made from. A forecast stands for minutes and is asked for at every block. */
const made = new WeakMap<LawConfig, WeakMap<readonly Forecast[], Map<string, Models>>>()

/** Models under these very forecasts so far. */
function modelsOf(p: Parameters<typeof createOutlook>[0]): Models {
  const ofConfig = made.get(p.config) ?? new WeakMap<readonly Forecast[], Map<string, Models>>()
  made.set(p.config, ofConfig)
  const ofForecasts = ofConfig.get(p.forecasts) ?? new Map<string, Models>()
  ofConfig.set(p.forecasts, ofForecasts)
  const key = `${p.nuFactor} ${p.assets.join(' ')} ${p.stable.join(' ')}`
  const models: Models = ofForecasts.get(key) ?? new Map()
  ofForecasts.set(key, models)
  return models
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
