import { BAR_SECONDS, BARS_PER_HOUR } from '../bars/Bars.ts'
import type { BarSums } from './createBarSums.ts'
import type { FeatureContext } from './FEATURES.ts'
import { isUsable } from './isUsable.ts'

/** Bars of the market factors, by asset. */
export type Market = { readonly btc: BarSums | null; readonly eth: BarSums | null }

/** What a forecast at a time may look at: the asset's bars before it, and the market's. */
export function contextAt(own: BarSums, market: Market, time: number): FeatureContext {
  const factor = (sums: BarSums | null): FeatureContext['btc'] => {
    if (sums === null || sums.bars.asset === own.bars.asset) return null
    const i = Math.floor((time - sums.bars.start) / BAR_SECONDS)
    return i <= sums.bars.length && isUsable(sums, i) ? { sums, i } : null
  }
  return {
    own,
    i: Math.floor((time - own.bars.start) / BAR_SECONDS),
    time,
    btc: factor(market.btc),
    eth: factor(market.eth),
  }
}

/**
 * Every origin of an asset that can be forecast from, on full hours: `from` included, `to` not.
 */
export function* contextsOf(
  own: BarSums,
  market: Market,
  span: { readonly from: number; readonly to: number } = {
    from: Number.NEGATIVE_INFINITY,
    to: Number.POSITIVE_INFINITY,
  },
): Generator<FeatureContext> {
  const { start, length } = own.bars
  for (let i = BARS_PER_HOUR; i <= length; i += BARS_PER_HOUR) {
    const time = start + i * BAR_SECONDS
    if (time < span.from || time >= span.to || !isUsable(own, i)) continue
    yield contextAt(own, market, time)
  }
}
