import {
  type Action,
  type Address,
  applyAction,
  type DomainId,
  type Frame,
  findDomain,
  healthFactorOf,
  InvariantError,
  type LendingPosition,
  lendingDomain,
  type MarginDomain,
  type PerpLeg,
  type PerpPosition,
  perpDomain,
  type TradeIntent,
  worseHealth,
} from '@plimsoll/domain'
import { describePending } from './describe.ts'

/**
 * The book while a plan is made: every action planned so far is applied to it, so that no reserve is spent twice and no
 * donor gives twice. Immutable.
 */
export type Ledger = {
  readonly frame: Frame
  readonly positions: ReadonlyMap<DomainId, LendingPosition | PerpPosition>
  /** Spendable spot balance by token address in lower case. [token decimals] */
  readonly reserve: ReadonlyMap<string, bigint>
  /** Value that the plan trades so far, by market. [USD] */
  readonly traded: ReadonlyMap<string, number>
  /** Perp accounts that the plan trades in. */
  readonly ordered: ReadonlySet<DomainId>
  /** Margin domains of positions, made when first asked for: a plan asks for each some fifty times. */
  readonly domains: Map<DomainId, MarginDomain>
}

/** Opens the book on a frame. `spendable` are the tokens that count as reserve. */
export function openLedger(frame: Frame, spendable: readonly Address[]): Ledger {
  const allowed = new Set(spendable.map(keyOf))
  const reserve = new Map<string, bigint>()
  for (const { token, raw } of frame.portfolio.spot)
    if (allowed.has(keyOf(token.address)))
      reserve.set(keyOf(token.address), (reserve.get(keyOf(token.address)) ?? 0n) + raw)
  return {
    frame,
    positions: new Map(
      [...frame.lending, ...frame.perps].map((position) => [position.domain, position]),
    ),
    reserve,
    traded: new Map(),
    ordered: new Set(),
    domains: new Map(),
  }
}

/** A position as planned so far. @throws InvariantError when the frame has no such position. */
export function positionOf(ledger: Ledger, id: DomainId): LendingPosition | PerpPosition {
  const position = ledger.positions.get(id)
  if (position === undefined)
    throw new InvariantError({
      expected: `a position for domain ${id}`,
      found: [...ledger.positions.keys()].join(', ') || 'no positions',
    })
  return position
}

/** The margin domain of a position as planned so far, under the liquidation rule it has in the frame. */
export function domainOf(ledger: Ledger, id: DomainId): MarginDomain {
  const made = ledger.domains.get(id)
  if (made !== undefined) return made
  const position = positionOf(ledger, id)
  const known = findDomain(ledger.frame.portfolio, id)
  if (known === null)
    throw new InvariantError({ expected: `domain ${id} in the portfolio`, found: 'none' })
  const domain =
    position.type === 'lending'
      ? lendingDomain({ position, fullCloseHealth: known.liquidation.fullCloseHealth })
      : perpDomain({ position, liquidation: known.liquidation })
  ledger.domains.set(id, domain)
  return domain
}

/** Health factor as planned so far, on the worse of two prices: 0 insolvent, +∞ unlevered. */
export const factorOf = (ledger: Ledger, id: DomainId): number =>
  healthFactorOf(worseHealth(domainOf(ledger, id), ledger.frame).health)

/**
 * Why the margin of a domain stands still; null when it does not.
 *
 * A venue that fills trades later takes no margin and gives none while one waits. So margin moves before a trade in the
 * same plan, never after.
 */
export function heldBy(ledger: Ledger, id: DomainId): string | null {
  const position = positionOf(ledger, id)
  if (position.type === 'perp' && position.pending !== null)
    return `${id} waits for its order to ${describePending(position.pending)}`
  return ledger.ordered.has(id) ? `${id} is traded in by this plan, and margin comes first` : null
}

/** What is left of a reserve token. [token decimals] */
export const reserveOf = (ledger: Ledger, token: Address): bigint =>
  ledger.reserve.get(keyOf(token)) ?? 0n

/**
 * Enters an action: positions change, what it draws from the wallet leaves the reserve, what it returns does not count
 * until the next frame shows it.
 *
 * @throws InvariantError when it spends more than there is.
 */
export function enter(before: Ledger, action: Action, market: MarketUse | null): Ledger {
  let ledger = before
  for (const intent of action.intents)
    if (intent.type === 'trade') ledger = openMarket(ledger, intent)
  const positions = new Map(ledger.positions)
  const domains = new Map(ledger.domains)
  for (const intent of action.intents) {
    if (intent.type === 'swap') continue
    const position = ledger.positions.get(intent.domain)
    if (position === undefined) continue
    positions.set(intent.domain, applyAction(position, action))
    domains.delete(intent.domain)
  }
  const reserve = new Map(ledger.reserve)
  for (const [token, change] of walletChanges(action)) {
    if (change >= 0n || !reserve.has(token)) continue
    const left = (reserve.get(token) ?? 0n) + change
    if (left < 0n)
      throw new InvariantError({
        expected: `at most ${reserve.get(token)} raw of ${token} spent`,
        found: `${-change} raw`,
      })
    reserve.set(token, left)
  }
  const traded = new Map(ledger.traded)
  if (market !== null) traded.set(market.key, (traded.get(market.key) ?? 0) + market.value)
  const ordered = new Set(ledger.ordered)
  for (const intent of action.intents) if (intent.type === 'trade') ordered.add(intent.domain)
  return { ...ledger, positions, reserve, traded, ordered, domains }
}

/** The book with a market of size zero in the account, as the frame reads it, where it holds none yet. */
export function openMarket(
  ledger: Ledger,
  p: Pick<TradeIntent, 'venue' | 'domain' | 'market' | 'asset'>,
): Ledger {
  const position = ledger.positions.get(p.domain)
  const reading = ledger.frame.perpMarkets.find(
    ({ venue, market }) => venue === p.venue && market === p.market,
  )
  if (position?.type !== 'perp' || reading === undefined) return ledger
  if (position.legs.some((leg) => leg.market === p.market)) return ledger
  const { markPrice, maintenanceMarginRatio, fundingRate, fundingInterval } = reading
  const leg: PerpLeg = {
    market: p.market,
    asset: p.asset,
    size: 0n,
    openNotional: 0n,
    markPrice,
    indexPrice: markPrice,
    fundingOwed: 0n,
    fundingRate,
    fundingInterval,
    maintenanceMarginRatio,
  }
  const opened = { ...position, legs: [...position.legs, leg] }
  const domains = new Map(ledger.domains)
  domains.delete(p.domain)
  return { ...ledger, positions: new Map(ledger.positions).set(p.domain, opened), domains }
}

/** Value that an action trades on a market. [USD] */
export type MarketUse = { readonly key: string; readonly value: number }

/** Net change of the owner's wallet by token; swaps count with their least output. */
function walletChanges(action: Action): ReadonlyMap<string, bigint> {
  const changes = new Map<string, bigint>()
  const add = (token: Address, raw: bigint): void => {
    changes.set(keyOf(token), (changes.get(keyOf(token)) ?? 0n) + raw)
  }
  for (const intent of action.intents) {
    if (intent.type === 'swap') {
      add(intent.tokenIn.address, -intent.amountIn)
      add(intent.tokenOut.address, intent.minOut)
    } else if (intent.type === 'withdraw' || intent.type === 'borrow')
      add(intent.token.address, intent.raw)
    else if (intent.type !== 'trade' && intent.type !== 'cancel')
      add(intent.token.address, -intent.raw)
  }
  return changes
}

const keyOf = (address: Address): string => address.toLowerCase()
