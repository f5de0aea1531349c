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
export const priceSets = (domain: MarginDomain, frame: TwoPrices): PriceSets =>
  lookAt(domain, frame).sets

/** Health on the worse of the two sets of prices, and which it was: `HF_risk = min(HF(p_prot), HF(p_mkt))`. */
export function worseHealth(domain: MarginDomain, frame: TwoPrices): WorseHealth {
  const look = lookAt(domain, frame)
  look.worse ??= worseOf(domain, look.sets)
  return look.worse
}

type PriceSets = { readonly oracle: Prices; readonly market: Prices }
type WorseHealth = {
  readonly health: Health
  readonly worse: 'oracle' | 'market'
  readonly prices: Prices
}

/** What a domain looks like at the prices of one frame; `worse` is made when it is first asked for. */
type Look = { readonly from: Prices; readonly sets: PriceSets; worse: WorseHealth | null }

/** The prices a domain was last looked at: an assessment asks for the same ones often, a plan hundreds of times. */
const looks = new WeakMap<MarginDomain, Look>()

function lookAt(domain: MarginDomain, frame: TwoPrices): Look {
  const known = looks.get(domain)
  if (known?.from === frame.oraclePrices && known.sets.market === frame.marketPrices) return known
  const sets = { oracle: venueSet(domain, frame.oraclePrices), market: frame.marketPrices }
  const look = { from: frame.oraclePrices, sets, worse: null }
  looks.set(domain, look)
  return look
}

/** Oracle prices with the venue's own in place; the same set where the venue has none of its own. */
function venueSet({ venuePrices }: MarginDomain, oraclePrices: Prices): Prices {
  let own: Map<string, number> | null = null
  for (const [asset, price] of venuePrices)
    if (oraclePrices.get(asset) !== price) {
      own ??= new Map(oraclePrices)
      own.set(asset, price)
    }
  return own ?? oraclePrices
}

function worseOf(domain: MarginDomain, { oracle, market }: PriceSets): WorseHealth {
  const atOracle = domain.health(oracle)
  const atMarket = domain.health(market)
  return distance(atMarket) < distance(atOracle)
    ? { health: atMarket, worse: 'market', prices: market }
    : { health: atOracle, worse: 'oracle', prices: oracle }
}
