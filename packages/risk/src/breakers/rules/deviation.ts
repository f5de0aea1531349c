import type { AssetId } from '@plimsoll/domain'
import type { BreakerConfig } from '../BreakerConfig.ts'
import type { MedianPrice } from '../BreakerState.ts'
import { above, type Finding, NEVER, when } from '../Finding.ts'
import type { MarketReadings } from '../MarketReadings.ts'
import { median } from '../median.ts'
import { isFresh, isPrice } from './feeds.ts'

/** Fresh prices of the market sources by asset: what medians are taken of. */
function freshPrices(
  { feeds }: MarketReadings,
  config: BreakerConfig,
  now: number,
): ReadonlyMap<AssetId, readonly number[]> {
  const fresh = new Map<AssetId, number[]>()
  for (const feed of feeds)
    if (feed.role === 'market' && isFresh(feed, config, now))
      fresh.set(feed.asset, [...(fresh.get(feed.asset) ?? []), feed.price])
  return fresh
}

/** `p_mkt` by asset: the median of the fresh market sources. Stale and future-dated ones have no say. */
export function medianPrices(
  readings: MarketReadings,
  config: BreakerConfig,
  now: number,
): readonly MedianPrice[] {
  return [...freshPrices(readings, config, now)].map(([asset, prices]) => ({
    asset,
    price: median(prices),
    sources: prices.length,
  }))
}

/**
 * What venues liquidate on against the median of the market: enough fresh sources, `|p_prot / p_mkt − 1|`, and whether the
 * sources agree at all.
 *
 * Sources disagree when two of three of them (of n, the share given) are further than the amber limit from their own
 * median: then there is no market price to compare with.
 *
 * @see RISK.md part E
 */
export function judgeDeviation(
  readings: MarketReadings,
  config: BreakerConfig,
  now: number,
): readonly Finding[] {
  const { deviation, exitShare: exit, clearSeconds } = config
  const fresh = freshPrices(readings, config, now)
  const compared = readings.protocol.filter(({ asset }) => !config.sources.exempt.includes(asset))
  const amberOf = (asset: AssetId, threshold: number | null): number =>
    Math.max(
      deviation.amberThresholds * (threshold ?? deviation.feedThreshold),
      deviation.amberSigmas * (readings.sigma5m.get(asset) ?? 0),
    )

  const findings: Finding[] = []
  for (const { domain, venue, asset, price, deviationThreshold } of compared) {
    const prices = fresh.get(asset)
    if (prices === undefined) continue
    const market = median(prices)
    const found = isPrice(price) ? Math.abs(price / market - 1) : Number.NaN
    const threshold = deviationThreshold ?? deviation.feedThreshold
    const amber = amberOf(asset, deviationThreshold)
    const red = Math.max(deviation.redThresholds * threshold, deviation.redFloor)
    findings.push({
      rule: 'deviation',
      subject: `${asset} on ${domain}`,
      on: [
        { type: 'asset', id: asset },
        { type: 'venue', id: venue },
      ],
      found: Number.isNaN(found) ? null : found,
      amber: above({ found, limit: amber, exit }),
      red: above({ found, limit: red, exit }),
      clearSeconds,
    })
  }

  for (const asset of new Set(compared.map((each) => each.asset))) {
    const on = [{ type: 'asset', id: asset }] as const
    const prices = fresh.get(asset) ?? []
    const { amberBelow, redBelow } = config.sources
    findings.push({
      rule: 'fresh-sources',
      subject: asset,
      on,
      found: prices.length,
      amber: when(prices.length < amberBelow, amberBelow),
      red: when(prices.length < redBelow, redBelow),
      clearSeconds,
    })
    if (prices.length < 2) continue
    const middle = median(prices)
    const furthestFirst = prices.map((price) => Math.abs(price / middle - 1)).sort((a, b) => b - a)
    // 2/3 of 3 is 2.0000000000000004 in some roundings of the share: a hair less must still be two.
    const many = Math.max(1, Math.ceil(prices.length * deviation.disagreeingShare - 1e-9))
    const found = furthestFirst[many - 1] ?? 0
    findings.push({
      rule: 'disagreement',
      subject: asset,
      on,
      found,
      amber: NEVER,
      red: above({ found, limit: amberOf(asset, null), exit }),
      clearSeconds,
    })
  }
  return findings
}
