import {
  type AssetId,
  delta,
  equity,
  type Forecast,
  type Frame,
  healthFactorOf,
  InvalidInputError,
  type MarginDomain,
  type Prices,
  priceOf,
  priceSets,
  worseHealth,
} from '@plimsoll/domain'
import type { AssessConfig } from './AssessConfig.ts'
import type { AssessMemory, Assessment, Divergence, DomainAssessment } from './Assessment.ts'
import { evaluateBreakers } from './breakers/evaluateBreakers.ts'
import type { StableReading } from './breakers/MarketReadings.ts'
import { readingsOf } from './breakers/readingsOf.ts'
import { type AnyHit, createOutlook, type Outlook } from './createOutlook.ts'
import { stress } from './stress/stress.ts'

const DAY_MS = 86_400_000

/**
 * Judges a frame: how far each margin domain is from liquidation, and how far prices can be trusted.
 *
 * Health is the worse of the values at oracle and at market prices (`HF_risk = min`). The distance in standard
 * deviations is `lnHealth / √(w'Σw)` over 24 h with `w` the gradient of ln health in log-prices.
 *
 * @throws MissingPriceError when an asset of a domain has no price.
 * @throws InvalidInputError when the configuration or a forecast is out of range.
 * @see RISK.md parts A and E
 */
export function assess(p: {
  readonly frame: Frame
  readonly forecasts: readonly Forecast[]
  readonly config: AssessConfig
  readonly memory?: AssessMemory
}): Assessment {
  const { frame, config } = p
  assertConfig(config)
  const sigmas = new Map<AssetId, number>()
  for (const forecast of p.forecasts) sigmas.set(forecast.asset, sigmaOverDay(forecast))
  const largestSigma = Math.max(0, ...sigmas.values())
  for (const asset of config.stable) if (!sigmas.has(asset)) sigmas.set(asset, 0)

  const divergence = divergences(frame)
  const breakers = evaluateBreakers({
    readings: readingsOf(frame, {
      history: p.memory?.pools ?? [],
      sigma5m: fiveMinutes(sigmas),
      stables: stablesOf(frame, config.stable),
    }),
    config: pinned(config).breakers,
    previous: p.memory?.breakers ?? null,
    now: Number(frame.block.timestamp),
  })
  const given = {
    forecasts: p.forecasts,
    stable: config.stable,
    law: config.law,
    nuFactor: breakers.overall === 'green' ? 1 : config.breakers.effects.nuFactor,
  }
  const outlook = createOutlook({ ...given, assets: assetsOf(frame), config: given.law })
  const domains = frame.portfolio.domains.map((domain) =>
    assessDomain({
      domain,
      frame,
      sigmas,
      outlook,
      hitAbove: config.breakers.effects.hitAbove,
      correlation: config.correlation,
    }),
  )
  const report = stress({ frame, sigma24h: sigmas, config: pinned(config).stress })
  const diverged = divergence.some(({ share }) => share > config.maxDivergence)
  return {
    block: frame.block.number,
    domains,
    weakest: weakestOf(domains),
    equity: equity(frame.portfolio, frame.marketPrices),
    delta: delta(frame.portfolio, frame.marketPrices),
    sigma24h: sigmas,
    divergence,
    diverged,
    any24h: anyOf(frame, domains, outlook),
    sigmaRatio: largestSigma > 0 ? largestSigma / config.longRunSigma24h : null,
    forcedVenues: forcedVenuesOf(domains),
    stress: report,
    breakers,
    effects: config.breakers.effects,
    outlook: given,
    regime: diverged || largestSigma > config.stressSigma24h ? 'stress' : 'calm',
  }
}

function assessDomain(p: {
  readonly domain: MarginDomain
  readonly frame: Frame
  readonly sigmas: ReadonlyMap<AssetId, number>
  readonly outlook: Outlook
  readonly hitAbove: number
  readonly correlation: AssessConfig['correlation']
}): DomainAssessment {
  const { domain, frame } = p
  const { health, worse, prices } = worseHealth(domain, frame)
  const { oracle } = priceSets(domain, frame)
  const ahead = p.outlook.ahead(domain, { worse: prices, venue: oracle })
  const sigma24h = health.type === 'solvent' ? healthSigma(prices, p) : null
  return {
    domain: domain.id,
    venue: domain.venue,
    type: domain.type,
    health,
    healthFactor: healthFactorOf(health),
    worse,
    liquidationPrices: domain.assets.map((asset) => {
      const price = domain.liquidationPrice(asset, oracle)
      const move = price === null ? null : price / priceOf(asset, oracle) - 1
      return { asset, price, move }
    }),
    sigma24h,
    sigmas:
      health.type === 'solvent' && sigma24h !== null && sigma24h > 0
        ? health.lnHealth / sigma24h
        : null,
    probabilities: ahead.probabilities,
    hit10min: ahead.hit10min(p.hitAbove),
    equity: domain.equity(frame.marketPrices),
    exposure: domain.exposure(oracle),
  }
}

/** `√(w'Σw)` with `w` the gradient of ln health at prices; null when an asset that matters has no forecast. */
function healthSigma(
  prices: Prices,
  p: {
    readonly domain: MarginDomain
    readonly sigmas: ReadonlyMap<AssetId, number>
    readonly correlation: AssessConfig['correlation']
  },
): number | null {
  let sum = 0
  let gross = 0
  let squares = 0
  for (const [i, weight] of p.domain.gradient(prices).entries()) {
    if (weight === 0) continue
    const sigma = p.sigmas.get(p.domain.assets[i] ?? '')
    if (sigma === undefined) return null
    sum += weight * sigma
    gross += Math.abs(weight) * sigma
    squares += (weight * sigma) ** 2
  }
  if (p.correlation === 'worst') return gross
  return Math.sqrt(Math.max(0, (1 - p.correlation) * squares + p.correlation * sum ** 2))
}

/** Volatility over a day, read off the forecast between horizons by linear variance in time. */
function sigmaOverDay(forecast: Forecast): number {
  const horizons = [...forecast.horizons].sort((a, b) => a.ms - b.ms)
  const last = horizons.at(-1)
  if (last === undefined || horizons.some((h) => !(h.ms > 0) || !(h.variance >= 0)))
    throw new InvalidInputError({
      field: `forecast of ${forecast.asset}`,
      found: JSON.stringify(forecast.horizons),
      allowed: 'at least one horizon above 0 ms with a variance of zero or more',
    })
  let before = { ms: 0, variance: 0 }
  for (const here of horizons) {
    if (here.ms >= DAY_MS) {
      const share = (DAY_MS - before.ms) / (here.ms - before.ms)
      return Math.sqrt(before.variance + share * (here.variance - before.variance))
    }
    before = here
  }
  return Math.sqrt((last.variance * DAY_MS) / last.ms)
}

function divergences(frame: Frame): readonly Divergence[] {
  const both: Divergence[] = []
  for (const asset of frame.oraclePrices.keys()) {
    if (!frame.marketPrices.has(asset)) continue
    const oracle = priceOf(asset, frame.oraclePrices)
    const market = priceOf(asset, frame.marketPrices)
    both.push({ asset, oracle, market, share: Math.abs(oracle / market - 1) })
  }
  return both
}

/** Null where the probability of one domain is not known. */
function anyOf(
  frame: Frame,
  domains: readonly DomainAssessment[],
  outlook: Outlook,
): AnyHit | null {
  if (domains.some(({ probabilities }) => probabilities === null)) return null
  const each = frame.portfolio.domains.map((domain, i) => ({
    domain,
    prices: worseHealth(domain, frame).prices,
    probability: domains[i]?.probabilities?.h24 ?? 0,
  }))
  const levered = each.filter(({ probability }) => probability > NEGLIGIBLE)
  if (levered.length > 1) return outlook.any24h(levered)
  const most = Math.max(0, ...each.map(({ probability }) => probability))
  return { lower: most, upper: most, estimate: most }
}

/** Probabilities below this change no decision. */
const NEGLIGIBLE = 1e-7

/** Venues on which a domain can be liquidated now. */
const forcedVenuesOf = (domains: readonly DomainAssessment[]): number =>
  new Set(domains.filter(({ healthFactor }) => healthFactor < 1).map(({ venue }) => venue)).size

function assetsOf({ portfolio }: Frame): readonly AssetId[] {
  const all = new Set<AssetId>()
  for (const { assets } of portfolio.domains) for (const asset of assets) all.add(asset)
  return [...all]
}

type Pinned = Pick<AssessConfig, 'stress' | 'breakers'>

/**
 * Stress and breakers with every token that is pinned to the dollar: it is among the stables, and quoted in the dollar, so
 * that no market of its own is asked for. Made once per configuration.
 */
function pinned(config: AssessConfig): Pinned {
  const known = pinnedOf.get(config)
  if (known !== undefined) return known
  const { stress, breakers, stable } = config
  const made = {
    stress: { ...stress, stables: [...new Set([...stress.stables, ...stable])] },
    breakers: {
      ...breakers,
      sources: { ...breakers.sources, exempt: [...breakers.sources.exempt, ...stable] },
    },
  }
  pinnedOf.set(config, made)
  return made
}
const pinnedOf = new WeakMap<AssessConfig, Pinned>()

/** Volatility over five minutes from that over a day. */
function fiveMinutes(sigmas: ReadonlyMap<AssetId, number>): ReadonlyMap<AssetId, number> {
  const share = Math.sqrt(1 / 288)
  const shorter = new Map<AssetId, number>()
  for (const [asset, sigma] of sigmas) shorter.set(asset, sigma * share)
  return shorter
}

/** Prices of tokens that promise a dollar and are traded for another one. */
function stablesOf(frame: Frame, stable: readonly AssetId[]): readonly StableReading[] {
  return stable.flatMap((asset) => {
    const price = frame.marketPrices.get(asset)
    return price === undefined ? [] : [{ asset, price, redemption: null }]
  })
}

function weakestOf(domains: readonly DomainAssessment[]): DomainAssessment['domain'] | null {
  let weakest: DomainAssessment | null = null
  for (const each of domains)
    if (each.health.type !== 'unlevered')
      if (weakest === null || each.healthFactor < weakest.healthFactor) weakest = each
  return weakest?.domain ?? null
}

function assertConfig(config: AssessConfig): void {
  const { correlation } = config
  if (correlation !== 'worst' && !(correlation >= -1 && correlation <= 1))
    throw new InvalidInputError({
      field: 'assess.correlation',
      found: correlation,
      allowed: '"worst" or a number from -1 to 1',
    })
  for (const field of ['maxDivergence', 'stressSigma24h'] as const)
    if (!(config[field] > 0))
      throw new InvalidInputError({
        field: `assess.${field}`,
        found: config[field],
        allowed: 'a number above 0',
      })
}
