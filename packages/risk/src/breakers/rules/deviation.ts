import type { AssetId } from '@plimsoll/domain'
import type { BreakerConfig } from '../BreakerConfig.ts'
import type { MedianPrice } from '../BreakerState.ts'
import { above, type Finding, NEVER, when } from '../Finding.ts'
import type { MarketReadings } from '../MarketReadings.ts'
import { median } from '../median.ts'
import { isFresh, isPrice } from './feeds.ts'

/** What the fresh market sources of one asset say: their prices and `p_mkt`, the median of these. */
type Market = MedianPrice & { readonly prices: readonly number[] }

/** Markets by asset. Stale and future-dated sources have no say. */
export function marketsOf(
  { feeds }: MarketReadings,
  config: BreakerConfig,
  now: number,
): ReadonlyMap<AssetId, Market> {
  const fresh = new Map<AssetId, number[]>()
  for (const feed of feeds) {
    if (feed.role !== 'market' || !isFresh(feed, config, now)) continue
    const prices = fresh.get(feed.asset)
    if (prices === undefined) fresh.set(feed.asset, [feed.price])
    else prices.push(feed.price)
  }
  const markets = new Map<AssetId, Market>()
  for (const [asset, prices] of fresh)
    markets.set(asset, { asset, price: median(prices), sources: prices.length, prices })
  return markets
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
  markets: ReadonlyMap<AssetId, Market>,
  config: BreakerConfig,
): readonly Finding[] {
  const { deviation, exitShare: exit, clearSeconds } = config
  const compared = readings.protocol.filter(({ asset }) => !config.sources.exempt.includes(asset))
  const amberOf = (asset: AssetId, threshold: number | null): number =>
    Math.max(
      deviation.amberThresholds * (threshold ?? deviation.feedThreshold),
      deviation.amberSigmas * (readings.sigma5m.get(asset) ?? 0),
    )

  const findings: Finding[] = []
  for (const { domain, venue, asset, price, deviationThreshold } of compared) {
    const market = markets.get(asset)
    if (market === undefined) continue
    const found = isPrice(price) ? Math.abs(price / market.price - 1) : Number.NaN
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
    const market = markets.get(asset)
    const sources = market?.sources ?? 0
    const { amberBelow, redBelow } = config.sources
    findings.push({
      rule: 'fresh-sources',
      subject: asset,
      on,
      found: sources,
      amber: when(sources < amberBelow, amberBelow),
      red: when(sources < redBelow, redBelow),
      clearSeconds,
    })
    if (market === undefined || sources < 2) continue
    const furthestFirst = market.prices
      .map((price) => Math.abs(price / market.price - 1))
      .sort((a, b) => b - a)
    // 2/3 of 3 is 2.0000000000000004 in some roundings of the share: a hair less must still be two.
    const many = Math.max(1, Math.ceil(sources * deviation.disagreeingShare - 1e-9))
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
