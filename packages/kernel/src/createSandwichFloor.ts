import {
  type AssetId,
  type DepthReading,
  type Forecast,
  numberFromRaw,
  numberFromUsd,
  priceOf,
  type SwapIntent,
  sameAddress,
} from '@plimsoll/domain'
import { isImminent, minimumOut, virtualReserve } from '@plimsoll/risk'
import type { SwapFloor } from './limitSwaps.ts'

/** Numbers of the sandwich bound. */
export type SandwichSettings = {
  /** Hard limits of slack; `floor` where liquidation within five minutes is more likely than not. [bps] */
  readonly capBps: { readonly calm: number; readonly stress: number; readonly floor: number }
  /** [s] */
  readonly blockSeconds: number
  /** Asset that gas is paid in. */
  readonly gasAsset: AssetId
}

/** Defaults of RISK.md H2: 50, 150 and 300 bp, blocks of 12 s, gas paid in ETH. */
export const DEFAULT_SANDWICH_SETTINGS: SandwichSettings = {
  capBps: { calm: 50, stress: 150, floor: 300 },
  blockSeconds: 12,
  gasAsset: 'ETH',
}

/**
 * Creates the swap floor of RISK.md H1 and H2: what a frame says of the market, put into {@link minimumOut}.
 *
 * The attacker is charged the gas of two swaps at the frame's gas price. A pair whose depth is not in the frame has
 * no reserve, so it gets no slack at all.
 */
export function createSandwichFloor(
  settings: SandwichSettings = DEFAULT_SANDWICH_SETTINGS,
): SwapFloor {
  return ({ action, intent, quote, frame, assessment, forecasts }) => {
    const { marketPrices, block } = frame
    const depth = frame.depth.find((reading) => isPair(reading, intent))
    const domain = assessment.domains.find((each) => each.domain === action.domain)
    const imminent = domain !== undefined && isImminent(domain)
    const gas = Number(2n * quote.gas * block.gasPrice) / 1e18
    return minimumOut({
      amountOut: quote.amountOut,
      valueUsd:
        numberFromRaw(intent.amountIn, intent.tokenIn.decimals) *
        priceOf(intent.tokenIn.asset, marketPrices),
      reserveUsd: depth === undefined ? 0 : virtualReserve(depthOf(depth, intent)),
      fee: quote.fee,
      gasUsd: gas * (marketPrices.get(settings.gasAsset) ?? 0),
      sigmaBlock: sigmaOver(settings.blockSeconds * 1000, intent, forecasts),
      cap: settings.capBps[imminent ? 'floor' : assessment.regime] / 10_000,
    }).minOut
  }
}

const isPair = (reading: DepthReading, { venue, tokenIn, tokenOut }: SwapIntent): boolean =>
  reading.venue === venue &&
  [tokenIn, tokenOut].every((token) =>
    [reading.base, reading.quote].some(({ address }) => sameAddress(address, token.address)),
  )

/** Depth on the side that the swap pushes. [USD] */
const depthOf = (reading: DepthReading, { tokenIn }: SwapIntent): number =>
  numberFromUsd(
    sameAddress(tokenIn.address, reading.base.address) ? reading.depthDown : reading.depthUp,
  )

/** Standard deviation of the pair's log-price over a time, both assets independent; null without both forecasts. */
function sigmaOver(
  ms: number,
  { tokenIn, tokenOut }: SwapIntent,
  forecasts: readonly Forecast[],
): number | null {
  let variance = 0
  for (const { asset } of [tokenIn, tokenOut]) {
    const shortest = forecasts
      .find((forecast) => forecast.asset === asset)
      ?.horizons.reduce((a, b) => (b.ms < a.ms ? b : a))
    if (shortest === undefined) return null
    variance += (shortest.variance * ms) / shortest.ms
  }
  return Math.sqrt(variance)
}
