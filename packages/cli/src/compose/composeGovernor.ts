import {
  type BudgetKey,
  type Clock,
  type Frame,
  type Grant,
  least,
  rawFromNumber,
  type Usd,
  usd,
} from '@plimsoll/domain'
import {
  type CapsGovernor,
  createCaps,
  createFootprintGovernor,
  createMemoryBudgetStore,
  createSqliteBypassWallet,
  DEFAULT_CAPS,
  DEFAULT_FOOTPRINT,
  type Governor,
  type GrantRequest,
  leaseBypass,
  wallOf,
} from '@plimsoll/governor'
import { createFrameConditions } from './createFrameConditions.ts'
import { oddsOf } from './oddsOf.ts'

/** Governors that an agent can have, by what people type. */
export const GOVERNORS = ['off', 'caps', 'footprint'] as const
export type GovernorName = (typeof GOVERNORS)[number]

/** A governor, what plans are made with before it is asked, and its eye on every frame. */
export type ComposedGovernor = {
  readonly governor: Governor
  /** Answers at once and takes nothing. */
  readonly preview: CapsGovernor['grant']
  observe(frame: Frame): void
}

const AGENT = 'margin-keeper'
const DAY_MS = 86_400_000

/**
 * Composes a governor by name.
 *
 * `off` allows everything. `caps` looks at one order and keeps nothing. `footprint` is that of a fleet, here of one agent: budgets in
 * memory, conditions from its own frames, its own part of the wall, and the odds that the engine judged its action by. Plans
 * are previewed by the caps, whose limits per order are the same.
 *
 * @param p.opened - Markets as they are now: the store holds a slot to a quarter of each one's depth, and the bypass of a day to what
 * liquidations of the portfolio would sell, whatever is read later.
 */
export async function composeGovernor(
  name: GovernorName,
  p: { readonly clock: Clock; readonly opened: Frame },
): Promise<ComposedGovernor> {
  const caps = createCaps(DEFAULT_CAPS)
  switch (name) {
    case 'off':
      return { governor: OFF, preview: OFF.grant, observe: () => {} }
    case 'caps':
      return { governor: caps, preview: caps.grant, observe: () => {} }
    case 'footprint':
      return composeFootprint(caps, p)
    default:
      return name satisfies never
  }
}

const OFF: CapsGovernor = {
  name: 'off',
  grant: ({ action }): Grant => ({ type: 'allowed', action, checks: [] }),
}

async function composeFootprint(
  caps: CapsGovernor,
  { clock, opened }: { readonly clock: Clock; readonly opened: Frame },
): Promise<ComposedGovernor> {
  const config = DEFAULT_FOOTPRINT
  const store = createMemoryBudgetStore(clock)
  const wallet = createSqliteBypassWallet(':memory:')
  const conditions = createFrameConditions()
  const markets = marketsOf(opened, config.bypassDepthShareBps)
  for (const { asset, venue, limit, forced } of markets) {
    const key = (purpose: BudgetKey['purpose']): BudgetKey => ({ asset, venue, purpose })
    // One agent: nobody else's requests are waited for.
    const terms = { gatherMs: 0, leaseSlots: 2 }
    await store.define(key('orders'), { ...terms, limit, slotMs: config.slotMs })
    if (forced > 0n) await store.define(key('bypass'), { ...terms, limit: forced, slotMs: DAY_MS })
  }
  const fill = async (): Promise<void> => {
    for (const { asset, venue, forced } of markets)
      if (forced > 0n)
        await leaseBypass({ store, wallet, agent: AGENT, asset, venue, amount: forced, skewMs: 0 })
  }
  await fill()

  const footprint = createFootprintGovernor({
    ...{ agent: AGENT, config, store, bypass: wallet },
    conditions: conditions.source,
    walls(asset, frame) {
      const own = wallOf(asset, frame.portfolio.domains, frame)
      return { own, visible: own }
    },
    odds(domain, frame, action) {
      const sold = frame.portfolio.domains.find(({ id }) => id === domain)?.assets ?? []
      const volatilities = sold.flatMap(
        (asset) => conditions.source(asset, frame)?.recentVolatility ?? [],
      )
      return oddsOf(action, volatilities.length === 0 ? null : Math.max(...volatilities))
    },
  })
  return {
    governor: {
      name: footprint.name,
      async grant(request: GrantRequest) {
        await fill()
        return footprint.grant(request)
      },
    },
    preview: caps.grant,
    observe: conditions.observe,
  }
}

/**
 * Every market that an order may use: a share of the deepest that it is known to be, and what liquidations of the portfolio
 * would sell there. [USD 1e8]
 */
function marketsOf(frame: Frame, shareBps: number) {
  const deepest = new Map<string, { asset: string; venue: string; limit: Usd; forced: Usd }>()
  for (const { asset, venue, depthDown, depthUp } of [...frame.depth, ...frame.perpMarkets]) {
    const name = `${asset}@${venue}`
    const limit = usd((least(depthDown, depthUp) * BigInt(shareBps)) / 10_000n)
    if (limit > (deepest.get(name)?.limit ?? -1n))
      deepest.set(name, { asset, venue, limit, forced: forcedOn(frame, asset, venue) })
  }
  return [...deepest.values()]
}

/**
 * What liquidations of a portfolio's domains would sell of an asset on a venue, one after the other: perps on their own, loans on
 * any exchange. [USD 1e8]
 */
function forcedOn(frame: Frame, asset: string, venue: string): Usd {
  const isPerpVenue = frame.perpMarkets.some((market) => market.venue === venue)
  let sum = 0
  for (const domain of frame.portfolio.domains)
    if (
      domain.assets.includes(asset) &&
      (isPerpVenue ? domain.venue === venue : domain.type === 'lending')
    )
      sum += (1 + domain.liquidation.bonus) * domain.exposure(frame.oraclePrices)
  return usd(rawFromNumber(sum, 8))
}
