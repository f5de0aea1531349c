import {
  BaseError,
  type BudgetKey,
  type BudgetStore,
  type Clock,
  type Frame,
  type Grant,
  least,
  numberFromUsd,
  rawFromNumber,
  type Usd,
  usd,
} from '@plimsoll/domain'
import {
  type BypassWallet,
  type CapsGovernor,
  createCaps,
  createFootprintGovernor,
  createMemoryBudgetStore,
  createSqliteBypassWallet,
  DEFAULT_CAPS,
  DEFAULT_FOOTPRINT,
  type FootprintConfig,
  flowOfDepth,
  type Governor,
  type GrantRequest,
  leaseBypass,
  reportBypass,
  type Walls,
  wallOf,
} from '@plimsoll/governor'
import { createFrameConditions, type RecentVolume } from './createFrameConditions.ts'
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

/** What ties the governor of one agent to those of others. */
export type FleetTies = {
  /** Unique in the fleet. */
  readonly agent: string
  /** The same numbers for all. */
  readonly config: FootprintConfig
  /** With terms for every market that may be traded. */
  readonly store: BudgetStore
  readonly wallet: BypassWallet
  /** Part of a market's bypass that this agent leases ahead at most, in millionths. */
  readonly bypassShareE6: bigint
  /** Volume of whole markets; absent: that of the pools in the agent's own frames. */
  readonly volume?: RecentVolume
  /** The fleet's wall and the visible one. */
  walls(asset: string, frame: Frame): Walls | null
}

const DAY_MS = 86_400_000

/**
 * Composes a governor by name.
 *
 * `off` allows everything. `caps` looks at one order and keeps nothing. `footprint` is that of a fleet: budgets in its store,
 * conditions from the agent's own frames, and the odds that the engine judged its action by. Plans are previewed by the
 * caps, whose limits per order are the same.
 *
 * @param p.opened - Markets and portfolio as they are now.
 * @param p.ties - Absent: a fleet of one, with budgets in memory.
 */
export async function composeGovernor(
  name: GovernorName,
  p: { readonly clock: Clock; readonly opened: Frame; readonly ties?: FleetTies },
): Promise<ComposedGovernor> {
  const caps = createCaps(DEFAULT_CAPS)
  switch (name) {
    case 'off':
      return { governor: OFF, preview: OFF.grant, observe: () => {} }
    case 'caps':
      return { governor: caps, preview: caps.grant, observe: () => {} }
    case 'footprint':
      return composeFootprint(caps, p.opened, p.ties ?? (await tieToNobody(p)))
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
  opened: Frame,
  ties: FleetTies,
): Promise<ComposedGovernor> {
  const { agent, config, store, wallet } = ties
  const conditions = createFrameConditions(ties.volume)
  const shares: { asset: string; venue: string; amount: Usd }[] = []
  for (const { asset, venue, forced } of marketsOf(opened, config)) {
    const [bypass] = await store.status([{ asset, venue, purpose: 'bypass' }])
    const part = ((bypass?.terms.limit ?? 0n) * ties.bypassShareE6) / 1_000_000n
    if (forced > 0n && part > 0n) shares.push({ asset, venue, amount: usd(least(forced, part)) })
  }
  const told = new Set<string>()
  const fill = async (): Promise<void> => {
    await reportBypass(store, wallet, told)
    for (const { asset, venue, amount } of shares)
      await leaseBypass({ store, wallet, agent, asset, venue, amount, skewMs: 0 })
  }
  await fill()
  let filled: Promise<void> = Promise.resolve()
  /** One after the other: what is drawn must be told before a new lease takes its place. */
  const refill = (): Promise<void> => {
    filled = filled.then(fill).catch(unlessAway)
    filled.catch(() => {}) // whoever waits for it hears of it
    return filled
  }

  const footprint = createFootprintGovernor({
    ...{ agent, config, store, bypass: wallet },
    conditions: conditions.source,
    walls: ties.walls,
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
        await refill()
        const grant = await footprint.grant(request)
        await refill()
        return grant
      },
    },
    preview: caps.grant,
    observe(frame) {
      conditions.observe(frame)
      void refill()
    },
  }
}

/** A store that is away refuses orders by itself; the wallet works on, and is filled and told of when it is back. */
function unlessAway(cause: unknown): void {
  if (!(cause instanceof BaseError)) throw cause
}

/** A fleet of one: a slot may take a quarter of each market's depth of now, the bypass of a day what liquidations would sell or what moves the price from amber to red. */
async function tieToNobody(p: {
  readonly clock: Clock
  readonly opened: Frame
}): Promise<FleetTies> {
  const config = DEFAULT_FOOTPRINT
  const store = createMemoryBudgetStore(p.clock)
  for (const { asset, venue, limit, forced, depth } of marketsOf(p.opened, config)) {
    const red = flowOfDepth(config.ownImpactRed - config.ownImpactAmber, numberFromUsd(depth))
    const bypass = usd(least(forced, rawFromNumber(red, 8)))
    const key = (purpose: BudgetKey['purpose']): BudgetKey => ({ asset, venue, purpose })
    const terms = { gatherMs: 0, leaseSlots: 2 } // nobody else's requests are waited for
    await store.define(key('orders'), { ...terms, limit, slotMs: config.slotMs })
    if (forced > 0n) await store.define(key('bypass'), { ...terms, limit: bypass, slotMs: DAY_MS })
  }
  return {
    agent: 'margin-keeper',
    ...{ config, store, bypassShareE6: 1_000_000n },
    wallet: createSqliteBypassWallet(':memory:'),
    walls(asset, frame) {
      const own = wallOf(asset, frame.portfolio.domains, frame)
      return { own, visible: own }
    },
  }
}

/**
 * Every market that an order may use: a share of the deepest that it is known to be, and what liquidations of the portfolio
 * would sell there. [USD 1e8]
 */
function marketsOf(frame: Frame, { bypassDepthShareBps }: FootprintConfig) {
  type Market = { asset: string; venue: string; depth: Usd; limit: Usd; forced: Usd }
  const deepest = new Map<string, Market>()
  for (const { asset, venue, depthDown, depthUp } of [...frame.depth, ...frame.perpMarkets]) {
    const name = `${asset}@${venue}`
    const depth = usd(least(depthDown, depthUp))
    const limit = usd((depth * BigInt(bypassDepthShareBps)) / 10_000n)
    if (limit > (deepest.get(name)?.limit ?? -1n))
      deepest.set(name, { asset, venue, depth, limit, forced: forcedOn(frame, asset, venue) })
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
