import {
  type Address,
  type AssetId,
  type Call,
  type CallContext,
  type DomainId,
  InvalidIntentError,
  least,
  mulDivDown,
  mulDivUp,
  numberFromRaw,
  numberFromWad,
  type PerpLeg,
  type PerpMarketReading,
  type PerpPosition,
  type PerpVenue,
  type Price,
  perpDomain,
  price,
  RevertedError,
  sameAddress,
  type Token,
  type TradeIntent,
  type TradeQuote,
  type Usd,
  usd,
  WAD,
  type Wad,
  wad,
} from '@plimsoll/domain'
import type { SimulatedChain } from './createSimulatedChain.ts'
import type { SimulatedOracle } from './createSimulatedOracle.ts'
import { add, load, type Message, move, type Storage, slot } from './Ledger.ts'
import { settleTrade, shrinks } from './settleTrade.ts'
import { decodeRevertOf, encodeCall, SimulatedRevert } from './simulatedCall.ts'

/** A market of a simulated perp venue. */
export type SimulatedPerpMarket = {
  readonly name: string
  readonly asset: AssetId
  /** Net open size that moves the mark away from the index by the whole index. [base 1e18] */
  readonly depth: bigint
}

/** A perp venue in memory. */
export type SimulatedPerp = PerpVenue & {
  readonly address: Address
  domainOf(account: Address): DomainId
  /** Call by which a liquidator closes an account's position in a market. */
  liquidate(account: Address, market: string): Call
}

const INTERVAL = 3_600n
const FEE = wad(5n * 10n ** 14n)
const INITIAL_MARGIN = wad(10n ** 17n)
const MAINTENANCE_MARGIN = wad(5n * 10n ** 16n)
const LIQUIDATION_FEE = wad(2n * 10n ** 16n)

/**
 * Creates a perp venue: one cross-margin account over several markets, against a pool that takes every other side.
 *
 * The mark leads the index by the pool's skew over its depth, trades fill half-way between the mark before and after,
 * and the skew sets the funding rate per hour: `mark / index − 1`. Initial margin 10 %, maintenance 5 %, fee 5 bp.
 */
export function createSimulatedPerp(p: {
  readonly chain: SimulatedChain
  readonly oracle: SimulatedOracle
  readonly address: Address
  readonly marginToken: Token
  readonly markets: readonly SimulatedPerpMarket[]
}): SimulatedPerp {
  const { chain, oracle, address, marginToken } = p
  const id = `simulated-perp:${address}`
  const unit = 10n ** BigInt(18 - marginToken.decimals) // [1e18] of one raw unit of margin
  const domainOf = (account: Address): DomainId => `${id}/${account.toLowerCase()}`
  const refuse = (reason: string) => new SimulatedRevert(address, reason)
  const marginSlot = (account: Address): string => slot(address, 'margin', account)
  const of = (account: Address, market: string) => ({
    size: slot(address, 'size', account, market),
    open: slot(address, 'open', account, market),
    funded: slot(address, 'funded', account, market),
  })
  const whole = (market: string) => ({
    skew: slot(address, 'skew', market),
    funding: slot(address, 'funding', market),
    fundedAt: slot(address, 'funded-at', market),
  })

  const indexIn = (storage: Storage, market: SimulatedPerpMarket): Price =>
    oracle.priceIn(storage, market.asset)
  /** Mark once the pool's skew has changed. */
  const markIn = (storage: Storage, market: SimulatedPerpMarket, change = 0n): Price => {
    const skew = load(storage, whole(market.name).skew) + change
    return price(mulDivDown(indexIn(storage, market), market.depth + skew, market.depth))
  }
  const rateIn = (storage: Storage, market: SimulatedPerpMarket): Wad =>
    wad(mulDivDown(load(storage, whole(market.name).skew), WAD, market.depth))
  /** Quote a long of one base has owed since ever. [1e18] */
  const fundingIn = (storage: Storage, market: SimulatedPerpMarket, time: bigint): bigint => {
    const { funding, fundedAt } = whole(market.name)
    const passed = time - load(storage, fundedAt)
    const perInterval = mulDivDown(rateIn(storage, market), indexIn(storage, market), WAD)
    return load(storage, funding) + mulDivDown(perInterval, passed, INTERVAL)
  }

  const legIn = (
    storage: Storage,
    account: Address,
    market: SimulatedPerpMarket,
    time: bigint,
  ): PerpLeg => {
    const at = of(account, market.name)
    const size = load(storage, at.size)
    const funding = fundingIn(storage, market, time) - load(storage, at.funded)
    return {
      market: market.name,
      asset: market.asset,
      size,
      openNotional: load(storage, at.open),
      markPrice: markIn(storage, market),
      indexPrice: indexIn(storage, market),
      fundingOwed: mulDivUp(size, funding, WAD),
      fundingRate: rateIn(storage, market),
      fundingInterval: INTERVAL,
      maintenanceMarginRatio: MAINTENANCE_MARGIN,
    }
  }

  const positionIn = (storage: Storage, account: Address, time: bigint): PerpPosition => {
    const legs = p.markets
      .map((market) => legIn(storage, account, market, time))
      .filter(({ size }) => size !== 0n)
    const margin = load(storage, marginSlot(account))
    const equity = legs.reduce(
      (sum, leg) =>
        sum + mulDivDown(leg.size, leg.markPrice, WAD) + leg.openNotional - leg.fundingOwed,
      margin * unit,
    )
    const initial = legs.reduce((sum, leg) => sum + requirement(leg, INITIAL_MARGIN), 0n)
    const free = (least(equity, margin * unit) - initial) / unit
    return {
      type: 'perp',
      venue: id,
      domain: domainOf(account),
      account,
      marginToken,
      margin,
      freeCollateral: free > 0n ? free : 0n,
      legs,
      equity,
      maintenanceMargin: legs.reduce((sum, leg) => sum + requirement(leg, MAINTENANCE_MARGIN), 0n),
      liquidationFee: LIQUIDATION_FEE,
      pending: null,
    }
  }

  /** Fills a trade against the pool; the account's cash from it, before fees. [1e18] */
  const fill = (
    storage: Storage,
    market: SimulatedPerpMarket,
    size: bigint,
  ): { readonly notional: bigint; readonly averagePrice: Price } => {
    const averagePrice = markIn(storage, market, size / 2n)
    const amount = size < 0n ? -size : size
    const notional =
      size > 0n ? mulDivUp(amount, averagePrice, WAD) : mulDivDown(amount, averagePrice, WAD)
    return { notional, averagePrice }
  }

  const trade = (
    storage: Storage,
    account: Address,
    market: SimulatedPerpMarket,
    change: { readonly size: bigint; readonly time: bigint },
  ): bigint => {
    const { size, time } = change
    const before = legIn(storage, account, market, time)
    const { notional } = fill(storage, market, size)
    const paid = size > 0n ? -notional : notional
    const { openNotional, realised } = settleTrade(before, size, paid)
    const fee = mulDivUp(notional, FEE, WAD)
    const at = of(account, market.name)
    const all = whole(market.name)
    storage.set(all.funding, fundingIn(storage, market, time))
    storage.set(all.fundedAt, time)
    storage.set(at.funded, load(storage, all.funding))
    add(storage, all.skew, size)
    add(storage, at.size, size)
    storage.set(at.open, openNotional)
    add(storage, marginSlot(account), mulDivDown(realised - fee - before.fundingOwed, 1n, unit))
    return notional
  }

  const run = ({ storage, sender, method, args, time }: Message): void => {
    const owner = args.owner as Address
    if (method === 'supply') {
      const raw = args.raw as bigint
      move(storage, marginToken, { from: sender, to: address, raw })
      add(storage, marginSlot(owner), raw)
      return
    }
    if (method === 'withdraw') {
      const raw = args.raw as bigint
      if (!sameAddress(sender, owner)) throw refuse('NOT_THE_OWNER')
      if (positionIn(storage, owner, time).freeCollateral < raw)
        throw refuse('NOT_ENOUGH_FREE_COLLATERAL')
      add(storage, marginSlot(owner), -raw)
      move(storage, marginToken, { from: address, to: sender, raw })
      return
    }
    const market = p.markets.find(({ name }) => name === args.market)
    if (market === undefined) throw refuse('NO_SUCH_MARKET')
    if (method === 'liquidate') {
      const before = positionIn(storage, owner, time)
      if (before.equity >= before.maintenanceMargin) throw refuse('ENOUGH_MARGIN')
      const size = load(storage, of(owner, market.name).size)
      const notional = trade(storage, owner, market, { size: -size, time })
      const fee = mulDivUp(notional, LIQUIDATION_FEE, WAD) / unit
      add(storage, marginSlot(owner), -fee)
      move(storage, marginToken, { from: address, to: sender, raw: fee })
      return
    }
    if (method !== 'trade') throw refuse(`UNKNOWN_METHOD_${method}`)
    if (!sameAddress(sender, owner)) throw refuse('NOT_THE_OWNER')
    if (time > (args.deadline as bigint)) throw refuse('TOO_LATE')
    const size = args.size as bigint
    const held = load(storage, of(owner, market.name).size)
    if ((args.reduceOnly as boolean) && !shrinks(held, size)) throw refuse('REDUCE_ONLY')
    const notional = trade(storage, owner, market, { size, time })
    const limit = args.limit as bigint
    if (size > 0n ? notional > limit : notional < limit) throw refuse('LIMIT_PASSED')
    const after = positionIn(storage, owner, time)
    const initial = after.legs.reduce((sum, leg) => sum + requirement(leg, INITIAL_MARGIN), 0n)
    if (!shrinks(held, size) && least(after.equity, after.margin * unit) < initial)
      throw refuse('NOT_ENOUGH_INITIAL_MARGIN')
  }
  chain.deploy({ address, run })

  const refuseIntent = (intent: string, found: string, allowed: string): InvalidIntentError =>
    new InvalidIntentError({ venue: id, intent, found, allowed })

  const marketOf = (intent: Omit<TradeIntent, 'limit'>, account: Address): SimulatedPerpMarket => {
    const market = p.markets.find(({ name }) => name === intent.market)
    const names = p.markets.map(({ name, asset }) => `${name} of ${asset}`).join(', ')
    if (intent.venue !== id) throw refuseIntent('trade', `venue ${intent.venue}`, id)
    if (intent.domain !== domainOf(account))
      throw refuseIntent('trade', `domain ${intent.domain}`, domainOf(account))
    if (market === undefined || market.asset !== intent.asset)
      throw refuseIntent('trade', `${intent.market} of ${intent.asset}`, names)
    if (intent.size === 0n) throw refuseIntent('trade', 'size 0', 'any other size')
    return market
  }

  return {
    id,
    address,
    marginToken,
    fill: 'immediate',
    capabilities: ['supply', 'withdraw', 'trade'],
    domainOf,
    authorize: () => [],
    decodeRevert(data) {
      const reason = decodeRevertOf(address, data)
      return reason === null ? null : new RevertedError({ venue: id, reason })
    },
    async read(account, block) {
      return [positionIn(chain.at(block), account, block.timestamp)]
    },
    async readMarkets(block) {
      const storage = chain.at(block)
      return p.markets.map((market): PerpMarketReading => {
        const mark = markIn(storage, market)
        const depth = depthOf(market.depth + load(storage, whole(market.name).skew), mark)
        return {
          venue: id,
          market: market.name,
          asset: market.asset,
          markPrice: mark,
          maintenanceMarginRatio: MAINTENANCE_MARGIN,
          fundingRate: rateIn(storage, market),
          fundingInterval: INTERVAL,
          fillPrice: mark,
          buyFee: numberFromWad(FEE),
          sellFee: numberFromWad(FEE),
          fixedFee: usd(0n),
          depthDown: depth,
          depthUp: depth,
        }
      })
    },
    settlements: async () => [],
    async quote(intent, block, account): Promise<TradeQuote> {
      const market = marketOf(intent, account)
      const storage = chain.at(block)
      const held = load(storage, of(account, market.name).size)
      if (intent.reduceOnly && !shrinks(held, intent.size))
        throw refuseIntent('trade', `${intent.size} on ${held}`, 'a trade that only shrinks')
      const { notional, averagePrice } = fill(storage, market, intent.size)
      return {
        type: 'trade',
        notional,
        fee: mulDivUp(notional, FEE, WAD),
        averagePrice,
        priceBefore: markIn(storage, market),
        keeperFee: 0n,
      }
    },
    encode(intent, { owner, sender, deadline }: CallContext) {
      const call = (args: Readonly<Record<string, unknown>>, label: string): readonly Call[] => [
        {
          to: address,
          data: encodeCall(intent.type, { owner, ...args }),
          value: 0n,
          venue: id,
          label,
        },
      ]
      if (intent.type === 'cancel')
        throw refuseIntent('cancel', 'a trade filled at once', 'supply, withdraw, trade')
      if (intent.type !== 'supply' && !sameAddress(owner, sender))
        throw refuseIntent(intent.type, `sender ${sender}`, `the owner ${owner}`)
      if (intent.type === 'trade') {
        const { name } = marketOf(intent, owner)
        if (intent.limit <= 0n) throw refuseIntent('trade', `limit ${intent.limit}`, 'above zero')
        const { size, limit, reduceOnly } = intent
        const label = `trade ${numberFromRaw(size, 18)} ${name}`
        return call({ market: name, size, limit, reduceOnly, deadline }, label)
      }
      const { venue, domain, token, raw } = intent
      if (venue !== id) throw refuseIntent(intent.type, `venue ${venue}`, id)
      if (domain !== domainOf(owner))
        throw refuseIntent(intent.type, `domain ${domain}`, domainOf(owner))
      if (!sameAddress(token.address, marginToken.address))
        throw refuseIntent(intent.type, token.symbol, marginToken.symbol)
      if (raw <= 0n) throw refuseIntent(intent.type, `${raw} raw`, 'above zero')
      const amount = `${numberFromRaw(raw, token.decimals)} ${token.symbol}`
      return call({ raw }, `${intent.type} ${amount}`)
    },
    liquidation: (position) =>
      perpDomain({
        position,
        liquidation: {
          closeFactor: 1,
          fullCloseHealth: null,
          bonus: numberFromWad(LIQUIDATION_FEE),
          partial: false,
        },
      }),
    liquidate: (account, market) => ({
      to: address,
      data: encodeCall('liquidate', { owner: account, market }),
      value: 0n,
      venue: id,
      label: `liquidate ${account} in ${market}`,
    }),
  }
}

/** Value that moves a mark proportional to `size` by 1 %. */
const depthOf = (size: bigint, mark: Price): Usd => usd((size * mark) / 100n / 10n ** 28n)

function requirement(leg: PerpLeg, ratio: Wad): bigint {
  const size = leg.size < 0n ? -leg.size : leg.size
  return mulDivUp(mulDivUp(size, leg.markPrice, WAD), ratio, WAD)
}
