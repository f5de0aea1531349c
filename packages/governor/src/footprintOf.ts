import {
  type Action,
  type AssetId,
  type DepthReading,
  type Frame,
  numberFromRaw,
  numberFromUsd,
  type SwapIntent,
  sameAddress,
  type TradeIntent,
  type Usd,
  type VenueId,
} from '@plimsoll/domain'

/** Which market, and on which side of its price. */
type MarketSide = {
  readonly venue: VenueId
  readonly asset: AssetId
  readonly side: 'down' | 'up'
}

/** What an action trades on one market, and what that market is known to bear. */
export type MarketFootprint = MarketSide & Bearing

type Bearing =
  | {
      readonly type: 'measured'
      /** Value traded on one side; null when there is no price for it. [USD] */
      readonly value: number | null
      /** Value that moves the price by 1 % against the trade. [USD] */
      readonly depth: number
      /** Null where the market does not report its volume: a perp market. [USD] */
      readonly volume5m: number | null
    }
  | {
      /** A perp market that its venue does not report. */
      readonly type: 'unmeasured-perp'
      readonly value: number | null
    }
  | {
      /** A pair of tokens without a reading. */
      readonly type: 'unknown'
      readonly value: number | null
    }

/** Everything an action trades, by market and side; empty when it touches no market. */
export function footprintOf(action: Action, frame: Frame): readonly MarketFootprint[] {
  const markets = new Map<string, MarketFootprint>()
  for (const intent of action.intents) {
    if (intent.type !== 'swap' && intent.type !== 'trade') continue
    const { key, market } = intent.type === 'swap' ? ofSwap(intent, frame) : ofTrade(intent, frame)
    const before = markets.get(key)?.value
    markets.set(
      key,
      before === undefined ? market : { ...market, value: sum(before, market.value) },
    )
  }
  return [...markets.values()]
}

type Found = { readonly key: string; readonly market: MarketFootprint }

function ofSwap(intent: SwapIntent, frame: Frame): Found {
  const { venue, tokenIn, tokenOut } = intent
  const value = valueAt(frame, tokenIn.asset, numberFromRaw(intent.amountIn, tokenIn.decimals))
  const key = `${venue} ${tokenIn.address} ${tokenOut.address}`
  for (const reading of frame.depth) {
    if (reading.venue !== venue) continue
    const base = reading.base.address
    const quote = reading.quote.address
    if (sameAddress(base, tokenIn.address) && sameAddress(quote, tokenOut.address))
      return { key, market: measured(reading, 'down', value) }
    if (sameAddress(quote, tokenIn.address) && sameAddress(base, tokenOut.address))
      return { key, market: measured(reading, 'up', value) }
  }
  const { asset } = tokenIn
  return { key, market: { type: 'unknown', venue, asset, side: 'down', value } }
}

function ofTrade(intent: TradeIntent, frame: Frame): Found {
  const size = Math.abs(numberFromRaw(intent.size, 18))
  const value = valueAt(frame, intent.asset, size)
  const side = intent.size > 0n ? 'up' : 'down'
  const key = `${intent.venue} ${intent.market} ${side}`
  const reading = frame.perpMarkets.find(
    ({ venue, market }) => venue === intent.venue && market === intent.market,
  )
  return reading === undefined
    ? {
        key,
        market: { type: 'unmeasured-perp', venue: intent.venue, asset: intent.asset, side, value },
      }
    : { key, market: measured({ ...reading, volume5m: null }, side, value) }
}

function measured(
  reading: Pick<DepthReading, 'venue' | 'asset' | 'depthDown' | 'depthUp'> & {
    readonly volume5m: Usd | null
  },
  side: 'down' | 'up',
  value: number | null,
): MarketFootprint {
  return {
    type: 'measured',
    venue: reading.venue,
    asset: reading.asset,
    side,
    value,
    depth: numberFromUsd(side === 'down' ? reading.depthDown : reading.depthUp),
    volume5m: reading.volume5m === null ? null : numberFromUsd(reading.volume5m),
  }
}

/** Value at market prices; null when the price is missing or not a positive number. [USD] */
function valueAt(frame: Frame, asset: AssetId, tokens: number): number | null {
  const price = frame.marketPrices.get(asset) ?? Number.NaN
  return price > 0 && Number.isFinite(tokens * price) ? tokens * price : null
}

const sum = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : a + b
