import { createLinearDomain, type Linear, type MarginDomain } from '@plimsoll/domain'

/** A domain drawn at random, and what kind it is. */
export type Drawn = { readonly kind: Kind; readonly domain: MarginDomain }

export type Kind = 'loan' | 'loan in kind' | 'loan on two' | 'perp long' | 'perp short'

const TERMS = { closeFactor: 0.5, fullCloseHealth: null, bonus: 0.05, partial: true } as const

/**
 * Draws one domain of each kind on assets with the given prices: loans by log health, perps by leverage, both
 * log-uniform, from the reckless to the careful.
 */
export function drawDomains(
  prices: ReadonlyMap<string, number>,
  next: () => number,
): readonly Drawn[] {
  const assets = [...prices.keys()]
  const pick = (but = ''): string => {
    const rest = assets.filter((asset) => asset !== but)
    return rest[Math.floor(next() * rest.length)] ?? ''
  }
  const price = (asset: string): number => prices.get(asset) ?? Number.NaN
  const between = (least: number, most: number): number => least * (most / least) ** next()
  const health = (): number => Math.exp(between(0.004, 0.3))
  const threshold = 0.75 + 0.1 * next()

  const one = pick()
  const [debtor, owed] = [pick(), '']
  const debt = pick(debtor)
  const [first] = assets
  const second = pick(first)
  const share = 0.2 + 0.6 * next()
  return [
    {
      kind: 'loan',
      domain: loan({ [one]: threshold / price(one) }, {}, threshold / health()),
    },
    {
      kind: 'loan in kind',
      domain: loan(
        { [debtor]: threshold / price(debtor) },
        { [debt]: threshold / health() / price(debt) },
        owed === '' ? 0 : 1,
      ),
    },
    {
      kind: 'loan on two',
      domain: loan(
        {
          [first ?? '']: (threshold * share) / price(first ?? ''),
          [second]: (threshold * (1 - share)) / price(second),
        },
        {},
        threshold / health(),
      ),
    },
    perp('perp long', pick(), 1),
    perp('perp short', pick(), -1),
  ]

  /** One USD of notional on `1 / leverage` of margin, of which some must stay. */
  function perp(kind: Kind, asset: string, side: 1 | -1): Drawn {
    const leverage = between(2, 60)
    const maintenance = Math.min(0.0625, 0.6 / leverage)
    const size = side / price(asset)
    return {
      kind,
      domain: domainOf(
        { constant: 1 / leverage - side, perToken: new Map([[asset, size]]) },
        { constant: 0, perToken: new Map([[asset, (maintenance * 1) / price(asset)]]) },
        prices,
      ),
    }
  }
  function loan(
    backing: Readonly<Record<string, number>>,
    requirement: Readonly<Record<string, number>>,
    stable: number,
  ): MarginDomain {
    return domainOf(
      { constant: 0, perToken: new Map(Object.entries(backing)) },
      { constant: stable, perToken: new Map(Object.entries(requirement)) },
      prices,
    )
  }
}

function domainOf(
  backing: Linear,
  requirement: Linear,
  prices: ReadonlyMap<string, number>,
): MarginDomain {
  return createLinearDomain({
    id: 'drawn',
    venue: 'drawn',
    type: 'lending',
    linear: { backing, requirement, equity: backing, exposure: requirement },
    venuePrices: prices,
    liquidation: TERMS,
  })
}
