import {
  type Address,
  type AssetId,
  least,
  mulDivDown,
  mulDivUp,
  type PendingTrade,
  type PerpLeg,
  type Price,
  price,
  sameAddress,
  type Token,
  type TradeSettlement,
  WAD,
  type Wad,
  wad,
} from '@plimsoll/domain'
import type { SimulatedOracle } from './createSimulatedOracle.ts'
import { add, type Contract, load, type Message, move, type Storage, slot } from './Ledger.ts'
import { settleTrade, shrinks } from './settleTrade.ts'
import { SimulatedRevert } from './simulatedCall.ts'

/** A market of a simulated delayed perp venue. */
export type DelayedPerpMarket = {
  readonly name: string
  readonly asset: AssetId
  /** Net open size that moves the fill price away from the oracle's by the whole of it. [base 1e18] */
  readonly scale: bigint
}

/** Numbers of a simulated delayed perp venue. */
export type DelayedPerpTerms = {
  /** From commitment to the first fill. [s] */
  readonly delay: bigint
  /** How long it can then be filled. [s] */
  readonly window: bigint
  /** Deposit that whoever fills, or clears away, a trade is paid. [marginToken decimals] */
  readonly keeperFee: bigint
}

/** What a venue's contract tells: which account's trade in which market, and what became of it. */
export type DelayedPerpEvent =
  | { readonly type: 'committed'; readonly account: Address; readonly market: string }
  | ({ readonly type: 'settled'; readonly account: Address } & Omit<
      TradeSettlement,
      'domain' | 'hash' | 'block'
    >)

/** Margin and position of an account in one market. */
export type DelayedPerpState = {
  /** [marginToken decimals] */
  readonly margin: bigint
  readonly freeCollateral: bigint
  readonly leg: PerpLeg
  /** [USD 1e18] */
  readonly equity: bigint
  readonly maintenanceMargin: bigint
  readonly pending: PendingTrade | null
}

export const FUNDING_INTERVAL = 3_600n
export const MAKER_FEE = wad(2n * 10n ** 14n)
export const TAKER_FEE = wad(6n * 10n ** 14n)
export const MAINTENANCE_MARGIN = wad(5n * 10n ** 16n)
export const LIQUIDATION_FEE = wad(2n * 10n ** 16n)
const INITIAL_MARGIN = wad(10n ** 17n)
/** What a liquidator is paid whatever the size. [USD 1e18] */
const FIXED_FEE = 3n * WAD

/**
 * Creates the contract of a perp venue that prices by oracle, keeps margin per market and fills later.
 *
 * A trade is committed at once and filled by anyone from `delay` on, for `window`, once the oracle has published since:
 * at the oracle price led by the market's skew, half-way between before and after. The owner may withdraw it at any
 * time, anyone may clear it away after its window. While it waits, margin and size stand still.
 */
export function createDelayedPerpContract(p: {
  readonly oracle: SimulatedOracle
  readonly address: Address
  readonly marginToken: Token
  readonly markets: readonly DelayedPerpMarket[]
  readonly terms: DelayedPerpTerms
}) {
  const { oracle, address, marginToken, terms } = p
  const unit = 10n ** BigInt(18 - marginToken.decimals) // [1e18] of one raw unit of margin
  const refuse = (reason: string) => new SimulatedRevert(address, reason)
  const of = (account: Address, { name }: DelayedPerpMarket) => {
    const at = (what: string): string => slot(address, what, account, name)
    return {
      margin: at('margin'),
      size: at('size'),
      open: at('open'),
      funded: at('funded'),
      waiting: at('waiting'),
      limit: at('limit'),
      committedAt: at('committed-at'),
    }
  }
  const whole = ({ name }: DelayedPerpMarket) => ({
    skew: slot(address, 'skew', name),
    funding: slot(address, 'funding', name),
    fundedAt: slot(address, 'funded-at', name),
  })

  const indexIn = (storage: Storage, market: DelayedPerpMarket): Price =>
    oracle.priceIn(storage, market.asset)
  const skewIn = (storage: Storage, market: DelayedPerpMarket): bigint =>
    load(storage, whole(market).skew)
  /** Price of a fill: half of it has moved the skew. */
  const fillPriceIn = (storage: Storage, market: DelayedPerpMarket, size = 0n): Price => {
    const skew = skewIn(storage, market) + size / 2n
    return price(mulDivDown(indexIn(storage, market), market.scale + skew, market.scale))
  }
  const rateIn = (storage: Storage, market: DelayedPerpMarket): Wad =>
    wad(mulDivDown(skewIn(storage, market), WAD, market.scale))
  /** Quote a long of one base has owed since ever. [1e18] */
  const fundingIn = (storage: Storage, market: DelayedPerpMarket, time: bigint): bigint => {
    const { funding, fundedAt } = whole(market)
    const perInterval = mulDivDown(rateIn(storage, market), indexIn(storage, market), WAD)
    const passed = time - load(storage, fundedAt)
    return load(storage, funding) + mulDivDown(perInterval, passed, FUNDING_INTERVAL)
  }

  const pendingIn = (
    storage: Storage,
    account: Address,
    market: DelayedPerpMarket,
  ): PendingTrade | null => {
    const at = of(account, market)
    const size = load(storage, at.waiting)
    if (size === 0n) return null
    const committedAt = load(storage, at.committedAt)
    const executableAt = committedAt + terms.delay
    return {
      market: market.name,
      asset: market.asset,
      ...{ size, committedAt, executableAt, expiresAt: executableAt + terms.window },
    }
  }

  const stateIn = (
    storage: Storage,
    account: Address,
    market: DelayedPerpMarket,
    time: bigint,
  ): DelayedPerpState => {
    const at = of(account, market)
    const size = load(storage, at.size)
    const index = indexIn(storage, market)
    const owed = fundingIn(storage, market, time) - load(storage, at.funded)
    const leg: PerpLeg = {
      market: market.name,
      asset: market.asset,
      size,
      openNotional: load(storage, at.open),
      markPrice: index,
      indexPrice: index,
      fundingOwed: mulDivUp(size, owed, WAD),
      fundingRate: rateIn(storage, market),
      fundingInterval: FUNDING_INTERVAL,
      maintenanceMarginRatio: MAINTENANCE_MARGIN,
    }
    const margin = load(storage, at.margin)
    const profit = mulDivDown(size, index, WAD) + leg.openNotional - leg.fundingOwed
    const equity = margin * unit + profit
    const pending = pendingIn(storage, account, market)
    const free = (least(equity, margin * unit) - requirement(leg, INITIAL_MARGIN)) / unit
    return {
      ...{ margin, leg, equity, pending },
      freeCollateral: pending === null && free > 0n ? free : 0n,
      maintenanceMargin: requirement(leg, MAINTENANCE_MARGIN),
    }
  }

  /** What a trade would be filled at now. [USD 1e18] */
  const quoteIn = (storage: Storage, market: DelayedPerpMarket, size: bigint) => {
    const averagePrice = fillPriceIn(storage, market, size)
    const amount = absolute(size)
    const notional =
      size > 0n ? mulDivUp(amount, averagePrice, WAD) : mulDivDown(amount, averagePrice, WAD)
    const skew = skewIn(storage, market)
    const balancing = skew > 0n === size > 0n ? 0n : least(amount, absolute(skew))
    const share = MAKER_FEE * balancing + TAKER_FEE * (amount - balancing)
    const fee = mulDivUp(mulDivUp(notional, share, amount * WAD), 1n, unit) * unit
    return { notional, fee, averagePrice }
  }

  /** Fills a trade at the price of now. @throws SimulatedRevert when its limit or the margin does not allow it. */
  const fill = (
    storage: Storage,
    account: Address,
    market: DelayedPerpMarket,
    p: { readonly size: bigint; readonly limit: bigint; readonly time: bigint },
  ) => {
    const { size, limit, time } = p
    const { leg } = stateIn(storage, account, market, time)
    const quote = quoteIn(storage, market, size)
    const { notional, fee } = quote
    if (size > 0n ? notional > limit : notional < limit) throw refuse('LIMIT_PASSED')
    const { openNotional, realised } = settleTrade(leg, size, size > 0n ? -notional : notional)
    const at = of(account, market)
    const all = whole(market)
    storage.set(all.funding, fundingIn(storage, market, time))
    storage.set(all.fundedAt, time)
    storage.set(at.funded, load(storage, all.funding))
    storage.set(at.open, openNotional)
    add(storage, all.skew, size)
    add(storage, at.size, size)
    add(storage, at.margin, mulDivDown(realised - fee - leg.fundingOwed, 1n, unit))
    const after = stateIn(storage, account, market, time)
    if (after.margin < 0n) throw refuse('NOT_ENOUGH_MARGIN')
    if (
      !shrinks(leg.size, size) &&
      least(after.equity, after.margin * unit) < requirement(after.leg, INITIAL_MARGIN)
    )
      throw refuse('NOT_ENOUGH_INITIAL_MARGIN')
    return quote
  }

  const commit = (message: Message, account: Address, market: DelayedPerpMarket): void => {
    const { storage, sender, args, time } = message
    const size = args.size as bigint
    const limit = args.limit as bigint
    const at = of(account, market)
    if (!sameAddress(sender, account)) throw refuse('NOT_THE_OWNER')
    if (time > (args.deadline as bigint)) throw refuse('TOO_LATE')
    if (pendingIn(storage, account, market) !== null) throw refuse('ORDER_PENDING')
    if ((args.reduceOnly as boolean) && !shrinks(load(storage, at.size), size))
      throw refuse('REDUCE_ONLY')
    if (load(storage, at.margin) < terms.keeperFee) throw refuse('NOT_ENOUGH_FOR_THE_KEEPER')
    add(storage, at.margin, -terms.keeperFee)
    fill(new Map(storage), account, market, { size, limit, time }) // on a copy: it must be possible now
    storage.set(at.waiting, size)
    storage.set(at.limit, limit)
    storage.set(at.committedAt, time)
    tell(message, { type: 'committed', account, market: market.name })
  }

  /** Takes a waiting trade away, and gives its deposit to whoever is due it. */
  const clear = (
    { storage, sender }: Message,
    account: Address,
    market: DelayedPerpMarket,
  ): boolean => {
    const at = of(account, market)
    const refunds = sameAddress(sender, account)
    if (refunds) add(storage, at.margin, terms.keeperFee)
    else move(storage, marginToken, { from: address, to: sender, raw: terms.keeperFee })
    for (const each of [at.waiting, at.limit, at.committedAt]) storage.delete(each)
    return refunds
  }

  const settle = (message: Message, account: Address, market: DelayedPerpMarket): void => {
    const { storage, time } = message
    const pending = pendingIn(storage, account, market)
    if (pending === null) throw refuse('NO_ORDER')
    if (time < pending.executableAt) throw refuse('TOO_EARLY')
    if (time > pending.expiresAt) throw refuse('EXPIRED')
    if (oracle.updatedAtIn(storage, market.asset) < pending.executableAt) throw refuse('NO_PRICE')
    const { size } = pending
    const limit = load(storage, of(account, market).limit)
    const { fee, averagePrice } = fill(storage, account, market, { size, limit, time })
    const refunded = clear(message, account, market)
    tell(message, {
      ...{ type: 'settled', outcome: 'executed', account, market: market.name, size },
      fillPrice: averagePrice,
      fee: fee + (refunded ? 0n : terms.keeperFee * unit),
    })
  }

  const remove = (message: Message, account: Address, market: DelayedPerpMarket): void => {
    const { storage, sender, time } = message
    const pending = pendingIn(storage, account, market)
    if (pending === null) throw refuse('NO_ORDER')
    const over = time > pending.expiresAt
    if (!over && !sameAddress(sender, account)) throw refuse('NOT_THE_OWNER')
    const refunded = clear(message, account, market)
    tell(message, {
      ...{ type: 'settled', outcome: over ? 'expired' : 'cancelled', account, market: market.name },
      ...{ size: 0n, fillPrice: null, fee: refunded ? 0n : terms.keeperFee * unit },
    })
  }

  const liquidate = (message: Message, account: Address, market: DelayedPerpMarket): void => {
    const { storage, sender, time } = message
    const { equity, maintenanceMargin, leg, pending } = stateIn(storage, account, market, time)
    if (equity >= maintenanceMargin) throw refuse('ENOUGH_MARGIN')
    if (pending !== null) {
      const outcome = time > pending.expiresAt ? 'expired' : 'cancelled'
      clear(message, account, market)
      const fee = terms.keeperFee * unit
      const nothing = { size: 0n, fillPrice: null, fee }
      tell(message, { type: 'settled', outcome, account, market: market.name, ...nothing })
    }
    const at = of(account, market)
    const all = whole(market)
    storage.set(all.funding, fundingIn(storage, market, time))
    storage.set(all.fundedAt, time)
    add(storage, all.skew, -leg.size)
    for (const each of [at.margin, at.size, at.open, at.funded]) storage.delete(each)
    const notional = mulDivUp(absolute(leg.size), leg.markPrice, WAD)
    const due = least(mulDivUp(notional, LIQUIDATION_FEE, WAD) + FIXED_FEE, equity) / unit
    if (due > 0n) move(storage, marginToken, { from: address, to: sender, raw: due })
  }

  /** Moves margin in or out, for whoever pays or owns. */
  const transfer = (message: Message, account: Address, market: DelayedPerpMarket): void => {
    const { storage, sender, method, args, time } = message
    const raw = args.raw as bigint
    const { margin } = of(account, market)
    const { pending, freeCollateral } = stateIn(storage, account, market, time)
    if (pending !== null) throw refuse('ORDER_PENDING')
    if (method === 'supply') {
      move(storage, marginToken, { from: sender, to: address, raw })
      add(storage, margin, raw)
      return
    }
    if (!sameAddress(sender, account)) throw refuse('NOT_THE_OWNER')
    if (freeCollateral < raw) throw refuse('NOT_ENOUGH_FREE_COLLATERAL')
    add(storage, margin, -raw)
    move(storage, marginToken, { from: address, to: sender, raw })
  }

  const methods = new Map([
    ['supply', transfer],
    ['withdraw', transfer],
    ['trade', commit],
    ['fill', settle],
    ['cancel', remove],
    ['liquidate', liquidate],
  ])
  const run = (message: Message): void => {
    const { method, args } = message
    const market = p.markets.find(({ name }) => name === args.market)
    const act = methods.get(method)
    if (market === undefined) throw refuse('NO_SUCH_MARKET')
    if (act === undefined) throw refuse(`UNKNOWN_METHOD_${method}`)
    act(message, args.owner as Address, market)
  }

  const contract: Contract = { address, run }
  return { contract, unit, stateIn, quoteIn, fillPriceIn, indexIn, rateIn, skewIn }
}

const tell = (message: Message, event: DelayedPerpEvent): void => message.emit(event)

const absolute = (value: bigint): bigint => (value < 0n ? -value : value)

/** Margin that a position needs at a ratio, rounded up. [USD 1e18] */
function requirement({ size, markPrice }: PerpLeg, ratio: Wad): bigint {
  if (size === 0n) return 0n
  return mulDivUp(mulDivUp(absolute(size), markPrice, WAD), ratio, WAD) + FIXED_FEE
}
