import {
  type Address,
  type Call,
  type CallContext,
  type DomainId,
  InvalidIntentError,
  numberFromRaw,
  numberFromWad,
  type PerpIntent,
  type PerpMarketReading,
  type PerpPosition,
  type PerpVenue,
  perpDomain,
  RevertedError,
  sameAddress,
  type Token,
  type TradeIntent,
  type TradeQuote,
  type TradeSettlement,
  usd,
} from '@plimsoll/domain'
import {
  createDelayedPerpContract,
  type DelayedPerpEvent,
  type DelayedPerpMarket,
  type DelayedPerpTerms,
  FUNDING_INTERVAL,
  LIQUIDATION_FEE,
  MAINTENANCE_MARGIN,
  MAKER_FEE,
  TAKER_FEE,
} from './createDelayedPerpContract.ts'
import type { SimulatedChain, SimulatedLog } from './createSimulatedChain.ts'
import type { SimulatedOracle } from './createSimulatedOracle.ts'
import { load, slot } from './Ledger.ts'
import { shrinks } from './settleTrade.ts'
import { decodeRevertOf, encodeCall } from './simulatedCall.ts'

/** A perp venue in memory whose trades are filled by someone else later. */
export type SimulatedDelayedPerp = PerpVenue & {
  readonly address: Address
  readonly terms: DelayedPerpTerms
  domainOf(account: Address, market: string): DomainId
  /** Everything the venue told in a range of blocks, whoever it is about. */
  events(from: bigint, to: bigint): readonly DelayedPerpEvent[]
  /** Call by which anyone fills an account's trade. */
  fillTrade(account: Address, market: string): Call
  /** Call by which anyone clears away a trade whose window has passed, for its deposit. */
  clearTrade(account: Address, market: string): Call
  /** Call by which a liquidator closes an account's position in a market, and takes what is left. */
  liquidate(account: Address, market: string): Call
}

const TERMS: DelayedPerpTerms = { delay: 10n, window: 60n, keeperFee: 0n }

/**
 * Creates a perp venue with one margin domain per market, oracle prices and trades that are filled later.
 *
 * Fees 2 bp where a trade balances the market and 6 bp where it does not; initial margin 10 %, maintenance 5 % and $3.
 */
export function createSimulatedDelayedPerp(p: {
  readonly chain: SimulatedChain
  readonly oracle: SimulatedOracle
  readonly address: Address
  readonly marginToken: Token
  readonly markets: readonly DelayedPerpMarket[]
  /** What differs from a delay of ten seconds, a window of a minute and no keeper's fee. */
  readonly terms?: Partial<DelayedPerpTerms>
}): SimulatedDelayedPerp {
  const { chain, address, marginToken, markets } = p
  const id = `simulated-delayed-perp:${address}`
  const terms = { ...TERMS, ...p.terms }
  const { contract, unit, ...book } = createDelayedPerpContract({ ...p, terms })
  chain.deploy(contract)
  const domainOf = (account: Address, market: string): DomainId =>
    `${id}/${market}/${account.toLowerCase()}`

  const refuseIntent = (intent: string, found: string, allowed: string): InvalidIntentError =>
    new InvalidIntentError({ venue: id, intent, found, allowed })

  /** The market of an intent of an account here. */
  const marketOf = (intent: PerpIntent, account: Address): DelayedPerpMarket => {
    const { type, venue, domain } = intent
    if (venue !== id) throw refuseIntent(type, `venue ${venue}`, id)
    const market = markets.find(({ name }) => domainOf(account, name) === domain)
    const domains = markets.map(({ name }) => domainOf(account, name)).join(', ')
    if (market === undefined) throw refuseIntent(type, `domain ${domain}`, domains)
    if ((type === 'trade' || type === 'cancel') && intent.market !== market.name)
      throw refuseIntent(type, intent.market, market.name)
    return market
  }

  const tradedIn = (intent: Omit<TradeIntent, 'limit'>, account: Address): DelayedPerpMarket => {
    const market = marketOf({ ...intent, limit: 0n }, account)
    if (market.asset !== intent.asset) throw refuseIntent('trade', intent.asset, market.asset)
    if (intent.size === 0n) throw refuseIntent('trade', 'size 0', 'any other size')
    return market
  }

  const callTo = (
    method: string,
    args: Readonly<Record<string, unknown>>,
    label: string,
  ): Call => ({
    to: address,
    data: encodeCall(method, args),
    value: 0n,
    venue: id,
    label,
  })

  const logs = (from: bigint, to: bigint): readonly SimulatedLog[] =>
    chain.logs({ address, from, to })

  return {
    id,
    address,
    terms,
    marginToken,
    fill: 'delayed',
    capabilities: ['supply', 'withdraw', 'trade', 'cancel'],
    domainOf,
    authorize: () => [],
    decodeRevert(data) {
      const reason = decodeRevertOf(address, data)
      return reason === null ? null : new RevertedError({ venue: id, reason })
    },
    async read(account, block) {
      const storage = chain.at(block)
      return markets.map((market): PerpPosition => {
        const { leg, ...state } = book.stateIn(storage, account, market, block.timestamp)
        return {
          type: 'perp',
          venue: id,
          domain: domainOf(account, market.name),
          account,
          marginToken,
          ...state,
          legs: leg.size === 0n ? [] : [leg],
          liquidationFee: LIQUIDATION_FEE,
        }
      })
    },
    async readMarkets(block) {
      const storage = chain.at(block)
      return markets.map((market): PerpMarketReading => {
        const skew = book.skewIn(storage, market)
        const index = book.indexIn(storage, market)
        const feeOf = (side: bigint): number =>
          numberFromWad(skew * side < 0n ? MAKER_FEE : TAKER_FEE)
        const depth = usd(((market.scale + skew) * index) / 100n / 10n ** 28n)
        return {
          venue: id,
          market: market.name,
          asset: market.asset,
          markPrice: index,
          maintenanceMarginRatio: MAINTENANCE_MARGIN,
          fundingRate: book.rateIn(storage, market),
          fundingInterval: FUNDING_INTERVAL,
          fillPrice: book.fillPriceIn(storage, market),
          buyFee: feeOf(1n),
          sellFee: feeOf(-1n),
          fixedFee: usd((terms.keeperFee * unit) / 10n ** 10n),
          depthDown: depth,
          depthUp: depth,
        }
      })
    },
    async quote(intent, block, account): Promise<TradeQuote> {
      const market = tradedIn(intent, account)
      const storage = chain.at(block)
      const held = load(storage, slot(address, 'size', account, market.name))
      if (intent.reduceOnly && !shrinks(held, intent.size))
        throw refuseIntent('trade', `${intent.size} on ${held}`, 'a trade that only shrinks')
      return {
        type: 'trade',
        ...book.quoteIn(storage, market, intent.size),
        priceBefore: book.fillPriceIn(storage, market),
        keeperFee: terms.keeperFee * unit,
      }
    },
    encode(intent, { owner, sender, deadline }: CallContext) {
      const { name: market } = marketOf(intent, owner)
      if (intent.type !== 'supply' && !sameAddress(owner, sender))
        throw refuseIntent(intent.type, `sender ${sender}`, `the owner ${owner}`)
      if (intent.type === 'cancel')
        return [callTo('cancel', { owner, market }, `cancel the trade in ${market}`)]
      if (intent.type === 'trade') {
        tradedIn(intent, owner)
        const { size, limit, reduceOnly } = intent
        if (limit <= 0n) throw refuseIntent('trade', `limit ${limit}`, 'above zero')
        const label = `commit a trade of ${numberFromRaw(size, 18)} in ${market}`
        return [callTo('trade', { owner, market, size, limit, reduceOnly, deadline }, label)]
      }
      const { token, raw, type } = intent
      if (!sameAddress(token.address, marginToken.address))
        throw refuseIntent(type, token.symbol, marginToken.symbol)
      if (raw <= 0n) throw refuseIntent(type, `${raw} raw`, 'above zero')
      const label = `${type} ${numberFromRaw(raw, token.decimals)} ${token.symbol} in ${market}`
      return [callTo(type, { owner, market, raw }, label)]
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
    async settlements({ account, from, to }) {
      return logs(from, to).flatMap(({ event, hash, block }): readonly TradeSettlement[] => {
        const told = event as DelayedPerpEvent
        if (told.type !== 'settled' || !sameAddress(told.account, account)) return []
        const { type: _, account: whose, ...rest } = told
        return [{ ...rest, domain: domainOf(whose, rest.market), hash, block }]
      })
    },
    events: (from, to) => logs(from, to).map(({ event }) => event as DelayedPerpEvent),
    fillTrade: (owner, market) =>
      callTo('fill', { owner, market }, `fill the trade of ${owner} in ${market}`),
    clearTrade: (owner, market) =>
      callTo('cancel', { owner, market }, `clear the trade of ${owner} in ${market} away`),
    liquidate: (owner, market) =>
      callTo('liquidate', { owner, market }, `liquidate ${owner} in ${market}`),
  }
}
