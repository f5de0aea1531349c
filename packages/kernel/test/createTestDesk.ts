import {
  type Action,
  type Address,
  type Amount,
  type BlockRef,
  type Event,
  type EventStore,
  type Forecast,
  type Frame,
  type Intent,
  type Order,
  type PerpVenue,
  type Signer,
  type Simulator,
  type SubmissionLane,
  type TradeIntent,
  usd,
} from '@plimsoll/domain'
import { type Assessment, assess, DEFAULT_ASSESS_CONFIG } from '@plimsoll/risk'
import { SIMULATED_USDC, SIMULATED_WETH, type SimulatedWorld } from '@plimsoll/testkit'
import {
  assembleFrame,
  createJournal,
  createMemoryEventStore,
  createOrderDesk,
  createSandwichFloor,
  createSettableClock,
  type DeskSettings,
  type OrderDesk,
  type SwapFloor,
} from '../src/index.ts'

/** What an order is judged on. */
export type Seen = {
  readonly frame: Frame
  readonly assessment: Assessment
  readonly forecasts: readonly Forecast[]
}

/** A desk on a simulated world, and what a test does with it. */
export type TestDesk = OrderDesk & {
  readonly store: EventStore
  see(): Promise<Seen>
  /** Opens an allowed order and carries it out. */
  carryOut(action: Action, seen?: Seen): Promise<Order>
  /** Allows an action. */
  allow(action: Action, block: BlockRef): Order
  events(): readonly Event[]
}

/** Looks quickly: simulated time costs nothing, but patience must end. */
const QUICK: DeskSettings = {
  patience: { polls: 8, everyMs: 100 },
  deadlineSeconds: 300n,
  gasLimitBps: 15_000n,
}

/** Creates a desk of the world's owner. Parts that are not given are the world's own. */
export function createTestDesk(
  world: SimulatedWorld,
  over: {
    readonly store?: EventStore
    readonly lane?: SubmissionLane
    readonly signer?: Signer
    readonly simulator?: Simulator
    readonly swapFloor?: SwapFloor
    readonly perps?: readonly PerpVenue[]
  } = {},
): TestDesk {
  const { chain, owner } = world
  const store = over.store ?? createMemoryEventStore()
  const clock = createSettableClock(0)
  const journal = createJournal({ agent: 'keeper', store, clock })
  const sources = {
    lending: [world.first, world.second],
    perps: over.perps ?? [world.perp, world.delayed],
    swaps: [world.pool],
    prices: [world.oracle],
    spot: world.spot,
    quoteAssets: ['USDC', 'BTC'],
  }
  const desk = createOrderDesk({
    ...sources,
    owner,
    journal,
    signer: chain.signer(owner),
    lane: chain,
    simulator: chain,
    executor: world.executor,
    sleeper: clock,
    swapFloor: createSandwichFloor(),
    settings: QUICK,
    ...over,
  })
  const see = async (): Promise<Seen> => {
    const frame = await assembleFrame({
      ...sources,
      head: chain,
      owner,
      block: await chain.latest(),
    })
    const assessment = assess({ frame, forecasts: [], config: DEFAULT_ASSESS_CONFIG })
    return { frame, assessment, forecasts: [] }
  }
  const allow = (action: Action, block: BlockRef): Order =>
    desk.open({ type: 'allowed', action, checks: [] }, block)
  return {
    ...desk,
    store,
    see,
    allow,
    async carryOut(action, given) {
      const seen = given ?? (await see())
      return desk.execute({ order: allow(action, seen.frame.block), ...seen })
    },
    events: () => store.read().map(({ event }) => event),
  }
}

const usdc = (amount: number): bigint => BigInt(Math.round(amount * 1e6))
const weth = (amount: number): bigint => BigInt(Math.round(amount * 1e6)) * 10n ** 12n

/** Actions on a simulated world's first loan, of whole tokens. */
export function createActions(world: SimulatedWorld) {
  const { owner, first, perp, delayed, pool } = world
  const loan = { venue: first.id, domain: first.domainOf(owner) }
  const account = { venue: perp.id, domain: perp.domainOf(owner) }
  const action = (
    type: Action['type'],
    intents: readonly Intent[],
    over: { readonly settlement?: Action['settlement']; readonly flashLoan?: Amount } = {},
  ): Action => ({
    type,
    domain: loan.domain,
    intents,
    settlement: over.settlement ?? 'direct',
    flashLoan: over.flashLoan ?? null,
    cost: { slippage: usd(0n), fees: usd(0n), gas: usd(0n) },
    healthBefore: 1,
    healthAfter: 1,
    why: 'a test',
  })
  const repay = (amount: number): Intent => ({
    type: 'repay',
    ...loan,
    token: SIMULATED_USDC,
    raw: usdc(amount),
  })
  const trade = (
    venue: { readonly id: string; domainOf(account: Address, market: string): string },
    market: 'ETH-PERP' | 'BTC-PERP',
    amount: number,
    over: Partial<TradeIntent> = {},
  ): TradeIntent => ({
    type: 'trade',
    venue: venue.id,
    domain: venue.domainOf(owner, market),
    market,
    asset: market === 'ETH-PERP' ? 'ETH' : 'BTC',
    size: weth(amount),
    limit: amount > 0 ? 2n ** 200n : 1n,
    reduceOnly: false,
    ...over,
  })
  return {
    action,
    repay: (amount: number) => action('repay', [repay(amount)]),
    /** Margin of the perp account to the loan: two calls of the owner. */
    transfer: (amount: number) =>
      action('transfer', [
        { type: 'withdraw', ...account, token: SIMULATED_USDC, raw: usdc(amount) },
        repay(amount),
      ]),
    /** Trades of ETH at the venue that fills later. */
    commit: (eth: number, over: Partial<TradeIntent> = {}) =>
      action('hedge', [trade(delayed, 'ETH-PERP', eth, over)]),
    /** The same in two markets. */
    commitBoth: (eth: number, btc: number) =>
      action('hedge', [trade(delayed, 'ETH-PERP', eth), trade(delayed, 'BTC-PERP', btc)]),
    /** Trades of ETH at the venue that fills at once. */
    trade: (eth: number, over: Partial<TradeIntent> = {}) =>
      action('hedge', [trade(perp, 'ETH-PERP', eth, over)]),
    cancel: (market = 'ETH-PERP') =>
      action('cancel', [
        { type: 'cancel', venue: delayed.id, domain: delayed.domainOf(owner, market), market },
      ]),
    sell: (amount: number, minOut: number) =>
      action('deleverage', [
        {
          type: 'swap',
          venue: pool.id,
          tokenIn: SIMULATED_WETH,
          tokenOut: SIMULATED_USDC,
          amountIn: weth(amount),
          minOut: usdc(minOut),
        },
      ]),
    /** Flash-loaned repayment, paid for by collateral. */
    deleverage: (p: { readonly repay: number; readonly sell: number; readonly minOut: number }) =>
      action(
        'deleverage',
        [
          repay(p.repay),
          { type: 'withdraw', ...loan, token: SIMULATED_WETH, raw: weth(p.sell) },
          {
            type: 'swap',
            venue: pool.id,
            tokenIn: SIMULATED_WETH,
            tokenOut: SIMULATED_USDC,
            amountIn: weth(p.sell),
            minOut: usdc(p.minOut),
          },
        ],
        { settlement: 'atomic', flashLoan: { token: SIMULATED_USDC, raw: usdc(p.repay) } },
      ),
  }
}

/** USDC owed on the first loan now, in whole dollars. */
export async function debtOf(world: SimulatedWorld): Promise<number> {
  const [position] = await world.first.read(world.owner, await world.chain.latest())
  return Math.round(Number(position?.debt[0]?.raw ?? 0n) / 1e6)
}
