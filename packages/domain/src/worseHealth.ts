import type { Frame } from './Frame.ts'
import type { Prices } from './Linear.ts'
import type { Health, MarginDomain } from './MarginDomain.ts'
import { distance } from './Portfolio.ts'

type TwoPrices = Pick<Frame, 'oraclePrices' | 'marketPrices'>

/**
 * The two sets of prices that a domain must hold on: what its own venue liquidates on, and what a trade would get.
 *
 * Venues differ: a perp account is liquidated on its venue's mark, whatever a money market's oracle says.
 *
 * @see RISK.md part E
 */
export function priceSets(domain: MarginDomain, frame: TwoPrices): PriceSets {
  const known = made.get(domain)
  if (known?.from === frame.oraclePrices && known.sets.market === frame.marketPrices)
    return known.sets
  const sets = {
    oracle: new Map([...frame.oraclePrices, ...domain.venuePrices]),
    market: frame.marketPrices,
  }
  made.set(domain, { from: frame.oraclePrices, sets })
  return sets
}

type PriceSets = { readonly oracle: Prices; readonly market: Prices }

/** The sets a domain was last asked for: a plan asks for the same ones hundreds of times. */
const made = new WeakMap<MarginDomain, { readonly from: Prices; readonly sets: PriceSets }>()

/** Health on the worse of the two sets of prices, and which it was: `HF_risk = min(HF(p_prot), HF(p_mkt))`. */
export function worseHealth(
  domain: MarginDomain,
  frame: TwoPrices,
): { readonly health: Health; readonly worse: 'oracle' | 'market'; readonly prices: Prices } {
  const sets = priceSets(domain, frame)
  const oracle = domain.health(sets.oracle)
  const market = domain.health(sets.market)
  return distance(market) < distance(oracle)
    ? { health: market, worse: 'market', prices: sets.market }
    : { health: oracle, worse: 'oracle', prices: sets.oracle }
}
