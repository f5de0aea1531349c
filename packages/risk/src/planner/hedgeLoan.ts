import { numberFromRaw, priceOf } from '@plimsoll/domain'
import { heldBy, positionOf } from '../Ledger.ts'
import type { LeverSetting, Step } from '../Lever.ts'
import { offerHedge } from '../levers/offerHedge.ts'
import type { Standing } from './createValuation.ts'

/** A hedge of a loan on the cheapest perp, and the share of the loan's assets that it takes out of the market. */
export type LoanHedge = Step & { readonly hedged?: number }

/**
 * Sells a perp against the largest volatile collateral of a loan, as much as deleveraging to the target would sell.
 *
 * Only accounts that may give margin to the loan count, since a hedge's profit helps nobody where it cannot leave. Shorts
 * that are open there already are taken off what is wanted, so nothing is hedged twice. Accounts that are long are left
 * to their own reduction.
 */
export function hedgeLoan(
  context: LeverSetting,
  p: {
    readonly domain: string
    readonly standing: Standing
    /** Ln health that the loan is brought to. */
    readonly target: number
    readonly minPerpHealth: number
  },
): LoanHedge {
  const { ledger, routes } = context
  const position = positionOf(ledger, p.domain)
  if (position.type !== 'lending') return { type: 'skip', why: 'hedge: not a loan' }
  const { frame } = ledger
  const [largest] = position.collateral
    .map(({ token, raw }) => ({
      asset: token.asset,
      value: numberFromRaw(raw, token.decimals) * priceOf(token.asset, frame.marketPrices),
    }))
    .filter(({ asset }) => routes.perps.some((route) => route.asset === asset))
    .toSorted((a, b) => b.value - a.value)
  if (largest === undefined) return { type: 'skip', why: 'hedge: no perp of a collateral' }

  const { debt, threshold, lnHealth } = p.standing.loan
  const goal = Math.exp(p.target)
  const wanted = Math.min(largest.value, ((goal - Math.exp(lnHealth)) * debt) / (goal - threshold))
  let why = 'hedge: no perp account may give margin to the loan'
  let best: (LoanHedge & { readonly type: 'act'; readonly expected: number }) | null = null
  for (const route of routes.perps) {
    if (route.asset !== largest.asset) continue
    if (!routes.transfers.some(({ from, to }) => from === route.domain && to === p.domain)) continue
    const account = ledger.positions.get(route.domain)
    if (account?.type !== 'perp') continue
    const held = heldBy(ledger, route.domain)
    const size = account.legs.find(({ market }) => market === route.market)?.size ?? 0n
    const short = -numberFromRaw(size, 18) * priceOf(route.asset, frame.marketPrices)
    if (held !== null || size > 0n || short >= wanted) {
      why = `hedge: ${held ?? (size > 0n ? `${route.market} is long on ${route.venue}` : `${route.market} is hedged already`)}`
      continue
    }
    const offer = offerHedge(context, {
      route,
      excess: wanted - short,
      hedge: {
        asset: route.asset,
        maxDeltaShare: 0,
        targetDeltaShare: 0,
        minPerpHealth: p.minPerpHealth,
      },
    })
    if (typeof offer === 'string') why = `hedge: ${offer}`
    else if (best === null || offer.cost / offer.value < best.expected)
      best = {
        type: 'act',
        action: offer.action,
        market: offer.market,
        hedged: offer.value,
        expected: offer.cost / offer.value,
      }
  }
  return best ?? { type: 'skip', why }
}
