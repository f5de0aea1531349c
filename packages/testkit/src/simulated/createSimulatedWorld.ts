import {
  type Address,
  type AssetId,
  type AtomicExecutor,
  type Call,
  type CallContext,
  type Intent,
  InvariantError,
  type Price,
  price,
  RAY,
  type SpotSource,
  WAD,
  wad,
} from '@plimsoll/domain'
import { createSimulatedChain, type SimulatedChain } from './createSimulatedChain.ts'
import {
  createSimulatedDelayedPerp,
  type SimulatedDelayedPerp,
} from './createSimulatedDelayedPerp.ts'
import { createSimulatedExecutor } from './createSimulatedExecutor.ts'
import { createSimulatedKeeper, type SimulatedKeeper } from './createSimulatedKeeper.ts'
import { createSimulatedLending, type SimulatedLending } from './createSimulatedLending.ts'
import { createSimulatedOracle, type SimulatedOracle } from './createSimulatedOracle.ts'
import { createSimulatedPerp, type SimulatedPerp } from './createSimulatedPerp.ts'
import { createSimulatedSwap, type SimulatedSwap } from './createSimulatedSwap.ts'
import { mint } from './Ledger.ts'
import { SIMULATED_USDC, SIMULATED_WETH, simulatedAccount } from './simulatedTokens.ts'

/** Two money markets, two perp venues, a pool, an executor and an owner with a leveraged portfolio, in memory. */
export type SimulatedWorld = {
  readonly chain: SimulatedChain
  readonly oracle: SimulatedOracle
  readonly owner: Address
  /** Holds {@link portfolio.first}: WETH against USDC, liquidated below 82.5 %. */
  readonly first: SimulatedLending
  /** Holds WETH against USDC too, liquidated below 86 %. */
  readonly second: SimulatedLending
  readonly perp: SimulatedPerp
  /** A perp venue whose trades are filled later, by {@link keeper}. */
  readonly delayed: SimulatedDelayedPerp
  readonly keeper: SimulatedKeeper
  readonly pool: SimulatedSwap
  readonly executor: AtomicExecutor
  readonly spot: SpotSource
  /** Carries an intent of the owner out at once, past every agent. @throws InvariantError when it reverts. */
  act(...intents: readonly Intent[]): Promise<void>
  /** Multiplies a price everywhere: at the oracle and, for ETH, in the pool. */
  movePrice(asset: AssetId, factor: number): Promise<void>
}

/** What the owner starts with. Whole tokens; USDC where it is money. */
export type SimulatedPortfolio = {
  readonly first: { readonly weth: number; readonly debt: number }
  readonly second: { readonly weth: number; readonly debt: number }
  readonly perp: { readonly margin: number; readonly eth: number }
  /** Nothing where absent. */
  readonly delayed?: { readonly margin: number; readonly eth: number }
  readonly reserve: number
}

/** Health factors of 1.375, 1.56 and 2.4 with ETH at $2000, and a reserve of a tenth of the debt. */
export const SIMULATED_PORTFOLIO: SimulatedPortfolio = {
  first: { weth: 100, debt: 120_000 },
  second: { weth: 50, debt: 55_000 },
  perp: { margin: 6_000, eth: 25 },
  reserve: 17_500,
}

const BANK = 10n ** 15n
const weth = (amount: number): bigint => BigInt(Math.round(amount * 1e6)) * 10n ** 12n
const usdc = (amount: number): bigint => BigInt(Math.round(amount * 1e6))

/** Creates the world and opens the owner's portfolio. */
export async function createSimulatedWorld(
  portfolio: SimulatedPortfolio = SIMULATED_PORTFOLIO,
): Promise<SimulatedWorld> {
  const chain = createSimulatedChain()
  const oracle = createSimulatedOracle({
    chain,
    prices: new Map<AssetId, Price>([
      ['ETH', price(2_000n * WAD)],
      ['BTC', price(40_000n * WAD)],
      ['USDC', price(WAD)],
    ]),
  })
  const owner = simulatedAccount(1)
  const lending = (address: Address, threshold: bigint): SimulatedLending =>
    createSimulatedLending({
      chain,
      oracle,
      address,
      collateral: [
        {
          token: SIMULATED_WETH,
          maxLtv: wad((threshold - 25n) * 10n ** 15n),
          liquidationThreshold: wad(threshold * 10n ** 15n),
          liquidationBonus: wad(5n * 10n ** 16n),
        },
      ],
      debt: [{ token: SIMULATED_USDC, borrowRate: RAY / 20n }],
    })
  const first = lending('0x0000000000000000000000000000000000a00001', 825n)
  const second = lending('0x0000000000000000000000000000000000a00002', 860n)
  const perp = createSimulatedPerp({
    chain,
    oracle,
    address: '0x0000000000000000000000000000000000a00003',
    marginToken: SIMULATED_USDC,
    markets: [
      { name: 'ETH-PERP', asset: 'ETH', depth: 100_000n * WAD },
      { name: 'BTC-PERP', asset: 'BTC', depth: 5_000n * WAD },
    ],
  })
  const delayed = createSimulatedDelayedPerp({
    ...{ chain, oracle },
    address: '0x0000000000000000000000000000000000a00006',
    marginToken: SIMULATED_USDC,
    markets: [
      { name: 'ETH-PERP', asset: 'ETH', scale: 100_000n * WAD },
      { name: 'BTC-PERP', asset: 'BTC', scale: 5_000n * WAD },
    ],
    terms: { keeperFee: usdc(2) },
  })
  const keeper = createSimulatedKeeper({ chain, venue: delayed, account: simulatedAccount(0) })
  const pool = createSimulatedSwap({
    chain,
    address: '0x0000000000000000000000000000000000a00004',
    base: SIMULATED_WETH,
    quote: SIMULATED_USDC,
    reserveBase: weth(50_000),
    reserveQuote: usdc(100_000_000),
  })
  const tokens = [SIMULATED_WETH, SIMULATED_USDC]
  const executor = createSimulatedExecutor({
    chain,
    owner,
    address: '0x0000000000000000000000000000000000a00005',
    lends: [SIMULATED_USDC],
    tokens,
  })
  chain.write((storage) => {
    for (const bank of [first, second, perp, delayed])
      mint(storage, SIMULATED_USDC, bank.address, BANK)
  })

  const encode = (intent: Intent, context: CallContext): readonly Call[] => {
    if (intent.type === 'swap') return pool.encode(intent, context)
    if (intent.type === 'borrow' || intent.type === 'repay')
      return (intent.venue === first.id ? first : second).encode(intent, context)
    const margin = [perp, delayed].find(({ id }) => id === intent.venue)
    if (intent.type === 'trade' || intent.type === 'cancel')
      return (margin ?? perp).encode(intent, context)
    const own = { ...intent, type: intent.type }
    if (margin !== undefined) return margin.encode(own, context)
    return (intent.venue === first.id ? first : second).encode(own, context)
  }
  const act = async (...intents: readonly Intent[]): Promise<void> => {
    for (const intent of intents) {
      const { timestamp } = await chain.latest()
      const calls = encode(intent, { owner, sender: owner, deadline: timestamp + 60n })
      const outcome = chain.run(calls, owner)
      if (outcome.type === 'reverted')
        throw new InvariantError({ expected: `${intent.type} to succeed`, found: outcome.data })
    }
  }

  chain.fund(owner, SIMULATED_WETH, weth(portfolio.first.weth + portfolio.second.weth))
  for (const [venue, { weth: held, debt }] of [
    [first, portfolio.first],
    [second, portfolio.second],
  ] as const) {
    const base = { venue: venue.id, domain: venue.domainOf(owner) }
    if (held > 0) await act({ ...base, type: 'supply', token: SIMULATED_WETH, raw: weth(held) })
    if (debt > 0) await act({ ...base, type: 'borrow', token: SIMULATED_USDC, raw: usdc(debt) })
    chain.run(venue.authorize(executor.address), owner)
  }
  // What was borrowed is spent; the reserve and the margins are what is left.
  chain.write((storage) => storage.set(`${SIMULATED_USDC.address}/balance/${owner}`, 0n))
  const later = portfolio.delayed ?? { margin: 0, eth: 0 }
  const deposits = portfolio.reserve + portfolio.perp.margin + later.margin
  chain.fund(owner, SIMULATED_USDC, usdc(deposits))
  for (const [venue, domain, { margin, eth }] of [
    [perp.id, perp.domainOf(owner), portfolio.perp],
    [delayed.id, delayed.domainOf(owner, 'ETH-PERP'), later],
  ] as const) {
    const base = { venue, domain }
    if (margin > 0) await act({ ...base, type: 'supply', token: SIMULATED_USDC, raw: usdc(margin) })
    if (eth !== 0)
      await act({
        ...base,
        type: 'trade',
        market: 'ETH-PERP',
        asset: 'ETH',
        size: weth(eth),
        limit: eth > 0 ? 2n ** 200n : 1n,
        reduceOnly: false,
      })
  }
  if (later.eth !== 0) {
    chain.mine(Number(delayed.terms.delay))
    oracle.publish('ETH', oracle.priceIn(chain.at(await chain.latest()), 'ETH'))
    await keeper.run()
  }

  return {
    chain,
    oracle,
    owner,
    first,
    second,
    perp,
    delayed,
    keeper,
    pool,
    executor,
    spot: chain.spot(tokens),
    act,
    async movePrice(asset, factor) {
      const now = oracle.priceIn(chain.at(await chain.latest()), asset)
      const moved = price((now * BigInt(Math.round(factor * 1e12))) / 10n ** 12n)
      oracle.publish(asset, moved)
      if (asset === 'ETH') pool.arbitrage(moved)
    },
  }
}
