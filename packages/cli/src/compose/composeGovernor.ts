import {
  type BudgetKey,
  type Clock,
  type Frame,
  type Grant,
  least,
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
 * @param p.opened - Markets as they are now: the store holds a slot to a quarter of each one's depth, whatever is read later.
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
  for (const { asset, venue, limit } of markets) {
    const key = (purpose: BudgetKey['purpose']): BudgetKey => ({ asset, venue, purpose })
    // One agent: nobody else's requests are waited for.
    const terms = { limit, gatherMs: 0, leaseSlots: 2 }
    await store.define(key('orders'), { ...terms, slotMs: config.slotMs })
    await store.define(key('bypass'), { ...terms, slotMs: DAY_MS })
  }
  const fill = async (): Promise<void> => {
    for (const { asset, venue, limit } of markets)
      await leaseBypass({ store, wallet, agent: AGENT, asset, venue, amount: limit, skewMs: 0 })
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

/** Every market that an order may use, with a share of the deepest that it is known to be. [USD 1e8] */
function marketsOf({ depth, perpMarkets }: Frame, shareBps: number) {
  const deepest = new Map<string, { asset: string; venue: string; limit: Usd }>()
  for (const { asset, venue, depthDown, depthUp } of [...depth, ...perpMarkets]) {
    const name = `${asset}@${venue}`
    const limit = usd((least(depthDown, depthUp) * BigInt(shareBps)) / 10_000n)
    if (limit > (deepest.get(name)?.limit ?? -1n)) deepest.set(name, { asset, venue, limit })
  }
  return [...deepest.values()]
}
